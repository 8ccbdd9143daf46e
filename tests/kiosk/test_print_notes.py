"""A kiosk that is really killed between paper and note prints no second copy by itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from devices.emulators.escpos_printer import Condition, EscposPrinterEmulator
from kiosk.print_notes import PrintNotes
from offline_cache.settings import StoreSettings
from offline_cache.store import Store

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 30.0


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[EscposPrinterEmulator]:
    printer = EscposPrinterEmulator(tmp_path / "receipt-printer")
    printer.plug()
    yield printer
    printer.stop()


@contextmanager
def kiosk(directory: Path, job: str) -> Iterator[subprocess.Popen[str]]:
    """A kiosk of its own process that is killed at the end, if it still lives."""
    program = [
        sys.executable,
        "-m",
        "tests.kiosk.killed_printer",
        str(directory / "store"),
        str(directory / "receipt-printer"),
        job,
    ]
    with subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def says(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def killed_while_printing(directory: Path, printer: EscposPrinterEmulator, stopping: Condition) -> None:
    with kiosk(directory, "a-1") as first:
        assert says(first) == "online"
        printer.become(stopping)
        go_on(first)
        assert printer.wait_for_slips(1, SECONDS) or printer.uncut_lines
        assert first.poll() is None


def test_killed_between_printing_and_noting_the_job_is_unknown_and_no_second_copy_comes_out(
    tmp_path: Path, printer: EscposPrinterEmulator
) -> None:
    killed_while_printing(tmp_path, printer, Condition(no_end_marks=True))
    printer.become(Condition())
    with kiosk(tmp_path, "a-1") as second:
        assert says(second) == "broken off receipt-printer a-1"
        assert says(second) == "online"
        go_on(second)
        assert says(second) == "print-unconfirmed"
    assert [slip.texts for slip in printer.slips] == [["受理回执"]]


def test_after_a_kill_a_person_may_ask_for_another_copy(tmp_path: Path, printer: EscposPrinterEmulator) -> None:
    killed_while_printing(tmp_path, printer, Condition(no_end_marks=True))
    printer.become(Condition())
    with kiosk(tmp_path, "a-2") as second:
        assert says(second) == "broken off receipt-printer a-1"
        assert says(second) == "online"
        go_on(second)
        assert says(second) == "printed"
        second.wait(SECONDS)
    assert [slip.texts for slip in printer.slips if slip.texts] == [["受理回执"], ["受理回执"]]


def test_a_printed_job_is_told_again_after_a_restart_and_not_printed_again(
    tmp_path: Path, printer: EscposPrinterEmulator
) -> None:
    for _ in range(2):
        with kiosk(tmp_path, "a-1") as process:
            assert says(process) == "online"
            go_on(process)
            assert says(process) == "printed"
            process.wait(SECONDS)
    assert len(printer.slips) == 1


def test_a_closed_store_neither_remembers_nor_hinders(tmp_path: Path) -> None:
    store = Store(StoreSettings(directory=tmp_path / "store"), None)
    notes = PrintNotes(store)
    notes.note("receipt-printer", "a", "printing")
    assert notes.remembered("receipt-printer") == (("a", "printing"),)
    assert notes.remembered("another") == ()
    store.stop()
    notes.note("receipt-printer", "b", "printing")
    assert notes.remembered("receipt-printer") == ()
