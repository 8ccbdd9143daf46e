"""Every model with its emulator, ready to be plugged in; `fitted` runs a test once for each of them."""

from __future__ import annotations

import importlib.util
import os
import queue
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pytest

from devices.card_reader import sdt_line, sdt_reader
from devices.code_scanner import gm65_scanner, honeywell_scanner, newland_scanner, ssi_scanner
from devices.driver import Driver
from devices.emulators.bridge import FifoCable, NetworkCable
from devices.emulators.camera_picture import CameraPicture
from devices.emulators.cups_daemon import CUPSD, QUEUE, CupsDaemon
from devices.emulators.escpos_printer import EscposPrinterEmulator
from devices.emulators.gm65_scanner import Gm65ScannerEmulator
from devices.emulators.honeywell_scanner import HoneywellScannerEmulator
from devices.emulators.newland_scanner import NewlandScannerEmulator
from devices.emulators.plain_line_scanner import PlainLineScannerEmulator
from devices.emulators.sdt_reader import SdtReaderEmulator
from devices.emulators.ssi_scanner import SsiScannerEmulator
from devices.frame_slot import FrameSlot
from devices.models import make_driver
from devices.reports import CodeScanned, DeviceState, DeviceStatus, Report, StatusChanged
from devices.settings import DeviceModel, DeviceSettings
from devices.wire_trace import WireTrace
from devices.worker import DeviceWorker, Patience
from tests.devices.card_reader import private_pcscd
from tests.devices.card_reader.private_pcscd import READER, PrivatePcscd
from tests.devices.line_time import LineTime

Kind = TypeVar("Kind")
PATIENCE_SECONDS = 60.0
"""Longer than anything here takes, on the slowest machine."""


def within(true: Callable[[], bool]) -> bool:
    """Whether it becomes true within our patience."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true() and time.monotonic() < deadline:
        time.sleep(0.005)
    return true()


def scanned(scanner: Driver, count: int = 1, rounds: int = 30) -> list[bytes]:
    """The first codes among the first reports of a scanner that is attended while somebody waits for a code."""
    told = (report for _ in range(rounds) for report in scanner.attend(active=True))
    return [report.payload for report in islice(told, count) if isinstance(report, CodeScanned)]


class Reports:
    """A listener that keeps what it is told, for a test to wait on."""

    def __init__(self) -> None:
        self._told: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self.seen: list[Report] = []

    def __call__(self, report: Report) -> None:
        self._told.put(report)

    def next(self, seconds: float = PATIENCE_SECONDS) -> Report:
        report = self._told.get(timeout=seconds)
        self.seen.append(report)
        return report

    def until(self, wanted: Callable[[Report], bool]) -> Report:
        """The next report that is wanted; fails with what came instead."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                report = self.next(max(deadline - time.monotonic(), 0.001))
            except queue.Empty:
                pytest.fail(f"nothing of the kind was told; told last: {self.seen[-20:]}")
            if wanted(report):
                return report

    def until_a(self, kind: type[Kind]) -> Kind:
        report = self.until(lambda report: isinstance(report, kind))
        assert isinstance(report, kind)
        return report

    def until_state(self, *states: DeviceState) -> DeviceStatus:
        report = self.until(lambda report: isinstance(report, StatusChanged) and report.status.state in states)
        assert isinstance(report, StatusChanged)
        return report.status

    def nothing_left(self) -> bool:
        return self._told.empty()


@dataclass
class Fitted:
    """A device in its socket: its settings, and a hand on its plug."""

    settings: DeviceSettings
    plug: Callable[[], None]
    unplug: Callable[[], None]
    throw_away: Callable[[], None] = lambda: None


def fit_sdt(directory: Path) -> Fitted:
    reader = SdtReaderEmulator(directory / "card-reader")
    return Fitted(settings("card-reader", DeviceModel.SDT, directory), reader.plug, reader.unplug)


def fit_pcsc(directory: Path) -> Fitted:
    if why := private_pcscd.why_not():
        pytest.skip(why)
    pcscd = PrivatePcscd()
    return Fitted(settings("chip-reader", DeviceModel.PCSC, READER), pcscd.start, pcscd.stop, pcscd.throw_away)


def fit_gm65(directory: Path) -> Fitted:
    scanner = Gm65ScannerEmulator(directory / "code-scanner")
    return Fitted(settings("code-scanner", DeviceModel.GM65, directory), scanner.plug, scanner.unplug)


def fit_plain_line(directory: Path) -> Fitted:
    scanner = PlainLineScannerEmulator(directory / "plain-scanner")
    return Fitted(settings("plain-scanner", DeviceModel.PLAIN_LINE, directory), scanner.plug, scanner.unplug)


def fit_ssi(directory: Path) -> Fitted:
    scanner = SsiScannerEmulator(directory / "ssi-scanner")
    return Fitted(settings("ssi-scanner", DeviceModel.SSI, directory), scanner.plug, scanner.unplug)


def fit_newland(directory: Path) -> Fitted:
    scanner = NewlandScannerEmulator(directory / "newland-scanner")
    return Fitted(settings("newland-scanner", DeviceModel.NEWLAND, directory), scanner.plug, scanner.unplug)


def fit_honeywell(directory: Path) -> Fitted:
    scanner = HoneywellScannerEmulator(directory / "honeywell-scanner")
    return Fitted(settings("honeywell-scanner", DeviceModel.HONEYWELL, directory), scanner.plug, scanner.unplug)


def fit_keyboard_wedge(directory: Path) -> Fitted:
    scanner = PlainLineScannerEmulator(directory / "wedge-scanner")
    return Fitted(settings("wedge-scanner", DeviceModel.KEYBOARD_WEDGE, directory), scanner.plug, scanner.unplug)


def fit_escpos(directory: Path) -> Fitted:
    printer = EscposPrinterEmulator(directory / "receipt-printer")
    return Fitted(settings("receipt-printer", DeviceModel.ESCPOS, directory), printer.plug, printer.stop)


def fit_escpos_network(directory: Path) -> Fitted:
    printer = EscposPrinterEmulator(directory / "printer-line")
    cable = NetworkCable(printer, directory / "printer-line")
    fitted = settings("receipt-printer", DeviceModel.ESCPOS_NETWORK, f"127.0.0.1:{cable.port}")
    return Fitted(fitted, cable.plug, unplugging(cable, printer), cable.close)


def fit_escpos_file(directory: Path) -> Fitted:
    printer = EscposPrinterEmulator(directory / "printer-line")
    cable = FifoCable(printer, directory / "printer-line", directory / "lp0")
    return Fitted(
        settings("receipt-printer", DeviceModel.ESCPOS_FILE, directory / "lp0"),
        cable.plug,
        unplugging(cable, printer),
        cable.close,
    )


def fit_escpos_usb(directory: Path) -> Fitted:
    """The system's libusb is asked for its bus, and gives this one; all above it is as with a real one."""
    pytest.importorskip("usb", reason="pyusb is not installed (the extra usb-printer)")
    from devices.emulators.usb_bus import NAME, Bus

    printer, bus = EscposPrinterEmulator(directory / "printer-line"), Bus(directory / "printer-line")
    patch = pytest.MonkeyPatch()
    patch.setattr("usb.backend.libusb1.get_backend", lambda *_, **__: bus)
    return Fitted(settings("receipt-printer", DeviceModel.ESCPOS_USB, NAME), printer.plug, printer.stop, patch.undo)


def unplugging(cable: NetworkCable | FifoCable, printer: EscposPrinterEmulator) -> Callable[[], None]:
    def unplug() -> None:
        cable.unplug()
        printer.stop()

    return unplug


def fit_cups(directory: Path) -> Fitted:
    if CUPSD is None or importlib.util.find_spec("fpdf") is None:
        pytest.skip("CUPS (cups-daemon, cups-client) or fpdf2 is not installed")
    folder = tempfile.TemporaryDirectory(prefix="cups-")  # a socket's path must be short
    cups = CupsDaemon(Path(folder.name))
    before = os.environ.get("CUPS_SERVER")
    os.environ["CUPS_SERVER"] = str(cups.socket)
    cups.start()
    cups.add_queue()
    cups.stop()

    def throw_away() -> None:
        folder.cleanup()
        del os.environ["CUPS_SERVER"]
        if before is not None:
            os.environ["CUPS_SERVER"] = before

    return Fitted(settings("a4-printer", DeviceModel.CUPS, QUEUE), cups.start, cups.stop, throw_away)


def fit_face_camera(directory: Path) -> Fitted:
    camera = CameraPicture(directory / "face-camera", head=True)
    return Fitted(settings("face-camera", DeviceModel.CAMERA_FACE, directory), camera.plug, camera.unplug)


def fit_code_camera(directory: Path) -> Fitted:
    camera = CameraPicture(directory / "code-camera", head=False)
    return Fitted(settings("code-camera", DeviceModel.CAMERA_CODES, directory), camera.plug, camera.unplug)


def fit_document_camera(directory: Path) -> Fitted:
    camera = CameraPicture(directory / "document-camera", head=False, sheet=True)
    return Fitted(settings("document-camera", DeviceModel.CAMERA_DOCUMENTS, directory), camera.plug, camera.unplug)


FITTINGS: dict[str, Callable[[Path], Fitted]] = {
    "sdt": fit_sdt,
    "pcsc": fit_pcsc,
    "gm65": fit_gm65,
    "plain-line": fit_plain_line,
    "newland": fit_newland,
    "ssi": fit_ssi,
    "honeywell": fit_honeywell,
    "keyboard-wedge": fit_keyboard_wedge,
    "escpos": fit_escpos,
    "escpos-network": fit_escpos_network,
    "escpos-file": fit_escpos_file,
    "escpos-usb": fit_escpos_usb,
    "cups": fit_cups,
    "camera-face": fit_face_camera,
    "camera-codes": fit_code_camera,
    "camera-documents": fit_document_camera,
}
"""One line a model: whatever stands here must pass `test_contract.py`."""


def settings(name: str, model: DeviceModel, place: Path | str) -> DeviceSettings:
    """Plugged in under its own name in a folder, or at just this port."""
    port = place / name if isinstance(place, Path) and place.is_dir() else place
    return DeviceSettings(name=name, model=model, port=str(port), emulated=True)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(params=sorted(FITTINGS))
def fitted(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fitted]:
    """One model's emulator, not yet plugged in."""
    device = FITTINGS[request.param](tmp_path)
    yield device
    device.unplug()
    device.throw_away()


@pytest.fixture
def short_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drivers listen for a shorter time in each round, so that tests stop and look again sooner."""
    monkeypatch.setattr("devices.card_reader.sdt_reader.POLL_SECONDS", 0.03)
    monkeypatch.setattr("devices.card_reader.sdt_reader.PROBE_SECONDS", 0.1)
    monkeypatch.setattr("devices.card_reader.pcsc_reader.WAIT_SECONDS", 0.03)
    monkeypatch.setattr("devices.code_scanner.gm65_scanner.LISTEN_SECONDS", 0.03)
    monkeypatch.setattr("devices.code_scanner.plain_line_scanner.LISTEN_SECONDS", 0.03)
    monkeypatch.setattr("devices.code_scanner.keyboard_wedge.LISTEN_SECONDS", 0.03)
    monkeypatch.setattr("devices.receipt_printer.escpos.ROUND_SECONDS", 0.03)
    monkeypatch.setattr("devices.document_printer.cups_printer.ROUND_SECONDS", 0.03)
    monkeypatch.setattr("devices.document_printer.cups_printer.POLL_SECONDS", 0.2)
    monkeypatch.setattr("devices.code_scanner.camera.ROUND_SECONDS", 0.1)
    monkeypatch.setattr("devices.face_camera.camera.ROUND_SECONDS", 0.1)
    monkeypatch.setattr("devices.document_camera.camera.ROUND_SECONDS", 0.1)


@pytest.fixture
def line_time(monkeypatch: pytest.MonkeyPatch) -> LineTime:
    """Time-outs of serial lines are met by silence only; to be asked for before an emulator is plugged."""
    return LineTime(monkeypatch, sdt_line, sdt_reader, gm65_scanner, newland_scanner, ssi_scanner, honeywell_scanner)


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
def start_worker(reports: Reports) -> Iterator[Callable[[DeviceSettings], DeviceWorker]]:
    """Start a real worker with a real driver; stopped at the end of the test."""
    workers: list[DeviceWorker] = []

    def start(settings: DeviceSettings) -> DeviceWorker:
        slot, trace = FrameSlot(), WireTrace(now)
        patience = Patience(reopen_seconds=0.05)
        worker = DeviceWorker(settings, lambda: make_driver(settings, slot, trace=trace), reports, now, patience, trace)
        workers.append(worker)
        worker.start()
        return worker

    yield start
    for worker in workers:
        worker.stop()
