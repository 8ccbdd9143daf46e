"""Keeping a submission beside a raw insert: same library, same file settings, same row size, taken in turns.

    python -m benchmarks.queue [--quick] [--json]

The raw insert is one statement (WAL, synchronous=FULL) of the same content under its key, which is unique: the least that
is durable and cannot be entered twice. A bare blob without any key stands beside it as well: less than that is not storable.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.report import Row, main, row
from offline_cache.database import open_store
from offline_cache.key import new_key
from offline_cache.outbox import Outbox
from offline_cache.records import RecordState, Settled
from offline_cache.vault import Vault, VaultKey, key_id_of

if TYPE_CHECKING:
    from offline_cache.database import Connection

DAY = date(2026, 11, 23)
KEY = bytes(range(32))
BACKLOG = 10_000


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
    return Outbox(connection, Vault({key_id_of(KEY): VaultKey(KEY)}, key_id_of(KEY)), area="360821", kiosk="K03")


def raw_table(path: Path) -> Connection:
    """The peer: the same opener, so the same pragmas, and a table of a key and a blob."""
    connection = open_store(path)
    connection.execute("CREATE TABLE raw (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, body BLOB)")
    connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, body BLOB)")
    return connection


def insert_raw(connection: Connection, content: bytes) -> None:
    """The peer's one statement."""
    connection.execute("INSERT INTO raw (key, body) VALUES (?, ?)", (new_key(), content))


def insert_bare(connection: Connection, content: bytes) -> None:
    """Not even a key."""
    connection.execute("INSERT INTO bare (body) VALUES (?)", (content,))


def warmed(connection: Connection) -> None:
    """Let the write-ahead log reach its usual length, so that neither side pays for a file that still grows."""
    connection.execute("INSERT INTO mark VALUES ('ballast', ?)", ("x" * 6_000_000,))
    connection.execute("DELETE FROM mark")
    connection.execute("PRAGMA wal_checkpoint(RESTART)")


def timed(work: Callable[[], object]) -> float:
    """Microseconds of one call."""
    began = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - began) / 1000


def in_turns(rounds: int, ours: Callable[[], object], theirs: Callable[[], object]) -> Pair:
    """Medians of both, taken alternately, so that whatever else the disk does falls on both."""
    pairs = [(timed(ours), timed(theirs)) for _ in range(rounds + 10)][10:]  # the first few warm the caches of both
    return Pair(statistics.median(one for one, _ in pairs), statistics.median(other for _, other in pairs))


def keep_beside_insert(size: int, rounds: int, insert: Callable[[Connection, bytes], None] = insert_raw) -> Pair:
    """Keeping `size` bytes beside inserting them."""
    content = b"x" * size
    with place() as directory:
        kept, raw = open_store(directory / "kept.db"), raw_table(directory / "raw.db")
        outbox = new_outbox(kept)
        warmed(kept)
        warmed(raw)
        pair = in_turns(
            rounds,
            lambda: outbox.keep(new_key(), DAY, lambda _: content, now_ms=1),
            lambda: insert(raw, content),
        )
        kept.close()
        raw.close()
    return pair


def keep_beside_empty(backlog: int, rounds: int) -> Pair:
    """Keeping 4 KiB behind a backlog beside keeping them in an empty outbox."""
    content = b"x" * 4096
    with place() as directory:
        long, empty = open_store(directory / "long.db"), open_store(directory / "empty.db")
        behind, first = new_outbox(long), new_outbox(empty)
        fill(long, behind, backlog)
        warmed(long)
        warmed(empty)
        pair = in_turns(
            rounds,
            lambda: behind.keep(new_key(), DAY, lambda _: content, now_ms=1),
            lambda: first.keep(new_key(), DAY, lambda _: content, now_ms=1),
        )
        long.close()
        empty.close()
    return pair


def fill(connection: Connection, outbox: Outbox, count: int) -> None:
    """Let `count` submissions wait, copied from one in a single transaction."""
    record = outbox.keep(new_key(), DAY, lambda _: b"x" * 200, now_ms=1)
    columns = "kiosk, receipt_number, item, content_hash, size, kept_at, state, ready_at, schema, key_id, box"
    connection.execute("BEGIN")
    connection.executemany(
        f"INSERT INTO outbox (id, key, {columns}) SELECT ?, ?, {columns} FROM outbox WHERE key = ?",
        [(number, new_key(), record.key) for number in range(1, count)],
    )
    connection.execute("COMMIT")
    outbox.review().retry(record.key, 1)  # counts anew


def life_beside_inserts(rounds: int) -> Pair:
    """Keep, lease and acknowledge 4 KiB beside three raw inserts of them."""
    content = b"x" * 4096
    with place() as directory:
        kept, raw = open_store(directory / "kept.db"), raw_table(directory / "raw.db")
        outbox = new_outbox(kept)
        warmed(kept)
        warmed(raw)

        def life() -> None:
            record = outbox.keep(new_key(), DAY, lambda _: content, now_ms=1)
            outbox.lease(1, 10**9, 2, 3)
            outbox.settle([Settled(record.key, record.content_hash, RecordState.ACKNOWLEDGED, "", "A-1")], 3)

        def inserts() -> None:
            for _ in range(3):
                insert_raw(raw, content)

        pair = in_turns(rounds, life, inserts)
        kept.close()
        raw.close()
    return pair


def syncs_of_a_keep(rounds: int) -> float:
    """Write transactions a keep, each of which is one fsync in WAL/FULL: statements that write, counted by SQLite's trace."""
    said: list[str] = []
    with place() as directory:
        connection = open_store(directory / "kept.db")
        outbox = new_outbox(connection)
        connection.set_trace_callback(said.append)
        for _ in range(rounds):
            outbox.keep(new_key(), DAY, lambda _: b"x", now_ms=1)
        connection.close()
    return sum(line.startswith(("INSERT", "UPDATE", "DELETE", "COMMIT")) for line in said) / rounds


def measure(quick: bool) -> Iterator[Row]:
    """Keep one submission, encrypted and durable, beside a raw insert."""
    rounds = 200 if quick else 1500
    small = keep_beside_insert(4096, rounds)
    yield row("keep 4 KiB, encrypted", small.ours, "us", "raw insert, WAL/FULL", small.raw, 1.5)
    bare = keep_beside_insert(4096, rounds, insert_bare)
    yield row("keep 4 KiB, encrypted, beside less", bare.ours, "us", "bare blob without a key", bare.raw, 2.0)
    large = keep_beside_insert(200 * 1024, rounds // 2)
    yield row("keep 200 KiB, encrypted", large.ours, "us", "raw insert, WAL/FULL", large.raw, 1.75)
    late = keep_beside_empty(BACKLOG, rounds)
    yield row(f"keep 4 KiB behind {BACKLOG} waiting", late.ours, "us", "behind none", late.raw, 1.2)
    life = life_beside_inserts(rounds // 2)
    yield row("keep, lease, acknowledge 4 KiB", life.ours, "us", "three raw inserts", life.raw, 2.0)
    syncs = syncs_of_a_keep(50)
    yield row("fsyncs a keep", syncs, "count", "one", 1.0, 1.0)


if __name__ == "__main__":
    sys.exit(main(measure))
