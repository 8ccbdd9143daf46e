"""What a social-security card tells without a PIN: files EF05 and EF06.

SSSE's name, the two forms of selecting a file, records and tags of identity number and name, and that none of it
needs a PIN: csdn, zz_bubble's article 106245384, and public implementations that agree with it. The dates in EF05 (records 5
and 6, four bytes BCD) and the tags 08 and 09 of EF06's records: the public header yxsylyh/hiquotion_cpp,
Hardware/card/SIDCard/DeCard/SIDCardOperation.h. Nothing here sends a PIN.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Literal

from devices.card_reader.apdu import Reply, data_of, name_of, read_data_item, read_record, select_file, select_name
from devices.card_reader.identity_number import birth_of, is_identity_number, sex_of
from devices.errors import CardContradictory, CardTypeUnknown, CardUnreadable, FrameGarbled
from devices.reports import Card, CardKind

SSSE = "sx1.sh.社会保障".encode("gbk")
SELECT_SSSE = select_name(SSSE)
EF05 = 0xEF05
EF06 = 0xEF06
SHORT_ID_OF = {EF05: 5, EF06: 6}
ISSUED, VALID_TO = 5, 6
"""Records of EF05; the tag of each is its number."""
NUMBER, NAME = 1, 2
"""Records of EF06."""
TAGS = {EF05: 0, EF06: 7}
"""What is added to a record's number to make its data-item tag: EF06 goes on where EF05 ends."""
PADDING = b" \0\xff"
SELECTING: tuple[Literal[0x02, 0x00], ...] = (0x02, 0x00)
"""The two forms in which cards take the selection of a file."""
Ask = Callable[[bytes, str], Reply]
"""A command and its name for the technician, to the card's whole answer."""


def read_card(ask: Ask) -> Card:
    """Name and number from the powered card; sends nothing but SELECT and READ RECORD.

    Raises CardTypeUnknown for a card of another kind, CardContradictory where the number is none, CardUnreadable and
    FrameGarbled for what can be tried again.
    """
    selected = ask(SELECT_SSSE, "select-ssse")
    if not selected.good:
        raise CardTypeUnknown(name_of(selected.status))
    number = parse_ascii(_must(_record(ask, EF06, NUMBER))).upper()
    name = parse_name(_must(_record(ask, EF06, NAME)))
    issued, valid_to = (_date_in(ask, record) for record in (ISSUED, VALID_TO))
    birth = birth_of(number) if is_identity_number(number) else None
    if birth is None or not name:
        raise CardContradictory("the card's number is no identity number" if name else "the card has no name")
    return Card(CardKind.SOCIAL_SECURITY, name, number, sex_of(number), birth, valid_from=issued, valid_to=valid_to)


def _record(ask: Ask, file_id: int, record: int) -> Reply:
    """A record by whichever of four ways this card takes, or what the last was refused with."""
    name = f"{file_id:04X}-{record}"
    reply = ask(read_record(record, short_file_id=SHORT_ID_OF[file_id]), f"read-{name}")
    for form in SELECTING:
        if reply.good:
            return reply
        if ask(select_file(file_id, form), f"select-{file_id:04X}").good:
            reply = ask(read_record(record), f"read-{name}-selected")
    if not reply.good:
        reply = ask(read_data_item(record + TAGS[file_id]), f"read-{name}-by-tag")
    return reply


def _must(reply: Reply) -> Reply:
    """A record that every card has: one that is missing here makes it no card of another kind, and is tried again."""
    if not reply.good:
        raise CardUnreadable(name_of(reply.status))
    return reply


def _date_in(ask: Ask, record: int) -> date | None:
    """A date of EF05; None where the card refuses it, or where no date stands there (zeros are no end)."""
    reply = _record(ask, EF05, record)
    if not reply.good:
        return None
    with suppress(ValueError):
        return date.fromisoformat(parse_value(reply)[1].hex())
    return None


def parse_value(reply: Reply) -> tuple[int, bytes]:
    """A record's tag and value; raises as `data_of` does, and FrameGarbled where the length disagrees with the bytes."""
    data = data_of(reply)
    if len(data) < 2 or len(data) - 2 != data[1]:
        raise FrameGarbled(f"a record of {len(data)} bytes")
    return data[0], data[2:]


def parse_ascii(reply: Reply) -> str:
    """A record of ASCII, such as the identity number, without its padding; raises FrameGarbled for other bytes."""
    return _text(parse_value(reply)[1].rstrip(PADDING), "ascii")


def parse_name(reply: Reply) -> str:
    """The holder's name, GBK without its padding (the pad byte differs from card to card)."""
    return _text(parse_value(reply)[1].rstrip(PADDING), "gbk")


def _text(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        # `from None`: the other exception carries the personal bytes themselves.
        raise FrameGarbled(f"bytes that are no {encoding}") from None
