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
    """Their keys, and when each was to be kept: the same key tried again and kept is another. Belongs to the storage thread."""

    def __init__(self) -> None:
        folder = os.environ.get("RUNTIME_DIRECTORY", "")
        self._file = Path(folder) / "refused" if folder else None
        self._kept_at: dict[str, int] = {}
        if self._file is not None:
            with suppress(OSError, ValueError):
                lines = self._file.read_text(encoding="ascii").splitlines()
                self._kept_at = {key: int(at) for key, at in map(str.split, lines)}

    def note(self, key: str, kept_at_ms: int) -> None:
        """Remember that this one is not kept, whatever the log says."""
        self._kept_at[key] = kept_at_ms
        self._write()

    def forget(self, key: str) -> None:
        """It was kept after all, tried a second time."""
        if self._kept_at.pop(key, None) is not None:
            self._write()

    def are_in(self, connection: Connection) -> bool:
        """Whether any of them was found in the log."""
        return bool(self._ids(connection))

    def has(self, key: str, kept_at_ms: int) -> bool:
        """Whether this is one of them."""
        return self._kept_at.get(key) == kept_at_ms

    def take_out(self, connection: Connection) -> None:
        """None of them was ever kept."""
        if ids := self._ids(connection):
            with transaction(connection):
                connection.executemany("DELETE FROM attachment WHERE submission = ?", ids)
                connection.executemany("DELETE FROM outbox WHERE id = ?", ids)

    def forget_all(self) -> None:
        """None of them lies here any more, nor in a damaged store that is still to be carried over."""
        if self._kept_at:
            self._kept_at.clear()
            self._write()

    def _ids(self, connection: Connection) -> list[tuple[int]]:
        sought = "SELECT id FROM outbox WHERE key = ? AND kept_at = ? AND state = 'queued'"
        with translated():
            return [row for noted in self._kept_at.items() for row in connection.execute(sought, noted)]

    def _write(self) -> None:
        if self._file is None:
            return
        with suppress(OSError):
            if self._kept_at:
                self._file.write_text("".join(f"{key} {at}\n" for key, at in self._kept_at.items()), encoding="ascii")
            else:
                self._file.unlink(missing_ok=True)
