"""A serial line by its path, real or a pseudo-terminal, with every failure named; used on its device's own thread."""

from __future__ import annotations

import errno
import os
import select
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import serial

from devices.errors import DeviceSilent, DeviceUnplugged, PortBusy, PortMissing
from devices.values import dataclass
from devices.wire_trace import WireTrace

WRITE_SECONDS = 3.0
MOST_BYTES_AT_ONCE = 4096
HELD_BY_ANOTHER = frozenset({errno.EACCES, errno.EPERM, errno.EBUSY, errno.EAGAIN})
"""EAGAIN: another program holds the advisory lock that pyserial takes with `exclusive`."""


class SerialPort:
    """8N1 without flow control: three-wire cables and pseudo-terminals have no handshake lines, and waiting for them hangs."""

    talks_back = True

    def __init__(self, path: str, baud: int, trace: WireTrace | None = None) -> None:
        """Only for lines on which nothing personal is sent: `trace` shows that whole, and of the rest the number of bytes."""
        self.path = path
        self.baud = baud
        self._trace = trace
        self._line: serial.Serial | None = None

    def open(self) -> None:
        """Open and lock the line; raises PortMissing or PortBusy. Bytes from before are thrown away."""
        self.close()
        try:
            # Non-blocking reads: `receive` waits by select, so that no time-out has to be reconfigured for each call.
            self._line = serial.Serial(node_of(self.path), self.baud, timeout=0, write_timeout=WRITE_SECONDS, exclusive=True)
        except ValueError as failure:  # a path with a NUL in it
            raise PortMissing(f"{self.path!r}: no path") from failure
        except (OSError, termios.error) as failure:
            number = failure.errno if isinstance(failure, OSError) else failure.args[0]
            name = errno.errorcode.get(number or 0, "not a serial line")
            if number in HELD_BY_ANOTHER:
                raise PortBusy(f"{self.path}: {name}") from failure
            raise PortMissing(f"{self.path}: {name}") from failure

    def send(self, data: bytes, meaning: str = "") -> None:
        """Hand all bytes to the line; raises DeviceUnplugged, or DeviceSilent when the line takes none for seconds."""
        if self._trace is not None:
            self._trace.sent(data, meaning)
        with self._open_line() as line:
            line.write(data)

    def receive(self, seconds: float) -> bytes:
        """What has arrived, after waiting at most `seconds` for its first byte; empty when nothing came."""
        with self._open_line() as line:
            if not select.select([line.fileno()], [], [], max(seconds, 0.0))[0]:
                return b""
            arrived = bytes(line.read(MOST_BYTES_AT_ONCE))
        if self._trace is not None:
            self._trace.received(len(arrived))
        return arrived

    def discard_input(self) -> None:
        """Throw away whatever has arrived and was not received."""
        with self._open_line() as line:
            line.reset_input_buffer()

    def close(self, last_words: bytes = b"") -> None:
        """Close the line, saying its last words if it still takes them; never raises or waits, may be called twice."""
        line, self._line = self._line, None
        if line is not None:
            with suppress(OSError, termios.error):
                os.write(line.fileno(), last_words)
            with suppress(OSError, termios.error):
                line.close()

    @contextmanager
    def _open_line(self) -> Iterator[serial.Serial]:
        """The line, any failure of which means that it vanished: EIO, or a read of nothing after it was said to be ready."""
        if self._line is None:
            raise DeviceUnplugged(f"{self.path}: not open")
        try:
            yield self._line
        except serial.SerialTimeoutException as failure:
            raise DeviceSilent(f"{self.path}: takes no bytes") from failure
        except (OSError, termios.error) as failure:
            raise DeviceUnplugged(self.path) from failure


USB = "usb:"
BY_SERIAL, BY_LOCATION = "serial", "location"


def node_of(path: str) -> str:
    """The device node of a port now; `usb:serial=…` and `usb:location=…` are looked up anew at each opening.

    A device is found again by its serial number in whatever socket it stands, by its location whatever stands there. Raises
    PortMissing while no such line is plugged in.
    """
    if not path.startswith(USB):
        return path
    from serial.tools import list_ports  # looks through /sys

    kind, _, wanted = path.removeprefix(USB).partition("=")
    for port in list_ports.comports():
        # A location may name an interface of the device too: `1-2.3:1.0`.
        said = port.serial_number if kind == BY_SERIAL else str(port.location or "").partition(":")[0]
        if said == wanted:
            return str(port.device)
    raise PortMissing(f"{path}: not plugged in")


@dataclass(frozen=True, slots=True)
class SerialLine:
    """A serial line of this machine; of one on USB also what it says of itself, and its socket (`1-2.3`)."""

    node: str
    product: str
    location: str
    serial_number: str


def serial_lines() -> tuple[SerialLine, ...]:
    """The serial lines of this machine in their order."""
    from serial.tools import list_ports  # looks through /sys; only a technician asks

    found = sorted(list_ports.comports(), key=lambda port: port.device)
    return tuple(
        SerialLine(str(port.device), str(port.product or ""), str(port.location or ""), str(port.serial_number or ""))
        for port in found
    )
