"""One bit of a kiosk's store is flipped, or its log is cut: the next start notices, or there was no harm.

    python -m tests.offline_cache.bit_flips [--images 200] [--first 1] [--head | --block | --pages]

A store with submissions that the centre has, that wait, that came last and lie in the log only, with attachments and
events, is copied as a kill leaves it. Each seed harms one copy; then a kiosk starts on it, sends what it finds, keeps anew.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import queue
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from pysqlite3 import dbapi2

from offline_cache import damage
from offline_cache.blob import Blob
from offline_cache.centre import Centre
from offline_cache.errors import CacheError, JournalBroken, StoreError
from offline_cache.hall_time import hall_now
from offline_cache.key import new_key
from offline_cache.records import KeptRecord, RecordState
from offline_cache.reports import Defect, Report, Vitals
from offline_cache.sender import Sender
from offline_cache.sending import Setup
from offline_cache.settings import StoreSettings
from offline_cache.store import Store
from offline_cache.wire import canonical
from tests.offline_cache.conftest import LedgerCentre, Reply, make_identity, quick
from tests.offline_cache.plain_event import plain_event

PATIENCE_SECONDS = 60.0
"""Longer than anything here takes, on the slowest machine."""
FRAME_BYTES, LOG_HEAD_BYTES = 4096 + 24, 32
HEAD_BYTES, STATEMENT_BYTES = 100, 60
BLOCK_BYTES = 4096
ROW_BYTES = 900
"""From a row's key on: its plain columns and the front of its sealed content."""
PIECE_BYTES = 20
LEAF = 0x0D
"""First byte of a page with rows of a table (https://sqlite.org/fileformat2.html#b_tree_pages)."""
LONG = 7_000
"""Signs of every third content: it lies in pages of its own."""
UNNOTICEABLE = 2
"""Transactions at the log's end: damaged, they look as if the power had gone while they were written."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A store as a kill left it, and what was promised."""

    directory: Path
    acknowledged: frozenset[str]
    """Keys that the centre has."""
    waiting: frozenset[str]
    late: tuple[str, ...]
    """Kept last, one transaction each, in the log only."""
    numbers: frozenset[str]
    """Receipt numbers that were given."""

    @property
    def told(self) -> frozenset[str]:
        return self.acknowledged | self.waiting | set(self.late)


@dataclass(frozen=True, slots=True)
class Came:
    """What one harm came to."""

    harm: str
    noticed: bool
    """Set aside, or held for a person."""
    lost: int
    """Promised, and neither at the centre nor in the store."""
    wrong: tuple[str, ...]


class StrictCentre(LedgerCentre):
    """Refuses a content whose hash is not its own, as the reference centre does."""

    def take(self, body: bytes) -> Reply:
        lines = [(json.loads(line), line) for line in body.splitlines()]
        wrong = [sent for sent, _ in lines if hashlib.sha256(canonical(sent["content"])).hexdigest() != sent["content_hash"]]
        taken = json.loads(super().take(b"\n".join(line for sent, line in lines if sent not in wrong)).body)
        refused = {"verdict": "rejected", "reason": "hash-wrong"}
        taken["answers"] += [{"key": sent["key"], "content_hash": sent["content_hash"], **refused} for sent in wrong]
        return Reply(body=json.dumps(taken).encode())


# --- before -------------------------------------------------------------------------------------------------------------


def fill(directory: Path) -> Filled:
    """Fill a store, and leave its copy at `directory`."""
    at_work = StoreSettings(directory=directory.with_name("at-work"))
    centre = StrictCentre()
    store = Store(at_work, make_identity())
    records = [_keep(store, pages=2 if number % 4 == 0 else 0) for number in range(12)]
    _send(store, at_work, centre, [])
    acknowledged = frozenset(record.key for record in records)
    centre.close()
    waiting = [_keep(store, pages=1 if number % 4 == 0 else 0) for number in range(12)]
    store.stop()
    store = Store(at_work, make_identity())
    late = [_keep(store) for _ in range(6)]
    shutil.copytree(at_work.directory, directory)
    store.stop()
    (directory / "store.db-shm").unlink(missing_ok=True)
    numbers = frozenset(record.receipt_number for record in (*records, *waiting, *late))
    return Filled(
        directory, acknowledged, frozenset(record.key for record in waiting), tuple(record.key for record in late), numbers
    )


def _keep(store: Store, pages: int = 0) -> KeptRecord:
    key, heard = new_key(), queue.SimpleQueue[KeptRecord | CacheError]()
    store.log(plain_event("submission-asked", "", {"n": pages}))
    store.call(lambda _: None).result()
    attachments = [Blob.of(os.urandom(9_000)) for _ in range(pages)]
    store.keep(key, hall_now().date(), lambda serial: _content(key, serial), heard.put, attachments=attachments)
    record = heard.get(timeout=PATIENCE_SECONDS)
    assert isinstance(record, KeptRecord), record
    return record


def _content(key: str, serial: int) -> bytes:
    return canonical({"key": key, "serial": serial, "x": "好" * (LONG if serial % 3 == 0 else 200)})


def _send(store: Store, settings: StoreSettings, centre: StrictCentre, heard: list[Report]) -> bool:
    """Send until nothing waits; False when something does not go in time."""
    asked = quick(centre.url)
    setup = Setup(settings, asked, make_identity().enrolled.server_public_key, lambda: Vitals("1"))
    sender = Sender(store, Centre(asked, make_identity()), setup, heard.append)
    sender.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while store.tally().waiting > 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert sender.stop(PATIENCE_SECONDS)
    return store.tally().waiting <= 0


# --- harm ---------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Harmed:
    """A copy, the harm done to it, and which of the last transactions it may have cost without a trace."""

    harm: str
    may_be_gone: set[str] = field(default_factory=set)
    rows_intact: bool = False
    """Nothing of any other submission was harmed: whoever notices must still lose none."""


def harm(directory: Path, filled: Filled, dice: random.Random) -> Harmed:
    """One bit or one cut, in the database or its log."""
    kinds: tuple[Callable[[Path, Filled, random.Random], Harmed], ...] = (_flip_database, _flip_row, _flip_log, _cut_log)
    return dice.choices(kinds, (30, 40, 15, 15))[0](directory, filled, dice)


def harm_head(directory: Path, filled: Filled, dice: random.Random) -> Harmed:
    """One bit of a byte of the database's head, or of a table's statement; the log is in the file, as after a stop."""
    file = directory / "store.db"
    connection = dbapi2.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()
    content = file.read_bytes()
    statements = [at for at in range(len(content)) if content.startswith((b"CREATE TABLE", b"CREATE INDEX"), at)]
    at = dice.randrange(HEAD_BYTES) if dice.random() < 0.5 else dice.choice(statements) + dice.randrange(STATEMENT_BYTES)
    return Harmed(f"store.db, head or schema, {_flip(file, at, dice)}", rows_intact=True)


def harm_block(directory: Path, filled: Filled, dice: random.Random) -> Harmed:
    """One block of the database or its log that the disk has lost."""
    file = directory / dice.choice(("store.db", "store.db-wal"))
    content = file.read_bytes()
    at = dice.randrange(len(content) // BLOCK_BYTES) * BLOCK_BYTES
    how, block = dice.choice(
        (("zeros", bytes(BLOCK_BYTES)), ("ones", b"\xff" * BLOCK_BYTES), ("rubbish", dice.randbytes(BLOCK_BYTES)))
    )
    file.write_bytes(content[:at] + block + content[at + BLOCK_BYTES :])
    may_be_gone = set(filled.late[-UNNOTICEABLE:]) if file.suffix == ".db-wal" else set[str]()
    return Harmed(f"{file.name}, {how} at {at}", may_be_gone)


def harm_pages(directory: Path, filled: Filled, dice: random.Random) -> Harmed:
    """Some pages of the database, as after a stop: whatever lies in none of them must be found again."""
    file = directory / "store.db"
    with closing(dbapi2.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        boxes = dict(connection.execute("SELECT key, box FROM outbox WHERE box IS NOT NULL"))
    content = file.read_bytes()
    pages = range(1, len(content) // BLOCK_BYTES)
    lost = dice.sample(pages, min(len(pages), dice.choice((1, 1, 2, 3, 5, 10))))
    harmed = {key for key, box in boxes.items() if not _pages_of(key, box, content).isdisjoint(lost)}
    with file.open("r+b") as opened:
        for page in lost:
            opened.seek(page * BLOCK_BYTES)
            opened.write(dice.choice((bytes(BLOCK_BYTES), dice.randbytes(BLOCK_BYTES))))
    return Harmed(f"store.db, pages {sorted(lost)}", harmed, rows_intact=True)


def _pages_of(key: str, box: bytes, content: bytes) -> set[int]:
    """Where the row of this submission lies, and each piece of its content."""
    pieces = (box[at : at + PIECE_BYTES] for at in range(0, len(box) - PIECE_BYTES, PIECE_BYTES))
    pages = {at // BLOCK_BYTES for piece in pieces if (at := content.find(piece)) >= 0}  # not where one page ends
    at = -1
    while (at := content.find(key.encode(), at + 1)) >= 0:
        if content[at // BLOCK_BYTES * BLOCK_BYTES] == LEAF:
            pages.add(at // BLOCK_BYTES)
    return pages


def _flip_database(directory: Path, filled: Filled, dice: random.Random) -> Harmed:
    file = directory / "store.db"
    at = dice.randrange(file.stat().st_size)
    return Harmed(f"store.db, {_flip(file, at, dice)}")


def _flip_row(directory: Path, filled: Filled, dice: random.Random) -> Harmed:
    """In the columns of a submission: SQLite itself notices nothing of that."""
    file = directory / "store.db"
    content = file.read_bytes()
    key = dice.choice(sorted(filled.waiting))
    places = [at for at in range(len(content)) if content.startswith(key.encode(), at)] if key.encode() in content else []
    at = dice.choice(places) + dice.randrange(ROW_BYTES)
    return Harmed(f"store.db, a row of {key}, {_flip(file, min(at, len(content) - 1), dice)}")


def _flip_log(directory: Path, filled: Filled, dice: random.Random) -> Harmed:
    file = directory / "store.db-wal"
    at = dice.randrange(file.stat().st_size)
    may_be_gone = set(filled.late) if at < LOG_HEAD_BYTES else set(filled.late[-UNNOTICEABLE:])
    return Harmed(f"store.db-wal, {_flip(file, at, dice)}", may_be_gone)


def _cut_log(directory: Path, filled: Filled, dice: random.Random) -> Harmed:
    file = directory / "store.db-wal"
    size = file.stat().st_size
    length = dice.randrange(size)
    if dice.random() < 0.5:
        length = LOG_HEAD_BYTES + length // FRAME_BYTES * FRAME_BYTES
    os.truncate(file, length)
    return Harmed(f"store.db-wal, cut to {length} of {size} bytes", set(filled.late))


def _flip(file: Path, at: int, dice: random.Random) -> str:
    bit = 1 << dice.randrange(8)
    with file.open("r+b") as opened:
        opened.seek(at)
        (byte,) = opened.read(1)
        opened.seek(at)
        opened.write(bytes([byte ^ bit]))
    return f"bit {bit:#04x} of byte {at}"


# --- after --------------------------------------------------------------------------------------------------------------


def run(filled: Filled, seed: int, harm: Callable[[Path, Filled, random.Random], Harmed] = harm) -> Came:
    """One harm and the start after it."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        settings = StoreSettings(directory=Path(name) / "store")
        shutil.copytree(filled.directory, settings.directory)
        harmed = harm(settings.directory, filled, dice)
        centre = StrictCentre()
        centre.ledger.update({key: {} for key in filled.acknowledged})
        try:
            return _start_after(harmed, settings, centre, filled)
        except CacheError as refused:
            return Came(harmed.harm, True, 0, (f"the kiosk does not come up, or keeps nothing: {refused!r}",))
        except Exception as defect:  # noqa: BLE001 - whatever it is, it is what is looked for
            return Came(harmed.harm, True, 0, (f"a defect: {defect!r}",))
        finally:
            centre.close()


def _start_after(harmed: Harmed, settings: StoreSettings, centre: StrictCentre, filled: Filled) -> Came:
    wrong: list[str] = []
    heard: list[Report] = []
    defects: list[BaseException] = []
    store = Store(settings, make_identity(), on_defect=defects.append)
    try:
        if not _send(store, settings, centre, heard):
            wrong.append(f"{store.tally().waiting} wait and are not sent")
        fresh = [_keep(store) for _ in range(3)]
        if not _send(store, settings, centre, heard):
            wrong.append("what is kept now is not sent")
        store.call(store.sweep).result()
        if (tally := store.tally()).waiting != 0:
            wrong.append(f"the tally says {tally.waiting} wait")
        try:
            rows = {row.key: row.state for row in store.call(lambda tables: tables.review.rows(limit=1000)).result()}
        except StoreError as refused:
            rows = {}
            wrong.append(f"staff cannot see what is kept: {refused.code}")
        noticed = bool(damage.folders(settings.directory)) or RecordState.NEEDS_PERSON in rows.values() or store.trouble != ""
        try:
            store.call(lambda tables: tables.journal.verify()).result()
        except JournalBroken:
            noticed = True
    finally:
        store.stop()
    wrong += [f"a defect: {one!r}" for one in defects]
    wrong += [f"a defect: {one.error!r}" for one in heard if isinstance(one, Defect)]
    known = filled.told | {record.key for record in fresh}
    if strange := centre.ledger.keys() - known:
        wrong.append(f"the centre has got {strange}, which nobody submitted")
    if centre.conflicts:
        wrong.append(f"two contents under {centre.conflicts}")
    if again := set(centre.deliveries) & filled.acknowledged:
        wrong.append(f"{again} sent again, though acknowledged")
    if missing := {record.key for record in fresh} - centre.ledger.keys():
        wrong.append(f"{missing} kept now and not at the centre")
    if twice := filled.numbers & {record.receipt_number for record in fresh}:
        wrong.append(f"receipt numbers given twice: {twice}")
    lost = filled.told - centre.ledger.keys()
    held = {key for key, state in rows.items() if state is RecordState.NEEDS_PERSON}
    gone = lost - held - harmed.may_be_gone
    if gone and (harmed.rows_intact or not noticed):
        wrong.append(f"{len(gone)} lost, {'though nothing of theirs was harmed' if harmed.rows_intact else 'and nobody is told'}")
    if rejected := {key for key, state in rows.items() if state is RecordState.REJECTED}:
        wrong.append(f"refused by the centre, though nothing was wrong with what was submitted: {rejected}")
    if believed := {
        key for key, state in rows.items() if state is RecordState.ACKNOWLEDGED and key in known - centre.ledger.keys()
    }:
        wrong.append(f"believed to be at the centre: {believed}")
    return Came(harmed.harm, noticed, len(lost), tuple(wrong))


def main() -> int:
    parser = argparse.ArgumentParser(description="One bit of the store flipped, or its log cut, again and again.")
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--head", action="store_true", help="harm the database's head and its tables' statements only")
    parser.add_argument("--block", action="store_true", help="lose a whole block of the database or its log")
    parser.add_argument("--pages", action="store_true", help="lose some pages of the database; whatever lies elsewhere is found")
    chosen = parser.parse_args()
    harming = harm_head if chosen.head else harm_block if chosen.block else harm_pages if chosen.pages else harm
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        filled = fill(Path(name) / "filled")
        for seed in range(chosen.first, chosen.first + chosen.images):
            came = run(filled, seed, harming)
            counts["noticed" if came.noticed else "harmless" if not came.lost else "lost the log's end"] += 1
            if came.wrong:
                counts["wrong"] += 1
                print(f"seed {seed}: {came.harm}: {'; '.join(came.wrong)}", flush=True)
            if (done := seed - chosen.first + 1) % 50 == 0:
                print(f"{done} of {chosen.images} done: {dict(counts)}", flush=True)
    print(f"{chosen.images} damaged stores: {', '.join(f'{count} {what}' for what, count in counts.items())}")
    return 1 if counts["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
