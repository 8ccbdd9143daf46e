"""A visit of each kind that a resident can stand in, and every event that can meet it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from devices.reports import DeviceKind, FaceAsk, FaceHint
from kiosk.visit import effects as do
from kiosk.visit import events as ev
from kiosk.visit.flow import advance
from kiosk.visit.visit import (
    CorrectionAsked,
    Document,
    FaceStage,
    FaceTry,
    Factor,
    Language,
    Obstacle,
    Outcome,
    OutcomeKind,
    Page,
    Person,
    Printing,
    Step,
    Visit,
)
from tests.kiosk.visit.samples import (
    APPLICATION,
    BANK_CARD,
    DEFERRABLE,
    ENQUIRY,
    ITEMS,
    KEY,
    NOON,
    OTHER_NUMBER,
    PAPERS,
    PERSON,
    PHONE,
    PRINT,
    TWO_FACTORS,
)

RECEIPT = "360830-K03-20261123-000001-7"
ANSWERS = MappingProxyType({"applicant": PERSON.name, "phone": PHONE, "purpose": "证明用途其一", "account": BANK_CARD})
OTHER = Person(Document.RESIDENT, "李样", OTHER_NUMBER)
CARD, CODE = frozenset({Factor.CARD}), frozenset({Factor.CODE})
BLOCKED = (Obstacle("offline-needs-centre", blocking=True),)
CORRECTIONS = (CorrectionAsked("phone", "号码有误", "Wrong number"), CorrectionAsked("elsewhere", "他处", "Elsewhere"))


def outcome(kind: OutcomeKind) -> Outcome:
    return Outcome(kind, corrections=CORRECTIONS if kind is OutcomeKind.REJECTED else ())


chosen = Visit(step=Step.GUIDE, zone="self-application", item=APPLICATION)
ready = replace(chosen, obstacles=())
identifying = replace(ready, step=Step.IDENTIFY, consented=True)
proved = replace(identifying, person=PERSON, factors=CARD, answers=MappingProxyType({"applicant": PERSON.name}))
card_of_two = replace(proved, item=TWO_FACTORS, factors=CARD, face_hindrance="")
filled = replace(proved, step=Step.REVIEW, answers=ANSWERS)
capturing = replace(filled, step=Step.MATERIALS, item=PAPERS, can_capture=True, material=1, framing=True)
PAGE, OTHER_PAGE = Page.of(1, b"\xff\xd8 plan"), Page.of(2, b"\xff\xd8 list")
captured = replace(capturing, framing=False, pages=(PAGE,))
submitting = replace(filled, step=Step.SUBMIT, key=KEY, submitted_at=NOON)
kept = replace(submitting, receipt_number=RECEIPT)
asking = replace(proved, step=Step.SUBMIT, item=ENQUIRY, answers=MappingProxyType({}))
printing = replace(kept, step=Step.RECEIPT, outcome=outcome(OutcomeKind.KEPT), printing=Printing.PRINTING, printed_state="kept")
printed = replace(printing, printing=Printing.PRINTED)

VISITS: tuple[Visit, ...] = (
    Visit(),
    Visit(language=Language.ENGLISH, large_text=True),
    Visit(step=Step.ZONE),
    Visit(step=Step.ZONE, zone="tax", query="gjj"),
    replace(filled, step=Step.ZONE),
    chosen,
    ready,
    replace(chosen, obstacles=BLOCKED),
    replace(ready, step=Step.CONSENT),
    replace(ready, step=Step.CONSENT, consented=True),
    identifying,
    replace(identifying, notice="card-reader-lost"),
    replace(identifying, resolving=True),
    proved,
    replace(proved, item=TWO_FACTORS, factors=CODE),
    replace(proved, item=TWO_FACTORS, factors=CODE | CARD),
    card_of_two,
    replace(card_of_two, face_tries=3),
    replace(card_of_two, face_hindrance="photo-undecoded"),
    replace(card_of_two, face=FaceTry()),
    replace(card_of_two, face=FaceTry(FaceStage.LOOKING, FaceAsk.TURN_LEFT, 1, 3)),
    replace(proved, item=ENQUIRY, answers=MappingProxyType({})),
    replace(proved, step=Step.FORM),
    replace(proved, step=Step.FORM, group=1),
    replace(filled, step=Step.FORM, group=1, editing=True),
    filled,
    replace(filled, item=DEFERRABLE),
    replace(filled, item=DEFERRABLE, promised=True),
    replace(filled, answers=MappingProxyType({})),
    replace(filled, item=PAPERS, can_capture=True, pages=(PAGE,)),
    replace(filled, item=PAPERS, can_capture=True, pages=(PAGE, OTHER_PAGE)),
    replace(filled, item=PAPERS, can_capture=True, promised=True),
    capturing,
    replace(capturing, page_hint="good"),
    replace(capturing, capturing=True),
    replace(capturing, notice="document-camera-lost"),
    replace(capturing, editing=True),
    captured,
    replace(captured, editing=True),
    replace(captured, framing=True),
    replace(captured, pages=(PAGE,) * 10),
    replace(captured, material=2, framing=True),
    replace(captured, material=2, pages=(PAGE, OTHER_PAGE)),
    submitting,
    replace(submitting, slow=True),
    kept,
    asking,
    *(replace(kept, step=Step.OUTCOME, outcome=outcome(kind)) for kind in OutcomeKind),
    replace(asking, step=Step.OUTCOME, outcome=outcome(OutcomeKind.UNANSWERED), slow=True),
    replace(asking, step=Step.OUTCOME, item=PRINT, outcome=outcome(OutcomeKind.RECORD)),
    printing,
    printed,
    replace(printed, printing=Printing.FAILED, print_trouble="paper-out"),
    replace(printed, outcome=outcome(OutcomeKind.ACCEPTED)),
    replace(printed, step=Step.RATING),
    replace(printed, step=Step.FAREWELL),
    replace(kept, step=Step.FAREWELL),
)
"""At least one visit of each kind that a resident can stand in."""

ALL_VISITS = tuple(
    variant
    for visit in VISITS
    for variant in (visit, replace(visit, idle_warning=visit.step is not Step.ATTRACT), replace(visit, ending_soon=True))
)

EVENTS: tuple[ev.Event, ...] = (
    ev.Touched(),
    ev.ZoneChosen("tax"),
    ev.QueryTyped("社保" * 30),
    *(ev.ItemChosen(item) for item in ITEMS),
    ev.WentOn(),
    ev.WentBack(),
    ev.ConsentTicked(ticked=True),
    ev.ConsentTicked(ticked=False),
    ev.PersonDisowned(),
    ev.Answered("applicant", "别人"),
    ev.Answered("phone", PHONE),
    ev.Answered("phone", "12"),
    ev.Answered("purpose", "证明用途其一"),
    ev.Answered("unknown", "x"),
    ev.GroupOpened(0),
    ev.GroupOpened(1),
    ev.GroupOpened(7),
    ev.GroupOpened(-1),
    ev.PromiseTicked(ticked=True),
    ev.PageAsked(),
    ev.PageAdded(),
    ev.PageDropped(),
    ev.PaperDeferred(),
    *(ev.PaperOpened(place) for place in (-1, 0, 1, 2, 3)),
    ev.PageSeen("glare"),
    ev.PageTaken(b"\xff\xd8 taken"),
    ev.PageRefused("page-blurred"),
    ev.Submitted(KEY, NOON),
    ev.Submitted("", NOON),
    ev.PrintAsked(),
    ev.Rated(0),
    ev.Rated(5),
    ev.RatingSkipped(),
    ev.Left(),
    ev.LanguageChosen(Language.ENGLISH),
    ev.LargeTextChosen(on=True),
    ev.HighContrastChosen(on=True),
    ev.PreflightDone(()),
    ev.PreflightDone(BLOCKED),
    ev.PreflightDone((), can_capture=True),
    ev.CardAccepted(PERSON),
    ev.CardAccepted(OTHER),
    ev.CardAccepted(PERSON, ""),
    ev.FaceChosen(),
    ev.FaceConsented(),
    ev.FaceLeft(),
    ev.FaceAskedTo(FaceAsk.TURN_RIGHT, 2, 3),
    ev.FaceSeen(FaceHint.TOO_DARK),
    ev.FaceMatched(),
    ev.FaceRefused("face-differs"),
    ev.CardRefused("card-expired"),
    ev.CodeShown(b"token", "QR"),
    ev.CodeRefused("code-is-payment"),
    ev.CredentialResolved(PERSON),
    ev.CredentialResolved(OTHER),
    ev.NothingShown(),
    *(ev.DeviceLost(kind) for kind in DeviceKind),
    *(ev.DeviceReturned(kind) for kind in DeviceKind),
    *(ev.KeptBefore("earlier", RECEIPT, NOON, ANSWERS, True, outcome(kind)) for kind in (OutcomeKind.KEPT, OutcomeKind.ACCEPTED)),
    ev.Kept(KEY, RECEIPT),
    ev.Kept("another", RECEIPT),
    ev.NotKept(KEY, "store-full"),
    ev.NotKept("another", "store-full"),
    *(ev.CentreAnswered(key, outcome(kind)) for key in ("", KEY, "another") for kind in OutcomeKind),
    ev.AnswerSlow(KEY),
    ev.AnswerSlow(""),
    ev.AnswerSlow("another"),
    ev.SlipCameOut(),
    ev.SlipStuck("paper-out"),
    ev.IdleTooLong(),
    ev.WarningRanOut(),
    ev.StoodStill(),
    ev.VisitEndingSoon(),
    ev.VisitTimeOver(),
    ev.StepTimeOver(),
)


def product() -> Iterator[tuple[Visit, ev.Event, Visit, tuple[do.Effect, ...]]]:
    for visit in ALL_VISITS:
        for event in EVENTS:
            yield visit, event, *advance(visit, event)
