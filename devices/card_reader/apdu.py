"""The commands and replies of ISO/IEC 7816-4 that a kiosk needs, bytes to values and back.

The standard's own: SELECT (A4) by name or by file, READ RECORD (B2) by a record's number, GET RESPONSE (C0) after the 61 xx of
T=0, 6C xx with the right length. A data item's tag in P1 of B2 is how some social-security cards have it (csdn, 106245384).

There is no VERIFY here, and there must not be: a wrong PIN counts down, and a kiosk has no PIN to ask for.
"""

from __future__ import annotations

from typing import Literal

from devices.errors import CardTypeUnknown, CardUnreadable, FrameGarbled
from devices.values import dataclass

GET_UID = bytes.fromhex("FFCA000000")
"""PC/SC GET DATA: the reader itself answers with a contactless card's UID, which is no identity."""
UID_LENGTHS = (4, 7, 10)
OK = 0x9000
SW1_MORE = 0x61
SW1_WRONG_LENGTH = 0x6C
HEAD = 4
"""CLA, INS, P1 and P2; then the number of data bytes and these, where there are any, and the length wanted, where one is."""
NAME_OF = {
    0x6282: "end-of-record-reached",
    0x6700: "wrong-length",
    0x6981: "file-without-records",
    0x6982: "security-status-not-satisfied",
    0x6985: "conditions-not-satisfied",
    0x6A81: "function-not-supported",
    0x6A82: "file-not-found",
    0x6A83: "record-not-found",
    0x6A86: "wrong-p1-p2",
    0x6D00: "instruction-unknown",
    0x6E00: "class-unknown",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a card answered: its data, and the status word as one number."""

    data: bytes
    status: int

    @property
    def good(self) -> bool:
        """Whether the card did what it was asked."""
        return self.status == OK

    def asked_again(self, command: bytes) -> bytes | None:
        """The command with the length the card asks for (`6C xx`); None where it asks for none."""
        return _without_length(command) + bytes([self.status & 0xFF]) if self.status >> 8 == SW1_WRONG_LENGTH else None

    @property
    def more(self) -> bytes | None:
        """GET RESPONSE for what a T=0 card still keeps ready (`61 xx`, where 00 stands for 256); None when this is all."""
        return bytes([0x00, 0xC0, 0x00, 0x00, self.status & 0xFF]) if self.status >> 8 == SW1_MORE else None


def _without_length(command: bytes) -> bytes:
    """A command up to where the length of its answer stands, or would stand: behind its head, or behind its own data."""
    return command[:HEAD] if len(command) <= HEAD + 1 else command[: HEAD + 1 + command[HEAD]]


def parse_reply(raw: bytes) -> Reply:
    """Split data and status word; raises FrameGarbled for less than a status word."""
    if len(raw) < 2:
        raise FrameGarbled(f"{len(raw)} bytes are no reply")
    return Reply(raw[:-2], int.from_bytes(raw[-2:], "big"))


def select_name(name: bytes) -> bytes:
    """SELECT an application by its name."""
    return bytes([0x00, 0xA4, 0x04, 0x00, len(name)]) + name


def select_file(file_id: int, p1: Literal[0x02, 0x00] = 0x02) -> bytes:
    """SELECT a file under the application; cards differ in which of the two forms they take."""
    return bytes([0x00, 0xA4, p1, 0x00, 0x02]) + file_id.to_bytes(2, "big")


def read_record(number: int, *, short_file_id: int = 0) -> bytes:
    """READ RECORD of the selected file, or of `short_file_id` (1 to 30) without selecting it; all of it."""
    return bytes([0x00, 0xB2, number, short_file_id << 3 | 0x04, 0x00])


def read_data_item(tag: int) -> bytes:
    """READ RECORD by the tag of a data item, which some cards take instead of a record's number."""
    return bytes([0x00, 0xB2, tag, 0x00, 0x00])


def parse_uid(reply: Reply) -> str:
    """A contactless card's UID in capital hex; raises as `data_of` does, and FrameGarbled for a length no UID has."""
    data = data_of(reply)
    if len(data) not in UID_LENGTHS:
        raise FrameGarbled(f"a UID of {len(data)} bytes")
    return data.hex().upper()


def name_of(status: int) -> str:
    """A status word for the technician: its name where it is known, always its number."""
    return f"{NAME_OF[status]} {status:04X}" if status in NAME_OF else f"status-word {status:04X}"


def data_of(reply: Reply) -> bytes:
    """The data of a good reply; raises CardTypeUnknown where the card has no such file, CardUnreadable for all else."""
    if reply.status == OK:
        return reply.data
    if reply.status == 0x6A82:
        raise CardTypeUnknown(name_of(reply.status))
    raise CardUnreadable(name_of(reply.status))
