"""The line to cupsd itself, for what CUPS's programs do not tell: HTTP over its Unix socket or TCP port."""

from __future__ import annotations

import http.client
import socket
from contextlib import closing
from http import HTTPStatus

from devices.document_printer.ipp import CONTENT_TYPE, Job, ask_job, read_job
from devices.errors import DeviceSilent, PortMissing

IPP_PORT = 631
MOST_BYTES = 65536
"""Of an answer, which holds one attribute."""


class _Connection(http.client.HTTPConnection):
    default_port = IPP_PORT


class _SocketConnection(_Connection):
    def __init__(self, path: str, seconds: float) -> None:
        super().__init__("localhost", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def look_up(server: str, number: int, user: str, seconds: float) -> Job | None:
    """A job, asked for at `server` as `lpstat -H` names it; None when CUPS does not tell: it wants TLS first, or hangs up.

    Raises PortMissing when there is no cupsd, DeviceSilent when it does not answer in time.
    """
    connection = _connection(server, seconds)
    try:
        with closing(connection):
            _connect(connection)
            connection.request("POST", "/jobs/", ask_job(number, user), {"Content-Type": CONTENT_TYPE})
            answer = connection.getresponse()
            return read_job(answer.read(MOST_BYTES)) if answer.status == HTTPStatus.OK else None
    except TimeoutError as hanging:
        raise DeviceSilent(f"cupsd did not answer within {seconds:.0f} s") from hanging
    except (OSError, http.client.HTTPException):
        return None  # it was there a moment ago: one connection that is dropped is no cupsd that has gone


def _connect(connection: http.client.HTTPConnection) -> None:
    try:
        connection.connect()
    except TimeoutError:
        raise
    except OSError as absent:
        raise PortMissing("cupsd is not running") from absent


def _connection(server: str, seconds: float) -> http.client.HTTPConnection:
    return _SocketConnection(server, seconds) if server.startswith("/") else _Connection(server, timeout=seconds)
