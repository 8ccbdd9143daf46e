"""Submissions waiting for the centre: kept in one transaction, leased to the sender, settled by an answer that echoes them.

Lives in the thread of its connection (the storage thread in the kiosk). Content is only ever stored encrypted; every
other column may be shown to staff.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from offline_cache.attachments import MOST, insert
from offline_cache.database import (
    SqliteError,
    UniqueBroken,
    raise_named,
    shrink_log,
    transaction,
    translated,
    unsynced_transaction,
)
from offline_cache.due import Due
from offline_cache.errors import QueueFull, RecordDamaged, StoreDamaged, StoreFull, SubmissionTooLarge
from offline_cache.index_check import make_outboxs_anew, with_sound_indexes
from offline_cache.padding import padded
from offline_cache.receipt_number import NumbersOfDay
from offline_cache.records import DAMAGED, Content, Deferred, KeptRecord, Leased, RecordState, Settled, Tally
from offline_cache.review import Review
from offline_cache.small_tables import Marks
from offline_cache.tally import IS_UNTOLD, IS_WAITING, PUT_BACK_MS, SIZE, Counter, Limits, Move
from offline_cache.vault import Vault, bound_to

if TYPE_CHECKING:
    from offline_cache.blob import Blob
    from offline_cache.database import Connection

SERIALS_A_DAY = 1_000_000
GIVEN = "numbers-given"
"""Mark: 0 while no receipt number was given since they were raised after a stop that was none."""
SCHEMA = 1
"""Of the content; bound into the encryption, so that an old content cannot pass for a new one."""
INSERT = (
    "INSERT INTO outbox (id, key, kiosk, receipt_number, item, content_hash, size, kept_at, state, ready_at, schema, key_id, box)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, ?, ?, ?)"
)
NOT_OF_A_REQUEST = ", ".join(f"'{code}'" for code in sorted(("", *DAMAGED)))
"""Troubles that a submission has before any request had it."""
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
    untold_stays: bool = False
    """For a while, one whose resident was never told."""

    def at_once(self, *, untold: bool) -> bool:
        """For one whose resident was told, or was not."""
        return not self.stays and not (untold and self.untold_stays)


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
        floor_ids: Collection[int] = (),
    ) -> None:
        """No row of a day gets an id below the day's floor: receipt numbers of a store that was set aside are not given again."""
        self._connection = connection
        self._vault = vault
        self._area = area
        self._kiosk = kiosk
        self._limits = limits or Limits()
        self._counter = Counter(connection, self._limits, kiosk)
        self._due = Due(connection, self._counter.first_fresh)
        self._floor_ids = floor_ids
        self._today: _Day | None = None
        self._given_in_log_only = False
        """That a number is given is noted, and not yet in the database itself."""

    def number_from(self, floor_ids: Collection[int]) -> None:
        """Other floors, for what is kept from now on."""
        self._floor_ids, self._today = floor_ids, None

    def review(self) -> Review:
        """The same submissions as staff see them."""
        return Review(self._connection, self._vault, self._counter)

    def tally(self) -> Tally:
        """The outbox in numbers; costs next to nothing, however much is kept."""
        return self._counter.tally()

    def first_waiting(self) -> int | None:
        """No submission that waits has a smaller id, but for one without a right date; None while none waits."""
        return self._counter.first_waiting

    def recount(self) -> None:
        """The table was written to behind this instance's back. Raises StoreDamaged, and the numbers stay as they are."""
        self._due.from_here(0)
        self._counter.recount()
        self._due.passed_to(self._counter.first_fresh)

    def erased(self, size: int) -> None:
        """A content of so many bytes was erased beside this instance."""
        self._counter.erased(size)

    @property
    def unreadable(self) -> int:
        """Submissions here whose pages are broken: only setting the whole store aside helps."""
        return len(self._due.unreadable)

    # --- keeping -------------------------------------------------------------------------------------------------

    def keep(
        self,
        key: str,
        day: date,
        compose: Callable[[int], bytes],
        *,
        now_ms: int,
        item: str = "",
        attachments: Sequence[Blob] = (),
    ) -> KeptRecord:
        """Keep one submission and what is attached durably: one transaction, one fsync; the same key again: the first record.

        `compose` gets the day's serial and returns the canonical content, which names the attachments by their sha256.
        At the limit of records it is kept all the same: its visit was begun below it, and staff handed in others again since.
        Raises QueueFull, SubmissionTooLarge, StoreFull, StoreUnwritable.
        """
        if self._counter.no_bytes_left:
            known = self.kept(key)
            if known is not None:
                return known
            raise QueueFull("the queue is at its limit of bytes")
        today = self._today
        if today is None or today.day != day:
            today = self._today = self._begin(day)
        elif self._given_in_log_only:
            self._note_given()
        serial = today.next_serial
        number = today.numbers.number(serial)
        content = compose(serial)
        attached = sum(len(one.content) for one in attachments) if attachments else 0
        if len(content) + attached > self._limits.record_bytes or len(attachments) > MOST:
            raise SubmissionTooLarge(f"{len(content) + attached} bytes")
        to_seal = padded(content)
        size = len(to_seal) + attached
        content_hash = hashlib.sha256(content).hexdigest()
        row_id = today.first_id + serial
        key_id, box = self._vault.seal(to_seal, bound_to(self._kiosk, key, SCHEMA))
        row = (row_id, key, self._kiosk, number, item, content_hash, size, now_ms, SCHEMA, key_id, box)
        try:
            if attachments:
                with transaction(self._connection):
                    self._connection.execute(INSERT, row)
                    insert(self._connection, self._vault, self._kiosk, key, row_id, attachments, SCHEMA)
            else:
                self._connection.execute(INSERT, row)  # one statement is one transaction
        except UniqueBroken:
            known = self.kept(key)  # asked only now: a second time is rare
            if known is None:
                raise
            return known
        except SqliteError as trouble:  # not `translated`: each call counts while the resident waits
            raise_named(trouble)
            raise
        today.next_serial += 1
        self._due.from_here(row_id)
        self._counter.kept(row_id, size, now_ms)
        return KeptRecord(key, serial, number, content_hash, now_ms)

    def kept(self, key: str) -> KeptRecord | None:
        """The record of this key, if it was ever kept."""
        with translated():
            row = self._connection.execute(
                "SELECT key, id, receipt_number, content_hash, kept_at FROM outbox WHERE key = ?", (key,)
            ).fetchone()
        return None if row is None else KeptRecord(row[0], row[1] % SERIALS_A_DAY, *row[2:])

    def _begin(self, day: date) -> _Day:
        self._note_given()
        first = first_id(day)
        with translated():
            row = self._connection.execute(
                "SELECT max(id) FROM outbox WHERE id BETWEEN ? AND ?", (first, first + SERIALS_A_DAY - 1)
            ).fetchone()
        floors = (floor_id - first for floor_id in self._floor_ids if 0 <= floor_id - first < SERIALS_A_DAY)
        serial = max(1, 1 if row[0] is None else row[0] - first + 1, *floors)
        return _Day(day, first, NumbersOfDay(self._area, self._kiosk, day), serial)

    def _note_given(self) -> None:
        """Once a start: a number is given now. In the database itself, for the log's end may be lost with it.

        Where somebody reads or the disk is full it is in the log, as the submission will be, until the next that is kept.
        """
        marks = Marks(self._connection)
        if not marks.get(GIVEN, 1):
            marks.set(GIVEN, 1)
            self._given_in_log_only = True
        if self._given_in_log_only:
            with suppress(StoreFull):
                self._given_in_log_only = not shrink_log(self._connection)

    # --- sending -------------------------------------------------------------------------------------------------

    def lease(self, count: int, max_bytes: int, now_ms: int, until_ms: int) -> tuple[Leased, ...]:
        """Hand out what is due, as much as fits; what cannot be read is set apart for a person.

        Costs no fsync: every start takes all leases back, so one that a power cut undoes is none the worse.
        """
        try:
            with unsynced_transaction(self._connection):
                batch = self._due.batch(count, max_bytes, now_ms)
                self._lease([one.row_id for one in batch.found], until_ms)
        except StoreDamaged:  # after such a reading SQLite writes nothing in the same transaction
            batch = self._due.batch_one_by_one(count, max_bytes, now_ms)
            with unsynced_transaction(self._connection):
                self._lease([one.row_id for one in batch.found], until_ms)
        self._due.passed_to(batch.next_fresh)
        for row_id in batch.broken:
            self.set_apart(row_id, StoreDamaged.code)
        return batch.found

    def look(self, count: int, max_bytes: int, now_ms: int, without: Collection[str]) -> tuple[Leased, ...]:
        """What is due, as `lease` would hand it out, but for these keys: for a disk that takes no writing.

        There is one sender, and nobody else can write either: what it has sent, it bears in mind. What cannot be read is set
        apart once it can be.
        """
        return self._due.batch_one_by_one(count, max_bytes, now_ms, without).found

    def contents(self, leased: Sequence[Leased]) -> dict[str, Content]:
        """By key, the contents of these that can be read; what cannot be is for a person."""
        try:
            return self._contents([one.row_id for one in leased])
        except StoreDamaged:
            found: dict[str, Content] = {}
            for one in leased:
                with suppress(StoreDamaged):
                    found |= self._contents([one.row_id])
            return found

    def _contents(self, ids: Sequence[int]) -> dict[str, Content]:
        with translated():
            rows = self._connection.execute(
                "SELECT outbox.key, content_hash, kiosk, schema, key_id, box FROM json_each(?) AS leased"
                " CROSS JOIN outbox NOT INDEXED ON outbox.id = leased.value",
                (str(ids),),
            ).fetchall()
        return {row[0]: Content._make((*row, self._vault)) for row in rows}

    def _lease(self, ids: list[int], until_ms: int) -> None:
        self._connection.execute("INSERT OR REPLACE INTO lease SELECT value, ? FROM json_each(?)", (until_ms, str(ids)))

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
                f"UPDATE outbox SET state = 'queued', ready_at = max(?, {PUT_BACK_MS}), tries = tries + ?,"  # noqa: S608 - constants
                f" trouble = coalesce(nullif(?, ''), trouble) WHERE key = ? AND {IS_WAITING}",
                [(one.ready_at_ms, one.tries, one.trouble, one.key) for one in deferred],
            )
            self._connection.executemany(RELEASE, [(one.key,) for one in deferred])

    def settle(
        self, settled: Sequence[Settled], now_ms: int, *, keep_days: int = 0, untold_stays: bool = False
    ) -> tuple[str, ...]:
        """End the way of these, all in one transaction, and erase their content unless it is to stay; returns the keys settled.

        With `untold_stays`, so does that of one whose resident was never told.
        Only a row with the same key *and* hash that has no final answer yet is touched, and one that staff cancelled when the
        centre had it already. Costs no fsync: what a power cut undoes is sent again, and the centre answers as before.
        """
        erasing = Erasing(keep_days > 0, untold_stays)
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
                    f"SELECT id, state, iif(key_id IS NULL, 0, {SIZE}), {IS_UNTOLD} FROM outbox"  # noqa: S608 - constants
                    " WHERE key = ? AND content_hash = ?"
                    " AND (state IN ('queued', 'needs-person') OR state = 'cancelled' AND ? = 'acknowledged')",
                    (one.key, one.content_hash, one.state),
                ).fetchone()
                if row is not None:
                    row_id, before, size, untold = row
                    to_tell = bool(untold) and one.state is RecordState.ACKNOWLEDGED  # a rejected one is told to nobody
                    erase = one.state is not RecordState.NEEDS_PERSON and erasing.at_once(untold=to_tell)
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
        the next start. It counts as tried where a request may have had it before: this time none did.
        """
        try:
            with transaction(self._connection):
                make_outboxs_anew(self._connection)
                self._connection.execute("DELETE FROM lease WHERE submission = ?", (row_id,))
                self._connection.execute(
                    "UPDATE outbox SET state = 'needs-person', trouble = ?, tries = max(coalesce(CAST(tries AS INTEGER), 0),"  # noqa: S608 - constants
                    f" coalesce(trouble, '') NOT IN ({NOT_OF_A_REQUEST})) WHERE id = ?",
                    (why, row_id),
                )
        except StoreDamaged:
            self._give_up(row_id)
        with suppress(StoreDamaged):  # the numbers stay as they are
            self._counter.recount()

    def _give_up(self, row_id: int) -> None:
        self._due.unreadable.add(row_id)
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
        with translated():
            (first,) = self._connection.execute("SELECT min(submission) FROM lease").fetchone()
        if first is not None:
            self._due.from_here(first)
        try:
            with unsynced_transaction(self._connection):
                self._connection.execute("UPDATE outbox SET tries = tries + 1 WHERE id IN (SELECT submission FROM lease)")
                self._connection.execute("DELETE FROM lease")
        except StoreDamaged:  # a row that cannot be written: the sender sets it apart
            with unsynced_transaction(self._connection):
                self._connection.execute("DELETE FROM lease")

    def next_due_ms(self) -> int | None:
        """When the next submission is due; None when nothing waits."""
        return self._due.next_ms()


def key_ids_needed(connection: Connection, *, cancelled: bool = True) -> dict[str, int]:
    """The ids of the keys that contents at hand are encrypted with, and by how many each.

    `cancelled`: also what would be no loss, those that staff cancelled and the ratings.
    """
    wanted = "" if cancelled else "AND state <> 'cancelled'"
    ratings = " UNION ALL SELECT key_id FROM sealed_rating" if cancelled else ""
    with translated():
        rows = connection.execute(
            "SELECT CAST(key_id AS BLOB), count(*)"  # noqa: S608 - constants
            f" FROM (SELECT key_id FROM outbox WHERE key_id IS NOT NULL {wanted} UNION ALL"
            f" SELECT a.key_id FROM attachment AS a JOIN outbox ON outbox.id = a.submission {wanted}{ratings}) GROUP BY key_id"
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
