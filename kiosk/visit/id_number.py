"""The 18-digit citizen number of GB 11643, which residence permits share: check digit and birth date; pure."""

from __future__ import annotations

import re
from datetime import date

SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")
FOREIGNER_2017 = re.compile(r"[A-Z]{3}[0-9]{12}")
"""Foreign permanent residents' cards of the 2017 layout: three letters of the country, twelve digits."""
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_MARKS = "10X98765432"
"""By the weighted sum modulo 11 (GB 11643-1999, ISO 7064 MOD 11-2)."""


def birth_in(number: str) -> date | None:
    """The birth date that stands in an 18-digit number; None when it is no date."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def id_number_is_sound(number: str) -> bool:
    """True for an 18-digit number with a right check digit and a possible birth date, or a 2017 foreigner's number."""
    if FOREIGNER_2017.fullmatch(number):
        return True
    if not SHAPE.fullmatch(number):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number[:17], strict=True))
    birth = birth_in(number)
    return CHECK_MARKS[total % 11] == number[17] and birth is not None and birth.year >= 1900
