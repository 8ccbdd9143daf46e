"""A living face beside a card's photograph: turns first, then likeness, of one person the whole time; one thread's.

Every straight look is compared with the first: a face on the card that is held up only where
it is asked for, at the beginning and at the end, is not the one that turns.
"""

from __future__ import annotations

from collections.abc import Sequence

from devices.face_camera.detection import Face, FaceDetector
from devices.face_camera.guidance import guide
from devices.face_camera.liveness import Liveness, Progress, Verdict, pose_of
from devices.face_camera.quality import measure
from devices.face_camera.recognition import SfaceRecogniser, Vector
from devices.frame_slot import Frame
from devices.reports import FaceAsk, FaceHint
from devices.values import dataclass

TO_MEND = frozenset(FaceHint) - {FaceHint.LOOK_STRAIGHT, FaceHint.HOLD_STILL}
"""Where the head is to be turned, and whether it moves, is asked for by itself."""
CODES = {
    Verdict.TIMED_OUT: "face-timed-out",
    Verdict.WRONG_TURNS: "face-not-alive",
    Verdict.FACE_CHANGED: "face-changed",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went; `code` is empty when the living face is the card's."""

    code: str
    detail: str = ""
    """The likeness in two digits, for calibrating; nobody's face can be made of it."""


class Comparison:
    """One comparison; every frame that is looked at stays the caller's, to be shown and wiped."""

    def __init__(
        self,
        turns: Sequence[FaceAsk],
        on_card: Vector,
        threshold: float,
        detector: FaceDetector,
        recogniser: SfaceRecogniser,
        begun: float,
    ) -> None:
        self._liveness = Liveness(turns, begun)
        self._on_card = on_card
        self._threshold = threshold
        self._detector = detector
        self._recogniser = recogniser
        self._first: Vector | None = None
        self.hint = FaceHint.GOOD
        """What keeps the face of the last look from being seen well."""

    @property
    def progress(self) -> Progress:
        """What the person should do now."""
        return self._liveness.progress

    def look(self, frame: Frame, at: float) -> Outcome | None:
        """Take the next frame; None while it goes on."""
        faces = self._detector.find(frame)
        hint = guide(faces, measure(frame, faces[0] if faces else None))
        self.hint = hint if hint in TO_MEND else FaceHint.GOOD
        verdict = self._liveness.look(faces, at)
        if verdict in CODES:
            return Outcome(CODES[verdict])
        if not _straight(faces):
            return None
        seen = self._recogniser.vector(frame, faces[0])
        if self._first is None:
            self._first = seen
        elif (likeness := self._recogniser.likeness(self._first, seen)) < self._threshold:
            return Outcome("face-changed", f"likeness to the first look {likeness:.2f}")
        return self._judge(seen) if verdict is Verdict.ALIVE else None

    def _judge(self, last: Vector) -> Outcome:
        """The face at the end, which is the one that began, must be the card's."""
        likeness = self._recogniser.likeness(self._on_card, last)
        return Outcome("" if likeness >= self._threshold else "face-differs", f"likeness {likeness:.2f}")


def _straight(faces: Sequence[Face]) -> bool:
    return bool(faces) and faces[0].landmarks is not None and pose_of(faces[0].landmarks) is FaceAsk.LOOK_STRAIGHT
