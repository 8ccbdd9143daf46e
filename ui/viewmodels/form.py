"""One page of the form: its questions, the one being answered, and the keys for it."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.catalogue.model import AnswerKind, FormField, FormGroup
from kiosk.values import dataclass
from kiosk.visit import events as ev
from kiosk.visit.forms import check_answer, keypad_for
from kiosk.visit.visit import Step, Visit
from ui.answer_text import answer_text
from ui.parts import Parts
from ui.rows_model import ChoiceRow, RowsModel
from ui.texts import ANSWER_HINTS, YES_NO, sentence, word
from ui.typed_answer import with_erased, with_typed

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One question; `complaint` says in words what is wrong with the answer, but never while it is being typed."""

    name: str
    label: str
    answer: str
    hint: str
    complaint: str
    sound: bool
    """Answered, and nothing is wrong with it."""
    locked: bool
    needed: bool


@QmlElement
class FormModel(QObject):
    """Maps the open page to rows; which question is being answered is all it remembers."""

    changed = Signal()

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._fields = RowsModel(FieldLine, self)
        self._choices = RowsModel(ChoiceRow, self)
        self._current = ""
        self._page: tuple[str, int] | None = None
        self._seen: Visit | None = None
        parts.session.watch(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Look again; outside the form nothing is held."""
        visit = self._parts.session.visit
        if visit == self._seen:
            return
        self._seen = visit
        group = self._group
        if group is None or visit.item is None:
            self._page, self._current = None, ""
            self._fields.put([])
            self._choices.put([])
        else:
            if self._page != (visit.item.code, visit.group):
                self._page = (visit.item.code, visit.group)
                self._current = self._first_open(group)
            self._put_rows(group)
        self.changed.emit()

    def _put_rows(self, group: FormGroup) -> None:
        self._fields.put([self._line(field) for field in group.fields])
        self._choices.put(self._choice_rows())

    def _first_open(self, group: FormGroup) -> str:
        open_fields = [field for field in group.fields if not self._locked(field)]
        wrong = [field for field in open_fields if field.name in self._parts.session.visit.complaints]
        unanswered = [field for field in open_fields if not self._seen_answer(field.name)]
        return next((field.name for field in [*wrong, *unanswered, *open_fields]), "")

    def _locked(self, field: FormField) -> bool:
        return field.from_card is not None and self._seen_answer(field.name) != ""

    def _seen_answer(self, name: str) -> str:
        return self._parts.session.visit.answers.get(name, "")

    def _line(self, field: FormField) -> FieldLine:
        visit = self._parts.session.visit
        locked, answer = self._locked(field), self._seen_answer(field.name)
        wrong = check_answer(field, answer) if answer else ""
        told = visit.complaints.get(field.name, "") or ("" if locked or field.name == self._current else wrong)
        return FieldLine(
            name=field.name,
            label=field.label.in_language(visit.language),
            answer=answer_text(field, answer, visit.language, masked=locked),
            hint=_hint(field, visit.language),
            complaint=sentence(told, visit.language).text,
            sound=answer != "" and not wrong,
            locked=locked,
            needed=field.required,
        )

    def _choice_rows(self) -> list[ChoiceRow]:
        field, language = self._field, self._parts.session.visit.language
        if field is None:
            return []
        answer = self._seen_answer(field.name)
        if field.kind is AnswerKind.YES_NO:
            return [ChoiceRow(value, word(pair, language), value == answer) for value, pair in YES_NO.items()]
        return [ChoiceRow(choice.value, choice.label.in_language(language), choice.value == answer) for choice in field.choices]

    @Property(QObject, notify=changed)
    def fields(self) -> QObject:
        """Rows of FieldLine."""
        return self._fields

    @Property(QObject, notify=changed)
    def choices(self) -> QObject:
        """Rows of ChoiceRow for the question being answered."""
        return self._choices

    @Property(str, notify=changed)
    def title(self) -> str:
        """The page's title."""
        group = self._group
        return "" if group is None else group.title.in_language(self._parts.session.visit.language)

    @Property(int, notify=changed)
    def page(self) -> int:
        """The open page, counted from 0."""
        return self._parts.session.visit.group

    @Property(int, notify=changed)
    def pageCount(self) -> int:
        """How many pages the form has."""
        item = self._parts.session.visit.item
        return 0 if item is None else len(item.form)

    @Property(bool, notify=changed)
    def editing(self) -> bool:
        """Opened from the review, and leads back there."""
        return self._parts.session.visit.editing

    @Property(str, notify=changed)
    def current(self) -> str:
        """Name of the question being answered; empty when all are locked."""
        return self._current

    @Property(str, notify=changed)
    def currentLabel(self) -> str:
        """Its label."""
        field = self._field
        return "" if field is None else field.label.in_language(self._parts.session.visit.language)

    @Property(str, notify=changed)
    def keypad(self) -> str:
        """Which keys: chinese, digits, decimal, id-number, date, buttons; empty when nothing is to be typed."""
        field = self._field
        return "" if field is None else keypad_for(field.kind).value

    @Slot(str)
    def open(self, name: str) -> None:
        """A question was touched."""
        self._current = name
        self._parts.session.send(ev.Touched())
        if self._group is not None:
            self._put_rows(self._group)
        self.changed.emit()

    @Slot()
    def showWrong(self) -> None:
        """下一步 was touched: if the page stays, the question being answered is one with something wrong."""
        group, complaints = self._group, self._parts.session.visit.complaints
        if group is not None and self._current not in complaints:
            wrong = next((field.name for field in group.fields if field.name in complaints), "")
            if wrong:
                self.open(wrong)

    @Slot(str)
    def typed(self, text: str) -> None:
        """A key, or a whole word of the Chinese keyboard."""
        field = self._field
        if field is not None:
            self.put(with_typed(keypad_for(field.kind), self._seen_answer(self._current), text))

    @Slot()
    def erased(self) -> None:
        """The key that takes the last character away."""
        field = self._field
        if field is not None:
            self.put(with_erased(keypad_for(field.kind), self._seen_answer(self._current)))

    @Slot()
    def cleared(self) -> None:
        """The key that takes everything away."""
        self.put("")

    @Slot(str)
    def put(self, text: str) -> None:
        """The whole answer at once: a choice was touched, or a keyboard wrote."""
        if self._current:
            self._parts.session.send(ev.Answered(self._current, text))

    @Slot()
    def done(self) -> None:
        """确定 on a keypad: on to the next open question without an answer, else to the next one at all."""
        group = self._group
        if group is None:
            return
        names = [field.name for field in group.fields if not self._locked(field)]
        after = names[names.index(self._current) + 1 :] if self._current in names else names
        unanswered = [name for name in [*after, *names] if not self._seen_answer(name)]
        self.open(next(iter([*unanswered, *after]), self._current))

    @property
    def _group(self) -> FormGroup | None:
        visit = self._parts.session.visit
        if visit.step is not Step.FORM or visit.item is None or visit.group >= len(visit.item.form):
            return None
        return visit.item.form[visit.group]

    @property
    def _field(self) -> FormField | None:
        group = self._group
        return None if group is None else next((field for field in group.fields if field.name == self._current), None)


def _hint(field: FormField, language: str) -> str:
    """The catalogue's, or how this kind of answer is given where that is not plain."""
    if field.hint is not None:
        return field.hint.in_language(language)
    return word(ANSWER_HINTS[field.kind], language) if field.kind in ANSWER_HINTS else ""
