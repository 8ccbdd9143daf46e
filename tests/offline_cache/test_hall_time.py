"""The hall's day, on a machine whose own zone is another."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from offline_cache.hall_time import hall_date, hall_moment, hall_now

LATE_IN_THE_EVENING = datetime(2026, 11, 28, 19, 51, 36, tzinfo=UTC)
"""In the hall the 29th has begun."""


@pytest.fixture(params=["UTC", "Asia/Shanghai", "America/New_York"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_the_hall_has_its_own_day_whatever_the_machine_thinks(zone: None) -> None:
    ms = int(LATE_IN_THE_EVENING.timestamp() * 1000)
    assert hall_date(ms) == date(2026, 11, 29)
    assert hall_moment(ms).isoformat() == "2026-11-29T03:51:36+08:00"
    assert hall_now().utcoffset() == hall_moment(ms).utcoffset()
