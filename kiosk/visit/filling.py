"""The form and its review: what they answer, and when 提交 is taken; pure."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from kiosk.catalogue.model import FormField, Kind
from kiosk.visit import effects as do
from kiosk.visit import events as ev
from kiosk.visit.capturing import begin, deferred, lacking, papers
from kiosk.visit.forms import card_answer, check_group, first_incomplete_group
from kiosk.visit.transition import Answer, ask, before_papers, fields_of, go, proof_of
from kiosk.visit.visit import Step, Visit


def needs_promise(visit: Visit) -> bool:
    """True when materials that may follow later were not captured, so that the 容缺承诺 must be ticked before 提交."""
    return bool(deferred(visit))


def can_submit(visit: Visit) -> bool:
    """True when 提交 would be taken on the review."""
    return (
        visit.step is Step.REVIEW
        and visit.item is not None
        and visit.proved
        and (visit.promised or not needs_promise(visit))
        and not lacking(visit)
        and first_incomplete_group(visit.item, visit.answers) is None
    )


def form(visit: Visit, event: ev.Event) -> Answer:
    """One page of questions."""
    assert visit.item is not None
    match event:
        case ev.Answered(name, text):
            return _answered(visit, fields_of(visit.item).get(name), text), ()
        case ev.WentOn():
            wrong = check_group(visit.item, visit.group, visit.answers)
            here = {field.name for field in visit.item.form[visit.group].fields}
            elsewhere = {name: code for name, code in visit.complaints.items() if name not in here}
            checked = replace(visit, complaints=MappingProxyType({**elsewhere, **wrong}))
            return (checked, ()) if wrong else _after_group(checked)
        case ev.WentBack():
            if visit.editing:
                return replace(go(visit, Step.REVIEW), editing=False), ()
            if visit.group > 0:
                return replace(visit, group=visit.group - 1), ()
            return go(visit, Step.IDENTIFY), (do.StartIdentifying(),)
        case _:
            return visit, ()


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
    if visit.item.kind is not Kind.APPLICATION:
        return ask(visit)
    if papers(visit) and not visit.editing:
        return begin(visit)
    return replace(go(visit, Step.REVIEW), editing=False), ()


def review(visit: Visit, event: ev.Event) -> Answer:
    """Everything once more, and 提交."""
    assert visit.item is not None
    match event:
        case ev.GroupOpened(group) if 0 <= group < len(visit.item.form):
            return replace(go(visit, Step.FORM), group=group, editing=True), ()
        case ev.PaperOpened(place) if place in papers(visit):
            return begin(replace(visit, editing=True), place)
        case ev.PromiseTicked(ticked):
            return replace(visit, promised=ticked), ()
        case ev.Submitted(key, at) if key and can_submit(visit):
            assert visit.person is not None
            sent = replace(go(visit, Step.SUBMIT), key=key, submitted_at=at, outcome=None, slow=False)
            keep = do.KeepSubmission(
                key, at, visit.item, visit.person, proof_of(visit), visit.answers, visit.promised, visit.pages
            )
            return sent, (keep,)
        case ev.WentBack():
            return begin(replace(visit, editing=False), papers(visit)[-1]) if papers(visit) else before_papers(visit)
        case _:
            return visit, ()
