"""What a visit makes the kiosk do: effects, imperative; the session performs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from kiosk.catalogue.model import Item
from kiosk.values import dataclass
from kiosk.visit.visit import Page, Person


@dataclass(frozen=True, slots=True)
class CheckPreflight:
    """Find out what stands in the way of this item, and say so with PreflightDone."""

    item: Item


@dataclass(frozen=True, slots=True)
class StartIdentifying:
    """Look for cards, switch the scanner's trigger on."""


@dataclass(frozen=True, slots=True)
class StopIdentifying:
    """No more cards, trigger off."""


@dataclass(frozen=True, slots=True)
class CompareFace:
    """Compare the living face with the photograph of the card that was read: FaceAskedTo, then FaceMatched or FaceRefused."""


@dataclass(frozen=True, slots=True)
class StopComparing:
    """Nobody waits for the comparison any more."""


@dataclass(frozen=True, slots=True)
class StartCapturing:
    """Look at the document camera."""


@dataclass(frozen=True, slots=True)
class StopCapturing:
    """No more pages."""


@dataclass(frozen=True, slots=True)
class CapturePage:
    """Take the sheet under the camera: PageTaken, or PageRefused."""


@dataclass(frozen=True, slots=True)
class ResolveCredential:
    """Ask the centre whom the token stands for."""

    token: bytes = field(repr=False)
    symbology: str = ""


@dataclass(frozen=True, slots=True)
class LookForKept:
    """Look whether this person's application for the item is kept already and they never heard of it: KeptBefore then."""

    item: Item
    person: Person = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeepSubmission:
    """Keep it durably, then say Kept or NotKept."""

    key: str
    at: datetime
    item: Item
    person: Person = field(repr=False)
    proof: str
    answers: Mapping[str, str] = field(repr=False)
    promised: bool
    pages: tuple[Page, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class AskCentre:
    """Send the enquiry now, then say CentreAnswered with an empty key."""

    item: Item
    person: Person = field(repr=False)
    proof: str
    answers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class AwaitAnswer:
    """Watch the outbox for this key: CentreAnswered, or AnswerSlow."""

    key: str


@dataclass(frozen=True, slots=True)
class PrintSlip:
    """Print what the visit now tells."""


@dataclass(frozen=True, slots=True)
class KeepRating:
    """Keep the rating, apart from the person."""

    level: int
    item_code: str


@dataclass(frozen=True, slots=True)
class Wipe:
    """Forget everything of this visit outside `Visit` too: keyboard, pictures, print jobs, pending answers."""


Effect = (
    CheckPreflight
    | StartIdentifying
    | StopIdentifying
    | CompareFace
    | StopComparing
    | StartCapturing
    | StopCapturing
    | CapturePage
    | ResolveCredential
    | LookForKept
    | KeepSubmission
    | AskCentre
    | AwaitAnswer
    | PrintSlip
    | KeepRating
    | Wipe
)
