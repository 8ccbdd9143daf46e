"""Every situation in every look: drawn without a warning, nothing cut, nothing overlapping, every target large enough."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize

from kiosk.visit.visit import Language
from ui.rehearsal.layout import complaints_about
from ui.rehearsal.situations import situations

SIZES = {"portrait": QSize(1080, 1920), "landscape": QSize(1920, 1080)}
LOOKS = {
    "chinese": {},
    "english": {"language": Language.ENGLISH},
    "chinese-large": {"large_text": True},
    "english-large": {"language": Language.ENGLISH, "large_text": True},
    "chinese-high-contrast": {"high_contrast": True},
}


@pytest.mark.parametrize(
    ("size", "look"),
    # High contrast changes colours only, so one way up is enough.
    [(size, look) for size in SIZES for look in LOOKS if (size, look) != ("landscape", "chinese-high-contrast")],
)
def test_every_situation_is_drawn_whole(hall, size, look):
    hall.resize(SIZES[size])
    complaints = []
    for situation in situations():
        hall.scene(situation.visit, situation.facts, situation.countdown_seconds, **LOOKS[look])
        complaints += [f"{situation.name}: {complaint}" for complaint in complaints_about(hall.screens.window)]
    assert complaints == []
