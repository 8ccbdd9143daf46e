"""Asking a printer how it is, over whatever cable: real-time queries, and the mark that says "printed up to here"."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable

from devices.receipt_printer.library import GS, RT_STATUS
from devices.receipt_printer.printer_port import PrinterPort
from devices.receipt_printer.status import PrinterStatus, Query, in_words, is_status, read_status
from devices.wire_trace import WireTrace

ANSWER_SECONDS = 1.2
"""A printer answers DLE EOT within a few ms, behind a busy network in tenths of a second; after this time it does not."""
LATE_SECONDS = 1.3
"""So long an answer that is not waited for may still come; longer than ANSWER_SECONDS, to be found out as one too many."""
UNEVEN_SECONDS = 2.0
"""So long after a round in which an answer was missing one too many is waited for: on a line that lags unevenly the missing one
may have been taken for the next query's, whose own is still to come. Longer, and a lost byte would cost more than three seconds.
"""
UNKNOWN_QUERY = 3
"""A query left unanswered so many times in a row, while others were answered, is none that this printer knows."""
AUTOMATIC_LENGTH = 4
"""Bytes of an automatic status (GS a), which some printers send unasked."""
XON_XOFF = b"\x11\x13"
"""What a printer with software handshaking says beside its answers; no answer and no mark has these bits."""

PRINTED_SO_FAR = GS + b"r1"
"""GS r 1: unlike DLE EOT it waits in the print buffer, so its answer means that everything before it is printed."""


def is_end_mark(byte: int) -> bool:
    """True for a byte with the fixed bits of a GS r answer (0xx0xxxx), which no DLE EOT answer has."""
    return byte & 0b1001_0000 == 0


def begins_automatic_status(byte: int) -> bool:
    """True for the fixed bits of an automatic status's first byte (0xx1xx00); the other three look like end marks."""
    return byte & 0b1001_0011 == 0b0001_0000


class StatusLine:
    """The asking side of a printer's line; used on the device's thread only."""

    def __init__(self, port: PrinterPort, clock: Callable[[], float] = time.monotonic, trace: WireTrace | None = None) -> None:
        self._port = port
        self._trace = trace or WireTrace()
        self._clock = clock
        self._owed = 0
        self._older = 0
        """So many of them were asked for before the newest slip's end."""
        self._heard = 0
        """Since the newest slip's end was asked for."""
        self._unanswered: Counter[Query] = Counter()
        self._statuses_heard = 0
        """Status bytes, the doubled and late ones too."""
        self._late_until = -math.inf
        self._automatic_left = 0
        """So many bytes of an automatic status are still to come."""
        self.marks_heard = 0
        """How many end marks this printer has ever sent."""
        self._known: tuple[Query, ...] = ()
        """Answered in the newest round that was answered."""

    def ask_everything(self) -> PrinterStatus:
        """All four queries; after two without an answer the rest is not asked. Raises DeviceUnplugged.

        No answer tells to which query it belongs. So what is late is let pass before the first, and a round in which an answer
        came too late, and perhaps was taken for the next query's, is unknown as a whole.
        """
        answers: dict[Query, int] = {}
        if not self._port.talks_back:
            return read_status(answers)
        self.let_late_answers_pass()
        heard_before = self._statuses_heard
        asked = [query for query in Query if self._unanswered[query] < UNKNOWN_QUERY]
        for number, query in enumerate(asked):
            if (byte := self.ask(query)) is not None:
                answers[query] = byte
            elif number == 1 and not answers:
                return read_status(answers)
        if len(answers) < len(asked):
            self._late_until = self._clock() + UNEVEN_SECONDS
            self.let_late_answers_pass()
        if self._statuses_heard - heard_before > len(answers):
            self._trace.understood("an answer too many: one came late, and nobody knows which is which")
            return read_status({})
        for query in asked:
            self._unanswered[query] = 0 if query in answers else self._unanswered[query] + 1
        self._known = tuple(answers)
        return read_status(answers)

    @property
    def known_query(self) -> Query | None:
        """The first query that this printer answers, as the newest round told; None when it has answered none."""
        return self._known[0] if self._known else None

    def let_late_answers_pass(self) -> bool:
        """Wait until the answer to an unanswered query would not come any more; True when one came. Raises DeviceUnplugged."""
        came = False
        while (left := self._late_until - self._clock()) > 0:
            came = self._take(self._port.receive(left)) is not None or came
        return came

    def ask(self, query: Query) -> int | None:
        """One query's answer; None when none came in time. Raises DeviceUnplugged."""
        self._take(self._port.receive(0))
        self._say(RT_STATUS + bytes([query]), query.name)
        deadline, late = self._clock() + ANSWER_SECONDS, False
        while not late:
            left = deadline - self._clock()
            late = left <= 0  # what has come by then is still heard: this machine may have been the late one
            answer = self._take(self._port.receive(left))
            if answer is not None:
                self._trace.understood(in_words(query, answer), bytes([answer]))
                return answer
        self._late_until = self._clock() + LATE_SECONDS
        self._trace.understood(f"no answer within {ANSWER_SECONDS:g} s")
        return None

    def listen(self, seconds: float) -> None:
        """Wait so long for a byte that comes unasked, such as a late end mark. Raises DeviceUnplugged."""
        self._take(self._port.receive(seconds))

    @property
    def owes_marks(self) -> bool:
        """True while marks that were asked for have not come."""
        return self._owed > 0

    def ask_end_mark(self) -> None:
        """Have the printer answer once everything sent until now is printed. Raises DeviceUnplugged."""
        self._older, self._heard = self._owed, 0
        self.ask_end_mark_again()

    def ask_end_mark_again(self) -> None:
        """The same for what was asked already: its mark may have got lost. Raises DeviceUnplugged."""
        self._automatic_left = 0
        self._say(PRINTED_SO_FAR, "printed so far?")
        self._owed += 1

    def end_mark_came(self, seconds: float) -> bool:
        """Wait so long for a mark of the newest asking: those asked for before it come first. Raises DeviceUnplugged."""
        deadline, late = self._clock() + seconds, False
        while self._owed and self._heard <= self._older and not late:
            left = deadline - self._clock()
            late = left <= 0
            self._take(self._port.receive(left))
        return self._heard > self._older

    def forgive_end_marks(self) -> None:
        """Expect no mark that was asked for until now: the printer has lost its power, or marks have got lost."""
        self._owed = self._older = self._heard = 0

    def send_slip(self, piece: bytes) -> None:
        """Hand over what is to be printed, whose bytes no trace shows. Raises DeviceUnplugged or DeviceSilent."""
        self._trace.sent(piece, "a slip's piece", personal=True)
        self._port.send(piece)

    def _say(self, data: bytes, meaning: str) -> None:
        self._trace.sent(data, meaning)
        self._port.send(data)

    def _take(self, heard: bytes) -> int | None:
        """Sort bytes by their fixed bits: end marks are counted, the newest status byte is the answer.

        What holds a byte that is neither, or more marks than were asked for, is noise, which a loose plug makes many
        zeros of: no slip is printed by it. An automatic status, XON and XOFF are neither answer nor mark.
        """
        if not heard:
            return None
        self._trace.received(len(heard))
        heard = bytes(byte for byte in heard if byte not in XON_XOFF and not self._is_automatic(byte))
        marks = sum(is_end_mark(byte) for byte in heard)
        if marks > self._owed or not all(is_end_mark(byte) or is_status(byte) for byte in heard):
            self._trace.understood("noise, or marks nobody waits for")
        elif marks:
            self._trace.understood(f"{marks} end mark{'s' if marks > 1 else ''}")
            self._heard += marks
            self._owed -= marks
        self.marks_heard += marks
        statuses = [byte for byte in heard if is_status(byte)]
        self._statuses_heard += len(statuses)
        return statuses[-1] if statuses else None

    def _is_automatic(self, byte: int) -> bool:
        """Whether it belongs to an automatic status, which may come in several pieces, and an answer between them."""
        if begins_automatic_status(byte):
            self._automatic_left = AUTOMATIC_LENGTH - 1
            return True
        if self._automatic_left and is_end_mark(byte):
            self._automatic_left -= 1
            return True
        return False
