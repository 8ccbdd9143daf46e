"""What a frame of the face camera costs, and how many are delivered while all other devices work; part of `devices`.

YuNet is measured where its model is: KIOSK_MODELS=FOLDER names the folder that `kiosk models install` filled.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from benchmarks.report import Row, compared, least, median_of, most, unmeasured
from devices.emulators.bench import CODE_CAMERA, CODE_SCANNER, FACE_CAMERA, PLAIN_SCANNER, Bench
from devices.emulators.camera_picture import CameraPicture
from devices.errors import ModelMissing
from devices.face_camera.capture import FRAME_SECONDS, load_picture
from devices.face_camera.detection import Face, FaceDetector, HaarDetector, YunetDetector
from devices.face_camera.guidance import guide
from devices.face_camera.models import YUNET
from devices.face_camera.quality import measure as measure_quality
from devices.frame_slot import Frame, FrameSlot
from devices.rack import Rack
from devices.receipt_printer.slip import Line, Slip
from devices.reports import DeviceKind, FrameReady, Report

MOST_DETECTION_MS: Final = 15.0
LEAST_SHARE: Final = 0.9
"""Of the frames that the camera shows."""
GUI_MS: Final = 16
"""A screen's own frame."""
WORK_MS: Final = 500
LOADING_SECONDS: Final = 1.5
"""The libraries of the cameras and the printer are loaded by then."""
MODELS = "KIOSK_MODELS"
SLIP = Slip((Line("测试页"), *(Line(f"第 {number} 行，字迹清楚") for number in range(20))))


def stages(quick: bool) -> Iterator[Row]:
    """Milliseconds a frame of 1280 × 720, stage by stage."""
    frame = head()
    runs = 20 if quick else 200
    haar = HaarDetector()
    yunet = model()
    if yunet is None:
        yield unmeasured(
            "detection, YuNet", "ms", f"its model is in no folder that {MODELS} names", f"<= {MOST_DETECTION_MS:g} ms"
        )
    else:
        yield most("detection, YuNet", detection(yunet, frame, runs), "ms", MOST_DETECTION_MS)
    yield compared(
        "detection, Haar", detection(haar, frame, runs), "ms", "YuNet", detection(yunet, frame, runs) if yunet else 0.0
    )
    (face, *_) = haar.find(frame)
    yield compared(
        "brightness, sharpness and guidance",
        timed(lambda: judge(frame, face), runs),
        "ms",
        "a camera's frame",
        1000 * FRAME_SECONDS,
    )
    slot = FrameSlot()
    yield compared(
        "handed over and taken", timed(lambda: hand_over(slot, frame), runs), "ms", "a camera's frame", 1000 * FRAME_SECONDS
    )


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


def hand_over(slot: FrameSlot, frame: Frame) -> None:
    """From the camera's thread to the screen's: no copy is made."""
    slot.put(frame)
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
    """Frames of the face camera a second, and how late the GUI thread's timers are, while codes are scanned and slips printed.

    The timer stands for the screen: nothing is drawn, and nothing is sent.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    seconds = 4.0 if quick else 15.0
    with tempfile.TemporaryDirectory() as directory:
        hall = BusyHall(Path(directory))
        try:
            hall.live(seconds)
        finally:
            hall.stop()
        printed = len(hall.bench.slips())
    late = sorted(hall.intervals)
    yield least("frames a second while scanning and printing go on", hall.frames / seconds, "1/s", LEAST_SHARE / FRAME_SECONDS)
    yield compared("a GUI timer's interval meanwhile, median", statistics.median(late), "ms", "wanted", float(GUI_MS))
    yield compared("a GUI timer's interval meanwhile, p95", late[int(len(late) * 0.95)], "ms", "wanted", float(GUI_MS))
    yield compared("slips printed meanwhile", float(printed), "", "ordered", float(hall.rounds))


class BusyHall:
    """Every emulated device at work at once; the face camera's frames are counted and taken as a screen would."""

    def __init__(self, directory: Path) -> None:
        self.frames = self.rounds = 0
        self.intervals: list[float] = []
        self._ticked_at = 0.0
        self.bench = Bench(directory)
        self._rack = Rack(self.bench.settings(), self._hear, lambda: datetime.now(UTC))
        self._rack.start()
        for kind in DeviceKind:
            self._rack.activate(kind, active=True)

    def live(self, seconds: float) -> None:
        """Work and count for this long, on a Qt event loop."""
        from PySide6.QtCore import QCoreApplication, Qt, QTimer

        app = QCoreApplication.instance() or QCoreApplication([])
        time.sleep(LOADING_SECONDS)
        screen, work = QTimer(interval=GUI_MS), QTimer(interval=WORK_MS)
        screen.setTimerType(Qt.TimerType.PreciseTimer)
        screen.timeout.connect(self._tick)
        work.timeout.connect(self._work)
        self.frames, self._ticked_at = 0, time.perf_counter()
        screen.start()
        work.start()
        QTimer.singleShot(int(1000 * seconds), app.quit)
        app.exec()

    def stop(self) -> None:
        """Everything is at rest, and the frames are no longer counted."""
        self._rack.stop()
        self.bench.stop()

    def _hear(self, report: Report) -> None:
        self.frames += isinstance(report, FrameReady) and report.device == FACE_CAMERA

    def _tick(self) -> None:
        now = time.perf_counter()
        self.intervals.append(1000 * (now - self._ticked_at))
        self._ticked_at = now
        self._rack.newest_frame(FACE_CAMERA)

    def _work(self) -> None:
        self.rounds += 1
        for scanner in (CODE_SCANNER, PLAIN_SCANNER, CODE_CAMERA):
            self.bench.code(f"frame benchmark {self.rounds}", scanner)
        self._rack.print_slip(f"benchmark-{self.rounds}", SLIP)
