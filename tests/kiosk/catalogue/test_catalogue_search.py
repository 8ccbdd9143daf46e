"""Items are found by Chinese, pinyin, initials, English and code."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin

from kiosk.catalogue.loading import load_catalogue
from kiosk.catalogue.model import Item
from kiosk.catalogue.search import build_index, search

CATALOGUE = load_catalogue()
INDEX = build_index(CATALOGUE)
ITEMS = [item for zone in CATALOGUE.zones for item in zone.items]
SHOWN = 8
"""Items on the first page of answers."""


def codes(query: str, limit: int = SHOWN) -> list[str]:
    return [item.code for item in search(INDEX, query, limit)]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("GJJ", "SI-117"),
        ("gjj", "SI-117"),
        ("\uff27\uff2a\uff2a", "SI-117"),
        ("公积金", "SI-117"),
        ("gongjijin", "SI-117"),
        ("gong ji jin", "SI-117"),
        ("gongj", "SI-117"),
        ("gjjin", "SI-117"),
        ("公jj", "SI-117"),
        ("wfzm", "RE-086"),
        ("无房证", "RE-086"),
        ("gljt", "SA-009"),
        ("canbao", "SI-101"),
        ("shebao", "SI-101"),
        ("shb", "SI-101"),
        ("housing fund", "SI-117"),
        ("fund account", "SI-117"),
        ("credit rep", "CR-096"),
        ("si-101", "SI-101"),
        ("SI101", "SI-101"),
        ("12345", "GF-025"),
        ("/", ""),
        ("", ""),
        ("   ", ""),
        ("xqzz", ""),
    ],
)
def test_what_people_type_finds_the_item(query: str, code: str) -> None:
    found = codes(query)
    assert (code in found) if code else found == []


@pytest.mark.parametrize(
    ("queries", "code"),
    [
        (("yinhang", "yinxing"), "XX-001"),
        (("xingzheng", "hangzheng"), "XX-002"),
        (("zhongzhi", "chongzhi", "zz", "cz"), "SI-108"),
        (("changqi", "zhangqi"), "XX-003"),
    ],
)
def test_both_readings_of_a_polyphone_find_it(queries: tuple[str, ...], code: str) -> None:
    names = {"XX-001": "银行开户", "XX-002": "行政复议证明", "XX-003": "长期护理"}
    item = next((item for item in ITEMS if item.code == code), ITEMS[0])
    if code in names:
        item = replace(item, name=replace(item.name, zh=names[code]), aliases=())
    zone = replace(CATALOGUE.zones[0], items=(item,))
    index = build_index(replace(CATALOGUE, zones=(zone,)))
    assert all(search(index, query, 1) == (item,) for query in queries)


def test_what_begins_with_the_query_stands_before_what_holds_it() -> None:
    found = search(INDEX, "身份证", 99)
    begins = [any(text.startswith("身份证") for text in (item.name.zh, *item.aliases)) for item in found]
    assert True in begins
    assert begins == sorted(begins, reverse=True)


def test_among_equals_the_most_used_stands_first() -> None:
    found = [item for item in search(INDEX, "公积金", 99) if any(t.startswith("公积金") for t in (item.name.zh, *item.aliases))]
    assert [item.popular for item in found] == sorted((item.popular for item in found), reverse=True)


def test_no_more_items_than_asked_for() -> None:
    assert len(codes("z", 3)) == 3
    assert codes("z", 0) == []


@pytest.mark.parametrize("item", ITEMS, ids=[item.code for item in ITEMS])
def test_every_item_stands_on_the_first_page_after_at_most_four_letters(item: Item) -> None:
    asked = set()
    for text in (item.name.zh, *item.aliases):
        initials = "".join(lazy_pinyin(text, style=Style.FIRST_LETTER, errors="ignore")).lower()
        asked |= {initials[start : start + 4] for start in range(max(1, len(initials) - 3))}
    assert any(item in search(INDEX, query, SHOWN) for query in asked)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_nothing_typed_brings_the_search_down(query: str) -> None:
    found = search(INDEX, query, SHOWN)
    assert len(found) <= SHOWN
    assert len({item.code for item in found}) == len(found)
