"""A scanner on a pseudo-terminal that sends whatever it sees, as plain text."""

from __future__ import annotations

from pathlib import Path

from devices.emulators.pty_line import OnALine, PtyLine


class PlainLineScannerEmulator(OnALine):
    """Sends a code as soon as one is held before it, whether anybody listens or not; it answers nothing."""

    def __init__(self, path: Path, *, baud: int | None = None, prefix: bytes = b"", terminator: bytes = b"\r\n") -> None:
        self._line = PtyLine(path, lambda _heard: (), baud)
        self._prefix = prefix
        self._terminator = terminator

    def plug(self) -> None:
        """Connect the cable."""
        self._line.plug()

    def hold(self, code: bytes) -> None:
        """Hold a code before the scanner."""
        self._line.say(self._prefix + code + self._terminator)
