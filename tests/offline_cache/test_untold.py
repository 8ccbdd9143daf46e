"""Submissions whose resident never heard of them: found by their document, kept until told, or for a week once answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from offline_cache.records import DAY_MS, UNTOLD_MS, CancelReason, KeptRecord, RecordState, Settled
from offline_cache.store import Store
from offline_cache.untold import KeptBefore
from offline_cache.wire import canonical

NUMBER, ANOTHER = "369999194906120025", "369999198503150012"
ITEM = "GJ-001"


class At:
    """The kiosk's clock."""

    now_ms = 1_795_435_200_000  # 2026-11-23


@pytest.fixture
def at() -> At:
    return At()


@pytest.fixture
def store(store_settings: Any, identity: Any, at: At) -> Iterator[Store]:
    store = Store(store_settings, identity, now_ms=lambda: at.now_ms)
    yield store
    store.stop()


def keep(store: Store, kit: Any, number: str = NUMBER, item: str = ITEM, day: date = date(2026, 11, 23)) -> KeptRecord:
    key, heard = kit.new_key(), []
    content = {
        "schema_version": 1, "key": key, "receipt_number": "369999-K03-20261123-000001-5", "kiosk": "K03", "item": item,
        "catalogue_version": "1", "submitted_at": "2026-11-23T12:00:00+08:00",
        "applicant": {"proof": "card", "name": "赵示例", "number": number, "document": "resident"},
        "answers": {"phone": "13800138000"}, "consent_version": "1", "progress_token": "t" * 22,
    }  # fmt: skip
    store.keep(key, day, lambda _: canonical(content), heard.append, item=item)
    store.call(lambda _: None).result()
    (record,) = heard
    assert isinstance(record, KeptRecord)
    return record


def find(store: Store, at: At, number: str = NUMBER, item: str = ITEM) -> KeptBefore | None:
    return store.call(lambda tables: tables.untold.find(item, number, at.now_ms)).result()


def tell(store: Store, record: KeptRecord) -> None:
    store.tell(record.key)
    store.call(lambda _: None).result()  # before the clock goes on


def settle(store: Store, at: At, record: KeptRecord, state: RecordState = RecordState.ACKNOWLEDGED) -> None:
    settled = Settled(record.key, record.content_hash, state, "", "SL-1", "2026-11-23T12:00:01+08:00")
    store.call(lambda tables: tables.outbox.settle([settled], at.now_ms, untold_stays=True)).result()


def erased(store: Store, record: KeptRecord) -> bool:
    facts = store.call(lambda tables: tables.review.facts(record.key)).result()
    assert facts is not None
    return facts.erased


def told(store: Store, record: KeptRecord) -> None:
    store.tell(record.key)
    store.call(lambda _: None).result()


def test_it_is_found_by_its_document_and_item_only(store: Store, kit: Any, at: At) -> None:
    record = keep(store, kit)
    found = find(store, at)
    assert found is not None
    assert (found.submission.key, found.state) == (record.key, RecordState.QUEUED)
    assert found.submission.answers == {"phone": "13800138000"}
    assert find(store, at, ANOTHER) is None
    assert find(store, at, item="SI-101") is None
    assert NUMBER not in repr(found)


def test_whoever_was_told_or_has_the_receipt_is_not_told_again(store: Store, kit: Any, at: At) -> None:
    first, second = keep(store, kit), keep(store, kit, ANOTHER)
    told(store, first)
    store.call(lambda tables: tables.review.mark_printed(second.key, at.now_ms)).result()
    assert (find(store, at), find(store, at, ANOTHER)) == (None, None)


def test_an_answered_one_stays_until_it_is_told_and_goes_then(store: Store, kit: Any, at: At) -> None:
    record = keep(store, kit)
    settle(store, at, record)
    store.call(store.sweep).result()
    assert not erased(store, record)
    found = find(store, at)
    assert found is not None
    assert (found.state, found.acceptance_number) == (RecordState.ACKNOWLEDGED, "SL-1")
    told(store, record)
    assert erased(store, record)


def test_a_rejected_one_which_nobody_is_told_of_is_erased_by_its_answer(store: Store, kit: Any, at: At) -> None:
    record = keep(store, kit)
    settle(store, at, record, RecordState.REJECTED)
    assert erased(store, record)


def test_one_told_before_its_answer_is_erased_by_the_answer(store: Store, kit: Any, at: At) -> None:
    record = keep(store, kit)
    told(store, record)
    assert not erased(store, record), "it is still to be sent"
    settle(store, at, record)
    assert erased(store, record)


def test_nobody_who_comes_back_within_a_week_leaves_it_there_for_longer(store: Store, kit: Any, at: At) -> None:
    record = keep(store, kit)
    settle(store, at, record)
    at.now_ms += UNTOLD_MS + 1
    assert find(store, at) is None
    store.call(store.sweep).result()
    assert erased(store, record)


def test_one_sent_a_month_later_is_found_for_a_week_from_then(store: Store, kit: Any, at: At) -> None:
    record = keep(store, kit)
    at.now_ms += 30 * DAY_MS
    settle(store, at, record)
    at.now_ms += UNTOLD_MS - 1
    store.call(store.sweep).result()
    found = find(store, at)
    assert found is not None, "entered again it would be at the centre twice"
    assert (found.submission.key, found.state) == (record.key, RecordState.ACKNOWLEDGED)
    at.now_ms += 2
    store.call(store.sweep).result()
    assert find(store, at) is None
    assert erased(store, record)


def test_of_which_items_there_is_one_to_be_told(store: Store, kit: Any, at: At) -> None:
    def items() -> frozenset[str]:
        return store.call(lambda tables: tables.untold.items(at.now_ms)).result()

    assert items() == frozenset()
    first, _ = keep(store, kit), keep(store, kit, ANOTHER, "SI-101")
    assert items() == {ITEM, "SI-101"}
    told(store, first)
    at.now_ms += 3 * DAY_MS
    assert items() == {"SI-101"}


@pytest.mark.parametrize("days", [2, 29])
@pytest.mark.parametrize("held", [False, True], ids=["the-line-is-down", "a-person-is-needed"])
def test_one_that_still_waits_is_found_however_long(store: Store, kit: Any, at: At, days: int, held: bool) -> None:
    record = keep(store, kit)
    if held:
        settle(store, at, record, RecordState.NEEDS_PERSON)
    at.now_ms += days * DAY_MS
    keep(store, kit, ANOTHER, day=date(2026, 11, 23) + timedelta(days=days))
    found = find(store, at)
    assert found is not None, "entered again it would be there twice"
    assert found.submission.key == record.key
    told(store, record)
    assert find(store, at) is None


@pytest.mark.parametrize("state", [RecordState.REJECTED, RecordState.CANCELLED])
def test_what_ended_otherwise_is_no_reason_not_to_submit_again(store: Store, kit: Any, at: At, state: RecordState) -> None:
    record = keep(store, kit)
    if state is RecordState.CANCELLED:
        assert store.call(lambda tables: tables.review.cancel(record.key, "twice", at.now_ms)).result()
    else:
        settle(store, at, record, state)
    assert find(store, at) is None


def test_what_was_erased_is_in_no_file_any_more(store: Store, kit: Any, at: At, store_settings: Any) -> None:
    record = keep(store, kit)
    sealed: Callable[[Any], Any] = lambda tables: tables.review.sealed(record.key)  # noqa: E731
    box = store.call(sealed).result()[0].box
    settle(store, at, record)
    store.call(store.sweep).result()
    assert any(box[:40] in file.read_bytes() for file in store_settings.directory.iterdir()), "it is not there to be erased"
    told(store, record)
    store.call(store.sweep).result()
    for file in store_settings.directory.iterdir():
        assert box[:40] not in file.read_bytes(), file


@pytest.mark.parametrize("wrong_ms", [1_795_435_200_000 + 1000 * DAY_MS, 100 * DAY_MS], ids=["years ahead", "1970"])
@pytest.mark.parametrize("state", [RecordState.ACKNOWLEDGED, RecordState.CANCELLED])
def test_what_a_wrong_clock_settled_stays_for_its_days_and_not_for_years(
    store: Store, kit: Any, at: At, state: RecordState, wrong_ms: int
) -> None:
    right, at.now_ms = at.now_ms, wrong_ms
    record = keep(store, kit)
    if state is RecordState.CANCELLED:
        assert store.call(lambda tables: tables.review.cancel(record.key, CancelReason.TRIAL, at.now_ms)).result()
    else:
        settle(store, at, record)
    at.now_ms = right
    store.call(store.sweep).result()
    assert not erased(store, record), "its days begin now"
    at.now_ms += 31 * DAY_MS
    store.call(store.sweep).result()
    assert erased(store, record)


def test_a_start_without_the_clocks_time_takes_no_days_from_what_was_settled(store: Store, kit: Any, at: At) -> None:
    record = keep(store, kit)
    assert store.call(lambda tables: tables.review.cancel(record.key, CancelReason.TRIAL, at.now_ms)).result()
    right, at.now_ms = at.now_ms, 1_000
    store.call(store.sweep).result()
    at.now_ms = right + DAY_MS
    store.call(store.sweep).result()
    assert not erased(store, record)


@pytest.mark.parametrize("answered", [False, True])
def test_what_a_clock_without_its_time_kept_is_found_once_the_clock_is_right(
    store: Store, kit: Any, at: At, answered: bool
) -> None:
    right, at.now_ms = at.now_ms, 3_600_000
    record = keep(store, kit, day=date(1970, 1, 1))
    at.now_ms = right
    if answered:
        settle(store, at, record)
        store.call(store.sweep).result()
    found = find(store, at)
    assert found is not None
    assert found.submission.key == record.key
    at.now_ms += UNTOLD_MS + DAY_MS
    store.call(store.sweep).result()
    assert erased(store, record) == answered


@pytest.mark.parametrize("wrong_when_kept", [True, False])
def test_whoever_was_told_is_not_told_again_when_the_clock_loses_its_time(
    store: Store, kit: Any, at: At, wrong_when_kept: bool
) -> None:
    right, none = at.now_ms, 3_600_000
    at.now_ms = none if wrong_when_kept else right
    record = keep(store, kit, day=date(1970, 1, 1) if wrong_when_kept else date(2026, 11, 23))
    tell(store, record)
    at.now_ms = right + 4 * DAY_MS
    tell(store, keep(store, kit, number=ANOTHER))  # somebody else, days later, with the line still down
    if not wrong_when_kept:
        at.now_ms = none
    assert find(store, at) is None


def test_that_somebody_was_told_is_forgotten_three_days_after_the_content_is_gone(store: Store, kit: Any, at: At) -> None:
    def remembered() -> set[str]:
        sought = "SELECT key FROM told"
        return {key for (key,) in store.call(lambda tables: tables.untold._connection.execute(sought).fetchall()).result()}

    answered, waiting = keep(store, kit), keep(store, kit, ANOTHER)
    for record in (answered, waiting):
        told(store, record)
    settle(store, at, answered)
    at.now_ms += 3 * DAY_MS
    tell(store, keep(store, kit, "369999199001010015"))
    assert {answered.key, waiting.key} <= remembered()
    at.now_ms += 1
    tell(store, keep(store, kit, "369999199001010023"))
    assert answered.key not in remembered()
    assert waiting.key in remembered(), "its content is here still"
