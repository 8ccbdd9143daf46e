"""Sectors of a file that the disk does not give back any more: reading over one fails with EIO, writing and renaming go well.

Found by the file's inode, wherever it is moved or linked to. SQLite reads through its unix VFS's `pread`, which
sqlite3_vfs.xSetSystemCall replaces; this program's own `os.pread` is replaced beside it.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.offline_cache.recording_vfs import sqlite_library

NAMES = (b"pread", b"pread64")
"""Whichever of the two SQLite was built with."""
_Pread = ctypes.CFUNCTYPE(ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int64, use_errno=True)
_SetSystemCall = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
SET_SYSTEM_CALL = 11
"""Its place among the VFS's functions that follow xDelete."""


class BadSectors:
    """Which ones, and how often reading was refused."""

    def __init__(self, path: Path, offsets: frozenset[int], times: int | None) -> None:
        self._inode = path.stat().st_ino
        self._offsets = offsets
        self._times = times
        self.refused = 0

    def refuses(self, handle: int, count: int, offset: int) -> bool:
        """Whether this read meets one of them."""
        if self._times is not None and self.refused >= self._times:
            return False
        if not any(offset <= at < offset + count for at in self._offsets) or os.fstat(handle).st_ino != self._inode:
            return False
        self.refused += 1
        return True


@contextmanager
def bad_sectors(path: Path, *offsets: int, times: int | None = None) -> Iterator[BadSectors]:
    """Let reading over these bytes of this file fail, so many times, or for ever."""
    bad = BadSectors(path, frozenset(offsets), times)
    plain = ctypes.CDLL(None, use_errno=True).pread64
    plain.argtypes, plain.restype = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int64], ctypes.c_ssize_t

    def pread(handle: int, buffer: int, count: int, offset: int) -> int:
        if bad.refuses(handle, count, offset):
            ctypes.set_errno(errno.EIO)
            return -1
        return int(plain(handle, buffer, count, offset))

    def pread_here(handle: int, count: int, offset: int) -> bytes:
        if bad.refuses(handle, count, offset):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return own(handle, count, offset)

    own, callback = os.pread, _Pread(pread)
    vfs = sqlite_library().sqlite3_vfs_find(None)
    replace = _SetSystemCall(vfs.contents.rest[SET_SYSTEM_CALL])
    for name in NAMES:
        replace(ctypes.addressof(vfs.contents), name, ctypes.cast(callback, ctypes.c_void_p))
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "pread", pread_here)
            yield bad
    finally:
        for name in NAMES:
            replace(ctypes.addressof(vfs.contents), name, None)
