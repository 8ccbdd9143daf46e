"""暂停服务: a window of its own, which needs neither a kiosk nor whole settings. Lives on the GUI thread."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QUrl

from kiosk.settings_salvage import salvage_file
from ui.screens import QML_FOLDER, drop, new_engine, root_window, show
from ui.texts import sentence

if TYPE_CHECKING:
    from PySide6.QtQml import QQmlApplicationEngine


class OutOfService:
    """What is still right in the settings names the hall; residents learn only that another kiosk serves."""

    def __init__(self, settings: Path, code: str, mistakes: tuple[str, ...]) -> None:
        rest = salvage_file(settings)
        self._engine: QQmlApplicationEngine | None = new_engine()
        trouble = sentence(code, "zh")
        self._engine.setInitialProperties(
            {
                "hallName": rest.hall.name if rest.hall is not None else "",
                "kioskNumber": rest.kiosk.number if rest.kiosk is not None else "",
                "hotline": rest.hall.hotline if rest.hall is not None else "12345",
                "trouble": trouble.text,
                "remedy": trouble.next,
                "mistakes": list(mistakes),
                "openToAll": not rest.staff,
            }
        )
        self._engine.load(QUrl.fromLocalFile(str(QML_FOLDER / "Screens" / "OutOfServiceWindow.qml")))
        self.window = root_window(self._engine)

    def show(self, size: QSize | None) -> None:
        """Fill the screen, or (windowed) take this size."""
        show(self.window, size)

    def close(self) -> None:
        """Take it down; a second time does nothing."""
        if self._engine is not None:
            drop(self._engine, self.window)
            self._engine = None
