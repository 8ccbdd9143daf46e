"""The one thread that writes to disk: outbox, journal, replica and ratings of this kiosk behind one door.

Every method may be called from any thread and returns at once; callbacks run on the storage thread.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from offline_cache import damage, number_floors
from offline_cache.carrying import Carrying
from offline_cache.ciphers import CipherName
from offline_cache.database import check_whole, shrink_log, translated
from offline_cache.errors import (
    CacheError,
    KeyFixed,
    NotEnrolled,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreUnwritable,
)
from offline_cache.identity import Identity
from offline_cache.journal import Happening, rfc3339
from offline_cache.loggable import EVENTS_LOST, Event
from offline_cache.opening import Opening
from offline_cache.outbox import Outbox
from offline_cache.records import DAY_MS, MISSED_MS, UNTOLD_MS, KeptRecord, RecordState, Tally
from offline_cache.refusals import Refusals
from offline_cache.reserve import Reserve
from offline_cache.settings import StoreSettings
from offline_cache.store_lock import StoreLock
from offline_cache.tables import Tables

if TYPE_CHECKING:
    from offline_cache.blob import Blob
    from offline_cache.database import Connection
    from offline_cache.wire import Countersigned, SignedHead

T = TypeVar("T")
REFUSED_AT = "refused-at"
"""Mark, set whenever a submission could not be kept. Where only the fsync failed, all of the submission is in the log already,
and a start after a kill would find it: this is written over it, so that what its resident was told stays true."""
ROTATION_ASKED = "rotate-key"
"""Mark: 1 when staff want another key."""
ROOM_BYTES = 256 << 10
"""So much room ends the trouble of a full disk: a submission is smaller; one with many pages may be refused again, and told."""
MOST_UNWRITTEN_EVENTS = 10_000
"""Events held in memory while the disk refuses them; those beyond that are lost, and one event in their place tells so."""


class Store:
    """The kiosk's store, opened by one program at a time.

    A damaged store is set aside and a new one begun with what can still be read (`carried_over` tells).
    Raises SqliteTooOld, PragmaRefused, StoreForeign, StoreTooNew, StoreFull, StoreUnwritable, StoreInUse, KeyMissing, KeyWrong,
    KeyFixed, KeyStaysSealed, KeyExposed.
    """

    def __init__(
        self,
        settings: StoreSettings,
        identity: Identity | None,
        *,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        on_defect: Callable[[BaseException], None] | None = None,
    ) -> None:
        self._settings = settings
        self._identity = identity
        self._now_ms = now_ms
        self._on_defect = on_defect
        self._watchers: tuple[Callable[[], None], ...] = ()
        self._unwritten: deque[Happening] = deque()
        self._unwritten_lock = threading.Lock()
        self._writing_asked = threading.Event()
        self._stopped = False
        self._settled_when_shrunk = -1
        self._tally = Tally()
        self._trouble = ""
        self._unreadable = 0
        self.damaged = False
        """The file's structure was found broken while at work: the next start sets it aside."""
        self._refusals = Refusals()
        self._carrying = Carrying(settings.directory, now_ms, on_defect, self._refusals)
        self._carried_watchers: tuple[Callable[[damage.CarriedOver], None], ...] = ()
        self._lock = StoreLock(settings)
        self._reserve = Reserve(settings.directory)
        self._opening = Opening(settings, now_ms, self._carrying, self._reserve, self._refusals)
        self._under_way: object = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        try:
            self._connection, self._tables = self._thread.submit(self._open).result()
        except BaseException:
            self._thread.shutdown()
            self._lock.let_go()
            raise
        self.key_changed = self._tables.vault.cipher if self._tables.vault.rotated else None
        """What new submissions are encrypted with, where the settings named another cipher than before this start."""
        if self.carrying_over and not self._carrying.paused and not self._opening.looking:
            self._go_on_carrying()

    # --- what is known without asking the thread ----------------------------------------------------------------

    def tally(self) -> Tally:
        """The outbox in numbers, as of the last write."""
        return self._tally

    @property
    def trouble(self) -> str:
        """Code of why a write failed; empty when none did, and again once a submission was kept or would find room."""
        return self._trouble

    @property
    def under_way(self) -> object:
        """Stands for the one piece of work the storage thread is at; None at rest. Still the same after long, the disk hangs."""
        return self._under_way

    @property
    def indexes_made_anew(self) -> tuple[str, ...]:
        """Tables whose indexes did not agree with them at this start, as a disk leaves them that loses or misplaces a page."""
        return self._opening.indexes_made_anew

    @property
    def key_copy_erased(self) -> bool | None:
        """A plain key file lay beside a sealed key as this was opened: it is erased, or (False) it is still there."""
        return self._opening.key_copy_erased

    @property
    def carrying_over(self) -> bool:
        """There is more in a damaged store that is not in this one yet."""
        return self._carrying.going_on

    @property
    def carried_over(self) -> damage.CarriedOver | None:
        """What a damaged store gave to this one so far, when that happened at this start."""
        return self._carrying.carried_over

    def when_carried_over(self, told: Callable[[damage.CarriedOver], None]) -> None:
        """Call this on the storage thread once a damaged store is carried over whole, if one was set aside at this start."""

        def watch(_: Tables) -> None:
            if self.carrying_over or self._opening.looking:
                self._carried_watchers = (*self._carried_watchers, told)
            elif self.carried_over is not None:
                told(self.carried_over)

        self.call(watch).add_done_callback(self._watch_for_defect)

    # --- writing --------------------------------------------------------------------------------------------------

    def watch(self, woken: Callable[[], None]) -> None:
        """Call this on the storage thread whenever a submission was kept."""
        self._watchers = (*self._watchers, woken)

    def keep(
        self,
        key: str,
        day: date,
        compose: Callable[[int], bytes],
        then: Callable[[KeptRecord | CacheError], None],
        *,
        item: str = "",
        attachments: Sequence[Blob] = (),
    ) -> None:
        """Keep one submission and what is attached to it; `then` hears of the durable record, or why nothing at all was kept."""

        def kept(tables: Tables) -> None:
            now_ms = self._now_ms()
            try:
                if self._identity is None:
                    raise NotEnrolled("a receipt number needs the kiosk's own")
                heard: KeptRecord | CacheError = tables.outbox.keep(
                    key, day, compose, now_ms=now_ms, item=item, attachments=attachments
                )
            except CacheError as trouble:
                if isinstance(trouble, StoreFull | StoreUnwritable):
                    self._write_over(tables, key, now_ms)
                self._note(trouble)
                heard = trouble
            except Exception as defect:  # a fault of ours: nobody waits for it, and what is on the disk all the same is said
                known: KeptRecord | None = None
                with contextlib.suppress(StoreError):
                    known = tables.outbox.kept(key)
                then(known or StoreError(type(defect).__name__))
                raise
            else:
                self._refusals.forget(key)
                if not self.damaged:
                    self._trouble = ""
            try:
                self._tally = tables.outbox.tally()
            finally:
                then(heard)  # whatever else befalls: what is kept is said
            for woken in self._watchers:
                woken()

        try:
            self.call(kept).add_done_callback(self._watch_for_defect)
        except StoreUnwritable as closed:
            then(closed)

    def log(self, event: Event) -> None:
        """Write an event; those that arrive while a group is being written go together in the next.

        Raises TypeError for anything that merely looks like one.
        """
        happening = Happening(self._now_ms(), event)
        with self._unwritten_lock:
            if len(self._unwritten) >= MOST_UNWRITTEN_EVENTS:
                last = self._unwritten[-1]
                happening = _lost(happening.at_ms, self._unwritten.pop() if last.event.name == EVENTS_LOST else None)
            self._unwritten.append(happening)
        if not self._writing_asked.is_set():
            self._writing_asked.set()
            with contextlib.suppress(StoreUnwritable):  # stopped: nothing is written any more
                self.call(self._write_events).add_done_callback(self._watch_for_defect)

    def rate(self, item: str, level: int, *, practice: bool = False) -> None:
        """Keep a rating, 1 (worst) to 5, apart from everything else."""
        with contextlib.suppress(StoreUnwritable):
            kept = self.call(lambda tables: tables.ratings.keep(item, level, practice=practice))
            kept.add_done_callback(self._watch_for_defect)

    def call(self, work: Callable[[Tables], T], *, makes_room: bool = False) -> Future[T]:
        """Do something with the tables on the storage thread; the future holds its result or error.

        What `makes_room` in the end, as an answer does that erases a content, is given the reserve when the disk is full;
        it may then be done twice.
        """
        if self._stopped:
            raise StoreUnwritable("the store is closed")
        try:
            return self._thread.submit(self._perform, work, makes_room=makes_room)
        except RuntimeError as closed:
            raise StoreUnwritable("the store is closed") from closed

    def sweep(self, tables: Tables, *, by_clock: bool = True) -> damage.TakenAway:
        """Erase what has stayed long enough, in the files too, and damaged stores that were set aside; to be given to `call`.

        `by_clock`: unless the clock is known to be wrong, for by one that is years ahead all has stayed long enough.
        """
        if self._opening.looking and not self._is_open_for_good():
            return damage.TakenAway(0, 0)
        tables = self._tables  # others now, where it was opened for good just then
        now = self._now_ms()
        settled = self._tally.kept - self._tally.depth
        if by_clock:
            tables.review.correct_times(now)
            answered_before = now - self._settings.acknowledged_days * DAY_MS
            erased = tables.review.erase(
                answered_before, RecordState.ACKNOWLEDGED, untold_since_ms=now - UNTOLD_MS, missed_since_ms=now - MISSED_MS
            )
            erased += tables.review.erase(answered_before, RecordState.REJECTED)
            erased += tables.review.erase(now - self._settings.cancelled_days * DAY_MS, RecordState.CANCELLED)
            if erased:
                self._settled_when_shrunk = -1
        # Contents erased by their acknowledgement still live on in the log; when somebody reads it, until the next sweep.
        if settled != self._settled_when_shrunk and shrink_log(self._connection):
            self._settled_when_shrunk = settled
        self._set_log_pages(self._connection)
        self._look_for_an_end_of_trouble(tables)
        self._look_for_a_full_disk()
        if self._carrying.paused:
            self._carrying.paused = False
            self._go_on_carrying()
        if not by_clock:
            return damage.TakenAway(0, 0)
        return damage.take_away(self._settings.directory, now, self._settings.damaged_days)

    def tell(self, key: str) -> None:
        """The resident has seen how this submission stands: an answered one's content need not stay any longer."""

        def told(tables: Tables) -> None:
            if erased := tables.untold.tell(key, self._now_ms(), erase=self._settings.acknowledged_days == 0):
                tables.outbox.erased(erased)
                self._settled_when_shrunk = -1  # the next sweep cuts the log, in which the erased bytes still are

        with contextlib.suppress(StoreUnwritable):
            self.call(told, makes_room=True).add_done_callback(self._watch_for_defect)

    def rotate_when_asked(self, tables: Tables) -> CipherName | None:
        """Change the vault's key when somebody asked for it (the mark); the cipher of the new one. Raises KeyFixed, StoreError.

        To be given to `call`: no other thread or program seals, so nothing is sealed with a key that is dropped.
        """
        if not tables.marks.get(ROTATION_ASKED, 0):
            return None
        try:
            tables.vault.rotate(
                self._settings.vault_file, self._settings.cipher, self._opening.keys_to_keep(self._connection, tables.vault)
            )
        except KeyFixed:
            tables.marks.set(ROTATION_ASKED, 0)  # asked again it would be no better
            raise
        except OSError as refused:
            raise StoreUnwritable(f"{self._settings.vault_file}: {refused.strerror}") from refused
        tables.marks.set(ROTATION_ASKED, 0)
        return tables.vault.cipher

    def sign_head(self, tables: Tables) -> bool:
        """Sign the journal's head when it is time, online or not; to be given to `call`."""
        if self._identity is None:
            return False
        return tables.heads.sign_when_due(self._identity.enrolled.kiosk, self._identity.signing_key, self._now_ms())

    def number_above(self, tables: Tables, why: str) -> None:
        """Give receipt numbers well above those known here, once for each `why`; to be given to `call`."""
        number_floors.number_above(self._connection, self._now_ms(), why)
        tables.outbox.number_from(number_floors.floor_ids(self._connection))

    def take_countersigned(self, tables: Tables, head: SignedHead, told: Countersigned) -> None:
        """Keep the centre's word for the head that it was sent; raises ReplicaRefused where it is not by the key that the
        enrolment told. To be given to `call`.
        """
        if self._identity is None:
            return
        enrolled = self._identity.enrolled
        reached = tables.heads.countersigned(head, told, enrolled.kiosk, enrolled.server_public_key)
        if reached is not None:
            reached.save(self._settings.directory)

    def stop(self) -> None:
        """Write what is still to be written, close the file and end the thread; twice is safe."""
        if self._stopped:
            return
        self._stopped = True
        self._thread.submit(self._close).result()
        self._thread.shutdown()
        self._lock.let_go()

    # --- on the storage thread ------------------------------------------------------------------------------------

    def _open(self) -> tuple[Connection, Tables]:
        return self._made_ready(*self._opening.open(self._identity))

    def _made_ready(self, connection: Connection, tables: Tables) -> tuple[Connection, Tables]:
        try:
            self._lock.take_file()
            self._trouble = self._opening.refused
            self._set_log_pages(connection)
            self._take_back(tables.outbox)
            self._tally = tables.outbox.tally()
        except BaseException:
            connection.close()
            raise
        return connection, tables

    def _set_log_pages(self, connection: Connection) -> None:
        self._reserve.hold()
        connection.execute(f"PRAGMA wal_autocheckpoint={self._reserve.log_pages}")

    def _is_open_for_good(self) -> bool:
        """After another try, where the disk seems to take writing again."""
        if not self._disk_has_room():
            return False
        self._trouble, self._unreadable = "", 0
        self._connection.close()  # before: SQLite would share with it what it cannot write
        try:
            self._connection, self._tables = self._open()
        except CacheError as refused:
            self._look_on(refused)
            return False
        except BaseException as defect:
            self._look_on(StoreUnwritable(type(defect).__name__))
            raise
        if not self._opening.looking and not self.carrying_over:
            self._all_carried_over()
        elif not self._opening.looking and not self._carrying.paused:
            self._go_on_carrying()
        return not self._opening.looking

    def _look_on(self, refused: CacheError) -> None:
        """Until the next sweep tries again; what cannot even be looked at is closed, and everything refused by that name."""
        self._trouble = refused.code
        with contextlib.suppress(CacheError):
            self._connection, self._tables = self._made_ready(*self._opening.look_on(refused, self._tables.vault, self._identity))

    def _carry_in_background(self) -> None:
        """A little at a time, so that whoever wants something of the store meanwhile waits for that little only."""
        if self._stopped or not self.carrying_over:
            return
        self._under_way = object()
        try:
            more = self._carrying.go_on()
        except (StoreError, OSError) as trouble:  # with the next sweep
            self._carrying.pause(self._connection)
            if isinstance(trouble, StoreError):
                self._note(trouble)
            return
        finally:
            self._under_way = None
        with contextlib.suppress(StoreDamaged):  # what is there is sent all the same
            self._tables.outbox.recount()
            self._tally = self._tables.outbox.tally()
        if more:
            self._go_on_carrying()
        else:
            self._all_carried_over()

    def _go_on_carrying(self) -> None:
        self._thread.submit(self._carry_in_background).add_done_callback(self._watch_for_defect)

    def _all_carried_over(self) -> None:
        if self.carried_over is not None:
            for told in self._carried_watchers:
                told(self.carried_over)
        for woken in self._watchers:
            woken()

    def _take_back(self, outbox: Outbox) -> None:
        """Free what a dead sender held; on a full disk that waits for the leases to end, and the kiosk starts all the same."""
        try:
            outbox.release_all()
        except (StoreFull, StoreUnwritable) as trouble:
            self._trouble = self._trouble or trouble.code

    def _perform(self, work: Callable[[Tables], T], *, makes_room: bool) -> T:
        self._under_way = object()
        try:
            try:
                return work(self._tables)
            except (StoreFull, StoreUnwritable):  # a quota's end is no full disk to SQLite
                if not (makes_room and self._reserve.give_up()):
                    raise
                with contextlib.suppress(StoreError):
                    shrink_log(self._connection)
                return work(self._tables)
        except StoreError as trouble:
            self._note(trouble)
            raise
        finally:
            self._under_way = None
            if self._tables.outbox.unreadable > self._unreadable:
                self._unreadable = self._tables.outbox.unreadable
                self._note(StoreDamaged("a submission's pages"))
            try:
                self._tally = self._tables.outbox.tally()
            except (StoreUnwritable, StoreDamaged) as trouble:  # the numbers stay as they were, and what was done is done
                if isinstance(trouble, StoreDamaged):
                    self._note(trouble)

    def _write_events(self, tables: Tables) -> None:
        self._writing_asked.clear()
        with self._unwritten_lock:
            group = list(self._unwritten)
            self._unwritten.clear()
        if not group:
            return
        try:
            tables.journal.append(group)
        except StoreError as trouble:
            with self._unwritten_lock:
                self._unwritten.extendleft(reversed(group))  # for the next try
            self._note(trouble)
        else:
            if self._trouble and not self.damaged and self._has_room():
                self._trouble = ""
            with contextlib.suppress(StoreError):  # with the next group, or by the sender, once there is room
                self.sign_head(tables)

    def _look_for_an_end_of_trouble(self, tables: Tables) -> None:
        """A disk that takes writing again is found out without anybody's having to keep or log something first."""
        self._write_events(tables)
        if self._trouble and not self.damaged:
            with contextlib.suppress(StoreError):
                tables.marks.set(REFUSED_AT, self._now_ms())
                if self._has_room():
                    self._trouble = ""

    def _look_for_a_full_disk(self) -> None:
        """Small writes go on for long in what the log has room for: a submission would be refused only when all is entered."""
        if not self._trouble and self._reserve.is_wanted and not self._disk_has_room():
            self._note(StoreFull("no room for a submission"))

    def _has_room(self) -> bool:
        """Whether a submission would find room again: an event is so small that it fits where none does."""
        try:
            with translated():
                pages, most, unused, size = (
                    self._connection.execute(f"PRAGMA {name}").fetchone()[0]
                    for name in ("page_count", "max_page_count", "freelist_count", "page_size")
                )
        except StoreError:
            return False
        return bool((most - pages + unused) * size >= ROOM_BYTES) and self._disk_has_room()

    def _disk_has_room(self) -> bool:
        import tempfile  # only after trouble

        try:
            with tempfile.TemporaryFile(dir=self._settings.directory) as probe:
                os.posix_fallocate(probe.fileno(), 0, ROOM_BYTES)
        except OSError:
            return False
        return True

    def _write_over(self, tables: Tables, key: str, kept_at_ms: int) -> None:
        """Where only the fsync failed, the submission is in the log all the same."""
        self._refusals.note(key, kept_at_ms)
        with contextlib.suppress(StoreError):
            tables.marks.set(REFUSED_AT, self._now_ms())
            self._refusals.forget(key)

    def _note(self, trouble: CacheError) -> None:
        if not isinstance(trouble, StoreFull | StoreUnwritable | StoreDamaged) or self._trouble == trouble.code:
            return
        if self._opening.looking and not isinstance(trouble, StoreDamaged):
            return  # why it is so the start has found
        if isinstance(trouble, StoreDamaged):
            if self._is_whole():
                return  # a row's bits, which no setting aside mends
            self.damaged = True
        self._trouble = trouble.code
        with contextlib.suppress(StoreError):
            shrink_log(self._connection)  # room in the log, so that small writes like an acknowledgement still go

    def _is_whole(self) -> bool:
        try:
            with translated():
                check_whole(self._connection)
        except StoreDamaged:
            return False
        except StoreError:  # it cannot be told now
            return True
        return True

    def _close(self) -> None:
        self._write_events(self._tables)
        self._carrying.close()
        with contextlib.suppress(StoreError):
            shrink_log(self._connection)
        self._connection.close()

    def _watch_for_defect(self, done: Future[None]) -> None:
        error = done.exception()
        if error is not None and not isinstance(error, CacheError) and self._on_defect is not None:
            self._on_defect(error)


def _lost(at_ms: int, before: Happening | None) -> Happening:
    """One more event is lost, after those that were lost right before it."""
    now = rfc3339(at_ms)
    count, first = (int(before.event.facts["count"]), before.event.facts["from"]) if before is not None else (0, now)
    return Happening(at_ms, Event(EVENTS_LOST, {"count": count + 1, "from": first, "to": now}))
