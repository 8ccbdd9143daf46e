"""Processes of the long tests, as many at once as there is room for."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager


@contextmanager
def processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """Ended at once, whatever is under way; Ctrl-C is heard by this process alone."""
    executor = ProcessPoolExecutor(count, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))
    try:
        yield executor
    finally:
        for process in tuple((executor._processes or {}).values()):
            process.terminate()
        executor.shutdown(cancel_futures=True)
