"""GB 11643 against vectors and wrong numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.card_reader.identity_number import birth_of, check_mark, check_mark_is_right, is_identity_number, sex_of
from tests.devices.vectors import vectors


@pytest.mark.parametrize(("data", "expect"), vectors("id_check"))
def test_check_marks(data: bytes, expect: dict[str, Any]) -> None:
    assert check_mark(data.decode()) == expect["check"]
    assert is_identity_number(expect["full"])


@pytest.mark.parametrize(
    "number",
    [
        "369999199003070016",
        "36999919900307001",
        "3699991990030700155",
        "36999919900230001X",
        "３６９９９９１９９００３０７００１５",
        "",
    ],
)
def test_what_is_no_number_is_refused(number: str) -> None:
    assert not is_identity_number(number)


def test_a_right_check_mark_does_not_make_a_date() -> None:
    number = "36999919901332001"
    assert check_mark_is_right(number + check_mark(number))
    assert not is_identity_number(number + check_mark(number))


def test_birth_and_sex_stand_in_the_number() -> None:
    assert birth_of("369999199003070015") == date(1990, 3, 7)
    assert (sex_of("369999199003070015"), sex_of("369999194906120025")) == ("1", "2")


@given(st.from_regex(r"[0-9]{17}", fullmatch=True).filter(str.isascii), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(first_17: str, at: int, by: int) -> None:
    wrong = first_17[:at] + str((int(first_17[at]) + by) % 10) + first_17[at + 1 :]
    assert not check_mark_is_right(wrong + check_mark(first_17))


@given(st.text(max_size=20))
def test_any_text_is_answered(text: str) -> None:
    assert is_identity_number(text) in (True, False)
