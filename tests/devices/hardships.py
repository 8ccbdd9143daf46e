"""Whatever befalls a device, it is at work again soon after the cause has ended, and nothing leaks.

python -m tests.devices.hardships [--step 1] [--cycles 1000] [--at-once 8] [--device sdt …]

First the hardships: each answer of a conversation is cut off, damaged, glued, late or not given, the cable is pulled at each
byte that is said or heard, a camera freezes, a daemon is killed, a person types half a code. A cut in an answer that is not
reached is a case in which nothing goes wrong. A printer has done its work when the paper is out, not when its driver says so;
time that other programs took from this one is not counted. Then cycles of plugging and unplugging, after which neither a
thread nor a descriptor may be left over. Hours of waiting, done by several at once where a device needs nothing that others
use.
"""

from __future__ import annotations

import argparse
import queue
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from devices.emulators.cups_daemon import CUPSD, LPADMIN
from devices.reports import DeviceState, Report, StatusChanged
from devices.worker import DeviceWorker, Patience
from tests.devices.camera_stands import CAMERA_STANDS
from tests.devices.card_reader import private_pcscd
from tests.devices.chip_card_stand import pcsc
from tests.devices.document_stand import cups
from tests.devices.line_stands import LINE_STANDS
from tests.devices.stands import AGAIN_SECONDS, Hardship, MakeStand, Stand, ToldUntruly
from tests.devices.wedge_stand import keyboard_wedge

RECOVERY_SECONDS = 3.0
"""So soon after the cause has ended the device does its work again."""
SLOW_TRIES = 2
"""So often one that was slower is tried again."""
GIVEN_UP_SECONDS = 20.0
SLEEP_SECONDS = 0.01
TOLD_EVERY = 100
"""Cases or cycles between two lines that tell how far it is."""
DESCRIPTORS = Path("/proc/self/fd")
CUPS_LOOK_SECONDS = 0.2
"""Between two looks at CUPS's queue while it is plugged and unplugged a thousand times."""

STANDS: dict[str, MakeStand] = {
    **LINE_STANDS,
    "keyboard-wedge": keyboard_wedge,
    **CAMERA_STANDS,
    "pcsc": pcsc,
    "cups": cups,
}
ALONE = frozenset({"pcsc", "cups", *(name for name in CAMERA_STANDS if name.startswith("v4l2"))})
"""These use something of which a machine or a process has only one."""


def why_not(name: str) -> str:
    """Why a device cannot be tried on this machine; empty when it can."""
    match name:
        case "pcsc":
            return private_pcscd.why_not()
        case "cups":
            return "" if CUPSD and LPADMIN else "CUPS is not installed"
        case _:
            return ""


@dataclass
class Tally:
    """How it went."""

    cases: int = 0
    slowest: float = 0.0
    slow: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)

    @property
    def failures(self) -> list[str]:
        return [*self.untrue, *self.never, *self.slow]


class Stopwatch:
    """The time that a block takes, without what was withheld from this process: by that a thread that only sleeps oversleeps."""

    def __enter__(self) -> Stopwatch:
        self._ended = threading.Event()
        self._overslept = 0.0
        self._begun = time.monotonic()
        self._sleeper = threading.Thread(target=self._sleep)
        self._sleeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._sleeper.join()
        self.seconds = time.monotonic() - self._begun - self._overslept

    def _sleep(self) -> None:
        before = time.monotonic()
        while not self._ended.wait(SLEEP_SECONDS):
            now = time.monotonic()
            self._overslept += max(now - before - SLEEP_SECONDS, 0.0)
            before = now


class Reports:
    """What a worker tells."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._told: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self.put = self._told.put

    def done(self, worker: DeviceWorker, seconds: float) -> bool:
        """Whether the work is done within this time, a person trying again and again."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._stand.act(worker)
            again = min(end, time.monotonic() + self._stand.again_seconds)
            while (left := again - time.monotonic()) > 0:
                try:
                    report = self._told.get(timeout=left)
                except queue.Empty:
                    break
                if self._stand.done(report):
                    return True
                if self._stand.refused(report):
                    again = min(again, time.monotonic() + AGAIN_SECONDS)
        return False

    def forget(self) -> None:
        while not self._told.empty():
            self._told.get()


def recover(stand: Stand, hardship: Hardship, reopen_seconds: float) -> float | None:
    """Seconds from the cause's end to work done; None when it is never done. 0 when it was got over before."""
    told = Reports(stand)
    worker = DeviceWorker(stand.settings, stand.driver, told.put, _now, Patience(reopen_seconds))
    stand.plug()
    if not hardship.midway:
        hardship.begin()
    try:
        worker.start()
        worker.activate(True)
        if hardship.midway:
            if not told.done(worker, GIVEN_UP_SECONDS):
                return None
            hardship.begin()
            time.sleep(stand.lasting(hardship))
        elif told.done(worker, stand.lasting(hardship)):
            return 0.0
        hardship.end()
        stand.plug()  # puts an unplugged cable back; an engine on one that stayed has lost its power and its mode
        told.forget()
        with Stopwatch() as watch:
            done = told.done(worker, GIVEN_UP_SECONDS)
        return watch.seconds if done else None
    finally:
        worker.stop()
        hardship.end()
        (stand.rest or stand.unplug)()


def _least(stand: Stand, hardship: Hardship, reopen_seconds: float) -> float | None:
    """The least of a few tries: a slow one may be the machine's, which other programs use too."""
    least = recover(stand, hardship, reopen_seconds)
    for _ in range(SLOW_TRIES):
        if least is None or least <= RECOVERY_SECONDS:
            break
        again = recover(stand, hardship, reopen_seconds)
        least = again if again is None else min(least, again)
    return least


def all_hardships(name: str, folder: Path, step: int, reopen_seconds: float = 1.0, at_once: int = 1, sample: int = 1) -> Tally:
    """Every hardship of one device, or a sample of one in so many; `at_once` stands share them."""
    tally, lock = Tally(), threading.Lock()
    shares = 1 if name in ALONE else at_once

    def take(share: int) -> None:
        stand = STANDS[name](folder / f"{name}-{share}")
        every = list(stand.hardships(step))[::sample]
        try:
            for hardship in every[share::shares]:
                what = f"{name}: {hardship.name}"
                try:
                    seconds = _least(stand, hardship, reopen_seconds)
                except ToldUntruly as lie:
                    with lock:
                        tally.untrue.append(f"{what}: {lie}")
                        print(tally.untrue[-1], flush=True)
                    seconds = 0.0
                with lock:
                    _count(tally, what, seconds, len(every))
        finally:
            stand.throw_away()

    with ThreadPoolExecutor(shares) as pool:
        for outcome in [pool.submit(take, share) for share in range(shares)]:
            outcome.result()
    return tally


def _count(tally: Tally, what: str, seconds: float | None, of: int) -> None:
    tally.cases += 1
    if seconds is None:
        tally.never.append(f"{what}: never at work again")
    elif seconds > RECOVERY_SECONDS:
        tally.slow.append(f"{what}: {seconds:.1f} s")
    if seconds is None or seconds > RECOVERY_SECONDS:
        print(tally.failures[-1] if seconds is None else tally.slow[-1], flush=True)
    tally.slowest = max(tally.slowest, seconds or 0.0)
    if tally.cases % TOLD_EVERY == 0:
        print(f"{what.partition(':')[0]}: {tally.cases} of {of} cases, {len(tally.failures)} went wrong", flush=True)


def leaks_after(name: str, folder: Path, cycles: int) -> tuple[int, int]:
    """Threads and descriptors left over by so many cycles of plugging and unplugging under one worker a cycle.

    CUPS is looked at oftener than in a hall: what is missed after five seconds would take hours.
    """
    stand = STANDS[name](folder / f"{name}-cycles")
    patch = pytest.MonkeyPatch()
    patch.setattr("devices.document_printer.cups_printer.POLL_SECONDS", CUPS_LOOK_SECONDS)

    def cycle() -> None:
        online, away = threading.Event(), threading.Event()

        def hear(report: Report) -> None:
            if isinstance(report, StatusChanged):
                gone = report.status.state in (DeviceState.OFFLINE, DeviceState.NO_DEVICE)
                (away if gone else online).set()

        stand.plug()
        worker = DeviceWorker(stand.settings, stand.driver, hear, _now, Patience(0.01))
        worker.start()
        if not online.wait(GIVEN_UP_SECONDS):
            raise RuntimeError(f"{name} does not come online")
        away.clear()
        stand.unplug()
        if not away.wait(GIVEN_UP_SECONDS):
            raise RuntimeError(f"{name} is not missed")
        worker.stop()

    try:
        cycle()
        before = threading.active_count(), _descriptors()
        for number in range(1, cycles + 1):
            cycle()
            if number % TOLD_EVERY == 0:
                print(f"{name}: {number} of {cycles} cycles", flush=True)
        after = threading.active_count(), _descriptors()
    finally:
        patch.undo()
        stand.throw_away()
    return after[0] - before[0], after[1] - before[1]


def _now() -> datetime:
    return datetime.now(UTC)


def _descriptors() -> int:
    return len(list(DESCRIPTORS.iterdir()))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all; 1 when a device stays down or something leaks."""
    parser = argparse.ArgumentParser(prog="python -m tests.devices.hardships", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--step", type=int, default=1, help="cut at every so many bytes (default 1: every byte)")
    parser.add_argument("--cycles", type=int, default=1000, help="of plugging and unplugging (default 1000)")
    parser.add_argument("--at-once", type=int, default=8, help="so many stands of a device share its hardships (default 8)")
    parser.add_argument(
        "--device", action="append", choices=STANDS, metavar="DEVICE", help=f"only this; repeatable: {', '.join(STANDS)}"
    )
    wanted = parser.parse_args(arguments)
    failed = False
    for name in wanted.device or STANDS:
        if why := why_not(name):
            print(f"{name}: not tried: {why}", flush=True)
            continue
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="hardships-") as folder:
            tally = all_hardships(name, Path(folder), wanted.step, at_once=wanted.at_once)
            threads, descriptors = leaks_after(name, Path(folder), wanted.cycles) if wanted.cycles else (0, 0)
        print(
            f"{name}: {tally.cases} cases, slowest recovery {tally.slowest:.2f} s, "
            f"{len(tally.failures)} too slow, never or untrue; "
            f"{wanted.cycles} cycles left {threads} threads and {descriptors} descriptors; {time.monotonic() - begun:.0f} s",
            *tally.failures,
            sep="\n  ",
            flush=True,
        )
        failed = failed or bool(tally.failures) or threads > 0 or descriptors > 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
