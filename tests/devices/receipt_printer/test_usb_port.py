"""The USB printer through pyusb: a bus of our own in libusb's place, since no machine here has such a printer plugged in."""

from __future__ import annotations

import errno
import os
import select
from array import array
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

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

import usb.backend
import usb.core

SLIP = Slip((Line("受理回执", large=True), Line("鑫淼焱垚")))
NAME = "04b8:0202"
IN, OUT = 0x81, 0x03


class Bus(usb.backend.IBackend):  # type: ignore[misc] # pyusb has no types
    """One printer on a bus, its endpoints joined to the emulator's pseudo-terminal."""

    def __init__(self, terminal: int) -> None:
        self.terminal = terminal
        self.plugged = True
        self.refuses_claim = False
        self.bidirectional = True
        self.takes_bytes = True

    def enumerate_devices(self) -> Iterator[str]:
        return iter(["printer"] if self.plugged else [])

    def get_device_descriptor(self, device: str) -> Any:
        fields = {"bLength": 18, "bDescriptorType": 1, "bcdUSB": 0x200, "bDeviceClass": 0, "bDeviceSubClass": 0}
        fields |= {"bDeviceProtocol": 0, "bMaxPacketSize0": 64, "idVendor": 0x04B8, "idProduct": 0x0202, "bcdDevice": 0}
        fields |= {"iManufacturer": 0, "iProduct": 0, "iSerialNumber": 0, "bNumConfigurations": 1}
        return SimpleNamespace(**fields, address=1, bus=1, port_number=1, port_numbers=(1,), speed=3)

    def get_configuration_descriptor(self, device: str, config: int) -> Any:
        if config:
            raise IndexError
        fields = {"bLength": 9, "bDescriptorType": 2, "wTotalLength": 32, "bNumInterfaces": 1, "bConfigurationValue": 1}
        return SimpleNamespace(**fields, iConfiguration=0, bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[])

    def get_interface_descriptor(self, device: str, interface: int, setting: int, config: int) -> Any:
        if interface or setting:
            raise IndexError
        fields = {"bLength": 9, "bDescriptorType": 4, "bInterfaceNumber": 0, "bAlternateSetting": 0, "bInterfaceClass": 7}
        fields |= {"bNumEndpoints": 1 + self.bidirectional, "bInterfaceSubClass": 1, "bInterfaceProtocol": 2, "iInterface": 0}
        return SimpleNamespace(**fields, extra_descriptors=[])

    def get_endpoint_descriptor(self, device: str, endpoint: int, interface: int, setting: int, config: int) -> Any:
        if endpoint > self.bidirectional:
            raise IndexError
        fields = {"bLength": 7, "bDescriptorType": 5, "bEndpointAddress": (OUT, IN)[endpoint], "bmAttributes": 2}
        return SimpleNamespace(**fields, wMaxPacketSize=64, bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[])

    def open_device(self, device: str) -> str:
        return device

    def close_device(self, handle: str) -> None:
        pass

    def set_configuration(self, handle: str, value: int) -> None:
        if self.refuses_claim:
            raise usb.core.USBError("Resource busy", errno=errno.EBUSY)

    def get_configuration(self, handle: str) -> int:
        if self.refuses_claim:
            raise usb.core.USBError("Resource busy", errno=errno.EBUSY)
        return 1

    def claim_interface(self, handle: str, interface: int) -> None:
        if self.refuses_claim:
            raise usb.core.USBError("Resource busy", errno=errno.EBUSY)

    def release_interface(self, handle: str, interface: int) -> None:
        pass

    def reset_device(self, handle: str) -> None:
        pass

    def bulk_write(self, handle: str, endpoint: int, interface: int, data: array[int], timeout: int) -> int:
        self._must_be_there()
        assert endpoint == OUT
        if not self.takes_bytes:
            raise usb.core.USBTimeoutError("timed out", errno=errno.ETIMEDOUT)
        return os.write(self.terminal, data)

    def bulk_read(self, handle: str, endpoint: int, interface: int, buffer: array[int], timeout: int) -> int:
        self._must_be_there()
        assert endpoint == IN
        if not select.select([self.terminal], [], [], timeout / 1000)[0]:
            raise usb.core.USBTimeoutError("timed out", errno=errno.ETIMEDOUT)
        heard = os.read(self.terminal, len(buffer))
        buffer[: len(heard)] = array("B", heard)
        return len(heard)

    def _must_be_there(self) -> None:
        if not self.plugged:
            raise usb.core.USBError("No such device", errno=errno.ENODEV)


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[EscposPrinterEmulator]:
    emulator = EscposPrinterEmulator(tmp_path / "line")
    emulator.plug()
    yield emulator
    emulator.stop()


@pytest.fixture
def bus(tmp_path: Path, emulator: EscposPrinterEmulator) -> Iterator[Bus]:
    terminal = os.open(tmp_path / "line", os.O_RDWR | os.O_NOCTTY)
    yield Bus(terminal)
    os.close(terminal)


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


def test_a_printer_that_is_not_on_the_bus_is_missing(bus: Bus) -> None:
    bus.plugged = False
    with pytest.raises(PortMissing, match="not on the bus"):
        printer_on(bus)


def test_one_held_by_another_program_is_busy(bus: Bus) -> None:
    bus.refuses_claim = True
    with pytest.raises(PortBusy, match="EBUSY"):
        printer_on(bus)


def test_pulled_it_is_unplugged(bus: Bus) -> None:
    printer = printer_on(bus)
    bus.plugged = False
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
