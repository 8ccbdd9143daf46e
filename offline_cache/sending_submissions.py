"""Sending submissions and what is attached to them: leased, sent, and what became of each noted."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from offline_cache import sync
from offline_cache.centre import Outgoing
from offline_cache.due import FARTHEST_TRY_MS
from offline_cache.errors import (
    AttachmentLost,
    CentreError,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreInUse,
    StoreUnwritable,
    VaultError,
)
from offline_cache.records import Attached, Content, Deferred, Leased, RecordState, Settled
from offline_cache.reports import AnswerArrived, CancelOvertaken, SubmissionHeld
from offline_cache.sending import Means, Part
from offline_cache.tables import Tables
from offline_cache.wire import SubmissionAnswer

ATTACHMENT_MISSING = "attachment-missing"
"""Reason of a LATER: the centre does not have all that the submission names."""
ATTACHING_SECONDS = 3.0
"""Of a turn: then others are looked after, and the attachments go on in the next."""


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


class Submissions(Part):
    """What waits in the outbox."""

    def __init__(self, means: Means, stopping: threading.Event) -> None:
        super().__init__(means)
        self._stopping = stopping
        self._batch = means.setup.centre.batch_records
        self._unnoted: dict[str, Settled | Deferred] = {}
        """What became of submissions, by key, that the disk would not take down: borne in mind until it does, the latest last."""
        self._in_hand: dict[str, Leased] = {}
        """What was leased, by key, until something is noted of it."""
        self._unmarked: set[tuple[str, int]] = set()
        """Attachments by key and number that the centre has, which the disk would not take down."""
        self.unleased = False
        """The disk refuses: what is due is sent without a lease."""
        self._failures = 0
        """In a row, of requests with submissions and nothing else: heartbeats have passed."""
        self.due = 0.0
        """On the monotonic clock: until then they are left alone."""
        self.sending_since_ms: int | None = None
        """When the latest were taken in hand; None once a look has found nothing that is due."""

    def send(self) -> bool:
        """Lease, send, settle; True when there may be more."""
        if self._setup.monotonic() < self.due:
            self.sending_since_ms = None
            return False
        leased = self._lease()
        self.sending_since_ms = self._setup.now_ms() if leased else None
        if not leased:
            return False
        self._in_hand = {one.key: one for one in leased}
        try:
            self._send(leased)
        except CentreError:  # each was put back
            raise
        except Exception:
            self._give_back()
            raise
        return True

    def _send(self, leased: Sequence[Leased]) -> None:
        heavy = tuple(one for one in leased if one.unsent)
        try:  # what has nothing to wait for goes first
            self._submit(tuple(one for one in leased if not one.unsent))
        except CentreError:
            self._put_back(heavy)
            raise
        whole = self._opened(heavy)  # before anything that belongs to them travels
        self._submit(self._send_attachments(tuple(one for one in heavy if one.key in whole)))

    def _give_back(self) -> None:
        """A defect, or a store that is damaged, was met with these in hand: they wait, and go one by one to find which it is.

        Each counts as tried, for its request may have been sent.
        """
        now_ms, in_hand, self._batch = self._setup.now_ms(), tuple(self._in_hand.values()), 1
        waiting = [sync.later(one.key, "", one.tries, now_ms, self._setup.jitter(), self._pace) for one in in_hand]
        with contextlib.suppress(StoreError):
            self.note([], waiting)

    def _lease(self) -> tuple[Leased, ...]:
        """What is due; where the disk takes no leases and no answers down, without those it answered already."""
        now_ms = self._setup.now_ms()
        until_ms = now_ms + self._setup.lease_ms
        count, most_bytes = self._batch, self._setup.centre.batch_bytes
        self._write_down()
        self.unleased = True
        if not self._unnoted:
            with contextlib.suppress(StoreFull, StoreUnwritable):
                leased = self._store.call(
                    lambda tables: tables.outbox.lease(count, most_bytes, now_ms, until_ms), makes_room=True
                ).result()
                self.unleased = False
                return leased
        return self._look(count, most_bytes, now_ms)

    def _look(self, count: int, most_bytes: int, now_ms: int) -> tuple[Leased, ...]:
        """What was not sent yet, then what was tried the longest ago: one that fails each time keeps back no others."""
        noted = self._unnoted
        waits = range(now_ms + 1, now_ms + FARTHEST_TRY_MS + 1)
        due = [key for key, one in noted.items() if isinstance(one, Deferred) and one.ready_at_ms not in waits]

        def found(without: set[str]) -> tuple[Leased, ...]:
            return self._store.call(lambda tables: tables.outbox.look(count, most_bytes, now_ms, without)).result()

        some = (set(noted).difference(due[at : at + count]) for at in range(0, len(due), count))
        leased: tuple[Leased, ...] = next(filter(None, map(found, chain([set(noted)], some))), ())
        return tuple(
            one._replace(tries=one.tries + before.tries) if isinstance(before := noted.get(one.key), Deferred) else one
            for one in leased
        )

    def _submit(self, leased: Sequence[Leased]) -> None:
        outgoing = self._opened(leased)
        leased = [one for one in leased if one.key in outgoing]
        if not leased:
            return
        try:
            answers = self._centre.submit([Outgoing(one.key, one.content_hash, outgoing[one.key]) for one in leased])
        except CentreError as error:
            self._batch_failed(leased, error)
            return
        self._line_worked()
        self._failures, self.due = 0, 0.0
        self._batch = sync.next_batch_size(self._batch, None, self._setup.centre.batch_records)
        self._batch_answered(leased, answers)

    def _opened(self, leased: Sequence[Leased]) -> dict[str, bytes]:
        """Their contents, by key; one that is damaged here is set apart."""
        if not leased:
            return {}
        contents = self._store.call(lambda tables: tables.outbox.contents(leased)).result()
        return {one.key: opened for one in leased if (opened := self._open(one, contents.get(one.key))) is not None}

    def _open(self, one: Leased, content: Content | None) -> bytes | None:
        """Its content, opened; None for one that is damaged here, which is set apart."""
        try:
            if content is None:
                raise StoreDamaged("its content cannot be read")
            return content.open()
        except (VaultError, StoreDamaged) as damaged:
            why = damaged.code
            try:
                self._store.call(lambda tables: tables.outbox.set_apart(one.row_id, why), makes_room=True).result()
            except (StoreFull, StoreUnwritable):
                self._unnoted[one.key] = Settled(one.key, one.content_hash, RecordState.NEEDS_PERSON, why)
            self._in_hand.pop(one.key, None)
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
        self.note(settled, deferred)
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
        if (key, attached.number) in self._unmarked:
            return True
        if not upload.go_on() or key not in self._renew(leased):
            return False
        plain = self._store.call(lambda tables: tables.attachments.open(key, attached.number)).result()
        if not self._centre.send_blob(attached.sha256, plain, upload.go_on_after_part):
            return False
        upload.parts += 1
        self._line_worked()
        try:
            self._store.call(lambda tables: tables.attachments.mark_sent(key, attached.number), makes_room=True).result()
        except (StoreFull, StoreUnwritable):
            self._unmarked.add((key, attached.number))
        return True

    def _renew(self, leased: Sequence[Leased]) -> frozenset[str]:
        """Prolong their leases; those that staff have not taken out meanwhile."""
        if not leased or self.unleased:
            return frozenset(one.key for one in leased)
        keys, until_ms = [one.key for one in leased], self._setup.now_ms() + self._setup.lease_ms
        try:
            return self._store.call(lambda tables: tables.outbox.renew(keys, until_ms), makes_room=True).result()
        except (StoreFull, StoreUnwritable):  # staff cannot have taken any out
            return frozenset(keys)

    def _put_back(self, leased: Sequence[Leased]) -> None:
        now_ms = self._setup.now_ms()
        self.note([], [Deferred(one.key, now_ms, "", tries=0) for one in leased])

    def _attachment_failed(self, one: Leased, others: Sequence[Leased], error: CentreError, upload: _Upload) -> None:
        """A refused attachment holds its own submission; else all wait for the line, and this one longer if it got nowhere."""
        now_ms = self._setup.now_ms()
        match sync.after_attachment_error(error, progressed=upload.parts > 0):
            case sync.BatchFate.HOLD:
                self._line_worked()
                self._hold(one, sync.code_of(error.refusal) or error.code)
                return
            case sync.BatchFate.SUSPECT:
                mine = sync.later(one.key, error.code, one.tries, now_ms, self._setup.jitter(), self._pace)
            case _:
                mine = Deferred(one.key, now_ms, error.code, tries=0)
        self.note([], [mine, *(Deferred(other.key, now_ms, error.code, tries=0) for other in others)])
        raise sync.of_the_line(error) from error

    def _attach_again(self, one: Leased) -> Settled | None:
        """The centre misses an attachment: all are offered anew at the next try, unless one is gone for good."""
        self._unmarked = {marked for marked in self._unmarked if marked[0] != one.key}
        try:
            self._store.call(
                lambda tables: tables.attachments.send_again(one.key, tables.review.export(one.key) or b"{}"), makes_room=True
            ).result()
        except AttachmentLost as lost:
            return Settled(one.key, one.content_hash, RecordState.NEEDS_PERSON, lost.code)
        except (StoreFull, StoreUnwritable):  # once the disk takes it
            return None
        return None

    def _hold(self, one: Leased, why: str) -> None:
        self.note([Settled(one.key, one.content_hash, RecordState.NEEDS_PERSON, why)], [])
        self._listener(SubmissionHeld(one.key, why))

    def _batch_failed(self, leased: Sequence[Leased], error: CentreError) -> None:
        """Every one of the batch goes back into the queue before anything else happens."""
        tried = min(self._batch, len(leased))
        self._batch = sync.next_batch_size(tried, error, self._setup.centre.batch_records)
        fate, now_ms = sync.after_batch_error(error, len(leased)), self._setup.now_ms()
        if fate in (sync.BatchFate.SUSPECT, sync.BatchFate.LINE) and self._batch >= tried:  # smaller ones would find nothing
            self._pause()
        match fate:
            case sync.BatchFate.HOLD:
                self._line_worked()  # the centre has answered, with its own words
                self._hold(leased[0], sync.code_of(error.refusal) or error.code)
            case sync.BatchFate.SPLIT:
                self.note([], [Deferred(one.key, now_ms, error.code, tries=0) for one in leased])
                self._line_worked()
            case sync.BatchFate.SUSPECT:
                only = leased[0]
                self.note([], [sync.later(only.key, error.code, only.tries, now_ms, self._setup.jitter(), self._pace)])
                raise sync.of_the_line(error) from error
            case sync.BatchFate.LINE:
                self.note([], [Deferred(one.key, now_ms, error.code, tries=0) for one in leased])
                raise sync.of_the_line(error) from error

    def _pause(self) -> None:
        """The heartbeat in between mends the line each time: without this, line and centre had no rest."""
        wait = sync.backoff_seconds(self._failures, self._setup.jitter(), self._pace.base, self._pace.line_cap)
        self.due = self._setup.monotonic() + wait
        self._failures += 1

    def note(self, settled: Sequence[Settled], deferred: Sequence[Deferred]) -> None:
        """Take down what became of these, now or as soon as the disk lets us."""
        noted: dict[str, Settled | Deferred] = {one.key: one for one in settled}
        for one in deferred:
            noted[one.key] = one
            if isinstance(before := self._unnoted.get(one.key), Deferred):
                noted[one.key] = one._replace(tries=one.tries + before.tries, trouble=one.trouble or before.trouble)
        for key in noted:
            self._unnoted.pop(key, None)
        self._unnoted |= noted
        self._write_down()
        for key in noted:
            self._in_hand.pop(key, None)

    def _write_down(self) -> None:
        """Note what became of submissions; what the disk or another writer does not let us take down stays in mind."""
        if not self._unnoted:
            return
        unnoted, self._unnoted = self._unnoted, {}
        settled = [one for one in unnoted.values() if isinstance(one, Settled)]
        deferred = [one for one in unnoted.values() if isinstance(one, Deferred)]
        now_ms, keep_days = self._setup.now_ms(), self._setup.store.acknowledged_days

        def noted(tables: Tables) -> frozenset[str]:
            overtaken = tables.review.cancelled_among([one.key for one in settled])
            if settled:
                done = tables.outbox.settle(settled, now_ms, keep_days=keep_days, untold_stays=True)
                overtaken &= frozenset(done)
            if deferred:
                tables.outbox.defer(deferred)
            return overtaken

        try:
            overtaken = self._store.call(noted, makes_room=True).result()
        except (StoreFull, StoreInUse, StoreUnwritable):
            self._unnoted = unnoted
            return
        for key in sorted(overtaken):
            self._listener(CancelOvertaken(key))
