"""How many events go at once, over lines that get worse and better, through gateways that take only so much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from offline_cache.errors import CentreHung, ContentTooLarge
from offline_cache.identity import Identity
from offline_cache.reports import Vitals
from offline_cache.sending import Means, Setup
from offline_cache.sending_events import EVENTS_A_REQUEST, LEAST_EVENTS, Events
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
