"""A card as the bytes a reader sends for it: the text block of its layout, and filler where a photo would be."""

from __future__ import annotations

from datetime import date

from devices.card_reader.sdt import NEW_ADDRESS_BYTES, PHOTO_BYTES, TEXT_BYTES
from devices.card_reader.text_block import LAYOUTS, LONG_TERM, TYPE_LETTER
from devices.reports import Card, CardKind

LETTER = {
    CardKind.RESIDENT: " ",
    CardKind.FOREIGNER_2017: "I",
    CardKind.FOREIGNER_2023: "Y",
    CardKind.HK_MACAO_TAIWAN: "J",
}
PHOTO_FILLER = bytes((3 + 7 * n) % 256 for n in range(PHOTO_BYTES))
"""No WLT picture: nobody stands behind these cards."""


def text_block(card: Card) -> bytes:
    """The 256 bytes of a card's text."""
    block = bytearray(" ".encode("utf-16-le") * (TEXT_BYTES // 2))
    layout = LAYOUTS[card.kind]
    for name, place in layout.items():
        _write(block, place, _text_of(card, name))
    if "english_name_rest" in layout:
        _write(block, layout["english_name_rest"], card.english_name[35:])
    _write(block, TYPE_LETTER, LETTER[card.kind])
    return bytes(block)


def read_data(card: Card) -> bytes:
    """What follows the status word of 30 01."""
    return TEXT_BYTES.to_bytes(2, "big") + PHOTO_BYTES.to_bytes(2, "big") + text_block(card) + PHOTO_FILLER


def read_data_with_finger(card: Card) -> bytes:
    """What follows the status word of 30 10."""
    lengths = b"".join(count.to_bytes(2, "big") for count in (TEXT_BYTES, PHOTO_BYTES, 1024))
    return lengths + text_block(card) + PHOTO_FILLER + bytes((3 + 5 * n) % 256 for n in range(1024))


def new_address_data(address: str) -> bytes:
    """What follows the status word of 30 03."""
    block = bytearray(" ".encode("utf-16-le") * (NEW_ADDRESS_BYTES // 2))
    _write(block, (0, NEW_ADDRESS_BYTES), address)
    return bytes(block)


def _text_of(card: Card, name: str) -> str:
    if name == "english_name_rest":
        return ""
    if name == "valid_to" and card.valid_to is None:
        return LONG_TERM
    value = getattr(card, name)
    return value.strftime("%Y%m%d") if isinstance(value, date) else str(value)


def _write(block: bytearray, place: tuple[int, int], text: str) -> None:
    at, length = place
    encoded = text.encode("utf-16-le")[:length]
    block[at : at + len(encoded)] = encoded
