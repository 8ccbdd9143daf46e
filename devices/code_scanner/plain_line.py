"""The plainest engines: the code's bytes, then CR, LF, both or nothing; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

SILENCE_SECONDS = 0.12
"""An engine that sends no terminator is done when it has been silent for so long (80 to 150 ms)."""
SILENCES_OF_A_PAUSE = 4
"""What may end in a terminator may pause for so many silences less one: a busy window hands keys over late."""
MOST_BYTES = 4096
"""More than the largest QR code holds; what is longer is noise, and is dropped whole: half a code is another code."""
TERMINATORS = b"\r\n"
UNPRINTABLE = bytes(range(32)) + b"\x7f"
Terminator = Literal["auto", "line-end", "none"]
"""How an engine ends its codes: by CR, LF or both, by nothing but silence, or as it turns out."""


class LineSplitter:
    """Cuts bytes as they arrive into codes.

    Where codes end in a terminator, text without one is half a code, and half a code is another code: after a pause it is
    dropped. By itself (`auto`) that is known from the first terminator on, up to the next text that lacks one: a terminator
    may also stand inside a code, and an engine that sends none is to lose one reading by it, not all. While nothing is known
    a code is whole only after such a pause; the first that has no terminator tells that silence ends codes.
    """

    def __init__(self, terminator: Terminator = "auto") -> None:
        self._terminator = terminator
        self._terminated: bool | None = {"line-end": True, "none": False, "auto": None}[terminator]
        """Codes end in a terminator; None while that is not known."""
        self._pending = bytearray()
        self._codes: list[bytes] = []
        self._too_long = False
        self._silences = 0

    @property
    def pending(self) -> bool:
        """True when a code has begun and is not terminated."""
        return bool(self._pending) or self._too_long

    def feed(self, data: bytes) -> None:
        """Add what arrived."""
        if data:
            self._silences = 0
        for byte in data:
            if byte in TERMINATORS:
                if self._end() and self._terminator == "auto":
                    self._terminated = True
            elif len(self._pending) >= MOST_BYTES:
                self._pending.clear()
                self._too_long = True
            elif not self._too_long:
                self._pending.append(byte)

    def silence(self) -> None:
        """It was silent for SILENCE_SECONDS: what has begun is a code, or after a pause half of one, which is dropped."""
        if self._terminated is False:
            self._end()
        elif self.pending:
            self._silences += 1
            if self._silences >= SILENCES_OF_A_PAUSE:
                self._paused()

    def interrupt(self) -> None:
        """What comes now is no text: a code without terminator is over, any other goes on behind it."""
        if not self._terminated:
            self._end()

    def hear(self, arrived: bytes) -> Iterator[bytes]:
        """The codes that are whole now; nothing arrived means silence."""
        self.feed(arrived)
        if not arrived:
            self.silence()
        while (code := self.take()) is not None:
            yield code

    def take(self) -> bytes | None:
        """The next whole code, if any."""
        return self._codes.pop(0) if self._codes else None

    def clear(self) -> None:
        """Forget everything but how codes end."""
        self._drop()
        self._codes.clear()

    def _paused(self) -> None:
        if self._terminated is None:
            if self._end():
                self._terminated = False
        else:
            self._drop()
            self._terminated = True if self._terminator == "line-end" else None

    def _end(self) -> bool:
        """End the code that has begun; False when it is none."""
        code = b"" if self._too_long else bytes(self._pending).translate(None, delete=UNPRINTABLE)
        self._drop()
        if code:
            self._codes.append(code)
        return bool(code)

    def _drop(self) -> None:
        self._pending.clear()
        self._too_long = False
        self._silences = 0
