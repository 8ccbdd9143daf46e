"""Every event we log, declared once: its name, its meaning and the only facts it may carry. Pure values, in every thread."""

from __future__ import annotations

from collections.abc import Mapping

from devices.reports import DeviceKind, DeviceState
from kiosk.errors import CODES
from kiosk.visit.visit import Factor, Language, OutcomeKind, Step
from offline_cache.ciphers import CipherName
from offline_cache.loggable import (
    COUNT,
    OF_THE_STORE,
    UUID,
    Declaration,
    Event,
    EventUndeclared,
    FactKind,
    Scalar,
    Whole,
    Word,
    YesNo,
    declare,
)

__all__ = ["EVENTS", "Declaration", "Event", "EventUndeclared", "FactKind", "Scalar", "Whole", "Word", "YesNo", "is_trouble"]

CODE = Word("a listed error code", frozenset(CODES))
CODE_OR_NONE = Word("a listed error code, or nothing", frozenset({"", *CODES}))
DEVICE = Word("a device's name in the settings", pattern=r"[a-z][a-z0-9-]{0,31}")
DEVICE_KIND = Word("what a device is for", frozenset(kind.value for kind in DeviceKind))
DEVICE_STATE = Word("a device's state", frozenset(state.value for state in DeviceState))
STEP = Word("a step of the visit", frozenset(step.value for step in Step))
ITEM = Word("an item's code, or nothing", pattern=r"([A-Z]{2}-\d{3})?")
KEY = Word("a submission's random key", pattern=UUID)
HOW_ENDED = Word("how a visit ended", frozenset({"finished", "left", "timed-out", "time-over", "defect", "stopped"}))
OUTCOME = Word("how it came out", frozenset(kind.value for kind in OutcomeKind))
FACTOR = Word("a way to identify", frozenset(factor.value for factor in Factor))
CODE_CLASS = Word(
    "what a scanned code is", frozenset({"token", "payment", "id-number", "web-address", "too-long", "unreadable", "test"})
)
LANGUAGE = Word("a language", frozenset(language.value for language in Language))
VERSION = Word("a version number", pattern=r"\d{1,3}(\.\d{1,4}){1,3}([a-z0-9.+-]{0,16})?")
CATALOGUE_VERSION = Word("a catalogue's version, a hash", pattern=r"[0-9a-f]{64}")
STAFF = Word("a staff number", pattern=r"[0-9]{2,6}")
STAFF_OR_SHELL = Word("a staff number, or `shell` for the command line", frozenset({"shell"}), STAFF.pattern)
ROLE = Word("a role", frozenset({"technician", "manager"}))
KIOSK = Word("a kiosk's number", pattern=r"K\d{2,6}")
EXCEPTION = Word("the name of an exception's class", pattern=r"[A-Z][A-Za-z0-9]{0,60}")
PLACE = Word("a place in the source", pattern=r"[a-z_]+(/[a-z_0-9]+){0,6}\.py:\d{1,5}")
CIPHER = Word("a cipher", frozenset(name.value for name in CipherName))
SECONDS = Whole("seconds", 0, 100_000_000)
SMALL = Whole("a small count", 0, 999)
MILLISECONDS = Whole("milliseconds", -10_000_000_000, 10_000_000_000)
YES_NO = YesNo()


_SUBMISSION: Mapping[str, FactKind] = {"key": KEY, "item": ITEM}

EVENTS: Mapping[str, Declaration] = declare(
    {
        # --- the program ---
        "kiosk-started": Declaration("The kiosk program started.", {"version": VERSION, "kiosk": KIOSK, "practice": YES_NO}),
        "kiosk-stopped": Declaration("The kiosk program stopped as it was told to."),
        "stop-missed": Declaration("The last run ended without stopping: power cut or crash."),
        "catalogue-loaded": Declaration("The catalogue in use.", {"version": CATALOGUE_VERSION, "items": COUNT}),
        "catalogue-broken": Declaration("The catalogue has mistakes and was not taken.", {"mistakes": COUNT}, trouble=True),
        "store-set-aside": Declaration(
            "The store was damaged: it lies in a folder beside the new one, which holds what could be read.",
            {"submissions": COUNT, "waiting": COUNT, "events": COUNT},
            trouble=True,
        ),
        "index-made-anew": Declaration(
            "An index in the store did not have the rows that it should, as a disk leaves it that loses a page; "
            "it was made anew from the table.",
            trouble=True,
        ),
        "damaged-taken-away": Declaration(
            "Damaged stores that had been set aside were deleted: their days (`damaged_days`) were over. `with_gaps` of them "
            "were never carried over whole.",
            {"stores": COUNT, "with_gaps": COUNT},
        ),
        "out-of-service": Declaration("暂停服务 began.", {"code": CODE}, trouble=True),
        "in-service": Declaration("暂停服务 ended."),
        "defect-met": Declaration(
            "A fault of the program itself; the place is where it was raised.",
            {"exception": EXCEPTION, "place": PLACE},
            trouble=True,
        ),
        "disk-low": Declaration("The store's disk is nearly full.", {"free_megabytes": COUNT}, trouble=True),
        "disk-hung": Declaration(
            "The disk did not answer for about so long, and nothing new was offered meanwhile.",
            {"seconds": SECONDS},
            trouble=True,
        ),
        "clock-differs": Declaration(
            "The kiosk's clock and the centre's disagree by more than five minutes.", {"offset_ms": MILLISECONDS}, trouble=True
        ),
        **OF_THE_STORE,
        # --- the visit ---
        "visit-began": Declaration("Somebody touched the first screen.", {"language": LANGUAGE}),
        "visit-step": Declaration("The visit went from one step to another.", {"from": STEP, "to": STEP, "item": ITEM}),
        "visit-ended": Declaration(
            "The visit is over and everything of it is wiped.", {"how": HOW_ENDED, "step": STEP, "seconds": SECONDS, "item": ITEM}
        ),
        "idle-warned": Declaration("您还在吗? was shown.", {"step": STEP}),
        "preflight-blocked": Declaration(
            "An item could not be begun; one event for each obstacle.", {"item": ITEM, "code": CODE}, trouble=True
        ),
        "consent-given": Declaration("The notice was read and the consent ticked.", {"item": ITEM}),
        "identified": Declaration("A proof was accepted.", {"factor": FACTOR, "item": ITEM}),
        "identity-refused": Declaration("A proof was not accepted.", {"factor": FACTOR, "code": CODE}, trouble=True),
        "face-consent-given": Declaration("The separate consent to a face comparison was given.", {"item": ITEM}),
        "page-captured": Declaration(
            "A page of a paper was captured; how many the visit now has.", {"item": ITEM, "pages": SMALL}
        ),
        "page-refused": Declaration("A page could not be captured, or not be read.", {"item": ITEM, "code": CODE}),
        "person-disowned": Declaration("不是我: the read card was forgotten."),
        "card-read": Declaration("A card was read whole.", {"device": DEVICE}),
        "card-failed": Declaration("A card lay there and could not be read.", {"device": DEVICE, "code": CODE}, trouble=True),
        "code-scanned": Declaration(
            "A code was scanned; only what kind it is.", {"device": DEVICE, "class": CODE_CLASS, "bytes": COUNT}
        ),
        # --- what is kept and sent ---
        "submission-kept": Declaration("A submission is durably on this kiosk's disk.", _SUBMISSION),
        "submission-recovered": Declaration(
            "A resident came back whose submission was kept when the kiosk broke off: told now, not entered again.", _SUBMISSION
        ),
        "submission-not-kept": Declaration(
            "A submission could not be kept: nothing of it is stored, nothing was printed.",
            {**_SUBMISSION, "code": CODE},
            trouble=True,
        ),
        "submission-acknowledged": Declaration(
            "The centre answered with the same key and hash.", {"key": KEY, "outcome": OUTCOME, "tries": COUNT}
        ),
        "submission-rejected": Declaration("The centre refused it for good, with what to correct.", {"key": KEY}, trouble=True),
        "submission-held": Declaration(
            "A person must look at it; it stays in the queue.", {"key": KEY, "code": CODE}, trouble=True
        ),
        "enquiry-answered": Declaration("The centre answered an enquiry.", {"item": ITEM, "outcome": OUTCOME}),
        "enquiry-unanswered": Declaration("The centre did not answer an enquiry.", {"item": ITEM, "code": CODE}, trouble=True),
        "queue-full": Declaration(
            "The queue is at a limit (number, bytes, age): no new applications.",
            {"depth": COUNT, "code": CODE},
            trouble=True,
        ),
        "queue-drained": Declaration(
            "Nothing that was kept waits any more; what is not acknowledged was sent back, or cancelled by staff.",
            {"kept": COUNT, "acknowledged": COUNT},
        ),
        "ledger-matched": Declaration(
            "A day's acknowledged submissions are the centre's own, each with its hash.",
            {"days_back": COUNT, "acknowledged": COUNT, "in_centre": COUNT},
        ),
        "ledger-differs": Declaration(
            "A day here and in the centre's ledger differ; `kiosk queue match` names the ids.",
            {
                "days_back": COUNT,
                "acknowledged": COUNT,
                "in_centre": COUNT,
                "missing": COUNT,
                "unexpected": COUNT,
                "different": COUNT,
                "doubled": COUNT,
            },
            trouble=True,
        ),
        "queue-retried": Declaration(
            "Staff put a submission back to the front of the queue.", {"key": KEY, "staff": STAFF_OR_SHELL}
        ),
        "queue-cancelled": Declaration(
            "Staff took a submission out of the queue.", {"key": KEY, "staff": STAFF_OR_SHELL}, trouble=True
        ),
        "cancel-overtaken": Declaration(
            "The centre has a submission that staff cancelled when it was on its way already: it counts as acknowledged.",
            {"key": KEY},
            trouble=True,
        ),
        "queue-exported": Declaration(
            "Undelivered submissions were exported, still encrypted.", {"staff": STAFF_OR_SHELL, "rows": COUNT}
        ),
        "key-change-asked": Declaration("Staff asked for another key for new submissions.", {"staff": STAFF_OR_SHELL}),
        "key-rotated": Declaration("New submissions are encrypted with another key from now on.", {"cipher": CIPHER}),
        "key-kept": Declaration("The key could not be changed as staff asked.", {"code": CODE}, trouble=True),
        "key-copy-erased": Declaration("A plain key file that lay beside the sealed key was erased.", trouble=True),
        "key-copy-left": Declaration(
            "A plain key file lies beside the sealed key and could not be erased: a thief could use it.", trouble=True
        ),
        "line-up": Declaration("The centre answers again.", {"seconds": SECONDS}),
        "line-down": Declaration("The centre does not answer.", {"code": CODE}, trouble=True),
        # --- paper and rating ---
        "slip-printed": Declaration("A slip left the printer whole.", {"device": DEVICE, "outcome": OUTCOME}),
        "slip-unconfirmed": Declaration(
            "The kiosk stopped while printing a slip: whether it came out is unknown, and it is not printed again by itself.",
            {"device": DEVICE},
            trouble=True,
        ),
        "slip-failed": Declaration(
            "A slip was not printed; the receipt is on the screen.", {"device": DEVICE, "code": CODE}, trouble=True
        ),
        "rating-given": Declaration(
            "好差评 was given. Which is kept apart from visit and person: here it would stand beside the visit that ended.",
            apart=True,
        ),
        "rating-skipped": Declaration("好差评 was skipped.", apart=True),
        # --- devices ---
        "device-state": Declaration(
            "A device's state changed.", {"device": DEVICE, "kind": DEVICE_KIND, "state": DEVICE_STATE, "code": CODE_OR_NONE}
        ),
        "device-tested": Declaration("A device's test ended; no code means it passed.", {"device": DEVICE, "code": CODE_OR_NONE}),
        # --- staff ---
        "staff-signed-in": Declaration("A member of staff signed in.", {"staff": STAFF, "role": ROLE}),
        "staff-signed-out": Declaration(
            "A member of staff signed out, or was signed out by idling.", {"staff": STAFF, "idle": YES_NO}
        ),
        "staff-failed": Declaration("A sign-in failed; who tried is not known.", {"failures": SMALL}, trouble=True),
        "staff-locked": Declaration("Too many wrong PINs: sign-in is locked.", {"seconds": SECONDS}, trouble=True),
        "staff-tested-device": Declaration("A member of staff started a device's test.", {"staff": STAFF, "device": DEVICE}),
        "log-exported": Declaration("The log was exported as CSV.", {"staff": STAFF_OR_SHELL, "rows": COUNT}),
        # --- centre ---
        "settings-from-centre": Declaration(
            "The centre sets so many values in place of the settings file's; none: the file's are all in use again.",
            {"values": COUNT},
        ),
        "settings-broken": Declaration("The copy of the centre's settings cannot be used; the one before is.", trouble=True),
        "settings-refused": Declaration(
            "What the centre sets was refused whole; what was in use stays.", {"code": CODE}, trouble=True
        ),
        "catalogue-refused": Declaration(
            "A catalogue the centre published was refused whole; the one in use stays.", {"code": CODE}, trouble=True
        ),
        "journal-refused": Declaration(
            "The centre does not take our events (its copy of the chain and ours do not fit), or countersigns with another key.",
            {"code": CODE},
            trouble=True,
        ),
        "revoked": Declaration("The centre withdrew this kiosk's identity.", trouble=True),
        "orders-received": Declaration("The centre sent orders with a heartbeat's answer.", {"out_of_service": YES_NO}),
    }
)


def is_trouble(name: str, facts: Mapping[str, object]) -> bool:
    """True when somebody should look at an event read back from the journal, even one of another version."""
    declaration = EVENTS.get(name)
    return (declaration is not None and declaration.trouble) or bool(facts.get("code"))
