"""Pictures that live in memory only, on the screen: `image://slip/N` and `image://page/N`, N growing so that no old one shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickImageProvider

from ui.icons import transparent

if TYPE_CHECKING:
    from PySide6.QtCore import QSize


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
            image = transparent(1)
        if requested.width() > 0 and image.width() > 1:
            from PySide6.QtCore import Qt  # builds 130 enumerations, none of which the first picture needs

            image = image.scaledToWidth(requested.width(), Qt.TransformationMode.SmoothTransformation)
        size.setWidth(image.width())
        size.setHeight(image.height())
        return image
