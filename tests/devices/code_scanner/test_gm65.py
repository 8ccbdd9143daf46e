"""The GM65 codec against byte-exact vectors and against noise."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.code_scanner import gm65
from devices.code_scanner.gm65 import EngineStream, Operation, Reply, Scanned, parse_request, raise_for, reply_frame
from devices.code_scanner.plain_line import SILENCES_OF_A_PAUSE
from devices.errors import ChecksumWrong, CommandRefused, FrameGarbled
from tests.devices.vectors import vectors

ACK = reply_frame(Reply(0, b"\0"))
BUILT = {"read": gm65.read, "write": gm65.write}


def taken(data: bytes, *, silence: bool = False) -> list[Reply | Scanned | str]:
    stream = EngineStream()
    stream.feed(data)
    found: list[Reply | Scanned | str] = []
    for last in (False, True):
        for _ in range(SILENCES_OF_A_PAUSE if last and silence else 0):
            stream.end()
        while True:
            try:
                thing = stream.take()
            except ChecksumWrong as wrong:
                found.append(wrong.code)
                continue
            if thing is None:
                break
            found.append(thing)
    return found


def built(expect: dict[str, Any]) -> bytes:
    match expect["op"]:
        case "read":
            return gm65.read(int(expect["zone"], 16), expect["count"])
        case "write":
            return gm65.write(int(expect["zone"], 16), bytes.fromhex(expect["data"]))
        case "save":
            return gm65.save()
    return gm65.heartbeat()


@pytest.mark.parametrize(("data", "expect"), [each for each in vectors("gm65") if "op" in (each.values[1] or {"op": 0})])
def test_requests_are_byte_exact(data: bytes, expect: dict[str, Any]) -> None:
    assert parse_request(data).operation is Operation[expect["op"].upper()]
    skipped = "placeholder" in expect.get("crc", "")
    assert built(expect)[: -2 if skipped else None] == data[: -2 if skipped else None]


@pytest.mark.parametrize(("data", "expect"), [each for each in vectors("gm65") if "ok" in (each.values[1] or {"ok": 0})])
def test_replies_are_understood(data: bytes, expect: dict[str, Any]) -> None:
    (reply,) = taken(data)
    assert isinstance(reply, Reply)
    assert reply_frame(reply) == data
    assert reply.heartbeat == (expect.get("kind") == "heartbeat")
    if not expect["ok"]:
        with pytest.raises(ChecksumWrong if expect["error"] == "crc" else CommandRefused):
            raise_for(reply)
        return
    assert raise_for(reply).data == bytes.fromhex(expect.get("data", "00"))
    if "baud" in expect:
        assert gm65.SPEED_OF[int.from_bytes(reply.data, "big")] == expect["baud"]


@pytest.mark.parametrize(("data", "expect"), vectors("gm65_stream"))
def test_the_acknowledgement_glued_to_the_code_s_text(data: bytes, expect: dict[str, Any]) -> None:
    assert taken(data) == [Reply(0, b"\0"), Scanned(expect["barcode"].encode())]


def test_a_code_without_terminator_ends_with_silence() -> None:
    assert taken(ACK + b"TEST-1") == [Reply(0, b"\0")]
    assert taken(ACK + b"TEST-1", silence=True) == [Reply(0, b"\0"), Scanned(b"TEST-1")]


def test_two_codes_and_a_reply_between_them() -> None:
    assert taken(b"ONE\r\n" + ACK + b"TWO\n") == [Scanned(b"ONE"), Reply(0, b"\0"), Scanned(b"TWO")]


def test_a_reply_with_a_wrong_checksum_is_named_and_never_taken_for_a_code() -> None:
    assert taken(ACK[:-1] + b"\x7f" + ACK, silence=True) == ["checksum-wrong", Reply(0, b"\0")]


def test_a_truncated_reply_is_dropped_by_silence() -> None:
    assert taken(ACK[:-2], silence=True) == []


@pytest.mark.parametrize("cut", range(1, len(ACK)))
def test_bytes_may_come_in_any_pieces(cut: int) -> None:
    stream = EngineStream()
    stream.feed(ACK[:cut])
    assert stream.take() is None
    stream.feed(ACK[cut:] + b"X\r")
    assert (stream.take(), stream.take()) == (Reply(0, b"\0"), Scanned(b"X"))


@pytest.mark.parametrize("cut", range(len(ACK) + 1))
def test_a_reply_behind_text_without_end_may_come_in_any_pieces(cut: int) -> None:
    stream = EngineStream()
    found: list[Reply | Scanned] = []
    for piece in (b"110101199003071234", ACK[:cut], ACK[cut:]):
        stream.feed(piece)
        while (one := stream.take()) is not None:
            found.append(one)
    assert found == [Scanned(b"110101199003071234"), Reply(0, b"\0")]


def test_a_reply_in_the_middle_of_a_code_that_is_to_end_breaks_it_not() -> None:
    stream = EngineStream("line-end")
    stream.feed(b"ONE" + ACK + b"-ONE\r")
    assert (stream.take(), stream.take(), stream.take()) == (Reply(0, b"\0"), Scanned(b"ONE-ONE"), None)


def test_bytes_that_begin_a_reply_and_are_none_are_text() -> None:
    assert taken(b"\x02TEST\x03\x03\r") == [Scanned(b"TEST")]


@pytest.mark.parametrize(
    ("frame", "error"),
    [
        (gm65.TRIGGER_ON[:-1] + b"\0", ChecksumWrong),
        (b"\x7e\x01" + gm65.TRIGGER_ON[2:], FrameGarbled),
        (gm65.TRIGGER_ON[:5], FrameGarbled),
        (b"\x7e\x00\x55\x01\x00\x00\x00\xab\xcd", CommandRefused),
        (b"\x7e\x00\x08\x02\x00\x00\x00\xab\xcd", FrameGarbled),
    ],
)
def test_damaged_requests_are_refused_by_name(frame: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_request(frame)


@given(st.lists(st.one_of(st.binary(max_size=30), st.sampled_from([b"\x02\x00", b"\x03\x00", b"\r", ACK])), max_size=12))
@settings(max_examples=200, deadline=None)
def test_after_any_garbage_and_silence_the_next_reply_and_code_are_found(pieces: list[bytes]) -> None:
    stream = EngineStream()
    for piece in pieces:
        stream.feed(piece)
        with suppress(ChecksumWrong):
            while stream.take() is not None:
                pass
    for _ in range(sum(map(len, pieces)) + 1):
        with suppress(ChecksumWrong):
            if stream.take() is None:
                break
    for _ in range(SILENCES_OF_A_PAUSE):
        stream.end()
    while stream.take() is not None:
        pass
    stream.feed(ACK + b"NEXT\r")
    assert (stream.take(), stream.take(), stream.take()) == (Reply(0, b"\0"), Scanned(b"NEXT"), None)


@given(st.binary(max_size=60))
@settings(max_examples=150, deadline=None)
def test_only_named_errors_come_out_of_requests(frame: bytes) -> None:
    with suppress(FrameGarbled, ChecksumWrong, CommandRefused):
        assert parse_request(frame).operation in Operation
