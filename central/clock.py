"""Time, passed in, and the hall's own time of day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from offline_cache.hall_time import HALL_TIME

Clock = Callable[[], datetime]
"""Tells the moment, with its offset."""


def system_clock() -> datetime:
    """Now."""
    return datetime.now(UTC)


def hall_day(moment: datetime) -> str:
    """The hall's calendar day as `yyyymmdd`."""
    return moment.astimezone(HALL_TIME).strftime("%Y%m%d")


def seconds_until_open(hours: str, moment: datetime) -> int:
    """0 while `HH:MM-HH:MM` holds in the hall, else the seconds until it next does; hours may run past midnight."""
    opens, closes = (_minutes(part) for part in hours.split("-"))
    local = moment.astimezone(HALL_TIME)
    now = local.hour * 60 + local.minute
    is_open = opens <= now < closes if opens < closes else (now >= opens or now < closes)
    if is_open or opens == closes:
        return 0
    return (opens - now) % (24 * 60) * 60 - local.second


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)
