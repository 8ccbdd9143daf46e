"""The ESC/POS receipt printer: prints slips, and knows its paper, cover and cutter; lives on its worker's thread.

A slip leaves in pieces that end with whole commands; between them the printer is asked whether it still prints, so a
roll that ends in the middle of a slip is noticed there. Once bytes of a job have left, that job is never sent again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import assert_never

from devices.driver import CapturePage, CompareFace, Health, Order, PrintJob, SelfTest
from devices.errors import CommandRefused, DeviceError, DeviceSilent, PrinterError, PrinterOffline, PrintUnconfirmed
from devices.receipt_printer.encoding import encode_cut, encode_slip
from devices.receipt_printer.jobs import PRINTED, PrintedJobs
from devices.receipt_printer.printer_port import PrinterPort, make_port
from devices.receipt_printer.slip import Align, Line, Pair, Qr, Rule, Slip
from devices.receipt_printer.status import PrinterStatus, read_status
from devices.receipt_printer.status_line import ANSWER_SECONDS, StatusLine
from devices.reports import Report, SlipFailed, SlipPrinted, TestFinished
from devices.settings import DeviceSettings
from devices.wire_trace import WireTrace

POLL_SECONDS = 3.0
SILENT_POLL_SECONDS = 30.0
"""A printer that never answered is asked rarely: two questions are waited for each time, and before them what may be late."""

ROUND_SECONDS = 0.25

END_MARK_SECONDS = 10.0
"""The longest slip prints in about 5 s (50 lines, 100 mm/s); one without its mark by then has an unknown outcome."""

MARK_AGAIN_SECONDS = 2.0
"""A mark that has not come is asked for again: one byte is soon lost, and the slip is as printed by the second."""

TEST_JOB = "test"
"""Never looked up: every press of the test button prints."""

MISSED_POLLS = 3
"""A printer that answers and misses so many polls in a row has lost its power."""


class EscposPrinter:
    """One printer, by whatever cable. `jobs` must outlive the driver, which the worker replaces after every trouble."""

    def __init__(
        self,
        settings: DeviceSettings,
        jobs: PrintedJobs | None = None,
        clock: Callable[[], float] = time.monotonic,
        port: PrinterPort | None = None,
        trace: WireTrace | None = None,
    ) -> None:
        self._name = settings.name
        self._width_mm = settings.paper_width_mm
        self._port = port if port is not None else make_port(settings)
        self._line = StatusLine(self._port, clock, trace)
        self._jobs = jobs if jobs is not None else PrintedJobs()
        self._clock = clock
        self._status = PrinterStatus()
        self._asked_at = 0.0
        self._must_answer = settings.answers_status
        self._answers = settings.answers_status
        """True too once this printer has answered a status query."""
        self._missed = 0
        self._marks_ends = True
        """False while this printer, at rest and in order, leaves GS r unanswered; it is asked again now and then."""
        self._marks_asked_at = 0.0
        self._printed = 0
        self._asks_while_printing = True
        """False once a question went unanswered while this slip is sent, or while its end is waited for."""

    def open(self) -> None:
        """Open the line and ask how the printer is; raises PortMissing, PortBusy, LibraryMissing.

        Silence is no error unless the settings say that it answers: then it raises DeviceSilent.
        """
        self._port.open()
        self._refresh()
        if self._must_answer and self._status.silent:
            raise DeviceSilent("no answer to a status query: is it switched on, is its cable in?")
        self._learn_whether_it_marks_ends()

    def attend(self, active: bool) -> Iterable[Report]:  # noqa: ARG002 - a printer rests and works the same way
        """Ask every few seconds, else listen for the line's end; raises DeviceUnplugged."""
        if self._clock() - self._asked_at >= (POLL_SECONDS if self._answers else SILENT_POLL_SECONDS):
            self._refresh()
        else:
            self._line.listen(ROUND_SECONDS)
        self._marks_ends = self._marks_ends or self._line.marks_heard > 0
        if not self._marks_ends and self._clock() - self._marks_asked_at >= SILENT_POLL_SECONDS:
            self._learn_whether_it_marks_ends()
        return ()

    def perform(self, order: Order) -> Iterable[Report]:
        """Print a slip or the test slip; paper, cover and cutter trouble is told, a lost line is raised."""
        match order:
            case PrintJob():
                return (self._print_once(order),)
            case SelfTest():
                return (self._print_test(),)
            case CompareFace() | CapturePage():
                raise CommandRefused("a printer only prints")
            case _ as never:
                assert_never(never)

    def health(self) -> Health:
        """Paper and cover as last told; unanswered questions leave them unknown."""
        trouble = self._trouble()
        return Health(
            paper=self._status.paper,
            cover=self._status.cover,
            trouble=trouble.code if trouble else "",
            detail=trouble.detail if trouble else "",
            facts={
                "answers-status": _yes(self._answers),
                "marks-ends": _yes(self._answers and self._marks_ends),
                "slips": str(self._printed),
            },
        )

    def close(self) -> None:
        """Close the line."""
        self._port.close()

    # --- status ---------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        self._status = self._line.ask_everything()
        self._asked_at = self._clock()
        self._answers = self._answers or not self._status.silent
        self._missed = self._missed + 1 if self._status.silent else 0
        if self._missed >= MISSED_POLLS:
            self._line.forgive_end_marks()

    def _learn_whether_it_marks_ends(self) -> None:
        """Only from a printer at rest and in order: one that stands still leaves GS r in its buffer and proves nothing."""
        in_order = self._status.online is not False and not self._status.trouble()  # None: it does not know that query
        if in_order and not self._status.silent:
            self._line.forgive_end_marks()
            self._line.ask_end_mark()
            self._marks_ends = self._line.end_mark_came(ANSWER_SECONDS)
            self._marks_asked_at = self._clock()

    def _trouble(self) -> DeviceError | None:
        if self._answers and self._missed >= MISSED_POLLS:
            return DeviceSilent("the printer answered before and does not any more")
        return self._status.trouble()

    # --- printing -------------------------------------------------------------------------------------------------

    def _print_once(self, order: PrintJob) -> Report:
        """Print unless this job has left before: then tell again how it ended."""
        job = order.job
        end = self._jobs.end_of(job)
        if end == PRINTED:
            return SlipPrinted(self._name, job)
        if end is not None:
            return SlipFailed(self._name, job, end, "part of it may have come out; it is not printed again by itself")
        if trouble := self._attempt(order):
            return SlipFailed(self._name, job, trouble.code, trouble.detail)
        return SlipPrinted(self._name, job)

    def _print_test(self) -> Report:
        if trouble := self._attempt(PrintJob(TEST_JOB, trial_slip(self._width_mm))):
            return TestFinished(self._name, trouble.code, trouble.detail)
        return TestFinished(self._name, "", f"{self._width_mm} mm, answers status: {_yes(self._answers)}")

    def _attempt(self, order: PrintJob) -> DeviceError | None:
        """Print if the printer can; what kept it from printing, or None. One that misses a poll is asked again before."""
        self._refresh()
        while self._answers and self._status.silent and self._missed < MISSED_POLLS:
            self._refresh()
        if trouble := self._trouble():
            return trouble
        try:
            self._send(order)
        except PrinterError as broken_off:
            self._jobs.end(order.job, broken_off.code)
            return broken_off
        self._jobs.end(order.job)
        self._printed += 1
        return None

    def _send(self, order: PrintJob) -> None:
        """Cut off what may remain, send all pieces, wait for their end; raises PrinterError when the printer stops.

        A printer that is in order and does not say that it is done leaves the outcome unknown: PrintUnconfirmed.
        """
        self._settle_end_marks()
        if self._jobs.remains:
            self._line.send_slip(encode_cut())
        self._jobs.begin(order.job)
        if order.is_given_up:  # the disk may have hung over the note
            raise PrintUnconfirmed("nobody waited for it any more when it was to begin")
        self._asks_while_printing = True
        for piece in encode_slip(order.slip, self._width_mm):
            self._check_while_printing()
            self._line.send_slip(piece)
        if not self._answers:
            return
        if self._end_came():
            self._confirm_end()
        else:
            self._refresh()
            if self._status.silent:
                raise PrintUnconfirmed("the printer stopped answering while printing")
            if trouble := self._status.trouble():
                raise trouble
            if self._marks_ends:
                raise PrintUnconfirmed(f"no end mark within {END_MARK_SECONDS:.0f} s")

    def _check_while_printing(self) -> None:
        """One short question between two pieces; a printer that does not answer one is not asked again and again."""
        query = self._line.known_query
        if query is None or self._status.silent or not self._asks_while_printing:
            return
        answer = self._line.ask(query)
        self._asks_while_printing = answer is not None
        if answer is not None and read_status({query: answer}).trouble():
            self._stop_for_cause()

    def _settle_end_marks(self) -> None:
        """Have older slips' marks come now, so that none is taken for the next slip's: those that do not are lost for good."""
        if not (self._answers and self._marks_ends and self._line.owes_marks):
            return
        heard_before = self._line.marks_heard
        self._line.ask_end_mark_again()
        self._line.listen(ANSWER_SECONDS)
        if self._line.marks_heard > heard_before:  # the printer has come to its buffer's end, and so to all the others
            self._line.listen(ROUND_SECONDS)
            self._line.forgive_end_marks()

    def _end_came(self) -> bool:
        """Wait until the printer says that everything is printed, and ask meanwhile whether anything stops it."""
        self._line.ask_end_mark()
        self._asks_while_printing = True
        begun = asked = self._clock()
        while not (came := self._line.end_mark_came(ROUND_SECONDS)) and self._marks_ends:
            now = self._clock()
            if now - begun >= END_MARK_SECONDS:
                break
            self._check_while_printing()
            if now - asked >= MARK_AGAIN_SECONDS:
                asked = now
                self._line.ask_end_mark_again()
        return came

    def _confirm_end(self) -> None:
        """A serial plug that is pulled makes a zero, as a mark is: a printer that is done still answers; asked twice at most.

        Asked by a query that this printer knows, for some do not know them all; without one the mark is believed.
        """
        self._line.let_late_answers_pass()
        query = self._line.known_query
        if query is not None and all(self._line.ask(query) is None for _ in range(2)):
            raise PrintUnconfirmed("something like an end mark came, and then no answer")

    def _stop_for_cause(self) -> None:
        self._refresh()
        raise self._status.trouble() or PrinterOffline("the printer went offline while printing")


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


def trial_slip(width_mm: int) -> Slip:
    """What the technician's button prints: Chinese at both sizes, a rare character, the column rule and a QR code."""
    return Slip(
        (
            Line("打印测试", Align.CENTRE, large=True, bold=True),
            Rule(),
            Pair("纸宽", f"{width_mm} mm"),
            Pair("中文", "政务服务，二十四小时：鑫淼焱垚"),
            Pair("ASCII", "0123456789 ABCDEFGHIJKLM abcdefghijklm"),
            Rule(),
            Qr("KIOSK-PRINTER-TEST", "打印机测试码"),
        )
    )
