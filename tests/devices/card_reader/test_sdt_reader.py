"""The SDT adapter on the emulator's bytes: good cards, bad cards, bad lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from devices.card_reader import sdt_line, sdt_reader
from devices.card_reader.sdt import Command, frame
from devices.card_reader.sdt_reader import SdtReader
from devices.driver import PrintJob, SelfTest
from devices.emulators.misbehaviour import Fault, Misbehaviour
from devices.emulators.people import PEOPLE
from devices.emulators.sdt_reader import Delays, SdtReaderEmulator
from devices.errors import (
    CommandRefused,
    DeviceSilent,
    DeviceSwapped,
    DeviceUnplugged,
    FrameGarbled,
    PortMissing,
    SamFailed,
    SamUnauthorised,
)
from devices.receipt_printer.slip import Slip
from devices.reports import CardFailed, CardKind, CardLifted, CardRead, Report, TestFinished
from devices.settings import DeviceModel, DeviceSettings
from tests.devices.line_time import LineTime

CESHI = PEOPLE["ceshi"]
MOVED = PEOPLE["qianju"]
NAME = "card-reader"
pytestmark = pytest.mark.usefixtures("line_time")


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[SdtReaderEmulator]:
    reader = SdtReaderEmulator(tmp_path / NAME)
    reader.plug()
    yield reader
    reader.unplug()


@pytest.fixture
def reader(emulator: SdtReaderEmulator, tmp_path: Path) -> Iterator[SdtReader]:
    driver = make(tmp_path)
    driver.open()
    yield driver
    driver.close()


def make(directory: Path) -> SdtReader:
    return SdtReader(DeviceSettings(name=NAME, model=DeviceModel.SDT, port=str(directory / NAME), baud=115200))


def rounds(reader: SdtReader, *, active: bool = True) -> Iterator[Report]:
    """What the reader tells in as many rounds as it takes, but not for ever."""
    for _ in range(60):
        yield from reader.attend(active)


def first(reader: SdtReader, count: int = 1) -> list[Report]:
    return list(islice(rounds(reader), count))


@pytest.mark.parametrize("key", sorted(PEOPLE))
def test_every_person_s_card_is_read_whole(key: str, reader: SdtReader, emulator: SdtReaderEmulator) -> None:
    emulator.put(PEOPLE[key])
    (report,) = first(reader)
    assert isinstance(report, CardRead)
    card = report.card
    assert (card.name, card.number, len(card.photo)) == (PEOPLE[key].card.name, PEOPLE[key].card.number, 1024)
    assert card.address == (PEOPLE[key].new_address or PEOPLE[key].card.address)


def test_a_card_is_read_once_until_it_is_lifted_and_laid_down_again(reader: SdtReader, emulator: SdtReaderEmulator) -> None:
    emulator.put(CESHI)
    assert [type(report) for report in rounds(reader)] == [CardRead]
    emulator.lift()
    assert first(reader) == [CardLifted(NAME)]
    emulator.put(CESHI)
    assert isinstance(first(reader)[0], CardRead)


def test_a_card_left_behind_is_told_lifted_even_when_nobody_waits_for_a_card(
    reader: SdtReader, emulator: SdtReaderEmulator
) -> None:
    emulator.put(CESHI)
    first(reader)
    emulator.lift()
    assert next(rounds(reader, active=False)) == CardLifted(NAME)


def test_no_card_is_looked_for_while_nobody_waits_for_one(reader: SdtReader, emulator: SdtReaderEmulator) -> None:
    emulator.put(CESHI)
    assert list(islice(rounds(reader, active=False), 1)) == []


def test_a_card_swapped_for_another_is_read_too(reader: SdtReader, emulator: SdtReaderEmulator) -> None:
    emulator.put(CESHI)
    first(reader)
    emulator.put(PEOPLE["qianju"])
    lifted, read = first(reader, 2)
    assert lifted == CardLifted(NAME)
    assert isinstance(read, CardRead)
    assert read.card.number == PEOPLE["qianju"].card.number


def test_a_card_pulled_in_the_middle_of_its_reading(reader: SdtReader, emulator: SdtReaderEmulator) -> None:
    emulator.put(CESHI)
    emulator.before_reading(emulator.lift)
    assert first(reader, 2) == [CardFailed(NAME, "card-pulled"), CardLifted(NAME)]
    emulator.before_reading(None)
    emulator.put(CESHI)
    assert isinstance(first(reader)[0], CardRead)


def test_a_worn_card_is_tried_three_times_and_told_once(reader: SdtReader, emulator: SdtReaderEmulator) -> None:
    emulator.put(CESHI)
    emulator.refuse_reading(0x41, 0x31, 0x32)
    (report,) = list(rounds(reader))
    assert isinstance(report, CardFailed)
    assert (report.code, "sam-rejected-card" in report.detail) == ("card-unproved", True)
    emulator.lift()
    assert first(reader) == [CardLifted(NAME)]
    assert reader.health().facts["refused read-failed"] == "1"


def test_a_card_that_reads_at_the_second_try_is_read(reader: SdtReader, emulator: SdtReaderEmulator) -> None:
    emulator.put(CESHI)
    emulator.refuse_reading(0x41)
    assert [type(report) for report in first(reader)] == [CardRead]


def test_a_reader_with_old_firmware_does_not_know_permits(tmp_path: Path) -> None:
    emulator = SdtReaderEmulator(tmp_path / NAME, knows=frozenset({CardKind.RESIDENT}))
    emulator.plug()
    reader = make(tmp_path)
    reader.open()
    emulator.put(PEOPLE["gangao"])
    (report,) = first(reader)
    assert isinstance(report, CardFailed)
    assert report.code == "card-type-unknown"
    emulator.put(CESHI)
    reader.close()
    emulator.unplug()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"number": "369999199003070016"}, "check digit is wrong"),
        ({"birth": date(1990, 3, 8)}, "birth date and number disagree"),
        ({"sex": "2"}, "sex and number disagree"),
    ],
    ids=["check digit", "birth date", "sex"],
)
def test_a_card_that_contradicts_itself_is_told_once_and_why(
    change: dict[str, Any], why: str, reader: SdtReader, emulator: SdtReaderEmulator
) -> None:
    emulator.put(replace(CESHI, card=replace(CESHI.card, **change)))
    assert list(islice(rounds(reader), 2)) == [CardFailed(NAME, "card-contradictory", why)]
    emulator.lift()
    assert first(reader) == [CardLifted(NAME)]


def test_an_expired_card_is_read_like_any_other(reader: SdtReader, emulator: SdtReaderEmulator) -> None:
    emulator.put(PEOPLE["guoqi"])
    (report,) = first(reader)
    assert isinstance(report, CardRead)
    assert report.card.valid_to is not None
    assert report.card.valid_to.year == 2024


@pytest.mark.parametrize("answers_before", [0, 1, 2, 3])
@pytest.mark.parametrize("fault", [Fault.GARBAGE_BEFORE, Fault.GLUED, Fault.WRONG_CHECKSUM, Fault.SILENT])
def test_one_fault_on_the_line_costs_no_card(
    fault: Fault, answers_before: int, reader: SdtReader, emulator: SdtReaderEmulator
) -> None:
    emulator.put(CESHI)
    emulator.misbehave(Misbehaviour(fault, after=answers_before))
    (report,) = first(reader)
    assert isinstance(report, CardRead)
    assert report.card.number == CESHI.card.number


@pytest.mark.parametrize("answers", [2, 3], ids=["nor its status", "but its status"])
def test_a_card_whose_newest_address_stays_unanswered_is_not_told_with_its_old_one(
    answers: int, reader: SdtReader, emulator: SdtReaderEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.put(MOVED)
    if answers == 2:
        emulator.misbehave(Misbehaviour(Fault.SILENT, answers=2, after=3))
        failed, *others = islice(rounds(reader), 1)
    else:
        with monkeypatch.context() as mute:
            mute.setattr(emulator, "_new_address", bytes)
            failed, *others = islice(rounds(reader), 1)
    assert (failed, others) == (CardFailed(NAME, "card-unreadable", "new-address-unanswered"), [])
    assert list(islice(reader.attend(True), 1)) == []
    emulator.put(MOVED)
    lifted, read = first(reader, 2)
    assert lifted == CardLifted(NAME)
    assert isinstance(read, CardRead)
    assert read.card.address == MOVED.new_address


@pytest.mark.parametrize("answers_before", [2, 3], ids=["text and photo", "new address"])
def test_a_card_that_lies_there_is_not_told_pulled_when_the_line_breaks_its_reading_off(
    answers_before: int, reader: SdtReader, emulator: SdtReaderEmulator
) -> None:
    emulator.put(MOVED)
    emulator.misbehave(Misbehaviour(Fault.WRONG_CHECKSUM, answers=2, after=answers_before))
    assert list(rounds(reader)) == [CardFailed(NAME, "card-unreadable", "the reading broke off")]
    emulator.lift()
    assert first(reader) == [CardLifted(NAME)]


def test_a_card_that_failed_behind_its_reading_is_not_told_lifted_while_it_lies(
    reader: SdtReader, emulator: SdtReaderEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.put(MOVED)
    emulator.refuse_reading(0x41, 0x41)
    emulator.misbehave(Misbehaviour(Fault.WRONG_CHECKSUM, answers=2, after=9))
    (failed,) = rounds(reader)
    assert isinstance(failed, CardFailed)
    emulator.lift()
    assert first(reader) == [CardLifted(NAME)]


@pytest.mark.parametrize(
    ("status_word", "code"),
    [
        (0x41, "card-unreadable"),
        (0x31, "card-unproved"),
        (0x24, "card-unreadable"),
        (0x81, "card-unreadable"),
        (0x40, "card-type-unknown"),
    ],
)
def test_a_card_that_is_bad_already_when_it_is_looked_for_is_told_once_and_costs_no_reader(
    status_word: int, code: str, reader: SdtReader, emulator: SdtReaderEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.put(CESHI)
    with monkeypatch.context() as bad:
        bad.setattr(emulator, "_find", lambda: frame(bytes([0, 0, status_word])))
        (failed,) = rounds(reader)
    assert isinstance(failed, CardFailed)
    assert failed.code == code
    emulator.lift()
    assert first(reader) == [CardLifted(NAME)]
    emulator.put(CESHI)
    assert isinstance(first(reader)[0], CardRead)


def test_a_broken_sam_is_told_of_the_reader_also_when_a_card_is_looked_for(
    reader: SdtReader, emulator: SdtReaderEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emulator, "_find", lambda: frame(bytes([0, 0, 0x60])))
    with pytest.raises(SamFailed):
        list(reader.attend(True))


def test_a_reader_that_thinks_long_about_a_card_is_waited_for(tmp_path: Path) -> None:
    emulator = SdtReaderEmulator(tmp_path / NAME, delays=Delays(read=2.6))
    emulator.plug()
    reader = make(tmp_path)
    try:
        reader.open()
        emulator.put(CESHI)
        assert isinstance(first(reader)[0], CardRead)
        assert "refused device-silent" not in reader.health().facts
    finally:
        reader.close()
        emulator.unplug()


@pytest.mark.parametrize("at_byte", [0, 1, 5, 7, 20, 700, 1294])
def test_a_truncated_reading_is_asked_for_again(at_byte: int, reader: SdtReader, emulator: SdtReaderEmulator) -> None:
    emulator.put(CESHI)
    emulator.misbehave(Misbehaviour(Fault.TRUNCATED, at_byte=at_byte, after=2))
    assert [type(report) for report in first(reader)] == [CardRead]


def test_slow_bytes_are_waited_for(reader: SdtReader, emulator: SdtReaderEmulator) -> None:
    emulator.put(CESHI)
    emulator.misbehave(Misbehaviour(Fault.SLOW, answers=2))
    assert [type(report) for report in first(reader)] == [CardRead]


@pytest.fixture
def lagging(line_time: LineTime, reader: SdtReader, emulator: SdtReaderEmulator, monkeypatch: pytest.MonkeyPatch) -> SdtReader:
    """A reader that lags for good, and at first for longer than is waited for."""
    monkeypatch.setattr(sdt_line, "SECONDS_FOR", dict.fromkeys(Command, 0.8))
    monkeypatch.setattr(sdt_line, "LATE_SECONDS", 10.0)
    thinks, answer = iter((1.0,)), emulator._obey

    def slowly(body: bytes) -> bytes:
        emulator._line.rest(next(thinks, 0.1))
        return answer(body)

    monkeypatch.setattr(emulator, "_obey", slowly)
    return reader


def test_a_late_answer_is_never_taken_for_that_of_the_next_question(lagging: SdtReader, emulator: SdtReaderEmulator) -> None:
    emulator.put(CESHI)
    assert [type(report) for report in first(lagging)] == [CardRead]


def test_behind_a_late_answer_no_card_is_seen_where_none_lies(lagging: SdtReader) -> None:
    assert list(rounds(lagging)) == []
    assert [fact for fact in lagging.health().facts.items() if fact[0].startswith("refused")] == [("refused device-silent", "1")]


@pytest.mark.parametrize("data", [b"", bytes(8)], ids=["nothing", "eight bytes"])
def test_a_card_that_a_reader_calls_well_and_does_not_tell_is_told_unreadable_and_costs_no_reader(
    data: bytes, reader: SdtReader, emulator: SdtReaderEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.put(CESHI)
    with monkeypatch.context() as curt:
        curt.setattr(emulator, "_read_out", lambda _command: frame(b"\0\0\x90" + data))
        (failed,) = rounds(reader)
    assert isinstance(failed, CardFailed)
    assert failed.code == "card-unreadable"
    assert "refused device-silent" not in reader.health().facts
    emulator.lift()
    assert first(reader) == [CardLifted(NAME)]
    emulator.put(CESHI)
    assert isinstance(first(reader)[0], CardRead)


def test_a_card_that_comes_behind_a_late_short_answer_is_read(
    reader: SdtReader, emulator: SdtReaderEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear, reading = emulator._hear, frame(Command.READ_TEXT_PHOTO.value)

    def behind_a_late_one(data: bytes) -> Iterator[bytes]:
        if data == reading:
            yield frame(b"\0\0\x90")
            emulator._line.rest(0.1)
        yield from hear(data)

    monkeypatch.setattr(emulator._line, "_hear", behind_a_late_one)
    emulator.put(CESHI)
    assert isinstance(first(reader)[0], CardRead)
    assert [name for name in reader.health().facts if name.startswith("refused")] == []


def test_silence_is_borne_twice_and_raised_the_third_time(reader: SdtReader, emulator: SdtReaderEmulator) -> None:
    emulator.misbehave(Misbehaviour(Fault.SILENT, answers=100))
    assert list(reader.attend(True)) == []
    assert list(reader.attend(True)) == []
    with pytest.raises(DeviceSilent):
        list(reader.attend(True))


def test_a_reader_that_answers_again_has_its_failures_forgotten(reader: SdtReader, emulator: SdtReaderEmulator) -> None:
    for _ in range(2):
        emulator.misbehave(Misbehaviour(Fault.SILENT, answers=4))
        assert list(reader.attend(True)) == []
        assert list(reader.attend(True)) == []
        assert list(reader.attend(True)) == []


STEPS = [(0, 15), (1, 19), (2, 1295), (3, 11)]


@pytest.mark.parametrize(("answers_before", "length"), STEPS, ids=["find", "select", "read", "new address"])
def test_the_cable_pulled_at_any_byte_of_a_conversation_is_an_unplugged_device(
    answers_before: int, length: int, emulator: SdtReaderEmulator, tmp_path: Path
) -> None:
    for at_byte in sorted({*range(min(length, 15)), length // 2, length - 1, length}):
        emulator.plug()
        emulator.put(CESHI)
        reader = make(tmp_path)
        reader.open()
        emulator.misbehave(Misbehaviour(Fault.UNPLUGGED, at_byte=at_byte, after=answers_before))
        with pytest.raises(DeviceUnplugged):
            first(reader, 3)
        reader.close()


def test_a_card_that_lies_there_when_the_cable_is_plugged_again_is_read(reader: SdtReader, emulator: SdtReaderEmulator) -> None:
    emulator.put(CESHI)
    emulator.misbehave(Misbehaviour(Fault.UNPLUGGED, at_byte=700, after=2))
    with pytest.raises(DeviceUnplugged):
        first(reader)
    emulator.plug()
    reader.open()
    assert isinstance(first(reader)[0], CardRead)


def test_a_broken_sam_is_told_by_name(emulator: SdtReaderEmulator, tmp_path: Path) -> None:
    reader = make(tmp_path)
    emulator.break_sam(0x60)
    with pytest.raises(SamFailed):
        reader.open()
    emulator.break_sam(0x66)
    with pytest.raises(SamUnauthorised):
        reader.open()
    reader.close()


@pytest.mark.parametrize("word", [0x24, 0x41])
def test_what_the_module_says_of_itself_is_no_card_s_trouble(word: int, reader: SdtReader, emulator: SdtReaderEmulator) -> None:
    emulator.break_sam(word)
    reader._next_probe = 0.0
    with pytest.raises(SamFailed, match=f"0000{word:02x}"):
        list(reader.attend(False))
    with pytest.raises(SamFailed, match=f"0000{word:02x}"):
        reader.open()


def test_a_reader_that_does_not_tell_its_sam_id_reads_cards_as_well(emulator: SdtReaderEmulator, tmp_path: Path) -> None:
    emulator.forget_sam_id()
    emulator.put(CESHI)
    reader = make(tmp_path)
    reader.open()
    assert isinstance(first(reader)[0], CardRead)
    assert reader.health().facts["sam-id"] == "unknown"
    reader.close()


def test_the_reader_that_belongs_here_is_used_and_another_is_not(emulator: SdtReaderEmulator, tmp_path: Path) -> None:
    reader = make(tmp_path)
    reader.open()
    own = reader.health().facts["sam-id"]
    reader.close()
    settings = DeviceSettings(name="card-reader", model=DeviceModel.SDT, port=str(tmp_path / "card-reader"), sam_id=own)
    reader = SdtReader(settings)
    reader.open()
    reader.close()
    with pytest.raises(DeviceSwapped, match=own):
        SdtReader(replace(settings, sam_id="05.03-somebody-elses")).open()


@pytest.mark.parametrize("answer", ["000090", "0000900501", "000024"])
def test_an_answer_that_is_no_sam_id_is_no_other_reader(
    answer: str, emulator: SdtReaderEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = "05.03-20230115-0001234567-0087654321"
    settings = DeviceSettings(name=NAME, model=DeviceModel.SDT, port=str(tmp_path / NAME), sam_id=own)
    reader = SdtReader(settings)
    obey = emulator._obey
    with monkeypatch.context() as damaged:
        damaged.setattr(
            emulator, "_obey", lambda body: frame(bytes.fromhex(answer)) if body == Command.SAM_ID.value else obey(body)
        )
        with pytest.raises(FrameGarbled):
            reader.open()
    reader.open()
    assert reader.health().facts["sam-id"] == own
    reader.close()
    emulator.forget_sam_id()
    with pytest.raises(DeviceSwapped, match="unknown"):
        reader.open()
    reader.close()


def test_no_reader_at_start(tmp_path: Path) -> None:
    with pytest.raises(PortMissing):
        make(tmp_path).open()


def test_a_silent_reader_is_tried_at_every_speed_when_none_is_set(emulator: SdtReaderEmulator, tmp_path: Path) -> None:
    reader = SdtReader(DeviceSettings(name=NAME, model=DeviceModel.SDT, port=str(tmp_path / NAME)))
    emulator.misbehave(Misbehaviour(Fault.SILENT, answers=2))
    reader.open()
    assert reader.health().facts["baud"] == "38400"
    emulator.misbehave(Misbehaviour(Fault.SILENT, answers=5))
    with pytest.raises(DeviceSilent):
        reader.open()
    reader.close()


def test_a_reader_answers_its_test_and_prints_nothing(reader: SdtReader) -> None:
    assert list(reader.perform(SelfTest())) == [TestFinished(NAME, "", "sam-id 05.03-20230115-0001234567-0087654321")]
    with pytest.raises(CommandRefused):
        list(reader.perform(PrintJob("a", Slip(()))))


def test_a_reading_that_broke_off_is_not_the_next_visitor_s(reader: SdtReader, emulator: SdtReaderEmulator) -> None:
    emulator.put(CESHI)
    emulator.before_reading(emulator.lift)
    assert list(reader.attend(True)) == []
    assert list(reader.attend(False)) == []
    assert list(reader.attend(True)) == []


@pytest.mark.parametrize("speed", sdt_reader.SPEEDS)
def test_a_reader_set_to_any_speed_is_found_and_read_at_that_speed(speed: int, tmp_path: Path) -> None:
    emulator = SdtReaderEmulator(tmp_path / NAME, baud=speed, only_speed=speed)
    emulator.plug()
    driver = SdtReader(DeviceSettings(name=NAME, model=DeviceModel.SDT, port=str(tmp_path / NAME)))
    try:
        driver.open()
        assert driver.health().facts["baud"] == str(speed)
        emulator.put(CESHI)
        assert isinstance(first(driver)[0], CardRead)
    finally:
        driver.close()
        emulator.unplug()


def test_a_speed_that_was_set_by_hand_is_the_only_one_tried(tmp_path: Path) -> None:
    emulator = SdtReaderEmulator(tmp_path / NAME, only_speed=9600)
    emulator.plug()
    driver = make(tmp_path)
    try:
        with pytest.raises(DeviceSilent):
            driver.open()
    finally:
        driver.close()
        emulator.unplug()
