"""Making this kiosk known to the centre: its key is made here and never leaves; blocks for one request."""

from __future__ import annotations

import platform
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.errors import EnrolledAlready
from kiosk.settings import Settings
from offline_cache.centre import Centre
from offline_cache.errors import NotEnrolled
from offline_cache.identity import Enrolled, Identity, public_key_text
from offline_cache.wire import Enrolment


def enrol(settings: Settings, code: str, *, again: bool = False) -> Enrolled:
    """Enrol with the centre's one-time code and keep the identity; raises EnrolledAlready, or a CentreError."""
    directory = settings.store.directory
    try:
        known = Identity.load(directory)
    except NotEnrolled:
        known = None
    if known is not None and not again:
        raise EnrolledAlready(f"as {known.enrolled.kiosk}")
    key = Ed25519PrivateKey.generate()
    hardware = f"{platform.node()} {platform.machine()} {platform.system()} {platform.release()}"[:200]
    request = Enrolment(code=code, public_key=public_key_text(key), hardware=hardware, clock=datetime.now(UTC))
    enrolled = Enrolled.of(Centre(settings.centre, None).enrol(request).model_dump())
    Identity(enrolled, key, known.signers if known is not None else ()).save(directory)
    return enrolled
