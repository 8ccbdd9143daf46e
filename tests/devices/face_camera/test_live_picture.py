"""A frame as the screen shows it: mirrored where wanted, small enough, in Qt's colours, and the frame overwritten."""

from __future__ import annotations

import numpy as np

from devices.face_camera.live_picture import live_picture
from devices.frame_slot import Frame

BLUE, GREEN, RED = (255, 0, 0), (0, 255, 0), (0, 0, 255)
"""In OpenCV's order."""


def frame_of(*columns: tuple[int, int, int], rows: int = 2) -> Frame:
    return np.array([list(columns)] * rows, np.uint8)


def test_a_face_is_shown_as_in_a_mirror_and_a_sheet_as_it_lies() -> None:
    lying, mirrored = (live_picture(frame_of(BLUE, GREEN, RED), mirrored=each) for each in (False, True))
    assert lying[0].tolist() == [[*BLUE, 255], [*GREEN, 255], [*RED, 255]]
    assert mirrored[1].tolist() == [[*RED, 255], [*GREEN, 255], [*BLUE, 255]]


def test_an_odd_width_is_no_skew() -> None:
    picture = live_picture(frame_of(BLUE, GREEN, RED, RED, RED, rows=7), mirrored=True)
    assert (picture[:, 4] == [*BLUE, 255]).all()
    assert picture.flags.c_contiguous


def test_no_picture_is_larger_than_a_screen() -> None:
    large = np.zeros((1944, 2592, 3), np.uint8)
    large[:, 1296:] = RED
    picture = live_picture(large, mirrored=False)
    assert picture.shape == (972, 1296, 4)
    assert (picture[971, 0].tolist(), picture[971, 1295].tolist()) == ([0, 0, 0, 255], [*RED, 255])


def test_the_frame_is_overwritten_and_the_picture_is_its_own() -> None:
    for width, mirrored in ((8, False), (8, True), (1400, True)):
        frame = np.full((4, width, 3), 200, np.uint8)
        picture = live_picture(frame, mirrored=mirrored)
        assert not frame.any()
        assert (picture[..., :3] == 200).all()


def test_the_narrowest_frame_is_shown() -> None:
    assert live_picture(np.zeros((1, 4000, 3), np.uint8), mirrored=True).shape == (1, 1000, 4)
    assert live_picture(np.zeros((480, 1, 3), np.uint8), mirrored=True).shape == (480, 1, 4)
