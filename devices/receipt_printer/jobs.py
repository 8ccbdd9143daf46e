"""Which print jobs have left the kiosk: what outlives a driver and, with notes, a restart, so that no retry prints twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

from devices.errors import PrintUnconfirmed

MOST_JOBS = 1000
"""A kiosk prints fewer in a day; older job ids are never asked for again."""

PRINTED = ""
PRINTING = "printing"
"""Noted before the first byte leaves; still noted at the next start when the kiosk was killed in between."""


class JobNotes(Protocol):
    """Where jobs are noted so that a killed kiosk finds them again; called on the printer's thread, which may wait for the disk.

    A disk that takes nothing raises nothing: the resident's paper goes first, and the note then lives in memory only.
    """

    def remembered(self, device: str) -> Sequence[tuple[str, str]]:
        """Job ids and how they ended (PRINTED, PRINTING or an error code), the oldest first."""

    def note(self, device: str, job: str, code: str) -> None:
        """Durable once this returns."""


class PrintedJobs:
    """Job ids whose bytes were sent, with how it ended; written and read on the printer's thread only."""

    def __init__(self, device: str = "", notes: JobNotes | None = None) -> None:
        self._device = device
        self._notes = notes
        self._ends: OrderedDict[str, str] = OrderedDict()
        self._recalled = notes is None
        self._remains = False

    @property
    def remains(self) -> bool:
        """True while part of a slip may hang in the printer: it is cut off before the next one, it may be another person's."""
        self._recall()
        return self._remains

    def begin(self, job: str) -> None:
        """Note that bytes of this job are about to leave: until `end` is told, nobody knows whether it came out."""
        self._note(job, PRINTING)

    def end(self, job: str, code: str = PRINTED) -> None:
        """Note how the job ended: PRINTED, or an error code when it may have come out in part."""
        self._note(job, code)

    def end_of(self, job: str) -> str | None:
        """PRINTED or an error code; None when nothing of this job ever left the kiosk."""
        self._recall()
        end = self._ends.get(job)
        return PrintUnconfirmed.code if end == PRINTING else end

    def _note(self, job: str, code: str) -> None:
        self._recall()
        self._keep(job, code)
        if self._notes is not None:
            self._notes.note(self._device, job, code)

    def _keep(self, job: str, code: str) -> None:
        self._ends[job] = code
        self._remains = code != PRINTED
        while len(self._ends) > MOST_JOBS:
            self._ends.popitem(last=False)

    def _recall(self) -> None:
        """Not before it is needed: what is remembered is read on the printer's thread, never on the screen's."""
        if not self._recalled and self._notes is not None:
            self._recalled = True
            for job, code in self._notes.remembered(self._device):
                self._keep(job, code)
