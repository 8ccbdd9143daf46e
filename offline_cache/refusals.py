"""Submissions that a resident was told are not kept, though they may stand in a log that the disk did not let us write over.

Noted in memory that outlives the program and no reboot (systemd's RuntimeDirectory=): after a reboot the log holds what the
disk has, not what only the kernel had. Without such a folder nothing is noted.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from offline_cache.database import transaction, translated

if TYPE_CHECKING:
    from offline_cache.database import Connection


class Refusals:
    """Their keys; belongs to the storage thread."""

    def __init__(self) -> None:
        folder = os.environ.get("RUNTIME_DIRECTORY", "")
        self._file = Path(folder) / "refused" if folder else None
        self._keys: set[str] = set()
        if self._file is not None:
            with suppress(OSError):
                self._keys = set(self._file.read_text(encoding="ascii").split())

    def note(self, key: str) -> None:
        """Remember that this one is not kept, whatever the log says."""
        self._keys.add(key)
        self._write()

    def forget(self, key: str) -> None:
        """It was kept after all, tried a second time."""
        if key in self._keys:
            self._keys.remove(key)
            self._write()

    def are_in(self, connection: Connection) -> bool:
        """Whether any of them was found in the log."""
        with translated():
            return any(connection.execute("SELECT 1 FROM outbox WHERE key = ?", (key,)).fetchone() for key in self._keys)

    def take_out(self, connection: Connection) -> None:
        """None of them was ever kept."""
        if not self._keys:
            return
        with transaction(connection):
            for key in self._keys:
                connection.execute("DELETE FROM attachment WHERE submission = (SELECT id FROM outbox WHERE key = ?)", (key,))
                connection.execute("DELETE FROM outbox WHERE key = ? AND state = 'queued'", (key,))
        self._keys.clear()
        self._write()

    def _write(self) -> None:
        if self._file is None:
            return
        with suppress(OSError):
            if self._keys:
                self._file.write_text("\n".join(self._keys), encoding="ascii")
            else:
                self._file.unlink(missing_ok=True)
