"""What can happen in a visit: events, in the past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from devices.reports import DeviceKind, FaceAsk, FaceHint
from kiosk.catalogue.model import Item
from kiosk.values import dataclass
from kiosk.visit.visit import Language, Obstacle, Outcome, Page, Person

# --- touches -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Touched:
    """Any touch at all; takes the idle warning away."""


@dataclass(frozen=True, slots=True)
class ZoneChosen:
    """A zone's tile; empty: the search over all zones."""

    zone: str


@dataclass(frozen=True, slots=True)
class QueryTyped:
    """The search text as it now stands."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ItemChosen:
    """An item's tile."""

    item: Item


@dataclass(frozen=True, slots=True)
class WentOn:
    """The screen's one main action: 开始办理, 同意并继续, 下一步, 打印回执, 完成 …"""


@dataclass(frozen=True, slots=True)
class WentBack:
    """上一步."""


@dataclass(frozen=True, slots=True)
class ConsentTicked:
    """The consent box."""

    ticked: bool


@dataclass(frozen=True, slots=True)
class PersonDisowned:
    """不是我: the read card is forgotten."""


@dataclass(frozen=True, slots=True)
class FaceChosen:
    """刷脸 was touched: its consent is asked."""


@dataclass(frozen=True, slots=True)
class FaceConsented:
    """同意，开始刷脸."""


@dataclass(frozen=True, slots=True)
class FaceLeft:
    """用其他方式: no consent, or no more of it."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A field's answer as it now stands."""

    name: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GroupOpened:
    """修改 on the review: opens this page of the form."""

    group: int


@dataclass(frozen=True, slots=True)
class PromiseTicked:
    """The 容缺承诺 box."""

    ticked: bool


@dataclass(frozen=True, slots=True)
class Submitted:
    """提交: the key and the time are fixed here and never again."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PageAsked:
    """拍摄."""


@dataclass(frozen=True, slots=True)
class PageAdded:
    """再拍一页."""


@dataclass(frozen=True, slots=True)
class PageDropped:
    """重拍: the page taken last is thrown away."""


@dataclass(frozen=True, slots=True)
class PaperDeferred:
    """这份以后补交: the open paper follows later, as far as it may."""


@dataclass(frozen=True, slots=True)
class PaperOpened:
    """Another paper, by its place in the item's materials; also 修改 on the review."""

    material: int


@dataclass(frozen=True, slots=True)
class PrintAsked:
    """打印 (again), on the outcome or the receipt screen."""


@dataclass(frozen=True, slots=True)
class Rated:
    """好差评, 1 (worst) to 5."""

    level: int


@dataclass(frozen=True, slots=True)
class RatingSkipped:
    """跳过."""


@dataclass(frozen=True, slots=True)
class Left:
    """结束办理 or 返回首页."""


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """中文 / English."""

    language: Language


@dataclass(frozen=True, slots=True)
class LargeTextChosen:
    """大字."""

    on: bool


@dataclass(frozen=True, slots=True)
class HighContrastChosen:
    """高对比."""

    on: bool


# --- from devices, disk and centre ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PreflightDone:
    """What stands in the way of the chosen item now; sent again whenever the facts change."""

    obstacles: tuple[Obstacle, ...]
    can_capture: bool = False
    """A document camera can be used."""


@dataclass(frozen=True, slots=True)
class CardAccepted:
    """A card was read and may be used; already narrowed to the item's fields."""

    person: Person = field(repr=False)
    face_hindrance: str = "photo-undecoded"
    """Code of why this card's photograph is not compared with a face (a child's, none on it); empty when it can be."""


@dataclass(frozen=True, slots=True)
class CardRefused:
    """A card was read badly, or may not be used (expired)."""

    code: str


@dataclass(frozen=True, slots=True)
class CodeShown:
    """An opaque 亮码 token for the centre to resolve."""

    token: bytes = field(repr=False)
    symbology: str = ""


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """A code that is no credential, or one that the centre does not take."""

    code: str


@dataclass(frozen=True, slots=True)
class CredentialResolved:
    """The centre says whom the token stands for."""

    person: Person = field(repr=False)


@dataclass(frozen=True, slots=True)
class FaceAskedTo:
    """While a face is compared: what the resident should do now. Only a face that follows moves it on."""

    ask: FaceAsk
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class FaceSeen:
    """While a face is compared and nothing moves forward: what is to be mended, or GOOD."""

    hint: FaceHint


@dataclass(frozen=True, slots=True)
class FaceMatched:
    """The living face is the one on the card's photograph."""


@dataclass(frozen=True, slots=True)
class FaceRefused:
    """The comparison ended otherwise."""

    code: str


@dataclass(frozen=True, slots=True)
class PageSeen:
    """How the sheet lies now; a `devices.reports.PageHint`."""

    hint: str


@dataclass(frozen=True, slots=True)
class PageTaken:
    """A good page."""

    jpeg: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PageRefused:
    """No page, or none that can be read."""

    code: str


@dataclass(frozen=True, slots=True)
class NothingShown:
    """Neither card nor code for as long as the settings' `card_seconds`."""


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """A device this kiosk has cannot be used now."""

    kind: DeviceKind


@dataclass(frozen=True, slots=True)
class DeviceReturned:
    """It can be used again."""

    kind: DeviceKind


@dataclass(frozen=True, slots=True)
class KeptBefore:
    """The person's application for this item is kept already, and its resident never heard so (a power cut, a crash)."""

    key: str
    receipt_number: str
    submitted_at: datetime
    answers: Mapping[str, str] = field(repr=False)
    promised: bool
    outcome: Outcome = field(repr=False)
    pages: tuple[Page, ...] = field(default=(), repr=False)
    """Which materials were captured, without what is on them."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The submission is on the disk, durably."""

    key: str
    receipt_number: str


@dataclass(frozen=True, slots=True)
class NotKept:
    """The submission could not be kept: nothing of it is stored."""

    key: str
    code: str


@dataclass(frozen=True, slots=True)
class CentreAnswered:
    """The centre has answered for the submission `key` (or, key empty, for the enquiry)."""

    key: str
    outcome: Outcome = field(repr=False)


@dataclass(frozen=True, slots=True)
class AnswerSlow:
    """The centre has not answered for longer than the patience setting, or the line is known to be down."""

    key: str


@dataclass(frozen=True, slots=True)
class SlipCameOut:
    """The slip is printed."""


@dataclass(frozen=True, slots=True)
class SlipStuck:
    """The slip could not be printed."""

    code: str


# --- from the clock ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IdleTooLong:
    """Nobody has touched anything for the step's idle time: 您还在吗?"""


@dataclass(frozen=True, slots=True)
class WarningRanOut:
    """Nobody answered the idle warning."""


@dataclass(frozen=True, slots=True)
class VisitEndingSoon:
    """Only `ending_notice_minutes` are left of the longest visit."""


@dataclass(frozen=True, slots=True)
class StoodStill:
    """The kiosk itself did nothing for longer than anybody's idle time and count-down: whoever was here may be long gone."""


@dataclass(frozen=True, slots=True)
class VisitTimeOver:
    """The longest visit is over."""


@dataclass(frozen=True, slots=True)
class StepTimeOver:
    """The rating's or the farewell's own time has passed."""


Event = (
    Touched
    | ZoneChosen
    | QueryTyped
    | ItemChosen
    | WentOn
    | WentBack
    | ConsentTicked
    | PersonDisowned
    | FaceChosen
    | FaceConsented
    | FaceLeft
    | Answered
    | GroupOpened
    | PromiseTicked
    | Submitted
    | PageAsked
    | PageAdded
    | PageDropped
    | PaperDeferred
    | PaperOpened
    | PrintAsked
    | Rated
    | RatingSkipped
    | Left
    | LanguageChosen
    | LargeTextChosen
    | HighContrastChosen
    | PreflightDone
    | CardAccepted
    | CardRefused
    | CodeShown
    | CodeRefused
    | CredentialResolved
    | FaceAskedTo
    | FaceSeen
    | FaceMatched
    | FaceRefused
    | PageSeen
    | PageTaken
    | PageRefused
    | NothingShown
    | DeviceLost
    | DeviceReturned
    | KeptBefore
    | Kept
    | NotKept
    | CentreAnswered
    | AnswerSlow
    | SlipCameOut
    | SlipStuck
    | IdleTooLong
    | WarningRanOut
    | StoodStill
    | VisitEndingSoon
    | VisitTimeOver
    | StepTimeOver
)

SignOfLife = (
    Touched
    | ZoneChosen
    | QueryTyped
    | ItemChosen
    | WentOn
    | WentBack
    | ConsentTicked
    | PersonDisowned
    | FaceChosen
    | FaceConsented
    | FaceLeft
    | FaceAskedTo
    | Answered
    | GroupOpened
    | PromiseTicked
    | Submitted
    | PageAsked
    | PageAdded
    | PageDropped
    | PaperDeferred
    | PaperOpened
    | PrintAsked
    | Rated
    | RatingSkipped
    | Left
    | LanguageChosen
    | LargeTextChosen
    | HighContrastChosen
    | CardAccepted
    | CardRefused
    | CodeShown
    | CodeRefused
)
"""What only somebody standing here can cause: it takes the idle warning away and starts the idle clock anew."""
