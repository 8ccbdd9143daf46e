"""What a technician sees of a device's wire, and that nothing of a person can be found in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from devices.card_reader.sdt import Command
from devices.driver import PrintJob
from devices.emulators.escpos_printer import EscposPrinterEmulator
from devices.emulators.gm65_scanner import Gm65ScannerEmulator
from devices.emulators.honeywell_scanner import HoneywellScannerEmulator
from devices.emulators.misbehaviour import Fault, Misbehaviour
from devices.emulators.newland_scanner import NewlandScannerEmulator
from devices.emulators.people import find_person
from devices.emulators.plain_line_scanner import PlainLineScannerEmulator
from devices.emulators.sdt_reader import SdtReaderEmulator
from devices.emulators.ssi_scanner import SsiScannerEmulator
from devices.frame_slot import FrameSlot
from devices.models import make_driver
from devices.receipt_printer.slip import Line, Slip
from devices.reports import CardRead, CodeScanned, DeviceState, SlipPrinted
from devices.settings import DeviceModel
from devices.wire_trace import MOST_BYTES_SHOWN, MOST_EXCHANGES, MOST_HEARD, Exchange, WireTrace
from devices.worker import DeviceWorker, Patience
from tests.devices.conftest import Reports, now, settings, within

START = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
PERSON = find_person("qianju")
SCANNERS = {
    DeviceModel.GM65: Gm65ScannerEmulator,
    DeviceModel.PLAIN_LINE: PlainLineScannerEmulator,
    DeviceModel.NEWLAND: NewlandScannerEmulator,
    DeviceModel.SSI: SsiScannerEmulator,
    DeviceModel.HONEYWELL: HoneywellScannerEmulator,
}


@pytest.fixture
def trace() -> WireTrace:
    """Its clock goes on a second with every look."""
    seconds = count()
    return WireTrace(lambda: START + timedelta(seconds=next(seconds)))


def test_an_exchange_is_a_command_and_what_was_heard_after_it(trace: WireTrace) -> None:
    trace.sent(b"\x01\xaf", "ASK")
    trace.received(3)
    trace.received(4)
    trace.understood("fine", b"\x90")
    assert trace.exchanges() == (Exchange(START, START, 1, "01 AF", "ASK", 7, ("90  fine",)),)


def test_polls_that_repeat_are_counted_and_do_not_push_out_what_went_wrong(trace: WireTrace) -> None:
    trace.noted("device-silent: closed")
    for _ in range(MOST_EXCHANGES * 3):
        for name in ("PRINTER", "PAPER"):
            trace.sent(name.encode(), name)
            trace.received(1)
    told = trace.exchanges()
    assert [(one.meaning, one.times) for one in told[:1]] == [("device-silent: closed", 1)]
    assert {one.meaning for one in told[1:]} == {"PRINTER", "PAPER"}
    assert sum(one.times for one in told if one.meaning == "PAPER") == MOST_EXCHANGES * 3
    assert all(one.last_at >= one.at for one in told)
    assert list(told) == sorted(told, key=lambda one: one.last_at)


def test_an_answer_unlike_the_others_stands_by_itself(trace: WireTrace) -> None:
    for received in (1, 1, 0, 1):
        trace.sent(b"?", "ASK")
        trace.received(received)
    assert sorted((one.received, one.times) for one in trace.exchanges()) == [(0, 1), (1, 1), (1, 2)]


def test_it_takes_no_more_room_however_long_a_device_chatters(trace: WireTrace) -> None:
    trace.sent(b"x" * 1000)
    for number in range(10_000):
        trace.understood(f"line {number}")
    for number in range(10_000):
        trace.sent(number.to_bytes(2))
    told = trace.exchanges()
    assert len(told) == MOST_EXCHANGES + 1
    assert all(len(one.heard) <= MOST_HEARD for one in told)
    trace.sent(b"x" * 1000)
    assert trace.exchanges()[-1].sent.endswith("… [1000 bytes]")
    assert trace.exchanges()[-1].sent.count("78") == MOST_BYTES_SHOWN


def test_what_is_personal_is_only_counted(trace: WireTrace) -> None:
    trace.sent("张".encode("gb18030"), "a slip's piece", personal=True)
    assert trace.exchanges()[0].sent == "[2 bytes]"


def test_bytes_that_come_unasked_begin_an_exchange_for_each_whole_message(trace: WireTrace) -> None:
    for size in (5, 6):
        trace.received(size)
        trace.understood(f"a code of {size} bytes")
    assert [(one.sent, one.received) for one in trace.exchanges()] == [("", 5), ("", 6)]


# --- over real lines ----------------------------------------------------------------------------------------------------


class Hall:
    """One device's worker with its trace."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports
        self.trace = WireTrace(now)
        self.worker: DeviceWorker | None = None

    def start(self, name: str, model: DeviceModel, folder: Path) -> DeviceWorker:
        fitted = settings(name, model, folder)
        slot = FrameSlot()
        self.worker = DeviceWorker(
            fitted,
            lambda: make_driver(fitted, slot, trace=self.trace),
            self._reports,
            now,
            Patience(reopen_seconds=0.05),
            self.trace,
        )
        self.worker.start()
        self._reports.until_state(DeviceState.ONLINE)
        return self.worker

    def meanings(self) -> str:
        return "\n".join(f"{one.sent} {one.meaning} {one.received} {' '.join(one.heard)}" for one in self.trace.exchanges())


@pytest.fixture
def hall(reports: Reports) -> Any:
    opened = Hall(reports)
    yield opened
    if opened.worker is not None:
        opened.worker.stop()


def holds(text: str, *secrets: str) -> list[str]:
    """Which of them stand in it, as text or as hex of any encoding that goes over a wire."""
    plain = text.replace(" ", "").upper()
    found = []
    for secret in secrets:
        assert secret
        forms = [secret.encode(coding).hex().upper() for coding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")]
        found += [secret for form in (secret.upper(), *forms) if form in plain]
    return found


def test_a_reading_is_told_command_by_command_and_holds_nothing_of_the_card(hall: Hall, reports: Reports, tmp_path: Path) -> None:
    reader = SdtReaderEmulator(tmp_path / "card-reader")
    reader.plug()
    worker = hall.start("card-reader", DeviceModel.SDT, tmp_path)
    reader.put(PERSON)
    worker.activate(True)
    card = reports.until_a(CardRead).card
    assert within(lambda: "READ_NEW_ADDRESS" in hall.meanings())
    told = hall.meanings()
    for command in (Command.SAM_STATUS, Command.SAM_ID, Command.FIND_CARD, Command.SELECT_CARD, Command.READ_TEXT_PHOTO):
        assert command.name in told
    assert "opened at 115200 baud" in told
    assert "AA AA AA 96 69 00 03 20 01 22 FIND_CARD" in told
    assert "ok, then 1284 bytes" in told
    assert holds(told, card.name, card.number, card.address[:4], card.issuer[:4], f"{card.birth:%Y%m%d}") == []
    assert holds(told, card.photo[:8].hex()) == []
    reader.unplug()
    assert within(lambda: "device-unplugged: closed" in hall.meanings())


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.WRONG_CHECKSUM, Fault.TRUNCATED, Fault.GARBAGE_BEFORE])
def test_a_reading_that_goes_wrong_holds_nothing_of_the_card_either(
    hall: Hall, reports: Reports, tmp_path: Path, fault: Fault
) -> None:
    reader = SdtReaderEmulator(tmp_path / "card-reader")
    reader.plug()
    worker = hall.start("card-reader", DeviceModel.SDT, tmp_path)
    reader.put(PERSON)

    def once() -> None:
        reader.before_reading(None)
        reader.misbehave(Misbehaviour(fault, answers=1, at_byte=200))

    reader.before_reading(once)
    worker.activate(True)
    card = reports.until_a(CardRead).card
    told = hall.meanings()
    assert "READ_TEXT_PHOTO" in told
    assert holds(told, card.name, card.number, card.address[:4], f"{card.birth:%Y%m%d}") == []


@pytest.mark.parametrize("model", SCANNERS)
def test_a_code_is_counted_and_never_shown(hall: Hall, reports: Reports, tmp_path: Path, model: DeviceModel) -> None:
    scanner = SCANNERS[model](tmp_path / "code-scanner")
    scanner.plug()
    worker = hall.start("code-scanner", model, tmp_path)
    worker.activate(True)
    code = f"{PERSON.card.number} 张".encode()
    scanner.hold(code)
    assert reports.until_a(CodeScanned).payload == code
    told = hall.meanings()
    assert str(len(code)) in told
    assert holds(told, PERSON.card.number, "张") == []


def test_a_slip_is_counted_and_never_shown(hall: Hall, reports: Reports, tmp_path: Path) -> None:
    printer = EscposPrinterEmulator(tmp_path / "receipt-printer")
    printer.plug()
    worker = hall.start("receipt-printer", DeviceModel.ESCPOS, tmp_path)
    worker.order(PrintJob("job-1", Slip((Line(f"{PERSON.card.name} {PERSON.card.number}"),))))
    reports.until_a(SlipPrinted)
    told = hall.meanings()
    assert "10 04 01 PRINTER" in told
    assert "12  PRINTER: online" in told
    assert "12  PAPER: paper enough" in told
    assert "a slip's piece" in told
    assert holds(told, PERSON.card.name, PERSON.card.number) == []
    printer.stop()


def test_a_trace_outlives_the_driver(hall: Hall, reports: Reports, tmp_path: Path) -> None:
    scanner = Gm65ScannerEmulator(tmp_path / "code-scanner")
    scanner.plug()
    hall.start("code-scanner", DeviceModel.GM65, tmp_path)
    scanner.unplug()
    reports.until_state(DeviceState.NO_DEVICE)
    told = hall.meanings()
    assert "READ BAUD 02" in told
    assert "port-missing: closed" in told
    scanner.plug()
    reports.until_state(DeviceState.ONLINE)
    assert "port-missing: closed" in hall.meanings()
