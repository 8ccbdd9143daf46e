"""Opening the store's SQLite file: our own pysqlite3 connection, its pragmas checked, its schema brought up to date.

A connection belongs to the thread that opened it. All of SQLite's errors become ours in one place, `translated`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

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
    StoreUnwritable,
)

if TYPE_CHECKING:
    import sqlite3

    from sqlite_utils import Database, Migrations

    Connection: TypeAlias = sqlite3.Connection

T = TypeVar("T")
FIRST_AFFECTED, LAST_AFFECTED = (3, 7, 0), (3, 51, 2)
"""SQLite versions that may corrupt a WAL database with two connections (the WAL-reset fault)."""
SCHEMA_VERSION = 8
"""`PRAGMA user_version` of a database that needs no migration."""
FIRST_TABLES = frozenset({"outbox", "journal", "replica", "rating", "mark"})
"""What every schema has: a file without them is no store of ours."""
BUSY_MS = 5_000
UniqueBroken: type[Exception] = dbapi2.IntegrityError
"""What SQLite raises for a second row with the same key."""
Unreadable: tuple[type[Exception], ...] = (dbapi2.DatabaseError, UnicodeDecodeError)
"""What reading a damaged file may raise at any row."""
UNDECODABLE = "Could not decode to UTF-8"
"""What Python's module says, without a code of SQLite's, of a text whose bytes were changed."""
SYNCHRONOUS_FULL = 2

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


def open_store(path: Path) -> Connection:
    """Open for reading and writing, durable, checked and migrated; makes the file when it is not there.

    Raises SqliteTooOld, PragmaRefused, StoreDamaged, StoreTooNew, StoreFull, StoreUnwritable.
    """
    check_version(dbapi2.sqlite_version_info)
    with translated():
        connection = _connect(f"file:{_quoted(path)}?mode=rwc")
    try:
        with translated():
            _make_durable(connection)
            check_whole(connection)
            _migrate(connection)
    except StoreError:
        connection.close()
        raise
    return connection


def open_beside(path: Path) -> Connection:
    """Open an existing store for a few writes while the kiosk runs: same pragmas, no check of every page, no migration.

    Raises StoreForeign and StoreTooNew before anything is written.
    """
    check_version(dbapi2.sqlite_version_info)
    with translated():
        connection = _connect(f"file:{_quoted(path)}?mode=rw")
    try:
        with translated():
            _check_ours(connection)
            _make_durable(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def open_read_only(path: Path) -> Connection:
    """Open an existing store to look at it, also while the kiosk runs; every write is refused by SQLite itself.

    A table that an older program's store does not have yet is there, and empty. Raises StoreForeign and StoreTooNew.
    """
    with translated():
        connection = _connect(f"file:{_quoted(path)}?mode=ro")
    try:
        with translated():
            there = _check_ours(connection)
            connection.execute("PRAGMA temp_store=MEMORY")
            for name, statement in (("attachment", SCHEMA_6[0]), ("lease", SCHEMA_8[0])):
                if name not in there:
                    connection.execute(statement.replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
            connection.execute("PRAGMA query_only=ON")
    except BaseException:
        connection.close()
        raise
    return connection


def open_damaged(path: Path) -> Connection:
    """Open what is left of a store to read it, its write-ahead log included; SQLite's own errors come out (`Unreadable`).

    Opened for reading only, the log is not written back when it is closed: what was set aside stays as it is.
    """
    connection = _connect(f"file:{_quoted(path)}?mode=ro")
    connection.text_factory = lambda text: text.decode(errors="replace")  # one such text must not hide the rows behind it
    connection.execute("PRAGMA query_only=ON")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return connection


class _Translated:
    """Written out, not a generator: it stands around every statement."""

    __slots__ = ()

    def __enter__(self) -> None:
        return

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if not isinstance(error, dbapi2.Error):
            return
        kind = ERROR_OF_CODE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if kind is None and str(error).startswith(UNDECODABLE):
            kind = StoreDamaged
        if kind is not None:
            raise kind(getattr(error, "sqlite_errorname", "")) from error


_TRANSLATED = _Translated()


def translated() -> AbstractContextManager[None]:
    """Let SQLite's expected errors out as StoreFull, StoreUnwritable, StoreDamaged or StoreInUse; others are faults of ours."""
    return _TRANSLATED


class _Transaction:
    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        with _TRANSLATED:
            self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        connection = self._connection
        with _TRANSLATED:
            try:
                if error is None:
                    connection.execute("COMMIT")
            finally:
                if connection.in_transaction:  # a full disk may have rolled back already
                    connection.execute("ROLLBACK")
            if error is not None:
                raise error


class _UnsyncedTransaction(_Transaction):
    __slots__ = ()

    def __enter__(self) -> None:
        with _TRANSLATED:
            self._connection.execute("PRAGMA synchronous=NORMAL")
        try:
            super().__enter__()
        except BaseException:
            self._sync_again()
            raise

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            super().__exit__(kind, error, trace)
        finally:
            self._sync_again()

    def _sync_again(self) -> None:
        with _TRANSLATED:
            self._connection.execute("PRAGMA synchronous=FULL")


def transaction(connection: Connection) -> AbstractContextManager[None]:
    """Everything inside is written together with one fsync, or not at all."""
    return _Transaction(connection)


def unsynced_transaction(connection: Connection) -> AbstractContextManager[None]:
    """Written whole or not at all, without an fsync of its own: a power cut may undo it, so only for what then comes again.

    The log stays in order: the next transaction's fsync makes this one last too.
    """
    return _UnsyncedTransaction(connection)


def with_sound_indexes(connection: Connection, work: Callable[[], T]) -> T:
    """Do it; when an index does not agree with its row any more, make the outbox's anew from the rows and do it again."""
    try:
        return work()
    except StoreDamaged:
        with transaction(connection):
            connection.execute("REINDEX outbox")
        return work()


def shrink_log(connection: Connection) -> bool:
    """Copy the write-ahead log into the file and cut it to nothing, so that erased bytes do not live on in it.

    False when somebody is reading in it just now.
    """
    with translated():
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def check_version(version: tuple[int, ...]) -> None:
    """Raise SqliteTooOld for a version that may corrupt a WAL database."""
    if FIRST_AFFECTED <= version <= LAST_AFFECTED:
        raise SqliteTooOld(".".join(map(str, version)))


def _connect(uri: str) -> Connection:
    return cast("Connection", dbapi2.connect(uri, uri=True, isolation_level=None, timeout=BUSY_MS / 1000))


def _quoted(path: Path) -> str:
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _make_durable(connection: Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    _set(connection, "journal_mode", "WAL", "wal")
    _set(connection, "synchronous", "FULL", SYNCHRONOUS_FULL)
    _set(connection, "secure_delete", "ON", 1)
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("PRAGMA trusted_schema=OFF")


def _check_ours(connection: Connection) -> set[str]:
    """Only by reading; the tables that are there."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    there = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if version <= 0 or not there >= FIRST_TABLES:
        raise StoreForeign(f"it lacks the schema's number, or one of the tables {', '.join(sorted(FIRST_TABLES))}")
    _check_known(version)
    return there


def _check_known(version: int) -> None:
    if version > SCHEMA_VERSION:
        raise StoreTooNew(f"the store has schema {version}, made by a newer program than this ({SCHEMA_VERSION})")


def _set(connection: Connection, pragma: str, value: str, expected: Any) -> None:
    connection.execute(f"PRAGMA {pragma}={value}")
    taken = connection.execute(f"PRAGMA {pragma}").fetchone()[0]
    if taken != expected:
        raise PragmaRefused(f"{pragma} is {taken}, not {value}")


def check_whole(connection: Connection) -> None:
    """Raise StoreDamaged when the file's structure is; twice before it is believed: a read that failed once is no damage."""
    for _ in range(2):
        found = [row[0] for row in connection.execute("PRAGMA quick_check(5)")]
        if found == ["ok"]:
            return
    raise StoreDamaged("; ".join(str(line) for line in found))


def _migrate(connection: Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == SCHEMA_VERSION:
        return
    _check_known(version)
    from sqlite_utils import Database  # only now: it takes a tenth of a second that a usual start need not spend

    _migrations().apply(Database(connection, execute_plugins=False))
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")


def _migrations() -> Migrations:
    from sqlite_utils import Migrations

    migrations = Migrations("offline_cache")

    @migrations(name="0001 outbox, journal, replica, ratings")
    def first(db: Database) -> None:
        for statement in SCHEMA_1:
            db.execute(statement)

    @migrations(name="0002 signed heads of the journal")
    def second(db: Database) -> None:
        for statement in SCHEMA_2:
            db.execute(statement)

    @migrations(name="0003 print jobs")
    def third(db: Database) -> None:
        db.execute(SCHEMA_3)

    @migrations(name="0004 daily match with the centre's ledger")
    def fourth(db: Database) -> None:
        db.execute(SCHEMA_4)

    @migrations(name="0005 submissions whose residents were told")
    def fifth(db: Database) -> None:
        db.execute(SCHEMA_5)

    @migrations(name="0006 attachments")
    def sixth(db: Database) -> None:
        for statement in SCHEMA_6:
            db.execute(statement)

    @migrations(name="0007 settings from the centre")
    def seventh(db: Database) -> None:
        db.execute(SCHEMA_7)

    @migrations(name="0008 leases beside the submissions")
    def eighth(db: Database) -> None:
        for statement in SCHEMA_8:
            db.execute(statement)

    return migrations


SCHEMA_1 = (
    """CREATE TABLE outbox (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        kiosk TEXT NOT NULL,
        receipt_number TEXT NOT NULL,
        item TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        size INTEGER NOT NULL,
        kept_at INTEGER NOT NULL,
        state TEXT NOT NULL,
        ready_at INTEGER NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        trouble TEXT NOT NULL DEFAULT '',
        settled_at INTEGER,
        acceptance_number TEXT NOT NULL DEFAULT '',
        accepted_at TEXT NOT NULL DEFAULT '',
        printed_at INTEGER,
        reason TEXT NOT NULL DEFAULT '',
        schema INTEGER NOT NULL,
        key_id TEXT,
        box BLOB
    )""",
    # `id` is the day and its serial, 20261123000127: unique, in order, and the next one found without an index of its own.
    # A claim walks this one only: it stays as small as what waits, however much was ever kept.
    "CREATE INDEX outbox_waiting ON outbox (ready_at, id, size) WHERE state IN ('queued', 'leased')",
    "CREATE INDEX outbox_apart ON outbox (state, size) WHERE state IN ('rejected', 'needs-person', 'cancelled')",
    "CREATE INDEX outbox_to_erase ON outbox (settled_at) WHERE settled_at IS NOT NULL AND key_id IS NOT NULL",
    """CREATE TABLE journal (
        seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        event TEXT NOT NULL,
        visit TEXT NOT NULL,
        device TEXT NOT NULL,
        body TEXT NOT NULL,
        hash TEXT NOT NULL
    )""",
    "CREATE INDEX journal_visit ON journal (visit, seq) WHERE visit <> ''",
    """CREATE TABLE replica (
        slot TEXT PRIMARY KEY CHECK (slot IN ('staged', 'active', 'previous')),
        version TEXT NOT NULL,
        etag TEXT NOT NULL,
        signed TEXT NOT NULL,
        fetched_at INTEGER NOT NULL
    )""",
    """CREATE TABLE rating (
        token TEXT PRIMARY KEY,
        item TEXT NOT NULL,
        level INTEGER NOT NULL,
        practice INTEGER NOT NULL
    ) WITHOUT ROWID""",  # ordered by the random token: not even the order of arrival is kept
    "CREATE TABLE mark (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)
SCHEMA_2 = (
    """CREATE TABLE journal_head (
        seq INTEGER PRIMARY KEY,
        hash TEXT NOT NULL,
        signed_at INTEGER NOT NULL,
        at TEXT NOT NULL,
        signature TEXT NOT NULL,
        signer TEXT NOT NULL,
        countersigned_at TEXT NOT NULL,
        countersignature TEXT NOT NULL
    )""",
)
SCHEMA_3 = """CREATE TABLE print_job (
    seq INTEGER PRIMARY KEY,
    device TEXT NOT NULL,
    job TEXT NOT NULL,
    code TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (device, job)
)"""
SCHEMA_4 = """CREATE TABLE ledger_match (
    day INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    acknowledged INTEGER NOT NULL,
    in_centre INTEGER NOT NULL,
    waiting INTEGER NOT NULL,
    ids TEXT NOT NULL
)"""
SCHEMA_5 = "CREATE TABLE told (key TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID"
SCHEMA_6 = (
    """CREATE TABLE attachment (
        id INTEGER PRIMARY KEY,
        submission INTEGER NOT NULL,
        number INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        size INTEGER NOT NULL,
        sent INTEGER NOT NULL DEFAULT 0,
        schema INTEGER NOT NULL,
        key_id TEXT NOT NULL,
        box BLOB NOT NULL,
        UNIQUE (submission, number)
    )""",
    # Whatever erases a submission's content erases what was attached to it.
    """CREATE TRIGGER attachment_erased AFTER UPDATE OF key_id ON outbox
        WHEN new.key_id IS NULL AND old.key_id IS NOT NULL
        BEGIN DELETE FROM attachment WHERE submission = new.id; END""",
)
SCHEMA_7 = """CREATE TABLE settings_replica (
    slot TEXT PRIMARY KEY CHECK (slot IN ('staged', 'active', 'previous')),
    version TEXT NOT NULL,
    etag TEXT NOT NULL,
    signed TEXT NOT NULL,
    fetched_at INTEGER NOT NULL
)"""
SCHEMA_8 = (
    # So small a table that leasing a hundred writes one page, not the rows with their contents.
    "CREATE TABLE lease (submission INTEGER PRIMARY KEY, until INTEGER NOT NULL)",
    "DROP INDEX outbox_waiting",
    "UPDATE outbox SET state = 'queued' WHERE state = 'leased'",
    "CREATE INDEX outbox_waiting ON outbox (ready_at, id, size) WHERE state = 'queued'",
)
"""Times are Unix time in ms by this kiosk's clock, except `accepted_at` (the centre's words); `mark` holds small facts."""
