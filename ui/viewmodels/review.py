"""Everything once more, masked, before 提交; and the promise to bring what may follow later."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.catalogue.model import FormField
from kiosk.values import dataclass
from kiosk.visit import events as ev
from kiosk.visit.capturing import deferred, lacking, pages_of, papers
from kiosk.visit.flow import can_submit, needs_promise
from kiosk.visit.masking import mask_person
from kiosk.visit.visit import Visit
from kiosk.visit.working_days import after_working_days
from ui.answer_text import answer_text
from ui.parts import Parts
from ui.rows_model import RowsModel
from ui.texts import full_day, pages_text

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A page's title (`heading`), or one question and its answer."""

    heading: bool
    label: str
    answer: str
    group: int


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper that can be captured here, and how many pages there are."""

    place: int
    label: str


@QmlElement
class ReviewModel(QObject):
    """Maps person and answers to the review."""

    changed = Signal()

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._rows = RowsModel(ReviewRow, self)
        self._papers = RowsModel(PaperRow, self)
        self._seen: Visit | None = None
        parts.session.watch(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Look again."""
        visit = self._parts.session.visit
        if visit == self._seen:
            return
        self._seen = visit
        groups = visit.item.form if visit.item is not None and visit.person is not None else ()
        rows: list[ReviewRow] = []
        for number, group in enumerate(groups):
            rows.append(ReviewRow(heading=True, label=group.title.in_language(visit.language), answer="", group=number))
            rows += [self._row(field, number) for field in group.fields]
        self._rows.put(rows)
        self._papers.put([self._paper(place) for place in papers(visit)])
        self.changed.emit()

    def _row(self, field: FormField, group: int) -> ReviewRow:
        visit = self._parts.session.visit
        answer = answer_text(field, visit.answers.get(field.name, ""), visit.language, masked=True)
        return ReviewRow(heading=False, label=field.label.in_language(visit.language), answer=answer, group=group)

    def _paper(self, place: int) -> PaperRow:
        visit = self._parts.session.visit
        assert visit.item is not None
        label = visit.item.materials[place].name.in_language(visit.language)
        return PaperRow(place, f"{label} · {pages_text(len(pages_of(visit, place)), visit.language)}")

    @Property(QObject, notify=changed)
    def papers(self) -> QObject:
        """Rows of PaperRow."""
        return self._papers

    @Property(QObject, notify=changed)
    def rows(self) -> QObject:
        """Rows of ReviewRow."""
        return self._rows

    @Property(str, notify=changed)
    def item(self) -> str:
        """The item's name."""
        visit = self._parts.session.visit
        return "" if visit.item is None else visit.item.name.in_language(visit.language)

    @Property(str, notify=changed)
    def department(self) -> str:
        """Who receives it."""
        visit = self._parts.session.visit
        return "" if visit.item is None else visit.item.department.in_language(visit.language)

    @Property(str, notify=changed)
    def name(self) -> str:
        """The applicant's name, masked."""
        person = self._parts.session.visit.person
        return "" if person is None else mask_person(person)[0]

    @Property(str, notify=changed)
    def number(self) -> str:
        """The applicant's document number, masked."""
        person = self._parts.session.visit.person
        return "" if person is None else mask_person(person)[1]

    @Property(bool, notify=changed)
    def promiseNeeded(self) -> bool:
        """Some materials may follow later, and must be promised."""
        return needs_promise(self._parts.session.visit)

    @Property("QStringList", notify=changed)  # type: ignore[arg-type]  # Qt knows it by this name only
    def promisedMaterials(self) -> list[str]:
        """Which materials are promised."""
        visit = self._parts.session.visit
        return [material.name.in_language(visit.language) for material in deferred(visit)]

    @Property("QStringList", notify=changed)  # type: ignore[arg-type]  # Qt knows it by this name only
    def lackingMaterials(self) -> list[str]:
        """What must be captured and was not."""
        visit = self._parts.session.visit
        return [material.name.in_language(visit.language) for material in lacking(visit)]

    @Property(str, notify=changed)
    def promiseDeadline(self) -> str:
        """Until when they must be brought, were it submitted today."""
        visit = self._parts.session.visit
        days = visit.item.deferral_working_days if visit.item is not None else 0
        return full_day(after_working_days(self._parts.now().date(), days), visit.language)

    @Property(bool, notify=changed)
    def promised(self) -> bool:
        """The promise is ticked."""
        return self._parts.session.visit.promised

    @Property(bool, notify=changed)
    def ready(self) -> bool:
        """提交 would be taken."""
        return can_submit(self._parts.session.visit)

    @Slot(bool)
    def promise(self, ticked: bool) -> None:
        """The promise's box was touched."""
        self._parts.session.send(ev.PromiseTicked(ticked))

    @Slot(int)
    def editPaper(self, place: int) -> None:
        """修改 was touched beside a paper."""
        self._parts.session.send(ev.PaperOpened(place))

    @Slot(int)
    def edit(self, group: int) -> None:
        """修改 was touched."""
        self._parts.session.send(ev.GroupOpened(group))
