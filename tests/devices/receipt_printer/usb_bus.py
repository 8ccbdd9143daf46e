"""A USB bus of our own in libusb's place, with one printer whose endpoints are joined to the emulator's pseudo-terminal.

It lives in the process that looks at the bus: `kiosk emulate` cannot plug it into another one's.
"""

from __future__ import annotations

import errno
import os
import select
import threading
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core

from devices.emulators.escpos_printer import EscposPrinterEmulator

NAME = "04b8:0202"
IN, OUT = 0x81, 0x03


class Bus(usb.backend.IBackend):  # type: ignore[misc] # pyusb has no types
    """One printer on a bus, its endpoints joined to the emulator's pseudo-terminal."""

    def __init__(self, terminal: int) -> None:
        self.terminal = self.pulled = terminal
        """`pulled` becomes readable when the cable goes; a terminal that is never pulled stands for itself."""
        self.in_use = threading.Lock()
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
        assert endpoint == OUT
        if not self.takes_bytes:
            raise usb.core.USBTimeoutError("timed out", errno=errno.ETIMEDOUT)
        with self._line():
            return os.write(self.terminal, data)

    def bulk_read(self, handle: str, endpoint: int, interface: int, buffer: array[int], timeout: int) -> int:
        assert endpoint == IN
        with self._line():
            if not select.select([self.terminal, self.pulled], [], [], timeout / 1000)[0]:
                raise usb.core.USBTimeoutError("timed out", errno=errno.ETIMEDOUT)
            if not self.plugged:
                raise OSError(errno.ENODEV, "pulled")
            heard = os.read(self.terminal, len(buffer))
        buffer[: len(heard)] = array("B", heard)
        return len(heard)

    @contextmanager
    def _line(self) -> Iterator[None]:
        """The terminal is not closed under who reads it; whatever befalls it, the device has left the bus."""
        with self.in_use:
            if not self.plugged:
                raise usb.core.USBError("No such device", errno=errno.ENODEV)
            try:
                yield
            except usb.core.USBError:
                raise
            except OSError as gone:
                raise usb.core.USBError("No such device", errno=errno.ENODEV) from gone


class UsbCable:
    """Joins the emulator, with its pseudo-terminal at `path`, to `bus`."""

    def __init__(self, emulator: EscposPrinterEmulator, path: Path) -> None:
        self._emulator = emulator
        self._path = path
        self.bus = Bus(-1)
        self.bus.plugged = False
        self._pull = -1

    def plug(self) -> None:
        self._emulator.plug()
        if not self.bus.plugged:
            self.bus.terminal = os.open(self._path, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
            self.bus.pulled, self._pull = os.pipe()
            self.bus.plugged = True

    def unplug(self) -> None:
        if self.bus.plugged:
            self.bus.plugged = False
            os.close(self._pull)
            with self.bus.in_use:
                os.close(self.bus.terminal)
                os.close(self.bus.pulled)
        self._emulator.unplug()
