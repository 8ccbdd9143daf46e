"""The disk damages what is kept: the kiosk starts all the same, what was kept still arrives once, and staff are told."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import dbapi2
from sqlalchemy import select

from central.tables import Kiosk as KioskRow
from kiosk.visit.visit import OutcomeKind
from offline_cache.emulated_line import EmulatedLine
from offline_cache.errors import StoreDamaged
from offline_cache.hall_time import hall_now
from offline_cache.sending_ledger import LedgerMatch
from offline_cache.tables import Tables
from tests.stories.stand import Stand


def test_what_was_kept_before_the_damage_still_reaches_the_centre_once(build: Any, centre: Any, line: EmulatedLine) -> None:
    stand: Stand = build(events_seconds=0.2).start()
    number = stand.settings.kiosk.number
    stand.until(lambda: events_at(centre, number) > 0)
    stand.to_review()
    line.down()  # whether it is noticed before 提交 depends on what there is to send just then
    stand.submit()
    stand.until(lambda: stand.outcome() is OutcomeKind.KEPT)
    stand.stop()
    damage_index(stand.settings.store.database_file)

    again: Stand = build.again().start(ready=False)
    assert again.facts.queue.depth == 1
    again.until(lambda: "store-set-aside" in {one.code for one in again.kiosk.diagnosis().troubles})
    assert centre.ledger(number) == []
    line.up()
    again.until(lambda: again.facts.queue.depth == 0)
    assert len(centre.ledger(number)) == 1
    told = again.until_logged("store-set-aside")
    assert (told["submissions"], told["waiting"]) == (1, 1)
    again.until(lambda: events_at(centre, number) > told["events"] + 1)  # the centre takes the chain as it goes on
    assert again.log("journal-refused") == []


def test_the_ledger_is_asked_once_the_line_is_back_also_after_another_start(build: Any, line: EmulatedLine) -> None:
    stand: Stand = build().start()
    stand.to_review()
    stand.submit()
    stand.until(lambda: stand.outcome() is OutcomeKind.ACCEPTED)
    stand.stop()
    line.down()
    damage_index(stand.settings.store.database_file)
    meanwhile: Stand = build.again().start(ready=False)
    meanwhile.until_logged("store-set-aside")
    meanwhile.stop()
    again: Stand = build.again().start(ready=False)
    assert again.kiosk._store.carried_over is None
    assert compared_days(again) == []
    line.up()
    begun = hall_now()
    again.until(lambda: compared_days(again))
    assert compared_days(again)[-1] >= begun.date() - timedelta(days=1)
    again.until_logged("ledger-matched", acknowledged=1)
    again.until(lambda: ledger_match(again).due > again.time())  # all days are through
    again.stop()
    later: Stand = build.again().start()
    later.until(lambda: ledger_match(later)._carried_ms is not None)
    assert ledger_match(later).due > later.time(), "it was asked: no reason to ask at each start"


def ledger_match(stand: Stand) -> LedgerMatch:
    assert stand.kiosk._sender is not None
    return stand.kiosk._sender._ledger


def compared_days(stand: Stand) -> list[date]:
    matches = stand.kiosk._store.call(lambda tables: tables.matches.since(date.min)).result(60)
    return sorted(match.day for match in matches)


def damage_index(file: Path) -> None:
    with closing(dbapi2.connect(file)) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'outbox_put_back'").fetchone()[0]
    with file.open("r+b") as raw:
        raw.seek((root - 1) * 4096)
        raw.write(b"\xff" * 64)


def test_a_store_that_breaks_while_at_work_is_mended_by_a_restart_between_two_visits(
    build: Any, centre: Any, line: EmulatedLine
) -> None:
    stand: Stand = build().start()
    line.down()
    stand.to_review()
    assert not stand.kiosk.restart_wanted
    stand.submit()
    stand.until(lambda: stand.outcome() is OutcomeKind.KEPT)
    stand.take_receipt()
    store = stand.kiosk._store

    def break_a_page(tables: Tables) -> None:
        connection = tables.outbox._connection
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'outbox_put_back'").fetchone()[0]
        with stand.settings.store.database_file.open("r+b") as raw:
            raw.seek((root - 1) * 4096)
            raw.write(b"\xff" * 64)
        connection.execute("PRAGMA shrink_memory")

    store.call(break_a_page).result(60)
    with pytest.raises(StoreDamaged):
        store.call(lambda tables: tables.outbox.next_due_ms()).result(60)
    assert store.damaged
    assert not stand.kiosk.restart_wanted, "somebody is being served"
    stand.leave()
    stand.until(lambda: stand.kiosk.restart_wanted)
    stand.stop()
    again: Stand = build.again().start(ready=False)
    assert again.facts.queue.depth == 1
    line.up()
    again.until(lambda: again.facts.queue.depth == 0)
    assert len(centre.ledger(stand.settings.kiosk.number)) == 1
    assert not again.kiosk.restart_wanted


def events_at(centre: Any, number: str) -> int:
    """How far the centre's copy of this kiosk's journal reaches."""
    with centre.engine.connect() as connection:
        return int(connection.execute(select(KioskRow.journal_seq).where(KioskRow.id == number)).scalar_one())
