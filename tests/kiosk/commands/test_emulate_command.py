"""`kiosk emulate`: its help names everything that can be said, and without a demo it says how to start one."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from devices.emulators import chip_card
from devices.emulators.bench import CARD_PULLED, CONDITIONS, FURTHER_MODELS, IN_ORDER, MODELS, RUNS_OUT, Bench
from devices.emulators.camera_picture import Spoilt
from devices.emulators.cups_daemon import HOWS
from devices.emulators.misbehaviour import Fault
from devices.settings import DeviceSettings
from kiosk.commands.emulate import control_socket
from kiosk.commands.options import Exit
from kiosk.emulation import COVER, LINE, PAPER, Emulation
from kiosk.local_socket import LocalServer
from kiosk.settings_checking import section_of
from offline_cache.emulated_line import EmulatedLine

Run = Callable[..., Any]


def test_the_help_names_every_word_device_fault_and_state(run: Run) -> None:
    told = run("emulate", "--help").out
    words = [
        *PAPER,
        *COVER,
        *LINE,
        *CONDITIONS,
        *Fault,
        *(each.value for each in Spoilt),
        *MODELS,
        *FURTHER_MODELS,
        *HOWS,
        CARD_PULLED,
        RUNS_OUT,
        IN_ORDER,
        "@BYTE",
        "*ANSWERS",
    ]
    assert [word for word in words if word not in told] == []
    said = Emulation(None, None, str).answer({"words": ["nothing"]})["said"]  # type: ignore[arg-type] # only words are looked up
    assert [word for word in said.removeprefix("say one of: ").split(", ") if f"  {word}" not in told] == []


def test_without_a_demo_it_says_how_to_start_one(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    said = run("emulate", "status")
    assert said.status == Exit.NOT_RUNNING
    assert "demo-not-running" in said.err
    assert "make demo" in said.err


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Emulation]:
    """A bench and a line at the place where `kiosk emulate` looks for the demo."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    place = control_socket()
    place.parent.mkdir(mode=0o700)
    bench, line = Bench(tmp_path / "ports"), EmulatedLine("127.0.0.1", 9)
    emulation = Emulation(bench, line, str, "the demo of this test")
    server = LocalServer(place, emulation.answer)
    server.start()
    yield emulation
    server.stop()
    line.stop()
    bench.stop()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("card",), "card NAME"),
        (("card", "nobody-known"), "there is no card 'nobody-known'; one of ceshi, "),
        (("unplug", "frobnicator"), "there is no 'frobnicator' here; one of card-reader, "),
        (("line", "sideways"), "there is no state 'sideways'; one of up, down, "),
        (("misbehave", "card-reader", "dances"), "'dances'"),
        (("dance",), "say one of: card, "),
    ],
)
def test_wrong_words_are_a_wrong_command_line(run: Run, demo: Emulation, words: tuple[str, ...], says: str) -> None:
    assert demo
    said = run("emulate", *words)
    assert said.status == Exit.USAGE
    assert said.err.startswith(says)
    assert said.out == ""


def test_it_is_told_what_was_written_where_this_terminal_means_it_and_which_demo_it_is(
    run: Run, demo: Emulation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert demo
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    assert run("emulate", "slips", "out").out == "no slip has come out of the printer yet: nothing was written\n"
    monkeypatch.setattr(Bench, "slips", lambda _: (SimpleNamespace(png=lambda: b"PNG"),))
    assert run("emulate", "slips", "out").out == f"1 slip written into {here / 'out'}\n"
    assert [written.name for written in (here / "out").iterdir()] == ["receipt-01.png"]
    refused = run("emulate", "slips", "/dev/null")
    assert (refused.status, refused.err) == (Exit.TROUBLE, "/dev/null: File exists\n")  # no wrong words, and not done
    monkeypatch.setattr(Bench, "slips", lambda _: ())
    assert run("emulate", "status").out == "line up; 0 slips printed; the demo of this test\n"


def test_a_fault_without_a_meaning_is_refused_with_those_that_have_one(run: Run, demo: Emulation) -> None:
    assert demo
    said = run("emulate", "misbehave", "file-printer", "silent")
    assert said.status == Exit.USAGE
    assert said.err.startswith("file-printer: silent has no meaning for it; it has unplugged-hearing, cover-open, ")
    other = run("emulate", "misbehave", "network-printer", "plug-pulled")
    assert other.status == Exit.USAGE
    had = other.err.strip().partition("; it has ")[2].split(", ")
    assert len(set(had)) == len(had) > 10
    assert run("emulate", "misbehave", "network-printer", "truncated@1*3").status == Exit.FINE


def test_the_settings_told_are_those_of_every_device(run: Run, demo: Emulation) -> None:
    assert demo
    told = tomllib.loads(run("emulate", "settings").out)["devices"]
    assert {each["name"] for each in told} == {*MODELS, *FURTHER_MODELS}
    assert all(section_of(DeviceSettings, each).emulated for each in told)


def test_without_a_virtual_reader_a_chip_card_goes_nowhere(run: Run, demo: Emulation, monkeypatch: pytest.MonkeyPatch) -> None:
    assert demo
    monkeypatch.setattr(chip_card, "VPCD", ("127.0.0.1", 1))
    said = run("emulate", "insert", "ceshi")
    assert said.status == Exit.TROUBLE
    assert "vsmartcard-vpcd" in said.err
    assert run("emulate", "take-out").status == Exit.FINE
