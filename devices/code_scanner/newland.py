"""Newland's unified commands: framed ASCII text, answered in the same frame with a status; pure.

`7E 01 30 30 30 30`, how long it is to last (`@` for good, `#` until the power goes), the command, `3B 03`. The answer:
`02 01 30 30 30 30`, the same, a status byte (06 done, 15 refused, 05 unknown), `3B 03`. Public implementations agree on both;
`#` is used throughout, for `@` writes the engine's memory. Code text is what stands between answers. Not tried on an engine.
"""

from __future__ import annotations

import re
from dataclasses import field

from devices.code_scanner.plain_line import TERMINATORS, LineSplitter, Terminator
from devices.errors import CommandRefused
from devices.values import dataclass

REQUEST_HEAD, ANSWER_HEAD, TAIL = b"\x7e\x010000", b"\x02\x010000", b";\x03"
FOR_GOOD, UNTIL_POWER_GOES = b"@", b"#"
ACK, NAK, ENQ = 0x06, 0x15, 0x05
MOST_ANSWER_BYTES = 1024
"""An answer that goes on for longer is none."""
NO_TEXT = re.compile(rb"[^ -~\t\r\n]")
"""What no answer says of an engine: where it stands in one, a cut answer, a code and the rest of another run together."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine says to a command; `text` repeats the command and tells what was asked."""

    text: bytes
    status: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """One code, without its terminator."""

    code: bytes = field(repr=False)


def request(command: str, *, for_good: bool = False) -> bytes:
    """A command, e.g. `SCNTRG1`."""
    return REQUEST_HEAD + (FOR_GOOD if for_good else UNTIL_POWER_GOES) + command.encode("ascii") + TAIL


def answer_frame(command: bytes, status: int = ACK, *, store: bytes = UNTIL_POWER_GOES) -> bytes:
    """An answer as the engine writes it."""
    return ANSWER_HEAD + store + command + bytes([status]) + TAIL


TRIGGER_ON, TRIGGER_OFF, LEVEL_MODE, ASK_SYSTEM = map(request, ("SCNTRG1", "SCNTRG0", "SCNMOD0", "QRYSYS"))


def answers(answer: Answer, command: str) -> bool:
    """Whether this is one whole answer to the command: one that names it again is two, and a code may stand between them."""
    name = command.encode("ascii")
    return answer.text.startswith(name) and name not in answer.text[len(name) :]


def told(answer: Answer, command: str) -> str:
    """What a good answer tells behind its command; raises CommandRefused."""
    if answer.status != ACK:
        raise CommandRefused(f"the engine refused {command} with {answer.status:02x}")
    return answer.text.removeprefix(command.encode("ascii")).decode("ascii", "replace").strip()


class EngineStream:
    """Tells answers from code text in bytes as they arrive."""

    def __init__(self, terminator: Terminator = "auto") -> None:
        self._bytes = bytearray()
        self._splitter = LineSplitter(terminator)
        self._endless = False
        """An answer never ended: nothing counts until it does, or until silence."""

    @property
    def pending(self) -> bool:
        """Something has begun and is not whole."""
        return bool(self._bytes) or self._splitter.pending or self._endless

    def feed(self, data: bytes) -> None:
        """Add what arrived."""
        self._bytes += data

    def clear(self) -> None:
        """Forget everything."""
        self._bytes.clear()
        self._splitter.clear()
        self._endless = False

    def end(self) -> None:
        """Silence: an answer cut short is dropped, text is a code as far as its splitter knows."""
        if not self._begins_an_answer() and not self._endless:
            self._splitter.feed(bytes(self._bytes))
        self._bytes.clear()
        self._endless = False
        self._splitter.silence()

    def take(self) -> Answer | Scanned | None:
        """The next whole thing; None until more arrives."""
        while True:
            code = self._splitter.take()
            if code is not None:
                return Scanned(code)
            self._drop_endless()
            if not self._bytes or self._endless:
                return None
            if not self._begins_an_answer():
                self._move_text()
                continue
            end = self._bytes.find(TAIL, len(ANSWER_HEAD), MOST_ANSWER_BYTES)
            if end < 0:
                self._endless = len(self._bytes) >= MOST_ANSWER_BYTES
                if self._endless:
                    continue
                return None
            begin = self._bytes.rfind(ANSWER_HEAD, 0, end) + len(ANSWER_HEAD) + 1
            whole = bytes(self._bytes[begin:end])
            del self._bytes[: end + len(TAIL)]
            if whole and NO_TEXT.search(whole, 0, len(whole) - 1) is None:
                return Answer(whole[:-1], whole[-1])

    def _drop_endless(self) -> None:
        if not self._endless:
            return
        end = self._bytes.find(TAIL)
        self._endless = end < 0
        if self._endless:
            del self._bytes[: len(self._bytes) - len(TAIL) + 1]  # its first half may be the last byte here
        else:
            del self._bytes[: end + len(TAIL)]

    def _begins_an_answer(self) -> bool:
        begun = bytes(self._bytes[: len(ANSWER_HEAD)])
        return bool(begun) and ANSWER_HEAD.startswith(begun)

    def _move_text(self) -> None:
        """Hand the text up to its terminator, or up to an answer that stands in it, to the splitter."""
        ends = [at + 1 for mark in TERMINATORS if (at := self._bytes.find(mark)) >= 0]
        head = self._bytes.find(ANSWER_HEAD[:1], 1)
        if head > 0:
            ends.append(head)
        end = min(ends, default=len(self._bytes))
        self._splitter.feed(bytes(self._bytes[:end]))
        if self._bytes.startswith(ANSWER_HEAD, end):
            self._splitter.interrupt()
        del self._bytes[:end]
