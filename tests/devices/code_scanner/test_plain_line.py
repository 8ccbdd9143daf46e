"""Plain lines: terminators, silence, noise, and the adapter on the emulator's bytes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.code_scanner import plain_line_scanner
from devices.code_scanner.plain_line import MOST_BYTES, SILENCES_OF_A_PAUSE, LineSplitter
from devices.code_scanner.plain_line_scanner import PlainLineScanner
from devices.driver import PrintJob, SelfTest
from devices.emulators.plain_line_scanner import PlainLineScannerEmulator
from devices.errors import CommandRefused, DeviceUnplugged, PortMissing
from devices.receipt_printer.slip import Slip
from devices.reports import CodeScanned, Report, TestFinished
from devices.settings import DeviceModel, DeviceSettings

NAME = "plain-scanner"


def taken(splitter: LineSplitter) -> list[bytes]:
    return list(iter(splitter.take, None))


@pytest.mark.parametrize("terminator", [b"\r", b"\n", b"\r\n"])
def test_codes_are_split_at_any_terminator(terminator: bytes) -> None:
    splitter = LineSplitter()
    splitter.feed(b"ONE" + terminator + b"TWO" + terminator)
    assert taken(splitter) == [b"ONE", b"TWO"]
    assert not splitter.pending


def test_a_code_without_terminator_ends_with_silence() -> None:
    splitter = LineSplitter("none")
    splitter.feed(b"ONE")
    assert taken(splitter) == []
    splitter.silence()
    assert taken(splitter) == [b"ONE"]


def test_a_pause_cuts_no_first_code_while_nobody_knows_how_codes_end() -> None:
    splitter = LineSplitter()
    for piece in (b"GSF:0123", b"456789\r"):
        splitter.feed(piece)
        paused(splitter)
    assert taken(splitter) == [b"GSF:0123456789"]


def test_that_silence_ends_codes_is_learned_from_the_first_that_it_ends() -> None:
    splitter = LineSplitter()
    splitter.feed(b"ONE")
    paused(splitter, SILENCES_OF_A_PAUSE)
    splitter.feed(b"TWO")
    splitter.silence()
    assert taken(splitter) == [b"ONE", b"TWO"]


def paused(splitter: LineSplitter, silences: int = SILENCES_OF_A_PAUSE - 1) -> None:
    for _ in range(silences):
        splitter.silence()


def test_a_pause_in_a_code_that_is_to_end_in_a_terminator_cuts_it_not() -> None:
    splitter = LineSplitter("line-end")
    for piece in (b"GSF:0123", b"456789", b"abcdef\r"):
        paused(splitter)
        splitter.feed(piece)
    assert taken(splitter) == [b"GSF:0123456789abcdef"]


def test_half_a_code_that_is_to_end_in_a_terminator_is_never_told_nor_glued_to_the_next() -> None:
    splitter = LineSplitter("line-end")
    for _ in range(2):
        splitter.feed(b"GSF:0123")
        paused(splitter, SILENCES_OF_A_PAUSE)
    splitter.feed(b"NEXT\r")
    assert taken(splitter) == [b"NEXT"]


def test_that_codes_end_in_a_terminator_is_learned_from_the_first_that_does() -> None:
    splitter = LineSplitter()
    splitter.feed(b"\r\nONE\r\nTWO")
    paused(splitter)
    splitter.feed(b"-TWO\r\n")
    assert taken(splitter) == [b"ONE", b"TWO-TWO"]


def test_an_engine_that_ends_no_code_loses_one_by_a_terminator_inside_a_code_and_no_more() -> None:
    splitter = LineSplitter()
    splitter.feed(b"TWO\nLINES")
    paused(splitter, SILENCES_OF_A_PAUSE)
    for code in (b"ONE", b"MORE"):
        splitter.feed(code)
        paused(splitter, SILENCES_OF_A_PAUSE)
    assert taken(splitter) == [b"TWO", b"ONE", b"MORE"]


def test_where_silence_ends_codes_no_terminator_teaches_otherwise() -> None:
    splitter = LineSplitter("none")
    for code in (b"ONE\r", b"TWO"):
        splitter.feed(code)
        splitter.silence()
    assert taken(splitter) == [b"ONE", b"TWO"]


def test_unprintable_bytes_are_dropped_and_those_of_chinese_kept() -> None:
    splitter = LineSplitter()
    code = "测试".encode("gb18030") + "测试".encode()
    splitter.feed(b"\x02" + code + b"\x03\x7f\r")
    assert taken(splitter) == [code]


def test_what_is_too_long_for_a_code_is_dropped_whole() -> None:
    splitter = LineSplitter()
    splitter.feed(b"A" * (MOST_BYTES + 1) + b"\rNEXT\r" + b"B" * MOST_BYTES + b"\r")
    assert taken(splitter) == [b"NEXT", b"B" * MOST_BYTES]


@given(st.lists(st.binary(max_size=50), max_size=10))
@settings(max_examples=150, deadline=None)
def test_after_any_noise_the_next_code_is_whole(pieces: list[bytes]) -> None:
    splitter = LineSplitter()
    for piece in pieces:
        splitter.feed(piece)
    for _ in range(SILENCES_OF_A_PAUSE):
        splitter.silence()
    assert all(code and len(code) <= MOST_BYTES for code in taken(splitter))
    splitter.feed(b"NEXT\r")
    assert taken(splitter) == [b"NEXT"]


@pytest.fixture(params=[b"\r\n", b""], ids=["terminated", "ended by silence"])
def emulator(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PlainLineScannerEmulator]:
    engine = PlainLineScannerEmulator(tmp_path / NAME, terminator=request.param)
    engine.plug()
    yield engine
    engine.unplug()


@pytest.fixture
def scanner(short_rounds: None, emulator: PlainLineScannerEmulator, tmp_path: Path) -> Iterator[PlainLineScanner]:
    driver = make(tmp_path)
    driver.open()
    yield driver
    driver.close()


def make(directory: Path) -> PlainLineScanner:
    return PlainLineScanner(DeviceSettings(name=NAME, model=DeviceModel.PLAIN_LINE, port=str(directory / NAME)))


def first_told(scanner: PlainLineScanner) -> list[Report]:
    return list(islice((report for _ in range(300) for report in scanner.attend(active=True)), 1))


def hold_and_be_heard_at_rest(
    scanner: PlainLineScanner, emulator: PlainLineScannerEmulator, code: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One round in which nobody waits, and which ends as soon as the code has come."""
    with monkeypatch.context() as patched:
        patched.setattr(plain_line_scanner, "LISTEN_SECONDS", 10.0)
        emulator.hold(code)
        assert list(scanner.attend(active=False)) == []


def test_a_code_is_told_byte_for_byte(scanner: PlainLineScanner, emulator: PlainLineScannerEmulator) -> None:
    code = "赣服通测试".encode("gb18030")
    emulator.hold(code)
    assert first_told(scanner) == [CodeScanned(NAME, code)]
    assert scanner.health().facts["scans"] == "1"


def test_a_code_read_while_nobody_waits_is_dropped(
    scanner: PlainLineScanner, emulator: PlainLineScannerEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_and_be_heard_at_rest(scanner, emulator, b"EARLY", monkeypatch)
    assert list(scanner.attend(active=False)) == []
    emulator.hold(b"NOW")
    assert first_told(scanner) == [CodeScanned(NAME, b"NOW")]


def test_a_code_read_in_the_moment_somebody_begins_to_wait_is_told(
    scanner: PlainLineScanner, emulator: PlainLineScannerEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_and_be_heard_at_rest(scanner, emulator, b"NOW", monkeypatch)
    assert first_told(scanner) == [CodeScanned(NAME, b"NOW")]


def test_a_pause_of_the_line_cuts_no_code_once_one_has_ended_in_a_terminator(
    short_rounds: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = PlainLineScannerEmulator(tmp_path / NAME)
    engine.plug()
    scanner = make(tmp_path)
    scanner.open()
    try:
        engine.hold(b"ONE")
        assert first_told(scanner) == [CodeScanned(NAME, b"ONE")]
        monkeypatch.setattr(plain_line_scanner, "LISTEN_SECONDS", 10.0)
        engine._line.say(b"GSF:0123456789")
        assert [list(scanner.attend(active=True)) for _ in range(3)] == [[], [], []]
        engine._line.say(b"abcdef\r\n")
        assert first_told(scanner) == [CodeScanned(NAME, b"GSF:0123456789abcdef")]
    finally:
        scanner.close()
        engine.unplug()


def test_the_cable_pulled_while_listening(scanner: PlainLineScanner, emulator: PlainLineScannerEmulator) -> None:
    emulator.unplug()
    with pytest.raises(DeviceUnplugged):
        list(scanner.attend(active=True))


def test_no_scanner_at_start(tmp_path: Path) -> None:
    with pytest.raises(PortMissing):
        make(tmp_path).open()


def test_a_plain_scanner_can_be_tested_only_so_far(scanner: PlainLineScanner, emulator: PlainLineScannerEmulator) -> None:
    assert [type(report) for report in scanner.perform(SelfTest())] == [TestFinished]
    with pytest.raises(CommandRefused):
        list(scanner.perform(PrintJob("a", Slip(()))))
    emulator.unplug()
    with pytest.raises(DeviceUnplugged):
        list(scanner.perform(SelfTest()))
