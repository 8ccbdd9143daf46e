"""The sending thread: submissions first, then heartbeats, events and ratings; the policy is `sync`, the disk is `store`.

Started by a kept submission at once, by its own periods, and by a line that heals. Its listener is called on this thread.
"""

from __future__ import annotations

import contextlib
import functools
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from offline_cache import sync
from offline_cache.centre import Centre
from offline_cache.errors import (
    CentreError,
    CentreUnreachable,
    ContentConflict,
    ContentRefused,
    KeyFixed,
    KioskUnknown,
    NothingFound,
    StoreError,
)
from offline_cache.reports import (
    ClockCompared,
    DamagedTakenAway,
    Defect,
    KeyRotated,
    LineChanged,
    Listener,
    OrdersGiven,
    Progress,
)
from offline_cache.sending import Means, Setup
from offline_cache.sending_events import Events
from offline_cache.sending_ledger import LedgerMatch
from offline_cache.sending_published import Published
from offline_cache.sending_submissions import Submissions
from offline_cache.store import Store
from offline_cache.tables import Tables
from offline_cache.wire import Heartbeat, HeartbeatAnswer

LINE_FAILURES, LINE_RETRY_AT, LINE_WAIT, LINE_TROUBLE = "line-failures", "line-retry-at", "line-wait", "line-trouble"
LAST_SUCCESS = "last-success"
"""Marks: a count, a moment and a wait in ms, a moment."""
SWEEP_SECONDS = 60.0
"""Between two looks at what is due on the disk whatever the line does: a head to sign, what is to be erased, another key."""
STORE_WAIT_SECONDS = 10.0
"""After the disk refused, until it is asked again."""
DEFECT_WAIT_SECONDS = 5.0


@dataclass(slots=True)
class _Due:
    """When the periodic work comes next, on the monotonic clock."""

    beat: float = 0.0
    sweep: float = 0.0
    ratings: float = 0.0


class Sender:
    """Sends what the store holds until stopped."""

    def __init__(self, store: Store, centre: Centre, setup: Setup, listener: Listener) -> None:
        self._store = store
        self._centre = centre
        self._setup = setup
        self._pace = setup.pace
        self._listener = listener
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._try_now = threading.Event()
        self._compares = False
        """Staff asked: once all that is due is sent, the days that are open or differ are compared."""
        self._line = sync.Line()
        self._refusal = ""
        """The centre's own code for why the line is down, where it gave one."""
        self._due = _Due()
        self._failing: set[str] = set()
        """What is done beside sending and met a fault of ours."""
        self._remembered = False
        """What outlives a restart was looked up."""
        self._told_offset_ms: int | None = None
        """Of the clocks, as the listener heard it last."""
        self._heard: tuple[int, float] | None = None
        """The centre's time in ms with its latest heartbeat, and when that was on the monotonic clock."""
        self._last_success_at_ms: int | None = None
        self._next_try_at_ms: int | None = None
        means = Means(store, centre, setup, listener, self._line_worked)
        self._submissions = Submissions(means, self._stopping)
        self._ledger = LedgerMatch(means, self._submissions.note)
        self._events = Events(means, self._ledger.look_again)
        self._published = Published(means)
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)

    # --- from any thread ------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin."""
        self._store.watch(self.wake)
        self._thread.start()

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    def line_may_be_back(self) -> None:
        """Staff ask: try the line now, however long it was to be left alone; what waits goes now where it is up.

        They may have handed in what the centre had lost: once it is sent, the days that differ are held against its ledger again.
        """
        self._try_now.set()
        self.wake()

    def stop(self, timeout_seconds: float = 5.0) -> bool:
        """Stop after the request under way; False when that takes longer than the time given. Twice is safe."""
        self._stopping.set()
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def progress(self) -> Progress:
        """How sending goes."""
        line = self._line
        since_ms = self._submissions.sending_since_ms if line.up else None
        refused = {"log": self._events.refused, **self._published.refused}
        return Progress(
            tally=self._store.tally(),
            online=line.up,
            why=line.why,
            last_success_at_ms=self._last_success_at_ms,
            next_try_at_ms=self._next_try_at_ms if since_ms is None else since_ms,
            clock_offset_ms=self._centre.clock_offset_ms,
            clock_astray=self._clock_astray(),
            refused={what: why for what, why in refused.items() if why},
            differing=self._ledger.differing,
        )

    def _clock_astray(self) -> bool:
        now_ms, heard = self._setup.now_ms(), self._heard
        since_heard_ms = None if heard is None else now_ms - heard[0] - round(1000 * (self._setup.monotonic() - heard[1]))
        return sync.clock_astray(since_heard_ms, self._last_success_at_ms, now_ms)

    # --- on the sending thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                wait = self._turn()
            except StoreError:  # the store has noted it; nothing was lost
                wait = STORE_WAIT_SECONDS
            except Exception as error:  # noqa: BLE001 - the top of the sending thread: a fault is told and sending goes on
                with contextlib.suppress(Exception):  # it may be the listener's
                    self._listener(Defect(error))
                wait = DEFECT_WAIT_SECONDS
            if wait > 0:
                self._woken.wait(wait)
            self._woken.clear()

    def _turn(self) -> float:
        """Do what is due, one request of each kind; returns the seconds until there is more to do."""
        self._beside_sending(self._sign_head)
        if not self._remembered:  # before anything goes by the clock
            self._beside_sending(self._remember)
        if self._setup.monotonic() >= self._due.sweep:  # with the line down too
            self._due.sweep = self._setup.monotonic() + min(SWEEP_SECONDS, self._setup.centre.heartbeat_seconds)
            self._beside_sending(self._sweep)
            self._beside_sending(self._rotate_when_asked)
        if not self._remembered:
            self._remember()
        if asked := self._try_now.is_set():
            self._try_now.clear()
            self._submissions.due = 0.0
            self._compares = True
        if not self._line.up and not self._try_line(asked=asked):
            return self._plan()
        try:
            more = self._submissions.send()
            if self._compares and not more:  # before, a day would come out with what is still to be sent of it
                self._compares = False
                self._ledger.look_soon()
            self._beat_when_due()
            if not self._submissions.unleased:  # what else there is must be noted, or it is sent again and again
                more |= self._events.send()
                more |= self._send_ratings()
                more |= self._ledger.match()
        except CentreError as error:
            self._line_failed(error)
            more = False
        return 0.0 if more and self._line.up else self._plan()

    def _beside_sending(self, work: Callable[[], None]) -> None:
        """Do what is no reason not to send, whatever becomes of it; a fault of it is told once, until it goes well again."""
        try:
            work()
        except StoreError:  # the store has noted it
            return
        except Exception as error:  # noqa: BLE001 - nothing else of this turn may depend on it
            if work.__name__ not in self._failing:
                self._failing.add(work.__name__)
                self._listener(Defect(error))
        else:
            self._failing.discard(work.__name__)

    def _sign_head(self) -> None:
        self._store.call(self._store.sign_head).result()

    def _sweep(self) -> None:
        sweep = functools.partial(self._store.sweep, by_clock=self._remembered and not self._clock_astray())
        taken_away = self._store.call(sweep, makes_room=True).result()
        if taken_away.stores:
            self._listener(DamagedTakenAway(taken_away.stores, taken_away.with_gaps))

    def _plan(self) -> float:
        """Seconds until the next thing is due, noted for whoever looks."""
        now, now_ms = self._setup.monotonic(), self._setup.now_ms()
        waiting = self._store.call(lambda tables: tables.outbox.next_due_ms()).result()
        if not self._line.up:
            wait = max(0.0, self._line.retry_at - now)
            self._next_try_at_ms = now_ms + round(wait * 1000)
            return min(wait, max(0.01, self._due.sweep - now))
        paused = self._submissions.due - now
        self._next_try_at_ms = waiting if waiting is None or paused <= 0 else max(waiting, now_ms + round(paused * 1000))
        if self._submissions.unleased:
            return min(STORE_WAIT_SECONDS, max(0.01, self._due.beat - now))
        moments = [self._due.beat - now, self._events.due - now, self._due.sweep - now]
        if waiting is not None:
            moments.append(max((waiting - now_ms) / 1000, paused))
        return max(0.01, min(moments))

    # --- the line -------------------------------------------------------------------------------------------------

    def _remember(self) -> None:
        """When the centre last answered; and a restart does not make an overloaded centre's kiosks come back at once."""
        names = (LINE_FAILURES, LINE_RETRY_AT, LINE_WAIT, LINE_TROUBLE, LAST_SUCCESS)
        failures, retry_at_ms, wait_ms, trouble, last_success_at_ms = self._store.call(
            lambda tables: tuple(tables.marks.get(name, 0) for name in names)
        ).result()
        self._last_success_at_ms = last_success_at_ms or None
        left, now = (retry_at_ms - self._setup.now_ms()) / 1000, self._setup.monotonic()
        self._line = sync.line_at_start(failures, left, wait_ms / 1000, now, trouble)
        self._remembered = True
        if self._line.retry_at > now:
            self._listener(LineChanged(up=False, why=self._line.why))

    def _try_line(self, *, asked: bool) -> bool:
        now = self._setup.monotonic()
        if now < self._line.retry_at and not asked:
            return False
        if self._line.knock:
            if not self._centre.knock():
                self._line_failed(CentreUnreachable("no connection"))
                return False
            spread = 0.0 if asked else self._setup.centre.rejoin_spread_seconds  # staff ask at one kiosk, not at all at once
            self._line = sync.line_after_knock(self._line, now, self._setup.jitter(), spread)
            if self._line.retry_at > now:
                return False
        try:
            self._beat()
        except CentreError as error:
            self._line_failed(error)
            return False
        return True

    def _line_failed(self, error: CentreError) -> None:
        was_known, was_up = self._line.why != "" or self._line.up, self._line.up
        why = self._line.why
        self._line = sync.line_after_error(self._line, error, self._setup.monotonic(), self._setup.jitter(), self._pace)
        wait = max(0.0, self._line.retry_at - self._setup.monotonic())
        self._next_try_at_ms = retry_at_ms = self._setup.now_ms() + round(1000 * wait)
        trouble = sync.outlives_restart(error)
        if trouble is not None:
            self._note_failures(self._line.failures, retry_at_ms, round(1000 * wait), trouble)
        changed, self._refusal = (why, self._refusal) != (error.code, error.refusal), error.refusal
        if was_up or not was_known or changed:
            self._listener(LineChanged(up=False, why=error.code, refusal=error.refusal))

    def _line_worked(self) -> None:
        self._last_success_at_ms = now_ms = self._setup.now_ms()
        if not self._clock_astray():  # or the next start would take it for the right time
            with contextlib.suppress(StoreError):  # nobody waits for it: after a restart it is a little older
                self._store.call(lambda tables: tables.marks.set(LAST_SUCCESS, now_ms, lasting=False))
        if self._line.up:
            return
        if self._line.failures:
            self._note_failures(0, 0, 0)
        self._line = sync.line_after_success()
        self._listener(LineChanged(up=True))

    def _note_failures(self, failures: int, retry_at_ms: int, wait_ms: int, trouble: int = 0) -> None:
        def noted(tables: Tables) -> None:
            tables.marks.set(LINE_FAILURES, failures)
            tables.marks.set(LINE_RETRY_AT, retry_at_ms)
            tables.marks.set(LINE_WAIT, wait_ms)
            tables.marks.set(LINE_TROUBLE, trouble)

        with contextlib.suppress(StoreError):  # after a restart the centre is asked sooner, no more
            self._store.call(noted).result()

    # --- everything else ------------------------------------------------------------------------------------------

    def _beat_when_due(self) -> None:
        if self._setup.monotonic() >= self._due.beat:
            self._beat()

    def _beat(self) -> None:
        """One heartbeat, and what its answer brings."""
        answer = self._answer_to_beat()
        offset_ms, now = self._centre.clock_offset_ms, self._setup.monotonic()
        self._heard = self._setup.now_ms() + offset_ms, now
        self._due.beat = now + self._setup.centre.heartbeat_seconds
        self._line_worked()
        # Against what was told, not what was known: a refusal before may have taught the time already.
        if self._told_offset_ms is None or abs(offset_ms - self._told_offset_ms) >= 1000:
            self._told_offset_ms = offset_ms
            self._listener(ClockCompared(offset_ms))
        self._listener(OrdersGiven(answer))
        self._published.fetch_newer(answer)

    def _answer_to_beat(self) -> HeartbeatAnswer:
        """Asked once more where a refusal has just taught the centre's time, by which the next request is signed."""
        known = self._centre.clock_offset
        try:
            return self._centre.beat(self._heartbeat())
        except KioskUnknown:
            if self._centre.clock_offset == known:
                raise
        return self._centre.beat(self._heartbeat())

    def _rotate_when_asked(self) -> None:
        try:
            cipher = self._store.call(self._store.rotate_when_asked).result()
        except KeyFixed as refused:
            self._listener(KeyRotated(refused=refused.code))
        else:
            if cipher is not None:
                self._listener(KeyRotated(cipher=cipher))

    def _heartbeat(self) -> Heartbeat:
        vitals, tally, now_ms = self._setup.vitals(), self._store.tally(), self._setup.now_ms()
        oldest = 0 if tally.oldest_at_ms is None else max(0, now_ms - tally.oldest_at_ms) // 1000
        return Heartbeat(
            version=vitals.version,
            clock=datetime.fromtimestamp(now_ms / 1000, UTC),
            devices=vitals.devices,
            queue_depth=tally.depth,
            queue_oldest_seconds=oldest,
            kept=tally.kept_under_this,
            acknowledged=tally.acknowledged_under_this,
            disk_free_bytes=shutil.disk_usage(self._setup.store.directory).free,
            practice=vitals.practice,
        )

    def _send_ratings(self) -> bool:
        """A few ratings when they are due; one that is refused stays, for its item may come back, and stops no other."""
        if self._setup.monotonic() < self._due.ratings:
            return False
        self._due.ratings = self._setup.monotonic() + self._setup.centre.heartbeat_seconds
        for rating in self._store.call(lambda tables: tables.ratings.waiting()).result():
            try:
                self._centre.rate(rating)
            except (ContentConflict, ContentRefused, NothingFound):
                continue
            token = rating.token
            self._store.call(lambda tables, token=token: tables.ratings.drop(token)).result()  # type: ignore[misc] # mypy cannot type a lambda's default
        return False
