"""The A4 printer behind a CUPS queue: hands PDFs to `lp`, follows each job over IPP, cancels one that is stuck.

The queue is the kiosk's own: what its user left waiting there from before a restart is cancelled, for it may be another
person's. "Printed" means that CUPS calls the job completed: it has handed all of it to the printer, which tells no more.
"""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import assert_never

from devices.document_printer.cups_server import look_up
from devices.document_printer.cups_words import Queue, number_of, read_jobs, read_queue, read_request, read_server
from devices.document_printer.ipp import NO_JOB, NOT_PRINTED, Job, JobState
from devices.document_printer.pdf import document_pdf
from devices.driver import CapturePage, CompareFace, Health, Order, PrintJob, SelfTest
from devices.errors import (
    CommandRefused,
    DeviceError,
    DeviceSilent,
    DeviceUnplugged,
    LibraryMissing,
    PortMissing,
    PrintDropped,
    PrintUnconfirmed,
)
from devices.receipt_printer.escpos import TEST_JOB, trial_slip
from devices.receipt_printer.jobs import PRINTED, PrintedJobs
from devices.reports import Cover, Paper, Report, SlipFailed, SlipPrinted, TestFinished
from devices.settings import DeviceSettings
from devices.values import dataclass

PROGRAMS = ("lp", "lpstat", "cancel")
ANSWER_SECONDS = 10.0
"""Longer than CUPS takes for any question; the programs wait for a server that hangs."""
POLL_SECONDS, FOLLOW_SECONDS, ROUND_SECONDS = 5.0, 0.5, 0.25
STUCK_SECONDS = 45.0
"""The visit gives the paper up after 60 s: before that a waiting job is cancelled, or it would come out for the next person."""
TRIES = 2
"""What is asked of a queue is asked again before it counts as gone: cupsd may drop a connection."""
UNTOLD_ROUNDS = 4
"""So many answers in a row that tell nothing of a job: then `lpstat` is asked whether it still waits."""


@dataclass(frozen=True, slots=True)
class _Followed:
    """A job that CUPS has and that is not finished."""

    job: str
    request: str
    since: float


class CupsPrinter:
    """One queue. `jobs` must outlive the driver, which the worker replaces after every trouble."""

    def __init__(
        self, settings: DeviceSettings, jobs: PrintedJobs | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name = settings.name
        self._queue_name = settings.port
        self._jobs = jobs if jobs is not None else PrintedJobs()
        self._clock = clock
        self._queue = Queue(enabled=True)
        self._server = ""
        self._asked_at = 0.0
        self._followed: list[_Followed] = []
        self._untold: Counter[str] = Counter()
        """By request: so often in a row CUPS has told nothing of it."""
        self._printed = 0

    def open(self) -> None:
        """Find the queue and cancel what was left in it; raises LibraryMissing (cups-client), PortMissing, DeviceSilent."""
        for program in PROGRAMS:
            if shutil.which(program) is None:
                raise LibraryMissing(f"{program} is not installed (cups-client)")
        self._look()
        self._server = read_server(self._run("lpstat", "-H").stdout)
        for request in self._waiting():
            self._run("cancel", request)

    def attend(self, active: bool) -> Iterable[Report]:  # noqa: ARG002 - a printer rests and works the same way
        """Follow the jobs under way, and look at the queue now and then; raises DeviceUnplugged when cupsd has gone."""
        time.sleep(ROUND_SECONDS)
        if self._clock() - self._asked_at < (FOLLOW_SECONDS if self._followed else POLL_SECONDS):
            return
        try:
            self._look()
            found = [(each, self._look_up(each)) for each in self._followed]
        except (PortMissing, DeviceSilent) as gone:
            for each in list(self._followed):
                yield self._ended(each, PrintUnconfirmed(gone.detail))
            if isinstance(gone, DeviceSilent):
                raise
            raise DeviceUnplugged(gone.detail) from gone
        for each, job in found:
            yield from self._follow(each, job)

    def perform(self, order: Order) -> Iterable[Report]:
        """Hand one document to CUPS; how it ended is told by a later round."""
        match order:
            case PrintJob():
                return self._print_once(order)
            case SelfTest():
                failed = self._submit(PrintJob(TEST_JOB, trial_slip(80)))
                return (TestFinished(self._name, failed.code, failed.detail),) if failed else ()
            case CompareFace() | CapturePage():
                raise CommandRefused("a printer only prints")
            case _ as never:
                assert_never(never)

    def health(self) -> Health:
        """The queue as last told; an A4 printer's paper is known only when CUPS says that it is out."""
        trouble = self._queue.trouble()
        code = trouble.code if trouble else ""
        return Health(
            paper=Paper.END if code == "paper-out" else Paper.UNKNOWN,
            cover=Cover.OPEN if code == "cover-open" else Cover.UNKNOWN,
            trouble=code,
            detail=trouble.detail if trouble else "",
            facts={"documents": str(self._printed), "waiting": str(len(self._followed))},
        )

    def close(self) -> None:
        """Nothing is held open."""

    # --- one job ----------------------------------------------------------------------------------------------------

    def _print_once(self, order: PrintJob) -> tuple[Report, ...]:
        job = order.job
        end = self._jobs.end_of(job)
        if end == PRINTED:
            return (SlipPrinted(self._name, job),)
        if any(each.job == job for each in self._followed):
            return ()
        if end is not None:
            return (SlipFailed(self._name, job, end, "it may have come out; it is not printed again by itself"),)
        failed = self._submit(order)
        return (SlipFailed(self._name, job, failed.code, failed.detail),) if failed else ()

    def _submit(self, order: PrintJob) -> DeviceError | None:
        """Give the job to CUPS; what kept it from being taken, or None. The document never lies in a file of ours."""
        job = order.job
        self._look()
        if trouble := self._queue.trouble():
            return trouble
        try:
            document = document_pdf(order.slip)
        except DeviceError as trouble:
            return trouble
        self._jobs.begin(job)
        if order.is_given_up:  # the disk may have hung over the note
            self._jobs.end(job, PrintUnconfirmed.code)
            return PrintUnconfirmed("nobody waited for it any more when it was to begin")
        said = self._run("lp", "-d", self._queue_name, "-t", "kiosk", "-o", "media=A4", "-", given=document)
        request = read_request(said.stdout)
        if said.returncode != 0 or request is None:
            # `lp` that says it has done it and does not say under which number may have handed it over.
            taken = said.returncode == 0 or said.returncode < 0
            refused = PrintUnconfirmed("lp gave no number") if taken else CommandRefused(said.stderr.strip()[:120])
            self._jobs.end(job, refused.code)
            return refused
        self._followed.append(_Followed(job, request, self._clock()))
        return None

    def _look_up(self, each: _Followed) -> Job | None:
        """What CUPS tells of a job, or `lpstat` when CUPS has told nothing for some rounds: whether it has left the queue."""
        job = look_up(self._server, number_of(each.request), getpass.getuser(), ANSWER_SECONDS)
        self._untold[each.request] = 0 if job is not None else self._untold[each.request] + 1
        if self._untold[each.request] >= UNTOLD_ROUNDS and self._has_left(each):
            return NO_JOB
        return job

    def _has_left(self, each: _Followed) -> bool:
        said = self._ask_waiting()
        return said.returncode == 0 and each.request not in read_jobs(said.stdout)

    def _follow(self, each: _Followed, job: Job | None) -> Iterable[Report]:
        """What has become of a job that CUPS had; one of which nothing is told is given up no earlier than a stuck one."""
        if job is not None and job.state is None:
            yield self._ended(each, PrintUnconfirmed("CUPS does not tell how the job ended"))
        elif job is not None and job.state is JobState.COMPLETED:
            yield self._ended(each, None)
        elif job is not None and job.state in NOT_PRINTED:
            yield self._ended(each, PrintDropped(f"CUPS: {job.state.name.lower()}"))
        elif self._clock() - each.since >= STUCK_SECONDS:
            yield self._ended(each, self._give_up(each))

    def _give_up(self, stuck: _Followed) -> DeviceError | None:
        """Cancel it, and look what has become of it: one that was never begun has certainly not come out."""
        trouble = self._queue.trouble()
        cancelled = self._cancel(stuck)
        job = self._look_after(stuck)
        if job is not None and job.state is JobState.COMPLETED:
            return None
        if trouble is not None and cancelled and job is not None and job.state is JobState.CANCELED and not job.begun:
            return trouble
        return PrintUnconfirmed(f"not finished within {STUCK_SECONDS:.0f} s{', cancelled' if cancelled else ''}")

    def _look_after(self, each: _Followed) -> Job | None:
        try:
            return self._look_up(each)
        except (PortMissing, DeviceSilent):
            return None

    def _cancel(self, each: _Followed) -> bool:
        try:
            return self._run("cancel", each.request).returncode == 0
        except DeviceSilent:
            return False

    def _ended(self, each: _Followed, trouble: DeviceError | None) -> Report:
        self._followed.remove(each)
        del self._untold[each.request]
        self._jobs.end(each.job, trouble.code if trouble else PRINTED)
        self._printed += trouble is None
        if each.job == TEST_JOB:
            return TestFinished(self._name, trouble.code if trouble else "", trouble.detail if trouble else each.request)
        if trouble is None:
            return SlipPrinted(self._name, each.job)
        return SlipFailed(self._name, each.job, trouble.code, trouble.detail)

    # --- CUPS's programs --------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Ask for the queue's state; raises PortMissing when there is no cupsd or no such queue."""
        self._asked_at = self._clock()
        if all(self._run("lpstat", "-r").stdout.strip() != "scheduler is running" for _ in range(TRIES)):
            raise PortMissing("cupsd is not running")
        for _ in range(TRIES):
            said = self._run("lpstat", "-l", "-p", self._queue_name)
            if said.returncode == 0:
                break
        else:
            raise PortMissing(f"CUPS has no queue {self._queue_name}")
        self._queue = read_queue(said.stdout)

    def _waiting(self) -> tuple[str, ...]:
        return read_jobs(self._ask_waiting().stdout)

    def _ask_waiting(self) -> subprocess.CompletedProcess[str]:
        return self._run("lpstat", "-W", "not-completed", "-u", getpass.getuser(), "-o", self._queue_name)

    def _run(self, program: str, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[str]:
        """One of CUPS's programs, in the C locale; raises DeviceSilent when it takes too long."""
        surroundings = {**os.environ, "LC_ALL": "C"}
        try:
            done = subprocess.run(  # noqa: S603 - CUPS's own programs, and words from the settings and from CUPS
                [program, *words], input=given, capture_output=True, check=False, timeout=ANSWER_SECONDS, env=surroundings
            )
        except FileNotFoundError as absent:
            raise LibraryMissing(f"{program} is not installed (cups-client)") from absent
        except subprocess.TimeoutExpired as hanging:
            raise DeviceSilent(f"{program} did not end within {ANSWER_SECONDS:.0f} s") from hanging
        texts = (done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
        return subprocess.CompletedProcess(done.args, done.returncode, *texts)
