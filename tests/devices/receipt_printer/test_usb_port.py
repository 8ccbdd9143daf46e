"""The USB printer through pyusb: a bus of our own in libusb's place, since no machine here has such a printer plugged in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.driver import PrintJob
from devices.emulators.escpos_printer import Condition, EscposPrinterEmulator
from devices.errors import DeviceSilent, DeviceUnplugged, LibraryMissing, PortBusy, PortMissing
from devices.receipt_printer.escpos import EscposPrinter
from devices.receipt_printer.layout import lay_out
from devices.receipt_printer.slip import Line, Slip
from devices.receipt_printer.usb_port import UsbPort
from devices.reports import Cover, Paper, SlipFailed, SlipPrinted
from devices.settings import DeviceModel, DeviceSettings

pytest.importorskip("usb", reason="pyusb is not installed (the extra usb-printer)")

from devices.emulators.usb_bus import NAME, Bus

SLIP = Slip((Line("受理回执", large=True), Line("鑫淼焱垚")))


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[EscposPrinterEmulator]:
    emulator = EscposPrinterEmulator(tmp_path / "line")
    emulator.plug()
    yield emulator
    emulator.stop()


@pytest.fixture
def bus(tmp_path: Path, emulator: EscposPrinterEmulator) -> Bus:
    assert emulator
    return Bus(tmp_path / "line")


def printer_on(bus: Bus) -> EscposPrinter:
    settings = DeviceSettings(name="receipt-printer", model=DeviceModel.ESCPOS_USB, port=NAME)
    printer = EscposPrinter(settings, port=UsbPort(NAME, backend=bus))
    printer.open()
    return printer


def test_it_prints_over_its_own_endpoints_and_tells_its_paper(bus: Bus, emulator: EscposPrinterEmulator) -> None:
    printer = printer_on(bus)
    assert printer.perform(PrintJob("a", SLIP)) == (SlipPrinted("receipt-printer", "a"),)
    assert [list(slip.lines) for slip in emulator.slips] == [lay_out(SLIP, 80)]
    assert (printer.health().paper, printer.health().cover) == (Paper.ENOUGH, Cover.CLOSED)
    emulator.become(Condition(cover_open=True))
    (failed,) = printer.perform(PrintJob("b", SLIP))
    assert isinstance(failed, SlipFailed)
    assert failed.code == "cover-open"
    printer.close()
    printer.close()


def test_a_printer_without_an_endpoint_in_is_unknown_and_prints(bus: Bus, emulator: EscposPrinterEmulator) -> None:
    bus.bidirectional = False
    printer = printer_on(bus)
    assert printer.health().paper is Paper.UNKNOWN
    assert printer.perform(PrintJob("a", SLIP)) == (SlipPrinted("receipt-printer", "a"),)
    printer.attend(active=False)
    assert emulator.wait_for_slips(1, 10)
    printer.close()


def test_a_printer_that_is_not_on_the_bus_is_missing(bus: Bus, emulator: EscposPrinterEmulator) -> None:
    emulator.unplug()
    with pytest.raises(PortMissing, match="not on the bus"):
        printer_on(bus)


def test_one_held_by_another_program_is_busy(bus: Bus) -> None:
    bus.refuses_claim = True
    with pytest.raises(PortBusy, match="EBUSY"):
        printer_on(bus)


def test_pulled_it_is_unplugged(bus: Bus, emulator: EscposPrinterEmulator) -> None:
    printer = printer_on(bus)
    emulator.unplug()
    with pytest.raises(DeviceUnplugged, match="ENODEV"):
        printer.attend(active=False)
    printer.close()


def test_one_that_takes_no_bytes_is_silent(bus: Bus) -> None:
    port = UsbPort(NAME, backend=bus)
    port.open()
    bus.takes_bytes = False
    with pytest.raises(DeviceSilent):
        port.send(b"x")
    port.close()


def test_without_libusb_it_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("libusb1", "libusb0", "openusb"):
        monkeypatch.setattr(f"usb.backend.{library}.get_backend", lambda *_, **__: None)
    with pytest.raises(LibraryMissing, match="libusb"):
        UsbPort(NAME).open()
