"""One program a store: it is locked as long as that program runs, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING

from offline_cache.errors import StoreInUse, StoreUnwritable
from offline_cache.file_kind import check_folder

if TYPE_CHECKING:
    from offline_cache.settings import StoreSettings


class StoreLock:
    """The lock of one store's folder, and of the database in it, which may have links in other folders.

    Raises StoreInUse, StoreForeign, StoreUnwritable. It goes with the program: there is no file of it to be deleted.
    """

    def __init__(self, settings: StoreSettings) -> None:
        self._settings = settings
        self._held = contextlib.ExitStack()
        self._file: tuple[int, int] | None = None
        """Device and inode of the database that is locked."""
        check_folder(settings.directory)
        try:
            settings.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(settings.directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as refused:
            raise StoreUnwritable(f"{refused.filename or settings.directory}: {refused.strerror}") from refused
        try:
            self._hold(handle)
            self.take_file()
        except OSError as refused:
            self.let_go()
            raise StoreUnwritable(f"{settings.directory} cannot be locked: {refused.strerror}") from refused
        except StoreInUse:
            self.let_go()
            raise

    def take_file(self) -> None:
        """Lock the database that lies there now, another one than before where that was set aside.

        Where it cannot be had, who opens it tells why.
        """
        with contextlib.suppress(OSError):
            found = self._settings.database_file.stat()
            if stat.S_ISREG(found.st_mode) and (found.st_dev, found.st_ino) != self._file:
                self._hold(os.open(self._settings.database_file, os.O_RDONLY | os.O_CLOEXEC))
                self._file = found.st_dev, found.st_ino

    def let_go(self) -> None:
        """Only after the database is closed: closing any handle of a file ends SQLite's own locks on it."""
        self._held.close()

    def _hold(self, handle: int) -> None:
        self._held.callback(os.close, handle)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise StoreInUse(f"another program works on {self._settings.directory}") from taken


@contextlib.contextmanager
def alone_on(settings: StoreSettings) -> Iterator[None]:
    """No kiosk starts on the store meanwhile, and none runs; raises as `StoreLock` does."""
    lock = StoreLock(settings)
    try:
        yield
    finally:
        lock.let_go()
