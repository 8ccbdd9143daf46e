"""Cards that contradict themselves, and cards of people who do not exist."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from devices.card_reader.code_tables import ETHNIC, SEX
from devices.card_reader.text_block import check_agreement, parse_new_address, parse_text
from devices.emulators.card_block import new_address_data, text_block
from devices.emulators.people import PEOPLE
from devices.errors import CardContradictory, CardUnreadable
from devices.reports import Card, CardKind

CESHI = PEOPLE["ceshi"].card


@pytest.mark.parametrize("key", sorted(PEOPLE))
def test_what_is_written_on_a_card_is_read_from_it(key: str) -> None:
    assert parse_text(text_block(PEOPLE[key].card)) == PEOPLE[key].card


def test_all_four_layouts_have_a_person() -> None:
    assert {person.card.kind for person in PEOPLE.values()} == set(CardKind) - {CardKind.SOCIAL_SECURITY}


@pytest.mark.parametrize(
    ("card", "what"),
    [
        (replace(CESHI, number=CESHI.number[:-1] + "0"), "check digit"),
        (replace(CESHI, number="36999919900307001A"), "check digit"),
        (replace(CESHI, birth=date(1990, 3, 8)), "birth date"),
        (replace(CESHI, sex="2"), "sex"),
        (replace(CESHI, sex="7"), "sex"),
        (replace(CESHI, valid_to=date(2019, 1, 1)), "validity"),
        (replace(PEOPLE["waiguo2017"].card, number="XX1369999999999"), "three letters"),
    ],
    ids=["check digit", "no number", "birth", "sex", "sex code", "validity", "foreigner's number"],
)
def test_a_card_that_contradicts_itself_is_named_without_its_values(card: Card, what: str) -> None:
    with pytest.raises(CardContradictory, match=what) as trouble:
        parse_text(text_block(card))
    assert card.number not in str(trouble.value)


def test_a_small_x_is_a_check_mark_too() -> None:
    check_agreement(replace(CESHI, number="36999919880229001x", birth=date(1988, 2, 29)))


def test_an_unknown_sex_is_no_contradiction() -> None:
    check_agreement(replace(CESHI, sex="0"))


def test_a_long_term_card_has_no_end() -> None:
    assert parse_text(text_block(PEOPLE["changqi"].card)).valid_to is None


@pytest.mark.parametrize("day", ["2020013 ", "20200230", "２０２００１０１", "        "])
def test_a_field_that_is_no_date_makes_the_card_unreadable(day: str) -> None:
    block = bytearray(text_block(CESHI))
    block[188:204] = day.encode("utf-16-le")
    with pytest.raises(CardUnreadable, match="valid_from"):
        parse_text(bytes(block))


def test_half_a_character_makes_the_card_unreadable_and_shows_nothing() -> None:
    block = bytearray(text_block(CESHI))
    block[28:30] = b"\x00\xd8"
    with pytest.raises(CardUnreadable, match="name is no UTF-16") as trouble:
        parse_text(bytes(block))
    assert trouble.value.__suppress_context__


def test_fields_padded_with_nul_are_stripped_too() -> None:
    block = text_block(CESHI).replace(" ".encode("utf-16-le"), b"\0\0")
    assert parse_text(block) == CESHI


def test_the_new_address_is_read() -> None:
    assert parse_new_address(new_address_data("江西省某市测试区新地址路88号")) == "江西省某市测试区新地址路88号"


def test_nothing_personal_is_in_a_card_s_repr() -> None:
    assert repr(CESHI) == "Card(kind=<CardKind.RESIDENT: 'resident'>)"


def test_the_code_tables_are_whole() -> None:
    assert len(ETHNIC) == 58
    assert (ETHNIC["01"], ETHNIC["15"], ETHNIC["36"], ETHNIC["56"], ETHNIC["97"]) == ("汉", "土家", "毛南", "基诺", "其他")
    assert sorted(SEX) == ["0", "1", "2", "9"]
