"""Memory that was freed goes back to the system.

glibc keeps the holes that pictures, slips and screens leave between what stays, and the next visit's do not always fit them.
"""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Any thread may; others may wait 2 to 4 ms for memory meanwhile. malloc_trim(3); with another C library nothing happens."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
