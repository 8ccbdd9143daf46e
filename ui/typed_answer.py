"""What a key does to an answer: pure, so that every keypad types by the same rules."""

from __future__ import annotations

from kiosk.visit.forms import Keypad

DATE_DIGITS = 8
ID_CHARACTERS = 18


def with_typed(keypad: Keypad, text: str, typed: str) -> str:
    """The answer after a key that types `typed`; what the keypad's kind of answer cannot hold is not taken."""
    if keypad is Keypad.DATE:
        return as_date((digits_of(text) + digits_of(typed))[:DATE_DIGITS])
    if keypad is Keypad.DECIMAL and typed == ".":
        return text if "." in text else (text or "0") + "."
    if keypad is Keypad.ID_NUMBER:
        return (text + typed.upper())[:ID_CHARACTERS]
    return text + typed


def with_erased(keypad: Keypad, text: str) -> str:
    """The answer after the key that takes the last character away."""
    return as_date(digits_of(text)[:-1]) if keypad is Keypad.DATE else text[:-1]


def as_date(digits: str) -> str:
    """YYYY-MM-DD as far as there are digits; a hyphen comes with the digit after it."""
    return "-".join(part for part in (digits[:4], digits[4:6], digits[6:]) if part)


def digits_of(text: str) -> str:
    """The digits alone."""
    return "".join(mark for mark in text if mark.isdecimal())
