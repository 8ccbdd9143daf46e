"""A PostgreSQL that is there and says nothing: the kiosk is told by name while it still waits, and nobody else waits along."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError

from central.application import create_application
from central.centre import open_centre
from central.clock import system_clock
from central.database import ServerSilent, answer_in_time, migrate, open_engine
from central.signature import Sender
from offline_cache.wire import Verdict
from tests.central.conftest import PATIENCE_SECONDS, enrolled_kiosk, serving

if TYPE_CHECKING:
    from kiosk.catalogue.model import Catalogue

GOES_ON_AFTER_SECONDS = 20.0
"""A stopped process, so that a test whose centre waits for it fails, and does not stand for ever."""


@pytest.fixture
def server(postgres_url: str) -> Iterator[Engine]:
    """For whoever looks after the server."""
    engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture
def hurried(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An engine that serves, with little patience."""
    monkeypatch.setattr("central.database.ANSWER_SECONDS", 0.5)
    monkeypatch.setattr("central.database.PING_SECONDS", 0.5)
    engine = open_engine(postgres_url)
    migrate(engine)
    answer_in_time(engine)
    yield engine
    engine.dispose()


def backend(connection: Connection) -> int:
    """The server's process behind it."""
    return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


@contextmanager
def stopped(process: int) -> Iterator[None]:
    """Its socket still takes what is sent: the kernel acknowledges it."""
    os.kill(process, signal.SIGSTOP)
    later = threading.Timer(GOES_ON_AFTER_SECONDS, os.kill, (process, signal.SIGCONT))
    later.start()
    try:
        yield
    finally:
        later.cancel()
        os.kill(process, signal.SIGCONT)


@contextmanager
def a_standby_gone(server: Engine, hurried: Engine) -> Iterator[None]:
    """One that every commit must wait for."""

    def waits_for(standby: str) -> None:
        with server.connect() as connection:
            connection.exec_driver_sql(f"ALTER SYSTEM SET synchronous_standby_names = '{standby}'")
            connection.exec_driver_sql("SELECT pg_reload_conf()")

    def commits() -> bool:
        try:
            with hurried.begin() as connection:
                connection.exec_driver_sql("SELECT pg_logical_emit_message(true, '', '')")
        except OperationalError:
            return False
        return True

    waits_for("gone")
    later = threading.Timer(GOES_ON_AFTER_SECONDS, waits_for, [""])
    later.start()
    try:
        assert becomes(lambda: not commits())
        yield
    finally:
        later.cancel()
        waits_for("")
        assert becomes(commits)


def becomes(look: Callable[[], bool]) -> bool:
    """Whether it is so within PATIENCE_SECONDS."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (is_so := look()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return is_so


def test_an_answer_that_does_not_come_is_waited_for_no_longer_than_a_kiosk_waits(hurried: Engine) -> None:
    """One process of the server hung, in the middle of a transaction: the thread that asked it served nobody any more."""
    with pytest.raises(OperationalError) as told, hurried.connect() as connection, stopped(backend(connection)):
        connection.execute(text("SELECT 1"))
    assert isinstance(told.value.orig, ServerSilent)
    with hurried.connect() as connection:
        assert connection.execute(text("SELECT 2")).scalar_one() == 2, "the late answer is nobody's"


def test_an_idle_connection_that_says_nothing_is_replaced(hurried: Engine) -> None:
    with hurried.connect() as connection:
        first = backend(connection)
    with stopped(first), hurried.connect() as connection:
        assert backend(connection) != first


def test_a_new_connection_that_says_nothing_is_given_up_too(hurried: Engine) -> None:
    """The server hung between its welcome and the first answer."""
    event.listen(hurried, "connect", lambda connection, _: connection.execute("SELECT pg_sleep(20)"))
    hurried.dispose()  # or one is there already
    with pytest.raises(OperationalError) as told:
        hurried.connect()
    assert isinstance(told.value.orig, ServerSilent)


def test_what_nobody_waits_for_any_more_takes_none_of_the_servers_connections(hurried: Engine, server: Engine) -> None:
    with hurried.connect() as connection:
        process = backend(connection)
        with pytest.raises(OperationalError):
            connection.execute(text("SELECT pg_sleep(120)"))

    def ended() -> bool:
        with server.connect() as looking:
            query = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :process")
            return looking.execute(query, {"process": process}).scalar_one() == 0

    assert becomes(ended)


def test_whoever_looks_by_hand_waits_as_long_as_it_takes(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step of a newer version, say, over a ledger of years."""
    monkeypatch.setattr("central.database.ANSWER_SECONDS", 0.1)
    monkeypatch.setattr("central.database.PING_SECONDS", 0.1)
    engine = open_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1 FROM pg_sleep(0.5)")).scalar_one() == 1
    engine.dispose()


def test_a_standby_that_must_write_along_and_is_gone_is_told_to_the_kiosk_by_name(
    hurried: Engine, server: Engine, catalogue: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    """Each commit waits for it without end: request by request every thread of the centre was taken, and nobody answered."""

    centre = open_centre(hurried, catalogue, system_clock, practice=True)
    with serving(create_application(centre)) as at, enrolled_kiosk(centre, at, system_clock) as kiosk:
        content = kiosk.submission()
        with a_standby_gone(server, hurried):
            answer = kiosk.submit(content)
        again = kiosk.submit(content)
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "store-unavailable", "5")
    assert [one.getMessage() for one in caplog.records] == ["the database does not answer for /api/v1/submissions: ServerSilent"]
    assert again.json()["answers"][0]["verdict"] == "accepted"


def test_what_the_standby_may_lack_is_told_to_no_kiosk_as_accepted(hurried: Engine, server: Engine, catalogue: Catalogue) -> None:
    """Its wait cut short, a commit is whole on the server alone: asked again, the centre found it there."""
    centre = open_centre(hurried, catalogue, system_clock, practice=True)
    with serving(create_application(centre)) as at, enrolled_kiosk(centre, at, system_clock) as kiosk:
        content = kiosk.submission()
        with a_standby_gone(server, hurried):
            with pytest.raises(OperationalError):
                centre.ledger.take(Sender("K03", "key", 1, "369999", revoked=False), kiosk.line(content))
            assert centre.ledger.find(content["key"]).verdict is Verdict.ACCEPTED, "whole on the server alone"
            assert kiosk.submit(content).status_code == 503
        assert kiosk.submit(content).json()["answers"][0]["verdict"] == "accepted"
