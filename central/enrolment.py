"""How a machine becomes a kiosk: a one-time code made by staff, exchanged for an identity."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, RowMapping, func, select, update

from central.clock import Clock
from central.database import upsert
from central.refusal import Refused, Why
from central.tables import EnrolmentCode, Kiosk, KioskKey, StoredSubmission
from offline_cache.hall_time import HALL_TIME
from offline_cache.wire import GENESIS, Enrolled, Enrolment, check_digit

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32: nothing that is misread when typed at a kiosk."""
SERIAL_STEP, MOST_STEPS = 10_000, 90
"""More numbers than a kiosk gives out in a day, as the kiosk itself takes it; and as many steps as leave a day some."""
KIOSK_ID = re.compile(r"K\d{2,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a kiosk will stand."""

    kiosk: str
    zone: str
    hall: str
    hall_en: str
    area: str


def new_code(engine: Engine, place: Place, valid_for: timedelta, clock: Clock) -> str:
    """A code of 80 random bits for one machine; it is shown once and only its sha256 is kept."""
    code = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
    with engine.begin() as connection:
        row = upsert(connection, EnrolmentCode).values(
            code_hash=_code_hash(code),
            kiosk=place.kiosk,
            zone=place.zone,
            hall=place.hall,
            hall_en=place.hall_en,
            area=place.area,
            expires_at=clock() + valid_for,
        )
        connection.execute(row)
    return code


def enrol(engine: Engine, request: Enrolment, server_public_key: bytes, clock: Clock) -> Enrolled:
    """Exchange the code for an identity; the same machine asking again with it gets the same answer."""
    public_key = _raw_key(request.public_key)
    now = clock()
    key_id = f"key-{hashlib.sha256(public_key).hexdigest()[:32]}"
    with engine.begin() as connection:
        code = _valid_code(connection, request.code, key_id, now)
        place = Place(code["kiosk"], code["zone"], code["hall"], code["hall_en"], code["area"])
        offset = _offset_ms(now, request.clock)
        if code["used_at"] is None:
            _make_kiosk(connection, place, request.hardware.replace("\0", ""), offset, now)
            _make_key(connection, place.kiosk, key_id, public_key, now)
            used = update(EnrolmentCode).where(EnrolmentCode.code_hash == code["code_hash"])
            connection.execute(used.values(used_at=now, used_by=key_id))
        last = _last_receipt_number(connection, place, now)
    return Enrolled(
        kiosk=place.kiosk,
        key_id=key_id,
        hall=place.hall,
        hall_en=place.hall_en,
        area=place.area,
        zone=place.zone,
        clock_offset_ms=offset,
        server_public_key=base64.b64encode(server_public_key).decode(),
        last_receipt_number=last,
    )


def _last_receipt_number(connection: Connection, place: Place, now: datetime) -> str:
    """The highest of the hall's day; its serial and all before it are of fixed length.

    What lies unsent on the disk of an earlier enrolment is not known here: each later one begins a step further.
    """
    today = now.astimezone(HALL_TIME).date()
    front = f"{place.area}-{place.kiosk}-{today:%Y%m%d}-"
    number = StoredSubmission.receipt_number
    query = select(func.max(number)).where(StoredSubmission.kiosk == place.kiosk, number.startswith(front, autoescape=True))
    known: str = connection.execute(query).scalar() or ""
    generation = connection.execute(select(Kiosk.generation).where(Kiosk.id == place.kiosk)).scalar_one()
    if generation == 1:
        return known
    serial = int(known[len(front) :].partition("-")[0] or 1) + (generation - 2) * SERIAL_STEP
    stem = f"{front}{min(serial, MOST_STEPS * SERIAL_STEP):06d}"
    return max(known, f"{stem}-{check_digit(stem)}")


def revoke(engine: Engine, kiosk: str, clock: Clock) -> bool:
    """Take a kiosk's right to speak; False when there is no such kiosk."""
    with engine.begin() as connection:
        return connection.execute(update(Kiosk).where(Kiosk.id == kiosk).values(revoked_at=clock())).rowcount == 1


def order_out_of_service(engine: Engine, kiosk: str, *, out: bool) -> bool:
    """What the kiosk's next heartbeat is answered with: serve nobody new, or serve again; False when there is no such kiosk."""
    with engine.begin() as connection:
        return connection.execute(update(Kiosk).where(Kiosk.id == kiosk).values(out_of_service=out)).rowcount == 1


def not_revoked(engine: Engine) -> list[str]:
    """The kiosks that may speak."""
    with engine.connect().execution_options(reading=True) as connection:
        return list(connection.execute(select(Kiosk.id).where(Kiosk.revoked_at.is_(None)).order_by(Kiosk.id)).scalars())


def _code_hash(code: str) -> str:
    return hashlib.sha256(code.upper().replace("-", "").replace(" ", "").encode()).hexdigest()


def _raw_key(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise Refused(Why.CONTENT_REFUSED, "public_key must be 32 bytes in base64")
    return raw


def _valid_code(connection: Connection, code: str, key_id: str, now: datetime) -> RowMapping:
    query = select(EnrolmentCode.__table__).where(EnrolmentCode.code_hash == _code_hash(code)).with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise Refused(Why.ENROLMENT_CODE_UNKNOWN)
    if row["used_at"] is not None and row["used_by"] != key_id:
        raise Refused(Why.ENROLMENT_CODE_USED)
    if row["expires_at"] <= now:
        raise Refused(Why.ENROLMENT_CODE_EXPIRED)
    return row


def _offset_ms(now: datetime, clock: datetime) -> int:
    """Centre's clock less the kiosk's."""
    if clock.tzinfo is None:
        raise Refused(Why.CONTENT_REFUSED, "clock must have an offset")
    return int((now - clock) / timedelta(milliseconds=1))


def _make_kiosk(connection: Connection, place: Place, hardware: str, offset: int, now: datetime) -> None:
    """A new row, or the old one starting over: a new disk has a new journal and a new count."""
    start_over = {
        "zone": place.zone,
        "hall": place.hall,
        "hall_en": place.hall_en,
        "area": place.area,
        "hardware": hardware,
        "enrolled_at": now,
        "revoked_at": None,
        "clock_offset_ms": offset,
        "journal_seq": 0,
        "journal_hash": GENESIS,
        "heard_at": None,
        "queue_depth": 0,
        "queue_oldest_seconds": 0,
        "kept": 0,
        "acknowledged": 0,
    }
    first = {"id": place.kiosk, "generation": 1, "out_of_service": False, "version": "", "disk_free_bytes": 0, "practice": False}
    statement = upsert(connection, Kiosk).values(**first, **start_over)
    again = {**start_over, "generation": Kiosk.generation + 1}
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=again))


def _make_key(connection: Connection, kiosk: str, key_id: str, public_key: bytes, now: datetime) -> None:
    older = update(KioskKey).where(KioskKey.kiosk == kiosk, KioskKey.revoked_at.is_(None))
    connection.execute(older.values(revoked_at=now))
    statement = upsert(connection, KioskKey).values(key_id=key_id, kiosk=kiosk, public_key=public_key, enrolled_at=now)
    same_machine = {"kiosk": kiosk, "enrolled_at": now, "revoked_at": None}
    connection.execute(statement.on_conflict_do_update(index_elements=["key_id"], set_=same_machine))
