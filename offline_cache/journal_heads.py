"""Signed heads of the journal: the kiosk's word for how far its chain had come, countersigned by the centre.

A hash chain alone does not stop whoever can write the whole file: they compute it anew. A head that the centre has
countersigned stands outside their reach. Lives in the thread of its connection; the decision is pure.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from offline_cache.database import transaction, translated
from offline_cache.errors import JournalBroken
from offline_cache.identity import public_key_text
from offline_cache.journal import rfc3339
from offline_cache.wire import Countersigned, SignedHead, countersigned_bytes, head_bytes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from offline_cache.database import Connection

EVENTS_A_HEAD = 100
HEAD_MS = 5 * 60 * 1000


def head_due(signed_seq: int, signed_at_ms: int, seq: int, now_ms: int) -> bool:
    """Whether the chain has come so far, or so long, that its head is to be signed again; a clock set back waits for nothing."""
    return seq > signed_seq and (seq - signed_seq >= EVENTS_A_HEAD or not 0 <= now_ms - signed_at_ms < HEAD_MS)


@dataclass(frozen=True, slots=True)
class KeptHead:
    """One head as it is kept; `countersign` is None until the centre has answered."""

    head: SignedHead
    signer: str
    """The kiosk's public key then, base64: an enrolment makes another."""
    countersign: Countersigned | None


class Heads:
    """The table of heads; one instance a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sign_when_due(self, kiosk: str, key: Ed25519PrivateKey, now_ms: int) -> bool:
        """Sign the chain's end and keep that, when it is time; True when one was signed."""
        with translated():
            newest = self._connection.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
            last = self._connection.execute("SELECT seq, signed_at FROM journal_head ORDER BY seq DESC LIMIT 1").fetchone()
        signed_seq, signed_at_ms = last or (0, 0)
        if newest is None or not head_due(signed_seq, signed_at_ms, newest[0], now_ms):
            return False
        at = rfc3339(now_ms)
        signature = base64.b64encode(key.sign(head_bytes(kiosk, newest[0], newest[1], at))).decode()
        with transaction(self._connection):
            row = (newest[0], newest[1], now_ms, at, signature, public_key_text(key), "", "")
            self._connection.execute("INSERT OR REPLACE INTO journal_head VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        return True

    def to_countersign(self, sent_seq: int) -> SignedHead | None:
        """The newest head of what the centre has got, as long as it is not countersigned."""
        kept = next(self._select("WHERE seq <= ? ORDER BY seq DESC LIMIT 1", (sent_seq,)), None)
        return kept.head if kept is not None and kept.countersign is None else None

    def countersigned(self, told: Countersigned, kiosk: str, server_public_key: str) -> None:
        """Keep the centre's word for a head; for one we do not have, or with a signature that is not its own, nothing changes."""
        kept = next(self._select("WHERE seq = ?", (told.seq,)), None)
        if kept is None or not _signed(
            server_public_key, told.countersignature, countersigned_bytes(kiosk, kept.head, told.countersigned_at)
        ):
            return
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE journal_head SET countersigned_at = ?, countersignature = ? WHERE seq = ? AND hash = ?",
                (told.countersigned_at, told.countersignature, told.seq, told.hash),
            )

    def all(self) -> tuple[KeptHead, ...]:
        """Every head, oldest first."""
        return tuple(self._select("ORDER BY seq", ()))

    def count(self) -> int:
        """How many heads were signed."""
        with translated():
            return int(self._connection.execute("SELECT count(*) FROM journal_head").fetchone()[0])

    def verify(self, kiosk: str, server_public_key: str) -> int:
        """Hold each head against the journal; how many are countersigned. Raises JournalBroken naming the event.

        The key is raw Ed25519 in base64. The chain itself is `Journal.verify`'s.
        """
        count = 0
        for kept in self.all():
            head = kept.head
            with translated():
                row = self._connection.execute("SELECT hash FROM journal WHERE seq = ?", (head.seq,)).fetchone()
            word = "countersigned" if kept.countersign is not None else "signed"
            if not _signed(kept.signer, head.signature, head_bytes(kiosk, head.seq, head.hash, head.at)):
                raise JournalBroken(f"the signed head of event {head.seq} is not this kiosk's", head.seq)
            if kept.countersign is not None:
                told = kept.countersign
                if not _signed(server_public_key, told.countersignature, countersigned_bytes(kiosk, head, told.countersigned_at)):
                    raise JournalBroken(f"the countersigned head of event {head.seq} is not the centre's", head.seq)
                count += 1
            if row is None:
                first = self._last_seq() + 1
                raise JournalBroken(f"event {first} is missing, and event {head.seq} was {word}: the journal was cut", first)
            if row[0] != head.hash:
                raise JournalBroken(f"event {head.seq} is not the one that was {word}: the journal was rewritten", head.seq)
        return count

    def _last_seq(self) -> int:
        with translated():
            return int(self._connection.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0])

    def _select(self, condition: str, values: tuple[int, ...]) -> Iterator[KeptHead]:
        with translated():
            rows = self._connection.execute(
                f"SELECT seq, hash, at, signature, signer, countersigned_at, countersignature FROM journal_head {condition}",  # noqa: S608 - constants
                values,
            ).fetchall()
        for row in rows:
            try:
                yield _kept(*row)
            except ValidationError as strange:
                raise JournalBroken(f"the signed head of event {row[0]} is none", row[0]) from strange


def _kept(seq: int, digest: str, at: str, signature: str, signer: str, countersigned_at: str, countersignature: str) -> KeptHead:
    told = None
    if countersignature:
        told = Countersigned(seq=seq, hash=digest, countersigned_at=countersigned_at, countersignature=countersignature)
    return KeptHead(SignedHead(seq=seq, hash=digest, at=at, signature=signature), signer, told)


def _signed(public_key: str, signature: str, message: bytes) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError):
        return False
    return True
