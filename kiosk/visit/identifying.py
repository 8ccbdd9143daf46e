"""Who stands here: what the step of card and code answers; pure."""

from __future__ import annotations

from dataclasses import replace

from devices.reports import DeviceKind
from kiosk.catalogue.model import Item, Kind
from kiosk.visit import effects as do
from kiosk.visit import events as ev
from kiosk.visit.capturing import begin, papers
from kiosk.visit.forms import prefill
from kiosk.visit.transition import Answer, ask, go
from kiosk.visit.visit import NOTHING, FaceStage, FaceTry, Factor, Person, Step, Visit

IDENTIFYING = frozenset({DeviceKind.CARD_READER, DeviceKind.CHIP_CARD_READER, DeviceKind.CODE_SCANNER})
"""The devices by which somebody may prove who they are."""


MOST_FACE_TRIES = 3
"""Then another way is taken: whoever failed so often stands in bad light, or is somebody else."""


def identifying(item: Item) -> tuple[DeviceKind, ...]:
    """The devices that are of use for this item."""
    if item.accepts_social_security_card:
        return (DeviceKind.CARD_READER, DeviceKind.CHIP_CARD_READER, DeviceKind.CODE_SCANNER)
    return (DeviceKind.CARD_READER, DeviceKind.CODE_SCANNER)


def identify(visit: Visit, event: ev.Event) -> Answer:
    """刷身份证, 亮码."""
    match event:
        case ev.CardAccepted(person, face_hindrance):
            proved = _prove(visit, person, Factor.CARD)
            taken = proved.notice != "proofs-differ"
            return _look(visit, replace(proved, face_hindrance=face_hindrance) if taken else proved)
        case ev.CardRefused(code):
            return replace(visit, notice=code), ()
        case ev.NothingShown() if visit.person is None and not visit.resolving and not visit.notice:
            return replace(visit, notice="nothing-shown"), ()
        case ev.DeviceLost(kind) if visit.item is not None and kind in identifying(visit.item):
            return replace(visit, notice=f"{kind.value}-lost"), ()
        case ev.DeviceReturned(kind) if visit.notice == f"{kind.value}-lost":
            return replace(visit, notice=""), ()
        case ev.PersonDisowned():
            forgotten = replace(visit, key="", person=None, factors=frozenset(), answers=NOTHING, complaints=NOTHING, pages=())
            forgotten = replace(forgotten, face=None, face_hindrance=Visit().face_hindrance)
            return replace(forgotten, notice="", resolving=False), (do.StartIdentifying(),)
        case ev.WentOn() if visit.proved and visit.only_kept_before:
            return replace(visit, notice="nothing-kept-before"), ()
        case ev.WentOn() if visit.proved:
            return _after_proof(visit)
        case ev.WentBack() if visit.face is not None:
            return _identify_by_face(visit, ev.FaceLeft())
        case ev.WentBack():
            return go(visit, Step.CONSENT), (do.StopIdentifying(),)
        case _:
            return _identify_by_code(visit, event)


def _identify_by_code(visit: Visit, event: ev.Event) -> Answer:
    match event:
        case ev.CodeShown(token, symbology) if not visit.resolving and Factor.CODE not in visit.factors:
            return replace(visit, resolving=True, notice=""), (do.ResolveCredential(token, symbology),)
        case ev.CodeRefused(code):
            return replace(visit, notice=code, resolving=False), ()
        case ev.CredentialResolved(person) if visit.resolving:
            return _look(visit, _prove(replace(visit, resolving=False), person, Factor.CODE))
        case _:
            return _identify_by_face(visit, event)


def _identify_by_face(visit: Visit, event: ev.Event) -> Answer:
    looking = visit.face is not None and visit.face.stage is FaceStage.LOOKING
    match event:
        case ev.FaceChosen() if visit.face is None and not why_no_face(visit):
            return replace(visit, face=FaceTry(), notice=""), ()
        case ev.FaceConsented() if visit.face is not None and not looking:
            return replace(visit, face=FaceTry(FaceStage.LOOKING)), (do.CompareFace(),)
        case ev.FaceLeft() if visit.face is not None:
            return replace(visit, face=None), (do.StopComparing(),) if looking else ()
        case ev.FaceAskedTo(ask, done, of) if looking:
            return replace(visit, face=FaceTry(FaceStage.LOOKING, ask, done, of)), ()
        case ev.FaceSeen(hint) if visit.face is not None and looking:
            return replace(visit, face=replace(visit.face, hint=hint)), ()
        case ev.FaceMatched() if looking:
            return _look(visit, replace(visit, face=None, factors=visit.factors | {Factor.FACE}, notice=""))
        case ev.FaceRefused(code) if looking:
            return replace(visit, face=None, face_tries=visit.face_tries + 1, notice=code), ()
        case _:
            return visit, ()


def why_no_face(visit: Visit) -> str:
    """Code of why no face is compared in this visit now; empty when it can be, as far as the visit knows."""
    if visit.item is None or visit.item.identity_factors == 1:
        return "face-not-needed"
    if Factor.CARD not in visit.factors:
        return "face-needs-card"
    if visit.face_hindrance:
        return visit.face_hindrance
    return "face-tried-out" if visit.face_tries >= MOST_FACE_TRIES else ""


def _prove(visit: Visit, person: Person, factor: Factor) -> Visit:
    """Another proof of the same person; a proof of somebody else is refused, never mixed."""
    if visit.person is not None and visit.person.number != person.number:
        return replace(visit, notice="proofs-differ")
    assert visit.item is not None
    known = person if visit.person is None or factor is Factor.CARD else visit.person
    answers = prefill(visit.item, known, visit.answers)
    return replace(visit, person=known, factors=visit.factors | {factor}, answers=answers, notice="")


def _look(before: Visit, after: Visit) -> Answer:
    """As soon as somebody is proved: an application of theirs that broke off after it was kept is not entered again."""
    newly_proved = after.proved and not before.proved
    if not newly_proved or after.item is None or after.person is None or after.item.kind is not Kind.APPLICATION:
        return after, ()
    return after, (do.LookForKept(after.item, after.person),)


def _after_proof(visit: Visit) -> Answer:
    assert visit.item is not None
    if visit.item.form:
        return replace(go(visit, Step.FORM), group=0, editing=False), (do.StopIdentifying(),)
    if visit.item.kind is Kind.APPLICATION and papers(visit):
        captured, effects = begin(replace(visit, editing=False))
        return captured, (do.StopIdentifying(), *effects)
    if visit.item.kind is Kind.APPLICATION:
        return go(visit, Step.REVIEW), (do.StopIdentifying(),)
    asking, effects = ask(visit)
    return asking, (do.StopIdentifying(), *effects)
