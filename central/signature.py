"""Who sent a request: RFC 9421 signatures by enrolled kiosks (Ed25519), each accepted once and only while fresh."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, InvalidSignature
from http_message_signatures.algorithms import ED25519
from http_message_signatures.digests import ContentDigest
from sqlalchemy import Engine, delete, select
from sqlalchemy.exc import SQLAlchemyError

from central.clock import Clock
from central.database import insert_new
from central.refusal import Refused, Why
from central.tables import Kiosk, KioskKey, Nonce

if TYPE_CHECKING:
    from starlette.datastructures import Headers

FRESH = timedelta(minutes=5)
"""How far `created` may lie from now, either way."""
NONCE = re.compile(r"[\x21-\x7e]{8,64}")
COVERED = ("@method", "@target-uri")
COVERED_WITH_BODY = (*COVERED, "content-digest", "idempotency-key")
COVERED_IF_SENT = ("content-range",)


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request as it came in: what the signature is about."""

    method: str
    url: str
    """The absolute URL the kiosk called, as `@target-uri`."""
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Sender:
    """The enrolled kiosk that signed."""

    kiosk: str
    key_id: str
    generation: int
    area: str
    revoked: bool


class _Keys(HTTPSignatureKeyResolver):
    """Looks one key up, and remembers whose it was."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.unknown = False
        self.sender: Sender | None = None
        self.trouble: SQLAlchemyError | None = None
        """The library takes whatever a resolver raises for a bad signature; a database that is down is none."""

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        """The key enrolled under this id; None when there is none, or when the database did not say."""
        try:
            row = self._row(key_id.replace("\0", ""))
        except SQLAlchemyError as trouble:
            self.trouble = trouble
            return None
        if row is None:
            self.unknown = True
            return None
        public_key, key_revoked_at, kiosk, generation, area, kiosk_revoked_at = row
        self.sender = Sender(kiosk, key_id, generation, area, revoked=bool(key_revoked_at or kiosk_revoked_at))
        return Ed25519PublicKey.from_public_bytes(public_key)

    def _row(self, key_id: str) -> tuple[bytes, datetime | None, str, int, str, datetime | None] | None:
        query = (
            select(KioskKey.public_key, KioskKey.revoked_at, Kiosk.id, Kiosk.generation, Kiosk.area, Kiosk.revoked_at)
            .join(Kiosk, Kiosk.id == KioskKey.kiosk)
            .where(KioskKey.key_id == key_id)
        )
        with self._engine.connect().execution_options(reading=True) as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else (row[0], row[1], row[2], row[3], row[4], row[5])


class _Verifier(HTTPMessageVerifier):
    """The library's verifier with our clock, our window, and our own name for what is not fresh."""

    def __init__(self, keys: _Keys, now: datetime) -> None:
        super().__init__(signature_algorithm=ED25519, key_resolver=keys)
        self._now = int(now.timestamp())

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        """`created` is there and within the window; `expires`, where given, is not past."""
        del max_age
        created = sig_input.params.get("created")
        if type(created) is not int:
            raise InvalidSignature("created is missing")
        if abs(created - self._now) > FRESH.total_seconds() or sig_input.params.get("expires", self._now) < self._now:
            raise Refused(Why.REQUEST_STALE)


def verify(engine: Engine, request: ReceivedRequest, clock: Clock) -> Sender:
    """The kiosk that signed this request, now and for the first time; raises Refused by name."""
    now = clock()
    if "signature" not in request.headers or "signature-input" not in request.headers:
        raise Refused(Why.SIGNATURE_MISSING)
    keys = _Keys(engine)
    has_body = bool(request.body) or request.method != "GET"
    covered = (*(COVERED_WITH_BODY if has_body else COVERED), *(name for name in COVERED_IF_SENT if name in request.headers))
    try:
        results = _Verifier(keys, now).verify(request, max_age=None, require_components=covered)
    except InvalidSignature as trouble:
        if keys.trouble is not None:
            raise keys.trouble from None
        raise Refused(Why.KIOSK_UNKNOWN if keys.unknown else Why.SIGNATURE_INVALID) from trouble
    nonce = results[0].nonce
    if keys.sender is None or nonce is None or not NONCE.fullmatch(nonce):
        raise Refused(Why.SIGNATURE_INVALID, "nonce")
    if has_body or "content-digest" in request.headers:
        _check_digest(request)
    _remember(engine, keys.sender.key_id, nonce, now)
    return keys.sender


def _check_digest(request: ReceivedRequest) -> None:
    try:
        ContentDigest.verify(request.headers["content-digest"], request.body)
    except InvalidSignature as trouble:
        raise Refused(Why.DIGEST_WRONG) from trouble


def _remember(engine: Engine, key_id: str, nonce: str, now: datetime) -> None:
    """Committed before anything else happens, so that the same request cannot slip in twice at the same time.

    And so that an answer which was kept and not told, for its commit waited too long for PostgreSQL's synchronous standby, is
    told again only once the standby has it too: this commit, which comes after it, waits for the same.
    """
    with engine.begin() as connection:
        if not insert_new(connection, Nonce, key_id=key_id, nonce=nonce, seen_at=now):
            raise Refused(Why.REQUEST_REPLAYED)


def forget_old_nonces(engine: Engine, now: datetime) -> None:
    """Drop what could no longer be fresh: a nonce's `created` lies at most one window ahead of when it was seen."""
    with engine.begin() as connection:
        connection.execute(delete(Nonce).where(Nonce.seen_at < now - 2 * FRESH - timedelta(minutes=1)))
