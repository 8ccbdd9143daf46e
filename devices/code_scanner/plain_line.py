"""The plainest engines: the code's bytes, then CR, LF, both or nothing; pure."""

from __future__ import annotations

from collections.abc import Iterator

SILENCE_SECONDS = 0.12
"""An engine that sends no terminator is done when it has been silent for so long (80 to 150 ms)."""
MOST_BYTES = 4096
"""More than the largest QR code holds; what is longer is noise, and is dropped whole: half a code is another code."""
TERMINATORS = b"\r\n"
UNPRINTABLE = bytes(range(32)) + b"\x7f"


class LineSplitter:
    """Cuts bytes as they arrive into codes."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self._codes: list[bytes] = []
        self._too_long = False

    @property
    def pending(self) -> bool:
        """True when a code has begun and is not terminated."""
        return bool(self._pending) or self._too_long

    def feed(self, data: bytes) -> None:
        """Add what arrived."""
        for byte in data:
            if byte in TERMINATORS:
                self.end()
            elif len(self._pending) >= MOST_BYTES:
                self._pending.clear()
                self._too_long = True
            elif not self._too_long:
                self._pending.append(byte)

    def end(self) -> None:
        """End the code that has begun: its terminator came, or silence."""
        code = bytes(self._pending).translate(None, delete=UNPRINTABLE)
        self._pending.clear()
        if code and not self._too_long:
            self._codes.append(code)
        self._too_long = False

    def hear(self, arrived: bytes) -> Iterator[bytes]:
        """The codes that are whole now; nothing arrived means silence, which ends one."""
        self.feed(arrived)
        if not arrived:
            self.end()
        while (code := self.take()) is not None:
            yield code

    def take(self) -> bytes | None:
        """The next whole code, if any."""
        return self._codes.pop(0) if self._codes else None

    def clear(self) -> None:
        """Forget everything."""
        self._pending.clear()
        self._codes.clear()
        self._too_long = False
