"""How bytes reach a printer, whatever the cable: one protocol, and the way from a printer's settings to its port."""

from __future__ import annotations

from typing import Protocol

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

            return UsbPort(settings.port)
        case DeviceModel.ESCPOS:
            return SerialPort(settings.port, settings.baud or SERIAL_BAUD)
        case _:
            raise ValueError(f"{settings.model} is no receipt printer")
