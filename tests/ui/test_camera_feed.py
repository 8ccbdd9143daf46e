"""The live picture: mirrored, as large as fits, drawn, and gone when it is closed."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage

from ui.camera_feed import CameraFeed, CameraView, fitted, picture_of
from ui.rehearsal.staff_stage import TECHNICIAN

BLUE, GREEN, RED = (255, 0, 0), (0, 255, 0), (0, 0, 255)
"""In OpenCV's order."""


def frame_of(*columns):
    return np.array([list(columns)] * 2, np.uint8)


class OneFrame:
    """A room whose camera has one frame."""

    def __init__(self, frame):
        self.frames = [frame]

    def newest_frame(self, device):
        return self.frames.pop() if self.frames and device == "face-camera" else None


def test_a_frame_is_shown_as_in_a_mirror_in_its_own_colours():
    image = picture_of(frame_of(BLUE, GREEN, RED), mirrored=True)
    assert [image.pixelColor(x, 0).name() for x in range(3)] == ["#ff0000", "#00ff00", "#0000ff"]


def test_a_sheet_is_shown_as_it_lies_and_no_larger_than_a_screen():
    image = picture_of(frame_of(BLUE, GREEN, RED), mirrored=False)
    assert [image.pixelColor(x, 0).name() for x in range(3)] == ["#0000ff", "#00ff00", "#ff0000"]
    large = np.zeros((1944, 2592, 3), np.uint8)
    large[:, 1296:] = RED
    small = picture_of(large, mirrored=False)
    assert (small.width(), small.height()) == (1296, 972)
    assert [small.pixelColor(x, 971).name() for x in (0, 1295)] == ["#000000", "#ff0000"]


def test_the_picture_is_a_copy():
    frame = frame_of(BLUE, BLUE)
    image = picture_of(frame, mirrored=True)
    frame[:] = 0
    assert image.pixelColor(0, 0) == QColor("#0000ff")


def test_an_odd_width_is_no_skew():
    image = picture_of(np.tile(np.array([[BLUE, GREEN, RED, RED, RED]], np.uint8), (7, 1, 1)), mirrored=True)
    assert {image.pixelColor(4, y).name() for y in range(7)} == {"#0000ff"}


@pytest.mark.parametrize(
    ("size", "room", "drawn"),
    [
        ((640, 480), (640, 960), (0, 240, 640, 480)),
        ((640, 480), (1280, 480), (320, 0, 640, 480)),
        ((4, 2), (100, 100), (0, 25, 100, 50)),
    ],
)
def test_it_is_as_large_as_fits_and_in_the_middle(size, room, drawn):
    assert fitted(QSize(*size), *room).getRect() == drawn


def test_the_feed_keeps_the_newest_frame_until_it_stops(qapp):
    feed = CameraFeed(OneFrame(frame_of(RED)))
    assert not feed.property("live")
    feed.start("face-camera")
    assert feed.property("live")
    feed.look()
    assert feed.property("live")
    feed.stop()
    assert not feed.property("live")
    assert feed.image.isNull()


def test_a_feed_without_a_room_shows_nothing(qapp):
    feed = CameraFeed()
    feed.start("face-camera")
    assert not feed.property("live")
    feed.stop()


def test_the_picture_is_drawn_on_the_screen_and_gone_afterwards(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.hands.devices.test("face-camera")
    staff_hall.settle()
    view = staff_hall.item("camera-view")
    assert isinstance(view, CameraView)
    skin = QColor(225, 185, 150).rgb()
    assert shares(staff_hall.screens.window.grabWindow(), skin) > 0.02
    staff_hall.touch("camera-close")
    assert shares(staff_hall.screens.window.grabWindow(), skin) == 0
    assert staff_hall.screens.window.isVisible()


def shares(image: QImage, colour: int) -> float:
    pixels = np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint32)
    return float(np.mean((pixels & 0xFFFFFF) == (colour & 0xFFFFFF)))
