"""What the person before the camera should do next: pure, from faces and measures to one hint.

The limits follow common practice for document photographs and are to be tuned on the hall's own cameras.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, degrees, hypot

from devices.face_camera.detection import Face, Landmarks
from devices.face_camera.quality import Measures
from devices.reports import FaceHint

SMALLEST_SHARE, LARGEST_SHARE = 0.22, 0.62
"""Height of the face as a share of the frame's."""

DARKEST, BRIGHTEST, MOST_CLIPPED = 60.0, 200.0, 0.2
NOBODY_SEEN_BELOW = 35.0
"""In a frame darker than this no face can be found: light is the trouble, not the person."""

LEAST_SHARPNESS = 60.0
MOST_YAW = 0.25
"""(nose - middle of the eyes) / eye distance; a straight look is within 0.08."""

NOSE_SHARE_LOW, NOSE_SHARE_HIGH = 0.30, 0.75
"""Where the nose lies between the eyes (0) and the mouth (1): beyond these the head is raised or lowered."""

MOST_ROLL_DEGREES = 15.0
ANOTHER_PERSON_SHARE = 0.3
"""A second face of at least this share of the first's area stands before the camera too; smaller ones pass behind."""


def guide(faces: Sequence[Face], measures: Measures) -> FaceHint:
    """The first thing to mend; `faces` largest first, `measures` of the largest face or of the frame without one."""
    if not faces:
        return FaceHint.TOO_DARK if measures.brightness < NOBODY_SEEN_BELOW else FaceHint.NO_FACE
    face = faces[0]
    if any(_area(other) >= ANOTHER_PERSON_SHARE * _area(face) for other in faces[1:]):
        return FaceHint.ONE_PERSON_ONLY
    if (hint := _distance(face, measures)) or (hint := _light(measures)):
        return hint
    if face.landmarks is not None and not looks_straight(face.landmarks):
        return FaceHint.LOOK_STRAIGHT
    return FaceHint.HOLD_STILL if measures.sharpness < LEAST_SHARPNESS else FaceHint.GOOD


def looks_straight(points: Landmarks) -> bool:
    """True when the five points are those of a head that faces the camera, upright."""
    (right_x, right_y), (left_x, left_y) = points.right_eye, points.left_eye
    across = hypot(left_x - right_x, left_y - right_y)
    if across == 0:
        return False
    roll = degrees(atan2(left_y - right_y, left_x - right_x))
    yaw = (points.nose[0] - (right_x + left_x) / 2) / across
    eyes_y, mouth_y = (right_y + left_y) / 2, (points.right_mouth[1] + points.left_mouth[1]) / 2
    if abs(roll) > MOST_ROLL_DEGREES or abs(yaw) > MOST_YAW or mouth_y <= eyes_y:
        return False
    return NOSE_SHARE_LOW <= (points.nose[1] - eyes_y) / (mouth_y - eyes_y) <= NOSE_SHARE_HIGH


def _distance(face: Face, measures: Measures) -> FaceHint | None:
    share = face.height / measures.frame_height
    if share < SMALLEST_SHARE:
        return FaceHint.COME_CLOSER
    return FaceHint.STEP_BACK if share > LARGEST_SHARE else None


def _light(measures: Measures) -> FaceHint | None:
    if measures.brightness < DARKEST:
        return FaceHint.TOO_DARK
    return FaceHint.TOO_BRIGHT if measures.brightness > BRIGHTEST or measures.clipped > MOST_CLIPPED else None


def _area(face: Face) -> float:
    return face.width * face.height
