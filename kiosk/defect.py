"""A fault of the program itself, as the log may tell it: its kind and its place in the source, never its words. Pure."""

from __future__ import annotations

import traceback
from pathlib import Path

from kiosk.log_events import EXCEPTION, PLACE, Event

SOURCE = Path(__file__).resolve().parent.parent
"""The folder of our packages; once installed, of all the others too."""
OURS = frozenset({"central", "devices", "kiosk", "offline_cache", "ui"})
NOWHERE = "kiosk/defect.py:0"
"""Told when the fault was raised outside our source from top to bottom."""


def defect_event(error: BaseException, visit: str = "") -> Event:
    """The event to log; the message is left out, for it may hold what somebody typed."""
    kind = type(error).__name__
    return Event("defect-met", {"exception": kind if EXCEPTION.allows(kind) else "Exception", "place": _place(error)}, visit)


def _place(error: BaseException) -> str:
    """The innermost line of ours, e.g. `kiosk/visit/flow.py:120`."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = Path(frame.filename)
        if file.is_relative_to(SOURCE):
            within = file.relative_to(SOURCE)
            place = f"{within.as_posix()}:{frame.lineno or 0}"
            if within.parts[0] in OURS and PLACE.allows(place):
                return place
    return NOWHERE
