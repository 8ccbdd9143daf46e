"""A small question-and-answer line on this machine only: one JSON object a line over a Unix socket of mode 0600.

The running kiosk answers `kiosk diagnose` and `kiosk queue retry` through one, also in 暂停服务; the demo's emulators
`kiosk emulate` through another. The server answers on a thread of its own; the answering function must be safe to call there.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kiosk.errors import KioskNotRunning, UserNotAllowed

Answering = Callable[[dict[str, Any]], dict[str, Any]]
SOCKET_NAME = "kiosk.sock"
"""The kiosk's own, in the store's folder."""
LONGEST_LINE = 1 << 20
TIMEOUT_SECONDS = 5.0


class LocalServer:
    """Answers at `path` from `start()` until `stop()`; a stale socket file is replaced."""

    def __init__(self, path: Path, answer: Answering) -> None:
        self._path = path
        self._answer = answer
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._inode = 0
        self._thread = threading.Thread(target=self._serve, name=f"local {path.name}", daemon=True)

    def start(self) -> None:
        """Bind (readable and writable for this user only) and answer from now on; after an OSError it may be tried again."""
        with suppress(FileNotFoundError):
            self._path.unlink()
        before = os.umask(0o177)
        try:
            with _short(self._path) as name:
                self._socket.bind(name)
            self._inode = self._path.stat().st_ino
        finally:
            os.umask(before)
        self._socket.listen(4)
        self._thread.start()

    def stop(self) -> None:
        """Answer no more; may be called twice. Another server's file that has replaced this one's stays."""
        with suppress(OSError):  # gone already, or on a disk that takes no writing
            if self._path.stat().st_ino == self._inode:  # no other has its number until the socket is closed
                self._path.unlink()
        self._inode = 0
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        if self._thread.is_alive():
            self._thread.join(TIMEOUT_SECONDS)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return  # stopped
            with connection, suppress(OSError):
                connection.settimeout(TIMEOUT_SECONDS)
                connection.sendall(json.dumps(self._answer_line(_read_line(connection)), ensure_ascii=False).encode() + b"\n")

    def _answer_line(self, line: bytes) -> dict[str, Any]:
        try:
            question = json.loads(line)
        except (ValueError, RecursionError):
            return {"ok": False, "said": "not a JSON object on one line"}
        if not isinstance(question, dict):
            return {"ok": False, "said": "not a JSON object on one line"}
        return self._answer(question)


def ask(path: Path, question: dict[str, Any], timeout_seconds: float = TIMEOUT_SECONDS) -> dict[str, Any]:
    """The answer to one question; raises KioskNotRunning, and UserNotAllowed where somebody else may ask."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout_seconds)
            with _short(path) as name:
                connection.connect(name)
            connection.sendall(json.dumps(question, ensure_ascii=False).encode() + b"\n")
            answer = json.loads(_read_line(connection))
    except PermissionError as refused:
        raise UserNotAllowed(str(path)) from refused
    except (OSError, ValueError) as trouble:
        raise KioskNotRunning(f"{path}: {trouble}") from trouble
    if not isinstance(answer, dict):
        raise KioskNotRunning(f"{path}: an answer that is no object")
    return answer


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """The path through its folder's handle: a socket's path may have 107 bytes, a store's folder any number."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _read_line(connection: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n") and len(line) < LONGEST_LINE:
        piece = connection.recv(65536)
        if not piece:
            break
        line += piece
    return line
