"""The 18-character citizen number of GB 11643, which residence permits share: check digit, birth date, sex; pure."""

from __future__ import annotations

import re
from datetime import date

SHAPE = re.compile(r"[0-9]{17}[0-9Xx]")
FOREIGNER_2017_SHAPE = re.compile(r"[A-Z]{3}[0-9]{12}")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_MARKS = "10X98765432"
"""By the weighted sum modulo 11 (ISO 7064 MOD 11-2)."""
MALE, FEMALE = "1", "2"


def check_mark(first_17: str) -> str:
    """The 18th character that belongs to 17 digits."""
    return CHECK_MARKS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first_17, strict=True)) % 11]


def birth_of(number: str) -> date | None:
    """The birth date in an 18-character number; None when it is none."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_of(number: str) -> str:
    """The GB/T 2261.1 code that the 17th digit stands for: odd is male."""
    return MALE if int(number[16]) % 2 else FEMALE


def check_mark_is_right(number: str) -> bool:
    """True for 17 digits and the mark that belongs to them, in either case."""
    return SHAPE.fullmatch(number) is not None and check_mark(number[:17]) == number[17].upper()


def is_identity_number(text: str) -> bool:
    """True when shape, check digit and birth date are those of a number in use (born 1850 or later)."""
    birth = birth_of(text) if check_mark_is_right(text) else None
    return birth is not None and birth.year >= 1850
