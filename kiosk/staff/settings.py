"""Who may look behind the screens: sections `[sign_in]` and `[[staff]]` of the settings file."""

from __future__ import annotations

import base64
import binascii
from enum import StrEnum
from typing import Annotated

from kiosk.values import NOTHING_UNKNOWN, Checked, dataclass, setting

COSTS = tuple(1 << bits for bits in range(12, 18))
"""scrypt's N, 2^12 … 2^17."""


RANDOM_UID = "08"
"""The first byte of a four-byte UID that the card makes up anew (ISO/IEC 14443-3)."""


class Role(StrEnum):
    """What a member of staff may see and do."""

    TECHNICIAN = "technician"
    """Devices and their tests; the queue: its rows and export, trying again, taking out."""
    MANAGER = "manager"
    """All of that, and the log with its export."""


def _stays_the_same(badge: str) -> str:
    if len(badge) == len(RANDOM_UID) * 4 and badge.startswith(RANDOM_UID):
        raise ValueError("a UID that begins with 08 is another one each time: this card is no badge")
    return badge


def _can_be_checked(pin_hash: str) -> str:
    _, cost, block, lanes, salt, digest = pin_hash.split("$")
    try:
        sizes = len(base64.b64decode(salt, validate=True)), len(base64.b64decode(digest, validate=True))
    except binascii.Error:
        sizes = 0, 0
    # Powers of two within what a sign-in may cost: more would hold the kiosk up, less would guard nothing.
    if sizes != (16, 32) or int(cost) not in COSTS or not 1 <= int(block) <= 16 or not 1 <= int(lanes) <= 4:
        raise ValueError("is no hash that `kiosk settings pin` makes")
    return pin_hash


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One member of staff: a person, so that the log can tell who did what."""

    __pydantic_config__ = NOTHING_UNKNOWN

    number: str = setting(pattern=r"^[0-9]{2,6}$", description="Staff number, typed at sign-in and written in the log")
    name: str = setting(
        default="", max_length=40, repr=False, description="For whoever reads this file; shown and logged nowhere"
    )
    role: Role = setting(description="What they may see: the technician's pages, or the manager's too")
    pin_hash: Annotated[str, Checked(_can_be_checked)] = setting(
        pattern=r"^scrypt\$\d{4,7}\$\d{1,2}\$\d{1,2}\$[A-Za-z0-9+/=]{16,}\$[A-Za-z0-9+/=]{40,}$",
        repr=False,
        description="Made by `kiosk settings pin`; the PIN itself is stored nowhere",
        secret=True,
    )

    badge: Annotated[str, Checked(_stays_the_same)] = setting(
        default="",
        repr=False,
        pattern=r"^([0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})?$",
        description="UID of a contactless badge, as `kiosk devices watch --badges` tells it: laid on the reader "
        "it types the staff number; the PIN is asked all the same",
        secret=True,
    )


@dataclass(frozen=True, slots=True)
class SignInSettings:
    """How wrong PINs are slowed down and forgotten sessions closed."""

    __pydantic_config__ = NOTHING_UNKNOWN

    tries_before_lock: int = setting(default=3, ge=1, le=10, description="Wrong PINs in a row before the first lock")
    first_lock_seconds: int = setting(
        default=30, ge=5, le=600, description="Length of the first lock; each further one is twice as long"
    )
    longest_lock_seconds: int = setting(default=3600, ge=60, le=86400, description="No lock is longer than this")
    idle_seconds: int = setting(default=120, ge=15, le=900, description="Untouched for so long, the staff pages close themselves")
