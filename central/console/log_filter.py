"""The log's filter: read from the URL, applied to the events, written back into links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Connection, select

from central.console.ledger_page import page_number
from central.console.shown import facts_of, trouble_of
from central.tables import Event
from offline_cache.hall_time import HALL_TIME

PAGE_ROWS = 40


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

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        named = ((Event.kiosk, self.kiosk), (Event.event, self.event), (Event.visit, self.visit), (Event.device, self.device))
        found = [column == value for column, value in named if value]
        since, until = _moment(self.since), _moment(self.until)
        if since is not None:
            found.append(Event.at >= since)
        if until is not None:  # the minute that was typed belongs to it
            found.append(Event.at < until + timedelta(minutes=1))
        return found


WORDS = ("kiosk", "event", "visit", "device", "since", "until")


def events_shown(connection: Connection, chosen: LogFilter) -> tuple[list[EventShown], bool]:
    """One page, newest first, and whether an earlier one follows."""
    columns = (Event.at, Event.kiosk, Event.seq, Event.event, Event.visit, Event.device, Event.body)
    query = select(*columns).where(*chosen.conditions()).order_by(Event.at.desc(), Event.kiosk, Event.seq.desc())
    rows = connection.execute(query.limit(PAGE_ROWS + 1).offset((chosen.page - 1) * PAGE_ROWS)).all()
    return [EventShown(*row[:6], trouble_of(row[6]), facts_of(row[6])) for row in rows[:PAGE_ROWS]], len(rows) > PAGE_ROWS


def choices(connection: Connection) -> dict[str, list[str]]:
    """What can be chosen: the events, devices and kiosks the log knows."""
    columns = {"kiosk": Event.kiosk, "event": Event.event, "device": Event.device}
    return {
        name: [value for value in connection.execute(select(column).distinct().order_by(column).limit(200)).scalars() if value]
        for name, column in columns.items()
    }


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=HALL_TIME)).astimezone(HALL_TIME)
    except (ValueError, OverflowError):
        return None
