"""The event journal: each event's hash holds the one before, so a change anywhere in it is found and named.

Lives in the thread of its connection. A body holds the named scalar facts of a declared event only (`loggable`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias, final

from devices.values import dataclass
from offline_cache.canonical import GENESIS, canonical, next_hash
from offline_cache.database import transaction, translated
from offline_cache.errors import JournalBroken
from offline_cache.loggable import OWN_NAMES, Event

if TYPE_CHECKING:
    from offline_cache.database import Connection
    from offline_cache.wire import EventLine

Fact: TypeAlias = str | int | bool | None
UNREADABLE = "unreadable"
"""The event of a row whose text says nothing any more, or not what it is filed as: only its number stands."""
IS_HASH = re.compile(rb"[0-9a-f]{64}")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@final
@dataclass(frozen=True, slots=True)
class Happening:
    """An event before it has its place in the chain; raises TypeError for anything that merely looks like one."""

    at_ms: int
    event: Event

    def __post_init__(self) -> None:
        if type(self.event) is not Event:
            raise TypeError("only a declared event is logged")


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """An event as it stands in the journal."""

    seq: int
    at_ms: int
    event: str
    visit: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events to show; empty fields do not restrict."""

    events: tuple[str, ...] = ()
    visit: str = ""
    device: str = ""
    since_ms: int | None = None
    until_ms: int | None = None
    """Exclusive."""
    before_seq: int | None = None
    """For the next page: the smallest seq of this one."""
    from_seq: int | None = None


class Journal:
    """The chain of events; one instance a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._seq = self._newest()[0]

    @property
    def last_seq(self) -> int:
        """The newest event's number; 0 when there is none."""
        return self._seq

    def append(self, happenings: Sequence[Happening]) -> None:
        """Write a group of events in one transaction; all of them or none."""
        rows = []
        with transaction(self._connection):
            seq, head = self._newest()  # not what we wrote last: the command line may have written beside us
            for one in happenings:
                seq += 1
                event, visit, facts = one.event.name, one.event.visit, one.event.facts
                body = canonical({**facts, "at": rfc3339(one.at_ms), "event": event, "visit": visit})
                head = next_hash(head, seq, body)
                rows.append((seq, one.at_ms, event, visit, str(facts.get("device") or ""), body.decode(), head))
            self._connection.executemany("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        self._seq = seq

    def _newest(self) -> tuple[int, str]:
        """The last event and the hash to go on from: of one that is none any more another, so that the log itself goes on.

        The chain is broken there all the same, and `verify` says so.
        """
        sought = "SELECT seq, CAST(hash AS BLOB) FROM journal ORDER BY seq DESC LIMIT 1"
        with translated():
            row = self._connection.execute(sought).fetchone()
        if row is None:
            return 0, GENESIS
        seq, digest = row
        return int(seq), digest.decode() if IS_HASH.fullmatch(digest) else hashlib.sha256(digest).hexdigest()

    def lines(self, first_seq: int, count: int = 1000) -> tuple[EventLine, ...]:
        """A run of events as they travel to the centre, in order; raises JournalBroken for one that cannot be read any more."""
        from offline_cache.wire import EventLine

        with translated():
            rows = self._connection.execute(
                "SELECT seq, CAST(hash AS BLOB), CAST(body AS BLOB) FROM journal WHERE seq >= ? ORDER BY seq LIMIT ?",
                (max(first_seq - 1, 1), count + 1),
            ).fetchall()
        prev = GENESIS
        lines = []
        for seq, digest, body in rows:
            try:
                if seq >= first_seq:
                    lines.append(EventLine(seq=seq, prev=prev, hash=digest.decode(), body=json.loads(body)))
                prev = digest.decode()
            except (ValueError, RecursionError) as damaged:
                raise JournalBroken(f"event {seq} cannot be read", seq) from damaged
        return tuple(lines[:count])

    def verify(self, *, known_seq: int = 0) -> int:
        """Walk the whole chain; returns its length, raises JournalBroken naming the first event that is wrong or missing.

        `known_seq` is the last event another side (the centre) has seen: a journal shorter than that was cut.
        """
        expected, head = 1, GENESIS
        with translated():
            for seq, *columns, body, digest in self._connection.execute(f"SELECT {_AS_BYTES} FROM journal ORDER BY seq"):  # noqa: S608 - constants
                if seq != expected:
                    raise JournalBroken(f"event {expected} is missing", expected)
                try:
                    head = next_hash(head, seq, body)
                    if head != digest.decode():
                        raise JournalBroken(f"event {seq} is not what was written", seq)
                    if _texts(columns) != _columns_of(body.decode()):
                        raise JournalBroken(f"event {seq} is filed as what it is not", seq)
                except NONSENSE as strange:
                    raise JournalBroken(f"event {seq} cannot be read", seq) from strange
                expected += 1
        if expected <= known_seq:
            raise JournalBroken(f"event {expected} is missing: the journal was cut", expected)
        return expected - 1

    def find(self, wanted: Filter, limit: int | None = 100) -> tuple[JournalEvent, ...]:
        """Events that pass the filter, newest first; so many at most."""
        conditions, values = _conditions(wanted)
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        return tuple(self._select(f"{where} ORDER BY seq DESC LIMIT ?", (*values, -1 if limit is None else limit)))

    def back_from(self, before_seq: int | None, events: int) -> int | None:
        """Where so many events begin that end before this one, or with the newest; None when there is none before it."""
        where, values = ("WHERE seq < ?", (before_seq,)) if before_seq is not None else ("", ())
        with translated():
            found = self._connection.execute(
                f"SELECT min(seq) FROM (SELECT seq FROM journal {where} ORDER BY seq DESC LIMIT ?)",  # noqa: S608 - constants
                (*values, events),
            )
            begins: int | None = found.fetchone()[0]
        return begins

    def timeline(self, visit: str) -> tuple[JournalEvent, ...]:
        """One visit from its first event to its last."""
        return tuple(self._select("WHERE visit = ? AND visit <> '' ORDER BY seq", (visit,)))

    def _select(self, condition: str, values: Iterable[object]) -> Iterator[JournalEvent]:
        with translated():
            rows = self._connection.execute(
                f"SELECT {_AS_BYTES} FROM journal {condition}",  # noqa: S608 - only constants are joined
                tuple(values),
            ).fetchall()
        for seq, *columns, body, _ in rows:
            yield _event(seq, columns, body)


def rfc3339(at_ms: int) -> str:
    """Unix time in ms as RFC 3339 in UTC with milliseconds; exact, and good for clocks gone far astray."""
    return (EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds")


NONSENSE = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""What taking a row apart may raise when anything may stand in it."""
_AS_BYTES = "seq, CASE typeof(at) WHEN 'integer' THEN at END, " + ", ".join(
    f"CASE typeof({name}) WHEN 'text' THEN CAST({name} AS BLOB) END" for name in ("event", "visit", "device", "body", "hash")
)
"""A row whose texts need not be UTF-8: SQLite's module would stop at the first that is not."""


def follows(head: str, row: Sequence[Any]) -> bool:
    """Whether a row of the table continues the chain that ends with this hash; any nonsense in it does not."""
    seq, at, event, visit, device, body, digest = row
    try:
        return next_hash(head, seq, body.encode()) == digest and [at, event, visit, device] == _columns_of(body)
    except NONSENSE:
        return False


def _event(seq: int, columns: list[Any], body: bytes) -> JournalEvent:
    """One row for people; one that cannot be read stands where it stood, and hides none of the others."""
    try:
        at, event, visit, device = _texts(columns)
        if [at, event, visit, device] == _columns_of(body.decode()):
            facts = {name: value for name, value in json.loads(body).items() if name not in OWN_NAMES}
            return JournalEvent(seq, at, event, visit, facts)
    except NONSENSE:
        pass
    return JournalEvent(seq, _told_time(columns[0]), UNREADABLE, "", {})


def _texts(columns: list[Any]) -> list[Any]:
    at, *texts = columns
    return [at, *(text.decode() for text in texts)]


def _told_time(at: object) -> int:
    """The time a row is filed under, when that is one."""
    try:
        return at if isinstance(at, int) and rfc3339(at) else 0
    except OverflowError:
        return 0


def _columns_of(body: str) -> list[Fact]:
    """What the columns that filters use must say: they are no part of the chain, the body is."""
    facts = json.loads(body)
    at = datetime.fromisoformat(facts["at"])
    return [(at - EPOCH) // timedelta(milliseconds=1), facts["event"], facts["visit"], str(facts.get("device") or "")]


def _conditions(wanted: Filter) -> tuple[list[str], list[object]]:
    conditions: list[str] = []
    values: list[object] = []
    if wanted.events:
        conditions.append(f"event IN ({','.join('?' * len(wanted.events))})")
        values.extend(wanted.events)
    pairs: tuple[tuple[str, object], ...] = (
        ("visit = ? AND visit <> ''", wanted.visit or None),
        ("device = ?", wanted.device or None),
        ("at >= ?", wanted.since_ms),
        ("at < ?", wanted.until_ms),
        ("seq < ?", wanted.before_seq),
        ("seq >= ?", wanted.from_seq),
    )
    for condition, value in pairs:
        if value is not None:
            conditions.append(condition)
            values.append(value)
    return conditions, values
