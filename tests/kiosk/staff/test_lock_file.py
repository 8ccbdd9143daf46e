"""The sign-in lock survives the program, and a bad disk does not turn it around."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.errors import SignInLocked, SignInRefused
from kiosk.staff.lock_file import FILE_NAME, LockFile
from kiosk.staff.settings import SignInSettings
from kiosk.staff.sign_in import Lock, SignIn

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_lock_outlives_the_program(tmp_path: Path) -> None:
    lock = Lock(0, 2, NOON, NOON + timedelta(seconds=60))
    LockFile(tmp_path).save(lock)
    assert LockFile(tmp_path).load() == lock
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0


def test_restarting_does_not_give_new_tries(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(SignInRefused):
            SignIn((), SignInSettings(), LockFile(tmp_path), lambda: NOON).sign_in("01", "000000")
    with pytest.raises(SignInLocked):
        SignIn((), SignInSettings(), LockFile(tmp_path), lambda: NOON).sign_in("01", "000000")
    assert SignIn((), SignInSettings(), LockFile(tmp_path), lambda: NOON).wait_seconds() == 30


@pytest.mark.parametrize("content", ["", "{", "[]", '{"failures": 1}', '{"failures":1,"locks":1,"locked_at":3,"until":"x"}'])
def test_a_damaged_file_is_no_lock(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).touch(mode=0o600)
    (tmp_path / FILE_NAME).write_text(content, encoding="utf-8")
    assert LockFile(tmp_path).load() == Lock()


def test_a_disk_that_takes_nothing_still_locks_until_the_program_ends(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    kept = LockFile(tmp_path / "file" / "below")
    kept.save(Lock(1, 0))
    assert kept.load() == Lock(1, 0)
