"""The Newland adapter: its frames against byte-exact vectors, and its driver on the emulator's bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.code_scanner.newland import (
    ACK,
    ANSWER_HEAD,
    NAK,
    Answer,
    EngineStream,
    Scanned,
    answer_frame,
    answers,
    request,
    told,
)
from devices.code_scanner.newland_scanner import NewlandScanner
from devices.code_scanner.plain_line import SILENCES_OF_A_PAUSE
from devices.driver import PrintJob, SelfTest
from devices.emulators.misbehaviour import Fault, Misbehaviour
from devices.emulators.newland_scanner import NewlandScannerEmulator
from devices.errors import CommandRefused, DeviceSilent, DeviceUnplugged, PortMissing
from devices.probing import PortSeen, ask
from devices.receipt_printer.slip import Slip
from devices.reports import TestFinished
from devices.settings import DeviceModel, DeviceSettings
from devices.wire_trace import WireTrace
from tests.devices.conftest import scanned, within
from tests.devices.vectors import vectors

NAME = "code-scanner"
pytestmark = pytest.mark.usefixtures("line_time")


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[NewlandScannerEmulator]:
    engine = NewlandScannerEmulator(tmp_path / NAME)
    engine.plug()
    yield engine
    engine.unplug()


@pytest.fixture
def scanner(emulator: NewlandScannerEmulator, tmp_path: Path) -> Iterator[NewlandScanner]:
    driver = make(tmp_path)
    driver.open()
    yield driver
    driver.close()


def make(directory: Path) -> NewlandScanner:
    return NewlandScanner(DeviceSettings(name=NAME, model=DeviceModel.NEWLAND, port=str(directory / NAME)))


def taken(data: bytes, *, silence: bool = False) -> list[Answer | Scanned]:
    """Of an engine that is known to end no code by anything but silence."""
    stream = EngineStream("none")
    stream.feed(data)
    found: list[Answer | Scanned] = []
    for _ in range(2 if silence else 1):
        while (one := stream.take()) is not None:
            found.append(one)
        stream.end()
    return found


@pytest.mark.parametrize(("data", "expect"), vectors("newland"))
def test_frames_are_byte_exact(data: bytes, expect: dict[str, Any]) -> None:
    if data.startswith(b"\x02"):
        (answer,) = taken(data)
        assert isinstance(answer, Answer)
        assert answer.status == ACK
        assert told(answer, expect["cmd"]) == expect.get("value", "")
    elif data.startswith(b"\x7e"):
        assert request(expect["cmd"], for_good=data[6:7] == b"@") == data


def test_answers_are_told_from_text_around_them() -> None:
    answer = answer_frame(b"SCNTRG1")
    assert taken(b"ONE\r\n" + answer + b"TWO\n" + answer + b"THREE", silence=True) == [
        Scanned(b"ONE"),
        Answer(b"SCNTRG1", ACK),
        Scanned(b"TWO"),
        Answer(b"SCNTRG1", ACK),
        Scanned(b"THREE"),
    ]
    assert taken(b"GLUED" + answer, silence=True) == [Scanned(b"GLUED"), Answer(b"SCNTRG1", ACK)]
    assert taken(answer[:-1], silence=True) == [], "an answer cut short is no code"


@pytest.mark.parametrize("noise", [b"\x02", b"\x02\x01", b"\x02\x010000", b"\x02\x02\x01"])
def test_noise_that_begins_like_an_answer_hides_none(noise: bytes) -> None:
    assert taken(noise + answer_frame(b"SCNTRG1") + b"ONE\r", silence=True) == [Answer(b"SCNTRG1", ACK), Scanned(b"ONE")]


def test_an_answer_that_never_ends_is_no_code() -> None:
    endless = answer_frame(b"QRYSYS" + b"x" * 3000)[:-1]
    assert taken(endless, silence=True) == []
    assert taken(endless + b"\x03ONE\r", silence=True) == [Scanned(b"ONE")]
    stream = EngineStream()
    stream.feed(endless)
    assert stream.take() is None
    assert stream.pending
    stream.end()
    stream.feed(b"ONE\r")
    assert stream.take() == Scanned(b"ONE")


def test_a_refusal_is_named() -> None:
    (answer,) = taken(answer_frame(b"SCNMOD7", NAK))
    assert isinstance(answer, Answer)
    with pytest.raises(CommandRefused):
        told(answer, "SCNMOD7")


CODE = b"110101199003071234"


@pytest.mark.parametrize(
    "cut",
    [ANSWER_HEAD + b"#QRYSYS", ANSWER_HEAD + b"#QRYSYSName", ANSWER_HEAD],
    ids=["behind its command", "in its text", "in its head"],
)
@pytest.mark.parametrize("lost", [b"\x00" + ANSWER_HEAD[1:], ANSWER_HEAD[2:], b"\x02\xff0000"], ids=["damaged", "lost", "other"])
@pytest.mark.parametrize("end", [b"\r", b""], ids=["terminated", "ended by silence"])
def test_a_code_between_two_broken_answers_is_no_answer(cut: bytes, lost: bytes, end: bytes) -> None:
    found = taken(cut + CODE + end + lost + b"#QRYSYSNLS" + bytes([ACK]) + b";\x03", silence=True)
    assert not [one for one in found if isinstance(one, Answer) and answers(one, "QRYSYS")]
    assert all(CODE in one.code for one in found if isinstance(one, Scanned))


@pytest.mark.parametrize("lost", [b"\x00" + ANSWER_HEAD[1:], b"\x02\xff0000"], ids=["damaged", "other"])
def test_nor_when_the_second_is_of_another_command(lost: bytes) -> None:
    found = taken(ANSWER_HEAD + b"#QRYSYS" + CODE + b"\r" + lost + b"#SCNTRG0" + bytes([ACK]) + b";\x03", silence=True)
    assert not [one for one in found if isinstance(one, Answer) and answers(one, "QRYSYS")]


def test_the_wire_trace_shows_no_text_of_an_answer(tmp_path: Path, emulator: NewlandScannerEmulator) -> None:
    trace = WireTrace()
    scanner = NewlandScanner(DeviceSettings(name=NAME, model=DeviceModel.NEWLAND, port=str(tmp_path / NAME)), trace)
    scanner.open()
    scanner.close()
    heard = [line for exchange in trace.exchanges() for line in exchange.heard]
    assert heard == ["06  answer to QRYSYS", "06  answer to SCNMOD0"]


def test_a_pause_in_a_code_that_is_to_end_is_borne_and_half_of_one_is_dropped() -> None:
    stream = EngineStream("line-end")
    for piece in (b"ONE", b"", b"-ONE", answer_frame(b"SCNTRG1"), b"-ONE\rTWO"):
        stream.feed(piece)
        if not piece:
            stream.end()
    assert list(iter(stream.take, None)) == [Answer(b"SCNTRG1", ACK), Scanned(b"ONE-ONE-ONE")]
    for _ in range(SILENCES_OF_A_PAUSE):
        assert stream.pending
        stream.end()
    assert (stream.take(), stream.pending) == (None, False)


@given(st.binary(max_size=120), st.integers(0, 120))
def test_no_bytes_break_the_stream_and_pieces_say_what_the_whole_says(noise: bytes, cut: int) -> None:
    whole = taken(noise + b"\r" + answer_frame(b"QRYSYS"), silence=True)
    stream = EngineStream("none")
    found: list[Answer | Scanned] = []
    for piece in (noise[:cut], noise[cut:] + b"\r" + answer_frame(b"QRYSYS")):
        stream.feed(piece)
        while (one := stream.take()) is not None:
            found.append(one)
    stream.end()
    while (one := stream.take()) is not None:
        found.append(one)
    assert found == whole


@pytest.mark.parametrize(
    "how",
    [Misbehaviour(Fault.SILENT), Misbehaviour(Fault.TRUNCATED, at_byte=4), Misbehaviour(Fault.GLUED)],
    ids=lambda how: how.fault.value,
)
def test_one_fault_on_the_line_is_outlived(how: Misbehaviour, scanner: NewlandScanner, emulator: NewlandScannerEmulator) -> None:
    emulator.misbehave(how)
    list(scanner.attend(active=True))
    emulator.hold(b"TEST")
    assert scanned(scanner)[0].endswith(b"TEST")


def test_a_silent_engine_is_told_by_name(emulator: NewlandScannerEmulator, tmp_path: Path) -> None:
    emulator.misbehave(Misbehaviour(Fault.SILENT, answers=3))
    scanner = make(tmp_path)
    with pytest.raises(DeviceSilent):
        scanner.open()
    scanner.close()


def test_probing_knows_it(emulator: NewlandScannerEmulator, tmp_path: Path) -> None:
    assert ask(PortSeen(str(tmp_path / NAME))).model is DeviceModel.NEWLAND


def test_the_engine_is_lit_while_a_code_is_awaited_and_dark_otherwise(
    scanner: NewlandScanner, emulator: NewlandScannerEmulator
) -> None:
    list(scanner.attend(active=False))
    assert not emulator.lit
    list(scanner.attend(active=True))
    assert emulator.lit
    list(scanner.attend(active=False))
    assert not emulator.lit


def test_an_engine_is_left_dark(scanner: NewlandScanner, emulator: NewlandScannerEmulator) -> None:
    list(scanner.attend(active=True))
    scanner.close()
    assert within(lambda: not emulator.lit)


def test_code_after_code_is_read_byte_for_byte(scanner: NewlandScanner, emulator: NewlandScannerEmulator) -> None:
    for code in (b"ONE", "赣服通测试".encode("gb18030"), b"THREE"):
        emulator.hold(code)
        assert scanned(scanner) == [code]
    assert scanner.health().facts == {"baud": "9600", "scans": "3"}


@pytest.mark.parametrize("terminator", [b"\r", b"\n", b"\r\n", b""])
def test_any_terminator_or_none(terminator: bytes, tmp_path: Path) -> None:
    emulator = NewlandScannerEmulator(tmp_path / NAME, terminator=terminator)
    emulator.plug()
    scanner = make(tmp_path)
    scanner.open()
    emulator.hold(b"TEST")
    assert scanned(scanner) == [b"TEST"]
    scanner.close()
    emulator.unplug()


def test_a_code_held_while_nobody_waits_is_not_read(scanner: NewlandScanner, emulator: NewlandScannerEmulator) -> None:
    emulator.hold(b"LATER")
    assert list(scanner.attend(active=False)) == []
    assert scanned(scanner) == [b"LATER"]


@pytest.mark.parametrize("at_byte", range(10))
def test_the_cable_pulled_at_any_byte_of_a_scan_is_an_unplugged_device(
    at_byte: int, scanner: NewlandScanner, emulator: NewlandScannerEmulator
) -> None:
    emulator.misbehave(Misbehaviour(Fault.UNPLUGGED, at_byte=at_byte))
    emulator.hold(b"TEST-CODE")
    with pytest.raises(DeviceUnplugged):
        scanned(scanner, count=3)


def test_no_scanner_at_start(tmp_path: Path) -> None:
    with pytest.raises(PortMissing):
        make(tmp_path).open()


def test_its_test_says_what_it_can_and_it_prints_nothing(scanner: NewlandScanner) -> None:
    (told,) = scanner.perform(SelfTest())
    assert isinstance(told, TestFinished)
    assert (told.code, told.device) == ("", NAME)
    with pytest.raises(CommandRefused):
        list(scanner.perform(PrintJob("a", Slip(()))))
