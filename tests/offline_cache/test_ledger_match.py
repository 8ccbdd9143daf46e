"""The kiosk's side of the daily match: which days are open, what is told of one, how it came out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from offline_cache.ledger_match import DAYS_BACK, DayMatch, day_told
from offline_cache.records import DAY_MS, MISSED_MS, CancelReason, RecordState, Settled
from offline_cache.store import Store
from offline_cache.tables import Tables
from offline_cache.wire import LedgerDay, ledger_digest

TODAY = date(2026, 11, 24)
YESTERDAY = date(2026, 11, 23)


@pytest.fixture
def store(store_settings: Any, identity: Any) -> Any:
    store = Store(store_settings, identity)
    yield store
    store.stop()


def keep(store: Store, kit: Any, day: date, count: int) -> list[tuple[str, str]]:
    """Key and hash of so many kept that day."""
    heard: list[Any] = []
    for key in [kit.new_key() for _ in range(count)]:
        store.keep(key, day, kit.composed(key), heard.append)
    store.call(lambda _: None).result()
    return [(one.key, one.content_hash) for one in heard]


def test_every_day_that_is_over_is_open_until_it_agrees_and_nothing_of_it_waits(store: Store) -> None:
    def compared(match: DayMatch) -> tuple[date, ...]:
        store.call(lambda tables: tables.matches.note(match)).result()
        return store.call(lambda tables: tables.matches.open_days(TODAY)).result()

    during, after = (round(datetime(day.year, day.month, day.day, 12).timestamp() * 1000) for day in (YESTERDAY, TODAY))  # noqa: DTZ001 - a day of the hall's own
    match = DayMatch(YESTERDAY, after, 2, 2, waiting=1)
    assert store.call(lambda tables: tables.matches.open_days(TODAY)).result() == tuple(
        TODAY - timedelta(days=back) for back in range(1, DAYS_BACK + 1)
    )
    assert YESTERDAY in compared(match)
    assert YESTERDAY in compared(replace(match, waiting=0, missing=("k",)))
    assert YESTERDAY in compared(replace(match, waiting=0, compared_at_ms=during)), "it was not over yet"
    assert YESTERDAY not in compared(replace(match, waiting=0))
    assert TODAY not in store.call(lambda tables: tables.matches.open_days(TODAY)).result()


def test_a_day_whose_end_was_told_by_a_clock_that_ran_ahead_is_compared_again(store: Store, kit: Any) -> None:
    def is_open() -> bool:
        return YESTERDAY in store.call(lambda tables: tables.matches.open_days(TODAY)).result()

    def answered(key: str, hashed: str) -> None:
        settled = [Settled(key, hashed, RecordState.ACKNOWLEDGED)]
        assert store.call(lambda tables: tables.outbox.settle(settled, 1)).result() == (key,)

    ahead = round(datetime(2026, 11, 24, 12).timestamp() * 1000)  # noqa: DTZ001 - a day of the hall's own
    answered(*keep(store, kit, YESTERDAY, 1)[0])
    store.call(lambda tables: tables.matches.note(DayMatch(YESTERDAY, ahead, 1, 1, waiting=0))).result()
    assert not is_open()
    [later] = keep(store, kit, YESTERDAY, 1)  # the clock was set right
    assert is_open(), "it waits"
    answered(*later)
    assert is_open(), "the ledger was never asked about it"
    store.call(lambda tables: tables.matches.note(DayMatch(YESTERDAY, ahead, 2, 2, waiting=0))).result()
    assert not is_open()


def test_an_older_day_is_open_until_it_was_compared_and_nothing_of_it_waits(store: Store, kit: Any) -> None:
    def older() -> tuple[date, ...]:
        days = store.call(lambda tables: tables.matches.open_days(TODAY)).result()
        return tuple(day for day in days if day < TODAY - timedelta(days=DAYS_BACK))

    def note(match: DayMatch) -> None:
        store.call(lambda tables: tables.matches.note(match)).result()

    long_ago, without_a_clock, out_of_date = TODAY - timedelta(days=40), date(1970, 1, 1), date(2026, 2, 1)
    for day in (long_ago, long_ago, without_a_clock, out_of_date):
        keep(store, kit, day, 2)
    keep(store, kit, TODAY - timedelta(days=3), 1)
    spoilt = "UPDATE outbox SET id = 20260231000001 WHERE id = 20260201000001"  # no day of that month
    store.call(lambda tables: tables.outbox._connection.execute(spoilt)).result()
    assert older() == (long_ago, out_of_date, without_a_clock)
    now = round(datetime(2026, 11, 24, 12).timestamp() * 1000)  # noqa: DTZ001 - a day of the hall's own
    note(DayMatch(long_ago, now, 0, 0, waiting=4))
    note(DayMatch(out_of_date, now, 1, 0, waiting=0, missing=("k",)))
    assert older() == (long_ago, without_a_clock), "one that differs was told, and comparing it again mends nothing"
    note(DayMatch(long_ago, now, 4, 4, waiting=0))
    note(DayMatch(without_a_clock, now, 2, 2, waiting=0))
    assert older() == ()


def test_an_older_day_that_differs_is_shown_for_a_month_after_it_was_compared(store: Store) -> None:
    old, older = TODAY - timedelta(days=40), TODAY - timedelta(days=41)
    compared = round(datetime(2026, 11, 24, 12).timestamp() * 1000)  # noqa: DTZ001 - a day of the hall's own
    for match in (DayMatch(old, compared, 2, 1, waiting=0, missing=("k",)), DayMatch(older, compared, 2, 2, waiting=0)):
        store.call(lambda tables, match=match: tables.matches.note(match)).result()

    def told(today: date) -> tuple[tuple[date, ...], tuple[date, ...]]:
        shown = store.call(lambda tables: tables.matches.shown(today)).result()
        return tuple(match.day for match in shown), store.call(lambda tables: tables.matches.differing(today)).result()

    assert told(TODAY) == ((old,), (old,)), "the line was down for so long: nobody has seen it yet"
    assert told(TODAY + timedelta(days=DAYS_BACK + 2)) == ((), ())


def test_an_outcome_is_news_only_when_it_differs_from_the_last(store: Store) -> None:
    def note(match: DayMatch) -> bool:
        return store.call(lambda tables: tables.matches.note(match)).result()

    match = DayMatch(YESTERDAY, 1, 2, 2, waiting=1)
    assert note(match)
    assert not note(replace(match, compared_at_ms=9, waiting=0))
    assert note(replace(match, in_centre=1, missing=("k",)))
    assert store.call(lambda tables: tables.matches.of(YESTERDAY)).result() == replace(match, in_centre=1, missing=("k",))


@pytest.mark.parametrize(
    "harm",
    [
        "waiting = CAST(x'FF' AS TEXT)",
        "ids = '{'",
        "ids = '[]'",
        "ids = '{\"missimg\": []}'",
        "ids = CAST(x'7BFF' AS TEXT)",
        "day = 90000000000",
        "at = 1 << 60",
    ],
)
def test_a_compared_day_that_cannot_be_read_is_compared_again_and_hides_no_other(store: Store, harm: str) -> None:
    during, after = (round(datetime(day.year, day.month, day.day, 12).timestamp() * 1000) for day in (YESTERDAY, TODAY))  # noqa: DTZ001 - a day of the hall's own
    other = DayMatch(YESTERDAY - timedelta(days=1), during, 1, 1, 0)
    damaged = DayMatch(YESTERDAY, after, 2, 2, 0)

    def look(tables: Any) -> tuple[date, ...]:
        tables.matches.note(other)
        tables.matches.note(damaged)
        tables.matches._connection.execute(f"UPDATE ledger_match SET {harm} WHERE day = 20261123")
        assert tables.matches.since(other.day) == (other,)
        assert tables.matches.note(damaged)
        return tables.matches.open_days(TODAY)

    assert store.call(look).result()[0] == other.day - timedelta(days=1)


def test_what_is_told_of_a_day(store: Store, kit: Any) -> None:
    first, second, third, fourth = keep(store, kit, YESTERDAY, 4)
    keep(store, kit, TODAY, 1)
    ends = {first: RecordState.ACKNOWLEDGED, second: RecordState.REJECTED, third: RecordState.NEEDS_PERSON}
    settled = [Settled(key, hashed, state) for (key, hashed), state in ends.items()]
    store.call(lambda tables: tables.outbox.settle(settled, 1)).result()
    entries = store.call(lambda tables: tables.matches.entries(YESTERDAY)).result()
    assert [(entry.key, entry.state) for entry in entries] == [
        (first[0], "acknowledged"),
        (second[0], "ended"),
        (third[0], "waiting"),
        (fourth[0], "waiting"),
    ]
    short = day_told(YESTERDAY, entries, whole=False)
    assert (short.day, short.acknowledged, short.entries) == ("20261123", 1, None)
    assert short.digest == ledger_digest({first[0]: first[1]})
    whole = day_told(YESTERDAY, entries, whole=True)
    assert LedgerDay.model_validate_json(whole.model_dump_json()) == whole  # what the centre reads is what was told
    assert len(json.loads(whole.model_dump_json())["entries"]) == 4


@pytest.mark.parametrize("value", ["CAST(x'ff' AS TEXT)", "'no key and no hash'"])
def test_a_damaged_row_does_not_keep_its_day_from_being_compared(store: Store, kit: Any, value: str) -> None:
    first, second, third, fourth = keep(store, kit, YESTERDAY, 4)

    def harm(tables: Tables) -> None:
        tables.outbox.settle([Settled(key, digest, RecordState.ACKNOWLEDGED) for key, digest in (first, second, third)], 1)
        tables.review.cancel(fourth[0], CancelReason.OTHER, 1)
        execute = tables.matches._connection.execute
        execute(f"UPDATE outbox SET content_hash = {value} WHERE key = ?", (second[0],))
        execute(f"UPDATE outbox SET key = {value} WHERE key = ?", (third[0],))
        execute(f"UPDATE outbox SET key = {value} || 'another' WHERE key = ?", (fourth[0],))

    store.call(harm).result()
    entries = store.call(lambda tables: tables.matches.entries(YESTERDAY)).result()
    assert [entry.key for entry in entries] == [first[0], second[0]]
    assert (entries[0].content_hash == first[1], entries[1].content_hash == second[1]) == (True, False)
    whole = day_told(YESTERDAY, entries, whole=True)
    assert LedgerDay.model_validate_json(whole.model_dump_json()) == whole
    assert store.call(lambda tables: tables.matches.cancelled(YESTERDAY)).result() == ()


def test_a_day_without_anything_is_told_too(store: Store) -> None:
    entries = store.call(lambda tables: tables.matches.entries(YESTERDAY)).result()
    assert day_told(YESTERDAY, entries, whole=False).digest == ledger_digest({})


def test_what_was_kept_under_an_earlier_number_is_not_told_under_this_one(
    store: Store, store_settings: Any, identity: Any, kit: Any
) -> None:
    keep(store, kit, YESTERDAY, 2)
    cancelled, _ = keep(store, kit, YESTERDAY, 1)[0]
    store.call(lambda tables: tables.review.cancel(cancelled, "trial", 1)).result()
    assert len(store.call(lambda tables: tables.matches.entries(YESTERDAY)).result()) == 3
    assert store.call(lambda tables: tables.matches.cancelled(YESTERDAY)).result() == (cancelled,)
    store.stop()
    renumbered = Store(store_settings, replace(identity, enrolled=replace(identity.enrolled, kiosk="K77")))
    try:
        [(key, _)] = keep(renumbered, kit, YESTERDAY, 1)
        assert [one.key for one in renumbered.call(lambda tables: tables.matches.entries(YESTERDAY)).result()] == [key]
        assert renumbered.call(lambda tables: tables.matches.cancelled(YESTERDAY)).result() == ()
    finally:
        renumbered.stop()


def test_what_the_ledger_misses_can_be_sent_again_while_its_content_is_here(store: Store, kit: Any) -> None:
    (lost, lost_hash), (there, there_hash), (gone, gone_hash) = keep(store, kit, YESTERDAY, 3)
    noon = round(datetime(TODAY.year, TODAY.month, TODAY.day, 12).timestamp() * 1000)  # noqa: DTZ001 - a day of the hall's own
    match = DayMatch(YESTERDAY, noon, 3, 1, 0, missing=(lost, gone))

    def settle(keep_days: int, *settled: Settled) -> None:
        store.call(lambda tables: tables.outbox.settle(settled, noon, keep_days=keep_days)).result()

    def retry(key: str) -> bool:
        return store.call(lambda tables: tables.review.retry(key, noon)).result()

    settle(1, Settled(lost, lost_hash, RecordState.ACKNOWLEDGED, "", "A-1"), Settled(there, there_hash, RecordState.ACKNOWLEDGED))
    settle(0, Settled(gone, gone_hash, RecordState.ACKNOWLEDGED))
    assert not any(map(retry, (lost, there, gone)))
    store.call(lambda tables: tables.matches.note(match)).result()
    assert [retry(key) for key in (lost, there, gone)] == [True, False, False]
    tally = store.call(lambda tables: tables.outbox.tally()).result()
    assert (tally.waiting, tally.acknowledged) == (1, 2)
    entries = store.call(lambda tables: tables.matches.entries(YESTERDAY)).result()
    assert [one.state for one in entries] == ["waiting", "acknowledged", "acknowledged"]
    leased = store.call(lambda tables: tables.outbox.lease(9, 1 << 30, noon, noon + 1)).result()
    assert [one.key for one in leased] == [lost]
    settle(1, Settled(lost, lost_hash, RecordState.ACKNOWLEDGED, "", "A-2"))
    facts = store.call(lambda tables: tables.review.facts(lost)).result()
    assert facts is not None
    assert (facts.state, facts.acceptance_number, facts.erased) == (RecordState.ACKNOWLEDGED, "A-2", False)
    long_after = TODAY + timedelta(days=DAYS_BACK + 1)
    assert YESTERDAY in store.call(lambda tables: tables.matches.open_days(long_after)).result(), "how it came out is asked again"


def test_what_the_ledger_misses_is_not_erased_before_somebody_could_hand_it_in_again(
    store_settings: Any, identity: Any, kit: Any
) -> None:
    """A centre put back on a Friday evening: by Monday the only copy was gone, of what the kiosk itself had named."""
    now_ms = round(datetime(TODAY.year, TODAY.month, TODAY.day, 12).timestamp() * 1000)  # noqa: DTZ001 - a day of the hall's own
    store = Store(replace(store_settings, acknowledged_days=1), identity, now_ms=lambda: now_ms)
    lost, there = keep(store, kit, YESTERDAY, 2)
    settled = [Settled(key, hashed, RecordState.ACKNOWLEDGED) for key, hashed in (lost, there)]
    store.call(lambda tables: tables.outbox.settle(settled, now_ms, keep_days=1)).result()
    store.tell(lost[0])
    store.tell(there[0])
    match = DayMatch(YESTERDAY, now_ms, 2, 1, 0, missing=(lost[0],))
    store.call(lambda tables: tables.matches.note(match)).result()

    def erased() -> list[bool]:
        store.call(store.sweep).result()
        facts = [store.call(lambda tables, key=key: tables.review.facts(key)).result() for key, _ in (lost, there)]
        return [one is not None and one.erased for one in facts]

    now_ms += 3 * DAY_MS
    assert erased() == [False, True]
    store.call(lambda tables: tables.matches.reopen()).result()
    assert erased() == [False, True], "the line may go before the days are compared again"
    assert YESTERDAY in store.call(lambda tables: tables.matches.open_days(TODAY + timedelta(days=DAYS_BACK + 9))).result()
    assert store.call(lambda tables: tables.review.retry(lost[0], now_ms)).result()
    store.call(lambda tables: tables.outbox.settle(settled[:1], now_ms, keep_days=1)).result()
    now_ms += MISSED_MS
    assert erased() == [True, True], "not for ever"
    store.stop()


def test_what_the_ledger_misses_is_not_erased_either_when_its_resident_is_told(
    store_settings: Any, identity: Any, kit: Any
) -> None:
    """Nothing stays for days here but what whoever was cut off is still to be told: coming back, they erased the only copy."""
    now_ms = round(datetime(TODAY.year, TODAY.month, TODAY.day, 12).timestamp() * 1000)  # noqa: DTZ001 - a day of the hall's own
    store = Store(store_settings, identity, now_ms=lambda: now_ms)
    lost, there = keep(store, kit, YESTERDAY, 2)
    settled = [Settled(key, hashed, RecordState.ACKNOWLEDGED) for key, hashed in (lost, there)]
    store.call(lambda tables: tables.outbox.settle(settled, now_ms, untold_stays=True)).result()
    match = DayMatch(YESTERDAY, now_ms, 2, 1, 0, missing=(lost[0],))
    store.call(lambda tables: tables.matches.note(match)).result()
    store.tell(lost[0])
    store.tell(there[0])
    store.call(store.sweep).result()
    facts = [store.call(lambda tables, key=key: tables.review.facts(key)).result() for key, _ in (lost, there)]
    assert [one is not None and one.erased for one in facts] == [False, True]
    assert store.call(lambda tables: tables.review.retry(lost[0], now_ms)).result()
    store.stop()


def test_a_key_whose_bits_have_changed_among_those_the_ledger_misses_keeps_nothing_from_being_erased(
    store: Store, kit: Any
) -> None:
    now_ms = round(datetime(TODAY.year, TODAY.month, TODAY.day, 12).timestamp() * 1000)  # noqa: DTZ001 - a day of the hall's own
    ((key, hashed),) = keep(store, kit, YESTERDAY, 1)
    settled = [Settled(key, hashed, RecordState.ACKNOWLEDGED)]

    def erased(tables: Tables) -> int:
        tables.outbox.settle(settled, now_ms, keep_days=1)
        tables.matches._connection.execute(
            "INSERT INTO ledger_match VALUES (20261123, ?, 1, 0, 0, CAST(? AS TEXT)), (20261122, ?, 1, 0, 0, ?)",
            (now_ms, b'{"missing": ["\xff"]}', now_ms, '{"missing": [null]}'),
        )
        return tables.review.erase(now_ms + DAY_MS, RecordState.ACKNOWLEDGED, missed_since_ms=now_ms - MISSED_MS)

    assert store.call(erased).result() == 1


def test_a_day_that_changed_bits_have_put_far_off_is_told_in_eight_digits() -> None:
    assert day_told(date(226, 11, 23), (), whole=False).day == "02261123"


def test_the_days_that_differ_are_those_of_the_last_month_that_did_not_agree_newest_first(store: Store) -> None:
    for back, missing in ((1, ()), (2, ("k",)), (3, ()), (DAYS_BACK, ("k",)), (DAYS_BACK + 1, ("k",))):
        match = DayMatch(TODAY - timedelta(days=back), 0, 1, 1, waiting=0, missing=missing)
        store.call(lambda tables, match=match: tables.matches.note(match)).result()
    differing = store.call(lambda tables: tables.matches.differing(TODAY)).result()
    assert differing == (TODAY - timedelta(days=2), TODAY - timedelta(days=DAYS_BACK))
