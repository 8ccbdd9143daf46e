"""The looks in which every screen is drawn, and what is wrong with it in one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize

from kiosk.visit.visit import Language
from ui.rehearsal.layout import complaints_about, walk
from ui.rehearsal.situations import situations

if TYPE_CHECKING:
    from PySide6.QtQuick import QQuickWindow

    from tests.ui.conftest import Hall

PORTRAIT, LANDSCAPE = QSize(1080, 1920), QSize(1920, 1080)
LOOKS = {
    "chinese": {},
    "english": {"language": Language.ENGLISH},
    "chinese-large": {"large_text": True},
    "english-large": {"language": Language.ENGLISH, "large_text": True},
    "chinese-high-contrast": {"high_contrast": True},
}

TIGHTEST = "english-large"
"""Drawn with the practice banner too, under which less room is left than ever."""


def texts(window: QQuickWindow) -> str:
    """Everything that can be read on the screen."""
    return "\n".join(str(item.property("text")) for item in walk(window.contentItem()) if item.inherits("QQuickText"))


def complaints(hall: Hall, size: QSize, look: str) -> list[str]:
    """Of every situation in this look."""
    hall.resize(size)
    found = []
    for situation in situations():
        facts = situation.facts if look != TIGHTEST else replace(situation.facts, practice=True)
        hall.scene(situation.visit, facts, situation.countdown_seconds, **LOOKS[look])
        found += [f"{situation.name}: {complaint}" for complaint in complaints_about(hall.screens.window)]
    return found
