"""Opening the store's SQLite file: our own pysqlite3 connection, its pragmas checked, its schema brought up to date.

A connection belongs to the thread that opened it. All of SQLite's errors become ours in one place, `translated`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from pysqlite3 import dbapi2

from offline_cache.errors import (
    PragmaRefused,
    SqliteTooOld,
    StoreDamaged,
    StoreError,
    StoreForeign,
    StoreFull,
    StoreInUse,
    StoreTooNew,
    StoreTooOld,
    StoreUnwritable,
)
from offline_cache.file_kind import check_file
from offline_cache.schema import MIGRATION_SET, MIGRATIONS, MIGRATIONS_NAME, SCHEMA_VERSION, check_schema

if TYPE_CHECKING:
    import sqlite3

    Connection: TypeAlias = sqlite3.Connection

FIRST_AFFECTED, LAST_AFFECTED = (3, 7, 0), (3, 51, 2)
"""SQLite versions that may corrupt a WAL database with two connections (the WAL-reset fault)."""
FIRST_TABLES = frozenset({"outbox", "journal", "replica", "mark"})
"""What every schema has: a file without them is no store of ours."""
BUSY_MS = 5_000
STATEMENTS = 500
"""Kept compiled, more than there are: of 100, as is usual, the newest goes for the next, and would be compiled at each use."""
SqliteError: type[Exception] = dbapi2.Error
UniqueBroken: type[Exception] = dbapi2.IntegrityError
"""What SQLite raises for a second row with the same key."""
Unreadable: tuple[type[Exception], ...] = (dbapi2.DatabaseError, UnicodeDecodeError)
"""What reading a damaged file may raise at any row."""
SYNCHRONOUS_FULL = 2
LARGE_BYTES, AHEAD_BYTES = 16 << 20, 1 << 20
HEAD_BYTES = 100
"""Of the file: the size of its pages and the number of unused ones among them (https://sqlite.org/fileformat.html#the_database_header)."""
SQL_ERROR, READONLY = 1, 8
"""SQLITE_ERROR and SQLITE_READONLY."""

ERROR_OF_CODE: dict[int, type[StoreError]] = {
    3: StoreUnwritable,  # SQLITE_PERM
    5: StoreInUse,  # SQLITE_BUSY
    6: StoreInUse,  # SQLITE_LOCKED
    8: StoreUnwritable,  # SQLITE_READONLY
    10: StoreUnwritable,  # SQLITE_IOERR
    11: StoreDamaged,  # SQLITE_CORRUPT
    13: StoreFull,  # SQLITE_FULL
    14: StoreUnwritable,  # SQLITE_CANTOPEN
    26: StoreDamaged,  # SQLITE_NOTADB
}
"""SQLite's primary result codes (https://sqlite.org/rescode.html) → ours; any other code is a fault of ours."""
ERROR_OF_WORDS: dict[str, type[StoreError]] = {
    "Could not decode to UTF-8": StoreDamaged,
    "Cannot operate on a closed database": StoreUnwritable,
}
"""What Python's module says by itself, without a code of SQLite's: of a text whose bytes were changed, and of a store that
could not be opened again."""


def open_store(path: Path) -> Connection:
    """Open for reading and writing, durable, checked and migrated; makes the file when it is not there.

    Raises SqliteTooOld, PragmaRefused, StoreDamaged, StoreForeign, StoreTooNew, StoreFull, StoreUnwritable, StoreInUse.
    """
    check_version(dbapi2.sqlite_version_info)
    check_file(path)
    _read_ahead(path)
    where = f"file:{_quoted(path)}?mode=rwc"
    with translated():
        connection = _connect(where)
    with _opening(connection, path):
        _check_not_foreign(connection)
    if _is_empty(path):  # a power cut while it was made was taken back just now, but SQLite had looked at the head before
        connection.close()
        with translated():
            connection = _connect(where)
    with _opening(connection, path):
        _make_durable(connection)
        check_schema(connection)  # first: a newer program's store is for that one to mend, which knows all of its tables
        check_whole(connection)
        _migrate(connection)
        connection.execute("UPDATE mark SET value = '' WHERE name IS NULL")  # refused when the head or disk forbids writing
    return connection


@contextmanager
def _opening(connection: Connection, path: Path) -> Iterator[None]:
    """Close it again when something is wrong with it, and tell what a changed head or schema is behind as damage."""
    try:
        with translated():
            yield
    except BaseException as trouble:
        connection.close()
        if _is_damage(trouble, path):
            raise StoreDamaged(str(trouble)) from trouble
        raise


def _is_damage(trouble: BaseException, path: Path) -> bool:
    """What a changed head or schema makes SQLite say, though the statement is right and the disk lets us write."""
    if isinstance(trouble, StoreUnwritable):
        return getattr(trouble.__cause__, "sqlite_errorcode", 0) == READONLY and os.access(path, os.W_OK)
    return isinstance(trouble, UnicodeDecodeError) or getattr(trouble, "sqlite_errorcode", 0) & 0xFF == SQL_ERROR


def open_beside(path: Path) -> Connection:
    """Open an existing store for a few writes while the kiosk runs: same pragmas, no check of every page, no migration.

    Raises StoreDamaged, StoreForeign, StoreTooOld and StoreTooNew before anything is written.
    """
    check_version(dbapi2.sqlite_version_info)
    _check_not_empty(path)
    with translated():
        connection = _connect(f"file:{_quoted(path)}?mode=rw")
    with _opening(connection, path):
        _check_ours(connection)
        _make_durable(connection)
    return connection


def open_read_only(path: Path) -> Connection:
    """Open an existing store to look at it, also while the kiosk runs; every write is refused by SQLite itself.

    Raises StoreDamaged, StoreForeign, StoreTooOld and StoreTooNew.
    """
    _check_not_empty(path)
    try:
        return _open_read_only(path, "mode=ro")
    except StoreUnwritable:
        # SQLite makes files beside a store that was closed. On a disk that takes none, nobody changes the store either.
        if os.access(path.parent, os.W_OK) or path.with_name(f"{path.name}-wal").exists():
            raise
        return _open_read_only(path, "mode=ro&immutable=1")


def open_to_look(path: Path) -> Connection:
    """Open a whole store that no other program works on, where the disk takes no writing: every write is refused.

    What its last program left in the log is seen too. Raises StoreUnwritable where that cannot be, and as `open_read_only`.
    """
    _check_not_empty(path)
    log = path.with_name(f"{path.name}-wal")
    try:
        connection = _open_read_only(path, "mode=ro&readonly_shm=1")  # makes no file, and finds one after a stop that was none
    except StoreUnwritable:
        if log.exists() and log.stat().st_size > 0:
            raise
        connection = _open_read_only(path, "mode=ro&immutable=1")
    with _opening(connection, path):
        check_whole(connection)
    return connection


def _open_read_only(path: Path, how: str) -> Connection:
    with translated():
        connection = _connect(f"file:{_quoted(path)}?{how}")
    with _opening(connection, path):
        _check_ours(connection)
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute("PRAGMA query_only=ON")
    return connection


def open_damaged(path: Path) -> Connection:
    """Open what is left of a store to read it, its write-ahead log included; SQLite's own errors come out (`Unreadable`).

    Opened for reading only, the log is not written back when it is closed: what was set aside stays as it is. An empty file is
    refused, for SQLite deletes the log that lies beside one.
    """
    if _is_empty(path):
        raise dbapi2.DatabaseError("an empty file")
    connection = _connect(f"file:{_quoted(path)}?mode=ro")
    connection.text_factory = lambda text: text.decode(errors="replace")  # one such text must not hide the rows behind it
    connection.execute("PRAGMA writable_schema=ON")  # SQLite passes over a table that it cannot make out, and opens the others
    connection.execute("PRAGMA query_only=ON")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return connection


def leave_to_newer(path: Path) -> None:
    """Raise StoreTooNew where a damaged store is a newer program's: it is for that one to mend. Only by reading."""
    with suppress(*Unreadable, StoreDamaged), closing(open_damaged(path)) as connection:
        check_schema(connection)


def open_to_mend(path: Path) -> Connection:
    """Open a copy of a damaged store so that its schema itself can be written; SQLite's own errors come out."""
    connection = _connect(f"file:{_quoted(path)}?mode=rw")
    connection.text_factory = lambda text: text.decode(errors="replace")
    connection.execute("PRAGMA writable_schema=ON")
    connection.execute("PRAGMA synchronous=OFF")
    return connection


class _Translated:
    """Written out, not a generator: it stands around every statement."""

    __slots__ = ()

    def __enter__(self) -> None:
        return

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, SqliteError):
            raise_named(error)


def raise_named(error: Exception) -> None:
    """Raise what `translated` makes of an error of SQLite's; nothing for a fault of ours."""
    kind = ERROR_OF_CODE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    if kind is None:
        kind = next((ours for words, ours in ERROR_OF_WORDS.items() if str(error).startswith(words)), None)
    if kind is not None:
        raise kind(getattr(error, "sqlite_errorname", "")) from error


_TRANSLATED = _Translated()


def translated() -> AbstractContextManager[None]:
    """Let SQLite's expected errors out as StoreFull, StoreUnwritable, StoreDamaged or StoreInUse; others are faults of ours."""
    return _TRANSLATED


class _Transaction:
    """Written out as well: two of them stand in the life of every submission."""

    __slots__ = ("_connection", "_synced")

    def __init__(self, connection: Connection, *, synced: bool) -> None:
        self._connection = connection
        self._synced = synced

    def __enter__(self) -> None:
        execute = self._connection.execute
        try:
            if not self._synced:
                execute("PRAGMA synchronous=NORMAL")
            execute("BEGIN IMMEDIATE")
        except BaseException as trouble:
            self._end(trouble)
            raise

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        try:
            if error is None:
                self._connection.execute("COMMIT")
        except BaseException as trouble:
            self._end(trouble)
            raise
        self._end(error)

    def _end(self, trouble: BaseException | None) -> None:
        """Nothing stays half written, or unsynced for the next; then the trouble's own name, if it has one."""
        connection = self._connection
        try:
            try:
                if connection.in_transaction:  # a full disk may have rolled back already
                    connection.execute("ROLLBACK")
            finally:
                if not self._synced:
                    connection.execute("PRAGMA synchronous=FULL")
        except SqliteError as another:
            raise_named(another)
            raise
        if isinstance(trouble, SqliteError):
            raise_named(trouble)


def transaction(connection: Connection) -> AbstractContextManager[None]:
    """Everything inside is written together with one fsync, or not at all."""
    return _Transaction(connection, synced=True)


def unsynced_transaction(connection: Connection) -> AbstractContextManager[None]:
    """Written whole or not at all, without an fsync of its own: a power cut may undo it, so only for what then comes again.

    The log stays in order: the next transaction's fsync makes this one last too.
    """
    return _Transaction(connection, synced=False)


def shrink_log(connection: Connection) -> bool:
    """Copy the write-ahead log into the file and cut it to nothing, so that erased bytes do not live on in it.

    False when somebody is reading in it just now: it is not waited for, a resident may be waiting behind.
    """
    with translated():
        connection.execute("PRAGMA busy_timeout=0")
        try:
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    return not busy


def check_version(version: tuple[int, ...]) -> None:
    """Raise SqliteTooOld for a version that may corrupt a WAL database."""
    if FIRST_AFFECTED <= version <= LAST_AFFECTED:
        raise SqliteTooOld(".".join(map(str, version)))


def _connect(uri: str) -> Connection:
    made = dbapi2.connect(uri, uri=True, isolation_level=None, timeout=BUSY_MS / 1000, cached_statements=STATEMENTS)
    return cast("Connection", made)


def _quoted(path: Path) -> str:
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _make_durable(connection: Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    _set(connection, "journal_mode", "WAL", "wal")
    _set(connection, "synchronous", "FULL", SYNCHRONOUS_FULL)
    _set(connection, "secure_delete", "ON", 1)
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("PRAGMA trusted_schema=OFF")


def _is_empty(path: Path) -> bool:
    return path.exists() and path.stat().st_size == 0


def _check_not_empty(path: Path) -> None:
    """Before SQLite opens it, also to look only: it deletes the log that lies beside an empty file."""
    check_file(path)
    if _is_empty(path):
        raise StoreForeign("the file is empty")


def _tables(connection: Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def _check_not_foreign(connection: Connection) -> None:
    """Only by reading: another program's tables, and none of ours; no damage makes one of the other."""
    there = _tables(connection)
    if there and not there & {*FIRST_TABLES, MIGRATIONS_NAME}:
        raise StoreForeign(f"it has none of the tables {', '.join(sorted(FIRST_TABLES))}")


def _check_ours(connection: Connection) -> None:
    """Only by reading."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version <= 0 or not _tables(connection) >= FIRST_TABLES:
        raise StoreForeign(f"it lacks the schema's number, or one of the tables {', '.join(sorted(FIRST_TABLES))}")
    if version < SCHEMA_VERSION:
        raise StoreTooOld(f"the store has schema {version}, this program {SCHEMA_VERSION}")
    if version > SCHEMA_VERSION:
        raise StoreTooNew(f"the store has schema {version}, made by a newer program than this ({SCHEMA_VERSION})")
    check_schema(connection)


def _set(connection: Connection, pragma: str, value: str, expected: Any) -> None:
    connection.execute(f"PRAGMA {pragma}={value}")
    taken = connection.execute(f"PRAGMA {pragma}").fetchone()[0]
    if taken != expected:
        raise PragmaRefused(f"{pragma} is {taken}, not {value}")


def _read_ahead(path: Path) -> None:
    """Let the kernel fetch a large file from end to end before it is checked: in the tables' order a disk takes far longer.

    Not where most of it is unused, which no check looks at. Only before SQLite opens it: when a program closes a file, Linux
    drops every lock it has in it, SQLite's as well, and another program that looks in would take the log away as nobody's.
    """
    with suppress(OSError), path.open("rb") as file:
        size, head = os.fstat(file.fileno()).st_size, file.read(HEAD_BYTES)
        page_bytes, unused = int.from_bytes(head[16:18]), int.from_bytes(head[36:40])
        if size < LARGE_BYTES or unused * page_bytes * 2 > size:
            return
        for at in range(0, size, AHEAD_BYTES):
            os.posix_fadvise(file.fileno(), at, AHEAD_BYTES, os.POSIX_FADV_WILLNEED)


def check_whole(connection: Connection) -> None:
    """Raise StoreDamaged when the file's structure is; twice before it is believed: a read that failed once is no damage."""
    for _ in range(2):
        found = [row[0] for row in connection.execute("PRAGMA quick_check(5)")]
        if found == ["ok"]:
            return
    raise StoreDamaged("; ".join(str(line) for line in found))


def _migrate(connection: Connection) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION:
        return
    from sqlite_utils import Database, Migrations  # only now: it takes a tenth of a second that a usual start need not spend

    migrations = Migrations(MIGRATION_SET)
    for number, (name, statements) in enumerate(MIGRATIONS, start=1):
        # Its number in the same transaction: broken off between the two, an older program would take the store for damaged.
        numbered = (*statements, f"PRAGMA user_version={number}")

        @migrations(name=name)
        def apply(db: Database, statements: tuple[str, ...] = numbered) -> None:
            for statement in statements:
                db.execute(statement)

    migrations.apply(Database(connection, execute_plugins=False))
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
