"""Exports in the kiosk's own folder go after their days, whatever the clock did meanwhile."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.staff.queue_export import EXPORT_DAYS, take_away_exports

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
JUST_OVER = timedelta(days=EXPORT_DAYS, minutes=1)


def export_of(folder: Path, written: datetime) -> Path:
    file = folder / "queue-20261128-120000.jsonl"
    file.touch()
    os.utime(file, (written.timestamp(), written.timestamp()))
    return file


def test_an_export_goes_after_its_days(tmp_path: Path) -> None:
    file = export_of(tmp_path, NOW)
    take_away_exports(tmp_path, NOW + timedelta(days=EXPORT_DAYS))
    assert file.exists()
    take_away_exports(tmp_path, NOW + JUST_OVER)
    assert not file.exists()


def test_what_is_left_of_a_logs_export_that_broke_off_goes_too_and_a_whole_one_stays(tmp_path: Path) -> None:
    whole, part = tmp_path / "log-20261128-120000.csv", tmp_path / "log-20261128-110000.csv.part"
    for file in (whole, part):
        file.touch()
        os.utime(file, (NOW.timestamp(), NOW.timestamp()))
    take_away_exports(tmp_path, NOW + JUST_OVER)
    assert list(tmp_path.iterdir()) == [whole]


@pytest.mark.parametrize("written", [NOW.replace(year=2031), NOW + timedelta(days=2), datetime(1970, 1, 5, tzinfo=UTC)])
def test_the_days_of_what_a_wrong_clock_wrote_begin_when_the_clock_is_right(tmp_path: Path, written: datetime) -> None:
    file = export_of(tmp_path, written)
    take_away_exports(tmp_path, NOW)
    take_away_exports(tmp_path, NOW + timedelta(days=EXPORT_DAYS))
    assert file.exists()
    take_away_exports(tmp_path, NOW + JUST_OVER)
    assert not file.exists()


def test_a_clock_without_its_time_takes_nothing_for_old_and_nothing_for_new(tmp_path: Path) -> None:
    file = export_of(tmp_path, NOW)
    take_away_exports(tmp_path, datetime(1970, 1, 1, tzinfo=UTC))
    take_away_exports(tmp_path, datetime(1971, 1, 1, tzinfo=UTC))
    assert file.stat().st_mtime == NOW.timestamp()
