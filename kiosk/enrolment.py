"""Making this kiosk known to the centre: its key is made here and never leaves; blocks for one request."""

from __future__ import annotations

import platform
import shutil
from contextlib import closing, suppress
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk import __version__
from kiosk.errors import EnrolledAlready, UnsentUnderOldNumber
from kiosk.settings import Settings
from offline_cache.centre import Centre
from offline_cache.database import open_read_only
from offline_cache.errors import CentreError, NotEnrolled, StoreError
from offline_cache.identity import Enrolled, Identity, public_key_text, withdrawn_signers
from offline_cache.review import Review
from offline_cache.settings import StoreSettings
from offline_cache.store_lock import alone_on
from offline_cache.wire import Enrolment, Heartbeat


def enrol(settings: Settings, code: str, *, again: bool = False) -> Enrolled:
    """Enrol with the centre's one-time code and keep the identity.

    Raises EnrolledAlready, StoreInUse while the kiosk runs (with the identity before, which ends with this one),
    UnsentUnderOldNumber, a StoreError or a CentreError; then the identity before, if there was one, is still there.
    """
    directory = settings.store.directory
    try:
        known = Identity.load(directory)
    except NotEnrolled:
        known = None
    if known is not None and not again:
        raise EnrolledAlready(f"as {known.enrolled.kiosk}")
    with alone_on(settings.store):
        key = Ed25519PrivateKey.generate()
        hardware = f"{platform.node()} {platform.machine()} {platform.system()} {platform.release()}"[:200]
        request = Enrolment(code=code, public_key=public_key_text(key), hardware=hardware, clock=datetime.now(UTC))
        enrolled = Enrolled.of(Centre(settings.centre, None).enrol(request).model_dump())
        if known is None or known.enrolled.kiosk != enrolled.kiosk:
            _leave_nothing_behind(settings.store, enrolled.kiosk)
        Identity(enrolled, key, known.signers if known is not None else withdrawn_signers(directory)).save(directory)
        if known is not None and known.enrolled.kiosk != enrolled.kiosk:  # last: the code is used up, and this may take its time
            with suppress(CentreError, StoreError):
                _tell_the_last(settings, known)
    return enrolled


def _leave_nothing_behind(store: StoreSettings, number: str) -> None:
    """The centre takes a submission under the number it was kept under, and no other."""
    if not store.database_file.is_file():
        return
    with closing(open_read_only(store.database_file)) as connection:
        waiting = Review(connection).undelivered_under_others(number)
    if waiting:
        told = " and ".join(f"{count} under {kiosk}" for kiosk, count in sorted(waiting.items()))
        raise UnsentUnderOldNumber(f"{told}; the code was for {number}, and is used up")


def _tell_the_last(settings: Settings, known: Identity) -> None:
    """What the number that ends here has kept: an answer after its last heartbeat would be on its way there for ever."""
    store = settings.store
    if not store.database_file.is_file():
        return
    with closing(open_read_only(store.database_file)) as connection:
        kept, acknowledged = Review(connection).kept_under(known.enrolled.kiosk)
    last = Heartbeat(
        version=__version__,
        clock=datetime.now(UTC),
        devices=(),
        queue_depth=0,
        kept=kept,
        acknowledged=acknowledged,
        disk_free_bytes=shutil.disk_usage(store.directory).free,
        practice=settings.kiosk.practice,
    )
    Centre(settings.centre, known).beat(last)
