"""A frame made ready for the screen on its camera's own thread: small enough, mirrored where wanted, in Qt's colours."""

from __future__ import annotations

import cv2
import numpy as np

from devices.frame_slot import Frame, Picture, overwrite

WIDEST = 1300
"""Pixels; no screen shows more of a camera's picture, and a document camera gives twice as much."""


def live_picture(frame: Frame, *, mirrored: bool) -> Picture:
    """The frame as it is shown, at most about 1300 pixels wide. The frame is given away for it, and overwritten."""
    height, width = frame.shape[:2]
    step = -(-width // WIDEST)
    small = frame
    if step > 1:
        small = np.asarray(cv2.resize(frame, (width // step, max(1, height // step)), interpolation=cv2.INTER_AREA), np.uint8)
    turned = np.asarray(cv2.flip(small, 1), np.uint8) if mirrored else small
    picture = np.asarray(cv2.cvtColor(turned, cv2.COLOR_BGR2BGRA), np.uint8)
    for each in (frame, small, turned):
        overwrite(each)
    return picture
