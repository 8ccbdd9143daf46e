"""The adapter of a GM65-family engine: lit while a code is awaited, dark otherwise."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable

from devices.code_scanner.gm65 import (
    COMMAND_MODE,
    MODE_BITS,
    SPEED_OF,
    TRIGGER_OFF,
    TRIGGER_ON,
    EngineStream,
    Reply,
    Scanned,
    Zone,
    meaning_of,
    raise_for,
    read,
    write,
)
from devices.code_scanner.plain_line import SILENCE_SECONDS
from devices.driver import CapturePage, CompareFace, Health, Order, PrintJob, SelfTest
from devices.errors import ChecksumWrong, CommandRefused, DeviceSilent
from devices.reports import CodeScanned, Report, TestFinished
from devices.serial_port import SerialPort
from devices.settings import DeviceSettings
from devices.wire_trace import WireTrace

DEFAULT_BAUD = 9600
REPLY_SECONDS = 0.5
TRIES = 3
LISTEN_SECONDS = 0.3
TRIGGER_AGAIN_SECONDS = 2.0
"""An engine goes dark by itself after a code and after its own time-out (5 s from the factory)."""
HEARTBEAT_SECONDS = 10.0
MOST_REPLY_SHOWN = 4
"""Bytes of a reply that the wire trace shows: what a kiosk asks for is one or two long."""


class Gm65Scanner:
    """Driver of one engine; see `devices.driver.Driver`."""

    def __init__(self, settings: DeviceSettings, trace: WireTrace | None = None) -> None:
        self._settings = settings
        self._trace = trace or WireTrace()
        self._port = SerialPort(settings.port, settings.baud or DEFAULT_BAUD, self._trace)
        self._stream = EngineStream(settings.terminator)
        self._codes: deque[bytes] = deque()
        self._lit = False
        self._next_word = 0.0
        """When the engine is next spoken to: triggered again, or asked for a sign of life."""
        self._scans = 0

    def open(self) -> None:
        """Open the line, ask for the speed as a sign of life, and have the engine wait for commands (not in its flash)."""
        self._port.open()
        self._stream.clear()
        self._ask_speed()
        self._take_trigger()

    def attend(self, active: bool) -> Iterable[Report]:
        """Keep the engine lit while active and tell what it reads; a code that comes too late is dropped."""
        if active:
            self._keep_lit()
        else:
            self._keep_dark()
        self._listen()
        while self._codes:
            code = self._codes.popleft()
            self._next_word = 0.0
            if active:
                self._scans += 1
                yield CodeScanned(self._settings.name, code)

    def perform(self, order: Order) -> Iterable[Report]:
        """A test asks for the speed; an engine does not print."""
        match order:
            case SelfTest():
                yield TestFinished(self._settings.name, "", f"the engine runs at {self._ask_speed()}")
            case PrintJob() | CompareFace() | CapturePage():
                raise CommandRefused("a scanner only scans")

    def health(self) -> Health:
        """Speed and how many codes were read."""
        return Health(facts={"baud": str(self._port.baud), "scans": str(self._scans)})

    def close(self) -> None:
        """Darken the engine and close the line."""
        self._port.close(TRIGGER_OFF if self._lit else b"")

    def _take_trigger(self) -> None:
        mode = self._command(read(Zone.MODE, 1)).data
        if mode and mode[0] & MODE_BITS != COMMAND_MODE:
            self._command(write(Zone.MODE, bytes([mode[0] & ~MODE_BITS | COMMAND_MODE])))

    def _keep_lit(self) -> None:
        if self._stream.pending:
            return  # a code is on its way: the reply would stand in the middle of it
        if not self._lit or time.monotonic() >= self._next_word:
            if self._next_word:  # a code was not the cause: the engine may have lost its power, and its mode with it
                self._take_trigger()
            self._command(TRIGGER_ON)
            self._lit = True
            self._next_word = time.monotonic() + TRIGGER_AGAIN_SECONDS

    def _keep_dark(self) -> None:
        if self._lit or time.monotonic() >= self._next_word:
            self._command(TRIGGER_OFF)
            self._lit = False
            self._next_word = time.monotonic() + HEARTBEAT_SECONDS

    def _listen(self) -> None:
        if self._codes:
            return
        arrived = self._port.receive(SILENCE_SECONDS if self._stream.pending else LISTEN_SECONDS)
        self._stream.feed(arrived)
        if not arrived:
            self._stream.end()
        try:
            self._take()
        except ChecksumWrong:
            return  # a reply nobody waits for any more

    def _ask_speed(self) -> str:
        value = int.from_bytes(self._command(read(Zone.BAUD, 2)).data, "big")
        return f"{SPEED_OF[value]} baud" if value in SPEED_OF else f"speed {value:04x}"

    def _command(self, request: bytes) -> Reply:
        """The engine's good reply; a damaged or missing one is asked for again, a refusal is not."""
        for tries_left in range(TRIES - 1, -1, -1):
            try:
                return self._ask(request)
            except (DeviceSilent, ChecksumWrong):
                if not tries_left:
                    raise
        raise AssertionError("a last try answers or raises")

    def _ask(self, request: bytes) -> Reply:
        self._port.send(request, meaning_of(request))
        deadline, late = time.monotonic() + REPLY_SECONDS, False
        while (reply := self._take()) is None and not late:
            left = deadline - time.monotonic()
            late = left <= 0  # what has come by then is still heard: this machine may have been the late one
            self._stream.feed(self._port.receive(left))
        if reply is None:
            self._trace.understood(f"no reply within {REPLY_SECONDS:g} s")
            raise DeviceSilent("no reply")
        self._trace.understood(f"reply {reply.type:02X}", reply.data[:MOST_REPLY_SHOWN])
        return raise_for(reply)

    def _take(self) -> Reply | None:
        """Keep all codes that came; the first reply among them."""
        while (found := self._stream.take()) is not None:
            match found:
                case Scanned(code):
                    self._trace.understood(f"a code of {len(code)} bytes")
                    self._codes.append(code)
                case Reply():
                    return found
        return None
