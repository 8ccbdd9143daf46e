"""A call into a printer's port that does not return: it is told, holds nothing else up, and no slip is told twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from devices.emulators.escpos_printer import EscposPrinterEmulator
from devices.emulators.plain_line_scanner import PlainLineScannerEmulator
from devices.rack import Rack
from devices.receipt_printer.slip import Line, Slip
from devices.reports import CodeScanned, DeviceKind, DeviceState, Report, SlipFailed, SlipPrinted, StatusChanged
from devices.serial_port import SerialPort
from devices.settings import DeviceModel
from devices.worker import Patience
from tests.devices.conftest import Reports, now, settings

pytestmark = pytest.mark.usefixtures("short_rounds")
PRINTER, SCANNER = "printer", "scanner"
SLIP = Slip((Line("回执"),))
RESET = b"\x1b@"
"""A slip begins with it."""


class Gate:
    """Calls wait here once it is shut."""

    def __init__(self) -> None:
        self.returns = threading.Event()
        self.returns.set()

    def before(self, call: Callable[..., object], where: Callable[..., bool]) -> Callable[..., object]:
        def waits(port: SerialPort, *given: object) -> object:
            if port.path.endswith(PRINTER) and where(*given):
                self.returns.wait()
            return call(port, *given)

        return waits


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.returns.set()


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[PlainLineScannerEmulator]:
    scanner = PlainLineScannerEmulator(tmp_path / SCANNER)
    scanner.plug()
    yield scanner
    scanner.unplug()


@pytest.fixture
def rack(scanner: PlainLineScannerEmulator, tmp_path: Path, reports: Reports, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rack]:
    monkeypatch.setattr("devices.rack.LOOK_SECONDS", 0.1)
    printer = EscposPrinterEmulator(tmp_path / PRINTER)
    printer.plug()
    fitted = [settings(PRINTER, DeviceModel.ESCPOS, tmp_path), settings(SCANNER, DeviceModel.PLAIN_LINE, tmp_path)]
    rack = Rack(fitted, reports, now, Patience(reopen_seconds=0.05, hanging_seconds=3.0))
    yield rack
    rack.stop()
    printer.stop()


def printer_is(state: DeviceState) -> Callable[[Report], bool]:
    return lambda report: isinstance(report, StatusChanged) and (report.status.device, report.status.state) == (PRINTER, state)


def test_a_slip_that_is_never_taken_is_unconfirmed_and_the_scanner_reads_on(
    rack: Rack, scanner: PlainLineScannerEmulator, gate: Gate, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SerialPort, "send", gate.before(SerialPort.send, lambda data, *_: RESET in data))
    rack.start()
    reports.until(printer_is(DeviceState.ONLINE))
    gate.returns.clear()
    rack.print_slip("a", SLIP)
    failed = reports.until_a(SlipFailed)
    assert (failed.job, failed.code) == ("a", "print-unconfirmed")
    rack.activate(DeviceKind.CODE_SCANNER, True)
    scanner.hold(b"0001")
    assert reports.until_a(CodeScanned).payload == b"0001"
    rack.print_slip("b", SLIP)
    assert reports.until_a(SlipFailed).code == "device-silent"
    gate.returns.set()
    reports.until(printer_is(DeviceState.ONLINE))
    rack.print_slip("c", SLIP)
    assert reports.until_a(SlipPrinted).job == "c"
    assert [each.job for each in reports.seen if isinstance(each, SlipFailed | SlipPrinted)] == ["a", "b", "c"]


def test_a_port_whose_opening_never_returns_is_told(
    rack: Rack, gate: Gate, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SerialPort, "open", gate.before(SerialPort.open, lambda: True))
    gate.returns.clear()
    rack.start()
    report = reports.until(printer_is(DeviceState.HARDWARE_ERROR))
    assert isinstance(report, StatusChanged)
    assert report.status.trouble == "device-silent"
    rack.print_slip("a", SLIP)
    assert reports.until_a(SlipFailed).code == "device-silent"
    gate.returns.set()
    reports.until(printer_is(DeviceState.ONLINE))


class HangingDisk:
    """Notes on a disk that hangs in a write."""

    def __init__(self) -> None:
        self.hangs, self.returns = threading.Event(), threading.Event()

    def remembered(self, device: str) -> Sequence[tuple[str, str]]:
        return ()

    def note(self, device: str, job: str, code: str) -> None:
        self.hangs.set()
        self.returns.wait()


@pytest.fixture
def disk() -> Iterator[HangingDisk]:
    disk = HangingDisk()
    yield disk
    disk.returns.set()


@pytest.mark.parametrize("told", [True, False])
def test_a_slip_whose_note_hung_until_its_person_was_gone_or_told_does_not_come_out(
    told: bool, disk: HangingDisk, tmp_path: Path, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.rack.LOOK_SECONDS", 0.1)
    printer = EscposPrinterEmulator(tmp_path / PRINTER)
    printer.plug()
    patience = Patience(reopen_seconds=0.05, hanging_seconds=3.0 if told else 3600.0)
    rack = Rack([settings(PRINTER, DeviceModel.ESCPOS, tmp_path)], reports, now, patience, disk)
    try:
        rack.start()
        reports.until(printer_is(DeviceState.ONLINE))
        given_up = threading.Event()
        rack.print_slip("a", SLIP, given_up)
        assert disk.hangs.wait(30)
        if told:
            assert reports.until_a(SlipFailed).code == "print-unconfirmed"
            disk.returns.set()
            reports.until(printer_is(DeviceState.ONLINE))
        else:
            given_up.set()
            disk.returns.set()
            assert reports.until_a(SlipFailed).code == "print-unconfirmed"
        rack.print_slip("b", SLIP)
        assert reports.until_a(SlipPrinted).job == "b"
        assert [slip.texts for slip in printer.slips if slip.texts] == [["回执"]]
    finally:
        disk.returns.set()
        rack.stop()
        printer.stop()
