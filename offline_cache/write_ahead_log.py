"""Whether a write-ahead log holds transactions that SQLite will pass over, because something before them was changed; pure.

SQLite reads a log up to the first frame whose checksum is wrong and takes that for a transaction cut off while it was
written. That is right when it was the last one; when whole transactions follow, they were promised and would be gone in
silence. The format: https://sqlite.org/fileformat2.html#walformat.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from pathlib import Path

HEADER = struct.Struct(">IIIIIIII")
"""Magic, format, page size, checkpoint, salt 1, salt 2, checksum 1, checksum 2."""
FRAME = struct.Struct(">IIIIII")
"""Page, size of the database after a commit or 0, salt 1, salt 2, checksum 1, checksum 2."""
LITTLE_ENDIAN = 0x377F0682
"""The magic of a log whose checksums are of little-endian words, as every machine we know writes it."""
MASK = 0xFFFFFFFF


def passed_over(path: Path) -> bool:
    """True when at least one whole transaction lies behind a broken frame."""
    try:
        log = path.read_bytes()
    except FileNotFoundError:
        return False
    if len(log) < HEADER.size:
        return False
    magic, _, page_size, _, *salts, first, second = HEADER.unpack_from(log)
    if magic != LITTLE_ENDIAN or _checksum(log[: HEADER.size - 8], 0, 0) != (first, second):
        return False  # SQLite begins a log anew whose head is not whole; the database has all of it then
    sums, broken, behind = (first, second), False, 0
    for frame, (_, commit, *frame_salts, one, other) in _frames(log, page_size):
        if frame_salts != salts:
            break  # of the log's life before
        if not broken:
            sums = _checksum(frame[FRAME.size :], *_checksum(frame[:8], *sums))
            broken = sums != (one, other)
        behind += broken and commit != 0
    return behind > 1  # the first may be the one that was being written when the power went


def _frames(log: bytes, page_size: int) -> Iterator[tuple[bytes, tuple[int, ...]]]:
    size = FRAME.size + (65_536 if page_size == 1 else page_size)
    for at in range(HEADER.size, len(log) - size + 1, size):
        yield log[at : at + size], FRAME.unpack_from(log, at)


def _checksum(data: bytes, first: int, second: int) -> tuple[int, int]:
    words = array("I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & MASK
        second = (second + odd + first) & MASK
    return first, second
