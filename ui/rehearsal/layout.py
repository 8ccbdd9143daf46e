"""What is wrong with a drawn screen: cut or overlapping text, small or overlapping touch targets, targets without a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtQml import QQmlExpression, qmlContext

if TYPE_CHECKING:
    from PySide6.QtQuick import QQuickItem, QQuickWindow

SMALLEST_TARGET = 72
"""Pixels of a 1080 px short side."""
SLACK = 3.0
SHADOW = 10.0
"""So far below itself a card's shadow reaches."""
COVERS = ("idle-warning", "leave-dialog", "help-dialog", "mishap", "camera-dialog", "options-dialog", "cancel-dialog")
"""What lies over everything else: then only it is looked at."""


@dataclass(slots=True)
class _Seen:
    texts: list[tuple[str, QRectF]] = field(default_factory=list)
    targets: list[tuple[str, QRectF]] = field(default_factory=list)
    pictures: list[tuple[str, QRectF]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    room: QRectF | None = None
    """Between a page's heading and its buttons, while what stands there is looked at."""


def complaints_about(window: QQuickWindow) -> list[str]:
    """One sentence for each thing that a person would stumble over; empty when the screen is sound."""
    root = next((item for item in walk(window.contentItem()) if item.objectName() in COVERS), window.contentItem())
    whole = QRectF(0, 0, window.width(), window.height())
    smallest = SMALLEST_TARGET * min(window.width(), window.height()) / 1080
    seen = _Seen()
    _look(root, whole, whole, seen)
    for name, rect in seen.targets:
        if rect.width() < smallest or rect.height() < smallest:
            seen.complaints.append(f"{name} is {rect.width():.0f}x{rect.height():.0f}, too small to touch")
    for kind, found in (("text", seen.texts), ("target", seen.targets)):
        for (name, rect), (other, other_rect) in combinations(found, 2):
            shared = rect.intersected(other_rect)
            if shared.width() > SLACK and shared.height() > SLACK:
                seen.complaints.append(f"{kind} {name!r} lies over {other!r}")
    for name, rect in seen.pictures:
        for text, text_rect in seen.texts:
            shared = rect.intersected(text_rect)
            if shared.width() > SLACK and shared.height() > SLACK:
                seen.complaints.append(f"picture {name!r} lies over text {text!r}")
    return seen.complaints


def walk(item: QQuickItem) -> Iterator[QQuickItem]:
    """The item and all visible ones below it, delegates of Repeaters among them."""
    if item.isVisible():
        yield item
        for child in item.childItems():
            yield from walk(child)


def find(window: QQuickWindow, name: str) -> QQuickItem | None:
    """The visible item with this objectName."""
    return next((item for item in walk(window.contentItem()) if item.objectName() == name), None)


def _look(item: QQuickItem, clip: QRectF, frame: QRectF, seen: _Seen) -> None:
    if not item.isVisible() or item.opacity() == 0:
        return
    rect = item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))
    if item.inherits("QQuickAbstractButton"):
        frame = rect
        if clip.adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(rect):
            seen.targets.append((item.objectName(), rect))
        elif not _scrolls(item):
            seen.complaints.append(f"target {item.objectName()!r} reaches out of the screen")
        if item.objectName() == "":
            seen.complaints.append(f"a target without objectName: {item.property('text')!r}")
    if item.objectName() == "room":
        seen.room = rect
    if item.inherits("QQuickRectangle") and _leaves(rect, seen.room) and not _scrolls(item):
        seen.complaints.append(f"a {rect.width():.0f}x{rect.height():.0f} piece reaches out of its page's room")
    if item.inherits("QQuickImage") and not (visible := rect.intersected(clip)).isEmpty():
        seen.pictures.append((item.objectName() or str(item.property("source")), visible))
    if item.inherits("QQuickText"):
        _look_at_text(item, rect, clip, frame, seen)
    if item.clip():
        clip = clip.intersected(rect)
    for child in item.childItems():
        _look(child, clip, frame, seen)
    if item.objectName() == "room":
        seen.room = None


def _leaves(rect: QRectF, room: QRectF | None) -> bool:
    return room is not None and not room.adjusted(-SHADOW, -SHADOW, SHADOW, SHADOW).contains(rect)


def _look_at_text(item: QQuickItem, rect: QRectF, clip: QRectF, frame: QRectF, seen: _Seen) -> None:
    text = str(item.property("text"))
    if not text.strip():
        return
    width, height = float(item.property("paintedWidth")), float(item.property("paintedHeight"))
    if item.property("truncated") or width > rect.width() + SLACK or height > rect.height() + SLACK:
        seen.complaints.append(f"text {text!r} is cut: {width:.0f}x{height:.0f} in {rect.width():.0f}x{rect.height():.0f}")
    painted = QRectF(_placed(item, rect, width, height), QSizeF(width, height))
    on_page = frame.topLeft() == QPointF(0, 0)
    if not frame.adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(painted) and not (on_page and _scrolls(item)):
        seen.complaints.append(f"text {text!r} reaches out of what it stands on")
    visible = painted.intersected(clip)
    if not visible.isEmpty():
        seen.texts.append((text, visible))


def _placed(item: QQuickItem, rect: QRectF, width: float, height: float) -> QPointF:
    # Qt for Python cannot read these two enums as properties.
    context = qmlContext(item)
    assert context is not None
    alignments = QQmlExpression(context, item, "[horizontalAlignment, verticalAlignment].join()").evaluate()[0]
    across, down = (int(alignment) for alignment in str(alignments).split(","))
    x, y = rect.x(), rect.y()
    if across == Qt.AlignmentFlag.AlignHCenter.value:
        x += (rect.width() - width) / 2
    elif across == Qt.AlignmentFlag.AlignRight.value:
        x += rect.width() - width
    if down == Qt.AlignmentFlag.AlignVCenter.value:
        y += (rect.height() - height) / 2
    return QPointF(x, y)


def _scrolls(item: QQuickItem) -> bool:
    """True when the item lies in something that can be slid."""
    parent: QQuickItem | None = item.parentItem()
    while parent is not None:
        if parent.inherits("QQuickFlickable"):
            return True
        parent = parent.parentItem()
    return False
