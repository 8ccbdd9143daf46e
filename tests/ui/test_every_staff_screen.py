"""Every situation behind the emblem in every look: drawn without a warning, nothing cut or overlapping, all in its language."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QSize

from kiosk.visit.visit import Visit
from tests.ui.looks import LOOKS
from ui.rehearsal.layout import complaints_about
from ui.rehearsal.staff_situations import staff_situations

SIZES = {"portrait": QSize(1080, 1920), "landscape": QSize(1920, 1080)}
CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
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
            if "english" in look:
                complaints += [f"{size} {look}: Chinese words: {text}" for text in chinese_texts(staff_hall)]
    assert complaints == []


def chinese_texts(staff_hall) -> list[str]:
    """What still is in Chinese; the button that leads back to it is."""
    return [text for text in staff_hall.texts().splitlines() if CHINESE.search(text) and text != "中文"]
