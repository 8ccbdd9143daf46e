"""暂停服务: a kiosk that cannot serve says so calmly, and lists the mistakes for the technician only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSize, QTimer

from ui.application import Application, Wanted
from ui.rehearsal.layout import complaints_about, find, walk

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtQuick import QQuickItem

SIZE = QSize(1080, 1920)


def texts(window) -> str:
    return "\n".join(str(item.property("text")) for item in _texts(window.contentItem()))


def _texts(item: QQuickItem) -> Iterator[QQuickItem]:
    return (found for found in walk(item) if found.inherits("QQuickText"))


def run(app: QGuiApplication, settings: Path, look) -> int:
    application = Application(app, Wanted(settings, SIZE))

    def act() -> None:
        try:
            look(application._closed)
        finally:
            app.exit(0)

    QTimer.singleShot(0, act)
    return application.run()


@pytest.mark.parametrize(
    ("text", "told"),
    [("x = [", "not TOML"), ("", "hall"), ('[hall]\nnmae = "x"\n', "nmae"), (None, "no such file")],
    ids=["no toml", "empty", "a mistyped name", "no file"],
)
def test_a_broken_settings_file_starts_in_out_of_service_with_the_list(qapp, tmp_path, capsys, text, told):
    file = tmp_path / "kiosk.toml"
    if text is not None:
        file.write_text(text)
    seen = {}

    def look(closed) -> None:
        qapp.processEvents()
        seen["resident"] = texts(closed.window)
        seen["complaints"] = complaints_about(closed.window)
        closed.window.setProperty("listOpen", True)
        qapp.processEvents()
        seen["technician"] = texts(closed.window)
        seen["list"] = find(closed.window, "mistakes")

    assert run(qapp, file, look) == 0
    assert "暂停服务" in seen["resident"]
    assert "12345" in seen["resident"]
    assert "kiosk.toml" not in seen["resident"]
    assert told in seen["technician"]
    assert "Traceback" not in seen["resident"] + seen["technician"] + capsys.readouterr().err
    assert seen["complaints"] == []


def test_without_an_identity_the_kiosk_names_the_remedy(qapp, tmp_path):
    file = tmp_path / "kiosk.toml"
    file.write_text(
        '[hall]\nname = "示例大厅"\nname_en = "Sample Hall"\narea = "369999"\n[kiosk]\nnumber = "K03"\n'
        f'[store]\ndirectory = "{tmp_path / "state"}"\n[centre]\nurl = "https://127.0.0.1:9"\n'
    )
    (tmp_path / "state").mkdir(mode=0o700)
    seen = {}

    def look(closed) -> None:
        qapp.processEvents()
        seen["resident"] = texts(closed.window)
        closed.window.setProperty("listOpen", True)
        qapp.processEvents()
        seen["technician"] = texts(closed.window)

    assert run(qapp, file, look) == 0
    assert "K03" in seen["resident"]
    assert "kiosk enrol" in seen["technician"]
