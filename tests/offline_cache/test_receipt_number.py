from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from offline_cache import wire
from offline_cache.receipt_number import MAX_SERIAL, NumbersOfDay, ReceiptNumber, check_digit, parse

numbers = st.builds(
    ReceiptNumber,
    area=st.from_regex(r"[0-9]{6}", fullmatch=True).filter(str.isascii),
    kiosk=st.from_regex(r"K[0-9]{2,6}", fullmatch=True).filter(str.isascii),
    day=st.dates(date(1970, 1, 1), date(2200, 1, 1)),
    serial=st.integers(1, 999_999),
)


def test_the_number_is_written_as_on_the_receipt() -> None:
    assert re.fullmatch(r"360830-K03-20261123-000127-\d", str(ReceiptNumber("360830", "K03", date(2026, 11, 23), 127)))


def test_the_check_digit_is_iso_7064_mod_11_10() -> None:
    assert check_digit("0794") == 5  # the standard's own example: 0794 5


@given(numbers)
def test_a_written_number_is_read_back_and_fits_the_wire(number: ReceiptNumber) -> None:
    assert parse(f" {str(number).lower()} ") == number
    TypeAdapter(wire.ReceiptNumber).validate_python(str(number))


@given(numbers, st.data())
def test_every_single_wrong_digit_is_found(number: ReceiptNumber, data: st.DataObject) -> None:
    text = str(number)
    place = data.draw(st.sampled_from([index for index, letter in enumerate(text) if letter.isdigit()]))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != text[place]]))
    assert parse(text[:place] + other + text[place + 1 :]) is None


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{6}-K[0-9]{2,6}-[0-9]{8}-[0-9]{6}-[0-9]", fullmatch=True))
def test_whatever_is_typed_is_a_number_or_none(text: str) -> None:
    number = parse(text)
    assert number is None or str(number) == text.strip().upper()


@pytest.mark.parametrize(
    ("area", "kiosk", "serial"), [("36083", "K03", 1), ("360830", "03", 1), ("360830", "K03", 0), ("360830", "K03", 1_000_000)]
)
def test_what_cannot_stand_in_a_number_is_refused(area: str, kiosk: str, serial: int) -> None:
    with pytest.raises(ValueError, match=r"serial|area"):
        ReceiptNumber(area, kiosk, date(2026, 11, 23), serial)


def test_the_numbers_of_a_day_are_those_of_the_receipt_and_end_with_the_last_that_fits() -> None:
    day = date(2026, 11, 23)
    numbers_of_day = NumbersOfDay("360830", "K03", day)
    for serial in (1, 9, 10, 127, 128, 9, MAX_SERIAL):
        assert numbers_of_day.number(serial) == str(ReceiptNumber("360830", "K03", day, serial))
    for beyond in (0, MAX_SERIAL + 1):
        with pytest.raises(ValueError, match="serial"):
            numbers_of_day.number(beyond)
