"""Holding each day's submissions against the centre's ledger: `214 = 214`, or what is missing and what is doubled."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from offline_cache import sync
from offline_cache.damage import CARRIED
from offline_cache.errors import ContentConflict, ContentRefused, ContentTooLarge, NothingFound, StoreError
from offline_cache.hall_time import hall_date
from offline_cache.ledger_match import DayMatch, day_told
from offline_cache.records import Deferred, RecordState, Settled
from offline_cache.reports import LedgerCompared
from offline_cache.sending import Means, Part
from offline_cache.tables import Tables

if TYPE_CHECKING:
    from offline_cache.wire import LedgerDay, LedgerEntry, LedgerMatched

MATCH_SECONDS = 3600.0
"""Between two looks for days that are still to be held against the centre's ledger."""
MATCH_AFTER_START_SECONDS = 300.0
"""A kiosk that has just started has better things to ask; a random share more, so that not all of a county ask at once."""
CONSULTED = "ledger-consulted"
"""Mark: the time of the last carrying over of a damaged store after which the ledger was asked."""
DAYS_A_TURN = 5
DAY_SETTLES_MS = 10 * 60 * 1000
"""So long after midnight nothing more is kept under the day before."""


class LedgerMatch(Part):
    """The days that are still open."""

    def __init__(self, means: Means, note: Callable[[Sequence[Settled], Sequence[Deferred]], None]) -> None:
        """`note` takes down what became of a submission."""
        super().__init__(means)
        self._note = note
        self._consults = means.store.carried_over is not None or means.store.carrying_over
        """The store was damaged: the centre's ledger is asked at once, for today as well."""
        self._set_back = False
        """The centre's ledger is an older one: likewise."""
        spared = 0.0 if self._consults else MATCH_AFTER_START_SECONDS * (1 + means.setup.jitter())
        self.due = means.setup.monotonic() + spared
        """On the monotonic clock."""
        self._matched: set[date] = set()
        """Days compared in this look."""
        self.differing: tuple[date, ...] = ()
        """The days of the last month that came out otherwise in the centre's ledger than here, newest first."""
        self._carried_ms: int | None = None
        """When a damaged store was last carried over; None until it was looked up, 0 for never."""

    def look_again(self) -> None:
        """At all open days, in the next turn, and at today: a centre that was set back has lost the latest."""
        self._set_back = True
        self.look_soon()

    def look_soon(self) -> None:
        """At the days that are open or differ, in the next turn."""
        self.due = 0.0
        self._matched.clear()

    def match(self) -> bool:
        """Hold the days that are still open against the centre's ledger, some a turn; True when there are more."""
        if self._store.carrying_over:
            return False
        self._look_back()
        if self._setup.monotonic() < self.due:
            return False
        now_ms = self._setup.now_ms()
        today, unsettled = hall_date(now_ms), hall_date(now_ms - DAY_SETTLES_MS)
        open_days = self._store.call(lambda tables: tables.matches.open_days(unsettled)).result()
        days = (*(day for day in self.differing if day >= unsettled), *open_days)
        # What was answered today may be in the store that was set aside, or in the ledger that was.
        if self._consults or self._set_back:
            days = (today, unsettled, *days)
        days = tuple(day for day in dict.fromkeys(days) if day not in self._matched)
        for day in days[:DAYS_A_TURN]:
            self._matched.add(day)
            try:
                self._match_day(day, (today - day).days)
            except (ContentConflict, ContentRefused, ContentTooLarge, NothingFound):
                continue  # a centre that does not take it: no reason to stop sending; asked again in an hour
        self._see_differing()
        if len(days) > DAYS_A_TURN:
            return True
        self._matched.clear()
        if self._consults:
            carried_ms = self._carried_ms or 0
            with contextlib.suppress(StoreError):  # asked once more after the next start
                self._store.call(lambda tables: tables.marks.set(CONSULTED, carried_ms, lasting=False)).result()
        self._consults = self._set_back = False
        self.due = self._setup.monotonic() + MATCH_SECONDS
        return False

    def _look_back(self) -> None:
        """Once: a store that was set aside at an earlier start, which ended before the line was back, is asked after now."""
        if self._carried_ms is not None:
            return

        self._see_differing()

        def marks(tables: Tables) -> tuple[int, int]:
            return tables.marks.get(CARRIED, 0), tables.marks.get(CONSULTED, 0)

        self._carried_ms, consulted_ms = self._store.call(marks).result()
        if self._carried_ms != consulted_ms:
            self._consults, self.due = True, 0.0

    def _see_differing(self) -> None:
        today = hall_date(self._setup.now_ms())
        self.differing = self._store.call(lambda tables: tables.matches.differing(today)).result()

    def _match_day(self, day: date, days_back: int) -> None:
        told, entries, matched = self._compare(day, whole=False)
        if not matched.agrees:
            told, entries, matched = self._compare_in_full(day)
        match = DayMatch(
            day,
            self._setup.now_ms(),
            told.acknowledged,
            matched.in_centre,
            sum(entry.state == "waiting" for entry in entries),
            matched.missing,
            matched.unexpected,
            matched.different,
            matched.doubled,
        )
        if self._store.call(lambda tables: tables.matches.note(match)).result():
            self._listener(LedgerCompared(match, days_back))

    def _compare(self, day: date, *, whole: bool) -> tuple[LedgerDay, Sequence[LedgerEntry], LedgerMatched]:
        entries = self._store.call(lambda tables: tables.matches.entries(day)).result()
        told = day_told(day, entries, whole=whole)
        return told, entries, self._centre.match_ledger(told)

    def _compare_in_full(self, day: date) -> tuple[LedgerDay, Sequence[LedgerEntry], LedgerMatched]:
        """By every key, once the centre was asked for what staff cancelled, in the meantime too."""
        asked: set[str] = set()
        while True:
            for key in sorted(self._cancelled(day) - asked):
                self._ask_for_cancelled(key)
                asked.add(key)
            compared = self._compare(day, whole=True)
            if self._cancelled(day) <= asked:
                return compared

    def _cancelled(self, day: date) -> set[str]:
        return set(self._store.call(lambda tables: tables.matches.cancelled(day)).result())

    def _ask_for_cancelled(self, key: str) -> None:
        """What staff cancelled may have reached the centre before: then it is acknowledged."""
        with contextlib.suppress(NothingFound):
            step = sync.after_answer(self._centre.submission(key), 0, self._setup.now_ms(), 0.0, self._pace)
            if isinstance(step, Settled) and step.state is RecordState.ACKNOWLEDGED:
                self._note([step], [])
