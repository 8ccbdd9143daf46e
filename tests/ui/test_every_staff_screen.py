"""Every situation behind the emblem in every look: drawn without a warning, nothing cut, nothing overlapping."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize

from kiosk.visit.visit import Language, Visit
from ui.rehearsal.layout import complaints_about
from ui.rehearsal.staff_situations import staff_situations

SIZES = {"portrait": QSize(1080, 1920), "landscape": QSize(1920, 1080)}
LOOKS = {
    "chinese": {},
    "english": {"language": Language.ENGLISH},
    "chinese-large": {"large_text": True},
    "english-large": {"language": Language.ENGLISH, "large_text": True},
    "chinese-high-contrast": {"high_contrast": True},
}
SITUATIONS = {situation.name: situation for situation in staff_situations()}


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_staff_situation_is_drawn_whole(staff_hall, name):
    SITUATIONS[name].arrange(staff_hall.hands)
    staff_hall.settle()
    SITUATIONS[name].settle(staff_hall.hands)
    complaints = []
    for size in SIZES:
        staff_hall.resize(SIZES[size])
        for look, values in LOOKS.items():
            staff_hall.stage.put(Visit(**values))
            staff_hall.settle()
            complaints += [f"{size} {look}: {complaint}" for complaint in complaints_about(staff_hall.screens.window)]
    assert complaints == []
