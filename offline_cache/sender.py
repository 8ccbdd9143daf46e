"""The sending thread: submissions first, then heartbeats, events and ratings; the policy is `sync`, the disk is `store`.

Started by a kept submission at once, by its own periods, and by a line that heals. Its listener is called on this thread.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from offline_cache import sync
from offline_cache.centre import Centre, Outgoing
from offline_cache.errors import (
    AnswerCut,
    AttachmentLost,
    CentreError,
    CentreHung,
    CentreUnreachable,
    ContentConflict,
    ContentRefused,
    ContentTooLarge,
    JournalBroken,
    KeyFixed,
    NothingFound,
    ReplicaRefused,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreUnwritable,
    VaultError,
)
from offline_cache.hall_time import hall_date
from offline_cache.journal_heads import TAKEN_FILE, Reached
from offline_cache.ledger_match import DayMatch, day_told
from offline_cache.records import DAY_MS, Attached, Deferred, Leased, RecordState, Settled
from offline_cache.replica import Replica, Signed
from offline_cache.reports import (
    AnswerArrived,
    CancelOvertaken,
    CatalogueRefused,
    CatalogueStaged,
    ClockCompared,
    DamagedTakenAway,
    Defect,
    JournalRefused,
    KeyRotated,
    LedgerCompared,
    LineChanged,
    Listener,
    OrdersGiven,
    Progress,
    SettingsRefused,
    SettingsStaged,
    SubmissionHeld,
    Vitals,
)
from offline_cache.settings import CentreSettings, StoreSettings
from offline_cache.store import Store, Tables
from offline_cache.wire import EventLine, EventsTaken, Heartbeat, HeartbeatAnswer, SubmissionAnswer

Check = Callable[[dict[str, Any]], None]
"""Raises ValueError for what was published and cannot be used."""
Fetch = Callable[[str], tuple[Signed, str] | None]
"""From the ETag at hand to what was published and its own; None when it is the same."""
EVENTS_A_REQUEST, LEAST_EVENTS = 1000, 50
"""Over a good line, and over one that does not carry so many in time."""
ATTACHMENT_MISSING = "attachment-missing"
"""Reason of a LATER: the centre does not have all that the submission names."""
EVENTS_NEXT = "events-next"
LINE_FAILURES, LINE_RETRY_AT, LAST_SUCCESS = "line-failures", "line-retry-at", "last-success"
SWEEP_SECONDS = 60.0
"""Between two looks at what is due on the disk whatever the line does: a head to sign, what is to be erased, another key."""
STORE_WAIT_SECONDS = 10.0
"""After the disk refused, until it is asked again."""
DEFECT_WAIT_SECONDS = 5.0
REFUSED_JOURNAL_WAIT_SECONDS = 3600.0
ATTACHING_SECONDS = 3.0
"""Of a turn: then others are looked after, and the attachments go on in the next."""
LEASE_MARGIN_SECONDS = 10.0
MATCH_SECONDS = 3600.0
"""Between two looks for days that are still to be held against the centre's ledger."""
MATCH_AFTER_START_SECONDS = 300.0
"""A kiosk that has just started has better things to ask; a random share more, so that not all of a county ask at once."""
DAYS_A_TURN = 5
DAY_SETTLES_MS = 10 * 60 * 1000
"""So long after midnight nothing more is kept under the day before."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the sending thread goes by; the clock, the dice and the catalogue's check can be handed in."""

    store: StoreSettings
    centre: CentreSettings
    server_public_key: str
    vitals: Callable[[], Vitals]
    check_catalogue: Check | None = None
    check_settings: Check | None = None
    now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    monotonic: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random

    @property
    def lease_ms(self) -> int:
        """A lease never ends while its request may still be answered."""
        return round(1000 * max(self.centre.lease_seconds, self.centre.total_timeout_seconds + LEASE_MARGIN_SECONDS))

    @property
    def pace(self) -> sync.Pace:
        """The settings as the policy takes them."""
        centre = self.centre
        return sync.Pace(centre.backoff_base_seconds, centre.backoff_cap_seconds, centre.line_cap_seconds, centre.probe_seconds)


@dataclass(slots=True)
class _Upload:
    """How long attachments may be sent in one turn."""

    until: float
    monotonic: Callable[[], float]
    stopping: threading.Event
    parts: int = 0
    """Taken by the centre."""

    def go_on(self) -> bool:
        """There is time for another part, or none was taken yet."""
        return not self.stopping.is_set() and (self.parts == 0 or self.monotonic() < self.until)

    def go_on_after_part(self) -> bool:
        """One more part was taken."""
        self.parts += 1
        return self.go_on()


@dataclass(slots=True)
class _Due:
    """When the periodic work comes next, on the monotonic clock."""

    beat: float = 0.0
    sweep: float = 0.0
    events: float = 0.0
    ratings: float = 0.0
    match: float = 0.0
    submission: float | None = field(default=None)


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
        self._line = sync.Line()
        self._consults = store.carried_over is not None or store.carrying_over
        """The store was damaged: the centre's ledger is asked at once, for today as well."""
        spared = 0.0 if self._consults else MATCH_AFTER_START_SECONDS * (1 + setup.jitter())
        self._due = _Due(match=setup.monotonic() + spared)
        self._batch = setup.centre.batch_records
        self._events = EVENTS_A_REQUEST
        self._last_success_at_ms: int | None = None
        self._next_try_at_ms: int | None = None
        self._unnoted: dict[str, Settled | Deferred] = {}
        """What became of submissions, by key, that the disk would not take down: borne in mind until it does."""
        self._unleased = False
        """The disk refuses: what is due is sent without a lease."""
        self._refused: set[str] = set()
        """Versions of catalogue and settings that cannot be used."""
        self._matched: set[date] = set()
        """Days compared in this look."""
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
        """Try the line now, e.g. because the network told so or staff asked; what waits goes now where it is up."""
        if not self._line.up:
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
        return Progress(
            tally=self._store.tally(),
            online=line.up,
            why=line.why,
            last_success_at_ms=self._last_success_at_ms,
            next_try_at_ms=self._next_try_at_ms,
            clock_offset_ms=self._centre.clock_offset_ms,
        )

    # --- on the sending thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                wait = self._turn()
            except StoreError:  # the store has noted it; nothing was lost
                wait = STORE_WAIT_SECONDS
            except Exception as error:  # noqa: BLE001 - the top of the sending thread: a fault is told and sending goes on
                self._listener(Defect(error))
                wait = DEFECT_WAIT_SECONDS
            if wait > 0:
                self._woken.wait(wait)
            self._woken.clear()

    def _turn(self) -> float:
        """Do what is due, one request of each kind; returns the seconds until there is more to do."""
        with contextlib.suppress(StoreError):  # no reason not to send
            self._store.call(self._store.sign_head).result()
        if self._setup.monotonic() >= self._due.sweep:  # with the line down too
            self._due.sweep = self._setup.monotonic() + min(SWEEP_SECONDS, self._setup.centre.heartbeat_seconds)
            with contextlib.suppress(StoreError):
                taken_away = self._store.call(self._store.sweep, makes_room=True).result()
                if taken_away.stores:
                    self._listener(DamagedTakenAway(taken_away.stores, taken_away.with_gaps))
            with contextlib.suppress(StoreError):
                self._rotate_when_asked()
        if self._line.why == "" and not self._line.up:
            self._remember_failures()
        if not self._line.up and not self._try_line():
            return self._plan()
        try:
            more = self._send_batch()
            self._beat_when_due()
            if not self._unleased:  # what else there is must be noted, or it is sent again and again
                more |= self._send_events()
                more |= self._send_ratings()
                more |= self._match_ledger()
        except CentreError as error:
            self._line_failed(error)
            more = False
        return 0.0 if more and self._line.up else self._plan()

    def _plan(self) -> float:
        """Seconds until the next thing is due, noted for whoever looks."""
        now, now_ms = self._setup.monotonic(), self._setup.now_ms()
        waiting = self._store.call(lambda tables: tables.outbox.next_due_ms()).result()
        if not self._line.up:
            wait = max(0.0, self._line.retry_at - now)
            self._next_try_at_ms = now_ms + round(wait * 1000)
            return min(wait, max(0.01, self._due.sweep - now))
        self._next_try_at_ms = waiting
        if self._unleased:
            return min(STORE_WAIT_SECONDS, max(0.01, self._due.beat - now))
        moments = [self._due.beat - now, self._due.events - now, self._due.sweep - now]
        if waiting is not None:
            moments.append((waiting - now_ms) / 1000)
        return max(0.01, min(moments))

    # --- the line -------------------------------------------------------------------------------------------------

    def _remember_failures(self) -> None:
        """A restart does not make an overloaded centre's kiosks come back at once."""
        failures, retry_at_ms, last_success_at_ms = self._store.call(
            lambda tables: tuple(tables.marks.get(name, 0) for name in (LINE_FAILURES, LINE_RETRY_AT, LAST_SUCCESS))
        ).result()
        self._last_success_at_ms = last_success_at_ms or None
        left = (retry_at_ms - self._setup.now_ms()) / 1000
        self._line = sync.line_at_start(failures, left, self._setup.monotonic())

    def _try_line(self) -> bool:
        now = self._setup.monotonic()
        if now < self._line.retry_at and not self._try_now.is_set():
            return False
        self._try_now.clear()
        if self._line.knock:
            if not self._centre.knock():
                self._line_failed(CentreUnreachable("no connection"))
                return False
            spread = self._setup.centre.rejoin_spread_seconds
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
        if sync.outlives_restart(error):
            self._remember(self._line.failures, retry_at_ms)
        if was_up or not was_known or why != error.code:
            self._listener(LineChanged(up=False, why=error.code, refusal=error.refusal))

    def _line_worked(self) -> None:
        self._last_success_at_ms = now_ms = self._setup.now_ms()
        with contextlib.suppress(StoreError):  # nobody waits for it: after a restart it is a little older
            self._store.call(lambda tables: tables.marks.set(LAST_SUCCESS, now_ms, lasting=False))
        if self._line.up:
            return
        if self._line.failures:
            self._remember(0, 0)
        self._line = sync.line_after_success()
        self._listener(LineChanged(up=True))

    def _remember(self, failures: int, retry_at_ms: int) -> None:
        def noted(tables: Tables) -> None:
            tables.marks.set(LINE_FAILURES, failures)
            tables.marks.set(LINE_RETRY_AT, retry_at_ms)

        with contextlib.suppress(StoreError):  # after a restart the centre is asked sooner, no more
            self._store.call(noted).result()

    # --- submissions ----------------------------------------------------------------------------------------------

    def _send_batch(self) -> bool:
        """Lease, send, settle; True when there may be more."""
        leased = self._lease()
        if not leased:
            return False
        heavy = tuple(one for one in leased if one.unsent)
        try:  # what has nothing to wait for goes first
            self._submit(tuple(one for one in leased if not one.unsent))
        except CentreError:
            self._put_back(heavy)
            raise
        self._submit(self._send_attachments(heavy))
        return True

    def _lease(self) -> tuple[Leased, ...]:
        """What is due; where the disk takes no leases and no answers down, without those it answered already."""
        now_ms = self._setup.now_ms()
        until_ms = now_ms + self._setup.lease_ms
        count, most_bytes = self._batch, self._setup.centre.batch_bytes
        self._write_down()
        self._unleased = True
        if not self._unnoted:
            with contextlib.suppress(StoreFull, StoreUnwritable):
                leased = self._store.call(
                    lambda tables: tables.outbox.lease(count, most_bytes, now_ms, until_ms), makes_room=True
                ).result()
                self._unleased = False
                return leased
        done = [key for key, one in self._unnoted.items() if isinstance(one, Settled) or one.ready_at_ms > now_ms]
        return self._store.call(lambda tables: tables.outbox.look(count, most_bytes, now_ms, done)).result()

    def _submit(self, leased: Sequence[Leased]) -> None:
        outgoing = {one.key: content for one in leased if (content := self._open(one)) is not None}
        leased = [one for one in leased if one.key in outgoing]
        if not leased:
            return
        try:
            answers = self._centre.submit([Outgoing(one.key, one.content_hash, outgoing[one.key]) for one in leased])
        except CentreError as error:
            self._batch_failed(leased, error)
            return
        self._line_worked()
        self._batch = sync.next_batch_size(self._batch, None, self._setup.centre.batch_records)
        self._batch_answered(leased, answers)

    def _open(self, one: Leased) -> bytes | None:
        """Its content; None for one that is damaged here, which is set apart."""
        try:
            return one.open()
        except VaultError as damaged:
            why = damaged.code
            try:
                self._store.call(lambda tables: tables.outbox.set_apart(one.row_id, why), makes_room=True).result()
            except (StoreFull, StoreUnwritable):
                self._unnoted[one.key] = Settled(one.key, one.content_hash, RecordState.NEEDS_PERSON, why)
            self._listener(SubmissionHeld(one.key, why))
            return None

    def _batch_answered(self, leased: Sequence[Leased], answers: Mapping[str, SubmissionAnswer]) -> None:
        settled: list[Settled] = []
        deferred: list[Deferred] = []
        for one in leased:
            now_ms, jitter = self._setup.now_ms(), self._setup.jitter()
            answer = answers.get(one.key)
            if answer is None:
                deferred.append(sync.later(one.key, "not-the-centre", one.tries, now_ms, jitter, self._pace))
                continue
            step = sync.after_answer(answer, one.tries, now_ms, jitter, self._pace)
            if answer.reason == ATTACHMENT_MISSING:
                step = self._attach_again(one) or step
            if isinstance(step, Settled):
                settled.append(step)
            else:
                deferred.append(step)
        self._note(settled, deferred)
        held = {one.key: one.trouble for one in settled if one.state is RecordState.NEEDS_PERSON}
        for one in leased:
            if one.key in held:
                self._listener(SubmissionHeld(one.key, held[one.key]))
            elif one.key in answers:
                self._listener(AnswerArrived(answers[one.key], one.tries + 1))

    def _send_attachments(self, leased: Sequence[Leased]) -> tuple[Leased, ...]:
        """Send what is attached to these and not yet at the centre; returns the submissions that may follow.

        It ends after a few seconds, with the rest put back where it was, so that nobody else's submission waits for
        somebody's pages. One whose attachment is refused or lost waits apart; when the line fails, all wait.
        """
        ready: list[Leased] = []
        upload = _Upload(self._setup.monotonic() + ATTACHING_SECONDS, self._setup.monotonic, self._stopping)
        for position, one in enumerate(leased):
            rest = leased[position:]
            try:
                if not all(self._send_attachment(rest, one.key, attached, upload) for attached in one.unsent):
                    self._put_back(rest)
                    break
            except (VaultError, StoreDamaged) as lost:
                self._hold(one, lost.code)
            except CentreError as error:
                self._attachment_failed(one, [*ready, *rest[1:]], error, upload)
            else:
                ready.append(one)
        still = self._renew(ready)
        return tuple(one for one in ready if one.key in still)

    def _send_attachment(self, leased: Sequence[Leased], key: str, attached: Attached, upload: _Upload) -> bool:
        """True when the centre has it whole; False when there is no time for more, or staff took the submission out."""
        if not upload.go_on() or key not in self._renew(leased):
            return False
        plain = self._store.call(lambda tables: tables.attachments.open(key, attached.number)).result()
        if not self._centre.send_blob(attached.sha256, plain, upload.go_on_after_part):
            return False
        upload.parts += 1
        self._line_worked()
        with contextlib.suppress(StoreFull, StoreUnwritable):  # offered again, and the centre says that it has it
            self._store.call(lambda tables: tables.attachments.mark_sent(key, attached.number), makes_room=True).result()
        return True

    def _renew(self, leased: Sequence[Leased]) -> frozenset[str]:
        """Prolong their leases; those that staff have not taken out meanwhile."""
        if not leased or self._unleased:
            return frozenset(one.key for one in leased)
        keys, until_ms = [one.key for one in leased], self._setup.now_ms() + self._setup.lease_ms
        try:
            return self._store.call(lambda tables: tables.outbox.renew(keys, until_ms), makes_room=True).result()
        except (StoreFull, StoreUnwritable):  # staff cannot have taken any out
            return frozenset(keys)

    def _put_back(self, leased: Sequence[Leased]) -> None:
        now_ms = self._setup.now_ms()
        self._note([], [Deferred(one.key, now_ms, "", counts=False) for one in leased])

    def _attachment_failed(self, one: Leased, others: Sequence[Leased], error: CentreError, upload: _Upload) -> None:
        """A refused attachment holds its own submission; else all wait for the line, and this one longer if it got nowhere."""
        now_ms = self._setup.now_ms()
        match sync.after_attachment_error(error, progressed=upload.parts > 0):
            case sync.BatchFate.HOLD:
                self._line_worked()
                self._hold(one, error.refusal or error.code)
                return
            case sync.BatchFate.SUSPECT:
                mine = sync.later(one.key, error.code, one.tries, now_ms, self._setup.jitter(), self._pace)
            case _:
                mine = Deferred(one.key, now_ms, error.code, counts=False)
        self._note([], [mine, *(Deferred(other.key, now_ms, error.code, counts=False) for other in others)])
        raise error

    def _attach_again(self, one: Leased) -> Settled | None:
        """The centre misses an attachment: all are offered anew at the next try, unless one is gone for good."""
        try:
            self._store.call(lambda tables: tables.attachments.send_again(one.key, one.open()), makes_room=True).result()
        except AttachmentLost as lost:
            return Settled(one.key, one.content_hash, RecordState.NEEDS_PERSON, lost.code)
        except (StoreFull, StoreUnwritable):  # once the disk takes it
            return None
        return None

    def _hold(self, one: Leased, why: str) -> None:
        self._note([Settled(one.key, one.content_hash, RecordState.NEEDS_PERSON, why)], [])
        self._listener(SubmissionHeld(one.key, why))

    def _batch_failed(self, leased: Sequence[Leased], error: CentreError) -> None:
        """Every one of the batch goes back into the queue before anything else happens."""
        self._batch = sync.next_batch_size(min(self._batch, len(leased)), error, self._setup.centre.batch_records)
        now_ms = self._setup.now_ms()
        match sync.after_batch_error(error, len(leased)):
            case sync.BatchFate.HOLD:
                self._line_worked()  # the centre has answered, with its own words
                self._hold(leased[0], error.refusal or error.code)
            case sync.BatchFate.SPLIT:
                self._note([], [Deferred(one.key, now_ms, error.code, counts=False) for one in leased])
                self._line_worked()
            case sync.BatchFate.SUSPECT:
                only = leased[0]
                self._note([], [sync.later(only.key, error.code, only.tries, now_ms, self._setup.jitter(), self._pace)])
                raise error
            case sync.BatchFate.LINE:
                self._note([], [Deferred(one.key, now_ms, error.code, counts=False) for one in leased])
                raise error

    def _note(self, settled: Sequence[Settled], deferred: Sequence[Deferred]) -> None:
        self._unnoted |= {one.key: one for one in settled}
        self._unnoted |= {one.key: one for one in deferred}
        self._write_down()

    def _write_down(self) -> None:
        """Note what became of submissions; what a disk without room or leave to write does not take stays in mind."""
        if not self._unnoted:
            return
        unnoted, self._unnoted = self._unnoted, {}
        settled = [one for one in unnoted.values() if isinstance(one, Settled)]
        deferred = [one for one in unnoted.values() if isinstance(one, Deferred)]
        now_ms, keep_days = self._setup.now_ms(), self._setup.store.acknowledged_days

        def noted(tables: Tables) -> frozenset[str]:
            overtaken = tables.review.cancelled_among([one.key for one in settled])
            if settled:
                done = tables.outbox.settle(settled, now_ms, keep_days=keep_days, untold_since_ms=now_ms - DAY_MS)
                overtaken &= frozenset(done)
            if deferred:
                tables.outbox.defer(deferred)
            return overtaken

        try:
            overtaken = self._store.call(noted, makes_room=True).result()
        except (StoreFull, StoreUnwritable):
            self._unnoted = unnoted
            return
        for key in sorted(overtaken):
            self._listener(CancelOvertaken(key))

    # --- everything else ------------------------------------------------------------------------------------------

    def _beat_when_due(self) -> None:
        if self._setup.monotonic() >= self._due.beat:
            self._beat()

    def _beat(self) -> None:
        """One heartbeat, and what its answer brings."""
        before_ms, first = self._centre.clock_offset_ms, self._due.beat == 0.0
        answer = self._centre.beat(self._heartbeat())
        self._due.beat = self._setup.monotonic() + self._setup.centre.heartbeat_seconds
        self._line_worked()
        if abs(self._centre.clock_offset_ms - before_ms) >= 1000 or first:
            self._listener(ClockCompared(self._centre.clock_offset_ms))
        self._listener(OrdersGiven(answer))
        self._fetch_published(answer)

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
            kept=tally.kept,
            acknowledged=tally.acknowledged,
            disk_free_bytes=shutil.disk_usage(self._setup.store.directory).free,
            practice=vitals.practice,
        )

    def _fetch_published(self, answer: HeartbeatAnswer) -> None:
        """The catalogue, and what the centre sets for this kiosk, when the heartbeat tells of newer ones."""
        setup, centre = self._setup, self._centre
        replicas = self._store.call(lambda tables: (tables.replica, tables.settings_replica)).result()
        for told, replica, fetch, check, staged, refused in (
            (answer.catalogue_version, replicas[0], centre.catalogue, setup.check_catalogue, CatalogueStaged, CatalogueRefused),
            (answer.settings_version, replicas[1], centre.settings, setup.check_settings, SettingsStaged, SettingsRefused),
        ):
            try:
                version = self._fetch(told, replica, fetch, check)
            except (CentreError, ReplicaRefused) as broken:  # whatever it is, submissions are sent all the same
                self._listener(refused(broken.code, broken.detail))
                if isinstance(broken, ReplicaRefused):
                    self._refused.add(told)  # fetched again, it would be no better
            else:
                if version:
                    self._listener(staged(version))

    def _fetch(self, told: str, replica: Replica, fetch: Fetch, check: Check | None) -> str:
        """The version that was staged; empty when there is nothing newer, or it is known to be of no use."""
        version, etag = self._store.call(lambda _: replica.newest()).result()
        if told in ("", version) or told in self._refused:
            return ""
        fetched = fetch(etag)
        if fetched is None:
            return ""
        signed, new_etag = fetched
        server_key, now_ms = self._setup.server_public_key, self._setup.now_ms()
        self._store.call(lambda _: replica.stage(signed, new_etag, server_key, now_ms, check)).result()
        return signed.version

    def _send_events(self) -> bool:
        """One run of events when they are due; True when there are more."""
        if self._setup.monotonic() < self._due.events:
            return False
        first = self._store.call(lambda tables: tables.marks.get(EVENTS_NEXT, 1)).result()
        try:
            lines = self._store.call(lambda tables: tables.journal.lines(first, self._events)).result()
        except JournalBroken as broken:  # what else there is to send goes on
            self._due.events = self._setup.monotonic() + REFUSED_JOURNAL_WAIT_SECONDS
            self._listener(JournalRefused(broken.code))
            return False
        reached = lines[-1].seq if lines else first - 1
        head = self._store.call(lambda tables: tables.heads.to_countersign(reached)).result()
        self._due.events = self._setup.monotonic() + self._setup.centre.events_seconds  # also when it cannot be noted
        if lines or head is not None:
            try:
                taken = self._centre.report_events(lines, head)
            except (ContentConflict, ContentRefused) as error:
                return self._events_refused(error, first)
            except (CentreHung, AnswerCut):
                self._events = max(LEAST_EVENTS, self._events // 4)
                raise
            self._line_worked()
            following = taken.next_seq
            self._store.call(lambda tables: self._events_taken(tables, lines, taken)).result()
            if len(lines) == self._events and following > first:
                self._events = min(EVENTS_A_REQUEST, self._events * 2)
                self._due.events = 0.0
                return True
        return False

    def _events_taken(self, tables: Tables, lines: Sequence[EventLine], taken: EventsTaken) -> None:
        """On the storage thread."""
        tables.marks.set(EVENTS_NEXT, taken.next_seq)
        if lines and taken.next_seq == lines[-1].seq + 1:
            Reached(lines[-1].seq, lines[-1].hash).save(self._setup.store.directory, TAKEN_FILE)
        if taken.countersigned is not None:
            self._store.take_countersigned(tables, taken.countersigned)

    def _events_refused(self, error: CentreError, first: int) -> bool:
        """Start over where the centre stands, when it has less than we thought; else tell, and wait long.

        It may be a new enrolment, or a backup put back: all days are held against its ledger again.
        """
        if isinstance(error, ContentConflict):
            try:
                expected = self._centre.report_events(()).next_seq
            except (ContentConflict, ContentRefused):
                expected = first
            if expected < first:
                self._store.call(lambda tables: tables.matches.reopen()).result()
                self._store.call(lambda tables: tables.marks.set(EVENTS_NEXT, expected)).result()
                self._due.events = self._due.match = 0.0
                return True
        self._due.events = self._setup.monotonic() + REFUSED_JOURNAL_WAIT_SECONDS
        self._listener(JournalRefused(error.refusal or error.code))
        return False

    def _send_ratings(self) -> bool:
        """A few ratings when they are due; one that is refused waits with the rest, for it is nobody's application."""
        if self._setup.monotonic() < self._due.ratings:
            return False
        self._due.ratings = self._setup.monotonic() + self._setup.centre.heartbeat_seconds
        for rating in self._store.call(lambda tables: tables.ratings.waiting()).result():
            try:
                self._centre.rate(rating)
            except (ContentConflict, ContentRefused, NothingFound):
                break
            token = rating.token
            self._store.call(lambda tables, token=token: tables.ratings.drop(token)).result()  # type: ignore[misc] # mypy cannot type a lambda's default
        return False

    def _match_ledger(self) -> bool:
        """Hold the days that are still open against the centre's ledger, some a turn; True when there are more."""
        if self._store.carrying_over or self._setup.monotonic() < self._due.match:
            return False
        today = hall_date(self._setup.now_ms() - DAY_SETTLES_MS)
        days = [day for day in self._open_days(today) if day not in self._matched]
        if self._consults and today not in self._matched:  # what was answered today may be in the store that was set aside
            days.insert(0, today)
        for day in days[:DAYS_A_TURN]:
            self._matched.add(day)
            try:
                self._match_day(day, (today - day).days)
            except (ContentConflict, ContentRefused, ContentTooLarge, NothingFound):
                continue  # a centre that does not take it: no reason to stop sending; asked again in an hour
        if len(days) > DAYS_A_TURN:
            return True
        self._matched.clear()
        self._consults = False
        self._due.match = self._setup.monotonic() + MATCH_SECONDS
        return False

    def _open_days(self, today: date) -> tuple[date, ...]:
        return self._store.call(lambda tables: tables.matches.open_days(today)).result()

    def _match_day(self, day: date, days_back: int) -> None:
        entries = self._store.call(lambda tables: tables.matches.entries(day)).result()
        told = day_told(day, entries, whole=False)
        matched = self._centre.match_ledger(told)
        if not matched.agrees:
            self._ask_for_cancelled(day)
            entries = self._store.call(lambda tables: tables.matches.entries(day)).result()
            told = day_told(day, entries, whole=False)
            matched = self._centre.match_ledger(day_told(day, entries, whole=True))
        match = DayMatch(
            day,
            self._setup.now_ms(),
            told.acknowledged,
            matched.in_centre,
            sum(entry.state == "waiting" for entry in entries),
            matched.missing,
            matched.unexpected,
            matched.different,
            matched.doubled,
        )
        if self._store.call(lambda tables: tables.matches.note(match)).result():
            self._listener(LedgerCompared(match, days_back))

    def _ask_for_cancelled(self, day: date) -> None:
        """What staff cancelled may have reached the centre before: then it is acknowledged."""
        for key in self._store.call(lambda tables: tables.matches.cancelled(day)).result():
            with contextlib.suppress(NothingFound):
                step = sync.after_answer(self._centre.submission(key), 0, self._setup.now_ms(), 0.0, self._pace)
                if isinstance(step, Settled) and step.state is RecordState.ACKNOWLEDGED:
                    self._note([step], [])
