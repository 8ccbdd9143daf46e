"""A GM65 engine on a pseudo-terminal, before which codes can be held."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from devices.code_scanner.gm65 import (
    COMMAND_MODE,
    MODE_BITS,
    REQUEST_HEAD,
    Operation,
    Reply,
    ReplyType,
    Zone,
    parse_request,
    reply_frame,
)
from devices.emulators.pty_line import OnALine, PtyLine
from devices.errors import ChecksumWrong, CommandRefused, FrameGarbled

REQUEST_HEAD_BYTES = 4
FACTORY_ZONES = {0x0000: 0xD4, 0x0002: 0x00, 0x002A: 0x39, 0x002B: 0x01}
"""Manual mode and 9600 baud, as an engine leaves its box."""


class Gm65ScannerEmulator(OnALine):
    """Reads a code once, when it is triggered while one is held before it, or one is held before it while it is lit."""

    def __init__(self, path: Path, *, baud: int | None = None, terminator: bytes = b"\r") -> None:
        self._line = PtyLine(path, self._hear, baud)
        self._terminator = terminator
        self._zones = dict(FACTORY_ZONES)
        self._heard = bytearray()
        self._lock = threading.Lock()
        self._held: bytes | None = None

    @property
    def lit(self) -> bool:
        """True from the trigger to the code, or to the trigger's end."""
        return self._zones[Zone.TRIGGER] == 1 and self._zones[Zone.MODE] & MODE_BITS == COMMAND_MODE

    def plug(self) -> None:
        """Connect the cable; the engine begins with its factory's settings."""
        with self._lock:
            self._zones = dict(FACTORY_ZONES)
            self._heard.clear()
        self._line.plug()

    def hold(self, code: bytes) -> None:
        """Hold a code before the engine until it is read."""
        with self._lock:
            self._held = code
            read = self._read_held()
        if read:
            self._line.say(read)

    def _hear(self, data: bytes) -> Iterator[bytes]:
        self._heard += data
        del self._heard[: self._noise()]
        while len(self._heard) >= REQUEST_HEAD_BYTES and len(self._heard) >= 8 + self._heard[3]:
            frame = bytes(self._heard[: 8 + self._heard[3]])
            del self._heard[: len(frame)]
            del self._heard[: self._noise()]
            yield self._obey(frame)

    def _noise(self) -> int:
        """How many bytes stand before the next request, such as what a probing kiosk asks other devices."""
        head = self._heard.find(REQUEST_HEAD)
        return head if head >= 0 else len(self._heard) - self._heard.endswith(REQUEST_HEAD[:1])

    def _obey(self, frame: bytes) -> bytes:
        """The reply and, glued to it, the code that the command had read."""
        try:
            request = parse_request(frame)
        except ChecksumWrong:
            return reply_frame(Reply(ReplyType.CRC_WRONG, b"\0"))
        except (CommandRefused, FrameGarbled):
            return reply_frame(Reply(ReplyType.COMMAND_INVALID, b"\0"))
        with self._lock:
            match request.operation:
                case Operation.READ:
                    values = bytes(self._zones.get(request.zone + n, 0) for n in range(request.data[0]))
                    return reply_frame(Reply(ReplyType.OK, values))
                case Operation.WRITE:
                    self._zones.update({request.zone + n: value for n, value in enumerate(request.data)})
                    return reply_frame(Reply(ReplyType.OK, b"\0")) + self._read_held()
                case Operation.SAVE:
                    return reply_frame(Reply(ReplyType.OK, b"\0"))
                case Operation.HEARTBEAT:
                    return reply_frame(Reply(ReplyType.OK, b"\0", heartbeat=True))

    def _read_held(self) -> bytes:
        """The held code as it leaves, once, if the engine is lit."""
        if self._held is None or not self.lit:
            return b""
        code, self._held = self._held, None
        self._zones[Zone.TRIGGER] = 0
        return code + self._terminator
