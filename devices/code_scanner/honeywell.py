"""Honeywell's serial commands: the trigger and the menu's questions; pure.

`SYN T CR` lights the engine until it reads, is told off or its own time is over; `SYN U CR` darkens it (public manuals and
implementations agree). It must be in its serial trigger mode (`TRGMOD0`). A menu command is `SYN M CR`, its text and `.`;
that the answer repeats the command and ends in ACK, ENQ or NAK before the `.` is from memory, not tried on a real engine.
"""

from __future__ import annotations

import re

SYN, CR = b"\x16", b"\r"
TRIGGER_ON = SYN + b"T" + CR
TRIGGER_OFF = SYN + b"U" + CR
MENU = SYN + b"M" + CR
TEMPORARY = "!"
"""Behind a menu command: until the power goes; `.` would write into the engine's memory at every start."""


def menu(command: str, *, end: str = ".") -> bytes:
    """A menu command, e.g. `REVINF` (what are you?); a setting ends with TEMPORARY."""
    return MENU + command.encode("ascii") + end.encode("ascii")


SERIAL_TRIGGER = menu("TRGMOD0", end=TEMPORARY)
SERIAL_TRIGGER_ANSWER = re.compile(rb"TRGMOD0[\x05\x06\x15]?[!.]")
"""Taken, not understood or not taken; an engine may also stay silent."""
