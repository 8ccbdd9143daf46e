"""The log's filter: read from the URL, applied to the events, written back into links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Connection, Select, func, select

from central.console.ledger_page import page_number
from central.console.shown import facts_of, trouble_of
from central.journal import FIRST, LAST
from central.tables import Event
from offline_cache.hall_time import HALL_TIME

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute

PAGE_ROWS = 40
CHOICES = 200
"""So many events, devices or kiosks to choose from."""


@dataclass(frozen=True, slots=True)
class EventShown:
    """One line of the log."""

    at: datetime
    kiosk: str
    seq: int
    event: str
    visit: str
    device: str
    code: str
    """Of its trouble; empty for none."""
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which events to show; empty fields let everything through. Times are the hall's, as typed."""

    kiosk: str = ""
    event: str = ""
    visit: str = ""
    device: str = ""
    since: str = ""
    until: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> LogFilter:
        """From the URL; nothing in it can be wrong enough to fail."""
        words = {name: query.get(name, "").replace("\0", "").strip()[:64] for name in WORDS}
        return cls(**words, page=page_number(query.get("page", "")))

    @property
    def is_set(self) -> bool:
        """True when anything is filtered."""
        return any(getattr(self, name) for name in WORDS)

    @property
    def unreadable_time(self) -> bool:
        """True when a time was typed that is none."""
        return any(text and _moment(text) is None for text in (self.since, self.until))

    def url(self, **changed: Any) -> str:
        """The address of this view, or of one that differs in a field."""
        told = {name: changed.get(name, getattr(self, name)) for name in (*WORDS, "page")}
        query = urlencode({name: value for name, value in told.items() if value and (name, value) != ("page", 1)})
        return f"/console?{query}#log" if query else "/console#log"

    def url_of_visit(self, visit: str) -> str:
        """The address of the whole visit, whatever else is filtered now."""
        return LogFilter(visit=visit).url()

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        named = ((Event.kiosk, self.kiosk), (Event.event, self.event), (Event.visit, self.visit), (Event.device, self.device))
        found = [column == value for column, value in named if value]
        if self.device:  # said once more for its index, which has no others
            found.append(Event.device != "")
        since, until = _moment(self.since), _moment(self.until)
        if since is not None:
            found.append(Event.at >= since)
        if until is not None:  # the minute that was typed belongs to it
            found.append(Event.at < until + timedelta(minutes=1))
        return found


WORDS = ("kiosk", "event", "visit", "device", "since", "until")


def events_shown(connection: Connection, chosen: LogFilter) -> tuple[list[EventShown], bool]:
    """One page, newest first, and whether an earlier one follows."""
    rows = connection.execute(log_of(chosen)).all()
    return [EventShown(*row[:6], trouble_of(row[6]), facts_of(row[6])) for row in rows[:PAGE_ROWS]], len(rows) > PAGE_ROWS


def log_of(chosen: LogFilter) -> Select[datetime, str, int, str, str, str, str]:
    """A page of it and one row more; in the order of an index, so that nothing else is read."""
    columns = (Event.at, Event.kiosk, Event.seq, Event.event, Event.visit, Event.device, Event.body)
    query = select(*columns).where(*chosen.conditions()).order_by(Event.at.desc(), Event.kiosk.desc(), Event.seq.desc())
    return query.limit(PAGE_ROWS + 1).offset((chosen.page - 1) * PAGE_ROWS)


def choices(connection: Connection) -> dict[str, list[str]]:
    """What can be chosen: the events, devices and kiosks the log knows."""
    columns = {"kiosk": Event.kiosk, "event": Event.event, "device": Event.device}
    return {name: list(connection.execute(values_of(column)).scalars()) for name, column in columns.items()}


def values_of(column: InstrumentedAttribute[str]) -> Select[str]:
    """What stands in a column with an index, from value to next value: DISTINCT would read every row."""
    found = select(func.min(column).label("value")).where(column != "").cte("found", recursive=True)
    following = select(func.min(column)).where(column > found.c.value, column != "").scalar_subquery()
    found = found.union_all(select(following).where(found.c.value.is_not(None)))
    return select(found.c.value).where(found.c.value.is_not(None)).limit(CHOICES)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=HALL_TIME)).astimezone(UTC)
        return min(max(moment, FIRST), LAST).astimezone(HALL_TIME)  # as the events themselves
    except (ValueError, OverflowError):
        return None
