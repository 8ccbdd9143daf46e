"""Which days departments work: Monday to Friday, but for the holidays and the days worked in their place; pure.

The table follows the State Council's yearly notices (关于部分节假日安排的通知) for 2025 and 2026. Outside `TABLE_YEARS`, whose
notices are not in it, Monday to Friday alone decides: a date told then may come a few days early.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

TABLE_YEARS = range(2025, 2027)
"""The years of which every holiday is in the table."""


def _days(first: date, last: date) -> Iterator[date]:
    yield from (first + timedelta(days=number) for number in range((last - first).days + 1))


HOLIDAYS = frozenset(
    day
    for first, last in (
        (date(2025, 1, 1), date(2025, 1, 1)),
        (date(2025, 1, 28), date(2025, 2, 4)),
        (date(2025, 4, 4), date(2025, 4, 6)),
        (date(2025, 5, 1), date(2025, 5, 5)),
        (date(2025, 5, 31), date(2025, 6, 2)),
        (date(2025, 10, 1), date(2025, 10, 8)),
        (date(2026, 1, 1), date(2026, 1, 3)),
        (date(2026, 2, 15), date(2026, 2, 23)),
        (date(2026, 4, 4), date(2026, 4, 6)),
        (date(2026, 5, 1), date(2026, 5, 5)),
        (date(2026, 6, 19), date(2026, 6, 21)),
        (date(2026, 9, 25), date(2026, 9, 27)),
        (date(2026, 10, 1), date(2026, 10, 7)),
    )
    for day in _days(first, last)
)
"""Days off, weekends among them."""

WORKED_WEEKENDS = frozenset(
    {
        date(2025, 1, 26),
        date(2025, 2, 8),
        date(2025, 4, 27),
        date(2025, 9, 28),
        date(2025, 10, 11),
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    }
)
"""Saturdays and Sundays that are worked (调休)."""


def is_working_day(day: date) -> bool:
    """True when departments work on this day."""
    return day in WORKED_WEEKENDS or (day.weekday() < 5 and day not in HOLIDAYS)


def after_working_days(start: date, count: int) -> date:
    """The day on which `count` working days have passed, the day of the start not counted; 0 gives the start itself."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day
