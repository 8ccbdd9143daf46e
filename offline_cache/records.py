"""What is known of a kept submission without opening it: frozen values, safe to show, log and hand to any thread."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from devices.values import dataclass
from offline_cache.errors import KeyMissing, KeyWrong, RecordDamaged, StoreDamaged, VaultError
from offline_cache.padding import unpadded
from offline_cache.vault import Sealed, bound_to

if TYPE_CHECKING:
    from offline_cache.vault import Vault


class RecordState(StrEnum):
    """Where a kept submission stands."""

    QUEUED = "queued"
    LEASED = "leased"
    """Queued, and handed to the sender until a moment: stored beside the submission, shown as a state."""
    ACKNOWLEDGED = "acknowledged"
    """The centre has answered with the same key and hash."""
    REJECTED = "rejected"
    """退回: the centre has answered finally, with what to correct."""
    NEEDS_PERSON = "needs-person"
    """Refused in a way that trying again cannot mend: staff must look."""
    CANCELLED = "cancelled"
    """Taken out by staff, with a reason."""


STATES = frozenset(state.value for state in RecordState)
"""What a sound row's state may be; LEASED only as an older program wrote it."""


class CancelReason(StrEnum):
    """Why staff took a submission out of the queue: a choice, for it is kept unencrypted and no free text may be."""

    HANDED_IN = "handed-in"
    ENTERED_TWICE = "entered-twice"
    WITHDRAWN = "withdrawn"
    REFUSED_FOR_GOOD = "refused-for-good"
    TRIAL = "trial"
    OTHER = "other"


DAMAGED = frozenset({StoreDamaged.code, *(kind.code for kind in (VaultError, RecordDamaged, KeyMissing, KeyWrong))})
"""Why a submission was set apart before any request had it."""
DAY_MS = 24 * 3600 * 1000
UNTOLD_MS = 7 * DAY_MS
"""So long after its answer whoever was cut off is still told of it: one of a Friday night comes back on Monday."""
MISSED_MS = 31 * DAY_MS
"""So long after a day was compared a content that the centre's ledger misses stays, however few days it was to stay."""
EARLIEST_MS = 1_735_689_600_000
"""2025-01-01: what says that it was kept before was kept by a clock that had lost its time, and its age is not known."""
LATEST_MS = 253_370_764_800_000
"""9999-01-01: what says that it was kept later has changed bits."""


class KeptRecord(NamedTuple):
    """What is fixed at 提交 and durable from then on."""

    key: str
    serial: int
    receipt_number: str
    content_hash: str
    kept_at_ms: int


@dataclass(frozen=True, slots=True)
class Attached:
    """One attachment of a submission, unopened."""

    number: int
    """Its place, from 0."""
    sha256: str
    """Of its plain bytes: its name at the centre."""
    size_bytes: int
    sent: bool
    """The centre has it whole."""


class Leased(NamedTuple):
    """One submission handed to the sender; its content is read when it is sent."""

    row_id: int
    key: str
    content_hash: str
    tries: int
    """Tries before this one."""
    size_bytes: int
    """Of the content, padded, and its attachments."""
    unsent: tuple[Attached, ...] = ()
    """Attachments that the centre does not have yet."""


class Content(NamedTuple):
    """A submission's content, unopened."""

    key: str
    content_hash: str
    kiosk: str
    schema: int
    key_id: str
    box: bytes
    vault: Vault

    def open(self) -> bytes:
        """Canonical JSON as it was kept; in any thread. Raises KeyWrong, RecordDamaged."""
        if isinstance(self.box, bytes):
            content = unpadded(self.vault.open(Sealed(self.key_id, self.box), bound_to(self.kiosk, self.key, self.schema)))
            if hashlib.sha256(content).hexdigest() == self.content_hash:
                return content
        raise RecordDamaged("a submission's facts are not what they can be")


class Settled(NamedTuple):
    """The end of a submission's way, as the policy decided it."""

    key: str
    content_hash: str
    """As echoed by the centre; another hash than ours settles nothing."""
    state: RecordState
    trouble: str = ""
    acceptance_number: str = ""
    accepted_at: str = ""


class Deferred(NamedTuple):
    """Back into the queue, not to be tried before `ready_at_ms`."""

    key: str
    ready_at_ms: int
    trouble: str
    """Empty: it stays what it was."""
    tries: int = 1
    """Of this submission, since the last was taken down; 0: the line's trouble, not its own."""


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """One row of the outbox as staff may see it: nothing of a person."""

    key: str
    receipt_number: str
    item: str
    state: RecordState
    content_hash: str
    size_bytes: int
    """Of the content, padded, and its attachments."""
    kept_at_ms: int
    next_try_at_ms: int
    """QUEUED: not before; LEASED: the end of the lease."""
    tries: int
    trouble: str
    """Code of the last failure."""
    settled_at_ms: int | None
    acceptance_number: str
    accepted_at: str
    """RFC 3339 as the centre wrote it, or empty."""
    printed_at_ms: int | None
    reason: str
    """Of one that staff cancelled: the value of a `CancelReason`; in stores of earlier versions the words of staff."""
    erased: bool
    """The content is gone; these facts stay."""

    @property
    def was_sent(self) -> bool:
        """It was handed to the sender: answered or not, the centre may have it."""
        return self.tries > 0 or self.trouble not in ("", *DAMAGED) or self.state is RecordState.LEASED


class Tally(NamedTuple):
    """The outbox in numbers; `kept = waiting + needs_person + acknowledged + rejected + cancelled`, always."""

    kept: int = 0
    waiting: int = 0
    needs_person: int = 0
    acknowledged: int = 0
    rejected: int = 0
    cancelled: int = 0
    content_bytes: int = 0
    """Of the contents here: also of what was answered or cancelled and is not erased yet."""
    oldest_at_ms: int | None = None
    """When the oldest was kept that waits for the centre or for a person."""
    full: bool = False
    """At a limit: the next submission would be refused."""
    under_others: int = 0
    """Of all that was kept, what was settled under another number that this kiosk had."""
    acknowledged_under_others: int = 0

    @property
    def kept_under_this(self) -> int:
        """As the centre counts, which knows each number by itself; what waits counts under whichever it was kept."""
        return self.kept - self.under_others

    @property
    def acknowledged_under_this(self) -> int:
        """As the centre counts."""
        return self.acknowledged - self.acknowledged_under_others

    @property
    def depth(self) -> int:
        """Kept here and not yet answered for good."""
        return self.waiting + self.needs_person
