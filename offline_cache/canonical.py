"""What both sides agree on besides the messages: canonical bytes, the hashes over them, the words of a verdict.

Apart from `wire`, whose messages need pydantic: what a kiosk does at its start needs only this.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


def canonical(content: dict[str, Any]) -> bytes:
    """The one byte form of a content: keys sorted, no blanks, UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def content_hash(content: dict[str, Any]) -> str:
    """sha256 of the canonical bytes, 64 hex digits."""
    return hashlib.sha256(canonical(content)).hexdigest()


LARGEST = 2**53
"""No number that travels is larger: beyond it, JSON readers disagree."""
MOST_BLOB_BYTES = 4_000_000
"""Of one attachment."""
GENESIS = "0" * 64
"""`prev` of a journal's first event."""


def catalogue_bytes(catalogue: dict[str, Any]) -> bytes:
    """What the centre signs of a catalogue."""
    return canonical(catalogue)


def settings_bytes(settings: dict[str, Any]) -> bytes:
    """What the centre signs of settings: named, so that nothing else it signs can pass for them."""
    return canonical({"what": "settings", "settings": settings})


def event_hash(prev: str, seq: int, body: dict[str, str | int | bool | None]) -> str:
    """The chain's next hash: sha256 over `prev`'s 32 bytes, `seq` as 8 bytes big-endian, and the canonical body."""
    return next_hash(prev, seq, canonical(body))


def next_hash(prev: str, seq: int, body: bytes) -> str:
    """The same over a body's bytes as they were written: it must not only mean the same, it must be the same."""
    return hashlib.sha256(bytes.fromhex(prev) + seq.to_bytes(8, "big") + body).hexdigest()


class Verdict(StrEnum):
    """What became of a submission."""

    ACCEPTED = "accepted"
    DECIDED = "decided"
    REJECTED = "rejected"
    LATER = "later"


def head_bytes(kiosk: str, seq: int, digest: str, at: str) -> bytes:
    """What a kiosk signs for a head."""
    return canonical({"what": "journal head", "kiosk": kiosk, "seq": seq, "hash": digest, "at": at})


def ledger_digest(hashes: Mapping[str, str]) -> str:
    """sha256 over `key hash` lines in the keys' order, of the submissions of one day (key → content hash)."""
    return hashlib.sha256("".join(f"{key} {hashes[key]}\n" for key in sorted(hashes)).encode()).hexdigest()
