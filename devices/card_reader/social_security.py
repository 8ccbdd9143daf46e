"""What a social-security card tells without a PIN: files EF05 and EF06; source: device-protocols.md, section 3.1."""

from __future__ import annotations

from devices.card_reader.apdu import Reply, data_of, read_record, select_name
from devices.errors import FrameGarbled

SSSE = "sx1.sh.社会保障".encode("gbk")
SELECT_SSSE = select_name(SSSE)
EF05 = 0xEF05
EF06 = 0xEF06
SHORT_ID_OF = {EF05: 5, EF06: 6}
CARD_ID, SPEC_VERSION, CARD_NUMBER = 1, 3, 7
"""Records of EF05; the tag of each is its number."""
NUMBER, NAME = 1, 2
"""Records of EF06."""
PADDING = b" \0\xff"
AREA_DIGITS = 6


def read_commands(file_id: int, record: int) -> tuple[bytes, bytes]:
    """Both ways to read a record: by the file's short id, and from the file that was selected before."""
    return read_record(record, short_file_id=SHORT_ID_OF[file_id]), read_record(record)


def parse_value(reply: Reply) -> tuple[int, bytes]:
    """A record's tag and value; raises as `data_of` does, and FrameGarbled where the length disagrees with the bytes."""
    data = data_of(reply)
    if len(data) < 2 or len(data) - 2 != data[1]:
        raise FrameGarbled(f"a record of {len(data)} bytes")
    return data[0], data[2:]


def parse_card_id(reply: Reply) -> str:
    """The card's id code in capital hex, right-padded with F."""
    return parse_value(reply)[1].hex().upper()


def area_of(card_id: str) -> str:
    """The issuing area's six digits at the head of the id code; raises FrameGarbled where they are none."""
    area = card_id[:AREA_DIGITS]
    if len(area) != AREA_DIGITS or not area.isdecimal():
        raise FrameGarbled("the card id begins with no area code")
    return area


def parse_ascii(reply: Reply) -> str:
    """A card number, an identity number or a version, without its padding; raises FrameGarbled for other bytes."""
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
