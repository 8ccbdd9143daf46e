"""The emulated chip card against vpcd's own messages, byte by byte, over a socket as pcscd's virtual reader has one."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from devices.card_reader.social_security import SELECT_SSSE
from devices.emulators.chip_card import ATR_CONTACTLESS, Badge, ChipCard, InsertedCard, SocialSecurityCard
from devices.emulators.people import PEOPLE
from tests.devices.vectors import vectors

UID = bytes.fromhex("04A1B2C3")
GET_ATR = bytes.fromhex("000104")
PATIENCE_SECONDS = 30.0


@pytest.fixture
def cable() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The reader's end and the card's."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        readers = socket.create_connection(server.getsockname(), PATIENCE_SECONDS)
        cards, _ = server.accept()
    with readers:
        yield readers, cards


def message(end: socket.socket) -> bytes:
    """The next whole message, with its length before it."""
    head = end.recv(2, socket.MSG_WAITALL)
    return head + end.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL)


def protocols_of(atr: bytes) -> list[str]:
    """What an answer to power names (ISO 7816-3): each TD byte a protocol, and whether another follows behind it."""
    named, at, present = [], 1, atr[1] >> 4
    while present & 8:
        at += present.bit_count()
        named.append(f"T={atr[at] & 15}")
        present = atr[at] >> 4
    return named


@pytest.mark.parametrize(("data", "expect"), vectors("vpcd"))
def test_the_card_says_what_the_vectors_say(
    data: bytes, expect: dict[str, Any], cable: tuple[socket.socket, socket.socket]
) -> None:
    reader, end = cable
    application = "apdu" in expect and bytes.fromhex(expect["apdu"]) == SELECT_SSSE
    card: ChipCard = SocialSecurityCard(PEOPLE["ceshi"], atr=ATR_CONTACTLESS) if application else Badge(UID)
    inserted = InsertedCard(end, card)
    try:
        if "atr" in expect:
            reader.sendall(GET_ATR)
            assert message(reader) == data
            assert data[2:].hex().upper() == expect["atr"]
            assert protocols_of(data[2:]) == expect["protocols"]
            return
        reader.sendall(data)
        if application:
            assert message(reader).endswith(b"\x90\x00")
        elif expect["reply"] is not None:
            assert message(reader).hex().upper() == expect["reply"]
        reader.sendall(GET_ATR)
        # Whatever was said besides would stand before it.
        assert message(reader)[2:] == ATR_CONTACTLESS
    finally:
        inserted.take_out()
