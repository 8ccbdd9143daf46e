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
    """Frames of the face camera a second, and the screen's own interval, while codes are scanned and slips printed."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QCoreApplication, Qt, QTimer

    seconds = 4.0 if quick else 15.0
    frames = 0
    scans = 0

    def hear(report: Report) -> None:
        nonlocal frames
        frames += isinstance(report, FrameReady) and report.device == FACE_CAMERA

    app = QCoreApplication.instance() or QCoreApplication([])
    intervals: list[float] = []
    last = 0.0
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(Path(directory))
        rack = Rack(bench.settings(), hear, lambda: datetime.now(UTC))
        rack.start()
        for kind in DeviceKind:
            rack.activate(kind, active=True)

        def tick() -> None:
            nonlocal last
            now = time.perf_counter()
            intervals.append(1000 * (now - last))
            last = now
            rack.newest_frame(FACE_CAMERA)

        def work() -> None:
            nonlocal scans
            scans += 1
            for scanner in (CODE_SCANNER, PLAIN_SCANNER, CODE_CAMERA):
                bench.code(f"frame benchmark {scans}", scanner)
            rack.print_slip(f"benchmark-{scans}", SLIP)

        try:
            time.sleep(1.5)  # the libraries of the cameras and the printer are loaded
            frames = 0
            screen, working, end = (
                QTimer(interval=GUI_MS),
                QTimer(interval=500),
                QTimer(interval=int(1000 * seconds), singleShot=True),
            )
            screen.setTimerType(Qt.TimerType.PreciseTimer)
            screen.timeout.connect(tick)
            working.timeout.connect(work)
            end.timeout.connect(app.quit)
            last = time.perf_counter()
            for timer in (screen, working, end):
                timer.start()
            app.exec()
        finally:
            rack.stop()
            bench.stop()
        printed = len(bench.slips())
    shown = 1 / FRAME_SECONDS
    yield least("frames a second while scanning and printing go on", frames / seconds, "1/s", LEAST_SHARE * shown)
    yield compared("the screen's interval meanwhile, median", statistics.median(intervals), "ms", "wanted", float(GUI_MS))
    yield compared(
        "the screen's interval meanwhile, 95th of 100",
        sorted(intervals)[int(len(intervals) * 0.95)],
        "ms",
        "wanted",
        float(GUI_MS),
    )
    yield compared("slips printed meanwhile", float(printed), "", "ordered", float(scans))
