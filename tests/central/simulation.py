"""Nine kiosks and the centre over thirty virtual days, in one thread, from one seed.

    python -m tests.central.simulation [--seeds 2000] [--first 1] [--steps-a-day 1] [--at-once 2]

Real: the store and its files, the sender and its policy, signing and reading of requests, the centre's whole application on
its database, the printer's driver and what it notes of its jobs. Simulated: time, the network between the two, paper and
cutter, and what befalls them: lines that fail in every way and in the middle of an attachment, crashes at the worst moments,
also in the middle of a slip, restarts of the centre, also between an attachment's parts, requests delivered again, full
disks, clocks that jump, readers unplugged in a visit, printers that run out of paper, another key for the vault, another
catalogue or other settings published meanwhile, submissions refused so that they need a person, and staff at the kiosk's shell.
When all has healed, everything the residents were told must be at the centre once, unless staff cancelled it before the centre
had it, every attachment there whole by its hash, every journal must verify on both sides, every day agree with the
ledger, and every kiosk has what was published last. In between: what was kept unheard is found again by its resident and no
other, its slip is offered and nothing entered twice, no job prints twice, a slip under way at a crash counts as unconfirmed,
no paper is erased here before it is there, and what staff are told of the queue, of what they did to it, and of the log is so.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import as_completed
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import anyio.to_thread
from sqlalchemy import func, select

from central.refusal import Refused
from central.signature import Sender as SenderSeen
from central.tables import Event, EventAside, Kiosk
from offline_cache.errors import CacheError, CentreError
from offline_cache.ledger_match import DAYS_BACK, day_told
from offline_cache.records import RecordState
from offline_cache.store import ROTATION_ASKED
from offline_cache.tables import Tables
from tests.at_once import processes
from tests.central.hall import Hall
from tests.central.simulated_kiosk import LEAST_PART_BYTES, LINES_OUT, PART_BYTES, SimulatedKiosk
from tests.central.simulated_printer import Crashed
from tests.central.simulated_world import START, URL, Request, World
from tests.offline_cache.power_cut import memory_disk

KIOSKS, DAYS = 9, 30
JUMPS = (timedelta(days=1), timedelta(days=-1), datetime(1970, 1, 1, tzinfo=UTC) - START, timedelta())
EVENTS = {
    "visits": 50,
    "line": 15,
    "crash": 4,
    "restart": 4,
    "disk": 5,
    "clock": 5,
    "device": 6,
    "centre": 3,
    "publish": 3,
    "echo": 4,
    "again": 5,
    "key": 3,
    "staff": 20,
}
"""What befalls a kiosk, and how often of the sum of all."""
MOST_VISITS = 8
"""One after another, before the sending thread has its turn."""
HOURS_OF_PEACE = 6
DAYS_OF_PEACE = 3
"""Until the last day that a clock could be ahead is over, and held against the ledger."""
DISK = SimpleNamespace(total=2**40, used=2**39, free=2**39)
"""What heartbeats tell of it: the same in every run."""


def befall(world: World, kiosk: SimulatedKiosk) -> None:
    """One thing of those that happen in a hall."""
    dice = world.dice
    match dice.choices(tuple(EVENTS), EVENTS.values())[0]:
        case "visits":
            for _ in range(dice.randint(1, MOST_VISITS)):
                kiosk.visit()
        case "line":
            kiosk.line = dice.choice(LINES_OUT)
        case "crash":
            kiosk.crash()
        case "restart":
            kiosk.restart()
        case "disk":
            kiosk.fill_disk(full=not kiosk.full)
        case "clock":
            kiosk.set_clock(dice.choice(JUMPS))
        case "device":
            kiosk.reader_plugged = dice.random() < 0.8
            (kiosk.printer.mend if dice.random() < 0.6 else lambda: kiosk.printer.fail(dice))()
        case "publish":
            world.publish()
        case "centre":
            world.start_centre()
        case "echo" if world.sent:
            world.deliver(dice.choice(world.sent))  # to the letter, long after: the centre must refuse it
        case "again":
            _send_again(world, kiosk)
        case "staff":
            kiosk.staff.act()
        case "key" if not kiosk.full:
            kiosk.store.call(lambda tables: tables.marks.set(ROTATION_ASKED, 1)).result()
    kiosk.log("shutdown-asked")


def _send_again(world: World, kiosk: SimulatedKiosk) -> None:
    """An old batch, part or question with a fresh signature: the centre must answer as it did, and do nothing."""
    old = [one for one in world.sent if "/submissions" in one.url or "/blobs/" in one.url]
    old = [one for one in old if not one.submissions & kiosk.staff.cancelled.keys()]  # these no kiosk sends again
    if old and kiosk.line == "up":
        one = world.dice.choice(old)
        place = {"Content-Range": one.headers["Content-Range"]} if "Content-Range" in one.headers else {}
        path, kind = one.url.partition("/api/v1/")[2], one.headers.get("Content-Type", "")
        try:
            kiosk.sender._centre._exchange(one.method, path, one.body, kind, headers=place)
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
    papers: int
    """Attachments that were kept."""
    deeds: Counter[str]
    """What staff did."""
    requests: tuple[tuple[str, str], ...]
    """Path, and hash of the body, of all that reached the centre."""


async def _at_once(work: Callable[..., Any], *given: Any, **_: Any) -> Any:
    """In the place of a worker thread, of which one would wait for another at every request."""
    return work(*given)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much happens."""

    days: int = DAYS
    steps_a_day: float = 1.0
    """At each kiosk."""
    kiosks: int = KIOSKS
    matching: int = KIOSKS
    """So many kiosks hold their days against the ledger, which takes most of the time."""
    days_back: int = DAYS_BACK
    """So far back they do, quiet days too."""

    until: str = ""
    """It ends as soon as this is said of something that goes wrong."""

    def again(self, seed: int) -> str:
        """How to have the same of this seed once more."""
        words = f"--days {self.days} --steps-a-day {self.steps_a_day:g} --kiosks {self.kiosks}"
        words += f" --matching {self.matching} --days-back {self.days_back}"
        return f"python -m tests.central.simulation --seeds 1 --first {seed} {words}"


def run(seed: int, effort: Effort) -> Outcome:
    """The days of one seed, then peace; whatever it meets that is no answer is raised, after the command to have it again."""
    try:
        return _lived(seed, effort)
    except Exception:
        print(f"again: {effort.again(seed)}", file=sys.stderr)
        raise


def _lived(seed: int, effort: Effort) -> Outcome:
    dice = random.Random(seed)
    with (
        tempfile.TemporaryDirectory(dir=memory_disk()) as directory,
        patch.object(anyio.to_thread, "run_sync", _at_once),
        patch("offline_cache.ledger_match.DAYS_BACK", effort.days_back),
        patch("offline_cache.centre.BLOB_PART_BYTES", PART_BYTES),
        patch("offline_cache.centre.LEAST_PART_BYTES", LEAST_PART_BYTES),
        patch("offline_cache.centre.time", SimpleNamespace(monotonic=lambda: 0.0)),  # this name alone: other threads go on
        patch("offline_cache.sender.shutil", SimpleNamespace(disk_usage=lambda _: DISK)),
    ):
        world = World(Path(directory), dice)
        names = {number: f"K{number:02d}" for number in range(1, effort.kiosks + 1)}
        kiosks = [SimulatedKiosk(world, name, matching=number <= effort.matching) for number, name in names.items()]
        try:
            at_last = _live(world, kiosks, effort)
            return Outcome(
                wrong=tuple([wrong for kiosk in kiosks for wrong in kiosk.wrong] + at_last),
                told=sum(len(kiosk.told) for kiosk in kiosks),
                crashes=sum(kiosk.lives for kiosk in kiosks),
                papers=sum(len(kiosk.papers[key]) for kiosk in kiosks for key in kiosk.rows()),
                deeds=sum((kiosk.staff.done for kiosk in kiosks), Counter()),
                requests=tuple(map(_traced, world.sent)),
            )
        finally:
            for kiosk in kiosks:
                kiosk.store.stop()
            world.close()


def _live(world: World, kiosks: list[SimulatedKiosk], effort: Effort) -> list[str]:
    """The days, then the peace; what is amiss at the end."""
    steps = round(effort.kiosks * effort.days * effort.steps_a_day)
    for _ in range(steps):
        world.now += timedelta(days=effort.days * world.dice.random() * 2 / steps)
        kiosk = world.dice.choice(kiosks)
        befall(world, kiosk)
        kiosk.send()
        if effort.until and any(effort.until in one for one in kiosk.wrong):
            return []
    for kiosk in kiosks:
        make_peace(world, kiosk)
        kiosk.check_kept()
    return at_the_end(world, kiosks)


def _traced(request: Request) -> tuple[str, str]:
    return request.url.removeprefix(URL), hashlib.sha256(request.body).hexdigest()


def make_peace(world: World, kiosk: SimulatedKiosk) -> None:
    """All heals; a few hours must do for whatever still waits."""
    kiosk.line, kiosk.in_danger, kiosk.ahead, kiosk.reader_plugged = "up", False, timedelta(), True
    kiosk.printer.mend()
    kiosk.fill_disk(full=False)
    kiosk.sender.line_may_be_back()
    began = world.now
    for _ in range(HOURS_OF_PEACE):
        world.now += timedelta(hours=1, minutes=1)
        kiosk.send()
        if kiosk.store.tally().needs_person:
            kiosk.staff.retry_held()
        elif kiosk.nothing_waits() and kiosk.orders_at > began:
            break
    for _ in range(DAYS_OF_PEACE):
        if kiosk.cancelled_too_late():
            kiosk.sender._ledger.look_again()
            world.now += timedelta(days=1)
            kiosk.send()


def at_the_end(world: World, kiosks: list[SimulatedKiosk]) -> list[str]:
    """The books of both sides, compared."""
    hall = Hall(world.centre, URL)
    ledger, wrong = hall.ledger(), []
    kept: dict[str, str] = {}
    for kiosk in kiosks:
        rows = kiosk.rows()
        out = {key for key, (*_, state) in rows.items() if state is RecordState.CANCELLED and key in kiosk.staff.cancelled}
        kept |= {key: receipt for key, (receipt, *_) in rows.items() if key not in out}
        wrong += [
            f"{kiosk.name}: {key} is {state}"
            for key, (*_, state) in rows.items()
            if key not in out and state is not RecordState.ACKNOWLEDGED
        ]
        wrong += [f"{kiosk.name}: {key} is cancelled, and at the centre" for key in out & ledger.keys()]
        kiosk.staff.look()
        wrong += _journal_amiss(world, kiosk)
        wrong += _publications_amiss(world, kiosk)
        wrong += _papers_amiss(world, kiosk)
        wrong += _days_amiss(world, kiosk)
        wrong += kiosk.slips_amiss()
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


def _papers_amiss(world: World, kiosk: SimulatedKiosk) -> list[str]:
    """Every attachment of what was kept is at the centre, and is what its name says."""
    wrong = []
    sent = [key for key, (*_, state) in kiosk.rows().items() if state is RecordState.ACKNOWLEDGED]
    named = {hashlib.sha256(paper).hexdigest(): key for key in sent for paper in kiosk.papers[key]}
    for name, of in named.items():
        try:
            whole = hashlib.sha256(world.centre.attachments.read(kiosk.name, name)).hexdigest() == name
        except Refused:
            whole = False
        if not whole:
            wrong.append(f"{kiosk.name}: a paper of {of} is not whole at the centre")
    return wrong


def _days_amiss(world: World, kiosk: SimulatedKiosk) -> list[str]:
    """Each day on which something was kept, held against the ledger as the kiosk holds it."""
    with world.engine.connect().execution_options(reading=True) as connection:
        generation = connection.execute(select(Kiosk.generation).where(Kiosk.id == kiosk.name)).scalar_one()
    enrolled, wrong = kiosk.identity.enrolled, []
    seen = SenderSeen(enrolled.kiosk, enrolled.key_id, generation, enrolled.area, revoked=False)
    days = {datetime.strptime(receipt.split("-")[2], "%Y%m%d").date() for receipt, *_ in kiosk.rows().values()}  # noqa: DTZ007 - a day
    for day in sorted(days):
        entries = kiosk.store.call(lambda tables, day=day: tables.matches.entries(day)).result()
        told = day_told(day, entries, whole=True)
        ended = sum(entry.state == "ended" for entry in entries)
        matched = world.centre.matches.take(seen, told)
        if not matched.agrees or matched.in_centre != told.acknowledged or told.acknowledged != len(entries) - ended:
            wrong.append(f"{kiosk.name} kept {len(entries)} on {day}, {told.acknowledged} acknowledged: {matched}")
    return wrong


def _journal_amiss(world: World, kiosk: SimulatedKiosk) -> list[str]:
    try:
        length = kiosk.store.call(lambda tables: tables.journal.verify()).result()
    except CacheError as broken:
        return [f"{kiosk.name}: {broken}"]
    mine = Event.kiosk == kiosk.name
    with world.engine.connect().execution_options(reading=True) as connection:
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


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Thirty virtual days, again and again. Ctrl-C ends it and tells how far it came."
    )
    parser.add_argument("--seeds", type=int, default=2_000)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--steps-a-day", type=float, default=Effort().steps_a_day, help="what befalls each kiosk in a day")
    parser.add_argument("--kiosks", type=int, default=KIOSKS)
    parser.add_argument("--matching", type=int, default=KIOSKS, help="so many kiosks compare their days with the ledger")
    parser.add_argument("--days-back", type=int, default=DAYS_BACK, help="so far back they compare days without anything")
    parser.add_argument("--at-once", type=int, default=os.cpu_count(), help="seeds at once")
    chosen = parser.parse_args()
    effort = Effort(chosen.days, chosen.steps_a_day, chosen.kiosks, chosen.matching, chosen.days_back)
    done = failed = 0
    stopped = False
    with processes(chosen.at_once) as pool:
        running = {
            pool.submit(_by_itself, chosen.first + number, effort): chosen.first + number for number in range(chosen.seeds)
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
    print(f"{done} times {effort.days} days of {effort.kiosks} kiosks{', then stopped' if stopped else ''}: {failed} went wrong")
    return 1 if failed else STOPPED if stopped else 0


STOPPED = 128 + signal.SIGINT
"""As a shell tells it."""


if __name__ == "__main__":
    sys.exit(main())
