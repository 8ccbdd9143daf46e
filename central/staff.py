"""Who may open the console: scrypt passwords, a growing lock-out, and sessions that end by themselves."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Connection, Engine, delete, select, update

from central.clock import Clock
from central.database import upsert
from central.tables import Staff, StaffSession

SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**14, 8, 1
"""16 MiB and some 50 ms a try."""
SHORTEST_PASSWORD, LONGEST_PASSWORD, LONGEST_NAME = 10, 200, 64
FREE_TRIES = 4
"""Wrong passwords before the lock-out begins; it doubles with each further one."""
FIRST_LOCK, LONGEST_LOCK = timedelta(seconds=30), timedelta(hours=1)
IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=10)


class PasswordTooShort(ValueError):
    """The password has fewer than SHORTEST_PASSWORD characters."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Someone whose session is open."""

    name: str
    csrf: str


@dataclass(frozen=True, slots=True)
class StaffDoor:
    """Opens and closes sessions; safe from any thread."""

    engine: Engine
    clock: Clock

    def add(self, name: str, password: str) -> None:
        """Add someone, or give them a new password; their open sessions end."""
        if len(password) < SHORTEST_PASSWORD:
            raise PasswordTooShort
        told = {"password": hash_password(password), "failures": 0, "locked_until": None}
        with self.engine.begin() as connection:
            statement = upsert(connection, Staff).values(name=name, **told)
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=told))
            connection.execute(delete(StaffSession).where(StaffSession.staff == name))

    def remove(self, name: str) -> bool:
        """Let someone in no more, and end their open sessions; False when there is no such name."""
        with self.engine.begin() as connection:
            connection.execute(delete(StaffSession).where(StaffSession.staff == name))
            return connection.execute(delete(Staff).where(Staff.name == name)).rowcount == 1

    def sign_in(self, name: str, password: str) -> str | None:
        """A session token for the cookie; None when name or password is wrong, or too many were."""
        now = self.clock()
        with self.engine.connect().execution_options(reading=True) as connection:
            row = connection.execute(select(Staff.password, Staff.locked_until).where(Staff.name == name)).one_or_none()
        right = password_fits(password, row[0] if row else nobodys_password())
        if row is None or (row[1] is not None and row[1] > now):
            return None
        with self.engine.begin() as connection:
            if not right:
                _count_a_failure(connection, name, now)
                return None
            connection.execute(update(Staff).where(Staff.name == name).values(failures=0, locked_until=None))
            connection.execute(delete(StaffSession).where(StaffSession.expires_at < now))
            return _open_session(connection, name, now)

    def who(self, token: str) -> SignedIn | None:
        """Who holds this token, and its idle clock starts again; None when the session has ended."""
        now = self.clock()
        mine = (
            StaffSession.token_hash == _token_hash(token),
            StaffSession.expires_at > now,
            StaffSession.used_at > now - IDLE,
        )
        with self.engine.begin() as connection:
            touch = update(StaffSession).where(*mine).values(used_at=now).returning(StaffSession.staff, StaffSession.csrf)
            row = connection.execute(touch).one_or_none()
        return SignedIn(*row) if row else None

    def sign_out(self, token: str) -> None:
        """End the session."""
        with self.engine.begin() as connection:
            connection.execute(delete(StaffSession).where(StaffSession.token_hash == _token_hash(token)))


def hash_password(password: str) -> str:
    """`scrypt$n$r$p$salt$hash`, salt and hash in base64."""
    salt = secrets.token_bytes(16)
    hashed = hashlib.scrypt(password.encode(), salt=salt, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P)
    return f"scrypt${SCRYPT_N}${SCRYPT_R}${SCRYPT_P}${base64.b64encode(salt).decode()}${base64.b64encode(hashed).decode()}"


def password_fits(password: str, kept: str) -> bool:
    """Compare in constant time."""
    _, n, r, p, salt, hashed = kept.split("$")
    tried = hashlib.scrypt(password.encode(), salt=base64.b64decode(salt), n=int(n), r=int(r), p=int(p))
    return hmac.compare_digest(tried, base64.b64decode(hashed))


@cache
def nobodys_password() -> str:
    """Compared with when the name is unknown, so that the time taken does not tell names."""
    return hash_password(secrets.token_urlsafe(32))


def _count_a_failure(connection: Connection, name: str, now: datetime) -> None:
    """Count in the statement itself, so that tries at the same moment all count."""
    one_more = update(Staff).where(Staff.name == name).values(failures=Staff.failures + 1).returning(Staff.failures)
    over = connection.execute(one_more).scalar_one() - FREE_TRIES
    if over > 0:
        lock = min(LONGEST_LOCK, FIRST_LOCK * 2 ** min(over - 1, 16))
        connection.execute(update(Staff).where(Staff.name == name).values(locked_until=now + lock))


def _open_session(connection: Connection, name: str, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session = {"csrf": secrets.token_urlsafe(32), "used_at": now, "expires_at": now + LONGEST}
    connection.execute(upsert(connection, StaffSession).values(token_hash=_token_hash(token), staff=name, **session))
    return token


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
