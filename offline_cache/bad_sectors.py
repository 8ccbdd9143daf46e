"""Reading a file of which the disk does not give back every sector any more."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

SECTOR_BYTES = 4096
PIECE_BYTES = 1 << 20
MOST_UNREADABLE = 1000
"""A disk that gives back less than all but these has gone as a whole; asking it for every sector would take hours."""
GONE = frozenset({errno.EIO, errno.ENODATA, errno.EILSEQ, errno.EBADMSG, errno.EUCLEAN})
"""What the kernel says of a sector that cannot be read, or whose checksum is wrong, by the file system."""


def pieces(path: Path) -> Iterator[bytes]:
    """The whole file, piece by piece; zeros where the disk does not give it back. Raises OSError where it gives hardly any."""
    for piece, _ in _pieces(path):
        yield piece


def cannot_be_read(path: Path) -> bool:
    """Whether some of it is not given back, now that it is asked for again; False for a file that is not there."""
    try:
        return any(unreadable for _, unreadable in _pieces(path))
    except FileNotFoundError:
        return False
    except OSError as refused:
        return refused.errno in GONE


def _pieces(path: Path) -> Iterator[tuple[bytes, int]]:
    """Each with how many sectors of it are zeros in place of what is there."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    unreadable = 0
    try:
        for at in range(0, os.fstat(handle).st_size, PIECE_BYTES):
            try:
                yield os.pread(handle, PIECE_BYTES, at), 0
            except OSError as refused:
                if refused.errno not in GONE:
                    raise
                piece, lost = _sector_by_sector(handle, at, MOST_UNREADABLE - unreadable)
                unreadable += lost
                yield piece, lost
    finally:
        os.close(handle)


def _sector_by_sector(handle: int, start: int, most_lost: int) -> tuple[bytes, int]:
    piece, lost = bytearray(), 0
    end = min(start + PIECE_BYTES, os.fstat(handle).st_size)
    for at in range(start, end, SECTOR_BYTES):
        size = min(SECTOR_BYTES, end - at)
        try:
            piece += os.pread(handle, size, at)
        except OSError as refused:
            lost += 1
            if refused.errno not in GONE or lost > most_lost:
                raise
            piece += bytes(size)
    return bytes(piece), lost
