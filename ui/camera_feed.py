"""A camera's newest frame as a picture in QML; lives on the GUI thread, draws on the scene graph's.

A QSGImageNode with a texture of the frame costs about half of what an image provider does. The picture comes ready from the
camera's thread (`devices/face_camera/live_picture.py`): it is neither changed nor copied here, and overwritten for the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Property, QObject, QRectF, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtQml import QmlElement
from PySide6.QtQuick import QQuickItem, QQuickTextureFactory, QQuickWindow, QSGImageNode, QSGNode
from shiboken6 import delete

from devices.frame_slot import overwrite

if TYPE_CHECKING:  # numpy comes with frames, and only when somebody looks at a camera
    from devices.frame_slot import Picture
    from ui.parts import Frames

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1

FRAME_MS = 66
"""Fifteen pictures a second are live enough to stand right before a camera."""
STALE_LOOKS = 30
"""After so many looks without a newer picture, two seconds, the camera is lost or hangs: nobody's face stays on the screen."""


@QmlElement
class CameraFeed(QObject):
    """Asks for the newest frame while it runs."""

    frameChanged = Signal()

    def __init__(self, frames: Frames | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._frames = frames
        self._device = ""
        self._missed = 0
        self.picture: Picture | None = None
        """The newest; overwritten as soon as there is a newer one, or none is wanted."""
        self.window: QQuickWindow | None = None
        """The window the picture is shown in; set once there is one."""
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self.look)

    @property
    def running(self) -> bool:
        """Whether it asks for frames."""
        return self._device != ""

    def start(self, device: str) -> None:
        """Show this camera from now on."""
        self._device = device
        self._timer.start()
        self.look()

    def stop(self) -> None:
        """Stop, and overwrite the last picture."""
        self._timer.stop()
        self._device = ""
        self._put(None)

    def look(self) -> None:
        """Take the newest picture, if there is a newer one; overwrite one that stays the newest for too long."""
        picture = self._frames.newest_frame(self._device) if self._frames is not None and self._device else None
        self._missed = 0 if picture is not None else self._missed + 1
        if picture is not None or (self.picture is not None and self._missed >= STALE_LOOKS):
            self._put(picture)

    @Property(bool, notify=frameChanged)
    def live(self) -> bool:
        """There is a picture."""
        return self.picture is not None

    def _put(self, picture: Picture | None) -> None:
        overtaken, self.picture = self.picture, picture
        overwrite(overtaken)
        self.frameChanged.emit()


@QmlElement
class CameraView(QQuickItem):
    """Draws a feed's picture as large as fits, in the middle.

    WORKAROUND for PySide6: an item of Python's that QML makes is never let go, so the whole program has one (`LiveView.qml`).
    """

    feedChanged = Signal()

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._feed: CameraFeed | None = None
        self._drawn: Picture | None = None
        """Whose memory the texture may be looking at: held for as long."""
        self.setFlag(QQuickItem.Flag.ItemHasContents)

    def updatePaintNode(  # type: ignore[override]  # None is how Qt is told that nothing is drawn; the stubs leave it out
        self, node: QSGNode | None, _data: QQuickItem.UpdatePaintNodeData
    ) -> QSGNode | None:
        """Qt asks for the picture; the node owns its texture."""
        # WORKAROUND for PySide6: QQuickItem.window() makes the window's wrapper a child of the item's, and it dies with the item.
        window = self._feed.window if self._feed is not None else None
        drawn = node if isinstance(node, QSGImageNode) else None
        if window is None:
            return drawn
        picture = self._feed.picture if self._feed is not None else None
        if drawn is None:
            if picture is None:
                return None
            drawn = window.createImageNode()
        image = image_over(picture) if picture is not None else nothing()
        # WORKAROUND for PySide6: whoever makes a texture holds its wrapper for ever, so the window must not: 15 a second.
        maker = QQuickTextureFactory.textureFactoryForImage(image)
        drawn.setTexture(maker.createTexture(window))  # here the one before is deleted, and all that looks at its picture
        drawn.setOwnsTexture(True)
        delete(maker)
        self._drawn = picture
        drawn.setRect(fitted(image.size(), self.width(), self.height()))
        return drawn

    @Slot()
    def _draw_anew(self) -> None:
        # WORKAROUND for PySide6: connecting Qt's own `update` and disconnecting it again leaves a little behind each time.
        self.update()

    def _get_feed(self) -> CameraFeed | None:
        return self._feed

    def _set_feed(self, feed: CameraFeed | None) -> None:
        if feed is not self._feed:
            if self._feed is not None:
                self._feed.frameChanged.disconnect(self._draw_anew)
            self._feed = feed
            if feed is not None:
                feed.frameChanged.connect(self._draw_anew)
            self.feedChanged.emit()
            self.update()

    feed = Property(CameraFeed, _get_feed, _set_feed, notify=feedChanged)


def fitted(size: QSize, width: float, height: float) -> QRectF:
    """The largest rectangle of the picture's proportions in the middle of this room."""
    scale = min(width / size.width(), height / size.height())
    drawn_width, drawn_height = size.width() * scale, size.height() * scale
    return QRectF((width - drawn_width) / 2, (height - drawn_height) / 2, drawn_width, drawn_height)


def image_over(picture: Picture) -> QImage:
    """The picture's own memory as an image: whoever uses it holds the picture as well."""
    height, width, colours = picture.shape
    assert (colours, picture.flags.c_contiguous) == (4, True)  # Qt reads as much as it is told
    return QImage(picture.data, width, height, 4 * width, QImage.Format.Format_RGB32)


def nothing() -> QImage:
    """In a picture's place: a node that stands in the scene must have a texture."""
    image = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    return image
