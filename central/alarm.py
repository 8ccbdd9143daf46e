"""Alarms: what a person must look at."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from central.database import upsert
from central.tables import Alarm

if TYPE_CHECKING:
    from sqlalchemy import Connection


def raise_alarm(connection: Connection, kiosk: str, code: str, subject: str, at: datetime) -> None:
    """Write the alarm in the caller's transaction; the same one again only counts up."""
    statement = upsert(connection, Alarm).values(kiosk=kiosk, code=code, subject=subject, first_at=at, last_at=at, times=1)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["kiosk", "code", "subject"], set_={"last_at": at, "times": Alarm.times + 1}
        )
    )
