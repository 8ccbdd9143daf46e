"""`kiosk demo` where no window opens, told to end in its middle, and in a folder that holds what is not its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import psutil
import pytest

from kiosk.commands.demo import PICTURES
from kiosk.commands.root import main
from kiosk.demo import world
from kiosk.demo.screen import why_no_screen
from kiosk.errors import KioskNotRunning
from kiosk.local_socket import ask

NOWHERE = ":9367"
"""A display that no machine has."""
WALK = Path(__file__).resolve().parents[2] / "ui" / "walk" / "script.py"


class QuickWorld:
    """Stands where the demo's world would, and remembers where the walk was to write."""

    told = ("told",)
    walked: list[Path | None] = []  # noqa: RUF012 - emptied by each test

    def __init__(self, *, landscape: bool) -> None:
        del landscape

    def __enter__(self) -> QuickWorld:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Nothing was begun."""

    def run_kiosk(self, walk_output: Path | None) -> int:
        self.walked.append(walk_output)
        return 0

    def ledger_match(self) -> world.LedgerMatch | None:
        return None


@pytest.fixture
def quick_world(monkeypatch: pytest.MonkeyPatch) -> type[QuickWorld]:
    monkeypatch.setattr(world, "World", QuickWorld)
    QuickWorld.walked.clear()
    return QuickWorld


def demo(*words: object) -> int:
    with pytest.raises(SystemExit) as left:
        main(["demo", *(str(word) for word in words)])
    return int(left.value.code or 0)


def test_a_display_that_leads_nowhere_is_told_and_walked_without(
    quick_world: type[QuickWorld], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", NOWHERE)
    assert demo("--output", tmp_path) == 0
    told = capsys.readouterr()
    assert f"the screen (DISPLAY={NOWHERE}) cannot be opened" in told.out
    assert "Aborted" not in told.out + told.err
    assert quick_world.walked == [tmp_path]


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, "neither DISPLAY nor WAYLAND_DISPLAY"),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, "QT_QPA_PLATFORM is offscreen"),
    ],
)
def test_without_a_screen_it_says_why(environment: dict[str, str], told: str) -> None:
    assert told in why_no_screen(environment)


def test_where_qt_opens_its_screen_there_is_nothing_to_say() -> None:
    # Qt's `vnc` needs no display: a screen as good as any.
    assert why_no_screen({**os.environ, "QT_QPA_PLATFORM": "vnc:port=0"}) == ""


def test_only_its_own_pictures_of_an_earlier_walk_are_taken_away(quick_world: type[QuickWorld], tmp_path: Path) -> None:
    own = ("01-home.png", "17-b-kept-receipt.png", "receipt-02.png")
    others = ("holiday.png", "01-holiday.png", "2026-11-23.png", "receipt.png", "notes.txt")
    for name in (*own, *others):
        (tmp_path / name).write_bytes(b"")
    assert demo("--walk", "--output", tmp_path) == 0
    assert {left.name for left in tmp_path.iterdir()} == set(others)
    assert quick_world.walked == [tmp_path]


def test_every_picture_of_the_walk_is_known_as_its_own() -> None:
    titles = re.findall(r'\.picture\(f?"([^"]+)"\)', WALK.read_text(encoding="utf-8"))
    assert len(titles) > 20
    names = [f"01-{title.replace('{chapter}', 'a').replace('{who.role.value}', 'manager')}.png" for title in titles]
    assert [name for name in names if not PICTURES.fullmatch(name)] == []


def words_of(program: psutil.Process) -> list[str]:
    """Its command line; empty for one that has ended."""
    with suppress(psutil.NoSuchProcess):
        return list(program.cmdline())
    return []


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_it_takes_all_down_that_it_began(ending: signal.Signals, tmp_path: Path) -> None:
    place = tmp_path / f"kiosk-demo-{os.getuid()}"
    command = [sys.executable, "-m", "kiosk", "demo", "--walk", "--output", str(tmp_path / "pictures")]
    with subprocess.Popen(
        command, env={**os.environ, "TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as program:
        assert program.stdout is not None
        for line in program.stdout:  # until the kiosk's own program is at work
            if b"A scripted resident" in line:
                break
        while not any("ui" in words_of(one) for one in psutil.Process(program.pid).children()):
            assert program.poll() is None
            time.sleep(0.05)
        begun = psutil.Process(program.pid).children(recursive=True)
        assert len(begun) > 1
        assert ask(place / "control.sock", {"words": ["status"]})["ok"]
        for _ in range(2):  # a closed terminal and its shell tell it twice
            program.send_signal(ending)
        program.stdout.read()
        assert program.wait() in (0, 130)
    left = [words for one in begun if one.is_running() and (words := words_of(one))]
    for orphan in begun:
        with suppress(psutil.NoSuchProcess):
            orphan.kill()
    assert left == []
    assert not place.exists()
    with pytest.raises(KioskNotRunning):
        ask(place / "control.sock", {"words": ["status"]})
