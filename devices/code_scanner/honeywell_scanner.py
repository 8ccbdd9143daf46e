"""The adapter of a Honeywell engine on a serial line: lit while a code is awaited, dark otherwise."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable

from devices.code_scanner.honeywell import (
    REVISION,
    REVISION_ANSWER,
    SERIAL_TRIGGER,
    SERIAL_TRIGGER_ANSWER,
    TRIGGER_OFF,
    TRIGGER_ON,
    EngineAnswers,
    revision_of,
)
from devices.code_scanner.plain_line import MOST_BYTES, SILENCE_SECONDS, LineSplitter
from devices.driver import CapturePage, CompareFace, Health, Order, PrintJob, SelfTest
from devices.errors import CommandRefused, DeviceSilent
from devices.reports import CodeScanned, Report, TestFinished
from devices.serial_port import SerialPort
from devices.settings import DeviceSettings
from devices.wire_trace import WireTrace

DEFAULT_BAUD = 115200
LISTEN_SECONDS = 0.3
TRIGGER_AGAIN_SECONDS = 2.0
"""The engine goes dark by itself after a code and after its own time."""
HEARTBEAT_SECONDS = 10.0
TRIES = 3
MOST_DETAIL = 60


class HoneywellScanner:
    """Driver of one engine; see `devices.driver.Driver`.

    The trigger is not answered, so that the engine is asked what it is, as a sign of life: at opening, and now and then while
    it is dark. How that is answered is from memory: whatever is heard will do, and an engine that has never answered is used
    all the same, for it may well obey. Once it has, its silence is one.
    """

    def __init__(self, settings: DeviceSettings, trace: WireTrace | None = None, answers: EngineAnswers | None = None) -> None:
        self._settings = settings
        self._trace = trace or WireTrace()
        self._port = SerialPort(settings.port, settings.baud or DEFAULT_BAUD, self._trace)
        self._splitter = LineSplitter(settings.terminator)
        self._lit = False
        self._next_trigger = 0.0
        self._next_question = 0.0
        self._answers = answers if answers is not None else EngineAnswers()
        self._unanswered = 0
        self._revision = ""
        self._scans = 0

    def open(self) -> None:
        """Open the line, have the engine wait for the trigger until the power goes, see that it lives, and darken it."""
        self._port.open()
        self._take_trigger()
        self._see_that_it_lives()
        self._port.discard_input()
        self._splitter.clear()
        self._port.send(TRIGGER_OFF, "trigger off")
        self._lit = False

    def attend(self, active: bool) -> Iterable[Report]:
        """Keep the engine lit while active and tell what it reads; a code that comes too late is dropped."""
        self._light(active)
        if not active and time.monotonic() >= self._next_question:
            self._see_that_it_lives()
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
        """A test asks what the engine is; an engine does not print."""
        match order:
            case SelfTest():
                self._port.send(TRIGGER_OFF, "trigger off")
                self._lit = False
                self._see_that_it_lives()
                yield TestFinished(self._settings.name, "", self._revision or "triggered; it does not answer what it is")
            case PrintJob() | CompareFace() | CapturePage():
                raise CommandRefused("a scanner only scans")

    def health(self) -> Health:
        """Speed, how many codes were read, whether the engine has ever answered, and what it is where it says so."""
        answers = "yes" if self._answers.mode or self._answers.revision else "no"
        facts = {"baud": str(self._port.baud), "scans": str(self._scans), "answers": answers}
        if self._revision:
            facts["revision"] = self._revision
        return Health(facts=facts)

    def close(self) -> None:
        """Darken the engine and close the line."""
        self._port.close(TRIGGER_OFF if self._lit else b"")

    def _take_trigger(self) -> None:
        """Not every engine answers; a code that comes before or behind the answer is kept. Raises DeviceSilent."""
        heard, answer = self._ask(SERIAL_TRIGGER, "TRGMOD0", SERIAL_TRIGGER_ANSWER)
        if answer is not None:
            heard = heard[: answer.start()] + heard[answer.end() :]
        self._splitter.feed(heard)
        self._answers.mode = self._answers.mode or answer is not None
        self._unanswered = 0 if answer is not None or heard else self._unanswered + 1
        if self._answers.mode and self._unanswered >= TRIES:
            raise DeviceSilent(f"no answer to TRGMOD0 in {TRIES} tries")

    def _see_that_it_lives(self) -> None:
        """Ask a dark engine what it is; what else is heard is no code, for nobody waits for one. Raises DeviceSilent."""
        self._next_question = time.monotonic() + HEARTBEAT_SECONDS
        for _ in range(TRIES if self._answers.revision else 1):
            heard, answer = self._ask(REVISION, "REVINF", REVISION_ANSWER)
            self._answers.revision = self._answers.revision or answer is not None
            if heard:
                self._revision = revision_of(heard)[:MOST_DETAIL] or self._revision
                return
        if self._answers.revision:
            raise DeviceSilent(f"no answer to REVINF in {TRIES} tries")

    def _ask(self, question: bytes, meaning: str, wanted: re.Pattern[bytes]) -> tuple[bytes, re.Match[bytes] | None]:
        """What is heard up to the answer's end or to silence, and the answer in it."""
        self._port.send(question, meaning)
        heard, answer = b"", None
        while answer is None and len(heard) <= MOST_BYTES and (more := self._port.receive(LISTEN_SECONDS)):
            heard += more
            answer = wanted.search(heard)
        if answer is not None:
            self._trace.understood(f"answer to {meaning}", answer[0][-2:])
        return heard, answer

    def _light(self, active: bool) -> None:
        if active and self._splitter.pending:
            return  # a code is on its way: an answer would stand in the middle of it
        if active and (not self._lit or time.monotonic() >= self._next_trigger):
            if self._next_trigger:  # a code was not the cause: the engine may have lost its power, and its mode with it
                self._take_trigger()
            self._port.send(TRIGGER_ON, "trigger on")
            self._next_trigger = time.monotonic() + TRIGGER_AGAIN_SECONDS
        elif not active and self._lit:
            self._port.send(TRIGGER_OFF, "trigger off")
        self._lit = active
