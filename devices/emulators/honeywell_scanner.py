"""A Honeywell engine on a pseudo-terminal, before which codes can be held."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from devices.code_scanner.honeywell import MENU, REVISION, SERIAL_TRIGGER, TEMPORARY, TRIGGER_OFF, TRIGGER_ON, answer
from devices.emulators.pty_line import OnALine, PtyLine

MENU_ANSWERS = {
    SERIAL_TRIGGER: answer(b"TRGMOD0", end=TEMPORARY),
    REVISION: answer(b"REVINF", b"Product Name: EMULATED\r\nSoftware Revision: 1\r\n"),
}
COMMANDS = (TRIGGER_ON, TRIGGER_OFF, *MENU_ANSWERS)


class HoneywellScannerEmulator(OnALine):
    """Reads a held code once while it is lit; it is lit by the trigger only, once it is in its serial trigger mode."""

    def __init__(self, path: Path, *, baud: int | None = None, terminator: bytes = b"\r") -> None:
        self._line = PtyLine(path, self._hear, baud)
        self._terminator = terminator
        self._heard = bytearray()
        self._lock = threading.Lock()
        self._held: bytes | None = None
        self._obeys = False
        self.lit = False

    def plug(self) -> None:
        """Connect the cable; the engine begins dark, and in the mode of its box."""
        with self._lock:
            self._heard.clear()
            self._obeys = self.lit = False
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
        while (command := self._next_command()) is not None:
            with self._lock:
                said = self._obey(command)
            if said:
                yield said

    def _obey(self, command: bytes) -> bytes:
        if command in MENU_ANSWERS:
            self._obeys = self._obeys or command == SERIAL_TRIGGER
            return MENU_ANSWERS[command]
        self.lit = self._obeys and command == TRIGGER_ON
        return self._read_held()

    def _next_command(self) -> bytes | None:
        while self._heard:
            for command in COMMANDS:
                if self._heard.startswith(command):
                    del self._heard[: len(command)]
                    return command
            if any(whole.startswith(self._heard) for whole in (*COMMANDS, MENU)):
                return None
            del self._heard[0]
        return None

    def _read_held(self) -> bytes:
        if self._held is None or not self.lit:
            return b""
        code, self._held, self.lit = self._held, None, False
        return code + self._terminator
