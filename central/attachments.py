"""Attachments of submissions: kept part by part under their sha256, for the kiosk that sends them and for no other.

A name is looked up for its own kiosk only: whether another one holds the same paper is nobody's business.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, delete, select, update

from central.clock import Clock
from central.database import insert_new
from central.refusal import Refused, Why
from central.signature import Sender
from central.tables import Attachment, AttachmentPart
from offline_cache.wire import MOST_BLOB_BYTES, BlobTaken

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Update

CONTENT_RANGE = re.compile(r"bytes (?:([0-9]{1,9})-([0-9]{1,9})|\*)/([0-9]{1,9})")
"""RFC 9110 §14.4; with `*` nothing is sent: it asks how much is there."""
UNWANTED_AFTER = timedelta(days=30)
"""So long an attachment waits for its submission; then it is forgotten, and a kiosk that still has it sends it again."""


@dataclass(frozen=True, slots=True)
class Range:
    """Where a part belongs, in bytes."""

    start: int
    total: int
    asks: bool = False
    """Nothing is sent."""


def read_range(header: str, length: int) -> Range:
    """The place of a body of this length; without the header it is the whole. Raises CONTENT_REFUSED, CONTENT_TOO_LARGE."""
    found = CONTENT_RANGE.fullmatch(header) if header else None
    if header and found is None:
        raise Refused(Why.CONTENT_REFUSED, "Content-Range")
    total = int(found[3]) if found else length
    if total > MOST_BLOB_BYTES:
        raise Refused(Why.CONTENT_TOO_LARGE, f"at most {MOST_BLOB_BYTES} bytes")
    asks = found is not None and found[1] is None
    start = int(found[1]) if found is not None and found[1] is not None else 0
    end = int(found[2]) if found is not None and found[2] is not None else total - 1
    fits = length == 0 if asks else 0 <= start <= end < total and length == end - start + 1
    if total < 1 or not fits:
        raise Refused(Why.CONTENT_REFUSED, "Content-Range")
    return Range(start, total, asks)


@dataclass(frozen=True, slots=True)
class Attachments:
    """Takes and gives attachments; safe from any thread and from any number of workers."""

    engine: Engine
    clock: Clock

    def take(self, sender: Sender, sha256: str, place: Range, part: bytes) -> BlobTaken:
        """Take a part that begins where the last one ended (or before); any other only learns where to go on.

        Raises ATTACHMENT_DIFFERS when all has come and is not what its name says: nothing of it is kept then.
        """
        with self.engine.begin() as connection:
            received, whole = self._row(connection, sender.kiosk, sha256, place)
            if whole or place.asks or place.start > received:
                return BlobTaken(sha256=sha256, received=received, whole=whole)
            fresh = part[received - place.start :]
            if fresh:
                insert_new(connection, AttachmentPart, kiosk=sender.kiosk, sha256=sha256, start=received, content=fresh)
                received += len(fresh)
            whole = received == place.total
            wrong = whole and hashlib.sha256(_joined(connection, sender.kiosk, sha256)).hexdigest() != sha256
            if wrong:
                _forget(connection, sender.kiosk, sha256)
            else:
                connection.execute(_one(sender.kiosk, sha256).values(received=received, whole=whole, heard_at=self.clock()))
        if wrong:
            raise Refused(Why.ATTACHMENT_DIFFERS)
        return BlobTaken(sha256=sha256, received=received, whole=whole)

    def _row(self, connection: Connection, kiosk: str, sha256: str, place: Range) -> tuple[int, bool]:
        """How much is there, the row locked; one begun with another length begins anew."""
        begun = {"size": place.total, "received": 0, "whole": False, "wanted": False, "heard_at": self.clock()}
        # The update locks the row, on both databases, until this part is in: two workers never write the same one.
        touch = _one(kiosk, sha256).values(heard_at=begun["heard_at"])
        touch = touch.returning(Attachment.size, Attachment.received, Attachment.whole)
        while (row := connection.execute(touch).one_or_none()) is None:  # again when one is forgotten in between
            insert_new(connection, Attachment, kiosk=kiosk, sha256=sha256, **begun)
        size, received, whole = row
        if not whole and size != place.total:
            connection.execute(delete(AttachmentPart).where(*_parts(kiosk, sha256)))
            connection.execute(_one(kiosk, sha256).values(size=place.total, received=0))
            received = 0
        return received, whole

    def read(self, kiosk: str, sha256: str) -> bytes:
        """The whole attachment, for the department that decides; raises NOTHING_FOUND."""
        with self.engine.connect().execution_options(reading=True) as connection:
            if missing(connection, kiosk, [sha256]):
                raise Refused(Why.NOTHING_FOUND)
            return _joined(connection, kiosk, sha256)


def missing(connection: Connection, kiosk: str, names: Iterable[str], *, hold: bool = False) -> set[str]:
    """Those of the names that this kiosk's attachments do not hold whole.

    `hold`: the others cannot go away before the end of this transaction.
    """
    wanted = sorted(set(names))
    query = select(Attachment.sha256).where(*_named(kiosk, wanted), Attachment.whole).order_by(Attachment.sha256)
    return set(wanted) - set(connection.execute(query.with_for_update() if hold else query).scalars())


def want(connection: Connection, kiosk: str, names: Iterable[str]) -> None:
    """A kept submission names these: they stay with it."""
    wanted = sorted(set(names))
    if wanted:
        connection.execute(update(Attachment).where(*_named(kiosk, wanted)).values(wanted=True))


def forget_unwanted(engine: Engine, now: datetime) -> None:
    """Forget what no submission came for: staff cancelled it, or the kiosk was replaced."""
    unwanted = ~Attachment.wanted & (Attachment.heard_at < now - UNWANTED_AFTER)
    with engine.begin() as connection:
        query = select(Attachment.kiosk, Attachment.sha256).where(unwanted).order_by(Attachment.kiosk, Attachment.sha256)
        # Locked in order, and left to whoever has one in hand just now: a submission may be coming for it.
        for kiosk, sha256 in connection.execute(query.limit(100).with_for_update(skip_locked=True)).all():
            _forget(connection, kiosk, sha256)


def _named(kiosk: str, names: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return Attachment.kiosk == kiosk, Attachment.sha256.in_(names)


def _one(kiosk: str, sha256: str) -> Update:
    return update(Attachment).where(*_named(kiosk, [sha256]))


def _parts(kiosk: str, sha256: str) -> tuple[ColumnElement[bool], ...]:
    return AttachmentPart.kiosk == kiosk, AttachmentPart.sha256 == sha256


def _joined(connection: Connection, kiosk: str, sha256: str) -> bytes:
    query = select(AttachmentPart.content).where(*_parts(kiosk, sha256))
    return b"".join(connection.execute(query.order_by(AttachmentPart.start)).scalars())


def _forget(connection: Connection, kiosk: str, sha256: str) -> None:
    connection.execute(delete(AttachmentPart).where(*_parts(kiosk, sha256)))
    connection.execute(delete(Attachment).where(*_named(kiosk, [sha256])))
