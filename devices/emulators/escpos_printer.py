"""An ESC/POS printer at the other end of the cable: prints what it is sent, and can run out of everything.

Two threads: the line's, which answers real-time status queries at once even while paper moves, and the print head's,
which works through the buffer and stops where paper or mechanics stop it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from devices.emulators.escpos_paper import Paper, PrintedSlip
from devices.emulators.escpos_stream import Command, EscposStream
from devices.emulators.pty_line import OnALine, PtyLine
from devices.receipt_printer.picture import Drawn
from devices.values import dataclass

DLE_EOT = b"\x10\x04"
GS_R = b"\x1dr"
MAKES_A_LINE = (b"\n", b"\x1dv", b"\x1d(")


@dataclass(frozen=True, slots=True)
class Condition:
    """What is the matter with the printer; everything False is a printer in order."""

    near_end: bool = False
    paper_out: bool = False
    cover_open: bool = False
    cutter_jammed: bool = False
    offline: bool = False
    silent: bool = False
    no_end_marks: bool = False
    """GS r is left unanswered, as cheap printers leave it."""
    stands_still: bool = False
    """Nothing is printed, though every status byte says that all is well."""
    plug_pulled: bool = False
    """The serial plug is out of the printer while its adapter stays: a zero comes as it goes, then nothing passes."""

    @property
    def stops(self) -> bool:
        """True when nothing more is printed and the printer says so."""
        return self.paper_out or self.cover_open or self.cutter_jammed or self.offline

    @property
    def prints(self) -> bool:
        """True while the print head works."""
        return not (self.stops or self.stands_still)

    def answer(self, query: int) -> bytes:
        """The status byte for DLE EOT `query`; nothing from a silent printer."""
        if self.silent or self.plug_pulled or not 1 <= query <= 4:
            return b""
        bits = {
            1: 0x08 * self.stops,
            2: 0x04 * self.cover_open | 0x20 * self.paper_out | 0x40 * self.cutter_jammed,
            3: 0x08 * self.cutter_jammed,
            4: 0x0C * (self.near_end or self.paper_out) | 0x60 * self.paper_out,
        }
        return bytes([0x12 | bits[query]])


class EscposPrinterEmulator(OnALine):
    """A receipt printer on a pseudo-terminal at `path`; `line_seconds` is how long one line takes to print.

    Unplugged, it prints what it has received nevertheless, as a printer with its own power does.
    """

    def __init__(self, path: Path, width_mm: int = 80, line_seconds: float = 0.0, baud: int | None = None) -> None:
        self._line = PtyLine(path, self._hear, baud)
        self._stream = EscposStream()
        self._paper = Paper(width_mm)
        self._line_seconds = line_seconds
        self._condition = Condition()
        self._buffer: deque[Command] = deque()
        self._changed = threading.Condition()
        self._lines_to_condition: int | None = None
        self._condition_to_come = Condition()
        self._lines_to_unplugging: int | None = None
        self._stopping = False
        self._head: threading.Thread | None = None

    # --- the plug -----------------------------------------------------------------------------------------------

    def plug(self) -> None:
        """Switch on and connect; does nothing while plugged."""
        if self._head is None:
            self._stopping = False
            self._head = threading.Thread(target=self._print_on, name="emulator print head", daemon=True)
            self._head.start()
        self._stream.reset()
        self._line.plug()

    def stop(self) -> None:
        """Unplug and end the print head's thread; may be called twice."""
        self._line.unplug()
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._head is not None and self._head is not threading.current_thread():
            self._head.join()
            self._head = None

    def behave(self) -> None:
        """Drop the line's faults, and the unplugging that was to come."""
        super().behave()
        with self._changed:
            self._lines_to_unplugging = None

    # --- what is the matter ---------------------------------------------------------------------------------------

    @property
    def condition(self) -> Condition:
        """What is the matter now."""
        with self._changed:
            return self._condition

    def become(self, condition: Condition) -> None:
        """Be in this condition from now on, whatever was to come; a printer set right goes on with what its buffer holds."""
        with self._changed:
            self._condition = condition
            self._lines_to_condition = None
            self._changed.notify_all()

    def become_after(self, lines: int, condition: Condition) -> None:
        """Be in this condition after so many more lines."""
        with self._changed:
            self._lines_to_condition, self._condition_to_come = lines, condition

    def run_out_after(self, lines: int) -> None:
        """Let the paper end after so many more lines."""
        self.become_after(lines, Condition(paper_out=True))

    def unplug_after(self, lines: int) -> None:
        """Pull the cable after so many more lines."""
        with self._changed:
            self._lines_to_unplugging = lines

    # --- what came out ----------------------------------------------------------------------------------------------

    @property
    def slips(self) -> tuple[PrintedSlip, ...]:
        """The slips that were cut."""
        with self._changed:
            return tuple(self._paper.slips)

    @property
    def uncut_lines(self) -> tuple[Drawn, ...]:
        """What is printed and still hangs in the printer."""
        with self._changed:
            return tuple(self._paper.lines)

    def picture(self, number: int) -> bytes:
        """The cut slip as a PNG, drawn from what came over the wire; raises IndexError, FontMissing."""
        return self.slips[number].png()

    def wait_for_slips(self, count: int, seconds: float) -> bool:
        """Wait until so many slips are cut; False when the time is over."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._paper.slips) >= count, seconds)

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait until the buffer is empty; False when the time is over."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._buffer, seconds)

    # --- on the line's thread -------------------------------------------------------------------------------------

    def _hear(self, heard: bytes) -> Iterable[bytes]:
        if self.condition.plug_pulled:
            return
        for command in self._stream.feed(heard):
            if command.name == DLE_EOT:
                if answer := self.condition.answer(command.data[0]):
                    yield answer
                continue
            with self._changed:
                self._buffer.append(command)
                self._changed.notify_all()

    # --- on the print head's thread ---------------------------------------------------------------------------------

    def _print_on(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or (self._buffer and self._condition.prints))
                if self._stopping:
                    return
                command = self._buffer[0]
                # The buffer holds a command until it is printed: a printer is idle only when its head rests.
                if command.name in MAKES_A_LINE and self._line_seconds:
                    self._changed.wait_for(lambda: self._stopping, self._line_seconds)
                self._paper.perform(command)
                self._buffer.popleft()
                before = self._condition
                must_unplug = self._use_up(command)
                self._changed.notify_all()
                condition = self._condition
                silent = condition.silent or condition.no_end_marks or condition.plug_pulled
                plug_goes = condition.plug_pulled and not before.plug_pulled
            if plug_goes:
                self._line.say(b"\x00")
            elif command.name == GS_R and not silent:
                self._line.say(b"\x0f" if self.condition.near_end else b"\x00")
            if must_unplug:
                self._line.unplug()

    def _use_up(self, command: Command) -> bool:
        """Count a printed line; True when the cable is to be pulled now."""
        if command.name != b"\n":
            return False
        if self._lines_to_condition is not None:
            self._lines_to_condition -= 1
            if self._lines_to_condition <= 0:
                self._lines_to_condition = None
                self._condition = self._condition_to_come
        if self._lines_to_unplugging is not None:
            self._lines_to_unplugging -= 1
            if self._lines_to_unplugging <= 0:
                self._lines_to_unplugging = None
                return True
        return False
