"""The 256-byte text block of a card: four layouts of fixed UTF-16LE fields, and the checks that a card agrees with itself."""

from __future__ import annotations

from datetime import date, datetime

from devices.card_reader.code_tables import SEX
from devices.card_reader.identity_number import (
    FEMALE,
    FOREIGNER_2017_SHAPE,
    MALE,
    birth_of,
    check_mark_is_right,
    sex_of,
)
from devices.errors import CardContradictory, CardUnreadable, FrameGarbled
from devices.reports import Card, CardKind

Layout = dict[str, tuple[int, int]]
"""Field → offset and length in bytes."""

TYPE_LETTER = (248, 2)
KIND_OF_LETTER = {"I": CardKind.FOREIGNER_2017, "Y": CardKind.FOREIGNER_2023, "J": CardKind.HK_MACAO_TAIWAN}
"""Any other letter, and none, is a resident's."""
LONG_TERM = "长期"

SHARED: Layout = {
    "name": (0, 30),
    "sex": (30, 2),
    "birth": (36, 16),
    "number": (122, 36),
    "valid_from": (188, 16),
    "valid_to": (204, 16),
}
LAYOUTS: dict[CardKind, Layout] = {
    CardKind.RESIDENT: SHARED | {"ethnic": (32, 4), "address": (52, 70), "issuer": (158, 30)},
    CardKind.HK_MACAO_TAIWAN: SHARED
    | {"address": (52, 70), "issuer": (158, 30), "pass_number": (220, 18), "issue_count": (238, 4)},
    CardKind.FOREIGNER_2023: SHARED
    | {"issue_count": (32, 4), "english_name": (52, 70), "english_name_rest": (220, 22), "nationality": (242, 6)},
    CardKind.FOREIGNER_2017: {
        "english_name": (0, 120),
        "sex": (120, 2),
        "number": (122, 30),
        "nationality": (152, 6),
        "name": (158, 30),
        "valid_from": (188, 16),
        "valid_to": (204, 16),
        "birth": (220, 16),
        "issuer": (240, 8),
    },
}
"""Offsets and lengths as two or more independent programs have them."""


def parse_text(block: bytes, photo: bytes = b"") -> Card:
    """The card in a text block; CardUnreadable for fields that are none, CardContradictory for fields that disagree."""
    if len(block) != 256:
        raise FrameGarbled(f"a text block of {len(block)} bytes")
    kind = KIND_OF_LETTER.get(_text(block, "type letter", TYPE_LETTER), CardKind.RESIDENT)
    fields = {name: _text(block, name, place) for name, place in LAYOUTS[kind].items()}
    # The rest is joined before stripping: the first 35 characters may end in a space that belongs there.
    rest = fields.pop("english_name_rest", "")
    if rest:
        at, length = LAYOUTS[kind]["english_name"]
        fields["english_name"] = (block[at : at + length].decode("utf-16-le") + rest).strip(" \0")
    valid_to = fields.pop("valid_to")
    card = Card(
        kind=kind,
        name=fields.pop("name") or fields.get("english_name", ""),
        birth=_day(fields.pop("birth"), "birth"),
        valid_from=_day(fields.pop("valid_from"), "valid_from"),
        valid_to=None if valid_to == LONG_TERM else _day(valid_to, "valid_to"),
        photo=photo,
        **fields,
    )
    check_agreement(card)
    return card


def parse_new_address(data: bytes) -> str:
    """The 70 bytes of a 30 03 answer: the address as it was last appended to the card."""
    if len(data) != 70:
        raise FrameGarbled(f"{len(data)} bytes are no address")
    return _text(data, "new address", (0, 70))


def check_agreement(card: Card) -> None:
    """Raise CardContradictory when number, birth date, sex or validity disagree; it never tells the values."""
    if card.sex not in SEX:
        raise CardContradictory("sex is no code of GB/T 2261.1")
    if card.valid_from is not None and card.valid_to is not None and card.valid_to < card.valid_from:
        raise CardContradictory("validity ends before it begins")
    if card.kind is CardKind.FOREIGNER_2017:
        if not FOREIGNER_2017_SHAPE.fullmatch(card.number):
            raise CardContradictory("number is not three letters and twelve digits")
        return
    if not check_mark_is_right(card.number):
        raise CardContradictory("check digit is wrong")
    if birth_of(card.number) != card.birth:
        raise CardContradictory("birth date and number disagree")
    if card.sex in (MALE, FEMALE) and sex_of(card.number) != card.sex:
        raise CardContradictory("sex and number disagree")


def _text(block: bytes, name: str, place: tuple[int, int]) -> str:
    at, length = place
    try:
        return block[at : at + length].decode("utf-16-le").strip(" \0")
    except UnicodeDecodeError:
        # `from None`: the original error's text would hold the field's bytes.
        raise CardUnreadable(f"{name} is no UTF-16") from None


def _day(text: str, name: str) -> date:
    # strptime alone also takes seven digits and spaces.
    if len(text) == 8 and text.isascii() and text.isdigit():
        try:
            return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 # a day on a card has no time zone
        except ValueError:
            pass
    raise CardUnreadable(f"{name} is no date")
