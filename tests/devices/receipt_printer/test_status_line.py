"""Which byte answers which question: late, lost, doubled and unasked ones, on a line whose time is played."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devices.receipt_printer.status import PrinterStatus, Query, read_status
from devices.receipt_printer.status_line import (
    ANSWER_SECONDS,
    LATE_SECONDS,
    PRINTED_SO_FAR,
    UNEVEN_SECONDS,
    UNKNOWN_QUERY,
    StatusLine,
    begins_automatic_status,
    is_end_mark,
)
from tests.devices.receipt_printer.played_line import PlayedLine

ROLL_OUT = {Query.PRINTER: 0x1A, Query.OFFLINE_CAUSE: 0x32, Query.ERROR: 0x12, Query.PAPER: 0x7E}
DRAWER_HIGH = {Query.PRINTER: 0x16, Query.OFFLINE_CAUSE: 0x12, Query.ERROR: 0x12, Query.PAPER: 0x12}
"""In order; its first byte read as the second's would be an open cover."""
COVER_OPEN = b"\x38\x00\x0c\x0f"
"""An automatic status: three of its bytes look like end marks."""


def line_of(port: PlayedLine) -> StatusLine:
    return StatusLine(port, port.clock)


@pytest.mark.parametrize("answers", [ROLL_OUT, DRAWER_HIGH], ids=["roll-out", "drawer-high"])
@pytest.mark.parametrize("hundredths", range(0, 300, 4))
def test_an_answer_that_comes_late_is_never_taken_for_another_query_s(answers: dict[Query, int], hundredths: int) -> None:
    port = PlayedLine(answers, hundredths / 100 + 0.003)
    line = line_of(port)
    told = [line.ask_everything()]
    line.listen(0.25)
    told += [line.ask_everything() for _ in range(3)]
    assert {status for status in told if not status.silent} <= {read_status(answers)}
    if port.lag < ANSWER_SECONDS:
        assert told == [read_status(answers)] * 4


@given(st.lists(st.integers(0, int(100 * UNEVEN_SECONDS) - 1), max_size=20))
@example([195, 100])
@example([0, 120, 131, 1, 1])
def test_on_a_line_that_lags_unevenly_no_answer_is_taken_for_another_query_s(hundredths: list[int]) -> None:
    port = PlayedLine(DRAWER_HIGH)
    port.lags = [each / 100 + 0.003 for each in hundredths]
    line = line_of(port)
    true = read_status(DRAWER_HIGH)
    for _ in range(5):
        status = line.ask_everything()
        line.listen(0.25)
        assert status.online in (None, true.online)
        assert status.paper in (PrinterStatus().paper, true.paper)
        assert status.cover in (PrinterStatus().cover, true.cover)
        assert status.cutter_error in (None, true.cutter_error)


@given(st.sets(st.integers(0, 15)))
def test_a_lost_answer_leaves_only_its_own_fact_unknown(lost: set[int]) -> None:
    port = PlayedLine(ROLL_OUT)
    port.loses = lost
    line = line_of(port)
    true = read_status(ROLL_OUT)
    for _ in range(4):
        status = line.ask_everything()
        assert status.online in (None, true.online)
        assert status.paper in (PrinterStatus().paper, true.paper)
        assert status.cover in (PrinterStatus().cover, true.cover)
        assert status.cutter_error in (None, true.cutter_error)


def test_a_query_that_a_printer_does_not_know_is_left_out_after_some_rounds() -> None:
    port = PlayedLine({Query.PRINTER: 0x12, Query.PAPER: 0x12})
    line = line_of(port)
    for _ in range(UNKNOWN_QUERY):
        assert line.ask_everything().online
    port.asked.clear()
    before = port.now
    assert line.ask_everything().online
    assert port.asked == [Query.PRINTER, Query.PAPER]
    assert port.now - before < LATE_SECONDS


def test_one_that_answers_nothing_is_asked_everything_again() -> None:
    port = PlayedLine({})
    line = line_of(port)
    for _ in range(UNKNOWN_QUERY + 1):
        port.asked.clear()
        assert line.ask_everything().silent
        assert port.asked == [Query.PRINTER, Query.OFFLINE_CAUSE]


@pytest.mark.parametrize("cut", range(1, 5))
def test_an_automatic_status_is_no_end_mark_in_however_many_pieces(cut: int) -> None:
    port = PlayedLine({})
    port.off = True
    line = line_of(port)
    line.ask_end_mark()
    line.ask_end_mark_again()
    port.say(COVER_OPEN[:cut], COVER_OPEN[cut:])
    assert not line.end_mark_came(0.1)
    assert not line.end_mark_came(0.1)
    assert line.marks_heard == 0
    port.say(b"\x00")
    assert line.end_mark_came(0.1)


def test_answers_and_marks_around_an_automatic_status_are_heard() -> None:
    port = PlayedLine(ROLL_OUT)
    port.off = True
    line = line_of(port)
    line.ask_end_mark()
    port.say(b"\x00" + COVER_OPEN + b"\x1a")
    assert line.end_mark_came(0.1)


def test_a_stray_byte_like_an_automatic_status_swallows_no_mark_that_is_asked_for_after_it() -> None:
    port = PlayedLine({})
    line = line_of(port)
    port.say(b"\x10")
    line.listen(0.1)
    line.ask_end_mark()
    assert line.end_mark_came(0.1)


def test_no_byte_is_two_things() -> None:
    for byte in range(256):
        assert begins_automatic_status(byte) + is_end_mark(byte) <= 1
    assert begins_automatic_status(COVER_OPEN[0])
    assert PRINTED_SO_FAR == b"\x1dr1"
