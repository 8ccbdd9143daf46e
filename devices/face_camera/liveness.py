"""Whether a living person stands there: head turns in an order nobody can know before, of one face the whole time; pure.

A printed picture does not turn, and a film turns in its own order. A good mask or a film made on the spot may pass, and so may
who exchanges a picture for his own turned head faster than we look, time after time and on the same spot: this is a hurdle, not
a proof, and the guard against it is what else the visit asks for (the card, and its photograph).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from enum import Enum, auto
from math import hypot

from devices.face_camera.detection import Face, Landmarks
from devices.reports import FaceAsk
from devices.values import dataclass

TURNS = 3
"""Eight orders; guessing one right is not likely enough to be worth the try, and each costs a person two seconds."""
STRAIGHT_YAW, TURNED_YAW = 0.10, 0.18
"""(nose - middle of the eyes) / eye distance: straight below the first, turned above the second (to be calibrated)."""
HELD_LOOKS = 2
"""So many looks in a row a head must be where it was asked to be: one may be the detector's mistake."""
WRONG_TURNS = 2
"""Left and right are confused by honest people once."""
LEAST_OVERLAP = 0.25
"""Of a face with itself a fifth of a second before (intersection over union)."""
LOST_SECONDS = 1.0
"""From the first look without a face on: a look that comes late on a busy machine is no time in which nobody was there."""
WHOLE_SECONDS = 25.0
ANOTHER_PERSON_SHARE = 0.3


class Verdict(Enum):
    """How it ended."""

    ALIVE = auto()
    TIMED_OUT = auto()
    """Not all turns were made in time."""
    WRONG_TURNS = auto()
    FACE_CHANGED = auto()
    """The face went away, or jumped: it may be another one."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What the person should do now, and how far they are."""

    ask: FaceAsk
    done: int
    """Turns made."""
    of: int


def random_turns() -> tuple[FaceAsk, ...]:
    """Left and right in a random order."""
    return tuple(secrets.choice((FaceAsk.TURN_LEFT, FaceAsk.TURN_RIGHT)) for _ in range(TURNS))


class Liveness:
    """One check; `turns` are asked for with a straight look before, between and after them."""

    def __init__(self, turns: Sequence[FaceAsk], begun: float) -> None:
        self._asks = [FaceAsk.LOOK_STRAIGHT, *(each for turn in turns for each in (turn, FaceAsk.LOOK_STRAIGHT))]
        self._begun = begun
        self._place = 0
        self._held = 0
        self._wrong = 0
        self._wrong_now = False
        self._last: Face | None = None
        self._lost_at: float | None = None
        self._known = True

    @property
    def progress(self) -> Progress:
        """What is asked for now; of a face that was lost, a straight look by which it is known again."""
        asked = self._asks[min(self._place, len(self._asks) - 1)] if self._known else FaceAsk.LOOK_STRAIGHT
        return Progress(asked, self._place // 2, len(self._asks) // 2)

    def look(self, faces: Sequence[Face], at: float) -> Verdict | None:
        """Take the next look, about five a second; faces largest first, `at` in seconds of the clock of `begun`.

        None while it goes on. While a second person stands close nothing moves forward, nor afterwards, or when the face was
        lost, until it looks straight: whoever asks compares each straight look with the first.
        """
        if at - self._begun > WHOLE_SECONDS:
            return Verdict.TIMED_OUT
        if not faces:
            self._known, self._held = self._last is None, 0
            self._lost_at = at if self._lost_at is None else self._lost_at
            lost = self._last is not None and at - self._lost_at > LOST_SECONDS
            return Verdict.FACE_CHANGED if lost else None
        face = faces[0]
        if self._last is not None and overlap(self._last, face) < LEAST_OVERLAP:
            return Verdict.FACE_CHANGED
        self._last, self._lost_at = face, None
        if any(_area(other) >= ANOTHER_PERSON_SHARE * _area(face) for other in faces[1:]) or face.landmarks is None:
            self._known, self._held = False, 0
            return None
        pose = pose_of(face.landmarks)
        self._known = self._known or pose is FaceAsk.LOOK_STRAIGHT
        return self._follow(pose) if self._known else None

    def _follow(self, pose: FaceAsk | None) -> Verdict | None:
        asked = self._asks[self._place]
        self._held = self._held + 1 if pose is asked else 0
        wrong = pose is not None and FaceAsk.LOOK_STRAIGHT not in (pose, asked) and pose is not asked
        self._wrong += wrong and not self._wrong_now
        self._wrong_now = wrong
        if self._wrong >= WRONG_TURNS:
            return Verdict.WRONG_TURNS
        if self._held >= HELD_LOOKS:
            self._place += 1
            self._held = 0
        return Verdict.ALIVE if self._place == len(self._asks) else None


def pose_of(points: Landmarks) -> FaceAsk | None:
    """Where the head is turned, left and right being the person's own; None in between."""
    turned = yaw(points)
    if abs(turned) <= STRAIGHT_YAW:
        return FaceAsk.LOOK_STRAIGHT
    if abs(turned) < TURNED_YAW:
        return None
    # A camera's picture is no mirror: the person's own left is on its right.
    return FaceAsk.TURN_LEFT if turned > 0 else FaceAsk.TURN_RIGHT


def yaw(points: Landmarks) -> float:
    """How far the nose is from the middle of the eyes, in eye distances; positive towards the picture's right."""
    (right_x, right_y), (left_x, left_y) = points.right_eye, points.left_eye
    across = hypot(left_x - right_x, left_y - right_y)
    return (points.nose[0] - (right_x + left_x) / 2) / across if across else 0.0


def overlap(one: Face, other: Face) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / (_area(one) + _area(other) - width * height)


def _area(face: Face) -> float:
    return face.width * face.height
