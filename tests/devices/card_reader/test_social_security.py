"""The social-security card's codec, and ISO 7816-4 under it, against byte-exact vectors and against noise."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.card_reader import social_security as card
from devices.card_reader.apdu import GET_UID, Reply, data_of, parse_reply, parse_uid, read_record, select_file
from devices.errors import CardContradictory, CardTypeUnknown, CardUnreadable, FrameGarbled
from tests.devices.vectors import vectors

COMMANDS = (
    card.SELECT_SSSE,
    select_file(card.EF05),
    select_file(card.EF05, 0x00),
    read_record(1),
    read_record(7, short_file_id=5),
    read_record(card.NUMBER, short_file_id=6),
    GET_UID,
)
PARSERS = (card.parse_ascii, card.parse_name, parse_uid)


@pytest.mark.parametrize(("data", "expect"), vectors("apdu"))
def test_every_command_of_the_vectors_is_one_we_build(data: bytes, expect: dict[str, Any]) -> None:
    assert data in COMMANDS, expect


@pytest.mark.parametrize(("data", "expect"), vectors("apdu_reply"))
def test_every_reply_of_the_vectors_is_read(data: bytes, expect: dict[str, Any]) -> None:
    reply = parse_reply(data)
    if "get_response" in expect:
        assert reply.more == bytes.fromhex(expect["get_response"])
        return
    tag, value = card.parse_value(reply)
    assert (f"{tag:02X}", len(value), f"{reply.status:04X}") == (expect["tag"], expect["len"], expect["sw"])
    if "text" in expect:
        parse = card.parse_name if expect.get("encoding") == "gbk" else card.parse_ascii
        assert parse(reply) == expect["text"]
    else:
        assert value.hex().upper() == expect["value"]


def test_no_command_verifies_a_pin() -> None:
    assert all(command[1] != 0x20 for command in COMMANDS)


def test_another_card_is_told_from_one_that_refuses() -> None:
    with pytest.raises(CardTypeUnknown, match="file-not-found 6A82"):
        data_of(parse_reply(b"\x6a\x82"))
    with pytest.raises(CardUnreadable, match="security-status-not-satisfied 6982"):
        data_of(parse_reply(b"\x69\x82"))
    with pytest.raises(CardUnreadable, match="status-word 6FAA"):
        data_of(parse_reply(b"\x6f\xaa"))


@pytest.mark.parametrize("length", [4, 7, 10])
def test_a_uid_is_read_in_each_of_its_lengths(length: int) -> None:
    assert parse_uid(Reply(bytes(range(length)), 0x9000)) == bytes(range(length)).hex().upper()


@pytest.mark.parametrize("length", [0, 3, 5, 11])
def test_a_uid_of_another_length_is_none(length: int) -> None:
    with pytest.raises(FrameGarbled):
        parse_uid(Reply(bytes(length), 0x9000))


def test_a_name_that_is_no_text_does_not_travel_in_the_error() -> None:
    with pytest.raises(FrameGarbled) as caught:
        card.parse_name(parse_reply(bytes.fromhex("0903B2E2B29000")))
    assert caught.value.__cause__ is None
    assert "b2" not in str(caught.value).lower()


@given(st.one_of(st.binary(max_size=300), st.binary(max_size=60).map(lambda value: bytes([1, len(value)]) + value + b"\x90\x00")))
def test_noise_raises_nothing_but_the_named_errors(raw: bytes) -> None:
    for parse in PARSERS:
        with suppress(FrameGarbled, CardUnreadable, CardTypeUnknown):
            parse(parse_reply(raw))


@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([b"\x90\x00", b"\x61\x10", b"\x6a\x83"])), max_size=40))
def test_whatever_a_card_answers_reading_it_raises_nothing_but_the_named_errors(raws: list[bytes]) -> None:
    answers = iter(raws)

    def ask(_command: bytes, _meaning: str) -> Reply:
        return parse_reply(next(answers, b"\x6f\x00"))

    with suppress(FrameGarbled, CardUnreadable, CardTypeUnknown, CardContradictory):
        card.read_card(ask)
