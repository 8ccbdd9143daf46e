"""A stage for the screens: one offscreen application, the real QML, the real flow, no kiosk behind it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

_SCREEN = Path(tempfile.mkdtemp(prefix="kiosk-screen-")) / "screen.json"
_SCREEN.write_text(json.dumps({"screens": [{"name": "stage", "x": 0, "y": 0, "width": 2000, "height": 2000}]}))
os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={_SCREEN}"
os.environ["QT_QUICK_BACKEND"] = "software"


from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSize, Qt  # noqa: E402 - the platform must be chosen before Qt is loaded
from PySide6.QtGui import QGuiApplication  # noqa: E402 - see above
from PySide6.QtTest import QTest  # noqa: E402 - see above

from kiosk.visit.facts import Facts  # noqa: E402 - after Qt's own
from kiosk.visit.visit import Visit  # noqa: E402 - see above
from tests.ui.looks import PORTRAIT, texts  # noqa: E402 - see above
from ui.rehearsal.layout import find  # noqa: E402 - see above
from ui.rehearsal.staff_situations import hands  # noqa: E402 - see above
from ui.rehearsal.staff_stage import StagedRoom  # noqa: E402 - see above
from ui.rehearsal.stage import Stage, facts_with, parts_of  # noqa: E402 - see above
from ui.screens import Screens, set_font  # noqa: E402 - see above

if TYPE_CHECKING:
    from PySide6.QtQuick import QQuickItem


def pytest_sessionfinish() -> None:
    """The screen's file goes with the tests."""
    shutil.rmtree(_SCREEN.parent, ignore_errors=True)


class Hall:
    """The screens on their stage, touched like a person touches them."""

    def __init__(self, app: QGuiApplication, room: StagedRoom | None = None) -> None:
        self.app = app
        self.stage = Stage(Visit(), facts_with())
        self.screens = Screens(parts_of(self.stage, room))
        self.screens.window.setProperty("seenAfterMs", 0)
        self.resize(PORTRAIT)

    def resize(self, size: QSize) -> None:
        """Turn the screen."""
        self.screens.show(size)
        self.settle()

    def scene(self, visit: Visit, facts: Facts | None = None, countdown_seconds: int = 0, **look: object) -> None:
        """Begin anew at this visit."""
        self.stage.put(Visit(), facts_with(), 0)
        self.stage.heard.clear()
        self.stage.put(replace(visit, **look), facts if facts is not None else facts_with(), countdown_seconds)
        self.settle()

    def settle(self) -> None:
        """Let bindings, layouts and the polish of positioners come to rest."""
        for _ in range(2):
            self.app.processEvents()
            QCoreApplication.sendEvent(self.screens.window, QEvent(QEvent.Type.UpdateRequest))  # a frame now, not in 5 ms
        self.app.processEvents()
        # What is to be deleted goes when `exec` comes round, which nobody calls here.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def item(self, name: str) -> QQuickItem | None:
        """The visible item with this objectName."""
        return find(self.screens.window, name)

    def touch(self, name: str) -> None:
        """Touch the middle of the item with this objectName; it must be there."""
        item = self.item(name)
        assert item is not None, f"there is no {name} on this screen"
        middle = item.mapToScene(item.boundingRect().center())
        assert 0 <= middle.x() < self.screens.window.width(), f"{name} lies beside the screen"
        assert 0 <= middle.y() < self.screens.window.height(), f"{name} lies below the screen"
        QTest.mouseClick(self.screens.window, Qt.MouseButton.LeftButton, pos=QPoint(int(middle.x()), int(middle.y())))
        self.settle()

    def texts(self) -> str:
        """Everything that can be read on the screen."""
        return texts(self.screens.window)


@pytest.fixture(scope="session")
def qapp_cls() -> type[QGuiApplication]:
    """No widgets."""
    return QGuiApplication


@pytest.fixture(scope="module")
def hall(qapp: QGuiApplication) -> Iterator[Hall]:
    """One window for a whole test file."""
    set_font(qapp)
    stage = Hall(qapp)
    yield stage
    stage.screens.close()


class StaffHall(Hall):
    """The screens with the staff's room behind them."""

    def __init__(self, app: QGuiApplication) -> None:
        self.room = StagedRoom()
        super().__init__(app, self.room)
        self.hands = hands(self.screens, self.room)

    def sign_in(self, number: str) -> None:
        """Through the door."""
        self.hands.sign_in(number)
        self.settle()


@pytest.fixture
def staff_hall(qapp: QGuiApplication) -> Iterator[StaffHall]:
    """A fresh room for each test."""
    set_font(qapp)
    stage = StaffHall(qapp)
    yield stage
    stage.screens.close()
