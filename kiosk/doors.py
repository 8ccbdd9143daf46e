"""The session's ports to disk and centre: they marshal every answer to the session's own thread by `post`.

`StoreDoor` and `CentreDoor` are called on the session's thread; what they hand on runs on the storage, sending and asking
threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from kiosk.log_events import Event as LogEvent
from offline_cache.errors import CacheError, CentreUnreachable
from offline_cache.receipt_number import ReceiptNumber
from offline_cache.records import KeptRecord
from offline_cache.reports import SubmissionHeld
from offline_cache.store import Store
from offline_cache.untold import KeptBefore

if TYPE_CHECKING:
    from offline_cache.asker import Asker
    from offline_cache.blob import Blob
    from offline_cache.centre import Centre
    from offline_cache.wire import Credential, CredentialRequest, EnquiryRecord, EnquiryRequest, SubmissionAnswer

T = TypeVar("T")
Post = Callable[[Callable[[], None]], None]
"""Have something done on the session's thread, soon and in order; may be called on any thread."""
ANSWERS_REMEMBERED = 200
"""Answers that came before anybody asked for them; a visit asks within a moment of keeping."""


class StoreDoor:
    """The disk as a visit sees it."""

    def __init__(self, store: Store, area: str, kiosk: str, clock: Callable[[], datetime], post: Post, *, practice: bool) -> None:
        self._store = store
        self._area = area
        self._kiosk = kiosk
        self._clock = clock
        self._post = post
        self._practice = practice
        self._early: dict[str, SubmissionAnswer | SubmissionHeld] = {}
        self._heard: dict[str, Callable[[SubmissionAnswer | SubmissionHeld], None]] = {}
        self._looking: object = None
        """Stands for what the visit under way looked for last."""
        self._look_again: Callable[[], None] | None = None
        """What the visit looked for and did not find in a store that is not whole yet."""

    def keep(
        self,
        key: str,
        item: str,
        compose: Callable[[str], bytes],
        done: Callable[[str | CacheError], None],
        attachments: Sequence[Blob] = (),
    ) -> None:
        """Keep it under the next receipt number of today."""
        day = self._clock().date()

        def content(serial: int) -> bytes:
            return compose(str(ReceiptNumber(self._area, self._kiosk, day, serial)))

        def kept(result: KeptRecord | CacheError) -> None:
            told = result if isinstance(result, CacheError) else result.receipt_number
            self._post(lambda: done(told))

        self._store.keep(key, day, content, kept, item=item, attachments=attachments)

    def await_answer(self, key: str, heard: Callable[[SubmissionAnswer | SubmissionHeld], None]) -> None:
        """Tell each answer for this key, also one that has come already."""
        self._heard[key] = heard
        if key in self._early:
            heard(self._early.pop(key))

    def answered(self, key: str, answer: SubmissionAnswer | SubmissionHeld) -> None:
        """The centre has answered, or the submission needs a person; on the session's thread."""
        if key in self._heard:
            self._heard[key](answer)
            return
        self._early[key] = answer
        while len(self._early) > ANSWERS_REMEMBERED:
            del self._early[next(iter(self._early))]

    def forget(self) -> None:
        """The visit is over: nobody waits for an answer any more."""
        self._heard.clear()
        self._early.clear()
        self._looking = self._look_again = None

    def kept_before(self, item: str, number: str, done: Callable[[KeptBefore | None], None]) -> None:
        """Look for a submission whose resident was never told of it; once more when a damaged store is carried over whole."""
        now_ms = int(self._clock().timestamp() * 1000)
        looking = self._looking = object()
        self._look_again = None

        def heard(found: Future[tuple[KeptBefore | None, bool]]) -> None:
            if found.exception() is not None:  # a disk that cannot be read finds nothing
                self._post(lambda: done(None))
                return
            kept, may_come = found.result()
            if kept is None and may_come:
                self._post(wait)
            else:  # holds nothing of the person while it waits to be heard
                self._post(lambda: done(kept))

        def wait() -> None:
            if self._looking is not looking:  # the visit is over, or looks for something else
                return
            self._look_again = lambda: self.kept_before(item, number, done)
            with suppress(CacheError):
                self._store.when_carried_over(lambda _: self._post(self._carried_over))

        with suppress(CacheError):
            self._store.call(
                lambda tables: (tables.untold.find(item, number, now_ms), self._store.carrying_over)
            ).add_done_callback(heard)

    def _carried_over(self) -> None:
        if self._look_again is not None:
            self._look_again()

    def tell(self, key: str) -> None:
        """The resident has seen how this submission stands."""
        self._store.tell(key)

    def keep_rating(self, item: str, level: int) -> None:
        """Keep a rating, apart from everything else."""
        self._store.rate(item, level, practice=self._practice)

    def log(self, event: LogEvent) -> None:
        """Append to the journal; from any thread."""
        self._store.log(event)

    def mark_printed(self, key: str, now_ms: int) -> None:
        """The receipt of this submission came out."""
        self._store.call(lambda tables: tables.review.mark_printed(key, now_ms))


class CentreDoor:
    """What a visit asks of the centre now; until it is opened, the centre cannot be reached."""

    def __init__(self, post: Post) -> None:
        self._asker: Asker | None = None
        self._post = post

    def open(self, asker: Asker) -> None:
        """From now on it is asked."""
        self._asker = asker

    def ask(self, item: str, request: EnquiryRequest, done: Callable[[EnquiryRecord | CacheError], None]) -> None:
        """Send an enquiry."""
        self._put(lambda centre: centre.enquire(item, request), done)

    def recall(self, key: str, done: Callable[[SubmissionAnswer | CacheError], None]) -> None:
        """Ask for the answer a submission got."""
        self._put(lambda centre: centre.submission(key), done)

    def resolve(self, request: CredentialRequest, done: Callable[[Credential | CacheError], None]) -> None:
        """Ask whom a scanned token stands for."""
        self._put(lambda centre: centre.resolve(request), done)

    def _put(self, question: Callable[[Centre], T], done: Callable[[T | CacheError], None]) -> None:
        if self._asker is None:
            done(CentreUnreachable("the kiosk is starting"))
        else:
            self._asker.ask(question, lambda answer: self._post(lambda: done(answer)))
