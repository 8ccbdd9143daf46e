"""What the sending thread tells: frozen values, handed to its listener on the sending thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from devices.values import dataclass
from offline_cache.ledger_match import DayMatch
from offline_cache.records import Tally

if TYPE_CHECKING:
    from datetime import date

    from offline_cache.wire import DeviceBeat, HeartbeatAnswer, SubmissionAnswer


@dataclass(frozen=True, slots=True)
class AnswerArrived:
    """The centre has answered for a submission; the outbox has it already."""

    answer: SubmissionAnswer = field(repr=False)
    tries: int = 1
    """Which try was answered."""


@dataclass(frozen=True, slots=True)
class SubmissionHeld:
    """A submission now needs a person; `code` tells why."""

    key: str
    code: str


@dataclass(frozen=True, slots=True)
class CancelOvertaken:
    """The centre has a submission that staff cancelled when it was on its way already: it is acknowledged."""

    key: str


@dataclass(frozen=True, slots=True)
class LineChanged:
    """The line went up or down; `why` is the error's code, `refusal` the centre's own where it gave one."""

    up: bool
    why: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class OrdersGiven:
    """A heartbeat's answer: the centre's orders for this kiosk."""

    orders: HeartbeatAnswer


@dataclass(frozen=True, slots=True)
class ClockCompared:
    """The centre's clock less the kiosk's."""

    offset_ms: int


@dataclass(frozen=True, slots=True)
class CatalogueStaged:
    """A new catalogue is here, checked; it is used after `Replica.activate` between visits."""

    version: str


@dataclass(frozen=True, slots=True)
class CatalogueRefused:
    """A published catalogue was refused whole; the one in use stays."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class SettingsStaged:
    """What the centre sets for this kiosk was fetched, checked and staged; it is taken between visits."""

    version: str


@dataclass(frozen=True, slots=True)
class SettingsRefused:
    """What the centre sets was refused whole; what is in use stays."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class JournalRefused:
    """The centre does not take our events: its copy of the chain and ours do not fit."""

    code: str


@dataclass(frozen=True, slots=True)
class KeyRotated:
    """The vault seals with another key from now on, of this cipher; or why it could not be changed as asked."""

    cipher: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class LedgerCompared:
    """A day was held against the centre's ledger, and came out otherwise than before."""

    match: DayMatch
    days_back: int
    """1 is yesterday."""


@dataclass(frozen=True, slots=True)
class DamagedTakenAway:
    """Damaged stores that had been set aside long ago were deleted."""

    stores: int
    with_gaps: int
    """Of these, not all could be carried over."""


@dataclass(frozen=True, slots=True)
class Defect:
    """A fault of our own program, caught at the top of a thread, which goes on."""

    error: BaseException


Report = (
    AnswerArrived
    | SubmissionHeld
    | CancelOvertaken
    | LineChanged
    | OrdersGiven
    | ClockCompared
    | CatalogueStaged
    | CatalogueRefused
    | SettingsStaged
    | SettingsRefused
    | JournalRefused
    | KeyRotated
    | LedgerCompared
    | DamagedTakenAway
    | Defect
)
Listener = Callable[[Report], None]


@dataclass(frozen=True, slots=True)
class Vitals:
    """What a heartbeat tells that only the kiosk knows."""

    version: str
    devices: tuple[DeviceBeat, ...] = ()
    practice: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How sending goes, for whoever looks."""

    tally: Tally = field(default_factory=Tally)
    online: bool = False
    why: str = ""
    """Code of what keeps us from sending; empty while online or before the first try."""
    last_success_at_ms: int | None = None
    next_try_at_ms: int | None = None
    """Of the line while it is down, else of the next waiting submission; None when nothing waits."""
    clock_offset_ms: int = 0
    clock_astray: bool = False
    """The clock shows another day than the centre's, as far as that is known."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Why one side does not take the other's `log`, `catalogue` or `settings` as they are now; what is taken is not here."""
    differing: tuple[date, ...] = ()
    """The days of the last month that came out otherwise in the centre's ledger than here, newest first."""
