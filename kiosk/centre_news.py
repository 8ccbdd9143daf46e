"""What comes from the sending thread, taken on the session's thread: logged, handed to the visit, remembered for the facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from kiosk.doors import StoreDoor
from kiosk.errors import CODES, known_code
from kiosk.log_events import MILLISECONDS, SECONDS, Scalar
from kiosk.visit.outcomes import KINDS
from kiosk.visit.visit import OutcomeKind
from offline_cache import reports as sending
from offline_cache.identity import withdraw
from offline_cache.ledger_match import DayMatch
from offline_cache.records import Tally

if TYPE_CHECKING:
    from offline_cache.wire import HeartbeatAnswer, SubmissionAnswer

WRONG_CLOCK_MS = 300_000
"""The centre refuses signatures older than five minutes."""
Refusal = sending.CatalogueRefused | sending.SettingsRefused | sending.JournalRefused
"""What one side did not take of the other."""


class CentreNews:
    """The line, the answers, the clock and the orders of the centre, as last heard."""

    def __init__(
        self,
        tally: Callable[[], Tally],
        disk: StoreDoor,
        log: Callable[[str, Mapping[str, Scalar]], None],
        clock: Callable[[], datetime],
        directory: Path,
    ) -> None:
        self._tally = tally
        self._disk = disk
        self._log = log
        self._clock = clock
        self._directory = directory
        self._ordered_out = False
        self._revoked = False
        self._line_up = False
        self.line_since = clock()
        """When it came up or went down."""
        self.line_trouble = ""
        """Code of what the line met; empty while it is up."""
        self.clock_offset_ms = 0
        """Centre's clock less ours."""
        self.catalogue_staged = False
        """A newer catalogue waits for the end of the visit."""
        self.settings_staged = False
        """So do other settings."""
        self._drained = (-1, -1)
        """The numbers with which the queue was last told as drained: all answers of a batch find it so."""

    @property
    def closed(self) -> str:
        """Code of why nobody new is served; empty while in service."""
        return "kiosk-revoked" if self._revoked else "out-of-service" if self._ordered_out else ""

    def hear(self, report: sending.Report) -> None:
        """Take one report."""
        match report:
            case sending.AnswerArrived(answer, tries):
                self._hear_answer(answer, tries)
            case sending.SubmissionHeld(key, code):
                self._log("submission-held", {"key": key, "code": known_code(code)})
                self._disk.answered(key, report)
            case sending.CancelOvertaken(key):
                self._log("cancel-overtaken", {"key": key})
            case sending.LineChanged(up, why, refusal):
                self._hear_line(up=up, code=refusal if refusal in CODES else known_code(why) if why else "")
            case sending.OrdersGiven(orders):
                self._obey(orders)
            case sending.ClockCompared(offset_ms):
                self.clock_offset_ms = offset_ms
                if abs(offset_ms) > WRONG_CLOCK_MS:
                    self._log("clock-differs", {"offset_ms": MILLISECONDS.nearest(offset_ms)})
            case sending.CatalogueStaged():
                self.catalogue_staged = True
            case sending.SettingsStaged():
                self.settings_staged = True
            case sending.CatalogueRefused(code) | sending.SettingsRefused(code) | sending.JournalRefused(code):
                self._hear_refusal(report, {"code": known_code(code)})
            case sending.KeyRotated(cipher, refused):
                self._hear_key(cipher, refused)
            case sending.LedgerCompared(match, days_back):
                self._hear_match(match, days_back)
            case sending.DamagedTakenAway(stores, with_gaps):
                self._log("damaged-taken-away", {"stores": stores, "with_gaps": with_gaps})
            case sending.Defect():
                return  # the assembly logs it where it was met
            case _ as never:
                assert_never(never)

    def _hear_key(self, cipher: str, refused: str) -> None:
        if refused:
            self._log("key-kept", {"code": known_code(refused)})
        else:
            self._log("key-rotated", {"cipher": cipher})

    def _hear_refusal(self, report: Refusal, facts: Mapping[str, Scalar]) -> None:
        match report:
            case sending.CatalogueRefused():
                self._log("catalogue-refused", facts)
            case sending.SettingsRefused():
                self._log("settings-refused", facts)
            case sending.JournalRefused():
                self._log("journal-refused", facts)
            case _ as never:
                assert_never(never)

    def _hear_answer(self, answer: SubmissionAnswer, tries: int) -> None:
        outcome = KINDS.get(answer.verdict)
        if outcome is OutcomeKind.REJECTED:
            self._log("submission-rejected", {"key": answer.key})
        elif outcome is not None:
            self._log("submission-acknowledged", {"key": answer.key, "outcome": outcome.value, "tries": tries})
        tally = self._tally()
        if outcome is not None and tally.depth == 0 and self._drained != (drained := (tally.kept, tally.acknowledged)):
            self._drained = drained
            self._log("queue-drained", {"kept": tally.kept, "acknowledged": tally.acknowledged})
        self._disk.answered(answer.key, answer)

    def _hear_match(self, match: DayMatch, days_back: int) -> None:
        counts = {"days_back": days_back, "acknowledged": match.acknowledged, "in_centre": match.in_centre}
        if match.agrees:
            if match.acknowledged:  # a quiet day is no news
                self._log("ledger-matched", counts)
            return
        kinds = {"missing": match.missing, "unexpected": match.unexpected, "different": match.different, "doubled": match.doubled}
        self._log("ledger-differs", counts | {name: len(keys) for name, keys in kinds.items()})

    def _hear_line(self, *, up: bool, code: str) -> None:
        now = self._clock()
        lasted = SECONDS.nearest(int((now - self.line_since).total_seconds()))
        if up is not self._line_up:  # down for another reason is down since then all the same
            self.line_since = now
        self._line_up, self.line_trouble = up, code
        if up:
            self._log("line-up", {"seconds": lasted})
        else:
            self._log("line-down", {"code": code or "centre-unreachable"})

    def _obey(self, orders: HeartbeatAnswer) -> None:
        if orders.out_of_service != self._ordered_out:
            self._ordered_out = orders.out_of_service
            self._log("orders-received", {"out_of_service": orders.out_of_service})
            if orders.out_of_service:
                self._log("out-of-service", {"code": "out-of-service"})
            else:
                self._log("in-service", {})
        if orders.revoked and not self._revoked:
            self._revoked = True
            self._log("revoked", {})
            # The key is of no use to anyone but a thief now; what is unsent stays, encrypted, for the technician's export.
            withdraw(self._directory)
