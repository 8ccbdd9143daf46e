"""Sending the journal's events and signed heads, in order, and starting over where the centre has less than we thought."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from offline_cache.errors import (
    AnswerCut,
    CentreError,
    CentreHung,
    ContentConflict,
    ContentRefused,
    ContentTooLarge,
    JournalBroken,
    ReplicaRefused,
)
from offline_cache.hall_time import hall_date
from offline_cache.journal_heads import TAKEN_FILE, Reached
from offline_cache.reports import JournalRefused
from offline_cache.sending import Means, Part
from offline_cache.tables import Tables
from offline_cache.wire import EventLine, EventsTaken, SignedHead

EVENTS_A_REQUEST, LEAST_EVENTS = 1000, 50
"""Over a good line, and over one that does not carry so many in time, or has a gateway that takes no more."""
EVENTS_NEXT = "events-next"
REFUSED_JOURNAL_WAIT_SECONDS = 3600.0


class Events(Part):
    """What the centre does not have of the journal yet."""

    def __init__(self, means: Means, reopened: Callable[[], None]) -> None:
        """`reopened` hears that all days are to be held against the centre's ledger again."""
        super().__init__(means)
        self._reopened = reopened
        self._most = self._taken_at_most = EVENTS_A_REQUEST
        self.due = 0.0
        """On the monotonic clock."""
        self.refused = ""
        """Code of why the centre does not take them; empty while it does."""
        self._numbered_on: date | None = None
        """The day whose receipt numbers go on above what the centre may know and this store does not."""

    def send(self) -> bool:
        """One run of events when they are due; True when there are more."""
        if self._setup.monotonic() < self.due:
            return False
        first = self._store.call(lambda tables: tables.marks.get(EVENTS_NEXT, 1)).result()
        try:
            lines = self._store.call(lambda tables: tables.journal.lines(first, self._most)).result()
        except JournalBroken as broken:  # what else there is to send goes on
            self.due = self._setup.monotonic() + REFUSED_JOURNAL_WAIT_SECONDS
            self._tell_refused(broken.code)
            return False
        reached = lines[-1].seq if lines else first - 1
        head = self._store.call(lambda tables: tables.heads.to_countersign(reached)).result()
        self.due = self._setup.monotonic() + self._setup.centre.events_seconds  # also when it cannot be noted
        if not lines and head is None:
            return False
        try:
            began = self._setup.monotonic()
            taken = self._centre.report_events(lines, head)
            took = self._setup.monotonic() - began
        except (ContentConflict, ContentRefused) as error:
            return self._refused(error, first)
        except ContentTooLarge as error:
            if len(lines) <= LEAST_EVENTS:
                return self._refused(error, first)
            self._fewer(lines)
            self._taken_at_most = self._most
            self.due = 0.0
            return True
        except (CentreHung, AnswerCut):
            self._fewer(lines)
            raise
        self._line_worked()
        try:
            self._store.call(lambda tables: self._taken(tables, lines, head, taken)).result()
        except ReplicaRefused as another_key:
            if self.refused != another_key.code:  # or each time anew
                self._tell_refused(another_key.code)
        else:
            self.refused = ""
        if len(lines) < self._most or taken.next_seq <= first:
            return False
        if took < self._setup.centre.read_timeout_seconds / 4:  # twice as many would still be in time
            self._most = min(self._taken_at_most, self._most * 2)
        self.due = 0.0
        return True

    def _fewer(self, lines: Sequence[EventLine]) -> None:
        self._most = max(LEAST_EVENTS, min(self._most, len(lines)) // 4)

    def _taken(self, tables: Tables, lines: Sequence[EventLine], head: SignedHead | None, taken: EventsTaken) -> None:
        """On the storage thread; raises ReplicaRefused where the log is taken, and countersigned with another key than the
        enrolment told.
        """
        tables.marks.set(EVENTS_NEXT, taken.next_seq)
        if lines and taken.next_seq == lines[-1].seq + 1:
            Reached(lines[-1].seq, lines[-1].hash).save(self._setup.store.directory, TAKEN_FILE)
        if head is not None and taken.countersigned is not None:
            self._store.take_countersigned(tables, head, taken.countersigned)

    def _refused(self, error: CentreError, first: int) -> bool:
        """Start over where the centre stands, when it has less than we thought; else tell, and wait long.

        It may be a new enrolment, or a backup put back: all days are held against its ledger again. Where it has more, a backup
        was put back here, and receipt numbers were given since that this store does not know; or another machine goes on with
        this identity, and would have the numbers step on until none is left of the day: once a day is enough.
        """
        if isinstance(error, ContentConflict):
            try:
                expected = self._centre.report_events(()).next_seq
            except (ContentConflict, ContentRefused):
                expected = first
            if expected < first:
                self._store.call(lambda tables: tables.matches.reopen()).result()
                self._store.call(lambda tables: tables.marks.set(EVENTS_NEXT, expected)).result()
                self.due = 0.0
                self._reopened()
                return True
            today = hall_date(self._setup.now_ms())
            if expected > first and today != self._numbered_on:
                self._store.call(lambda tables: self._store.number_above(tables, f"events-{expected}")).result()
                self._numbered_on = today
        self.due = self._setup.monotonic() + REFUSED_JOURNAL_WAIT_SECONDS
        self._tell_refused(error.refusal or error.code)
        return False

    def _tell_refused(self, code: str) -> None:
        self.refused = code
        self._listener(JournalRefused(code))
