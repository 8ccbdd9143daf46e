"""The tables of the centre, the same on SQLite and PostgreSQL; times are kept in UTC and read with their offset."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, ForeignKey, Index, LargeBinary, MetaData, String, Text, TypeDecorator, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcTime(TypeDecorator[datetime]):
    """A moment: stored in UTC, read with its offset (SQLite itself forgets offsets)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; SQLite gets it without the offset, so that text order is time order."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """With its offset again."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


OF_A_DEVICE = text("device <> ''")


class Table(DeclarativeBase):
    """What all tables share: their metadata, with every constraint named, as migrations need."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: dict[Any, Any] = {datetime: UtcTime, str: Text, bytes: LargeBinary, int: BigInteger}  # noqa: RUF012 - SQLAlchemy reads a plain dict here


class ServerKey(Table):
    """The centre's own Ed25519 key, in the database so that all workers sign alike."""

    __tablename__ = "server_keys"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    private_key: Mapped[bytes]


class EnrolmentCode(Table):
    """A one-time code that makes a machine the kiosk it names; only the code's sha256 is kept."""

    __tablename__ = "enrolment_codes"
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kiosk: Mapped[str] = mapped_column(String(16))
    zone: Mapped[str] = mapped_column(String(32))
    hall: Mapped[str]
    hall_en: Mapped[str]
    area: Mapped[str] = mapped_column(String(6))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[str | None] = mapped_column(String(64))
    """The key id it enrolled: the same machine may ask again when the answer was lost."""


class Kiosk(Table):
    """An enrolled kiosk, its last heartbeat, and the head of its journal's chain."""

    __tablename__ = "kiosks"
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    zone: Mapped[str] = mapped_column(String(32), index=True)
    hall: Mapped[str]
    hall_en: Mapped[str]
    area: Mapped[str] = mapped_column(String(6))
    hardware: Mapped[str]
    generation: Mapped[int]
    """Counts enrolments: a kiosk on a new disk starts a new journal and a new count of submissions."""
    enrolled_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    out_of_service: Mapped[bool]
    clock_offset_ms: Mapped[int]
    journal_seq: Mapped[int]
    journal_hash: Mapped[str] = mapped_column(String(64))
    heard_at: Mapped[datetime | None]
    version: Mapped[str]
    queue_depth: Mapped[int]
    queue_oldest_seconds: Mapped[int]
    kept: Mapped[int]
    acknowledged: Mapped[int]
    disk_free_bytes: Mapped[int]
    practice: Mapped[bool]


class KioskKey(Table):
    """A public key a kiosk signs with; a later enrolment revokes the earlier ones."""

    __tablename__ = "kiosk_keys"
    key_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosks.id"), index=True)
    public_key: Mapped[bytes]
    enrolled_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Nonce(Table):
    """A signature's nonce, remembered while its `created` could still be fresh."""

    __tablename__ = "nonces"
    key_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)


class StoredSubmission(Table):
    """A submission and the answer it got, for ever under its key."""

    __tablename__ = "submissions"
    key: Mapped[str] = mapped_column(String(36), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosks.id"))
    generation: Mapped[int]
    receipt_number: Mapped[str] = mapped_column(String(48), index=True)
    item: Mapped[str] = mapped_column(String(16), index=True)
    submitted_at: Mapped[datetime]
    arrived_at: Mapped[datetime] = mapped_column(index=True)
    clock_offset_ms: Mapped[int]
    practice: Mapped[bool]
    progress_token: Mapped[str] = mapped_column(String(43))
    content: Mapped[bytes]
    """The canonical bytes its hash is made of."""
    verdict: Mapped[str] = mapped_column(String(16))
    acceptance_number: Mapped[str] = mapped_column(String(40))
    answer: Mapped[str]
    """The JSON of the answer, replayed to every later try."""

    __table_args__ = (
        Index("ix_submissions_counted", "kiosk", "generation", "verdict", "arrived_at"),
        Index("ix_submissions_kiosk_submitted_at", "kiosk", "submitted_at"),
    )


class Attachment(Table):
    """A page that a submission names or will name; its bytes are in parts."""

    __tablename__ = "attachments"
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosks.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    received: Mapped[int]
    """Bytes from the front."""
    whole: Mapped[bool]
    """All received, and the hash was right."""
    wanted: Mapped[bool]
    """A kept submission names it."""
    heard_at: Mapped[datetime] = mapped_column(index=True)


class AttachmentPart(Table):
    """Some bytes of an attachment; a name that begins anew has its own from the front."""

    __tablename__ = "attachment_parts"
    kiosk: Mapped[str] = mapped_column(String(16), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    start: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes]


class Serial(Table):
    """The last acceptance number's serial of a day."""

    __tablename__ = "serials"
    day: Mapped[str] = mapped_column(String(8), primary_key=True)
    last: Mapped[int]


class Event(Table):
    """One event of a kiosk's journal, whose chain verified."""

    __tablename__ = "events"
    kiosk: Mapped[str] = mapped_column(String(16), primary_key=True)
    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(String(64))
    visit: Mapped[str] = mapped_column(String(64), index=True)
    device: Mapped[str] = mapped_column(String(64))
    body: Mapped[str]
    arrived_at: Mapped[datetime]

    # The log is read in its order, which no index of less than all its columns serves.
    __table_args__ = (
        Index("ix_events_log", "at", "kiosk", "seq"),
        Index("ix_events_log_of_kiosk", "kiosk", "at", "seq"),
        Index("ix_events_log_of_event", "event", "at", "kiosk", "seq"),
        Index("ix_events_log_of_device", "device", "at", "kiosk", "seq", sqlite_where=OF_A_DEVICE, postgresql_where=OF_A_DEVICE),
    )


class JournalHead(Table):
    """A head of a kiosk's journal as it signed it, held against the centre's own copy and countersigned."""

    __tablename__ = "journal_heads"
    kiosk: Mapped[str] = mapped_column(String(16), primary_key=True)
    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[str] = mapped_column(String(40))
    """As the kiosk wrote it: its signature covers the very words."""
    signature: Mapped[str] = mapped_column(String(100))
    countersigned_at: Mapped[str] = mapped_column(String(40))
    countersignature: Mapped[str] = mapped_column(String(100))


class EventAside(Table):
    """An event that did not fit its chain: kept for whoever looks into it, believed by nobody."""

    __tablename__ = "events_aside"
    kiosk: Mapped[str] = mapped_column(String(16), primary_key=True)
    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    line: Mapped[str]
    arrived_at: Mapped[datetime]


class LedgerMatch(Table):
    """How a day of a kiosk's queue and the ledger compared when the kiosk last asked."""

    __tablename__ = "ledger_matches"
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosks.id"), primary_key=True)
    day: Mapped[str] = mapped_column(String(8), primary_key=True)
    """Of the receipt numbers, YYYYMMDD."""
    compared_at: Mapped[datetime]
    acknowledged: Mapped[int]
    in_centre: Mapped[int]
    agrees: Mapped[bool]
    ids: Mapped[str]
    """JSON: the keys that are `missing`, `unexpected`, `different` or `doubled`."""
    known: Mapped[str] = mapped_column(server_default="[]")
    """JSON: those keys of which staff said that they know (`central ledger-known`): they are in doubt no more."""


class KioskSettings(Table):
    """What is set from here for one kiosk, or for all."""

    __tablename__ = "kiosk_settings"
    kiosk: Mapped[str] = mapped_column(String(16), primary_key=True)
    """Empty: for every kiosk; what is set for one comes before it."""
    visit: Mapped[str]
    """JSON: name → number, of the section `[visit]`."""
    published_at: Mapped[datetime]


class DeviceState(Table):
    """What a kiosk last said of one of its devices, and since when it says so."""

    __tablename__ = "device_states"
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosks.id"), primary_key=True)
    device: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(64))
    trouble: Mapped[str] = mapped_column(String(64))
    since: Mapped[datetime]


class StoredRating(Table):
    """One 好差评: no kiosk, no visit and no minute stand beside it, only the day."""

    __tablename__ = "ratings"
    token: Mapped[str] = mapped_column(String(43), primary_key=True)
    item: Mapped[str] = mapped_column(String(16), index=True)
    level: Mapped[int]
    day: Mapped[str] = mapped_column(String(8))
    practice: Mapped[bool]


class CredentialToken(Table):
    """A 亮码 token of the sandbox: single use; only its sha256 is kept."""

    __tablename__ = "credential_tokens"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[str] = mapped_column(String(32))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Alarm(Table):
    """Something a person must look at; the same alarm again is counted, not repeated."""

    __tablename__ = "alarms"
    kiosk: Mapped[str] = mapped_column(String(16), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    subject: Mapped[str] = mapped_column(String(128), primary_key=True)
    """What it is about: a key, or a place in the chain."""
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    times: Mapped[int]
    done_at: Mapped[datetime | None]
    """When it was looked into, or ended by itself; empty again when it is raised anew."""
    done_by: Mapped[str] = mapped_column(String(64), server_default="")
    """The staff's name, or a command's; empty where it ended by itself."""


class Staff(Table):
    """Someone who may open the console; the password is kept as scrypt only."""

    __tablename__ = "staff"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    password: Mapped[str]
    failures: Mapped[int]
    locked_until: Mapped[datetime | None]


class StaffSession(Table):
    """An open console; the cookie's sha256, so that a copy of the database opens nothing."""

    __tablename__ = "staff_sessions"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff: Mapped[str] = mapped_column(ForeignKey("staff.name"), index=True)
    csrf: Mapped[str] = mapped_column(String(43))
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
