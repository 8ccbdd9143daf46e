"""Something was plugged in: the kernel and udev say so on a netlink socket, and a device that is waited for is tried at once.

Where the socket cannot be had (a container, another system) nothing is told, and devices are found by trying once a second.
Formats: the kernel's lib/kobject_uevent.c; libudev's `udev_monitor_netlink_header`.
"""

from __future__ import annotations

import math
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress

KOBJECT_UEVENT = 15
KERNEL_GROUP, UDEV_GROUP = 1, 2
"""udev's messages come when its rules have given the node its name and its mode; where no udev runs, only the kernel's come."""
SETTLE_SECONDS = 0.3
"""One plug makes a dozen messages: this long after the last of them the device is tried."""
MOST_BYTES = 8192
UDEV_PREFIX = b"libudev\0"
UDEV_HEADER = struct.Struct("=8s4xIII")
"""Prefix, magic number, size of the header, offset and length of the properties."""
ACTION = b"add"
"""And not `bind`, which a driver's own opening of its USB printer makes."""
SUBSYSTEMS = frozenset({b"tty", b"usb", b"usbmisc", b"video4linux", b"input", b"hidraw"})


def tells_arrival(message: bytes) -> bool:
    """Whether a uevent, the kernel's or udev's, says that something came that may be a device of ours."""
    if message.startswith(UDEV_PREFIX):
        if len(message) < UDEV_HEADER.size:
            return False
        _, _, offset, length = UDEV_HEADER.unpack_from(message)
        message = message[offset : offset + length]
    facts = dict(part.partition(b"=")[::2] for part in message.split(b"\0"))
    return facts.get(b"ACTION") == ACTION and facts.get(b"SUBSYSTEM") in SUBSYSTEMS


class Arrivals:
    """Calls `arrived` on a thread of its own each time that something was plugged in."""

    def __init__(self, arrived: Callable[[], None]) -> None:
        self._arrived = arrived
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._stopping, self._stop_asked = -1, -1

    def start(self) -> bool:
        """Listen from now on; False where that cannot be."""
        try:
            self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, KOBJECT_UEVENT)
            self._socket.bind((0, KERNEL_GROUP | UDEV_GROUP))
        except (OSError, AttributeError):  # AttributeError: no Linux
            self._close()
            return False
        self._stopping, self._stop_asked = os.pipe()
        self._thread = threading.Thread(target=self._listen, name="arrivals", daemon=True)
        self._thread.start()
        return True

    def stop(self) -> None:
        """Listen no more; may be called twice, and without a start."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        os.write(self._stop_asked, b"\0")
        if thread is not threading.current_thread():
            thread.join()
        self._close()
        os.close(self._stopping)
        os.close(self._stop_asked)

    def _listen(self) -> None:
        assert self._socket is not None
        watched = [self._socket.fileno(), self._stopping]
        settled_at = math.inf
        while True:
            left = None if settled_at == math.inf else max(0.0, settled_at - time.monotonic())
            ready = select.select(watched, [], [], left)[0]
            if self._stopping in ready:
                return
            if ready:
                try:
                    came = tells_arrival(self._socket.recv(MOST_BYTES))
                except OSError:  # ENOBUFS: more was said than fits, and some of it is lost
                    came = True
                if came:
                    settled_at = time.monotonic() + SETTLE_SECONDS
            if time.monotonic() >= settled_at:
                settled_at = math.inf
                self._arrived()

    def _close(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.close()
            self._socket = None
