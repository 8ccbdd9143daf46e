"""The printers' notes on the kiosk's own disk; asked on a printer's thread, which waits for the storage thread's fsync."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from devices.errors import PrintUnconfirmed
from devices.receipt_printer.jobs import PRINTING
from offline_cache.errors import CacheError
from offline_cache.store import Store
from offline_cache.tables import Tables


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class PrintNotes:
    """`JobNotes` in the store; what the disk refuses is told by the store's own trouble."""

    def __init__(self, store: Store, now_ms: Callable[[], int] = _now_ms) -> None:
        self._store = store
        self._now_ms = now_ms

    def remembered(self, device: str) -> tuple[tuple[str, str], ...]:
        """Job ids and how they ended, the oldest first; nothing when the disk cannot be read."""
        with suppress(CacheError):
            return self._store.call(lambda tables: tables.print_jobs.remembered(device)).result()
        return ()

    def note(self, device: str, job: str, code: str) -> None:
        """Durable once this returns, where the disk takes it."""
        with suppress(CacheError):
            self._store.call(lambda tables: tables.print_jobs.note(device, job, code, self._now_ms())).result()


def settle_broken_off(tables: Tables) -> tuple[tuple[str, str], ...]:
    """Jobs under way when the kiosk was killed, by device and id: their outcome is unknown from now on. On the storage thread."""
    with suppress(CacheError):
        return tables.print_jobs.settle(PRINTING, PrintUnconfirmed.code, _now_ms())
    return ()
