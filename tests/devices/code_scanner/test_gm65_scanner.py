"""The GM65 adapter on the emulator's bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.code_scanner import gm65_scanner
from devices.code_scanner.gm65_scanner import Gm65Scanner
from devices.driver import PrintJob, SelfTest
from devices.emulators.gm65_scanner import Gm65ScannerEmulator
from devices.emulators.misbehaviour import Fault, Misbehaviour
from devices.errors import CommandRefused, DeviceSilent, DeviceUnplugged, PortMissing
from devices.receipt_printer.slip import Slip
from devices.reports import TestFinished
from devices.settings import DeviceModel, DeviceSettings
from tests.devices.conftest import scanned, within

NAME = "code-scanner"
pytestmark = pytest.mark.usefixtures("line_time")


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Gm65ScannerEmulator]:
    engine = Gm65ScannerEmulator(tmp_path / NAME)
    engine.plug()
    yield engine
    engine.unplug()


@pytest.fixture
def scanner(emulator: Gm65ScannerEmulator, tmp_path: Path) -> Iterator[Gm65Scanner]:
    driver = make(tmp_path)
    driver.open()
    yield driver
    driver.close()


def make(directory: Path) -> Gm65Scanner:
    return Gm65Scanner(DeviceSettings(name=NAME, model=DeviceModel.GM65, port=str(directory / NAME)))


def test_the_engine_is_lit_while_a_code_is_awaited_and_dark_otherwise(
    scanner: Gm65Scanner, emulator: Gm65ScannerEmulator
) -> None:
    list(scanner.attend(active=False))
    assert not emulator.lit
    list(scanner.attend(active=True))
    assert emulator.lit
    list(scanner.attend(active=False))
    assert not emulator.lit


def test_a_code_held_before_the_trigger_comes_glued_to_its_acknowledgement(
    scanner: Gm65Scanner, emulator: Gm65ScannerEmulator
) -> None:
    emulator.hold(b"TEST-QUEUE-A0012")
    assert scanned(scanner) == [b"TEST-QUEUE-A0012"]


def test_no_trigger_is_sent_into_the_middle_of_a_code(
    scanner: Gm65Scanner, emulator: Gm65ScannerEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(scanner.attend(active=True))
    monkeypatch.setattr(gm65_scanner, "LISTEN_SECONDS", 10.0)
    emulator._line.say(b"HALF-A-")
    list(scanner.attend(active=True))
    monkeypatch.setattr(scanner, "_next_word", 0.0)
    sent: list[bytes] = []
    monkeypatch.setattr(scanner._port, "send", lambda data, _meaning: sent.append(data))
    emulator._line.say(b"CODE\r")
    assert scanned(scanner) == [b"HALF-A-CODE"]
    assert sent == []


def test_an_engine_is_left_dark(scanner: Gm65Scanner, emulator: Gm65ScannerEmulator) -> None:
    list(scanner.attend(active=True))
    scanner.close()
    assert within(lambda: not emulator.lit)


def test_code_after_code_is_read(scanner: Gm65Scanner, emulator: Gm65ScannerEmulator) -> None:
    for code in (b"ONE", b"TWO", b"THREE"):
        emulator.hold(code)
        assert scanned(scanner) == [code]
    assert scanner.health().facts == {"baud": "9600", "scans": "3"}


def test_a_code_that_is_not_utf_8_arrives_byte_for_byte(scanner: Gm65Scanner, emulator: Gm65ScannerEmulator) -> None:
    code = "赣服通测试".encode("gb18030")
    emulator.hold(code)
    assert scanned(scanner) == [code]


def test_a_code_held_while_nobody_waits_is_not_read(scanner: Gm65Scanner, emulator: Gm65ScannerEmulator) -> None:
    emulator.hold(b"LATER")
    assert list(scanner.attend(active=False)) == []


@pytest.mark.parametrize("terminator", [b"\r", b"\n", b"\r\n", b""])
def test_any_terminator_or_none(terminator: bytes, tmp_path: Path) -> None:
    emulator = Gm65ScannerEmulator(tmp_path / NAME, terminator=terminator)
    emulator.plug()
    scanner = make(tmp_path)
    scanner.open()
    emulator.hold(b"TEST")
    assert scanned(scanner) == [b"TEST"]
    scanner.close()
    emulator.unplug()


@pytest.mark.parametrize(
    "how",
    [
        Misbehaviour(Fault.SILENT),
        Misbehaviour(Fault.WRONG_CHECKSUM),
        Misbehaviour(Fault.TRUNCATED, at_byte=4),
        Misbehaviour(Fault.GLUED),
    ],
    ids=lambda how: how.fault.value,
)
def test_one_fault_on_the_line_is_outlived(how: Misbehaviour, scanner: Gm65Scanner, emulator: Gm65ScannerEmulator) -> None:
    emulator.misbehave(how)
    list(scanner.attend(active=True))
    emulator.hold(b"TEST")
    assert scanned(scanner)[0].endswith(b"TEST")


def test_a_silent_engine_is_told_by_name(emulator: Gm65ScannerEmulator, tmp_path: Path) -> None:
    emulator.misbehave(Misbehaviour(Fault.SILENT, answers=3))
    scanner = make(tmp_path)
    with pytest.raises(DeviceSilent):
        scanner.open()
    scanner.close()


@pytest.mark.parametrize("at_byte", range(18))
def test_the_cable_pulled_at_any_byte_of_a_scan_is_an_unplugged_device(
    at_byte: int, scanner: Gm65Scanner, emulator: Gm65ScannerEmulator
) -> None:
    emulator.hold(b"TEST-CODE")
    emulator.misbehave(Misbehaviour(Fault.UNPLUGGED, at_byte=at_byte))
    with pytest.raises(DeviceUnplugged):
        scanned(scanner, count=3)


def test_no_scanner_at_start(tmp_path: Path) -> None:
    with pytest.raises(PortMissing):
        make(tmp_path).open()


def test_an_engine_answers_its_test_and_prints_nothing(scanner: Gm65Scanner) -> None:
    assert list(scanner.perform(SelfTest())) == [TestFinished(NAME, "", "the engine runs at 9600 baud")]
    with pytest.raises(CommandRefused):
        list(scanner.perform(PrintJob("a", Slip(()))))
