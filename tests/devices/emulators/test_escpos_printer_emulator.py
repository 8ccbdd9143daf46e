"""The emulated printer: answers at once while paper moves, and reads codes sent as pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.emulators.escpos_paper import Paper
from devices.emulators.escpos_printer import Condition, EscposPrinterEmulator
from devices.emulators.escpos_stream import EscposStream
from devices.receipt_printer.library import Dummy
from devices.serial_port import SerialPort

SECONDS = 10.0


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[EscposPrinterEmulator]:
    emulator = EscposPrinterEmulator(tmp_path / "printer", line_seconds=0.02)
    emulator.plug()
    yield emulator
    emulator.stop()


@pytest.fixture
def port(slow: EscposPrinterEmulator, tmp_path: Path) -> Iterator[SerialPort]:
    port = SerialPort(str(tmp_path / "printer"), 115200)
    port.open()
    yield port
    port.close()


def test_status_is_answered_while_lines_still_wait(slow: EscposPrinterEmulator, port: SerialPort) -> None:
    port.send(b"line\n" * 30 + b"\x10\x04\x01" + b"\x1dV\x00")
    assert port.receive(SECONDS) == b"\x12"
    assert not slow.slips
    assert slow.wait_for_slips(1, SECONDS)
    assert slow.slips[0].texts == ["line"] * 30


def test_the_queued_query_is_answered_only_after_what_stands_before_it(slow: EscposPrinterEmulator, port: SerialPort) -> None:
    port.send(b"line\n" * 5 + b"\x1dV\x00" + b"\x1dr1")
    assert port.receive(SECONDS) == b"\x00"
    assert len(slow.slips) == 1


@pytest.mark.parametrize(
    ("condition", "answers"),
    [
        (Condition(), "12121212"),
        (Condition(near_end=True), "1212121E"),
        (Condition(paper_out=True), "1A32127E"),
        (Condition(cover_open=True), "1A161212"),
        (Condition(cutter_jammed=True), "1A521A12"),
        (Condition(offline=True), "1A121212"),
        (Condition(silent=True), ""),
    ],
)
def test_every_condition_has_its_bytes(condition: Condition, answers: str) -> None:
    assert b"".join(condition.answer(query) for query in (1, 2, 3, 4)) == bytes.fromhex(answers)


def test_a_printer_set_right_goes_on_with_its_buffer(slow: EscposPrinterEmulator, port: SerialPort) -> None:
    slow.run_out_after(lines=2)
    port.send(b"line\n" * 6 + b"\x1dV\x00")
    assert not slow.wait_for_slips(1, 0.3)
    slow.become(Condition())
    assert slow.wait_for_slips(1, SECONDS)
    assert len(slow.slips[0].texts) == 6


def test_a_code_sent_as_a_picture_is_read_again() -> None:
    escpos, paper = Dummy(), Paper(80)
    escpos.qr("https://zwfw.example/p/7Qm2kX9tB4", size=6, native=False)
    escpos.cut()
    for command in EscposStream().feed(escpos.output):
        paper.perform(command)
    assert paper.slips[0].qr_payloads == ["https://zwfw.example/p/7Qm2kX9tB4"]


def test_any_other_picture_is_kept_and_drawn() -> None:
    paper = Paper(58)
    for command in EscposStream().feed(b"\x1dv0\x00\x02\x00\x03\x00" + b"\xff\x00" * 3 + b"\x1dV\x42\x00"):
        paper.perform(command)
    assert not paper.slips[0].qr_payloads
    assert paper.slips[0].png().startswith(b"\x89PNG")


@given(st.binary(max_size=80))
@settings(max_examples=200)
def test_no_bytes_upset_the_printer(noise: bytes) -> None:
    stream, paper = EscposStream(), Paper(80)
    for command in stream.feed(noise):
        paper.perform(command)
    stream.reset()
    for command in stream.feed("\x1b@办事\n\x1dV\x00".encode("gb18030")):
        paper.perform(command)
    assert paper.slips[-1].texts[-1] == "办事"
