"""One visit as a timeline: its steps with their lengths, and every event on the visit's own clock; nothing of a person."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.staff.fact_words import SHORT_ID, WAYS_ENDED
from kiosk.staff.log_review import Moment, Timeline
from kiosk.staff.remedies import Sentence
from kiosk.staff.room import StaffRoom
from kiosk.staff.wording import STEPS, duration, event_in_words, moment
from kiosk.values import dataclass
from ui.parts import Parts
from ui.rows_model import RowsModel
from ui.staff_words import row_facts, trouble_said

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1

NOT_ENDED = Sentence("仍在办理", "Still under way")
SMALLEST_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class StepBar:
    """One step; `share` of the longest is never too small to be seen."""

    text: str
    lasted: str
    share: float


@dataclass(frozen=True, slots=True)
class MomentLine:
    """One event; `afterText` counts from the visit's first."""

    afterText: str
    text: str
    facts: str
    trouble: bool


@QmlElement
class StaffTimelineModel(QObject):
    """Open while a visit's id is set."""

    changed = Signal()

    def __init__(self, parts: Parts, room: StaffRoom) -> None:
        super().__init__()
        self._parts = parts
        self._room = room
        self._steps = RowsModel(StepBar, self)
        self._moments = RowsModel(MomentLine, self)
        self._visit = ""
        self._timeline: Timeline | None = None
        self._code = ""
        self._worded = ""
        room.watch(self._close_if_nobody)
        parts.session.watch(self._reword)

    @Slot(str)
    def open(self, visit: str) -> None:
        """A row of this visit was touched."""
        if visit and self._room.signed_in is not None:
            self._visit, self._timeline, self._code = visit, None, ""
            self.changed.emit()
            self._room.timeline(visit, lambda answer: self._loaded(visit, answer))

    @Slot()
    def close(self) -> None:
        """Back to the log."""
        self._visit, self._timeline = "", None
        self._steps.put([])
        self._moments.put([])
        self.changed.emit()

    def _close_if_nobody(self) -> None:
        if self._visit and self._room.signed_in is None:
            self.close()

    def _reword(self) -> None:
        if self._timeline is not None and self._worded != self._language:
            self._put(self._timeline)

    def _loaded(self, visit: str, answer: object) -> None:
        if visit != self._visit:
            return
        if isinstance(answer, Timeline):
            self._put(answer)
        else:
            self._code = getattr(answer, "code", "store-error")
            self.changed.emit()

    def _put(self, timeline: Timeline) -> None:
        self._timeline, self._worded = timeline, self._language
        longest = max([1.0, *(seconds for _, seconds in timeline.steps)])
        self._steps.put([self._bar(step, seconds, longest) for step, seconds in timeline.steps])
        self._moments.put([self._line(one) for one in timeline.moments])
        self.changed.emit()

    def _bar(self, step: str, seconds: float, longest: float) -> StepBar:
        words = STEPS.get(step, Sentence(step, step)).in_language(self._language)
        return StepBar(words, duration(seconds, self._language), max(seconds / longest, SMALLEST_SHARE))

    def _line(self, one: Moment) -> MomentLine:
        minutes, seconds = divmod(int(one.after_seconds), 60)
        words = event_in_words(one.row.event).in_language(self._language)
        facts = row_facts(one.row, self._language, self._parts.session.facts.kinds)
        return MomentLine(f"+{minutes}:{seconds:02}", words, facts, one.row.trouble)

    @property
    def _language(self) -> str:
        return self._parts.session.visit.language.value

    # --- what QML sees --------------------------------------------------------------------------------------------

    @Property(QObject, notify=changed)
    def steps(self) -> QObject:
        """Rows of StepBar, in the order they were come to."""
        return self._steps

    @Property(QObject, notify=changed)
    def moments(self) -> QObject:
        """Rows of MomentLine, first to last."""
        return self._moments

    @Property(str, notify=changed)
    def visit(self) -> str:
        """The whole random id; empty when no timeline is open."""
        return self._visit

    @Property(str, notify=changed)
    def shortVisit(self) -> str:
        """The beginning of the id."""
        return self._visit[:SHORT_ID]

    @Property(bool, notify=changed)
    def loading(self) -> bool:
        """It is being read."""
        return self._visit != "" and self._timeline is None and not self._code

    @Property(bool, notify=changed)
    def empty(self) -> bool:
        """The log has no such visit."""
        return self._timeline is not None and not self._timeline.moments

    @Property(str, notify=changed)
    def beganText(self) -> str:
        """When the visit began."""
        moments = self._timeline.moments if self._timeline else ()
        return moment(moments[0].row.at, self._parts.now()) if moments else ""

    @Property(str, notify=changed)
    def lastedText(self) -> str:
        """How long it took."""
        return duration(self._timeline.seconds, self._language) if self._timeline else ""

    @Property(str, notify=changed)
    def endedText(self) -> str:
        """How it ended."""
        ended = self._timeline.ended if self._timeline else ""
        return WAYS_ENDED.get(ended, NOT_ENDED).in_language(self._language)

    @Property(int, notify=changed)
    def troubles(self) -> int:
        """How many of its events were trouble."""
        return self._timeline.troubles if self._timeline else 0

    @Property(str, notify=changed)
    def trouble(self) -> str:
        """Why it could not be read."""
        return trouble_said(self._code, self._language)
