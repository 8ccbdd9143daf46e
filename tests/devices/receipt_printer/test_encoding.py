"""A slip as bytes: byte-exact vectors, and back again through the emulator's eyes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.emulators.escpos_paper import Paper
from devices.emulators.escpos_stream import EscposStream
from devices.receipt_printer.encoding import encode_cut, encode_slip
from devices.receipt_printer.layout import lay_out
from devices.receipt_printer.slip import Align, Block, Line, Pair, Qr, Rule, Slip
from tests.devices.vectors import vectors

BLOCKS: st.SearchStrategy[Block] = st.one_of(
    st.builds(Line, st.text(max_size=60), st.sampled_from(Align), st.booleans(), st.booleans()),
    st.builds(Pair, st.text(max_size=20), st.text(max_size=60)),
    st.just(Rule()),
    st.builds(Qr, st.text(min_size=1, max_size=60), st.text(max_size=20)),
)


def receive(data: bytes, width_mm: int = 80) -> Paper:
    paper = Paper(width_mm)
    for command in EscposStream().feed(data):
        paper.perform(command)
    return paper


@pytest.mark.parametrize(("data", "expect"), vectors("escpos"))
def test_the_printer_is_sent_what_the_vectors_say(data: bytes, expect: dict[str, Any]) -> None:
    if "text" in expect:
        assert b"".join(encode_slip(Slip((Line(expect["text"]),)), 80)) == data
        assert receive(data).slips[0].texts == [expect["text"]]
    else:
        assert len(receive(data).slips) == 1


@given(st.lists(BLOCKS, max_size=8), st.sampled_from([80, 58]))
@settings(max_examples=150)
def test_what_is_printed_is_what_was_laid_out_whatever_the_text(blocks: list[Block], width_mm: int) -> None:
    slip = Slip(tuple(blocks))
    paper = receive(b"".join(encode_slip(slip, width_mm)), width_mm)
    assert [list(each.lines) for each in paper.slips] == [lay_out(slip, width_mm)]
    assert not paper.lines


@given(st.lists(BLOCKS, max_size=5), st.data())
@settings(max_examples=60)
def test_bytes_cut_anywhere_on_the_way_print_the_same(blocks: list[Block], data: st.DataObject) -> None:
    sent = b"".join(encode_slip(Slip(tuple(blocks)), 80))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=6)))
    stream, paper = EscposStream(), Paper(80)
    for first, last in zip([0, *cuts], [*cuts, len(sent)], strict=True):
        for command in stream.feed(sent[first:last]):
            paper.perform(command)
    assert [slip.texts for slip in paper.slips] == [slip.texts for slip in receive(sent).slips]


def test_every_piece_is_made_of_whole_commands() -> None:
    slip = Slip((*[Pair("申请人", "张*三")] * 30, Qr("https://zwfw.example/p/7Qm2kX9tB4", "扫码查询")))
    pieces = encode_slip(slip, 58)
    assert len(pieces) > 3
    stream = EscposStream()
    for piece in pieces:
        stream.feed(piece)
        assert not stream._waiting


def test_no_text_can_open_the_drawer_or_cut_the_paper() -> None:
    paper = receive(b"".join(encode_slip(Slip((Line("a\x1bp\x00\x32\x32b\x1dV\x00c\x10\x04\x01"),)), 80)))
    assert [slip.texts for slip in paper.slips] == [["ap22b Vc"]]


def test_a_cut_of_its_own_frees_what_hangs_in_the_printer() -> None:
    paper = receive(b"\x1b@\x1c&remains\n" + encode_cut())
    assert [slip.texts for slip in paper.slips] == [["remains"]]
