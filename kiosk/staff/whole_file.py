"""A file that is whole and on the disk, or not there: one left by a program that was killed passes for no whole one."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO


@contextmanager
def whole_file(path: Path, *, mode: int = 0o666, newline: str | None = None) -> Iterator[TextIO]:
    """Write it; until it is whole it has `.part` behind its name, and takes the place of one before then. Raises OSError.

    Of one that breaks off nothing stays. A second one to the same path is refused as long as the first is being written.
    """
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(_open_alone(part, mode), "w", encoding="utf-8", newline=newline) as stream:
        try:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _open_alone(part: Path, mode: int) -> int:
    """Opened empty, and nobody else's until it is closed: what two write at once into one file is neither's."""
    while True:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
        try:
            _lock(handle)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), part.lstat()):  # else it was another's, who has finished just now
                    os.ftruncate(handle, 0)
                    return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _lock(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        raise BlockingIOError(errno.EAGAIN, "it is being written just now") from taken
    except OSError as unable:
        if unable.errno not in (errno.ENOLCK, errno.EOPNOTSUPP):  # a share that knows no locks is written to all the same
            raise
