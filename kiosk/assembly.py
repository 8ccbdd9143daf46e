"""The one place that builds the kiosk's parts and joins them.

`Kiosk` belongs to the session's thread (the GUI thread in the kiosk), to which the other threads hand everything through
`post`. Nothing here waits for a device or for the centre; opening the store takes some milliseconds of disk.
What the first screen does not need, the centre's side and the staff's room, is built by `start` or when first asked for.
"""

from __future__ import annotations

import functools
import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from devices import reports as device
from devices.rack import Rack
from kiosk import __version__
from kiosk.catalogue.model import Catalogue
from kiosk.catalogue_from_centre import activate_catalogue, check_catalogue, first_catalogue
from kiosk.centre_news import CentreNews
from kiosk.defect import defect_event
from kiosk.doors import CentreDoor, Post, StoreDoor
from kiosk.errors import KioskError, UserNotAllowed
from kiosk.local_socket import SOCKET_NAME, LocalServer
from kiosk.log_events import Event as LogEvent
from kiosk.log_events import Scalar
from kiosk.print_notes import PrintNotes, settle_broken_off
from kiosk.settings import Settings
from kiosk.settings_from_centre import SettingsShelf
from kiosk.shelf import Shelf
from kiosk.visit.facts import Facts, QueueFacts
from kiosk.visit.ports import Ports
from kiosk.visit.session import Session
from kiosk.visit.submission import Place
from kiosk.visit.visit import Step
from offline_cache import reports as sending
from offline_cache.elapsed import elapsed
from offline_cache.errors import CacheError, ReplicaRefused, StoreError
from offline_cache.hall_time import hall_moment, hall_now
from offline_cache.identity import Identity
from offline_cache.key import new_key
from offline_cache.records import Tally
from offline_cache.store import Store
from offline_cache.tables import Tables

if TYPE_CHECKING:
    from kiosk.staff.diagnostics import Diagnosis, Disk
    from kiosk.staff.room import Means, StaffRoom
    from offline_cache.asker import Asker
    from offline_cache.sender import Sender
    from offline_cache.settings import StoreSettings

T = TypeVar("T")
EXPORTS = "exports"
"""Folder beside the store."""
RUNNING = "running"
"""Mark in the store: 1 while a kiosk runs on it; still 1 at the next start after a power cut."""
LOOK_SECONDS = 30.0
"""Between two looks at the disk's free space, and at least between two returns of memory."""
FACTS_SECONDS = 1.0
HANGING_LOOKS = 10
"""So many looks at the facts in a row at which the storage thread is at the same piece of work: the disk hangs."""
UNLOADABLE = (ImportError, OSError, SyntaxError, ValueError, EOFError, TypeError)
"""What importing a module raises that is not there, or whose file the disk has damaged."""


@dataclass(slots=True)
class _Looked:
    """What the assembly looked up, and when."""

    disk: Disk | None = None
    looked_at: float = float("-inf")
    refreshed_at: float = float("-inf")
    given_back_at: float = float("-inf")
    untold: frozenset[str] = frozenset()
    """Items of which somebody never heard that their application is kept; looked for while some cannot be begun."""
    work: object = None
    same_work: int = 0
    """What the storage thread was at, and for how many looks more; looks, for while the whole kiosk stands still none is made."""
    visited: bool = False
    """Somebody was here since memory was given back."""
    local_line: bool = False
    """The local line is there."""


class Kiosk:
    """One running kiosk. Raises what `Store` and `Identity.load` raise: then there is nothing to serve with."""

    def __init__(
        self,
        settings: Settings,
        post: Post,
        wipe: Callable[[], None] = lambda: None,
        clock: Callable[[], datetime] = hall_now,
        monotonic: Callable[[], float] = elapsed,
    ) -> None:
        """`wipe` forgets what of a visit lies in the screens: keyboard history, clipboard, pictures."""
        self._settings = settings
        self._post = post
        self._clock = clock
        self._monotonic = monotonic
        self._started_at = clock()
        self._looked = _Looked()
        self._next_catalogue: Catalogue | None = None
        self._wipe_screens = wipe
        try:
            identity = Identity.load(settings.store.directory)
        except PermissionError as refused:  # put back by root, say, from a stick
            raise UserNotAllowed(str(refused.filename)) from refused
        self._server_key = identity.enrolled.server_public_key
        self._store = Store(settings.store, identity, on_defect=self.met_defect)
        self._last_run_broke_off = self._store.call(functools.partial(_look_back, self._server_key, self._log)).result()
        self._broken_off_slips = self._store.call(settle_broken_off).result()
        self.shelf = Shelf(first_catalogue(self._store, self._server_key, self._log))
        self._rack = Rack(settings.devices, self._heard_on_device_thread, clock, notes=PrintNotes(self._store))
        self._identity = identity
        self._asker: Asker | None = None
        self._sender: Sender | None = None
        self._unheard: deque[sending.Report] = deque()
        """What the sender told and the session's thread has not heard yet."""
        self._staff: StaffRoom | None = None
        enrolled = identity.enrolled
        self._disk_door = StoreDoor(self._store, enrolled.area, enrolled.kiosk, clock, post, practice=settings.kiosk.practice)
        self.place = Place(settings.hall.name, settings.hall.name_en, enrolled.area, enrolled.kiosk, settings.hall.hotline)
        self._centre_door = CentreDoor(post)
        self.times = SettingsShelf(self._store, enrolled, settings.visit, self._log)
        self.session = Session(
            Ports(self._rack, self._disk_door, self._centre_door, self._wipe),
            self.times.visit,
            self.shelf.catalogue,
            clock,
            monotonic,
            new_key,
            self.place,
        )
        self._news = CentreNews(self._store.tally, self._disk_door, self._log, clock, settings.store.directory)
        self._local = LocalServer(settings.store.directory / SOCKET_NAME, self._answer)
        self._stopped = False

    def start(self) -> None:
        """Start devices, sending and the local line."""
        self._log("kiosk-started", {"version": __version__, "kiosk": self.place.kiosk, "practice": self._settings.kiosk.practice})
        if self._last_run_broke_off:
            self._log("stop-missed")
        for printer, job in self._broken_off_slips:
            self._store.log(LogEvent("slip-unconfirmed", {"device": printer}, job.rpartition("-")[0]))
        self._store.when_carried_over(
            lambda carried: self._log(
                "store-set-aside",
                {"submissions": carried.submissions, "waiting": carried.waiting, "events": carried.events},
            )
        )
        if self._store.key_changed is not None:
            self._log("key-rotated", {"cipher": self._store.key_changed.value})
        if self._store.key_copy_erased is not None:
            self._log("key-copy-erased" if self._store.key_copy_erased else "key-copy-left")
        if self._store.indexes_made_anew:
            self._log("index-made-anew")
        self._log_catalogue()
        devices = {status.device: status for status in self._rack.statuses()}
        self.session.facts_changed(replace(self._facts_now(), devices=devices))
        self._store.watch(lambda: self._post(self._refresh))
        self._rack.start()
        threading.Thread(target=self._prepare_sending, name="prepare-sending", daemon=True).start()
        self._start_local()

    def _start_local(self) -> None:
        """On a disk that takes no writing without a file, until it does."""
        with suppress(OSError):
            try:
                self._local.start()
            except OSError:
                self._local.answer_in_memory()
            else:
                self._looked.local_line = True

    @property
    def typed(self) -> Callable[[str], bool] | None:
        """Takes the text of each key the window hears, True when it is a scanner's; None when no scanner types."""
        return self._rack.typed if self._rack.types else None

    def _prepare_sending(self) -> None:
        """Import what speaks with the centre on a thread of its own: somebody may be touching the first screen already."""
        try:
            import offline_cache.asker
            import offline_cache.centre
            import offline_cache.sender  # noqa: F401 - found in place by `_start_sending`
        except UNLOADABLE as error:  # then the queue waits, and the log tells why
            self.met_defect(error)
        else:
            self._post(self._start_sending)

    def _start_sending(self) -> None:
        from offline_cache.asker import Asker
        from offline_cache.centre import Centre
        from offline_cache.sender import Sender
        from offline_cache.sending import Setup

        if self._stopped:
            return
        settings = self._settings
        centre = Centre(settings.centre, self._identity)
        self._asker = Asker(centre, self.met_defect)
        self._centre_door.open(self._asker)
        setup = Setup(settings.store, settings.centre, self._server_key, self._vitals, check_catalogue, self.times.check)
        self._sender = Sender(self._store, centre, setup, self._heard_on_sending_thread)
        self._sender.start()

    @property
    def staff(self) -> StaffRoom:
        """The staff's room, built when it is first asked for."""
        if self._staff is None:
            from kiosk.staff.room import StaffRoom

            self._staff = StaffRoom(self._staff_means())
        return self._staff

    @property
    def frames(self) -> Rack:
        """Who has the cameras' newest frames."""
        return self._rack

    def tick(self) -> None:
        """About four times a second: the clocks of visit and staff, fresh facts; between visits what is newer."""
        if self._stopped:
            return
        self.session.tick()
        if self._staff is not None:
            self._staff.tick()
        now = self._monotonic()
        if now - self._looked.refreshed_at >= FACTS_SECONDS:
            self._looked.refreshed_at = now
            self._look_whether_the_disk_hangs()
            self._refresh()
        if now - self._looked.looked_at >= LOOK_SECONDS:
            self._looked.looked_at = now
            self._on_storage(self._look_at_disk, self._saw_disk)
            if self.session.facts.turns_away:
                self._on_storage(self._look_for_untold, self._saw_untold)
            if not self._looked.local_line:
                self._start_local()
        if self.session.visit.step is not Step.ATTRACT:
            self._looked.visited = True
        elif self._looked.visited and now - self._looked.given_back_at >= LOOK_SECONDS:
            self._looked.visited, self._looked.given_back_at = False, now
            self._on_storage(_give_back, lambda _: None)
        if self.session.visit.step is Step.ATTRACT:
            self._take_what_is_newer()

    def stop(self) -> None:
        """End the visit under way and stop everything, the disk last; twice is safe."""
        if self._stopped:
            return
        self._stopped = True
        self.session.end("stopped")
        self._local.stop()
        self._rack.stop()
        if self._asker is not None:
            self._asker.stop()
        if self._sender is not None:
            self._sender.stop()
        while self._unheard:  # answers of the last request too: they are noted, and belong in the log
            self._news.hear(self._unheard.popleft())
        self._log("kiosk-stopped")
        self._store.call(_mark_stopped).result()
        self._store.stop()

    @property
    def restart_wanted(self) -> bool:
        """The store broke while at work, which only a start mends, and nobody is being served."""
        idle = self.session.visit.step is Step.ATTRACT and (self._staff is None or self._staff.signed_in is None)
        return idle and self._store.damaged

    def met_defect(self, error: BaseException) -> None:
        """A fault of the program, from any thread: logged by its class and place, never by its words."""
        self._store.log(defect_event(error))

    # --- what happens elsewhere -------------------------------------------------------------------------------------

    def _heard_on_device_thread(self, report: device.Report) -> None:
        if not isinstance(report, device.FrameReady):  # whoever shows frames asks for the newest by itself
            self._post(lambda: self._hear_device(report))

    def _hear_device(self, report: device.Report) -> None:
        if self._stopped:
            return
        if isinstance(report, device.TestFinished | device.FaceSeen | device.BadgeShown):
            if self._staff is not None:
                self._staff.hear(report)
        elif isinstance(report, device.SlipPrinted) and self._is_of_this_visit(report.job):
            self._disk_door.mark_printed(self.session.visit.key, int(self._clock().timestamp() * 1000))
        self.session.hear(report)

    def _is_of_this_visit(self, job: str) -> bool:
        """A slip that comes out late belongs to somebody who has left."""
        return self.session.visit.key != "" and job.startswith(self.session.visit_id)

    def _heard_on_sending_thread(self, report: sending.Report) -> None:
        if isinstance(report, sending.Defect):
            self.met_defect(report.error)
        else:
            self._unheard.append(report)
            self._post(self._hear_sender)

    def _hear_sender(self) -> None:
        if not self._stopped:
            self._news.hear(self._unheard.popleft())
            self._refresh()

    # --- facts ------------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        if self._stopped:
            return
        facts, before = self._facts_now(), self.session.facts
        if facts.queue.closed and facts.queue.closed != before.queue.closed:
            self._log("queue-full", {"depth": facts.queue.depth, "code": facts.queue.closed})
        if facts != before:
            self.session.facts_changed(facts)

    def _facts_now(self) -> Facts:
        progress = self._sender.progress() if self._sender is not None else None
        return replace(
            self.session.facts,
            online=progress is not None and progress.online,
            clock_astray=progress is not None and progress.clock_astray,
            queue=_queue_facts(self._store.tally(), self._clock(), self._settings.store, self._looked.untold),
            can_keep=not self._store.trouble and self._looked.same_work < HANGING_LOOKS,
            practice=self._settings.kiosk.practice,
            closed=self._news.closed,
        )

    def _look_whether_the_disk_hangs(self) -> None:
        """Whoever began a visit now would wait at its end, without a way out."""
        work, before = self._store.under_way, self._looked.same_work
        self._looked.same_work = before + 1 if work is not None and work is self._looked.work else 0
        self._looked.work = work
        if before >= HANGING_LOOKS and not self._looked.same_work:  # only now: it could not be written while it hung
            self._log("disk-hung", {"seconds": round(before * FACTS_SECONDS)})

    def _look_at_disk(self, _tables: Tables) -> Disk | None:
        from kiosk.staff.diagnostics import disk_of
        from kiosk.staff.queue_export import take_away_exports

        take_away_exports(self._settings.store.directory / EXPORTS, self._clock())
        return disk_of(self._settings.store.directory)

    def _look_for_untold(self, tables: Tables) -> frozenset[str]:
        return tables.untold.items(int(self._clock().timestamp() * 1000))

    def _saw_untold(self, items: frozenset[str] | CacheError) -> None:
        if not isinstance(items, CacheError):
            self._looked.untold = items
            self._refresh()

    def _saw_disk(self, disk: Disk | CacheError | None) -> None:
        if disk is not None and not isinstance(disk, CacheError):
            if disk.trouble and not (self._looked.disk and self._looked.disk.trouble):
                self._log("disk-low", {"free_megabytes": disk.free_bytes >> 20})
            self._looked.disk = disk

    def diagnosis(self) -> Diagnosis:
        """How this kiosk is now; reads frozen values only, so any thread may ask."""
        from kiosk.staff.diagnostics import Surroundings, diagnose

        facts = self.session.facts
        progress = self._sender.progress() if self._sender is not None else None
        around = Surroundings(
            kiosk=self.place.kiosk,
            version=__version__,
            started_at=self._started_at,
            catalogue_version=self.shelf.catalogue().version,
            set_by_centre=dict(self.times.set_by_centre),
            disk=self._looked.disk,
            store_trouble=self._store.trouble,
            key_copy_left=self._store.key_copy_erased is False,
            line_since=self._news.line_since,
            line_trouble=self._news.line_trouble,
            sent_at=_moment(progress.last_success_at_ms) if progress is not None else None,
            next_try_at=_moment(progress.next_try_at_ms) if progress is not None else None,
            clock_offset_ms=self._news.clock_offset_ms,
            out_of_service=facts.closed,
            refused=progress.refused if progress is not None else {},
            differing=progress.differing if progress is not None else (),
            wires=self._rack.wires(),
        )
        return diagnose(facts, around, self._clock())

    def _answer(self, question: dict[str, Any]) -> dict[str, Any]:
        if question.get("do") == "diagnose":
            from kiosk.staff.diagnostics import as_json

            return {"ok": True, "diagnosis": as_json(self.diagnosis())}
        if question.get("do") == "send":
            self._send_now()
            return {"ok": True}
        return {"ok": False, "said": "this kiosk answers to `diagnose` and `send` only"}

    def _send_now(self) -> None:
        """Staff want it, however long the line was to be left alone; from any thread."""
        if self._sender is not None:
            self._sender.line_may_be_back()

    def _vitals(self) -> sending.Vitals:
        from offline_cache.wire import DeviceBeat

        beats = tuple(
            DeviceBeat(device=one.device, kind=one.kind.value, state=one.state.value, trouble=one.trouble[:64])
            for one in self._rack.statuses()
        )
        if self._store.trouble:
            from kiosk.staff.wording import DISK

            # The log, in which it would be read, is on that disk.
            broken = DeviceBeat(
                device=DISK, kind=DISK, state=device.DeviceState.HARDWARE_ERROR.value, trouble=self._store.trouble
            )
            beats = (*beats, broken)
        return sending.Vitals(version=__version__, devices=beats, practice=self._settings.kiosk.practice)

    # --- catalogue and times ----------------------------------------------------------------------------------------

    def _take_what_is_newer(self) -> None:
        """Nobody is here. What comes during a visit stays staged until then: the previous one is always what was in use."""
        if self._next_catalogue is not None:
            self._take_catalogue(self._next_catalogue)
        self.times.take(self.session)
        if self._news.catalogue_staged:
            self._news.catalogue_staged = False
            self._on_storage(functools.partial(activate_catalogue, self._server_key), self._catalogue_activated)
        if self._news.settings_staged:
            self._news.settings_staged = False
            self._on_storage(self.times.activate, self._settings_activated)

    def _catalogue_activated(self, catalogue: Catalogue | CacheError | None) -> None:
        if isinstance(catalogue, Catalogue):
            self._next_catalogue = catalogue  # a visit may have begun meanwhile: it ends with the one it began with
        elif isinstance(catalogue, ReplicaRefused):  # its bytes have changed here: it is fetched anew
            self._log("catalogue-refused", {"code": catalogue.code})

    def _settings_activated(self, times: Mapping[str, int] | CacheError | None) -> None:
        if isinstance(times, ReplicaRefused):
            self._log("settings-refused", {"code": times.code})
        self.times.activated(times)

    def _take_catalogue(self, catalogue: Catalogue) -> None:
        self._next_catalogue = None
        self.shelf.take(catalogue)
        self._log_catalogue()
        self._refresh()

    def _log_catalogue(self) -> None:
        catalogue = self.shelf.catalogue()
        items = sum(len(zone.items) for zone in catalogue.zones)
        self._log("catalogue-loaded", {"version": catalogue.version, "items": items})

    # --- inside -----------------------------------------------------------------------------------------------------

    def _staff_means(self) -> Means:
        from kiosk.staff.lock_file import LockFile
        from kiosk.staff.room import Means
        from kiosk.staff.sign_in import SignIn

        settings = self._settings
        sign_in = SignIn(settings.staff, settings.sign_in, LockFile(settings.store.directory), self._clock)
        return Means(
            bench=self._rack,
            badges={member.badge: member.number for member in settings.staff if member.badge},
            sign_in=sign_in,
            sign_in_settings=settings.sign_in,
            diagnosis=self.diagnosis,
            on_storage=self._on_storage,
            send_now=self._send_now,
            log=self._disk_door.log,
            clock=self._clock,
            exports=settings.store.directory / EXPORTS,
        )

    def _on_storage(self, work: Callable[[Tables], T], then: Callable[[T | CacheError], None]) -> None:
        """Do it on the storage thread; what comes of it is told on the session's thread, a defect as trouble without a name."""
        came: list[T | CacheError] = []

        def done(result: T | CacheError) -> None:
            came.append(result)
            self._post(lambda: then(result))

        def perform(tables: Tables) -> None:
            try:
                done(work(tables))
            except CacheError as trouble:
                done(trouble)
            except KioskError as trouble:
                done(CacheError(trouble.code))

        def over(performed: Future[None]) -> None:
            trouble = performed.exception()
            if trouble is not None and not isinstance(trouble, CacheError):  # as what is counted afterwards may meet
                self.met_defect(trouble)
            if trouble is not None and not came:
                done(CacheError(type(trouble).__name__))

        self._store.call(perform).add_done_callback(over)

    def _wipe(self) -> None:
        self._disk_door.forget()
        self._wipe_screens()

    def _log(self, name: str, facts: Mapping[str, Scalar] | None = None) -> None:
        self._store.log(LogEvent(name, facts or {}))


def _look_back(server_key: str, log: Callable[[str, Mapping[str, Scalar]], None], tables: Tables) -> bool:
    """Whether the last run broke off; marks this run, and takes what was staged into use."""
    broke_off = tables.marks.get(RUNNING, 0) == 1
    with suppress(StoreError):  # a disk without room costs the mark and the newer catalogue, not the service
        tables.marks.set(RUNNING, 1)
    for replica, refused in ((tables.replica, "catalogue-refused"), (tables.settings_replica, "settings-refused")):
        try:
            with suppress(StoreError):
                replica.activate(server_key)
        except ReplicaRefused as changed:
            log(refused, {"code": changed.code})
    return broke_off


def _mark_stopped(tables: Tables) -> None:
    with suppress(StoreError):
        tables.marks.set(RUNNING, 0)


def _give_back(_tables: Tables) -> None:
    from kiosk.spare_memory import give_back  # not before the first screen is drawn

    give_back()


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else hall_moment(ms)


def _queue_facts(tally: Tally, now: datetime, store: StoreSettings, untold: frozenset[str]) -> QueueFacts:
    oldest = datetime.fromtimestamp(tally.oldest_at_ms / 1000, UTC) if tally.oldest_at_ms is not None else None
    return QueueFacts(
        depth=tally.depth,
        oldest_at=oldest,
        too_old=oldest is not None and oldest < now - timedelta(days=store.max_age_days),
        submission_bytes=store.max_record_bytes,
        kept=tally.kept,
        acknowledged=tally.acknowledged,
        needs_person=tally.needs_person,
        full=tally.full,
        untold=untold,
    )
