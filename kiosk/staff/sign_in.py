"""Staff sign-in: who, with which role, and how wrong PINs are slowed down.

The core is pure: the lock's state and the time come in, the new state goes out. `hash_pin` takes about 50 ms of one core,
so the screens call `SignIn` on the storage thread.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol

from kiosk.errors import RoleTooLow, SignInLocked, SignInRefused
from kiosk.staff.settings import Role, SignInSettings, StaffMember
from kiosk.values import dataclass

COST, BLOCK, LANES = 1 << 14, 8, 1
"""scrypt's N, r and p: 16 MiB and some 50 ms for each guess."""
MOST_MEMORY = 256 << 20
SALT_BYTES, HASH_BYTES = 16, 32
PIN_DIGITS = range(6, 13)
PIN_RULE = "A PIN has 6 to 12 digits, not all alike and not in a row."
NOBODY = (
    f"scrypt${COST}${BLOCK}${LANES}${base64.b64encode(bytes(SALT_BYTES)).decode()}${base64.b64encode(bytes(HASH_BYTES)).decode()}"
)
"""A hash no PIN has: an unknown staff number costs as much time as a wrong PIN."""


@dataclass(frozen=True, slots=True)
class Lock:
    """How many sign-ins in a row have failed on this kiosk, and until when the next is not even looked at."""

    failures: int = 0
    locks: int = 0
    """Locks in a row; each is twice as long as the one before."""
    locked_at: datetime | None = None
    until: datetime | None = None


class LockStore(Protocol):
    """Where the lock survives a restart."""

    def load(self) -> Lock:
        """The lock as last saved; `Lock()` when there is none."""

    def save(self, lock: Lock) -> None:
        """Keep it durably before the answer is shown."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in; the name is nowhere, the number is what the log tells."""

    number: str
    role: Role
    touched_at: datetime

    def touched(self, now: datetime) -> SignedIn:
        """The same, with its idle time begun anew."""
        return SignedIn(self.number, self.role, now)

    def idle_too_long(self, now: datetime, settings: SignInSettings) -> bool:
        """True when the staff pages must close themselves; a clock set back closes them too."""
        return not timedelta(0) <= now - self.touched_at < timedelta(seconds=settings.idle_seconds)


def attempt(lock: Lock, now: datetime, ok: bool, settings: SignInSettings) -> Lock:
    """The lock after a sign-in that was looked at: a success clears it, the nth failure in a row locks, ever longer."""
    if ok:
        return Lock()
    failures = lock.failures + 1
    if failures < settings.tries_before_lock:
        return Lock(failures, lock.locks)
    seconds = min(settings.first_lock_seconds * 2 ** min(lock.locks, 30), settings.longest_lock_seconds)
    return Lock(0, lock.locks + 1, now, now + timedelta(seconds=seconds))


def wait_seconds(lock: Lock, now: datetime) -> int:
    """Seconds until the next sign-in is looked at, 0 when it is; setting the clock back does not lengthen a lock."""
    if lock.until is None or lock.locked_at is None:
        return 0
    left = min(lock.until - now, lock.until - lock.locked_at)
    return max(0, -int(-left.total_seconds() // 1))


def hash_pin(pin: str, salt: bytes) -> str:
    """The PIN's hash as `[[staff]]` holds it: `scrypt$N$r$p$salt$hash`, salt and hash in base64."""
    digest = _scrypt(pin, salt, COST, BLOCK, LANES)
    return f"scrypt${COST}${BLOCK}${LANES}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def pin_is(pin: str, hashed: str) -> bool:
    """True when the PIN has this hash; takes the same time for every wrong PIN."""
    _, cost, block, lanes, salt, digest = hashed.split("$")
    found = _scrypt(pin, base64.b64decode(salt), int(cost), int(block), int(lanes))
    return hmac.compare_digest(found, base64.b64decode(digest))


def pin_is_fit(pin: str) -> bool:
    """True for 6 to 12 digits that are not all alike and no plain run up or down."""
    if len(pin) not in PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
        return False
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    return steps not in ({0}, {1}, {-1})


def require(signed_in: SignedIn | None, role: Role) -> SignedIn:
    """Whoever is signed in, when they may do what this role may; raises RoleTooLow."""
    if signed_in is None or (role is Role.MANAGER and signed_in.role is not Role.MANAGER):
        raise RoleTooLow(f"needs {role.value}")
    return signed_in


class SignIn:
    """The door to the staff pages; holds nothing but its parts, so that a restart changes nothing."""

    def __init__(
        self, staff: Sequence[StaffMember], settings: SignInSettings, store: LockStore, now: Callable[[], datetime]
    ) -> None:
        self._staff = {member.number: member for member in staff}
        self._settings = settings
        self._store = store
        self._now = now

    def wait_seconds(self) -> int:
        """Seconds until a try is looked at; 0 when the door can be knocked at."""
        return wait_seconds(self._store.load(), self._now())

    def sign_in(self, number: str, pin: str) -> SignedIn:
        """Who it is; raises SignInLocked without looking at the PIN, or SignInRefused."""
        now, lock = self._now(), self._store.load()
        if (wait := wait_seconds(lock, now)) > 0:
            raise SignInLocked(wait)
        member = self._staff.get(number)
        right = pin_is(pin, member.pin_hash if member is not None else NOBODY)
        after = attempt(lock, now, right and member is not None, self._settings)
        if after != lock:
            self._store.save(after)
        if member is None or not right:
            if (wait := wait_seconds(after, now)) > 0:
                raise SignInLocked(wait)
            raise SignInRefused
        return SignedIn(member.number, member.role, now)


def _scrypt(pin: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=cost, r=block, p=lanes, maxmem=MOST_MEMORY, dklen=HASH_BYTES)
