"""Signed heads of the journal: the kiosk's word for how far its chain had come, countersigned by the centre.

A hash chain alone does not stop whoever can write the whole file: they compute it anew. A head that the centre has
countersigned stands outside their reach, and how far these come is kept outside the database too. Lives in the thread of
its connection; the decision is pure.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from devices.values import dataclass
from offline_cache.canonical import head_bytes
from offline_cache.database import transaction, translated
from offline_cache.errors import JournalBroken, ReplicaRefused, StoreDamaged
from offline_cache.identity import Signer, public_key_text
from offline_cache.journal import rfc3339
from offline_cache.private_file import read_file, write_private

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from offline_cache.database import Connection
    from offline_cache.wire import Countersigned, SignedHead

EVENTS_A_HEAD = 100
HEAD_MS = 5 * 60 * 1000
WITHIN = "seq <= (SELECT max(seq) FROM journal)"
"""Of heads: not those of events that are gone."""
REACHED_FILE = "countersigned.json"
"""Beside the database: how far its journal was countersigned."""
TAKEN_FILE = "taken.json"
"""And how far the centre has taken it: a log that is cut between two heads goes on with other events under the same numbers."""


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


@dataclass(frozen=True, slots=True)
class Reached:
    """The newest event whose head the centre has countersigned, or that it has taken, as is known outside the database."""

    seq: int
    hash: str

    @classmethod
    def load(cls, directory: Path, name: str = REACHED_FILE) -> Reached | None:
        """None before the first; raises JournalBroken when the file says nothing any more."""
        try:
            saved = json.loads(read_file(directory / name))
            return cls(int(saved["seq"]), str(saved["hash"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as strange:
            raise JournalBroken(f"{name} cannot be read") from strange

    def save(self, directory: Path, name: str = REACHED_FILE) -> None:
        """Write it durably, unless a later one is there; what a full disk does not take, the next one makes good."""
        with contextlib.suppress(JournalBroken):
            known = Reached.load(directory, name)
            if known is not None and known.seq > self.seq:
                return
        with contextlib.suppress(OSError):
            write_private(directory / name, json.dumps({"seq": self.seq, "hash": self.hash}))


class Heads:
    """The table of heads; one instance a connection."""

    def __init__(self, connection: Connection, signer: str = "") -> None:
        """With the kiosk's public key now, no head that it signed under an earlier one is handed to the centre."""
        self._connection = connection
        self._signer = signer

    def sign_when_due(self, kiosk: str, key: Ed25519PrivateKey, now_ms: int) -> bool:
        """Sign the chain's end and keep that, when it is time; True when one was signed.

        Heads beyond the end do not count: they are of a journal that was cut, and the next head tells the centre so.
        """
        with translated():
            newest = self._connection.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
            last = self._connection.execute(
                f"SELECT seq, CAST(signed_at AS INTEGER) FROM journal_head WHERE {WITHIN} ORDER BY seq DESC LIMIT 1"  # noqa: S608 - a constant
            ).fetchone()
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
        """The newest head of what the centre has got, as long as it is not countersigned; one that is none waits for the next.

        After an enrolment the centre takes one by another key for a forged one, and refuses the log with it.
        """
        kept = self._one(f"WHERE seq <= ? AND ? IN (signer, '') AND {WITHIN} ORDER BY seq DESC LIMIT 1", sent_seq, self._signer)
        return kept.head if kept is not None and kept.countersign is None else None

    def countersigned(self, head: SignedHead, told: Countersigned, kiosk: str, server_public_key: str) -> Reached | None:
        """Keep the centre's word for the head that it was sent; raises ReplicaRefused where it is not by the centre's key.

        What was kept is to be saved outside the database too. None where that head is not here any more as it was sent, which
        `verify` tells.
        """
        from offline_cache.wire import countersigned_bytes

        if not _signed(server_public_key, told.countersignature, countersigned_bytes(kiosk, head, told.countersigned_at)):
            raise ReplicaRefused(f"the head of event {head.seq} is countersigned with another key than the centre's")
        kept = self._one("WHERE seq = ?", head.seq)
        if kept is None or kept.head != head:
            return None
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE journal_head SET countersigned_at = ?, countersignature = ? WHERE seq = ? AND hash = ?",
                (told.countersigned_at, told.countersignature, head.seq, head.hash),
            )
        return Reached(head.seq, head.hash)

    def all(self) -> tuple[KeptHead, ...]:
        """Every head, oldest first."""
        return tuple(self._select("ORDER BY seq", ()))

    def count(self) -> int:
        """How many heads were signed."""
        with translated():
            return int(self._connection.execute("SELECT count(*) FROM journal_head").fetchone()[0])

    def verify(self, signers: Sequence[Signer]) -> int:
        """Hold each head against the journal and its signers; how many are countersigned. Raises JournalBroken.

        A head of a signer that nobody knows any more (its identity was lost) counts once the centre has countersigned a later
        one, which nobody else could make. The chain itself is `Journal.verify`'s.
        """
        count, stranger = 0, 0
        for kept in self.all():
            head = kept.head
            known = tuple(one for one in signers if one.public_key == kept.signer)
            if not any(_signed(kept.signer, head.signature, _signed_bytes(one, head)) for one in known or signers):
                raise JournalBroken(f"the signed head of event {head.seq} is not this kiosk's", head.seq)
            if kept.countersign is not None:
                if not any(_countersigned(one, head, kept.countersign) for one in signers):
                    raise JournalBroken(f"the countersigned head of event {head.seq} is not the centre's", head.seq)
                count, stranger = count + 1, 0
            elif not known:
                stranger = stranger or head.seq
            self.hold(Reached(head.seq, head.hash), "countersigned" if kept.countersign is not None else "signed")
        if stranger:
            raise JournalBroken(f"the signed head of event {stranger} is not this kiosk's", stranger)
        return count

    def hold_against(self, reached: Reached) -> None:
        """Whether the journal still holds what was countersigned, and its head; raises JournalBroken naming the event."""
        self.hold(reached, "countersigned")
        kept = next(self._select("WHERE seq = ?", (reached.seq,)), None)
        if kept is None or kept.countersign is None or kept.head.hash != reached.hash:
            raise JournalBroken(f"the countersigned head of event {reached.seq} is missing", reached.seq)

    def holds(self, reached: Reached) -> bool:
        """Whether the journal has this event."""
        with translated():
            row = self._connection.execute(
                "SELECT 1 FROM journal WHERE seq = ? AND CAST(hash AS BLOB) = CAST(? AS BLOB)", (reached.seq, reached.hash)
            ).fetchone()
        return row is not None

    def hold(self, reached: Reached, word: str) -> None:
        """Whether the journal still holds this event, of which `word` tells what was done; raises JournalBroken naming it."""
        with translated():
            row = self._connection.execute("SELECT hash FROM journal WHERE seq = ?", (reached.seq,)).fetchone()
        if row is None:
            first = self._last_seq() + 1
            raise JournalBroken(f"event {first} is missing, and event {reached.seq} was {word}: the journal was cut", first)
        if row[0] != reached.hash:
            raise JournalBroken(f"event {reached.seq} is not the one that was {word}: the journal was rewritten", reached.seq)

    def _last_seq(self) -> int:
        with translated():
            return int(self._connection.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0])

    def _one(self, condition: str, *values: int | str) -> KeptHead | None:
        """None also for one that cannot be read any more, which `verify` names."""
        with contextlib.suppress(JournalBroken, StoreDamaged):
            return next(self._select(condition, values), None)
        return None

    def _select(self, condition: str, values: tuple[int | str, ...]) -> Iterator[KeptHead]:
        with translated():
            rows = self._connection.execute(
                f"SELECT {_AS_BYTES} FROM journal_head {condition}",  # noqa: S608 - constants
                values,
            ).fetchall()
        for seq, *texts in rows:
            try:
                yield _kept(seq, *(text.decode() for text in texts))
            except ValueError as strange:
                raise JournalBroken(f"the signed head of event {seq} is none", seq) from strange


_AS_BYTES = "seq, " + ", ".join(
    f"CAST({name} AS BLOB)" for name in ("hash", "at", "signature", "signer", "countersigned_at", "countersignature")
)
"""A head whose texts need not be UTF-8: SQLite's module would stop at the first that is not."""


def _kept(seq: int, digest: str, at: str, signature: str, signer: str, countersigned_at: str, countersignature: str) -> KeptHead:
    from offline_cache.wire import Countersigned, SignedHead

    told = None
    if countersignature:
        told = Countersigned(seq=seq, hash=digest, countersigned_at=countersigned_at, countersignature=countersignature)
    return KeptHead(SignedHead(seq=seq, hash=digest, at=at, signature=signature), signer, told)


def _signed_bytes(signer: Signer, head: SignedHead) -> bytes:
    return head_bytes(signer.kiosk, head.seq, head.hash, head.at)


def _countersigned(signer: Signer, head: SignedHead, told: Countersigned) -> bool:
    from offline_cache.wire import countersigned_bytes

    message = countersigned_bytes(signer.kiosk, head, told.countersigned_at)
    return _signed(signer.server_public_key, told.countersignature, message)


def _signed(public_key: str, signature: str, message: bytes) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError):
        return False
    return True
