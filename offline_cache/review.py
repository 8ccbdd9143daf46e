"""What staff may see and do with kept submissions: list unopened, open one, try again, cancel with a reason, erase.

Lives in the thread of its connection: the storage thread in the kiosk, the command line beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Any

from offline_cache.database import shrink_log, transaction, translated
from offline_cache.errors import StoreDamaged
from offline_cache.index_check import with_sound_indexes
from offline_cache.padding import unpadded
from offline_cache.records import DAY_MS, EARLIEST_MS, LATEST_MS, STATES, CancelReason, RecordFacts, RecordState
from offline_cache.tally import IS_KNOWN_MISSED, IS_UNTOLD, IS_WAITING, PUT_BACK_MS, Counter
from offline_cache.vault import Sealed, Vault, bound_to

if TYPE_CHECKING:
    from offline_cache.database import Connection

STATE = "CASE WHEN state = 'queued' AND lease.until IS NOT NULL THEN 'leased' ELSE state END"
FACTS = (
    f"key, receipt_number, item, {STATE}, content_hash, size, kept_at, coalesce(lease.until, nullif(ready_at, 0), kept_at),"
    " tries, trouble, settled_at, acceptance_number, accepted_at, printed_at, reason, box IS NULL"
)

IS_MISSED = "EXISTS (SELECT 1 FROM json_each(iif(json_valid(ids), ids, '{}'), '$.missing') WHERE value = ?)"
"""Of a compared day: the centre's ledger should have this key and has it not."""


class Review:
    """The outbox as staff see it; without a vault nothing can be opened."""

    def __init__(self, connection: Connection, vault: Vault | None = None, counter: Counter | None = None) -> None:
        self._connection = connection
        self._vault = vault
        self._counter = counter

    def facts(self, key: str) -> RecordFacts | None:
        """One row, unopened."""
        return next(self._select("WHERE key = ?", (key,)), None)

    def by_receipt_number(self, number: str) -> RecordFacts | None:
        """The row with this receipt number, unopened."""
        return next(self._select("WHERE receipt_number = ?", (number,)), None)

    def rows(self, *states: RecordState, limit: int = 100, offset: int = 0) -> tuple[RecordFacts, ...]:
        """Rows in these states (all when none is named), newest first."""
        wanted = f"WHERE {STATE} IN ({','.join('?' * len(states))})" if states else ""
        return tuple(self._select(f"{wanted} ORDER BY id DESC LIMIT ? OFFSET ?", (*states, limit, offset)))

    def undelivered(self, limit: int = 100) -> tuple[RecordFacts, ...]:
        """What the centre has not answered for good, newest first, but what needs a person before what waits.

        Where not all fit, the last is the oldest that waits, or needs a person where none waits: why is what staff look for.
        """
        held = self.rows(RecordState.NEEDS_PERSON, limit=limit)
        shown = (*held, *self.rows(RecordState.QUEUED, RecordState.LEASED, limit=limit - len(held)))
        if 1 < limit == len(shown):
            oldest = f"WHERE {IS_WAITING} OR state = 'needs-person' ORDER BY state = 'needs-person', id LIMIT 1"
            shown = (*shown[:-1], *self._select(oldest, ()))
        return shown

    def undelivered_under_others(self, kiosk: str) -> dict[str, int]:
        """How many the centre has not answered for good, by the number they were kept under, where that is another."""
        with translated():
            rows = self._connection.execute(
                "SELECT kiosk, count(*) FROM outbox WHERE state IN ('queued', 'needs-person') AND kiosk <> ? GROUP BY kiosk",
                (kiosk,),
            ).fetchall()
        return dict(rows)

    def kept_under(self, kiosk: str) -> tuple[int, int]:
        """How many were ever kept under this number, and how many of them the centre has acknowledged."""
        with translated():
            kept, acknowledged = self._connection.execute(
                "SELECT count(*), count(*) FILTER (WHERE state = 'acknowledged') FROM outbox WHERE kiosk = ?", (kiosk,)
            ).fetchone()
        return kept, acknowledged

    def mark_printed(self, key: str, now_ms: int) -> None:
        """The receipt of this submission came out."""
        with transaction(self._connection):
            self._connection.execute("UPDATE outbox SET printed_at = ? WHERE key = ?", (now_ms, key))

    def export(self, key: str) -> bytes | None:
        """The content, decrypted, for staff only; None when there is none (any more). Raises KeyWrong, RecordDamaged."""
        if self._vault is None:
            return None
        with translated():
            row = self._connection.execute(
                "SELECT kiosk, schema, key_id, box FROM outbox WHERE key = ? AND box IS NOT NULL", (key,)
            ).fetchone()
        return None if row is None else unpadded(self._vault.open(Sealed(row[2], row[3]), bound_to(row[0], key, row[1])))

    def sealed(self, key: str) -> tuple[Sealed, int, str] | None:
        """The content as it is stored, still encrypted, its schema and its kiosk's number; None when there is none (any more)."""
        sought = "SELECT key_id, box, schema, kiosk FROM outbox WHERE key = ? AND box IS NOT NULL"
        with translated():
            row = self._connection.execute(sought, (key,)).fetchone()
        return None if row is None else (Sealed(row[0], row[1]), row[2], row[3])

    def retry(self, key: str, now_ms: int) -> bool:
        """Try it again now, also one that needs a person, or that the daily match misses in the centre's ledger.

        However the clock is set back afterwards. False when there is nothing left to send, or it is being sent.
        """
        return self._move(key, RecordState.QUEUED, now_ms, "") or self._hand_in_again(key)

    def cancel(self, key: str, reason: CancelReason, now_ms: int) -> bool:
        """Take it out of the queue for good, with a reason; False when it is settled already, or being sent.

        One that `was_sent` may be at the centre all the same: then it becomes acknowledged once that is known.
        """
        return self._move(key, RecordState.CANCELLED, now_ms, reason)

    def cancelled_among(self, keys: Sequence[str]) -> frozenset[str]:
        """Which of these staff have cancelled."""
        with translated():
            rows = self._connection.execute(
                "SELECT outbox.key FROM json_each(?) AS named JOIN outbox ON outbox.key = named.value WHERE state = 'cancelled'",
                (json.dumps(list(keys)),),
            ).fetchall()
        return frozenset(key for (key,) in rows)

    def _move(self, key: str, state: RecordState, now_ms: int, reason: str) -> bool:
        moved = with_sound_indexes(self._connection, lambda: self._move_once(key, state, now_ms, reason))
        self._count()
        return moved

    def _move_once(self, key: str, state: RecordState, now_ms: int, reason: str) -> bool:
        settled_at = now_ms if state is RecordState.CANCELLED else None
        with transaction(self._connection):
            moved = self._connection.execute(
                f"UPDATE outbox SET state = ?, ready_at = {PUT_BACK_MS}, reason = ?, settled_at = ?,"  # noqa: S608 - a constant
                " tries = tries + EXISTS (SELECT 1 FROM lease WHERE submission = outbox.id) WHERE key = ? AND box IS NOT NULL"
                " AND state IN ('queued', 'needs-person')"
                " AND NOT EXISTS (SELECT 1 FROM lease WHERE submission = outbox.id AND until > ?)",
                (state, reason, settled_at, key, now_ms),
            )
            if moved.rowcount:
                self._connection.execute("DELETE FROM lease WHERE submission = (SELECT id FROM outbox WHERE key = ?)", (key,))
        return moved.rowcount == 1

    def _hand_in_again(self, key: str) -> bool:
        """Put one that was acknowledged back into the queue with all its pages: a backup put back at the centre has lost it."""

        def again() -> bool:
            with transaction(self._connection):
                moved = self._connection.execute(
                    f"UPDATE outbox SET state = 'queued', ready_at = {PUT_BACK_MS}, settled_at = NULL"  # noqa: S608 - constants
                    " WHERE key = ? AND state = 'acknowledged' AND box IS NOT NULL"
                    f" AND EXISTS (SELECT 1 FROM ledger_match WHERE {IS_MISSED})",
                    (key, key),
                )
                if moved.rowcount:
                    mine = "(SELECT id FROM outbox WHERE key = ?)"
                    self._connection.execute(f"UPDATE attachment SET sent = 0 WHERE submission = {mine}", (key,))  # noqa: S608 - a constant
                    self._connection.execute(f"UPDATE ledger_match SET waiting = waiting + 1 WHERE {IS_MISSED}", (key,))  # noqa: S608 - a constant
            return moved.rowcount == 1

        moved = with_sound_indexes(self._connection, again)
        if moved:
            self._count()
        return moved

    def correct_times(self, now_ms: int) -> None:
        """What a clock settled that ran ahead, or had lost its time, counts from now on.

        Else its content would stay until that clock's time comes, or go at once, whatever days it was to stay. Not from a clock
        that has lost its own time: to it all ran ahead.
        """
        if now_ms < EARLIEST_MS:
            return

        def correct() -> None:
            with transaction(self._connection):
                self._connection.execute(
                    "UPDATE outbox SET settled_at = ? WHERE settled_at IS NOT NULL AND key_id IS NOT NULL"
                    " AND (settled_at > ? OR settled_at < ?)",
                    (now_ms, now_ms + DAY_MS, EARLIEST_MS),
                )

        with_sound_indexes(self._connection, correct)

    def erase(
        self, before_ms: int, *states: RecordState, untold_since_ms: int | None = None, missed_since_ms: int | None = None
    ) -> int:
        """Erase the content of what was settled in these states before this; the facts stay. Returns how many.

        With `untold_since_ms`, what was settled since then stays while its resident was not told of it. With `missed_since_ms`,
        what a daily match since then misses at the centre stays: nobody else has it, and it can be handed in again.
        """
        told = f" AND (settled_at <= ? OR NOT {IS_UNTOLD})" if untold_since_ms is not None else ""
        missed = f" AND ({IS_KNOWN_MISSED}) IS NOT TRUE" if missed_since_ms is not None else ""
        since = tuple(moment for moment in (untold_since_ms, missed_since_ms) if moment is not None)

        def erase() -> int:
            with transaction(self._connection):
                return self._connection.execute(
                    "UPDATE outbox SET key_id = NULL, box = NULL WHERE settled_at IS NOT NULL AND key_id IS NOT NULL"  # noqa: S608 - constants
                    f" AND settled_at < ? AND state IN ({','.join('?' * len(states))}){told}{missed}",
                    (before_ms, *states, *since),
                ).rowcount

        erased = with_sound_indexes(self._connection, erase)
        if erased:
            self._count()
            shrink_log(self._connection)
        return erased

    def _count(self) -> None:
        if self._counter is not None:
            with suppress(StoreDamaged):  # the numbers stay as they are
                self._counter.recount()

    def _select(self, condition: str, values: Sequence[object]) -> Iterator[RecordFacts]:
        joined = "FROM outbox LEFT JOIN lease ON lease.submission = outbox.id"
        try:
            with translated():
                found = self._connection.execute(f"SELECT {FACTS} {joined} {condition}", tuple(values)).fetchall()
        except StoreDamaged:
            with translated():
                ids = self._connection.execute(f"SELECT id {joined} {condition}", tuple(values)).fetchall()
            found = list(chain.from_iterable(self._readable(row_id) for (row_id,) in ids))
        for row in found:
            yield _facts(*row)

    def _readable(self, row_id: int) -> list[Any]:
        """The one row, with a replacement character where bits have changed; nothing where even that cannot be read."""
        self._connection.text_factory = lambda text: text.decode(errors="replace")
        try:
            with translated():
                sought = f"SELECT {FACTS} FROM outbox LEFT JOIN lease ON lease.submission = outbox.id WHERE id = ?"  # noqa: S608 - a constant
                return self._connection.execute(sought, (row_id,)).fetchall()
        except StoreDamaged:
            return []
        finally:
            self._connection.text_factory = str


def _facts(*row: Any) -> RecordFacts:
    """A row as it is shown; where changed bits left a number, time or text that is none, 0 or what is left of it."""
    key, receipt_number, item, state, content_hash, size, kept_at, next_try_at, tries, trouble, *others = row
    settled_at, acceptance_number, accepted_at, printed_at, reason, erased = others
    return RecordFacts(
        key=_text(key),
        receipt_number=_text(receipt_number),
        item=_text(item),
        state=RecordState(state) if state in STATES else RecordState.NEEDS_PERSON,  # a damaged row says who must look
        content_hash=_text(content_hash),
        size_bytes=_number(size),
        kept_at_ms=_time(kept_at),
        next_try_at_ms=_time(next_try_at),
        tries=_number(tries),
        trouble=_text(trouble),
        settled_at_ms=None if settled_at is None else _time(settled_at),
        acceptance_number=_text(acceptance_number),
        accepted_at=_text(accepted_at),
        printed_at_ms=None if printed_at is None else _time(printed_at),
        reason=_text(reason),
        erased=bool(erased),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _time(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value <= LATEST_MS else 0
