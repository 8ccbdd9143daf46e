"""The short form of `python -m tests.devices.hardships`, and an engine that loses its power while its cable stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from devices.emulators.gm65_scanner import Gm65ScannerEmulator
from devices.emulators.honeywell_scanner import HoneywellScannerEmulator
from devices.emulators.newland_scanner import NewlandScannerEmulator
from devices.emulators.ssi_scanner import SsiScannerEmulator
from devices.reports import CodeScanned, DeviceState, PageCaptured, PageHint, Report
from devices.settings import DeviceModel, DeviceSettings
from devices.worker import DeviceWorker, Patience
from tests.devices import hardships
from tests.devices.conftest import Reports, now, settings
from tests.devices.hardships import GIVEN_UP_SECONDS

SPARSE = 1000
"""Cut before the first byte only (and once more in the middle of a card): the rest is for the long run."""
SAMPLE = 5
"""And of all that, one in so many."""
ENGINES = {
    DeviceModel.GM65: Gm65ScannerEmulator,
    DeviceModel.NEWLAND: NewlandScannerEmulator,
    DeviceModel.SSI: SsiScannerEmulator,
    DeviceModel.HONEYWELL: HoneywellScannerEmulator,
}


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults last shorter, engines are triggered again sooner."""
    monkeypatch.setattr("tests.devices.stands.ENDURED_SECONDS", 0.3)
    monkeypatch.setattr("devices.document_printer.cups_printer.POLL_SECONDS", 0.2)
    monkeypatch.setattr("devices.code_scanner.gm65_scanner.TRIGGER_AGAIN_SECONDS", 0.3)
    monkeypatch.setattr("devices.code_scanner.newland_scanner.TRIGGER_AGAIN_SECONDS", 0.3)
    monkeypatch.setattr("devices.code_scanner.ssi_scanner.SESSION_AGAIN_SECONDS", 0.3)
    monkeypatch.setattr("devices.code_scanner.honeywell_scanner.TRIGGER_AGAIN_SECONDS", 0.3)


@pytest.mark.parametrize("name", hardships.STANDS)
def test_after_any_hardship_a_device_is_at_work_again(name: str, tmp_path: Path) -> None:
    if why := hardships.why_not(name):
        pytest.skip(why)
    sample = SAMPLE * (3 if name in hardships.ALONE else 1)
    tally = hardships.all_hardships(name, tmp_path, SPARSE, reopen_seconds=0.05, at_once=4, sample=sample)
    assert tally.cases >= 1
    # How soon is held against a limit by the long run, on a machine that has nothing else to do.
    assert [*tally.untrue, *tally.never] == []


@pytest.mark.parametrize("name", [name for name in hardships.STANDS if name.startswith("escpos")])
def test_a_printer_that_tells_of_slips_that_do_not_come_out_is_found_out(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.receipt_printer.escpos.EscposPrinter._send", lambda *_: None)
    monkeypatch.setattr(hardships, "GIVEN_UP_SECONDS", 0.5)
    tally = hardships.all_hardships(name, tmp_path, SPARSE, reopen_seconds=0.05, sample=100)
    assert len(tally.untrue) + len(tally.never) == tally.cases


def test_what_recovers_too_slowly_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardships, "RECOVERY_SECONDS", -1.0)
    monkeypatch.setattr(hardships, "SLOW_TRIES", 1)
    tally = hardships.all_hardships("plain-line", tmp_path, SPARSE, reopen_seconds=0.05, sample=100)
    assert len(tally.slow) == tally.cases


def test_who_is_refused_tries_again_before_work_that_was_begun_would_be_over(tmp_path: Path) -> None:
    stand = hardships.STANDS["camera-documents"](tmp_path / "stand")
    answers = iter((PageCaptured("device", "first", PageHint.NO_PAGE, code="port-missing"), taken()))
    told = hardships.Reports(replace(stand, act=lambda _: told.put(next(answers)), again_seconds=GIVEN_UP_SECONDS))
    worker = DeviceWorker(stand.settings, stand.driver, told.put, now, Patience())
    assert told.done(worker, GIVEN_UP_SECONDS)
    stand.throw_away()


def taken() -> Report:
    return PageCaptured("device", "second", PageHint.GOOD, b"a page")


@pytest.mark.parametrize("name", hardships.STANDS)
def test_cycles_of_the_plug_leave_nothing_over(name: str, tmp_path: Path) -> None:
    if why := hardships.why_not(name):
        pytest.skip(why)
    threads, descriptors = hardships.leaks_after(name, tmp_path, cycles=5)
    assert threads <= 0
    assert descriptors <= 0


@pytest.mark.parametrize("model", ENGINES)
def test_an_engine_that_lost_its_power_while_lit_reads_again(
    model: DeviceModel, tmp_path: Path, start_worker: Callable[[DeviceSettings], DeviceWorker], reports: Reports
) -> None:
    engine = ENGINES[model](tmp_path / "scanner")
    engine.plug()
    worker = start_worker(settings("scanner", model, tmp_path))
    worker.activate(True)
    reports.until_state(DeviceState.ONLINE)
    engine.hold(b"before")
    assert reports.until_a(CodeScanned).payload == b"before"
    engine.plug()  # the cable stays: only what the engine had been told is gone
    engine.hold(b"after")
    assert reports.until_a(CodeScanned).payload == b"after"
    engine.unplug()
