from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.catalogue.model import AnswerKind, CardField, FormField
from kiosk.errors import CODES
from kiosk.plain_values import from_plain
from kiosk.visit.forms import Keypad, card_answer, check_answer, check_group, first_incomplete_group, keypad_for, prefill
from kiosk.visit.visit import Document, Person
from tests.kiosk.visit.samples import APPLICATION, BANK_CARD, NUMBER, PERSON, PHONE, text


def field(kind: str, **other: Any) -> FormField:
    choices = [{"value": "a", "label": text("甲")}] if kind == "choice" else []
    return from_plain(FormField, {"name": "x", "label": text("问"), "kind": kind, "choices": choices} | other)


@pytest.mark.parametrize(
    ("kind", "answer", "code"),
    [
        ("text", "", "answer-missing"),
        ("text", "   ", "answer-missing"),
        ("text", "工农兵大道9号", ""),
        ("text", "a\x00b", "text-wrong"),
        ("text", "a\u202eb", "text-wrong"),
        ("text", "好" * 61, "answer-too-long"),
        ("name", "张三", ""),
        ("name", "阿依古丽·买买提", ""),
        ("name", "O'Brien-Smith, J.", "name-wrong"),
        ("name", "John O'Brien Jr.", ""),
        ("name", "张", "name-wrong"),
        ("name", "张3", "name-wrong"),
        ("name", "·张三", "name-wrong"),
        ("phone", PHONE, ""),
        ("phone", f" {PHONE} ", ""),
        ("phone", "12800138000", "phone-wrong"),
        ("phone", "1380013800", "phone-wrong"),
        ("phone", "１３８００１３８０００", "phone-wrong"),
        ("number", "12.5", ""),
        ("number", "-1", "number-wrong"),
        ("number", "1e5", "number-wrong"),
        ("money", "0.50", ""),
        ("money", "12.345", "money-wrong"),
        ("money", ".5", "money-wrong"),
        ("date", "2024-02-29", ""),
        ("date", "2023-02-29", "date-wrong"),
        ("date", "2023-2-9", "date-wrong"),
        ("date", "20230209", "date-wrong"),
        ("date", "0001-01-01", "date-wrong"),
        ("id-number", NUMBER, ""),
        ("id-number", NUMBER[:-1] + "6", "id-number-wrong"),
        ("id-number", "369999199013070013", "id-number-wrong"),
        ("id-number", "CHN360012345678", ""),
        ("bank-card", BANK_CARD, ""),
        ("bank-card", BANK_CARD[:-1] + "7", "bank-card-wrong"),
        ("bank-card", "62", "bank-card-wrong"),
        ("choice", "a", ""),
        ("choice", "b", "choice-wrong"),
        ("yes-no", "yes", ""),
        ("yes-no", "maybe", "choice-wrong"),
    ],
)
def test_each_kind_of_answer_is_checked(kind: str, answer: str, code: str) -> None:
    assert check_answer(field(kind), answer) == code
    assert code in {"", *CODES}


def test_an_optional_question_may_stay_open_but_not_be_wrong() -> None:
    assert check_answer(field("phone", required=False), "") == ""
    assert check_answer(field("phone", required=False), "1") == "phone-wrong"


def test_limits_hold_for_numbers_and_money() -> None:
    limited = field("money", minimum=Decimal(100), maximum=Decimal(200))
    assert [check_answer(limited, amount) for amount in ("99.99", "100", "200.00", "200.01")] == [
        "answer-too-small", "", "", "answer-too-large",
    ]  # fmt: skip


def test_a_lower_case_x_is_the_check_mark_too() -> None:
    assert check_answer(field("id-number"), "36999919900307151x") == check_answer(field("id-number"), "36999919900307151X")


@given(st.sampled_from(list(AnswerKind)), st.text(max_size=80))
@settings(max_examples=150)
def test_no_answer_whatever_breaks_the_check(kind: AnswerKind, answer: str) -> None:
    code = check_answer(field(kind.value), answer)
    assert code == "" or code.replace("-", "").isalpha()


@given(st.integers(0, 17), st.integers(1, 9))
@settings(max_examples=100)
def test_one_wrong_digit_never_passes_for_an_identity_number(place: int, by: int) -> None:
    wrong = list(NUMBER)
    wrong[place] = str((int(wrong[place]) + by) % 10)
    assert check_answer(field("id-number"), "".join(wrong)) == "id-number-wrong"


@given(st.integers(0, len(BANK_CARD) - 1), st.integers(1, 9))
@settings(max_examples=60)
def test_one_wrong_digit_never_passes_for_a_bank_card(place: int, by: int) -> None:
    wrong = list(BANK_CARD)
    wrong[place] = str((int(wrong[place]) + by) % 10)
    assert check_answer(field("bank-card"), "".join(wrong)) == "bank-card-wrong"


def test_the_card_answers_what_it_can_and_the_rest_stays() -> None:
    answers = prefill(APPLICATION, PERSON, {"phone": PHONE, "applicant": "别人"})
    assert dict(answers) == {"phone": PHONE, "applicant": "欧阳示例"}


def test_what_the_card_gives_and_the_field_does_not_take_is_left_to_the_resident() -> None:
    sex = field("choice", from_card="sex")
    assert card_answer(sex, replace(PERSON, sex="0")) == ""
    number = field("id-number", from_card="number")
    assert card_answer(number, Person(Document.FOREIGNER, "示例", "X1")) == ""


def test_a_long_name_of_the_card_is_never_too_long() -> None:
    name = field("name", from_card="name", max_length=10)
    assert card_answer(name, replace(PERSON, name="Alexandra Constantinopolous")) == "Alexandra Constantinopolous"


@pytest.mark.parametrize(
    ("card_field", "kind", "answer"),
    [
        (CardField.NAME, "name", "欧阳示例"),
        (CardField.NUMBER, "id-number", NUMBER),
        (CardField.BIRTH, "date", "1990-03-07"),
        (CardField.ADDRESS, "text", "某地"),
        (CardField.NATIONALITY, "text", "CHN"),
    ],
)
def test_every_field_of_the_card_can_prefill(card_field: CardField, kind: str, answer: str) -> None:
    person = replace(PERSON, birth=date(1990, 3, 7), address="某地", nationality="CHN")
    assert card_answer(field(kind, from_card=card_field.value), person) == answer


def test_the_first_incomplete_page_is_found() -> None:
    assert first_incomplete_group(APPLICATION, {}) == 0
    first_page = {"applicant": "欧阳示例", "phone": PHONE}
    assert first_incomplete_group(APPLICATION, first_page) == 1
    assert first_incomplete_group(APPLICATION, {**first_page, "purpose": "用途"}) is None
    assert check_group(APPLICATION, 0, {"phone": "1"}) == {"applicant": "answer-missing", "phone": "phone-wrong"}


def test_every_kind_of_answer_has_its_keys() -> None:
    assert {keypad_for(kind) for kind in AnswerKind} == set(Keypad)
