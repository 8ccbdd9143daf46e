"""Which print jobs have left the kiosk: what must outlive a driver, so that no retry makes a second copy by itself."""

from __future__ import annotations

from collections import OrderedDict

MOST_JOBS = 1000
"""A kiosk prints fewer in a day; older job ids are never asked for again."""

PRINTED = ""


class PrintedJobs:
    """Job ids whose bytes were sent, with how it ended; written and read on the printer's thread only."""

    def __init__(self) -> None:
        self._ends: OrderedDict[str, str] = OrderedDict()
        self.remains = False
        """True while part of a slip may hang in the printer: it is cut off before the next one, it may be another person's."""

    def begin(self, job: str) -> None:
        """Note that bytes of this job are about to leave: until `end` is told, it counts as broken off."""
        self._ends[job] = "device-unplugged"
        self.remains = True
        while len(self._ends) > MOST_JOBS:
            self._ends.popitem(last=False)

    def end(self, job: str, code: str = PRINTED) -> None:
        """Note how the job ended: PRINTED, or an error code when it may have come out in part."""
        self._ends[job] = code
        self.remains = code != PRINTED

    def end_of(self, job: str) -> str | None:
        """PRINTED or an error code; None when nothing of this job ever left the kiosk."""
        return self._ends.get(job)
