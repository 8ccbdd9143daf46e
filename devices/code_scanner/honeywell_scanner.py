"""The adapter of a Honeywell engine on a serial line: lit while a code is awaited, dark otherwise."""

from __future__ import annotations

import time
from collections.abc import Iterable

from devices.code_scanner.honeywell import SERIAL_TRIGGER, SERIAL_TRIGGER_ANSWER, TRIGGER_OFF, TRIGGER_ON
from devices.code_scanner.plain_line import MOST_BYTES, SILENCE_SECONDS, LineSplitter
from devices.driver import CapturePage, CompareFace, Health, Order, PrintJob, SelfTest
from devices.errors import CommandRefused
from devices.reports import CodeScanned, Report, TestFinished
from devices.serial_port import SerialPort
from devices.settings import DeviceSettings
from devices.wire_trace import WireTrace

DEFAULT_BAUD = 115200
LISTEN_SECONDS = 0.3
TRIGGER_AGAIN_SECONDS = 2.0
"""The engine goes dark by itself after a code and after its own time."""


class HoneywellScanner:
    """Driver of one engine; see `devices.driver.Driver`. The trigger is not answered: only a pulled cable is noticed."""

    def __init__(self, settings: DeviceSettings, trace: WireTrace | None = None) -> None:
        self._settings = settings
        self._trace = trace or WireTrace()
        self._port = SerialPort(settings.port, settings.baud or DEFAULT_BAUD, self._trace)
        self._splitter = LineSplitter(settings.terminator)
        self._lit = False
        self._next_trigger = 0.0
        self._scans = 0

    def open(self) -> None:
        """Open the line, put the engine into its serial trigger mode until the power goes, and darken it."""
        self._port.open()
        self._take_trigger()
        self._port.discard_input()
        self._splitter.clear()
        self._port.send(TRIGGER_OFF, "trigger off")
        self._lit = False

    def attend(self, active: bool) -> Iterable[Report]:
        """Keep the engine lit while active and tell what it reads; a code that comes too late is dropped."""
        self._light(active)
        arrived = self._port.receive(SILENCE_SECONDS if self._splitter.pending else LISTEN_SECONDS)
        if not active:
            self._splitter.clear()
            return
        for code in self._splitter.hear(arrived):
            self._next_trigger = 0.0
            self._trace.understood(f"a code of {len(code)} bytes")
            self._scans += 1
            yield CodeScanned(self._settings.name, code)

    def perform(self, order: Order) -> Iterable[Report]:
        """A test can tell no more than that the line is open; an engine does not print."""
        match order:
            case SelfTest():
                self._port.send(TRIGGER_OFF, "trigger off")
                self._lit = False
                yield TestFinished(self._settings.name, "", "line open; this model does not answer its trigger")
            case PrintJob() | CompareFace() | CapturePage():
                raise CommandRefused("a scanner only scans")

    def health(self) -> Health:
        """Speed and how many codes were read."""
        return Health(facts={"baud": str(self._port.baud), "scans": str(self._scans)})

    def close(self) -> None:
        """Darken the engine and close the line."""
        self._port.close(TRIGGER_OFF if self._lit else b"")

    def _take_trigger(self) -> None:
        """Not every engine answers; a code that comes before or behind the answer is kept."""
        self._port.send(SERIAL_TRIGGER, "TRGMOD0")
        heard, answer = b"", None
        while answer is None and len(heard) <= MOST_BYTES and (more := self._port.receive(LISTEN_SECONDS)):
            heard += more
            answer = SERIAL_TRIGGER_ANSWER.search(heard)
        if answer is not None:
            self._trace.understood("answer to TRGMOD0", answer[0])
            heard = heard[: answer.start()] + heard[answer.end() :]
        self._splitter.feed(heard)

    def _light(self, active: bool) -> None:
        if active and (not self._lit or time.monotonic() >= self._next_trigger):
            if self._next_trigger:  # a code was not the cause: the engine may have lost its power, and its mode with it
                self._take_trigger()
            self._port.send(TRIGGER_ON, "trigger on")
            self._next_trigger = time.monotonic() + TRIGGER_AGAIN_SECONDS
        elif not active and self._lit:
            self._port.send(TRIGGER_OFF, "trigger off")
        self._lit = active
