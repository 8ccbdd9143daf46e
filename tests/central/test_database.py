"""The store: its schema is what the migrations make, and SQLite is opened as it must be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as pysqlite
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner
from sqlalchemy import Engine, create_engine, insert, inspect, literal, select, text

from central.__main__ import main
from central.alarm import raise_alarm
from central.application import create_application
from central.centre import open_centre
from central.clock import system_clock
from central.database import DatabaseUnfit, alembic_settings, embedded_file, embedded_url, migrate, open_engine
from central.publication import load_signing_key
from central.tables import Alarm, LedgerMatch, Table
from kiosk.catalogue.model import Catalogue
from offline_cache.wire import Rating
from tests.central.conftest import at_the_same_moment, enrolled_kiosk, plain_application, serving
from tests.central.hall import open_hall


def test_the_migrations_make_exactly_the_tables_of_the_code(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    before = sorted(inspect(engine).get_table_names())
    migrate(engine)
    assert sorted(inspect(engine).get_table_names()) == before


def test_workers_starting_at_once_share_one_signing_key(engine: Engine) -> None:
    keys = at_the_same_moment([lambda: load_signing_key(engine).public_bytes] * 4)
    assert len(set(keys)) == 1


def test_of_the_alarms_of_before_those_are_over_whose_day_agrees_by_now(engine: Engine, signing_kiosk: Any, clock: Any) -> None:
    with engine.begin() as connection:
        for day, agrees in (("20261121", True), ("20261122", False)):
            raise_alarm(connection, "K03", "ledger-differs", day, clock())
            said = {"compared_at": clock(), "acknowledged": 1, "in_centre": 1, "agrees": agrees, "ids": "{}"}
            connection.execute(insert(LedgerMatch).values(kiosk="K03", day=day, **said))
        raise_alarm(connection, "K03", "chain-broken", "20261121", clock())
        command.downgrade(alembic_settings(connection), "0007")
    migrate(engine)
    with engine.connect() as connection:
        alarms = connection.execute(select(Alarm.code, Alarm.subject, Alarm.done_at).order_by(Alarm.code, Alarm.subject)).all()
    assert [tuple(alarm) for alarm in alarms] == [
        ("chain-broken", "20261121", None),
        ("ledger-differs", "20261121", clock()),
        ("ledger-differs", "20261122", None),
    ]


def test_sqlite_runs_wal_with_full_synchronisation(tmp_path: Path) -> None:
    engine = open_engine(embedded_url(tmp_path))
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    engine.dispose()


@pytest.fixture
def another_database(postgres_url: str) -> Iterator[Callable[[str], str]]:
    """Makes one more on the same server, as its options say; its URL."""
    server = create_engine(postgres_url, isolation_level="AUTOCOMMIT")

    def make(options: str = "") -> str:
        with server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE another TEMPLATE template0 {options}")
        return postgres_url.replace("/postgres?", "/another?")

    yield make
    with server.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE another WITH (FORCE)")
    server.dispose()


@pytest.mark.parametrize("encoding", ["EUC_CN", "LATIN1", "SQL_ASCII"])
def test_a_postgresql_that_cannot_hold_every_name_is_refused_with_what_would_do(
    another_database: Callable[[str], str], encoding: str
) -> None:
    told = CliRunner().invoke(main, ["migrate", "--database", another_database(f"ENCODING '{encoding}'")])
    assert (told.exit_code, told.output) == (
        3,
        f"Error: the database cannot be used: its encoding is {encoding}, which cannot hold every name: "
        "make one with ENCODING 'UTF8'\n",
    )


def test_postgresql_answers_only_once_it_has_written_and_in_utf_8_whatever_it_is_set_to(
    another_database: Callable[[str], str],
) -> None:
    url = another_database("")
    with (server := create_engine(url, isolation_level="AUTOCOMMIT")).connect() as connection:
        isolation = "default_transaction_isolation = 'serializable'"
        for setting in ("synchronous_commit = off", "client_encoding = 'EUC_CN'", isolation):
            connection.exec_driver_sql(f"ALTER DATABASE another SET {setting}")
    server.dispose()
    engine = open_engine(url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"
        assert connection.execute(select(literal("𠮷"))).scalar_one() == "𠮷"
        told = "two kiosks at once: the centre had no answer for the later one"
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar_one() == "read committed", told
    engine.dispose()


def test_a_postgresql_that_is_gone_without_a_word_is_given_up_as_soon_as_a_kiosk_gives_up(postgres_url: str) -> None:
    """Its machine lost its power: TCP alone would have kept every request standing for a quarter of an hour."""
    engine = open_engine(f"{postgres_url}&keepalives_idle=7")
    with closing(engine.raw_connection()) as connection:
        told = connection.driver_connection.info.get_parameters()  # type: ignore[union-attr] # psycopg's own
    engine.dispose()
    assert (told["connect_timeout"], told["tcp_user_timeout"], told["keepalives_count"]) == ("4", "5000", "2")
    assert told["keepalives_idle"] == "7", "what the URL says comes first"


def test_an_sqlite_that_may_corrupt_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("central.database.pysqlite.sqlite_version_info", (3, 40, 1))
    with pytest.raises(DatabaseUnfit, match="pysqlite3"):
        open_engine(embedded_url(tmp_path))


@pytest.mark.parametrize("put_back", [True, False], ids=["put-back", "taken-away"])
def test_nothing_is_taken_into_a_file_that_has_another_in_its_place(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, *, put_back: bool
) -> None:
    """An older copy put back while the centre serves: what it went on to accept was in no file once it ended."""
    file, copy = embedded_file(tmp_path), tmp_path / "copy"
    with open_hall(tmp_path) as hall, enrolled_kiosk(hall.centre, hall.url, system_clock) as kiosk:
        assert kiosk.submit(kiosk.submission()).status_code == 200
        with closing(pysqlite.connect(file)) as here, closing(pysqlite.connect(copy)) as older:
            here.backup(older)
        if put_back:
            copy.replace(file)
        else:
            file.unlink()
        answers = [kiosk.submit(kiosk.submission()) for _ in range(2)]
        assert file.exists() is put_back, "an empty one was made"
    told = [(one.status_code, one.json()["code"], one.headers["Retry-After"]) for one in answers]
    assert told == [(503, "store-unavailable", "5")] * 2
    assert {one.getMessage() for one in caplog.records} == {"the database does not answer for /api/v1/submissions: FileReplaced"}


def test_what_somebody_else_holds_is_waited_for_no_longer_than_a_kiosk_waits(
    engine: Engine, catalogue: Catalogue, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long work on one table (VACUUM FULL, a step of a newer version): the requests stood until none was answered any more."""
    monkeypatch.setattr("central.database.LOCK_WAIT_MS", 100)
    url = engine.url.render_as_string(hide_password=False)
    centre = open_centre(open_engine(url), catalogue, system_clock, practice=True)
    with serving(create_application(centre)) as at, enrolled_kiosk(centre, at, system_clock) as kiosk, engine.connect() as other:
        content = kiosk.submission()
        if engine.dialect.name == "postgresql":
            other.exec_driver_sql("LOCK TABLE submissions IN ACCESS EXCLUSIVE MODE")
        else:
            other.begin()
        answer = kiosk.submit(content)
        other.rollback()
        again = kiosk.submit(content)
    centre.engine.dispose()
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "store-unavailable", "5")
    assert again.json()["answers"][0]["verdict"] == "accepted"
    assert len(caplog.records) == 1


@pytest.mark.parametrize("work", ["DROP TABLE ratings", "REVOKE ALL ON ratings FROM hall", "ALTER TABLE ratings DROP COLUMN day"])
def test_a_postgresql_at_which_somebody_is_at_work_is_told_as_that_and_as_no_bug(
    another_database: Callable[[str], str], catalogue: Catalogue, caplog: pytest.LogCaptureFixture, work: str
) -> None:
    """A copy is put back table by table, say, while the centre serves."""
    url = another_database()
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    migrate(server)
    with server.connect() as connection:
        connection.exec_driver_sql("CREATE ROLE hall LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO hall")
    theirs = url.replace("postgres@", "hall@")
    centre = open_centre(open_engine(theirs), catalogue, system_clock, practice=True)
    try:
        with serving(create_application(centre)) as at, enrolled_kiosk(centre, at, system_clock) as kiosk:
            with server.connect() as connection:
                connection.exec_driver_sql(work)
            rating = Rating(token="a" * 32, item=plain_application(catalogue), level=5)
            answer = kiosk.post("/api/v1/ratings", rating.model_dump_json())
        with server.connect() as connection:
            connection.exec_driver_sql("REVOKE ALL ON kiosks FROM hall")
        told = CliRunner().invoke(main, ["revoke", "--kiosk", "K03", "--database", theirs])
    finally:
        centre.engine.dispose()
        with server.connect() as connection:
            connection.exec_driver_sql("DROP OWNED BY hall; DROP ROLE hall")
        server.dispose()
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "store-unavailable", "5")
    assert "a bug" not in caplog.text
    assert (told.exit_code, "permission denied for table kiosks" in told.output) == (3, True)


def test_a_damaged_file_is_the_stores_trouble_and_no_bug(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with open_hall(tmp_path) as hall, enrolled_kiosk(hall.centre, hall.url, system_clock) as kiosk:
        with closing(pysqlite.connect(embedded_file(tmp_path))) as here:
            here.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with embedded_file(tmp_path).open("r+b") as file:
            file.write(b"\0" * 100)
        answer = kiosk.submit(kiosk.submission())
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "store-unavailable", "5")
    assert [one.getMessage() for one in caplog.records if one.name == "central"] == [
        "the database does not answer for /api/v1/submissions: DatabaseError"
    ]


def test_a_database_of_a_newer_version_is_told_in_a_sentence_and_left_as_it_is(engine: Engine) -> None:
    with engine.begin() as connection:
        before = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    told = CliRunner().invoke(main, ["migrate", "--database", engine.url.render_as_string(hide_password=False)])
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :before"), {"before": before})
    assert (told.exit_code, told.output) == (
        3,
        "Error: the database cannot be used: a newer version of the centre has changed it (step 9999): run that one\n",
    )


def test_another_kind_of_database_is_refused_with_what_would_do() -> None:
    with pytest.raises(DatabaseUnfit, match="postgresql"):
        open_engine("mysql://localhost/centre")


def test_the_migrations_can_go_back_and_forth(tmp_path: Path) -> None:
    engine = open_engine(embedded_url(tmp_path))
    migrate(engine)
    with engine.begin() as connection:
        command.downgrade(alembic_settings(connection), "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    migrate(engine)
    assert "submissions" in inspect(engine).get_table_names()
    engine.dispose()
