"""Submissions waiting for the centre: kept in one transaction, leased to the sender, settled by an answer that echoes them.

Lives in the thread of its connection (the storage thread in the kiosk). Content is only ever stored encrypted; every
other column may be shown to staff.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from offline_cache.attachments import MOST, insert
from offline_cache.database import UniqueBroken, shrink_log, transaction, translated, unsynced_transaction, with_sound_indexes
from offline_cache.errors import QueueFull, RecordDamaged, StoreDamaged, StoreFull, SubmissionTooLarge
from offline_cache.receipt_number import NumbersOfDay
from offline_cache.records import EARLIEST_MS, Attached, Deferred, KeptRecord, Leased, RecordState, Settled, Tally
from offline_cache.review import Review
from offline_cache.tally import IS_UNTOLD, IS_WAITING, Counter, Limits, Move
from offline_cache.vault import Vault, bound_to

if TYPE_CHECKING:
    from offline_cache.database import Connection

SERIALS_A_DAY = 1_000_000
SCHEMA = 1
"""Of the content; bound into the encryption, so that an old content cannot pass for a new one."""
FARTHEST_TRY_MS = 2 * 3600 * 1000
"""No wait is longer; a next try beyond this was written by a clock that has been set back since, and is due."""
IS_SHA256 = re.compile(r"[0-9a-f]{64}")
RELEASE = "DELETE FROM lease WHERE submission = (SELECT id FROM outbox WHERE key = ?)"


@dataclass(slots=True)
class _Day:
    """What all of a day's submissions have in common."""

    day: date
    first_id: int
    numbers: NumbersOfDay
    next_serial: int


class Erasing(NamedTuple):
    """Whether a content goes as soon as it is answered."""

    stays: bool
    """For some days, as the settings say."""
    untold_since_ms: int | None = None
    """One kept since then stays whose resident was never told."""

    def at_once(self, kept_at_ms: int, *, untold: bool) -> bool:
        """For one kept then."""
        lately = self.untold_since_ms is not None and (kept_at_ms > self.untold_since_ms or kept_at_ms < EARLIEST_MS)
        return not self.stays and not (untold and lately)


class Outbox:
    """The table of submissions; one instance a connection."""

    def __init__(
        self,
        connection: Connection,
        vault: Vault,
        *,
        area: str = "",
        kiosk: str = "",
        limits: Limits | None = None,
        floor_id: int = 0,
    ) -> None:
        """No row gets an id below `floor_id`: receipt numbers of a store that was set aside are not given again."""
        self._connection = connection
        self._vault = vault
        self._area = area
        self._kiosk = kiosk
        self._limits = limits or Limits()
        self._counter = Counter(connection, self._limits)
        self._floor_id = floor_id
        self._today: _Day | None = None
        self._unreadable: set[int] = set()

    def review(self) -> Review:
        """The same submissions as staff see them."""
        return Review(self._connection, self._vault, self._counter)

    def tally(self) -> Tally:
        """The outbox in numbers; costs next to nothing, however much is kept."""
        return self._counter.tally()

    def recount(self) -> None:
        """The table was written to behind this instance's back."""
        self._counter.recount()

    def erased(self, size: int) -> None:
        """A content of so many bytes was erased beside this instance."""
        self._counter.erased(size)

    @property
    def unreadable(self) -> int:
        """Submissions here whose pages are broken: only setting the whole store aside helps."""
        return len(self._unreadable)

    # --- keeping -------------------------------------------------------------------------------------------------

    def keep(
        self,
        key: str,
        day: date,
        compose: Callable[[int], bytes],
        *,
        now_ms: int,
        item: str = "",
        attachments: Sequence[bytes] = (),
    ) -> KeptRecord:
        """Keep one submission and what is attached durably: one transaction, one fsync; the same key again: the first record.

        `compose` gets the day's serial and returns the canonical content, which names the attachments by their sha256.
        Raises QueueFull, SubmissionTooLarge, StoreFull, StoreUnwritable.
        """
        if self._counter.full:
            known = self.kept(key)
            if known is not None:
                return known
            raise QueueFull("the queue is at its limit")
        today = self._today
        if today is None or today.day != day:
            today = self._today = self._begin(day)
        serial = today.next_serial
        number = today.numbers.number(serial)
        content = compose(serial)
        size = len(content) + sum(map(len, attachments))
        if size > self._limits.record_bytes or len(attachments) > MOST:
            raise SubmissionTooLarge(f"{size} bytes")
        record = KeptRecord(key, serial, number, hashlib.sha256(content).hexdigest(), now_ms)
        row_id = today.first_id + serial
        try:
            if attachments:
                with transaction(self._connection):
                    self._insert(row_id, record, item, content, size)
                    insert(self._connection, self._vault, self._kiosk, key, row_id, attachments, SCHEMA)
            else:
                self._insert(row_id, record, item, content, size)  # one statement is one transaction
        except UniqueBroken:
            known = self.kept(key)  # asked only now: a second time is rare
            if known is None:
                raise
            return known
        today.next_serial += 1
        self._counter.kept(row_id, size, now_ms)
        return record

    def kept(self, key: str) -> KeptRecord | None:
        """The record of this key, if it was ever kept."""
        with translated():
            row = self._connection.execute(
                "SELECT key, id, receipt_number, content_hash, kept_at FROM outbox WHERE key = ?", (key,)
            ).fetchone()
        return None if row is None else KeptRecord(row[0], row[1] % SERIALS_A_DAY, *row[2:])

    def _insert(self, row_id: int, record: KeptRecord, item: str, content: bytes, size: int) -> None:
        sealed = self._vault.seal(content, bound_to(self._kiosk, record.key, SCHEMA))
        with translated():
            self._connection.execute(
                "INSERT INTO outbox (id, key, kiosk, receipt_number, item, content_hash, size, kept_at, state, ready_at,"
                " schema, key_id, box) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?)",
                (
                    row_id,
                    record.key,
                    self._kiosk,
                    record.receipt_number,
                    item,
                    record.content_hash,
                    size,
                    record.kept_at_ms,
                    record.kept_at_ms,
                    SCHEMA,
                    sealed.key_id,
                    sealed.box,
                ),
            )

    def _begin(self, day: date) -> _Day:
        first = first_id(day)
        with translated():
            row = self._connection.execute(
                "SELECT max(id) FROM outbox WHERE id BETWEEN ? AND ?", (first, first + SERIALS_A_DAY - 1)
            ).fetchone()
        floor = self._floor_id - first if 0 <= self._floor_id - first < SERIALS_A_DAY else 1
        serial = max(floor, 1 if row[0] is None else row[0] - first + 1)
        return _Day(day, first, NumbersOfDay(self._area, self._kiosk, day), serial)

    # --- sending -------------------------------------------------------------------------------------------------

    def lease(self, count: int, max_bytes: int, now_ms: int, until_ms: int) -> tuple[Leased, ...]:
        """Hand out what is due, longest due first, as much as fits; what cannot be read is set apart for a person.

        Costs no fsync: every start takes all leases back, so one that a power cut undoes is none the worse.
        """
        with unsynced_transaction(self._connection):
            ids = _fitting(self._due(count, now_ms), max_bytes)
            self._lease(ids, until_ms)
            with suppress(StoreDamaged):
                return self._read(ids)
        return tuple(chain.from_iterable(map(self._read_alone, ids)))

    def look(self, count: int, max_bytes: int, now_ms: int, without: Collection[str]) -> tuple[Leased, ...]:
        """What is due, as `lease` would hand it out, but for these keys: for a disk that takes no writing.

        There is one sender, and nobody else can write either: what it has sent, it bears in mind.
        """
        with translated():
            ids = _fitting(self._due(count, now_ms, without), max_bytes)
        found: list[Leased] = []
        for row_id in ids:
            with suppress(StoreDamaged):  # it is set apart once it can be
                found += self._read([row_id])
        return tuple(found)

    def _read(self, ids: Sequence[int]) -> tuple[Leased, ...]:
        listed = str(ids)
        with translated():
            rows = self._connection.execute(
                "SELECT outbox.id, outbox.key, content_hash, tries, kiosk, schema, key_id, box"  # noqa: S608 - a constant
                " FROM json_each(?) AS leased CROSS JOIN outbox NOT INDEXED ON outbox.id = leased.value"
                f" WHERE {IS_WAITING} AND typeof(size) = 'integer' AND typeof(kept_at) = 'integer'",
                (listed,),
            ).fetchall()
            unsent = self._unsent(listed)
        if len(rows) != len(ids):
            raise StoreDamaged("the index and a submission disagree, or one of its numbers is none")
        vault = self._vault
        return tuple(Leased._make((*row, vault, unsent.get(row[0], ()))) for row in rows)

    def _read_alone(self, row_id: int) -> tuple[Leased, ...]:
        """One of a batch in which something cannot be read: itself, or nothing when it is the one."""
        try:
            return self._read([row_id])
        except StoreDamaged as damaged:
            self.set_apart(row_id, damaged.code)
            return ()

    def _lease(self, ids: list[int], until_ms: int) -> None:
        self._connection.execute("INSERT OR REPLACE INTO lease SELECT value, ? FROM json_each(?)", (until_ms, str(ids)))

    def _unsent(self, ids: str) -> dict[int, tuple[Attached, ...]]:
        found: dict[int, tuple[Attached, ...]] = {}
        if self._connection.execute("SELECT 1 FROM attachment LIMIT 1").fetchone() is None:
            return found  # most kiosks, most of the time
        rows = self._connection.execute(
            "SELECT submission, number, sha256, size FROM attachment"
            " WHERE submission IN (SELECT value FROM json_each(?)) AND sent = 0 ORDER BY submission, number",
            (ids,),
        )
        for row_id, number, sha256, size in rows:
            if not (isinstance(sha256, str) and IS_SHA256.fullmatch(sha256)):
                raise StoreDamaged("an attachment's name is none")
            found[row_id] = (*found.get(row_id, ()), Attached(number, sha256, size, sent=False))
        return found

    def _due(self, count: int, now_ms: int, without: Collection[str] = ()) -> list[Any]:
        """Id and size, from the index alone unless some are left out."""
        # As a number, whatever it is: a damaged one must not hide the others.
        sought = "SELECT id, CAST(size AS INTEGER) FROM outbox INDEXED BY outbox_waiting"
        order = "ORDER BY ready_at, id LIMIT (SELECT ?)"  # for a bare `LIMIT ?` SQLite plans the statement anew each time
        free, leases = "", list[int | str]()
        if without:
            free, leases = "AND key NOT IN (SELECT value FROM json_each(?))", [json.dumps(list(without))]
        if self._connection.execute("SELECT 1 FROM lease LIMIT 1").fetchone() is not None:
            free += " AND NOT EXISTS (SELECT 1 FROM lease WHERE submission = id AND until > ? AND until <= ?)"
            leases += [now_ms, now_ms + FARTHEST_TRY_MS]
        due = f"{sought} WHERE {IS_WAITING} AND ready_at <= ? {free} {order}"
        count += len(self._unreadable)
        rows = self._connection.execute(due, (now_ms, *leases, count)).fetchall()
        if not rows:
            stuck = f"{sought} WHERE {IS_WAITING} AND ready_at > ? {free} {order}"
            rows = self._connection.execute(stuck, (now_ms + FARTHEST_TRY_MS, *leases, count)).fetchall()
        return [row for row in rows if row[0] not in self._unreadable]

    def renew(self, keys: Sequence[str], until_ms: int) -> frozenset[str]:
        """Prolong the leases of what is still being sent; returns those that still were leased. Costs no fsync."""
        with unsynced_transaction(self._connection):
            rows = self._connection.execute(
                "SELECT outbox.id, outbox.key FROM json_each(?) AS named JOIN outbox ON outbox.key = named.value"
                " JOIN lease ON lease.submission = outbox.id",
                (json.dumps(list(keys)),),
            ).fetchall()
            self._lease([row[0] for row in rows], until_ms)
        return frozenset(row[1] for row in rows)

    def defer(self, deferred: Sequence[Deferred]) -> None:
        """Put leased submissions back into the queue, with the time of the next try and why. Costs no fsync."""
        with_sound_indexes(self._connection, lambda: self._defer(deferred))

    def _defer(self, deferred: Sequence[Deferred]) -> None:
        with unsynced_transaction(self._connection):
            self._connection.executemany(
                "UPDATE outbox SET state = 'queued', ready_at = ?, tries = tries + ?, trouble = coalesce(nullif(?, ''), trouble)"  # noqa: S608 - a constant
                f" WHERE key = ? AND {IS_WAITING}",
                [(one.ready_at_ms, int(one.counts), one.trouble, one.key) for one in deferred],
            )
            self._connection.executemany(RELEASE, [(one.key,) for one in deferred])

    def settle(
        self, settled: Sequence[Settled], now_ms: int, *, keep_days: int = 0, untold_since_ms: int | None = None
    ) -> tuple[str, ...]:
        """End the way of these, all in one transaction, and erase their content unless it is to stay; returns the keys settled.

        With `untold_since_ms`, one kept since then stays whose resident was never told.
        Only a row with the same key *and* hash that has no final answer yet is touched, and one that staff cancelled when the
        centre had it already. Costs no fsync: what a power cut undoes is sent again, and the centre answers as before.
        """
        erasing = Erasing(keep_days > 0, untold_since_ms)
        try:
            return self._settle(settled, now_ms, erasing)
        except (StoreDamaged, StoreFull):  # one cannot be read any more, or the room is for one at a time
            return tuple(chain.from_iterable(self._settle_alone(one, now_ms, erasing) for one in settled))

    def _settle(self, settled: Sequence[Settled], now_ms: int, erasing: Erasing) -> tuple[str, ...]:
        moves: list[Move] = []
        keys = []
        with unsynced_transaction(self._connection):
            for one in settled:
                row = self._connection.execute(
                    f"SELECT id, state, iif(key_id IS NULL, 0, CAST(size AS INTEGER)), kept_at, {IS_UNTOLD} FROM outbox"  # noqa: S608 - a constant
                    " WHERE key = ? AND content_hash = ?"
                    " AND (state IN ('queued', 'needs-person') OR state = 'cancelled' AND ? = 'acknowledged')",
                    (one.key, one.content_hash, one.state),
                ).fetchone()
                if row is not None:
                    row_id, before, size, kept_at, untold = row
                    erase = one.state is not RecordState.NEEDS_PERSON and erasing.at_once(kept_at, untold=bool(untold))
                    self._settle_one(row_id, one, now_ms, erase=erase)
                    moves.append(Move(RecordState(before), one.state, size if erase else 0))
                    keys.append(one.key)
        self._counter.moved(moves)
        return tuple(keys)

    def _settle_alone(self, one: Settled, now_ms: int, erasing: Erasing) -> tuple[str, ...]:
        try:
            return self._settle([one], now_ms, erasing)
        except StoreFull:
            shrink_log(self._connection)
            return self._settle([one], now_ms, erasing)
        except StoreDamaged:
            return self._settle_damaged(one, now_ms, erasing)

    def _settle_damaged(self, one: Settled, now_ms: int, erasing: Erasing) -> tuple[str, ...]:
        try:
            return with_sound_indexes(self._connection, lambda: self._settle([one], now_ms, erasing))
        except StoreDamaged:
            with translated():  # over the index alone
                row = self._connection.execute("SELECT id FROM outbox WHERE key = ?", (one.key,)).fetchone()
            for row_id in row or ():
                self._give_up(row_id)
            return ()

    def set_apart(self, row_id: int, why: str) -> None:
        """A submission that is damaged here waits for a person, found by its place: any other column may be the damaged one.

        The indexes are made anew: they were written when the row was whole. One that cannot even be set apart is left out until
        the next start.
        """
        try:
            with transaction(self._connection):
                self._connection.execute("REINDEX outbox")
                self._connection.execute("DELETE FROM lease WHERE submission = ?", (row_id,))
                self._connection.execute(
                    "UPDATE outbox SET state = 'needs-person', trouble = ?, tries = tries + 1 WHERE id = ?", (why, row_id)
                )
        except StoreDamaged:
            self._give_up(row_id)
        self._counter.recount()

    def _give_up(self, row_id: int) -> None:
        self._unreadable.add(row_id)
        with suppress(StoreDamaged), unsynced_transaction(self._connection):
            self._connection.execute("DELETE FROM lease WHERE submission = ?", (row_id,))

    def _settle_one(self, row_id: int, one: Settled, now_ms: int, *, erase: bool) -> None:
        gone = ", key_id = NULL, box = NULL" if erase else ""
        settled_at = None if one.state is RecordState.NEEDS_PERSON else now_ms
        self._connection.execute(
            "UPDATE outbox SET state = ?, trouble = ?, acceptance_number = ?, accepted_at = ?, settled_at = ?,"  # noqa: S608 - constants
            f" tries = tries + 1{gone} WHERE id = ?",
            (one.state, one.trouble, one.acceptance_number, one.accepted_at, settled_at, row_id),
        )
        self._connection.execute("DELETE FROM lease WHERE submission = ?", (row_id,))

    def release_all(self) -> None:
        """Take back every lease: at start no sender can hold one. Each counts as a try, for its request may have been sent."""
        try:
            with unsynced_transaction(self._connection):
                self._connection.execute("UPDATE outbox SET tries = tries + 1 WHERE id IN (SELECT submission FROM lease)")
                self._connection.execute("DELETE FROM lease")
        except StoreDamaged:  # a row that cannot be written: the sender sets it apart
            with unsynced_transaction(self._connection):
                self._connection.execute("DELETE FROM lease")

    def next_due_ms(self) -> int | None:
        """When the next submission is due; None when nothing waits."""
        with translated():
            left_out = f" AND id NOT IN ({','.join(map(str, self._unreadable))})" if self._unreadable else ""
            free = self._connection.execute(
                f"SELECT ready_at FROM outbox INDEXED BY outbox_waiting WHERE {IS_WAITING}"  # noqa: S608 - only constants and numbers are joined
                f" AND NOT EXISTS (SELECT 1 FROM lease WHERE submission = id){left_out} ORDER BY ready_at LIMIT 1"
            ).fetchone()
            leased = self._connection.execute("SELECT min(until) FROM lease").fetchone()
        return min((row[0] for row in (free, leased) if row is not None and row[0] is not None), default=None)


def key_ids_needed(connection: Connection, *, cancelled: bool = True) -> dict[str, int]:
    """The ids of the keys that contents at hand are encrypted with, and by how many each; `cancelled`: those by staff, too."""
    wanted = "" if cancelled else "AND state <> 'cancelled'"
    with translated():
        rows = connection.execute(
            "SELECT CAST(key_id AS BLOB), count(*)"  # noqa: S608 - constants
            f" FROM (SELECT key_id FROM outbox WHERE key_id IS NOT NULL {wanted} UNION ALL"
            f" SELECT a.key_id FROM attachment AS a JOIN outbox ON outbox.id = a.submission {wanted}) GROUP BY key_id"
        ).fetchall()
    return {key_id.decode(errors="replace"): count for key_id, count in rows}


def opens_with_another(connection: Connection, vault: Vault, key_id: str) -> bool:
    """Whether what names this key, which is not in the vault, opens with one that is: then the name has changed bits.

    What is known to be damaged is not asked.
    """
    sound = f"AND NOT (state = 'needs-person' AND trouble = '{RecordDamaged.code}')"
    with translated():
        rows = connection.execute(
            f"SELECT box, kiosk, key, schema FROM outbox WHERE key_id = ? {sound} UNION ALL"  # noqa: S608 - constants
            " SELECT a.box, kiosk, key || '/' || number, a.schema FROM attachment AS a JOIN outbox ON outbox.id = a.submission"
            f" WHERE a.key_id = ? {sound}",
            (key_id, key_id),
        )
        return all(vault.opens(box, bound_to(kiosk, key, schema)) for box, kiosk, key, schema in rows)


def first_id(day: date) -> int:
    """The day as the front of its rows' ids: 20261123000000."""
    return (day.year * 10_000 + day.month * 100 + day.day) * SERIALS_A_DAY


def _fitting(rows: list[Any], max_bytes: int) -> list[int]:
    """The ids of as many of the rows as fit, and always one."""
    total = 0
    ids: list[int] = []
    for row_id, size in rows:
        total += size or 0
        if total > max_bytes and ids:
            break
        ids.append(row_id)
    return ids
