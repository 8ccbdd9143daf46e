"""Small files that only their owner may read: the vault's key and the kiosk's identity."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from offline_cache.errors import KeyExposed

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_private(path: Path) -> str:
    """The file's text; raises OSError, also for what is no file, and KeyExposed when anyone but its owner may touch it."""
    whole = path.stat().st_mode
    mode = stat.S_IMODE(whole)
    if stat.S_ISREG(whole) and mode & OTHERS:
        raise KeyExposed(f"{path} has mode {mode:04o}; it must be 0600 or stricter")
    return read_file(path).decode()


def read_file(path: Path) -> bytes:
    """The bytes of a file, and of nothing else: a named pipe would be waited for, for ever. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a file", str(path))
    with os.fdopen(handle, "rb") as file:
        return file.read()


def write_private(path: Path, text: str) -> None:
    """Write it durably with mode 0600, whole or not at all: a reader sees the old file or the new one.

    Written by root it belongs to whoever owns the folder, as SQLite does it with what it makes: the kiosk must read it.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(path)
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            if os.geteuid() == 0:
                folder = path.parent.stat()
                os.fchown(handle, folder.st_uid, folder.st_gid)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        forget_draft(path)
        raise
    sync_folder(path.parent)


def erase_private(path: Path) -> None:
    """Take it away, its bytes overwritten first: the best that can be done here, for a disk may keep old bytes elsewhere."""
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    sync_folder(path.parent)


def forget_draft(path: Path) -> None:
    """Take away what a writing that was broken off has left beside it: the same secrets."""
    draft = _draft(path)
    with suppress(OSError):
        if draft.exists():
            draft.unlink()


def _draft(path: Path) -> Path:
    return path.with_name(path.name + ".new")


def sync_folder(folder: Path) -> None:
    """What was made, renamed or taken away in it is so after a power cut too."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
