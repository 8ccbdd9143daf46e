"""The Honeywell adapter: its commands against byte-exact vectors, and its driver on the emulator's bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.code_scanner import honeywell_scanner
from devices.code_scanner.honeywell import SERIAL_TRIGGER, TRIGGER_OFF, TRIGGER_ON, EngineAnswers, answer, menu, revision_of
from devices.code_scanner.honeywell_scanner import HoneywellScanner
from devices.driver import PrintJob, SelfTest
from devices.emulators.honeywell_scanner import MENU_ANSWERS, HoneywellScannerEmulator
from devices.emulators.misbehaviour import Fault, Misbehaviour
from devices.errors import CommandRefused, DeviceSilent, DeviceUnplugged, PortMissing
from devices.rack import Rack
from devices.receipt_printer.slip import Slip
from devices.reports import DeviceState, TestFinished
from devices.settings import DeviceModel
from devices.worker import Patience
from tests.devices.conftest import Reports, now, scanned, settings, within
from tests.devices.vectors import vectors

NAME = "code-scanner"
pytestmark = pytest.mark.usefixtures("line_time")
WHAT_IT_IS = "Product Name: EMULATED Software Revision: 1"
CODE = b"110101199003071234"
BUILT = {"SYN T CR": TRIGGER_ON, "SYN U CR": TRIGGER_OFF, "SYN M CR REVINF.": menu("REVINF")}


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[HoneywellScannerEmulator]:
    engine = HoneywellScannerEmulator(tmp_path / NAME)
    engine.plug()
    yield engine
    engine.unplug()


@pytest.fixture
def scanner(emulator: HoneywellScannerEmulator, tmp_path: Path) -> Iterator[HoneywellScanner]:
    driver = make(tmp_path)
    driver.open()
    yield driver
    driver.close()


def make(directory: Path, answers: EngineAnswers | None = None) -> HoneywellScanner:
    return HoneywellScanner(settings(NAME, DeviceModel.HONEYWELL, directory), answers=answers)


@pytest.mark.parametrize(("data", "expect"), vectors("honeywell"))
def test_commands_are_byte_exact(data: bytes, expect: dict[str, Any]) -> None:
    assert BUILT[expect["cmd"]] == data


def test_the_trigger_mode_is_set_until_the_power_goes() -> None:
    assert SERIAL_TRIGGER == b"\x16M\rTRGMOD0!"


def test_the_engine_is_lit_while_a_code_is_awaited_and_dark_otherwise(
    scanner: HoneywellScanner, emulator: HoneywellScannerEmulator
) -> None:
    list(scanner.attend(active=False))
    assert not emulator.lit
    list(scanner.attend(active=True))
    assert within(lambda: emulator.lit)
    list(scanner.attend(active=False))
    assert within(lambda: not emulator.lit)


def test_an_engine_is_left_dark(scanner: HoneywellScanner, emulator: HoneywellScannerEmulator) -> None:
    list(scanner.attend(active=True))
    scanner.close()
    assert within(lambda: not emulator.lit)


def test_code_after_code_is_read_byte_for_byte(scanner: HoneywellScanner, emulator: HoneywellScannerEmulator) -> None:
    for code in (b"ONE", "赣服通测试".encode("gb18030"), b"THREE"):
        emulator.hold(code)
        assert scanned(scanner) == [code]
    assert scanner.health().facts == {"baud": "115200", "scans": "3", "answers": "yes", "revision": WHAT_IT_IS}


@pytest.mark.parametrize("terminator", [b"\r", b"\n", b"\r\n", b""])
def test_any_terminator_or_none(terminator: bytes, tmp_path: Path) -> None:
    emulator = HoneywellScannerEmulator(tmp_path / NAME, terminator=terminator)
    emulator.plug()
    scanner = make(tmp_path)
    scanner.open()
    emulator.hold(b"TEST")
    assert scanned(scanner) == [b"TEST"]
    scanner.close()
    emulator.unplug()


def test_a_code_held_while_nobody_waits_is_not_read(scanner: HoneywellScanner, emulator: HoneywellScannerEmulator) -> None:
    emulator.hold(b"LATER")
    assert list(scanner.attend(active=False)) == []
    assert scanned(scanner) == [b"LATER"]


@pytest.mark.parametrize("at_byte", range(10))
def test_the_cable_pulled_at_any_byte_of_a_scan_is_an_unplugged_device(
    at_byte: int, scanner: HoneywellScanner, emulator: HoneywellScannerEmulator
) -> None:
    emulator.misbehave(Misbehaviour(Fault.UNPLUGGED, at_byte=at_byte))
    emulator.hold(b"TEST-CODE")
    with pytest.raises(DeviceUnplugged):
        scanned(scanner, count=3)


def test_no_scanner_at_start(tmp_path: Path) -> None:
    with pytest.raises(PortMissing):
        make(tmp_path).open()


def test_its_test_says_what_it_can_and_it_prints_nothing(scanner: HoneywellScanner) -> None:
    assert list(scanner.perform(SelfTest())) == [TestFinished(NAME, "", WHAT_IT_IS)]
    with pytest.raises(CommandRefused):
        list(scanner.perform(PrintJob("a", Slip(()))))


@pytest.mark.parametrize("status", [b"\x06", b"\x05", b"\x15"], ids=["taken", "not understood", "refused"])
def test_any_answer_tells_that_it_is_such_an_engine(status: bytes) -> None:
    assert revision_of(b"noise\xffREVINF" + status + b".") == "unnamed"


def test_what_an_engine_is_stands_in_several_lines_and_never_in_two_answers() -> None:
    whole = answer(b"REVINF", b"Product Name: Some Engine\r\nBoot Revision: 1.2\r\n")
    assert revision_of(CODE + b"\r" + whole) == "Product Name: Some Engine Boot Revision: 1.2"
    assert revision_of(whole[:20] + CODE + b"\r" + whole) == "Product Name: Some Engine Boot Revision: 1.2"
    assert revision_of(whole[:20] + CODE + b"\r\x00" + whole[7:]) == ""
    assert revision_of(CODE) == ""


def make_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(honeywell_scanner, "TRIGGER_AGAIN_SECONDS", 0.0)


def test_an_engine_that_has_answered_and_is_silent_when_it_is_opened_again_is_told_by_name(
    emulator: HoneywellScannerEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_quick(monkeypatch)
    answers = EngineAnswers()
    first, second = make(tmp_path, answers), make(tmp_path, answers)
    first.open()
    first.close()
    emulator.misbehave(Misbehaviour(Fault.SILENT, answers=100))
    with pytest.raises(DeviceSilent):
        second.open()
    second.close()


def test_an_engine_that_has_answered_is_out_for_as_long_as_it_is_silent(
    emulator: HoneywellScannerEmulator, tmp_path: Path, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_quick(monkeypatch)
    monkeypatch.setattr(honeywell_scanner, "HEARTBEAT_SECONDS", 0.0)
    rack = Rack([settings(NAME, DeviceModel.HONEYWELL, tmp_path)], reports, now, Patience(reopen_seconds=0.01))
    rack.start()
    try:
        reports.until_state(DeviceState.ONLINE)
        asked: list[bytes] = []
        with monkeypatch.context() as without_power:
            without_power.setattr(emulator, "_obey", lambda command: asked.append(command) or b"")
            reports.until_state(DeviceState.OFFLINE)
            assert within(lambda: asked.count(SERIAL_TRIGGER) > 1)  # so often it was opened again
            assert rack.statuses()[0].trouble == DeviceSilent.code
        reports.until_state(DeviceState.ONLINE)
    finally:
        rack.stop()


def test_an_engine_that_answers_no_question_of_the_menu_is_used_all_the_same(
    emulator: HoneywellScannerEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_quick(monkeypatch)
    monkeypatch.setattr(honeywell_scanner, "HEARTBEAT_SECONDS", 0.0)
    obey = emulator._obey

    def in_silence(command: bytes) -> bytes:
        said = obey(command)
        return b"" if command in MENU_ANSWERS else said

    monkeypatch.setattr(emulator, "_obey", in_silence)
    scanner = make(tmp_path)
    scanner.open()
    for _ in range(4):
        assert list(scanner.attend(active=False)) == []
    (tested,) = scanner.perform(SelfTest())
    assert tested == TestFinished(NAME, "", "triggered; it does not answer what it is")
    for code in (b"ONE", b"TWO"):
        emulator.hold(code)
        assert scanned(scanner) == [code]
    assert list(scanner.attend(active=False)) == []
    assert scanner.health().facts == {"baud": "115200", "scans": "2", "answers": "no"}
    scanner.close()


@pytest.mark.parametrize("active", [False, True], ids=["at rest", "while a code is awaited"])
def test_an_engine_that_loses_its_power_is_told_by_name(
    active: bool, scanner: HoneywellScanner, emulator: HoneywellScannerEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_quick(monkeypatch)
    list(scanner.attend(active))
    monkeypatch.setattr(scanner, "_next_question", 0.0)
    emulator.misbehave(Misbehaviour(Fault.SILENT, answers=100))
    with pytest.raises(DeviceSilent):
        scanned(scanner) if active else list(scanner.attend(active=False))


def test_a_damaged_answer_is_a_sign_of_life_and_makes_nothing_of_the_engine_forgotten(
    scanner: HoneywellScanner, emulator: HoneywellScannerEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emulator, "_obey", lambda _command: b"REV\xff")
    assert list(scanner.perform(SelfTest())) == [TestFinished(NAME, "", WHAT_IT_IS)]


def test_the_test_of_an_engine_that_lost_its_power_fails_by_name(
    scanner: HoneywellScanner, emulator: HoneywellScannerEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_quick(monkeypatch)
    emulator.misbehave(Misbehaviour(Fault.SILENT, answers=100))
    with pytest.raises(DeviceSilent):
        list(scanner.perform(SelfTest()))


def test_an_engine_that_never_answers_its_trigger_mode_is_used_all_the_same(
    scanner: HoneywellScanner, emulator: HoneywellScannerEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_quick(monkeypatch)
    obey = emulator._obey

    def in_silence(command: bytes) -> bytes:
        said = obey(command)
        return b"" if command == SERIAL_TRIGGER else said

    monkeypatch.setattr(emulator, "_obey", in_silence)
    scanner.open()
    monkeypatch.setattr(scanner._answers, "mode", False)
    for _ in range(5):
        assert list(scanner.attend(active=True)) == []
    emulator.hold(b"TEST")
    assert scanned(scanner) == [b"TEST"]
