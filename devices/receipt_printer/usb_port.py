"""A printer on USB without a kernel driver, by vendor and product (`04b8:0202`): python-escpos over pyusb and libusb.

The endpoints are those of the device's printer interface (USB Printer Class 1.1: class 7, one bulk endpoint out and, for
bidirectional printers, one in). python-escpos detaches the kernel's usblp by itself.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from devices.errors import DeviceSilent, DeviceUnplugged, LibraryMissing, PortBusy, PortMissing
from devices.receipt_printer.library import DeviceNotFoundError, Usb

PRINTER_CLASS = 7
DIRECTION_IN = 0x80
BULK = 2
WRITE_MS = 3000
LEAST_READ_MS = 1
"""libusb takes 0 for "for ever"."""
MOST_BYTES_AT_ONCE = 64
HELD_BY_ANOTHER = frozenset({errno.EACCES, errno.EPERM, errno.EBUSY})


class UsbPort:
    """One printer by its `vendor:product` in hexadecimal; the first that is found."""

    def __init__(self, name: str, **found_by: object) -> None:
        """`found_by` goes to `usb.core.find` besides, such as another backend than the system's libusb."""
        vendor, product = (int(part, 16) for part in name.split(":"))
        self._name = name
        self._found_by = {"idVendor": vendor, "idProduct": product, **found_by}
        self._printer: Any = None
        self.talks_back = True

    def open(self) -> None:
        """Find and claim it; raises LibraryMissing (pyusb or libusb), PortMissing or PortBusy."""
        self.close()
        if not Usb.is_usable():
            raise LibraryMissing("pyusb is not installed (the extra usb-printer)")
        import usb.core

        try:
            if usb.core.find(**self._found_by) is None:
                raise PortMissing(f"{self._name}: not on the bus")
            printer = Usb(usb_args=dict(self._found_by), timeout=WRITE_MS)
            printer.open()
            self._printer = printer
            self._take_endpoints()
        except usb.core.NoBackendError as failure:
            raise LibraryMissing("libusb-1.0 is not installed") from failure
        except (DeviceNotFoundError, usb.core.USBError) as failure:
            cause = failure if isinstance(failure, usb.core.USBError) else failure.__context__
            number = getattr(cause, "errno", None) or 0
            kind = PortBusy if number in HELD_BY_ANOTHER else PortMissing
            raise kind(f"{self._name}: {errno.errorcode.get(number, 'not reachable')}") from failure

    def send(self, data: bytes) -> None:
        """Hand all bytes over; raises DeviceUnplugged, or DeviceSilent when the printer takes none for seconds."""
        with self._claimed() as printer:
            printer._raw(data)

    def receive(self, seconds: float) -> bytes:
        """What has arrived, after waiting at most `seconds`; raises DeviceUnplugged."""
        import usb.core

        if not self.talks_back:
            time.sleep(max(seconds, 0.0))
            return b""
        with self._claimed() as printer:
            try:
                wait_ms = max(int(seconds * 1000), LEAST_READ_MS)
                return bytes(printer.device.read(printer.in_ep, MOST_BYTES_AT_ONCE, wait_ms))
            except usb.core.USBTimeoutError:
                return b""

    def close(self) -> None:
        """Release it; never raises, may be called twice."""
        printer, self._printer = self._printer, None
        if printer is not None:
            import usb.core

            with suppress(usb.core.USBError, OSError):
                printer.close()

    def _take_endpoints(self) -> None:
        """From the first printer interface; one without a bulk endpoint in cannot be asked anything."""
        for interface in self._printer.device.get_active_configuration():
            if interface.bInterfaceClass != PRINTER_CLASS:
                continue
            bulk = [each.bEndpointAddress for each in interface if each.bmAttributes & 3 == BULK]
            inward = [address for address in bulk if address & DIRECTION_IN]
            outward = [address for address in bulk if not address & DIRECTION_IN]
            if outward:
                self._printer.out_ep = outward[0]
                self.talks_back = bool(inward)
                if inward:
                    self._printer.in_ep = inward[0]
                return
        raise PortMissing(f"{self._name}: no printer interface")

    @contextmanager
    def _claimed(self) -> Iterator[Any]:
        import usb.core

        if self._printer is None:
            raise DeviceUnplugged(f"{self._name}: not open")
        try:
            yield self._printer
        except usb.core.USBTimeoutError as failure:
            raise DeviceSilent(f"{self._name}: takes no bytes") from failure
        except usb.core.USBError as failure:
            raise DeviceUnplugged(f"{self._name}: {errno.errorcode.get(failure.errno or 0, 'gone')}") from failure
