"""How many events go at once, over lines that get worse and better, through gateways that take only so much."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from offline_cache.errors import CentreHung, ContentConflict, ContentTooLarge
from offline_cache.hall_time import HALL_TIME, hall_date
from offline_cache.identity import Identity
from offline_cache.reports import Vitals
from offline_cache.sending import Means, Setup
from offline_cache.sending_events import EVENTS_A_REQUEST, LEAST_EVENTS, REFUSED_JOURNAL_WAIT_SECONDS, Events
from offline_cache.settings import StoreSettings
from offline_cache.store import Store
from offline_cache.wire import EventLine, EventsTaken
from tests.offline_cache.plain_event import plain_event

ALL = 2 * EVENTS_A_REQUEST


@dataclass
class Line:
    """Takes events as the centre does, each request in so many seconds; time passes by it alone."""

    seconds: float = 0.0
    hangs: bool = False
    most: int = ALL
    """Events that a gateway lets through at once."""
    now: float = 0.0
    asked: list[int] = field(default_factory=list)
    next_seq: int = 1

    def report_events(self, lines: Sequence[EventLine], _head: object) -> EventsTaken:
        if not lines:  # a head alone
            return EventsTaken(next_seq=self.next_seq)
        self.asked.append(len(lines))
        self.now += self.seconds
        if self.hangs:
            raise CentreHung
        if len(lines) > self.most:
            raise ContentTooLarge
        self.next_seq = lines[-1].seq + 1
        return EventsTaken(next_seq=self.next_seq)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def events(store_settings: StoreSettings, identity: Identity, kit: Any, line: Any) -> Iterator[Events]:
    store = Store(store_settings, identity)
    for n in range(ALL):
        store.log(plain_event("page-shown", "", {"n": n}))
    settings = kit.quick("http://127.0.0.1:1", read_timeout_seconds=20.0)
    vitals = Vitals("1.0", (), practice=True)
    setup = Setup(store_settings, settings, identity.enrolled.server_public_key, lambda: vitals, monotonic=lambda: line.now)
    yield Events(Means(store, line, setup, lambda _: None, lambda: None), lambda: None)
    store.stop()


def hung(events: Events, line: Line) -> None:
    line.hangs = True
    with pytest.raises(CentreHung):
        events.send()
    line.hangs, line.now = False, line.now + 60.0


def test_over_a_line_that_has_got_better_they_go_in_great_numbers_again(events: Events, line: Line) -> None:
    hung(events, line)
    hung(events, line)
    while events.send():
        pass
    assert line.asked == [1000, 250, 62, 124, 248, 496, 992, 78]
    assert line.next_seq == ALL + 1
    assert not events.send(), "not before its time"
    assert line.now < events.due


def test_over_a_line_that_is_just_good_enough_they_do_not_become_more(events: Events, line: Line) -> None:
    hung(events, line)
    line.seconds = 5.0  # a quarter of the time there is: twice as many might be in time by a hair
    while events.send():
        pass
    assert line.asked == [1000, *[250] * 8]


def test_a_gateway_is_not_asked_again_for_what_it_did_not_take(events: Events, line: Line) -> None:
    line.most = 300
    while events.send():
        pass
    assert line.asked == [1000, *[250] * 8]


def test_a_line_that_hangs_each_time_is_asked_for_a_few_and_never_for_none(events: Events, line: Line) -> None:
    for _ in range(6):
        hung(events, line)
    assert line.asked == [1000, 250, 62, LEAST_EVENTS, LEAST_EVENTS, LEAST_EVENTS]


class Twin:
    """The centre to one of two machines that one disk image made: the other's log goes on, and this one's is never taken."""

    next_seq = 100

    def report_events(self, lines: Sequence[EventLine], _head: object = None) -> EventsTaken:
        if lines:
            self.next_seq += 50
            raise ContentConflict
        return EventsTaken(next_seq=self.next_seq)


def test_beside_a_twin_whose_log_goes_on_there_are_receipt_numbers_to_the_end_of_each_day(
    store_settings: StoreSettings, identity: Identity, kit: Any
) -> None:
    """Told from each other's, each day, and no step further each hour: by the evening none was left."""
    hours = 0

    def now_ms() -> int:
        return round((datetime(2026, 12, 31, tzinfo=HALL_TIME) + timedelta(hours=hours)).timestamp() * 1000)

    store = Store(store_settings, identity, now_ms=now_ms)
    store.log(plain_event("tick"))
    vitals, settings = Vitals("1.0", (), practice=True), kit.quick("http://127.0.0.1:1")
    setup = Setup(
        store_settings,
        settings,
        identity.enrolled.server_public_key,
        lambda: vitals,
        now_ms=now_ms,
        monotonic=lambda: hours * (REFUSED_JOURNAL_WAIT_SECONDS + 1),
    )
    events = Events(Means(store, Twin(), setup, lambda _: None, lambda: None), lambda: None)  # type: ignore[arg-type] # so much of a centre
    given: list[Any] = []
    heard: queue.Queue[Any] = queue.Queue()
    for hours in range(48):  # noqa: B007 - the clock's hand
        events.send()
        for key in (kit.new_key(), kit.new_key()):
            store.keep(key, hall_date(now_ms()), kit.composed(key), heard.put)
            given.append(heard.get(timeout=60))
    store.stop()
    serials = [getattr(one, "serial", one) for one in given]
    assert serials == [*range(10_000, 10_048)] * 2
