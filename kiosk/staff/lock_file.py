"""Where the sign-in lock survives a restart: a small file beside the store. Runs in whichever one thread signs people in."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from kiosk.staff.sign_in import Lock
from offline_cache.errors import KeyExposed
from offline_cache.private_file import read_private, write_private

FILE_NAME = "sign-in-lock.json"


class LockFile:
    """A LockStore in this directory. A disk that takes nothing does not keep the technician out, nor does it open a lock."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / FILE_NAME
        self._lock: Lock | None = None

    def load(self) -> Lock:
        """The lock as last saved; a file that is absent or damaged is no lock."""
        if self._lock is None:
            self._lock = self._read()
        return self._lock

    def save(self, lock: Lock) -> None:
        """Keep it durably where the disk allows, and in any case until the program ends."""
        self._lock = lock
        times = {"locked_at": lock.locked_at, "until": lock.until}
        saved = {name: moment.isoformat() if moment else None for name, moment in times.items()}
        text = json.dumps({"failures": lock.failures, "locks": lock.locks, **saved})
        try:
            write_private(self._file, text)
        except OSError:
            return  # a full disk is the store's trouble to tell, and the reason why somebody must get in

    def _read(self) -> Lock:
        try:
            saved = json.loads(read_private(self._file))
            return Lock(int(saved["failures"]), int(saved["locks"]), _moment(saved["locked_at"]), _moment(saved["until"]))
        except (OSError, ValueError, KeyError, TypeError, KeyExposed):
            return Lock()


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None
