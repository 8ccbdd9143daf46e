"""Papers under the document camera: refused with the reason, retaken, promised or captured, and kept with the submission."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from devices.reports import DeviceKind, DeviceState, PageCaptured, PageHint, PageSeen
from kiosk.visit import effects as do
from kiosk.visit import events as ev
from kiosk.visit.capturing import MOST_PAGES, deferred, lacking, papers
from kiosk.visit.facts import Facts
from kiosk.visit.flow import can_submit, needs_promise
from kiosk.visit.session import ANSWERS_BYTES
from kiosk.visit.submission import attachments, captured_before
from kiosk.visit.visit import Page, Step
from offline_cache.blob import Blob
from offline_cache.records import RecordState
from offline_cache.untold import KeptBefore
from offline_cache.wire import Correction, Submission, Verdict
from tests.kiosk.visit.samples import (
    APPLICATION,
    DEFERRABLE,
    PAPERS,
    PERSON,
    World,
    accepted,
    facts,
    item,
    slip_lines,
    status,
    text,
)
from tests.kiosk.visit.visits import ANSWERS, product
from tests.kiosk.visit.walks import card, send, to_identify, to_review

CAMERA = DeviceKind.DOCUMENT_CAMERA
PLAN, LIST = 1, 2
"""Places in the materials of PAPERS; the first of them is an e-certificate."""
JPEG = b"\xff\xd8 a plan, of nobody"


def with_camera(state: DeviceState = DeviceState.ONLINE) -> Facts:
    around = facts()
    return replace(around, devices={**around.devices, CAMERA.value: status(CAMERA, state)})


@pytest.fixture
def world() -> World:
    """Somebody at the papers of an item that requires one and lets another follow later."""
    world = World(facts=with_camera())
    through_the_form(world)
    assert world.session.visit.step is Step.MATERIALS
    return world


def through_the_form(world: World, item: object = PAPERS) -> None:
    to_identify(world, item)  # type: ignore[arg-type]
    card(world)
    send(world, ev.WentOn(), ev.Answered("phone", "13800138000"), ev.WentOn())
    send(world, ev.Answered("purpose", "证明用途其一"), ev.Answered("account", "6222020000000000000"), ev.WentOn())


def capture(world: World, jpeg: bytes = JPEG, hint: PageHint = PageHint.GOOD, code: str = "") -> None:
    send(world, ev.PageAsked())
    world.session.hear(PageCaptured(CAMERA.value, world.devices.captures[-1], hint, jpeg, code))


def content(world: World) -> dict[str, object]:
    (kept,) = world.store.contents.values()
    told: dict[str, object] = json.loads(kept)
    return told


def test_an_item_without_papers_or_a_kiosk_without_a_camera_has_no_such_step() -> None:
    plain = World(facts=with_camera())
    to_review(plain, APPLICATION)
    assert papers(plain.session.visit) == ()
    without = World()
    to_review(without, DEFERRABLE)
    assert (papers(without.session.visit), needs_promise(without.session.visit)) == ((), True)


def test_the_camera_looks_only_while_papers_are_captured(world: World) -> None:
    assert world.devices.active == {CAMERA}
    send(world, ev.WentBack())
    assert (world.session.visit.step, world.devices.active) == (Step.FORM, set())
    send(world, ev.WentOn())
    assert world.devices.active == {CAMERA}
    send(world, ev.Left())
    assert (world.session.visit.step, world.devices.active) == (Step.FAREWELL, set())


def test_a_page_that_would_make_the_submission_too_large_is_refused_and_another_taken_in_its_place(world: World) -> None:
    around = world.session.facts
    world.session.facts_changed(replace(around, queue=replace(around.queue, submission_bytes=ANSWERS_BYTES + 2 * len(JPEG))))
    capture(world)
    send(world, ev.PageAdded())
    capture(world, JPEG + b" and more")
    visit = world.session.visit
    assert (visit.notice, [page.jpeg for page in visit.pages], visit.framing) == ("submission-too-large", [JPEG], True)
    capture(world, JPEG + b" and more", PageHint.BLURRED)
    assert world.session.visit.notice == "page-blurred", "what can be mended comes first"
    capture(world)
    assert (world.session.visit.notice, len(world.session.visit.pages)) == ("", 2)
    assert ("page-refused", "submission-too-large") in [(one.name, one.facts.get("code")) for one in world.store.logged]


def test_papers_are_captured_one_after_the_other_and_travel_with_the_submission(world: World) -> None:
    assert (world.session.visit.material, world.session.visit.framing) == (PLAN, True)
    world.session.hear(PageSeen(CAMERA.value, PageHint.GOOD))
    assert world.session.visit.page_hint == "good"
    capture(world)
    assert not world.session.visit.framing
    send(world, ev.PageAdded())
    capture(world, b"\xff\xd8 its back")
    send(world, ev.WentOn())
    assert (world.session.visit.material, world.session.visit.framing) == (LIST, True)
    send(world, ev.PaperDeferred())
    visit = world.session.visit
    assert (visit.step, [one.name.en for one in deferred(visit)], lacking(visit)) == (Step.REVIEW, ["List of documents"], ())
    assert not can_submit(visit)
    send(world, ev.PromiseTicked(ticked=True))
    world.session.submit()
    told = content(world)
    assert told["promises"] == [{"material": "文件目录", "due": "2026-11-26"}]
    named = [(one["material"], one["page"], one["sha256"]) for one in told["attachments"]]  # type: ignore[attr-defined]
    pages = (JPEG, b"\xff\xd8 its back")
    assert named == [("平面图", number, hashlib.sha256(page).hexdigest()) for number, page in enumerate(pages, 1)]
    assert world.store.attachments == {world.session.visit.key: pages}
    assert world.names().count("page-captured") == 2


def test_everything_captured_needs_no_promise(world: World) -> None:
    capture(world)
    send(world, ev.WentOn())
    capture(world, b"\xff\xd8 list")
    send(world, ev.WentOn())
    visit = world.session.visit
    assert (visit.step, needs_promise(visit), can_submit(visit)) == (Step.REVIEW, False, True)
    world.session.submit()
    assert content(world)["promises"] == []
    world.wait(16)
    send(world, ev.WentOn())
    assert not any("容缺" in line or "文件目录" in line for line in slip_lines(world.devices.slips[-1][1]))


@pytest.mark.parametrize("hint", [hint for hint in PageHint if hint is not PageHint.GOOD])
def test_what_cannot_be_read_is_refused_with_the_reason(world: World, hint: PageHint) -> None:
    capture(world, JPEG, hint)
    visit = world.session.visit
    assert (visit.pages, visit.framing, visit.capturing, visit.notice) == ((), True, False, f"page-{hint.value}")
    assert [event.facts["code"] for event in world.store.logged if event.name == "page-refused"] == [f"page-{hint.value}"]
    capture(world)
    assert (len(world.session.visit.pages), world.session.visit.notice) == (1, "")


def test_a_required_paper_cannot_be_passed_over(world: World) -> None:
    send(world, ev.WentOn(), ev.PaperDeferred())
    assert (world.session.visit.step, world.session.visit.material) == (Step.MATERIALS, PLAN)
    send(world, ev.PaperOpened(LIST))
    capture(world)
    send(world, ev.WentOn())
    visit = world.session.visit
    assert (visit.step, visit.material, [one.name.en for one in lacking(visit)]) == (Step.MATERIALS, PLAN, ["Floor plan"])
    capture(world)
    send(world, ev.WentOn(), ev.WentOn())
    assert (world.session.visit.step, can_submit(world.session.visit)) == (Step.REVIEW, True)


def test_a_paper_is_changed_from_the_review(world: World) -> None:
    capture(world)
    send(world, ev.WentOn(), ev.PaperDeferred(), ev.PaperOpened(PLAN), ev.PageDropped())
    assert world.devices.active == {CAMERA}
    assert not can_submit(replace(world.session.visit, step=Step.REVIEW, promised=True)), "a required paper is lacking"
    send(world, ev.WentBack())
    assert [one.name.en for one in lacking(world.session.visit)] == ["Floor plan"]
    send(world, ev.PaperOpened(PLAN))
    capture(world)
    send(world, ev.WentOn())
    assert (world.session.visit.step, world.devices.active, lacking(world.session.visit)) == (Step.REVIEW, set(), ())


def test_a_page_is_retaken_and_going_back_loses_none(world: World) -> None:
    capture(world)
    send(world, ev.PageDropped())
    assert (world.session.visit.pages, world.session.visit.framing) == ((), True)
    capture(world, b"\xff\xd8 better")
    send(world, ev.PageAdded(), ev.WentBack())
    assert (world.session.visit.framing, len(world.session.visit.pages)) == (False, 1), "no further page after all"
    send(world, ev.WentOn(), ev.WentBack())
    assert (world.session.visit.material, world.session.visit.framing) == (PLAN, False)
    send(world, ev.WentBack(), ev.WentOn(), ev.WentOn())
    assert world.session.visit.pages == (Page.of(PLAN, b"\xff\xd8 better"),)


def test_a_paper_has_so_many_pages_and_no_more(world: World) -> None:
    for _ in range(MOST_PAGES):
        capture(world)
        send(world, ev.PageAdded())
    send(world, ev.PageAsked(), ev.PageAdded())
    assert len(world.devices.captures) == len(world.session.visit.pages) == MOST_PAGES


def test_many_papers_share_the_room_and_none_is_left_without() -> None:
    names = [{"name": text(f"材料{number}", f"Paper {number}"), "kind": "required"} for number in range(8)]
    world = World(facts=with_camera())
    through_the_form(world, item("SA-020", materials=names))
    for _ in names:
        while world.session.visit.framing:
            capture(world)
            send(world, ev.PageAdded())
        send(world, ev.WentOn())
    visit = world.session.visit
    assert (visit.step, len(visit.pages), lacking(visit)) == (Step.REVIEW, 24, ())


def test_a_report_that_nobody_waits_for_is_dropped(world: World) -> None:
    world.session.hear(PageCaptured(CAMERA.value, "page-999", PageHint.GOOD, JPEG))
    send(world, ev.PageAsked())
    late = world.devices.captures[-1]
    send(world, ev.WentBack())
    world.session.hear(PageCaptured(CAMERA.value, late, PageHint.GOOD, JPEG))
    assert world.session.visit.pages == ()
    send(world, ev.Left())
    world.wait(60)
    world.session.hear(PageCaptured(CAMERA.value, late, PageHint.GOOD, JPEG))
    assert world.session.visit.step is Step.ATTRACT


def test_a_camera_that_says_nothing_is_given_up(world: World) -> None:
    send(world, ev.PageAsked())
    world.wait(16)
    assert (world.session.visit.capturing, world.session.visit.notice) == (False, "device-silent")


def test_a_page_that_was_taken_while_the_kiosk_stood_still_is_taken(world: World) -> None:
    send(world, ev.PageAsked())
    world.wait(1)
    world.seconds += 60
    world.session.tick()
    assert world.session.visit.capturing
    world.session.hear(PageCaptured(CAMERA.value, world.devices.captures[-1], PageHint.GOOD, JPEG))
    assert len(world.session.visit.pages) == 1


def test_a_camera_that_says_nothing_after_the_kiosk_stood_still_is_given_up(world: World) -> None:
    send(world, ev.PageAsked())
    world.wait(1)
    world.seconds += 60
    world.wait(16)
    assert (world.session.visit.capturing, world.session.visit.notice) == (False, "device-silent")


def test_a_camera_that_is_unplugged_is_told_and_taken_up_again(world: World) -> None:
    send(world, ev.PageAsked())
    world.session.facts_changed(with_camera(DeviceState.NO_DEVICE))
    visit = world.session.visit
    assert (visit.step, visit.capturing, visit.notice) == (Step.MATERIALS, False, "document-camera-lost")
    world.session.facts_changed(with_camera())
    assert world.session.visit.notice == ""
    capture(world)
    assert len(world.session.visit.pages) == 1


def test_a_camera_that_went_before_the_papers_is_told_on_arriving() -> None:
    world = World(facts=with_camera())
    to_identify(world, PAPERS)
    world.session.facts_changed(with_camera(DeviceState.NO_DEVICE))
    card(world)
    send(world, ev.WentOn(), ev.Answered("phone", "13800138000"), ev.WentOn())
    send(world, ev.Answered("purpose", "证明用途其一"), ev.Answered("account", "6222020000000000000"), ev.WentOn())
    assert (world.session.visit.step, world.session.visit.notice) == (Step.MATERIALS, "document-camera-lost")


def test_pages_are_nobody_elses(world: World) -> None:
    capture(world)
    send(world, ev.WentBack(), ev.WentBack(), ev.WentBack(), ev.PersonDisowned())
    assert (world.session.visit.step, world.session.visit.pages) == (Step.IDENTIFY, ())


def kept_before(world: World, *pages: Page) -> None:
    """An application of this person's was kept when the kiosk broke off, with these pages."""
    told = Submission.model_validate(
        {
            "key": "0193a000-0000-7000-8000-000000000077",
            "receipt_number": "360830-K03-20261123-000001-7",
            "kiosk": "K03",
            "item": PAPERS.code,
            "catalogue_version": "1",
            "submitted_at": "2026-11-23T11:58:00+08:00",
            "applicant": {"proof": "card", "name": PERSON.name, "number": PERSON.number, "document": "resident"},
            "answers": dict(ANSWERS),
            "promises": [],
            "attachments": [one.model_dump() for one in attachments(PAPERS, pages)],
            "consent_version": "1",
            "progress_token": "a" * 22,
        }
    )
    assert captured_before(PAPERS, told.attachments) == tuple(Page(one.material, Blob(b"", one.picture.sha256)) for one in pages)
    world.store.before[PAPERS.code, PERSON.number] = KeptBefore(told, RecordState.QUEUED, "", "", "")
    to_identify(world, PAPERS)
    card(world)


def test_what_was_captured_before_a_crash_is_not_promised_on_its_receipt() -> None:
    world = World(facts=with_camera())
    kept_before(world, Page.of(PLAN, JPEG), Page.of(LIST, JPEG))
    assert (world.session.visit.step, deferred(world.session.visit)) == (Step.OUTCOME, ())


def test_corrected_after_a_crash_it_is_captured_anew(world: World) -> None:
    world = World(facts=with_camera())
    kept_before(world, Page.of(PLAN, JPEG), Page.of(LIST, JPEG))
    key = world.session.visit.key
    world.store.watched[key](
        accepted(world, key, Verdict.REJECTED, corrections=(Correction(field="phone", zh="错", en="wrong"),))
    )
    send(world, ev.WentOn())
    visit = world.session.visit
    assert (visit.step, visit.pages, can_submit(visit)) == (Step.REVIEW, (), False)
    send(world, ev.PaperOpened(PLAN))
    capture(world)
    send(world, ev.WentOn(), ev.PromiseTicked(ticked=True))
    world.session.submit()
    assert world.store.attachments == {world.session.visit.key: (JPEG,)}


def test_a_promise_does_not_grow_by_itself() -> None:
    two = item(
        "SA-019",
        deferrable_materials=True,
        deferral_working_days=3,
        materials=[{"name": text("甲", "A"), "kind": "deferrable"}, {"name": text("乙", "B"), "kind": "deferrable"}],
    )
    world = World(facts=with_camera())
    through_the_form(world, two)
    capture(world)
    send(world, ev.WentOn(), ev.PaperDeferred(), ev.PromiseTicked(ticked=True))
    assert can_submit(world.session.visit)
    send(world, ev.PaperOpened(0), ev.PageDropped(), ev.PaperDeferred())
    visit = world.session.visit
    assert (visit.step, [one.name.en for one in deferred(visit)]) == (Step.REVIEW, ["A", "B"])
    assert (visit.promised, can_submit(visit)) == (False, False)


def test_a_paper_that_has_pages_is_not_put_off(world: World) -> None:
    send(world, ev.PaperOpened(LIST))
    capture(world)
    send(world, ev.PageAdded(), ev.PaperDeferred())
    assert [page.material for page in world.session.visit.pages] == [LIST]
    assert world.session.visit.step is Step.MATERIALS


def test_a_lost_camera_stays_told_whichever_paper_is_open(world: World) -> None:
    world.session.facts_changed(with_camera(DeviceState.NO_DEVICE))
    send(world, ev.PaperOpened(LIST))
    assert world.session.visit.notice == "document-camera-lost"
    world.session.facts_changed(with_camera())
    assert world.session.visit.notice == ""


def test_how_the_sheet_lies_is_known_until_it_changes(world: World) -> None:
    world.session.hear(PageSeen(CAMERA.value, PageHint.GOOD))  # told once, as long as nothing moves
    capture(world)
    send(world, ev.PageDropped())
    assert world.session.visit.page_hint == "good"
    capture(world)
    world.session.hear(PageSeen(CAMERA.value, PageHint.NO_PAGE))
    send(world, ev.WentOn())
    assert (world.session.visit.material, world.session.visit.page_hint) == (LIST, "no-page")


def test_the_camera_is_at_rest_whenever_the_papers_are_left() -> None:
    for visit, _, after, effects in product():
        if visit.step is Step.MATERIALS and after.step is not Step.MATERIALS:
            assert do.StopCapturing() in effects
            assert not after.capturing
        if visit.step is not Step.MATERIALS and after.step is Step.MATERIALS:
            assert do.StartCapturing() in effects
        if do.CapturePage() in effects:
            assert (visit.step, after.capturing) == (Step.MATERIALS, True)


def test_no_picture_is_in_a_repr(world: World) -> None:
    capture(world)
    assert "plan" not in repr((world.session.visit, ev.PageTaken(JPEG), Page.of(PLAN, JPEG)))
