"""Slips in columns: whatever the text, it fits and nothing is lost."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from devices.receipt_printer.layout import (
    COLUMNS_OF_MM,
    MOST_LABEL_ROWS,
    PAIR_GAP,
    Dashes,
    QrMark,
    TextLine,
    columns,
    lay_out,
    printable,
    wrap,
)
from devices.receipt_printer.slip import Align, Block, Line, Pair, Qr, Rule, Slip

MIXED = st.text(st.sampled_from("政务服务中心回执，。（）《》、0123456789ABCabc-/.%$¥· 　\n\t鑫𠮷é"), max_size=120)
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    st.builds(Line, MIXED, st.sampled_from(Align), st.booleans(), st.booleans()),
    st.builds(Pair, MIXED, MIXED),
    st.just(Rule()),
    st.builds(Qr, st.text(min_size=1, max_size=40), MIXED),
)


def solid(text: str) -> str:
    return "".join(char for char in printable(text.replace("\n", " ").replace("\r", " ")) if char != " ")


@given(st.one_of(st.text(max_size=200), MIXED), st.integers(2, 60))
@settings(max_examples=300)
def test_any_text_fits_its_columns_and_nothing_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(columns(line) <= width for line in lines)
    assert "".join(line.replace(" ", "") for line in lines) == solid(text)


@given(st.lists(BLOCKS, max_size=8), st.sampled_from([80, 58]))
@settings(max_examples=150)
def test_any_slip_fits_the_paper(blocks: list[Block], width_mm: int) -> None:
    laid = lay_out(Slip(tuple(blocks)), width_mm)
    texts = [line for line in laid if isinstance(line, TextLine)]
    assert all(columns(line.text) * (2 if line.large else 1) <= COLUMNS_OF_MM[width_mm] for line in texts)
    assert sum(isinstance(line, Dashes) for line in laid) == sum(isinstance(block, Rule) for block in blocks)
    assert [line.payload for line in laid if isinstance(line, QrMark)] == [
        each.payload for each in blocks if isinstance(each, Qr)
    ]


@example("0¥¥¥00\n····）", "0", 80)
@given(MIXED, MIXED, st.sampled_from([80, 58]))
@settings(max_examples=100)
def test_a_pair_keeps_label_and_value_whole_in_their_own_columns(label: str, value: str, width_mm: int) -> None:
    width = COLUMNS_OF_MM[width_mm]
    most = width * 3 // 8
    lines = [line.text for line in lay_out(Slip((Pair(label, value),)), width_mm) if isinstance(line, TextLine)]
    if len(wrap(label, most)) > MOST_LABEL_ROWS:
        above = wrap(label, width)
        assert lines[: len(above)] == above
        assert "".join(lines[len(above) :]).replace(" ", "") == solid(value)
        return
    start = min(max(columns(printable(label)), 2), most) + PAIR_GAP[width]
    cut = [_split_at(line, start) for line in lines]
    assert "".join(left for left, _ in cut).replace(" ", "") == solid(label)
    assert "".join(right for _, right in cut).replace(" ", "") == solid(value)


def _split_at(line: str, column: int) -> tuple[str, str]:
    taken = ""
    while line and columns(taken + line[0]) <= column:
        taken, line = taken + line[0], line[1:]
    return taken, line


@given(st.text(max_size=100))
@settings(max_examples=200)
def test_no_text_carries_a_control_character_to_the_printer(text: str) -> None:
    assert not [char for char in printable(text) if unicodedata.category(char) in ("Cc", "Cf")]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("回执编号", 8, ["回执编号"]),
        ("受理结果以受理回执为准。", 24, ["受理结果以受理回执为准。"]),
        ("受理结果以受理回执为准。", 22, ["受理结果以受理回执为", "准。"]),
        ("申请人（张*三）已提交", 9, ["申请人", "（张*三）", "已提交"]),
        ("369901-K03-20261123-000127-7", 22, ["369901-K03-20261123-", "000127-7"]),
        ("please keep this slip", 11, ["please keep", "this slip"]),
        ("ABCDEFGHIJ", 4, ["ABCD", "EFGH", "IJ"]),
        ("一\n\n二", 10, ["一", "", "二"]),
        ("", 10, [""]),
        ("住房公积金缴存证明", 16, ["住房公积金缴存", "证明"]),
        ("往来港澳通行证再次签注", 20, ["往来港澳通行证再次", "签注"]),
    ],
)
def test_lines_break_where_a_reader_expects(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


def test_values_stand_under_each_other_and_long_ones_hang_under_themselves() -> None:
    laid = lay_out(Slip((Pair("事项", "城乡居民基本养老保险参保登记"), Pair("身份证号", "369***********1234"))), 58)
    assert [line.text for line in laid if isinstance(line, TextLine)] == [
        "事项     城乡居民基本养老保险参",
        "         保登记",
        "身份证号 369***********1234",
    ]


def test_a_sentence_for_a_label_gets_the_whole_width_and_does_not_narrow_the_others() -> None:
    pairs = (Pair("提交时间", "2026-11-23 12:00:00"), Pair("年满16周岁且未参加其他养老保险", "符合"))
    laid = lay_out(Slip(pairs), 58)
    assert [line.text for line in laid if isinstance(line, TextLine)] == [
        "提交时间 2026-11-23 12:00:00",
        "年满16周岁且未参加其他养老保险",
        "         符合",
    ]


def test_a_code_has_empty_paper_above_and_below() -> None:
    laid = lay_out(Slip((Line("上"), Qr("x", "下"))), 80)
    assert laid[1:4] == [TextLine(""), QrMark("x"), TextLine("")]
