"""The PC/SC reader's adapter with a real pcscd, a virtual reader and cards of ours at its far end."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from devices.card_reader.apdu import GET_UID
from devices.card_reader.card_slot import CardSlot, Slot
from devices.card_reader.pcsc_reader import PcscReader
from devices.card_reader.social_security import SELECT_SSSE
from devices.driver import SelfTest
from devices.emulators.chip_card import VERIFY, Answer, Badge, ChipCard, SocialSecurityCard
from devices.emulators.people import PEOPLE
from devices.emulators.plain_line_scanner import PlainLineScannerEmulator
from devices.errors import LibraryMissing
from devices.rack import Rack
from devices.reports import (
    BadgeShown,
    CardFailed,
    CardKind,
    CardLifted,
    CardRead,
    CodeScanned,
    DeviceKind,
    DeviceState,
    TestFinished,
)
from devices.settings import DeviceModel, DeviceSettings
from devices.wire_trace import WireTrace
from devices.worker import DeviceWorker, Patience
from tests.devices.card_reader.private_pcscd import READER, PrivatePcscd, why_not
from tests.devices.conftest import PATIENCE_SECONDS, Reports, now, within

pytestmark = [pytest.mark.skipif(bool(why_not()), reason=why_not()), pytest.mark.usefixtures("short_rounds")]
SETTINGS = DeviceSettings(name="chip-reader", model=DeviceModel.PCSC, port=READER)
HOLDER = PEOPLE["ceshi"]
Start = Callable[[DeviceSettings], DeviceWorker]


@pytest.fixture(scope="module")
def running() -> Iterator[PrivatePcscd]:
    pcscd = PrivatePcscd()
    pcscd.start()
    yield pcscd
    pcscd.throw_away()


@pytest.fixture
def pcscd(running: PrivatePcscd) -> Iterator[PrivatePcscd]:
    yield running
    running.take_out()


@pytest.fixture
def waiting(pcscd: PrivatePcscd, start_worker: Start, reports: Reports) -> DeviceWorker:
    """A worker whose visit waits for a card."""
    worker = start_worker(SETTINGS)
    worker.activate(True)
    reports.until_state(DeviceState.ONLINE)
    return worker


@pytest.mark.parametrize("takes", ["short-id", "select-02", "select-00", "tag"])
@pytest.mark.parametrize("keeps_ready", [False, True], ids=["whole", "61xx"])
def test_a_card_is_read_by_every_way_it_may_take(
    takes: str, keeps_ready: bool, pcscd: PrivatePcscd, waiting: DeviceWorker, reports: Reports
) -> None:
    card = SocialSecurityCard(HOLDER, takes=frozenset({takes}), keeps_ready=keeps_ready)
    pcscd.insert(card)
    read = reports.until_a(CardRead).card
    assert (read.kind, read.name, read.number) == (CardKind.SOCIAL_SECURITY, HOLDER.card.name, HOLDER.card.number)
    assert (read.sex, read.birth) == (HOLDER.card.sex, HOLDER.card.birth)
    assert (read.valid_from, read.valid_to) == (HOLDER.card.valid_from, HOLDER.card.valid_to)
    assert {command[1] for command in card.heard} <= {0xA4, 0xB2, 0xC0}
    assert VERIFY not in {command[1] for command in card.heard}


@pytest.mark.parametrize("padding", [b"\0", b" ", b"\xff"])
def test_a_name_is_read_whatever_pads_it(padding: bytes, pcscd: PrivatePcscd, waiting: DeviceWorker, reports: Reports) -> None:
    pcscd.insert(SocialSecurityCard(HOLDER, name_padding=padding))
    assert reports.until_a(CardRead).card.name == HOLDER.card.name


def test_a_card_without_dates_is_read(pcscd: PrivatePcscd, waiting: DeviceWorker, reports: Reports) -> None:
    pcscd.insert(SocialSecurityCard(HOLDER, has_dates=False))
    card = reports.until_a(CardRead).card
    assert (card.valid_from, card.valid_to) == (None, None)


def test_a_card_is_read_once_until_it_is_taken_out_and_put_in_again(
    pcscd: PrivatePcscd, waiting: DeviceWorker, reports: Reports
) -> None:
    card = SocialSecurityCard(HOLDER)
    pcscd.insert(card)
    reports.until_a(CardRead)
    heard = len(card.heard)
    waiting.order(SelfTest())
    assert reports.until_a(TestFinished).detail == "Virtual PCD 00 00, card"
    assert len(card.heard) == heard
    pcscd.take_out()
    reports.until_a(CardLifted)
    pcscd.swap(card)
    reports.until_a(CardRead)


def test_a_forgotten_card_is_not_the_next_visitors(pcscd: PrivatePcscd, waiting: DeviceWorker, reports: Reports) -> None:
    card = SocialSecurityCard(HOLDER)
    pcscd.insert(card)
    reports.until_a(CardRead)
    heard = len(card.heard)
    waiting.activate(False)
    waiting.order(SelfTest())
    reports.until_a(TestFinished)
    waiting.activate(True)
    waiting.order(SelfTest())
    reports.until_a(TestFinished)
    pcscd.take_out()
    reports.until_a(CardLifted)
    assert [command for command in card.heard[heard:] if command != GET_UID] == []


@pytest.mark.parametrize("at", range(5))
def test_a_card_taken_out_while_it_is_read_is_told_and_the_next_is_read(
    at: int, pcscd: PrivatePcscd, waiting: DeviceWorker, reports: Reports
) -> None:
    card = SocialSecurityCard(HOLDER)
    pcscd.insert(card, taken_out_at(at, card))
    assert reports.until_a(CardFailed).code == "card-pulled"
    reports.until_a(CardLifted)
    pcscd.swap(SocialSecurityCard(HOLDER))
    reports.until_a(CardRead)


def taken_out_at(at: int, card: ChipCard) -> Answer:
    asked = 0

    def answer(command: bytes) -> bytes:
        nonlocal asked
        asked += 1
        if asked > at:
            raise ConnectionAbortedError
        return card.answer(command)

    return answer


WRONG_ANSWERS = {
    "half a status word": b"\x90",
    "a refusal": b"\x69\x82",
    "garbage": bytes(range(200, 256)),
    "always more": b"\x61\x10",
    "a length that disagrees": b"\x01\x7fabc\x90\x00",
    "no text": b"\x08\x03\xff\xfe\xfd\x90\x00",
}


@pytest.mark.parametrize("wrong", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
def test_a_card_that_answers_wrongly_is_given_up_by_name_and_the_next_is_read(
    wrong: bytes, pcscd: PrivatePcscd, waiting: DeviceWorker, reports: Reports
) -> None:
    card = SocialSecurityCard(HOLDER)
    pcscd.insert(card, lambda command: card.answer(command) if command == SELECT_SSSE else wrong)
    assert reports.until_a(CardFailed).code in ("card-unreadable", "card-contradictory")
    pcscd.take_out()
    reports.until_a(CardLifted)
    pcscd.swap(SocialSecurityCard(HOLDER))
    reports.until_a(CardRead)


def test_a_wrong_length_is_asked_for_again_with_the_right_one(
    pcscd: PrivatePcscd, waiting: DeviceWorker, reports: Reports
) -> None:
    card = SocialSecurityCard(HOLDER)

    def answer(command: bytes) -> bytes:
        """As T=0 cards do that want the exact length."""
        whole = card.answer(command)
        exact = len(whole) - 2
        return whole if command[1] != 0xB2 or command[4] == exact else bytes([0x6C, exact])

    pcscd.insert(card, answer)
    assert reports.until_a(CardRead).card.number == HOLDER.card.number


def test_another_kind_of_card_is_told_as_such(pcscd: PrivatePcscd, waiting: DeviceWorker, reports: Reports) -> None:
    card = SocialSecurityCard(HOLDER)
    pcscd.insert(card, lambda _command: b"\x6a\x82")
    failed = reports.until_a(CardFailed)
    assert (failed.code, failed.detail) == ("card-type-unknown", "file-not-found 6A82")


def test_a_number_that_is_none_is_refused(pcscd: PrivatePcscd, waiting: DeviceWorker, reports: Reports) -> None:
    forged = replace(HOLDER, card=replace(HOLDER.card, number=HOLDER.card.number[:17] + "0"))
    assert forged.card.number != HOLDER.card.number
    pcscd.insert(SocialSecurityCard(forged))
    assert reports.until_a(CardFailed).code == "card-contradictory"


def test_a_card_that_answers_power_with_nonsense_is_told_as_mute(
    pcscd: PrivatePcscd, waiting: DeviceWorker, reports: Reports
) -> None:
    pcscd.insert(SocialSecurityCard(HOLDER, atr=b"\x00\x00"))
    assert reports.until_a(CardFailed).code == "card-mute"


def test_a_card_that_stays_mute_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The virtual reader has no such card: what pcscd says of one upside down is played here."""
    monkeypatch.setattr("devices.card_reader.pcsc_reader.MUTE_CONFIRMED_SECONDS", 0.01)
    monkeypatch.setattr(CardSlot, "wait", lambda _slot, _seconds: time.sleep(0.01) or Slot.MUTE_CARD)
    reader = PcscReader(SETTINGS)
    told = [report for _ in range(5) for report in reader.attend(True)]
    assert [report.code for report in told if isinstance(report, CardFailed)] == ["card-mute"]
    assert len(told) == 1


def test_at_rest_a_badge_tells_its_uid_and_a_social_security_card_nothing(
    pcscd: PrivatePcscd, start_worker: Start, reports: Reports
) -> None:
    worker = start_worker(SETTINGS)
    reports.until_state(DeviceState.ONLINE)
    pcscd.insert(Badge(bytes.fromhex("04A1B2C3D4E5F6")))
    assert reports.until_a(BadgeShown).uid == "04A1B2C3D4E5F6"
    pcscd.take_out()
    card = SocialSecurityCard(HOLDER)
    pcscd.insert(card)
    assert within(lambda: bool(card.heard))
    worker.order(SelfTest())
    reports.until_a(TestFinished)
    assert card.heard == [GET_UID]
    assert not any(isinstance(report, CardRead | CardFailed) for report in reports.seen)


def test_while_a_visit_waits_nobody_is_asked_for_a_uid(pcscd: PrivatePcscd, waiting: DeviceWorker, reports: Reports) -> None:
    heard: list[bytes] = []
    badge = Badge(b"\x04\x01\x02\x03")

    def answer(command: bytes) -> bytes:
        heard.append(command)
        return badge.answer(command)

    pcscd.insert(badge, answer)
    assert reports.until_a(CardFailed).code == "card-type-unknown"
    assert heard == [SELECT_SSSE]


def test_a_card_that_never_answers_holds_up_neither_the_other_devices_nor_the_end(
    pcscd: PrivatePcscd, reports: Reports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.rack.LOOK_SECONDS", 0.05)
    scanner = PlainLineScannerEmulator(tmp_path / "scanner")
    scanner.plug()
    line = DeviceSettings(name="scanner", model=DeviceModel.PLAIN_LINE, port=str(tmp_path / "scanner"), emulated=True)
    rack = Rack([SETTINGS, line], reports, now, Patience(reopen_seconds=0.05, hanging_seconds=1.0))
    rack.start()
    for kind in (DeviceKind.CHIP_CARD_READER, DeviceKind.CODE_SCANNER):
        rack.activate(kind, True)
    try:
        pcscd.insert(SocialSecurityCard(HOLDER), lambda _command: None)
        status = reports.until_state(DeviceState.HARDWARE_ERROR)
        assert (status.device, status.trouble) == ("chip-reader", "device-silent")
        scanner.hold(b"meanwhile")
        assert reports.until_a(CodeScanned).payload == b"meanwhile"
        rack.test("chip-reader")
        assert reports.until_a(TestFinished).code == "device-silent"
        pcscd.swap(SocialSecurityCard(HOLDER))
        assert reports.until_a(CardRead).card.number == HOLDER.card.number
        pcscd.swap(SocialSecurityCard(HOLDER), lambda _command: None)
        reports.until_state(DeviceState.HARDWARE_ERROR)
    finally:
        rack.stop()
        scanner.unplug()
    alive = [thread for thread in threading.enumerate() if thread.name == "device chip-reader"]
    pcscd.take_out()  # only now does the call return
    for thread in alive:
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


def test_a_killed_pcscd_is_unplugged_and_its_successor_is_found(
    pcscd: PrivatePcscd, waiting: DeviceWorker, reports: Reports
) -> None:
    pcscd.insert(SocialSecurityCard(HOLDER))
    reports.until_a(CardRead)
    pcscd.kill()
    reports.until_state(DeviceState.OFFLINE, DeviceState.NO_DEVICE)
    pcscd.start()
    reports.until_state(DeviceState.ONLINE)
    pcscd.swap(SocialSecurityCard(HOLDER))
    reports.until_a(CardRead)


def test_nothing_personal_is_in_the_wire_trace_or_in_what_is_told(
    pcscd: PrivatePcscd, waiting: DeviceWorker, reports: Reports
) -> None:
    pcscd.insert(SocialSecurityCard(HOLDER))
    read = reports.until_a(CardRead)
    written = repr(waiting.wire) + repr(read) + repr(waiting.status)
    for personal in (HOLDER.card.name, HOLDER.card.number, HOLDER.card.number.encode().hex(" ").upper()):
        assert personal not in written
    assert "read-EF06-1" in written


def test_a_reader_of_another_name_is_missing_and_those_there_are_named(
    pcscd: PrivatePcscd, start_worker: Start, reports: Reports
) -> None:
    start_worker(replace(SETTINGS, port="Another Reader"))
    status = reports.until_state(DeviceState.NO_DEVICE)
    assert (status.trouble, status.trouble_detail) == ("port-missing", "pcscd has: Virtual PCD 00 00, Virtual PCD 00 01")
    assert status.kind is DeviceKind.CHIP_CARD_READER


def test_without_the_library_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smartcard", None)
    with pytest.raises(LibraryMissing, match="pyscard"):
        CardSlot(READER, WireTrace()).open()
