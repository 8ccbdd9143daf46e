"""Programs under measurement: how long until one says that it is ready, what its whole tree of processes weighs then."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SETTLE_SECONDS = 2.0
"""From ready to the weighing: by then the kiosk has opened its devices and asked the centre, a browser has warmed up."""
END_SECONDS = 10.0
KILOBYTE = 1024
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Start:
    """One start of one program, or the medians of several."""

    seconds: float
    """From the call that makes the process to the first usable screen."""
    pss_megabytes: float
    """Proportional set size over the tree: pages shared with strangers count in part."""
    rss_megabytes: float
    """Resident set size over the tree: pages shared count in full, once for each process."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program that can be started again and again."""

    command: Sequence[str]
    environment: Mapping[str, str]
    wait_until_ready: Callable[[subprocess.Popen[bytes]], None]
    """Returns when the program's first usable screen has been drawn."""


def start(program: Program, settle_seconds: float = SETTLE_SECONDS) -> Start:
    """Start it, weigh it, end it."""
    begun = time.monotonic()
    process = subprocess.Popen(
        program.command, env=program.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        program.wait_until_ready(process)
        seconds = time.monotonic() - begun
        time.sleep(settle_seconds)
        pss, rss = weigh(tree_of(process.pid))
    finally:
        end(process)
    return Start(seconds, pss, rss)


def says_ready(process: subprocess.Popen[bytes]) -> None:
    """Wait for the line `ready`; raises RuntimeError when the program ends without it."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == b"ready":
            return
    raise RuntimeError(f"{process.args!r} ended before its first screen")


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and see to it that its whole session has."""
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def medians(starts: Iterable[Start]) -> Start:
    """The median of each measure."""
    seconds, pss, rss = zip(*((one.seconds, one.pss_megabytes, one.rss_megabytes) for one in starts), strict=True)
    return Start(statistics.median(seconds), statistics.median(pss), statistics.median(rss))


def tree_of(root: int) -> list[int]:
    """The process and everything it has begotten, as far as it still hangs together."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (parent := _parent_of(entry)) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    found, todo = [], [root]
    while todo:
        found.append(one := todo.pop())
        todo += children.get(one, [])
    return found


def weigh(processes: Iterable[int]) -> tuple[float, float]:
    """PSS and RSS of these processes together, in MB of 10^6 bytes; one that has ended meanwhile weighs nothing."""
    kilobytes = {"Pss": 0, "Rss": 0}
    for process in processes:
        try:
            lines = (PROC / str(process) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            name, _, value = line.partition(":")
            if name in kilobytes:
                kilobytes[name] += int(value.split()[0])
    return kilobytes["Pss"] * KILOBYTE / 1e6, kilobytes["Rss"] * KILOBYTE / 1e6


def _parent_of(entry: Path) -> int | None:
    try:
        # The name of a program, in parentheses, may hold spaces and parentheses itself.
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None
