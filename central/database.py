"""Opening the centre's database: embedded SQLite through pysqlite3, or PostgreSQL by URL; and bringing it up to date."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
import pysqlite3.dbapi2 as pysqlite
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.pq import TransactionStatus
from sqlalchemy import URL, Connection, Engine, Insert, create_engine, event, literal, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, InternalError, OperationalError

from central.tables import Table

if TYPE_CHECKING:
    from psycopg.abc import PQGen
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"
SAFE_SQLITE = (3, 51, 3)
"""Versions below (from 3.7.0) may corrupt a WAL database that several connections use."""

POOL: dict[str, Any] = {"pool_size": 20, "max_overflow": 20, "hide_parameters": True}
"""Enough for the 40 worker threads of one process; and an error's text never holds what was sent."""

LOCK_WAIT_MS = 8_000
"""For what somebody else holds: a kiosk gives up after ten seconds, and each thread that waits on serves nobody."""

SILENCE = {"connect_timeout": 4, "tcp_user_timeout": 5_000, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 2}
"""Of libpq: a server that is gone without a word would be waited for as long as TCP does, a quarter of an hour."""

ANSWER_SECONDS = 8.5
"""For a server that is there and says nothing: its disk hangs, or a standby it waits for is gone. More than for a lock."""

PING_SECONDS = 3.0
"""For a connection that lay idle: when nothing comes there is time for another one, and still for a word to the kiosk."""

NOT_AS_LEFT = frozenset({"42501", "42P01", "42703", "3F000"})
"""SQLSTATEs: no privilege, no such table, column or schema. Somebody is at work there: a copy is put back, a role changed."""


class DatabaseUnfit(Exception):
    """The database cannot be used as it is; the message says why and what to do."""


class FileReplaced(pysqlite.OperationalError):  # type: ignore[misc] # pysqlite3 tells no types
    """Another file, or none, is where the embedded database was opened: the centre must be started anew."""


class ServerSilent(psycopg.OperationalError):
    """PostgreSQL is there, and has not answered in time."""


class Attended(psycopg.Connection[Any]):
    """A connection whose answers are waited for `patience` seconds; without it, as long as they take."""

    patience: float | None = None

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """As psycopg does. What came too late must not be taken for the next answer: the connection ends with it."""
        seconds = self.patience if timeout is None else timeout
        try:
            return super().wait(gen, interval, seconds)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            with suppress(psycopg.Error):
                self.cancel_safe(timeout=1.0)  # or what nobody waits for any more takes one of the server's connections each
            self.close()
            raise ServerSilent(f"no answer within {seconds or 0:g} s") from None


def embedded_file(folder: Path) -> Path:
    """The embedded database in a data folder."""
    return folder / "centre.sqlite3"


def embedded_url(folder: Path) -> str:
    """The URL of the embedded database in a data folder."""
    return URL.create("sqlite+pysqlite", database=str(embedded_file(folder))).render_as_string()


def open_engine(url: str) -> Engine:
    """An engine for the URL: every transaction of SQLite takes the write lock at once, so that none fails half way."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed)
    if parsed.get_backend_name() != "postgresql":
        raise DatabaseUnfit(f"{parsed.get_backend_name()} is not supported: give postgresql+psycopg://… or sqlite+pysqlite:///…")
    return _open_postgresql(parsed)


def _open_postgresql(url: URL) -> Engine:
    limits = {name: limit for name, limit in SILENCE.items() if name not in url.query}
    engine = create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, connect_args=limits, **POOL)

    @event.listens_for(engine, "do_connect")
    def _attended(dialect: object, entry: object, places: tuple[Any, ...], named: dict[str, Any]) -> Attended:
        del dialect, entry
        return Attended.connect(*places, **named)

    @event.listens_for(engine, "connect", insert=True)  # before SQLAlchemy's own, which texts that are bytes make fail
    def _as_it_must_be(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        del entry
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            connection.close()
            raise DatabaseUnfit(f"its encoding is {encoding}, which cannot hold every name: make one with ENCODING 'UTF8'")
        cursor = connection.cursor()
        cursor.execute("SET client_encoding = 'UTF8'")
        cursor.execute("SET default_transaction_isolation = 'read committed'")  # a stricter one refuses what comes at once
        cursor.execute("SHOW synchronous_commit")
        row = cursor.fetchone()
        if row is None or row[0] == "off":  # set for the server or the role; the kiosk erases what is acknowledged
            cursor.execute("SET synchronous_commit = on")
        cursor.execute(f"SET lock_timeout = {LOCK_WAIT_MS}")
        cursor.close()
        connection.commit()

    @event.listens_for(engine, "begin")
    def _read_as_of_one_moment(connection: Connection) -> None:
        if connection.get_execution_options().get("one_moment", False):  # SQLite reads so by itself
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")

    return engine


def answer_in_time(engine: Engine) -> None:
    """From now on wait for no answer of PostgreSQL longer than a kiosk would: each thread that waits on serves nobody."""
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _at_rest, insert=True)  # before what is set on it
        event.listen(engine, "checkout", _in_use)
        event.listen(engine, "checkin", _at_rest)


def _in_use(connection: DBAPIConnection, *_: object) -> None:
    connection.patience = ANSWER_SECONDS


def _at_rest(connection: DBAPIConnection | None, *_: object) -> None:
    if connection is not None:
        connection.patience = PING_SECONDS


def _open_sqlite(url: URL) -> Engine:
    if pysqlite.sqlite_version_info < SAFE_SQLITE:
        raise DatabaseUnfit(f"SQLite {pysqlite.sqlite_version} may corrupt a WAL database: install pysqlite3 0.6.1 or later")
    engine = create_engine(url.set(drivername="sqlite+pysqlite"), module=pysqlite, **POOL)
    if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
        _hold_to_its_file(engine, Path(url.database))

    @event.listens_for(engine, "connect")
    def _durable(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        del entry
        connection.isolation_level = None  # the driver must not begin transactions by itself: "begin" below does
        cursor = connection.cursor()
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", f"busy_timeout = {LOCK_WAIT_MS}"):
            cursor.execute(f"PRAGMA {pragma}")
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        level = cursor.execute("PRAGMA synchronous").fetchone()[0]
        cursor.close()
        if (mode, level) != ("wal", 2):
            raise DatabaseUnfit(f"SQLite did not take WAL and synchronous=FULL (it says {mode}, {level})")

    @event.listens_for(engine, "begin")
    def _take_the_write_lock(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _hold_to_its_file(engine: Engine, file: Path) -> None:
    """What is written to a file that has another in its place by now would be gone with the process: it is not taken."""
    held: list[tuple[int, int]] = []

    def check() -> None:
        try:
            there = file.stat()
        except OSError:
            raise FileReplaced("the database's file is gone") from None
        if held != [(there.st_dev, there.st_ino)]:
            raise FileReplaced("the database's file is another one than when it was opened")

    @event.listens_for(engine, "do_connect")
    def _make_no_other(*_: object) -> None:
        if held:
            check()

    @event.listens_for(engine, "connect")
    def _remember(*_: object) -> None:
        if not held:
            there = file.stat()
            held.append((there.st_dev, there.st_ino))

    @event.listens_for(engine, "checkout")
    def _is_still_there(*_: object) -> None:
        check()

    event.listen(engine, "engine_disposed", lambda _: held.clear())


def is_of_the_store(trouble: DBAPIError) -> bool:
    """Whether the database cannot be used just now, and the statement is no mistake of ours."""
    if isinstance(trouble, OperationalError | InterfaceError | InternalError):
        return True
    damaged = type(trouble) is DatabaseError  # as such, and none of its kinds: a damaged file of SQLite
    return damaged or getattr(trouble.orig, "sqlstate", None) in NOT_AS_LEFT


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version; safe to repeat."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")  # one worker migrates, the others wait
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(5924360830)")
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_WAIT_MS}")  # no step queues before whoever serves
        settings = alembic_settings(connection)
        known = {step.revision for step in ScriptDirectory.from_config(settings).walk_revisions()}
        if later := set(MigrationContext.configure(connection).get_current_heads()) - known:
            raise DatabaseUnfit(f"a newer version of the centre has changed it (step {', '.join(sorted(later))}): run that one")
        command.upgrade(settings, "head")


def alembic_settings(connection: Connection) -> Config:
    """For Alembic's commands on this connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def insert_new(connection: Connection, table: type[Table], **values: Any) -> bool:
    """Insert a row unless its key is there already; False when it is. Waits for whoever is inserting the same key."""
    statement = upsert(connection, table).values(**values).on_conflict_do_nothing().returning(literal(1))
    return connection.execute(statement).first() is not None


def upsert(connection: Connection, table: type[Table]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows `on_conflict_…`, in the dialect of this connection."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement: Insert = make(table)
    assert isinstance(statement, postgresql.Insert | sqlite.Insert)
    return statement
