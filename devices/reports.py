"""What a device may tell: frozen values, handed to the rack's listener on the device's own thread.

Whatever is personal in a report is left out of its `repr`, so that no log can hold it by accident.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum

from devices.values import dataclass


class DeviceKind(StrEnum):
    """What a device is for."""

    CARD_READER = "card-reader"
    CHIP_CARD_READER = "chip-card-reader"
    """For social-security cards and staff badges (PC/SC)."""
    CODE_SCANNER = "code-scanner"
    FACE_CAMERA = "face-camera"
    DOCUMENT_CAMERA = "document-camera"
    RECEIPT_PRINTER = "receipt-printer"
    DOCUMENT_PRINTER = "document-printer"


class DeviceState(StrEnum):
    """A device's state in the words of XFS4IoT 1.1 (Common.Status, `device`)."""

    STARTING = "starting"
    ONLINE = "online"
    OFFLINE = "offline"
    NO_DEVICE = "no-device"
    HARDWARE_ERROR = "hardware-error"
    USER_ERROR = "user-error"
    BUSY = "busy"
    FRAUD_SUSPECTED = "fraud-suspected"


class Paper(StrEnum):
    """How much paper is left; an unanswered question is UNKNOWN, never END."""

    UNKNOWN = "unknown"
    ENOUGH = "enough"
    NEAR_END = "near-end"
    END = "end"


class Cover(StrEnum):
    """Whether the printer's cover is open."""

    UNKNOWN = "unknown"
    CLOSED = "closed"
    OPEN = "open"


class CardKind(StrEnum):
    """The four layouts of the SDT text block, and the chip card of social security."""

    RESIDENT = "resident"
    FOREIGNER_2017 = "foreigner-2017"
    FOREIGNER_2023 = "foreigner-2023"
    HK_MACAO_TAIWAN = "hk-macao-taiwan"
    SOCIAL_SECURITY = "social-security"


@dataclass(frozen=True, slots=True)
class Card:
    """What a card said; fields a layout does not have are empty. `valid_to` None means 长期 (no end).

    A social-security card tells name and number; sex and birth date are those that stand in the number.
    """

    kind: CardKind
    name: str = field(repr=False)
    number: str = field(repr=False)
    sex: str = field(repr=False)
    """GB/T 2261.1 code: 0 unknown, 1 male, 2 female, 9 not stated."""
    birth: date = field(repr=False)
    valid_from: date | None = field(repr=False)
    """None where a social-security card does not tell."""
    valid_to: date | None = field(repr=False)
    ethnic: str = field(default="", repr=False)
    """GB 3304 two-digit code; residents only."""
    address: str = field(default="", repr=False)
    issuer: str = field(default="", repr=False)
    english_name: str = field(default="", repr=False)
    nationality: str = field(default="", repr=False)
    pass_number: str = field(default="", repr=False)
    issue_count: str = field(default="", repr=False)
    photo: bytes = field(default=b"", repr=False)
    """1024 bytes WLT, undecoded."""


@dataclass(frozen=True, slots=True)
class CardRead:
    """A card was read whole and agrees with itself."""

    device: str
    card: Card


@dataclass(frozen=True, slots=True)
class CardFailed:
    """A card lay there and could not be read; `code` is a CardError's."""

    device: str
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CardLifted:
    """The card that was read (or failed) has been taken away."""

    device: str


@dataclass(frozen=True, slots=True)
class BadgeShown:
    """A contactless card was laid down while no visit waits for one: perhaps a staff badge, which is no proof of anything."""

    device: str
    uid: str = field(repr=False)
    """Capital hex; a stranger's transport card has one as well."""


@dataclass(frozen=True, slots=True)
class CodeScanned:
    """The exact bytes of a scanned code and, where the engine tells, its symbology."""

    device: str
    payload: bytes = field(repr=False)
    symbology: str = ""


class FaceHint(StrEnum):
    """What the person before the camera should do next."""

    NO_FACE = "no-face"
    ONE_PERSON_ONLY = "one-person-only"
    COME_CLOSER = "come-closer"
    STEP_BACK = "step-back"
    LOOK_STRAIGHT = "look-straight"
    TOO_DARK = "too-dark"
    TOO_BRIGHT = "too-bright"
    HOLD_STILL = "hold-still"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class FaceSeen:
    """What the detector makes of the newest frame; told when the hint changes."""

    device: str
    hint: FaceHint


class FaceAsk(StrEnum):
    """What a person is asked to do to show that they are there; left and right are their own."""

    LOOK_STRAIGHT = "look-straight"
    TURN_LEFT = "turn-left"
    TURN_RIGHT = "turn-right"


@dataclass(frozen=True, slots=True)
class FaceAsked:
    """While a face is compared: what the person should do now."""

    device: str
    job: str
    ask: FaceAsk
    done: int
    """Turns made."""
    of: int


@dataclass(frozen=True, slots=True)
class FaceCompared:
    """A comparison ended; `code` is empty when the living face is the one on the photograph, else why not.

    Not a trouble of the device: `face-differs`, `face-not-alive`, `face-changed`, `face-timed-out`, `face-given-up`,
    `photo-undecoded`, or the code of what is missing.
    """

    device: str
    job: str
    code: str
    detail: str = ""


class PageHint(StrEnum):
    """How a sheet lies under the document camera."""

    NO_PAGE = "no-page"
    CUT_OFF = "cut-off"
    """A part of it lies outside the picture."""
    COVERED = "covered"
    """Something lies over its edge: a hand, a sleeve, another thing."""
    TOO_DARK = "too-dark"
    GLARE = "glare"
    BLURRED = "blurred"
    EMPTY = "empty"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class PageSeen:
    """What is to be mended with the sheet; told when the hint changes."""

    device: str
    hint: PageHint


@dataclass(frozen=True, slots=True)
class PageCaptured:
    """A capture ended: the straightened page as JPEG, also when it is not good, so that a person may look and decide.

    Empty when no sheet was found, or when the camera failed; `code` is then why.
    """

    device: str
    job: str
    hint: PageHint
    jpeg: bytes = field(default=b"", repr=False)
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FrameReady:
    """A newer frame waits in the rack's `newest_frame(device)`; frames themselves never travel in reports."""

    device: str


@dataclass(frozen=True, slots=True)
class SlipPrinted:
    """The job left the printer whole (as far as its status bytes tell)."""

    device: str
    job: str


@dataclass(frozen=True, slots=True)
class SlipFailed:
    """The job was not printed, or not whole; `code` is a PrinterError's or another DeviceError's."""

    device: str
    job: str
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """Everything a technician sees of one device; told by `StatusChanged` when any of it changes."""

    device: str
    """The device's name in the settings, e.g. `card-reader`."""
    kind: DeviceKind
    model: str
    port: str
    state: DeviceState
    since: datetime
    """When this state began, with offset."""
    trouble: str = ""
    """Code of the trouble now, empty while all is well."""
    trouble_detail: str = ""
    last_trouble: str = ""
    """Code of the latest trouble, kept after it is mended."""
    last_trouble_at: datetime | None = None
    paper: Paper | None = None
    cover: Cover | None = None
    facts: tuple[tuple[str, str], ...] = ()
    """Named facts of the model, e.g. `("sam-id", "05.03-…")`, `("reads", "12")`."""

    @property
    def usable(self) -> bool:
        """True when a resident can use it now."""
        return self.state in (DeviceState.ONLINE, DeviceState.BUSY)


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A device's status is another than before."""

    status: DeviceStatus


@dataclass(frozen=True, slots=True)
class TestFinished:
    """The technician's test of a device ended; `code` is empty when it passed."""

    __test__ = False

    device: str
    code: str
    detail: str = ""


Report = (
    CardRead
    | CardFailed
    | CardLifted
    | BadgeShown
    | CodeScanned
    | FaceSeen
    | FaceAsked
    | FaceCompared
    | PageSeen
    | PageCaptured
    | FrameReady
    | SlipPrinted
    | SlipFailed
    | StatusChanged
    | TestFinished
)
Listener = Callable[[Report], None]
