"""What lies where the store's file or folder should be: a folder, device, pipe or socket is said by its name.

Of most of them SQLite says no more than that they cannot be opened; on a named pipe it waits for ever.
"""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from offline_cache.errors import StoreForeign

FILE, FOLDER = "a file", "a folder"
BESIDE = ("-journal", "-wal", "-shm")
"""What SQLite opens, or makes, beside a database."""
KINDS = {stat.S_IFREG: FILE, stat.S_IFDIR: FOLDER, stat.S_IFSOCK: "a socket", stat.S_IFIFO: "a named pipe"}


def check_file(path: Path) -> None:
    """Raise StoreForeign where something else lies in the database's place, or in that of a file beside it; nothing may."""
    for each in (path, *(path.with_name(f"{path.name}{end}") for end in BESIDE)):
        if (kind := _kind_of(each)) not in ("", FILE):
            raise StoreForeign(f"{each} is {kind}, not a file")


def check_folder(path: Path) -> None:
    """The same of a folder and of each above it."""
    for folder in (*reversed(path.parents), path):
        if (kind := _kind_of(folder)) not in ("", FOLDER):
            raise StoreForeign(f"{folder} is {kind}, not a folder")


def _kind_of(path: Path) -> str:
    """Empty where nothing lies, or it cannot be told."""
    try:
        mode = path.stat().st_mode
    except OSError as refused:
        return "a link to nothing" if refused.errno in (errno.ENOENT, errno.ELOOP) and path.is_symlink() else ""
    return KINDS.get(stat.S_IFMT(mode), "a device")
