"""Keys of a scanner that types: taken from the window while a code is awaited, left to the screens otherwise.

Lives on the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from PySide6.QtQuick import QQuickWindow


class WedgeKeys(QObject):
    """Offers each key's text to `take`; what is taken reaches no screen."""

    def __init__(self, window: QQuickWindow, take: Callable[[str], bool]) -> None:
        super().__init__(window)
        self._take = take
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """True keeps the key from the window. The keyboard on the screen types no key events."""
        del watched
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress or not event.spontaneous():
            return False
        return bool(event.text()) and not event.isAutoRepeat() and self._take(event.text())
