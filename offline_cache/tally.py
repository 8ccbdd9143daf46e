"""The outbox in numbers, kept up to date without counting; lives in the thread of its connection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from devices.values import dataclass
from offline_cache.database import translated
from offline_cache.records import EARLIEST_MS, LATEST_MS, RecordState, Tally

if TYPE_CHECKING:
    from offline_cache.database import Connection

IS_WAITING = "state = 'queued'"
PUT_BACK_MS = 2
"""No submission that was put back is ready before; 0 is at once, and 1 what a changed bit makes of it."""
IS_PUT_BACK = f"{IS_WAITING} AND ready_at NOT IN (0, 1)"
"""Word for word the condition of the partial index, or SQLite does not use it."""
IS_APART = "state NOT IN ('queued', 'acknowledged')"
"""Likewise: of the index of what is neither waiting nor done."""
IS_READY = f"{IS_PUT_BACK} AND typeof(ready_at) = 'integer'"
"""The same without what changed bits made of one that is fresh: it is found as such."""
IS_FRESH = (
    f"({IS_WAITING} OR settled_at IS NULL AND state <> 'needs-person')"
    " AND NOT (typeof(ready_at) = 'integer' AND ready_at NOT IN (0, 1))"
)
"""Waits and was never put back: what that index does not have. One whose changed bits only look like it is found as well."""
SIZE = "iif(size BETWEEN 0 AND 4294967295, CAST(size AS INTEGER), 0)"
"""What a row adds to a sum: changed bits may make of one size what no sum can hold, or no number."""
IS_SETTLED_UNDER_ANOTHER = "kiosk <> ? AND state NOT IN ('queued', 'needs-person')"
FRESH_AND_UNDER_OTHERS = (
    f"SELECT count(*) FILTER (WHERE fresh), coalesce(sum({SIZE}) FILTER (WHERE fresh), 0),"  # noqa: S608 - constants
    " min(id) FILTER (WHERE fresh), count(*) FILTER (WHERE NOT fresh),"
    " count(*) FILTER (WHERE NOT fresh AND state NOT IN ('rejected', 'cancelled'))"
    f" FROM (SELECT id, size, state, {IS_FRESH} AS fresh FROM outbox NOT INDEXED"
    f" WHERE {IS_FRESH} OR {IS_SETTLED_UNDER_ANOTHER})"
)
"""In one walk over the whole table."""
NONE_FRESH = 1 << 62
"""Above every row's id."""
IS_UNTOLD = "(printed_at IS NULL AND NOT EXISTS (SELECT 1 FROM told WHERE told.key = outbox.key))"
"""A submission whose resident saw neither its outcome nor its receipt."""
IS_KNOWN_MISSED = "key IN (SELECT value FROM ledger_match, json_each(iif(json_valid(ids), ids, '{}'), '$.missing') WHERE at >= ?)"
"""The centre's ledger should have it and has it not, of the days that were compared since; ids whose bits changed are no key."""


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

    def __init__(self, connection: Connection, limits: Limits, kiosk: str = "") -> None:
        """With this kiosk's number what it kept under earlier ones is counted apart, too."""
        self._connection = connection
        self._limits = limits
        self._kiosk = kiosk
        self._seen_version = -1
        self._kept = 0
        self._over = 0
        self._of_state: dict[RecordState, int] = {}  # but for what waits, which is the rest
        self._under_others, self._acknowledged_under_others = 0, 0
        self._content_bytes = 0
        self._oldest_id = 0
        self._oldest_at_ms: int | None = None
        self.full = False
        """At a limit, as far as this program knows: no visit is begun."""
        self.no_bytes_left = False
        """At the limit of bytes."""
        self.first_fresh = NONE_FRESH
        """No fresh submission was before this id when all was counted."""
        self.recount()

    def tally(self) -> Tally:
        """The numbers now; counted anew when another program wrote to the store."""
        if self._data_version() != self._seen_version:
            self.recount()
        of_state = self._of_state
        return Tally(
            kept=self._kept,
            waiting=self._kept - self._over - of_state[RecordState.NEEDS_PERSON],
            needs_person=of_state[RecordState.NEEDS_PERSON],
            acknowledged=of_state[RecordState.ACKNOWLEDGED],
            rejected=of_state[RecordState.REJECTED],
            cancelled=of_state[RecordState.CANCELLED],
            content_bytes=self._content_bytes,
            oldest_at_ms=self._oldest_at_ms,
            full=self.full,
            under_others=self._under_others,
            acknowledged_under_others=self._acknowledged_under_others,
        )

    @property
    def first_waiting(self) -> int | None:
        """No submission that waits has a smaller id, but for one without a right date; None while none waits."""
        return None if self._oldest_at_ms is None else self._oldest_id

    def kept(self, row_id: int, size: int, now_ms: int) -> None:
        """One more was kept."""
        self._kept += 1
        self._content_bytes += size
        self._compare()
        if now_ms >= EARLIEST_MS and (self._oldest_at_ms is None or row_id < self._oldest_id):
            self._oldest_id, self._oldest_at_ms = row_id, now_ms

    def moved(self, moves: Iterable[Move]) -> None:
        """These went from one state to another."""
        of_state = self._of_state
        for before, after, freed in moves:
            if before is not RecordState.QUEUED:
                of_state[before] -= 1
            if after is not RecordState.QUEUED:
                of_state[after] += 1
            self._content_bytes -= freed
        self._over = sum(of_state.values()) - of_state[RecordState.NEEDS_PERSON]
        self._compare()
        self._walk_to_oldest()

    def erased(self, size: int) -> None:
        """A content of so many bytes went."""
        self._content_bytes -= size
        self._compare()

    def recount(self) -> None:
        """Count everything, over indexes but for what is fresh; of what is answered, the rows whose contents are still here.

        Raises StoreDamaged, and the numbers stay as they are.
        """
        self._seen_version = self._data_version()
        with translated():
            kept = self._connection.execute("SELECT count(*) FROM outbox").fetchone()[0]
            put_back, put_back_bytes, oldest_put_back = self._connection.execute(
                f"SELECT count(*), coalesce(sum({SIZE}), 0), min(id) FROM outbox INDEXED BY outbox_put_back WHERE {IS_READY}"  # noqa: S608 - a constant
            ).fetchone()
            fresh, fresh_bytes, oldest_fresh, under_others, acknowledged_under_others = self._connection.execute(
                FRESH_AND_UNDER_OTHERS, (self._kiosk,)
            ).fetchone()
            apart = {
                state: facts
                for state, *facts in self._connection.execute(
                    f"SELECT state, count(*), sum({SIZE}), min(id) FROM outbox INDEXED BY outbox_apart"  # noqa: S608 - constants
                    f" WHERE {IS_APART} AND state IN ('rejected', 'needs-person', 'cancelled') GROUP BY state"
                )
            }
            (still_here,) = self._connection.execute(
                f"SELECT coalesce(sum({SIZE}), 0) FROM outbox INDEXED BY outbox_to_erase"  # noqa: S608 - a constant
                " WHERE settled_at IS NOT NULL AND key_id IS NOT NULL"
            ).fetchone()
        held, held_bytes, oldest_held = apart.get("needs-person", (0, 0, None))
        rejected, cancelled = apart.get("rejected", (0,))[0], apart.get("cancelled", (0,))[0]
        self.first_fresh = NONE_FRESH if oldest_fresh is None else oldest_fresh
        self._kept, self._over = kept, kept - put_back - fresh - held
        self._of_state = {
            RecordState.NEEDS_PERSON: held,
            RecordState.ACKNOWLEDGED: max(0, self._over - rejected - cancelled),  # one with changed bits may count twice
            RecordState.REJECTED: rejected,
            RecordState.CANCELLED: cancelled,
        }
        self._under_others, self._acknowledged_under_others = under_others, acknowledged_under_others
        self._content_bytes = put_back_bytes + fresh_bytes + held_bytes + still_here
        self._compare()
        self._oldest_id = min((one for one in (oldest_put_back, oldest_fresh, oldest_held) if one is not None), default=0)
        self._walk_to_oldest()

    def _compare(self) -> None:
        self.no_bytes_left = self._content_bytes >= self._limits.bytes
        self.full = self.no_bytes_left or self._kept - self._over >= self._limits.records

    def _data_version(self) -> int:
        with translated():
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def _walk_to_oldest(self) -> None:
        """Walk on from the oldest known to the next that waits for the centre or a person: each row is passed once.

        What a clock without its time kept, or changed bits date, is passed over: nobody knows how old it is, and it must not
        hide what is.
        """
        row = None
        if self._kept > self._over:
            with translated():
                row = self._connection.execute(
                    "SELECT id, CAST(kept_at AS INTEGER) AS at FROM outbox NOT INDEXED"
                    " WHERE id >= ? AND state IN ('queued', 'needs-person') AND at BETWEEN ? AND ? ORDER BY id LIMIT 1",
                    (self._oldest_id, EARLIEST_MS, LATEST_MS),
                ).fetchone()
        if row is not None:
            self._oldest_id = row[0]
        self._oldest_at_ms = None if row is None else row[1]
