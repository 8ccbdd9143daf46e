"""The moves between steps that several steps share; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.catalogue.model import FormField, Item
from kiosk.visit import effects as do
from kiosk.visit.visit import Factor, Step, Visit

Answer = tuple[Visit, tuple[do.Effect, ...]]


def awaits_disk(visit: Visit) -> bool:
    """True between 提交 and the disk's answer: nobody is sent away then, for nobody would know what was kept."""
    return visit.step is Step.SUBMIT and bool(visit.key) and not visit.receipt_number


def go(visit: Visit, step: Step) -> Visit:
    """The same visit in another step; what was said in the old one is not repeated."""
    return replace(visit, step=step, notice="", resolving=False, face=None, capturing=False, page_hint="")


def stop_devices(visit: Visit) -> tuple[do.Effect, ...]:
    """What the step of this visit has at work is at rest again."""
    match visit.step:
        case Step.IDENTIFY:
            return (do.StopIdentifying(),)
        case Step.MATERIALS:
            return (do.StopCapturing(),)
        case _:
            return ()


def before_papers(visit: Visit) -> Answer:
    """Back from the papers, or from the review where none are asked for: to the form's last page, or to who stands here."""
    assert visit.item is not None
    if visit.item.form:
        return replace(go(visit, Step.FORM), group=len(visit.item.form) - 1, editing=False), ()
    return go(visit, Step.IDENTIFY), (do.StartIdentifying(),)


def start_over(visit: Visit) -> Answer:
    """The start, and everything forgotten."""
    return Visit(), (*stop_devices(visit), do.Wipe())


def leave(visit: Visit) -> Answer:
    """Away from here: past the farewell where something of a person or a submission is held."""
    if visit.step in (Step.ATTRACT, Step.FAREWELL) or not (visit.signed_in or visit.key):
        return start_over(visit)
    if awaits_disk(visit):
        return visit, ()
    return go(visit, Step.FAREWELL), stop_devices(visit)


def ask(visit: Visit) -> Answer:
    """The enquiry goes out."""
    assert visit.item is not None
    assert visit.person is not None
    asking = replace(go(visit, Step.SUBMIT), outcome=None, slow=False)
    return asking, (do.AskCentre(visit.item, visit.person, proof_of(visit), visit.answers),)


def proof_of(visit: Visit) -> str:
    """The stronger of the proofs shown."""
    return Factor.CARD.value if Factor.CARD in visit.factors else Factor.CODE.value


def fields_of(item: Item) -> Mapping[str, FormField]:
    """Every field of the form by its name."""
    return {field.name: field for field in item.fields()}
