"""The least a Qt Quick program can be, to measure beside: one window, one text; prints `ready` at its first frame."""

from __future__ import annotations

import sys

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow

WINDOW = """
import QtQuick
Window {
    width: 1080; height: 1920; visible: true
    Text { anchors.centerIn: parent; text: "24" }
}
"""


def main() -> int:
    """Open it and stay until ended."""
    app = QGuiApplication(sys.argv)
    engine = QQmlApplicationEngine()
    engine.loadData(QByteArray(WINDOW.encode()))
    window = engine.rootObjects()[0]
    assert isinstance(window, QQuickWindow)
    told: list[bool] = []

    def drawn() -> None:
        if not told:
            told.append(True)
            print("ready", flush=True)

    window.frameSwapped.connect(drawn)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
