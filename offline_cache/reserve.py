"""Room on the disk held back for the one thing that makes room again: noting the centre's answers, which erases contents."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

RESERVE_BYTES = 8 << 20
"""More than a usual write-ahead log, which must go into the database before anything is erased."""
LEAST_FREE_BYTES = 2 * RESERVE_BYTES
"""It is never made of the last of the room."""


class Reserve:
    """A file of zeros beside the store; belongs to the storage thread."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "reserve"

    @property
    def held(self) -> bool:
        """It is there, in full."""
        try:
            return self._path.stat().st_size == RESERVE_BYTES
        except OSError:
            return False

    def hold(self) -> None:
        """Take the room, when there is plenty; on a disk without it the store does without."""
        if self.held:
            return
        with contextlib.suppress(OSError):
            room = os.statvfs(self._path.parent)
            if room.f_bavail * room.f_frsize < LEAST_FREE_BYTES:
                return
            try:
                with self._path.open("wb") as file:
                    os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)
            except OSError:
                self._path.unlink()

    def give_up(self) -> bool:
        """Free the room; False when there was none."""
        with contextlib.suppress(OSError):
            self._path.unlink()
            return True
        return False
