"""A visit with a paper under the document camera: refused, retaken, kept with the line down, and whole at the centre."""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import select

from central.tables import StoredSubmission
from devices.document_camera import camera as document_camera
from devices.emulators.bench import DOCUMENT_CAMERA, RECEIPT_PRINTER
from devices.reports import DeviceKind
from kiosk.visit import events as ev
from kiosk.visit.visit import OutcomeKind, Step
from offline_cache.attachments import Attachments
from offline_cache.database import open_read_only
from offline_cache.emulated_line import EmulatedLine
from tests.stories.stand import ANSWERS, USUAL, Stand
from tests.stories.test_forgetting import frames_of_the_kiosks_threads, kept_in_files, kept_in_memory, reachable

PHARMACY = "SA-013"
PLAN, LIST = 1, 2
"""Places in its materials: one must be captured, one may follow later."""
TYPED = {
    "company_name": "示例药店",
    "credit_code": "91369999MA00000000",
    "premises": "示例路12号",
    "phone": "13800138000",
    "quality_officer": "李样",
    "pharmacist": "王样",
    "pharmacist_number": "369999000001",
    "prescription": "yes",
    "insurance": "no",
    "devices": "no",
}


@pytest.fixture
def stand(build: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    monkeypatch.setitem(ANSWERS, PHARMACY, TYPED)
    monkeypatch.setattr(document_camera, "CAPTURE_SECONDS", 1.0)
    stand: Stand = build(devices=(*USUAL, DOCUMENT_CAMERA)).start()
    return stand


def to_papers(stand: Stand) -> None:
    stand.to_identify(PHARMACY)
    stand.lay_card()
    stand.answer()
    assert stand.visit.step is Step.MATERIALS, (stand.visit, stand.visit.complaints)


def capture(stand: Stand) -> None:
    stand.send(ev.PageAsked())
    stand.until(lambda: not stand.visit.capturing)


def attached(stand: Stand, key: str) -> int:
    with closing(open_read_only(stand.settings.store.database_file)) as connection:
        return len(Attachments(connection).of(key))


def pictures_in_memory(stand: Stand) -> list[int]:
    """Sizes of the JPEGs that the kiosk still holds."""
    stand.kiosk._store.call(lambda _: None).result(60)
    gc.collect()
    everything = reachable(stand.kiosk, *frames_of_the_kiosks_threads())
    return [len(thing) for thing in everything if isinstance(thing, bytes | bytearray) and bytes(thing[:2]) == b"\xff\xd8"]


def test_a_page_too_large_for_the_settings_is_refused_under_the_camera(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ANSWERS, PHARMACY, TYPED)
    build.enrol((*USUAL, DOCUMENT_CAMERA))
    text = build.settings_file.read_text(encoding="utf-8")
    build.settings_file.write_text(text.replace("[store]\n", "[store]\nmax_record_bytes = 70_000\n"), encoding="utf-8")
    small: Stand = build.again().start()
    to_papers(small)
    small.bench.sheet("laid")
    small.until(lambda: small.visit.page_hint == "good")
    capture(small)
    assert (small.visit.notice, small.visit.pages) == ("submission-too-large", ())
    small.until_logged("page-refused", code="submission-too-large")


def test_a_paper_is_refused_retaken_kept_and_arrives_whole(stand: Stand, line: EmulatedLine, centre: Any) -> None:
    to_papers(stand)
    stand.bench.sheet("gone")
    stand.until(lambda: stand.visit.page_hint == "no-page")
    capture(stand)
    assert (stand.visit.notice, stand.visit.pages) == ("page-no-page", ())
    stand.bench.sheet("blurred")
    stand.until(lambda: stand.visit.page_hint == "blurred")
    capture(stand)
    assert (stand.visit.notice, stand.visit.pages) == ("page-blurred", ())
    stand.bench.sheet("laid")
    stand.until(lambda: stand.visit.page_hint == "good")
    capture(stand)
    (page,) = stand.visit.pages
    assert (page.material, page.jpeg[:2], stand.visit.framing) == (PLAN, b"\xff\xd8", False)
    stand.send(ev.WentOn())
    assert (stand.visit.material, stand.visit.framing) == (LIST, True)
    stand.send(ev.PaperDeferred())
    assert stand.visit.step is Step.REVIEW

    line.down()
    key = stand.submit()
    assert stand.outcome() is OutcomeKind.KEPT
    assert attached(stand, key) == 1
    stand.take_receipt()
    assert "质量管理文件目录" in stand.slip_says()
    assert "平面布置图" not in stand.slip_says()
    line.up()
    stand.until(lambda: stand.outcome() is OutcomeKind.ACCEPTED)
    digest = hashlib.sha256(page.jpeg).hexdigest()
    number = stand.settings.kiosk.number
    assert centre.app.state.centre.attachments.read(number, digest) == page.jpeg
    with centre.engine.connect() as connection:
        stored = json.loads(connection.execute(select(StoredSubmission.content).where(StoredSubmission.key == key)).scalar_one())
    assert [(one["material"], one["page"], one["sha256"]) for one in stored["attachments"]] == [("场所平面布置图原件", 1, digest)]
    assert [promise["material"] for promise in stored["promises"]] == ["质量管理文件目录"]
    stand.until(lambda: attached(stand, key) == 0)


def test_left_offline_nothing_of_the_paper_is_in_memory_or_readable_on_the_disk(stand: Stand, line: EmulatedLine) -> None:
    to_papers(stand)
    stand.until(lambda: stand.visit.page_hint == "good")
    capture(stand)
    (page,) = stand.visit.pages
    assert pictures_in_memory(stand)  # the search does find what is there
    stand.send(ev.WentOn(), ev.PaperDeferred())
    line.down()
    key = stand.submit()
    stand.take_receipt()
    stand.leave()
    stand.until_logged("visit-ended", how="finished")
    middle = page.jpeg[len(page.jpeg) // 2 :][:200]
    del page
    assert attached(stand, key) == 1
    assert pictures_in_memory(stand) == []
    assert kept_in_memory(stand) == []
    assert kept_in_files(stand.settings.store.directory) == []
    assert not [file for file in stand.settings.store.directory.rglob("*") if file.is_file() and middle in file.read_bytes()]
    assert [event["pages"] for event in stand.log("page-captured")] == [1]


def test_an_item_that_needs_the_camera_is_not_begun_without_it_and_is_with_it_again(stand: Stand) -> None:
    stand.bench.unplug(DOCUMENT_CAMERA)
    stand.until(lambda: not stand.facts.devices[DOCUMENT_CAMERA].usable)
    stand.to_guide(PHARMACY)
    assert [obstacle.code for obstacle in stand.visit.obstacles or () if obstacle.blocking] == ["needs-document-camera"]
    stand.bench.plug(DOCUMENT_CAMERA)
    stand.until(lambda: not stand.visit.blocked)


def test_whoever_was_cut_off_gets_the_receipt_without_the_camera_that_the_item_needs(
    stand: Stand, build: Any, line: EmulatedLine
) -> None:
    to_papers(stand)
    stand.until(lambda: stand.visit.page_hint == "good")
    capture(stand)
    stand.send(ev.WentOn(), ev.PaperDeferred())
    line.down()
    key = stand.submit()
    stand.bench.lift_card()
    stand.bench.unplug(DOCUMENT_CAMERA)
    stand.stop()
    again: Stand = build.again().start(ready=False)
    again.until(lambda: again.facts.usable(DeviceKind.CARD_READER) and again.facts.queue.untold)
    again.give_the_receipt_only_to_who_was_cut_off(PHARMACY, key)
    assert len(again.rows()) == 1


def test_unplugged_in_the_middle_of_a_capture_the_page_is_taken_after_all(stand: Stand) -> None:
    to_papers(stand)
    stand.send(ev.PageAsked())
    stand.bench.unplug(DOCUMENT_CAMERA)
    stand.until(lambda: stand.visit.notice == "document-camera-lost" or stand.visit.pages)
    stand.bench.plug(DOCUMENT_CAMERA)
    stand.until(lambda: stand.facts.devices[DOCUMENT_CAMERA].usable and stand.visit.notice == "")
    if not stand.visit.pages:
        capture(stand)
    assert len(stand.visit.pages) == 1
    assert stand.facts.devices[RECEIPT_PRINTER].usable
