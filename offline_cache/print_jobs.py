"""The table of print jobs: which slips left for a printer, and how that ended, so that a restart makes no second copy.

Lives in the thread of its connection.
"""

from __future__ import annotations

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
        with translated():
            rows = self._connection.execute("SELECT job, code FROM print_job WHERE device = ? ORDER BY seq", (device,)).fetchall()
        return tuple((str(job), str(code)) for job, code in rows)

    def settle(self, code: str, ended: str, now_ms: int) -> tuple[tuple[str, str], ...]:
        """Turn every job that stands at `code` into one that ended so; those jobs by device and id."""
        with transaction(self._connection):
            rows = self._connection.execute("SELECT device, job FROM print_job WHERE code = ? ORDER BY seq", (code,)).fetchall()
            self._connection.execute("UPDATE print_job SET code = ?, at = ? WHERE code = ?", (ended, now_ms, code))
        return tuple((str(device), str(job)) for device, job in rows)
