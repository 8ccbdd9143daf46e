"""When which day is held against the centre's ledger, and what is told of it; by a clock and a centre of the test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from offline_cache.canonical import Verdict
from offline_cache.damage import CARRIED
from offline_cache.errors import CentreError, ContentConflict, ContentRefused, ContentTooLarge, NothingFound
from offline_cache.hall_time import HALL_TIME
from offline_cache.identity import Identity
from offline_cache.ledger_match import DAYS_BACK
from offline_cache.records import CancelReason, Deferred, KeptRecord, RecordState, Settled
from offline_cache.reports import LedgerCompared, Report, Vitals
from offline_cache.sending import Means, Setup
from offline_cache.sending_ledger import LedgerMatch
from offline_cache.settings import StoreSettings
from offline_cache.store import Store
from offline_cache.wire import LedgerDay, LedgerMatched, SubmissionAnswer

TODAY = date(2026, 11, 24)
YESTERDAY = TODAY - timedelta(days=1)


def written(*days: date) -> list[str]:
    return [f"{day:%Y%m%d}" for day in days]


@dataclass
class World:
    """The centre with its ledger, the clocks, and what was told."""

    store: Store
    store_settings: StoreSettings
    kit: Any
    at: datetime = datetime(2026, 11, 24, 12, tzinfo=HALL_TIME)
    now: float = 0.0
    refuses: tuple[str, ...] = ()
    refusal: type[CentreError] = ContentRefused
    lost: dict[str, str] = field(default_factory=dict)
    """By day, a key that the ledger has not."""
    known: dict[str, Verdict] = field(default_factory=dict)
    asked: list[tuple[str, bool]] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    noted: list[Settled] = field(default_factory=list)

    def match_ledger(self, told: LedgerDay) -> LedgerMatched:
        whole = told.entries is not None
        self.asked.append((told.day, whole))
        if told.day in self.refuses:
            raise self.refusal("refused")
        lost = self.lost.get(told.day)
        missing = (lost,) if lost is not None and whole else ()
        return LedgerMatched(day=told.day, agrees=lost is None, in_centre=told.acknowledged, missing=missing)

    def submission(self, key: str) -> SubmissionAnswer:
        if key not in self.known:
            raise NothingFound("none")
        return SubmissionAnswer(key=key, content_hash="0" * 64, verdict=self.known[key])

    def part(self) -> LedgerMatch:
        vitals = Vitals("1.0", (), practice=True)
        setup = Setup(
            self.store_settings, self.kit.quick("http://127.0.0.1:1"), "", lambda: vitals,
            now_ms=lambda: round(self.at.timestamp() * 1000), monotonic=lambda: self.now, jitter=lambda: 0.5,
        )  # fmt: skip
        centre: Any = self

        def note(settled: Sequence[Settled], _: Sequence[Deferred]) -> None:
            self.noted += settled

        return LedgerMatch(Means(self.store, centre, setup, self.reports.append, lambda: None), note)

    def days(self) -> list[str]:
        """Asked for since the last time."""
        asked, self.asked = self.asked, []
        return [day for day, _ in asked]


@pytest.fixture
def world(store_settings: StoreSettings, identity: Identity, kit: Any) -> Iterator[World]:
    store = Store(store_settings, identity)
    yield World(store, store_settings, kit)
    store.stop()


def to_the_end(part: LedgerMatch) -> int:
    """Turns that it took."""
    turns = 1
    while part.match():
        turns += 1
    return turns


def test_a_started_kiosk_waits_some_minutes_and_then_holds_each_day_of_the_month_against_the_ledger_once(world: World) -> None:
    part = world.part()
    world.now = 449.0
    assert not part.match()
    assert world.days() == []
    world.now = 450.0  # five minutes and a random share
    assert to_the_end(part) == 7, "a few days a turn"
    assert world.days() == written(*(TODAY - timedelta(days=back) for back in range(1, DAYS_BACK + 1)))
    assert [one.days_back for one in world.reports if isinstance(one, LedgerCompared)] == list(range(1, DAYS_BACK + 1))
    world.now += 3600.0
    assert to_the_end(part) == 1
    assert world.days() == []
    world.at += timedelta(days=1)
    assert not part.match()
    assert world.days() == [], "an hour has not passed"
    world.now += 3600.0
    to_the_end(part)
    assert world.days() == written(TODAY)


def test_a_day_that_differs_is_told_whole_and_named_and_asked_for_each_hour_but_told_once(world: World) -> None:
    part, key = world.part(), world.kit.new_key()
    (day,) = written(YESTERDAY)
    world.lost[day] = key
    world.now = 450.0
    to_the_end(part)
    assert world.asked[:3] == [(day, False), (day, True), (*written(TODAY - timedelta(days=2)), False)]
    first = world.reports[0]
    assert isinstance(first, LedgerCompared)
    assert (first.match.missing, first.match.agrees) == ((key,), False)
    restarted = world.part()
    restarted.match()
    assert part.differing == restarted.differing == (YESTERDAY,), "known before anything is compared again"
    world.reports.clear()
    world.days()
    world.now += 3600.0
    to_the_end(part)
    assert (world.days(), world.reports) == ([day, day], [])
    del world.lost[day]
    world.now += 3600.0
    to_the_end(part)
    assert ([type(one) for one in world.reports], part.differing) == ([LedgerCompared], ())


@pytest.mark.parametrize("refusal", [ContentConflict, ContentRefused, ContentTooLarge, NothingFound])
def test_a_day_that_the_centre_does_not_take_keeps_back_no_other(world: World, refusal: type[CentreError]) -> None:
    part = world.part()
    world.refusal = refusal
    world.refuses = tuple(written(YESTERDAY))
    world.now = 450.0
    to_the_end(part)
    assert len(world.days()) == len(world.reports) + 1 == DAYS_BACK


@pytest.mark.parametrize(("minute", "first"), [(9, TODAY - timedelta(days=2)), (10, YESTERDAY)])
def test_the_day_before_is_over_some_minutes_after_midnight(world: World, minute: int, first: date) -> None:
    world.at = datetime(2026, 11, 24, 0, minute, tzinfo=HALL_TIME)
    part = world.part()
    world.now = 450.0
    part.match()
    assert world.days()[:1] == written(first)


def test_after_a_centre_was_set_back_today_is_asked_for_at_once(world: World) -> None:
    part = world.part()
    part.look_again()
    to_the_end(part)
    assert world.days()[:2] == written(TODAY, YESTERDAY)
    world.now += 3600.0
    to_the_end(part)
    assert world.days() == []


def test_just_after_midnight_the_new_day_and_the_one_that_has_not_settled_are_asked_for_too(world: World) -> None:
    world.at = datetime(2026, 11, 24, 0, 5, tzinfo=HALL_TIME)
    part = world.part()
    part.look_again()
    to_the_end(part)
    assert world.days()[:3] == written(TODAY, YESTERDAY, YESTERDAY - timedelta(days=1))
    assert [one.days_back for one in world.reports if isinstance(one, LedgerCompared)][:3] == [0, 1, 2]


def test_after_a_damaged_store_was_carried_over_the_ledger_is_consulted_once_also_for_today(world: World) -> None:
    world.store.call(lambda tables: tables.marks.set(CARRIED, 7)).result()
    part = world.part()
    to_the_end(part)
    assert world.days() == written(*(TODAY - timedelta(days=back) for back in range(DAYS_BACK + 1)))
    again = world.part()  # after the next start
    to_the_end(again)
    assert world.days() == []


def test_of_what_staff_cancelled_the_centre_is_asked_and_what_it_has_taken_counts(world: World) -> None:
    heard: list[Any] = []
    unknown, put_off, rejected, taken, waiting = keys = [world.kit.new_key() for _ in range(5)]
    for key in keys:
        world.store.keep(key, YESTERDAY, world.kit.composed(key), heard.append)
    world.store.call(lambda _: None).result()
    assert all(isinstance(one, KeptRecord) for one in heard)
    now_ms = round(world.at.timestamp() * 1000)
    for key in (unknown, put_off, rejected, taken):
        cancelled = world.store.call(lambda tables, key=key: tables.review.cancel(key, CancelReason.OTHER, now_ms)).result()
        assert cancelled
    world.known = {taken: Verdict.ACCEPTED, put_off: Verdict.LATER, rejected: Verdict.REJECTED, waiting: Verdict.ACCEPTED}
    world.lost[written(YESTERDAY)[0]] = taken
    part = world.part()
    world.now = 450.0
    part.match()
    assert [(one.key, one.state) for one in world.noted] == [(taken, RecordState.ACKNOWLEDGED)]
    first = world.reports[0]
    assert isinstance(first, LedgerCompared)
    assert first.match.waiting == 1
