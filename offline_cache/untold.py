"""Submissions whose resident never heard that they are kept: found again by the document they were proved with.

A power cut between the disk's yes and the screen leaves one. Its content stays (encrypted) until the resident has been told,
or, once it is answered, for a week. Lives in the thread of its connection.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from devices.values import dataclass
from offline_cache.database import transaction, translated
from offline_cache.errors import StoreDamaged, VaultError
from offline_cache.hall_time import hall_date
from offline_cache.index_check import with_sound_indexes
from offline_cache.outbox import first_id
from offline_cache.records import DAY_MS, EARLIEST_MS, MISSED_MS, UNTOLD_MS, RecordState
from offline_cache.tally import IS_KNOWN_MISSED, IS_UNTOLD, SIZE
from offline_cache.vault import Sealed, Vault, bound_to

if TYPE_CHECKING:
    from offline_cache.database import Connection
    from offline_cache.wire import Submission

TO_TELL = (
    "id IN (SELECT id FROM outbox WHERE id >= ? AND state IN ('queued', 'needs-person') UNION ALL"  # noqa: S608 - constants
    " SELECT id FROM outbox INDEXED BY outbox_to_erase"
    " WHERE settled_at > ? AND settled_at IS NOT NULL AND key_id IS NOT NULL AND state = 'acknowledged' UNION ALL"
    " SELECT id FROM outbox WHERE id < ? AND kept_at < ? AND state IN ('queued', 'acknowledged', 'needs-person'))"
    f" AND key_id IS NOT NULL AND {IS_UNTOLD}"
)


@dataclass(frozen=True, slots=True)
class KeptBefore:
    """One submission as its resident may be told of it."""

    submission: Submission = field(repr=False)
    state: RecordState
    acceptance_number: str
    accepted_at: str
    trouble: str


class Untold:
    """Who must still be told."""

    def __init__(self, connection: Connection, vault: Vault, first_waiting: Callable[[], int | None] = lambda: None) -> None:
        """`first_waiting`: no submission waits under a smaller id; None while none waits."""
        self._connection = connection
        self._vault = vault
        self._first_waiting = first_waiting

    def find(self, item: str, number: str, now_ms: int) -> KeptBefore | None:
        """The newest untold submission for this item by the holder of this document; None when there is none.

        Still waiting, however long the line is down, or answered within the last week: entered again it would be there twice.
        One kept by a clock that had lost its time may be of these days, and counts as such.
        A rejected or cancelled one is no reason not to submit again.
        """
        sought = f"SELECT id FROM outbox WHERE {TO_TELL} AND item = ? ORDER BY id DESC"  # noqa: S608 - a constant
        for (row_id,) in self._rows(sought, *self._since(now_ms), item):
            try:
                found = self._open(row_id)
            except (VaultError, StoreDamaged, ValueError):
                continue  # damaged, or of another form: the sender sets it apart and tells
            if found.submission.applicant.number == number:
                return found
        return None

    def items(self, now_ms: int) -> frozenset[str]:
        """Of which items there is one to be found, whosever it is."""
        sought = f"SELECT DISTINCT item FROM outbox WHERE {TO_TELL}"  # noqa: S608 - a constant
        return frozenset(item for (item,) in self._rows(sought, *self._since(now_ms)) if isinstance(item, str))

    def _rows(self, sought: str, *values: int | str) -> list[tuple[Any, ...]]:
        def look() -> list[tuple[Any, ...]]:
            with translated():
                return self._connection.execute(sought, values).fetchall()

        return with_sound_indexes(self._connection, look)

    def _since(self, now_ms: int) -> tuple[int, int, int, int]:
        """What TO_TELL asks for."""
        of_these_days, waiting = first_id(hall_date(now_ms) - timedelta(days=2)), self._first_waiting()
        return (
            of_these_days if waiting is None else min(of_these_days, waiting),
            now_ms - UNTOLD_MS,
            first_id(hall_date(EARLIEST_MS) + timedelta(days=1)),
            EARLIEST_MS,
        )

    def _open(self, row_id: int) -> KeptBefore:
        with translated():
            kiosk, key, schema, key_id, box, state, *told = self._connection.execute(
                "SELECT kiosk, key, schema, key_id, box, state, acceptance_number, accepted_at, trouble FROM outbox WHERE id = ?",
                (row_id,),
            ).fetchone()
        from offline_cache.wire import Submission

        content = json.loads(self._vault.open(Sealed(key_id, box), bound_to(kiosk, key, schema)))
        return KeptBefore(Submission.model_validate(content), RecordState(state), *told)

    def tell(self, key: str, now_ms: int, *, erase: bool) -> int:
        """The resident has seen how it stands; `erase`: an answered one need not stay any longer. Returns the bytes erased.

        But for one that the daily match misses at the centre: nobody else has it, and it can be handed in again.
        """
        with transaction(self._connection):
            self._connection.execute("INSERT OR IGNORE INTO told VALUES (?, ?)", (key, now_ms))
            # One whose content is here stays told, for a clock that loses its time may take it for the last days' once more.
            self._connection.execute(
                "DELETE FROM told WHERE at < ?"
                " AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.key = told.key AND box IS NOT NULL)",
                (now_ms - 3 * DAY_MS,),
            )
            if not erase:
                return 0
            erased = self._connection.execute(
                "UPDATE outbox SET key_id = NULL, box = NULL WHERE key = ? AND key_id IS NOT NULL"  # noqa: S608 - a constant
                f" AND state IN ('acknowledged', 'rejected') AND ({IS_KNOWN_MISSED}) IS NOT TRUE RETURNING {SIZE}",
                (key, now_ms - MISSED_MS),
            ).fetchall()
        return sum(size for (size,) in erased)
