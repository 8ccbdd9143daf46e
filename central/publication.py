"""The catalogue as the centre publishes it: versioned by its content and signed by the centre's own key."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from sqlalchemy import Engine, select

from central.database import insert_new
from central.refusal import Refused, Why
from central.tables import ServerKey
from kiosk.catalogue.loading import catalogue_of, content_of
from kiosk.catalogue.model import Catalogue
from offline_cache.wire import SignedCatalogue, canonical


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The centre's Ed25519 key."""

    private: Ed25519PrivateKey

    @property
    def public_bytes(self) -> bytes:
        """The raw 32 bytes that kiosks learn at enrolment."""
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, message: bytes) -> str:
        """The signature in base64."""
        return base64.b64encode(self.private.sign(message)).decode()


def load_signing_key(engine: Engine) -> SigningKey:
    """The key in the database, made at the first start; of several workers starting at once, one makes it."""
    made = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    with engine.begin() as connection:
        insert_new(connection, ServerKey, name="catalogue", private_key=made)
        kept = connection.execute(select(ServerKey.private_key).where(ServerKey.name == "catalogue")).scalar_one()
    return SigningKey(Ed25519PrivateKey.from_private_bytes(kept))


def publish(catalogue: Catalogue, key: SigningKey, zone: str = "") -> SignedCatalogue:
    """The whole catalogue, or one zone of it under a version of its own."""
    if zone:
        wanted = catalogue.zone(zone)
        if wanted is None:
            raise Refused(Why.NOTHING_FOUND, "no such zone")
        catalogue = catalogue_of((wanted,), sample=catalogue.sample)
    content = content_of(catalogue)
    return SignedCatalogue(version=catalogue.version, catalogue=content, signature=key.sign(canonical(content)))
