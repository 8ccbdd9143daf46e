"""What lately went over a device's wire, for a technician: masked where it is written down, so nothing personal is in it.

What a driver sends are commands, shown whole; of what it hears only the number of bytes is kept, and what the driver itself
names as harmless. Polls that repeat are counted, not repeated, so that an hour of them does not push out what went wrong.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from devices.values import dataclass

MOST_EXCHANGES = 48
SAME_AMONG = 8
"""An exchange equal to one of so many before it is counted there: a printer is asked four things in turn."""
MOST_HEARD = 12
"""So many decoded lines of one exchange are kept: a device that chatters for ever fills no memory."""
MOST_BYTES_SHOWN = 64


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was sent, and what was heard until the next was sent."""

    at: datetime
    """When it was sent, or heard where nothing was sent; the first time, with offset."""
    last_at: datetime
    times: int = 1
    """How often the very same went to and fro."""
    sent: str = ""
    """Hex, empty where nothing was sent; `[n bytes]` where it may be personal."""
    meaning: str = ""
    """The command's name in its protocol."""
    received: int = 0
    """Bytes heard, understood or not."""
    heard: tuple[str, ...] = ()
    """What the driver made of them: hex of what is harmless, and its meaning."""

    @property
    def _content(self) -> tuple[str, str, int, tuple[str, ...]]:
        return self.sent, self.meaning, self.received, self.heard

    def same_as(self, other: Exchange) -> bool:
        """True when the same was said, whenever it was."""
        return self._content == other._content


class WireTrace:
    """The last exchanges of one device; written on its worker's thread, read from any. Outlives the device's drivers."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._past: deque[Exchange] = deque(maxlen=MOST_EXCHANGES)
        self._now: Exchange | None = None

    def sent(self, data: bytes, meaning: str = "", *, personal: bool = False) -> None:
        """A command went out; of `personal` data only its size is kept."""
        shown = f"[{len(data)} bytes]" if personal else _hex(data)
        with self._lock:
            self._begin(sent=shown, meaning=meaning)

    def received(self, count: int) -> None:
        """So many bytes came in."""
        with self._lock:
            now = self._open()
            self._now = replace(now, received=now.received + count)

    def understood(self, meaning: str, harmless: bytes = b"") -> None:
        """What the bytes meant; `harmless` are those of them that cannot hold anything of a person."""
        with self._lock:
            now = self._now or self._begin()
            line = f"{_hex(harmless)}  {meaning}" if harmless else meaning
            self._now = replace(now, heard=(*now.heard, line)[:MOST_HEARD])

    def noted(self, meaning: str) -> None:
        """What befell the line itself."""
        with self._lock:
            self._begin(meaning=meaning)

    def exchanges(self) -> tuple[Exchange, ...]:
        """The last exchanges, by when they last happened, the newest last."""
        with self._lock:
            every = (*self._past, *((self._now,) if self._now is not None else ()))
        return tuple(sorted(every, key=lambda one: one.last_at))

    def _open(self) -> Exchange:
        """The exchange that bytes heard now belong to: another one when they were not asked for and the last is whole."""
        now = self._now
        if now is None or (now.heard and not now.sent):
            return self._begin()
        return now

    def _begin(self, sent: str = "", meaning: str = "") -> Exchange:
        if self._now is not None:
            self._put_aside(self._now)
        moment = self._clock()
        self._now = Exchange(moment, moment, sent=sent, meaning=meaning)
        return self._now

    def _put_aside(self, done: Exchange) -> None:
        newest = range(len(self._past) - 1, max(len(self._past) - SAME_AMONG, 0) - 1, -1)
        for index in newest:
            before = self._past[index]
            if before.same_as(done):
                self._past[index] = replace(before, times=before.times + 1, last_at=done.at)
                return
        self._past.append(done)


def _hex(data: bytes) -> str:
    more = f" … [{len(data)} bytes]" if len(data) > MOST_BYTES_SHOWN else ""
    return data[:MOST_BYTES_SHOWN].hex(" ").upper() + more
