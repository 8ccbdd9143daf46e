"""A USB bus of our own in libusb's place, with one printer whose endpoints are joined to an emulator's pseudo-terminal.

It lives in the process that looks at the bus; the pseudo-terminal may be another one's.
"""
# ruff: noqa: D102, ARG002 # the methods are libusb's, as pyusb calls them

from __future__ import annotations

import errno
import os
import select
import termios
import tty
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core

NAME = "04b8:0202"
IN, OUT = 0x81, 0x03


class Bus(usb.backend.IBackend):  # type: ignore[misc] # pyusb has no types
    """One printer, on the bus while there is a pseudo-terminal at `path`; what pyusb asks of libusb, and it answers."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.refuses_claim = False
        """Another program holds it."""
        self.bidirectional = True
        self.takes_bytes = True

    def enumerate_devices(self) -> Iterator[str]:
        return iter(["printer"] if self._path.exists() else [])

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

    def open_device(self, device: str) -> int:
        with _on_the_bus():
            terminal = os.open(self._path, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
            tty.setraw(terminal)
        return terminal

    def close_device(self, handle: int) -> None:
        os.close(handle)

    def set_configuration(self, handle: int, value: int) -> None:
        if self.refuses_claim:
            raise usb.core.USBError("Resource busy", errno=errno.EBUSY)

    def get_configuration(self, handle: int) -> int:
        if self.refuses_claim:
            raise usb.core.USBError("Resource busy", errno=errno.EBUSY)
        return 1

    def claim_interface(self, handle: int, interface: int) -> None:
        if self.refuses_claim:
            raise usb.core.USBError("Resource busy", errno=errno.EBUSY)

    def release_interface(self, handle: int, interface: int) -> None:
        pass

    def reset_device(self, handle: int) -> None:
        pass

    def bulk_write(self, handle: int, endpoint: int, interface: int, data: array[int], timeout: int) -> int:
        assert endpoint == OUT
        if not self.takes_bytes:
            raise usb.core.USBTimeoutError("timed out", errno=errno.ETIMEDOUT)
        with _on_the_bus():
            return os.write(handle, data)

    def bulk_read(self, handle: int, endpoint: int, interface: int, buffer: array[int], timeout: int) -> int:
        assert endpoint == IN
        if not select.select([handle], [], [], timeout / 1000)[0]:
            raise usb.core.USBTimeoutError("timed out", errno=errno.ETIMEDOUT)
        with _on_the_bus():
            if not (heard := os.read(handle, len(buffer))):
                raise OSError(errno.ENODEV, "hung up")
        buffer[: len(heard)] = array("B", heard)
        return len(heard)


@contextmanager
def _on_the_bus() -> Iterator[None]:
    """Whatever befalls the pseudo-terminal, the device has left the bus."""
    try:
        yield
    except (OSError, termios.error) as gone:
        raise usb.core.USBError("No such device", errno=errno.ENODEV) from gone
