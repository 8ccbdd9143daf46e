"""Nine kiosks and the centre over thirty virtual days, in one thread, from one seed.

    python -m tests.central.simulation [--seeds 2000] [--first 1] [--steps-a-day 1] [--at-once 2]

Real: the store and its files, the sender and its policy, signing and reading of requests, the centre's whole application on
its database. Simulated: time, the network between the two, and what befalls them: lines that fail in every way, crashes at
the worst moments, restarts of the centre, requests delivered again, full disks, clocks that jump, readers and printers that
fail, another catalogue or other settings published meanwhile. When all has healed, everything the residents were told must
be at the centre once, every journal must verify on both sides, and every kiosk has what was published last. In between: what
was kept unheard is found again by its resident, and a slip under way at a crash counts as unconfirmed, no other.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import anyio.to_thread
import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from requests.structures import CaseInsensitiveDict
from sqlalchemy import Engine, func, select

from central.application import create_application
from central.centre import Centre as CentreSide
from central.centre import open_centre
from central.database import embedded_url, migrate, open_engine
from central.kiosk_settings import EVERY_KIOSK, publish
from central.tables import Event, EventAside, Kiosk
from devices.errors import CutterJammed, PrintUnconfirmed
from devices.receipt_printer.jobs import PRINTED, PRINTING
from kiosk.catalogue.loading import load_catalogue
from kiosk.print_notes import PrintNotes, settle_broken_off
from offline_cache.answer_reading import Answer
from offline_cache.centre import Centre
from offline_cache.errors import AnswerCut, CacheError, CentreError, CentreHung, CentreUnreachable, StoreFull
from offline_cache.identity import Identity
from offline_cache.ledger_match import DAYS_BACK
from offline_cache.records import KeptRecord, RecordState
from offline_cache.reports import Defect, JournalRefused, LedgerCompared, OrdersGiven, Report, SubmissionHeld, Vitals
from offline_cache.sender import Sender
from offline_cache.sending import Setup
from offline_cache.sending_events import EVENTS_NEXT
from offline_cache.settings import CentreSettings, StoreSettings
from offline_cache.store import Store, Tables
from tests.central.conftest import plain_application
from tests.central.hall import APPLICANT, Hall, composed
from tests.offline_cache.plain_event import plain_event
from tests.offline_cache.power_cut import memory_disk

KIOSKS, DAYS = 9, 30
START = datetime(2026, 11, 1, tzinfo=UTC)
URL = "http://127.0.0.1:9"
SETTINGS = CentreSettings(url=URL, heartbeat_seconds=3600, events_seconds=3600)
LINES = ("up", "up", "up", "refused", "hung", "deaf", "cut upload", "dropped answer", "portal")
JUMPS = (timedelta(days=1), timedelta(days=-1), datetime(1970, 1, 1, tzinfo=UTC) - START, timedelta())
MOST_TURNS = 12
MOST_VISITS = 8
"""One after another, before the sending thread has its turn."""
HOURS_OF_PEACE = 6
CATALOGUE = replace(load_catalogue(), zones=load_catalogue().zones[:1])  # a small one travels faster


ITEM = plain_application(CATALOGUE)
PRINTER = "receipt-printer"
PRINTERS = {"works": PRINTED, "jams": CutterJammed.code, "says nothing": PrintUnconfirmed.code}
"""How a slip's job ends."""


class Crashed(BaseException):
    """The kiosk died at this very point: none of its own handlers may see it."""


@dataclass(slots=True)
class Request:
    """As it went over the line."""

    method: str
    url: str
    body: bytes
    headers: dict[str, str]


class World:
    """Virtual time, the centre, and the network to it."""

    def __init__(self, directory: Path, dice: random.Random) -> None:
        self.directory, self.dice = directory, dice
        self.now = START
        self.loop = asyncio.Runner()
        self.sent: list[Request] = []
        self.engine: Engine | None = None
        self.catalogue = CATALOGUE
        self.patience: int | None = None
        """What is set for every kiosk, if anything is."""
        self.start_centre()

    def start_centre(self) -> None:
        """Also again: what the old process had in memory is gone."""
        if self.engine is not None:
            self.engine.dispose()
        self.engine = open_engine(embedded_url(self.directory))
        migrate(self.engine)
        self.centre: CentreSide = open_centre(self.engine, self.catalogue, lambda: self.now, practice=True)
        transport = httpx.ASGITransport(create_application(self.centre), raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, trust_env=False)

    def publish(self) -> None:
        """Another catalogue, or other settings."""
        if self.dice.random() < 0.5:
            self.catalogue = replace(CATALOGUE, version=self.dice.randbytes(32).hex())
            self.start_centre()
        else:
            self.patience = self.dice.randrange(15, 60)
            publish(self.centre.engine, EVERY_KIOSK, {"patience_seconds": self.patience}, lambda: self.now)

    def deliver(self, request: Request) -> Answer:
        """To the centre's application and back."""
        sending = self.http.request(request.method, request.url, content=request.body, headers=request.headers)
        got = self.loop.run(sending)
        date = self.now.strftime("%a, %d %b %Y %H:%M:%S GMT")  # the server's, as uvicorn sets it
        return Answer(got.status_code, CaseInsensitiveDict({**got.headers, "Date": date}), got.content)

    def close(self) -> None:
        assert self.engine is not None
        self.engine.dispose()
        self.loop.close()


class SimulatedCentre(Centre):
    """The kiosk's own client, over the simulated network."""

    def __init__(self, kiosk: SimulatedKiosk) -> None:
        super().__init__(SETTINGS, kiosk.identity, kiosk.clock)
        self.kiosk = kiosk

    def knock(self) -> bool:
        return self.kiosk.line != "refused"

    def _send(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        world, line = self.kiosk.world, self.kiosk.line
        request = Request(method, url, body, headers)
        if line == "refused":
            raise CentreUnreachable
        if line == "hung":
            raise CentreHung
        if line == "cut upload":
            raise AnswerCut
        if line == "portal":
            return Answer(200, CaseInsensitiveDict({"Content-Type": "text/html"}), b"<html>Sign in</html>")
        if world.dice.random() < self.kiosk.crash_chance:
            raise Crashed("before the request went out")
        world.sent.append(request)
        answer = world.deliver(request)
        if world.dice.random() < self.kiosk.crash_chance:
            raise Crashed("the centre has it, the kiosk does not know")
        if line == "deaf":
            raise CentreHung
        if line == "dropped answer":
            raise AnswerCut
        return answer


@dataclass
class SimulatedKiosk:
    """Store and sender of one kiosk; its sending thread's turns are taken by the simulation."""

    world: World
    name: str
    lives: int = 0
    line: str = "up"
    crash_chance: float = 0.01
    ahead: timedelta = timedelta()
    """Of its clock to the true time."""
    died_at: datetime = START
    orders_at: datetime = START
    """When the centre answered a heartbeat last."""
    full: bool = False
    reader_works: bool = True
    printer: str = "works"
    matching: bool = True
    """Holds its days against the ledger."""
    under_way: set[str] = field(default_factory=set)
    """Slips whose beginning is on the disk and whose end is not."""
    unheard: tuple[str, timedelta] | None = None
    """Key of the submission with which the kiosk died before anyone heard of it, and how its clock went."""
    told: dict[str, tuple[str, str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        seed = self.world.dice.randbytes(32)
        self.identity: Identity = Hall(self.world.centre, URL).identity(self.name, Ed25519PrivateKey.from_private_bytes(seed))
        self.open()

    def clock(self) -> datetime:
        return self.world.now + self.ahead

    def now_ms(self) -> int:
        return (self.clock() - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)

    @property
    def directory(self) -> Path:
        return self.world.directory / f"{self.name}-{self.lives}"

    def open(self) -> None:
        settings = StoreSettings(directory=self.directory)
        self.store = Store(settings, self.identity, now_ms=self.now_ms)
        self.full = False
        self.notes = PrintNotes(self.store, self.now_ms)
        broken_off = {job for _, job in self.store.call(settle_broken_off).result()}
        if broken_off != self.under_way:
            self.wrong.append(f"{self.name}: slips {broken_off} were broken off, not {self.under_way}")
        self.under_way = set()
        self.store.call(lambda tables: (tables.replica.activate(), tables.settings_replica.activate())).result()
        setup = Setup(
            settings,
            SETTINGS,
            self.identity.enrolled.server_public_key,
            lambda: Vitals("1", practice=True),
            now_ms=self.now_ms,
            monotonic=lambda: (self.world.now - START).total_seconds(),
            jitter=self.world.dice.random,
        )
        self.sender = Sender(self.store, SimulatedCentre(self), setup, self.hear)
        if not self.matching:
            self.sender._ledger.due = float("inf")

    def hear(self, report: Report) -> None:
        if isinstance(report, Defect | SubmissionHeld | JournalRefused):
            self.wrong.append(f"{self.name} heard {report}")
        if isinstance(report, OrdersGiven):
            self.orders_at = self.world.now
        if isinstance(report, LedgerCompared) and not report.match.agrees:
            self.wrong.append(f"{self.name} differs from the ledger: {report.match}")

    # --- what happens to it ---------------------------------------------------------------------------------------

    def visit(self) -> None:
        """A resident submits; sometimes the kiosk dies after the commit and before anyone hears of it."""
        if not self.reader_works:
            self.log("visit-ended")  # nobody can say who they are: nothing is kept
            return
        if self.unheard is not None and self._comes_back(*self.unheard):
            return
        key = str(UUID(int=self.world.dice.getrandbits(128) & ~(0xF << 76 | 0x3 << 62) | 0x7 << 76 | 0x2 << 62))
        now = self.clock()
        heard: list[KeptRecord | CacheError] = []
        compose = composed(CATALOGUE, self.name, key, now.date(), now)
        self.store.keep(key, now.date(), compose, heard.append, item=ITEM)
        self.log("submission-asked", key[:8])
        if self.world.dice.random() < self.crash_chance:
            self.crash()
            self.unheard = (key, self.ahead) if key in self.rows() else None
            if self.unheard is not None and self.world.dice.random() < 0.7:  # most stand there still
                self._comes_back(*self.unheard)
            return
        match heard[0]:
            case KeptRecord() as record:
                self.told[key] = (record.receipt_number, record.content_hash)
                self.store.tell(key)
                self.print_slip(key)
            case StoreFull() if self.full:
                pass
            case trouble:
                self.wrong.append(f"{self.name} could not keep: {trouble}")

    def _comes_back(self, key: str, ahead: timedelta) -> bool:
        """Whom the kiosk died under is shown what was kept; False when too much time has passed."""
        self.unheard = None
        number, hash_, _ = self.rows()[key]
        found = self.store.call(lambda tables: tables.untold.find(ITEM, APPLICANT, self.now_ms())).result()
        if found is None or found.submission.key != key:
            if ahead == self.ahead and self.world.now - self.died_at < timedelta(hours=23):
                self.wrong.append(f"{self.name} tells nobody of {key}")
            return False
        self.told[key] = (number, hash_)
        self.store.tell(key)
        self.print_slip(key)
        return True

    def print_slip(self, key: str) -> None:
        """As the printer's thread does it; sometimes the kiosk dies in the middle of it."""
        job = f"{key}-1"
        self._note(job, PRINTING)
        if self.world.dice.random() < self.crash_chance:
            self.crash()
            return
        self._note(job, PRINTERS[self.printer])
        if self.printer == "works" and not self.full:
            self.store.call(lambda tables: tables.review.mark_printed(key, self.now_ms())).result()

    def _note(self, job: str, code: str) -> None:
        self.notes.note(PRINTER, job, code)
        if dict(self.notes.remembered(PRINTER)).get(job) == code:
            (self.under_way.add if code == PRINTING else self.under_way.discard)(job)
        elif not self.full:
            self.wrong.append(f"{self.name} did not note {job} as {code!r}")

    def log(self, event: str, visit: str = "") -> None:
        self.store.log(plain_event(event, visit, {"n": len(self.told)}))
        self.store.call(lambda _: None).result()  # the storage thread has done all that was asked: the same in every run

    def send(self) -> None:
        """The sending thread's turns at this moment, until it wants to wait."""
        for _ in range(MOST_TURNS):
            try:
                if self.sender._turn() > 0.02:
                    return
            except StoreFull:
                return
            except Crashed:
                self.crash()

    def crash(self) -> None:
        """Only what is in the files lives on: they are copied as they stand, as after kill -9."""
        before = self.directory
        self.lives += 1
        self.died_at = self.world.now
        shutil.copytree(before, self.directory)
        (self.directory / "store.db-shm").unlink(missing_ok=True)
        self.store.stop()
        shutil.rmtree(before)
        self.open()
        self.check_kept()

    def restart(self) -> None:
        """Stopped as it should be; nothing is printed just then."""
        self.store.stop()
        self.open()

    def fill_disk(self, *, full: bool) -> None:
        """SQLite gets no page more than it has."""
        self.full = full
        pages = 1 if full else 2**30
        self.store.call(lambda _: self.store._connection.execute(f"PRAGMA max_page_count={pages}")).result()

    # --- what must hold -------------------------------------------------------------------------------------------

    def rows(self) -> dict[str, tuple[str, str, RecordState]]:
        rows = self.store.call(lambda tables: tables.review.rows(limit=10**6)).result()
        return {row.key: (row.receipt_number, row.content_hash, row.state) for row in rows}

    def nothing_waits(self) -> bool:
        def all_sent(tables: Tables) -> bool:
            return tables.outbox.tally().waiting == 0 and tables.marks.get(EVENTS_NEXT, 1) > tables.journal.last_seq

        return self.store.call(all_sent).result()

    def check_kept(self) -> None:
        """Told ⊆ kept, and acknowledged ⊆ the centre's ledger."""
        rows = self.rows()
        if lost := [key for key, told in self.told.items() if rows.get(key, ())[:2] != told]:
            self.wrong.append(f"{self.name} lost {lost}")
        ledger = Hall(self.world.centre, URL).ledger()
        for key, (_, _, state) in rows.items():
            if state is RecordState.ACKNOWLEDGED and key not in ledger:
                self.wrong.append(f"{self.name} believes {key} is at the centre")


def befall(world: World, kiosk: SimulatedKiosk) -> None:
    """One thing of those that happen in a hall."""
    dice = world.dice
    match dice.choices(
        ("visits", "line", "crash", "restart", "disk", "clock", "device", "centre", "publish", "echo", "again"),
        (50, 15, 4, 4, 5, 5, 6, 3, 3, 4, 4),
    )[0]:
        case "visits":
            for _ in range(dice.randint(1, MOST_VISITS)):
                kiosk.visit()
        case "line":
            kiosk.line = dice.choice(LINES)
        case "crash":
            kiosk.crash()
        case "restart":
            kiosk.restart()
        case "disk":
            kiosk.fill_disk(full=not kiosk.full)
        case "clock":
            kiosk.ahead = dice.choice(JUMPS)
        case "device":
            kiosk.reader_works, kiosk.printer = dice.random() < 0.8, dice.choice(tuple(PRINTERS))
        case "publish":
            world.publish()
        case "centre":
            world.start_centre()
        case "echo" if world.sent:
            world.deliver(dice.choice(world.sent))  # to the letter, long after: the centre must refuse it
        case "again":
            _send_again(world, kiosk)
    kiosk.log("shutdown-asked")


def _send_again(world: World, kiosk: SimulatedKiosk) -> None:
    """An old batch with a fresh signature: the centre must answer as it did, and do nothing."""
    old = [one for one in world.sent if one.url.endswith("/submissions")]
    if old and kiosk.line == "up":
        try:
            kiosk.sender._centre._exchange("POST", "submissions", world.dice.choice(old).body, "application/x-ndjson")
        except CentreError:
            pass
        except Crashed:
            kiosk.crash()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a seed came to."""

    wrong: tuple[str, ...]
    told: int
    """Receipts that residents hold."""
    crashes: int
    requests: tuple[tuple[str, int], ...]
    """Path and size of all that reached the centre."""


async def _at_once(work: Callable[..., Any], *given: Any, **_: Any) -> Any:
    """In the place of a worker thread, of which one would wait for another at every request."""
    return work(*given)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much happens in thirty days."""

    steps_a_day: float = 1.0
    """At each kiosk."""
    matching: int = KIOSKS
    """So many kiosks hold their days against the ledger, which takes most of the time."""
    days_back: int = DAYS_BACK
    """So far back they do, quiet days too."""

    def again(self, seed: int) -> str:
        """How to have the same of this seed once more."""
        words = f"--steps-a-day {self.steps_a_day:g} --matching {self.matching} --days-back {self.days_back}"
        return f"python -m tests.central.simulation --seeds 1 --first {seed} {words}"


def run(seed: int, effort: Effort, days: int = DAYS) -> Outcome:
    """Thirty days of one seed, then peace."""
    dice = random.Random(seed)
    with (
        tempfile.TemporaryDirectory(dir=memory_disk()) as directory,
        patch.object(anyio.to_thread, "run_sync", _at_once),
        patch("offline_cache.ledger_match.DAYS_BACK", effort.days_back),
    ):
        world = World(Path(directory), dice)
        names = {number: f"K{number:02d}" for number in range(1, KIOSKS + 1)}
        kiosks = [SimulatedKiosk(world, name, matching=number <= effort.matching) for number, name in names.items()]
        try:
            steps = round(KIOSKS * days * effort.steps_a_day)
            for _ in range(steps):
                world.now += timedelta(days=days * dice.random() * 2 / steps)
                kiosk = dice.choice(kiosks)
                befall(world, kiosk)
                kiosk.send()
            for kiosk in kiosks:
                make_peace(world, kiosk)
            at_last = at_the_end(world, kiosks)
            return Outcome(
                wrong=tuple([wrong for kiosk in kiosks for wrong in kiosk.wrong] + at_last),
                told=sum(len(kiosk.told) for kiosk in kiosks),
                crashes=sum(kiosk.lives for kiosk in kiosks),
                requests=tuple((one.url.removeprefix(URL), len(one.body)) for one in world.sent),
            )
        finally:
            for kiosk in kiosks:
                kiosk.store.stop()
            world.close()


def make_peace(world: World, kiosk: SimulatedKiosk) -> None:
    """All heals; a few hours must do for whatever still waits."""
    kiosk.line, kiosk.crash_chance, kiosk.ahead = "up", 0.0, timedelta()
    kiosk.reader_works, kiosk.printer = True, "works"
    kiosk.fill_disk(full=False)
    kiosk.sender.line_may_be_back()
    began = world.now
    for _ in range(HOURS_OF_PEACE):
        world.now += timedelta(hours=1, minutes=1)
        kiosk.send()
        if kiosk.nothing_waits() and kiosk.orders_at > began:
            return


def at_the_end(world: World, kiosks: list[SimulatedKiosk]) -> list[str]:
    """The books of both sides, compared."""
    hall = Hall(world.centre, URL)
    ledger, wrong = hall.ledger(), []
    kept: dict[str, str] = {}
    for kiosk in kiosks:
        kiosk.check_kept()
        rows = kiosk.rows()
        kept |= {key: receipt for key, (receipt, *_) in rows.items()}
        wrong += [f"{kiosk.name}: {key} is {state}" for key, (*_, state) in rows.items() if state is not RecordState.ACKNOWLEDGED]
        wrong += _journal_amiss(world, kiosk)
        wrong += _publications_amiss(world, kiosk)
        if kiosk.matching and not kiosk.store.call(lambda tables: tables.matches.since(date.min)).result():
            wrong.append(f"{kiosk.name}: no day was ever held against the ledger")
    if {key: receipt for key, (receipt, _) in ledger.items()} != kept:
        wrong.append(f"the ledger has {len(ledger)}, the kiosks {len(kept)}")
    if not hall.effects() == len({number for _, number in ledger.values()}) == len(ledger):
        wrong.append(f"{hall.effects()} effects for {len(ledger)} submissions")
    if len(set(kept.values())) != len(kept):
        wrong.append("a receipt number stands twice")
    return wrong


def _publications_amiss(world: World, kiosk: SimulatedKiosk) -> list[str]:
    """What was published last has come, in whatever place it stands now."""

    def newest(tables: Tables) -> tuple[str, Any]:
        settings = tables.settings_replica.copy("staged") or tables.settings_replica.copy("active")
        return tables.replica.newest()[0], settings and settings.content["visit"].get("patience_seconds")

    version, patience = kiosk.store.call(newest).result()
    wrong = (
        [] if version == world.catalogue.version else [f"{kiosk.name} has the catalogue {version}, not {world.catalogue.version}"]
    )
    if patience != world.patience:
        wrong.append(f"{kiosk.name} has a patience of {patience}, not {world.patience} seconds")
    return wrong


def _journal_amiss(world: World, kiosk: SimulatedKiosk) -> list[str]:
    try:
        length = kiosk.store.call(lambda tables: tables.journal.verify()).result()
    except CacheError as broken:
        return [f"{kiosk.name}: {broken}"]
    mine = Event.kiosk == kiosk.name
    with world.centre.engine.connect().execution_options(reading=True) as connection:
        there = connection.execute(select(func.count()).where(mine)).scalar_one()
        head = connection.execute(select(Kiosk.journal_hash).where(Kiosk.id == kiosk.name)).scalar_one()
        aside = connection.execute(select(func.count()).where(EventAside.kiosk == kiosk.name)).scalar_one()
    last: Any = kiosk.store.call(lambda tables: tables.journal.lines(length, 1)).result()
    sound = there == length and aside == 0 and (not last or last[0].hash == head)
    return [] if sound else [f"{kiosk.name}: {length} events, {there} at the centre, {aside} aside"]


TOLD_EVERY = 20
"""Seeds between two lines that tell how far it is."""


def _by_itself(seed: int, effort: Effort) -> tuple[str, ...]:
    """In a process of its own; a fault of the simulation's is found, too."""
    try:
        return run(seed, effort).wrong
    except Exception as defect:  # noqa: BLE001 - whatever it is, it is what is looked for
        return (repr(defect),)


@contextlib.contextmanager
def _processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """Ended at once, whatever is under way; Ctrl-C is heard by this process alone."""
    executor = ProcessPoolExecutor(count, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))
    try:
        yield executor
    finally:
        for process in tuple((executor._processes or {}).values()):
            process.terminate()
        executor.shutdown(cancel_futures=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Thirty virtual days, again and again. Ctrl-C ends it and tells how far it came."
    )
    parser.add_argument("--seeds", type=int, default=2_000)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--steps-a-day", type=float, default=Effort.steps_a_day, help="what befalls each kiosk in a day")
    parser.add_argument("--matching", type=int, default=KIOSKS, help="so many kiosks compare their days with the ledger")
    parser.add_argument("--days-back", type=int, default=DAYS_BACK, help="so far back they compare days without anything")
    parser.add_argument("--at-once", type=int, default=os.cpu_count(), help="seeds at once")
    chosen = parser.parse_args()
    effort = Effort(chosen.steps_a_day, chosen.matching, chosen.days_back)
    done = failed = 0
    stopped = False
    with _processes(chosen.at_once) as processes:
        running = {
            processes.submit(_by_itself, chosen.first + number, effort): chosen.first + number for number in range(chosen.seeds)
        }
        try:
            for ended in as_completed(running):
                done += 1
                if wrong := ended.result():
                    failed += 1
                    print("\n".join([*wrong, f"  again: {effort.again(running[ended])}"]), flush=True)
                if done % TOLD_EVERY == 0:
                    print(f"{done} of {chosen.seeds} seeds done, {failed} went wrong", flush=True)
        except KeyboardInterrupt:
            stopped = True
    print(f"{done} times {DAYS} days of {KIOSKS} kiosks{', then stopped' if stopped else ''}: {failed} went wrong")
    return 1 if failed else STOPPED if stopped else 0


STOPPED = 128 + signal.SIGINT
"""As a shell tells it."""


if __name__ == "__main__":
    sys.exit(main())
