"""A small question-and-answer line on this machine only: one JSON object a line over a Unix socket of mode 0600.

The running kiosk answers `kiosk diagnose`, `kiosk queue retry` and `cancel` through one, also in 暂停服务; the demo's
emulators `kiosk emulate` through another. The server answers on a thread of its own; the answering function must be safe to
call there.
Where the disk takes no file it answers under a name in memory, told from others by its folder.
"""

from __future__ import annotations

import json
import os
import socket
import struct
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
"""So long a question may take to come."""
ANSWER_SECONDS = 30.0
"""So long an answer may: nobody is there only where a connection is refused or ends. A busy machine lets a kiosk answer late."""


class LocalServer:
    """Answers at `path` from `start()` until `stop()`; a stale socket file is replaced."""

    def __init__(self, path: Path, answer: Answering) -> None:
        self._path = path
        self._answer = answer
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._inode = 0
        self._in_memory: socket.socket | None = None
        self._threads: list[threading.Thread] = []

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
        self._listen(self._socket)

    def answer_in_memory(self) -> None:
        """Answer without a file, from now until `stop()`; twice is safe. Raises OSError where another program does."""
        if self._in_memory is None:
            name, listening = _name_in_memory(self._path), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                listening.bind(name)
            except OSError:
                listening.close()
                raise
            self._in_memory = listening
            self._listen(listening)

    def stop(self) -> None:
        """Answer no more; may be called twice. Another server's file that has replaced this one's stays."""
        with suppress(OSError):  # gone already, or on a disk that takes no writing
            if self._path.stat().st_ino == self._inode:  # no other has its number until the socket is closed
                self._path.unlink()
        self._inode = 0
        for listening in filter(None, (self._socket, self._in_memory)):
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
        for thread in self._threads:
            thread.join(TIMEOUT_SECONDS)

    def _listen(self, listening: socket.socket) -> None:
        listening.listen(4)
        thread = threading.Thread(target=self._serve, args=(listening,), name=f"local {self._path.name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return  # stopped
            with connection, suppress(OSError):
                if listening is self._in_memory and _peer(connection) not in (0, os.geteuid()):
                    continue  # a name in memory has no mode
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


def ask(path: Path, question: dict[str, Any], timeout_seconds: float = ANSWER_SECONDS) -> dict[str, Any]:
    """The answer to one question; raises KioskNotRunning, and UserNotAllowed where somebody else may ask."""
    try:
        with _connected(path, timeout_seconds) as connection:
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
def _connected(path: Path, timeout_seconds: float) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_seconds)
        try:
            with _short(path) as name:
                connection.connect(name)
        except (FileNotFoundError, ConnectionRefusedError):  # none, or one that a dead kiosk left
            connection.connect(_name_in_memory(path))
            server = _peer(connection)
            if server not in (0, path.parent.stat().st_uid):
                raise  # anybody may take a name
            if os.geteuid() not in (0, server):
                raise PermissionError(str(path)) from None
        yield connection


def _name_in_memory(path: Path) -> str:
    """An abstract address, which needs no file: https://man7.org/linux/man-pages/man7/unix.7.html."""
    folder = path.parent.stat()
    return f"\0{path.name} in {folder.st_dev}:{folder.st_ino}"


def _peer(connection: socket.socket) -> int:
    """The user at the other end."""
    _, user, _ = struct.unpack("iII", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("iII")))
    return int(user)


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
