"""The clock that nothing sets and that goes on while the machine sleeps: a suspended hour is an hour."""

from __future__ import annotations

import time


def elapsed() -> float:
    """Seconds since the machine was started; `time.monotonic` stands still while the machine is suspended."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
