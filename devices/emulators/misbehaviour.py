"""The ways an emulated device can misbehave on the line, on command."""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import replace
from enum import StrEnum

from devices.values import dataclass


class Fault(StrEnum):
    """What goes wrong with the next answers."""

    GARBAGE_BEFORE = "garbage-before"
    GARBAGE = "garbage"
    """In the middle of the answer."""
    TRUNCATED = "truncated"
    WRONG_CHECKSUM = "wrong-checksum"
    SILENT = "silent"
    SLOW = "slow"
    GLUED = "glued"
    """The answer before comes once more, in one piece with this one."""
    UNPLUGGED = "unplugged"
    UNPLUGGED_HEARING = "unplugged-hearing"
    """The cable goes when the device has heard so many bytes of what it is told."""


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """A fault, for so many answers; `at_byte` is where TRUNCATED and both UNPLUGGED cut, and where GARBAGE stands."""

    fault: Fault
    answers: int = 1
    at_byte: int = 0
    after: int = 0
    """So many answers are still given well."""


WRITTEN = re.compile(r"(?P<fault>[a-z-]+)(@(?P<at_byte>\d{1,4}))?(\*(?P<answers>\d{1,4}))?")


def parse_misbehaviour(text: str) -> Misbehaviour:
    """A misbehaviour as a person writes it, `FAULT[@BYTE][*ANSWERS]`; LookupError names the faults there are."""
    written = WRITTEN.fullmatch(text)
    if written is None or written["fault"] not in list(Fault):
        raise LookupError(f"{text!r}: one of {', '.join(Fault)}, with @BYTE and *ANSWERS where wanted")
    return Misbehaviour(Fault(written["fault"]), int(written["answers"] or 1), int(written["at_byte"] or 0))


GARBAGE = b"\x00\x00\xff\xaa\xaa"
"""Noise and two stray bytes of an SDT preamble: the parser must slide, not restart."""


def mangle(answer: bytes, before: bytes, how: Misbehaviour) -> bytes:
    """The bytes that leave instead of `answer`; `before` is the answer given last."""
    match how.fault:
        case Fault.GARBAGE_BEFORE:
            return GARBAGE + answer
        case Fault.GARBAGE:
            return answer[: how.at_byte] + GARBAGE + answer[how.at_byte :]
        case Fault.TRUNCATED | Fault.UNPLUGGED:
            return answer[: how.at_byte]
        case Fault.WRONG_CHECKSUM:
            return answer[:-1] + bytes([answer[-1] ^ 0xFF])
        case Fault.SILENT:
            return b""
        case Fault.GLUED:
            return before + answer
        case Fault.SLOW | Fault.UNPLUGGED_HEARING:
            return answer


class Faults:
    """The faults that wait for a device's coming answers; any thread's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Misbehaviour] = deque()

    def add(self, how: Misbehaviour) -> None:
        """Queue one."""
        with self._lock:
            self._waiting.append(how)

    def clear(self) -> None:
        """Drop all."""
        with self._lock:
            self._waiting.clear()

    def of_answer(self) -> Misbehaviour | None:
        """What is to befall the answer that is given now."""
        with self._lock:
            if not self._waiting or self._waiting[0].fault is Fault.UNPLUGGED_HEARING:
                return None
            how = self._waiting.popleft()
            if how.after > 0:
                self._waiting.appendleft(replace(how, after=how.after - 1))
                return None
            if how.answers > 1:
                self._waiting.appendleft(replace(how, answers=how.answers - 1))
            return how

    def of_hearing(self, heard: bytes) -> tuple[bytes, bool]:
        """What of it still reaches the device, and whether the cable goes behind that."""
        with self._lock:
            how = self._waiting[0] if self._waiting else None
            if how is None or how.fault is not Fault.UNPLUGGED_HEARING:
                return heard, False
            if len(heard) <= how.at_byte:
                self._waiting[0] = replace(how, at_byte=how.at_byte - len(heard))
                return heard, False
            self._waiting.popleft()
            return heard[: how.at_byte], True
