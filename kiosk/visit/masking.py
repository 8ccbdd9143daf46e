"""How much of what is personal may be seen, on screens and on paper; pure, in every thread. Logs hold none of it at all."""

from __future__ import annotations

import re

from kiosk.catalogue.model import AnswerKind, CardField, FormField
from kiosk.visit.visit import Person

STAR = "*"
CUT = "****"
"""Stands for the rest of an address: its length would tell too."""

TOWNSHIP = re.compile(
    r"""(?P<county>(?:.{2,8}?(?:省|自治区))?            # 江西省
        (?:[^县区]{2,6}?(?:市|自治州|地区|盟))?          # 吉安市; a name may end in 乡 or 镇 itself: 萍乡市, 景德镇市
        (?:.{1,8}?(?:自治县|县|区|旗|市))?)              # 示例县
        (?P<township>.{1,10}?(?:街道|镇|乡|苏木))?       # 示例镇""",
    re.VERBOSE,
)


def mask_name(name: str) -> str:
    """张*, 张*三; from four characters on, and with `·`, the first and the last character of the whole name."""
    if len(name) < 2:
        return STAR * len(name)
    if len(name) == 2:
        return name[0] + STAR
    return name[0] + STAR * (len(name) - 2) + name[-1]


def mask_number(number: str) -> str:
    """18 digits: the first 3 and the last 4 (6 + 8 + 4 would hide only the birthday); other documents: first 1, last 2."""
    if len(number) == 18:
        return number[:3] + STAR * 11 + number[-4:]
    if len(number) <= 3:
        return STAR * len(number)
    return number[0] + STAR * (len(number) - 3) + number[-2:]


def mask_phone(phone: str) -> str:
    """138****8000; what is no mobile number is masked like a document."""
    return f"{phone[:3]}****{phone[7:]}" if len(phone) == 11 else mask_number(phone)


def mask_bank_card(number: str) -> str:
    """The last 4 digits."""
    return STAR * max(len(number) - 4, 0) + number[-4:] if len(number) > 4 else STAR * len(number)


def mask_address(address: str) -> str:
    """Down to 乡镇/街道; where none is told down to the county; where no level is told, nothing."""
    found = TOWNSHIP.match(address)
    shown = found.group() if found is not None else ""
    return shown if shown == address else shown + CUT


def mask_answer(field: FormField, text: str) -> str:
    """A form's answer as the review shows it: by its kind, and by what the card gave."""
    if field.from_card is CardField.ADDRESS:
        return mask_address(text)
    match field.kind:
        case AnswerKind.NAME:
            return mask_name(text)
        case AnswerKind.ID_NUMBER:
            return mask_number(text)
        case AnswerKind.PHONE:
            return mask_phone(text)
        case AnswerKind.BANK_CARD:
            return mask_bank_card(text)
        case _:
            return mask_number(text) if field.from_card is CardField.NUMBER else text


def mask_person(person: Person) -> tuple[str, str]:
    """The person's name and number as they may be seen."""
    return mask_name(person.name), mask_number(person.number)
