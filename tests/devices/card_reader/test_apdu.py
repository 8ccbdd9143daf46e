"""A card's answer in several parts, or first with another length: as T=0 cards give them, without a reader."""

from __future__ import annotations

import pytest

from devices.card_reader.apdu import Reply, select_name
from devices.card_reader.pcsc_reader import PcscReader
from devices.card_reader.social_security import SELECT_SSSE
from devices.errors import FrameGarbled
from devices.settings import DeviceModel, DeviceSettings
from devices.wire_trace import WireTrace

FILE = "00A40200" + "02EF05"
RECORD = "00B2010400"
MOST = 20


class Card:
    """Answers in turn, and keeps what it was asked."""

    def __init__(self, *answers: str) -> None:
        self._answers = iter(answers)
        self.heard: list[str] = []

    def ask(self, command: bytes, _meaning: str) -> bytes:
        self.heard.append(command.hex().upper())
        return bytes.fromhex(next(self._answers))


def answer_of(card: Card, command: str, monkeypatch: pytest.MonkeyPatch) -> Reply:
    reader = PcscReader(DeviceSettings(name="reader", model=DeviceModel.PCSC, port="any"), WireTrace())
    monkeypatch.setattr(reader, "_slot", card)
    return reader._ask(bytes.fromhex(command), "a command")


@pytest.mark.parametrize(
    ("command", "answers", "asked"),
    [
        (RECORD, ["6C03", "0102039000"], [RECORD, "00B2010403"]),
        ("00B20104", ["6C03", "0102039000"], ["00B20104", "00B2010403"]),
        (FILE, ["6103", "0102039000"], [FILE, "00C0000003"]),
        (FILE, ["6105", "6C03", "0102039000"], [FILE, "00C0000005", "00C0000003"]),
        (FILE, ["6102", "01026101", "039000"], [FILE, "00C0000002", "00C0000001"]),
        (FILE, ["6C03", "0102039000"], [FILE, FILE + "03"]),
        (FILE + "00", ["6C03", "0102039000"], [FILE + "00", FILE + "03"]),
    ],
    ids=["record", "no length yet", "more", "more of another length", "more twice", "file", "file with a length"],
)
def test_an_answer_is_followed_to_its_end(
    command: str, answers: list[str], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    card = Card(*answers)
    assert answer_of(card, command, monkeypatch) == Reply(bytes([1, 2, 3]), 0x9000)
    assert card.heard == asked


def test_an_application_s_name_stays_whole_when_another_length_is_wanted() -> None:
    assert Reply(b"", 0x6C12).asked_again(SELECT_SSSE) == SELECT_SSSE + b"\x12"
    assert Reply(b"", 0x6C12).asked_again(select_name(b"")) == select_name(b"")[:4] + b"\x12"
    assert Reply(b"", 0x9000).asked_again(SELECT_SSSE) is None


@pytest.mark.parametrize("answer", ["6101", "6C01"], ids=["more", "another length"])
def test_a_card_that_never_ends_its_answer_is_given_up(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FrameGarbled):
        answer_of(Card(*[answer] * MOST), RECORD, monkeypatch)
