"""A Newland engine on a pseudo-terminal, before which codes can be held."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from devices.code_scanner.newland import NAK, REQUEST_HEAD, TAIL, answer_frame
from devices.emulators.pty_line import OnALine, PtyLine

SYSTEM = b"Product Name: EMULATED"


class NewlandScannerEmulator(OnALine):
    """Reads a held code once while it is lit."""

    def __init__(self, path: Path, *, baud: int | None = None, terminator: bytes = b"\r\n") -> None:
        self._line = PtyLine(path, self._hear, baud)
        self._terminator = terminator
        self._heard = bytearray()
        self._lock = threading.Lock()
        self._held: bytes | None = None
        self.lit = False

    def plug(self) -> None:
        """Connect the cable; the engine begins dark."""
        with self._lock:
            self._heard.clear()
            self.lit = False
        self._line.plug()

    def hold(self, code: bytes) -> None:
        """Hold a code before the engine until it is read."""
        with self._lock:
            self._held = code
            read = self._read_held()
        if read:
            self._line.say(read)

    def _hear(self, data: bytes) -> Iterator[bytes]:
        self._heard += data
        while True:
            begin = self._heard.find(REQUEST_HEAD)
            end = self._heard.find(TAIL, max(begin, 0))
            if begin < 0 or end < 0:
                return
            store = bytes(self._heard[begin + len(REQUEST_HEAD) : begin + len(REQUEST_HEAD) + 1])
            command = bytes(self._heard[begin + len(REQUEST_HEAD) + 1 : end])
            del self._heard[: end + len(TAIL)]
            with self._lock:
                yield self._obey(command, store)

    def _obey(self, command: bytes, store: bytes) -> bytes:
        """The answer and, glued to it, the code that the command had read."""
        match command:
            case b"SCNTRG1" | b"SCNTRG0":
                self.lit = command == b"SCNTRG1"
                return answer_frame(command, store=store) + self._read_held()
            case b"QRYSYS":
                return answer_frame(command + SYSTEM, store=store)
            case b"SCNMOD0":
                return answer_frame(command, store=store)
            case _:
                return answer_frame(command, NAK, store=store)

    def _read_held(self) -> bytes:
        if self._held is None or not self.lit:
            return b""
        code, self._held, self.lit = self._held, None, False
        return code + self._terminator
