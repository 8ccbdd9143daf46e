"""Zebra's Simple Serial Interface: packets of length, opcode, source, status, data and checksum; pure.

`LEN OP SRC STATUS DATA… CK_H CK_L`: LEN counts itself to the last data byte; CK is the two's complement of the 16-bit sum of
those bytes. Frames and opcodes as public implementations agree on them; the layout of DECODE_DATA (code type, then text, in
every packet of a code), the continuation bit and that the engine sends again what the host does not acknowledge are from
memory of Zebra's guide, not tried on a real engine.
"""

from __future__ import annotations

from dataclasses import field
from enum import IntEnum

from devices.errors import ChecksumWrong
from devices.values import dataclass

HEAD_BYTES, CHECKSUM_BYTES = 4, 2
MOST_CODE_BYTES = 8192
"""More than any code holds: packets that never end are given up."""
HOST, DECODER = 0x04, 0x00
SENT_AGAIN, CONTINUED, PERMANENT = 0x01, 0x02, 0x08
"""Bits of STATUS: this packet was sent before; more of the same message follows; a parameter is to stay."""
WAKE_UP = b"\x00"
NO_BEEP = 0xFF
TRIGGER_MODE, HOST_TRIGGER = 0x8A, 0x08


class Op(IntEnum):
    """Opcodes of both sides."""

    REQUEST_REVISION = 0xA3
    REPLY_REVISION = 0xA4
    PARAM_SEND = 0xC6
    PARAM_DEFAULTS = 0xC8
    ACK = 0xD0
    NAK = 0xD1
    START_SESSION = 0xE4
    STOP_SESSION = 0xE5
    LED_ON = 0xE7
    LED_OFF = 0xE8
    SCAN_ENABLE = 0xE9
    SCAN_DISABLE = 0xEA
    SLEEP = 0xEB
    DECODE_DATA = 0xF3
    EVENT = 0xF6
    RESET = 0xFA


class Cause(IntEnum):
    """Why a packet was not acknowledged."""

    RESEND = 0x01
    BAD_CONTEXT = 0x02
    DENIED = 0x06


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet whose checksum was right."""

    op: int
    source: int
    status: int = 0
    data: bytes = field(default=b"", repr=False)

    @property
    def cause(self) -> int | None:
        """Of a NAK; None for everything else."""
        return self.data[0] if self.op == Op.NAK and self.data else None

    @property
    def continued(self) -> bool:
        """More of the same message follows."""
        return bool(self.status & CONTINUED)

    @property
    def sent_again(self) -> bool:
        """The engine had sent it before and heard no acknowledgement."""
        return bool(self.status & SENT_AGAIN)


def packet(op: int, data: bytes = b"", *, status: int = 0, source: int = HOST) -> bytes:
    """The bytes of one packet; at most 251 bytes of data."""
    if len(data) > 255 - HEAD_BYTES:
        raise ValueError("a packet holds at most 251 bytes of data")
    head = bytes([HEAD_BYTES + len(data), op, source, status]) + data
    return head + checksum(head)


def checksum(head: bytes) -> bytes:
    """Of LEN to the last data byte, two bytes, high first."""
    return (-sum(head) & 0xFFFF).to_bytes(2, "big")


def nak(cause: Cause) -> bytes:
    """The host's refusal of a packet."""
    return packet(Op.NAK, bytes([cause]))


def set_parameter(number: int, value: int, *, permanent: bool = False, beep: int = NO_BEEP) -> bytes:
    """Set one parameter; `permanent` writes it into the engine's memory, whose writes are counted."""
    return packet(Op.PARAM_SEND, bytes([beep, number, value]), status=PERMANENT if permanent else 0)


class PacketStream:
    """Cuts arriving bytes into packets; noise is slid over, byte by byte."""

    def __init__(self, source: int = DECODER) -> None:
        """Packets of the other source are noise: an echo of our own words."""
        self._source = source
        self._bytes = bytearray()

    @property
    def pending(self) -> bool:
        """Something has arrived that is no whole packet yet."""
        return bool(self._bytes)

    def feed(self, data: bytes) -> None:
        """Add what arrived."""
        self._bytes += data

    def clear(self) -> None:
        """Forget what has not been taken."""
        self._bytes.clear()

    def end(self) -> None:
        """After silence: what has begun will not be finished."""
        while self._bytes and self._whole() is None:
            del self._bytes[0]

    def take(self) -> Packet | None:
        """The next packet; None until more arrives. Raises ChecksumWrong for a damaged one, and goes on behind its start."""
        while self._bytes and not self._may_begin():
            del self._bytes[0]
        whole = self._whole()
        if whole is None:
            return None
        length = len(whole) - CHECKSUM_BYTES
        if checksum(whole[:length]) != whole[length:]:
            del self._bytes[0]
            raise ChecksumWrong("a packet whose checksum does not fit")
        del self._bytes[: len(whole)]
        return Packet(whole[1], whole[2], whole[3], whole[HEAD_BYTES:length])

    def _may_begin(self) -> bool:
        """Whether a packet may begin at the first byte, as far as it has arrived."""
        bytes_ = self._bytes
        return (
            bytes_[0] >= HEAD_BYTES and (len(bytes_) < 2 or bytes_[1] in KNOWN) and (len(bytes_) < 3 or bytes_[2] == self._source)
        )

    def _whole(self) -> bytes | None:
        if not self._bytes or not self._may_begin():
            return None
        length = self._bytes[0] + CHECKSUM_BYTES
        return bytes(self._bytes[:length]) if len(self._bytes) >= length else None


KNOWN = frozenset(Op)


class CodeAssembler:
    """Joins the packets of one code; what was sent twice counts once, and half a code is no code."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._last: tuple[int, bytes] | None = None
        self._dropping = False
        """What comes up to the next last packet belongs to a code that was given up."""

    def clear(self) -> None:
        """Forget everything: what comes now is of a new session."""
        self._text.clear()
        self._last = None
        self._dropping = False

    def end(self) -> None:
        """Silence: the code that has begun is given up, and so is its rest, should it come after all."""
        self._dropping = self._dropping or bool(self._text)
        self._text.clear()

    def add(self, decoded: Packet) -> bytes | None:
        """The whole code once its last packet is here; None before, and for a packet that came before."""
        again = (decoded.status & ~SENT_AGAIN, decoded.data)
        if decoded.sent_again and again == self._last:
            return None
        self._last = again
        self._text += decoded.data[1:]  # behind the code type
        if len(self._text) > MOST_CODE_BYTES:
            self._dropping = True
        if self._dropping:
            self._text.clear()
        if decoded.continued:
            return None
        code, self._text, self._dropping = bytes(self._text), bytearray(), False
        return code or None
