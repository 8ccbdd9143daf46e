"""The time of a serial line: it passes while both ends wait, not while a busy machine keeps one of them from its work."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from devices.emulators import pty_line
from devices.emulators.pty_line import PtyLine
from devices.serial_port import SerialPort

if TYPE_CHECKING:
    import pytest

PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.002


class LeapingClock:
    """Real time, with leaps."""

    def __init__(self) -> None:
        self.leapt = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.leapt


class LineTime:
    """The one clock of drivers and their emulators.

    A driver that waits for a byte lets it go on: to the end of the emulator's own rest, or, once all that was sent is heard and
    all that was said has arrived, to the end of the waiting.
    """

    def __init__(self, patch: pytest.MonkeyPatch, *drivers: ModuleType) -> None:
        self.now = 1000.0
        self.late_seconds = 0.0
        """So late a driver is at each of its looks at the clock."""
        self._passes = threading.Condition()
        self._lines: dict[str, PtyLine] = {}
        self._wakes: dict[str, float] = {}
        self._sent: Counter[str] = Counter()
        self._received: Counter[str] = Counter()
        self._plug, self._open, self._close = PtyLine.plug, SerialPort.open, SerialPort.close
        self._send, self._receive = SerialPort.send, SerialPort.receive
        patch.setattr(pty_line, "time", SimpleNamespace(monotonic=lambda: self.now))
        for module in drivers:
            patch.setattr(module, "time", SimpleNamespace(monotonic=self.look))
        ours = {
            PtyLine: {"plug": self._plugs, "rest": self._rests},
            SerialPort: {
                "open": self._opens,
                "close": self._closes,
                "send": self._sends,
                "receive": self._receives,
                "discard_input": self._discards,
            },
        }
        for owner, methods in ours.items():
            for name, method in methods.items():
                patch.setattr(owner, name, _as_method(method))

    def look(self) -> float:
        """A driver's look at the clock."""
        self.now += self.late_seconds
        return self.now

    # --- the emulator's end -------------------------------------------------------------------------------------

    def _plugs(self, line: PtyLine) -> None:
        path, before = str(line.path), line._ends
        self._plug(line)
        if line._ends is not before:
            self._lines[path], self._sent[path], self._received[path] = line, 0, 0

    def _rests(self, line: PtyLine, seconds: float) -> None:
        if seconds <= 0:
            return
        path = str(line.path)
        with self._passes:
            self._wakes[path] = until = self.now + seconds
            while self.now < until and not line._unplugging.is_set():
                self._passes.wait(LOOK_SECONDS)
            del self._wakes[path]

    # --- the driver's end ---------------------------------------------------------------------------------------

    def _opens(self, port: SerialPort) -> None:
        self._open(port)
        line = self._lines[port.path]
        while self._is_at_work(port.path) and port.path not in self._wakes:
            time.sleep(LOOK_SECONDS)
        self._receive(port, LOOK_SECONDS)
        self._received[port.path] = line.said

    def _closes(self, port: SerialPort, last_words: bytes = b"") -> None:
        if port._line is not None:
            self._sent[port.path] += len(last_words)
        self._close(port, last_words)

    def _sends(self, port: SerialPort, data: bytes, meaning: str = "") -> None:
        self._sent[port.path] += len(data)
        self._send(port, data, meaning)

    def _discards(self, port: SerialPort) -> None:
        while self._on_its_way(port):
            self._hears(port, LOOK_SECONDS)

    def _receives(self, port: SerialPort, seconds: float) -> bytes:
        until, given_up = self.now + max(seconds, 0.0), time.monotonic() + PATIENCE_SECONDS
        while not (heard := self._hears(port, 0.0)):
            assert time.monotonic() < given_up, "the emulator does not come to its work"
            wake = self._wakes.get(port.path)
            if wake is None and (self._is_at_work(port.path) or self._on_its_way(port)):
                if heard := self._hears(port, LOOK_SECONDS):
                    break
                continue
            with self._passes:
                self.now = until if wake is None else max(self.now, min(until, wake))
                self._passes.notify_all()
                if wake is None or until < wake:
                    return b""
                self._passes.wait(LOOK_SECONDS)
        return heard

    def _hears(self, port: SerialPort, seconds: float) -> bytes:
        heard = self._receive(port, seconds)
        self._received[port.path] += len(heard)
        return heard

    def _on_its_way(self, port: SerialPort) -> bool:
        return self._received[port.path] < self._lines[port.path].said

    def _is_at_work(self, path: str) -> bool:
        line = self._lines[path]
        return line.heard < self._sent[path] or line.has_more_to_say


def _as_method(ours: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *given, **named: ours(*given, **named)
