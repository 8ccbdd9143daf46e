"""The store's tables: what each migration makes, and whether a file has just these.

A store is known by the very text of these statements: what was released is never worded anew, only a migration added.
Times are Unix time in ms by this kiosk's clock, except `accepted_at` (the centre's words); `mark` holds small facts.
"""

from __future__ import annotations

import functools
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from pysqlite3 import dbapi2

from offline_cache.errors import StoreDamaged, StoreTooNew

if TYPE_CHECKING:
    import sqlite3

MIGRATION_SET = "offline_cache"
MIGRATIONS_NAME = "_sqlite_migrations"
MIGRATIONS_TABLE = (
    # As sqlite_utils makes it, before ours.
    """CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
)""",
    """CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name")""",
)
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
    ) WITHOUT ROWID""",  # ordered by the random token
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
SCHEMA_9 = (
    # A fresh submission stands in none but its key's index: one page less to be written before its resident hears of it.
    "DROP INDEX outbox_waiting",
    "CREATE INDEX outbox_put_back ON outbox (ready_at, id, size) WHERE state = 'queued' AND ready_at NOT IN (0, 1)",
)
SCHEMA_10 = (
    # For a list of three SQLite makes a table of its own at every write, while a resident waits; two it just compares.
    "DROP INDEX outbox_apart",
    "CREATE INDEX outbox_apart ON outbox (state, size) WHERE state NOT IN ('queued', 'acknowledged')",
)
SCHEMA_11 = "CREATE TABLE sealed_rating (token TEXT PRIMARY KEY, key_id TEXT NOT NULL, box BLOB NOT NULL) WITHOUT ROWID"
"""A page has its rows as they came: in plain, they would join each rating to a visit. `rating` is empty after the next start."""
MIGRATIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("0001 outbox, journal, replica, ratings", SCHEMA_1),
    ("0002 signed heads of the journal", SCHEMA_2),
    ("0003 print jobs", (SCHEMA_3,)),
    ("0004 daily match with the centre's ledger", (SCHEMA_4,)),
    ("0005 submissions whose residents were told", (SCHEMA_5,)),
    ("0006 attachments", SCHEMA_6),
    ("0007 settings from the centre", (SCHEMA_7,)),
    ("0008 leases beside the submissions", SCHEMA_8),
    ("0009 no index of what is fresh", SCHEMA_9),
    ("0010 a condition that costs a keep less", SCHEMA_10),
    ("0011 ratings sealed", (SCHEMA_11,)),
)
SCHEMA_VERSION = len(MIGRATIONS)
"""`PRAGMA user_version` of a database that needs no migration."""


class Piece(NamedTuple):
    """A table, index or trigger as `sqlite_schema` has it."""

    type: str
    name: str
    table: str
    root: int
    sql: str | None


@functools.cache
def pieces(version: int) -> tuple[Piece, ...]:
    """What a store has that was made with so many migrations, in the order of its making."""
    with closing(_fresh(version)) as fresh:
        return tuple(Piece(*row) for row in fresh.execute(PIECES))


def fresh_file(version: int) -> bytes:
    """An empty store as it lies on the disk, made with so many migrations."""
    import tempfile  # only to mend a damaged store

    with tempfile.NamedTemporaryFile(suffix=".db") as file:
        with closing(_fresh(version)) as fresh, closing(dbapi2.connect(file.name)) as target:
            fresh.backup(target)
        return Path(file.name).read_bytes()


def _fresh(version: int) -> sqlite3.Connection:
    fresh = cast("sqlite3.Connection", dbapi2.connect(":memory:", isolation_level=None))
    for statement in (*MIGRATIONS_TABLE, *(one for _, statements in MIGRATIONS[:version] for one in statements)):
        fresh.execute(statement)
    return fresh


PIECES = "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema ORDER BY rowid"


def check_schema(connection: sqlite3.Connection) -> None:
    """Raise StoreTooNew for a newer program's store, StoreDamaged when the tables are not what our migrations made of them."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    found = [Piece(*row) for row in connection.execute(PIECES)]
    applied: set[str] = set()
    if any(piece.name == MIGRATIONS_NAME for piece in found):
        rows = connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ?", (MIGRATION_SET,))
        applied = {name for (name,) in rows}
    ours = [name for name, _ in MIGRATIONS]
    if version > SCHEMA_VERSION and not applied <= set(ours):
        raise StoreTooNew(f"the store has schema {version}, made by a newer program than this ({SCHEMA_VERSION})")
    if applied != set(ours[: len(applied)]) or version > len(applied):
        raise StoreDamaged(f"the store calls itself schema {version}, after {len(applied)} migrations")
    if not is_known(found, len(applied)):
        raise StoreDamaged("the schema is not what this program made")


def is_known(found: list[Piece], version: int) -> bool:
    """Whether these are what so many migrations made; the migrations' own table and SQLite's statistics are not judged."""
    return _judged(found) == _judged(pieces(version))


def _judged(them: list[Piece] | tuple[Piece, ...]) -> set[tuple[str, str, str, str | None]]:
    return {(one.type, one.name, one.table, one.sql) for one in them if _is_ours(one)}


def _is_ours(piece: Piece) -> bool:
    return piece.table != MIGRATIONS_NAME and not piece.name.startswith("sqlite_stat")
