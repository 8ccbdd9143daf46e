from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from pysqlite3 import dbapi2

from offline_cache import database
from offline_cache.database import (
    BUSY_MS,
    LARGE_BYTES,
    open_beside,
    open_read_only,
    open_store,
    shrink_log,
    transaction,
    translated,
    unsynced_transaction,
)
from offline_cache.errors import (
    PragmaRefused,
    SqliteTooOld,
    StoreDamaged,
    StoreForeign,
    StoreFull,
    StoreInUse,
    StoreTooNew,
    StoreTooOld,
    StoreUnwritable,
)
from offline_cache.schema import MIGRATIONS, PIECES, SCHEMA_VERSION, pieces
from tests.offline_cache.conftest import make_newer, make_older_store


def test_a_new_store_is_wal_full_and_erases_for_good(tmp_path: Path) -> None:
    connection = open_store(tmp_path / "store.db")
    told = [
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "secure_delete", "user_version")
    ]
    connection.close()
    assert told == ["wal", 2, 1, SCHEMA_VERSION]


@pytest.mark.parametrize("opening", [open_store, open_beside])
@pytest.mark.parametrize(
    ("version", "taken"),
    [((3, 6, 23), True), ((3, 7, 0), False), ((3, 40, 1), False), ((3, 51, 2), False), ((3, 51, 3), True), ((4, 0, 0), True)],
)
def test_an_affected_sqlite_is_refused_before_it_writes_and_a_mended_one_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opening: Any, version: tuple[int, ...], taken: bool
) -> None:
    file = tmp_path / "store.db"
    if opening is open_beside:
        open_store(file).close()
    before = file.exists()
    monkeypatch.setattr(database.dbapi2, "sqlite_version_info", version)
    if taken:
        with closing(opening(file)) as connection:
            assert connection.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
    else:
        with pytest.raises(SqliteTooOld, match=".".join(map(str, version))):
            opening(file)
        assert file.exists() is before


def test_a_store_that_cannot_be_wal_is_refused(tmp_path: Path) -> None:
    with mock.patch.object(database, "_quoted", return_value=":memory:"), pytest.raises(PragmaRefused, match="journal_mode"):
        open_store(tmp_path / "store.db")


def test_a_file_that_is_no_database_is_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"no database at all, but long enough to be read as one" * 100)
    with pytest.raises(StoreDamaged):
        open_store(tmp_path / "store.db")


def test_a_changed_page_is_noticed_at_start(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    connection = open_store(path)
    with transaction(connection):
        connection.executemany("INSERT INTO mark VALUES (?, ?)", [(f"name {number}", "x" * 500) for number in range(200)])
    connection.close()
    whole = bytearray(path.read_bytes())
    whole[-4096 * 3 : -4096 * 2] = os.urandom(4096)
    path.write_bytes(whole)
    with pytest.raises(StoreDamaged):
        open_store(path)


def test_a_store_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    open_store(tmp_path / "store.db").close()
    make_newer(tmp_path / "store.db")
    with pytest.raises(StoreTooNew, match="newer"):
        open_store(tmp_path / "store.db")


def test_a_damaged_store_of_a_newer_program_is_left_to_that_one(tmp_path: Path) -> None:
    """Set aside by this one, what it does not know of the store would never be carried over."""
    path = tmp_path / "store.db"
    with closing(open_store(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'journal'").fetchone()
    make_newer(path)
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(os.urandom(4096))
    with pytest.raises(StoreTooNew):
        open_store(path)


def flip(path: Path, at: int, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << bit
    path.write_bytes(content)


@pytest.mark.parametrize(("at", "bit"), [(18, 2), (47, 0), (60, 0), (63, 4)], ids=["read-only", "format", "version", "newer"])
def test_a_changed_head_is_damage_and_no_newer_program_and_no_disk_that_cannot_be_written(
    tmp_path: Path, at: int, bit: int
) -> None:
    open_store(tmp_path / "store.db").close()
    flip(tmp_path / "store.db", at, bit)
    with pytest.raises(StoreDamaged):
        open_store(tmp_path / "store.db")


def test_a_head_that_forbids_writing_on_a_disk_that_does_too_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(tmp_path / "store.db").close()
    flip(tmp_path / "store.db", 18, 2)
    monkeypatch.setattr("offline_cache.database.os.access", lambda *_: False)
    with pytest.raises(StoreUnwritable):
        open_store(tmp_path / "store.db")


@pytest.mark.parametrize(
    ("at", "bit"),
    [(b"kept_at INTEGER", 0), (b"queued'", 1), (b"attachment_erased AFTER", 0), (b"REATE INDEX outbox_apart", 5)],
    ids=["column", "condition", "trigger", "word"],
)
def test_a_changed_schema_is_damage(tmp_path: Path, at: bytes, bit: int) -> None:
    open_store(tmp_path / "store.db").close()
    flip(tmp_path / "store.db", (tmp_path / "store.db").read_bytes().rindex(at), bit)
    with pytest.raises(StoreDamaged):
        open_store(tmp_path / "store.db")


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_a_store_of_every_older_program_is_taken_as_it_is(tmp_path: Path, version: int) -> None:
    make_older_store(tmp_path / "store.db", version)
    open_store(tmp_path / "store.db").close()
    connection = open_store(tmp_path / "store.db")
    assert connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    connection.close()


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_a_migration_broken_off_at_any_statement_goes_on_and_is_no_damage_to_the_program_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    """A technician pulls the plug while a kiosk is upgraded, and goes back to the release before."""
    path, images = tmp_path / "store.db", []
    make_older_store(path, version)
    with closing(dbapi2.connect(path)) as older:
        older.execute("INSERT INTO mark VALUES ('a', '1')")
        older.commit()

    def traced(uri: str, connect: Any = database._connect) -> Any:
        connection = connect(uri)
        connection.set_trace_callback(lambda _: images.append({one.name: one.read_bytes() for one in tmp_path.iterdir()}))
        return connection

    with monkeypatch.context() as patched:
        patched.setattr(database, "_connect", traced)
        open_store(path).close()
    told = set()
    for number, image in enumerate(images):
        broken_off = tmp_path / str(number)
        broken_off.mkdir()
        for name, content in image.items():
            (broken_off / name).write_bytes(content)
        with monkeypatch.context() as patched:
            patched.setattr("offline_cache.schema.MIGRATIONS", MIGRATIONS[:version])
            for module in ("schema", "database"):
                patched.setattr(f"offline_cache.{module}.SCHEMA_VERSION", version)
            try:
                open_store(broken_off / "store.db").close()
                told.add("taken")
            except StoreTooNew:
                told.add("newer")
        with closing(open_store(broken_off / "store.db")) as connection:
            assert connection.execute("SELECT value FROM mark").fetchall() == [("1",)]
            assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert told == {"taken", "newer"}


def test_what_is_known_of_a_fresh_store_is_what_a_fresh_store_has(tmp_path: Path) -> None:
    connection = open_store(tmp_path / "store.db")
    assert tuple(connection.execute(PIECES)) == pieces(SCHEMA_VERSION)
    connection.close()


def test_another_program_reads_while_the_kiosk_writes_and_cannot_write(tmp_path: Path) -> None:
    writing = open_store(tmp_path / "store.db")
    reading = open_read_only(tmp_path / "store.db")
    with transaction(writing):
        writing.execute("INSERT INTO mark VALUES ('a', '1')")
    assert reading.execute("SELECT value FROM mark").fetchall() == [("1",)]
    with pytest.raises(StoreUnwritable), translated():
        reading.execute("DELETE FROM mark")
    reading.close()
    writing.close()


def test_a_closed_store_can_still_be_read(tmp_path: Path) -> None:
    open_store(tmp_path / "store.db").close()
    reading = open_read_only(tmp_path / "store.db")
    assert reading.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
    reading.close()


@pytest.mark.parametrize("opening", [open_read_only, open_beside])
def test_a_store_that_is_not_there_is_not_made_by_a_look(tmp_path: Path, opening: object) -> None:
    assert callable(opening)
    with pytest.raises(StoreUnwritable):
        opening(tmp_path / "store.db")
    assert not (tmp_path / "store.db").exists()


@pytest.mark.parametrize("opening", [open_read_only, open_beside])
@pytest.mark.parametrize("script", ["", "CREATE TABLE t (a)", "CREATE TABLE outbox (a); CREATE TABLE journal (a)"])
def test_a_file_that_is_no_store_of_ours_is_told_and_left_as_it_is(tmp_path: Path, opening: Any, script: str) -> None:
    file = tmp_path / "store.db"
    with closing(dbapi2.connect(file)) as theirs:
        theirs.executescript(script)
    before = file.read_bytes()
    with pytest.raises(StoreForeign):
        opening(file)
    assert file.read_bytes() == before


@pytest.mark.parametrize("opening", [open_read_only, open_beside])
@pytest.mark.parametrize(("at", "bit"), [(47, 0), (b"kept_at INTEGER", 0)], ids=["format", "column"])
def test_a_changed_head_or_schema_is_told_beside_the_kiosk_too(tmp_path: Path, opening: Any, at: int | bytes, bit: int) -> None:
    open_store(tmp_path / "store.db").close()
    flip(tmp_path / "store.db", at if isinstance(at, int) else (tmp_path / "store.db").read_bytes().rindex(at), bit)
    with pytest.raises(StoreDamaged):
        opening(tmp_path / "store.db")


@pytest.mark.parametrize("opening", [open_read_only, open_beside])
@pytest.mark.parametrize("version", [1, SCHEMA_VERSION - 1])
def test_nobody_works_beside_an_older_program(tmp_path: Path, opening: Any, version: int) -> None:
    make_older_store(tmp_path / "store.db", version)
    before = (tmp_path / "store.db").read_bytes()
    with pytest.raises(StoreTooOld):
        opening(tmp_path / "store.db")
    assert (tmp_path / "store.db").read_bytes() == before


@pytest.mark.parametrize("opening", [open_read_only, open_beside])
def test_a_look_at_an_empty_database_leaves_the_log_beside_it(tmp_path: Path, opening: Any) -> None:
    (tmp_path / "store.db").touch()
    log = tmp_path / "store.db-wal"
    log.write_bytes(b"all that was kept")
    with pytest.raises(StoreForeign):
        opening(tmp_path / "store.db")
    assert log.read_bytes() == b"all that was kept"


def test_a_store_whose_making_a_power_cut_broke_off_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    head = bytearray(b"SQLite format 3\0" + bytes.fromhex("1000 0202 0040 2020 0000 0001 0000 0001") + bytes(4064))
    head[64:68] = b"torn"  # where a database says whether it gives pages back
    path.write_bytes(head)
    journal = bytes.fromhex("d9d505f920a163d7 00000000 00000000 00000000 00000200 00001000")  # before it there was no page
    path.with_name("store.db-journal").write_bytes(journal.ljust(512, b"\0"))
    with closing(open_store(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA auto_vacuum").fetchone() == (0,)


def test_another_programs_database_is_left_as_it_is_by_a_start(tmp_path: Path) -> None:
    with closing(dbapi2.connect(tmp_path / "store.db")) as theirs:
        theirs.executescript("CREATE TABLE t (a); INSERT INTO t VALUES (1)")
    before = (tmp_path / "store.db").read_bytes()
    with pytest.raises(StoreForeign):
        open_store(tmp_path / "store.db")
    assert (tmp_path / "store.db").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["store.db"]


@pytest.mark.parametrize("opening", [open_read_only, open_beside])
def test_nobody_works_beside_a_newer_program(tmp_path: Path, opening: Any) -> None:
    connection = open_store(tmp_path / "store.db")
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(StoreTooNew, match="newer"):
        opening(tmp_path / "store.db")


def test_a_failing_transaction_leaves_nothing_half_written(tmp_path: Path) -> None:
    connection = open_store(tmp_path / "store.db")
    with pytest.raises(dbapi2.IntegrityError), transaction(connection):
        connection.executemany("INSERT INTO mark VALUES (?, '1')", [("a",), ("a",)])
    assert connection.execute("SELECT count(*) FROM mark").fetchone() == (0,)
    connection.close()


def test_a_second_writer_that_waits_too_long_is_told_by_name(tmp_path: Path) -> None:
    first = open_store(tmp_path / "store.db")
    second = open_beside(tmp_path / "store.db")
    second.execute("PRAGMA busy_timeout=1")
    first.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreInUse), transaction(second):
        pass
    first.execute("ROLLBACK")
    first.close()
    second.close()


def break_off(connection: Any, fault: str) -> None:
    """In the midst of a transaction, or at its end."""
    connection.execute("INSERT INTO mark VALUES ('half', '1')")
    match fault:
        case "room":
            connection.execute("PRAGMA max_page_count=1")  # as many as there are
            connection.execute("INSERT INTO mark VALUES ('large', zeroblob(1000000))")
        case "commit":
            connection.execute("INSERT INTO later VALUES (1, 2)")
        case "nested":
            with unsynced_transaction(connection):
                pass
        case _:
            raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("lock", StoreInUse),
        ("body", KeyboardInterrupt),
        ("room", StoreFull),
        ("commit", dbapi2.IntegrityError),
        ("nested", dbapi2.OperationalError),
    ],
)
def test_however_an_unsynced_transaction_ends_the_next_write_is_synced_and_nothing_stays_half_written(
    tmp_path: Path, fault: str, told: type[BaseException]
) -> None:
    with closing(open_store(tmp_path / "store.db")) as connection, closing(open_beside(tmp_path / "store.db")) as another:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("CREATE TABLE later (a PRIMARY KEY, b REFERENCES later (a) DEFERRABLE INITIALLY DEFERRED)")
        connection.execute("PRAGMA busy_timeout=20")
        if fault == "lock":
            another.execute("BEGIN IMMEDIATE")
        with pytest.raises(told), unsynced_transaction(connection):
            break_off(connection, fault)
        assert not connection.in_transaction
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("SELECT count(*) FROM mark").fetchone() == (0,)


def test_a_full_database_is_told_by_name(tmp_path: Path) -> None:
    connection = open_store(tmp_path / "store.db")
    connection.execute(f"PRAGMA max_page_count={connection.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(StoreFull), transaction(connection):
        connection.execute("INSERT INTO mark VALUES ('a', ?)", ("x" * 100_000,))
    connection.close()


def test_a_fault_of_ours_keeps_its_own_error(tmp_path: Path) -> None:
    connection = open_store(tmp_path / "store.db")
    with pytest.raises(dbapi2.OperationalError), translated():
        connection.execute("SELECT nothing FROM nowhere")
    connection.close()


def test_a_text_whose_bytes_were_changed_is_damage_by_name(tmp_path: Path) -> None:
    connection = open_store(tmp_path / "store.db")
    connection.execute("INSERT INTO mark VALUES ('a', CAST(x'C328' AS TEXT))")
    with pytest.raises(StoreDamaged), translated():
        connection.execute("SELECT value FROM mark").fetchone()
    connection.close()


def test_a_store_whose_statistics_somebody_made_is_still_ours(tmp_path: Path) -> None:
    open_store(tmp_path / "store.db").close()
    with closing(dbapi2.connect(tmp_path / "store.db")) as stranger:
        stranger.execute("INSERT INTO mark VALUES ('a', 'b')")
        stranger.commit()
        stranger.execute("ANALYZE")
        assert stranger.execute("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'sqlite_stat%'").fetchone()[0]
    open_store(tmp_path / "store.db").close()


def test_a_large_store_is_fetched_from_end_to_end_before_it_is_checked_and_one_that_is_mostly_unused_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.db"
    fetched: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "posix_fadvise", lambda _, at, size, __: fetched.append((at, size)))
    with closing(open_store(path)) as connection:
        connection.execute("INSERT INTO mark VALUES ('large', zeroblob(?))", (LARGE_BYTES,))
    assert fetched == []
    open_store(path).close()
    assert sum(size for _, size in fetched) >= path.stat().st_size
    assert [at for at, _ in fetched] == list(range(0, path.stat().st_size, 1 << 20))
    fetched.clear()
    with closing(open_store(path)) as connection:
        connection.execute("DELETE FROM mark")
        fetched.clear()
    open_store(path).close()
    assert fetched == []


LOCKED_BY_ANOTHER = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, (1 << 30) + 2)
    except OSError:
        print("locked")
"""
"""As SQLite asks whether it is the last in a file, and may take its log away (`SHARED_FIRST` and `SHARED_SIZE` of its os.h)."""


def test_a_large_store_is_known_to_be_in_use_by_whoever_looks_into_it(tmp_path: Path) -> None:
    """Else Debian's sqlite3, closing, deletes the log of the kiosk at work, and all that is kept from then on."""
    file = tmp_path / "store.db"
    with closing(open_store(file)) as connection:
        connection.execute("INSERT INTO mark VALUES ('large', zeroblob(?))", (LARGE_BYTES,))
    with closing(open_store(file)):
        asked = subprocess.run([sys.executable, "-c", LOCKED_BY_ANOTHER, file], capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "locked"


def test_cutting_the_log_does_not_wait_for_whoever_reads_in_it(tmp_path: Path) -> None:
    """As `kiosk logs verify` over ssh reads for seconds, while a resident's submission waits behind the cut."""
    begun, gone = threading.Event(), threading.Event()

    def read() -> None:
        with closing(open_read_only(tmp_path / "store.db")) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM mark").fetchone()
            begun.set()
            gone.wait(20)

    with closing(open_store(tmp_path / "store.db")) as connection:
        connection.execute("PRAGMA busy_timeout=60000")
        reading = threading.Thread(target=read)
        reading.start()
        begun.wait(20)
        connection.execute("INSERT INTO mark VALUES ('a', '1')")
        assert shrink_log(connection) is False, "it would have waited until the reader had gone"
        gone.set()
        reading.join()
        assert shrink_log(connection) is True
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (BUSY_MS,)
