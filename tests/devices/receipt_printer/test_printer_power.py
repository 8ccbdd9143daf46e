"""A printer that answers and then does not: lost bytes, lost power, none from the start; on a line whose time is played."""

from __future__ import annotations

from dataclasses import replace

import pytest

from devices.driver import PrintJob
from devices.errors import DeviceSilent
from devices.receipt_printer.escpos import POLL_SECONDS, EscposPrinter
from devices.receipt_printer.library import RT_STATUS
from devices.receipt_printer.slip import Line, Slip
from devices.receipt_printer.status import Query
from devices.receipt_printer.status_line import PRINTED_SO_FAR
from devices.reports import Paper, SlipFailed, SlipPrinted
from devices.settings import DeviceModel, DeviceSettings
from tests.devices.receipt_printer.played_line import IN_ORDER, PlayedLine

SETTINGS = DeviceSettings(name="printer", model=DeviceModel.ESCPOS, port="/dev/nowhere")
SLIP = Slip((Line("回执"),))
LONG_SLIP = Slip(tuple(Line(f"第 {number} 行，字迹清楚") for number in range(40)))
PRINTED = (SlipPrinted("printer", "a"),)
CUT = b"\x1dV"


@pytest.fixture
def port() -> PlayedLine:
    return PlayedLine(IN_ORDER)


@pytest.fixture
def printer(port: PlayedLine) -> EscposPrinter:
    printer = EscposPrinter(SETTINGS, clock=port.clock, port=port)
    printer.open()
    return printer


def miss_a_poll(printer: EscposPrinter, port: PlayedLine) -> None:
    port.now += POLL_SECONDS
    port.off = True
    printer.attend(active=False)
    port.off = False


def test_the_third_missed_poll_is_a_fault_and_an_answer_its_end(printer: EscposPrinter, port: PlayedLine) -> None:
    for _ in range(2):
        miss_a_poll(printer, port)
        assert (printer.health().trouble, printer.health().paper) == ("", Paper.UNKNOWN)
    miss_a_poll(printer, port)
    assert printer.health().trouble == "device-silent"
    port.now += POLL_SECONDS
    printer.attend(active=False)
    assert (printer.health().trouble, printer.health().paper) == ("", Paper.ENOUGH)


@pytest.mark.parametrize("missed", range(4))
def test_an_order_after_missed_polls_prints_when_the_printer_answers_again(
    missed: int, printer: EscposPrinter, port: PlayedLine
) -> None:
    for _ in range(missed):
        miss_a_poll(printer, port)
    assert printer.perform(PrintJob("a", SLIP)) == PRINTED


@pytest.mark.parametrize("missed", range(2))
def test_an_order_is_asked_for_again_before_it_is_refused(missed: int, printer: EscposPrinter, port: PlayedLine) -> None:
    for _ in range(missed):
        miss_a_poll(printer, port)
    port.loses = {len(port.asked), len(port.asked) + 1}
    assert printer.perform(PrintJob("a", SLIP)) == PRINTED


@pytest.mark.parametrize("missed", range(4))
def test_a_printer_without_power_gets_no_slip_and_prints_it_later(missed: int, printer: EscposPrinter, port: PlayedLine) -> None:
    for _ in range(missed):
        miss_a_poll(printer, port)
    port.off = True
    (failed,) = printer.perform(PrintJob("a", SLIP))
    assert isinstance(failed, SlipFailed)
    assert failed.code == "device-silent"
    port.off = False
    assert printer.perform(PrintJob("a", SLIP)) == PRINTED
    assert port.printed.count("回执".encode("gb18030")) == 1


def test_an_automatic_status_while_printing_is_no_end_of_the_slip() -> None:
    port = StopsAtTheCut(IN_ORDER)
    printer = EscposPrinter(SETTINGS, clock=port.clock, port=port)
    printer.open()
    (failed,) = printer.perform(PrintJob("a", SLIP))
    assert isinstance(failed, SlipFailed)
    assert failed.code == "print-unconfirmed"


class StopsAtTheCut(PlayedLine):
    """Says unasked that its paper is near its end, and prints no more."""

    def send(self, data: bytes) -> None:
        self.stands_still = self.stands_still or CUT in data
        super().send(data)
        if CUT in data:
            self.say(b"\x10\x00\x03", b"\x00")


@pytest.mark.parametrize("known", [(Query.OFFLINE_CAUSE, Query.ERROR, Query.PAPER), (Query.OFFLINE_CAUSE,)])
def test_one_that_does_not_know_every_query_is_asked_by_those_it_knows(known: tuple[Query, ...]) -> None:
    port = PlayedLine(dict.fromkeys(known, 0x12))
    printer = EscposPrinter(SETTINGS, clock=port.clock, port=port)
    printer.open()
    assert printer.perform(PrintJob("a", SLIP)) == PRINTED
    assert printer.health().facts["answers-status"] == "yes"


def test_one_that_knows_neither_every_query_nor_end_marks_prints_all_the_same() -> None:
    port = PlayedLine(dict.fromkeys((Query.OFFLINE_CAUSE, Query.ERROR, Query.PAPER), 0x12))
    port.stands_still = True
    printer = EscposPrinter(SETTINGS, clock=port.clock, port=port)
    printer.open()
    assert printer.health().facts["marks-ends"] == "no"
    assert printer.perform(PrintJob("a", SLIP)) == PRINTED


@pytest.mark.parametrize("end_mark", [b"\x00\x11", b"\x13\x00", b"\x11\x00\x13"])
def test_handshaking_beside_an_end_mark_does_not_hide_it(end_mark: bytes, port: PlayedLine) -> None:
    port.end_mark = end_mark
    printer = EscposPrinter(SETTINGS, clock=port.clock, port=port)
    printer.open()
    assert printer.health().facts["marks-ends"] == "yes"
    assert printer.perform(PrintJob("a", SLIP)) == PRINTED


def test_handshaking_while_printing_and_at_rest_is_neither_answer_nor_mark() -> None:
    port = Handshakes(IN_ORDER)
    printer = EscposPrinter(SETTINGS, clock=port.clock, port=port)
    printer.open()
    assert printer.health().facts["marks-ends"] == "yes"
    assert printer.perform(PrintJob("a", LONG_SLIP)) == PRINTED
    port.say(b"\x11\x13")
    printer.attend(active=False)
    port.stands_still = True
    (failed,) = printer.perform(PrintJob("b", SLIP))
    assert isinstance(failed, SlipFailed)
    assert failed.code == "print-unconfirmed"


class Handshakes(PlayedLine):
    """Says that its buffer is full whenever it gets something, and goes on before it answers and after it."""

    def send(self, data: bytes) -> None:
        self.say(b"\x13\x11")
        super().send(data)
        self.say(b"\x13", b"\x11")


def test_one_that_loses_its_power_in_mid_slip_is_asked_once_and_at_the_end() -> None:
    port = LosesPower(IN_ORDER)
    printer = EscposPrinter(SETTINGS, clock=port.clock, port=port)
    printer.open()
    (failed,) = printer.perform(PrintJob("a", LONG_SLIP))
    assert isinstance(failed, SlipFailed)
    assert failed.code == "print-unconfirmed"
    assert port.pieces > 2
    assert port.asked_between_pieces == 1


class LosesPower(PlayedLine):
    """As soon as the first piece of a slip has come."""

    pieces = asked_between_pieces = 0
    _asked_before = 0

    def send(self, data: bytes) -> None:
        super().send(data)
        if data[:2] != RT_STATUS and data != PRINTED_SO_FAR:
            self.off = True
            self.asked_between_pieces += len(self.asked) - self._asked_before if self.pieces else 0
            self._asked_before = len(self.asked)
            self.pieces += 1


def test_silence_from_the_start_may_be_a_cheap_printer_s(port: PlayedLine) -> None:
    port.off = True
    printer = EscposPrinter(SETTINGS, clock=port.clock, port=port)
    printer.open()
    assert printer.health().trouble == ""
    assert printer.perform(PrintJob("a", SLIP)) == PRINTED


def test_silence_from_the_start_is_a_trouble_of_one_that_is_said_to_answer(port: PlayedLine) -> None:
    port.off = True
    printer = EscposPrinter(replace(SETTINGS, answers_status=True), clock=port.clock, port=port)
    with pytest.raises(DeviceSilent):
        printer.open()
    port.off = False
    printer.open()
    assert printer.health().trouble == ""
    assert printer.perform(PrintJob("a", SLIP)) == PRINTED


@pytest.mark.parametrize("model", [DeviceModel.ESCPOS_FILE, DeviceModel.CUPS, DeviceModel.GM65])
def test_only_a_printer_whose_cable_carries_answers_can_be_said_to_answer(model: DeviceModel) -> None:
    with pytest.raises(ValueError, match="answers_status"):
        DeviceSettings(name="printer", model=model, port="a4", answers_status=True)
