"""The outbox in numbers, kept up to date without counting; lives in the thread of its connection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from devices.values import dataclass
from offline_cache.database import translated
from offline_cache.records import EARLIEST_MS, RecordState, Tally

if TYPE_CHECKING:
    from offline_cache.database import Connection

IS_WAITING = "state = 'queued'"
"""Word for word the condition of the partial index, or SQLite does not use it."""

IS_UNTOLD = "(printed_at IS NULL AND NOT EXISTS (SELECT 1 FROM told WHERE told.key = outbox.key))"
"""A submission whose resident saw neither its outcome nor its receipt."""
NUMBER_OF = {
    RecordState.QUEUED: "waiting",
    RecordState.NEEDS_PERSON: "needs_person",
    RecordState.ACKNOWLEDGED: "acknowledged",
    RecordState.REJECTED: "rejected",
    RecordState.CANCELLED: "cancelled",
}
"""Where the tally counts a stored state."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What may wait here at most."""

    records: int = 20_000
    bytes: int = 2_000_000_000
    record_bytes: int = 20_000_000


class Move(NamedTuple):
    """One submission's step from a state to another."""

    before: RecordState
    after: RecordState
    freed: int
    """Bytes of its content, where that was erased with it."""


class Counter:
    """Counts once at start, then only adds: a million settled rows cost a keep nothing."""

    def __init__(self, connection: Connection, limits: Limits) -> None:
        self._connection = connection
        self._limits = limits
        self._seen_version = -1
        self._oldest_id = 0
        self._tally = Tally()
        self.recount()

    def tally(self) -> Tally:
        """The numbers now; counted anew when another program wrote to the store."""
        if self._data_version() != self._seen_version:
            self.recount()
        return self._tally

    @property
    def full(self) -> bool:
        """At a limit, as far as this program knows."""
        return self._tally.full

    def kept(self, row_id: int, size: int, now_ms: int) -> None:
        """One more was kept."""
        tally, oldest = self._tally, self._tally.oldest_at_ms
        if now_ms >= EARLIEST_MS and (oldest is None or row_id < self._oldest_id):
            self._oldest_id, oldest = row_id, now_ms
        size += tally.content_bytes
        full = tally.depth + 1 >= self._limits.records or size >= self._limits.bytes
        self._tally = Tally(  # spelt out: this runs at every keep
            tally.kept + 1,
            tally.waiting + 1,
            tally.needs_person,
            tally.acknowledged,
            tally.rejected,
            tally.cancelled,
            size,
            oldest,
            full,
        )

    def moved(self, moves: Iterable[Move]) -> None:
        """These went from one state to another."""
        numbers = self._tally._asdict()
        for move in moves:
            numbers[NUMBER_OF[move.before]] -= 1
            numbers[NUMBER_OF[move.after]] += 1
            numbers["content_bytes"] -= move.freed
        self._tally = self._judged(Tally(**numbers))
        self._walk_to_oldest()

    def erased(self, size: int) -> None:
        """A content of so many bytes went."""
        self._tally = self._judged(self._tally._replace(content_bytes=self._tally.content_bytes - size))

    def recount(self) -> None:
        """Count everything, over indexes only; of what is answered, the rows whose contents are still here."""
        self._seen_version = self._data_version()
        with translated():
            kept = self._connection.execute("SELECT count(*) FROM outbox").fetchone()[0]
            waiting, waiting_bytes, oldest_waiting = self._connection.execute(
                "SELECT count(*), coalesce(sum(size), 0), min(id) FROM outbox INDEXED BY outbox_waiting"  # noqa: S608 - a constant
                f" WHERE {IS_WAITING}"
            ).fetchone()
            apart = {
                state: facts
                for state, *facts in self._connection.execute(
                    "SELECT state, count(*), sum(size), min(id) FROM outbox INDEXED BY outbox_apart"
                    " WHERE state IN ('rejected', 'needs-person', 'cancelled') GROUP BY state"
                )
            }
            (still_here,) = self._connection.execute(
                "SELECT coalesce(sum(size), 0) FROM outbox INDEXED BY outbox_to_erase"
                " WHERE settled_at IS NOT NULL AND key_id IS NOT NULL"
            ).fetchone()
        held, held_bytes, oldest_held = apart.get("needs-person", (0, 0, None))
        rejected, cancelled = apart.get("rejected", (0,))[0], apart.get("cancelled", (0,))[0]
        acknowledged = kept - waiting - held - rejected - cancelled
        self._oldest_id = min((one for one in (oldest_waiting, oldest_held) if one is not None), default=0)
        size = waiting_bytes + held_bytes + still_here
        self._tally = self._judged(Tally(kept, waiting, held, acknowledged, rejected, cancelled, size))
        self._walk_to_oldest()

    def _data_version(self) -> int:
        with translated():
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def _judged(self, tally: Tally) -> Tally:
        full = tally.depth >= self._limits.records or tally.content_bytes >= self._limits.bytes
        return tally._replace(full=full)

    def _walk_to_oldest(self) -> None:
        """Walk on from the oldest known to the next that waits for the centre or a person: each row is passed once.

        What a clock without its time kept is passed over: nobody knows how old it is, and it must not hide what is.
        """
        row = None
        if self._tally.depth:
            with translated():
                row = self._connection.execute(
                    "SELECT id, kept_at FROM outbox NOT INDEXED"
                    " WHERE id >= ? AND state IN ('queued', 'needs-person') AND kept_at >= ? ORDER BY id LIMIT 1",
                    (self._oldest_id, EARLIEST_MS),
                ).fetchone()
        if row is not None:
            self._oldest_id = row[0]
        self._tally = self._tally._replace(oldest_at_ms=None if row is None else row[1])
