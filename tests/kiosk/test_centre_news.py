"""What is told of the line, as the centre and what lies between give reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.centre_news import CentreNews
from kiosk.doors import StoreDoor
from kiosk.log_events import Event
from offline_cache.records import DAY_MS, Tally
from offline_cache.reports import ClockCompared, LineChanged

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


class Heard(CentreNews):
    """With a clock to be set, and what was logged."""

    def __init__(self, directory: Path, disk: Any = None) -> None:
        self.now = NOON
        self.logged: list[tuple[str, Mapping[str, Any]]] = []
        door: StoreDoor = disk
        super().__init__(Tally, door, self._log_it, lambda: self.now, directory)

    def _log_it(self, name: str, facts: Mapping[str, Any]) -> None:
        Event(name, facts)  # raises for what may not be logged
        self.logged.append((name, facts))


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
