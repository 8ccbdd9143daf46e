"""Which log events a change of the visit is worth; pure, and nothing of a person can pass: only codes, steps and keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kiosk.errors import known_code
from kiosk.log_events import Scalar
from kiosk.visit import events as ev
from kiosk.visit.visit import Factor, Step, Visit

Noted = tuple[str, Mapping[str, Scalar]]
"""An event's name in `kiosk.log_events` and its facts."""


def worth_logging(before: Visit, event: ev.Event, after: Visit) -> Iterator[Noted]:
    """What to log of this change, in order; the visit's beginning and end are the session's to log."""
    yield from _identity(before, event, after)
    yield from _others(before, event, after)
    if before.step is not after.step and after.step is not Step.ATTRACT:
        yield "visit-step", {"from": before.step.value, "to": after.step.value, "item": item_code(after)}


def item_code(visit: Visit) -> str:
    """The chosen item's code, or ""."""
    return visit.item.code if visit.item is not None else ""


def how_it_ended(before: Visit, event: ev.Event) -> str:
    """In one word of the log how the visit came to its end."""
    if isinstance(event, ev.WarningRanOut | ev.StoodStill):
        return "timed-out"
    if isinstance(event, ev.VisitTimeOver):
        return "time-over"
    return "finished" if before.outcome is not None else "left"


def _identity(before: Visit, event: ev.Event, after: Visit) -> Iterator[Noted]:
    if before.step is not Step.IDENTIFY:
        return
    item = item_code(after)
    for factor in sorted(after.factors - before.factors):
        yield "identified", {"factor": factor.value, "item": item}
    by = Factor.CARD if isinstance(event, ev.CardAccepted | ev.CardRefused) else Factor.CODE
    if isinstance(event, ev.FaceRefused):
        by = Factor.FACE
    match event:
        case ev.FaceConsented() if before.face != after.face:
            yield "face-consent-given", {"item": item}
        case ev.FaceRefused() if before.face == after.face:
            return  # of a comparison that nobody waited for any more
        case ev.CardRefused(code) | ev.CodeRefused(code) | ev.FaceRefused(code):
            yield "identity-refused", {"factor": by.value, "code": known_code(code)}
        case ev.CardAccepted() | ev.CredentialResolved() if after.notice == "proofs-differ":
            yield "identity-refused", {"factor": by.value, "code": "proofs-differ"}
        case ev.PersonDisowned():
            yield "person-disowned", {}
        case _:
            return


def _others(before: Visit, event: ev.Event, after: Visit) -> Iterator[Noted]:
    item = item_code(after)
    match event:
        case ev.PreflightDone(obstacles) if before.obstacles != after.obstacles:
            blocking = [obstacle.code for obstacle in obstacles if obstacle.blocking]
            yield from (("preflight-blocked", {"item": item, "code": known_code(code)}) for code in blocking)
        case ev.PageTaken() if after.pages != before.pages:
            yield "page-captured", {"item": item, "pages": len(after.pages)}
        case ev.PageRefused(code) if before.capturing:
            yield "page-refused", {"item": item, "code": known_code(code)}
        case ev.KeptBefore(key) if after.recovered and not before.recovered:
            yield "submission-recovered", {"key": key, "item": item}
        case ev.IdleTooLong() if after.idle_warning and not before.idle_warning:
            yield "idle-warned", {"step": after.step.value}
        case ev.WentOn() if before.step is Step.CONSENT and after.step is Step.IDENTIFY:
            yield "consent-given", {"item": item}
        case ev.RatingSkipped() | ev.StepTimeOver() if before.step is Step.RATING:
            yield "rating-skipped", {}
        case ev.Rated() if before.step is Step.RATING and after.step is Step.FAREWELL:
            yield "rating-given", {}  # not which: the log's own order would join it to the visit
        case _:
            return
