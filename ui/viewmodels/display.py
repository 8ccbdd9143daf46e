"""What stands around every screen: hall, clock, language, size of type, contrast, practice and line."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.visit import events as ev
from kiosk.visit.visit import Language
from ui.parts import Parts
from ui.texts import day_and_weekday

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class DisplayModel(QObject):
    """Told to look again after every change and every second; tells on only when something differs."""

    changed = Signal()
    languageChanged = Signal(str)

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._told = self._now_shown()
        parts.session.watch(self.refresh)

    def refresh(self) -> None:
        """Look again; cheap when nothing differs."""
        shown = self._now_shown()
        if shown == self._told:
            return
        language_before, self._told = self._told[0], shown
        if language_before != shown[0]:
            self.languageChanged.emit(shown[0])
        self.changed.emit()

    def _now_shown(self) -> tuple[str, bool, bool, str, str, bool, bool]:
        visit, facts, now = self._parts.session.visit, self._parts.session.facts, self._parts.now()
        day = day_and_weekday(now.date(), visit.language)
        display = (visit.language.value, visit.large_text, visit.high_contrast)
        return (*display, f"{now:%H:%M}", day, facts.practice, facts.online)

    @Property(bool, notify=changed)
    def english(self) -> bool:
        """True while the screens are English."""
        return self._told[0] == Language.ENGLISH

    @Property(bool, notify=changed)
    def largeText(self) -> bool:
        """大字."""
        return self._told[1]

    @Property(bool, notify=changed)
    def highContrast(self) -> bool:
        """高对比."""
        return self._told[2]

    @Property(str, notify=changed)
    def clockText(self) -> str:
        """Local time, HH:MM."""
        return self._told[3]

    @Property(str, notify=changed)
    def dayText(self) -> str:
        """Day and weekday."""
        return self._told[4]

    @Property(bool, notify=changed)
    def practice(self) -> bool:
        """The banner stays on the screen."""
        return self._told[5]

    @Property(bool, notify=changed)
    def online(self) -> bool:
        """The centre answers."""
        return self._told[6]

    @Property(str, notify=changed)
    def hallName(self) -> str:
        """The hall's name in the language."""
        place = self._parts.place
        return place.hall_en if self._told[0] == Language.ENGLISH else place.hall

    @Property(str, notify=changed)
    def kioskNumber(self) -> str:
        """K and digits."""
        return self._parts.place.kiosk

    @Property(str, notify=changed)
    def hotline(self) -> str:
        """The number to call."""
        return self._parts.place.hotline

    @Slot(bool)
    def chooseEnglish(self, english: bool) -> None:
        """English or 中文 was touched."""
        self._parts.session.send(ev.LanguageChosen(Language.ENGLISH if english else Language.CHINESE))

    @Slot(bool)
    def chooseLargeText(self, on: bool) -> None:
        """大字 was touched."""
        self._parts.session.send(ev.LargeTextChosen(on))

    @Slot(bool)
    def chooseHighContrast(self, on: bool) -> None:
        """高对比 was touched."""
        self._parts.session.send(ev.HighContrastChosen(on))
