"""The adapter of a plain-line scanner, which reads by itself: it can only be listened to, or not."""

from __future__ import annotations

from collections.abc import Iterable

from devices.code_scanner.plain_line import SILENCE_SECONDS, LineSplitter
from devices.driver import CapturePage, CompareFace, Health, Order, PrintJob, SelfTest
from devices.errors import CommandRefused
from devices.reports import CodeScanned, Report, TestFinished
from devices.serial_port import SerialPort
from devices.settings import DeviceSettings
from devices.wire_trace import WireTrace

DEFAULT_BAUD = 9600
LISTEN_SECONDS = 0.3


class PlainLineScanner:
    """Driver of one scanner; see `devices.driver.Driver`. What it reads while nobody waits for a code is dropped."""

    def __init__(self, settings: DeviceSettings, trace: WireTrace | None = None) -> None:
        self._settings = settings
        self._trace = trace or WireTrace()
        self._port = SerialPort(settings.port, settings.baud or DEFAULT_BAUD, self._trace)
        self._splitter = LineSplitter(settings.terminator)
        self._scans = 0

    def open(self) -> None:
        """Open the line; such a scanner answers no question."""
        self._port.open()

    def attend(self, active: bool) -> Iterable[Report]:
        """Listen for a code, ended by its terminator or by silence."""
        arrived = self._port.receive(SILENCE_SECONDS if self._splitter.pending else LISTEN_SECONDS)
        if not active:
            # What came in this very round is kept for the next: the visit may have begun to wait in the middle of it.
            self._splitter.clear()
            self._splitter.feed(arrived)
            return
        for code in self._splitter.hear(arrived):
            self._trace.understood(f"a code of {len(code)} bytes")
            self._scans += 1
            yield CodeScanned(self._settings.name, code)

    def perform(self, order: Order) -> Iterable[Report]:
        """A test can tell no more than that the line is open: such a scanner answers nothing."""
        match order:
            case SelfTest():
                self._port.receive(0.0)
                yield TestFinished(self._settings.name, "", "line open; this model cannot be asked")
            case PrintJob() | CompareFace() | CapturePage():
                raise CommandRefused("a scanner only scans")

    def health(self) -> Health:
        """Speed and how many codes were read."""
        return Health(facts={"baud": str(self._port.baud), "scans": str(self._scans)})

    def close(self) -> None:
        """Close the line."""
        self._port.close()
