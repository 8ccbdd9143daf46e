"""The ESC/POS receipt printer: prints slips, and knows its paper, cover and cutter; lives on its worker's thread.

A slip leaves in pieces that end with whole commands; between them the printer is asked whether it still prints, so a
roll that ends in the middle of a slip is noticed there. Once bytes of a job have left, that job is never sent again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import assert_never

from devices.driver import Health, Order, PrintJob, SelfTest
from devices.errors import DeviceError, DeviceSilent, PrinterError, PrinterOffline
from devices.receipt_printer.encoding import encode_cut, encode_slip
from devices.receipt_printer.jobs import PRINTED, PrintedJobs
from devices.receipt_printer.slip import Align, Line, Pair, Qr, Rule, Slip
from devices.receipt_printer.status import PrinterStatus, Query, printer_byte
from devices.receipt_printer.status_line import PRINTED_SO_FAR, StatusLine
from devices.reports import Report, SlipFailed, SlipPrinted, TestFinished
from devices.serial_port import SerialPort
from devices.settings import DeviceSettings

BAUD = 115200
POLL_SECONDS = 3.0
SILENT_POLL_SECONDS = 30.0
"""A printer that never answered is asked rarely: each time costs a second of waiting."""

ROUND_SECONDS = 0.25

END_MARK_SECONDS = 10.0
"""The longest slip prints in about 5 s (50 lines, 100 mm/s); a printer that does not know GS r costs this once."""

TEST_JOB = "test"
"""Never looked up: every press of the test button prints."""

MISSED_POLLS = 2
"""A printer that has answered before and misses so many polls in a row has lost its power."""


class EscposPrinter:
    """One printer on a serial line. `jobs` must outlive the driver, which the worker replaces after every trouble."""

    def __init__(
        self, settings: DeviceSettings, jobs: PrintedJobs | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name = settings.name
        self._width_mm = settings.paper_width_mm
        self._port = SerialPort(settings.port, settings.baud or BAUD)
        self._line = StatusLine(self._port, clock)
        self._jobs = jobs if jobs is not None else PrintedJobs()
        self._clock = clock
        self._status = PrinterStatus()
        self._asked_at = 0.0
        self._answers = False
        """True once this printer has answered a status query."""
        self._missed = 0
        self._marks_ends = True
        """False once this printer has left a GS r unanswered."""
        self._printed = 0

    def open(self) -> None:
        """Open the line and ask how the printer is; raises PortMissing, PortBusy. A silent printer is no error."""
        self._port.open()
        self._refresh()

    def attend(self, active: bool) -> Iterable[Report]:  # noqa: ARG002 - a printer rests and works the same way
        """Ask every few seconds, else listen for the line's end; raises DeviceUnplugged."""
        if self._clock() - self._asked_at >= (POLL_SECONDS if self._answers else SILENT_POLL_SECONDS):
            self._refresh()
        else:
            self._line.end_mark_came(ROUND_SECONDS)
        return ()

    def perform(self, order: Order) -> Iterable[Report]:
        """Print a slip or the test slip; paper, cover and cutter trouble is told, a lost line is raised."""
        match order:
            case PrintJob(job, slip):
                return (self._print_once(job, slip),)
            case SelfTest():
                return (self._print_test(),)
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
            facts={"answers-status": "yes" if self._answers else "no", "slips": str(self._printed)},
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

    def _trouble(self) -> DeviceError | None:
        if self._answers and self._missed >= MISSED_POLLS:
            return DeviceSilent("the printer answered before and does not any more")
        return self._status.trouble()

    # --- printing -------------------------------------------------------------------------------------------------

    def _print_once(self, job: str, slip: Slip) -> Report:
        """Print unless this job has left before: then tell again how it ended."""
        end = self._jobs.end_of(job)
        if end == PRINTED:
            return SlipPrinted(self._name, job)
        if end is not None:
            return SlipFailed(self._name, job, end, "part of it may have come out; it is not printed again by itself")
        if trouble := self._attempt(job, slip):
            return SlipFailed(self._name, job, trouble.code, trouble.detail)
        return SlipPrinted(self._name, job)

    def _print_test(self) -> Report:
        if trouble := self._attempt(TEST_JOB, _test_slip(self._width_mm)):
            return TestFinished(self._name, trouble.code, trouble.detail)
        return TestFinished(self._name, "", f"{self._width_mm} mm, answers status: {'yes' if self._answers else 'no'}")

    def _attempt(self, job: str, slip: Slip) -> DeviceError | None:
        """Print if the printer can; what kept it from printing, or None."""
        self._refresh()
        if trouble := self._trouble():
            return trouble
        try:
            self._send(job, slip)
        except PrinterError as broken_off:
            self._jobs.end(job, broken_off.code)
            return broken_off
        self._jobs.end(job)
        self._printed += 1
        return None

    def _send(self, job: str, slip: Slip) -> None:
        """Cut off what may remain, send all pieces, wait for their end; raises PrinterError when the printer stops."""
        self._line.forget_end_marks()
        if self._jobs.remains:
            self._port.send(encode_cut())
        self._jobs.begin(job)
        for piece in encode_slip(slip, self._width_mm):
            self._check_while_printing()
            self._port.send(piece)
        if self._answers and not self._end_came():
            self._refresh()
            self._marks_ends = self._status.silent
            if self._status.silent:
                raise PrinterOffline("the printer stopped answering while printing")
            if trouble := self._status.trouble():
                raise trouble

    def _check_while_printing(self) -> None:
        """One short question between two pieces; a printer that does not answer is not asked again and again."""
        if self._status.silent:
            return
        answer = printer_byte(self._line.ask(Query.PRINTER) or 0)
        if answer is not None and not answer.online:
            self._stop_for_cause()

    def _end_came(self) -> bool:
        """Wait until the printer says that everything is printed, and ask meanwhile whether anything stops it."""
        if not self._marks_ends:
            return False
        self._port.send(PRINTED_SO_FAR)
        deadline = self._clock() + END_MARK_SECONDS
        while not (came := self._line.end_mark_came(ROUND_SECONDS)) and self._clock() < deadline:
            self._check_while_printing()
        return came

    def _stop_for_cause(self) -> None:
        self._refresh()
        raise self._status.trouble() or PrinterOffline("the printer went offline while printing")


def _test_slip(width_mm: int) -> Slip:
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
