"""Pictures that live in memory only, on the screen: `image://slip/N` and `image://page/N`, N growing so that no old one shows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickImageProvider


class MemoryPicture(QQuickImageProvider):
    """Asks for the picture's bytes (PNG or JPEG) each time; keeps nothing, because slips and pages are personal."""

    def __init__(self, picture: Callable[[], bytes]) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._picture = picture

    def requestImage(self, name: str, size: QSize, requested: QSize) -> QImage:
        """Qt asks; without a picture it gets one transparent pixel."""
        del name
        image = QImage.fromData(self._picture())
        if image.isNull():
            image = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
            image.fill(Qt.GlobalColor.transparent)
        if requested.width() > 0 and image.width() > 1:
            image = image.scaledToWidth(requested.width(), Qt.TransformationMode.SmoothTransformation)
        size.setWidth(image.width())
        size.setHeight(image.height())
        return image
