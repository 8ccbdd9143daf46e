"""Power cuts by simulation: a kiosk's life is recorded write by write, and disks as a cut may leave them are made from it.

    python -m tests.offline_cache.power_cut [--images 1000000] [--recordings 2000] [--seed 1] [--at-once 2]

What was synced is on such a disk. Of what was written since, any part may be: none, a beginning, some writes, some sectors,
some of them torn or full of rubbish. The store's own code opens each disk and must find all that the resident was told.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import uuid
from collections.abc import Iterator
from concurrent.futures import as_completed
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from offline_cache.attachments import Attachments
from offline_cache.blob import Blob
from offline_cache.database import open_store, shrink_log
from offline_cache.errors import CacheError
from offline_cache.journal import Journal
from offline_cache.outbox import Outbox
from offline_cache.records import Deferred, RecordState, Settled
from offline_cache.vault import Vault, VaultKey, key_id_of
from tests.at_once import processes
from tests.offline_cache.plain_event import happening
from tests.offline_cache.recording_vfs import Created, Cut, Deleted, DiskStep, Synced, Wrote, recording

KEY = bytes(range(32))
VAULT = Vault({key_id_of(KEY): VaultKey(KEY)}, key_id_of(KEY))
DAY = date(2026, 11, 23)
SECTOR = 512
STORE = "store.db"
SYNC_THEIR_DIRECTORY = ("-wal", "-journal")
"""The first sync of a new one of these syncs the directory too (SQLite, os_unix.c: UNIXFILE_DIRSYNC)."""
SMALL_LOG_PAGES = 60
"""The log is copied into the file at this length in half of the lives, so that the few megabytes of one hold many copies."""
ACTIONS = ("keep", "send", "log", "shrink", "crash", "restart")
WEIGHTS = (60, 25, 25, 3, 2, 2)


@dataclass(slots=True)
class Promised:
    """What the store had said was durable by some moment."""

    kept: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Key → (receipt number, content hash)."""
    settled: set[str] = field(default_factory=set)
    lately_settled: set[str] = field(default_factory=set)
    """Without an fsync since: a cut may undo it, and then they wait, with their contents, to be sent again."""
    events: int = 0

    def all_settled(self) -> None:
        """An fsync has made lasting what was settled before it."""
        self.settled |= self.lately_settled
        self.lately_settled.clear()


@dataclass(frozen=True, slots=True)
class KeptWas:
    key: str
    receipt_number: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class SettledWere:
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventsWere:
    count: int


Step = DiskStep | KeptWas | SettledWere | EventsWere


# --- a life, recorded -------------------------------------------------------------------------------------------------


def record_life(seed: int, actions: int, *, control: bool = False) -> list[Step]:
    """A kiosk keeps, sends, logs, dies and starts again, as the seed says; `control`: with synchronous=NORMAL."""
    steps: list[Step] = []
    with tempfile.TemporaryDirectory(dir=memory_disk()) as directory, recording(steps.append):
        life = _Life(Path(directory) / STORE, random.Random(seed), steps, control)
        for _ in range(actions):
            life.act()
        life.connection.close()
    return steps


class _Life:
    def __init__(self, path: Path, dice: random.Random, steps: list[Step], control: bool) -> None:
        self.path, self.dice, self.steps, self.control = path, dice, steps, control
        self.now = 1_795_000_000_000
        self.small_log = dice.random() < 0.5
        self.open()

    def open(self) -> None:
        self.connection = open_store(self.path)
        if self.small_log:
            self.connection.execute(f"PRAGMA wal_autocheckpoint={SMALL_LOG_PAGES}")
        self.outbox = Outbox(self.connection, VAULT, area="369999", kiosk="K03")
        self.outbox.release_all()
        self.journal = Journal(self.connection)

    def act(self) -> None:
        self.now += self.dice.randrange(60_000)
        if self.control:
            self.connection.execute("PRAGMA synchronous=NORMAL")
        match self.dice.choices(ACTIONS, WEIGHTS)[0]:
            case "keep":
                self.keep()
            case "send":
                self.send()
            case "log":
                group = [happening(self.now, "page-shown", "", {"n": n}) for n in range(self.dice.randrange(1, 5))]
                self.journal.append(group)
                self.steps.append(EventsWere(len(group)))
            case "shrink":
                shrink_log(self.connection)
            case "crash":
                self.crash()
            case "restart":
                self.connection.close()
                self.open()

    def keep(self) -> None:
        key = str(uuid.UUID(int=self.dice.getrandbits(128)))
        size = self.dice.choice((50, 900, 4096, 4096, 20_000, 70_000))
        pages = [b"%d" % number * self.dice.choice((300, 9000)) for number in range(self.dice.choice((0, 0, 1, 3)))]
        record = self.outbox.keep(
            key,
            DAY,
            lambda serial: b"%06d %d " % (serial, len(pages)) + b"x" * size,
            now_ms=self.now,
            attachments=[Blob.of(page) for page in pages],
        )
        self.steps.append(KeptWas(key, record.receipt_number, record.content_hash))

    def send(self) -> None:
        leased = self.outbox.lease(self.dice.randrange(1, 12), 10**9, self.now, self.now + 1000)
        answered = [one for one in leased if self.dice.random() < 0.8]
        late = [one for one in leased if one not in answered]
        done = [Settled(one.key, one.content_hash, RecordState.ACKNOWLEDGED, "", "A-1") for one in answered]
        self.steps.append(SettledWere(self.outbox.settle(done, self.now)))
        self.outbox.defer([Deferred(one.key, self.now, "centre-hung") for one in late])

    def crash(self) -> None:
        """The files are put back as they stood: what closing tidies up never happened, as after kill -9."""
        with tempfile.TemporaryDirectory(dir=self.path.parent) as aside:
            for one in (STORE, f"{STORE}-wal"):
                if (self.path.parent / one).exists():
                    shutil.copy(self.path.parent / one, aside)
            unseen = len(self.steps)
            self.connection.close()
            del self.steps[unseen:]
            for one in (STORE, f"{STORE}-wal", f"{STORE}-shm"):
                (self.path.parent / one).unlink(missing_ok=True)
            for one in Path(aside).iterdir():
                shutil.move(one, self.path.parent)
        self.open()


# --- disks as a cut may leave them ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _File:
    """One file: what is surely on the disk, and what was done to it since."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[Wrote | Cut] = field(default_factory=list)
    linked: bool = False
    """Its name stands in the directory for good."""


class Disk:
    """Follows a recording step by step, and can be cut after any of them."""

    def __init__(self) -> None:
        self.files: dict[str, _File] = {}
        self.maybe_back: dict[str, _File] = {}
        """Deleted, but the directory was not synced since."""
        self.promised = Promised()

    def follow(self, step: Step) -> None:
        match step:
            case Created(name):
                self.files[name] = _File()
                self.maybe_back.pop(name, None)
            case Wrote(name) | Cut(name):
                self.files[name].pending.append(step)
            case Synced(name):
                file = self.files[name]
                for change in file.pending:
                    _apply(file.durable, change)
                file.pending.clear()
                if not file.linked and name.endswith(SYNC_THEIR_DIRECTORY):
                    self.maybe_back.clear()
                    for one in self.files.values():
                        one.linked = True
            case Deleted(name, synced):
                gone = self.files.pop(name)
                if synced:
                    self.maybe_back.clear()
                else:
                    self.maybe_back[name] = gone
            case KeptWas(key, number, digest):
                self.promised.kept[key] = (number, digest)
                self.promised.all_settled()
            case SettledWere(keys):
                self.promised.lately_settled.update(keys)
            case EventsWere(count):
                self.promised.events += count
                self.promised.all_settled()

    def cut(self, dice: random.Random) -> dict[str, bytearray]:
        """The files as they may be found when the power comes back."""
        found = {}
        manner = dice.choice(MANNERS)
        for name, file in {**self.maybe_back, **self.files}.items():
            if (name in self.maybe_back or not file.linked) and dice.random() < 0.5:
                continue
            content = bytearray(file.durable)
            for change in _survivors(file.pending, manner, dice):
                _apply(content, change)
            found[name] = content
        return found


MANNERS = ("none", "beginning", "writes", "sectors", "rubbish")


def _survivors(pending: list[Wrote | Cut], manner: str, dice: random.Random) -> Iterator[Wrote | Cut]:
    """The changes, or parts of them, that reached the disk."""
    if manner == "none":
        return
    if manner == "beginning":
        yield from pending[: dice.randrange(len(pending) + 1)]
        return
    share = dice.random()
    for change in pending:
        if isinstance(change, Cut) or manner == "writes":
            if dice.random() < share:
                yield change
        else:
            yield from _some_sectors(change, share, dice, rubbish=manner == "rubbish")


def _some_sectors(wrote: Wrote, share: float, dice: random.Random, *, rubbish: bool) -> Iterator[Wrote]:
    """Split where the disk's sectors end; a sector may be torn in the middle or hold rubbish, but only where it was written."""
    start, end = wrote.offset, wrote.offset + len(wrote.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        piece = wrote.data[start - wrote.offset : stop - wrote.offset]
        if dice.random() < share:
            yield Wrote(wrote.file, start, piece)
        elif rubbish:
            torn = dice.randrange(len(piece) + 1)
            yield Wrote(wrote.file, start, piece[:torn] + dice.randbytes(len(piece) - torn))
        start = stop


def _apply(content: bytearray, change: Wrote | Cut) -> None:
    match change:
        case Wrote(_, offset, data):
            if offset > len(content):
                content.extend(bytes(offset - len(content)))
            content[offset : offset + len(data)] = data
        case Cut(_, size):
            del content[size:]


def pages_named(content: bytes) -> int:
    """How many attachments a content that was kept here names."""
    return int(content.split(b" ", 2)[1])


# --- what must be found -----------------------------------------------------------------------------------------------


def what_is_wrong(directory: Path, promised: Promised) -> str:
    """Open the store as a kiosk does after the power came back; what of the promised is not there, or empty."""
    try:
        connection = open_store(directory / STORE)
    except CacheError as trouble:
        return f"does not open: {trouble}"
    try:
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if sound != "ok":
            return f"integrity_check: {sound}"
        rows = connection.execute("SELECT key, receipt_number, content_hash, state FROM outbox").fetchall()
        found = {key: (number, digest) for key, number, digest, _ in rows}
        lost = [key for key, told in promised.kept.items() if found.get(key) != told]
        undone = promised.settled - {key for key, *_, state in rows if state == RecordState.ACKNOWLEDGED}
        if lost:
            return f"{len(lost)} {LOST}, {len(undone)} acknowledgements undone"
        if undone:
            return f"{len(undone)} acknowledgements undone"
        if (events := Journal(connection).verify()) < promised.events:
            return f"{promised.events - events} events lost"
        outbox = Outbox(connection, VAULT, area="369999", kiosk="K03")
        outbox.release_all()
        waiting = outbox.tally().waiting
        leased = outbox.lease(10**6, 10**12, 2 * 1_795_000_000_000, 1)
        opened = {key: content.open() for key, content in outbox.contents(leased).items()}
        if len(opened) != waiting:
            return f"{waiting - len(opened)} contents are not found"
        attachments = Attachments(connection, VAULT)
        pages = {one.key: [attachments.open(one.key, each.number) for each in one.unsent] for one in leased}
        lacking = [key for key, here in pages.items() if len(here) != pages_named(opened[key])]  # also where nobody was told yet
        if lacking:
            return f"{len(lacking)} submissions without all their attachments"
        orphans = "SELECT count(*) FROM attachment LEFT JOIN outbox ON outbox.id = submission WHERE outbox.key_id IS NULL"
        alone = connection.execute(orphans).fetchone()[0]
        return f"{alone} attachments without their submission" if alone else ""
    except CacheError as trouble:
        return str(trouble)
    finally:
        connection.close()


def troubles(steps: list[Step], images: int, seed: int) -> Iterator[str]:
    """Cut the power at random moments of a recording, as the seed says; what is wrong with each disk that is not right."""
    dice = random.Random(seed)
    moments = sorted(dice.choices(range(1, len(steps) + 1), k=images))
    disk, at = Disk(), 0
    for moment in moments:
        for step in steps[at:moment]:
            disk.follow(step)
        at = moment
        with tempfile.TemporaryDirectory(dir=memory_disk()) as directory:
            for name, content in disk.cut(dice).items():
                (Path(directory) / name).write_bytes(content)
            wrong = what_is_wrong(Path(directory), disk.promised)
        if wrong:
            yield f"cut after step {moment} of {len(steps)}: {wrong}"


TOLD_EVERY = 20
"""Lives between two lines that tell how far it is."""
CONTROL_IMAGES = 100
LOST = "receipts without their rows"
STOPPED = 128 + signal.SIGINT
"""As a shell tells it."""


def memory_disk() -> Path | None:
    """Where files live in memory, when there is such a place: what a sync does is noted, not needed."""
    shared = Path("/dev/shm")
    return shared if shared.is_dir() and os.access(shared, os.W_OK) else None


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Cut the power of recorded kiosks, again and again. Ctrl-C ends it and tells how far it came."
    )
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--recordings", type=int, default=2_000, help="lives to record; the images are shared out among them")
    parser.add_argument("--seed", type=int, default=1, help="the first life's; the others count on")
    parser.add_argument("--at-once", type=int, default=os.cpu_count(), help="lives at once")
    chosen = parser.parse_args()
    recordings = max(1, min(chosen.recordings, chosen.images))
    each, done, found, stopped = chosen.images // recordings, 0, 0, False
    with processes(chosen.at_once) as pool:
        try:
            control = pool.submit(lost_by_control, chosen.seed).result()  # not here: an interrupted recording goes on, or is none
            print(f"the control, synced less: {control} of {CONTROL_IMAGES} cuts lost what a resident was told", flush=True)
            if not control:
                print("then these cuts would find nothing: they are not made")
                return 1
            running = {pool.submit(_cut_one, seed, each): seed for seed in range(chosen.seed, chosen.seed + recordings)}
            for ended in as_completed(running):
                done += 1
                for wrong in ended.result():
                    found += 1
                    again = f"--images {each} --recordings 1 --seed {running[ended]}"
                    print(f"{wrong}\n  again: python -m tests.offline_cache.power_cut {again}", flush=True)
                if done % TOLD_EVERY == 0:
                    print(f"{done} of {recordings} lives, {found} cuts lost or damaged something", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            stopped = True
    how_far = ", then stopped" if stopped else ""
    print(f"{each * done} power cuts over {done} lives{how_far}: {found} lost or damaged something")
    return 1 if found else STOPPED if stopped else 0


def lost_by_control(seed: int) -> int:
    """Cuts in a life with WAL/NORMAL that lose a receipt's row: where there is none, the cuts or the recording are at fault."""
    return sum(LOST in wrong for wrong in troubles(record_life(seed, 150, control=True), CONTROL_IMAGES, seed))


def _cut_one(seed: int, images: int) -> list[str]:
    return list(troubles(record_life(seed, 150), images, seed))


if __name__ == "__main__":
    sys.exit(main())
