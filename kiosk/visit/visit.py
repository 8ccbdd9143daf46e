"""What is known of the visit under way: one frozen value; `Visit()` is the start and holds nothing of anyone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from enum import Enum, StrEnum
from types import MappingProxyType

from devices.reports import FaceAsk, FaceHint
from kiosk.catalogue.model import Item
from kiosk.values import dataclass
from offline_cache.blob import Blob

NOTHING: Mapping[str, str] = MappingProxyType({})
"""No answers, no complaints."""

ONLY_KEPT_BEFORE = "only-kept-before"
"""The obstacle that lets nobody begin but whoever never heard that their application is kept here."""


class Step(Enum):
    """Where the resident is."""

    ATTRACT = "attract"
    ZONE = "zone"
    GUIDE = "guide"
    CONSENT = "consent"
    IDENTIFY = "identify"
    FORM = "form"
    MATERIALS = "materials"
    REVIEW = "review"
    SUBMIT = "submit"
    OUTCOME = "outcome"
    RECEIPT = "receipt"
    RATING = "rating"
    FAREWELL = "farewell"


class Language(StrEnum):
    """The screens' language."""

    CHINESE = "zh"
    ENGLISH = "en"


class Factor(StrEnum):
    """A proof that the resident is who they say; items ask for one or two different ones."""

    CARD = "card"
    CODE = "code"
    FACE = "face"
    """The living face is the one on the card that was read: never alone, and never the only second way."""


class Document(StrEnum):
    """What kind of document the number belongs to."""

    RESIDENT = "resident"
    FOREIGNER = "foreigner"
    HK_MACAO_TAIWAN = "hk-macao-taiwan"
    SOCIAL_SECURITY = "social-security"


@dataclass(frozen=True, slots=True)
class Person:
    """Who stands here: only the fields that the item may take are filled. Has no repr of its content, on purpose."""

    document: Document
    name: str
    number: str
    sex: str = ""
    birth: date | None = None
    address: str = ""
    nationality: str = ""

    def __repr__(self) -> str:
        return "Person(…)"


@dataclass(frozen=True, slots=True)
class Page:
    """One captured page of a material."""

    material: int
    """Its place in the item's materials."""
    picture: Blob
    """A JPEG; empty in a visit that only tells of an earlier one."""

    @classmethod
    def of(cls, material: int, jpeg: bytes) -> Page:
        """A page just captured."""
        return cls(material, Blob.of(jpeg))

    @property
    def jpeg(self) -> bytes:
        """The picture's bytes."""
        return self.picture.content


class FaceStage(Enum):
    """How far a face comparison is."""

    CONSENT = "consent"
    """Asked for its own consent, which nothing depends on: the other ways stay."""
    LOOKING = "looking"


@dataclass(frozen=True, slots=True)
class FaceTry:
    """A face comparison under way."""

    stage: FaceStage = FaceStage.CONSENT
    ask: FaceAsk = FaceAsk.LOOK_STRAIGHT
    done: int = 0
    of: int = 0
    """Turns made, of how many."""
    hint: FaceHint = FaceHint.GOOD
    """What keeps the face from being seen well, while nothing moves forward."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an item cannot be done here now, or not in every way; `code` has a sentence in `ui/texts.py`."""

    code: str
    blocking: bool
    """False: a warning, the visit can go on."""
    detail: str = ""


class OutcomeKind(Enum):
    """How a submission or an enquiry ended."""

    KEPT = "kept"
    """暂存: on this kiosk's disk, will be sent."""
    ACCEPTED = "accepted"
    """受理: the centre has acknowledged it."""
    DECIDED = "decided"
    """秒批: decided at once, `approved` tells how."""
    REJECTED = "rejected"
    """退回: with the whole list of what to correct."""
    HELD = "held"
    """A person at the centre must look at it; it stays in the queue."""
    NOT_KEPT = "not-kept"
    """Could not be kept: nothing of it is stored, nothing is printed."""
    RECORD = "record"
    """An enquiry's record, shown or printed."""
    NO_RECORD = "no-record"
    """The department has no such record."""
    UNANSWERED = "unanswered"
    """The centre did not answer the enquiry."""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One 秒批 rule as the centre decided it."""

    zh: str
    en: str
    met: bool


@dataclass(frozen=True, slots=True)
class CorrectionAsked:
    """One thing to correct."""

    field: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One line of a department's record."""

    zh: str
    en: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Record:
    """What a department holds of the person."""

    title_zh: str
    title_en: str
    lines: tuple[RecordLine, ...] = field(repr=False)
    issued_at: datetime
    verification_code: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended, so far: KEPT may still become ACCEPTED, DECIDED or REJECTED while the resident stands here."""

    kind: OutcomeKind
    acceptance_number: str = ""
    accepted_at: datetime | None = None
    approved: bool | None = None
    rules: tuple[RuleResult, ...] = ()
    corrections: tuple[CorrectionAsked, ...] = ()
    record: Record | None = None
    code: str = ""
    """NOT_KEPT, NO_RECORD, UNANSWERED, HELD: the error's code."""


class Printing(Enum):
    """Where the slip is."""

    NOT_STARTED = "not-started"
    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit; everything personal is left out of the repr."""

    step: Step = Step.ATTRACT
    language: Language = Language.CHINESE
    large_text: bool = False
    high_contrast: bool = False
    zone: str = ""
    """The open zone's id; empty in step ZONE means all zones (search)."""
    query: str = field(default="", repr=False)
    item: Item | None = field(default=None, repr=False)
    obstacles: tuple[Obstacle, ...] | None = None
    """None while the pre-flight is under way."""
    consented: bool = False
    person: Person | None = field(default=None, repr=False)
    factors: frozenset[Factor] = frozenset()
    resolving: bool = False
    """A scanned code is at the centre."""
    face: FaceTry | None = None
    face_hindrance: str = "face-needs-card"
    """Code of why the card that was read does not let a face be compared; empty when it does."""
    face_tries: int = 0
    """Comparisons that failed."""
    answers: Mapping[str, str] = field(default_factory=lambda: NOTHING, repr=False)
    complaints: Mapping[str, str] = field(default_factory=lambda: NOTHING, repr=False)
    """Field name → code of what is wrong with its answer."""
    group: int = 0
    """The form page that is open."""
    editing: bool = False
    """The form was opened from the review: 下一步 leads back there."""
    can_capture: bool = False
    """A document camera could be used when the item was opened."""
    pages: tuple[Page, ...] = field(default=(), repr=False)
    material: int = 0
    """The paper that is open, by its place in the item's materials."""
    framing: bool = False
    """The camera's picture is shown; else the page that was taken last."""
    capturing: bool = False
    """The camera takes a page."""
    page_hint: str = ""
    """How the sheet lies: a `devices.reports.PageHint`, or nothing yet."""
    promised: bool = False
    """容缺承诺 ticked."""
    key: str = ""
    submitted_at: datetime | None = None
    receipt_number: str = ""
    recovered: bool = False
    """The submission was kept in an earlier visit that broke off: it is told now, and never entered again."""
    slow: bool = False
    """The centre has not answered for longer than the patience setting."""
    outcome: Outcome | None = field(default=None, repr=False)
    printing: Printing = Printing.NOT_STARTED
    print_trouble: str = ""
    printed_state: str = ""
    """The outcome kind the last printed slip told, so that a better one can be offered."""
    rating: int = 0
    notice: str = ""
    """Code of what went wrong last, shown in words until the next step."""
    idle_warning: bool = False
    ending_soon: bool = False

    @property
    def signed_in(self) -> bool:
        """True while something of a person is held."""
        return self.person is not None or bool(self.answers)

    @property
    def proved(self) -> bool:
        """True when the item's number of different proofs is reached."""
        return self.item is not None and self.person is not None and len(self.factors) >= self.item.identity_factors

    @property
    def blocked(self) -> bool:
        """True when the pre-flight found what makes it pointless to begin (or is still under way)."""
        return self.obstacles is None or any(obstacle.blocking for obstacle in self.obstacles)

    @property
    def only_kept_before(self) -> bool:
        """True when nothing new is taken, and only what an earlier visit kept is told."""
        return any(obstacle.code == ONLY_KEPT_BEFORE for obstacle in self.obstacles or ())
