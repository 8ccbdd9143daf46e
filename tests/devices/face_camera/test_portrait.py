"""The real detectors on a real photograph: found, none, two, dark, blurred, turned."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from devices.face_camera.detection import Face, FaceDetector, YunetDetector
from devices.face_camera.liveness import pose_of
from devices.reports import FaceAsk, FaceHint
from tests.devices.face_camera.pictures import DETECTORS, YUNET_FILE, hint, needs_yunet, portrait, turned


@pytest.fixture(params=DETECTORS)
def detector(request: pytest.FixtureRequest) -> FaceDetector:
    made: FaceDetector = request.param()
    return made


def test_a_person_is_found_where_the_face_is(detector: FaceDetector) -> None:
    (face,) = detector.find(portrait())
    assert face.x < 270 < face.x + face.width
    assert face.y < 194 < face.y + face.height
    assert 120 < face.width < 190
    assert hint(detector, portrait()) is FaceHint.GOOD


def test_without_the_person_nobody_is_found(detector: FaceDetector) -> None:
    hall = portrait()[:, :40]
    empty = np.asarray(cv2.resize(hall, (640, 480)), np.uint8)
    assert hint(detector, empty) is FaceHint.NO_FACE


def test_two_people_are_too_many(detector: FaceDetector) -> None:
    pair = np.hstack([portrait()[:, 80:480], portrait()[:, 80:480]])
    assert len(detector.find(pair)) == 2
    assert hint(detector, pair) is FaceHint.ONE_PERSON_ONLY


def test_a_blurred_face_is_asked_to_hold_still(detector: FaceDetector) -> None:
    assert hint(detector, np.asarray(cv2.GaussianBlur(portrait(), (0, 0), 8), np.uint8)) is FaceHint.HOLD_STILL


def test_a_face_far_away_is_asked_to_come_closer(detector: FaceDetector) -> None:
    far = np.full((480, 640, 3), 180, np.uint8)
    far[160:280, 240:400] = cv2.resize(portrait(), (160, 120), interpolation=cv2.INTER_AREA)
    assert hint(detector, far) in (FaceHint.COME_CLOSER, FaceHint.NO_FACE)


@needs_yunet
def test_yunet_finds_a_face_in_the_dark_and_says_so() -> None:
    assert hint(YunetDetector(YUNET_FILE), (portrait() * 0.2).astype(np.uint8)) is FaceHint.TOO_DARK


@needs_yunet
@pytest.mark.parametrize(("degrees", "pose"), [(0, FaceAsk.LOOK_STRAIGHT), (45, FaceAsk.TURN_LEFT), (-45, FaceAsk.TURN_RIGHT)])
def test_a_turned_head_is_seen_to_be_turned(degrees: float, pose: FaceAsk) -> None:
    face: Face = YunetDetector(YUNET_FILE).find(turned(portrait(), degrees))[0]
    assert face.landmarks is not None
    assert pose_of(face.landmarks) is pose
