"""The slip of the visit as a picture on the screen: `image://slip/N`, N growing so that nothing old is shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickImageProvider


class SlipProvider(QQuickImageProvider):
    """Asks for the PNG each time; keeps nothing, because a slip is personal."""

    def __init__(self, slip_png: Callable[[], bytes]) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._slip_png = slip_png

    def requestImage(self, name: str, size: QSize, requested: QSize) -> QImage:
        """Qt asks; without a slip it gets one transparent pixel."""
        del name
        image = QImage.fromData(self._slip_png())
        if image.isNull():
            image = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
            image.fill(Qt.GlobalColor.transparent)
        if requested.width() > 0 and image.width() > 1:
            image = image.scaledToWidth(requested.width(), Qt.TransformationMode.SmoothTransformation)
        size.setWidth(image.width())
        size.setHeight(image.height())
        return image
