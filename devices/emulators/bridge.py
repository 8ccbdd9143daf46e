"""Other cables to an emulated printer: a TCP port, or a FIFO, joined to the pseudo-terminal on which its bytes are spoken.

Serial-to-Ethernet servers do the same in earnest. What the line's faults make of an answer travels on as it is.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import termios
import threading
import tty
from contextlib import suppress
from pathlib import Path
from typing import Protocol

MOST_BYTES_AT_ONCE = 4096
LOOPBACK = "127.0.0.1"
LOOK_SECONDS = 0.02
"""How soon a cable that is to hang does so."""
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER on, no time: closing sends RST, as a printer does that has lost its power and is asked again."""


class Plug(Protocol):
    """The emulator behind a bridge."""

    def plug(self) -> None:
        """Connect its pseudo-terminal."""

    def unplug(self) -> None:
        """Pull it."""


class NetworkCable:
    """Lets `emulator`, with its pseudo-terminal at `path`, be reached at loopback's TCP `port`; one client at a time."""

    def __init__(self, emulator: Plug, path: Path) -> None:
        self._emulator = emulator
        self._path = path
        self._stopping, self._stop_asked = os.pipe()
        self._hanging = threading.Event()
        self._stopped = False
        self._thread: threading.Thread | None = None
        with socket.create_server((LOOPBACK, 0)) as first:
            self.port: int = first.getsockname()[1]

    def plug(self) -> None:
        """Switch on and listen; does nothing while plugged."""
        if self._thread is not None:
            return
        self._emulator.plug()
        self._hanging.clear()
        self._stopped = False
        listener = socket.create_server((LOOPBACK, self.port))
        self._thread = threading.Thread(target=self._run, args=(listener,), name="emulator network cable", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Reset whoever is connected and refuse all others; may be called twice."""
        if self._thread is not None:
            os.write(self._stop_asked, b"\0")
            self._thread.join()
            self._thread = None
        self._emulator.unplug()

    def hang(self) -> None:
        """Stay connected and neither take nor give a byte, until the next plugging."""
        self._hanging.set()

    def close(self) -> None:
        """Unplug and give the last descriptors back; the cable is used up. May be called twice."""
        self.unplug()
        for end in (self._stopping, self._stop_asked):
            if end >= 0:
                os.close(end)
        self._stopping = self._stop_asked = -1

    def _run(self, listener: socket.socket) -> None:
        with listener:
            while self._wait_for(listener.fileno()):
                client, _ = listener.accept()
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                with client, suppress(OSError):
                    self._join(client)
                if self._stopped:
                    return

    def _join(self, client: socket.socket) -> None:
        """Carry bytes both ways until one side ends; raises OSError when the pseudo-terminal has gone."""
        terminal = _open_raw(self._path)
        try:
            while True:
                watched = [self._stopping] if self._hanging.is_set() else [self._stopping, client.fileno(), terminal]
                ready = select.select(watched, [], [], LOOK_SECONDS)[0]
                if self._stopping in ready:
                    os.read(self._stopping, 1)
                    self._stopped = True
                    return
                if client.fileno() in ready:
                    if not (heard := client.recv(MOST_BYTES_AT_ONCE)):
                        return
                    os.write(terminal, heard)
                if terminal in ready:
                    client.sendall(_said_by(terminal))
        finally:
            os.close(terminal)

    def _wait_for(self, descriptor: int) -> bool:
        ready = select.select([descriptor, self._stopping], [], [])[0]
        if self._stopping in ready:
            os.read(self._stopping, 1)
            return False
        return True


class FifoCable:
    """Lets `emulator`, with its pseudo-terminal at `path`, be written to through a FIFO that never answers."""

    def __init__(self, emulator: Plug, path: Path, fifo: Path) -> None:
        self._emulator = emulator
        self._path = path
        self._fifo = fifo
        self._stopping, self._stop_asked = os.pipe()
        self._thread: threading.Thread | None = None

    def plug(self) -> None:
        """Make the FIFO and read it; does nothing while plugged."""
        if self._thread is not None:
            return
        self._emulator.plug()
        os.mkfifo(self._fifo)
        reader = os.open(self._fifo, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        self._thread = threading.Thread(target=self._run, args=(reader,), name="emulator device node", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Hang up on the writer and take the FIFO away; may be called twice."""
        if self._thread is not None:
            os.write(self._stop_asked, b"\0")
            self._thread.join()
            os.read(self._stopping, 1)
            self._thread = None
            self._fifo.unlink()
        self._emulator.unplug()

    def close(self) -> None:
        """Unplug and give the last descriptors back; the cable is used up. May be called twice."""
        self.unplug()
        for end in (self._stopping, self._stop_asked):
            if end >= 0:
                os.close(end)
        self._stopping = self._stop_asked = -1

    def _run(self, reader: int) -> None:
        terminal = _open_raw(self._path)
        # Held open for writing here too: a FIFO without a writer reads as its end, over and over.
        keeper = os.open(self._fifo, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            with suppress(OSError):  # the emulator has pulled its own plug, as it was told
                self._carry(reader, terminal)
        finally:
            for descriptor in (keeper, reader, terminal):
                os.close(descriptor)

    def _carry(self, reader: int, terminal: int) -> None:
        """Carry bytes to the printer until this cable is pulled."""
        while self._stopping not in (ready := select.select([self._stopping, reader, terminal], [], [])[0]):
            if reader in ready:
                os.write(terminal, os.read(reader, MOST_BYTES_AT_ONCE))
            if terminal in ready:
                _said_by(terminal)


def _said_by(terminal: int) -> bytes:
    """What the emulator says; raises OSError when it has pulled its plug: a line that was hung up reads as nothing."""
    if not (said := os.read(terminal, MOST_BYTES_AT_ONCE)):
        raise ConnectionAbortedError
    return said


def _open_raw(path: Path) -> int:
    terminal = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    with suppress(termios.error):
        tty.setraw(terminal)
    return terminal
