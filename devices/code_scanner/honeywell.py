"""Honeywell's serial commands: the trigger and the menu's questions; pure.

`SYN T CR` lights the engine until it reads, is told off or its own time is over; `SYN U CR` darkens it (public manuals and
implementations agree). It must be in its serial trigger mode (`TRGMOD0`). A menu command is `SYN M CR`, its text and `.`;
that the answer repeats the command and ends in ACK, ENQ or NAK before the `.` is from memory, not tried on a real engine.
"""

from __future__ import annotations

import re

SYN, CR, ACK = b"\x16", b"\r", b"\x06"
TRIGGER_ON = SYN + b"T" + CR
TRIGGER_OFF = SYN + b"U" + CR
MENU = SYN + b"M" + CR
TEMPORARY = "!"
"""Behind a menu command: until the power goes; `.` would write into the engine's memory at every start."""


def menu(command: str, *, end: str = ".") -> bytes:
    """A menu command, e.g. `REVINF` (what are you?); a setting ends with TEMPORARY."""
    return MENU + command.encode("ascii") + end.encode("ascii")


def answer(command: bytes, text: bytes = b"", *, end: str = ".") -> bytes:
    """A menu command's answer as an engine that takes it writes it."""
    return command + text + ACK + end.encode("ascii")


SERIAL_TRIGGER = menu("TRGMOD0", end=TEMPORARY)
SERIAL_TRIGGER_ANSWER = re.compile(rb"TRGMOD0[\x05\x06\x15]?[!.]")
"""Taken, not understood or not taken; an engine may also stay silent."""
REVISION = menu("REVINF")
REVISION_ANSWER = re.compile(rb"REVINF((?:(?!REVINF)[ -~\t\r\n]){0,1000})[\x05\x06\x15][!.]")
"""What the engine is, over several lines; never over a second answer, for a code may stand between two."""


def revision_of(heard: bytes) -> str:
    """What an engine says it is, in one line; empty where there is no such answer in what was heard."""
    found = REVISION_ANSWER.search(heard)
    return "" if found is None else " ".join(found[1].decode("ascii").split()) or "unnamed"


class EngineAnswers:
    """What the engine at one port is known to answer, from its life up to now; only then is its silence one. Outlives drivers."""

    def __init__(self) -> None:
        self.mode = False
        """It has answered TRGMOD0."""
        self.revision = False
        """It has answered REVINF."""
