"""From the first touch to the ticked consent: what attract, zone, guide and consent answer; pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.catalogue.model import Item
from kiosk.visit import effects as do
from kiosk.visit import events as ev
from kiosk.visit.transition import Answer, go, leave
from kiosk.visit.visit import Step, Visit


def attract(visit: Visit, event: ev.Event) -> Answer:
    """The first screen."""
    match event:
        case ev.ZoneChosen(zone):
            return replace(go(visit, Step.ZONE), zone=zone, query=""), ()
        case ev.ItemChosen(item):
            return _choose_item(visit, item)
        case _:
            return visit, ()


def zone(visit: Visit, event: ev.Event) -> Answer:
    """A zone's items, or the search."""
    match event:
        case ev.ZoneChosen(zone):
            return replace(visit, zone=zone, query=""), ()
        case ev.QueryTyped(text):
            return replace(visit, query=text[:40]), ()
        case ev.ItemChosen(item):
            return _choose_item(visit, item)
        case ev.WentBack():
            if visit.signed_in:
                return leave(visit)
            kept = Visit(language=visit.language, large_text=visit.large_text, high_contrast=visit.high_contrast)
            return kept, (do.Wipe(),)
        case _:
            return visit, ()


def _choose_item(visit: Visit, item: Item) -> Answer:
    if visit.item == item:
        return replace(go(visit, Step.GUIDE), obstacles=None), (do.CheckPreflight(item),)
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
    forget = (do.Wipe(),) if visit.signed_in else ()
    return fresh, (*forget, do.CheckPreflight(item))


def guide(visit: Visit, event: ev.Event) -> Answer:
    """办事指南 with the pre-flight."""
    match event:
        case ev.PreflightDone(obstacles, can_capture):
            return replace(visit, obstacles=obstacles, can_capture=can_capture), ()
        case ev.WentOn():
            return (visit, ()) if visit.blocked else (go(visit, Step.CONSENT), ())
        case ev.WentBack():
            return go(visit, Step.ZONE), ()
        case _:
            return visit, ()


def consent(visit: Visit, event: ev.Event) -> Answer:
    """The notice and its box."""
    match event:
        case ev.ConsentTicked(ticked):
            return replace(visit, consented=ticked), ()
        case ev.WentOn():
            return (go(visit, Step.IDENTIFY), (do.StartIdentifying(),)) if visit.consented else (visit, ())
        case ev.WentBack() if visit.item is not None:
            return replace(go(visit, Step.GUIDE), obstacles=None), (do.CheckPreflight(visit.item),)
        case _:
            return visit, ()
