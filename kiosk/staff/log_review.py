"""The event log as a manager reads it: filtered pages, one visit as a timeline, CSV for the office.

Works over anything that reads a journal; runs in the thread its reader belongs to, never the GUI thread.
"""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterator, Mapping
from dataclasses import field, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Protocol, TextIO, TypeVar

from kiosk.log_events import EVENTS, is_trouble
from kiosk.staff.wording import event_in_words
from kiosk.values import dataclass
from offline_cache.hall_time import HALL_TIME
from offline_cache.journal import UNREADABLE, Fact, Filter, JournalEvent

T = TypeVar("T")
PAGE_ROWS = 50
READ_AT_ONCE = 200
"""Events looked at before others may have their turn."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = ("seq", "time", "event", "in words", "visit", "device", "code", "facts", "trouble")


class JournalReader(Protocol):
    """The part of `offline_cache.journal.Journal` that only reads."""

    def find(self, wanted: Filter, limit: int | None = 100) -> tuple[JournalEvent, ...]:
        """Events that pass the filter, newest first; so many at most."""

    def back_from(self, before_seq: int | None, events: int) -> int | None:
        """Where so many events begin that end before this one, or with the newest; None when there is none before it."""

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
    return _whole(page_in_steps(reader, wanted, before_seq, rows))


def page_in_steps(
    reader: JournalReader, wanted: LogFilter, before_seq: int | None = None, rows: int = PAGE_ROWS
) -> Generator[None, None, LogPage]:
    """The same, left now and then for others to have their turn at the journal: few of very many events may pass."""
    found: list[LogRow] = []
    for row in _rows(reader, wanted, before_seq):
        if row is None:
            yield
        elif len(found) == rows:
            return LogPage(tuple(found), found[-1].seq)
        else:
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
    return _whole(csv_in_steps(reader, wanted, stream))


def csv_in_steps(reader: JournalReader, wanted: LogFilter, stream: TextIO) -> Generator[None, None, int]:
    """The same, left now and then for others to have their turn at the journal."""
    stream.write("\ufeff")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    count = 0
    for row in _rows(reader, wanted, None):
        if row is None:
            yield
        else:
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


def _whole(steps: Generator[None, None, T]) -> T:
    """What comes of it, nobody else waiting."""
    while True:
        try:
            next(steps)
        except StopIteration as done:
            found: T = done.value
            return found


def _rows(reader: JournalReader, wanted: LogFilter, before_seq: int | None) -> Iterator[LogRow | None]:
    """Those that pass, newest first, and None after each so many that were looked at."""
    filtered = Filter(
        events=wanted.events,
        visit=wanted.visit,
        device=wanted.device,
        since_ms=_milliseconds(wanted.since),
        until_ms=_milliseconds(wanted.until),
        before_seq=before_seq,
    )
    while (begins := reader.back_from(filtered.before_seq, READ_AT_ONCE)) is not None:
        for event in reader.find(replace(filtered, from_seq=begins), None):  # the kiosk may have written more beside it
            if not wanted.only_trouble or _is_trouble(event):
                yield _row(event)
        yield None
        filtered = replace(filtered, before_seq=begins)


def _row(event: JournalEvent) -> LogRow:
    return LogRow(
        seq=event.seq,
        at=datetime.fromtimestamp(event.at_ms / 1000, UTC),
        event=event.event,
        visit=event.visit,
        device=_text(event.facts.get("device")),
        code=_text(event.facts.get("code")),
        facts=_in_declared_order(event),
        trouble=_is_trouble(event),
    )


def _is_trouble(event: JournalEvent) -> bool:
    return event.event == UNREADABLE or is_trouble(event.event, event.facts)


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
