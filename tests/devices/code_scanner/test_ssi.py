"""The SSI codec against byte-exact vectors and against noise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.code_scanner.ssi import (
    CONTINUED,
    DECODER,
    HOST,
    MOST_CODE_BYTES,
    SENT_AGAIN,
    Cause,
    CodeAssembler,
    Op,
    Packet,
    PacketStream,
    nak,
    packet,
    set_parameter,
)
from devices.errors import ChecksumWrong
from tests.devices.vectors import vectors

CODE = packet(Op.DECODE_DATA, b"\x1cTEST-0001", source=DECODER)


def taken(data: bytes, source: int = DECODER, *, silence: bool = False) -> list[Packet | str]:
    """Everything a stream finds in these bytes; a damaged packet as its error's code."""
    stream = PacketStream(source)
    stream.feed(data)
    found: list[Packet | str] = []
    for _ in range(2 if silence else 1):
        while True:
            try:
                one = stream.take()
            except ChecksumWrong as wrong:
                found.append(wrong.code)
                continue
            if one is None:
                break
            found.append(one)
        stream.end()
    return found


@pytest.mark.parametrize(("data", "expect"), vectors("ssi"))
def test_packets_are_byte_exact(data: bytes, expect: dict[str, Any]) -> None:
    (found,) = taken(data, DECODER if data[2] == DECODER else HOST)
    assert isinstance(found, Packet)
    assert found.op == int(expect["op"], 16)
    assert packet(found.op, found.data, status=found.status, source=found.source) == data
    if "cause" in expect:
        assert found.cause == int(expect["cause"][:2], 16)
    if "param" in expect:
        assert found.data[1:] == bytes.fromhex(expect["param"] + expect["value"])
    if "text" in expect:
        assert CodeAssembler().add(found) == expect["text"].encode()


def test_the_commands_of_public_implementations() -> None:
    assert packet(Op.START_SESSION) == bytes.fromhex("04E40400FF14")
    assert packet(Op.STOP_SESSION) == bytes.fromhex("04E50400FF13"), "not E4 with the checksum of E5, a bug that is about"
    assert nak(Cause.RESEND) == bytes.fromhex("05D1040001FF25")
    assert set_parameter(0x8A, 0x08, permanent=True, beep=0) == bytes.fromhex("07C60408008A08FE95")
    assert set_parameter(0x8A, 0x08) == bytes.fromhex("07C60400FF8A08FD9E")
    with pytest.raises(ValueError, match="251"):
        packet(Op.DECODE_DATA, bytes(252))


def test_noise_before_a_packet_is_slid_over_and_an_echo_of_our_own_words_is_noise() -> None:
    (found,) = taken(b"\x00\xff\x04\x13" + packet(Op.START_SESSION) + CODE)
    assert isinstance(found, Packet)
    assert found.op == Op.DECODE_DATA


def test_a_damaged_packet_is_named_and_the_next_one_is_found() -> None:
    damaged = CODE[:-1] + bytes([CODE[-1] ^ 0xFF])
    found = taken(damaged + CODE)
    assert found[0] == "checksum-wrong"
    assert isinstance(found[-1], Packet)
    assert CodeAssembler().add(found[-1]) == b"TEST-0001"


@pytest.mark.parametrize("cut", range(1, len(CODE)))
def test_bytes_may_come_in_any_pieces_and_what_breaks_off_is_dropped_by_silence(cut: int) -> None:
    stream = PacketStream()
    stream.feed(CODE[:cut])
    assert stream.take() is None
    stream.feed(CODE[cut:])
    assert stream.take() is not None
    assert not stream.pending
    assert taken(CODE[:cut], silence=True) == []


def test_the_packets_of_a_long_code_are_joined_and_one_sent_again_counts_once() -> None:
    assembler = CodeAssembler()
    first = Packet(Op.DECODE_DATA, DECODER, CONTINUED, b"\x1cAAA")
    assert assembler.add(first) is None
    assert assembler.add(Packet(Op.DECODE_DATA, DECODER, CONTINUED | SENT_AGAIN, b"\x1cAAA")) is None
    assert assembler.add(Packet(Op.DECODE_DATA, DECODER, 0, b"\x1cBBB")) == b"AAABBB"
    assert assembler.add(Packet(Op.DECODE_DATA, DECODER, SENT_AGAIN, b"\x1cBBB")) is None
    assert assembler.add(Packet(Op.DECODE_DATA, DECODER, 0, b"\x1cBBB")) == b"BBB", "the same code, shown again"


def test_packets_that_never_end_are_given_up() -> None:
    assembler = CodeAssembler()
    for number in range(MOST_CODE_BYTES // 200 + 2):
        assert assembler.add(Packet(Op.DECODE_DATA, DECODER, CONTINUED, b"\x1c" + bytes([65 + number % 26]) * 200)) is None
    assert assembler.add(Packet(Op.DECODE_DATA, DECODER, 0, b"\x1cTAIL")) is None, "its tail would be another code"
    assert assembler.add(Packet(Op.DECODE_DATA, DECODER, 0, b"\x1cNEXT")) == b"NEXT"


def test_a_code_given_up_by_silence_is_not_joined_with_the_next_and_its_rest_is_no_code() -> None:
    assembler = CodeAssembler()
    assembler.add(Packet(Op.DECODE_DATA, DECODER, CONTINUED, b"\x1cAAA"))
    assembler.end()
    assert assembler.add(Packet(Op.DECODE_DATA, DECODER, SENT_AGAIN, b"\x1cREST")) is None
    assert assembler.add(Packet(Op.DECODE_DATA, DECODER, 0, b"\x1cBBB")) == b"BBB"
    assembler.end()
    assert assembler.add(Packet(Op.DECODE_DATA, DECODER, 0, b"\x1cCCC")) == b"CCC", "silence between codes is no fault"


def test_a_new_session_knows_nothing_of_a_code_left_unfinished() -> None:
    assembler = CodeAssembler()
    assembler.add(Packet(Op.DECODE_DATA, DECODER, CONTINUED, b"\x1cAAA"))
    assembler.clear()
    assert assembler.add(Packet(Op.DECODE_DATA, DECODER, 0, b"\x1cBBB")) == b"BBB"


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_no_bytes_break_the_stream_and_silence_empties_it(noise: bytes, text: bytes) -> None:
    taken(noise, silence=True)
    stream = PacketStream()
    stream.feed(noise)
    stream.feed(packet(Op.DECODE_DATA, b"\x1c" + text, source=DECODER))
    found = []
    while stream.pending:
        try:
            one = stream.take()
        except ChecksumWrong:
            continue
        if one is None:
            stream.end()
        else:
            found.append(one)
    assert all(one.source == DECODER for one in found)


@given(st.binary(max_size=251))
def test_what_is_packed_is_what_is_taken(data: bytes) -> None:
    assert taken(packet(Op.DECODE_DATA, data, source=DECODER)) == [Packet(Op.DECODE_DATA, DECODER, 0, data)]
