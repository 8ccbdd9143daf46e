"""The daily match with the centre's ledger: what a day holds here, and how each day came out.

`Matches` lives in the thread of its connection.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING

from devices.values import dataclass
from offline_cache.canonical import ledger_digest
from offline_cache.database import transaction, translated
from offline_cache.hall_time import hall_date
from offline_cache.journal import IS_HASH
from offline_cache.key import KEY_FORM
from offline_cache.outbox import SERIALS_A_DAY, first_id

if TYPE_CHECKING:
    from offline_cache.database import Connection
    from offline_cache.wire import LedgerDay, LedgerEntry

DAYS_BACK = 31
"""So far back a day is held against the ledger until it agrees; an older one only until it was."""
ARE_NUMBERS = " AND ".join(f"typeof({name}) = 'integer'" for name in ("at", "acknowledged", "in_centre", "waiting"))
HAS_LOST = "json_array_length(iif(json_valid(ids), ids, '{}'), '$.missing') > 0"
"""Of a compared day: the centre's ledger should have something that it has not."""
IS_KEY = re.compile(KEY_FORM.encode())


@dataclass(frozen=True, slots=True)
class DayMatch:
    """How a day came out when it was last compared."""

    day: date
    compared_at_ms: int
    acknowledged: int
    in_centre: int
    waiting: int
    """Kept that day and not answered yet: the day is compared again."""
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """True when no submission of the day is in doubt."""
        return not (self.missing or self.unexpected or self.different or self.doubled)

    @property
    def was_over(self) -> bool:
        """True when the day had ended when it was compared."""
        return hall_date(self.compared_at_ms) > self.day

    @property
    def closed(self) -> bool:
        """True when nothing more can come of comparing it again."""
        return self.agrees and not self.waiting


def day_told(day: date, entries: Sequence[LedgerEntry], *, whole: bool) -> LedgerDay:
    """What the kiosk tells of a day: its number and digest, and every entry when `whole`."""
    from offline_cache.wire import LedgerDay

    hashes = {entry.key: entry.content_hash for entry in entries if entry.state == "acknowledged"}
    return LedgerDay(
        day=f"{_number(day):08}",
        acknowledged=len(hashes),
        digest=ledger_digest(hashes),
        entries=tuple(entries) if whole else None,
    )


class Matches:
    """The table of compared days."""

    def __init__(self, connection: Connection, kiosk: str = "") -> None:
        """The centre compares what was kept under this number; under an earlier one it knows this kiosk no more."""
        self._connection = connection
        self._kiosk = kiosk

    def open_days(self, today: date) -> tuple[date, ...]:
        """The days before `today` that are still to be compared, newest first.

        One that agreed is compared again when more was kept on it since: its end was told by a clock that ran ahead. An older
        one than `DAYS_BACK` only when something was kept on it, and until nothing of it waits: the line may have been down for
        so long.
        """
        over = {match.day: match for match in self.since(date.min) if match.was_over}
        days = (today - timedelta(days=back) for back in range(1, DAYS_BACK + 1))
        older = self._days_kept(today - timedelta(days=DAYS_BACK))
        return (
            *(day for day in days if day not in over or not over[day].closed or self._has_more(over[day])),
            *(day for day in reversed(older) if day not in over or over[day].waiting),
        )

    def _has_more(self, match: DayMatch) -> bool:
        first = first_id(match.day)
        with translated():
            acknowledged, waiting = self._connection.execute(
                "SELECT count(*) FILTER (WHERE state = 'acknowledged'),"
                " count(*) FILTER (WHERE state IN ('queued', 'needs-person')) FROM outbox WHERE id BETWEEN ? AND ? AND kiosk = ?",
                (first, first + SERIALS_A_DAY - 1, self._kiosk),
            ).fetchone()
        return bool(acknowledged > match.acknowledged or waiting)

    def _days_kept(self, before: date) -> list[date]:
        """The days before this on which something was kept, each found by one step over the ids."""
        days: list[date] = []
        at = 0
        while True:
            with translated():
                row_id = self._connection.execute("SELECT min(id) FROM outbox WHERE id >= ?", (at,)).fetchone()[0]
            if row_id is None or row_id >= first_id(before):
                return days
            with suppress(ValueError):  # an id whose bits have changed is of no day
                days.append(_day(row_id // SERIALS_A_DAY))
            at = (row_id // SERIALS_A_DAY + 1) * SERIALS_A_DAY

    def entries(self, day: date) -> tuple[LedgerEntry, ...]:
        """What was kept here on that day under this number, by its receipt numbers.

        One whose key is none any more is left out, and a hash that is none counts as another: either comes out as in doubt,
        where the centre would refuse the whole day for it.
        """
        from offline_cache.wire import LedgerEntry

        first = first_id(day)
        with translated():
            rows = self._connection.execute(
                "SELECT CAST(key AS BLOB), CAST(content_hash AS BLOB), CAST(state AS BLOB) FROM outbox"
                " WHERE id BETWEEN ? AND ? AND kiosk = ? ORDER BY id",
                (first, first + SERIALS_A_DAY - 1, self._kiosk),
            ).fetchall()
        waiting = (b"queued", b"needs-person")
        return tuple(
            LedgerEntry.model_construct(
                key=key.decode(),
                content_hash=digest.decode() if IS_HASH.fullmatch(digest) else hashlib.sha256(digest).hexdigest(),
                state="acknowledged" if state == b"acknowledged" else "waiting" if state in waiting else "ended",
            )
            for key, digest, state in rows
            if IS_KEY.fullmatch(key)
        )

    def cancelled(self, day: date) -> tuple[str, ...]:
        """The keys of what was kept here on that day and cancelled by staff."""
        first = first_id(day)
        with translated():
            rows = self._connection.execute(
                "SELECT CAST(key AS BLOB) FROM outbox WHERE id BETWEEN ? AND ? AND kiosk = ? AND state = 'cancelled' ORDER BY id",
                (first, first + SERIALS_A_DAY - 1, self._kiosk),
            ).fetchall()
        return tuple(key.decode() for (key,) in rows if IS_KEY.fullmatch(key))

    def note(self, match: DayMatch) -> bool:
        """Keep how a day came out; True when it came out otherwise than the last time."""
        before = self.of(match.day)
        ids = {name: getattr(match, name) for name in ("missing", "unexpected", "different", "doubled")}
        with transaction(self._connection):
            self._connection.execute(
                "INSERT OR REPLACE INTO ledger_match VALUES (?, ?, ?, ?, ?, ?)",
                (
                    _number(match.day),
                    match.compared_at_ms,
                    match.acknowledged,
                    match.in_centre,
                    match.waiting,
                    json.dumps(ids),
                ),
            )
        return before is None or _outcome(before) != _outcome(match)

    def reopen(self) -> None:
        """Every day is to be compared again: the ledger is no longer the one that was compared.

        What it had lost before stays known until then, or the line may go first and the only copy be erased.
        """
        with transaction(self._connection):
            self._connection.execute(f"DELETE FROM ledger_match WHERE ({HAS_LOST}) IS NOT TRUE")  # noqa: S608 - a constant
            self._connection.execute("UPDATE ledger_match SET waiting = max(waiting, 1)")

    def of(self, day: date) -> DayMatch | None:
        """How this day came out; None when it was never compared."""
        return next((match for match in self.since(day) if match.day == day), None)

    def differing(self, today: date) -> tuple[date, ...]:
        """The days of `shown` that did not agree when they were last compared, newest first."""
        return tuple(match.day for match in self.shown(today) if not match.agrees)

    def shown(self, today: date, days: int = DAYS_BACK) -> tuple[DayMatch, ...]:
        """How the latest days came out, newest first; and older ones that differ, so long after they were compared.

        A kiosk whose line was down for longer compares them late: nobody has seen them before.
        """
        first = today - timedelta(days=days)
        return tuple(
            match
            for match in self.since(date.min)
            if match.day >= first or (not match.agrees and hall_date(match.compared_at_ms) >= first)
        )

    def since(self, first: date) -> tuple[DayMatch, ...]:
        """The compared days from the first on, newest first; one whose bits have changed is as one never compared."""
        with translated():
            rows = self._connection.execute(
                f"SELECT day, at, acknowledged, in_centre, waiting, CAST(ids AS BLOB) FROM ledger_match WHERE {ARE_NUMBERS}"  # noqa: S608 - a constant
                " AND day >= ? ORDER BY day DESC",
                (_number(first),),
            ).fetchall()
        return tuple(match for row in rows if (match := _match(row)) is not None)


def _match(row: tuple[int, int, int, int, int, bytes]) -> DayMatch | None:
    number, at, acknowledged, in_centre, waiting, ids = row
    try:
        hall_date(at)
        keys = {name: tuple(map(str, found)) for name, found in json.loads(ids).items()}
        return DayMatch(_day(number), at, acknowledged, in_centre, waiting, **keys)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None


def _day(number: int) -> date:
    return date(number // 10_000, number // 100 % 100, number % 100)


def _number(day: date) -> int:
    return first_id(day) // SERIALS_A_DAY


def _outcome(match: DayMatch) -> tuple[object, ...]:
    return (match.acknowledged, match.in_centre, match.missing, match.unexpected, match.different, match.doubled)
