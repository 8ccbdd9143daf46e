"""What travels between a kiosk and the centre: the same models on both sides.

JSON, UTF-8; times RFC 3339 with offset; ids UUIDv7. A submission's hash is the sha256 of its *canonical* bytes
(`canonical`), so that both sides can compute it from the parsed content: no floats travel in a submission.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from offline_cache.canonical import GENESIS as GENESIS
from offline_cache.canonical import LARGEST as LARGEST
from offline_cache.canonical import MOST_BLOB_BYTES as MOST_BLOB_BYTES
from offline_cache.canonical import Verdict as Verdict
from offline_cache.canonical import canonical as canonical
from offline_cache.canonical import catalogue_bytes, settings_bytes
from offline_cache.canonical import content_hash as content_hash
from offline_cache.canonical import event_hash as event_hash
from offline_cache.canonical import head_bytes as head_bytes
from offline_cache.canonical import ledger_digest as ledger_digest
from offline_cache.key import KEY_FORM
from offline_cache.receipt_number import check_digit as check_digit

SHA256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Key = Annotated[str, Field(pattern=KEY_FORM)]
ReceiptNumber = Annotated[str, Field(pattern=r"^[0-9]{6}-K[0-9]{2,6}-[0-9]{8}-[0-9]{6}-[0-9]$")]


Document = Literal["resident", "foreigner", "hk-macao-taiwan", "social-security"]
"""By which document a number was proved; a social-security card bears the resident's number."""
Sex = Literal["", "0", "1", "2", "9"]
"""GB/T 2261.1; empty where it was not asked for."""


class Wire(BaseModel):
    """What all messages share: frozen, nothing unknown gets into the centre, and no text of theirs outlives them.

    By itself pydantic remembers short texts of the JSON it reads, names and numbers too, as long as the process lives.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, cache_strings="keys")


class Applicant(Wire):
    """Who applies: only the fields that the item asked for are filled."""

    proof: Literal["card", "code"]
    name: str = Field(max_length=64, repr=False)
    number: str = Field(max_length=32, repr=False)
    document: Document
    sex: Sex = Field(default="", repr=False)
    birth: str = Field(default="", max_length=10, repr=False)
    address: str = Field(default="", max_length=120, repr=False)
    nationality: str = Field(default="", max_length=3, repr=False)


class Promise(Wire):
    """A deferrable material the applicant promised to bring later (容缺)."""

    material: str = Field(max_length=100)
    due: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")


class Attachment(Wire):
    """One page of a material, captured at the kiosk; its bytes travel before the submission, under their sha256."""

    material: str = Field(max_length=100)
    """The material's name in the catalogue."""
    page: int = Field(ge=1, le=99)
    sha256: SHA256
    size: int = Field(ge=1, le=MOST_BLOB_BYTES)
    """Bytes."""
    media_type: Literal["image/jpeg"] = "image/jpeg"


class Submission(Wire):
    """One application as the resident left it at 提交."""

    schema_version: Literal[1] = 1
    key: Key
    receipt_number: ReceiptNumber
    kiosk: str = Field(max_length=16)
    item: str = Field(max_length=16)
    """The item's code in the catalogue."""
    catalogue_version: str = Field(max_length=64)
    submitted_at: datetime
    applicant: Applicant
    answers: dict[str, str] = Field(repr=False)
    promises: tuple[Promise, ...] = ()
    attachments: tuple[Attachment, ...] = Field(default=(), max_length=99)
    consent_version: str = Field(max_length=32)
    progress_token: str = Field(pattern=r"^[A-Za-z0-9_-]{22,43}$", repr=False)
    """Opaque, on the receipt's QR; asks for progress without naming anyone."""
    practice: bool = False


class Envelope(Wire):
    """One line of the NDJSON body of `POST /api/v1/submissions`."""

    key: Key
    content_hash: SHA256
    clock_offset_ms: int = Field(default=0, ge=-LARGEST, le=LARGEST)
    """Centre's clock less the kiosk's, as last heard; outside the content, for it may change between tries."""
    content: dict[str, Any] = Field(repr=False)


class RuleShown(Wire):
    """One rule of a 秒批 decision and whether it was met, in words for the resident."""

    zh: str
    en: str
    met: bool


class Correction(Wire):
    """One thing to correct in a rejected submission."""

    field: str
    zh: str
    en: str


class SubmissionAnswer(Wire):
    """The centre's answer for one submission; an answer that does not echo key and hash is no answer."""

    key: Key
    content_hash: SHA256
    verdict: Verdict
    acceptance_number: str = Field(default="", max_length=40)
    """受理 number, given with ACCEPTED and DECIDED."""
    accepted_at: datetime | None = None
    approved: bool | None = None
    """DECIDED only: the 秒批 result."""
    rules: tuple[RuleShown, ...] = ()
    corrections: tuple[Correction, ...] = ()
    retry_after_seconds: float | None = None
    reason: str = ""
    """LATER and REJECTED: a code, e.g. `content-conflict`, `item-unknown`, `department-closed`."""


class BlobTaken(Wire):
    """How much of an attachment the centre has; an answer that does not echo its hash is no answer."""

    sha256: SHA256
    received: int = Field(ge=0, le=MOST_BLOB_BYTES)
    """Bytes from the front: the next part begins there."""
    whole: bool
    """All of it is there, and its hash is right."""


class SubmissionAnswers(Wire):
    """The answers to one request, in the order of its lines."""

    answers: tuple[SubmissionAnswer, ...]


class EnquiryRequest(Wire):
    """An enquiry or a document to print, for the person who proved to be there."""

    applicant: Applicant
    answers: dict[str, str] = Field(default_factory=dict, repr=False)


class RecordRow(Wire):
    """One line of a record: a label in both languages and a value."""

    zh: str
    en: str
    value: str = Field(repr=False)


class EnquiryRecord(Wire):
    """What the department holds, as it is shown and printed."""

    item: str
    title_zh: str
    title_en: str
    rows: tuple[RecordRow, ...] = Field(repr=False)
    issued_at: datetime
    verification_code: str = ""
    """What a third party types or scans to check a printed document."""


class CredentialRequest(Wire):
    """A scanned 亮码 token: its exact bytes in base64, and the symbology the engine told."""

    token: str = Field(max_length=5600, repr=False)
    symbology: str = Field(default="", max_length=16)


class Credential(Wire):
    """The person a 亮码 token stands for, resolved once."""

    name: str = Field(repr=False)
    number: str = Field(repr=False)
    document: Document
    sex: Sex = Field(default="", repr=False)
    birth: str = Field(default="", repr=False)
    address: str = Field(default="", repr=False)
    nationality: str = Field(default="", repr=False)


class Enrolment(Wire):
    """What a new kiosk shows the centre: a one-time code and its public key."""

    code: str = Field(max_length=64, repr=False)
    public_key: str = Field(max_length=64)
    """Ed25519, raw 32 bytes, base64."""
    hardware: str = Field(default="", max_length=200)
    clock: datetime


class Enrolled(Wire):
    """What the kiosk is from now on."""

    kiosk: str
    key_id: str
    hall: str
    hall_en: str
    area: str = Field(pattern=r"^[0-9]{6}$")
    zone: str
    clock_offset_ms: int
    server_public_key: str
    """Ed25519, raw 32 bytes, base64: signs the catalogue."""
    last_receipt_number: str = Field(default="", max_length=48)
    """The highest of today that the centre has from this kiosk's number, or that an earlier enrolment of it may have given
    unsent; empty for neither: on a fresh disk they go on above it."""


class SignedCatalogue(Wire):
    """The catalogue as published: `signature` is Ed25519 over the canonical bytes of `catalogue`, base64."""

    version: str
    catalogue: dict[str, Any]
    signature: str

    @property
    def content(self) -> dict[str, Any]:
        """What is published."""
        return self.catalogue

    def signed_bytes(self) -> bytes:
        """What the signature covers."""
        return catalogue_bytes(self.catalogue)


class SignedSettings(Wire):
    """What the centre sets for one kiosk: `{"kiosk": id, "visit": {name: value}}`, and the centre's signature of it."""

    version: str = Field(max_length=64)
    """sha256 of the canonical content."""
    settings: dict[str, Any]
    signature: str = Field(max_length=100)
    """Ed25519 over `signed_bytes`, base64."""

    @property
    def content(self) -> dict[str, Any]:
        """What is published."""
        return self.settings

    def signed_bytes(self) -> bytes:
        """What the signature covers."""
        return settings_bytes(self.settings)


class Progress(Wire):
    """Where a submission stands, told to whoever holds its receipt; nothing in it names anyone."""

    receipt_number: ReceiptNumber
    item: str
    title_zh: str
    title_en: str
    verdict: Verdict
    acceptance_number: str = ""
    approved: bool | None = None
    submitted_at: datetime
    arrived_at: datetime
    working_days: int = 0
    """Promised working days, counted from `arrived_at`; 0 means at once."""


class Rating(Wire):
    """好差评 of one handling; `token` is random and made for the rating alone, so that nothing joins it to a person."""

    token: str = Field(pattern=r"^[A-Za-z0-9_-]{22,43}$")
    item: str = Field(max_length=16)
    level: Literal[1, 2, 3, 4, 5]
    practice: bool = False


class EventLine(Wire):
    """One journal event as sent: the chain is `event_hash`, from `GENESIS` and seq 1 on."""

    seq: int = Field(ge=1, le=LARGEST)
    prev: SHA256
    hash: SHA256
    body: dict[str, str | int | bool | None]
    """at (RFC 3339), event (its name), visit (random id or ""), and named scalar facts."""


class SignedHead(Wire):
    """How far the kiosk's chain had come at a moment, signed with its own key over `head_bytes`."""

    seq: int = Field(ge=1, le=LARGEST)
    hash: SHA256
    at: str = Field(max_length=40)
    """RFC 3339 by the kiosk's clock."""
    signature: str = Field(max_length=100)
    """Ed25519, base64."""


class Countersigned(Wire):
    """The centre's word that its own copy of the chain holds this head, signed over `countersigned_bytes`."""

    seq: int
    hash: SHA256
    countersigned_at: str = Field(max_length=40)
    """RFC 3339 by the centre's clock."""
    countersignature: str = Field(max_length=100)
    """Ed25519 with the key that kiosks learn at enrolment, base64."""


def countersigned_bytes(kiosk: str, head: SignedHead, countersigned_at: str) -> bytes:
    """What the centre signs for a head: all of it, the kiosk's signature too."""
    return canonical(
        {"what": "countersigned", "kiosk": kiosk, "head": head.model_dump(mode="json"), "countersigned_at": countersigned_at}
    )


class Events(Wire):
    """A run of events, in order, and the newest signed head that lies within what was sent."""

    events: tuple[EventLine, ...] = Field(max_length=1000)
    head: SignedHead | None = None


class EventsTaken(Wire):
    """Which event the centre expects next, and its word for the head that came along."""

    next_seq: int = Field(ge=1, le=LARGEST + 1)
    countersigned: Countersigned | None = None


class DeviceBeat(Wire):
    """One device in a heartbeat."""

    device: str = Field(max_length=64)
    kind: str = Field(max_length=64)
    state: str = Field(max_length=64)
    trouble: str = Field(default="", max_length=64)


class Heartbeat(Wire):
    """How this kiosk is."""

    version: str = Field(max_length=64)
    clock: datetime
    devices: tuple[DeviceBeat, ...] = Field(max_length=64)
    queue_depth: int = Field(ge=0, le=LARGEST)
    queue_oldest_seconds: int = Field(default=0, ge=0, le=LARGEST)
    kept: int = Field(default=0, ge=0, le=LARGEST)
    """Submissions ever kept on this kiosk, for the ledger match."""
    acknowledged: int = Field(default=0, ge=0, le=LARGEST)
    disk_free_bytes: int = Field(ge=0, le=LARGEST)
    practice: bool = False


class HeartbeatAnswer(Wire):
    """Orders for the kiosk."""

    clock: datetime
    catalogue_version: str = ""
    settings_version: str = ""
    """Of what the centre sets for this kiosk."""
    out_of_service: bool = False
    revoked: bool = False


class LedgerEntry(Wire):
    """One submission of a day as the kiosk holds it."""

    key: Key
    content_hash: SHA256
    state: Literal["acknowledged", "waiting", "ended"]
    """`waiting` may have arrived, its answer lost; `ended` was rejected or cancelled here."""


class LedgerDay(Wire):
    """A day of the kiosk's queue, to be held against the centre's ledger: first in one number and one hash, then whole."""

    day: str = Field(pattern=r"^[0-9]{8}$")
    """Of the receipt numbers, YYYYMMDD."""
    acknowledged: int = Field(ge=0, le=LARGEST)
    digest: SHA256
    """`ledger_digest` over the acknowledged submissions."""
    entries: tuple[LedgerEntry, ...] | None = Field(default=None, max_length=30_000)
    """All of the day, told when the digests differ."""


class LedgerMatched(Wire):
    """How a day compares; the ids are told only when `entries` came."""

    day: str
    agrees: bool
    in_centre: int
    """Accepted submissions of the day in the ledger, without those whose answer is still on its way to the kiosk."""
    missing: tuple[Key, ...] = ()
    """Acknowledged at the kiosk, not in the ledger."""
    unexpected: tuple[Key, ...] = ()
    """In the ledger, and at the kiosk neither acknowledged nor waiting."""
    different: tuple[Key, ...] = ()
    """The same key with another hash."""
    doubled: tuple[Key, ...] = ()
    """Several keys in the ledger under one receipt number."""


class Refusal(Wire):
    """The body of every refusal: a code that never changes, and a sentence for whoever reads the log."""

    code: str
    message: str
    retry_after_seconds: float | None = None
