"""The face camera's driver: frames to the slot, hints while they are wanted, and nothing kept."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from devices.driver import PrintJob, SelfTest
from devices.emulators.camera_picture import CameraPicture, Spoilt
from devices.errors import CameraFrozen, CommandRefused, DeviceUnplugged, PortMissing
from devices.face_camera import capture
from devices.face_camera.camera import FaceCamera
from devices.frame_slot import FrameSlot
from devices.receipt_printer.slip import Slip
from devices.reports import DeviceState, FaceHint, FaceSeen, FrameReady, Report, TestFinished
from devices.settings import DeviceModel, DeviceSettings
from tests.devices.conftest import Reports


class FastClock:
    """Real time with a quarter of a second more at each look, so that every frame is examined."""

    def __init__(self) -> None:
        self._looks = 0

    def __call__(self) -> float:
        self._looks += 1
        return time.monotonic() + 0.25 * self._looks


@pytest.fixture
def picture(tmp_path: Path) -> CameraPicture:
    picture = CameraPicture(tmp_path / "face-camera.png", head=True)
    picture.plug()
    return picture


@pytest.fixture
def slot() -> FrameSlot:
    return FrameSlot()


@pytest.fixture
def camera(picture: CameraPicture, slot: FrameSlot) -> Iterator[FaceCamera]:
    camera = FaceCamera(_settings(picture.path), slot, clock=FastClock())
    camera.open()
    yield camera
    camera.close()


def _settings(path: Path, model: str = "") -> DeviceSettings:
    return DeviceSettings(name="face-camera", model=DeviceModel.CAMERA_FACE, port=str(path), emulated=True, detector_model=model)


def _rounds(camera: FaceCamera, count: int) -> list[Report]:
    return [report for _ in range(count) for report in camera.attend(active=True)]


def _hints(reports: list[Report]) -> list[FaceHint]:
    return [report.hint for report in reports if isinstance(report, FaceSeen)]


def test_a_hint_is_told_when_it_changes(camera: FaceCamera, picture: CameraPicture) -> None:
    seen = _hints(_rounds(camera, 5))
    picture.show(np.full((480, 640, 3), 127, np.uint8))
    seen += _hints(_rounds(camera, 5))
    picture.show(np.full((480, 640, 3), 4, np.uint8))
    seen += _hints(_rounds(camera, 5))
    assert seen == [FaceHint.GOOD, FaceHint.NO_FACE, FaceHint.TOO_DARK]


def test_every_frame_waits_in_the_slot(camera: FaceCamera, slot: FrameSlot) -> None:
    assert FrameReady("face-camera") in _rounds(camera, 1)
    frame = slot.take_newest()
    assert frame is not None
    assert frame.shape == (480, 640, 4)
    assert camera.health().facts == {"detector": "haar", "compares": "model-missing", "frame": "640×480"}


def test_at_rest_nothing_is_told_and_no_frame_is_kept(camera: FaceCamera, slot: FrameSlot) -> None:
    _rounds(camera, 1)
    assert list(camera.attend(active=False)) == []
    assert slot.take_newest() is None


def test_the_next_visit_is_told_its_first_hint_again(camera: FaceCamera) -> None:
    assert _hints(_rounds(camera, 4)) == [FaceHint.GOOD]
    list(camera.attend(active=False))
    assert _hints(_rounds(camera, 4)) == [FaceHint.GOOD]


def test_closing_wipes_the_last_face(camera: FaceCamera, slot: FrameSlot) -> None:
    _rounds(camera, 1)
    camera.close()
    camera.close()
    assert slot.take_newest() is None


def test_nothing_of_a_frame_reaches_the_disk(camera: FaceCamera, picture: CameraPicture) -> None:
    before = sorted(picture.path.parent.rglob("*"))
    _rounds(camera, 5)
    list(camera.perform(SelfTest()))
    assert sorted(picture.path.parent.rglob("*")) == before


def test_a_missing_model_is_named_and_the_camera_goes_on(picture: CameraPicture, slot: FrameSlot, tmp_path: Path) -> None:
    camera = FaceCamera(_settings(picture.path, str(tmp_path / "absent.onnx")), slot, clock=FastClock())
    camera.open()
    assert _hints(_rounds(camera, 4)) == [FaceHint.GOOD]
    assert camera.health().trouble == "model-missing"
    (finished,) = camera.perform(SelfTest())
    assert isinstance(finished, TestFinished)
    assert finished.code == "model-missing"
    camera.close()


def test_a_camera_without_its_model_is_still_usable(
    picture: CameraPicture, tmp_path: Path, start_worker: object, reports: Reports
) -> None:
    assert callable(start_worker)
    start_worker(_settings(picture.path, str(tmp_path / "absent.onnx")))
    status = reports.until_state(DeviceState.ONLINE)
    assert (status.usable, status.trouble) == (True, "model-missing")


def test_its_own_test_tells_size_rate_light_and_sharpness(picture: CameraPicture, slot: FrameSlot) -> None:
    camera = FaceCamera(_settings(picture.path), slot)
    camera.open()
    (finished,) = camera.perform(SelfTest())
    assert isinstance(finished, TestFinished)
    assert finished.code == ""
    assert all(word in finished.detail for word in ("640×480", "frames/s", "brightness", "sharpness"))
    camera.close()


def test_its_own_test_fails_without_a_picture(tmp_path: Path, slot: FrameSlot) -> None:
    (tmp_path / "folder").mkdir()
    CameraPicture(tmp_path / "folder" / "scene.png", head=True).plug()
    camera = FaceCamera(_settings(tmp_path / "folder"), slot)
    camera.open()
    (tmp_path / "folder" / "scene.png").unlink()
    (finished,) = camera.perform(SelfTest())
    assert isinstance(finished, TestFinished)
    assert finished.code == "camera-frozen"
    camera.close()


@pytest.mark.parametrize("how", [Spoilt.FROZEN, Spoilt.SILENT])
def test_a_camera_whose_frames_do_not_come_is_not_called_open(
    how: Spoilt, picture: CameraPicture, slot: FrameSlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture, "FROZEN_SECONDS", 0.4)
    picture.spoil(how)
    camera = FaceCamera(_settings(picture.path), slot)
    with pytest.raises(CameraFrozen):
        camera.open()
    picture.plug()
    camera.open()
    assert slot.take_newest() is None
    camera.close()


def test_no_camera_at_start_is_named(tmp_path: Path, slot: FrameSlot) -> None:
    with pytest.raises(PortMissing):
        FaceCamera(_settings(tmp_path / "absent"), slot).open()


@pytest.mark.parametrize("active", [True, False])
def test_a_vanished_camera_is_named(camera: FaceCamera, picture: CameraPicture, active: bool) -> None:
    _rounds(camera, 1)
    picture.unplug()
    with pytest.raises(DeviceUnplugged):
        list(camera.attend(active))


def test_it_prints_nothing(camera: FaceCamera) -> None:
    with pytest.raises(CommandRefused):
        list(camera.perform(PrintJob("a", Slip(()))))
