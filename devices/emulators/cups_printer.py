"""An A4 printer behind a real cupsd of its own, reached at a socket whose answers misbehave on command.

What is told at that socket is HTTP and IPP, of `lp`, `lpstat` and `cancel` as of the kiosk itself.
"""

from __future__ import annotations

import os
import select
import shutil
import socket
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from devices.emulators.cups_daemon import CUPSD, LPADMIN, CupsDaemon
from devices.emulators.misbehaviour import Fault, Faults, Misbehaviour, mangle
from devices.emulators.pty_line import BITS_A_BYTE, SLOW_BAUD

MOST_BYTES_AT_ONCE = 65536
PIECE_BYTES = 16
"""Of a slow answer."""


class CupsPrinterEmulator:
    """Plugging it in starts cupsd, whose queue is QUEUE; CUPS_SERVER is the socket at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._faults = Faults()
        self._daemon: CupsDaemon | None = None
        self._unplugging = threading.Event()
        self._wake: tuple[int, int] | None = None
        self._thread: threading.Thread | None = None

    def plug(self) -> None:
        """Start cupsd where it does not run, and let it be reached.

        Raises LookupError where CUPS is not installed or takes no queue, TimeoutError where it does not answer.
        """
        if CUPSD is None or LPADMIN is None:
            raise LookupError("cupsd is not installed here (cups-daemon, cups-client)")
        self.unplug()
        if self._daemon is None:
            daemon = CupsDaemon(Path(tempfile.mkdtemp(prefix="cups-")))  # a socket's path must be short
            try:
                daemon.start()
                daemon.add_queue()
            except BaseException:
                _throw_away(daemon)
                raise
            self._daemon = daemon
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.path))
        listener.listen()
        self._unplugging.clear()
        self._wake = os.pipe()
        self._thread = threading.Thread(target=self._run, args=(listener,), name="emulator cups", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Take the socket away, and break off what is said on it; may be called twice."""
        self._unplugging.set()
        if self._thread is not None and self._wake is not None:
            os.write(self._wake[1], b"\0")
            self._thread.join()
            for end in self._wake:
                os.close(end)
            self._thread = self._wake = None

    def stop(self) -> None:
        """Unplug it and end cupsd; may be called twice."""
        self.unplug()
        if self._daemon is not None:
            _throw_away(self._daemon)
            self._daemon = None

    def misbehave(self, how: Misbehaviour) -> None:
        """Queue a fault for what cupsd says next."""
        self._faults.add(how)

    def behave(self) -> None:
        """Drop queued faults, and let the printer print again."""
        self._faults.clear()
        if self._daemon is not None:
            self._daemon.set_right()

    def become(self, how: str) -> None:
        """The printer behind the queue does one of HOWS; raises LookupError while it is not plugged in."""
        if self._daemon is None:
            raise LookupError("plug it in first")
        self._daemon.become(how)

    def documents(self) -> list[bytes]:
        """The documents that came out, as PDF."""
        return self._daemon.documents() if self._daemon is not None else []

    # --- on its thread ----------------------------------------------------------------------------------------------

    def _run(self, listener: socket.socket) -> None:
        with listener:
            while self._is_ready(listener):
                client, _ = listener.accept()
                with client, suppress(OSError):
                    self._join(client)
        self.path.unlink(missing_ok=True)

    def _join(self, client: socket.socket) -> None:
        """Carry what is said both ways, until one side ends or the plug is pulled."""
        assert self._daemon is not None
        before = b""
        with socket.socket(socket.AF_UNIX) as server:
            server.connect(str(self._daemon.socket))
            while ready := self._is_ready(client, server):
                if client in ready:
                    heard, cable_goes = self._faults.of_hearing(client.recv(MOST_BYTES_AT_ONCE))
                    if cable_goes:
                        self._unplugging.set()
                    if not heard:
                        return
                    server.sendall(heard)
                if server in ready:
                    if not (said := server.recv(MOST_BYTES_AT_ONCE)):
                        return
                    self._answer(client, said, before)
                    before = said

    def _answer(self, client: socket.socket, said: bytes, before: bytes) -> None:
        how = self._faults.of_answer()
        leaving = said if how is None else mangle(said, before, how)
        if how is None or how.fault is not Fault.SLOW:
            client.sendall(leaving)
        else:
            for first in range(0, len(leaving), PIECE_BYTES):
                client.sendall(leaving[first : first + PIECE_BYTES])
                if self._unplugging.wait(PIECE_BYTES * BITS_A_BYTE / SLOW_BAUD):
                    return
        if how is not None and how.fault is Fault.UNPLUGGED:
            self._unplugging.set()

    def _is_ready(self, *ends: socket.socket) -> list[socket.socket]:
        """Those at which there is something; none once the plug is pulled."""
        assert self._wake is not None
        ready = select.select([*(end.fileno() for end in ends), self._wake[0]], [], [])[0]
        return [] if self._unplugging.is_set() else [end for end in ends if end.fileno() in ready]


def _throw_away(daemon: CupsDaemon) -> None:
    daemon.stop()
    shutil.rmtree(daemon.root, ignore_errors=True)
