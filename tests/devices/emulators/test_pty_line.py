"""The emulators' end of the cable, and its faults on command."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.emulators.misbehaviour import GARBAGE, Fault, Misbehaviour, parse_misbehaviour
from devices.emulators.pty_line import PtyLine
from devices.errors import DeviceUnplugged
from devices.serial_port import SerialPort


@pytest.fixture
def line(tmp_path: Path) -> Iterator[PtyLine]:
    cable = PtyLine(tmp_path / "port", lambda data: [b"answer" + data])
    cable.plug()
    yield cable
    cable.unplug()


@pytest.fixture
def port(line: PtyLine) -> Iterator[SerialPort]:
    opened = SerialPort(str(line.path), 115200)
    opened.open()
    yield opened
    opened.close()


def asked(port: SerialPort, question: bytes, length: int) -> bytes:
    port.send(question)
    received = b""
    while len(received) < length and (more := port.receive(5)):
        received += more
    return received


@pytest.mark.parametrize(
    ("how", "received"),
    [
        (Misbehaviour(Fault.GARBAGE_BEFORE), GARBAGE + b"answer2"),
        (Misbehaviour(Fault.GARBAGE, at_byte=3), b"ans" + GARBAGE + b"wer2"),
        (Misbehaviour(Fault.TRUNCATED, at_byte=3), b"ans"),
        (Misbehaviour(Fault.WRONG_CHECKSUM), b"answer" + bytes([ord("2") ^ 0xFF])),
        (Misbehaviour(Fault.GLUED), b"answer1answer2"),
        (Misbehaviour(Fault.SLOW), b"answer2"),
    ],
    ids=lambda value: value.fault.value if isinstance(value, Misbehaviour) else "",
)
def test_one_answer_is_spoilt_and_the_next_is_good(how: Misbehaviour, received: bytes, line: PtyLine, port: SerialPort) -> None:
    assert asked(port, b"1", 7) == b"answer1"
    line.misbehave(how)
    assert asked(port, b"2", len(received)) == received
    assert asked(port, b"3", 7) == b"answer3"


def test_a_silent_device_answers_the_next_question(line: PtyLine, port: SerialPort) -> None:
    line.misbehave(Misbehaviour(Fault.SILENT))
    port.send(b"1")
    assert port.receive(0.05) == b""
    assert asked(port, b"2", 7) == b"answer2"


def test_a_fault_waits_for_its_turn_and_lasts_as_long_as_told(line: PtyLine, port: SerialPort) -> None:
    line.misbehave(Misbehaviour(Fault.TRUNCATED, answers=2, at_byte=1, after=1))
    assert [asked(port, b"1", 7), asked(port, b"2", 1), asked(port, b"3", 1), asked(port, b"4", 7)] == [
        b"answer1",
        b"a",
        b"a",
        b"answer4",
    ]


def test_faults_can_be_dropped(line: PtyLine, port: SerialPort) -> None:
    line.misbehave(Misbehaviour(Fault.SILENT, answers=50))
    line.behave()
    assert asked(port, b"1", 7) == b"answer1"


def test_the_cable_can_be_pulled_at_a_byte_and_plugged_again(line: PtyLine, port: SerialPort) -> None:
    line.misbehave(Misbehaviour(Fault.UNPLUGGED, at_byte=4))
    with pytest.raises(DeviceUnplugged):
        asked(port, b"1", 7)
    port.close()
    line.plug()
    port.open()
    assert asked(port, b"2", 7) == b"answer2"


def test_plugging_twice_and_unplugging_twice_are_safe(line: PtyLine, port: SerialPort) -> None:
    line.plug()
    assert asked(port, b"1", 7) == b"answer1"
    line.unplug()
    line.unplug()
    line.say(b"nobody hears this")
    assert not line.path.exists()


def test_what_a_device_says_unasked_arrives(line: PtyLine, port: SerialPort) -> None:
    line.say(b"code\r")
    assert port.receive(5) == b"code\r"


def test_bytes_nobody_reads_are_lost_and_hold_nothing_up(line: PtyLine, port: SerialPort) -> None:
    for _ in range(20):
        line.say(b"x" * 1000)
    line.unplug()
    assert not line.path.exists()


def test_paced_bytes_take_at_least_their_time_on_the_wire(tmp_path: Path) -> None:
    cable = PtyLine(tmp_path / "paced", lambda data: [b"x" * 95], baud=9600)
    cable.plug()
    port = SerialPort(str(cable.path), 9600)
    port.open()
    begun = time.monotonic()
    assert asked(port, b"12345", 95) == b"x" * 95
    assert time.monotonic() - begun >= 100 * 10 / 9600
    port.close()
    cable.unplug()


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("silent", Misbehaviour(Fault.SILENT)),
        ("truncated@40", Misbehaviour(Fault.TRUNCATED, at_byte=40)),
        ("garbage@7", Misbehaviour(Fault.GARBAGE, at_byte=7)),
        ("garbage-before*3", Misbehaviour(Fault.GARBAGE_BEFORE, answers=3)),
        ("unplugged@7*2", Misbehaviour(Fault.UNPLUGGED, answers=2, at_byte=7)),
    ],
)
def test_a_fault_is_read_as_a_person_writes_it(text: str, how: Misbehaviour) -> None:
    assert parse_misbehaviour(text) == how


@pytest.mark.parametrize("text", ["", "asleep", "silent@", "silent*-1", "truncated@123456"])
def test_a_fault_that_is_none_is_answered_with_those_there_are(text: str) -> None:
    with pytest.raises(LookupError, match="garbage-before"):
        parse_misbehaviour(text)
