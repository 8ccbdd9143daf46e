"""A printer's line whose time is played: answers are late, lost, doubled or unasked as a test says, and nobody waits for it."""

from __future__ import annotations

from devices.receipt_printer.library import RT_STATUS
from devices.receipt_printer.status import Query
from devices.receipt_printer.status_line import PRINTED_SO_FAR

IN_ORDER = dict.fromkeys(Query, 0x12)
END_MARK = b"\x00"


class PlayedLine:
    """The port and the clock of a driver: the clock goes only while one waits."""

    talks_back = True

    def __init__(self, answers: dict[Query, int], lag: float = 0.0) -> None:
        self.answers = answers
        self.lag = lag
        self.lags: list[float] = []
        """Of the first answers, one by one; what is asked later is answered later."""
        self.now = 0.0
        self.off = False
        self.stands_still = False
        """No end mark comes."""
        self.end_mark = END_MARK
        self.loses: set[int] = set()
        """The queries, counted from 0, whose answers are lost."""
        self.asked: list[int] = []
        self.printed = b""
        self._coming: list[tuple[float, bytes]] = []

    def clock(self) -> float:
        return self.now

    def open(self) -> None: ...

    def close(self) -> None: ...

    def send(self, data: bytes) -> None:
        if data[:2] == RT_STATUS:
            byte = self.answers.get(Query(data[2]))
            if byte is not None and len(self.asked) not in self.loses:
                self._answer(bytes([byte]))
            self.asked.append(data[2])
        elif data == PRINTED_SO_FAR:
            if not self.stands_still:
                self._answer(self.end_mark)
        elif not self.off:
            self.printed += data

    def say(self, *pieces: bytes) -> None:
        self._coming += [(self.now + number * 0.01, piece) for number, piece in enumerate(pieces)]

    def receive(self, seconds: float) -> bytes:
        until = self.now + seconds
        first = min((at for at, _ in self._coming), default=until)
        self.now = max(self.now, min(first, until))
        arrived = [each for each in self._coming if each[0] <= self.now]
        self._coming = [each for each in self._coming if each[0] > self.now]
        return b"".join(data for _, data in arrived)

    def _answer(self, data: bytes) -> None:
        if not self.off:
            at = self.now + (self.lags.pop(0) if self.lags else self.lag)
            self._coming.append((max([at, *(before for before, _ in self._coming)]), data))
