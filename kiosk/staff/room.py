"""The staff's room: who is signed in, and everything their pages show and do.

Lives on the session's thread. Whatever reads the disk or hashes a PIN runs on the storage thread; its answer comes back to
the session's thread through `post`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from devices.reports import BadgeShown, DeviceKind, FaceHint, FaceSeen, TestFinished
from kiosk.errors import DiskNearlyFull, StaffError, known_code
from kiosk.log_events import Event as LogEvent
from kiosk.staff.diagnostics import LOW_DISK_BYTES, Diagnosis, disk_of
from kiosk.staff.log_review import LogFilter, LogPage, Timeline, csv_in_steps, page_in_steps, read_timeline
from kiosk.staff.queue_export import export_in
from kiosk.staff.queue_review import (
    UNDELIVERED,
    MatchRow,
    QueueRow,
    QueueSummary,
    match_to_show,
    queue_rows,
    queue_summary,
)
from kiosk.staff.settings import Role, SignInSettings
from kiosk.staff.sign_in import SignedIn, SignIn, require
from kiosk.staff.whole_file import whole_file
from kiosk.values import dataclass
from offline_cache.elapsed import elapsed
from offline_cache.errors import CacheError, StoreUnwritable
from offline_cache.records import CancelReason

if TYPE_CHECKING:
    from devices.frame_slot import Picture
    from offline_cache.records import RecordFacts
    from offline_cache.review import Review
    from offline_cache.tables import Tables

T = TypeVar("T")
ROWS_SHOWN = 200
MOST_EXPORTED = 1_000_000
HELD_SECONDS = 0.02
"""Long work holds the store for so long before others have their turn."""


@dataclass(frozen=True, slots=True)
class TestResult:
    """How a device's test goes; `code` is empty when it passed."""

    __test__ = False

    running: bool
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class QueueView:
    """The queue in numbers and rows, newest first, but what needs a person before all others."""

    summary: QueueSummary
    rows: tuple[QueueRow, ...]
    match: MatchRow | None = None
    """The last day that differs from the centre's ledger, else the last that was compared."""


@dataclass(frozen=True, slots=True)
class Exported:
    """Where the log, or the queue, was written, and how many rows."""

    path: Path
    rows: int
    unread: int = 0
    """Rows that cannot be read any more."""


class Bench(Protocol):
    """The part of `devices.rack.Rack` that staff need."""

    def activate(self, kind: DeviceKind, active: bool) -> None:
        """Wake or rest all devices of a kind."""

    def test(self, name: str) -> bool:
        """Order a device's own test."""

    def newest_frame(self, name: str) -> Picture | None:
        """A camera's newest frame, once."""


@dataclass(frozen=True, slots=True)
class Means:
    """What the room works with."""

    bench: Bench
    badges: Mapping[str, str]
    """UID → staff number."""
    sign_in: SignIn
    sign_in_settings: SignInSettings
    diagnosis: Callable[[], Diagnosis]
    on_storage: Callable[[Callable[[Tables], object], Callable[[object], None]], None]
    """Do work on the storage thread; its result or CacheError or StaffError is told on the session's thread."""
    send_now: Callable[[], None]
    """Try the line, send what is due, and compare the days that differ or are open, without waiting."""
    log: Callable[[LogEvent], None]
    """From any thread."""
    clock: Callable[[], datetime]
    exports: Path
    """Directory that exports are written to."""


class StaffRoom:
    """One member of staff at a time."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._listeners: list[Callable[[], None]] = []
        self._tests: dict[str, TestResult] = {}
        self._watching_face = False
        self._searches = 0
        self._badge_listeners: list[Callable[[str], None]] = []
        self.signed_in: SignedIn | None = None
        self.hint: FaceHint | None = None
        """Newest guidance while the face is watched."""

    @property
    def tests(self) -> Mapping[str, TestResult]:
        """Device → how its latest test of this session went."""
        return self._tests

    @property
    def seconds(self) -> float:
        """The clock of the door: nothing sets it, and it goes on while the machine sleeps."""
        return elapsed()

    @property
    def wait_seconds(self) -> int:
        """Seconds until the next sign-in is looked at; 0 when it is."""
        return self._means.sign_in.wait_seconds()

    def watch(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each change."""
        self._listeners.append(listener)

    def watch_badges(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the staff number whenever a staff badge is laid on the reader."""
        self._badge_listeners.append(listener)

    # --- the door -------------------------------------------------------------------------------------------------

    def sign_in(self, number: str, pin: str, then: Callable[[SignedIn | StaffError], None]) -> None:
        """Look at a PIN; takes some 50 ms on the storage thread, and idle time is counted from here on."""
        typed_at = self._means.clock()

        def look(_tables: Tables) -> SignedIn | StaffError:
            try:
                return self._means.sign_in.sign_in(number, pin)
            except StaffError as refused:
                return refused

        def looked(result: SignedIn | StaffError | CacheError) -> None:
            answer = StaffError(result.code) if isinstance(result, CacheError) else result
            if isinstance(answer, SignedIn):
                self.signed_in = answer.touched(typed_at)
                self._means.log(LogEvent("staff-signed-in", {"staff": answer.number, "role": answer.role.value}))
                self.tick()  # the disk hung or the kiosk stood still meanwhile: whoever typed it may be long gone
            elif (wait := self.wait_seconds) > 0:
                self._means.log(LogEvent("staff-locked", {"seconds": wait}))
            else:
                self._means.log(LogEvent("staff-failed", {"failures": 1}))
            then(answer)
            self._tell()

        self._on_storage(look, looked)

    def sign_out(self, *, idle: bool = False) -> None:
        """Leave; may be called by nobody signed in."""
        if self.signed_in is not None:
            self._means.log(LogEvent("staff-signed-out", {"staff": self.signed_in.number, "idle": idle}))
        self.signed_in = None
        self._tests.clear()
        self.watch_face(on=False)
        self._tell()

    def touched(self) -> None:
        """Somebody is there; not the same person any more where the kiosk stood still for longer than the idle time."""
        self.tick()
        if self.signed_in is not None:
            self.signed_in = self.signed_in.touched(self._means.clock())

    def tick(self) -> None:
        """Let the idle clock speak; about four times a second."""
        if self.signed_in is not None and self.signed_in.idle_too_long(self._means.clock(), self._means.sign_in_settings):
            self.sign_out(idle=True)

    # --- devices --------------------------------------------------------------------------------------------------

    def diagnosis(self) -> Diagnosis:
        """How this kiosk is now."""
        return self._means.diagnosis()

    def test(self, device: str) -> bool:
        """Start a device's own test; False when there is no such device. `tests` tells how it went."""
        staff = require(self.signed_in, Role.TECHNICIAN)
        if not self._means.bench.test(device):
            return False
        self._tests[device] = TestResult(running=True)
        self._means.log(LogEvent("staff-tested-device", {"staff": staff.number, "device": device}))
        self._tell()
        return True

    def hear(self, report: TestFinished | FaceSeen | BadgeShown) -> None:
        """A device's report that is for staff; a card that is nobody's badge is forgotten on the spot."""
        if isinstance(report, BadgeShown):
            number = self._means.badges.get(report.uid, "")
            for listener in self._badge_listeners if number else ():
                listener(number)
            return
        if isinstance(report, FaceSeen):
            self.hint = report.hint if self._watching_face else None
        elif report.device in self._tests:
            self._tests[report.device] = TestResult(running=False, code=report.code, detail=report.detail)
            code = known_code(report.code) if report.code else ""
            self._means.log(LogEvent("device-tested", {"device": report.device, "code": code}))
        self._tell()

    def watch_face(self, on: bool) -> None:
        """Wake the face camera, or let it rest and wipe its frames."""
        if on == self._watching_face:
            return
        self._watching_face = on
        self.hint = None
        self._means.bench.activate(DeviceKind.FACE_CAMERA, on)
        self._tell()

    def newest_frame(self, device: str) -> Picture | None:
        """A camera's newest frame, once for each."""
        return self._means.bench.newest_frame(device) if self._watching_face else None

    # --- log and queue --------------------------------------------------------------------------------------------

    def log_page(self, wanted: LogFilter, before_seq: int | None, then: Callable[[LogPage | CacheError], None]) -> None:
        """One page of the log, newest first; managers only. Of several asked for one after the other only the last is told."""
        require(self.signed_in, Role.MANAGER)
        self._searches += 1
        this = self._searches
        self._in_steps(
            lambda tables: page_in_steps(tables.journal, wanted, before_seq),
            then,
            asked_for=lambda: self.signed_in is not None and self._searches == this,
        )

    def timeline(self, visit: str, then: Callable[[Timeline | CacheError], None]) -> None:
        """One visit from its first event to its last; managers only."""
        require(self.signed_in, Role.MANAGER)
        self._on_storage(lambda tables: read_timeline(tables.journal, visit), then)

    def queue(self, then: Callable[[QueueView | CacheError], None]) -> None:
        """The queue, unopened."""
        require(self.signed_in, Role.TECHNICIAN)
        now = self._means.clock()

        def look(tables: Tables) -> QueueView:
            return QueueView(
                queue_summary(tables.outbox.tally(), now),
                queue_rows(_rows_to_show(tables.review), now, tables.attachments),
                match_to_show(tables.matches.shown(now.date())),
            )

        self._on_storage(look, then)

    def retry(self, key: str, then: Callable[[str], None]) -> None:
        """Put a submission back to the front of the queue and try the line now; "" or the code of why not."""
        self._move("queue-retried", key, lambda review, now_ms: review.retry(key, now_ms), then)

    def cancel(self, key: str, reason: str, then: Callable[[str], None]) -> None:
        """Take a submission out of the queue for good, for one of `wording.CANCEL_REASONS`; "" or the code of why not.

        Where the centre has it all the same, its day differs until it is compared once more: that is done now, too.
        """
        why = CancelReason(reason)
        self._move("queue-cancelled", key, lambda review, now_ms: review.cancel(key, why, now_ms), then)

    def _move(self, event: str, key: str, move: Callable[[Review, int], bool], then: Callable[[str], None]) -> None:
        """Change where a submission stands, and log who did; "" or the code of why not."""
        staff = require(self.signed_in, Role.TECHNICIAN)
        now_ms = int(self._means.clock().timestamp() * 1000)

        def work(tables: Tables) -> bool:
            moved = move(tables.review, now_ms)
            if moved:  # at once: where the kiosk is stopped or dies just now, nobody hears that it is done
                self._means.log(LogEvent(event, {"key": key, "staff": staff.number}))
            return moved

        def done(moved: bool | CacheError) -> None:
            if isinstance(moved, CacheError):
                then(moved.code)
                return
            if moved:
                self._means.send_now()
            then("" if moved else "action-refused")

        self._on_storage(work, done)

    def export_queue(self, then: Callable[[Exported | DiskNearlyFull | CacheError], None]) -> None:
        """Write what the centre has not answered, still encrypted, into the exports directory; it stays there for some days.

        Not where it would leave little room on the disk, which the next submissions need. A little at a time, so that
        whoever wants something of the store meanwhile waits for that little only.
        """
        staff = require(self.signed_in, Role.TECHNICIAN)
        written = export_in(self._means.exports, self._means.clock())

        def write(tables: Tables) -> Generator[None, None, Exported | DiskNearlyFull]:
            disk = disk_of(written.path.parent.parent)
            if disk is not None and disk.free_bytes - tables.outbox.tally().content_bytes * 4 // 3 < LOW_DISK_BYTES:
                return DiskNearlyFull()
            written.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            yield from written.write(tables.review.rows(*UNDELIVERED, limit=MOST_EXPORTED), tables.review, tables.attachments)
            return Exported(written.path, written.rows, written.unread)

        def done(result: Exported | DiskNearlyFull | CacheError) -> None:
            if isinstance(result, Exported):
                self._means.log(LogEvent("queue-exported", {"staff": staff.number, "rows": result.rows}))
            then(result)

        self._in_steps(write, done, file=written.path)

    def export_log(self, wanted: LogFilter, then: Callable[[Exported | DiskNearlyFull | CacheError], None]) -> None:
        """Write all rows that pass as CSV into the exports directory, a little at a time; managers only.

        It breaks off where it would leave little room on the disk.
        """
        staff = require(self.signed_in, Role.MANAGER)
        path = self._means.exports / f"log-{self._means.clock():%Y%m%d-%H%M%S}.csv"

        def write(tables: Tables) -> Generator[None, None, Exported | DiskNearlyFull]:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                with whole_file(path, newline="") as stream:
                    return Exported(path, (yield from _while_there_is_room(csv_in_steps(tables.journal, wanted, stream), path)))
            except DiskNearlyFull as full:
                return full

        def done(result: Exported | DiskNearlyFull | CacheError) -> None:
            if isinstance(result, Exported):
                self._means.log(LogEvent("log-exported", {"staff": staff.number, "rows": result.rows}))
            then(result)

        self._in_steps(write, done, file=path)

    def _in_steps(
        self,
        begin: Callable[[Tables], Generator[None, None, T]],
        then: Callable[[T | CacheError], None],
        *,
        file: Path = Path(),
        asked_for: Callable[[], bool] = lambda: True,
    ) -> None:
        """Work that would hold the store for long: whatever else is wanted of it meanwhile waits for one of its steps only.

        It yields where it can be left, and returns what comes of it. Left for good, and nothing told, once it is asked for no
        more. `file` is what a refusal of the disk is about.
        """
        steps: list[Generator[None, None, T]] = []

        def work(tables: Tables) -> T | None:
            if not steps:
                steps.append(begin(tables))
            until = time.monotonic() + HELD_SECONDS
            try:
                while True:
                    next(steps[0])
                    if time.monotonic() >= until:
                        return None
            except StopIteration as done:
                found: T = done.value
                return found
            except OSError as refused:
                raise StoreUnwritable(f"{file}: {refused.strerror}") from refused

        def worked(result: T | CacheError | None) -> None:
            wanted = asked_for()
            if wanted and result is None:
                self._on_storage(work, worked)
                return
            for begun in steps:
                begun.close()  # where it was given no turn any more, a half file would stay
            if wanted and result is not None:
                then(result)

        self._on_storage(work, worked)

    def _on_storage(self, work: Callable[[Tables], T], then: Callable[[T | CacheError], None]) -> None:
        self._means.on_storage(work, then)  # type: ignore[arg-type] # the result's type goes through unchanged

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


def _while_there_is_room(steps: Generator[None, None, T], file: Path) -> Generator[None, None, T]:
    """The same steps; raises DiskNearlyFull once the next submissions would need what is left beside the file."""
    while True:
        disk = disk_of(file.parent.parent)
        if disk is not None and disk.free_bytes < LOW_DISK_BYTES:
            raise DiskNearlyFull
        try:
            yield next(steps)
        except StopIteration as done:
            found: T = done.value
            return found


def _rows_to_show(review: Review) -> tuple[RecordFacts, ...]:
    """What the centre has not answered first, however much was answered since; then the newest of the others."""
    undelivered = review.undelivered(ROWS_SHOWN)
    known = {row.key for row in undelivered}
    others = (row for row in review.rows(limit=ROWS_SHOWN) if row.key not in known)
    return (*undelivered, *others)[:ROWS_SHOWN]
