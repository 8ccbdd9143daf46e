"""How it ended: the outcome, the slip, the rating and the farewell."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.catalogue.model import Delivery, Item, Kind
from kiosk.values import dataclass
from kiosk.visit import events as ev
from kiosk.visit.capturing import deferred
from kiosk.visit.facts import Facts
from kiosk.visit.flow import better_slip_waits
from kiosk.visit.preflight import why_no_print
from kiosk.visit.visit import Outcome, Visit
from kiosk.visit.working_days import after_working_days
from ui.parts import Parts
from ui.rows_model import RowsModel
from ui.texts import DELIVERIES, full_day, joined, listed, sentence

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """A rule with how it was met, a correction, or a line of a record (with its value)."""

    kind: str
    """`rule-met`, `rule-failed`, `correction` or `record`."""
    words: str
    value: str


@QmlElement
class OutcomeModel(QObject):
    """Maps outcome and printing to the screens after 提交."""

    changed = Signal()
    slipChanged = Signal()

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._rows = RowsModel(OutcomeRow, self)
        self._slip = 0
        self._seen: Visit | None = None
        self._seen_facts: Facts | None = None
        parts.session.watch(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Look again."""
        visit, before = self._parts.session.visit, self._seen
        if visit == before and self._parts.session.facts == self._seen_facts:
            return
        self._seen, self._seen_facts = visit, self._parts.session.facts
        self._rows.put(_rows(visit))
        if before is None or (before.printing, before.outcome, before.step) != (visit.printing, visit.outcome, visit.step):
            self._slip += 1
            self.slipChanged.emit()
        self.changed.emit()

    @Property(QObject, notify=changed)
    def rows(self) -> QObject:
        """Rows of OutcomeRow."""
        return self._rows

    @Property(str, notify=changed)
    def kind(self) -> str:
        """kept, accepted, decided, rejected, held, not-kept, record, no-record, unanswered; empty before."""
        return "" if self._outcome is None else self._outcome.kind.value

    @Property(bool, notify=changed)
    def approved(self) -> bool:
        """秒批: yes or no."""
        return self._outcome is not None and self._outcome.approved is True

    @Property(str, notify=changed)
    def item(self) -> str:
        """The item's name."""
        return "" if self._item is None else self._item.name.in_language(self._visit.language)

    @Property(str, notify=changed)
    def recordTitle(self) -> str:
        """The record's title."""
        record = self._outcome.record if self._outcome is not None else None
        return "" if record is None else (record.title_en if self._visit.language == "en" else record.title_zh)

    @Property(str, notify=changed)
    def receiptNumber(self) -> str:
        """The number this kiosk gave the submission."""
        return self._visit.receipt_number

    @Property(str, notify=changed)
    def acceptanceNumber(self) -> str:
        """The centre's number; only there once it has acknowledged."""
        return "" if self._outcome is None else self._outcome.acceptance_number

    @Property(str, notify=changed)
    def verificationCode(self) -> str:
        """The record's code by which others can check it."""
        record = self._outcome.record if self._outcome is not None else None
        return "" if record is None else record.verification_code

    @Property(str, notify=changed)
    def reason(self) -> str:
        """Why it ended so, in words."""
        return sentence(self._outcome.code if self._outcome is not None else "", self._visit.language).text

    @Property(str, notify=changed)
    def reasonNext(self) -> str:
        """What can be done about it."""
        return sentence(self._outcome.code if self._outcome is not None else "", self._visit.language).next

    @Property(str, notify=changed)
    def promisedDay(self) -> str:
        """The day the promised working days end; empty when it is done at once."""
        item, outcome = self._item, self._outcome
        if (
            item is None
            or outcome is None
            or item.working_days == 0
            or item.kind is not Kind.APPLICATION
            or outcome.accepted_at is None
        ):
            return ""
        return full_day(after_working_days(outcome.accepted_at.date(), item.working_days), self._visit.language)

    @Property(str, notify=changed)
    def deliveryText(self) -> str:
        """How the result reaches the resident."""
        item, language = self._item, self._visit.language
        return "" if item is None else listed((DELIVERIES[each] for each in item.delivery), language)

    @Property(str, notify=changed)
    def promisedMaterials(self) -> str:
        """What the resident has promised to bring; empty when nothing."""
        if self._item is None or not self._visit.promised:
            return ""
        language = self._visit.language
        return joined([material.name.in_language(language) for material in deferred(self._visit)], language)

    @Property(str, notify=changed)
    def promiseDeadline(self) -> str:
        """Until when."""
        if self._item is None or self._visit.submitted_at is None:
            return ""
        day = after_working_days(self._visit.submitted_at.date(), self._item.deferral_working_days)
        return full_day(day, self._visit.language)

    @Property(bool, notify=changed)
    def printsRecord(self) -> bool:
        """The record is to be printed here."""
        return self._item is not None and Delivery.PRINTED_HERE in self._item.delivery

    @Property(str, notify=changed)
    def whyNoPrint(self) -> str:
        """Why the record would not come out of a printer now; empty when it would."""
        code = "" if self._item is None else why_no_print(self._item, self._parts.session.facts)
        return sentence(code, self._visit.language).text

    @Property(bool, notify=changed)
    def asking(self) -> bool:
        """The submit step waits for an enquiry, not for a submission."""
        return self._item is not None and self._item.kind is not Kind.APPLICATION

    @Property(bool, notify=changed)
    def safe(self) -> bool:
        """The submission is durably on this kiosk's disk."""
        return self._visit.receipt_number != ""

    @Property(str, notify=changed)
    def keptBefore(self) -> str:
        """That an earlier visit's application was found again, with its time; empty else."""
        visit = self._visit
        if not visit.recovered or visit.submitted_at is None:
            return ""
        at = visit.submitted_at.astimezone(self._parts.now().tzinfo)
        if visit.language == "en":
            return f"You submitted this on {at:%Y-%m-%d} at {at:%H:%M}. It is safe: there is no need to fill it in again."
        return f"您在{at.month}月{at.day}日 {at:%H:%M} 已提交过这项申请，没有丢失，不用再填一次"

    @Property(str, notify=changed)
    def printing(self) -> str:
        """not-started, printing, printed or failed."""
        return self._visit.printing.value

    @Property(str, notify=changed)
    def printTrouble(self) -> str:
        """Why the slip did not come out."""
        return sentence(self._visit.print_trouble, self._visit.language).text

    @Property(bool, notify=changed)
    def betterSlip(self) -> bool:
        """The centre has answered since the slip was printed."""
        return better_slip_waits(self._visit)

    @Property(bool, notify=changed)
    def answeredSince(self) -> bool:
        """The centre has answered since the slip was begun to be printed, whether it came out or not."""
        return self._outcome is not None and self._visit.printed_state not in ("", self._outcome.kind.value)

    @Property(str, notify=slipChanged)
    def slipPicture(self) -> str:
        """Address of the slip's picture; another one whenever it changes."""
        return f"image://slip/{self._slip}"

    @Property(str, notify=slipChanged)
    def slipCode(self) -> str:
        """Address of the picture of its code alone."""
        return f"image://slip-code/{self._slip}"

    @Property(bool, notify=changed)
    def leftSomething(self) -> bool:
        """A submission stays on this kiosk until the centre has it."""
        return self._visit.key != "" and self._visit.receipt_number != ""

    @Slot()
    def printAgain(self) -> None:
        """打印 again, after trouble or for a better slip."""
        self._parts.session.send(ev.PrintAsked())

    @Slot(int)
    def rate(self, level: int) -> None:
        """好差评, 1 (worst) to 5."""
        self._parts.session.send(ev.Rated(level))

    @Slot()
    def skipRating(self) -> None:
        """跳过."""
        self._parts.session.send(ev.RatingSkipped())

    @property
    def _visit(self) -> Visit:
        return self._parts.session.visit

    @property
    def _outcome(self) -> Outcome | None:
        return self._parts.session.visit.outcome

    @property
    def _item(self) -> Item | None:
        return self._parts.session.visit.item


def _rows(visit: Visit) -> list[OutcomeRow]:
    outcome, english = visit.outcome, visit.language == "en"
    if outcome is None:
        return []
    rules = [OutcomeRow("rule-met" if rule.met else "rule-failed", rule.en if english else rule.zh, "") for rule in outcome.rules]
    wrong = [OutcomeRow("correction", asked.en if english else asked.zh, "") for asked in outcome.corrections]
    lines = outcome.record.lines if outcome.record is not None else ()
    return [*rules, *wrong, *(OutcomeRow("record", line.en if english else line.zh, line.value) for line in lines)]
