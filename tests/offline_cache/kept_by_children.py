"""What the kiosks keep that are killed or suffer in a process of their own; imports little, for many such processes start."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from offline_cache.canonical import canonical
from offline_cache.identity import Enrolled, Identity
from offline_cache.receipt_number import ReceiptNumber

DAY = date(2026, 11, 23)


def identity() -> Identity:
    enrolled = Enrolled(
        kiosk="K03",
        key_id="k03-1",
        hall="大厅",
        hall_en="Hall",
        area="360821",
        zone="z",
        clock_offset_ms=0,
        server_public_key="AAAA",
    )
    return Identity(enrolled, Ed25519PrivateKey.from_private_bytes(bytes(32)))


def composed(key: str, serial: int, pages: Sequence[bytes] = ()) -> bytes:
    number = str(ReceiptNumber("360821", "K03", DAY, serial))
    named = [{"sha256": hashlib.sha256(page).hexdigest()} for page in pages]
    return canonical({"key": key, "receipt_number": number, "attachments": named, "x": "好" * 300})
