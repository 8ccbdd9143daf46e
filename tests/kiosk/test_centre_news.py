"""What is made of the centre's news: what the log tells of them, what the visit hears, what they change here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.centre_news import CentreNews
from kiosk.doors import StoreDoor
from kiosk.log_events import Event
from offline_cache.canonical import Verdict
from offline_cache.errors import NotEnrolled
from offline_cache.identity import Identity
from offline_cache.ledger_match import DayMatch
from offline_cache.records import DAY_MS, Tally
from offline_cache.reports import (
    AnswerArrived,
    CancelOvertaken,
    CatalogueRefused,
    CatalogueStaged,
    ClockCompared,
    DamagedTakenAway,
    JournalRefused,
    KeyRotated,
    LedgerCompared,
    LineChanged,
    OrdersGiven,
    SettingsRefused,
    SettingsStaged,
    SubmissionHeld,
)
from offline_cache.wire import HeartbeatAnswer, SubmissionAnswer
from tests.offline_cache.conftest import make_identity

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


class Heard(CentreNews):
    """With a clock to be set, numbers of the queue, what was logged, and what the visit heard of which submission."""

    def __init__(self, directory: Path) -> None:
        self.now = NOON
        self.queue = Tally()
        self.logged: list[tuple[str, Mapping[str, Any]]] = []
        self.handed_on: list[tuple[str, object]] = []
        door: Any = self
        disk: StoreDoor = door
        super().__init__(lambda: self.queue, disk, self._log_it, lambda: self.now, directory)

    def _log_it(self, name: str, facts: Mapping[str, Any]) -> None:
        Event(name, facts)  # raises for what may not be logged
        self.logged.append((name, facts))

    def answered(self, key: str, answer: object) -> None:
        self.handed_on.append((key, answer))


@pytest.fixture
def news(tmp_path: Path) -> Heard:
    return Heard(tmp_path)


def test_a_line_that_is_down_for_another_reason_is_down_since_it_went_down(news: Heard) -> None:
    news.hear(LineChanged(up=True))
    for minutes, why in ((1, "not-the-centre"), (30, "centre-hung"), (59, "answer-cut")):
        news.now = NOON + timedelta(minutes=minutes)
        news.hear(LineChanged(up=False, why=why))
        assert (news.line_since, news.line_trouble) == (NOON + timedelta(minutes=1), why)
    news.now = NOON + timedelta(minutes=61)
    news.hear(LineChanged(up=True))
    assert news.logged[-1] == ("line-up", {"seconds": 3600})
    assert (news.line_since, news.line_trouble) == (news.now, "")


@pytest.mark.parametrize(
    ("why", "refusal", "told"),
    [
        ("kiosk-unknown", "request-stale", "request-stale"),
        ("centre-busy", "rate-limit-of-that-platform", "centre-busy"),
        ("centre-failed", "张三", "centre-failed"),
        ("not-the-centre", "", "not-the-centre"),
    ],
)
def test_a_code_of_the_centres_that_nobody_knows_here_hides_no_kind_of_trouble(
    news: Heard, why: str, refusal: str, told: str
) -> None:
    news.hear(LineChanged(up=False, why=why, refusal=refusal))
    assert news.line_trouble == told
    assert news.logged == [("line-down", {"code": told})]


@pytest.mark.parametrize("years", [-56, -1, 1, 10])
def test_a_clock_that_is_years_off_is_told_and_so_is_the_line_that_comes_back_with_the_right_one(news: Heard, years: int) -> None:
    news.now = NOON - timedelta(days=365 * years)
    news.hear(LineChanged(up=False, why="centre-unreachable"))
    news.now = NOON
    news.hear(LineChanged(up=True))
    news.hear(ClockCompared(years * 365 * DAY_MS))
    assert [name for name, _ in news.logged] == ["line-down", "line-up", "clock-differs"]
    assert news.clock_offset_ms == years * 365 * DAY_MS


def answer(key: str, verdict: Verdict) -> SubmissionAnswer:
    return SubmissionAnswer(key=key, content_hash="0" * 64, verdict=verdict)


KEYS = tuple(f"01a3f2b0-0000-7000-8000-00000000000{number}" for number in range(4))


def test_every_answer_is_handed_to_the_visit_that_waits_and_logged_once_it_is_one(news: Heard) -> None:
    news.queue = Tally(kept=4, waiting=1, acknowledged=3)
    answers = [answer(key, verdict) for key, verdict in zip(KEYS, Verdict, strict=True)]
    for one in answers:
        news.hear(AnswerArrived(one, 2))
    held = SubmissionHeld(KEYS[0], "content-refused")
    news.hear(held)
    assert news.handed_on == [*((one.key, one) for one in answers), (KEYS[0], held)]
    assert news.logged == [
        ("submission-acknowledged", {"key": KEYS[0], "outcome": "accepted", "tries": 2}),
        ("submission-acknowledged", {"key": KEYS[1], "outcome": "decided", "tries": 2}),
        ("submission-rejected", {"key": KEYS[2]}),
        ("submission-held", {"key": KEYS[0], "code": "content-refused"}),
    ]


def test_that_the_queue_is_empty_again_is_logged_once_a_time(news: Heard) -> None:
    def drained() -> int:
        news.hear(AnswerArrived(answer(KEYS[0], Verdict.ACCEPTED)))
        return [name for name, _ in news.logged].count("queue-drained")

    news.queue = Tally(kept=2, waiting=1, acknowledged=1)
    assert drained() == 0
    news.queue = Tally(kept=2, acknowledged=2)
    assert [drained(), drained()] == [1, 1]
    assert news.logged[-2] == ("queue-drained", {"kept": 2, "acknowledged": 2})
    news.queue = Tally(kept=3, acknowledged=3)
    assert drained() == 2


def test_an_order_of_the_centres_is_logged_and_obeyed_when_it_is_new(news: Heard) -> None:
    def ordered(*, out: bool) -> str:
        news.hear(OrdersGiven(HeartbeatAnswer(clock=NOON, out_of_service=out)))
        return news.closed

    assert ordered(out=False) == ""
    assert [ordered(out=True), ordered(out=True)] == ["out-of-service", "out-of-service"]
    assert ordered(out=False) == ""
    assert news.logged == [
        ("orders-received", {"out_of_service": True}),
        ("out-of-service", {"code": "out-of-service"}),
        ("orders-received", {"out_of_service": False}),
        ("in-service", {}),
    ]


def test_a_kiosk_whose_identity_is_withdrawn_keeps_no_key_of_it_and_stays_closed(news: Heard, tmp_path: Path) -> None:
    make_identity().save(tmp_path)
    news.hear(OrdersGiven(HeartbeatAnswer(clock=NOON, revoked=True)))
    with pytest.raises(NotEnrolled):
        Identity.load(tmp_path)
    news.hear(OrdersGiven(HeartbeatAnswer(clock=NOON)))
    assert news.closed == "kiosk-revoked"
    news.hear(OrdersGiven(HeartbeatAnswer(clock=NOON, revoked=True)))
    assert news.logged == [("revoked", {})]


@pytest.mark.parametrize("sign", [1, -1])
def test_a_clock_by_which_signatures_are_refused_is_logged(news: Heard, sign: int) -> None:
    news.hear(ClockCompared(sign * 300_000))
    assert (news.clock_offset_ms, news.logged) == (sign * 300_000, [])
    news.hear(ClockCompared(sign * 300_001))
    assert (news.clock_offset_ms, news.logged) == (sign * 300_001, [("clock-differs", {"offset_ms": sign * 300_001})])


def test_how_a_day_came_out_is_logged_in_numbers_and_a_quiet_one_is_no_news(news: Heard) -> None:
    def compared(match: DayMatch) -> list[tuple[str, Mapping[str, Any]]]:
        news.logged.clear()
        news.hear(LedgerCompared(match, 1))
        return list(news.logged)

    day, at = NOON.date(), 0
    assert compared(DayMatch(day, at, 0, 0, waiting=0)) == []
    counts = {"days_back": 1, "acknowledged": 214, "in_centre": 214}
    assert compared(DayMatch(day, at, 214, 214, waiting=0)) == [("ledger-matched", counts)]
    differing = DayMatch(day, at, 214, 214, waiting=0, missing=("a",), unexpected=("b", "c"), doubled=("d", "e", "f"))
    kinds = {"missing": 1, "unexpected": 2, "different": 0, "doubled": 3}
    assert compared(differing) == [("ledger-differs", counts | kinds)]


@pytest.mark.parametrize(
    ("report", "logged"),
    [
        (CancelOvertaken(KEYS[0]), ("cancel-overtaken", {"key": KEYS[0]})),
        (CatalogueRefused("replica-refused", "of whom"), ("catalogue-refused", {"code": "replica-refused"})),
        (SettingsRefused("replica-refused", "of whom"), ("settings-refused", {"code": "replica-refused"})),
        (JournalRefused("journal-broken"), ("journal-refused", {"code": "journal-broken"})),
        (KeyRotated("SM4-GCM"), ("key-rotated", {"cipher": "SM4-GCM"})),
        (KeyRotated(refused="key-fixed"), ("key-kept", {"code": "key-fixed"})),
        (DamagedTakenAway(3, 1), ("damaged-taken-away", {"stores": 3, "with_gaps": 1})),
    ],
)
def test_what_was_refused_changed_or_taken_away_is_logged_by_its_code(
    news: Heard, report: Any, logged: tuple[str, Mapping[str, Any]]
) -> None:
    news.hear(report)
    assert news.logged == [logged]


def test_of_what_is_published_that_waits_for_the_end_of_the_visit_which_it_is(news: Heard) -> None:
    assert (news.catalogue_staged, news.settings_staged, news.line_trouble) == (False, False, "")
    news.hear(CatalogueStaged("2"))
    assert (news.catalogue_staged, news.settings_staged) == (True, False)
    news.catalogue_staged = False
    news.hear(SettingsStaged("2"))
    assert (news.catalogue_staged, news.settings_staged) == (False, True)
