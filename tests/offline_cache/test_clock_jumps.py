"""The kiosk's clock jumps a day, or to 1970: submissions stay in the order of their ids, and no try is stuck."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from offline_cache.database import open_store
from offline_cache.journal import Journal
from offline_cache.outbox import Outbox
from offline_cache.records import Deferred, RecordState
from tests.offline_cache.plain_event import happening
from tests.offline_cache.power_cut import VAULT

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
JUMPS = (NOON + timedelta(days=1), NOON - timedelta(days=1), EPOCH)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    connection = open_store(tmp_path / "store.db")
    yield Outbox(connection, VAULT, area="369999", kiosk="K03")
    connection.close()


def ms(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


def keep(outbox: Outbox, kit: Any, moment: datetime) -> str:
    key: str = kit.new_key()
    outbox.keep(key, moment.date(), kit.composed(key), now_ms=ms(moment))
    return key


@pytest.mark.parametrize("after", JUMPS, ids=str)
def test_what_was_deferred_before_a_jump_is_tried_within_the_longest_wait_after_it(
    outbox: Outbox, kit: Any, after: datetime
) -> None:
    key = keep(outbox, kit, NOON)
    outbox.lease(1, 10**9, ms(NOON), ms(NOON + 2 * MINUTE))
    outbox.defer([Deferred(key, ms(NOON + 15 * MINUTE), "centre-busy")])
    assert [one.key for one in outbox.lease(1, 10**9, ms(after), ms(after + MINUTE))] == [key]


@pytest.mark.parametrize("after", JUMPS, ids=str)
def test_a_lease_from_before_a_jump_does_not_lock_for_ever(outbox: Outbox, kit: Any, after: datetime) -> None:
    key = keep(outbox, kit, NOON)
    outbox.lease(1, 10**9, ms(NOON), ms(NOON + 2 * MINUTE))
    assert [one.key for one in outbox.lease(1, 10**9, ms(after), ms(after + MINUTE))] == [key]


@pytest.mark.parametrize("away", JUMPS, ids=str)
def test_numbers_are_never_given_twice_over_a_jump_and_back(outbox: Outbox, kit: Any, away: datetime) -> None:
    for moment in (NOON, away, NOON, away):
        for _ in range(3):
            keep(outbox, kit, moment)
    rows = outbox.review().rows(limit=100)
    assert len({row.receipt_number for row in rows}) == 12


@pytest.mark.parametrize("away", JUMPS, ids=str)
def test_a_day_keeps_its_order_over_a_jump_and_back(outbox: Outbox, kit: Any, away: datetime) -> None:
    before = [keep(outbox, kit, NOON) for _ in range(3)]
    keep(outbox, kit, away)
    after = [keep(outbox, kit, NOON) for _ in range(3)]
    rows = [row for row in outbox.review().rows(limit=100) if row.kept_at_ms == ms(NOON) and row.state is RecordState.QUEUED]
    by_number = [row.key for row in sorted(rows, key=lambda row: row.receipt_number)]
    assert by_number == before + after


@pytest.mark.parametrize("away", JUMPS, ids=str)
def test_the_journal_goes_by_its_numbers_not_by_its_times(tmp_path: Path, away: datetime) -> None:
    connection = open_store(tmp_path / "store.db")
    journal = Journal(connection)
    for moment in (NOON, away, NOON):
        journal.append([happening(ms(moment), "page-shown")])
    assert journal.verify() == 3
    assert [line.seq for line in journal.lines(1)] == [1, 2, 3]
    connection.close()
