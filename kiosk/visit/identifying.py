"""Who stands here: what the step of card and code answers; pure."""

from __future__ import annotations

from dataclasses import replace

from devices.reports import DeviceKind
from kiosk.catalogue.model import Item, Kind
from kiosk.visit import effects as do
from kiosk.visit import events as ev
from kiosk.visit.forms import prefill
from kiosk.visit.transition import Answer, ask, go
from kiosk.visit.visit import NOTHING, Factor, Person, Step, Visit

IDENTIFYING = frozenset({DeviceKind.CARD_READER, DeviceKind.CHIP_CARD_READER, DeviceKind.CODE_SCANNER})
"""The devices by which somebody may prove who they are."""


def identifying(item: Item) -> tuple[DeviceKind, ...]:
    """The devices that are of use for this item."""
    if item.accepts_social_security_card:
        return (DeviceKind.CARD_READER, DeviceKind.CHIP_CARD_READER, DeviceKind.CODE_SCANNER)
    return (DeviceKind.CARD_READER, DeviceKind.CODE_SCANNER)


def identify(visit: Visit, event: ev.Event) -> Answer:
    """刷身份证, 亮码."""
    match event:
        case ev.CardAccepted(person):
            return _look(visit, _prove(visit, person, Factor.CARD))
        case ev.CardRefused(code):
            return replace(visit, notice=code), ()
        case ev.NothingShown() if visit.person is None and not visit.resolving and not visit.notice:
            return replace(visit, notice="nothing-shown"), ()
        case ev.DeviceLost(kind) if visit.item is not None and kind in identifying(visit.item):
            return replace(visit, notice=f"{kind.value}-lost"), ()
        case ev.DeviceReturned(kind) if visit.notice == f"{kind.value}-lost":
            return replace(visit, notice=""), ()
        case ev.PersonDisowned():
            forgotten = replace(visit, person=None, factors=frozenset(), answers=NOTHING, complaints=NOTHING)
            return replace(forgotten, notice="", resolving=False), (do.StartIdentifying(),)
        case ev.WentOn() if visit.proved:
            return _after_proof(visit)
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
            return visit, ()


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
    if visit.item.kind is Kind.APPLICATION:
        return go(visit, Step.REVIEW), (do.StopIdentifying(),)
    asking, effects = ask(visit)
    return asking, (do.StopIdentifying(), *effects)
