"""The line between kiosk and centre as a program: a TCP relay on this machine that can fail on command.

For the demo, training and tests. One thread accepts, two a connection carry bytes; commands come from any thread.
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from dataclasses import dataclass

CHUNK_BYTES = 65_536
PORTAL_PAGE = b"<!doctype html><title>Sign in</title><p>Please sign in to this network.</p>"
PORTAL_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(PORTAL_PAGE), PORTAL_PAGE)
)


@dataclass(frozen=True, slots=True)
class Faults:
    """How the line misbehaves for connections and bytes from now on."""

    down: bool = False
    """Connections are refused, open ones are cut."""
    hanging: bool = False
    """Connections are taken, and nothing passes."""
    portal: bool = False
    """A captive portal's page, 200, answers everything."""
    deaf: bool = False
    """What the kiosk says passes; no answer ever comes back."""
    reset: bool = False
    """What the kiosk says passes; in place of the answer comes a TCP reset."""
    cut_after_bytes: int | None = None
    """Of each connection's answer, then it is cut."""
    cut_upload_after_bytes: int | None = None
    """Of what each connection's kiosk says, then it is cut."""
    bytes_per_second: int | None = None
    """In each direction; None: as fast as it goes."""
    latency_seconds: float = 0.0
    """Added to every piece in each direction."""


class EmulatedLine:
    """Listens on `port` of this machine (0: a free one) and relays to the centre."""

    def __init__(self, centre_host: str, centre_port: int, port: int = 0) -> None:
        self._centre = (centre_host, centre_port)
        self._changed = threading.Condition()
        self._faults = Faults()
        self._open: set[socket.socket] = set()
        self._stopped = False
        self._ended = False
        self._listening: socket.socket | None = None
        self.port = port
        self._listen()

    @property
    def url(self) -> str:
        """Where the kiosk finds the centre through this line."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def faults(self) -> Faults:
        """How it misbehaves now."""
        return self._faults

    def down(self) -> None:
        """Pull the cable: refuse connections and cut the open ones."""
        self.misbehave(Faults(down=True))

    def up(self) -> None:
        """All is well again."""
        self.misbehave(Faults())

    def misbehave(self, faults: Faults) -> None:
        """Take these faults on; open connections are cut, so that the next request meets them."""
        with self._changed:
            self._faults = faults
            self._ended = False
            self._changed.notify_all()
        if faults.down:
            self._close_listening()
        self._cut_open()
        if not faults.down and self._listening is None and not self._stopped:
            self._listen()

    def stop(self) -> None:
        """Close everything; twice is safe."""
        self._stopped = True
        with self._changed:
            self._changed.notify_all()
        self._close_listening()
        self._cut_open()

    def await_ended(self, timeout_seconds: float) -> bool:
        """Wait until a connection that began under the present faults has come to its end; False when none did in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._ended, timeout_seconds)

    # --- its threads ----------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        listening = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.port = listening.getsockname()[1]
        self._listening = listening
        threading.Thread(target=self._accept, args=(listening,), name="line", daemon=True).start()

    def _close_listening(self) -> None:
        listening, self._listening = self._listening, None
        if listening is not None:
            with contextlib.suppress(OSError):  # wakes the accepting thread
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                kiosk, _ = listening.accept()
            except OSError:
                return
            with self._changed:  # at once, or a connection taken while the faults change would be neither cut nor meet them
                self._open.add(kiosk)
                faults = self._faults
            threading.Thread(target=self._serve, args=(kiosk, faults), name="line", daemon=True).start()

    def _serve(self, kiosk: socket.socket, faults: Faults) -> None:
        if faults.down:
            self._close(kiosk)
            return
        if faults.portal:
            self._play_portal(kiosk)
            return
        if faults.hanging:
            self._wait_for_change(faults, None)
            self._close(kiosk)
            return
        try:
            centre = socket.create_connection(self._centre, 5.0)
        except OSError:
            self._close(kiosk)
            return
        centre.settimeout(None)
        with self._changed:
            self._open.add(centre)
        if faults.reset:
            self._reset_when_answered(kiosk, centre)
        else:
            back = threading.Thread(
                target=self._carry,
                args=(centre, kiosk, faults, 0 if faults.deaf else faults.cut_after_bytes),
                name="line",
                daemon=True,
            )
            back.start()
            self._carry(kiosk, centre, faults, faults.cut_upload_after_bytes)
        self._note_end(faults)

    def _carry(self, source: socket.socket, target: socket.socket, faults: Faults, most_bytes: int | None) -> None:
        left = most_bytes
        rate = faults.bytes_per_second
        with contextlib.suppress(OSError):
            while piece := source.recv(CHUNK_BYTES if rate is None else max(1, rate // 20)):
                wait = faults.latency_seconds + (len(piece) / rate if rate else 0.0)
                if wait:
                    self._wait_for_change(faults, wait)
                target.sendall(piece if left is None else piece[:left])
                if left is not None:
                    left -= len(piece)
                    if left <= 0:
                        break
            if faults.deaf and left is not None:
                self._wait_for_change(faults, None)
        self._close(source)
        self._close(target)

    def _reset_when_answered(self, kiosk: socket.socket, centre: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):  # ValueError: closed by another thread meanwhile
            while centre not in select.select([kiosk, centre], (), ())[0]:
                piece = kiosk.recv(CHUNK_BYTES)
                if not piece:
                    break
                centre.sendall(piece)
            kiosk.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing sends RST, not FIN
        with self._changed:
            self._open.discard(kiosk)
        kiosk.close()
        self._close(centre)

    def _wait_for_change(self, faults: Faults, timeout_seconds: float | None) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._faults is not faults, timeout_seconds)

    def _note_end(self, faults: Faults) -> None:
        with self._changed:
            self._ended = self._ended or self._faults is faults
            self._changed.notify_all()

    def _play_portal(self, kiosk: socket.socket) -> None:
        with contextlib.suppress(OSError):
            kiosk.settimeout(5.0)
            request = b""
            while b"\r\n\r\n" not in request and (piece := kiosk.recv(CHUNK_BYTES)):
                request += piece
            kiosk.sendall(PORTAL_ANSWER)
            kiosk.shutdown(socket.SHUT_WR)
            while kiosk.recv(CHUNK_BYTES):  # let the rest of the request in, or a reset would overtake the page
                pass
        self._close(kiosk)

    def _close(self, one: socket.socket) -> None:
        with self._changed:
            self._open.discard(one)
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()

    def _cut_open(self) -> None:
        with self._changed:
            cut = tuple(self._open)
        for one in cut:
            self._close(one)
