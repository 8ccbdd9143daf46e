"""A printer on the network: a TCP connection to its raw port (9100, "JetDirect").

python-escpos 3.1 has such a connection too: it loses the reason of a failure, and the socket with it.

The connection is the cable: refused or unreachable is a missing device, reset or closed an unplugged one, and one that
takes or answers nothing any more a silent one. TCP keep-alive finds a printer whose cable was pulled while it rested.
"""

from __future__ import annotations

import errno
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from devices.errors import DeviceSilent, DeviceUnplugged, PortMissing

CONNECT_SECONDS = 3.0
"""Also the longest wait for the printer to take bytes."""
MOST_BYTES_AT_ONCE = 4096
KEEP_ALIVE = ((socket.TCP_KEEPIDLE, 5), (socket.TCP_KEEPINTVL, 2), (socket.TCP_KEEPCNT, 3))
"""Seconds of rest before the first probe, seconds between probes, unanswered probes: a dead cable is known after about 11 s."""


class NetworkPort:
    """One connection to `host`:`port`."""

    talks_back = True

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._name = f"{host}:{port}"
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """Connect; raises PortMissing with the reason's name (ECONNREFUSED, EHOSTUNREACH, ETIMEDOUT, or a name unknown)."""
        self.close()
        try:
            self._socket = socket.create_connection(self._address, CONNECT_SECONDS)
        except OSError as failure:
            raise PortMissing(f"{self._name}: {_reason(failure)}") from failure
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in KEEP_ALIVE:
            self._socket.setsockopt(socket.IPPROTO_TCP, option, value)

    def send(self, data: bytes) -> None:
        """Hand all bytes to the connection; raises DeviceUnplugged, or DeviceSilent when it takes none for seconds."""
        with self._connected() as connection:
            connection.sendall(data)

    def receive(self, seconds: float) -> bytes:
        """What has arrived, after waiting at most `seconds` for its first byte; raises DeviceUnplugged when it was closed."""
        with self._connected() as connection:
            if not select.select([connection.fileno()], [], [], max(seconds, 0.0))[0]:
                return b""
            if heard := connection.recv(MOST_BYTES_AT_ONCE):
                return heard
        raise DeviceUnplugged(f"{self._name}: closed by the printer")

    def close(self) -> None:
        """Close the connection; never raises, may be called twice."""
        connection, self._socket = self._socket, None
        if connection is not None:
            with suppress(OSError):
                connection.close()

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        if self._socket is None:
            raise DeviceUnplugged(f"{self._name}: not open")
        try:
            yield self._socket
        except TimeoutError as failure:
            raise DeviceSilent(f"{self._name}: takes no bytes") from failure
        except OSError as failure:
            raise DeviceUnplugged(f"{self._name}: {_reason(failure)}") from failure


def _reason(failure: OSError) -> str:
    if isinstance(failure, socket.gaierror):
        return "no such name"
    if isinstance(failure, TimeoutError):
        return "ETIMEDOUT"
    return errno.errorcode.get(failure.errno or 0, "not reachable")
