"""The peers of the queue's benchmark: two queues from the Python package index, made as durable as ours is.

persist-queue's SQLiteAckQueue opens WAL by itself, litequeue too but with synchronous=NORMAL, which a power cut does lose:
both are set to FULL, as ours is, and their logs brought to their usual length first, for a file that still grows is slower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from litequeue import LiteQueue
from persistqueue import SQLiteAckQueue

FULL = 2


def warm(connection: Any) -> None:
    """Let the write-ahead log of this connection reach its usual length, so that its file grows no more."""
    connection.execute("CREATE TABLE ballast (text TEXT)")
    connection.execute("INSERT INTO ballast VALUES (?)", ("x" * 6_000_000,))
    connection.execute("DROP TABLE ballast")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()


@contextmanager
def persist_queue(directory: Path) -> Iterator[SQLiteAckQueue]:
    """A queue of persist-queue; raises RuntimeError when it does not take synchronous=FULL."""
    opened = SQLiteAckQueue(str(directory / "persist"), auto_commit=True)
    connections: set[Any] = {opened._putter, opened._getter}
    for connection in connections:
        connection.execute("PRAGMA synchronous=FULL")
        if connection.execute("PRAGMA synchronous").fetchone()[0] != FULL:
            raise RuntimeError("persist-queue did not take synchronous=FULL")
    warm(opened._putter)
    yield opened
    opened.close()


@contextmanager
def litequeue(directory: Path) -> Iterator[LiteQueue]:
    """A queue of litequeue; raises RuntimeError when it does not take synchronous=FULL."""
    opened = LiteQueue(directory / "lite.db")
    opened.conn.execute("PRAGMA synchronous=FULL")
    if opened.conn.execute("PRAGMA synchronous").fetchone()[0] != FULL:
        raise RuntimeError("litequeue did not take synchronous=FULL")
    warm(opened.conn)
    yield opened
    opened.close()


def put_get_ack(opened: SQLiteAckQueue, content: bytes) -> Callable[[], object]:
    """The whole life of one item there."""

    def life() -> None:
        opened.put(content)
        item = opened.get()
        opened.ack(item)

    return life
