"""The document camera's driver on pictures: hints, captures, retakes, and nothing kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from devices.document_camera import camera as document_camera
from devices.document_camera.camera import DocumentCamera
from devices.driver import CapturePage, SelfTest
from devices.emulators.camera_picture import CameraPicture
from devices.frame_slot import FrameSlot
from devices.reports import FrameReady, PageCaptured, PageHint, PageSeen, Report, TestFinished
from devices.settings import DeviceModel, DeviceSettings
from tests.devices.document_camera.sheets import CODE, blurred, codes_in, under_camera, written

NAME = "document-camera"
GENEROUS_SECONDS = 30.0
"""A good page ends the waiting for one, also on a busy machine."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_camera, "CAPTURE_SECONDS", 1.0)
    monkeypatch.setattr(document_camera, "JUDGE_SECONDS", 0.0)


@pytest.fixture
def scene(tmp_path: Path) -> CameraPicture:
    scene = CameraPicture(tmp_path / "document-camera.png", head=False, sheet=True)
    scene.plug()
    return scene


@pytest.fixture
def slot() -> FrameSlot:
    return FrameSlot()


@pytest.fixture
def camera(scene: CameraPicture, slot: FrameSlot) -> Iterator[DocumentCamera]:
    settings = DeviceSettings(name=NAME, model=DeviceModel.CAMERA_DOCUMENTS, port=str(scene.path), emulated=True)
    camera = DocumentCamera(settings, slot)
    camera.open()
    yield camera
    camera.close()


def hints(camera: DocumentCamera, rounds: int = 4) -> list[PageHint]:
    reports: list[Report] = [report for _ in range(rounds) for report in camera.attend(active=True)]
    assert FrameReady(NAME) in reports
    return [report.hint for report in reports if isinstance(report, PageSeen)]


def captured(camera: DocumentCamera) -> PageCaptured:
    (report,) = [report for report in camera.perform(CapturePage("job")) if isinstance(report, PageCaptured)]
    assert (report.device, report.job) == (NAME, "job")
    return report


def test_hints_are_told_when_they_change(camera: DocumentCamera, scene: CameraPicture) -> None:
    assert hints(camera) == [PageHint.GOOD]
    assert hints(camera) == []
    scene.show(np.full((972, 1296, 3), 48, np.uint8))
    assert hints(camera) == [PageHint.NO_PAGE]


def test_a_good_page_is_taken_at_once_and_can_be_read(
    camera: DocumentCamera, scene: CameraPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_camera, "CAPTURE_SECONDS", GENEROUS_SECONDS)
    scene.show(under_camera(written()))
    page = captured(camera)
    assert page.hint is PageHint.GOOD
    assert codes_in(page.jpeg) == [CODE]
    assert "jpeg" not in repr(page)
    assert camera.health().facts["pages"] == "1"


def test_a_good_page_is_taken_though_the_machine_was_too_busy_to_look_in_time(
    camera: DocumentCamera, scene: CameraPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_camera, "CAPTURE_SECONDS", 0.0)
    scene.show(under_camera(written()))
    assert captured(camera).hint is PageHint.GOOD


def test_a_page_that_is_not_good_is_taken_with_what_is_wrong_and_can_be_taken_again(
    camera: DocumentCamera, scene: CameraPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.show(blurred(under_camera(written())))
    bad = captured(camera)
    assert bad.hint is PageHint.BLURRED
    assert bad.jpeg[:2] == b"\xff\xd8"
    monkeypatch.setattr(document_camera, "CAPTURE_SECONDS", GENEROUS_SECONDS)
    scene.show(under_camera(written()))
    assert captured(camera).hint is PageHint.GOOD


def test_without_a_sheet_nothing_is_taken(camera: DocumentCamera, scene: CameraPicture) -> None:
    scene.show(np.full((972, 1296, 3), 48, np.uint8))
    assert captured(camera) == PageCaptured(NAME, "job", PageHint.NO_PAGE)


def test_at_rest_and_closed_no_frame_is_kept_and_nothing_is_written(
    camera: DocumentCamera, slot: FrameSlot, tmp_path: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    captured(camera)
    hints(camera)
    list(camera.attend(active=False))
    assert slot.take_newest() is None
    hints(camera)
    camera.close()
    assert slot.take_newest() is None
    assert sorted(tmp_path.rglob("*")) == before


def test_its_own_test_tells_what_is_seen_of_a_sheet(camera: DocumentCamera) -> None:
    (finished,) = camera.perform(SelfTest())
    assert isinstance(finished, TestFinished)
    assert (finished.code, "sheet: good" in finished.detail) == ("", True)
