"""Icons in any colour: an image provider that rewrites the `fill` of the SVGs in `qml/Icons`.

`image://icon/NAME/RRGGBB`; the software scene graph has no effects that could tint a picture.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtQuick import QQuickImageProvider
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).parent / "qml" / "Icons"
UNKNOWN = "category"
DEFAULT_SIZE = 96


class IconProvider(QQuickImageProvider):
    """Draws one icon in one colour at the asked size."""

    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)

    def requestImage(self, name_and_colour: str, size: QSize, requested: QSize) -> QImage:
        """Qt asks for `NAME/RRGGBB`; an unknown name gets the icon `category`."""
        name, _, colour = name_and_colour.partition("/")
        width = requested.width() if requested.width() > 0 else DEFAULT_SIZE
        image = _draw(name, colour or "000000", width)
        size.setWidth(image.width())
        size.setHeight(image.height())
        return image


def transparent(width: int) -> QImage:
    """A square of nothing. Not by `fill`, whose `Qt.GlobalColor` would build 130 enumerations before the first picture."""
    return QImage(bytes(4 * width * width), width, width, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()


@lru_cache(maxsize=256)
def _draw(name: str, colour: str, width: int) -> QImage:
    path = FOLDER / f"{name}.svg"
    svg = (path if path.exists() else FOLDER / f"{UNKNOWN}.svg").read_text("ascii")
    image = transparent(width)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.replace("<svg ", f'<svg fill="#{colour}" ', 1).encode())).render(painter, QRectF(image.rect()))
    painter.end()
    return image
