"""The table of print jobs: which slips left for a printer, and how that ended, so that a restart makes no second copy.

Lives in the thread of its connection.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from offline_cache.database import transaction, translated

if TYPE_CHECKING:
    from offline_cache.database import Connection

MOST_ROWS = 1000
"""Older jobs are forgotten: nobody asks for them again."""


class PrintJobs:
    """Job ids by device in the order in which they began; of a person they tell nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, device: str, job: str, code: str, now_ms: int) -> None:
        """Remember how far this job is (`code` as the printer's driver names it); one fsync."""
        with transaction(self._connection):
            self._connection.execute(
                "INSERT OR REPLACE INTO print_job (device, job, code, at) VALUES (?, ?, ?, ?)", (device, job, code, now_ms)
            )
            self._connection.execute("DELETE FROM print_job WHERE seq <= (SELECT max(seq) FROM print_job) - ?", (MOST_ROWS,))

    def remembered(self, device: str) -> tuple[tuple[str, str], ...]:
        """A device's jobs and their codes, in the order in which they were last noted."""
        sought = "SELECT CAST(job AS BLOB), CAST(code AS BLOB) FROM print_job WHERE device = ? ORDER BY seq"
        with translated():
            return _texts(self._connection.execute(sought, (device,)))

    def settle(self, code: str, ended: str, now_ms: int) -> tuple[tuple[str, str], ...]:
        """Turn every job that stands at `code` into one that ended so; those jobs by device and id."""
        with transaction(self._connection):
            sought = "SELECT CAST(device AS BLOB), CAST(job AS BLOB) FROM print_job WHERE code = ? ORDER BY seq"
            settled = _texts(self._connection.execute(sought, (code,)))
            self._connection.execute("UPDATE print_job SET code = ?, at = ? WHERE code = ?", (ended, now_ms, code))
        return settled


def _texts(rows: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """With a replacement character where bits have changed: one such job must not hide the others."""
    return tuple((one.decode(errors="replace"), other.decode(errors="replace")) for one, other in rows)
