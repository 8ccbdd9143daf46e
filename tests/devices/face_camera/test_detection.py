"""The real detectors on drawn scenes: a drawn head is found, and nothing where there is nothing."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from devices.emulators.camera_picture import CameraPicture
from devices.errors import ModelMissing
from devices.face_camera.capture import load_picture, moving_gradient
from devices.face_camera.detection import FaceDetector, YunetDetector, load_detector
from devices.face_camera.guidance import looks_straight
from devices.frame_slot import Frame
from devices.reports import FaceHint
from tests.devices.face_camera.pictures import DETECTORS, YUNET_FILE, hint, needs_yunet


@pytest.fixture(params=DETECTORS)
def detector(request: pytest.FixtureRequest) -> FaceDetector:
    made: FaceDetector = request.param()
    return made


@pytest.fixture
def head(tmp_path: Path) -> Frame:
    """A drawn head: nobody's face."""
    scene = CameraPicture(tmp_path / "scene.png", head=True)
    scene.plug()
    picture = load_picture(scene.path)
    assert picture is not None
    return picture


def test_a_drawn_head_is_found_where_it_was_drawn(detector: FaceDetector, head: Frame) -> None:
    (face,) = detector.find(head)
    assert face.x < 320 < face.x + face.width
    assert face.y < 260 < face.y + face.height
    assert hint(detector, head) is FaceHint.GOOD


def test_a_larger_frame_tells_its_own_pixels(detector: FaceDetector, head: Frame) -> None:
    (small,) = detector.find(head)
    (large,) = detector.find(np.asarray(cv2.resize(head, None, fx=2, fy=2), np.uint8))
    assert large.width == pytest.approx(2 * small.width, rel=0.1)
    assert large.x == pytest.approx(2 * small.x, rel=0.1)


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (np.full((480, 640, 3), 127, np.uint8), FaceHint.NO_FACE),
        (moving_gradient(640, 480, 3.0), FaceHint.NO_FACE),
        (np.full((480, 640, 3), 5, np.uint8), FaceHint.TOO_DARK),
        (np.full((90, 160, 3), 127, np.uint8), FaceHint.NO_FACE),
    ],
    ids=["flat", "gradient", "dark", "small"],
)
def test_where_nobody_is_nobody_is_found(detector: FaceDetector, frame: Frame, expected: FaceHint) -> None:
    assert detector.find(frame) == ()
    assert hint(detector, frame) is expected


def test_a_blurred_face_is_asked_to_hold_still(detector: FaceDetector, head: Frame) -> None:
    assert hint(detector, np.asarray(cv2.GaussianBlur(head, (0, 0), 6), np.uint8)) is FaceHint.HOLD_STILL


def test_a_face_in_poor_light_is_too_dark(detector: FaceDetector, head: Frame) -> None:
    assert hint(detector, (head * 0.25).astype(np.uint8)) is FaceHint.TOO_DARK


def test_two_people_are_too_many(detector: FaceDetector, head: Frame) -> None:
    pair = np.hstack([head[:, 120:520], head[:, 120:520]])
    assert len(detector.find(pair)) == 2
    assert hint(detector, pair) is FaceHint.ONE_PERSON_ONLY


@needs_yunet
def test_yunet_sees_where_a_head_is_turned(head: Frame) -> None:
    detector = YunetDetector(YUNET_FILE)
    (straight,) = detector.find(head)
    turned = cv2.warpAffine(head, cv2.getRotationMatrix2D((320, 240), 30, 1.0), (640, 480), borderMode=cv2.BORDER_REPLICATE)
    (tilted,) = detector.find(np.asarray(turned, np.uint8))
    assert straight.landmarks is not None
    assert tilted.landmarks is not None
    assert looks_straight(straight.landmarks)
    assert not looks_straight(tilted.landmarks)


def test_the_installed_model_is_taken() -> None:
    if not YUNET_FILE.exists():
        pytest.skip("the YuNet model file is not installed beside the project")
    detector, missing = load_detector(str(YUNET_FILE))
    assert (detector.name, missing) == ("yunet", None)


def test_no_model_asked_for_is_no_trouble() -> None:
    detector, missing = load_detector("")
    assert (detector.name, missing) == ("haar", None)


def test_an_absent_model_is_named_and_the_built_in_detector_steps_in(tmp_path: Path) -> None:
    detector, missing = load_detector(str(tmp_path / "absent.onnx"))
    assert detector.name == "haar"
    assert missing is not None
    assert missing.code == "model-missing"


def test_any_other_file_is_refused_as_a_model(tmp_path: Path) -> None:
    other = tmp_path / "other.onnx"
    other.write_bytes(b"not the pinned model")
    with pytest.raises(ModelMissing, match="sha256"):
        YunetDetector(other)
