"""What the rehearsal's cameras see: a painted face, nobody's, and a drawn sheet."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from devices.reports import DeviceKind
from ui.rehearsal.painted_sheet import sheet_picture

if TYPE_CHECKING:
    from devices.frame_slot import Picture


@lru_cache(maxsize=1)
def _painting() -> Picture:
    height, width = 480, 640
    down, across = np.mgrid[0:height, 0:width]
    frame = np.full((height, width, 4), 255, np.uint8)
    frame[..., 0], frame[..., 1], frame[..., 2] = 120 + down // 8, 110 + down // 10, 90 + across // 12
    for middle, radii, colour in (
        ((560, 320), (210, 210), (110, 70, 40)),
        ((230, 320), (150, 112), (150, 185, 225)),
        ((205, 280), (10, 14), (50, 40, 40)),
        ((205, 360), (10, 14), (50, 40, 40)),
        ((300, 320), (12, 42), (90, 90, 190)),
    ):
        inside = ((down - middle[0]) / radii[0]) ** 2 + ((across - middle[1]) / radii[1]) ** 2 <= 1
        frame[inside] = (*colour, 255)
    return frame


def painted_face() -> Picture:
    """As a face camera shows it, 480 × 640, given away."""
    return _painting().copy()


class PaintedFrames:
    """Cameras that always see the same."""

    def newest_frame(self, name: str) -> Picture | None:
        """The same picture each time."""
        if name == DeviceKind.DOCUMENT_CAMERA.value:
            return sheet_picture()
        return painted_face() if name else None
