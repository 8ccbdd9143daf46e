"""The A4 printer against a real cupsd: printed, stopped, stuck, out of paper, no queue, no daemon, and another person's job."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.document_printer import cups_printer
from devices.document_printer.cups_printer import CupsPrinter
from devices.driver import PrintJob, SelfTest
from devices.emulators.cups_daemon import CUPSD, LPADMIN, QUEUE, CupsDaemon
from devices.errors import DeviceSilent, DeviceUnplugged, LibraryMissing, PortMissing
from devices.receipt_printer.jobs import PrintedJobs
from devices.receipt_printer.slip import Align, Line, Pair, Slip
from devices.reports import Paper, Report, SlipFailed, SlipPrinted, TestFinished
from devices.settings import DeviceModel, DeviceSettings
from tests.devices.document_printer.page_server import page_server
from tests.devices.line_time import LeapingClock

pytest.importorskip("fpdf", reason="fpdf2 is not installed")
if not (CUPSD and LPADMIN and shutil.which("lp")):
    pytest.skip("CUPS is not installed (cups-daemon, cups-client)", allow_module_level=True)

DOCUMENT = Slip((Line("住房公积金缴存证明", Align.CENTRE, large=True), Pair("申请人", "欧**例")))
SECONDS = 30.0


@pytest.fixture
def cups(monkeypatch: pytest.MonkeyPatch) -> Iterator[CupsDaemon]:
    with tempfile.TemporaryDirectory(prefix="cups-") as folder:  # a socket's path must be short
        cups = CupsDaemon(Path(folder))
        monkeypatch.setenv("CUPS_SERVER", str(cups.socket))
        cups.start()
        cups.add_queue()
        yield cups
        cups.become("")
        cups.stop()


@pytest.fixture
def settings() -> DeviceSettings:
    return DeviceSettings(name="a4-printer", model=DeviceModel.CUPS, port=QUEUE)


@pytest.fixture
def clock() -> LeapingClock:
    return LeapingClock()


@pytest.fixture
def printer(cups: CupsDaemon, settings: DeviceSettings, clock: LeapingClock) -> CupsPrinter:
    printer = CupsPrinter(settings, clock=clock)
    printer.open()
    return printer


def told(printer: CupsPrinter) -> Report:
    """The next report of a round."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        for report in printer.attend(active=False):
            return report
    pytest.fail("nothing was told")


def test_a_document_is_handed_over_once_and_followed_to_its_end(printer: CupsPrinter, cups: CupsDaemon) -> None:
    assert list(printer.perform(PrintJob("a", DOCUMENT))) == []
    assert told(printer) == SlipPrinted("a4-printer", "a")
    assert printer.perform(PrintJob("a", DOCUMENT)) == (SlipPrinted("a4-printer", "a"),)
    (document,) = cups.documents()
    assert document.startswith(b"%PDF-")
    assert printer.health().trouble == ""


def test_a_stopped_queue_takes_nothing_and_is_named(printer: CupsPrinter, cups: CupsDaemon) -> None:
    cups.says("/usr/sbin/cupsdisable", QUEUE)
    (failed,) = printer.perform(PrintJob("a", DOCUMENT))
    assert isinstance(failed, SlipFailed)
    assert (failed.code, failed.detail) == ("printer-offline", "the queue is stopped")
    assert printer.health().trouble == "printer-offline"
    cups.says("/usr/sbin/cupsenable", QUEUE)
    assert list(printer.perform(PrintJob("a", DOCUMENT))) == []
    assert told(printer) == SlipPrinted("a4-printer", "a")
    assert len(cups.documents()) == 1


def cancelled_by_the_backend(cups: CupsDaemon) -> None:
    cups.become("cancel")


def failed_and_aborted(cups: CupsDaemon) -> None:
    cups.says(str(LPADMIN), "-p", QUEUE, "-o", "printer-error-policy=abort-job")
    cups.become("fail")


@pytest.mark.parametrize(
    ("befall", "state"), [(cancelled_by_the_backend, "canceled"), (failed_and_aborted, "aborted")], ids=["cancel", "abort"]
)
def test_a_document_that_cups_gave_up_is_not_told_as_printed(
    printer: CupsPrinter, cups: CupsDaemon, befall: Callable[[CupsDaemon], None], state: str
) -> None:
    befall(cups)
    printer.perform(PrintJob("a", DOCUMENT))
    assert told(printer) == SlipFailed("a4-printer", "a", "print-dropped", f"CUPS: {state}")
    assert cups.documents() == []
    (again,) = printer.perform(PrintJob("a", DOCUMENT))
    assert isinstance(again, SlipFailed)
    cups.become("")
    printer.perform(PrintJob("b", DOCUMENT))
    assert told(printer) == SlipPrinted("a4-printer", "b")


def test_a_document_that_somebody_cancelled_is_not_told_as_printed(printer: CupsPrinter, cups: CupsDaemon) -> None:
    cups.become("hang")
    printer.perform(PrintJob("a", DOCUMENT))
    cups.says("cancel", *cups.waiting())
    assert told(printer) == SlipFailed("a4-printer", "a", "print-dropped", "CUPS: canceled")
    assert cups.documents() == []


def test_a_cups_that_keeps_no_history_leaves_the_outcome_unknown(printer: CupsPrinter, cups: CupsDaemon) -> None:
    cups.stop()
    with (cups.root / "conf" / "cupsd.conf").open("a") as conf:
        conf.write("PreserveJobHistory No\n")
    cups.start()
    printer.perform(PrintJob("a", DOCUMENT))
    cups.until(lambda: cups.waiting() == [])
    failed = told(printer)
    assert isinstance(failed, SlipFailed)
    assert (failed.job, failed.code) == ("a", "print-unconfirmed")


def test_a_cups_that_wants_tls_first_prints_and_the_outcome_is_unknown(
    printer: CupsPrinter, cups: CupsDaemon, clock: LeapingClock
) -> None:
    cups.become("hang")
    with page_server(426) as server:
        printer._server = server
        printer.perform(PrintJob("a", DOCUMENT))
        clock.leapt += cups_printer.FOLLOW_SECONDS
        assert list(printer.attend(active=False)) == []
        cups.become("")
        failed = told(printer)
    assert isinstance(failed, SlipFailed)
    assert failed.code == "print-unconfirmed"
    assert len(cups.documents()) == 1


def is_given_up_only_when_stuck(printer: CupsPrinter, cups: CupsDaemon, clock: LeapingClock) -> None:
    for _ in range(2 * cups_printer.UNTOLD_ROUNDS):
        clock.leapt += cups_printer.FOLLOW_SECONDS
        assert list(printer.attend(active=False)) == []
    assert len(cups.waiting()) == 1
    clock.leapt += cups_printer.STUCK_SECONDS
    failed = told(printer)
    assert isinstance(failed, SlipFailed)
    assert failed.code == "print-unconfirmed"
    assert cups.waiting() == []


def test_a_document_of_which_nothing_is_told_is_waited_for_and_does_not_come_out_for_the_next_person(
    printer: CupsPrinter, cups: CupsDaemon, clock: LeapingClock
) -> None:
    cups.become("hang")
    with page_server(426) as server:
        printer._server = server
        printer.perform(PrintJob("a", DOCUMENT))
        is_given_up_only_when_stuck(printer, cups, clock)


def test_a_document_of_which_neither_ipp_nor_lpstat_tells_anything_may_still_wait(
    printer: CupsPrinter, cups: CupsDaemon, clock: LeapingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = printer._run

    def refused(program: str, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[str]:
        if words[:1] == ("-W",):
            return subprocess.CompletedProcess(words, 1, "", "lpstat: Unauthorized")
        return run(program, *words, given=given)

    monkeypatch.setattr(printer, "_run", refused)
    monkeypatch.setattr(cups_printer, "look_up", lambda *_: None)
    cups.become("hang")
    printer.perform(PrintJob("a", DOCUMENT))
    is_given_up_only_when_stuck(printer, cups, clock)


def test_one_answer_that_makes_no_sense_among_good_ones_cancels_nothing(
    printer: CupsPrinter, cups: CupsDaemon, clock: LeapingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up, looks = cups_printer.look_up, itertools.count()
    monkeypatch.setattr(cups_printer, "look_up", lambda *words: look_up(*words) if next(looks) % 2 else None)
    cups.become("hang")
    printer.perform(PrintJob("a", DOCUMENT))
    for _ in range(2 * cups_printer.UNTOLD_ROUNDS):
        clock.leapt += cups_printer.FOLLOW_SECONDS
        assert list(printer.attend(active=False)) == []
    cups.become("")
    assert told(printer) == SlipPrinted("a4-printer", "a")
    assert len(cups.documents()) == 1


def test_a_document_that_is_begun_just_before_it_is_cancelled_may_have_come_out(
    printer: CupsPrinter, cups: CupsDaemon, clock: LeapingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = printer._run

    def late(program: str, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[str]:
        if program == "cancel":
            cups.says("/usr/sbin/cupsenable", QUEUE)
            cups.until(lambda: "now printing" in cups.says("lpstat", "-p", QUEUE))
        return run(program, *words, given=given)

    cups.become("hang")
    printer.perform(PrintJob("first", DOCUMENT))
    cups.until(lambda: "now printing" in cups.says("lpstat", "-p", QUEUE))
    printer.perform(PrintJob("a", DOCUMENT))
    cups.says("/usr/sbin/cupsdisable", QUEUE)
    cups.says("cancel", cups.waiting()[0])
    cups.until(lambda: len(cups.waiting()) == 1)
    monkeypatch.setattr(printer, "_run", late)
    clock.leapt += cups_printer.STUCK_SECONDS
    failed = {each.job: each.code for each in printer.attend(active=False) if isinstance(each, SlipFailed)}
    assert failed == {"first": "print-dropped", "a": "print-unconfirmed"}


def test_a_document_that_is_done_just_before_it_is_cancelled_is_told_as_printed(
    printer: CupsPrinter, cups: CupsDaemon, clock: LeapingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = printer._run

    def late(program: str, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[str]:
        if program == "cancel":
            cups.become("")
            cups.until(lambda: cups.waiting() == [])
        return run(program, *words, given=given)

    cups.become("hang")
    printer.perform(PrintJob("a", DOCUMENT))
    monkeypatch.setattr(printer, "_run", late)
    clock.leapt += cups_printer.STUCK_SECONDS
    assert list(printer.attend(active=False)) == [SlipPrinted("a4-printer", "a")]
    assert len(cups.documents()) == 1


def test_a_stuck_job_is_cancelled_and_its_outcome_unknown(printer: CupsPrinter, cups: CupsDaemon, clock: LeapingClock) -> None:
    cups.become("hang")
    printer.perform(PrintJob("a", DOCUMENT))
    cups.until(lambda: "now printing" in cups.says("lpstat", "-p", QUEUE))
    clock.leapt += cups_printer.STUCK_SECONDS
    failed = told(printer)
    assert isinstance(failed, SlipFailed)
    assert failed.code == "print-unconfirmed"
    assert cups.waiting() == []
    (again,) = printer.perform(PrintJob("a", DOCUMENT))
    assert isinstance(again, SlipFailed)
    cups.become("")
    printer.perform(PrintJob("b", DOCUMENT))
    assert told(printer) == SlipPrinted("a4-printer", "b")
    assert len(cups.documents()) == 1


def test_a_queue_that_stops_at_the_job_gives_it_back(printer: CupsPrinter, cups: CupsDaemon, clock: LeapingClock) -> None:
    cups.become("stop")
    printer.perform(PrintJob("a", DOCUMENT))
    cups.until(lambda: "disabled" in cups.says("lpstat", "-p", QUEUE))
    clock.leapt += cups_printer.STUCK_SECONDS
    failed = told(printer)
    assert isinstance(failed, SlipFailed)
    assert failed.code == "print-unconfirmed"  # it was begun, and part of it may have come out
    assert cups.waiting() == []
    assert cups.documents() == []


def test_a_queue_that_is_stopped_before_the_job_gives_it_back(
    printer: CupsPrinter, cups: CupsDaemon, clock: LeapingClock
) -> None:
    cups.become("hang")
    printer.perform(PrintJob("first", DOCUMENT))
    printer.perform(PrintJob("a", DOCUMENT))
    cups.until(lambda: "now printing" in cups.says("lpstat", "-p", QUEUE))
    cups.says("/usr/sbin/cupsdisable", QUEUE)
    clock.leapt += cups_printer.STUCK_SECONDS
    failed = {each.job: each.code for each in printer.attend(active=False) if isinstance(each, SlipFailed)}
    assert failed == {"first": "print-unconfirmed", "a": "printer-offline"}
    assert cups.waiting() == []


def test_paper_that_is_out_is_told_while_the_job_waits_and_it_comes_out_when_there_is_some(
    printer: CupsPrinter, cups: CupsDaemon, clock: LeapingClock
) -> None:
    cups.become("media-empty")
    printer.perform(PrintJob("a", DOCUMENT))
    cups.until(lambda: "media-empty" in cups.says("lpstat", "-l", "-p", QUEUE))
    clock.leapt += 1
    assert list(printer.attend(active=False)) == []
    assert (printer.health().trouble, printer.health().paper) == ("paper-out", Paper.END)
    cups.become("")
    assert told(printer) == SlipPrinted("a4-printer", "a")


def test_what_a_killed_kiosk_left_in_the_queue_does_not_come_out(
    printer: CupsPrinter, cups: CupsDaemon, settings: DeviceSettings
) -> None:
    cups.become("hang")
    printer.perform(PrintJob("a", DOCUMENT))
    assert cups.waiting()
    again = CupsPrinter(settings, PrintedJobs())
    again.open()
    assert cups.waiting() == []
    cups.become("")
    assert cups.documents() == []


def test_no_queue_and_no_daemon_are_missing_devices(printer: CupsPrinter, cups: CupsDaemon, clock: LeapingClock) -> None:
    with pytest.raises(PortMissing, match="no queue other"):
        CupsPrinter(DeviceSettings(name="a4-printer", model=DeviceModel.CUPS, port="other")).open()
    cups.become("hang")
    printer.perform(PrintJob("a", DOCUMENT))
    cups.stop()
    clock.leapt += cups_printer.POLL_SECONDS
    reports = []
    with pytest.raises(DeviceUnplugged, match="cupsd is not running"):
        reports.extend(printer.attend(active=False))
    with pytest.raises(PortMissing, match="cupsd is not running"):
        printer.open()


@pytest.mark.parametrize("question", ["-r", "-l"])
def test_one_question_that_fails_makes_no_cups_that_is_gone(
    question: str, printer: CupsPrinter, clock: LeapingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, failures = printer._run, itertools.count()

    def dropped_once(program: str, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[str]:
        if words[0] == question and next(failures) == 0:
            return subprocess.CompletedProcess([program, *words], 1, "", "lpstat: Bad file descriptor")
        return run(program, *words, given=given)

    monkeypatch.setattr(printer, "_run", dropped_once)
    clock.leapt += cups_printer.POLL_SECONDS
    assert list(printer.attend(active=False)) == []
    assert next(failures) >= 1


def test_a_job_that_lp_does_not_name_may_have_come_out(printer: CupsPrinter, monkeypatch: pytest.MonkeyPatch) -> None:
    run = printer._run

    def unnamed(program: str, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[str]:
        done = run(program, *words, given=given)
        return subprocess.CompletedProcess(done.args, 0, "", "") if program == "lp" else done

    monkeypatch.setattr(printer, "_run", unnamed)
    (failed,) = printer.perform(PrintJob("a", DOCUMENT))
    assert isinstance(failed, SlipFailed)
    assert failed.code == "print-unconfirmed"


def test_a_program_that_hangs_leaves_no_job_untold(
    printer: CupsPrinter, cups: CupsDaemon, clock: LeapingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cups.become("hang")
    printer.perform(PrintJob("a", DOCUMENT))

    def hangs(program: str, *_words: str, given: bytes = b"") -> subprocess.CompletedProcess[str]:
        raise DeviceSilent(f"{program} did not end")

    monkeypatch.setattr(printer, "_run", hangs)
    clock.leapt += cups_printer.POLL_SECONDS
    reports = iter(printer.attend(active=False))
    failed = next(reports)
    assert isinstance(failed, SlipFailed)
    assert (failed.job, failed.code) == ("a", "print-unconfirmed")
    with pytest.raises(DeviceSilent):
        next(reports)


def test_its_own_test_is_a_page(printer: CupsPrinter, cups: CupsDaemon) -> None:
    printer.perform(SelfTest())
    finished = told(printer)
    assert isinstance(finished, TestFinished)
    assert finished.code == ""
    assert len(cups.documents()) == 1


def test_without_the_programs_it_is_refused_by_name(
    settings: DeviceSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LibraryMissing, match="cups-client"):
        CupsPrinter(settings).open()


def test_a_document_that_nobody_waits_for_any_more_is_not_handed_to_cups(printer: CupsPrinter) -> None:
    given_up = threading.Event()
    given_up.set()
    (failed,) = printer.perform(PrintJob("a", DOCUMENT, given_up))
    assert isinstance(failed, SlipFailed)
    assert failed.code == "print-unconfirmed"
    assert printer.health().facts["waiting"] == "0"
