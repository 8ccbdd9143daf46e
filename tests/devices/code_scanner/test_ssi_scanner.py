"""The SSI adapter on the emulator's bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.code_scanner.ssi_scanner import SsiScanner
from devices.driver import PrintJob, SelfTest
from devices.emulators.misbehaviour import Fault, Misbehaviour
from devices.emulators.ssi_scanner import SsiScannerEmulator
from devices.errors import CommandRefused, DeviceSilent, DeviceUnplugged, PortMissing
from devices.probing import PortSeen, ask
from devices.receipt_printer.slip import Slip
from devices.reports import TestFinished
from devices.settings import DeviceModel, DeviceSettings
from tests.devices.conftest import scanned, within

NAME = "code-scanner"
pytestmark = pytest.mark.usefixtures("line_time")


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[SsiScannerEmulator]:
    engine = SsiScannerEmulator(tmp_path / NAME)
    engine.plug()
    yield engine
    engine.unplug()


@pytest.fixture
def scanner(emulator: SsiScannerEmulator, tmp_path: Path) -> Iterator[SsiScanner]:
    driver = make(tmp_path)
    driver.open()
    yield driver
    driver.close()


def make(directory: Path) -> SsiScanner:
    return SsiScanner(DeviceSettings(name=NAME, model=DeviceModel.SSI, port=str(directory / NAME)))


def test_a_session_is_open_while_a_code_is_awaited_and_closed_otherwise(
    scanner: SsiScanner, emulator: SsiScannerEmulator
) -> None:
    list(scanner.attend(active=True))
    assert emulator.in_session
    list(scanner.attend(active=False))
    assert not emulator.in_session


def test_an_engine_is_left_dark(scanner: SsiScanner, emulator: SsiScannerEmulator) -> None:
    list(scanner.attend(active=True))
    scanner.close()
    assert within(lambda: not emulator.in_session)


def test_code_after_code_is_read_and_acknowledged(scanner: SsiScanner, emulator: SsiScannerEmulator) -> None:
    for code in (b"ONE", "赣服通测试".encode("gb18030"), b"THREE"):
        emulator.hold(code)
        assert scanned(scanner) == [code]
    list(scanner.attend(active=True))
    assert emulator.acknowledged == 3
    assert scanner.health().facts == {"baud": "9600", "scans": "3"}


def test_a_code_longer_than_a_packet_is_joined(scanner: SsiScanner, emulator: SsiScannerEmulator) -> None:
    code = bytes(range(33, 127)) * 7
    emulator.hold(code)
    assert scanned(scanner) == [code]


@pytest.mark.parametrize("packet_number", [0, 1, 3])
def test_a_packet_that_breaks_off_is_asked_for_again_and_the_code_is_whole(
    packet_number: int, scanner: SsiScanner, emulator: SsiScannerEmulator
) -> None:
    code = bytes(range(33, 127)) * 7
    list(scanner.attend(active=True))
    emulator.misbehave(Misbehaviour(Fault.TRUNCATED, at_byte=60, after=packet_number))
    emulator.hold(code)
    assert scanned(scanner) == [code]


def test_half_a_code_is_never_joined_with_the_next_resident_s(scanner: SsiScanner, emulator: SsiScannerEmulator) -> None:
    list(scanner.attend(active=True))
    emulator.misbehave(Misbehaviour(Fault.UNPLUGGED, at_byte=60, after=1))
    emulator.hold(b"A" * 500)
    with pytest.raises(DeviceUnplugged):
        scanned(scanner)
    emulator.plug()
    scanner.open()
    emulator.hold(b"OTHER")
    assert scanned(scanner) == [b"OTHER"]


def test_a_code_held_while_nobody_waits_is_not_read(scanner: SsiScanner, emulator: SsiScannerEmulator) -> None:
    emulator.hold(b"LATER")
    assert list(scanner.attend(active=False)) == []
    assert scanned(scanner) == [b"LATER"]


@pytest.mark.parametrize(
    "how",
    [
        Misbehaviour(Fault.SILENT),
        Misbehaviour(Fault.WRONG_CHECKSUM),
        Misbehaviour(Fault.TRUNCATED, at_byte=4),
        Misbehaviour(Fault.GARBAGE_BEFORE),
        Misbehaviour(Fault.GLUED),
    ],
    ids=lambda how: how.fault.value,
)
@pytest.mark.parametrize("after", [0, 1])
def test_one_fault_on_the_line_is_outlived_and_the_code_comes_once(
    how: Misbehaviour, after: int, scanner: SsiScanner, emulator: SsiScannerEmulator
) -> None:
    emulator.misbehave(Misbehaviour(how.fault, how.answers, how.at_byte, after))
    emulator.hold(b"TEST")
    read = scanned(scanner, count=2, rounds=12)
    assert set(read) == {b"TEST"}
    assert len(read) == 1 or how.fault is Fault.GLUED, "only an answer that truly comes twice is read twice"


def test_a_silent_engine_is_told_by_name(emulator: SsiScannerEmulator, tmp_path: Path) -> None:
    emulator.misbehave(Misbehaviour(Fault.SILENT, answers=3))
    scanner = make(tmp_path)
    with pytest.raises(DeviceSilent):
        scanner.open()
    scanner.close()


@pytest.mark.parametrize("at_byte", range(20))
def test_the_cable_pulled_at_any_byte_of_a_scan_is_an_unplugged_device(
    at_byte: int, scanner: SsiScanner, emulator: SsiScannerEmulator
) -> None:
    emulator.hold(b"TEST-CODE")
    emulator.misbehave(Misbehaviour(Fault.UNPLUGGED, at_byte=at_byte))
    with pytest.raises(DeviceUnplugged):
        scanned(scanner, count=3)


def test_no_scanner_at_start(tmp_path: Path) -> None:
    with pytest.raises(PortMissing):
        make(tmp_path).open()


def test_an_engine_answers_its_test_and_prints_nothing(scanner: SsiScanner) -> None:
    assert list(scanner.perform(SelfTest())) == [TestFinished(NAME, "", "revision EMULATED-SSI 1.0")]
    with pytest.raises(CommandRefused):
        list(scanner.perform(PrintJob("a", Slip(()))))


def test_probing_knows_it(emulator: SsiScannerEmulator, tmp_path: Path) -> None:
    assert ask(PortSeen(str(tmp_path / NAME))).model is DeviceModel.SSI
