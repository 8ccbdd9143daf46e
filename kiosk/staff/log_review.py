"""The event log as a manager reads it: filtered pages, one visit as a timeline, CSV for the office.

Works over anything that reads a journal; runs in the thread its reader belongs to, never the GUI thread.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Protocol, TextIO

from kiosk.log_events import EVENTS, is_trouble
from kiosk.staff.wording import event_in_words
from kiosk.values import dataclass
from offline_cache.hall_time import HALL_TIME
from offline_cache.journal import UNREADABLE, Fact, Filter, JournalEvent

PAGE_ROWS = 50
READ_AT_ONCE = 500
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = ("seq", "time", "event", "in words", "visit", "device", "code", "facts", "trouble")


class JournalReader(Protocol):
    """The part of `offline_cache.journal.Journal` that only reads."""

    def find(self, wanted: Filter, limit: int = 100) -> tuple[JournalEvent, ...]:
        """Events that pass the filter, newest first."""

    def timeline(self, visit: str) -> tuple[JournalEvent, ...]:
        """One visit from its first event to its last."""


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which events to show; empty fields do not restrict."""

    since: datetime | None = None
    until: datetime | None = None
    """Exclusive."""
    events: tuple[str, ...] = ()
    device: str = ""
    visit: str = ""
    only_trouble: bool = False


@dataclass(frozen=True, slots=True)
class LogRow:
    """One event for people."""

    seq: int
    at: datetime
    """In UTC."""
    event: str
    visit: str
    device: str
    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """All of them, device and code too."""
    trouble: bool = False


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some rows, newest first."""

    rows: tuple[LogRow, ...]
    next_before_seq: int | None
    """Hand it in for the next page; None on the last one."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One event of a visit, on the visit's own clock."""

    row: LogRow
    after_seconds: float
    """Since the visit's first event; never negative, even when the clock was set back."""
    lasted_seconds: float
    """Until the next event; 0 for the last."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """One visit from its first touch to the wiped screen."""

    visit: str
    moments: tuple[Moment, ...]
    steps: tuple[tuple[str, float], ...]
    """Seconds spent in each step, in the order they were come to; a step come back to stands again."""

    @property
    def seconds(self) -> float:
        """From the first event to the last."""
        return self.moments[-1].after_seconds if self.moments else 0.0

    @property
    def ended(self) -> str:
        """How it ended: the word of `visit-ended`; empty while it is under way."""
        return next((str(one.row.facts.get("how", "")) for one in reversed(self.moments) if one.row.event == "visit-ended"), "")

    @property
    def troubles(self) -> int:
        """How many of its events were trouble."""
        return sum(one.row.trouble for one in self.moments)


def read_page(reader: JournalReader, wanted: LogFilter, before_seq: int | None = None, rows: int = PAGE_ROWS) -> LogPage:
    """One page of the log, newest first."""
    found: list[LogRow] = []
    for row in _rows(reader, wanted, before_seq):
        if len(found) == rows:
            return LogPage(tuple(found), found[-1].seq)
        found.append(row)
    return LogPage(tuple(found), None)


def read_timeline(reader: JournalReader, visit: str) -> Timeline:
    """One visit; without a moment when the log has no such visit."""
    rows = [_row(event) for event in reader.timeline(visit)]
    moments: list[Moment] = []
    elapsed = 0.0
    gaps = [max(0.0, (after.at - before.at).total_seconds()) for before, after in pairwise(rows)]
    for row, gap in zip(rows, (*gaps, 0.0), strict=False):  # the last event lasts no time; no event, no gap
        moments.append(Moment(row, elapsed, gap))
        elapsed += gap
    return Timeline(visit, tuple(moments), tuple(_steps(moments)))


def export_csv(reader: JournalReader, wanted: LogFilter, stream: TextIO) -> int:
    """Write all rows that pass, newest first, under a header; returns how many. The stream is opened with `newline=""`.

    Begins with a byte order mark, so that office programs read it as UTF-8; no cell can be taken for a formula.
    """
    stream.write("\ufeff")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    count = 0
    for row in _rows(reader, wanted, None):
        writer.writerow([safe_cell(cell) for cell in cells(row)])
        count += 1
    return count


def cells(row: LogRow) -> tuple[str, ...]:
    """A row as text, in the order of COLUMNS."""
    others = "; ".join(f"{name}={_text(value)}" for name, value in row.facts.items() if name not in ("device", "code"))
    words = event_in_words(row.event)
    return (
        str(row.seq),
        row.at.astimezone(HALL_TIME).isoformat(timespec="milliseconds"),
        row.event,
        f"{words.zh} {words.en}",
        row.visit,
        row.device,
        row.code,
        others,
        "yes" if row.trouble else "",
    )


def safe_cell(text: str) -> str:
    """The text such that a spreadsheet takes it for text: what begins like a formula gets an apostrophe before it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def event_names() -> tuple[str, ...]:
    """All declared events, for a filter's list."""
    return tuple(EVENTS)


def _rows(reader: JournalReader, wanted: LogFilter, before_seq: int | None) -> Iterator[LogRow]:
    filtered = Filter(
        events=wanted.events,
        visit=wanted.visit,
        device=wanted.device,
        since_ms=_milliseconds(wanted.since),
        until_ms=_milliseconds(wanted.until),
        before_seq=before_seq,
    )
    while found := reader.find(filtered, READ_AT_ONCE):
        for event in found:
            row = _row(event)
            if row.trouble or not wanted.only_trouble:
                yield row
        filtered = replace(filtered, before_seq=found[-1].seq)


def _row(event: JournalEvent) -> LogRow:
    return LogRow(
        seq=event.seq,
        at=datetime.fromtimestamp(event.at_ms / 1000, UTC),
        event=event.event,
        visit=event.visit,
        device=_text(event.facts.get("device")),
        code=_text(event.facts.get("code")),
        facts=_in_declared_order(event),
        trouble=event.event == UNREADABLE or is_trouble(event.event, event.facts),
    )


def _in_declared_order(event: JournalEvent) -> Mapping[str, Fact]:
    """The facts as they are told best; the journal keeps them sorted by name. Those of another version come last."""
    declared = EVENTS[event.event].facts if event.event in EVENTS else ()
    known = {name: event.facts[name] for name in declared if name in event.facts}
    return known | {name: value for name, value in event.facts.items() if name not in known}


def _steps(moments: list[Moment]) -> Iterator[tuple[str, float]]:
    step, since = "", 0.0
    for moment in moments:
        if moment.row.event == "visit-step":
            yield str(moment.row.facts.get("from", "")), moment.after_seconds - since
            step, since = str(moment.row.facts.get("to", "")), moment.after_seconds
    if step:
        yield step, moments[-1].after_seconds - since


def _text(value: Fact) -> str:
    if value is None:
        return ""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)
