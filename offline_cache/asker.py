"""The asking thread: what a visit needs of the centre now (an enquiry, a scanned token), beside the sending of batches."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from offline_cache.centre import Centre
from offline_cache.errors import CentreError, CentreUnreachable

T = TypeVar("T")


class Asker:
    """Asks one thing after the other; `then` hears the answer or the error on the asking thread."""

    def __init__(self, centre: Centre, on_defect: Callable[[BaseException], None] | None = None) -> None:
        self._centre = centre
        self._on_defect = on_defect
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="asker")

    def ask(self, question: Callable[[Centre], T], then: Callable[[T | CentreError], None]) -> None:
        """Put a question to the centre, e.g. `lambda centre: centre.enquire(item, request)`; returns at once."""

        def heard(done: Future[T]) -> None:
            if done.cancelled():
                return
            error = done.exception()
            if error is None:
                then(done.result())
            elif isinstance(error, CentreError):
                then(error)
            else:
                if self._on_defect is not None:
                    self._on_defect(error)
                then(CentreError(type(error).__name__))

        try:
            self._thread.submit(question, self._centre).add_done_callback(heard)
        except RuntimeError:
            then(CentreUnreachable("the kiosk is closing"))

    def stop(self) -> None:
        """Drop what was not asked yet; does not wait for the question under way, whose answer is still told."""
        self._thread.shutdown(wait=False, cancel_futures=True)
