"""A printer behind a device node (`/dev/usb/lp0`), a FIFO or a file: bytes go one way only, so its state stays unknown.

The kernel's usblp driver blocks a writer while the printer is out of paper: the node is opened non-blocking and a
printer that takes nothing for seconds is told as silent.
"""

from __future__ import annotations

import errno
import os
import select
import time

from devices.errors import DeviceSilent, DeviceUnplugged, PortBusy, PortMissing

WRITE_SECONDS = 3.0
HELD_BY_ANOTHER = frozenset({errno.EACCES, errno.EPERM, errno.EBUSY})


class FilePort:
    """One node, FIFO or existing file at `path`, opened for appending."""

    talks_back = False

    def __init__(self, path: str) -> None:
        self.path = path
        self._handle: int | None = None

    def open(self) -> None:
        """Open it; raises PortMissing (also for a FIFO that nobody reads) or PortBusy. Nothing is ever created."""
        self.close()
        try:
            self._handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        except (OSError, ValueError) as failure:
            number = failure.errno if isinstance(failure, OSError) else errno.EINVAL
            kind = PortBusy if number in HELD_BY_ANOTHER else PortMissing
            raise kind(f"{self.path}: {errno.errorcode.get(number or 0, '')}") from failure

    def send(self, data: bytes) -> None:
        """Write all of it; raises DeviceUnplugged, or DeviceSilent when nothing is taken for seconds."""
        left = memoryview(data)
        deadline = time.monotonic() + WRITE_SECONDS
        while left:
            try:
                left = left[os.write(self._open_handle(), left) :]
            except BlockingIOError as full:
                waiting = deadline - time.monotonic()
                if waiting <= 0 or not select.select([], [self._open_handle()], [], waiting)[1]:
                    raise DeviceSilent(f"{self.path}: takes no bytes") from full
            except OSError as failure:
                raise DeviceUnplugged(f"{self.path}: {errno.errorcode.get(failure.errno or 0, '')}") from failure

    def receive(self, seconds: float) -> bytes:
        """Nothing ever, after waiting so long; raises DeviceUnplugged when the other end has gone meanwhile."""
        watch = select.poll()
        watch.register(self._open_handle(), 0)  # hang-up and error are told unasked
        if watch.poll(max(seconds, 0.0) * 1000):
            raise DeviceUnplugged(f"{self.path}: hung up")
        return b""

    def close(self) -> None:
        """Close it; never raises, may be called twice."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def _open_handle(self) -> int:
        if self._handle is None:
            raise DeviceUnplugged(f"{self.path}: not open")
        return self._handle
