"""The log as a manager reads it: filters, pages, and its export; one visit's timeline is `staff_timeline`'s."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.staff.fact_words import SHORT_ID
from kiosk.staff.log_review import LogFilter, LogPage, LogRow, event_names
from kiosk.staff.remedies import Sentence
from kiosk.staff.room import Exported, StaffRoom
from kiosk.staff.wording import device_in_words, event_in_words, moment
from kiosk.values import dataclass
from ui.parts import Parts
from ui.rows_model import ChoiceRow, RowsModel
from ui.staff_words import first_step, row_facts, trouble_said

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1
SLOW_MS = 300
"""Sooner a page comes in place of the one before without a word."""

SPANS = {
    "today": Sentence("今天", "Today"),
    "hour": Sentence("最近 1 小时", "Last hour"),
    "day": Sentence("最近 24 小时", "Last 24 hours"),
    "week": Sentence("最近 7 天", "Last 7 days"),
    "month": Sentence("最近 30 天", "Last 30 days"),
    "all": Sentence("全部时间", "All time"),
}
LENGTHS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
ANY_EVENT, ANY_DEVICE = Sentence("全部事件", "All events"), Sentence("全部设备", "All devices")


@dataclass(frozen=True, slots=True)
class LogLine:
    """One event in words; `visit` is its random id, or empty."""

    seq: int
    atText: str
    text: str
    facts: str
    visit: str
    trouble: bool


@QmlElement
class StaffLogModel(QObject):
    """Asks for one page at a time; a page that comes late, after the filter has changed, is dropped."""

    changed = Signal()

    def __init__(self, parts: Parts, room: StaffRoom) -> None:
        super().__init__()
        self._parts = parts
        self._room = room
        self._rows = RowsModel(LogLine, self)
        self._options = RowsModel(ChoiceRow, self)
        self._exporting = False
        self._forget()
        room.watch(self._close_if_nobody)
        parts.session.watch(self._reword)

    def _forget(self) -> None:
        self._shown, self._loading, self._asked, self._choosing = False, False, 0, ""
        self._span, self._event, self._device, self._visit, self._only_trouble = "today", "", "", "", False
        self._starts: list[int | None] = [None]
        self._page: LogPage | None = None
        self._code = ""
        self._exported: Exported | None = None
        self._not_exported = ""
        """Code of why the export broke off."""
        self._worded = ""
        self._rows.put([])
        self._options.put([])

    @Slot()
    def show(self) -> None:
        """The page is opened."""
        self._shown = True
        self._load()

    @Slot()
    def hide(self) -> None:
        """The page is left; its filters are forgotten."""
        self._forget()
        self.changed.emit()

    def _close_if_nobody(self) -> None:
        if self._shown and self._room.signed_in is None:
            self.hide()

    def _reword(self) -> None:
        if self._shown and self._page is not None and self._worded != self._language:
            self._put(self._page)
            self._options.put(list(self._option_rows(self._choosing)))

    # --- reading --------------------------------------------------------------------------------------------------

    def _wanted(self) -> LogFilter:
        return LogFilter(
            since=self._since(),
            events=(self._event,) if self._event else (),
            device=self._device,
            visit=self._visit,
            only_trouble=self._only_trouble,
        )

    def _since(self) -> datetime | None:
        now = self._parts.now()
        if self._span == "today":
            return now.replace(hour=0, minute=0, second=0, microsecond=0)
        return now - LENGTHS[self._span] if self._span in LENGTHS else None

    def _load(self) -> None:
        if self._room.signed_in is None:
            return
        self._asked += 1
        asked = self._asked
        self._loading, self._exported, self._not_exported = True, None, ""
        self.changed.emit()
        self._room.log_page(self._wanted(), self._starts[-1], lambda answer: self._loaded(asked, answer))
        QTimer.singleShot(SLOW_MS, self, lambda: self._still_asking(asked))

    def _still_asking(self, asked: int) -> None:
        """What stands there is not what was asked for: it goes."""
        if asked == self._asked and self._loading:
            self._page = None
            self._rows.put([])
            self.changed.emit()

    def _loaded(self, asked: int, answer: object) -> None:
        if asked != self._asked or not self._shown:
            return
        self._loading = False
        if isinstance(answer, LogPage):
            self._code, self._page = "", answer
            self._put(answer)
        else:
            self._code = getattr(answer, "code", "store-error")
            self.changed.emit()

    def _put(self, page: LogPage) -> None:
        self._worded = self._language
        self._rows.put([self._line(row) for row in page.rows])
        self.changed.emit()

    def _line(self, row: LogRow) -> LogLine:
        words = event_in_words(row.event).in_language(self._language)
        at = moment(row.at, self._parts.now())
        return LogLine(
            row.seq, at, words, row_facts(row, self._language, self._parts.session.facts.kinds), row.visit, row.trouble
        )

    @property
    def _language(self) -> str:
        return self._parts.session.visit.language.value

    # --- touches --------------------------------------------------------------------------------------------------

    def _filter_changed(self) -> None:
        self._choosing = ""
        self._starts = [None]
        self._load()

    @Slot(str)
    def choose(self, which: str) -> None:
        """A filter was touched: span, event or device; empty closes the list."""
        self._choosing = which
        self._options.put(list(self._option_rows(which)))
        self.changed.emit()

    def _option_rows(self, which: str) -> Iterator[ChoiceRow]:
        language = self._language
        if which == "span":
            for value, words in SPANS.items():
                yield ChoiceRow(value, words.in_language(language), value == self._span)
        elif which == "event":
            yield ChoiceRow("", ANY_EVENT.in_language(language), not self._event)
            for name in event_names():
                yield ChoiceRow(name, event_in_words(name).in_language(language), name == self._event)
        elif which == "device":
            yield ChoiceRow("", ANY_DEVICE.in_language(language), not self._device)
            for name in sorted(self._parts.session.facts.devices):
                yield ChoiceRow(name, self._device_words(name), name == self._device)

    def _device_words(self, name: str) -> str:
        return device_in_words(name, self._parts.session.facts.kinds.get(name)).in_language(self._language)

    @Slot(str)
    def put(self, value: str) -> None:
        """One of the listed values was touched."""
        if self._choosing == "span" and value in SPANS:
            self._span = value
        elif self._choosing == "event":
            self._event = value
        elif self._choosing == "device":
            self._device = value
        self._filter_changed()

    @Slot(bool)
    def onlyTroubles(self, only: bool) -> None:
        """只看异常."""
        self._only_trouble = only
        self._filter_changed()

    @Slot(str)
    def onlyVisit(self, visit: str) -> None:
        """Only this visit's events; empty takes the filter away."""
        self._visit = visit
        self._filter_changed()

    @Slot()
    def later(self) -> None:
        """Older events."""
        if self._page is not None and self._page.next_before_seq is not None and not self._loading:
            self._starts.append(self._page.next_before_seq)
            self._load()

    @Slot()
    def earlier(self) -> None:
        """Newer events."""
        if len(self._starts) > 1 and not self._loading:
            self._starts.pop()
            self._load()

    @Slot()
    def export(self) -> None:
        """导出: all rows that pass, as CSV."""
        if self._room.signed_in is not None and not self._exporting:
            self._exporting, self._exported, self._not_exported = True, None, ""
            self.changed.emit()
            self._room.export_log(self._wanted(), self._written)

    def _written(self, answer: object) -> None:
        self._exporting = False
        if not self._shown:
            return
        if isinstance(answer, Exported):
            self._exported = answer
        else:
            self._not_exported = getattr(answer, "code", "store-error")
        self.changed.emit()

    # --- what QML sees --------------------------------------------------------------------------------------------

    @Property(QObject, notify=changed)
    def rows(self) -> QObject:
        """Rows of LogLine, newest first."""
        return self._rows

    @Property(QObject, notify=changed)
    def options(self) -> QObject:
        """Rows of ChoiceRow for the filter being chosen."""
        return self._options

    @Property(str, notify=changed)
    def choosing(self) -> str:
        """Which filter's list is open; empty when none is."""
        return self._choosing

    @Property(str, notify=changed)
    def spanText(self) -> str:
        """The time filter in words."""
        return SPANS[self._span].in_language(self._language)

    @Property(str, notify=changed)
    def eventText(self) -> str:
        """The event filter in words."""
        return (event_in_words(self._event) if self._event else ANY_EVENT).in_language(self._language)

    @Property(str, notify=changed)
    def deviceText(self) -> str:
        """The device filter in words."""
        return self._device_words(self._device) if self._device else ANY_DEVICE.in_language(self._language)

    @Property(str, notify=changed)
    def visitText(self) -> str:
        """The beginning of the visit id that is filtered for."""
        return self._visit[:SHORT_ID]

    @Property(bool, notify=changed)
    def troublesOnly(self) -> bool:
        """只看异常 is on."""
        return self._only_trouble

    @Property(bool, notify=changed)
    def loading(self) -> bool:
        """A page is being read, and none stands there."""
        return self._loading and self._page is None

    @Property(bool, notify=changed)
    def exporting(self) -> bool:
        """The file is being written."""
        return self._exporting

    @Property(bool, notify=changed)
    def empty(self) -> bool:
        """Nothing passes the filters."""
        return self._page is not None and not self._page.rows

    @Property(int, notify=changed)
    def page(self) -> int:
        """The open page, counted from 1."""
        return len(self._starts)

    @Property(bool, notify=changed)
    def hasLater(self) -> bool:
        """There are older events."""
        return self._page is not None and self._page.next_before_seq is not None

    @Property(str, notify=changed)
    def trouble(self) -> str:
        """Why it could not be read."""
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
    def exportedPath(self) -> str:
        """Where the export was written; empty when none was."""
        return str(self._exported.path) if self._exported else ""

    @Property(int, notify=changed)
    def exportedRows(self) -> int:
        """How many rows were written."""
        return self._exported.rows if self._exported else 0
