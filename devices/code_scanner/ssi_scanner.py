"""The adapter of an engine that speaks SSI: a scan session while a code is awaited, and every code acknowledged."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable

from devices.code_scanner.plain_line import SILENCE_SECONDS
from devices.code_scanner.ssi import (
    HOST_TRIGGER,
    TRIGGER_MODE,
    WAKE_UP,
    Cause,
    CodeAssembler,
    Op,
    Packet,
    PacketStream,
    nak,
    packet,
    set_parameter,
)
from devices.driver import CapturePage, CompareFace, Health, Order, PrintJob, SelfTest
from devices.errors import ChecksumWrong, CommandRefused, DeviceSilent
from devices.reports import CodeScanned, Report, TestFinished
from devices.serial_port import SerialPort
from devices.settings import DeviceSettings
from devices.wire_trace import WireTrace

DEFAULT_BAUD = 9600
REPLY_SECONDS = 0.6
TRIES = 3
LISTEN_SECONDS = 0.3
SESSION_AGAIN_SECONDS = 2.0
"""An engine ends a session by itself after a code and after its own time-out."""
HEARTBEAT_SECONDS = 10.0
MOST_REVISION = 40


class SsiScanner:
    """Driver of one engine; see `devices.driver.Driver`."""

    def __init__(self, settings: DeviceSettings, trace: WireTrace | None = None) -> None:
        self._settings = settings
        self._trace = trace or WireTrace()
        self._port = SerialPort(settings.port, settings.baud or DEFAULT_BAUD, self._trace)
        self._stream = PacketStream()
        self._assembler = CodeAssembler()
        self._codes: deque[bytes] = deque()
        self._in_session = False
        self._broken_off = False
        """The last packet ended in silence: the engine has to send it again."""
        self._silent = False
        self._next_word = 0.0
        self._scans = 0

    def open(self) -> None:
        """Open the line, wake the engine, ask for its revision as a sign of life, and take the trigger over (not for good)."""
        self._port.open()
        self._stream.clear()
        self._assembler.clear()
        self._port.send(WAKE_UP, "WAKE_UP")
        self._revision()
        self._take_trigger()

    def attend(self, active: bool) -> Iterable[Report]:
        """Keep a session open while active and tell what is read; a code that comes too late is acknowledged and dropped."""
        if active:
            self._keep_session()
        else:
            self._keep_quiet()
        self._listen()
        while self._codes:
            code = self._codes.popleft()
            self._next_word = 0.0
            if active:
                self._scans += 1
                yield CodeScanned(self._settings.name, code)

    def perform(self, order: Order) -> Iterable[Report]:
        """A test asks for the revision; an engine does not print."""
        match order:
            case SelfTest():
                yield TestFinished(self._settings.name, "", f"revision {self._revision()}")
            case PrintJob() | CompareFace() | CapturePage():
                raise CommandRefused("a scanner only scans")

    def health(self) -> Health:
        """Speed and how many codes were read."""
        return Health(facts={"baud": str(self._port.baud), "scans": str(self._scans)})

    def close(self) -> None:
        """End the session and close the line."""
        self._port.close(packet(Op.STOP_SESSION) if self._in_session else b"")

    def _take_trigger(self) -> None:
        self._command(set_parameter(TRIGGER_MODE, HOST_TRIGGER))
        self._command(packet(Op.SCAN_ENABLE))

    def _keep_session(self) -> None:
        if not self._in_session:
            self._assembler.clear()
        if not self._in_session or time.monotonic() >= self._next_word:
            if self._next_word:  # a code was not the cause: the engine may have lost its power, and its mode with it
                self._take_trigger()
            self._command(packet(Op.START_SESSION))
            self._in_session = True
            self._next_word = time.monotonic() + SESSION_AGAIN_SECONDS

    def _keep_quiet(self) -> None:
        if self._in_session or time.monotonic() >= self._next_word:
            self._command(packet(Op.STOP_SESSION))
            self._in_session = False
            self._next_word = time.monotonic() + HEARTBEAT_SECONDS

    def _revision(self) -> str:
        told = self._command(packet(Op.REQUEST_REVISION)).data[:MOST_REVISION]
        return told.decode("ascii", "replace").strip() or "unnamed"

    def _listen(self) -> None:
        if self._codes:
            return
        self._hear(SILENCE_SECONDS if self._stream.pending else LISTEN_SECONDS)
        if self._broken_off:
            self._broken_off = False
            self._port.send(nak(Cause.RESEND), "NAK, send it again")
        elif self._silent:
            self._assembler.end()

    def _command(self, request: bytes) -> Packet:
        """The engine's reply; a damaged or missing one is asked for again. Raises CommandRefused, DeviceSilent."""
        for _ in range(TRIES):
            self._port.send(request, Op(request[1]).name)
            reply = self._reply()
            if reply is None or reply.cause == Cause.RESEND:
                continue
            if reply.op == Op.NAK:
                raise CommandRefused(f"the engine refused opcode {request[1]:02x} with cause {reply.cause or 0:02x}")
            return reply
        raise DeviceSilent(f"no good reply to opcode {request[1]:02x} in {TRIES} tries")

    def _reply(self) -> Packet | None:
        until, late = time.monotonic() + REPLY_SECONDS, False
        while not late:
            left = until - time.monotonic()
            late = left <= 0  # what has come by then is still heard: this machine may have been the late one
            replies = self._hear(min(left, SILENCE_SECONDS))
            if replies:
                return replies[-1]
        return None

    def _hear(self, seconds: float) -> list[Packet]:
        """What arrived but codes: those are acknowledged, joined and put aside."""
        arrived = self._port.receive(seconds)
        self._stream.feed(arrived)
        self._silent = not arrived
        if self._silent:
            self._broken_off = self._broken_off or self._stream.pending
            self._stream.end()
        replies: list[Packet] = []
        while True:
            try:
                heard = self._stream.take()
            except ChecksumWrong:
                self._port.send(nak(Cause.RESEND), "NAK, send it again")
                continue
            if heard is None:
                return replies
            if heard.op == Op.DECODE_DATA:
                self._trace.understood(f"DECODE_DATA of {len(heard.data)} bytes")
                self._port.send(packet(Op.ACK), "ACK")
                code = self._assembler.add(heard)
                if code is not None:
                    self._codes.append(code)
            elif heard.op != Op.EVENT:
                self._trace.understood(*_harmless(heard))
                replies.append(heard)


def _harmless(heard: Packet) -> tuple[str, bytes]:
    """A reply's name, and of its data what the engine says of itself."""
    shown = heard.data[:MOST_REVISION] if heard.op in (Op.REPLY_REVISION, Op.NAK) else b""
    return Op(heard.op).name, shown
