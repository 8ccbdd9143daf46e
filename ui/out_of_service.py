"""暂停服务: a window of its own, which needs neither a kiosk nor whole settings. Lives on the GUI thread."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QUrl

from kiosk.catalogue.loading import load_catalogue
from kiosk.settings_salvage import Salvage, salvage_file
from kiosk.staff.closed_room import ClosedRoom
from kiosk.visit.facts import Facts
from kiosk.visit.submission import Place
from kiosk.visit.visit import Visit
from offline_cache.hall_time import hall_now
from ui.parts import Parts
from ui.screens import QML_FOLDER, drop, new_engine, root_window, show
from ui.texts import sentence
from ui.viewmodels.staff import StaffModel

if TYPE_CHECKING:
    from PySide6.QtQml import QQmlApplicationEngine

    from kiosk.errors import Mistake
    from kiosk.visit.events import Event

MAY_PASS = frozenset({"key-stays-sealed"})
"""A TPM locks itself for a while after power cuts."""
TRY_AGAIN_SECONDS = 300.0


class Nobody:
    """Stands where the running visit would: there is none."""

    visit = Visit()
    facts = Facts()
    countdown_seconds = 0

    def send(self, event: Event) -> None:
        """Nobody hears it."""

    def submit(self) -> None:
        """Nobody submits."""

    def watch(self, listener: Callable[[], None]) -> None:
        """Nothing ever changes."""

    def slip_png(self) -> bytes:
        """No slip."""
        return b""

    def slip_code_png(self) -> bytes:
        """No code."""
        return b""


class OutOfService:
    """What is still right in the settings names the hall and opens the staff's door; residents learn where to go instead."""

    def __init__(
        self, settings: Path, code: str, mistakes: tuple[Mistake | str, ...], post: Callable[[Callable[[], None]], None]
    ) -> None:
        rest = salvage_file(settings)
        self._watched = (
            settings,
            *((rest.store.directory / "identity.json", rest.store.vault_file) if rest.store is not None else ()),
        )
        self._seen = self._look()
        self._again_at = time.monotonic() + TRY_AGAIN_SECONDS if code in MAY_PASS else math.inf
        self._door = ClosedRoom(rest, code, post, hall_now, tuple(map(str, mistakes)))
        self.staff = StaffModel(_parts(rest), self._door.room)
        self._engine: QQmlApplicationEngine | None = new_engine()
        zh, en = sentence(code, "zh"), sentence(code, "en")
        self._engine.setInitialProperties(
            {
                "hallName": rest.hall.name if rest.hall is not None else "",
                "kioskNumber": rest.kiosk.number if rest.kiosk is not None else "",
                "hotline": rest.hall.hotline if rest.hall is not None else "12345",
                "trouble": zh.text,
                "remedy": zh.next,
                "troubleEnglish": en.text,
                "remedyEnglish": en.next,
                "mistakes": [_in_chinese(mistake) for mistake in mistakes],
                "mistakesEnglish": ["" if str(mistake) == _in_chinese(mistake) else str(mistake) for mistake in mistakes],
                "openToAll": not rest.staff,
                "staff": self.staff,
            }
        )
        self._engine.load(QUrl.fromLocalFile(str(QML_FOLDER / "Screens" / "OutOfServiceWindow.qml")))
        self.window = root_window(self._engine)

    def show(self, size: QSize | None) -> None:
        """Fill the screen, or (windowed) take this size."""
        show(self.window, size)

    def mended(self) -> bool:
        """True once the settings file, the kiosk's identity or its key file is another than at the start: worth a new start."""
        return self._look() != self._seen

    def may_have_passed(self) -> bool:
        """True a few minutes after what may pass by itself, unless staff are behind the emblem: worth a start from outside.

        Only that has the key handed over anew.
        """
        return time.monotonic() >= self._again_at and not self.staff.property("open")

    def close(self) -> None:
        """Take it down; a second time does nothing."""
        self._door.stop()
        if self._engine is not None:
            drop(self._engine, self.window)
            self._engine = None

    def _look(self) -> tuple[int, ...]:
        return tuple(_changed_at(path) for path in self._watched)


def _in_chinese(mistake: Mistake | str) -> str:
    return mistake if isinstance(mistake, str) else mistake.in_chinese


def _changed_at(path: Path) -> int:
    """Nanoseconds since 1970, of its owner and mode too; 0 where there is no such file."""
    try:
        return path.stat().st_ctime_ns
    except OSError:
        return 0


def _parts(rest: Salvage) -> Parts:
    hall, kiosk = rest.hall, rest.kiosk
    place = Place(
        hall.name if hall else "", hall.name_en if hall else "", hall.area if hall else "", kiosk.number if kiosk else ""
    )
    return Parts(Nobody(), place, load_catalogue, lambda _item: (), lambda _query: (), hall_now)
