"""What a session asks of the world: devices, disk and centre, as protocols.

Every method is called on the session's own thread and must not wait: what takes time is done elsewhere, and its end is
told through the callback that came with it. The adapter calls a callback **on the session's thread** (it marshals), at most
once unless said otherwise; when it is too late for the visit, the session itself drops the result.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from devices.receipt_printer.slip import Slip
from devices.reports import DeviceKind
from kiosk.log_events import Event as LogEvent
from kiosk.values import dataclass
from offline_cache.errors import CacheError
from offline_cache.reports import SubmissionHeld
from offline_cache.untold import KeptBefore

if TYPE_CHECKING:
    from offline_cache.blob import Blob
    from offline_cache.wire import Credential, CredentialRequest, EnquiryRecord, EnquiryRequest, SubmissionAnswer


class Devices(Protocol):
    """The part of `devices.rack.Rack` that a visit needs."""

    def activate(self, kind: DeviceKind, active: bool) -> None:
        """Wake or rest all devices of a kind."""

    def capture_page(self, job: str) -> bool:
        """Take the sheet under the document camera; False when none is fitted. One PageCaptured follows as a report."""

    def compare_face(self, job: str, photo: bytes, given_up: threading.Event) -> bool:
        """Compare the face before the camera with a card's photograph (WLT); False when no face camera is fitted.

        FaceAsked with this job, several times, and one FaceCompared follow as reports; setting `given_up` ends it early.
        """

    def print_document(self, job: str, slip: Slip, given_up: threading.Event) -> bool:
        """The same on A4; False when no document printer is fitted."""

    def print_slip(self, job: str, slip: Slip, given_up: threading.Event) -> bool:
        """Order one slip; False when no printer is fitted. SlipPrinted or SlipFailed with this job follows as a report.

        Set before the slip has begun, `given_up` keeps it from being printed.
        """


class Store(Protocol):
    """The disk: submissions, ratings, the log."""

    def keep(
        self,
        key: str,
        item: str,
        compose: Callable[[str], bytes],
        done: Callable[[str | CacheError], None],
        attachments: Sequence[Blob] = (),
    ) -> None:
        """Keep a submission durably, in one transaction with its receipt number and its attachments.

        `compose` makes the canonical content from the receipt number; it is pure and may be called on any thread. `done`
        gets the receipt number once everything is durable, or the error when nothing is kept.
        """

    def await_answer(self, key: str, heard: Callable[[SubmissionAnswer | SubmissionHeld], None]) -> None:
        """Tell each answer of the centre for this key, also one that has come already, and that it needs a person.

        Trouble that only delays is not told.
        """

    def kept_before(self, item: str, number: str, done: Callable[[KeptBefore | None], None]) -> None:
        """Look for a submission for this item by the holder of this document whose resident was never told of it."""

    def tell(self, key: str) -> None:
        """The resident has seen how this submission stands."""

    def keep_rating(self, item: str, level: int) -> None:
        """Keep a rating, apart from visit and person; trouble with it is the store's own to log."""

    def log(self, event: LogEvent) -> None:
        """Append to the journal; never raises."""


class Centre(Protocol):
    """What needs an answer of the centre now."""

    def ask(self, item: str, request: EnquiryRequest, done: Callable[[EnquiryRecord | CacheError], None]) -> None:
        """Send an enquiry for the item with this code; its own time-out is not shorter than the session's patience."""

    def recall(self, key: str, done: Callable[[SubmissionAnswer | CacheError], None]) -> None:
        """Ask for the answer a submission got."""

    def resolve(self, request: CredentialRequest, done: Callable[[Credential | CacheError], None]) -> None:
        """Ask whom a scanned token stands for; a token is sent once, never again by itself."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything a session may reach."""

    devices: Devices
    store: Store
    centre: Centre
    wipe: Callable[[], None]
    """Forget what of the visit lies outside the session: keyboard history, clipboard, pictures."""
