"""The queue as staff see it: numbers, one row a submission, sending one again, taking one out; nothing is opened."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.staff.queue_export import EXPORT_DAYS
from kiosk.staff.queue_review import QueueRow
from kiosk.staff.remedies import Sentence, remedy
from kiosk.staff.room import Exported, QueueView, StaffRoom
from kiosk.staff.sending import sending_in_words
from kiosk.staff.wording import CANCEL_REASONS, cancelling_in_words, duration, moment
from kiosk.values import dataclass
from kiosk.visit.facts import QueueFacts
from ui.parts import Parts
from ui.rows_model import ChoiceRow, RowsModel
from ui.staff_words import first_step, trouble_said

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1

TONES = {"acknowledged": "good", "rejected": "warn", "needs-person": "bad", "cancelled": "off"}
AGAIN = ("queued", "needs-person")
"""What the front of the queue may take back, and what may be taken out."""


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One submission; `again` is true while it can be put to the front, or taken out.

    `nextText` is empty for one that is due: it goes with the next request.
    """

    key: str
    receiptNumber: str
    itemName: str
    stateText: str
    tone: str
    keptText: str
    ageText: str
    tries: int
    nextText: str
    settledText: str
    aboutText: str
    trouble: str
    again: bool


@QmlElement
class StaffQueueModel(QObject):
    """Reads the queue when its page opens, when the queue's numbers change, and when asked to."""

    changed = Signal()

    def __init__(self, parts: Parts, room: StaffRoom) -> None:
        super().__init__()
        self._parts = parts
        self._room = room
        self._rows = RowsModel(QueueLine, self)
        self._view: QueueView | None = None
        self._sending: Sentence | None = None
        self._online = False
        self._shown = False
        self._loading = False
        self._code = ""
        self._done = ""
        """What the last touch did: `sent` or `cancelled`; empty when nothing."""
        self._exported: Exported | None = None
        self._not_exported = ""
        """Code of why the export broke off."""
        self._exporting = False
        self._reasons = RowsModel(ChoiceRow, self)
        self._leaving: QueueRow | None = None
        """Staff are asked why this one is to be taken out."""
        self._reason = ""
        self._seen: tuple[QueueFacts, bool, bool, str] | None = None
        room.watch(self._look)
        parts.session.watch(self._look)

    @Slot()
    def show(self) -> None:
        """The page is opened."""
        self._shown, self._view, self._done, self._exported, self._not_exported = True, None, "", None, ""
        self._rows.put([])
        self.load()

    @Slot()
    def hide(self) -> None:
        """The page is left."""
        self._shown, self._view, self._loading = False, None, False
        self._rows.put([])
        self.keepIn()

    def _look(self) -> None:
        if self._room.signed_in is None:
            if self._shown:
                self.hide()
        elif self._shown and self._seen != self._now_seen():
            self.load()

    def _now_seen(self) -> tuple[QueueFacts, bool, bool, str]:
        facts = self._parts.session.facts
        return facts.queue, facts.can_keep, facts.online, self._language

    @Slot()
    def load(self) -> None:
        """Read it again."""
        if self._room.signed_in is None:
            return
        self._seen, self._loading = self._now_seen(), True
        self.changed.emit()
        self._room.queue(self._loaded)

    def _loaded(self, answer: object) -> None:
        if not self._shown:
            return
        self._loading = False
        if isinstance(answer, QueueView):
            self._view, self._code = answer, ""
            self._look_at_sending()
            self._rows.put([self._line(row) for row in answer.rows])
            if self._leaving is not None:  # it may have been answered meanwhile
                self._ask(self._leaving.key)
        else:
            self._code = getattr(answer, "code", "store-error")
        self.changed.emit()

    def _look_at_sending(self) -> None:
        diagnosis = self._room.diagnosis()
        around, self._online = diagnosis.surroundings, diagnosis.online
        self._sending = sending_in_words(
            online=diagnosis.online,
            trouble=around.line_trouble,
            last_success_at=around.sent_at,
            next_try_at=around.next_try_at,
            now=self._parts.now(),
        )

    @Slot(str)
    def again(self, key: str) -> None:
        """立即重发."""
        if self._room.signed_in is not None:
            self._room.retry(key, self._retried)

    def _retried(self, code: str) -> None:
        if self._shown:
            self._code, self._done = code, "" if code else "sent"
            self.load() if not code else self.changed.emit()

    @Slot()
    def export(self) -> None:
        """导出未送达: what is unsent into a file, still encrypted."""
        if self._room.signed_in is not None and not self._exporting:
            self._exporting, self._exported, self._not_exported, self._done = True, None, "", ""
            self.changed.emit()
            self._room.export_queue(self._written)

    def _written(self, answer: object) -> None:
        self._exporting = False
        if self._shown:
            self._exported = answer if isinstance(answer, Exported) else None
            self._not_exported = "" if self._exported is not None else getattr(answer, "code", "store-error")
        self.changed.emit()

    @Slot(str)
    def askCancel(self, key: str) -> None:
        """撤出: it is asked first why."""
        self._reason = ""
        self._ask(key)
        self.changed.emit()

    def _ask(self, key: str) -> None:
        rows = self._view.rows if self._view is not None else ()
        self._leaving = next((row for row in rows if row.key == key and row.state.value in AGAIN), None)
        self._put_reasons()

    def _put_reasons(self) -> None:
        words = ((reason, says.in_language(self._language)) for reason, says in CANCEL_REASONS.items())
        self._reasons.put([ChoiceRow(reason, says, reason == self._reason) for reason, says in words if self._leaving])

    @Slot(str)
    def choose(self, reason: str) -> None:
        """Why it is taken out."""
        self._reason = reason
        self._put_reasons()
        self.changed.emit()

    @Slot()
    def keepIn(self) -> None:
        """不撤出."""
        self._leaving, self._reason = None, ""
        self._put_reasons()
        self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        """撤出, for the reason that was chosen."""
        if self._room.signed_in is not None and self._leaving is not None and self._reason:
            self._room.cancel(self._leaving.key, self._reason, self._cancelled)
            self.keepIn()

    def _cancelled(self, code: str) -> None:
        if self._shown:
            self._code, self._done = code, "" if code else "cancelled"
            self.load() if not code else self.changed.emit()

    def _line(self, row: QueueRow) -> QueueLine:
        item, now = self._parts.catalogue().item(row.item), self._parts.now()
        return QueueLine(
            key=row.key,
            receiptNumber=row.receipt_number,
            itemName=f"{item.name.in_language(self._language)} {row.item}" if item else row.item,
            stateText=row.state_in_words.in_language(self._language),
            tone=TONES.get(row.state.value, "info"),
            keptText=moment(row.kept_at, now),
            ageText=duration(row.age_seconds, self._language) if row.waits else "",
            tries=row.tries,
            nextText=moment(row.next_try_at, now) if row.next_try_at is not None and row.next_try_at > now else "",
            settledText=moment(row.settled_at, now) if row.settled_at is not None else "",
            aboutText=row.about.in_language(self._language),
            trouble=remedy(row.trouble).says.in_language(self._language) if row.trouble else "",
            again=row.state.value in AGAIN,
        )

    @property
    def _language(self) -> str:
        return self._parts.session.visit.language.value

    # --- what QML sees --------------------------------------------------------------------------------------------

    @Property(QObject, notify=changed)
    def rows(self) -> QObject:
        """Rows of QueueLine, newest first."""
        return self._rows

    @Property(bool, notify=changed)
    def loading(self) -> bool:
        """It is being read for the first time."""
        return self._loading and self._view is None

    @Property(bool, notify=changed)
    def loaded(self) -> bool:
        """There is something to show."""
        return self._view is not None

    @Property(int, notify=changed)
    def count(self) -> int:
        """How many rows are shown."""
        return len(self._rows.rows)

    @Property(int, notify=changed)
    def depth(self) -> int:
        """Kept and not answered for good."""
        return self._view.summary.depth if self._view else 0

    @Property(str, notify=changed)
    def oldestText(self) -> str:
        """How long the oldest has waited; empty when none does."""
        summary = self._view.summary if self._view else None
        return duration(summary.oldest_seconds, self._language) if summary and summary.oldest_at is not None else ""

    @Property(int, notify=changed)
    def needsPerson(self) -> int:
        """How many a person must look at."""
        return self._view.summary.needs_person if self._view else 0

    @Property(int, notify=changed)
    def kept(self) -> int:
        """All ever kept here."""
        return self._view.summary.kept if self._view else 0

    @Property(int, notify=changed)
    def acknowledged(self) -> int:
        """All the centre has acknowledged."""
        return self._view.summary.acknowledged if self._view else 0

    @Property(int, notify=changed)
    def rejected(self) -> int:
        """All the centre has refused for good."""
        return self._view.summary.rejected if self._view else 0

    @Property(int, notify=changed)
    def waiting(self) -> int:
        """How many wait for the centre."""
        return self._view.summary.waiting if self._view else 0

    @Property(int, notify=changed)
    def cancelled(self) -> int:
        """All that staff have taken out."""
        return self._view.summary.cancelled if self._view else 0

    @Property(str, notify=changed)
    def closedText(self) -> str:
        """Why nothing more is taken; empty while it is."""
        facts, full = self._parts.session.facts, self._view is not None and self._view.summary.full
        code = "queue-full" if full and facts.can_keep else facts.why_nothing_new
        return remedy(code).says.in_language(self._language) if self._view and code else ""

    @Property(str, notify=changed)
    def sendingText(self) -> str:
        """Whether the line is up, when the centre last answered, what comes next."""
        return self._sending.in_language(self._language) if self._sending is not None else ""

    @Property(bool, notify=changed)
    def online(self) -> bool:
        """The centre answers."""
        return self._online

    @Property(str, notify=changed)
    def matchText(self) -> str:
        """The day last held against the centre's ledger, `214 = 214`; empty when none was."""
        match = self._view.match if self._view else None
        return match.in_words.in_language(self._language) if match is not None else ""

    @Property(bool, notify=changed)
    def matchAgrees(self) -> bool:
        """False when a submission of that day is in doubt."""
        match = self._view.match if self._view else None
        return match is None or match.agrees

    @Property(str, notify=changed)
    def trouble(self) -> str:
        """Why it could not be read, sent again or taken out."""
        return trouble_said(self._code, self._language)

    @Property(str, notify=changed)
    def notExported(self) -> str:
        """Why nothing was exported; empty when it was, or nobody asked."""
        return trouble_said(self._not_exported, self._language)

    @Property(str, notify=changed)
    def notExportedNext(self) -> str:
        """What to do about it."""
        return first_step(self._not_exported, self._language)

    @Property(str, notify=changed)
    def troubleNext(self) -> str:
        """What to do about it."""
        return first_step(self._code, self._language)

    @Property(bool, notify=changed)
    def sentAgain(self) -> bool:
        """The last touch of 立即重发 was taken."""
        return self._done == "sent"

    @Property(bool, notify=changed)
    def takenOut(self) -> bool:
        """The last touch took one out."""
        return self._done == "cancelled"

    @Property(bool, notify=changed)
    def exporting(self) -> bool:
        """The file is being written."""
        return self._exporting

    @Property(int, notify=changed)
    def exportedRows(self) -> int:
        """How many submissions the last export has."""
        return self._exported.rows if self._exported is not None else 0

    @Property(int, notify=changed)
    def exportedWithout(self) -> int:
        """How many it left out, for they cannot be read any more."""
        return self._exported.unread if self._exported is not None else 0

    @Property(int, notify=changed)
    def exportDays(self) -> int:
        """How long it stays there."""
        return EXPORT_DAYS

    @Property(str, notify=changed)
    def exportedPath(self) -> str:
        """Where it was written; empty when none was."""
        return str(self._exported.path) if self._exported is not None else ""

    @Property(str, notify=changed)
    def leaving(self) -> str:
        """Receipt number of the one that is to be taken out; empty while none is."""
        return self._leaving.receipt_number if self._leaving is not None else ""

    @Property(str, notify=changed)
    def leavingText(self) -> str:
        """What taking it out means at the centre."""
        row = self._leaving
        return cancelling_in_words(was_sent=row.was_sent).in_language(self._language) if row is not None else ""

    @Property(QObject, notify=changed)
    def reasons(self) -> QObject:
        """Rows of ChoiceRow."""
        return self._reasons

    @Property(bool, notify=changed)
    def reasonChosen(self) -> bool:
        """It may be taken out."""
        return self._reason != ""
