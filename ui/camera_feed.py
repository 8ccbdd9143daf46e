"""A camera's newest frame as a picture in QML; lives on the GUI thread, draws on the scene graph's.

A QSGImageNode with a texture of the frame costs about half of what an image provider does; nothing is kept of older frames.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Property, QObject, QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtQml import QmlElement
from PySide6.QtQuick import QQuickItem, QQuickWindow, QSGImageNode, QSGNode, QSGTexture

if TYPE_CHECKING:  # numpy comes with frames, and only when staff look at a camera
    from devices.frame_slot import Frame
    from ui.parts import Frames

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1

WIDEST = 1300
"""No screen shows more of a camera's picture; a document camera gives twice as much."""
FRAME_MS = 66
"""Fifteen pictures a second are live enough to stand right before a camera."""


@QmlElement
class CameraFeed(QObject):
    """Asks for the newest frame while it runs."""

    frameChanged = Signal()

    def __init__(self, frames: Frames | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._frames = frames
        self._device = ""
        self.mirrored = True
        """As people know themselves; a sheet is shown as it lies."""
        self.image = QImage()
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
        """Stop, and drop the last frame."""
        self._timer.stop()
        self._device = ""
        self.image = QImage()
        self.frameChanged.emit()

    def look(self) -> None:
        """Take the newest frame, if there is a newer one."""
        frame = self._frames.newest_frame(self._device) if self._frames is not None and self._device else None
        if frame is not None:
            self.image = picture_of(frame, mirrored=self.mirrored)
            self.frameChanged.emit()

    @Property(bool, notify=frameChanged)
    def live(self) -> bool:
        """There is a picture."""
        return not self.image.isNull()


def picture_of(frame: Frame, *, mirrored: bool) -> QImage:
    """The BGR frame, at most about 1300 pixels wide; a copy, for the frame's memory is the camera's."""
    step = -(-frame.shape[1] // WIDEST)
    small = frame[::step, ::step]
    if mirrored:
        small = small[:, ::-1]
    height, width = small.shape[:2]
    picture = QImage(small.tobytes(), width, height, 3 * width, QImage.Format.Format_BGR888)
    return picture.convertToFormat(QImage.Format.Format_RGB32)


@QmlElement
class CameraView(QQuickItem):
    """Draws a feed's picture as large as fits, in the middle."""

    feedChanged = Signal()

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._feed: CameraFeed | None = None
        self._texture: QSGTexture | None = None
        self.setFlag(QQuickItem.Flag.ItemHasContents)

    def updatePaintNode(  # type: ignore[override]  # None is how Qt is told that nothing is drawn; the stubs leave it out
        self, node: QSGNode | None, _data: QQuickItem.UpdatePaintNodeData
    ) -> QSGNode | None:
        """Qt asks for the picture; the node owns its texture."""
        image = self._feed.image if self._feed is not None else QImage()
        # WORKAROUND for PySide6: QQuickItem.window() makes the window's wrapper a child of the item's, and it dies with the item.
        window = self._feed.window if self._feed is not None else None
        if image.isNull() or window is None:
            return None
        drawn = node if isinstance(node, QSGImageNode) else window.createImageNode()
        self._texture = window.createTextureFromImage(image)
        drawn.setTexture(self._texture)
        drawn.setOwnsTexture(True)
        drawn.setRect(fitted(image.size(), self.width(), self.height()))
        return drawn

    def _get_feed(self) -> CameraFeed | None:
        return self._feed

    def _set_feed(self, feed: CameraFeed | None) -> None:
        if feed is not self._feed:
            if self._feed is not None:
                self._feed.frameChanged.disconnect(self.update)
            self._feed = feed
            if feed is not None:
                feed.frameChanged.connect(self.update)
            self.feedChanged.emit()
            self.update()

    feed = Property(CameraFeed, _get_feed, _set_feed, notify=feedChanged)


def fitted(size: QSize, width: float, height: float) -> QRectF:
    """The largest rectangle of the picture's proportions in the middle of this room."""
    scale = min(width / size.width(), height / size.height())
    drawn_width, drawn_height = size.width() * scale, size.height() * scale
    return QRectF((width - drawn_width) / 2, (height - drawn_height) / 2, drawn_width, drawn_height)
