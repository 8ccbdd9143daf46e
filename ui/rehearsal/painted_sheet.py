"""A drawn plan on a sheet, as a document camera sees it and as the page that is cut out of it; nobody's paper."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QBuffer, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from devices.frame_slot import Picture

PAGE_WIDTH, PAGE_HEIGHT = 1000, 1414
MAT = QColor("#2f3440")


@lru_cache(maxsize=1)
def sample_page() -> bytes:
    """The straightened page as JPEG."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    _page().save(buffer, "JPEG", 85)  # type: ignore[call-overload]  # the stubs want bytes for the format, Qt takes text
    return bytes(buffer.data().data())


def sheet_picture() -> Picture:
    """The sheet on its mat, a little turned, as a document camera shows it; 972 × 1296."""
    picture = QImage(1296, 972, QImage.Format.Format_RGB32)
    picture.fill(MAT)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.translate(QPointF(648, 486))
    painter.rotate(4)
    painter.drawImage(QRectF(-306, -432, 612, 864), _page())
    painter.end()
    return np.frombuffer(picture.constBits(), np.uint8).reshape(972, 1296, 4).copy()


def _page() -> QImage:
    page = QImage(PAGE_WIDTH, PAGE_HEIGHT, QImage.Format.Format_RGB32)
    page.fill(QColor("#f4f2ec"))
    painter = QPainter(page)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("#2a2f3a"), 5))
    painter.setFont(QFont("Noto Sans CJK SC", 40))
    painter.drawText(QRectF(0, 70, PAGE_WIDTH, 90), Qt.AlignmentFlag.AlignCenter, "场所平面布置图（示例）")
    for room, name in (
        (QRectF(110, 220, 460, 420), "营业区"),
        (QRectF(570, 220, 320, 260), "药品储存区"),
        (QRectF(570, 480, 320, 160), "阴凉区"),
        (QRectF(110, 640, 780, 260), "处方药区"),
    ):
        painter.drawRect(room)
        painter.setFont(QFont("Noto Sans CJK SC", 26))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, name)
    painter.setFont(QFont("Noto Sans CJK SC", 22))
    for line, text in enumerate(
        ("建筑面积：96 平方米", "出入口：南侧 1 处，北侧 1 处", "比例：1∶100", "绘制日期：2026年11月20日")
    ):
        painter.drawText(QPointF(120, 990 + 64 * line), text)
    painter.end()
    return page
