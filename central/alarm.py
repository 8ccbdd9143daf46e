"""Alarms: what a person must look at."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from central.database import upsert
from central.tables import Alarm

if TYPE_CHECKING:
    from sqlalchemy import Connection


def raise_alarm(connection: Connection, kiosk: str, code: str, subject: str, at: datetime) -> None:
    """Write the alarm in the caller's transaction; the same one again only counts up, and is to be looked into again."""
    statement = upsert(connection, Alarm).values(kiosk=kiosk, code=code, subject=subject, first_at=at, last_at=at, times=1)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["kiosk", "code", "subject"],
            set_={"last_at": at, "times": Alarm.times + 1, "done_at": None, "done_by": ""},
        )
    )


def end_alarm(
    connection: Connection, kiosk: str, code: str, subject: str, at: datetime, *, by: str = "", times: int | None = None
) -> bool:
    """Nobody need look into it any more: `by` did, or it ended by itself. False when it is none, or was raised more `times`."""
    this = [Alarm.kiosk == kiosk, Alarm.code == code, Alarm.subject == subject, Alarm.done_at.is_(None)]
    if times is not None:
        this.append(Alarm.times == times)
    return bool(connection.execute(update(Alarm).where(*this).values(done_at=at, done_by=by)).rowcount)


def is_over(connection: Connection, kiosk: str, code: str, subject: str, *, times: int) -> bool:
    """Whether the alarm as it was seen, raised so many `times`, was looked into or ended by itself meanwhile."""
    this = (Alarm.kiosk == kiosk, Alarm.code == code, Alarm.subject == subject, Alarm.times == times)
    return connection.execute(select(Alarm.done_at).where(*this)).scalar_one_or_none() is not None
