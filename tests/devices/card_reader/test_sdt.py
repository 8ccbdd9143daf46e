"""The SDT codec against byte-exact vectors and against noise."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from devices.card_reader.code_tables import ETHNIC, SEX
from devices.card_reader.sdt import (
    PREAMBLE,
    Answer,
    Command,
    FrameStream,
    StatusWord,
    error_of,
    frame,
    may_answer,
    name_of,
    parse_answer,
    parse_contents,
    parse_sam_id,
    request,
    says_too_little,
)
from devices.card_reader.text_block import parse_new_address, parse_text
from devices.emulators.card_block import read_data, read_data_with_finger
from devices.emulators.people import PEOPLE
from devices.errors import (
    CardContradictory,
    CardTypeUnknown,
    CardUnproved,
    CardUnreadable,
    ChecksumWrong,
    CommandRefused,
    DeviceError,
    FrameGarbled,
    SamFailed,
    SamUnauthorised,
)
from tests.devices.vectors import vectors

FIND_OK = frame(bytes.fromhex("00009F00000000"))
KIND = {
    "resident": "resident",
    "hmt": "hk-macao-taiwan",
    "foreigner2017": "foreigner-2017",
    "foreigner2023": "foreigner-2023",
}


def taken(data: bytes) -> list[bytes | str]:
    """Everything a stream finds in these bytes; a wrong checksum as its code."""
    stream = FrameStream()
    stream.feed(data)
    found: list[bytes | str] = []
    while True:
        try:
            body = stream.take()
        except ChecksumWrong as wrong:
            found.append(wrong.code)
            continue
        if body is None:
            return found
        found.append(body)


def only_body(data: bytes) -> bytes:
    (body,) = taken(data)
    assert isinstance(body, bytes)
    return body


@pytest.mark.parametrize(("data", "expect"), vectors("sdt_request"))
def test_requests_are_byte_exact(data: bytes, expect: dict[str, Any]) -> None:
    body = bytes.fromhex(expect["cmd"] + expect["para"])
    assert only_body(data) == body
    assert frame(body) == data
    assert int.from_bytes(data[5:7], "big") == expect["len"]
    if body in [command.value for command in Command]:
        assert request(Command(body)) == data


@pytest.mark.parametrize(("data", "expect"), vectors("sdt_response"))
def test_responses_are_understood(data: bytes, expect: dict[str, Any]) -> None:
    answer = parse_answer(only_body(data))
    assert answer.sw.hex().upper() == expect["sw"]
    if "data" in expect:
        assert answer.data.hex().upper() == expect["data"]
    if "sam_id" in expect:
        assert parse_sam_id(answer.data) == expect["sam_id"]


@pytest.mark.parametrize(("data", "expect"), vectors("sdt_read"))
def test_cards_of_all_layouts_are_read(data: bytes, expect: dict[str, Any]) -> None:
    assert len(data) == expect.get("total_len", len(data))
    answer = parse_answer(only_body(data))
    assert answer.sw.hex().upper() == expect["sw"]
    if "new_address" in expect:
        assert parse_new_address(answer.data) == expect["new_address"]
        return
    contents = parse_contents(answer.data)
    assert len(contents.photo) == 1024
    assert len(contents.finger) == expect.get("finger_len", 0)
    card = parse_text(contents.text, contents.photo)
    told = {
        "type": card.kind.value,
        "name": card.name,
        "chinese_name": card.name,
        "sex_code": card.sex,
        "sex": SEX[card.sex],
        "nation_code": card.ethnic,
        "nation": ETHNIC.get(card.ethnic),
        "birth": f"{card.birth:%Y%m%d}",
        "address": card.address,
        "id_number": card.number,
        "issuer": card.issuer,
        "valid_from": f"{card.valid_from:%Y%m%d}",
        "valid_to": f"{card.valid_to:%Y%m%d}" if card.valid_to else "长期",
        "pass_number": card.pass_number,
        "issue_count": card.issue_count,
        "renew_count": card.issue_count,
        "english_name": card.english_name,
        "nationality": card.nationality,
        "authority_code": card.issuer,
    }
    expected = expect | {"type": KIND[expect["type"]]}
    assert {key: expected[key] for key in told if key in expected} == {key: told[key] for key in told if key in expected}
    assert card.photo == contents.photo


@pytest.mark.parametrize(("data", "expect"), vectors("sdt_read_negative"))
def test_damaged_streams(data: bytes, expect: dict[str, Any]) -> None:
    if "error" in expect:
        assert taken(data) == ["checksum-wrong"]
    else:
        assert parse_answer(only_body(data)).sw.hex().upper() == expect["sw"]


def test_garbage_before_the_preamble_is_slid_over() -> None:
    assert taken(bytes.fromhex("0000FFAAAA") + FIND_OK) == [FIND_OK[7:-1]]


def test_two_answers_glued_together_are_two_answers() -> None:
    read = frame(bytes.fromhex("000090") + read_data(PEOPLE["ceshi"].card))
    assert taken(FIND_OK + read) == [FIND_OK[7:-1], read[7:-1]]


def test_a_good_frame_inside_a_damaged_one_is_found() -> None:
    claims_more = PREAMBLE + (len(FIND_OK) + 4).to_bytes(2, "big") + b"\0\0\0"
    assert taken(claims_more + FIND_OK + b"\1") == ["checksum-wrong", FIND_OK[7:-1]]


def test_a_length_beyond_the_longest_answer_is_no_frame() -> None:
    assert taken(PREAMBLE + b"\xff\xff" + FIND_OK) == [FIND_OK[7:-1]]


@pytest.mark.parametrize("cut", range(1, len(FIND_OK)))
def test_bytes_may_come_in_any_pieces(cut: int) -> None:
    stream = FrameStream()
    stream.feed(FIND_OK[:cut])
    assert stream.take() is None
    stream.feed(FIND_OK[cut:])
    assert stream.take() == FIND_OK[7:-1]
    assert not stream.in_frame


@pytest.mark.parametrize(
    ("sw3", "error"),
    [
        (0x60, SamFailed),
        (0x66, SamUnauthorised),
        (0x40, CardTypeUnknown),
        (0x41, CardUnreadable),
        (0x31, CardUnproved),
        (0x32, CardUnproved),
        (0x33, CardUnproved),
        (0x10, ChecksumWrong),
        (0x21, CommandRefused),
        (0xEE, CardUnreadable),
    ],
)
def test_status_words_are_errors_by_name(sw3: int, error: type[DeviceError]) -> None:
    trouble = error_of(parse_answer(bytes([0, 0, sw3])))
    assert type(trouble) is error
    assert name_of(sw3) in trouble.detail


def test_every_status_word_has_a_name() -> None:
    assert {name_of(word) for word in StatusWord} >= {"read-failed", "card-not-found", "sam-not-authorised"}


def test_an_answer_with_fingerprints_is_cut_by_its_own_lengths() -> None:
    contents = parse_contents(read_data_with_finger(PEOPLE["ceshi"].card))
    assert (len(contents.text), len(contents.photo), len(contents.finger)) == (256, 1024, 1024)


@given(noise=st.binary(max_size=200), bodies=st.lists(st.binary(min_size=2, max_size=40), max_size=4))
@settings(max_examples=120, deadline=None)
def test_after_noise_without_a_preamble_every_frame_is_found(noise: bytes, bodies: list[bytes]) -> None:
    assume(PREAMBLE not in (noise + PREAMBLE)[:-1])
    assert taken(noise + b"".join(map(frame, bodies))) == bodies


@given(noise=st.lists(st.sampled_from([PREAMBLE, b"\xaa", b"\0\x04", b"\xaa\xaa\x96", b"\x90"]), max_size=20).map(b"".join))
@settings(max_examples=120, deadline=None)
def test_any_noise_is_outlived(noise: bytes) -> None:
    enough = 0x090A // len(FIND_OK) + 3
    assert FIND_OK[7:-1] in taken(noise + FIND_OK * enough)


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_only_named_errors_come_out_of_answers(data: bytes) -> None:
    assert taken(data) is not None
    for parse in (parse_answer, parse_contents, parse_sam_id, parse_new_address, parse_text):
        with suppress(FrameGarbled, CardUnreadable, CardContradictory):
            parse(data)


@given(
    st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), max_size=12),
    st.sampled_from(sorted(PEOPLE)),
)
@settings(max_examples=150, deadline=None)
def test_only_named_errors_come_out_of_damaged_text_blocks(damage: list[tuple[int, int]], key: str) -> None:
    block = bytearray(read_data(PEOPLE[key].card)[4:260])
    for at, value in damage:
        block[at] = value
    with suppress(CardUnreadable, CardContradictory):
        assert len(parse_text(bytes(block)).sex) == 1


@pytest.mark.parametrize(
    ("late", "length"),
    [(Command.FIND_CARD, 4), (Command.READ_TEXT_PHOTO, 1284), (Command.READ_TEXT_PHOTO_FINGER, 2310)],
    ids=["a card found", "a card read", "and its fingers"],
)
def test_what_was_read_of_a_card_is_no_answer_to_another_question(late: Command, length: int) -> None:
    answer = Answer(b"\0\0\x9f" if late is Command.FIND_CARD else b"\0\0\x90", bytes(length))
    reads = {Command.READ_TEXT_PHOTO, Command.READ_TEXT_PHOTO_FINGER}
    wanted = {late} if late is Command.FIND_CARD else reads
    assert {command for command in Command if may_answer(command, answer)} == wanted


def test_a_short_answer_to_a_reading_says_too_little_and_a_refusal_may_be_of_any_question() -> None:
    short, reads = Answer(b"\0\0\x90", bytes(8)), {Command.READ_TEXT_PHOTO, Command.READ_TEXT_PHOTO_FINGER}
    assert {command for command in Command if says_too_little(command, short)} == reads
    assert not says_too_little(Command.READ_TEXT_PHOTO, Answer(b"\0\0\x90", bytes(1284)))
    assert not says_too_little(Command.READ_TEXT_PHOTO, Answer(b"\0\0\x41"))
    assert all(may_answer(command, short) for command in Command)
    assert all(may_answer(command, Answer(b"\0\0\x41")) for command in Command)
