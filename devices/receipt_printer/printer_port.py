"""How bytes reach a printer, whatever the cable: one protocol, and the way from a printer's settings to its port."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from devices.errors import LibraryMissing
from devices.serial_port import SerialPort
from devices.settings import DeviceModel, DeviceSettings

SERIAL_BAUD = 115200


class PrinterPort(Protocol):
    """Used on the printer's own thread; whatever happens is raised as one of `devices/errors.py`."""

    talks_back: bool
    """False where no byte ever comes from the printer: then it is never asked, and all of it stays unknown."""

    def open(self) -> None:
        """Raises PortMissing, PortBusy or LibraryMissing."""

    def send(self, data: bytes) -> None:
        """Hand all bytes over; raises DeviceUnplugged, or DeviceSilent when none are taken for seconds."""

    def receive(self, seconds: float) -> bytes:
        """What has arrived, after waiting at most `seconds` for its first byte; raises DeviceUnplugged."""

    def close(self) -> None:
        """Never raises, may be called twice."""


def make_port(settings: DeviceSettings) -> PrinterPort:
    """The port, still closed, by which this model's printers are reached."""
    match settings.model:
        case DeviceModel.ESCPOS_NETWORK:
            from devices.receipt_printer.network_port import NetworkPort

            return NetworkPort(*settings.address)
        case DeviceModel.ESCPOS_FILE:
            from devices.receipt_printer.file_port import FilePort

            return FilePort(settings.port)
        case DeviceModel.ESCPOS_USB:
            from devices.receipt_printer.usb_port import UsbPort

            return UsbPort(settings.port) if not settings.is_joined_to_a_line else _on_an_emulated_bus(settings.port)
        case DeviceModel.ESCPOS:
            return SerialPort(settings.port, settings.baud or SERIAL_BAUD)
        case _:
            raise ValueError(f"{settings.model} is no receipt printer")


def _on_an_emulated_bus(line: str) -> PrinterPort:
    """All of pyusb and of ours is as with a real printer; only libusb is not asked."""
    from devices.receipt_printer.usb_port import UsbPort

    try:
        from devices.emulators.usb_bus import NAME, Bus
    except ModuleNotFoundError as absent:
        raise LibraryMissing("pyusb is not installed (the extra usb-printer)") from absent
    return UsbPort(NAME, backend=Bus(Path(line)))
