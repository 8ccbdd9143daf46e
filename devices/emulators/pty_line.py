"""The other end of a cable: a pseudo-terminal behind a stable path, with a thread of its own that answers bytes."""

from __future__ import annotations

import os
import select
import termios
import threading
import time
import tty
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from devices.emulators.misbehaviour import Fault, Faults, Misbehaviour, mangle

BITS_A_BYTE = 10
"""8N1: start bit, eight data bits, stop bit."""
SLOW_BAUD = 1200
MOST_BYTES_AT_ONCE = 4096
OUTPUT_SPEED = 5
"""Where `termios.tcgetattr` keeps the speed of sending."""
PIECE_SECONDS = 0.002
"""Paced bytes leave in pieces of about this length, on a schedule that does not drift."""

Hear = Callable[[bytes], Iterable[bytes]]
"""What a device answers to bytes it hears; it is called on the line's thread and may wait (`PtyLine.rest`) before an answer."""


class PtyLine:
    """A serial line at `path` (a symbolic link that comes and goes with the plug).

    With `baud` unset bytes travel at once; else both directions take their time on the wire, eight data bits, no parity.
    With `only_speed` bytes sent at another speed than this one are noise to the device: it does not answer them.
    """

    def __init__(self, path: Path, hear: Hear, baud: int | None = None, only_speed: int | None = None) -> None:
        self.path = path
        self._hear = hear
        self._baud = baud
        self._only_speed = only_speed
        self._lock = threading.Lock()
        self._faults = Faults()
        self._outgoing: deque[bytes] = deque()
        self._last_answer = b""
        self.heard = self.said = 0
        """Bytes since it was plugged: what was heard counts when it is answered, what is said before it can be heard."""
        self._ends: tuple[int, int] | None = None
        self._wake: tuple[int, int] | None = None
        self._unplugging = threading.Event()
        self._thread: threading.Thread | None = None

    # --- from any thread ----------------------------------------------------------------------------------------

    def plug(self) -> None:
        """Make a new pseudo-terminal and let the path lead to it; does nothing while plugged."""
        if self._thread is not None and self._thread.is_alive() and not self._unplugging.is_set():
            return
        self.unplug()
        device_end, kiosk_end = os.openpty()
        tty.setraw(kiosk_end)
        os.set_blocking(device_end, False)
        # The kiosk's end is held open here too: a pseudo-terminal nobody has open reads as an error, over and over.
        self._ends = device_end, kiosk_end
        self._wake = os.pipe()
        self._unplugging.clear()
        self._outgoing.clear()
        self.heard = self.said = 0
        new_link = self.path.with_name(self.path.name + ".new")
        new_link.unlink(missing_ok=True)
        new_link.symlink_to(os.ttyname(kiosk_end))
        self._thread = threading.Thread(target=self._run, name=f"emulator {self.path.name}", daemon=True)
        self._thread.start()
        new_link.replace(self.path)

    def unplug(self) -> None:
        """Remove the path and hang up on whoever has it open; may be called twice."""
        thread = self._thread
        self._unplugging.set()
        self._nudge()
        if thread is not None and thread is not threading.current_thread():
            thread.join()
            self._thread = None

    def misbehave(self, how: Misbehaviour) -> None:
        """Queue a fault for coming answers."""
        self._faults.add(how)

    def behave(self) -> None:
        """Drop all queued faults."""
        self._faults.clear()

    def say(self, data: bytes) -> None:
        """Send bytes unasked, as a scanner does; lost when nothing is plugged."""
        self._outgoing.append(data)
        self._nudge()

    @property
    def has_more_to_say(self) -> bool:
        """Whether something that it was to say unasked has not left yet."""
        return bool(self._outgoing)

    def rest(self, seconds: float) -> None:
        """The device's own thinking time; cut short by the plug being pulled."""
        if seconds > 0:
            self._unplugging.wait(seconds)

    # --- on the line's thread -----------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self._unplugging.is_set():
                self._turn()
        finally:
            self._hang_up()

    def _turn(self) -> None:
        assert self._ends is not None
        assert self._wake is not None
        ready, _, _ = select.select([self._ends[0], self._wake[0]], [], [])
        if self._wake[0] in ready:
            os.read(self._wake[0], MOST_BYTES_AT_ONCE)
        while self._outgoing and not self._unplugging.is_set():
            self._transmit(self._outgoing[0])
            self._outgoing.popleft()
        if self._ends[0] in ready:
            heard = os.read(self._ends[0], MOST_BYTES_AT_ONCE)
            if not self._is_noise():
                self._answer(heard)
            self.heard += len(heard)

    def _answer(self, heard: bytes) -> None:
        self.rest(self._wire_seconds(len(heard)))
        reached, cable_goes = self._faults.of_hearing(heard)
        for answer in self._hear(reached):
            if self._unplugging.is_set():
                return
            self._transmit(answer)
        if cable_goes:
            self._unplugging.set()

    def _is_noise(self) -> bool:
        """Whether the kiosk has set its end to another speed; a pseudo-terminal keeps what was set, though it does not obey."""
        if self._only_speed is None or self._ends is None:
            return False
        kiosk_speed: int = termios.tcgetattr(self._ends[1])[OUTPUT_SPEED]
        wanted: int = getattr(termios, f"B{self._only_speed}")
        return kiosk_speed != wanted

    def _transmit(self, answer: bytes) -> None:
        how = self._faults.of_answer()
        leaving = answer if how is None else mangle(answer, self._last_answer, how)
        self._last_answer = answer
        self._write(leaving, SLOW_BAUD if how is not None and how.fault is Fault.SLOW else self._baud)
        if how is not None and how.fault is Fault.UNPLUGGED:
            self._unplugging.set()

    def _write(self, data: bytes, baud: int | None) -> None:
        assert self._ends is not None
        size = len(data) if baud is None else max(1, int(PIECE_SECONDS * baud / BITS_A_BYTE))
        start = time.monotonic()
        for first in range(0, len(data), size or 1):
            piece = data[first : first + size]
            if baud is not None:
                self.rest(start + (first + len(piece)) * BITS_A_BYTE / baud - time.monotonic())
            if self._unplugging.is_set():
                return
            # A full buffer means that nobody reads: a real line loses such bytes too.
            self.said += len(piece)
            written = 0
            with suppress(BlockingIOError):
                written = os.write(self._ends[0], piece)
            self.said -= len(piece) - written

    def _wire_seconds(self, count: int) -> float:
        return 0.0 if self._baud is None else count * BITS_A_BYTE / self._baud

    def _nudge(self) -> None:
        with self._lock:
            if self._wake is not None:
                os.write(self._wake[1], b"\0")

    def _hang_up(self) -> None:
        self.path.unlink(missing_ok=True)
        with self._lock:
            ends, self._ends = self._ends, None
            wake, self._wake = self._wake, None
        for descriptor in (*(ends or ()), *(wake or ())):
            os.close(descriptor)


class OnALine:
    """An emulated device at the other end of a line: its cable can be pulled, and the line can be told to misbehave."""

    _line: PtyLine

    def unplug(self) -> None:
        """Pull the cable."""
        self._line.unplug()

    def misbehave(self, how: Misbehaviour) -> None:
        """Queue a fault of the line."""
        self._line.misbehave(how)

    def behave(self) -> None:
        """Drop queued faults."""
        self._line.behave()
