"""Whether two pictures show one face: SFace through cv2.FaceRecognizerSF.

How it is called, and its thresholds: opencv/opencv_zoo, models/face_recognition_sface/sface.py.

What is compared are vectors, and they live as long as one comparison: none is kept, told or written.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from devices.face_camera.detection import Face, Landmarks
from devices.face_camera.models import SFACE, FaceModel, checked_bytes
from devices.frame_slot import Frame

Vector = NDArray[np.float32]


class SfaceRecogniser:
    """Makes a vector of a face and compares two; raises ModelMissing when the file is absent or not the pinned one."""

    def __init__(self, path: Path, model: FaceModel = SFACE) -> None:
        data = checked_bytes(path, model)
        self._net = cv2.FaceRecognizerSF.create("onnx", np.frombuffer(data, np.uint8), np.empty(0, np.uint8))

    def vector(self, frame: Frame, face: Face) -> Vector:
        """The face as a vector; it must have landmarks, by which it is straightened to 112 × 112 pixels first."""
        assert face.landmarks is not None
        aligned = self._net.alignCrop(frame, _row(face, face.landmarks))
        vector = np.array(self._net.feature(aligned), np.float32)  # a copy: the net gives its own memory
        aligned.fill(0)
        return vector

    def likeness(self, one: Vector, other: Vector) -> float:
        """The cosine between them, -1 to 1."""
        return float(self._net.match(one, other, cv2.FaceRecognizerSF_FR_COSINE))


def _row(face: Face, points: Landmarks) -> NDArray[np.float32]:
    """As YuNet tells a face: box, right eye, left eye, nose tip, right and left mouth corner."""
    five = (points.right_eye, points.left_eye, points.nose, points.right_mouth, points.left_mouth)
    return np.array([face.x, face.y, face.width, face.height, *(each for point in five for each in point)], np.float32)
