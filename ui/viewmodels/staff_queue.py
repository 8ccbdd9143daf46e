"""The queue as staff see it: numbers, one row a submission, and sending one again; nothing is opened."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.staff.queue_review import QueueRow
from kiosk.staff.remedies import Sentence, remedy
from kiosk.staff.room import QueueView, StaffRoom
from kiosk.staff.sending import sending_in_words
from kiosk.staff.wording import duration
from kiosk.values import dataclass
from kiosk.visit.facts import QueueFacts
from ui.parts import Parts
from ui.rows_model import RowsModel
from ui.staff_words import moment
from ui.texts import sentence

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1

TONES = {"acknowledged": "good", "rejected": "warn", "needs-person": "bad", "cancelled": "off"}
AGAIN = ("queued", "needs-person")
"""What the front of the queue may take back."""


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One submission; `again` is true while it can be put to the front."""

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
        self._sent = ""
        self._seen: tuple[QueueFacts, bool, str] | None = None
        room.watch(self._look)
        parts.session.watch(self._look)

    @Slot()
    def show(self) -> None:
        """The page is opened."""
        self._shown, self._view, self._sent = True, None, ""
        self._rows.put([])
        self.load()

    @Slot()
    def hide(self) -> None:
        """The page is left."""
        self._shown, self._view, self._loading = False, None, False
        self._rows.put([])

    def _look(self) -> None:
        if self._room.signed_in is None:
            if self._shown:
                self.hide()
        elif self._shown and self._seen != self._now_seen():
            self.load()

    def _now_seen(self) -> tuple[QueueFacts, bool, str]:
        return self._parts.session.facts.queue, self._parts.session.facts.online, self._language

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
            self._code, self._sent = code, "" if code else "sent"
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
            nextText=moment(row.next_try_at, now) if row.next_try_at is not None else "",
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
        code = "queue-full" if self._view and self._view.summary.full else self._parts.session.facts.queue.closed
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
        """Why it could not be read, or sent again."""
        return sentence(self._code, self._language).text

    @Property(str, notify=changed)
    def troubleNext(self) -> str:
        """What to do about it."""
        return sentence(self._code, self._language).next

    @Property(bool, notify=changed)
    def sentAgain(self) -> bool:
        """The last touch of 立即重发 was taken."""
        return self._sent != ""
