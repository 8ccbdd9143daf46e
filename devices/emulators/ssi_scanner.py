"""An SSI engine on a pseudo-terminal, before which codes can be held."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from devices.code_scanner.ssi import CONTINUED, DECODER, HOST, SENT_AGAIN, Cause, Op, Packet, PacketStream, packet
from devices.emulators.pty_line import OnALine, PtyLine
from devices.errors import ChecksumWrong

QR = b"\x1c"
"""The code type it tells."""
REVISION = b"EMULATED-SSI 1.0"
MOST_TEXT = 200


class SsiScannerEmulator(OnALine):
    """Reads a held code once, in a session; sends it again at the host's next word until it is acknowledged."""

    def __init__(self, path: Path, *, baud: int | None = None) -> None:
        self._line = PtyLine(path, self._hear, baud)
        self._stream = PacketStream(HOST)
        self._lock = threading.Lock()
        self._held: bytes | None = None
        self._unacknowledged: deque[bytes] = deque()
        self.in_session = False
        self.acknowledged = 0
        """Packets of codes that the host has acknowledged."""

    def plug(self) -> None:
        """Connect the cable; the engine begins without a session."""
        with self._lock:
            self._stream.clear()
            self._unacknowledged.clear()
            self.in_session = False
        self._line.plug()

    def hold(self, code: bytes) -> None:
        """Hold a code before the engine until it is read."""
        with self._lock:
            self._held = code
            first = self._read_held()
        if first:
            self._line.say(first)

    def _hear(self, data: bytes) -> Iterator[bytes]:
        self._stream.feed(data)
        while True:
            try:
                heard = self._stream.take()
            except ChecksumWrong:
                yield packet(Op.NAK, bytes([Cause.RESEND]), source=DECODER)
                continue
            if heard is None:
                return
            with self._lock:
                answer = self._obey(heard)
            if answer:
                yield answer

    def _obey(self, heard: Packet) -> bytes:
        match heard.op:
            case Op.ACK:
                return self._next_packet()
            case Op.NAK:
                return self._again()
            case Op.REQUEST_REVISION:
                return packet(Op.REPLY_REVISION, REVISION, source=DECODER)
            case Op.START_SESSION | Op.STOP_SESSION:
                self.in_session = heard.op == Op.START_SESSION
                return packet(Op.ACK, source=DECODER) + (self._again() or self._read_held())
            case Op.SCAN_ENABLE | Op.SCAN_DISABLE | Op.PARAM_SEND | Op.PARAM_DEFAULTS | Op.LED_ON | Op.LED_OFF:
                return packet(Op.ACK, source=DECODER)
            case _:
                return packet(Op.NAK, bytes([Cause.DENIED]), source=DECODER)

    def _read_held(self) -> bytes:
        """The first packet of the held code, if there is a session; the others follow its acknowledgement."""
        if self._held is None or not self.in_session:
            return b""
        code, self._held, self.in_session = self._held, None, False
        pieces = [code[start : start + MOST_TEXT] for start in range(0, len(code), MOST_TEXT)]
        self._unacknowledged.extend(
            packet(Op.DECODE_DATA, QR + piece, status=CONTINUED if number < len(pieces) else 0, source=DECODER)
            for number, piece in enumerate(pieces, start=1)
        )
        return self._unacknowledged[0] if self._unacknowledged else b""

    def _next_packet(self) -> bytes:
        if not self._unacknowledged:
            return b""
        self._unacknowledged.popleft()
        self.acknowledged += 1
        return self._unacknowledged[0] if self._unacknowledged else b""

    def _again(self) -> bytes:
        if not self._unacknowledged:
            return b""
        first = self._unacknowledged[0]
        return packet(first[1], first[4:-2], status=first[3] | SENT_AGAIN, source=DECODER)
