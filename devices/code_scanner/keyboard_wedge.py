"""A scanner that types like a keyboard: its keys come from the window, and are codes only while a code is awaited.

The window sees the keys, so it hands them over; the device node is looked at only to notice when the plug is pulled.
"""

from __future__ import annotations

import queue
from collections.abc import Iterable
from pathlib import Path

from devices.code_scanner.plain_line import SILENCE_SECONDS, LineSplitter
from devices.driver import CapturePage, CompareFace, Health, Order, PrintJob, SelfTest
from devices.errors import CommandRefused, DeviceUnplugged, PortMissing
from devices.reports import CodeScanned, Report, TestFinished
from devices.settings import DeviceSettings
from devices.wire_trace import WireTrace

LISTEN_SECONDS = 0.3


class TypedKeys:
    """What was typed and not yet taken; written by the window's thread, taken by the scanner's. Outlives its drivers."""

    def __init__(self) -> None:
        self._keys: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._awaited = False

    def await_code(self, awaited: bool) -> None:
        """From now on keys are a code's, or nobody's: then what was typed is forgotten."""
        self._awaited = awaited
        if not awaited:
            self.take(0.0)

    def put(self, text: str) -> bool:
        """Take a key's text; False, and nothing is kept, while no code is awaited."""
        if self._awaited:
            self._keys.put(text)
        return self._awaited

    def take(self, seconds: float) -> str:
        """What was typed, after waiting at most `seconds` for the first key; empty when nothing was."""
        typed: list[str] = []
        try:
            typed.append(self._keys.get(timeout=seconds) if seconds > 0 else self._keys.get_nowait())
            while True:
                typed.append(self._keys.get_nowait())
        except queue.Empty:
            return "".join(typed)


class KeyboardWedgeScanner:
    """Driver of one scanner; see `devices.driver.Driver`. It cannot be lit, darkened or asked anything."""

    def __init__(self, settings: DeviceSettings, keys: TypedKeys | None = None, trace: WireTrace | None = None) -> None:
        self._settings = settings
        self._node = Path(settings.port)
        self._keys = keys or TypedKeys()
        self._trace = trace or WireTrace()
        self._splitter = LineSplitter(settings.terminator)
        self._scans = 0

    def open(self) -> None:
        """See that it is plugged in; raises PortMissing."""
        if not self._node.exists():
            raise PortMissing(f"{self._node}: ENOENT")

    def attend(self, active: bool) -> Iterable[Report]:
        """Wait for a code, ended by Enter or by silence; raises DeviceUnplugged."""
        typed = self._keys.take(SILENCE_SECONDS if self._splitter.pending else LISTEN_SECONDS)
        if not self._node.exists():
            raise DeviceUnplugged(str(self._node))
        data = typed.encode("utf-8", "replace")
        if data:
            self._trace.received(len(data))
        if not active:
            # What came in this very round is kept for the next: the visit may have begun to wait in the middle of it.
            self._splitter.clear()
            self._splitter.feed(data)
            return
        for code in self._splitter.hear(data):
            self._trace.understood(f"a code of {len(code)} bytes")
            self._scans += 1
            yield CodeScanned(self._settings.name, code)

    def perform(self, order: Order) -> Iterable[Report]:
        """A test can tell no more than that it is plugged in; a scanner does not print."""
        match order:
            case SelfTest():
                yield TestFinished(self._settings.name, "", "plugged in; this model cannot be asked")
            case PrintJob() | CompareFace() | CapturePage():
                raise CommandRefused("a scanner only scans")

    def health(self) -> Health:
        """How many codes were read."""
        return Health(facts={"scans": str(self._scans)})

    def close(self) -> None:
        """Nothing of a code that was begun is kept."""
        self._splitter.clear()
