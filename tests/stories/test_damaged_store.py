"""The disk damages what is kept: the kiosk starts all the same, what was kept still arrives once, and staff are told."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from pysqlite3 import dbapi2
from sqlalchemy import select

from central.tables import Kiosk as KioskRow
from kiosk.visit.visit import OutcomeKind
from offline_cache.emulated_line import EmulatedLine
from offline_cache.errors import StoreDamaged
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
    file = stand.settings.store.database_file
    with closing(dbapi2.connect(file)) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'outbox_put_back'").fetchone()[0]
    with file.open("r+b") as raw:
        raw.seek((root - 1) * 4096)
        raw.write(b"\xff" * 64)

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
