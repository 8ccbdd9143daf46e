"""How soon the first screen can be used, and what the kiosk weighs: `python -m benchmarks.screens [--quick] [--json]`.

The real program on an enrolled store with emulated devices and a centre, beside a bare Qt Quick window and beside a browser
in kiosk mode on an equivalent static page. In turns, on one virtual screen, every process new and the disk's cache warm.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from benchmarks.browser_page import PageServer
from benchmarks.practice import practising_kiosk
from benchmarks.processes import Program, Start, end, medians, says_ready, start
from benchmarks.report import Row, compared, main, row, unmeasured

WIDTH, HEIGHT = 1080, 1920
MOST_SECONDS, MOST_MEGABYTES = 0.58, 387.0
"""What a browser in kiosk mode took on a machine of two cores without a graphics card."""
KIOSK, BARE, BROWSER = "kiosk", "bare Qt Quick window", "chromium --kiosk"
KIOSK_OFFSCREEN, BARE_OFFSCREEN = "kiosk, offscreen", "bare Qt Quick window, offscreen"
BROWSER_FLAGS: Final = (
    "--kiosk",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--password-store=basic",
    "--window-position=0,0",
    f"--window-size={WIDTH},{HEIGHT}",
)


def measure(quick: bool) -> Iterator[Row]:
    """Process start to first usable screen, and memory over the tree of processes."""
    with tempfile.TemporaryDirectory(prefix="screens-benchmark-") as name, ExitStack() as stack:
        directory = Path(name)
        settings = stack.enter_context(practising_kiosk(directory))
        programs = offscreen_programs(settings, directory)
        if shutil.which("Xvfb"):
            display = stack.enter_context(virtual_screen())
            programs |= window_programs(settings, display)
            if shutil.which("chromium"):
                programs[BROWSER] = browser(stack.enter_context(PageServer()), display, directory / "profile")
        yield from rows(measured_in_turns(programs, 2 if quick else 7))


def measured_in_turns(programs: Mapping[str, Program], rounds: int) -> dict[str, Start]:
    """Medians by name; a first start of each, which warms the caches, is not counted."""
    starts: dict[str, list[Start]] = {name: [] for name in programs}
    for number in range(rounds + 1):
        for name, program in programs.items():
            one = start(program)
            if number > 0:
                starts[name].append(one)
    return {name: medians(each) for name, each in starts.items()}


def rows(measured: Mapping[str, Start]) -> Iterator[Row]:
    """What was measured beside what; a peer that is not installed is named."""
    for ours, bare in ((KIOSK, BARE), (KIOSK_OFFSCREEN, BARE_OFFSCREEN)):
        if ours not in measured:
            yield unmeasured(f"first screen, {ours}", "s", "Xvfb is not installed", f"<= {MOST_SECONDS:g} s")
            continue
        kiosk, window = measured[ours], measured[bare]
        yield row(f"first screen, {ours}", kiosk.seconds, "s", "most", MOST_SECONDS, 1.0)
        yield row(f"PSS, {ours}", kiosk.pss_megabytes, "MB", "most", MOST_MEGABYTES, 1.0)
        yield row(f"RSS, {ours}", kiosk.rss_megabytes, "MB", "most, as if nothing were shared", MOST_MEGABYTES, 1.0)
        yield compared(f"first screen, {ours}", kiosk.seconds, "s", bare, window.seconds)
        yield compared(f"PSS, {ours}", kiosk.pss_megabytes, "MB", bare, window.pss_megabytes)
    if KIOSK in measured and BROWSER in measured:
        kiosk, browser = measured[KIOSK], measured[BROWSER]
        yield row(f"first screen, {KIOSK}", kiosk.seconds, "s", BROWSER, browser.seconds, 1.0)
        yield row(f"PSS, {KIOSK}", kiosk.pss_megabytes, "MB", BROWSER, browser.pss_megabytes, 1.0)
    else:
        yield unmeasured(f"first screen, {KIOSK}", "s", f"{BROWSER}: not installed, or no Xvfb", "<= 1.0 x")


# --- the programs -------------------------------------------------------------------------------------------------------


def offscreen_programs(settings: Path, directory: Path) -> dict[str, Program]:
    """Kiosk and bare window on Qt's offscreen platform, whose screen is as large as the virtual one."""
    screen = directory / "screen.json"
    screen.write_text(json.dumps({"screens": [{"name": "bench", "x": 0, "y": 0, "width": WIDTH, "height": HEIGHT}]}))
    environment = _environment(QT_QPA_PLATFORM=f"offscreen:configfile={screen}")
    return {KIOSK_OFFSCREEN: _kiosk(settings, environment), BARE_OFFSCREEN: _bare_window(environment)}


def window_programs(settings: Path, display: str) -> dict[str, Program]:
    """Kiosk and bare window in a real window."""
    environment = _environment(QT_QPA_PLATFORM="xcb", DISPLAY=display)
    return {KIOSK: _kiosk(settings, environment), BARE: _bare_window(environment)}


def browser(server: PageServer, display: str, profile: Path) -> Program:
    """Debian's browser in kiosk mode on the page; its profile is kept from start to start, as a kiosk's would be."""
    # Its sandbox needs a user other than root, or is refused.
    flags = (*BROWSER_FLAGS, *(("--no-sandbox",) if os.geteuid() == 0 else ()))
    command = ("chromium", *flags, f"--user-data-dir={profile}", server.url)
    return Program(command, _environment(DISPLAY=display), lambda _: server.wait_until_painted())


def _kiosk(settings: Path, environment: Mapping[str, str]) -> Program:
    command = (sys.executable, "-m", "ui", "--settings", str(settings), "--size", f"{WIDTH}x{HEIGHT}", "--tell-when-ready")
    return Program(command, environment, says_ready)


def _bare_window(environment: Mapping[str, str]) -> Program:
    return Program((sys.executable, "-m", "benchmarks.bare_window"), environment, says_ready)


def _environment(**chosen: str) -> dict[str, str]:
    # A kiosk that is installed is compiled (packaging/install-kiosk): here the first, uncounted start does it.
    caller = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**caller, "QT_QUICK_BACKEND": "software", **chosen}


@contextmanager
def virtual_screen() -> Iterator[str]:
    """The name of an X display of its own."""
    reading, writing = os.pipe()
    command = ("Xvfb", "-displayfd", str(writing), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp")
    server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL, start_new_session=True)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as told:
            number = told.readline().decode().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        yield f":{number}"
    finally:
        end(server)


if __name__ == "__main__":
    sys.exit(main(measure))
