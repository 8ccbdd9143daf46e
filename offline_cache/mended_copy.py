"""A damaged store whose head or schema is not ours any more: read through a copy in which they are put right.

Rows lie in pages of their own: a bit of the head or of a table's statement hides all of them from SQLite, and harms none.
The copy lies beside what was set aside and goes when it has been read. Fields of the head:
https://sqlite.org/fileformat2.html#the_database_header.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offline_cache.database import Unreadable, open_damaged, open_to_mend
from offline_cache.schema import PIECES, SCHEMA_VERSION, Piece, is_known, pieces

if TYPE_CHECKING:
    from offline_cache.database import Connection

COPY = "mended.db"
PAGE_BYTES = 4096
HEAD = struct.Struct(">16sHBBBBBBIIIIIIIIIIII20sII")
"""Magic; page size; write and read version; reserved; payload fractions; change counter; pages; free list's first and length;
schema's cookie and format; cache size; largest root (no vacuum); encoding; user version; vacuum; application; unused; the
counter that the number of pages belongs to; SQLite's version."""
MAGIC = b"SQLite format 3\0"
FRONT = (MAGIC, PAGE_BYTES, 2, 2, 0, 64, 32, 32)
SCHEMA_FORMAT, UTF_8 = 4, 1
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextlib.contextmanager
def remains(file: Path) -> Iterator[Connection]:
    """What is left of the store, to be read: the file itself where its head and schema are sound, or else a mended copy.

    Raises what SQLite raises (`Unreadable`) when neither can be opened, and OSError where there is no room for a copy.
    """
    copy = file.with_name(COPY)
    try:
        with closing(_opened(file, copy)) as connection:
            yield connection
    finally:
        _take_away(copy)


def _opened(file: Path, copy: Path) -> Connection:
    if _has_sound_head(file):
        with contextlib.suppress(*Unreadable):
            connection = open_damaged(file)
            if _has_sound_schema(connection):
                return connection
            connection.close()
    try:
        _mend(file, copy)
        return open_damaged(copy)
    except OSError as refused:
        if refused.errno in NO_ROOM:
            raise
    except (*Unreadable, struct.error):
        pass
    return open_damaged(file)


def _mend(file: Path, copy: Path) -> None:
    _take_away(copy)
    whole = [(one, target) for one, target in ((file, copy), (Path(f"{file}-wal"), Path(f"{copy}-wal"))) if one.exists()]
    if shutil.disk_usage(copy.parent).free < sum(one.stat().st_size for one, _ in whole):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # rather than take the last room from everybody for a while
    for one, target in whole:
        shutil.copyfile(one, target)
    with copy.open("r+b") as opened:
        head = _mended(opened.read(HEAD.size), -(-copy.stat().st_size // PAGE_BYTES))
        opened.seek(0)
        opened.write(head)
    columns = "type = ?, name = ?, tbl_name = ?, rootpage = ?, sql = ?"
    with closing(open_to_mend(copy)) as connection, contextlib.suppress(*Unreadable):
        for row_id, piece in _right(_pieces_of(connection)):
            with contextlib.suppress(*Unreadable):  # each by itself
                connection.execute(f"UPDATE sqlite_schema SET {columns} WHERE rowid = ?", (*piece, row_id))  # noqa: S608 - constants


def _mended(head: bytes, pages: int) -> bytes:
    """With what every store of ours has in its fixed fields, this number of pages and no free list, which reading needs not.

    Raises struct.error for less than a head.
    """
    counter, _, _, _, cookie, _, cache, _, _, version, _, application, *_, sqlite = HEAD.unpack(head)[len(FRONT) :]
    return HEAD.pack(
        *FRONT, counter, pages, 0, 0, cookie, SCHEMA_FORMAT, cache, 0, UTF_8, version, 0, application, bytes(20), counter, sqlite
    )


def _has_sound_head(file: Path) -> bool:
    """Whether its fixed fields and its size are right."""
    try:
        with file.open("rb") as opened:
            head = opened.read(HEAD.size)
        fields = HEAD.unpack(_mended(head, 0))
    except (OSError, struct.error):
        return False
    found = HEAD.unpack(head)
    free = slice(len(FRONT) + 1, len(FRONT) + 4)
    alike = [one == other for one, other in zip(found, fields, strict=True)]
    alike[free] = [True] * 3
    alike[-2] = True
    return all(alike) and found[free.start] * PAGE_BYTES == file.stat().st_size


def _pieces_of(connection: Connection) -> list[tuple[int, Piece]]:
    rows: list[tuple[int, Any]] = connection.execute("SELECT rowid FROM sqlite_schema ORDER BY rowid").fetchall()
    return [(row[0], Piece(*one)) for row, one in zip(rows, connection.execute(PIECES), strict=True)]


def _has_sound_schema(connection: Connection) -> bool:
    found = [piece for _, piece in _pieces_of(connection)]
    return any(is_known(found, version) for version in range(1, SCHEMA_VERSION + 1))


def _right(rows: list[tuple[int, Piece]]) -> list[tuple[int, Piece]]:
    """The rows as they were: every store's tables were made in the same order. None when too few of them are ours."""
    for version in range(SCHEMA_VERSION, 0, -1):
        known = pieces(version)
        if len(known) != len(rows):
            continue
        alike = sum(found[:3] == right[:3] for (_, found), right in zip(rows, known, strict=True))
        if alike * 2 < len(known):
            continue
        moved = [found.root != right.root for (_, found), right in zip(rows, known, strict=True)]
        made_at_once = sum(moved) == 1  # but for the one that is damaged; a store that grew with its programs has several
        return [
            (row_id, right if made_at_once else right._replace(root=found.root))
            for (row_id, found), right in zip(rows, known, strict=True)
        ]
    return []


def _take_away(copy: Path) -> None:
    for name in (copy, f"{copy}-wal", f"{copy}-shm"):
        Path(name).unlink(missing_ok=True)
