"""The visit as one pure, total function: `advance(visit, event) -> (visit, effects)`.

Every event is answered in every step; what does not fit the step changes nothing. Clock, randomness, disk, devices and
network come in as events and go out as effects. Runs wherever its caller does (the GUI thread in the kiosk).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import assert_never

from devices.reports import DeviceKind
from kiosk.catalogue.model import FormField, Item, Kind, MaterialKind
from kiosk.visit import events as ev
from kiosk.visit.forms import card_answer, check_group, first_incomplete_group, prefill
from kiosk.visit.visit import NOTHING, Factor, Outcome, OutcomeKind, Person, Printing, Step, Visit

Answer = tuple[Visit, tuple[ev.Effect, ...]]
Display = ev.LanguageChosen | ev.LargeTextChosen | ev.HighContrastChosen
Alarm = ev.IdleTooLong | ev.WarningRanOut | ev.VisitEndingSoon | ev.VisitTimeOver

PRINTABLE = frozenset({OutcomeKind.KEPT, OutcomeKind.ACCEPTED, OutcomeKind.DECIDED, OutcomeKind.HELD, OutcomeKind.RECORD})
"""Outcomes that end in a slip; of the others nothing is printed."""
STILL_OPEN = frozenset({OutcomeKind.KEPT, OutcomeKind.HELD})
"""Outcomes of a submission that the centre's answer may still better."""
IDENTIFYING = frozenset({DeviceKind.CARD_READER, DeviceKind.CODE_SCANNER})
"""The devices whose loss matters while somebody proves who they are."""


def advance(visit: Visit, event: ev.Event) -> Answer:
    """What the visit is after the event, and what the kiosk must now do."""
    if isinstance(event, ev.SignOfLife) and visit.idle_warning:
        visit = replace(visit, idle_warning=False)
    match event:
        case ev.Touched():
            return visit, ()
        case ev.LanguageChosen() | ev.LargeTextChosen() | ev.HighContrastChosen():
            return _display(visit, event), ()
        case ev.IdleTooLong() | ev.WarningRanOut() | ev.VisitEndingSoon() | ev.VisitTimeOver():
            return _clock(visit, event)
        case ev.Left():
            return _leave(visit)
        case _:
            return _in_step(visit, event)


def needs_promise(visit: Visit) -> bool:
    """True when the item has deferrable materials, so that the 容缺承诺 must be ticked before 提交."""
    return visit.item is not None and any(m.kind is MaterialKind.DEFERRABLE for m in visit.item.materials)


def can_submit(visit: Visit) -> bool:
    """True when 提交 would be taken on the review."""
    return (
        visit.step is Step.REVIEW
        and visit.item is not None
        and visit.proved
        and (visit.promised or not needs_promise(visit))
        and first_incomplete_group(visit.item, visit.answers) is None
    )


def better_slip_waits(visit: Visit) -> bool:
    """True when the outcome has become better than what the printed slip tells (暂存 → 受理)."""
    return (
        visit.outcome is not None
        and visit.printing is Printing.PRINTED
        and visit.printed_state != visit.outcome.kind.value
        and visit.outcome.kind in PRINTABLE
    )


def awaits_disk(visit: Visit) -> bool:
    """True between 提交 and the disk's answer: nobody is sent away then, for nobody would know what was kept."""
    return visit.step is Step.SUBMIT and bool(visit.key) and not visit.receipt_number


def _in_step(visit: Visit, event: ev.Event) -> Answer:
    match visit.step:
        case Step.ATTRACT:
            return _attract(visit, event)
        case Step.ZONE:
            return _zone(visit, event)
        case Step.GUIDE:
            return _guide(visit, event)
        case Step.CONSENT:
            return _consent(visit, event)
        case Step.IDENTIFY:
            return _identify(visit, event)
        case Step.FORM:
            return _form(visit, event)
        case Step.REVIEW:
            return _review(visit, event)
        case Step.SUBMIT:
            return _submit(visit, event)
        case Step.OUTCOME:
            return _outcome(visit, event)
        case Step.RECEIPT:
            return _receipt(visit, event)
        case Step.RATING:
            return _rating(visit, event)
        case Step.FAREWELL:
            return _farewell(visit, event)
        case _ as never:
            assert_never(never)


def _start_over(visit: Visit) -> Answer:
    return Visit(), (ev.StopIdentifying(), ev.Wipe()) if visit.step is Step.IDENTIFY else (ev.Wipe(),)


def _go(visit: Visit, step: Step) -> Visit:
    return replace(visit, step=step, notice="", resolving=False)


def _display(visit: Visit, event: Display) -> Visit:
    match event:
        case ev.LanguageChosen(language):
            return replace(visit, language=language)
        case ev.LargeTextChosen(on):
            return replace(visit, large_text=on)
        case ev.HighContrastChosen(on):
            return replace(visit, high_contrast=on)
        case _ as never:
            assert_never(never)


def _clock(visit: Visit, event: Alarm) -> Answer:
    if visit.step is Step.ATTRACT:
        # Nobody is here: only the display settings somebody left behind are to be undone.
        return (Visit(), ()) if isinstance(event, ev.IdleTooLong) else (visit, ())
    match event:
        case ev.IdleTooLong():
            return replace(visit, idle_warning=True), ()
        case ev.WarningRanOut():
            return _start_over(visit) if visit.idle_warning and not awaits_disk(visit) else (visit, ())
        case ev.VisitEndingSoon():
            return replace(visit, ending_soon=True), ()
        case ev.VisitTimeOver():
            return (visit, ()) if awaits_disk(visit) else _start_over(visit)
        case _ as never:
            assert_never(never)


def _leave(visit: Visit) -> Answer:
    if visit.step in (Step.ATTRACT, Step.FAREWELL) or not (visit.signed_in or visit.key):
        return _start_over(visit)
    if awaits_disk(visit):
        return visit, ()
    stop = (ev.StopIdentifying(),) if visit.step is Step.IDENTIFY else ()
    return _go(visit, Step.FAREWELL), stop


def _attract(visit: Visit, event: ev.Event) -> Answer:
    match event:
        case ev.ZoneChosen(zone):
            return replace(_go(visit, Step.ZONE), zone=zone, query=""), ()
        case ev.ItemChosen(item):
            return _choose_item(visit, item)
        case _:
            return visit, ()


def _zone(visit: Visit, event: ev.Event) -> Answer:
    match event:
        case ev.ZoneChosen(zone):
            return replace(visit, zone=zone, query=""), ()
        case ev.QueryTyped(text):
            return replace(visit, query=text[:40]), ()
        case ev.ItemChosen(item):
            return _choose_item(visit, item)
        case ev.WentBack():
            if visit.signed_in:
                return _leave(visit)
            kept = Visit(language=visit.language, large_text=visit.large_text, high_contrast=visit.high_contrast)
            return kept, (ev.Wipe(),)
        case _:
            return visit, ()


def _choose_item(visit: Visit, item: Item) -> Answer:
    if visit.item == item:
        return replace(_go(visit, Step.GUIDE), obstacles=None), (ev.CheckPreflight(item),)
    # Another item asks for other fields of the card: nothing of the person goes over to it.
    fresh = Visit(
        step=Step.GUIDE,
        language=visit.language,
        large_text=visit.large_text,
        high_contrast=visit.high_contrast,
        zone=visit.zone,
        query=visit.query,
        item=item,
        ending_soon=visit.ending_soon,
    )
    forget = (ev.Wipe(),) if visit.signed_in else ()
    return fresh, (*forget, ev.CheckPreflight(item))


def _guide(visit: Visit, event: ev.Event) -> Answer:
    match event:
        case ev.PreflightDone(obstacles):
            return replace(visit, obstacles=obstacles), ()
        case ev.WentOn():
            return (visit, ()) if visit.blocked else (_go(visit, Step.CONSENT), ())
        case ev.WentBack():
            return _go(visit, Step.ZONE), ()
        case _:
            return visit, ()


def _consent(visit: Visit, event: ev.Event) -> Answer:
    match event:
        case ev.ConsentTicked(ticked):
            return replace(visit, consented=ticked), ()
        case ev.WentOn():
            return (_go(visit, Step.IDENTIFY), (ev.StartIdentifying(),)) if visit.consented else (visit, ())
        case ev.WentBack() if visit.item is not None:
            return replace(_go(visit, Step.GUIDE), obstacles=None), (ev.CheckPreflight(visit.item),)
        case _:
            return visit, ()


def _identify(visit: Visit, event: ev.Event) -> Answer:
    match event:
        case ev.CardAccepted(person):
            return _prove(visit, person, Factor.CARD), ()
        case ev.CardRefused(code):
            return replace(visit, notice=code), ()
        case ev.DeviceLost(kind) if kind in IDENTIFYING:
            return replace(visit, notice=f"{kind.value}-lost"), ()
        case ev.DeviceReturned(kind) if visit.notice == f"{kind.value}-lost":
            return replace(visit, notice=""), ()
        case ev.PersonDisowned():
            forgotten = replace(visit, person=None, factors=frozenset(), answers=NOTHING, complaints=NOTHING)
            return replace(forgotten, notice="", resolving=False), (ev.StartIdentifying(),)
        case ev.WentOn() if visit.proved:
            return _after_proof(visit)
        case ev.WentBack():
            return _go(visit, Step.CONSENT), (ev.StopIdentifying(),)
        case _:
            return _identify_by_code(visit, event)


def _identify_by_code(visit: Visit, event: ev.Event) -> Answer:
    match event:
        case ev.CodeShown(token, symbology) if not visit.resolving and Factor.CODE not in visit.factors:
            return replace(visit, resolving=True, notice=""), (ev.ResolveCredential(token, symbology),)
        case ev.CodeRefused(code):
            return replace(visit, notice=code, resolving=False), ()
        case ev.CredentialResolved(person) if visit.resolving:
            return _prove(replace(visit, resolving=False), person, Factor.CODE), ()
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


def _after_proof(visit: Visit) -> Answer:
    assert visit.item is not None
    if visit.item.form:
        return replace(_go(visit, Step.FORM), group=0, editing=False), (ev.StopIdentifying(),)
    if visit.item.kind is Kind.APPLICATION:
        return _go(visit, Step.REVIEW), (ev.StopIdentifying(),)
    asking, effects = _ask(visit)
    return asking, (ev.StopIdentifying(), *effects)


def _ask(visit: Visit) -> Answer:
    assert visit.item is not None
    assert visit.person is not None
    asking = replace(_go(visit, Step.SUBMIT), outcome=None, slow=False)
    return asking, (ev.AskCentre(visit.item, visit.person, _proof(visit), visit.answers),)


def _proof(visit: Visit) -> str:
    return Factor.CARD.value if Factor.CARD in visit.factors else Factor.CODE.value


def _form(visit: Visit, event: ev.Event) -> Answer:
    assert visit.item is not None
    match event:
        case ev.Answered(name, text):
            return _answered(visit, _fields(visit.item).get(name), text), ()
        case ev.WentOn():
            wrong = check_group(visit.item, visit.group, visit.answers)
            here = {field.name for field in visit.item.form[visit.group].fields}
            elsewhere = {name: code for name, code in visit.complaints.items() if name not in here}
            checked = replace(visit, complaints=MappingProxyType({**elsewhere, **wrong}))
            return (checked, ()) if wrong else _after_group(checked)
        case ev.WentBack():
            if visit.editing:
                return replace(_go(visit, Step.REVIEW), editing=False), ()
            if visit.group > 0:
                return replace(visit, group=visit.group - 1), ()
            return _go(visit, Step.IDENTIFY), (ev.StartIdentifying(),)
        case _:
            return visit, ()


def _fields(item: Item) -> Mapping[str, FormField]:
    return {field.name: field for group in item.form for field in group.fields}


def _answered(visit: Visit, field: FormField | None, text: str) -> Visit:
    if field is None or card_answer(field, visit.person):
        return visit  # what the card gave cannot be typed over
    complaints = {name: code for name, code in visit.complaints.items() if name != field.name}
    answers = MappingProxyType({**visit.answers, field.name: text[: field.max_length]})
    return replace(visit, answers=answers, complaints=MappingProxyType(complaints))


def _after_group(visit: Visit) -> Answer:
    assert visit.item is not None
    if not visit.editing and visit.group + 1 < len(visit.item.form):
        return replace(visit, group=visit.group + 1), ()
    if visit.item.kind is Kind.APPLICATION:
        return replace(_go(visit, Step.REVIEW), editing=False), ()
    return _ask(visit)


def _review(visit: Visit, event: ev.Event) -> Answer:
    assert visit.item is not None
    match event:
        case ev.GroupOpened(group) if 0 <= group < len(visit.item.form):
            return replace(_go(visit, Step.FORM), group=group, editing=True), ()
        case ev.PromiseTicked(ticked):
            return replace(visit, promised=ticked), ()
        case ev.Submitted(key, at) if key and can_submit(visit):
            assert visit.person is not None
            sent = replace(_go(visit, Step.SUBMIT), key=key, submitted_at=at, outcome=None, slow=False)
            keep = ev.KeepSubmission(key, at, visit.item, visit.person, _proof(visit), visit.answers, visit.promised)
            return sent, (keep,)
        case ev.WentBack():
            if visit.item.form:
                return replace(_go(visit, Step.FORM), group=len(visit.item.form) - 1, editing=False), ()
            return _go(visit, Step.IDENTIFY), (ev.StartIdentifying(),)
        case _:
            return visit, ()


def _submit(visit: Visit, event: ev.Event) -> Answer:
    match event:
        case ev.Kept(key, number) if key == visit.key and awaits_disk(visit):
            return replace(visit, receipt_number=number), (ev.AwaitAnswer(key),)
        case ev.NotKept(key, code) if key == visit.key and awaits_disk(visit):
            return replace(_go(visit, Step.OUTCOME), outcome=Outcome(OutcomeKind.NOT_KEPT, code=code)), ()
        case ev.CentreAnswered(key, outcome) if key == visit.key and not awaits_disk(visit):
            return replace(_go(visit, Step.OUTCOME), outcome=outcome), ()
        case ev.AnswerSlow(key) if key == visit.key:
            return _without_answer(visit), ()
        case _:
            return visit, ()


def _without_answer(visit: Visit) -> Visit:
    """Nobody waits longer than their patience: what is on the disk is said to be kept, an enquiry stays unanswered."""
    if awaits_disk(visit):
        return replace(visit, slow=True)
    kept = Outcome(OutcomeKind.KEPT) if visit.key else Outcome(OutcomeKind.UNANSWERED, code="centre-hung")
    return replace(_go(visit, Step.OUTCOME), outcome=kept, slow=True)


def _outcome(visit: Visit, event: ev.Event) -> Answer:
    assert visit.outcome is not None
    kind = visit.outcome.kind
    match event:
        case ev.CentreAnswered("", outcome) if kind is OutcomeKind.UNANSWERED and visit.slow and not visit.key:
            return replace(visit, outcome=outcome, slow=False), ()
        case ev.CentreAnswered():
            return _bettered(visit, event), ()
        case ev.WentOn() | ev.PrintAsked() if kind in PRINTABLE:
            return _print(_go(visit, Step.RECEIPT))
        case ev.WentOn() if kind is OutcomeKind.REJECTED:
            return _correct(visit), ()
        case ev.WentOn() if kind is OutcomeKind.NOT_KEPT:
            return replace(_go(visit, Step.REVIEW), key="", submitted_at=None, outcome=None, slow=False), ()
        case ev.WentOn() if kind is OutcomeKind.UNANSWERED:
            return _ask(visit)
        case ev.WentOn():
            return _go(visit, Step.RATING), ()
        case _:
            return visit, ()


def _correct(visit: Visit) -> Visit:
    """Back to the review with what the centre complained of marked.

    Corrected and submitted again it is another submission: the old key belongs to the answer it got.
    """
    assert visit.item is not None
    assert visit.outcome is not None
    names = _fields(visit.item)
    marked = {asked.field: "correction-asked" for asked in visit.outcome.corrections if asked.field in names}
    anew = replace(_go(visit, Step.REVIEW), key="", submitted_at=None, receipt_number="", outcome=None, slow=False)
    return replace(anew, complaints=MappingProxyType(marked), printing=Printing.NOT_STARTED, print_trouble="", printed_state="")


def _bettered(visit: Visit, event: ev.CentreAnswered) -> Visit:
    """KEPT becomes what the centre says, for the submission of this visit only."""
    if visit.outcome is None or visit.outcome.kind not in STILL_OPEN or event.key != visit.key or not event.key:
        return visit
    return replace(visit, outcome=event.outcome, slow=False)


def _print(visit: Visit) -> Answer:
    assert visit.outcome is not None
    told = visit.outcome.kind.value
    return replace(visit, printing=Printing.PRINTING, print_trouble="", printed_state=told), (ev.PrintSlip(),)


def _receipt(visit: Visit, event: ev.Event) -> Answer:
    match event:
        case ev.CentreAnswered():
            bettered = _bettered(visit, event)
            rejected = bettered.outcome is not None and bettered.outcome.kind is OutcomeKind.REJECTED
            # What is to be corrected must be seen, whatever the paper in the hand says.
            return (_go(bettered, Step.OUTCOME), ()) if rejected else (bettered, ())
        case ev.SlipCameOut() if visit.printing is Printing.PRINTING:
            return replace(visit, printing=Printing.PRINTED), ()
        case ev.SlipStuck(code) if visit.printing is Printing.PRINTING:
            return replace(visit, printing=Printing.FAILED, print_trouble=code), ()
        case ev.PrintAsked() if visit.printing is Printing.FAILED or better_slip_waits(visit):
            return _print(visit)
        case ev.WentOn() if visit.printing in (Printing.PRINTED, Printing.FAILED):
            return _go(visit, Step.RATING), ()
        case _:
            return visit, ()


def _rating(visit: Visit, event: ev.Event) -> Answer:
    match event:
        case ev.Rated(level) if 1 <= level <= 5 and visit.item is not None:
            return replace(_go(visit, Step.FAREWELL), rating=level), (ev.KeepRating(level, visit.item.code),)
        case ev.RatingSkipped() | ev.StepTimeOver():
            return _go(visit, Step.FAREWELL), ()
        case ev.CentreAnswered():
            return _bettered(visit, event), ()
        case _:
            return visit, ()


def _farewell(visit: Visit, event: ev.Event) -> Answer:
    match event:
        case ev.StepTimeOver() | ev.WentOn():
            return _start_over(visit)
        case ev.CentreAnswered():
            return _bettered(visit, event), ()
        case _:
            return visit, ()
