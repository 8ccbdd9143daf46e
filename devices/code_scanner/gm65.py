"""The `7E` protocol of GM65, GM805, GM812 and GM861 engines (Newland's EM3095 speaks it too) as pure functions.

Request `7E 00 TYPE LEN ADDR_H ADDR_L DATA CRC_H CRC_L`, reply `02 00 TYPE LEN DATA CRC_H CRC_L`; the CRC-16/XMODEM leaves
the first two bytes out. The code's text follows the acknowledgement of the trigger on the same line, unframed.
"""

from __future__ import annotations

from binascii import crc_hqx
from dataclasses import field
from enum import IntEnum

from devices.code_scanner.plain_line import TERMINATORS, LineSplitter, Terminator
from devices.errors import ChecksumWrong, CommandRefused, FrameGarbled
from devices.values import dataclass

REQUEST_HEAD = b"\x7e\x00"
CRC_SKIPPED = b"\xab\xcd"
"""Engines take these two in place of a request's CRC."""
REPLY_HEADS = (b"\x02\x00", b"\x03\x00")
"""The second one answers a heartbeat."""


class Operation(IntEnum):
    """TYPE of a request."""

    READ = 0x07
    WRITE = 0x08
    SAVE = 0x09
    HEARTBEAT = 0x0A


class Zone(IntEnum):
    """Addresses of the settings a kiosk touches."""

    MODE = 0x0000
    """Bits 1 and 0: 0 manual, 1 by command, 2 continuous, 3 on approach."""
    TRIGGER = 0x0002
    BAUD = 0x002A
    FACTORY_RESET = 0x00D9


MODE_BITS, COMMAND_MODE = 0b11, 0b01
SPEED_OF = {0x3901: 9600, 0x1A00: 115200}


class ReplyType(IntEnum):
    """TYPE of a reply."""

    OK = 0x00
    CRC_WRONG = 0x01
    COMMAND_INVALID = 0x03


@dataclass(frozen=True, slots=True)
class Reply:
    """An engine's reply; `heartbeat` when it answers a heartbeat."""

    type: int
    data: bytes = b""
    heartbeat: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A request, as an engine understands it; the data of a READ is how many bytes are wanted."""

    operation: Operation
    zone: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code's bytes, without terminator."""

    code: bytes = field(repr=False)


def _framed(operation: Operation, zone: int, data: bytes) -> bytes:
    covered = bytes([operation, 1 if operation is Operation.READ else len(data)]) + zone.to_bytes(2, "big") + data
    return REQUEST_HEAD + covered + crc_hqx(covered, 0).to_bytes(2, "big")


def read(zone: int, count: int) -> bytes:
    """Ask for `count` bytes of settings from a zone on."""
    return _framed(Operation.READ, zone, bytes([count]))


def write(zone: int, data: bytes) -> bytes:
    """Change settings until the power goes off."""
    return _framed(Operation.WRITE, zone, data)


def save() -> bytes:
    """Keep the settings in flash; wears it, so a kiosk never sends it of itself."""
    return _framed(Operation.SAVE, 0, b"\0")


def heartbeat() -> bytes:
    """Ask for a sign of life."""
    return _framed(Operation.HEARTBEAT, 0, b"\0")


TRIGGER_ON = write(Zone.TRIGGER, b"\x01")
TRIGGER_OFF = write(Zone.TRIGGER, b"\x00")


def meaning_of(request: bytes) -> str:
    """A request of ours in words, e.g. `WRITE TRIGGER 01`."""
    wanted = parse_request(request)
    zone = Zone(wanted.zone).name if wanted.zone in set(Zone) else f"{wanted.zone:04X}"
    return f"{wanted.operation.name} {zone} {wanted.data.hex(' ').upper()}"


def parse_request(frame: bytes) -> Request:
    """What an engine makes of a whole request; FrameGarbled or ChecksumWrong, CommandRefused for an unknown type."""
    if len(frame) < 9 or not frame.startswith(REQUEST_HEAD):
        raise FrameGarbled("no request of this protocol")
    covered, crc = frame[2:-2], frame[-2:]
    if crc != CRC_SKIPPED and crc_hqx(covered, 0).to_bytes(2, "big") != crc:
        raise ChecksumWrong("request")
    if len(covered) != 4 + covered[1]:
        raise FrameGarbled("length of the request's data")
    try:
        operation = Operation(covered[0])
    except ValueError:
        raise CommandRefused(f"type {covered[0]:02x}") from None
    return Request(operation, int.from_bytes(covered[2:4], "big"), covered[4:])


def reply_frame(reply: Reply) -> bytes:
    """The bytes of a reply."""
    covered = bytes([reply.type, len(reply.data)]) + reply.data
    return (b"\x03\x00" if reply.heartbeat else b"\x02\x00") + covered + crc_hqx(covered, 0).to_bytes(2, "big")


def raise_for(reply: Reply) -> Reply:
    """The reply itself when it says ok; ChecksumWrong or CommandRefused when it does not."""
    match reply.type:
        case ReplyType.OK:
            return reply
        case ReplyType.CRC_WRONG:
            raise ChecksumWrong("the engine says so of the request")
        case ReplyType.COMMAND_INVALID:
            raise CommandRefused("the engine says: invalid command")
        case _:
            raise CommandRefused(f"reply type {reply.type:02x}")


class EngineStream:
    """Tells replies from code text in bytes as they arrive: a reply begins with 02 00 or 03 00, wherever that stands."""

    def __init__(self, terminator: Terminator = "auto") -> None:
        self._bytes = bytearray()
        self._splitter = LineSplitter(terminator)

    @property
    def pending(self) -> bool:
        """True when something has begun and is not whole."""
        return bool(self._bytes) or self._splitter.pending

    def feed(self, data: bytes) -> None:
        """Add what arrived."""
        self._bytes += data

    def clear(self) -> None:
        """Forget everything."""
        self._bytes.clear()
        self._splitter.clear()

    def end(self) -> None:
        """Silence: a reply cut short is dropped, text is a code as far as its splitter knows."""
        if not self._may_be_reply():
            self._splitter.feed(bytes(self._bytes))
        self._bytes.clear()
        self._splitter.silence()

    def take(self) -> Reply | Scanned | None:
        """The next whole thing; ChecksumWrong once for a reply whose CRC is wrong."""
        while True:
            code = self._splitter.take()
            if code is not None:
                return Scanned(code)
            if not self._bytes:
                return None
            if not self._may_be_reply():
                self._move_text()
                continue
            if self._bytes.startswith(REPLY_HEADS):
                self._splitter.interrupt()
                if (code := self._splitter.take()) is not None:
                    return Scanned(code)
            return self._take_reply()

    def _may_be_reply(self) -> bool:
        begun = bytes(self._bytes[: len(REPLY_HEADS[0])])
        return any(begun and head.startswith(begun) for head in REPLY_HEADS)

    def _take_reply(self) -> Reply | None:
        if len(self._bytes) < 4 or len(self._bytes) < 6 + self._bytes[3]:
            return None
        end = 6 + self._bytes[3]
        whole = bytes(self._bytes[:end])
        if crc_hqx(whole[2:-2], 0).to_bytes(2, "big") != whole[-2:]:
            # All of it goes: left behind, its bytes would pass for a code.
            del self._bytes[:end]
            raise ChecksumWrong("reply")
        del self._bytes[:end]
        return Reply(whole[2], whole[4:-2], heartbeat=whole[0] == 0x03)

    def _move_text(self) -> None:
        """Hand the text up to its terminator, or up to where a reply may begin in it, to the splitter."""
        ends = [at + 1 for mark in TERMINATORS if (at := self._bytes.find(mark)) >= 0]
        # Also its first byte alone: the second may not be here yet.
        ends += [at for head in REPLY_HEADS if (at := self._bytes.find(head[:1], 1)) >= 0]
        end = min(ends, default=len(self._bytes))
        self._splitter.feed(bytes(self._bytes[:end]))
        del self._bytes[:end]
