"""The ways an emulated device can misbehave on the line, on command."""

from __future__ import annotations

import re
from enum import StrEnum

from devices.values import dataclass


class Fault(StrEnum):
    """What goes wrong with the next answers."""

    GARBAGE_BEFORE = "garbage-before"
    TRUNCATED = "truncated"
    WRONG_CHECKSUM = "wrong-checksum"
    SILENT = "silent"
    SLOW = "slow"
    GLUED = "glued"
    """The answer before comes once more, in one piece with this one."""
    UNPLUGGED = "unplugged"


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """A fault, for so many answers; `at_byte` is where TRUNCATED and UNPLUGGED cut."""

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
        case Fault.TRUNCATED | Fault.UNPLUGGED:
            return answer[: how.at_byte]
        case Fault.WRONG_CHECKSUM:
            return answer[:-1] + bytes([answer[-1] ^ 0xFF])
        case Fault.SILENT:
            return b""
        case Fault.GLUED:
            return before + answer
        case Fault.SLOW:
            return answer
