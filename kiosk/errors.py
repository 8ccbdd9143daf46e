"""All that can go wrong, by name: the kiosk's own errors, and the one list of every code that may appear anywhere.

KioskError
├── FilesBroken              (all mistakes at once)
│   ├── SettingsBroken       settings-broken          the settings file cannot be used as it stands
│   └── CatalogueBroken      catalogue-broken         the catalogue cannot be used as it stands
├── KioskNotRunning          kiosk-not-running        no kiosk program answers on this machine
│   └── DemoNotRunning       demo-not-running         no demo of this user answers on this machine
├── StoreAbsent              store-absent             there is no store at the place the settings name
├── UserNotAllowed           user-not-allowed         whoever typed the command may not read what it needs
├── RecordUnknown            record-unknown           no submission with this key or receipt number
├── ActionRefused            action-refused           what was asked does not fit the state it would change
│   ├── EnrolledAlready      enrolled-already         this kiosk has an identity of the centre already
│   └── UnsentUnderOldNumber  unsent-under-old-number  what waits here was kept under another number than the code is for
├── DiskNearlyFull           disk-nearly-full         less room is left on the disk than is to stay free
├── ModelNotInstalled        model-not-installed      a model file could not be fetched, or is not the pinned one
└── StaffError
    ├── SignInRefused        sign-in-refused          staff number or PIN is wrong
    ├── SignInLocked         sign-in-locked           too many wrong PINs: wait
    └── RoleTooLow           role-too-low             only a manager may do this

Codes never change once a release has shown them. Pure values, in every thread.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from devices.errors import DeviceError
from offline_cache.errors import CacheError


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake in a file written by hand; what came over the wire has no file and no lines."""

    file: str
    line: int
    """Counted from 1; 0 where there is no line to show."""
    path: str
    """Dotted, e.g. `devices[0].port`; empty means the file as a whole."""
    message: str
    """A sentence, with the name that was probably meant where one is near."""
    zh: str = field(default="", compare=False)
    """The same for the kiosk's own screen; empty where there is none."""

    @property
    def in_chinese(self) -> str:
        """The file's name, line, path and sentence; in English where there is no Chinese sentence."""
        if not self.zh:
            return str(self)
        name, line = self.file.rpartition("/")[2], f"第 {self.line} 行" if self.line else ""
        place = " ".join(part for part in (name, line, self.path) if part)
        return "：".join(part for part in (place, self.zh) if part)

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, str(self.line) if self.line else "") if part)
        return ": ".join(part for part in (place, self.path, self.message) if part)


class KioskError(Exception):
    """Known trouble: `code` for programs, `detail` for the technician, never anything personal."""

    code: ClassVar[str] = "kiosk-error"

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = detail


class FilesBroken(KioskError):
    """Files written by hand hold mistakes; `mistakes` has all of them, in the order of the files."""

    code = "files-broken"

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(f"{len(self.mistakes)} mistake{'' if len(self.mistakes) == 1 else 's'}")


class SettingsBroken(FilesBroken):
    """The settings file cannot be used as it stands."""

    code = "settings-broken"


class CatalogueBroken(FilesBroken):
    """The catalogue cannot be used as it stands."""

    code = "catalogue-broken"


class KioskNotRunning(KioskError):
    """No kiosk program answers on this machine."""

    code = "kiosk-not-running"


class DemoNotRunning(KioskNotRunning):
    """No demo of this user answers on this machine: there is no world to play."""

    code = "demo-not-running"


class StoreAbsent(KioskError):
    """There is no store at the place the settings name."""

    code = "store-absent"


class UserNotAllowed(KioskError):
    """Whoever typed the command may not read what it needs: the store is its own user's."""

    code = "user-not-allowed"


class RecordUnknown(KioskError):
    """No submission with this key or receipt number is in the store."""

    code = "record-unknown"


class ActionRefused(KioskError):
    """What was asked does not fit the state of what it would change."""

    code = "action-refused"


class EnrolledAlready(ActionRefused):
    """The kiosk has an identity of the centre already; another would replace it."""

    code = "enrolled-already"


class UnsentUnderOldNumber(ActionRefused):
    """Submissions wait here under another number than the code is for, and the centre takes them under no other."""

    code = "unsent-under-old-number"


class DiskNearlyFull(KioskError):
    """Less room is left on the store's disk than is to stay free, or would be."""

    code = "disk-nearly-full"


class ModelNotInstalled(KioskError):
    """A model file could not be fetched or written, or is not the pinned one."""

    code = "model-not-installed"


class StaffError(KioskError):
    """Trouble with a member of staff's sign-in."""

    code = "staff-error"


class SignInRefused(StaffError):
    """The staff number or the PIN is wrong; which of them is not told."""

    code = "sign-in-refused"


class SignInLocked(StaffError):
    """Too many wrong PINs; `wait_seconds` until the next try is taken."""

    code = "sign-in-locked"

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"{wait_seconds} s")
        self.wait_seconds = wait_seconds


class RoleTooLow(StaffError):
    """Only another role may do what was asked."""

    code = "role-too-low"


Known = KioskError | DeviceError | CacheError
KNOWN = (KioskError, DeviceError, CacheError)
"""Everything that may be raised and is no defect: it has a code, a sentence and something to do about it."""
Kind = type[DeviceError] | type[CacheError] | type[KioskError]

VISIT_CODES: Mapping[str, str] = {
    "answer-missing": "A required question of the form has no answer.",
    "answer-too-large": "The number is above what the item allows.",
    "answer-too-long": "The answer is longer than the field.",
    "answer-too-small": "The number is below what the item allows.",
    "bank-card-wrong": "The bank card number's check digit disagrees.",
    "choice-wrong": "The answer is none of the choices.",
    "date-wrong": "The answer is no date of the calendar.",
    "id-number-wrong": "The identity number's check digit or birth date disagrees.",
    "money-wrong": "The answer is no amount of money.",
    "name-wrong": "The answer cannot be a name.",
    "number-wrong": "The answer is no number.",
    "phone-wrong": "The answer is no mobile number.",
    "text-wrong": "The answer holds characters that cannot be kept or printed.",
    "card-expired": "The card's validity has ended.",
    "card-not-valid-yet": "The card's validity has not begun; the kiosk's clock may be wrong.",
    "card-kind-not-accepted": "The item does not take this kind of card.",
    "card-reader-lost": "The card reader stopped working while it was waited for.",
    "chip-card-reader-lost": "The reader of social-security cards stopped working while it was waited for.",
    "code-scanner-lost": "The code scanner stopped working while it was waited for.",
    "face-camera-lost": "The camera stopped working while it was waited for.",
    "document-camera-lost": "The document camera stopped working while it was waited for.",
    "receipt-printer-lost": "The receipt printer stopped working while it was waited for.",
    "document-printer-lost": "The A4 printer stopped working while it was waited for.",
    "face-differs": "The living face is not like the one on the card's photograph.",
    "face-not-alive": "The head was turned to the other side than asked, twice.",
    "face-changed": "The face went away or another one came while it was compared.",
    "face-timed-out": "The turns that were asked for were not all made in time.",
    "face-given-up": "The comparison was left before it ended.",
    "face-needs-card": "A face is compared with a card's photograph: the card comes first.",
    "face-not-needed": "The item asks for one proof only.",
    "face-needs-guardian": "Under 14 a face is compared only with a guardian's consent, which nobody can give here.",
    "face-tried-out": "Three comparisons failed: another way must be taken.",
    "code-is-id-number": "The scanned code is an identity number in clear text, which proves nothing.",
    "code-is-payment": "The scanned code is a payment code.",
    "code-is-web-address": "The scanned code is a web address, not a credential.",
    "code-too-long": "The scanned code is longer than a credential can be.",
    "code-used-or-expired": "The centre knows the code, but it was used before or is too old.",
    "code-unknown": "The centre does not know the code.",
    "credential-offline": "A code can only be resolved while the line to the centre is up.",
    "page-no-page": "No sheet lay under the document camera.",
    "page-cut-off": "A part of the sheet lay outside the document camera's picture.",
    "page-covered": "Something lay over the sheet's edge.",
    "page-too-dark": "The page was too dark to read.",
    "page-glare": "Light glared on the page.",
    "page-blurred": "The page was blurred.",
    "page-empty": "The page was empty.",
    "nothing-shown": "Neither a card nor a code was shown for a while: how to do it is shown again.",
    "nothing-kept-before": "The item cannot be begun here now, and nothing of this person's for it is kept here untold.",
    "correction-asked": "The centre asked to correct this answer.",
    "proofs-differ": "The second proof belongs to another person than the first.",
    "no-record": "The department holds no such record.",
    "item-unknown": "The centre does not know the item.",
    "department-closed": "The department's data source is closed at this hour.",
}
"""What a resident can meet during a visit: form complaints, identification, captured pages, answers."""

OBSTACLE_CODES: Mapping[str, str] = {
    "offline-needs-centre": "The item needs an answer of the centre now, and the line is down.",
    "clock-lost": "The kiosk's clock has lost its time or shows another day: no card's validity can be judged, no receipt dated.",
    "no-way-to-identify": "Neither a card reader nor a code scanner works, so nobody can be identified.",
    "card-reader-down": "The card reader does not work; another way to identify stays.",
    "scanner-down": "The code scanner does not work; another way to identify stays.",
    "printer-down": "The receipt printer does not work; the receipt is shown as a QR code instead.",
    "printer-needed": "The item is printed, and the printer does not work.",
    "paper-low": "The printer's paper is nearly used up.",
    "queue-too-old": "The oldest unsent submission has waited longer than the settings let it.",
    "only-kept-before": "The item cannot be begun here now; whoever was cut off after it was kept can still get their receipt.",
    "cannot-keep": "This kiosk's disk takes no submissions now.",
    "payment-not-here": "The item is paid, and this kiosk takes no payments.",
    "needs-document-camera": "A required material must be captured, and this kiosk has no document camera.",
    "needs-dedicated-machine": "The item is done at a certified machine that stands elsewhere in the hall.",
    "sent-later": "The line is down: the submission will be kept here and sent later.",
    "data-source-closed": "The department's data source is closed at this hour.",
    "second-proof-needs-line": "The item asks for two proofs, and the second needs the line.",
    "second-proof-missing": "The item asks for two proofs, and only one way to prove works here.",
}
"""What the pre-flight can find in an item's way, besides `queue-full`."""

CENTRE_CODES: Mapping[str, str] = {
    "signature-missing": "The centre refused a request without a signature.",
    "signature-invalid": "The centre refused a request whose signature does not fit it.",
    "request-stale": "The centre refused a request signed more than five minutes before or after its own time.",
    "request-replayed": "The centre refused a request it has seen before.",
    "digest-wrong": "The centre refused a content that is not the one whose digest was signed.",
    "kiosk-revoked": "The centre has withdrawn this kiosk's identity.",
    "enrolment-code-unknown": "The centre gave out no such enrolment code.",
    "enrolment-code-used": "The enrolment code was used before, by another machine.",
    "enrolment-code-expired": "The enrolment code is too old.",
    "encoding-unsupported": "The centre takes contents only as they are, without Content-Encoding.",
    "hash-wrong": "The centre got a submission whose content is not the one its hash was made of.",
    "kiosk-differs": "The centre got a submission that was kept under another kiosk's number.",
    "attachment-differs": "The centre got an attachment whose sha256 is not the one it is named by.",
    "attachment-missing": "The centre waits for an attachment that the submission names.",
    "chain-broken": "The centre's copy of the journal does not continue with what was sent.",
    "corrections-needed": "The centre asks for corrections.",
    "later": "The centre wants a submission sent again later, and gave no reason.",
    "rejected": "The centre refused a submission, and gave no reason.",
    "item-not-asked-here": "The item is submitted, not enquired.",
    "answers-wrong": "The answers do not fit the item's form as the centre knows it.",
    "credential-unknown": "The shown code stands for nobody.",
    "credential-used": "The shown code was used before; a fresh one must be shown.",
    "credential-expired": "The shown code has expired; a fresh one must be shown.",
    "place-unknown": "The centre has nothing at the address that was asked.",
    "method-not-allowed": "The centre does not take this method at the address that was asked.",
    "store-unavailable": "The centre's own database does not answer.",
}
"""The centre's refusals by name, besides those of the offline cache."""

OWN_CODES: Mapping[str, str] = {
    "unlisted-code": "A code that is not on this list, e.g. of a newer centre.",
    "cancelled-by-staff": "A member of staff took the submission out of the queue, with a reason.",
    "store-set-aside": "The store was damaged and lies in a folder beside the new one, which holds what could be read.",
    "key-copy-left": "A plain key file lies beside the sealed key and could not be erased: a thief could use it.",
    "log-refused": "The centre does not take this kiosk's event log as it is, or countersigns it with another key.",
    "catalogue-refused": "The catalogue that the centre publishes could not be taken; the one before stays in use.",
    "settings-refused": "The settings that the centre gives this kiosk could not be taken; those before stay in use.",
    "clock-wrong": "The kiosk's clock and the centre's differ by more than five minutes, or the kiosk's cannot be right.",
    "needs-person": "The centre refused a submission for good, or it is damaged here: a person must look at it.",
    "ledger-differs": "A day's submissions here and in the centre's ledger are not the same: some are missing, or too many.",
    "not-fitted": "The settings name no device of this kind.",
    "out-of-service": "The centre has ordered this kiosk out of service.",
    "defect": "A fault of the program itself: it ended the visit and was logged with its place in the source.",
}
"""Codes of the kiosk itself that are no errors of Python."""


def codes() -> dict[str, str]:
    """Every code that may appear on a screen, in a log or in an answer → its meaning for the technician, sorted."""
    found: dict[str, str] = {}
    for root in (DeviceError, CacheError, KioskError):
        found.update((kind.code, _meaning(kind)) for kind in error_tree(root))
    for table in (VISIT_CODES, OBSTACLE_CODES, CENTRE_CODES, OWN_CODES):
        found.update(table)
    return dict(sorted(found.items()))


def known_code(code: str) -> str:
    """The code itself where it is listed, else `unlisted-code`: what comes from outside cannot smuggle words into a log."""
    return code if code in CODES else "unlisted-code"


def error_tree(root: Kind) -> Iterator[Kind]:
    """The kind of error itself and every kind below it."""
    yield root
    for kind in root.__subclasses__():
        yield from error_tree(kind)


def _meaning(kind: type[Exception]) -> str:
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split()).replace("`", "")


CODES: Mapping[str, str] = codes()
"""The list as it stands at start: the errors are declared in modules this one imports, so nothing can be missing."""
