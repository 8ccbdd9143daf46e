"""A damaged store whose head or schema is not ours any more: read through a copy in which they are put right.

Rows lie in pages of their own: a bit of the head or of a table's statement hides all of them from SQLite, and harms none;
nor does the loss of the schema's pages, of those above the rows, or of the database beside a log that is whole.
The copy lies beside what was set aside and goes when it has been read. Fields of the head:
https://sqlite.org/fileformat2.html#the_database_header.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import struct
from collections.abc import Container, Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from offline_cache.bad_sectors import pieces as file_pieces
from offline_cache.database import Unreadable, open_damaged, open_to_mend
from offline_cache.schema import PIECES, SCHEMA_VERSION, Piece, fresh_file, is_known, pieces
from offline_cache.write_ahead_log import passed_over, whole_pages

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
PAUSE: tuple[Any, ...] = ()
"""Among rows: none, but somebody else may have the thread now."""
LEAVES_AT_ONCE, PAGES_AT_ONCE = 50, 10_000
INTERIOR, LEAF = b"\x05", b"\x0d"
"""First byte of a page of a table."""
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


def rows_of_leaves(file: Path, table: str, known: Container[int]) -> Iterator[tuple[Any, ...]]:
    """The rows in every leaf page by itself, where the pages above them are damaged, but for those with `known` ids.

    To be called within `remains`; among the rows there are pauses.

    A leaf does not tell whose it is: rows of other tables come too, with columns that cannot be this one's. Each leaf in turn
    is made the table's only page, in a transaction of the copy that is not kept: its own, for after a row that cannot be read
    SQLite writes nothing in the same one.
    """
    copy = file.with_name(COPY)
    if not copy.exists() and not (yield from _mending(file, copy)):
        return
    leaves = []
    with copy.open("rb") as opened:
        for number in range(2, copy.stat().st_size // PAGE_BYTES + 1):
            if opened.seek((number - 1) * PAGE_BYTES) and opened.read(1) == LEAF:
                leaves.append(number)
            if number % PAGES_AT_ONCE == 0:
                yield PAUSE
    with closing(open_to_mend(copy)) as connection:
        for number, leaf in enumerate(leaves):
            if number % LEAVES_AT_ONCE == 0:
                yield PAUSE
            with contextlib.suppress(*Unreadable):
                connection.execute("BEGIN")
                connection.execute("PRAGMA writable_schema=ON")
                connection.execute("UPDATE sqlite_schema SET rootpage = ? WHERE name = ?", (leaf, table))
                connection.execute("PRAGMA writable_schema=RESET")  # the schema is read anew
                yield from _one_by_one(connection, table, known)
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def _one_by_one(connection: Connection, table: str, known: Container[int]) -> Iterator[tuple[Any, ...]]:
    """Each row by itself: one that cannot be read takes neither the one before it, which is read ahead, nor those behind it."""
    ids: list[int] = []
    with contextlib.suppress(*Unreadable):
        ids.extend(row_id for (row_id,) in connection.execute(f"SELECT rowid FROM {table} NOT INDEXED"))  # noqa: S608 - constants
    for row_id in ids:
        if row_id in known:
            continue
        with contextlib.suppress(*Unreadable):
            yield from connection.execute(f"SELECT * FROM {table} WHERE rowid = ?", (row_id,))  # noqa: S608 - constants


def _log_of(file: Path) -> Path:
    return Path(f"{file}-wal")


def _opened(file: Path, copy: Path) -> Connection:
    if _has_sound_head(file) and not passed_over(_log_of(file)):
        with contextlib.suppress(*Unreadable):
            connection = open_damaged(file)
            if _has_sound_schema(connection):
                return connection
            connection.close()
    if _mended_at_once(file, copy):
        with contextlib.suppress(*Unreadable):
            return open_damaged(copy)
    return open_damaged(file)


def _mended_at_once(file: Path, copy: Path) -> bool:
    mending = _mending(file, copy)
    while True:
        try:
            next(mending)
        except StopIteration as done:
            return bool(done.value)


def _mending(file: Path, copy: Path) -> Generator[tuple[Any, ...], None, bool]:
    """False where the disk does not let itself be read to the end; raises OSError for want of room only."""
    try:
        yield from _mend(file, copy)
    except OSError as refused:
        if refused.errno in NO_ROOM:
            raise
        _take_away(copy)
        return False
    except Unreadable:
        return False
    return True


def _mend(file: Path, copy: Path) -> Iterator[tuple[Any, ...]]:
    import shutil  # no usual start needs it

    _take_away(copy)
    log = _log_of(file)
    there = [one for one in (file, log) if one.exists()]
    if not there:
        raise FileNotFoundError(errno.ENOENT, "neither database nor log")
    if shutil.disk_usage(copy.parent).free < sum(one.stat().st_size for one in there):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # rather than take the last room from everybody for a while
    copy.touch(mode=0o600)
    if file.exists():
        with copy.open("wb") as opened:
            for piece in file_pieces(file):
                opened.write(piece)
                yield PAUSE
    with copy.open("r+b") as opened:
        for number, page in whole_pages(log):
            opened.seek((number - 1) * PAGE_BYTES)
            opened.write(page)
    _put_front_right(copy)
    if not _has_outbox_after_mending(copy):
        _graft_schema(copy)


def _put_front_right(copy: Path) -> None:
    """The head, and all of the first page when that is none."""
    with copy.open("r+b") as opened:
        page = opened.read(PAGE_BYTES)
        if len(page) < PAGE_BYTES or page[HEAD.size : HEAD.size + 1] not in (INTERIOR, LEAF):
            page = _schema_pages(SCHEMA_VERSION)[1]
        opened.seek(0)
        opened.write(_mended(page[: HEAD.size], -(-copy.stat().st_size // PAGE_BYTES)) + page[HEAD.size :])


def _has_outbox_after_mending(copy: Path) -> bool:
    """Put each statement of the schema right that is damaged; False when the submissions cannot even be asked for."""
    columns = "type = ?, name = ?, tbl_name = ?, rootpage = ?, sql = ?"
    with contextlib.suppress(*Unreadable):
        with closing(open_to_mend(copy)) as connection:
            for row_id, piece in _right(_pieces_of(connection)):
                with contextlib.suppress(*Unreadable):  # each by itself
                    connection.execute(f"UPDATE sqlite_schema SET {columns} WHERE rowid = ?", (*piece, row_id))  # noqa: S608 - constants
        with closing(open_damaged(copy)) as connection:
            connection.execute("SELECT id, box FROM outbox LIMIT 0")
            return True
    return False


def _graft_schema(copy: Path) -> None:
    """A fresh store's schema in the damaged one's place: tables that were made at once always lie in the same pages.

    Of a store that grew with its programs the youngest schema is taken that overwrites no rows.
    """
    for version in range(SCHEMA_VERSION, 0, -1):
        fresh = _schema_pages(version)
        with copy.open("r+b") as opened:
            if all(number == 1 or _may_be_schema(_page(opened, number)) for number in fresh):
                for number, page in fresh.items():
                    opened.seek((number - 1) * PAGE_BYTES)
                    opened.write(page)
                break
    _put_front_right(copy)


def _may_be_schema(page: bytes) -> bool:
    return not any(page) or b"CREATE " in page


def _page(opened: IO[bytes], number: int) -> bytes:
    opened.seek((number - 1) * PAGE_BYTES)
    return opened.read(PAGE_BYTES)


@functools.cache
def _schema_pages(version: int) -> dict[int, bytes]:
    """The pages, by number, in which a fresh store's schema lies: all that are no table's and no index's."""
    roots = {piece.root for piece in pieces(version)}
    whole = fresh_file(version)
    numbers = range(1, len(whole) // PAGE_BYTES + 1)
    return {number: whole[(number - 1) * PAGE_BYTES : number * PAGE_BYTES] for number in numbers if number not in roots}


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
