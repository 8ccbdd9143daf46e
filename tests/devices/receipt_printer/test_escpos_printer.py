"""The printer's driver against the emulator: paper, cover, cutter, silence and the cable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.driver import PrintJob, SelfTest
from devices.emulators.escpos_printer import Condition, EscposPrinterEmulator
from devices.emulators.misbehaviour import Fault, Misbehaviour
from devices.errors import DeviceUnplugged, PortMissing
from devices.rack import Rack
from devices.receipt_printer import escpos
from devices.receipt_printer.escpos import ROUND_SECONDS, EscposPrinter
from devices.receipt_printer.jobs import MOST_JOBS, PrintedJobs
from devices.receipt_printer.layout import lay_out
from devices.receipt_printer.slip import Align, Line, Pair, Qr, Rule, Slip
from devices.reports import Cover, DeviceState, Paper, SlipFailed, SlipPrinted, TestFinished
from devices.serial_port import SerialPort
from devices.settings import DeviceModel, DeviceSettings
from devices.worker import Patience
from tests.devices.conftest import Reports, now
from tests.devices.line_time import LeapingClock

RECEIPT = Slip(
    (
        Line("暂存回执", Align.CENTRE, large=True, bold=True),
        Rule(),
        *[Pair(f"第{number:02}项", "城乡居民基本养老保险参保登记") for number in range(24)],
        Qr("https://zwfw.example/p/7Qm2kX9tB4", "扫码查询办理进度"),
    )
)
NEXT_RECEIPT = Slip((Line("下一位居民的回执"),))
SECONDS = 10.0


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[EscposPrinterEmulator]:
    emulator = EscposPrinterEmulator(tmp_path / "receipt-printer")
    emulator.plug()
    yield emulator
    emulator.stop()


@pytest.fixture
def clock() -> LeapingClock:
    return LeapingClock()


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A printer that does not say that it is done is given up after a moment."""
    monkeypatch.setattr(escpos, "END_MARK_SECONDS", 0.3)


@pytest.fixture
def settings(tmp_path: Path) -> DeviceSettings:
    return DeviceSettings(
        name="receipt-printer", model=DeviceModel.ESCPOS, port=str(tmp_path / "receipt-printer"), emulated=True, paper_width_mm=80
    )


@pytest.fixture
def printer(emulator: EscposPrinterEmulator, settings: DeviceSettings, clock: LeapingClock) -> Iterator[EscposPrinter]:
    printer = EscposPrinter(settings, clock=clock)
    printer.open()
    yield printer
    printer.close()


def test_a_slip_comes_out_as_it_was_laid_out(printer: EscposPrinter, emulator: EscposPrinterEmulator) -> None:
    assert printer.perform(PrintJob("a", RECEIPT)) == (SlipPrinted("receipt-printer", "a"),)
    assert [list(slip.lines) for slip in emulator.slips] == [lay_out(RECEIPT, 80)]
    assert emulator.slips[0].qr_payloads == ["https://zwfw.example/p/7Qm2kX9tB4"]
    assert emulator.picture(0).startswith(b"\x89PNG")


def test_a_job_that_was_printed_is_not_printed_again(printer: EscposPrinter, emulator: EscposPrinterEmulator) -> None:
    for _ in range(3):
        assert printer.perform(PrintJob("a", RECEIPT)) == (SlipPrinted("receipt-printer", "a"),)
    assert len(emulator.slips) == 1


def test_paper_and_cover_of_a_printer_in_order(printer: EscposPrinter) -> None:
    health = printer.health()
    assert (health.paper, health.cover, health.trouble) == (Paper.ENOUGH, Cover.CLOSED, "")


@pytest.mark.parametrize(
    ("condition", "code", "paper", "cover"),
    [
        (Condition(paper_out=True), "paper-out", Paper.END, Cover.CLOSED),
        (Condition(cover_open=True), "cover-open", Paper.ENOUGH, Cover.OPEN),
        (Condition(cutter_jammed=True), "cutter-jammed", Paper.ENOUGH, Cover.CLOSED),
        (Condition(offline=True), "printer-offline", Paper.ENOUGH, Cover.CLOSED),
    ],
)
def test_trouble_before_a_job_keeps_it_whole_for_later(
    printer: EscposPrinter, emulator: EscposPrinterEmulator, condition: Condition, code: str, paper: Paper, cover: Cover
) -> None:
    emulator.become(condition)
    assert printer.perform(PrintJob("a", RECEIPT)) == (SlipFailed("receipt-printer", "a", code, printer.health().detail),)
    assert (printer.health().trouble, printer.health().paper, printer.health().cover) == (code, paper, cover)
    emulator.become(Condition())
    assert printer.perform(PrintJob("a", RECEIPT)) == (SlipPrinted("receipt-printer", "a"),)
    assert len(emulator.slips) == 1


def test_paper_near_its_end_still_prints(printer: EscposPrinter, emulator: EscposPrinterEmulator) -> None:
    emulator.become(Condition(near_end=True))
    assert printer.perform(PrintJob("a", RECEIPT)) == (SlipPrinted("receipt-printer", "a"),)
    assert (printer.health().paper, printer.health().trouble) == (Paper.NEAR_END, "")


def test_trouble_is_noticed_without_a_job(printer: EscposPrinter, emulator: EscposPrinterEmulator, clock: LeapingClock) -> None:
    emulator.become(Condition(cover_open=True))
    clock.leapt += 5
    assert list(printer.attend(active=False)) == []
    assert printer.health().trouble == "cover-open"
    emulator.become(Condition())
    clock.leapt += 5
    printer.attend(active=False)
    assert printer.health().trouble == ""


def test_paper_that_ends_in_the_middle_of_a_slip_fails_the_job_for_good(
    printer: EscposPrinter, emulator: EscposPrinterEmulator
) -> None:
    emulator.run_out_after(lines=7)
    (failed,) = printer.perform(PrintJob("a", RECEIPT))
    assert isinstance(failed, SlipFailed)
    assert (failed.job, failed.code) == ("a", "paper-out")
    assert printer.health().paper is Paper.END
    emulator.become(Condition())
    (again,) = printer.perform(PrintJob("a", RECEIPT))
    assert isinstance(again, SlipFailed)
    assert again.code == "paper-out"
    assert not emulator.slips


def test_what_remains_of_a_broken_slip_does_not_come_out_with_the_next_persons(
    printer: EscposPrinter, emulator: EscposPrinterEmulator
) -> None:
    emulator.run_out_after(lines=7)
    printer.perform(PrintJob("a", RECEIPT))
    emulator.become(Condition())
    assert printer.perform(PrintJob("b", NEXT_RECEIPT)) == (SlipPrinted("receipt-printer", "b"),)
    # A piece of blank paper may be cut off between the two, when the printer was slow to say what it had left.
    assert [slip.texts for slip in emulator.slips if slip.texts][1:] == [["下一位居民的回执"]]
    assert emulator.slips[0].texts[0] == "暂存回执"


@pytest.mark.parametrize(
    ("condition", "code"),
    [(Condition(cover_open=True), "cover-open"), (Condition(cutter_jammed=True), "cutter-jammed")],
)
def test_a_mishap_while_printing_is_named(tmp_path: Path, settings: DeviceSettings, condition: Condition, code: str) -> None:
    slow = EscposPrinterEmulator(tmp_path / "receipt-printer", line_seconds=0.02)
    slow.plug()
    printer = EscposPrinter(settings)
    printer.open()
    slow.become_after(3, condition)
    (failed,) = printer.perform(PrintJob("a", RECEIPT))
    assert isinstance(failed, SlipFailed)
    assert failed.code == code
    printer.close()
    slow.stop()


def test_a_silent_printer_is_unknown_and_prints(
    emulator: EscposPrinterEmulator, settings: DeviceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.receipt_printer.status_line.ANSWER_SECONDS", 0.1)
    emulator.become(Condition(silent=True))
    printer = EscposPrinter(settings)
    printer.open()
    health = printer.health()
    assert (health.paper, health.cover, health.trouble) == (Paper.UNKNOWN, Cover.UNKNOWN, "")
    assert printer.perform(PrintJob("a", RECEIPT)) == (SlipPrinted("receipt-printer", "a"),)
    assert emulator.wait_for_slips(1, SECONDS)
    assert health.facts["answers-status"] == "no"
    printer.close()


def test_a_slip_without_its_end_mark_has_an_unknown_outcome_and_the_next_one_is_asked_for_again(
    printer: EscposPrinter, emulator: EscposPrinterEmulator, short_patience: None
) -> None:
    emulator.become(Condition(no_end_marks=True))
    (failed,) = printer.perform(PrintJob("a", NEXT_RECEIPT))
    assert isinstance(failed, SlipFailed)
    assert failed.code == "print-unconfirmed"
    (again,) = printer.perform(PrintJob("a", NEXT_RECEIPT))
    assert isinstance(again, SlipFailed)
    assert again.code == "print-unconfirmed"
    assert emulator.wait_for_slips(1, SECONDS)
    assert len(emulator.slips) == 1
    assert printer.health().facts["marks-ends"] == "yes"
    emulator.become(Condition())
    assert printer.perform(PrintJob("b", NEXT_RECEIPT)) == (SlipPrinted("receipt-printer", "b"),)


@pytest.mark.parametrize("after", range(7))
def test_one_lost_answer_does_not_keep_a_slip_from_being_told_as_printed(
    after: int, printer: EscposPrinter, emulator: EscposPrinterEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.receipt_printer.escpos.MARK_AGAIN_SECONDS", 0.1)
    emulator.misbehave(Misbehaviour(Fault.SILENT, after=after))
    assert printer.perform(PrintJob("a", NEXT_RECEIPT)) == (SlipPrinted("receipt-printer", "a"),)
    assert printer.perform(PrintJob("b", NEXT_RECEIPT)) == (SlipPrinted("receipt-printer", "b"),)


def test_the_zero_of_a_pulled_plug_is_no_end_mark(tmp_path: Path, settings: DeviceSettings) -> None:
    emulator = EscposPrinterEmulator(tmp_path / "receipt-printer", line_seconds=0.03)
    emulator.plug()
    printer = EscposPrinter(settings)
    printer.open()
    emulator.become_after(20, Condition(plug_pulled=True, stands_still=True))
    (failed,) = printer.perform(PrintJob("a", RECEIPT))
    assert isinstance(failed, SlipFailed)
    assert failed.code == "print-unconfirmed"
    assert not emulator.slips
    printer.close()
    emulator.stop()


@pytest.mark.parametrize("noise", [b"\x00\x00\x00", b"\x00\xff", b"\xaa\x00"])
def test_noise_is_no_end_mark(
    noise: bytes, printer: EscposPrinter, emulator: EscposPrinterEmulator, short_patience: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.become(Condition(stands_still=True))
    receive = SerialPort.receive
    monkeypatch.setattr(SerialPort, "receive", lambda port, seconds: receive(port, min(seconds, 0.05)) or noise)
    (failed,) = printer.perform(PrintJob("a", NEXT_RECEIPT))
    assert isinstance(failed, SlipFailed)
    assert failed.code == "print-unconfirmed"


def test_a_printer_that_knows_no_end_marks_is_believed_by_its_status_and_asked_again(
    emulator: EscposPrinterEmulator, settings: DeviceSettings, clock: LeapingClock
) -> None:
    emulator.become(Condition(no_end_marks=True))
    printer = EscposPrinter(settings, clock=clock)
    printer.open()
    assert printer.health().facts["marks-ends"] == "no"
    assert printer.perform(PrintJob("a", RECEIPT)) == (SlipPrinted("receipt-printer", "a"),)
    emulator.become(Condition())
    clock.leapt += 31
    printer.attend(active=False)
    assert printer.health().facts["marks-ends"] == "yes"
    printer.close()


def test_a_late_mark_of_an_older_slip_is_not_taken_for_the_next_ones(
    printer: EscposPrinter, emulator: EscposPrinterEmulator, short_patience: None
) -> None:
    emulator.become(Condition(stands_still=True))
    for job in ("a", "b"):
        (failed,) = printer.perform(PrintJob(job, NEXT_RECEIPT))
        assert isinstance(failed, SlipFailed)
        assert failed.code == "print-unconfirmed"
    emulator.become(Condition())
    assert printer.perform(PrintJob("c", RECEIPT)) == (SlipPrinted("receipt-printer", "c"),)
    assert [slip.texts[:1] for slip in emulator.slips if slip.texts][-1] == ["暂存回执"]


def test_a_printer_at_rest_is_waited_for_and_not_polled_without_pause(
    printer: EscposPrinter, emulator: EscposPrinterEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer.perform(PrintJob("a", NEXT_RECEIPT))
    waited: list[float] = []
    receive = SerialPort.receive

    def note(port: SerialPort, seconds: float) -> bytes:
        waited.append(seconds)
        return receive(port, seconds)

    monkeypatch.setattr(SerialPort, "receive", note)
    printer.attend(active=False)
    assert waited == [ROUND_SECONDS]


def test_its_test_slip_has_chinese_and_a_code(printer: EscposPrinter, emulator: EscposPrinterEmulator) -> None:
    for _ in range(2):
        (finished,) = printer.perform(SelfTest())
        assert isinstance(finished, TestFinished)
        assert finished.code == ""
    assert len(emulator.slips) == 2
    assert emulator.slips[0].texts[0] == "打印测试"
    assert emulator.slips[0].qr_payloads == ["KIOSK-PRINTER-TEST"]


def test_its_test_tells_an_open_cover(printer: EscposPrinter, emulator: EscposPrinterEmulator) -> None:
    emulator.become(Condition(cover_open=True))
    assert printer.perform(SelfTest()) == (TestFinished("receipt-printer", "cover-open"),)


def test_no_printer_at_start_is_named(settings: DeviceSettings) -> None:
    with pytest.raises(PortMissing):
        EscposPrinter(settings).open()


def test_a_pulled_cable_is_noticed_at_rest(printer: EscposPrinter, emulator: EscposPrinterEmulator) -> None:
    emulator.unplug()
    with pytest.raises(DeviceUnplugged):
        printer.attend(active=False)
    printer.close()
    printer.close()


def test_unplugged_while_printing_and_plugged_again_prints_no_second_copy(
    emulator: EscposPrinterEmulator, settings: DeviceSettings, reports: Reports
) -> None:
    rack = Rack([settings], reports, now, Patience(reopen_seconds=0.05))
    rack.start()
    reports.until_state(DeviceState.ONLINE)
    emulator.unplug_after(lines=5)
    rack.print_slip("a", RECEIPT)
    assert reports.until_a(SlipFailed).code in ("device-unplugged", "device-silent")
    reports.until(_tells_gone)
    emulator.plug()
    reports.until_state(DeviceState.ONLINE)
    rack.print_slip("a", RECEIPT)
    assert reports.until_a(SlipFailed).code == "print-unconfirmed"
    rack.print_slip("b", NEXT_RECEIPT)
    assert reports.until_a(SlipPrinted).job == "b"
    rack.stop()
    whole = [slip for slip in emulator.slips if len(slip.texts) >= len(RECEIPT.blocks) - 2]
    assert len(whole) <= 1  # the cable may have been cut just after the last line
    assert emulator.slips[-1].texts == ["下一位居民的回执"]


def test_old_jobs_are_forgotten_one_by_one() -> None:
    jobs = PrintedJobs()
    for number in range(MOST_JOBS + 1):
        jobs.begin(str(number))
        jobs.end(str(number))
    assert (jobs.end_of("0"), jobs.end_of("1"), jobs.end_of(str(MOST_JOBS))) == (None, "", "")


def _tells_gone(report: object) -> bool:
    status = getattr(report, "status", None)
    return status is not None and status.state in (DeviceState.OFFLINE, DeviceState.NO_DEVICE)
