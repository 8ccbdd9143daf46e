"""The hall's own time of day, whatever the machine's time zone is set to: a fresh Debian stands at UTC.

Receipt numbers, opening hours, promised dates and the daily match go by it, at the kiosk and at the centre alike.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

HALL_TIME = timezone(timedelta(hours=8), "+08:00")
"""China Standard Time: one zone, no summer time."""


def hall_now() -> datetime:
    """The wall clock in the hall."""
    return datetime.now(HALL_TIME)


def hall_moment(ms: int) -> datetime:
    """The moment in the hall, so many ms after 1970 began."""
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(HALL_TIME)


def hall_date(ms: int) -> date:
    """The hall's calendar day at this many ms since 1970."""
    return hall_moment(ms).date()
