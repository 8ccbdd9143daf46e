"""Keeping a submission beside a raw insert: same library, same file settings, same row size, taken in turns.

    python -m benchmarks.queue [--quick] [--json]

The raw insert is one bare statement (WAL, synchronous=FULL) into a table of one blob column: the least that is durable.
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
from offline_cache.vault import Vault, key_id_of

if TYPE_CHECKING:
    from offline_cache.database import Connection

DAY = date(2026, 11, 23)
KEY = bytes(range(32))
BACKLOG = 20_000


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
    return Outbox(connection, Vault({key_id_of(KEY): KEY}, key_id_of(KEY)), area="360821", kiosk="K03")


def raw_table(path: Path) -> Connection:
    """The peer: the same opener, so the same pragmas, and a table of nothing but a blob."""
    connection = open_store(path)
    connection.execute("CREATE TABLE raw (id INTEGER PRIMARY KEY, body BLOB)")
    return connection


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


def keep_beside_insert(size: int, rounds: int, backlog: int = 0) -> Pair:
    """Medians of keeping and of inserting `size` bytes, in turns, with `backlog` submissions waiting already."""
    content = b"x" * size
    with place() as directory:
        kept, raw = open_store(directory / "kept.db"), raw_table(directory / "raw.db")
        outbox = new_outbox(kept)
        if backlog:
            fill(kept, outbox, backlog)
        warmed(kept)
        warmed(raw)
        ours, theirs = [], []
        for number in range(rounds + 10):
            key = new_key()
            one = timed(lambda key=key: outbox.keep(key, DAY, lambda _: content, now_ms=1))  # type: ignore[misc] # mypy cannot type a lambda's default
            other = timed(lambda: raw.execute("INSERT INTO raw (body) VALUES (?)", (content,)))
            if number >= 10:  # the first few warm the caches of both
                ours.append(one)
                theirs.append(other)
        kept.close()
        raw.close()
    return Pair(statistics.median(ours), statistics.median(theirs))


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


def whole_life(rounds: int) -> float:
    """Median microseconds of keep, lease and acknowledge for one submission of 4 KiB."""
    content = b"x" * 4096
    with place() as directory:
        connection = open_store(directory / "kept.db")
        outbox = new_outbox(connection)

        def once() -> None:
            record = outbox.keep(new_key(), DAY, lambda _: content, now_ms=1)
            outbox.lease(1, 10**9, 2, 3)
            outbox.settle([Settled(record.key, record.content_hash, RecordState.ACKNOWLEDGED, "", "A-1")], 3)

        median = statistics.median(timed(once) for _ in range(rounds))
        connection.close()
    return median


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
    large = keep_beside_insert(200 * 1024, rounds // 4)
    yield row("keep 200 KiB, encrypted", large.ours, "us", "raw insert, WAL/FULL", large.raw, 1.5)
    late = keep_beside_insert(4096, rounds, BACKLOG - rounds - 100)
    yield row("keep 4 KiB behind a long queue", late.ours, "us", "raw insert, WAL/FULL", late.raw, 1.5)
    life = whole_life(rounds // 2)
    yield row("keep, lease, acknowledge 4 KiB", life, "us", "three raw inserts", 3 * small.raw, 1.5)
    syncs = syncs_of_a_keep(50)
    yield row("fsyncs a keep", syncs, "count", "one", 1.0, 1.0)


if __name__ == "__main__":
    sys.exit(main(measure))
