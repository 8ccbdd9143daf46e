"""What may stand in a form: prefilled from the card, checked field by field; pure, in every thread."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import assert_never

from devices.card_reader.identity_number import FOREIGNER_2017_SHAPE, is_identity_number
from kiosk.catalogue.model import AnswerKind, CardField, FormField, Item
from kiosk.visit.visit import Person

PHONE = re.compile(r"1[3-9][0-9]{9}")
NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")
MONEY = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
BANK_CARD = re.compile(r"[0-9]{12,19}")
FIRST_YEAR, LAST_YEAR = 1900, 2100


class Keypad(Enum):
    """Which keys a field's answer is typed with."""

    CHINESE = "chinese"
    """Pinyin, letters, digits and punctuation."""
    DIGITS = "digits"
    DECIMAL = "decimal"
    """Digits and a point."""
    ID_NUMBER = "id-number"
    """Digits and X."""
    DATE = "date"
    """Digits; the answer is YYYY-MM-DD."""
    BUTTONS = "buttons"
    """Nothing is typed: the choices (or yes and no) are touched."""


def keypad_for(kind: AnswerKind) -> Keypad:
    """The keys a resident gets for this kind of answer."""
    match kind:
        case AnswerKind.TEXT | AnswerKind.NAME:
            return Keypad.CHINESE
        case AnswerKind.PHONE | AnswerKind.BANK_CARD:
            return Keypad.DIGITS
        case AnswerKind.NUMBER | AnswerKind.MONEY:
            return Keypad.DECIMAL
        case AnswerKind.ID_NUMBER:
            return Keypad.ID_NUMBER
        case AnswerKind.DATE:
            return Keypad.DATE
        case AnswerKind.CHOICE | AnswerKind.YES_NO:
            return Keypad.BUTTONS
        case _ as never:
            assert_never(never)


def check_answer(field: FormField, text: str) -> str:
    """The code of what is wrong with the answer, or "" when nothing is; blanks at the ends never matter."""
    text = text.strip()
    if not text:
        return "answer-missing" if field.required else ""
    if field.from_card is None and len(text) > field.max_length:
        return "answer-too-long"
    return CHECKS[field.kind](field, text)


def check_group(item: Item, group: int, answers: Mapping[str, str]) -> dict[str, str]:
    """Field name → code of what is wrong, for one page of the form; empty when the page is complete."""
    codes = {field.name: check_answer(field, answers.get(field.name, "")) for field in item.form[group].fields}
    return {name: code for name, code in codes.items() if code}


def first_incomplete_group(item: Item, answers: Mapping[str, str]) -> int | None:
    """The first page with something wrong or missing; None when 提交 may follow."""
    return next((group for group in range(len(item.form)) if check_group(item, group, answers)), None)


def card_answer(field: FormField, person: Person | None) -> str:
    """What the card answers for this field; "" when the field is not the card's or the card has nothing that fits it.

    A non-empty answer is locked. Only what passes the field's own check is taken, so that nobody stands before a wrong
    answer that cannot be mended (a sex not stated, a foreigner's number in a resident's field).
    """
    if person is None or field.from_card is None:
        return ""
    text = _of_person(field.from_card, person)
    return "" if check_answer(field, text) else text


def prefill(item: Item, person: Person, answers: Mapping[str, str]) -> Mapping[str, str]:
    """The answers with everything the card gives; what the resident typed elsewhere stays."""
    given = {field.name: card_answer(field, person) for field in item.fields()}
    return MappingProxyType({**answers, **{name: text for name, text in given.items() if text}})


def _of_person(card_field: CardField, person: Person) -> str:
    match card_field:
        case CardField.NAME:
            return person.name
        case CardField.NUMBER:
            return person.number
        case CardField.SEX:
            return person.sex
        case CardField.BIRTH:
            return person.birth.isoformat() if person.birth is not None else ""
        case CardField.ADDRESS:
            return person.address
        case CardField.NATIONALITY:
            return person.nationality
        case _ as never:
            assert_never(never)


def _text(field: FormField, text: str) -> str:
    del field
    return "text-wrong" if any(unicodedata.category(mark)[0] == "C" for mark in text) else ""


def _name(field: FormField, text: str) -> str:
    """Letters of any script (Han among them), with `·`, blanks, points, hyphens and apostrophes between them."""
    del field
    if len(text) < 2 or not (text[0].isalpha() and (text[-1].isalpha() or text[-1] == ".")):
        return "name-wrong"
    return "" if all(mark.isalpha() or unicodedata.combining(mark) or mark in "·•. -'’" for mark in text) else "name-wrong"


def _phone(field: FormField, text: str) -> str:
    del field
    return "" if PHONE.fullmatch(text) else "phone-wrong"


def _number(field: FormField, text: str) -> str:
    return _within(field, text) if NUMBER.fullmatch(text) else "number-wrong"


def _money(field: FormField, text: str) -> str:
    return _within(field, text) if MONEY.fullmatch(text) else "money-wrong"


def _within(field: FormField, text: str) -> str:
    amount = Decimal(text)
    if field.minimum is not None and amount < field.minimum:
        return "answer-too-small"
    if field.maximum is not None and amount > field.maximum:
        return "answer-too-large"
    return ""


def _date(field: FormField, text: str) -> str:
    del field
    if not DATE.fullmatch(text):
        return "date-wrong"
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return "date-wrong"
    return "" if FIRST_YEAR <= day.year <= LAST_YEAR else "date-wrong"


def _id_number(field: FormField, text: str) -> str:
    del field
    sound = is_identity_number(text) or FOREIGNER_2017_SHAPE.fullmatch(text.upper()) is not None
    return "" if sound else "id-number-wrong"


def _bank_card(field: FormField, text: str) -> str:
    del field
    return "" if BANK_CARD.fullmatch(text) and _luhn_holds(text) else "bank-card-wrong"


def _luhn_holds(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B: from the right every second digit doubled, digit sums added, divisible by ten."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def _choice(field: FormField, text: str) -> str:
    return "" if any(choice.value == text for choice in field.choices) else "choice-wrong"


def _yes_no(field: FormField, text: str) -> str:
    del field
    return "" if text in ("yes", "no") else "choice-wrong"


CHECKS: Mapping[AnswerKind, Callable[[FormField, str], str]] = MappingProxyType(
    {
        AnswerKind.TEXT: _text,
        AnswerKind.NAME: _name,
        AnswerKind.PHONE: _phone,
        AnswerKind.NUMBER: _number,
        AnswerKind.MONEY: _money,
        AnswerKind.DATE: _date,
        AnswerKind.ID_NUMBER: _id_number,
        AnswerKind.BANK_CARD: _bank_card,
        AnswerKind.CHOICE: _choice,
        AnswerKind.YES_NO: _yes_no,
    }
)
