"""The live picture: mirrored, as large as fits, drawn, and gone when it is closed."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtQml import QQmlComponent
from PySide6.QtQuick import QQuickItem

from devices.face_camera.live_picture import live_picture
from devices.frame_slot import overwrite
from kiosk.visit.visit import FaceStage, FaceTry, Step, Visit
from ui.camera_feed import STALE_LOOKS, CameraFeed, CameraView, fitted, image_over
from ui.rehearsal.situations import PERSON, at, requiring, two_proofs
from ui.rehearsal.staff_stage import TECHNICIAN
from ui.rehearsal.stage import facts_with, with_face_camera

BLUE, GREEN, RED = (255, 0, 0), (0, 255, 0), (0, 0, 255)
"""In OpenCV's order."""
SKIN = QColor(225, 185, 150).rgb()
"""Of the painted face."""


def picture_of(*columns):
    return live_picture(np.array([list(columns)] * 2, np.uint8), mirrored=False)


class Pictures:
    """A room whose camera has these pictures."""

    def __init__(self, *pictures):
        self.pictures = list(pictures)

    def newest_frame(self, device):
        return self.pictures.pop(0) if self.pictures and device == "face-camera" else None


def test_a_picture_is_shown_in_its_own_colours_without_a_copy():
    picture = picture_of(BLUE, GREEN, RED)
    image = image_over(picture)
    assert [image.pixelColor(x, 0).name() for x in range(3)] == ["#0000ff", "#00ff00", "#ff0000"]
    overwrite(picture)
    assert {image.pixelColor(x, 0).name() for x in range(3)} == {"#000000"}


def test_no_frame_of_a_camera_is_taken_for_a_picture():
    with pytest.raises(AssertionError):
        image_over(np.zeros((2, 3, 3), np.uint8))


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


def test_the_feed_keeps_the_newest_picture_until_it_stops(qapp):
    first, second = picture_of(RED), picture_of(GREEN)
    feed = CameraFeed(Pictures(first, second))
    assert not feed.property("live")
    feed.start("face-camera")
    assert feed.picture is first
    feed.look()
    assert feed.picture is second
    assert not first.any()
    feed.look()
    assert feed.property("live")
    assert second.any()
    feed.stop()
    assert not feed.property("live")
    assert not second.any()


def test_a_camera_that_is_lost_leaves_no_face_on_the_screen_and_is_shown_again_when_it_is_back(qapp):
    last, back = picture_of(RED), picture_of(GREEN)
    room = Pictures(last)
    feed = CameraFeed(room)
    feed.start("face-camera")
    for _ in range(STALE_LOOKS):
        assert feed.property("live")
        feed.look()
    assert not feed.property("live")
    assert not last.any()
    room.pictures.append(back)
    feed.look()
    assert feed.picture is back
    feed.stop()


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
    assert shares(staff_hall.screens.window.grabWindow(), SKIN) > 0.02
    staff_hall.touch("camera-close")
    assert shares(staff_hall.screens.window.grabWindow(), SKIN) == 0
    assert staff_hall.screens.window.isVisible()


def test_a_camera_that_stops_leaves_no_picture_on_the_screen(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.hands.devices.test("face-camera")
    staff_hall.settle()
    feed = staff_hall.item("camera-view").feed
    assert shares(staff_hall.screens.window.grabWindow(), SKIN) > 0.02
    feed.stop()
    assert shares(staff_hall.screens.window.grabWindow(), SKIN) == 0


def test_however_often_a_camera_is_shown_there_is_one_view(staff_hall):
    facts = with_face_camera(facts_with())
    looking = replace(at(Step.IDENTIFY, two_proofs(), facts), person=PERSON, face=FaceTry(FaceStage.LOOKING))
    framing = replace(at(Step.MATERIALS, requiring(), facts), framing=True)

    def show_each() -> int:
        staff_hall.sign_in(TECHNICIAN)
        staff_hall.hands.devices.test("face-camera")
        staff_hall.settle()
        assert isinstance(staff_hall.item("camera-view"), CameraView)
        staff_hall.touch("camera-close")
        staff_hall.room.sign_out()
        for visit, name in ((looking, "face-view"), (framing, "page-view")):
            staff_hall.scene(visit, facts)
            assert isinstance(staff_hall.item(name), CameraView)
        staff_hall.scene(Visit())
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        return sum(isinstance(each, CameraView) for each in gc.get_objects())

    before = show_each()
    assert [show_each() for _ in range(3)] == [before] * 3


def test_however_many_pictures_a_camera_gives_none_leaves_anything_behind(staff_hall):
    staff_hall.sign_in(TECHNICIAN)
    staff_hall.hands.devices.test("face-camera")
    staff_hall.settle()
    view = staff_hall.item("camera-view")
    feed = view.feed

    def left_after(pictures: int) -> Counter[str]:
        for _ in range(pictures):
            feed._put(picture_of(RED, GREEN))
            staff_hall.settle()
        assert view._drawn is feed.picture
        gc.collect()
        return Counter(name for each in gc.get_objects() if (name := type(each).__name__).startswith(("QSG", "QQuickTexture")))

    before = left_after(1)
    assert left_after(5) == before


def test_however_often_the_view_changes_its_camera_nothing_is_left_behind(qapp):
    view, feed = CameraView(), CameraFeed()

    def held_after(changes: int) -> int:
        for _ in range(changes):
            view.feed = feed
            view.feed = None
        gc.collect()
        return sys.getallocatedblocks()

    before = held_after(100)
    assert held_after(1000) - before < 500  # of Python's memory; less than one in two changes


TWO_PLACES = b"""
import QtQuick
import Controls
import KioskUi

Item {
    required property CameraFeed one
    required property CameraFeed other

    LivePicture { objectName: "lower"; viewName: "in-lower"; feed: one }
    LivePicture { objectName: "upper"; viewName: "in-upper"; feed: other; visible: false }
}
"""


def test_a_picture_under_another_is_shown_again_when_the_upper_goes(staff_hall):
    one, other = CameraFeed(), CameraFeed()
    component = QQmlComponent(staff_hall.screens._engine)
    component.setData(TWO_PLACES, QUrl())
    both = component.createWithInitialProperties({"one": one, "other": other})
    lower, upper = (both.findChild(QQuickItem, name) for name in ("lower", "upper"))
    (view,) = lower.childItems()
    upper.setVisible(True)
    assert (lower.childItems(), upper.childItems()) == ([], [view])
    assert (view.objectName(), view.feed) == ("in-upper", other)
    upper.setVisible(False)
    assert (lower.childItems(), upper.childItems()) == ([view], [])
    assert (view.objectName(), view.feed) == ("in-lower", one)
    lower.setVisible(False)
    assert (view.parentItem(), view.feed) == (None, None)


def shares(image: QImage, colour: int) -> float:
    pixels = np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint32)
    return float(np.mean((pixels & 0xFFFFFF) == (colour & 0xFFFFFF)))
