"""The adapter of a Newland engine: lit while a code is awaited, dark otherwise."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable

from devices.code_scanner.newland import (
    ASK_SYSTEM,
    LEVEL_MODE,
    TRIGGER_OFF,
    TRIGGER_ON,
    Answer,
    EngineStream,
    Scanned,
    answers,
    told,
)
from devices.code_scanner.plain_line import SILENCE_SECONDS
from devices.driver import CapturePage, CompareFace, Health, Order, PrintJob, SelfTest
from devices.errors import CommandRefused, DeviceSilent
from devices.reports import CodeScanned, Report, TestFinished
from devices.serial_port import SerialPort
from devices.settings import DeviceSettings
from devices.wire_trace import WireTrace

DEFAULT_BAUD = 9600
REPLY_SECONDS = 0.5
TRIES = 3
LISTEN_SECONDS = 0.3
TRIGGER_AGAIN_SECONDS = 2.0
"""An engine goes dark by itself after a code and after its own time-out."""
HEARTBEAT_SECONDS = 10.0
MOST_DETAIL = 60


class NewlandScanner:
    """Driver of one engine; see `devices.driver.Driver`."""

    def __init__(self, settings: DeviceSettings, trace: WireTrace | None = None) -> None:
        self._settings = settings
        self._trace = trace or WireTrace()
        self._port = SerialPort(settings.port, settings.baud or DEFAULT_BAUD, self._trace)
        self._stream = EngineStream(settings.terminator)
        self._codes: deque[bytes] = deque()
        self._lit = False
        self._next_word = 0.0
        self._scans = 0

    def open(self) -> None:
        """Open the line, ask what the engine is as a sign of life, and have it wait for the trigger (until the power goes)."""
        self._port.open()
        self._stream.clear()
        self._ask_system()
        self._command(LEVEL_MODE, "SCNMOD0")

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
        """A test asks what the engine is; an engine does not print."""
        match order:
            case SelfTest():
                yield TestFinished(self._settings.name, "", self._ask_system())
            case PrintJob() | CompareFace() | CapturePage():
                raise CommandRefused("a scanner only scans")

    def health(self) -> Health:
        """Speed and how many codes were read."""
        return Health(facts={"baud": str(self._port.baud), "scans": str(self._scans)})

    def close(self) -> None:
        """Darken the engine and close the line."""
        self._port.close(TRIGGER_OFF if self._lit else b"")

    def _ask_system(self) -> str:
        return self._command(ASK_SYSTEM, "QRYSYS")[:MOST_DETAIL] or "unnamed"

    def _keep_lit(self) -> None:
        if self._stream.pending:
            return  # a code is on its way: the reply would stand in the middle of it
        if not self._lit or time.monotonic() >= self._next_word:
            if self._next_word:  # a code was not the cause: the engine may have lost its power, and its mode with it
                self._command(LEVEL_MODE, "SCNMOD0")
            self._command(TRIGGER_ON, "SCNTRG1")
            self._lit = True
            self._next_word = time.monotonic() + TRIGGER_AGAIN_SECONDS

    def _keep_dark(self) -> None:
        if self._lit or time.monotonic() >= self._next_word:
            self._command(TRIGGER_OFF, "SCNTRG0")
            self._lit = False
            self._next_word = time.monotonic() + HEARTBEAT_SECONDS

    def _listen(self) -> None:
        if self._codes:
            return
        arrived = self._port.receive(SILENCE_SECONDS if self._stream.pending else LISTEN_SECONDS)
        self._stream.feed(arrived)
        if not arrived:
            self._stream.end()
        self._take("")

    def _command(self, request: bytes, command: str) -> str:
        """What the engine tells; a missing answer is asked for again. Raises CommandRefused, DeviceSilent."""
        for _ in range(TRIES):
            self._port.send(request, command)
            until, late = time.monotonic() + REPLY_SECONDS, False
            while (answer := self._take(command)) is None and not late:
                left = until - time.monotonic()
                late = left <= 0  # what has come by then is still heard: this machine may have been the late one
                self._stream.feed(self._port.receive(left))
            if answer is not None:
                self._trace.understood(f"answer to {command}", bytes([answer.status]))
                return told(answer, command)
        raise DeviceSilent(f"no answer to {command} in {TRIES} tries")

    def _take(self, command: str) -> Answer | None:
        """Keep all codes that came; the first answer to this command among them, older answers are dropped."""
        while (found := self._stream.take()) is not None:
            match found:
                case Scanned(code):
                    self._trace.understood(f"a code of {len(code)} bytes")
                    self._codes.append(code)
                case Answer() if command and answers(found, command):
                    return found
                case Answer():
                    continue
        return None
