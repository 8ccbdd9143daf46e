"""The visit as one pure, total function: `advance(visit, event) -> (visit, effects)`.

Every event is answered in every step; what does not fit the step changes nothing. Clock, randomness, disk, devices and
network come in as events and go out as effects. Runs wherever its caller does (the GUI thread in the kiosk).
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from kiosk.visit import events as ev
from kiosk.visit.capturing import materials
from kiosk.visit.choosing import attract, consent, guide, zone
from kiosk.visit.ending import PRINTABLE, better_slip_waits, farewell, kept_before, outcome_shown, rating, receipt, submit
from kiosk.visit.filling import can_submit, form, needs_promise, review
from kiosk.visit.identifying import identify
from kiosk.visit.transition import Answer, awaits_disk, leave, start_over
from kiosk.visit.visit import Step, Visit

__all__ = ["PRINTABLE", "Answer", "advance", "awaits_disk", "better_slip_waits", "can_submit", "needs_promise"]

Display = ev.LanguageChosen | ev.LargeTextChosen | ev.HighContrastChosen
Alarm = ev.IdleTooLong | ev.WarningRanOut | ev.StoodStill | ev.VisitEndingSoon | ev.VisitTimeOver


def advance(visit: Visit, event: ev.Event) -> Answer:
    """What the visit is after the event, and what the kiosk must now do."""
    if isinstance(event, ev.SignOfLife) and visit.idle_warning:
        visit = replace(visit, idle_warning=False)
    match event:
        case ev.Touched():
            return visit, ()
        case ev.LanguageChosen() | ev.LargeTextChosen() | ev.HighContrastChosen():
            return _display(visit, event), ()
        case ev.IdleTooLong() | ev.WarningRanOut() | ev.StoodStill() | ev.VisitEndingSoon() | ev.VisitTimeOver():
            return _clock(visit, event)
        case ev.Left():
            return leave(visit)
        case _:
            return _in_step(visit, event)


def _in_step(visit: Visit, event: ev.Event) -> Answer:
    if isinstance(event, ev.KeptBefore):
        return kept_before(visit, event)
    match visit.step:
        case Step.ATTRACT:
            return attract(visit, event)
        case Step.ZONE:
            return zone(visit, event)
        case Step.GUIDE:
            return guide(visit, event)
        case Step.CONSENT:
            return consent(visit, event)
        case Step.IDENTIFY:
            return identify(visit, event)
        case Step.FORM:
            return form(visit, event)
        case Step.MATERIALS:
            return materials(visit, event)
        case Step.REVIEW:
            return review(visit, event)
        case Step.SUBMIT:
            return submit(visit, event)
        case Step.OUTCOME:
            return outcome_shown(visit, event)
        case Step.RECEIPT:
            return receipt(visit, event)
        case Step.RATING:
            return rating(visit, event)
        case Step.FAREWELL:
            return farewell(visit, event)
        case _ as never:
            assert_never(never)


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
            return start_over(visit) if visit.idle_warning and not awaits_disk(visit) else (visit, ())
        case ev.StoodStill():
            return (visit, ()) if awaits_disk(visit) else start_over(visit)
        case ev.VisitEndingSoon():
            return replace(visit, ending_soon=True), ()
        case ev.VisitTimeOver():
            return start_over(visit)
        case _ as never:
            assert_never(never)
