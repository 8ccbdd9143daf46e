"""Room on the disk held back for the one thing that makes room again: noting the centre's answers, which erases contents."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

RESERVE_BYTES = 8 << 20
"""Twice a usual write-ahead log, which must go into the database before anything is erased."""
SHARE = 4
"""Of what is free, it takes no more than this part."""
LEAST_BYTES = 64 << 10
PAGE_BYTES = 4096
USUAL_LOG_PAGES = 1000
"""SQLite's own."""


class Reserve:
    """A file of zeros beside the store; belongs to the storage thread."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "reserve"

    @property
    def held_bytes(self) -> int:
        """How much is held; 0 when none is."""
        try:
            return self._path.stat().st_size
        except OSError:
            return 0

    @property
    def is_wanted(self) -> bool:
        """The disk has no room left, which is not always what SQLite says then."""
        try:
            disk = os.statvfs(self._path.parent)
        except OSError:
            return False
        return not disk.f_flag & os.ST_RDONLY and disk.f_bavail * disk.f_frsize < LEAST_BYTES

    @property
    def log_pages(self) -> int:
        """So long may the write-ahead log become that it still goes into the database by the reserve alone."""
        return min(USUAL_LOG_PAGES, self.held_bytes // 2 // PAGE_BYTES) or USUAL_LOG_PAGES

    def hold(self) -> None:
        """Take the room, a part of what there is; on a full disk the store does without."""
        held = self.held_bytes
        if held >= RESERVE_BYTES:
            return
        with contextlib.suppress(OSError):
            room = os.statvfs(self._path.parent)
            wanted = min(RESERVE_BYTES, (room.f_bavail * room.f_frsize + held) // SHARE)
            if wanted < max(LEAST_BYTES, 2 * held):
                return
            try:
                handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
                try:
                    os.posix_fallocate(handle, 0, wanted)
                finally:
                    os.close(handle)
            except OSError:  # also of a pipe, on which one that waits would hang
                self._path.unlink()

    def give_up(self) -> bool:
        """Free the room; False when there was none."""
        with contextlib.suppress(OSError):
            self._path.unlink()
            return True
        return False
