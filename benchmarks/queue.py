"""Keeping and sending submissions beside a raw insert, two other queues, an empty queue and one-by-one requests.

    python -m benchmarks.queue [--quick] [--json]

Each pair is taken in turns, so that whatever else the disk does falls on both. The raw insert is one statement (WAL,
synchronous=FULL) of the same content under its key, which is unique: the least that is durable and cannot be entered twice.
A bare blob without any key stands beside it as well: less than that is not storable.

200 KiB are kept as a kiosk keeps them: 4 KiB of content and a captured page, which was hashed when it was taken, while its
resident still looked at it. Such a content in one piece, hashed while it is kept, stands beside it.

A whole life is measured with a thousand behind it: persist-queue's get walks over what was acknowledged before, of which its own
`clear_acked_data` leaves so many. Two queues on their first day, with nothing behind them, stand beside it without a target.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.queue_draining import drain, drain_apart, reference_centre
from benchmarks.queue_peers import litequeue, persist_queue, put_get_ack, warm
from benchmarks.queue_syncs import counted
from benchmarks.report import Row, compared, main, most, row, unmeasured
from offline_cache.blob import Blob
from offline_cache.damage import folders
from offline_cache.database import open_store
from offline_cache.key import new_key
from offline_cache.outbox import Outbox
from offline_cache.private_file import read_private
from offline_cache.records import Leased, RecordState, Settled
from offline_cache.settings import StoreSettings
from offline_cache.store import Store
from offline_cache.tally import Limits
from offline_cache.vault import Vault, VaultKey, key_id_of, vault_of

if TYPE_CHECKING:
    from offline_cache.database import Connection

DAY = date(2026, 11, 23)
PAGE_BYTES = 4096
"""Of the database."""
KEY = bytes(range(32))
WAITING, ERASED = 100_000, 1_000_000
BEHIND = 1000
"""Lives that were over before: what persist-queue's clear_acked_data leaves when it is not told otherwise."""
LIVES = 120
"""Measured in turns; so few, and always as many, for each adds to what is behind the next."""
NOW_MS = 1_795_000_000_000
NOT_DUE_BEFORE = NOW_MS + 1_000_000
LEASED_UNTIL = NOW_MS + 2_000_000
"""Unix times in ms, as long as true ones: a number of another length would make a row be written anew."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two medians of one run, in microseconds."""

    ours: float
    raw: float


@contextmanager
def place() -> Iterator[Path]:
    """A directory on the disk, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="queue-benchmark-") as directory:
        yield Path(directory)


def new_outbox(connection: Connection) -> Outbox:
    """An outbox with a key of its own and no limit in the way."""
    vault = Vault({key_id_of(KEY): VaultKey(KEY)}, key_id_of(KEY))
    return Outbox(connection, vault, area="360821", kiosk="K03", limits=Limits(10**7, 10**12, 10**9))


def raw_table(path: Path) -> Connection:
    """The peer: the same opener, so the same pragmas, and a table of a key and a blob."""
    connection = open_store(path)
    connection.execute("CREATE TABLE raw (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, body BLOB)")
    connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, body BLOB)")
    return connection


def insert_raw(connection: Connection, key: str, content: bytes) -> None:
    """The peer's one statement."""
    connection.execute("INSERT INTO raw (key, body) VALUES (?, ?)", (key, content))


def insert_bare(connection: Connection, _key: str, content: bytes) -> None:
    """Not even a key."""
    connection.execute("INSERT INTO bare (body) VALUES (?)", (content,))


WARMING = 10
"""The first few calls warm the caches of both sides."""


def timed(work: Callable[[], object]) -> float:
    """Microseconds of one call."""
    began = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - began) / 1000


def in_turns(rounds: int, ours: Callable[[], object], theirs: Callable[[], object], warming: int = WARMING) -> Pair:
    """Medians of both, taken alternately, so that whatever else the disk does falls on both."""
    pairs = [(timed(ours), timed(theirs)) for _ in range(rounds + warming)][warming:]
    return Pair(statistics.median(one for one, _ in pairs), statistics.median(other for _, other in pairs))


CONTENT_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Load:
    """What is kept: so many bytes of content, and of pages beside it."""

    content: bytes
    pages: tuple[Blob, ...] = ()

    @property
    def whole(self) -> bytes:
        """All of it in one piece, for a peer."""
        return b"".join((self.content, *(page.content for page in self.pages)))

    def keep(self, outbox: Outbox, key: str) -> object:
        """As the kiosk does it."""
        return outbox.keep(key, DAY, lambda _: self.content, now_ms=NOW_MS, attachments=self.pages)


SMALL = Load(b"x" * CONTENT_BYTES)
PAGED = Load(b"x" * CONTENT_BYTES, (Blob.of(b"y" * (200 * 1024 - CONTENT_BYTES)),))
LARGE = Load(b"x" * 200 * 1024)


def keep_beside_insert(load: Load, rounds: int, insert: Callable[[Connection, str, bytes], None] = insert_raw) -> Pair:
    """Keeping beside inserting as much; the keys are made before, for either side."""
    whole = load.whole
    with place() as directory:
        kept, raw = open_store(directory / "kept.db"), raw_table(directory / "raw.db")
        outbox = new_outbox(kept)
        warm(kept)
        warm(raw)
        keys = iter([new_key() for _ in range(2 * (rounds + WARMING))])
        pair = in_turns(
            rounds,
            lambda: load.keep(outbox, next(keys)),
            lambda: insert(raw, next(keys), whole),
        )
        kept.close()
        raw.close()
    return pair


def keep_beside_peer(load: Load, rounds: int) -> tuple[Pair, Pair]:
    """Keeping beside persist-queue's and litequeue's put of as much, neither of which encrypts."""
    content = load.whole
    text = content.decode()
    with place() as directory, persist_queue(directory) as persist, litequeue(directory) as lite:
        kept = open_store(directory / "kept.db")
        outbox = new_outbox(kept)
        warm(kept)

        def keep() -> object:
            return load.keep(outbox, new_key())

        pairs = in_turns(rounds, keep, lambda: persist.put(content)), in_turns(rounds, keep, lambda: lite.put(text))
        kept.close()
    return pairs


def data_sync(rounds: int) -> float:
    """One fdatasync of four pages that were just written, in microseconds: what a durable commit must wait for on this disk.

    A whole life here waits for one, persist-queue's for three: the slower the disk, the smaller their ratio.
    """
    pages = b"y" * 4 * 4096
    with place() as directory, (directory / "bare").open("wb", buffering=0) as file:
        file.write(bytes(len(pages) * rounds))
        os.fsync(file.fileno())
        taken = []
        for number in range(rounds):
            os.pwrite(file.fileno(), pages, number * len(pages))
            taken.append(timed(lambda: os.fdatasync(file.fileno())))
    return statistics.median(taken)


def open_all(outbox: Outbox, leased: Sequence[Leased]) -> None:
    """Read and decrypt what is to be sent."""
    for content in outbox.contents(leased).values():
        content.open()


def life_of(outbox: Outbox, content: bytes) -> Callable[[], object]:
    """Keep, lease and acknowledge one submission; what is acknowledged is erased in the same transaction."""

    def life() -> None:
        record = outbox.keep(new_key(), DAY, lambda _: content, now_ms=NOW_MS)
        open_all(outbox, outbox.lease(1, 10**9, NOW_MS, LEASED_UNTIL))
        outbox.settle([Settled(record.key, record.content_hash, RecordState.ACKNOWLEDGED, "", "A-1")], NOW_MS)

    return life


@contextmanager
def beside_peer(behind: int, content: bytes) -> Iterator[tuple[Outbox, Callable[[], object]]]:
    """An outbox, and persist-queue's put, get and ack, with so many lives behind either."""
    with place() as directory, persist_queue(directory) as persist:
        kept = open_store(directory / "kept.db")
        outbox, theirs = new_outbox(kept), put_get_ack(persist, content)
        ours = life_of(outbox, content)
        for _ in range(behind):
            ours()
            theirs()
        warm(kept)
        yield outbox, theirs
        kept.close()


def life_beside_peer(behind: int) -> Pair:
    """The whole life of 4 KiB beside persist-queue's put, get and ack."""
    content = b"x" * CONTENT_BYTES
    with beside_peer(behind, content) as (outbox, theirs):
        return in_turns(LIVES, life_of(outbox, content), theirs)


def hundred_lives_beside_peer(behind: int) -> Pair:
    """The same for a hundred, leased and acknowledged together as a backlog is; microseconds for each of them."""
    content = b"x" * CONTENT_BYTES
    with beside_peer(behind, content) as (outbox, one):

        def ours() -> None:
            for _ in range(100):
                outbox.keep(new_key(), DAY, lambda _: content, now_ms=NOW_MS)
            leased = outbox.lease(100, 10**9, NOW_MS, LEASED_UNTIL)
            open_all(outbox, leased)
            outbox.settle([Settled(each.key, each.content_hash, RecordState.ACKNOWLEDGED, "", "A-1") for each in leased], NOW_MS)

        def theirs() -> None:
            for _ in range(100):
                one()

        pair = in_turns(5, ours, theirs, warming=1)
    return Pair(pair.ours / 100, pair.raw / 100)


def beside_empty(count: int, state: RecordState, rounds: int) -> tuple[Pair, Pair]:
    """Keeping 4 KiB, and their whole life, with so many others in this state, beside the same in an empty outbox."""
    content = b"x" * 4096
    with place() as directory:
        long, empty = open_store(directory / "long.db"), open_store(directory / "empty.db")
        fill(long, count, state)
        behind, first = new_outbox(long), new_outbox(empty)
        warm(long)
        warm(empty)
        lives = in_turns(rounds, life_of(behind, content), life_of(first, content))
        keeps = in_turns(
            rounds,
            lambda: behind.keep(new_key(), DAY, lambda _: content, now_ms=NOW_MS),
            lambda: first.keep(new_key(), DAY, lambda _: content, now_ms=NOW_MS),
        )
        long.close()
        empty.close()
    return keeps, lives


def fill(connection: Connection, count: int, state: RecordState, outbox: Outbox | None = None) -> None:
    """Let there be so many in this state, copied from one in a single transaction; waiting ones are not due yet.

    Their keys are in order, as true ones are, which begin with their time.
    """
    record = (outbox or new_outbox(connection)).keep(new_key(), DAY, lambda _: b"x" * 200, now_ms=NOW_MS)
    erased = state is RecordState.ACKNOWLEDGED
    copied = "kiosk, receipt_number, item, content_hash, size, kept_at, schema"
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute(
        "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?)"
        f" INSERT INTO outbox (id, key, state, ready_at, settled_at, key_id, box, {copied})"
        f" SELECT n, printf('%08x-0000-7000-8000-%012x', n, n), ?, ?, ?, {'NULL, NULL' if erased else 'key_id, box'}, {copied}"
        " FROM number, outbox WHERE key = ?",
        (count, state, NOT_DUE_BEFORE, 1 if erased else None, record.key),
    )
    connection.execute("DELETE FROM outbox WHERE key = ?", (record.key,))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("PRAGMA synchronous=FULL")


def backlog(leases: int, keeps: int) -> Iterator[Row]:
    """With 100,000 waiting: leasing 100 of 4 KiB, reading their contents, and keeping, as the kiosk does it; in microseconds."""
    content = b"x" * 4096
    with place() as directory:
        connection = open_store(directory / "long.db")
        fill(connection, WAITING, RecordState.QUEUED)
        outbox = new_outbox(connection)
        warm(connection)
        kept = [timed(lambda: outbox.keep(new_key(), DAY, lambda _: content, now_ms=NOW_MS)) for _ in range(keeps)]
        connection.execute("PRAGMA synchronous=OFF")
        for _ in range(max(leases * 100 - keeps, 0)):
            outbox.keep(new_key(), DAY, lambda _: content, now_ms=NOW_MS)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA synchronous=FULL")
        warm(connection)
        taken, read = [], []
        for _ in range(leases):
            leased: list[Leased] = []
            taken.append(timed(lambda leased=leased: leased.extend(outbox.lease(100, 10**9, NOW_MS, LEASED_UNTIL))))  # type: ignore[misc] # mypy cannot type a lambda's default
            read.append(timed(lambda leased=leased: open_all(outbox, leased)))  # type: ignore[misc] # mypy cannot type a lambda's default
            outbox.settle([Settled(one.key, one.content_hash, RecordState.ACKNOWLEDGED, "", "A-1") for one in leased], NOW_MS)
        connection.close()
    yield row(f"lease 100 of {WAITING:,}", statistics.median(taken), "us", "a millisecond", 1000.0, 1.0)
    yield most(f"lease 100 of {WAITING:,}, slowest", max(taken), "us", 5000.0)
    yield compared("read and open their contents", statistics.median(read), "us", "leasing them", statistics.median(taken))
    yield most(f"keep 4 KiB with {WAITING:,} waiting, p99", statistics.quantiles(kept, n=100)[-1], "us", 5000.0)


def life_beside_inserts(rounds: int) -> Pair:
    """Keep, lease and acknowledge 4 KiB beside three raw inserts of them."""
    content = b"x" * 4096
    with place() as directory:
        kept, raw = open_store(directory / "kept.db"), raw_table(directory / "raw.db")
        warm(kept)
        warm(raw)

        def inserts() -> None:
            for _ in range(3):
                insert_raw(raw, new_key(), content)

        pair = in_turns(rounds, life_of(new_outbox(kept), content), inserts)
        kept.close()
        raw.close()
    return pair


def up_after_damage() -> Iterator[Row]:
    """A start on a store with a page that the disk has lost: noticed, set aside whole, and a new one open."""
    with place() as directory:
        settings = StoreSettings(directory=directory / "state")
        Store(settings, None).stop()
        connection = open_store(settings.database_file)
        vault = vault_of(read_private(settings.vault_file))
        fill(connection, WAITING, RecordState.QUEUED, Outbox(connection, vault, area="360821", kiosk="K03"))
        connection.close()
        size = settings.database_file.stat().st_size
        with settings.database_file.open("r+b") as file:
            file.seek(size // 2 // PAGE_BYTES * PAGE_BYTES)
            file.write(bytes(PAGE_BYTES))
        began = time.perf_counter()
        store = Store(settings, None)
        seconds = time.perf_counter() - began
        set_aside = folders(settings.directory)
        store.stop()
    assert set_aside, "nothing was noticed"
    yield most(f"up with a damaged store of {WAITING:,} ({size >> 20} MB) set aside", seconds, "s", 10.0)


def measure(quick: bool) -> Iterator[Row]:
    """Keeping, the whole life, backlogs, leasing, draining; each beside its peer."""
    rounds = 120 if quick else 1500
    yield from keeping(max(rounds, 500))  # its target lies close: the median of fewer wavers over it
    first_day, life = life_beside_peer(0), life_beside_peer(BEHIND)
    peers = "persist-queue's put, get, ack"
    yield compared("fdatasync alone, of four pages", data_sync(rounds), "us", f"{peers}, nothing behind", first_day.raw)
    yield compared("keep, lease, acknowledge 4 KiB, nothing behind", first_day.ours, "us", peers, first_day.raw)
    yield row(f"the same, {BEHIND:,} behind either", life.ours, "us", peers, life.raw, 0.5)
    hundred = hundred_lives_beside_peer(BEHIND)
    yield row("and sent in hundreds, each", hundred.ours, "us", peers, hundred.raw, 0.5)
    raw_life = life_beside_inserts(rounds)
    yield compared("keep, lease, acknowledge 4 KiB", raw_life.ours, "us", "three raw inserts", raw_life.raw)
    for count, state, words in ((WAITING, RecordState.QUEUED, "waiting"), (ERASED, RecordState.ACKNOWLEDGED, "erased")):
        keeps, lives = beside_empty(count, state, rounds)
        yield row(f"keep 4 KiB with {count:,} {words}", keeps.ours, "us", "with none", keeps.raw, 1.2)
        yield row(f"keep, lease, acknowledge with {count:,} {words}", lives.ours, "us", "with none", lives.raw, 1.2)
    yield from backlog(20 if quick else 100, 500 if quick else 5_000)
    with place() as directory:
        for what, work in (("fsyncs a keep", "keep"), ("fsyncs a whole life, sent alone", "life")):
            syncs = counted(directory, work, 40)
            if syncs is None:
                yield unmeasured(what, "count", "strace is missing, or may not trace", "<= 1")
            else:
                yield most(what, syncs, "count", 1.0)
    yield from up_after_damage()
    yield from draining(1_500 if quick else 10_000, 1_500 if quick else 100_000)


def keep_of(outbox: Outbox) -> Callable[[], object]:
    """Keeping one small submission."""
    return lambda: outbox.keep(new_key(), DAY, lambda _: b"x", now_ms=NOW_MS)


def keeping(rounds: int) -> Iterator[Row]:
    """Keep one submission, encrypted and durable."""
    for load, words in ((SMALL, "4 KiB"), (PAGED, "200 KiB (4 and a page)")):
        raw = keep_beside_insert(load, rounds)
        yield row(f"keep {words}, encrypted", raw.ours, "us", "raw insert of key and blob, WAL/FULL", raw.raw, 1.25)
        persist, lite = keep_beside_peer(load, rounds // 2)
        yield compared(f"keep {words}, encrypted", persist.ours, "us", "persist-queue's put, FULL", persist.raw)
        yield compared(f"keep {words}, encrypted", lite.ours, "us", "litequeue's put, FULL", lite.raw)
    one = keep_beside_insert(LARGE, rounds // 2)
    yield compared("keep 200 KiB in one content, encrypted", one.ours, "us", "raw insert of key and blob, WAL/FULL", one.raw)
    bare = keep_beside_insert(SMALL, rounds, insert_bare)
    yield row(
        "keep 4 KiB, encrypted, beside less", bare.ours, "us", "raw insert of a blob without a key, WAL/FULL", bare.raw, 1.5
    )


def draining(count: int, long: int) -> Iterator[Row]:
    """A night's submissions into the reference centre."""
    with place() as directory, reference_centre(directory, "K03") as (url, identity):
        single = drain(directory / "single", url, identity, count // 10, 1)
        batched = drain(directory / "batched", url, identity, count, 100)
        words = f"drain {count:,} in batches of 100, each"
        yield row(words, batched.microseconds, "us", "one by one", single.microseconds, 0.2)
        night = drain_apart(directory / "long", url, identity, long, 100)
        yield row(f"memory after draining {long:,}", night.memory_late_mb, "MB", "after a tenth", night.memory_early_mb, 1.05)


if __name__ == "__main__":
    sys.exit(main(measure))
