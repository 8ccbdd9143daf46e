"""The face camera: while a visit wants it, frames go to the slot and hints are told; lives on its worker's thread.

No frame is ever written anywhere; at rest frames are not even read beyond seeing that the camera lives.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import assert_never

import cv2
import numpy as np

from devices.driver import CapturePage, CompareFace, Health, Order, PrintJob, SelfTest
from devices.errors import CameraFrozen, CommandRefused, ModelMissing, PhotoUndecoded
from devices.face_camera.capture import Capture
from devices.face_camera.card_photo import decode_photo
from devices.face_camera.comparison import Comparison, Outcome
from devices.face_camera.detection import FaceDetector, YunetDetector, load_detector
from devices.face_camera.guidance import guide
from devices.face_camera.live_picture import live_picture
from devices.face_camera.liveness import Progress, random_turns
from devices.face_camera.models import SFACE
from devices.face_camera.quality import measure
from devices.face_camera.recognition import SfaceRecogniser, Vector
from devices.frame_slot import Frame, FrameSlot, overwrite
from devices.hint_steadier import HintSteadier
from devices.reports import FaceAsked, FaceCompared, FaceHint, FaceSeen, FrameReady, Report, TestFinished
from devices.settings import DeviceSettings

ROUND_SECONDS = 0.25
DETECTION_SECONDS = 0.2
"""Between two detections: five hints a second are more than a person can follow."""

LOOK_SECONDS = 0.2
"""Between two looks while a face is compared: a pose that is held for two of them is meant."""
STUCK_SECONDS = 2.0
"""So long without a step forward, and a person is told what is to be mended."""
PHOTO_SCALE = 3
TEST_SECONDS = 1.0


class FaceCamera:
    """One camera with a face detector."""

    def __init__(self, settings: DeviceSettings, slot: FrameSlot, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = settings.name
        self._settings = settings
        self._capture = Capture(settings.port, clock)
        self._slot = slot
        self._clock = clock
        self._detector: FaceDetector | None = None
        self._recogniser: SfaceRecogniser | None = None
        self._missing: ModelMissing | None = None
        self._uncomparing = ModelMissing.code
        """Code of why faces are not compared; empty when they are."""
        self._last_outcome = ""
        """How the last comparison ended and how alike the faces were: what a threshold is calibrated by."""
        self._active = False
        self._size = ""
        self._hints = HintSteadier[FaceHint]()
        self._detect_at = 0.0

    def open(self) -> None:
        """Open the camera and load the detector; see that its frames come; raises PortMissing, PortBusy, CameraFrozen."""
        self._capture.open()
        self._capture.prove(self._slot)
        if self._detector is None:
            self._detector, self._missing = load_detector(self._settings.detector_model)
            self._load_recogniser()

    def attend(self, active: bool) -> Iterable[Report]:
        """One frame while active, with a hint when it changes; raises CameraFrozen, DeviceUnplugged."""
        if active != self._active:
            self._turn(active)
        if not active:
            self._capture.pause(ROUND_SECONDS)
            return
        frame = self._capture.read(ROUND_SECONDS)
        if frame is not None:
            yield from self._see(frame)

    def perform(self, order: Order) -> Iterable[Report]:
        """The technician's test: frames for a second, their rate, light and sharpness. Or a comparison, half a minute at most."""
        match order:
            case SelfTest():
                return (self._test(),)
            case CompareFace():
                return self._compare(order)
            case PrintJob() | CapturePage():
                raise CommandRefused("a face camera only looks at faces")
            case _ as never:
                assert_never(never)

    def health(self) -> Health:
        """Size and detector; a missing model is named, the camera goes on with the built-in detector."""
        facts = {"detector": self._detector.name if self._detector else "", "compares": self._uncomparing or "yes"}
        if self._size:
            facts["frame"] = self._size
        if self._last_outcome:
            facts["last-comparison"] = self._last_outcome
        if self._missing is None:
            return Health(facts=facts)
        return Health(trouble=self._missing.code, detail=self._missing.detail, facts=facts)

    def close(self) -> None:
        """Let the camera go and wipe the slot."""
        self._capture.close()
        self._slot.wipe()

    # --- comparing ------------------------------------------------------------------------------------------------

    def _load_recogniser(self) -> None:
        """Faces are compared when detector, recogniser and photo decoder are all there."""
        wanted = self._settings.recogniser_model
        if not wanted or not isinstance(self._detector, YunetDetector):
            return
        try:
            self._recogniser = SfaceRecogniser(Path(wanted), SFACE)
        except ModelMissing as missing:
            self._missing = missing
            return
        self._uncomparing = "" if Path(self._settings.photo_library).is_file() else PhotoUndecoded.code

    def _compare(self, order: CompareFace) -> Iterator[Report]:
        """Turns asked for until the person is alive, then one look at the photograph; nothing of it is kept."""
        detector, recogniser = self._detector, self._recogniser
        if detector is None or recogniser is None or self._uncomparing:
            yield FaceCompared(self._name, order.job, self._uncomparing or ModelMissing.code)
            return
        try:
            on_card = self._on_card(order.photo, detector, recogniser)
        except PhotoUndecoded as trouble:
            yield FaceCompared(self._name, order.job, trouble.code, trouble.detail)
            return
        comparison = Comparison(random_turns(), on_card, self._settings.face_threshold, detector, recogniser, self._clock())
        outcome = yield from self._look_until_known(order, comparison)
        self._slot.wipe()
        self._last_outcome = f"{outcome.code or 'the same'} {outcome.detail}".strip()
        yield FaceCompared(self._name, order.job, outcome.code, outcome.detail)

    def _look_until_known(self, order: CompareFace, comparison: Comparison) -> Generator[Report, None, Outcome]:
        """Frames to the slot, what is asked and what is to be mended to the visit; the outcome, also when it was given up."""
        self._capture.start_again()
        told: Progress | None = None
        outcome: Outcome | None = None
        hints = HintSteadier[FaceHint]()
        look_at = moved_at = 0.0
        while outcome is None:
            if told != comparison.progress:
                told, moved_at = comparison.progress, self._clock()
                yield FaceAsked(self._name, order.job, told.ask, told.done, told.of)
            if order.given_up.is_set() or not self._slot.wanted:
                outcome = Outcome("face-given-up")
            elif (frame := self._capture.read(ROUND_SECONDS)) is not None:
                if self._clock() >= look_at:
                    look_at = self._clock() + LOOK_SECONDS
                    outcome = comparison.look(frame, self._clock())
                    stuck = self._clock() - moved_at > STUCK_SECONDS
                    if (hint := hints.settle(comparison.hint if stuck else FaceHint.GOOD)) is not None:
                        yield FaceSeen(self._name, hint)
                self._slot.put(live_picture(frame, mirrored=True))
                yield FrameReady(self._name)
        return outcome

    def _on_card(self, wlt: bytes, detector: FaceDetector, recogniser: SfaceRecogniser) -> Vector:
        """The face on the card as a vector; the photograph is small, so it is enlarged before a face is looked for."""
        photo = decode_photo(self._settings.photo_library, wlt)
        large = np.asarray(cv2.resize(photo, None, fx=PHOTO_SCALE, fy=PHOTO_SCALE, interpolation=cv2.INTER_CUBIC), np.uint8)
        photo.fill(0)
        faces = detector.find(large)
        try:
            if not faces:
                raise PhotoUndecoded("no face is found on the photograph")
            return recogniser.vector(large, faces[0])
        finally:
            large.fill(0)

    # --- looking --------------------------------------------------------------------------------------------------

    def _turn(self, active: bool) -> None:
        self._active = active
        self._hints = HintSteadier[FaceHint]()
        self._detect_at = 0.0
        if active:
            self._capture.start_again()
        else:
            self._slot.wipe()

    def _see(self, frame: Frame) -> Iterator[Report]:
        self._size = f"{frame.shape[1]}×{frame.shape[0]}"
        hint = self._hint(frame)
        self._slot.put(live_picture(frame, mirrored=True))
        yield FrameReady(self._name)
        if hint is not None:
            yield FaceSeen(self._name, hint)

    def _hint(self, frame: Frame) -> FaceHint | None:
        """The new hint; None when it is too early to look or the hint is the same. Before the frame is given away."""
        if self._detector is None or self._clock() < self._detect_at:
            return None
        self._detect_at = self._clock() + DETECTION_SECONDS
        faces = self._detector.find(frame)
        return self._hints.settle(guide(faces, measure(frame, faces[0] if faces else None)))

    def _test(self) -> TestFinished:
        frames, last = self._capture.watch(TEST_SECONDS)
        if last is None:
            return TestFinished(self._name, CameraFrozen.code, f"no picture within {TEST_SECONDS:.0f} s")
        seen = measure(last)
        overwrite(last)
        detail = f"{last.shape[1]}×{last.shape[0]}, {frames / TEST_SECONDS:.0f} frames/s"
        return TestFinished(
            self._name,
            self._missing.code if self._missing else "",
            f"{detail}, brightness {seen.brightness:.0f}, sharpness {seen.sharpness:.0f}",
        )
