"""The kiosks' journals: taken in order, chain verified; what does not fit is kept aside and raises an alarm."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Engine, select, update

from central.alarm import raise_alarm
from central.clock import Clock
from central.database import upsert
from central.publication import SigningKey
from central.refusal import Refused, Why
from central.signature import Sender
from central.tables import Event, EventAside, JournalHead, Kiosk, KioskKey
from offline_cache.wire import (
    Countersigned,
    EventLine,
    Events,
    EventsTaken,
    SignedHead,
    canonical,
    countersigned_bytes,
    event_hash,
    head_bytes,
)

Body = dict[str, str | int | bool | None]
FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
"""Beyond these a time has no day in some zone: not in the hall's, where it is shown, or in the database server's."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Journal:
    """Takes runs of events; safe from any thread, for the kiosk's row is locked meanwhile."""

    engine: Engine
    clock: Clock
    key: SigningKey

    def take(self, sender: Sender, events: Events) -> EventsTaken:
        """What comes next, and our word for the head; the same events again change nothing.

        Raises CHAIN_BROKEN after keeping what fits, and for a head that our copy of the chain does not hold.
        """
        now = self.clock()
        with self.engine.begin() as connection:
            head = _locked_head(connection, sender)
            good, broken = _split(connection, sender, head, events.events)
            if good:
                connection.execute(upsert(connection, Event).values([_row(sender, line, now) for line in good]))
                head = Head(good[-1].seq, good[-1].hash)
                connection.execute(
                    update(Kiosk).where(Kiosk.id == sender.kiosk).values(journal_seq=head.seq, journal_hash=head.hash)
                )
            if broken:
                _keep_aside(connection, sender, broken, now)
            rewritten = events.head is not None and events.head.seq <= head.seq and not _holds(connection, sender, events.head)
            if rewritten and events.head is not None:
                raise_alarm(connection, sender.kiosk, Why.CHAIN_BROKEN.code, f"head of event {events.head.seq}", now)
            countersigned = None
            if events.head is not None and events.head.seq <= head.seq and not rewritten:
                countersigned = self._countersign(connection, sender, events.head, now)
        if broken:
            raise Refused(Why.CHAIN_BROKEN, f"expected event {head.seq + 1}")
        if rewritten:
            raise Refused(Why.CHAIN_BROKEN, "the signed head is not of the chain that was sent")
        return EventsTaken(next_seq=head.seq + 1, countersigned=countersigned)

    def _countersign(self, connection: Connection, sender: Sender, head: SignedHead, now: datetime) -> Countersigned:
        """Our word for it; the first one stands, however often it is asked for."""
        told_at = now.isoformat(timespec="milliseconds")
        signature = self.key.sign(countersigned_bytes(sender.kiosk, head, told_at))
        kept = {**head.model_dump(), "kiosk": sender.kiosk, "generation": sender.generation}
        row = upsert(connection, JournalHead).values(**kept, countersigned_at=told_at, countersignature=signature)
        connection.execute(row.on_conflict_do_nothing())
        stands = connection.execute(
            select(JournalHead.at, JournalHead.signature, JournalHead.countersigned_at, JournalHead.countersignature).where(
                JournalHead.kiosk == sender.kiosk, JournalHead.generation == sender.generation, JournalHead.seq == head.seq
            )
        ).one()
        if (stands.at, stands.signature) == (head.at, head.signature):
            told_at, signature = stands.countersigned_at, stands.countersignature
        return Countersigned(seq=head.seq, hash=head.hash, countersigned_at=told_at, countersignature=signature)


def _locked_head(connection: Connection, sender: Sender) -> Head:
    query = select(Kiosk.journal_seq, Kiosk.journal_hash).where(Kiosk.id == sender.kiosk).with_for_update()
    seq, hashed = connection.execute(query).one()
    return Head(seq, hashed)


def _split(
    connection: Connection, sender: Sender, head: Head, lines: Sequence[EventLine]
) -> tuple[list[EventLine], list[EventLine]]:
    """The new events that go on with the chain, and everything from the first that does not."""
    known = _known_hashes(connection, sender, [line.seq for line in lines if line.seq <= head.seq])
    good: list[EventLine] = []
    for place, line in enumerate(lines):
        if line.seq <= head.seq and known.get(line.seq) == line.hash:
            continue  # sent again because our answer was lost
        if not _follows(head, line):
            return good, list(lines[place:])
        good.append(line)
        head = Head(line.seq, line.hash)
        known[line.seq] = line.hash
    return good, []


def _follows(head: Head, line: EventLine) -> bool:
    if line.seq != head.seq + 1 or line.prev != head.hash or _moment(line.body) is None:
        return False
    return event_hash(line.prev, line.seq, line.body) == line.hash


def _known_hashes(connection: Connection, sender: Sender, seqs: Sequence[int]) -> dict[int, str]:
    mine = (Event.kiosk == sender.kiosk, Event.generation == sender.generation, Event.seq.in_(seqs))
    return {seq: hashed for seq, hashed in connection.execute(select(Event.seq, Event.hash).where(*mine))}  # noqa: C416 - rows are no pairs to the type checker


def _holds(connection: Connection, sender: Sender, head: SignedHead) -> bool:
    """Whether our copy of the chain has this head, and the kiosk's own key signed it."""
    ours = _known_hashes(connection, sender, [head.seq]).get(head.seq)
    public = connection.execute(select(KioskKey.public_key).where(KioskKey.key_id == sender.key_id)).scalar_one()
    try:
        signature = base64.b64decode(head.signature, validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, head_bytes(sender.kiosk, head.seq, head.hash, head.at))
    except (InvalidSignature, ValueError):
        return False
    return ours == head.hash


def _moment(body: Body) -> datetime | None:
    """`at`, with its offset, where a time can be shown; None when there is none to be read."""
    try:
        at = datetime.fromisoformat(str(body.get("at", "")))
        return min(max(at.astimezone(UTC), FIRST), LAST) if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _row(sender: Sender, line: EventLine, now: datetime) -> dict[str, Any]:
    return {
        "kiosk": sender.kiosk,
        "generation": sender.generation,
        "seq": line.seq,
        "prev": line.prev,
        "hash": line.hash,
        "at": _moment(line.body),
        "event": _word(line.body, "event"),
        "visit": _word(line.body, "visit"),
        "device": _word(line.body, "device"),
        "body": canonical(line.body).decode(),
        "arrived_at": now,
    }


def _word(body: Body, name: str) -> str:
    told = body.get(name)
    return "" if told is None else str(told)[:64]


def _keep_aside(connection: Connection, sender: Sender, lines: Sequence[EventLine], now: datetime) -> None:
    who = {"kiosk": sender.kiosk, "generation": sender.generation, "arrived_at": now}
    rows = {(line.seq, line.hash): {**who, "seq": line.seq, "hash": line.hash, "line": line.model_dump_json()} for line in lines}
    connection.execute(upsert(connection, EventAside).values(list(rows.values())).on_conflict_do_nothing())
    raise_alarm(connection, sender.kiosk, Why.CHAIN_BROKEN.code, f"generation {sender.generation}, event {lines[0].seq}", now)
