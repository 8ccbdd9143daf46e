"""The SDT protocol of resident-card readers as pure functions: frames, status words and what a reader answers.

A frame is `AA AA AA 96 69`, a big-endian length of everything after itself, the body, and the XOR of length and body.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum, IntEnum
from functools import reduce
from operator import xor

from devices.errors import (
    CardTypeUnknown,
    CardUnproved,
    CardUnreadable,
    ChecksumWrong,
    CommandRefused,
    DeviceError,
    FrameGarbled,
    SamFailed,
    SamUnauthorised,
)
from devices.values import dataclass

PREAMBLE = bytes.fromhex("AAAAAA9669")
HEAD = len(PREAMBLE) + 2
SHORTEST, LONGEST = 3, 0x090A
"""Legal lengths: a request without data, and the answer to 30 10."""
TEXT_BYTES, PHOTO_BYTES, NEW_ADDRESS_BYTES = 256, 1024, 70
SAM_ID_BYTES = 16


class Command(Enum):
    """CMD and PARA of what a kiosk sends; never 61 FF, and never 60 xx: a wrong speed leaves the reader mute."""

    RESET_SAM = b"\x10\xff"
    SAM_STATUS = b"\x11\xff"
    SAM_ID = b"\x12\xff"
    FIND_CARD = b"\x20\x01"
    SELECT_CARD = b"\x20\x02"
    READ_TEXT_PHOTO = b"\x30\x01"
    READ_NEW_ADDRESS = b"\x30\x03"
    READ_TEXT_PHOTO_FINGER = b"\x30\x10"


READINGS = (Command.READ_TEXT_PHOTO, Command.READ_TEXT_PHOTO_FINGER)


class StatusWord(IntEnum):
    """SW3; SW1 and SW2 are the card's own and tell nothing reliable."""

    OK = 0x90
    NO_SUCH_ITEM = 0x91
    CARD_FOUND = 0x9F
    HOST_CHECKSUM_WRONG = 0x10
    HOST_LENGTH_WRONG = 0x11
    HOST_COMMAND_WRONG = 0x21
    NOT_PERMITTED = 0x23
    UNIDENTIFIED_ERROR = 0x24
    CARD_REJECTED_SAM = 0x31
    SAM_REJECTED_CARD = 0x32
    INFORMATION_UNVERIFIED = 0x33
    FINGERPRINT_UNVERIFIED = 0x37
    INFORMATION_LENGTH_WRONG = 0x3F
    CARD_TYPE_UNKNOWN = 0x40
    READ_FAILED = 0x41
    RANDOM_FAILED = 0x47
    SAM_SELF_TEST_FAILED = 0x60
    SAM_NOT_AUTHORISED = 0x66
    CARD_NOT_FOUND = 0x80
    SELECT_FAILED = 0x81


@dataclass(frozen=True, slots=True)
class Answer:
    """A reader's answer: the three status bytes and what follows them."""

    sw: bytes
    data: bytes = field(default=b"", repr=False)

    @property
    def sw3(self) -> int:
        """The status byte that counts."""
        return self.sw[2]


def frame(body: bytes) -> bytes:
    """A body with preamble, length and checksum around it."""
    covered = (len(body) + 1).to_bytes(2, "big") + body
    return PREAMBLE + covered + bytes([reduce(xor, covered)])


def request(command: Command) -> bytes:
    """The bytes of a command."""
    return frame(command.value)


class FrameStream:
    """Finds frames in bytes as they arrive, sliding over whatever is none."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> None:
        """Add what arrived."""
        self._bytes += data

    def clear(self) -> None:
        """Forget everything not yet taken."""
        self._bytes.clear()

    @property
    def in_frame(self) -> bool:
        """True when a frame has begun and is not whole."""
        return self._bytes.startswith(PREAMBLE)

    def take(self) -> bytes | None:
        """The next whole body, None when more bytes are needed; ChecksumWrong once for each frame that has a wrong one."""
        while self._slide():
            length = int.from_bytes(self._bytes[len(PREAMBLE) : HEAD], "big")
            if not SHORTEST <= length <= LONGEST:
                del self._bytes[0]
                continue
            if len(self._bytes) < HEAD + length:
                return None
            covered = bytes(self._bytes[len(PREAMBLE) : HEAD + length])
            if reduce(xor, covered):
                # Only the preamble's first byte goes: a good frame may stand inside what this length claimed.
                del self._bytes[0]
                raise ChecksumWrong(f"frame of {HEAD + length} bytes")
            del self._bytes[: HEAD + length]
            return covered[2:-1]
        return None

    def _slide(self) -> bool:
        """Drop what cannot begin a frame; True when a preamble and a length stand at the front."""
        at = self._bytes.find(PREAMBLE)
        if at < 0:
            # Keep as much of the tail as may be the beginning of a preamble.
            keep = next((n for n in range(len(PREAMBLE) - 1, 0, -1) if self._bytes.endswith(PREAMBLE[:n])), 0)
            del self._bytes[: len(self._bytes) - keep]
            return False
        del self._bytes[:at]
        return len(self._bytes) >= HEAD


def parse_answer(body: bytes) -> Answer:
    """Status bytes and data of a body; FrameGarbled when it is too short for an answer."""
    if len(body) < 3:
        raise FrameGarbled("no room for a status word")
    return Answer(body[:3], body[3:])


def may_answer(command: Command, answer: Answer) -> bool:
    """False for what can only be the answer to another command, given late: a card found, or one that was read out."""
    if answer.sw3 == StatusWord.OK and len(answer.data) >= TEXT_BYTES:
        return command in READINGS
    return answer.sw3 != StatusWord.CARD_FOUND or command is Command.FIND_CARD


def says_too_little(command: Command, answer: Answer) -> bool:
    """True for an OK that is no card, to a reading: another question's, given late, or a reader's that has no more to tell."""
    return command in READINGS and answer.sw3 == StatusWord.OK and len(answer.data) < TEXT_BYTES


def name_of(sw3: int) -> str:
    """A status word by its name, or by its number when no table knows it."""
    try:
        return StatusWord(sw3).name.lower().replace("_", "-")
    except ValueError:
        return f"unknown-{sw3:02x}"


def error_of(answer: Answer) -> DeviceError:
    """What an answer that is no success means."""
    detail = f"{answer.sw.hex()} {name_of(answer.sw3)}"
    match answer.sw3:
        case StatusWord.SAM_SELF_TEST_FAILED:
            return SamFailed(detail)
        case StatusWord.SAM_NOT_AUTHORISED:
            return SamUnauthorised(detail)
        case StatusWord.CARD_TYPE_UNKNOWN:
            return CardTypeUnknown(detail)
        case StatusWord.CARD_REJECTED_SAM | StatusWord.SAM_REJECTED_CARD | StatusWord.INFORMATION_UNVERIFIED:
            return CardUnproved(detail)
        case StatusWord.HOST_CHECKSUM_WRONG:
            return ChecksumWrong(detail)
        case StatusWord.HOST_LENGTH_WRONG | StatusWord.HOST_COMMAND_WRONG | StatusWord.NOT_PERMITTED:
            return CommandRefused(detail)
        case _:
            return CardUnreadable(detail)


@dataclass(frozen=True, slots=True)
class CardContents:
    """The parts of a 30 01 or 30 10 answer, undecoded."""

    text: bytes = field(repr=False)
    photo: bytes = field(repr=False)
    finger: bytes = field(repr=False)


def parse_contents(data: bytes) -> CardContents:
    """Cut what follows the status word of 30 01 (two lengths) or 30 10 (three); FrameGarbled when they do not add up."""
    for count in (2, 3):
        lengths = [int.from_bytes(data[2 * n : 2 * n + 2], "big") for n in range(count)]
        if lengths[0] == TEXT_BYTES and len(data) == 2 * count + sum(lengths):
            text_end = 2 * count + lengths[0]
            photo_end = text_end + lengths[1]
            return CardContents(data[2 * count : text_end], data[text_end:photo_end], data[photo_end:])
    raise FrameGarbled(f"{len(data)} bytes are no card")


def parse_sam_id(data: bytes) -> str:
    """`AA.BB-YYYYMMDD-NNNNNNNNNN-NNNNNNNNNN`; u32 needs ten digits, though some programs print nine."""
    if len(data) != SAM_ID_BYTES:
        raise FrameGarbled(f"{len(data)} bytes are no SAM id")
    parts = [data[:2], data[2:4], data[4:8], data[8:12], data[12:]]
    first, second, day, serial, rest = (int.from_bytes(part, "little") for part in parts)
    return f"{first:02}.{second:02}-{day:08}-{serial:010}-{rest:010}"
