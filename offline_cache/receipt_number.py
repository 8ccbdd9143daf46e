"""The local receipt number `<area 6>-K<nn>-<yyyymmdd>-<serial 6>-<check>`, e.g. `360830-K03-20261123-000127-0`.

The check digit is ISO 7064 MOD 11,10 over all digits, so that every single wrong digit, and nearly every swap of two
neighbours, is found when staff type the number from paper.
"""

from __future__ import annotations

import re
from datetime import date

from devices.values import dataclass

FORM = re.compile(r"([0-9]{6})-K([0-9]{2,6})-([0-9]{4})([0-9]{2})([0-9]{2})-([0-9]{6})-([0-9])", re.ASCII)
MAX_SERIAL = 999_999
AFTER = tuple({str(digit): ((digit + product) % 10 or 10) * 2 % 11 for digit in range(10)} for product in range(11))
"""The product (1 to 10) after the next digit: `AFTER[product][digit]`."""


@dataclass(frozen=True, slots=True)
class ReceiptNumber:
    """What a receipt number says; `str()` writes it with its check digit."""

    area: str
    """Six digits, GB/T 2260."""
    kiosk: str
    """`K` and two to six digits."""
    day: date
    serial: int
    """From 1 each day."""

    def __post_init__(self) -> None:
        if not 1 <= self.serial <= MAX_SERIAL:
            raise ValueError(f"serial {self.serial} is not within 1 to {MAX_SERIAL}")
        if FORM.fullmatch(f"{self._stem()}-0") is None:
            raise ValueError("area or kiosk cannot stand in a receipt number")

    def __str__(self) -> str:
        stem = self._stem()
        return f"{stem}-{check_digit(stem)}"

    def _stem(self) -> str:
        day = f"{self.day.year:04}{self.day.month:02}{self.day.day:02}"
        return f"{self.area}-{self.kiosk}-{day}-{self.serial:06}"


class NumbersOfDay:
    """The numbers one kiosk gives out on one day; what they have in common is worked out once."""

    def __init__(self, area: str, kiosk: str, day: date) -> None:
        """Raises ValueError as ReceiptNumber does."""
        self.day = day
        self._front = str(ReceiptNumber(area, kiosk, day, 1))[: -len("000001-0")]
        self._tens = -1
        self._ten: tuple[str, ...] = ()

    def number(self, serial: int) -> str:
        """As `str(ReceiptNumber(...))`; raises ValueError for a serial beyond the day's."""
        if not 1 <= serial <= MAX_SERIAL:
            raise ValueError(f"serial {serial} is not within 1 to {MAX_SERIAL}")
        tens, digit = divmod(serial, 10)
        if tens != self._tens:
            self._tens, self._ten = tens, self._next_ten(f"{self._front}{tens:05}")
        return self._ten[digit]

    @staticmethod
    def _next_ten(stem: str) -> tuple[str, ...]:
        """They differ in their last digit and its check only."""
        after = AFTER[_product(stem)]
        return tuple(f"{stem}{digit}-{_check(product)}" for digit, product in after.items())


def parse(text: str) -> ReceiptNumber | None:
    """The number as typed or scanned (blanks around it do not matter); None when it is none, or its check digit is wrong."""
    form = FORM.fullmatch(text.strip().upper())
    if form is None:
        return None
    area, kiosk, year, month, day, serial, _ = form.groups()
    try:
        number = ReceiptNumber(area, f"K{kiosk}", date(int(year), int(month), int(day)), int(serial))
    except ValueError:
        return None
    return number if str(number) == form.group() else None


def check_digit(stem: str) -> int:
    """ISO 7064 MOD 11,10 over the digits of the stem; whatever is no digit does not count."""
    return _check(_product(stem))


def _product(text: str) -> int:
    product = 10
    for digit in text:
        product = AFTER[product].get(digit, product)
    return product


def _check(product: int) -> int:
    return (11 - product) % 10
