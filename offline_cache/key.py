"""Keys of submissions and requests: UUIDv7 (RFC 9562), so that they sort by the time they were made."""

from __future__ import annotations

import secrets
import time

KEY_FORM = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"


def new_key(now_ms: int | None = None) -> str:
    """A fresh UUIDv7: 48 bits of Unix time in ms, the rest random."""
    moment = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    bits = (moment & (1 << 48) - 1) << 80 | secrets.randbits(80)
    bits = bits & ~(0xF << 76) | 0x7 << 76
    digits = f"{bits & ~(0x3 << 62) | 0x2 << 62:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
