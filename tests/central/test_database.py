"""The store: its schema is what the migrations make, and SQLite is opened as it must be."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from central.database import DatabaseUnfit, alembic_settings, embedded_url, migrate, open_engine
from central.publication import load_signing_key
from central.tables import Table
from tests.central.conftest import at_the_same_moment


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


def test_sqlite_runs_wal_with_full_synchronisation(tmp_path: Path) -> None:
    engine = open_engine(embedded_url(tmp_path))
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    engine.dispose()


def test_an_sqlite_that_may_corrupt_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("central.database.pysqlite.sqlite_version_info", (3, 40, 1))
    with pytest.raises(DatabaseUnfit, match="pysqlite3"):
        open_engine(embedded_url(tmp_path))


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
