"""When the first picture has been drawn: what may begin then, and telling it to whoever started the program.

Lives on the GUI thread, where the software scene graph swaps its frames.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from PySide6.QtQuick import QQuickItem, QQuickWindow

NOT_DRAWN_MS = 3_000
"""A window that nobody shows draws nothing; what waits for its picture then begins all the same."""
READY = "ready"
"""The line of `--tell-when-ready`."""


class FirstPicture(QObject):
    """Calls `then` once, right after the window's first frame in which `complete()` holds, or after NOT_DRAWN_MS."""

    def __init__(self, window: QQuickWindow, complete: Callable[[], bool], then: Callable[[], None]) -> None:
        super().__init__(window)
        self._complete = complete
        self._then: Callable[[], None] | None = then
        window.frameSwapped.connect(self._drawn)
        self._patience = QTimer(self, singleShot=True, interval=NOT_DRAWN_MS)
        self._patience.timeout.connect(self._begin)
        self._patience.start()

    def _drawn(self) -> None:
        if self._then is not None and self._complete():
            self._begin()

    def _begin(self) -> None:
        then, self._then = self._then, None
        self._patience.stop()
        if then is not None:
            QTimer.singleShot(0, then)  # not inside the frame


def tell_ready() -> None:
    """Print the line `ready` for whoever started the program."""
    print(READY, flush=True)  # noqa: T201 - asked for on the command line; read by whoever measures or supervises


def zones_drawn(window: QQuickWindow, zones: int) -> bool:
    """True when the first screen stands there whole: a tile for each of so many zones, with a size (icons are drawn at once)."""
    tiles = [item for item in _below(window.contentItem()) if item.objectName().startswith("zone-")]
    return len(tiles) == zones and all(tile.width() > 0 and tile.height() > 0 for tile in tiles)


def _below(item: QQuickItem) -> Iterator[QQuickItem]:
    for child in item.childItems():
        if child.isVisible():
            yield child
            yield from _below(child)
