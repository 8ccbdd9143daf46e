"""A receipt printer for the simulation: the real driver speaks with it byte by byte, and no time passes but its own.

It lives on when the kiosk dies: what it was sent is printed all the same.
"""

from __future__ import annotations

import random
from collections import Counter, deque
from dataclasses import replace

from devices.emulators.escpos_paper import Paper
from devices.emulators.escpos_printer import DLE_EOT, GS_R, Condition
from devices.emulators.escpos_stream import Command, EscposStream
from devices.errors import DeviceUnplugged, PortMissing
from devices.receipt_printer.slip import Line, Rule, Slip

LAST_LINE = "end"
LINES = 4
"""Of a slip; the last is the feed before the cut."""


class Crashed(BaseException):
    """The kiosk died at this very point: none of its own handlers may see it."""


class SimulatedPrinter:
    """The other end of the printer's cable, as `PrinterPort`, with a clock that goes on while somebody waits."""

    talks_back = True

    def __init__(self) -> None:
        self.seconds = 0.0
        self.plugged = True
        self.kiosk_dies_in: int | None = None
        """So many more lines."""
        self._paper = Paper(80)
        self._condition = Condition()
        self._to_come: tuple[int, Condition | None] | None = None
        self._stream = EscposStream()
        self._buffer: deque[Command] = deque()
        self._answers = bytearray()

    def clock(self) -> float:
        """Seconds, for the driver."""
        return self.seconds

    # --- what befalls it ------------------------------------------------------------------------------------------

    def fail(self, dice: random.Random) -> None:
        """One of its troubles, at once or within the next slip."""
        troubles = ("paper_out", "cover_open", "cutter_jammed", "silent", "stands_still", "unplugged")
        trouble = dice.choice(troubles)
        coming = None if trouble == "unplugged" else replace(Condition(), **{trouble: True})
        self._to_come = (dice.randrange(LINES + 1), coming)
        self._use_up(0)

    def mend(self) -> None:
        """A new roll, closed, plugged: what its buffer holds comes out now."""
        self._to_come, self._condition = None, Condition()
        if not self.plugged:
            self.plugged = True
            self._stream.reset()
        self._print()

    # --- what came out --------------------------------------------------------------------------------------------

    def slips(self) -> Counter[str]:
        """How many whole slips were cut, by the job that stands on them."""
        texts = [slip.texts for slip in self._paper.slips]
        return Counter(found[0] for found in texts if LAST_LINE in found)

    # --- PrinterPort ----------------------------------------------------------------------------------------------

    def open(self) -> None:
        if not self.plugged:
            raise PortMissing("unplugged")
        self._answers.clear()

    def send(self, data: bytes) -> None:
        self._must_be_plugged()
        for command in self._stream.feed(data):
            if command.name == DLE_EOT:
                self._answers += self._condition.answer(command.data[0])
            else:
                self._buffer.append(command)
        self._print()
        if self.kiosk_dies_in is not None and self.kiosk_dies_in <= 0:
            self.kiosk_dies_in = None
            raise Crashed("in the middle of a slip")

    def receive(self, seconds: float) -> bytes:
        self._must_be_plugged()
        heard = bytes(self._answers)
        self._answers.clear()
        if not heard:
            self.seconds += seconds
        return heard

    def close(self) -> None:
        self._answers.clear()

    def _must_be_plugged(self) -> None:
        if not self.plugged:
            raise DeviceUnplugged("unplugged")

    # --- the print head -------------------------------------------------------------------------------------------

    def _print(self) -> None:
        while self._buffer and self._condition.prints:
            command = self._buffer.popleft()
            self._paper.perform(command)
            if command.name == GS_R and not self._condition.silent:
                self._answers += b"\x00"
            if command.name == b"\n":
                self._use_up(1)

    def _use_up(self, lines: int) -> None:
        if self.kiosk_dies_in is not None:
            self.kiosk_dies_in -= lines
        if self._to_come is None:
            return
        left, coming = self._to_come
        self._to_come = (left - lines, coming)
        if left - lines <= 0:
            self._to_come = None
            if coming is None:
                self.plugged = False
            else:
                self._condition = coming


def slip_of(job: str) -> Slip:
    """A small one on which its job stands."""
    return Slip((Line(job), Rule(), Line(LAST_LINE)))
