"""Whether a write-ahead log holds transactions that SQLite will pass over, because something before them was changed; and these.

SQLite reads a log up to the first frame whose checksum is wrong and takes that for a transaction cut off while it was
written. That is right when it was the last one; when whole transactions follow, they were promised and would be gone in
silence. The format: https://sqlite.org/fileformat2.html#walformat.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HEADER = struct.Struct(">IIIIIIII")
"""Magic, format, page size, checkpoint, salt 1, salt 2, checksum 1, checksum 2."""
FRAME = struct.Struct(">IIIIII")
"""Page, size of the database after a commit or 0, salt 1, salt 2, checksum 1, checksum 2."""
LITTLE_ENDIAN = 0x377F0682
"""The magic of a log whose checksums are of little-endian words, as every machine we know writes it."""
DAMAGED_BITS = 3
"""Of 64 that tell the log's life from another: so few are a damage, as another life's differ by half of 32 at random."""
MASK = 0xFFFFFFFF


def passed_over(path: Path) -> bool:
    """True when at least one whole transaction lies behind a broken frame."""
    frames = list(_frames(path))
    first_broken = next((place for place, frame in enumerate(frames) if not frame.whole), len(frames))
    behind = sum(frame.commit != 0 for frame in frames[first_broken:])
    return behind > 1  # the first may be the one that was being written when the power went


def whole_pages(path: Path) -> Iterator[tuple[int, bytes]]:
    """Number and content of each page in the log that is whole, up to the last transaction's end, in order.

    Also those behind a broken frame: of each page the newest counts, and the broken one is mostly not the newest.
    """
    frames = [frame for frame in _frames(path) if frame.whole]
    last = max((place for place, frame in enumerate(frames) if frame.commit), default=-1)
    return ((frame.page, frame.content) for frame in frames[: last + 1])


class _Frame(NamedTuple):
    page: int
    commit: int
    content: bytes
    whole: bool
    """Its checksum goes on from the one that the frame before it tells."""


def _frames(path: Path) -> Iterator[_Frame]:
    """Of the log's life now: what is left of the one before has quite other salts."""
    try:
        log = path.read_bytes()
    except FileNotFoundError:
        return
    if len(log) < HEADER.size:
        return
    magic, _, page_size, _, *salts, first, second = HEADER.unpack_from(log)
    if magic != LITTLE_ENDIAN or _checksum(log[: HEADER.size - 8], 0, 0) != (first, second):
        return  # SQLite begins a log anew whose head is not whole; the database has all of it then
    sums = first, second
    size = FRAME.size + (65_536 if page_size == 1 else page_size)
    for at in range(HEADER.size, len(log) - size + 1, size):
        page, commit, *frame_salts, one, other = FRAME.unpack_from(log, at)
        strange_bits = sum((salt ^ right).bit_count() for salt, right in zip(frame_salts, salts, strict=True))
        if strange_bits > DAMAGED_BITS:
            return
        content = log[at + FRAME.size : at + size]
        whole = strange_bits == 0 and _checksum(content, *_checksum(log[at : at + 8], *sums)) == (one, other)
        yield _Frame(page, commit, content, whole)
        sums = one, other


def _checksum(data: bytes, first: int, second: int) -> tuple[int, int]:
    words = array("I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & MASK
        second = (second + odd + first) & MASK
    return first, second
