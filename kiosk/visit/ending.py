"""From 提交 to the farewell: what waiting, outcome, slip, rating and farewell answer; pure."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from kiosk.visit import effects as do
from kiosk.visit import events as ev
from kiosk.visit.capturing import deferred
from kiosk.visit.transition import Answer, ask, awaits_disk, fields_of, go, start_over, stop_devices
from kiosk.visit.visit import Outcome, OutcomeKind, Printing, Step, Visit

PRINTABLE = frozenset({OutcomeKind.KEPT, OutcomeKind.ACCEPTED, OutcomeKind.DECIDED, OutcomeKind.HELD, OutcomeKind.RECORD})
"""Outcomes that end in a slip; of the others nothing is printed."""
STILL_OPEN = frozenset({OutcomeKind.KEPT, OutcomeKind.HELD})
"""Outcomes of a submission that the centre's answer may still better."""


def better_slip_waits(visit: Visit) -> bool:
    """True when the outcome has become better than what the printed slip tells (暂存 → 受理)."""
    return (
        visit.outcome is not None
        and visit.printing is Printing.PRINTED
        and visit.printed_state != visit.outcome.kind.value
        and visit.outcome.kind in PRINTABLE
    )


def submit(visit: Visit, event: ev.Event) -> Answer:
    """The disk and the centre are waited for."""
    match event:
        case ev.Kept(key, number) if key == visit.key and awaits_disk(visit):
            # Else whoever waited long for the disk would wait for the centre without an end.
            return replace(visit, receipt_number=number, slow=False), (do.AwaitAnswer(key),)
        case ev.NotKept(key, code) if key == visit.key and awaits_disk(visit):
            return replace(go(visit, Step.OUTCOME), outcome=Outcome(OutcomeKind.NOT_KEPT, code=code)), ()
        case ev.CentreAnswered(key, outcome) if key == visit.key and not awaits_disk(visit):
            return replace(go(visit, Step.OUTCOME), outcome=outcome), ()
        case ev.AnswerSlow(key) if key == visit.key:
            return _without_answer(visit), ()
        case _:
            return visit, ()


def _without_answer(visit: Visit) -> Visit:
    """Nobody waits longer than their patience: what is on the disk is said to be kept, an enquiry stays unanswered."""
    if awaits_disk(visit):
        return replace(visit, slow=True)
    kept = Outcome(OutcomeKind.KEPT) if visit.key else Outcome(OutcomeKind.UNANSWERED, code="centre-hung")
    return replace(go(visit, Step.OUTCOME), outcome=kept, slow=True)


def kept_before(visit: Visit, event: ev.KeptBefore) -> Answer:
    """Straight to the outcome of what was kept before; too late once another 提交 was touched."""
    if visit.step not in (Step.IDENTIFY, Step.FORM, Step.MATERIALS, Step.REVIEW) or visit.person is None:
        return visit, ()
    told = replace(
        go(visit, Step.OUTCOME),
        key=event.key,
        receipt_number=event.receipt_number,
        submitted_at=event.submitted_at,
        answers=event.answers,
        promised=event.promised,
        pages=event.pages,
        outcome=event.outcome,
        recovered=True,
    )
    wait = (do.AwaitAnswer(event.key),) if event.outcome.kind in STILL_OPEN else ()
    return told, (*stop_devices(visit), *wait)


def outcome_shown(visit: Visit, event: ev.Event) -> Answer:
    """How it ended."""
    assert visit.outcome is not None
    kind = visit.outcome.kind
    match event:
        case ev.CentreAnswered("", outcome) if kind is OutcomeKind.UNANSWERED and visit.slow and not visit.key:
            return replace(visit, outcome=outcome, slow=False), ()
        case ev.CentreAnswered():
            return _bettered(visit, event), ()
        case ev.WentOn() | ev.PrintAsked() if kind in PRINTABLE:
            return _print(go(visit, Step.RECEIPT))
        case ev.WentOn() if kind is OutcomeKind.REJECTED:
            return _correct(visit), ()
        case ev.WentOn() if kind is OutcomeKind.NOT_KEPT:
            # With its key: whatever is on the disk after all, it is kept once.
            return replace(go(visit, Step.REVIEW), submitted_at=None, outcome=None, slow=False), ()
        case ev.WentOn() if kind is OutcomeKind.UNANSWERED:
            return ask(visit)
        case ev.WentOn():
            return go(visit, Step.RATING), ()
        case _:
            return visit, ()


def _correct(visit: Visit) -> Visit:
    """Back to the review with what the centre complained of marked.

    Corrected and submitted again it is another submission: the old key belongs to the answer it got.
    """
    assert visit.item is not None
    assert visit.outcome is not None
    names = fields_of(visit.item)
    marked = {asked.field: "correction-asked" for asked in visit.outcome.corrections if asked.field in names}
    anew = replace(go(visit, Step.REVIEW), key="", submitted_at=None, receipt_number="", outcome=None, slow=False)
    # What an earlier visit captured is not at hand any more: it is captured anew, or promised.
    anew = replace(anew, recovered=False, pages=tuple(page for page in visit.pages if page.jpeg))
    if set(deferred(anew)) - set(deferred(visit)):
        anew = replace(anew, promised=False)
    return replace(anew, complaints=MappingProxyType(marked), printing=Printing.NOT_STARTED, print_trouble="", printed_state="")


def _bettered(visit: Visit, event: ev.CentreAnswered) -> Visit:
    """KEPT becomes what the centre says, for the submission of this visit only.

    Of one that an earlier visit kept, the disk knows that it was accepted, and the centre what was decided.
    """
    if visit.outcome is None or event.key != visit.key or not event.key:
        return visit
    decided = visit.recovered and visit.outcome.kind is OutcomeKind.ACCEPTED and event.outcome.kind is OutcomeKind.DECIDED
    if visit.outcome.kind not in STILL_OPEN and not decided:
        return visit
    return replace(visit, outcome=event.outcome, slow=False)


def _print(visit: Visit) -> Answer:
    assert visit.outcome is not None
    told = visit.outcome.kind.value
    return replace(visit, printing=Printing.PRINTING, print_trouble="", printed_state=told), (do.PrintSlip(),)


def receipt(visit: Visit, event: ev.Event) -> Answer:
    """The slip comes out."""
    match event:
        case ev.CentreAnswered():
            bettered = _bettered(visit, event)
            rejected = bettered.outcome is not None and bettered.outcome.kind is OutcomeKind.REJECTED
            # What is to be corrected must be seen, whatever the paper in the hand says.
            return (go(bettered, Step.OUTCOME), ()) if rejected else (bettered, ())
        case ev.SlipCameOut() if visit.printing in (Printing.PRINTING, Printing.FAILED):
            # Also of a printer given up too early: the paper is there.
            return replace(visit, printing=Printing.PRINTED, print_trouble=""), ()
        case ev.SlipStuck(code) if visit.printing is Printing.PRINTING:
            return replace(visit, printing=Printing.FAILED, print_trouble=code), ()
        case ev.PrintAsked() if visit.printing is Printing.FAILED or better_slip_waits(visit):
            return _print(visit)
        case ev.WentOn() if visit.printing in (Printing.PRINTED, Printing.FAILED):
            return go(visit, Step.RATING), ()
        case _:
            return visit, ()


def rating(visit: Visit, event: ev.Event) -> Answer:
    """好差评."""
    match event:
        case ev.Rated(level) if 1 <= level <= 5 and visit.item is not None:
            return replace(go(visit, Step.FAREWELL), rating=level), (do.KeepRating(level, visit.item.code),)
        case ev.RatingSkipped() | ev.StepTimeOver():
            return go(visit, Step.FAREWELL), ()
        case ev.CentreAnswered():
            return _bettered(visit, event), ()
        case _:
            return visit, ()


def farewell(visit: Visit, event: ev.Event) -> Answer:
    """请取走证件、材料、手机."""
    match event:
        case ev.StepTimeOver() | ev.WentOn():
            return start_over(visit)
        case ev.CentreAnswered():
            return _bettered(visit, event), ()
        case _:
            return visit, ()
