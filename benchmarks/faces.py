"""What a frame of the face camera costs, and how many are delivered while all other devices work; part of `devices`.

YuNet and SFace are measured where their models are: KIOSK_MODELS=FOLDER names the folder that `kiosk models install` filled.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from benchmarks.queue_draining import SendingKiosk, reference_centre
from benchmarks.report import Row, compared, least, median_of, most, unmeasured
from devices.emulators.bench import CODE_CAMERA, CODE_SCANNER, FACE_CAMERA, PLAIN_SCANNER, Bench
from devices.emulators.camera_picture import CameraPicture
from devices.errors import ModelMissing
from devices.face_camera.capture import FRAME_SECONDS, load_picture
from devices.face_camera.detection import Face, FaceDetector, HaarDetector, Landmarks, YunetDetector
from devices.face_camera.guidance import guide
from devices.face_camera.live_picture import live_picture
from devices.face_camera.liveness import Liveness
from devices.face_camera.models import SFACE, YUNET
from devices.face_camera.quality import measure as measure_quality
from devices.face_camera.recognition import SfaceRecogniser
from devices.frame_slot import Frame, FrameSlot, Picture
from devices.rack import Rack
from devices.receipt_printer.slip import Line, Slip
from devices.reports import DeviceKind, FaceAsk, FrameReady, Report
from ui.camera_feed import FRAME_MS
from ui.rehearsal.situations import situations
from ui.rehearsal.stage import Stage, parts_of

MOST_DETECTION_MS: Final = 15.0
LEAST_SHARE: Final = 0.9
"""Of the frames that the camera shows."""
WORK_MS: Final = 500
LOADING_SECONDS: Final = 1.5
"""The libraries of the cameras and the printer are loaded by then."""
MODELS = "KIOSK_MODELS"
SLIP = Slip((Line("测试页"), *(Line(f"第 {number} 行，字迹清楚") for number in range(20))))


def stages(quick: bool) -> Iterator[Row]:
    """Milliseconds a frame of 1280 × 720, stage by stage."""
    frame = head()
    runs = 20 if quick else 200
    jpeg = cv2.imencode(".jpg", frame)[1]
    yield beside_a_frame("unpacked, as a camera on USB gives it", lambda: cv2.imdecode(jpeg, cv2.IMREAD_COLOR), runs)
    haar = HaarDetector()
    yunet = model()
    if yunet is None:
        yield unmeasured(
            "detection, YuNet", "ms", f"its model is in no folder that {MODELS} names", f"<= {MOST_DETECTION_MS:g} ms"
        )
    else:
        yield most("detection, YuNet", detection(yunet, frame, runs), "ms", MOST_DETECTION_MS)
    slow = detection(haar, frame, runs)
    if yunet is None:
        yield compared("detection, Haar", slow, "ms", "a camera's frame", 1000 * FRAME_SECONDS)
    else:
        yield compared("detection, Haar", slow, "ms", "YuNet", detection(yunet, frame, runs))
    (face, *_) = haar.find(frame)
    yield beside_a_frame("brightness, sharpness and guidance", lambda: judge(frame, face), runs)
    yield beside_a_frame("liveness, one look", lambda: Liveness((FaceAsk.TURN_LEFT,), 0.0).look((straight(face),), 0.1), runs)
    yield vector(frame, straight(face), runs)
    given_away = frame.copy()  # overwritten by each run, which costs the same as with a new one
    yield beside_a_frame("made ready for the screen", lambda: live_picture(given_away, mirrored=True), runs)
    slot, picture = FrameSlot(), live_picture(frame.copy(), mirrored=True)
    yield beside_a_frame("handed over and taken", lambda: hand_over(slot, picture), runs)


def beside_a_frame(what: str, work: Callable[[], object], runs: int) -> Row:
    """What takes so long that it must fit between two frames."""
    return compared(what, timed(work, runs), "ms", "a camera's frame", 1000 * FRAME_SECONDS)


def vector(frame: Frame, face: Face, runs: int) -> Row:
    """Straightened, made a vector and compared with another, as five times a second while faces are compared."""
    what = "compared with another face, SFace"
    try:
        recogniser = SfaceRecogniser(Path(os.environ.get(MODELS, "")) / SFACE.file)
    except ModelMissing:
        return replace(unmeasured(what, "ms", f"its model is in no folder that {MODELS} names", "none"), met=True)
    other = recogniser.vector(frame, face)
    return beside_a_frame(what, lambda: recogniser.likeness(other, recogniser.vector(frame, face)), runs)


def straight(face: Face) -> Face:
    """The drawn head has no face that YuNet knows: its landmarks are where a face's would be."""
    x, y, eighth = face.x + face.width / 2, face.y + face.height / 2, face.width / 8
    left, right = x - 2 * eighth, x + 2 * eighth
    points = Landmarks((left, y - eighth), (right, y - eighth), (x, y), (left, y + 2 * eighth), (right, y + 2 * eighth))
    return replace(face, landmarks=points)


def head() -> Frame:
    """A drawn head in a frame of 1280 × 720."""
    with tempfile.TemporaryDirectory() as directory:
        scene = CameraPicture(Path(directory) / "scene.png", head=True)
        scene.plug()
        picture = load_picture(scene.path)
    assert picture is not None
    wide = cv2.copyMakeBorder(picture, 0, 0, 107, 106, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(wide, (1280, 720)), np.uint8)


def model() -> YunetDetector | None:
    """YuNet, where its model is installed."""
    folder = os.environ.get(MODELS, "")
    try:
        return YunetDetector(Path(folder) / YUNET.file) if folder else None
    except ModelMissing:
        return None


def detection(detector: FaceDetector, frame: Frame, runs: int) -> float:
    """Milliseconds to find a face, scaling included."""
    return timed(lambda: detector.find(frame), runs)


def judge(frame: Frame, face: Face) -> None:
    """What follows a detection."""
    guide((face,), measure_quality(frame, face))


def hand_over(slot: FrameSlot, picture: Picture) -> None:
    """From the camera's thread to the screen's: no copy is made of what was made ready."""
    slot.put(picture)
    slot.take_newest()


def timed(work: Callable[[], object], runs: int) -> float:
    """Milliseconds, the median."""
    work()

    def once() -> float:
        begun = time.perf_counter()
        work()
        return 1000 * (time.perf_counter() - begun)

    return median_of(once, runs)


def while_all_goes_on(quick: bool) -> Iterator[Row]:
    """Frames of the face camera a second, and how often the screen is drawn, while codes are scanned, slips printed and
    submissions kept and sent.

    The screen is the kiosk's own, with the camera's picture in it: each new frame makes it be drawn anew.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    seconds = 4.0 if quick else 15.0
    with tempfile.TemporaryDirectory() as folder, reference_centre(Path(folder), "K03") as (url, identity):
        hall = BusyHall(Path(folder), SendingKiosk(Path(folder) / "store", url, identity))
        try:
            hall.live(seconds)
        finally:
            hall.stop()
        printed = len(hall.bench.slips())
    drawn, feed_ms = sorted(hall.intervals), float(FRAME_MS)
    meanwhile = "while scanning, printing and sending go on"
    yield least(f"frames a second {meanwhile}", hall.frames / seconds, "1/s", LEAST_SHARE / FRAME_SECONDS)
    yield compared("between two drawn screens meanwhile, median", statistics.median(drawn), "ms", "the picture's pace", feed_ms)
    yield compared("between two drawn screens meanwhile, p95", drawn[int(len(drawn) * 0.95)], "ms", "the picture's pace", feed_ms)
    yield compared("slips printed meanwhile", float(printed), "", "ordered", float(hall.rounds))
    yield compared("submissions accepted meanwhile", float(hall.kiosk.accepted), "", "kept", float(hall.kiosk.kept))


class BusyHall:
    """Every emulated device at work at once, a kiosk that sends, and the kiosk's screen with the face camera's picture."""

    def __init__(self, directory: Path, kiosk: SendingKiosk) -> None:
        self.frames = self.rounds = 0
        self.intervals: list[float] = []
        self.kiosk = kiosk
        self._drawn_at = 0.0
        self.bench = Bench(directory / "ports")
        self._rack = Rack(self.bench.settings(), self._hear, lambda: datetime.now(UTC))
        self._rack.start()
        for kind in DeviceKind:
            self._rack.activate(kind, active=kind is not DeviceKind.DOCUMENT_CAMERA)  # never both cameras at once in a visit

    def live(self, seconds: float) -> None:
        """Work and count for this long, on a Qt event loop."""
        from PySide6.QtCore import QSize, QTimer
        from PySide6.QtGui import QGuiApplication

        from ui.screens import Screens, set_font

        app = QGuiApplication.instance() or QGuiApplication([])
        assert isinstance(app, QGuiApplication)
        set_font(app)
        scene = next(one for one in situations() if one.name == "28-identify-face-turning")
        stage = Stage(scene.visit, scene.facts)
        screens = Screens(replace(parts_of(stage), frames=self._rack))
        screens.show(QSize(1080, 1920))
        time.sleep(LOADING_SECONDS)
        work = QTimer(interval=WORK_MS)
        work.timeout.connect(self._work)
        screens.window.frameSwapped.connect(self._drawn)
        self.frames, self._drawn_at = 0, time.perf_counter()
        work.start()
        QTimer.singleShot(int(1000 * seconds), app.quit)
        app.exec()
        screens.close()

    def stop(self) -> None:
        """Everything is at rest, and the frames are no longer counted."""
        self.kiosk.stop()
        self._rack.stop()
        self.bench.stop()

    def _hear(self, report: Report) -> None:
        self.frames += isinstance(report, FrameReady) and report.device == FACE_CAMERA

    def _drawn(self) -> None:
        now = time.perf_counter()
        self.intervals.append(1000 * (now - self._drawn_at))
        self._drawn_at = now

    def _work(self) -> None:
        self.rounds += 1
        for scanner in (CODE_SCANNER, PLAIN_SCANNER, CODE_CAMERA):
            self.bench.code(f"frame benchmark {self.rounds}", scanner)
        self._rack.print_slip(f"benchmark-{self.rounds}", SLIP)
        self.kiosk.keep()
