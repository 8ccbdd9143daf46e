"""The one connection of a session, which another thread can cut: for what is not over in its whole time.

requests and urllib3 bound a wait for one byte, and say themselves that no setting of theirs bounds a whole answer (urllib3's
`Timeout`, `total`): a status line, headers or interim answers that come in drops have no end. Imported with the first request,
on the thread that makes it.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from types import TracebackType
from typing import Self

import requests.adapters
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

AGAIN_SECONDS = 0.1
"""After a cut, until the next one: a connection may only then have come about."""


class OneConnection:
    """The connection a session talks over, once there is one."""

    def __init__(self) -> None:
        self.made: HTTPConnection | None = None

    def cut(self) -> None:
        """From any thread: whoever reads from it or writes to it finds it ended."""
        made = self.made
        talking = made.sock if made is not None else None
        if isinstance(talking, socket.socket):
            with contextlib.suppress(OSError):  # ended already
                socket.socket.shutdown(talking, socket.SHUT_RDWR)  # not TLS's own, which would take its state from the reader


class TimeLimit:
    """A whole exchange's: what is left within it, however it goes, is `over` when the connection had to be cut."""

    def __init__(self, seconds: float, connection: OneConnection) -> None:
        self.over = False
        self._seconds = seconds
        self._connection = connection
        self._left = threading.Event()
        self._watch = threading.Thread(target=self._cut_in_time, name="time-limit", daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._left.set()
        self._watch.join()  # or it might cut the next exchange

    def _cut_in_time(self) -> None:
        wait = self._seconds
        while not self._left.wait(wait):
            self.over = True
            self._connection.cut()
            wait = AGAIN_SECONDS


def adapter(connection: OneConnection, pins: str = "") -> requests.adapters.HTTPAdapter:
    """An adapter whose connections are made known, and over TLS take no other key than one with a pin of these."""

    class Plain(HTTPConnection):
        def connect(self) -> None:
            connection.made = self
            super().connect()

    class Sealed(HTTPSConnection):
        def connect(self) -> None:
            connection.made = self
            self.ssl_context = _context()
            super().connect()
            if pins:
                from offline_cache.pinned_key import check_pin

                check_pin(self, pins)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SealedPool(HTTPSConnectionPool):
        ConnectionCls = Sealed

    made = requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0)
    made.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SealedPool}
    return made


def _context() -> ssl.SSLContext:
    """Our own, for urllib3's heeds SSLKEYLOGFILE: a variable of the environment would have every session's keys written down."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.hostname_checks_common_name = False
    return made
