"""How bright and how sharp a frame or a face in it is: numbers for the guidance and for the technician."""

from __future__ import annotations

import cv2
import numpy as np

from devices.face_camera.detection import Face
from devices.frame_slot import Frame
from devices.values import dataclass

MEASURED_SIZE = 112
"""Sharpness depends on size, so everything is measured at 112 × 112 pixels, the size faces are compared at."""

CLIPPED_ABOVE = 250


@dataclass(frozen=True, slots=True)
class Measures:
    """Of the face where one was found, else of the whole frame."""

    frame_height: int
    brightness: float
    """Mean grey, 0 to 255."""
    clipped: float
    """Share of pixels burnt out to white, 0 to 1."""
    sharpness: float
    """Variance of the Laplacian; a face held still in fair light has some hundreds."""


def measure(frame: Frame, face: Face | None = None) -> Measures:
    """Measure the face's box, or the whole frame."""
    part = frame if face is None else _crop(frame, face)
    grey = cv2.cvtColor(cv2.resize(part, (MEASURED_SIZE, MEASURED_SIZE), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    return Measures(
        frame_height=frame.shape[0],
        brightness=float(np.mean(grey)),
        clipped=float(np.mean(grey > CLIPPED_ABOVE)),
        sharpness=float(cv2.Laplacian(grey, cv2.CV_64F).var()),
    )


def _crop(frame: Frame, face: Face) -> Frame:
    """The box as far as it lies in the frame; the whole frame when none of it does."""
    top, left = max(0, round(face.y)), max(0, round(face.x))
    part = frame[top : max(top, round(face.y + face.height)), left : max(left, round(face.x + face.width))]
    return part if part.size else frame
