"""The bytes a receipt printer receives, cut into commands: pure, fed piece by piece, never loses its place.

Lengths follow Epson's ESC/POS reference; of a command it does not know the emulator skips the two or three bytes that
nearly all of them have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from devices.values import dataclass

DLE, ESC, FS, GS = 0x10, 0x1B, 0x1C, 0x1D

FIXED_LENGTHS = {
    (DLE, 0x04): 3,
    (DLE, 0x05): 3,
    (DLE, 0x14): 5,
    (ESC, 0x40): 2,
    (ESC, 0x32): 2,
    (ESC, 0x70): 5,
    (FS, 0x26): 2,
    (FS, 0x2E): 2,
}
"""Whole lengths of commands that do not have exactly one parameter byte."""

ONE_PARAMETER = 3


@dataclass(frozen=True, slots=True)
class Command:
    """One command with its parameters, or a run of text, or one line feed."""

    name: bytes
    """The command's first two bytes; `b""` for text, `b"\\n"` for a line feed."""
    data: bytes = field(default=b"", repr=False)
    """What follows the name: parameters, or the text's bytes."""


class EscposStream:
    """Keeps the beginning of a command until its rest arrives."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def reset(self) -> None:
        """Forget a half received command, as a printer does when its cable is pulled."""
        self._waiting.clear()

    def feed(self, data: bytes) -> list[Command]:
        """The commands that are complete now."""
        self._waiting += data
        return list(self._take())

    def _take(self) -> Iterator[Command]:
        while self._waiting:
            length = _length(self._waiting)
            if length is None or length > len(self._waiting):
                return
            taken = bytes(self._waiting[:length])
            del self._waiting[:length]
            yield _command(taken)


def _command(taken: bytes) -> Command:
    if taken[0] in (DLE, ESC, FS, GS):
        return Command(taken[:2], taken[2:])
    if taken[0] < 0x20:
        return Command(taken)
    return Command(b"", taken)


def _length(waiting: bytearray) -> int | None:
    """How long the first command is; None while that cannot be told yet."""
    first = waiting[0]
    if first in (DLE, ESC, FS, GS):
        return _command_length(waiting) if len(waiting) > 1 else None
    if first < 0x20:
        return 1
    return next((place for place, byte in enumerate(waiting) if byte < 0x20), len(waiting))


def _command_length(waiting: bytearray) -> int | None:
    first, second = waiting[0], waiting[1]
    if first == GS:
        return _gs_length(waiting, second)
    if (first, second) == (ESC, 0x2A):  # ESC * m nL nH: column image, 1 or 3 bytes a column
        if len(waiting) < 5:
            return None
        return 5 + (waiting[3] + 256 * waiting[4]) * (3 if waiting[2] >= 32 else 1)
    return FIXED_LENGTHS.get((first, second), ONE_PARAMETER)


def _gs_length(waiting: bytearray, second: int) -> int | None:
    match chr(second):
        case "(":  # GS ( x pL pH: so many bytes follow
            return 5 + waiting[3] + 256 * waiting[4] if len(waiting) >= 5 else None
        case "v":  # GS v 0 m xL xH yL yH: x bytes a row, y rows
            if len(waiting) < 8:
                return None
            return 8 + (waiting[4] + 256 * waiting[5]) * (waiting[6] + 256 * waiting[7])
        case "V":  # GS V m, and n where m is 65 or more
            if len(waiting) < 3:
                return None
            return 4 if waiting[2] >= 65 else 3
        case _:
            return ONE_PARAMETER
