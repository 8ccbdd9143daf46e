"""Keys that a typing scanner sends to the window: a code's while one is awaited, the window's own otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtQuick import QQuickWindow
from PySide6.QtTest import QTest

from devices.rack import Rack
from devices.reports import CodeScanned, DeviceKind, Report
from devices.settings import DeviceModel, DeviceSettings
from ui.wedge_keys import WedgeKeys

SECONDS = 60.0


@pytest.fixture(autouse=True)
def _enter_alone_ends_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """However late the window comes to the next key."""
    monkeypatch.setattr("devices.code_scanner.keyboard_wedge.SILENCE_SECONDS", SECONDS)


class Seen(QObject):
    """Notes the keys that reach the window."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        del watched
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            self.text += event.text()
        return False


@pytest.fixture
def codes() -> SimpleQueue[bytes]:
    return SimpleQueue()


@pytest.fixture
def rack(tmp_path: Path, codes: SimpleQueue[bytes]) -> Iterator[Rack]:
    (tmp_path / "wedge").touch()
    fitted = DeviceSettings(name="wedge", model=DeviceModel.KEYBOARD_WEDGE, port=str(tmp_path / "wedge"))

    def hear(report: Report) -> None:
        if isinstance(report, CodeScanned):
            codes.put(report.payload)

    opened = Rack([fitted], hear, lambda: datetime.now(UTC))
    opened.start()
    yield opened
    opened.stop()


@pytest.fixture
def window(qapp: object) -> Iterator[tuple[QQuickWindow, Seen]]:
    del qapp
    shown, seen = QQuickWindow(), Seen()
    shown.installEventFilter(seen)  # the filter installed last is asked first: what WedgeKeys takes is not seen here
    shown.show()
    yield shown, seen
    shown.close()


def test_a_code_typed_while_one_is_awaited_reaches_the_visit_and_no_screen(
    rack: Rack, window: tuple[QQuickWindow, Seen], codes: SimpleQueue[bytes]
) -> None:
    shown, seen = window
    WedgeKeys(shown, rack.typed)
    rack.activate(DeviceKind.CODE_SCANNER, True)
    for key in "Kiosk-42":
        QTest.keyClick(shown, key)
    QTest.keyClick(shown, Qt.Key.Key_Return)
    assert codes.get(timeout=SECONDS) == b"Kiosk-42"
    assert seen.text == ""


def test_keys_reach_the_screen_while_no_code_is_awaited(
    rack: Rack, window: tuple[QQuickWindow, Seen], codes: SimpleQueue[bytes]
) -> None:
    shown, seen = window
    WedgeKeys(shown, rack.typed)
    for key in "abc":
        QTest.keyClick(shown, key)
    assert seen.text == "abc"
    rack.activate(DeviceKind.CODE_SCANNER, True)
    for key in "Kiosk-42":
        QTest.keyClick(shown, key)
    QTest.keyClick(shown, Qt.Key.Key_Return)
    assert codes.get(timeout=SECONDS) == b"Kiosk-42"


def test_keys_that_the_program_itself_makes_are_no_scanners(rack: Rack, window: tuple[QQuickWindow, Seen]) -> None:
    shown, seen = window
    keys = WedgeKeys(shown, rack.typed)
    rack.activate(DeviceKind.CODE_SCANNER, True)
    made = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
    assert keys.eventFilter(shown, made) is False
    assert seen.text == ""
