"""One program a store: it is locked as long as that program runs, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from offline_cache.errors import StoreInUse, StoreUnwritable
from offline_cache.file_kind import check_folder

if TYPE_CHECKING:
    from offline_cache.settings import StoreSettings


@contextlib.contextmanager
def alone_on(settings: StoreSettings) -> Iterator[None]:
    """No kiosk starts on the store meanwhile, and none runs; raises StoreInUse, StoreForeign, StoreUnwritable."""
    with contextlib.ExitStack() as locks:
        lock(settings, locks)
        yield


def lock(settings: StoreSettings, locks: contextlib.ExitStack) -> bool:
    """One program a store: the lock goes when the program ends, however it ends; there is no file of it to be deleted.

    True when the database is there to be locked too.
    """
    check_folder(settings.directory)
    try:
        settings.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(settings.directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as refused:
        raise StoreUnwritable(f"{refused.filename or settings.directory}: {refused.strerror}") from refused
    try:
        _hold(handle, settings, locks)
    except OSError as refused:
        locks.close()
        raise StoreUnwritable(f"{settings.directory} cannot be locked: {refused.strerror}") from refused
    return lock_file(settings, locks)


def lock_file(settings: StoreSettings, locks: contextlib.ExitStack) -> bool:
    """The database's own lock, for it may have links in other folders; where it cannot be had, who opens it tells why.

    To be let go only after the database is closed: closing any handle of a file ends SQLite's own locks on it.
    """
    with contextlib.suppress(OSError):
        if settings.database_file.is_file():
            _hold(os.open(settings.database_file, os.O_RDONLY | os.O_CLOEXEC), settings, locks)
            return True
    return False


def _hold(handle: int, settings: StoreSettings, locks: contextlib.ExitStack) -> None:
    locks.callback(os.close, handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        locks.close()
        raise StoreInUse(f"another program works on {settings.directory}") from taken
