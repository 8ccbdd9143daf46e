"""Where a day's receipt numbers go on after something that may have given some which this store does not know.

On the storage thread. The floors are marks; a row's id is its day and its serial.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from offline_cache.database import transaction
from offline_cache.errors import JournalBroken
from offline_cache.hall_time import hall_date, hall_moment
from offline_cache.journal_heads import REACHED_FILE, TAKEN_FILE, Heads, Reached
from offline_cache.outbox import SERIALS_A_DAY, first_id
from offline_cache.receipt_number import parse
from offline_cache.small_tables import Marks

if TYPE_CHECKING:
    from offline_cache.database import Connection

SERIAL_STEP = 10_000
"""Receipt numbers go on at the next multiple: more than a kiosk gives out in a day, so that none is given twice."""
UNCLEAN_STEP = 1_000
"""The same after a stop that was none: more than fit into a log."""
SERIAL_FLOOR, LATER_FLOOR = "serial-floor", "serial-floor-later"
"""Marks: the smallest row id that may be given on its day; and that of a later day, kept while the clock has lost its time."""


def number_above_an_older_store(directory: Path, connection: Connection, now_ms: int) -> None:
    """After a backup was put back, or another kiosk's database: numbers were given since that it does not tell.

    What the centre has of the log stands outside the database, and the log does not hold it.
    """
    for name in (REACHED_FILE, TAKEN_FILE):
        with contextlib.suppress(JournalBroken):  # one that tells nothing: `kiosk logs verify` names it
            reached = Reached.load(directory, name)
            if reached is not None and not Heads(connection).holds(reached):
                number_above(connection, now_ms, f"{reached.seq}-{reached.hash[:12]}")


def number_above_what_the_centre_has(connection: Connection, last: str, now_ms: int) -> None:
    """Where this store does not hold what the centre told at the enrolment as that day's last: a fresh disk under a used number.

    Whatever day it is here: a clock that has not been set yet may be set while the kiosk works.
    """
    number = parse(last)
    if number is None:
        return
    row_id, end = first_id(number.day) + number.serial, first_id(number.day) + SERIALS_A_DAY
    if connection.execute("SELECT 1 FROM outbox WHERE id >= ? AND id < ? LIMIT 1", (row_id, end)).fetchone() is None:
        with transaction(connection):
            if number.day == hall_date(now_ms):
                once(connection, now_ms, last, lambda: raise_floor(connection, now_ms, 0, newest=row_id))
            else:
                floor = min(first_id(number.day) + (number.serial // SERIAL_STEP + 1) * SERIAL_STEP, end - 1)
                once(connection, now_ms, last, lambda: _raise_floor_of_another_day(connection, now_ms, floor))


def floor_ids(connection: Connection) -> list[int]:
    """No submission of a day gets a row id below the day's."""
    return [Marks(connection).get(name, 0) for name in (SERIAL_FLOOR, LATER_FLOOR)]


def number_above(connection: Connection, now_ms: int, why: str) -> None:
    """Let the receipt numbers go on well above those known; once for each `why`.

    And as many further as seconds of the day are over: the same copy may be put back twice in a day, and does not tell what was
    given after the first time.
    """
    now = hall_moment(now_ms)
    further = now.hour * 3600 + now.minute * 60 + now.second  # a kiosk gives fewer than one a second
    with transaction(connection):
        once(connection, now_ms, why, lambda: raise_floor(connection, now_ms, 0, further=further))


def once(into: Connection, now_ms: int, why: str, work: Callable[[], None]) -> None:
    """Do it, but for the same `why` no second time; to be called inside a transaction."""
    name = f"numbered-{why}"
    if into.execute("SELECT 1 FROM mark WHERE name = ?", (name,)).fetchone() is None:
        work()
        into.execute("INSERT INTO mark VALUES (?, ?)", (name, str(now_ms)))


def raise_floor(into: Connection, now_ms: int, times: int, step: int = SERIAL_STEP, newest: int = 0, further: int = 0) -> None:
    """Above what is known to be given, and a step for each store set aside: one that tells nothing may have given numbers too."""
    first = first_id(hall_date(now_ms))
    last = first + SERIALS_A_DAY - 1
    known_here = into.execute("SELECT max(id) FROM outbox WHERE id BETWEEN ? AND ?", (first, last)).fetchone()[0] or first
    marks = (SERIAL_FLOOR, LATER_FLOOR)
    known = [newest, *(int(value) for (value,) in into.execute("SELECT value FROM mark WHERE name IN (?, ?)", marks))]
    highest = max(known_here, first + (times - 1) * step, *(one for one in known if one <= last))
    floor = min(first + ((highest - first) // step + 1) * step + further, last)
    into.execute("INSERT OR REPLACE INTO mark VALUES (?, ?)", (SERIAL_FLOOR, str(floor)))
    if later := max((one for one in known[1:] if one > last), default=0):  # it counts again when its day does
        into.execute("INSERT OR REPLACE INTO mark VALUES (?, ?)", (LATER_FLOOR, str(later)))


def _raise_floor_of_another_day(into: Connection, now_ms: int, floor: int) -> None:
    """For when the clock is set to that day; a later one's that is known already stays."""
    name = LATER_FLOOR if floor > first_id(hall_date(now_ms)) else SERIAL_FLOOR
    into.execute("INSERT OR REPLACE INTO mark VALUES (?, ?)", (name, str(max(floor, Marks(into).get(name, 0)))))
