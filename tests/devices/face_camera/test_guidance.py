"""What the person should do next: one hint for every situation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.face_camera.detection import Face, Landmarks
from devices.face_camera.guidance import guide, looks_straight
from devices.face_camera.quality import Measures, measure
from devices.hint_steadier import HintSteadier
from devices.reports import FaceHint

STRAIGHT = Landmarks(right_eye=(280, 220), left_eye=(360, 220), nose=(320, 262), right_mouth=(290, 300), left_mouth=(350, 300))
FACE = Face(230, 150, 180, 200, STRAIGHT)
GOOD = Measures(frame_height=480, brightness=130, clipped=0.0, sharpness=300)


def test_a_straight_face_in_fair_light_is_good() -> None:
    assert guide([FACE], GOOD) is FaceHint.GOOD


def test_without_landmarks_the_pose_is_not_judged() -> None:
    assert guide([replace(FACE, landmarks=None)], GOOD) is FaceHint.GOOD


@pytest.mark.parametrize(
    ("faces", "measures", "hint"),
    [
        ([], GOOD, FaceHint.NO_FACE),
        ([], replace(GOOD, brightness=20), FaceHint.TOO_DARK),
        ([FACE, replace(FACE, x=20)], GOOD, FaceHint.ONE_PERSON_ONLY),
        ([FACE, replace(FACE, width=60, height=60)], GOOD, FaceHint.GOOD),
        ([replace(FACE, height=90)], GOOD, FaceHint.COME_CLOSER),
        ([replace(FACE, height=330)], GOOD, FaceHint.STEP_BACK),
        ([FACE], replace(GOOD, brightness=45), FaceHint.TOO_DARK),
        ([FACE], replace(GOOD, brightness=220), FaceHint.TOO_BRIGHT),
        ([FACE], replace(GOOD, clipped=0.4), FaceHint.TOO_BRIGHT),
        ([FACE], replace(GOOD, sharpness=20), FaceHint.HOLD_STILL),
        ([replace(FACE, landmarks=replace(STRAIGHT, nose=(350, 262)))], GOOD, FaceHint.LOOK_STRAIGHT),
    ],
)
def test_the_first_thing_to_mend_is_told(faces: list[Face], measures: Measures, hint: FaceHint) -> None:
    assert guide(faces, measures) is hint


@pytest.mark.parametrize(
    "points",
    [
        replace(STRAIGHT, nose=(295, 262)),
        replace(STRAIGHT, nose=(320, 290)),
        replace(STRAIGHT, nose=(320, 230)),
        replace(STRAIGHT, right_eye=(280, 190), left_eye=(360, 250)),
        replace(STRAIGHT, left_eye=STRAIGHT.right_eye),
        replace(STRAIGHT, right_mouth=(290, 200), left_mouth=(350, 200)),
    ],
    ids=["turned", "lowered", "raised", "tilted", "one-eye", "upside-down"],
)
def test_a_head_that_does_not_face_the_camera_is_seen(points: Landmarks) -> None:
    assert looks_straight(STRAIGHT)
    assert not looks_straight(points)


coordinate = st.floats(-2000, 2000)
points = st.tuples(coordinate, coordinate)
faces = st.builds(
    Face, coordinate, coordinate, st.floats(1, 2000), st.floats(1, 2000), st.none() | st.builds(Landmarks, *[points] * 5)
)
measures = st.builds(Measures, st.integers(1, 4000), st.floats(0, 255), st.floats(0, 1), st.floats(0, 1e5))


@given(st.lists(faces, max_size=4), measures)
@settings(max_examples=200)
def test_every_situation_has_a_hint_and_only_one_face_can_be_good(found: list[Face], seen: Measures) -> None:
    hint = guide(found, seen)
    assert hint in FaceHint
    assert found or hint in (FaceHint.NO_FACE, FaceHint.TOO_DARK)


def test_a_hint_is_told_when_it_stays_and_once() -> None:
    steadier = HintSteadier[FaceHint]()
    seen = [FaceHint.NO_FACE, FaceHint.NO_FACE, FaceHint.GOOD, FaceHint.NO_FACE, FaceHint.GOOD, FaceHint.GOOD, FaceHint.GOOD]
    assert [steadier.settle(hint) for hint in seen] == [None, FaceHint.NO_FACE, None, None, None, FaceHint.GOOD, None]


def test_light_and_sharpness_are_measured_where_the_face_is() -> None:
    frame = np.full((480, 640, 3), 20, np.uint8)
    frame[150:350, 230:410] = 255
    assert measure(frame).brightness < 60
    face = measure(frame, FACE)
    assert (face.brightness, face.clipped, face.frame_height) == (255, 1.0, 480)
    assert face.sharpness == 0


@pytest.mark.parametrize("outside", [Face(700, 500, 50, 50), Face(-80, -80, 50, 50), Face(10, 10, 0, 0)])
def test_a_face_beyond_the_edge_is_measured_by_the_whole_frame(outside: Face) -> None:
    frame = np.full((480, 640, 3), 90, np.uint8)
    assert measure(frame, outside) == measure(frame)
