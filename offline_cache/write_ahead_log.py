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

from offline_cache.bad_sectors import pieces

HEADER = struct.Struct(">IIIIIIII")
"""Magic, format, page size, checkpoint, salt 1, salt 2, checksum 1, checksum 2."""
FRAME = struct.Struct(">IIIIII")
"""Page, size of the database after a commit or 0, salt 1, salt 2, checksum 1, checksum 2."""
LITTLE_ENDIAN = 0x377F0682
"""The magic of a log whose checksums are of little-endian words, as every machine we know writes it."""
PAGE_BYTES = 4096
"""Of our own stores, where the log's head does not tell."""
MASK = 0xFFFFFFFF


def passed_over(path: Path) -> bool:
    """True when at least one whole transaction lies behind a broken frame."""
    frames = list(_frames(path))
    first_broken = next((place for place, frame in enumerate(frames) if not frame.whole), len(frames))
    behind = sum(frame.ours and frame.commit != 0 for frame in frames[first_broken:])
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
    ours: bool
    """Of the log's life now: one damaged, never written or left from the life before has other salts."""
    whole: bool
    """Its checksum goes on from the one that the frame before it tells."""


def _frames(path: Path) -> Iterator[_Frame]:
    try:
        log = b"".join(pieces(path))
    except FileNotFoundError:
        return
    if len(log) < HEADER.size:
        return
    magic, _, page_size, _, *salts, first, second = HEADER.unpack_from(log)
    sums: tuple[int, int] | None = (first, second)
    size = FRAME.size + (65_536 if page_size == 1 else page_size)
    if magic != LITTLE_ENDIAN or _checksum(log[: HEADER.size - 8], 0, 0) != sums:
        # SQLite passes all of it over. When it was beginning the log anew, the database has what follows, and again is no harm.
        sums, size = None, FRAME.size + PAGE_BYTES
        salts = _salts_of_a_chain(log, size)
    for at in range(HEADER.size, len(log) - size + 1, size):
        page, commit, *frame_salts, one, other = FRAME.unpack_from(log, at)
        ours = frame_salts == salts
        whole = ours and sums is not None and _sums_of(log, at, size, sums) == (one, other)
        yield _Frame(page, commit, log[at + FRAME.size : at + size], ours, whole)
        sums = one, other


def _salts_of_a_chain(log: bytes, size: int) -> list[int]:
    """Of the first frame that goes on from the one before it; none when there is no such."""
    for at in range(HEADER.size, len(log) - 2 * size + 1, size):
        sums, (_, _, *salts, one, other) = FRAME.unpack_from(log, at)[-2:], FRAME.unpack_from(log, at + size)
        if _sums_of(log, at + size, size, sums) == (one, other):
            return salts
    return []


def _sums_of(log: bytes, at: int, size: int, sums: tuple[int, int]) -> tuple[int, int]:
    return _checksum(log[at + FRAME.size : at + size], *_checksum(log[at : at + 8], *sums))


def _checksum(data: bytes, first: int, second: int) -> tuple[int, int]:
    words = array("I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & MASK
        second = (second + odd + first) & MASK
    return first, second
