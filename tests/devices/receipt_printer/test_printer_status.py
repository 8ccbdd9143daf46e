"""The four status bytes: byte-exact vectors, and every byte there is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.errors import CoverOpen, CutterJammed, PaperOut, PrinterOffline
from devices.receipt_printer.status import (
    PrinterStatus,
    Query,
    error_byte,
    in_words,
    is_status,
    offline_byte,
    paper_byte,
    printer_byte,
    read_status,
)
from devices.receipt_printer.status_line import is_end_mark
from devices.reports import Cover, Paper
from tests.devices.vectors import vectors

PAPER_WORDS = {"ok": Paper.ENOUGH, "near_end": Paper.NEAR_END, "end": Paper.END}
READERS = {1: printer_byte, 2: offline_byte, 3: error_byte}


@pytest.mark.parametrize(("data", "expect"), vectors("dle_eot"))
def test_status_bytes_say_what_the_vectors_say(data: bytes, expect: dict[str, Any]) -> None:
    query = bytes.fromhex(expect["request"])[2]
    assert is_status(data[0]) is expect["valid"]
    if query == Query.PAPER:
        assert paper_byte(data[0]) is (PAPER_WORDS[expect["paper"]] if expect["valid"] else Paper.UNKNOWN)
        return
    told = READERS[query](data[0])
    assert told is not None
    named = {name: value for name, value in expect.items() if name not in ("request", "valid")}
    assert {name: getattr(told, name) for name in named} == named


def test_an_unanswered_query_is_unknown_and_never_the_end_of_the_paper() -> None:
    status = read_status({})
    assert status == PrinterStatus()
    assert status.silent
    assert (status.paper, status.cover, status.trouble()) == (Paper.UNKNOWN, Cover.UNKNOWN, None)


@pytest.mark.parametrize(
    ("answers", "trouble"),
    [
        ((0x1A, 0x16, 0x12, 0x12), CoverOpen),
        ((0x1A, 0x32, 0x12, 0x7E), PaperOut),
        ((0x1A, 0x32, 0x12, 0x72), PaperOut),
        ((0x1A, 0x52, 0x1A, 0x12), CutterJammed),
        ((0x1A, 0x52, 0x32, 0x12), PrinterOffline),
        ((0x1A, 0x12, 0x12, 0x12), PrinterOffline),
        ((0x1A, 0x36, 0x1A, 0x7E), CoverOpen),
        ((0x12, 0x12, 0x12, 0x1E), type(None)),
        ((0x12, 0x12, 0x12, 0x12), type(None)),
    ],
)
def test_the_most_telling_trouble_is_named(answers: tuple[int, ...], trouble: type) -> None:
    assert type(read_status(dict(zip(Query, answers, strict=True))).trouble()) is trouble


def test_a_printer_that_stopped_for_paper_but_has_no_paper_query_is_out_of_paper() -> None:
    assert read_status({Query.OFFLINE_CAUSE: 0x32}).paper is Paper.END


@given(st.dictionaries(st.sampled_from(Query), st.integers(0, 255)))
@settings(max_examples=300)
def test_any_bytes_are_a_status_and_senseless_ones_say_nothing(answers: dict[Query, int]) -> None:
    sensible = {query: byte for query, byte in answers.items() if is_status(byte)}
    assert read_status(answers) == read_status(sensible)
    if not sensible:
        assert read_status(answers).silent


def test_no_byte_is_both_a_status_and_an_end_mark() -> None:
    assert not [byte for byte in range(256) if is_status(byte) and is_end_mark(byte)]
    assert all(is_end_mark(byte) for byte in (0x00, 0x0F, 0x0C, 0x03))


@pytest.mark.parametrize(
    ("query", "byte", "words"),
    [
        (Query.PRINTER, 0x12, "PRINTER: online"),
        (Query.PRINTER, 0x1A, "PRINTER: offline"),
        (Query.OFFLINE_CAUSE, 0x16, "OFFLINE_CAUSE: cover_open"),
        (Query.ERROR, 0x12, "ERROR: nothing"),
        (Query.PAPER, 0x72, "PAPER: paper end"),
        (Query.PAPER, 0x1E, "PAPER: paper near-end"),
        (Query.ERROR, 0xFF, "ERROR: no status byte"),
    ],
)
def test_an_answer_is_told_in_words(query: Query, byte: int, words: str) -> None:
    assert in_words(query, byte) == words
