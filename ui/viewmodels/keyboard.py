"""The Chinese keyboard: letters being composed, the candidates for them, and what it writes into the answer."""

from __future__ import annotations

from dataclasses import field

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.values import dataclass
from ui.parts import Parts
from ui.pinyin import MOST_LETTERS, Pinyin, PinyinTrouble
from ui.rows_model import RowsModel
from ui.viewmodels.form import FormModel

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1

CHINESE_MARKS = {",": "，", ".": "。", "?": "？", "!": "！", ":": "：", ";": "；", "(": "（", ")": "）"}


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One candidate; `first` is the one that the space key takes."""

    text: str = field(repr=False)
    first: bool


@QmlElement
class KeyboardModel(QObject):
    """Writes through the form's model only; holds letters and candidates no longer than their question is open."""

    changed = Signal()

    def __init__(self, parts: Parts, form: FormModel, pinyin: Pinyin | PinyinTrouble) -> None:
        super().__init__()
        self._parts = parts
        self._form = form
        self._pinyin = pinyin
        self._candidates = RowsModel(CandidateRow, self)
        self._letters = ""
        self._chinese = isinstance(pinyin, Pinyin)
        self._capital = False
        self._question = self._open_question()
        form.changed.connect(self._follow)
        parts.session.watch(self._follow)

    def _open_question(self) -> tuple[str, int, str]:
        visit = self._parts.session.visit
        current: str = self._form.property("current")
        return visit.step.value, visit.group, current

    def _follow(self) -> None:
        """Another question, page or visit: what was being composed for the old one is wiped."""
        question = self._open_question()
        if question != self._question:
            self._question = question
            self.wipe()

    @Slot()
    def wipe(self) -> None:
        """Forget letters and candidates, and begin in Chinese again."""
        if isinstance(self._pinyin, Pinyin):
            self._pinyin.reset()
        self._letters, self._capital = "", False
        self._chinese = isinstance(self._pinyin, Pinyin)
        self._candidates.put([])
        self.changed.emit()

    @Property(QObject, notify=changed)
    def candidates(self) -> QObject:
        """Rows of CandidateRow, best first."""
        return self._candidates

    @Property(str, notify=changed)
    def letters(self) -> str:
        """What is being composed."""
        return self._letters

    @Property(bool, notify=changed)
    def chinese(self) -> bool:
        """True: letters are pinyin; false: letters are written as they are."""
        return self._chinese

    @Property(bool, notify=changed)
    def capital(self) -> bool:
        """The next letter is a capital one (letters only)."""
        return self._capital

    @Property(bool, notify=changed)
    def pinyinMissing(self) -> bool:
        """Pinyin is not installed here: only letters can be typed."""
        return isinstance(self._pinyin, PinyinTrouble)

    @Slot(str)
    def letter(self, letter: str) -> None:
        """A letter key."""
        if not self._chinese:
            self._form.typed(letter.upper() if self._capital else letter.lower())
            self._capital = False
            self.changed.emit()
        elif len(self._letters) < MOST_LETTERS:
            self._compose(self._letters + letter.lower())

    @Slot(str)
    def mark(self, mark: str) -> None:
        """A digit or a punctuation mark; what is being composed is finished first."""
        self.finish()
        self._form.typed(CHINESE_MARKS.get(mark, mark) if self._chinese else mark)

    @Slot()
    def space(self) -> None:
        """The space key: takes the first candidate, or writes a space."""
        if self._letters:
            self.finish()
        else:
            self._form.typed(" ")

    @Slot(int)
    def choose(self, place: int) -> None:
        """A candidate was touched; the letters it did not use stay."""
        if isinstance(self._pinyin, Pinyin) and 0 <= place < len(self._candidates.rows):
            chosen = self._pinyin.choose(place)
            self._compose(chosen.rest)
            self._form.typed(chosen.text)

    @Slot()
    def erase(self) -> None:
        """One letter back, else one character of the answer."""
        if self._letters:
            self._compose(self._letters[:-1])
        else:
            self._form.erased()

    @Slot()
    def clear(self) -> None:
        """Letters and answer away."""
        self._compose("")
        self._form.cleared()

    @Slot()
    def finish(self) -> None:
        """Take the first candidate as often as it needs; letters that are no pinyin are written as they are."""
        while self._letters and self._candidates.rows:
            self.choose(0)
        rest, self._letters = self._letters, ""
        if rest:
            self.changed.emit()
            self._form.typed(rest)

    @Slot()
    def done(self) -> None:
        """下一项: finish, and on to the next question."""
        self.finish()
        self._form.done()

    @Slot()
    def switchLanguage(self) -> None:
        """中/英; what was being composed is finished first."""
        self.finish()
        self._chinese = not self._chinese and isinstance(self._pinyin, Pinyin)
        self._capital = False
        self.changed.emit()

    @Slot()
    def shift(self) -> None:
        """The next letter in the other case."""
        self._capital = not self._capital
        self.changed.emit()

    def _compose(self, letters: str) -> None:
        self._letters = letters
        found = self._pinyin.search(letters) if isinstance(self._pinyin, Pinyin) and letters else ()
        self._candidates.put([CandidateRow(text, place == 0) for place, text in enumerate(found)])
        self.changed.emit()
