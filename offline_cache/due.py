"""Which submissions are due, and reading them: what was never put back by walking the table, what was put back by its index.

A fresh submission stands in no index of its own, so that keeping one writes no page for it: they lie at the table's end, in the
order they were kept, and are passed once. Lives in the thread of its connection.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from offline_cache.database import translated
from offline_cache.errors import StoreDamaged
from offline_cache.records import Attached, Leased
from offline_cache.tally import IS_FRESH, IS_READY, IS_WAITING, NONE_FRESH

if TYPE_CHECKING:
    from offline_cache.database import Connection

FARTHEST_TRY_MS = 2 * 3600 * 1000
"""No wait is longer; a next try beyond this was written by a clock that has been set back since, and is due."""
IS_SHA256 = re.compile(r"[0-9a-f]{64}")
READ = "outbox.id, outbox.key, content_hash, tries, CAST(outbox.size AS INTEGER)"
"""What is handed to the sender."""
PUT_BACK = f"SELECT id, CAST(size AS INTEGER) FROM outbox INDEXED BY outbox_put_back WHERE {IS_READY}"  # noqa: S608 - a constant
"""The size as a number, whatever it is: a damaged one must not hide the others."""
PUT_BACK_AT = f"SELECT ready_at FROM outbox INDEXED BY outbox_put_back WHERE {IS_READY}"  # noqa: S608 - a constant
BY_NOW, STUCK = "<=", ">"
"""Ready at a moment, or so far beyond it that its clock was wrong."""
LIMIT = "LIMIT (SELECT ?)"
"""For a bare `LIMIT ?` SQLite plans the statement anew each time."""
NOT_LEASED = "AND NOT EXISTS (SELECT 1 FROM lease WHERE submission = outbox.id"
IS_SOUND = f"{IS_WAITING} AND typeof(size) = 'integer' AND typeof(kept_at) = 'integer' AND typeof(tries) = 'integer'"


class Batch(NamedTuple):
    """What is due and fits."""

    found: tuple[Leased, ...]
    broken: tuple[int, ...]
    """The ids of what is due and cannot be read."""
    next_fresh: int
    """No fresh submission before this one is left, but for those that are leased."""


class _Free(NamedTuple):
    """The condition for a row that nobody has, and its values."""

    sql: str
    values: tuple[int | str, ...]


class Due:
    """What waits; one instance a connection."""

    def __init__(self, connection: Connection, first_fresh: int) -> None:
        """There is no fresh submission before that id."""
        self._connection = connection
        self._fresh = first_fresh
        self.unreadable: set[int] = set()
        """Submissions whose pages are broken: left out."""

    def from_here(self, row_id: int) -> None:
        """There may be a fresh one here, or after it."""
        if row_id < self._fresh:
            self._fresh = row_id

    def passed_to(self, row_id: int) -> None:
        """No fresh one is before this, but for what is leased."""
        self._fresh = row_id

    def batch(self, count: int, max_bytes: int, now_ms: int) -> Batch:
        """What is due now, the longest due first, then what is fresh; as much as fits, and always one. Raises StoreDamaged.

        One alone is sought by a sender whose requests fail: then what is fresh comes first, or it would wait for ever for one
        that was put back and fails each time.
        """
        free = self._free(now_ms)  # the transaction around this names the errors
        if count == 1 and self._fresh != NONE_FRESH:
            fresh, next_fresh = self._read_fresh(1, max_bytes, free, needed=True)
            if fresh:
                return Batch(fresh, (), next_fresh)
        due = self._put_back(BY_NOW, now_ms, count, free)
        ids, room = _fitting(due, max_bytes)
        found = self._read(ids)
        fresh, next_fresh = (), self._fresh
        if len(ids) == len(due) < count and room and self._fresh != NONE_FRESH:
            fresh, next_fresh = self._read_fresh(count - len(due), room, free, needed=not found)
            fresh = tuple([one for one in fresh if one.row_id not in ids])  # changed bits make one look like both
        if not (found or fresh):
            found = self._read(_fitting(self._put_back(STUCK, now_ms + FARTHEST_TRY_MS, count, free), max_bytes)[0])
        return Batch(found + fresh, (), next_fresh)

    def batch_one_by_one(self, count: int, max_bytes: int, now_ms: int, without: Collection[str] = ()) -> Batch:
        """The same, but for these keys, where something cannot be read: it is found out what."""
        with translated():
            free = self._free(now_ms)
        others = free
        if without:
            sought = "AND outbox.key NOT IN (SELECT value FROM json_each(?))"
            others = _Free(f"{free.sql} {sought}", (*free.values, json.dumps(list(without))))
        with translated():
            put_back, fresh = self._put_back(BY_NOW, now_ms, count, others), self._fresh_ids(free, without)
            stuck = self._put_back(STUCK, now_ms + FARTHEST_TRY_MS, count, others)
        due = chain(fresh, put_back, stuck) if count == 1 else chain(put_back, fresh, stuck)
        found: list[Leased] = []
        broken: list[int] = []
        seen: set[int] = set()
        for row_id, *_ in due:
            if row_id in seen:  # changed bits make one look like both
                continue
            seen.add(row_id)
            try:
                (one,) = self._read([row_id])
            except StoreDamaged:
                broken.append(row_id)
                continue
            max_bytes -= one.size_bytes
            if len(found) == count or (max_bytes < 0 and found):
                break
            found.append(one)
        return Batch(tuple(found), tuple(broken), self._fresh)

    def next_ms(self) -> int | None:
        """When the next is due; None when nothing waits."""
        free = _Free(f"{NOT_LEASED}) {self._readable()}", ())
        with translated():
            put_back = self._connection.execute(f"{PUT_BACK_AT} {free.sql} ORDER BY ready_at LIMIT 1").fetchone()
            leased = self._connection.execute(
                "SELECT min(max(until, CAST(ready_at AS INTEGER))) FROM lease CROSS JOIN outbox ON outbox.id = submission"  # noqa: S608 - constants
                f" WHERE {IS_WAITING} {self._readable()}"
            ).fetchone()
        fresh = self._fresh_since(free)
        return min((row[0] for row in (put_back, leased, fresh) if row is not None and row[0] is not None), default=None)

    def _readable(self) -> str:
        """Nothing, usually."""
        return f"AND outbox.id NOT IN ({','.join(map(str, self.unreadable))})" if self.unreadable else ""

    def _free(self, now_ms: int) -> _Free:
        """Nobody has it, and it can be read; where a lease has ended, what is fresh begins there again."""
        held, ended = self._connection.execute(
            "SELECT max(until), min(iif(until > ? AND until <= ?, NULL, submission)) FROM lease",
            (now_ms, now_ms + FARTHEST_TRY_MS),
        ).fetchone()
        if ended is not None:
            self.from_here(ended)
        if held is None:
            return _Free(self._readable(), ())
        return _Free(f"{NOT_LEASED} AND until > ? AND until <= ?) {self._readable()}", (now_ms, now_ms + FARTHEST_TRY_MS))

    # --- what was put back ---------------------------------------------------------------------------------------

    def _put_back(self, when: str, at_ms: int, count: int, free: _Free) -> list[Any]:
        """Id and size, from the index alone unless some are left out."""
        sought = f"{PUT_BACK} AND ready_at {when} ? {free.sql} ORDER BY ready_at, id {LIMIT}"
        return self._connection.execute(sought, (at_ms, *free.values, count)).fetchall()

    def _read(self, ids: Sequence[int]) -> tuple[Leased, ...]:
        if not ids:
            return ()
        with translated():
            rows = self._connection.execute(
                f"SELECT {READ} FROM json_each(?) AS due CROSS JOIN outbox NOT INDEXED ON outbox.id = due.value WHERE {IS_SOUND}",  # noqa: S608 - constants
                (str(ids),),
            ).fetchall()
            if len(rows) != len(ids):
                raise StoreDamaged("the index and a submission disagree, or one of its numbers is none")
            return self._with_unsent(rows)

    # --- what is fresh -------------------------------------------------------------------------------------------

    def _read_fresh(self, count: int, max_bytes: int, free: _Free, *, needed: bool) -> tuple[tuple[Leased, ...], int]:
        """Walk on; one that is larger than the room is taken only when one is needed. And the id to go on at."""
        rows = self._connection.execute(
            f"SELECT {READ}, {IS_SOUND} FROM outbox NOT INDEXED WHERE id >= ? AND {IS_FRESH} {free.sql} ORDER BY id {LIMIT}",  # noqa: S608 - constants
            (self._fresh, *free.values, count),
        ).fetchall()
        fitting: list[list[Any]] = []
        for *row, is_sound in rows:
            if not is_sound:
                raise StoreDamaged("a submission's state is none, or one of its numbers")
            max_bytes -= row[4]
            if max_bytes < 0 and (fitting or not needed):
                return self._with_unsent(fitting), row[0]
            fitting.append(row)
        return self._with_unsent(fitting), NONE_FRESH if len(rows) < count else rows[-1][0] + 1

    def _fresh_ids(self, free: _Free, without: Collection[str] = ()) -> Iterator[tuple[int, bytes]]:
        """Of what is fresh or cannot be read, but for these keys, by the keys' index: for a table that cannot be walked."""
        with translated():
            rows = self._connection.execute(
                "SELECT id, CAST(key AS BLOB) FROM outbox INDEXED BY sqlite_autoindex_outbox_1 WHERE id >= ? ORDER BY id",
                (self._fresh,),
            ).fetchall()
        left_out = {key.encode() for key in without}
        return (row for row in rows if row[1] not in left_out and self._is_due(row[0], free))

    def _is_due(self, row_id: int, free: _Free) -> bool:
        """Fresh, or not to be told."""
        sought = f"SELECT 1 FROM outbox WHERE id = ? AND {IS_FRESH} {free.sql}"  # noqa: S608 - constants
        with suppress(StoreDamaged), translated():
            return self._connection.execute(sought, (row_id, *free.values)).fetchone() is not None
        return row_id not in self.unreadable

    def _fresh_since(self, free: _Free) -> tuple[int] | None:
        """When the first of them was kept."""
        if self._fresh == NONE_FRESH:
            return None
        sought = f"SELECT CAST(kept_at AS INTEGER) FROM outbox NOT INDEXED WHERE id >= ? AND {IS_FRESH} {free.sql}"  # noqa: S608 - constants
        try:
            with translated():
                row: tuple[int] | None = self._connection.execute(f"{sought} ORDER BY id LIMIT 1", (self._fresh,)).fetchone()
            return row
        except StoreDamaged:
            return (0,) if any(self._fresh_ids(free)) else None

    # --- either --------------------------------------------------------------------------------------------------

    def _with_unsent(self, rows: Sequence[Any]) -> tuple[Leased, ...]:
        leased = tuple([Leased(*row) for row in rows])
        unsent = self._unsent(rows)
        return tuple([one._replace(unsent=unsent.get(one.row_id, ())) for one in leased]) if unsent else leased

    def _unsent(self, rows: Sequence[Any]) -> dict[int, tuple[Attached, ...]]:
        found: dict[int, tuple[Attached, ...]] = {}
        if self._connection.execute("SELECT 1 FROM attachment LIMIT 1").fetchone() is None:
            return found  # most kiosks, most of the time
        attached = self._connection.execute(
            "SELECT submission, number, sha256, size FROM attachment"
            " WHERE submission IN (SELECT value FROM json_each(?)) AND sent = 0 ORDER BY submission, number",
            (str([row[0] for row in rows]),),
        ).fetchall()
        for row_id, number, sha256, size in attached:
            if not (isinstance(sha256, str) and IS_SHA256.fullmatch(sha256)):
                raise StoreDamaged("an attachment's name is none")
            found[row_id] = (*found.get(row_id, ()), Attached(number, sha256, size, sent=False))
        return found


def _fitting(rows: list[Any], max_bytes: int) -> tuple[list[int], int]:
    """The ids of as many of the rows as fit, and always one; and the room that is left."""
    ids: list[int] = []
    for row_id, size in rows:
        if (size or 0) > max_bytes and ids:
            break
        max_bytes -= size or 0
        ids.append(row_id)
    return ids, max(max_bytes, 0)
