"""Where faces are in a frame: YuNet when its model is installed, else OpenCV's built-in Haar cascade."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, cast

import cv2
import cv2.data
import numpy as np
from numpy.typing import NDArray

from devices.errors import ModelMissing
from devices.face_camera.models import YUNET, checked_bytes
from devices.frame_slot import Frame
from devices.values import dataclass

YUNET_SCORE = 0.8
YUNET_NMS = 0.3
YUNET_MOST_FACES = 50

DETECTION_WIDTH = 320
"""Frames are made this wide before detection: YuNet finds faces of 10 to 300 pixels, and 320 × 240 takes about 5 ms."""

Point = tuple[float, float]
Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Five points in the frame's pixels; right and left are the person's own."""

    right_eye: Point
    left_eye: Point
    nose: Point
    right_mouth: Point
    left_mouth: Point


@dataclass(frozen=True, slots=True)
class Face:
    """A face's box in the frame's pixels; Haar knows no landmarks."""

    x: float
    y: float
    width: float
    height: float
    landmarks: Landmarks | None = None


class FaceDetector(Protocol):
    """Finds faces, largest first."""

    name: str

    def find(self, frame: Frame) -> tuple[Face, ...]:
        """The faces in a frame of any size, in that frame's pixels."""


def load_detector(model: str) -> tuple[FaceDetector, ModelMissing | None]:
    """The best detector there is, and what is wrong with the model that was asked for; no model asked for is no trouble."""
    if not model:
        return HaarDetector(), None
    try:
        return YunetDetector(Path(model)), None
    except ModelMissing as missing:
        return HaarDetector(), missing


class YunetDetector:
    """YuNet through cv2.FaceDetectorYN; raises ModelMissing when the file is absent or not the pinned one."""

    name = "yunet"

    def __init__(self, model: Path) -> None:
        data = checked_bytes(model, YUNET)
        self._net = cv2.FaceDetectorYN.create(
            "onnx",
            np.frombuffer(data, np.uint8),
            np.empty(0, np.uint8),
            (DETECTION_WIDTH, DETECTION_WIDTH * 3 // 4),
            YUNET_SCORE,
            YUNET_NMS,
            YUNET_MOST_FACES,
        )

    def find(self, frame: Frame) -> tuple[Face, ...]:
        """The faces, largest first, with landmarks."""
        small, scale = _downscale(frame)
        self._net.setInputSize((small.shape[1], small.shape[0]))
        rows = cast("Rows | None", self._net.detect(small)[1])  # None without a face, whatever its type says
        if rows is None:
            return ()
        return _largest_first([_face_of_row([float(each) * scale for each in row[:14]]) for row in rows])


class HaarDetector:
    """The frontal face cascade of OpenCV's own wheel: no model file needed, no landmarks."""

    name = "haar"

    def __init__(self) -> None:
        self._cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")

    def find(self, frame: Frame) -> tuple[Face, ...]:
        """The faces, largest first."""
        small, scale = _downscale(frame)
        grey = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY))
        boxes = self._cascade.detectMultiScale(grey, scaleFactor=1.15, minNeighbors=5, minSize=(32, 32))
        return _largest_first([_face_of_box([float(each) * scale for each in box]) for box in boxes])


def _downscale(frame: Frame) -> tuple[Frame, float]:
    height, width = frame.shape[:2]
    if width <= DETECTION_WIDTH:
        return frame, 1.0
    scale = width / DETECTION_WIDTH
    small = cv2.resize(frame, (DETECTION_WIDTH, max(1, round(height / scale))), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), scale


def _face_of_box(box: list[float]) -> Face:
    return Face(box[0], box[1], box[2], box[3])


def _face_of_row(row: list[float]) -> Face:
    """YuNet's row: box, right eye, left eye, nose tip, right and left mouth corner."""
    points = [(row[place], row[place + 1]) for place in range(4, 14, 2)]
    return Face(row[0], row[1], row[2], row[3], Landmarks(*points))


def _largest_first(faces: list[Face]) -> tuple[Face, ...]:
    return tuple(sorted(faces, key=lambda face: face.width * face.height, reverse=True))
