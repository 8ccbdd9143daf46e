"""The papers an item asks for, page by page under the document camera; pure."""

from __future__ import annotations

from dataclasses import replace

from devices.reports import DeviceKind
from kiosk.catalogue.model import Kind, Material, MaterialKind
from kiosk.visit import effects as do
from kiosk.visit import events as ev
from kiosk.visit.transition import Answer, before_papers, go
from kiosk.visit.visit import Page, Step, Visit

CAMERA_LOST = "document-camera-lost"
MOST_PAGES, MOST_IN_ALL = 10, 30
"""Of one material, and of a visit: at half a megabyte each, so many fit into one submission."""


def papers(visit: Visit) -> tuple[int, ...]:
    """Places in `item.materials` of what can be captured here; empty where nothing is asked for or no camera is fitted."""
    if visit.item is None or visit.item.kind is not Kind.APPLICATION or not visit.can_capture:
        return ()
    return tuple(place for place, one in enumerate(visit.item.materials) if one.kind is not MaterialKind.E_CERTIFICATE)


def pages_of(visit: Visit, material: int) -> tuple[Page, ...]:
    """The pages captured of this material, in order."""
    return tuple(page for page in visit.pages if page.material == material)


def deferred(visit: Visit) -> tuple[Material, ...]:
    """What may follow later and was not captured: it must be promised."""
    return _without_pages(visit, MaterialKind.DEFERRABLE)


def lacking(visit: Visit) -> tuple[Material, ...]:
    """What must be captured and was not."""
    return _without_pages(visit, MaterialKind.REQUIRED)


def _without_pages(visit: Visit, kind: MaterialKind) -> tuple[Material, ...]:
    materials = visit.item.materials if visit.item is not None else ()
    captured = {page.material for page in visit.pages}
    return tuple(one for place, one in enumerate(materials) if one.kind is kind and place not in captured)


def begin(visit: Visit, material: int | None = None) -> Answer:
    """To this paper; else to the first that has no page yet, or the last of all."""
    places = papers(visit)
    open_ones = [place for place in places if not pages_of(visit, place)]
    first = material if material is not None else (open_ones or places[-1:])[0]
    return _open(go(visit, Step.MATERIALS), first), (do.StartCapturing(),)


def room_for_more(visit: Visit) -> bool:
    """Another page of the open paper may be taken; of many papers each has fewer, so that none is left without."""
    share = max(1, MOST_IN_ALL // max(1, len(papers(visit))))
    return len(pages_of(visit, visit.material)) < min(MOST_PAGES, share)


def materials(visit: Visit, event: ev.Event) -> Answer:
    """One paper under the camera, or the page just taken of it. A promise holds only for what was promised."""
    after, effects = _capture(visit, event)
    more = set(deferred(after)) - set(deferred(visit)) if after.promised else set()
    return (replace(after, promised=False) if more else after), effects


def _capture(visit: Visit, event: ev.Event) -> Answer:
    pages = pages_of(visit, visit.material)
    match event:
        case ev.PageSeen(hint):  # of the sheet, whichever paper it is: told only when it changes
            return replace(visit, page_hint=hint), ()
        case ev.PageAsked() if visit.framing and not visit.capturing and room_for_more(visit):
            return replace(visit, capturing=True, notice=""), (do.CapturePage(),)
        case ev.PageTaken(jpeg) if visit.capturing:
            taken = (*visit.pages, Page.of(visit.material, jpeg))
            return replace(visit, pages=taken, capturing=False, framing=False, notice=""), ()
        case ev.PageRefused(code) if visit.capturing:
            return replace(visit, capturing=False, notice=code), ()
        case ev.PageAdded() if not visit.framing and room_for_more(visit):
            return replace(visit, framing=True), ()
        case ev.PageDropped() if not visit.framing and pages:
            kept = tuple(page for page in visit.pages if page is not pages[-1])
            return replace(visit, pages=kept, framing=True), ()
        case ev.DeviceLost(DeviceKind.DOCUMENT_CAMERA):
            return replace(visit, notice=CAMERA_LOST, capturing=False, page_hint=""), ()
        case ev.DeviceReturned(DeviceKind.DOCUMENT_CAMERA) if visit.notice == CAMERA_LOST:
            return replace(visit, notice=""), ()
        case _:
            return _move(visit, event, pages)


def _move(visit: Visit, event: ev.Event, pages: tuple[Page, ...]) -> Answer:
    """To another paper, or away from the papers."""
    assert visit.item is not None
    places = papers(visit)
    match event:
        case ev.PaperOpened(place) if place in places:
            return _open(visit, place), ()
        case ev.PaperDeferred() if visit.item.materials[visit.material].kind is MaterialKind.DEFERRABLE and not pages:
            return _next(visit)
        case ev.WentOn() if pages:
            return _next(visit)
        case ev.WentBack() if visit.framing and pages:
            return _open(visit, visit.material), ()  # no further page after all
        case ev.WentBack():
            before = [place for place in places if place < visit.material]
            if before and not visit.editing:
                return _open(visit, before[-1]), ()
            return _leave(visit, back=True)
        case _:
            return visit, ()


def _open(visit: Visit, place: int) -> Visit:
    notice = visit.notice if visit.notice == CAMERA_LOST else ""  # that is so whichever paper is open
    return replace(visit, material=place, framing=not pages_of(visit, place), capturing=False, notice=notice)


def _next(visit: Visit) -> Answer:
    """The next paper; after the last the first that was passed over and must not be; then the review."""
    assert visit.item is not None
    following = [place for place in papers(visit) if place > visit.material]
    following += [place for place in papers(visit) if visit.item.materials[place] in lacking(visit)]
    if following and not visit.editing:
        return _open(visit, following[0]), ()
    return _leave(visit, back=False)


def _leave(visit: Visit, *, back: bool) -> Answer:
    stop = (do.StopCapturing(),)
    if visit.editing or not back:
        return replace(go(visit, Step.REVIEW), editing=False), stop
    before, effects = before_papers(visit)
    return before, (*stop, *effects)
