"""How long a visit may stand still, wait and last: fed with seconds that no wall clock can jump.

Lives on its session's thread.
"""

from __future__ import annotations

import math

from kiosk.visit import events as ev
from kiosk.visit.flow import awaits_disk
from kiosk.visit.settings import VisitSettings
from kiosk.visit.visit import Printing, Step, Visit

PRINT_SECONDS = 60.0
"""A printer that says nothing for so long has not printed."""
CAPTURE_SECONDS = 15.0
"""A camera that says nothing for so long has taken no page."""
DISK_SECONDS = 60.0
"""For so long not even the longest visit ends while the disk is asked."""
MOST_BETWEEN_LOOKS_SECONDS = 2.0
"""The clock is looked at four times a second; later than this, the kiosk itself stood still."""

OWN_CLOCK = frozenset({Step.RATING, Step.FAREWELL})
"""Steps that end by themselves and need no idle warning."""


class VisitClock:
    """Since when what stands; `due` tells the one thing whose time has come."""

    def __init__(self, settings: VisitSettings, now: float) -> None:
        self._settings = settings
        self._began = self._touched = self._warned = self._entered = self._printing = self._capturing = self._shown = now
        self._looked = now

    def follow(self, before: Visit, event: ev.Event, after: Visit, now: float) -> None:
        """Note what an event has changed."""
        alone_with_the_disk = awaits_disk(before) and self._untouched_too_long(before, now)
        touched = self._touched
        if isinstance(event, ev.SignOfLife):
            self._touched = self._shown = now
        if before.step is not after.step or before.key != after.key:
            self._entered = self._shown = self._touched = now
        if before.step is Step.ATTRACT and after.step is not Step.ATTRACT:
            self._began = now
        if after.idle_warning and not before.idle_warning:
            self._warned = now
        if after.capturing and not before.capturing:
            self._capturing = now
        if after.printing is Printing.PRINTING and before.printing is not Printing.PRINTING:
            self._printing = now
        if self._busy(after) or self._busy(before):
            self._touched = now
        if alone_with_the_disk:
            self._touched = touched  # `overslept` as soon as the disk has answered

    def due(self, visit: Visit, now: float) -> ev.Event | None:
        """What the clock has to say now; None while nothing is due."""
        self._excuse_devices(now)
        if visit.step is Step.ATTRACT:
            # Not shown to anybody: display settings that somebody left behind are taken back.
            return ev.IdleTooLong() if visit != Visit() and now - self._touched >= self.idle_seconds(visit) else None
        return self._visit_due(visit, now) or self._waiting_due(visit, now) or self._idle_due(visit, now)

    def overslept(self, visit: Visit, now: float) -> ev.Event | None:
        """What ends a visit or a step through all of whose time the kiosk stood still; None while none is to be ended.

        So is whoever was rating, after rating and farewell. Nobody could be warned: whatever comes next is not taken for theirs.
        """
        if visit.step is Step.ATTRACT or awaits_disk(visit):
            return None
        own_seconds = self._settings.rating_seconds + self._settings.farewell_seconds
        if visit.step is Step.RATING and now - self._entered >= own_seconds:
            return ev.VisitTimeOver()  # the farewell that follows it tells the receipt's number
        if visit.step in OWN_CLOCK:
            longest = self._own_seconds(visit) + MOST_BETWEEN_LOOKS_SECONDS
            return ev.StepTimeOver() if now - self._entered >= longest else None
        if visit.idle_warning:
            return ev.WarningRanOut() if now - self._warned >= self.warning_seconds(visit) else None
        return ev.StoodStill() if self._untouched_too_long(visit, now) else None

    def countdown(self, visit: Visit, now: float) -> int:
        """Whole seconds left of what counts down on the screen: the idle warning, the rating, the farewell; else 0."""
        if visit.step in OWN_CLOCK:
            return max(0, math.ceil(self._entered + self._own_seconds(visit) - now))
        return max(0, math.ceil(self._warned + self.warning_seconds(visit) - now)) if visit.idle_warning else 0

    def visit_seconds_left(self, visit: Visit, now: float) -> int:
        """Whole seconds left of the longest visit; all of them while nobody is here."""
        longest = self._settings.visit_minutes * 60
        return longest if visit.step is Step.ATTRACT else max(0, math.ceil(self._began + longest - now))

    def seconds(self, now: float) -> int:
        """Whole seconds since the visit began."""
        return max(0, int(now - self._began))

    def idle_seconds(self, visit: Visit) -> int:
        """How long nobody need touch anything on this page."""
        if not (visit.signed_in or visit.key):
            return self._settings.public_idle_seconds
        return self._settings.large_text_idle_seconds if visit.large_text else self._settings.signed_in_idle_seconds

    def warning_seconds(self, visit: Visit) -> int:
        """How long the warning counts down on this page."""
        signed_in = visit.signed_in or bool(visit.key)
        return self._settings.warning_seconds if signed_in else self._settings.public_warning_seconds

    def _excuse_devices(self, now: float) -> None:
        """What a device has said while the kiosk stood still is heard only now: that time is not its silence.

        Between looks that come late again and again, as much of it counts as between two that do not.
        """
        stood_still, self._looked = now - self._looked - MOST_BETWEEN_LOOKS_SECONDS, now
        if stood_still > 0:
            self._printing = min(now, self._printing + stood_still)
            self._capturing = min(now, self._capturing + stood_still)

    def _visit_due(self, visit: Visit, now: float) -> ev.Event | None:
        if visit.step in OWN_CLOCK:
            return ev.StepTimeOver() if now - self._entered >= self._own_seconds(visit) else None
        left = self._began + self._settings.visit_minutes * 60 - now
        if left <= 0 and not (awaits_disk(visit) and now - self._entered < DISK_SECONDS):
            return ev.VisitTimeOver()
        if left <= self._settings.ending_notice_minutes * 60 and not visit.ending_soon:
            return ev.VisitEndingSoon()
        return None

    def _waiting_due(self, visit: Visit, now: float) -> ev.Event | None:
        if visit.step is Step.SUBMIT and not visit.slow:
            patience = self._settings.patience_seconds if visit.key else self._settings.enquiry_seconds
            return ev.AnswerSlow(visit.key) if now - self._entered >= patience else None
        if visit.printing is Printing.PRINTING and now - self._printing >= PRINT_SECONDS:
            return ev.SlipStuck("device-silent") if visit.step is Step.RECEIPT else None
        if visit.capturing:
            return ev.PageRefused("device-silent") if now - self._capturing >= CAPTURE_SECONDS else None
        if visit.step is Step.IDENTIFY and not (visit.person or visit.resolving or visit.notice):
            return ev.NothingShown() if now - self._shown >= self._settings.card_seconds else None
        return None

    def _idle_due(self, visit: Visit, now: float) -> ev.Event | None:
        if visit.step in OWN_CLOCK:
            return None
        if self._busy(visit):
            if not self._untouched_too_long(visit, now):
                self._touched = now
            return None
        if visit.idle_warning:
            return ev.WarningRanOut() if now - self._warned >= self.warning_seconds(visit) else None
        return ev.IdleTooLong() if now - self._touched >= self.idle_seconds(visit) else None

    def _untouched_too_long(self, visit: Visit, now: float) -> bool:
        """For the idle time and its count-down; while a visit is busy, only where the kiosk stood still."""
        return now - self._touched >= self.idle_seconds(visit) + self.warning_seconds(visit)

    def _busy(self, visit: Visit) -> bool:
        """True while the resident waits for us: printing, resolving, submitting."""
        printing = visit.step is Step.RECEIPT and visit.printing is Printing.PRINTING
        return printing or visit.resolving or visit.capturing or visit.step is Step.SUBMIT

    def _own_seconds(self, visit: Visit) -> int:
        return self._settings.rating_seconds if visit.step is Step.RATING else self._settings.farewell_seconds
