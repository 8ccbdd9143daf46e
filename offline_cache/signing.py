"""Signing a request as the centre expects it: RFC 9421 with Ed25519, over RFC 9530's digest of the content.

Every signed request covers `@method @target-uri content-digest idempotency-key`, and `content-range` where it is sent,
with `created`, `keyid`, `alg` and a random `nonce`; requests without content carry the digest of nothing. Pure but for the
nonce; lives in any thread.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver
from http_message_signatures.algorithms import ED25519
from http_message_signatures.digests import ContentDigest

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

COVERED = ("@method", "@target-uri", "content-digest", "idempotency-key")
LABEL = "kiosk"


@dataclass(frozen=True, slots=True)
class _Unsigned:
    """What the library needs of a request."""

    method: str
    url: str
    headers: dict[str, str]


class _OneKey(HTTPSignatureKeyResolver):
    """The kiosk has one key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:  # noqa: ARG002 - the library's signature
        """The kiosk's own key, whatever its id."""
        return self._key

    def resolve_public_key(self, key_id: str) -> None:  # noqa: ARG002 - the library's signature
        """None: the kiosk verifies no signed requests."""
        return


class RequestSigner:
    """Signs with one kiosk's key."""

    def __init__(self, key: Ed25519PrivateKey, key_id: str) -> None:
        self._signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=_OneKey(key))
        self._key_id = key_id

    def headers(
        self, method: str, url: str, body: bytes, idempotency_key: str, created: datetime, content_range: str = ""
    ) -> Mapping[str, str]:
        """The headers to send with this request: digest, idempotency key, range, signature."""
        unsigned = _Unsigned(method, url, {"Idempotency-Key": idempotency_key, "Content-Digest": ContentDigest.create(body)})
        if content_range:
            unsigned.headers["Content-Range"] = content_range
        self._signer.sign(
            unsigned,
            key_id=self._key_id,
            created=created,
            nonce=secrets.token_urlsafe(16),
            label=LABEL,
            covered_component_ids=(*COVERED, "content-range") if content_range else COVERED,
            use_existing_digest=True,
        )
        return unsigned.headers
