"""An index that has not the rows it should, where SQLite's own quick check finds nothing: made anew, and nothing is hidden."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import dbapi2

from offline_cache import damage
from offline_cache.database import open_store
from offline_cache.identity import Identity
from offline_cache.index_check import INDEXES, make_indexes_agree
from offline_cache.records import Deferred, RecordState, Settled
from offline_cache.schema import SCHEMA_VERSION, pieces
from offline_cache.settings import StoreSettings
from offline_cache.store import Store
from tests.offline_cache.plain_event import plain_event

PAGE = 4096
INTERIOR = 2
KEPT = 400


def leaves(content: bytes, page: int) -> Iterator[int]:
    """Of an index, by their numbers (https://sqlite.org/fileformat2.html#b_tree_pages)."""
    start = (page - 1) * PAGE

    def number(at: int, size: int) -> int:
        return int.from_bytes(content[start + at : start + at + size], "big")

    if number(0, 1) != INTERIOR:
        yield page
        return
    for cell in range(number(3, 2)):
        yield from leaves(content, number(number(12 + 2 * cell, 2), 4))
    yield from leaves(content, number(8, 4))


def leaves_of(path: Path, index: str) -> list[int]:
    with closing(dbapi2.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (index,)).fetchone()
    return list(leaves(path.read_bytes(), root))


def put_in_place_of(path: Path, page: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(content)


def page_of(path: Path, page: int) -> bytes:
    return path.read_bytes()[(page - 1) * PAGE : page * PAGE]


def another_indexs_page(path: Path) -> None:
    """As a disk that writes in the wrong place."""
    put_in_place_of(path, leaves_of(path, "outbox_put_back")[0], page_of(path, leaves_of(path, "journal_visit")[0]))


def another_page_of_it(path: Path) -> None:
    first, second, *_ = leaves_of(path, "outbox_put_back")
    put_in_place_of(path, first, page_of(path, second))


def entries_missing(path: Path) -> None:
    """As a disk that did not write what it was given last."""
    page = leaves_of(path, "outbox_put_back")[-1]
    newest = "(SELECT id FROM outbox ORDER BY id DESC LIMIT 2)"
    with closing(dbapi2.connect(path)) as connection, connection:
        connection.execute(f"UPDATE outbox SET state = 'cancelled' WHERE id IN {newest}")
    before = page_of(path, page)
    with closing(dbapi2.connect(path)) as connection, connection:
        connection.execute(f"UPDATE outbox SET state = 'queued' WHERE id IN {newest}")
    put_in_place_of(path, page, before)


@pytest.fixture
def told(store_settings: StoreSettings, identity: Identity, kit: Any) -> set[str]:
    store = Store(store_settings, identity)
    heard: queue.Queue[Any] = queue.Queue()
    for number in range(KEPT):
        store.keep(kit.new_key(), kit.day, kit.composed("any"), heard.put)
        store.log(plain_event("submission-asked", kit.new_key(), {"n": number}))
    keys = {heard.get(timeout=60).key for _ in range(KEPT)}
    store.call(lambda tables: tables.outbox.defer([Deferred(key, 10**12, "later") for key in sorted(keys)])).result()
    store.stop()
    return keys


@pytest.mark.parametrize("harm", [another_indexs_page, another_page_of_it, entries_missing], ids=lambda harm: harm.__name__)
def test_no_submission_stays_hidden_by_a_page_of_the_index_that_is_not_its_own(
    store_settings: StoreSettings, identity: Identity, told: set[str], harm: Callable[[Path], None]
) -> None:
    harm(store_settings.database_file)
    open_store(store_settings.database_file).close()  # which notices nothing
    store = Store(store_settings, identity)
    assert damage.folders(store_settings.directory) == ()
    assert store.indexes_made_anew == ("outbox",)
    leased = store.call(lambda tables: tables.outbox.lease(KEPT + 1, 10**9, 10**15, 10**15)).result()
    assert {one.key for one in leased} == told
    assert store.tally().waiting == KEPT
    store.stop()
    store = Store(store_settings, identity)
    assert store.indexes_made_anew == ()
    store.stop()


def test_a_row_whose_state_says_nothing_any_more_waits_for_a_person_and_is_not_lost_with_the_index(
    store_settings: StoreSettings, identity: Identity, told: set[str]
) -> None:
    content = store_settings.database_file.read_bytes()
    at = content.rindex(b"queued")
    store_settings.database_file.write_bytes(content[:at] + b"puequd" + content[at + 6 :])
    store = Store(store_settings, identity)
    assert (store.tally().needs_person, store.tally().waiting) == (1, KEPT - 1)
    assert len(told) == KEPT
    store.stop()


@pytest.mark.parametrize("state", [RecordState.NEEDS_PERSON, RecordState.REJECTED, RecordState.CANCELLED])
def test_nor_is_one_that_its_index_had_already(
    store_settings: StoreSettings, identity: Identity, told: set[str], state: RecordState
) -> None:
    key = min(told)
    store = Store(store_settings, identity)
    facts = store.call(lambda tables: tables.review.facts(key)).result()
    assert facts is not None
    settled = [Settled(key, facts.content_hash, state)]
    assert store.call(lambda tables: tables.outbox.settle(settled, 10**12, keep_days=1)).result() == (key,)
    store.stop()
    content = store_settings.database_file.read_bytes()
    at = content.index(state.encode(), content.index(key.encode() + b"K03"))
    store_settings.database_file.write_bytes(content[:at] + b"\xff" + content[at + 1 :])
    store = Store(store_settings, identity)
    held = store.call(lambda tables: tables.review.rows(RecordState.NEEDS_PERSON)).result()
    assert [one.key for one in held] == [key]
    assert (store.tally().needs_person, store.tally().waiting, store.tally().acknowledged) == (1, KEPT - 1, 0)
    assert store.call(lambda tables: tables.review.retry(key, 10**12)).result()
    store.stop()


def test_every_index_is_looked_at(tmp_path: Path) -> None:
    for piece in pieces(SCHEMA_VERSION):
        if piece.type == "index" and piece.table in INDEXES:
            condition = (piece.sql or "").partition(" WHERE ")[2] or "1"
            assert (piece.name, condition) in INDEXES[piece.table]
    with_row_ids = {piece.table for piece in pieces(SCHEMA_VERSION) if piece.type == "index" and not piece.table.startswith("_")}
    ordered_by_key = {piece.table for piece in pieces(SCHEMA_VERSION) if "WITHOUT ROWID" in (piece.sql or "")}
    small = {"replica", "settings_replica"}  # three rows
    assert with_row_ids - ordered_by_key - small == INDEXES.keys()
    with closing(open_store(tmp_path / "store.db")) as connection:
        assert make_indexes_agree(connection) == ()


def test_no_number_of_rows_is_too_many_to_be_compared(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "store.db")) as connection:
        for row_id in range((1 << 62), (1 << 62) + 3):  # together more than SQLite adds
            connection.execute("INSERT INTO journal VALUES (?, 1, 'e', 'v', '', '{}', 'h')", (row_id,))
        assert make_indexes_agree(connection) == ()
