"""One row whose bits have changed on the disk, where SQLite itself notices nothing: it waits for a person, all others go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pysqlite3 import dbapi2

from offline_cache.database import open_store
from offline_cache.errors import KeyWrong
from offline_cache.identity import Identity
from offline_cache.outbox import Outbox
from offline_cache.records import Deferred, RecordState, Settled
from offline_cache.settings import StoreSettings
from offline_cache.store import Store
from offline_cache.vault import Vault, VaultKey, key_id_of

if TYPE_CHECKING:
    from offline_cache.database import Connection
    from offline_cache.tables import Tables

KEY = bytes(range(32))
VAULT = Vault({key_id_of(KEY): VaultKey(KEY)}, key_id_of(KEY))
NOW = 1_795_000_000_000


def kept(path: Path, kit: Any, padding: int = 0) -> list[str]:
    """Three submissions in a store that is closed again; the second is the one that will be damaged."""
    keys = [kit.new_key(NOW + number) for number in range(3)]
    with closing(open_store(path)) as connection:
        outbox = Outbox(connection, VAULT, area="360821", kiosk="K03")
        for key in keys:
            outbox.keep(key, kit.day, kit.composed(key, padding), now_ms=NOW)
    return keys


def change(path: Path, key: str, old: bytes, new: bytes) -> None:
    """Change bytes of this submission's row in the file: those that follow its key there."""
    whole = path.read_bytes()
    row = whole.index(key.encode() + b"K03")
    at = whole.index(old, row)
    path.write_bytes(whole[:at] + new + whole[at + len(old) :])


@pytest.fixture
def open_outbox() -> Iterator[Callable[[Path], Outbox]]:
    opened: list[Connection] = []

    def opening(path: Path) -> Outbox:
        opened.append(open_store(path))
        return Outbox(opened[-1], VAULT, area="360821", kiosk="K03")

    yield opening
    for one in opened:
        one.close()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b"queued", b"puequd", id="state"),
        pytest.param(b"queued", b"acknow", id="state-like"),
        pytest.param(b"360821-", b"\xff60821-", id="undecodable"),
        pytest.param(b"queued", b"\xffueued", id="undecodable-state"),
    ],
)
def test_a_changed_row_is_set_apart_and_the_others_go(
    open_outbox: Callable[[Path], Outbox], tmp_path: Path, kit: Any, old: bytes, new: bytes
) -> None:
    path = tmp_path / "store.db"
    first, second, third = kept(path, kit)
    change(path, second, old, new)
    outbox = open_outbox(path)
    leased = [one for one in outbox.lease(100, 10**9, NOW, NOW + 1000) if one.key != second]
    assert [one.key for one in leased] == [first, third]
    outbox.settle([Settled(one.key, one.content_hash, RecordState.ACKNOWLEDGED) for one in leased], NOW)
    assert outbox.tally().acknowledged == 2
    rows = {row.key: row.state for row in outbox.review().rows()}
    assert (rows[first], rows[third]) == (RecordState.ACKNOWLEDGED, RecordState.ACKNOWLEDGED)
    assert rows[second] in (RecordState.NEEDS_PERSON, RecordState.LEASED)  # a changed receipt number stops nothing


def test_a_row_of_a_broken_state_is_counted_once_it_is_set_apart(
    open_outbox: Callable[[Path], Outbox], tmp_path: Path, kit: Any
) -> None:
    path = tmp_path / "store.db"
    _, second, _ = kept(path, kit)
    change(path, second, b"queued", b"puequd")
    outbox = open_outbox(path)
    assert {row.state for row in outbox.review().rows()} == {RecordState.QUEUED, RecordState.NEEDS_PERSON}
    outbox.lease(100, 10**9, NOW, NOW + 1000)
    facts = outbox.review().facts(second)
    assert facts is not None
    assert (facts.state, facts.trouble) == (RecordState.NEEDS_PERSON, "store-damaged")
    assert (outbox.tally().waiting, outbox.tally().needs_person) == (2, 1)
    assert outbox.lease(100, 10**9, NOW + 1000, NOW + 2000) != ()
    assert second not in [one.key for one in outbox.lease(100, 10**9, NOW + 2000, NOW + 3000)]


def test_one_of_a_broken_state_that_waits_is_not_forgotten_when_another_is_set_apart(
    open_outbox: Callable[[Path], Outbox], tmp_path: Path, kit: Any
) -> None:
    path = tmp_path / "store.db"
    first, second, _ = kept(path, kit)
    with closing(open_store(path)) as connection:
        Outbox(connection, VAULT).defer([Deferred(second, NOW + 60_000, "later")])
        (row_id,) = connection.execute("SELECT id FROM outbox WHERE key = ?", (first,)).fetchone()
    change(path, second, b"queued", b"puequd")
    outbox = open_outbox(path)
    outbox.set_apart(row_id, "record-damaged")
    assert (outbox.tally().waiting, outbox.tally().needs_person, outbox.tally().acknowledged) == (1, 2, 0)


NO_SIZES = ["9223372036854775807", "1e300"]
NO_TIMES = ["CAST(x'ff' AS TEXT)", "9223372036854775807", "1e300", "x'ff'"]


@pytest.mark.parametrize(("column", "value"), [("size", each) for each in NO_SIZES] + [("kept_at", each) for each in NO_TIMES])
def test_a_number_that_is_none_stops_no_start_no_sum_and_no_answer(
    open_outbox: Callable[[Path], Outbox], tmp_path: Path, kit: Any, column: str, value: str
) -> None:
    path = tmp_path / "store.db"
    first, *others = kept(path, kit)
    with closing(open_store(path)) as connection:
        connection.execute(f"UPDATE outbox SET {column} = {value} WHERE key = ?", (first,))
    outbox = open_outbox(path)
    tally = outbox.tally()
    assert (tally.waiting, tally.oldest_at_ms, tally.full) == (3, NOW, False)
    assert 0 < tally.content_bytes < 10_000
    hashes = {row.key: row.content_hash for row in outbox.review().rows()}
    answers = [Settled(key, hashes[key], RecordState.ACKNOWLEDGED) for key in (first, *others)]
    assert outbox.settle(answers, NOW, untold_stays=True) == (first, *others)
    assert (outbox.tally().acknowledged, outbox.tally().oldest_at_ms) == (3, None)


def test_a_row_that_changed_bits_make_look_like_both_is_handed_out_once_and_leaves_the_numbers_right(
    open_outbox: Callable[[Path], Outbox], tmp_path: Path, kit: Any
) -> None:
    path = tmp_path / "store.db"
    first, second, third = kept(path, kit)
    outbox = open_outbox(path)
    outbox.defer([Deferred(second, NOW, "", tries=0)])
    outbox._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = bytearray(path.read_bytes())
    row = whole.index(second.encode() + b"K03")
    whole[whole.rindex(b"\x19\x05\x08", row - 40, row) + 1] = 7  # `ready_at` is a float now, and not in its index
    path.write_bytes(whole)
    outbox._connection.execute("PRAGMA shrink_memory")
    outbox.recount()
    assert outbox.tally().acknowledged == 0
    assert [one.key for one in outbox.lease(100, 10**9, NOW, NOW + 1000)] == [second, first, third]
    assert [one.key for one in outbox.look(100, 10**9, NOW + 1000, ())] == [second, first, third]


def test_a_page_of_the_table_that_broke_while_at_work_hides_only_what_is_on_it(
    open_outbox: Callable[[Path], Outbox], tmp_path: Path, kit: Any
) -> None:
    path = tmp_path / "store.db"
    keys = [kit.new_key(NOW + number) for number in range(40)]
    with closing(open_store(path)) as connection:
        outbox = Outbox(connection, VAULT, area="360821", kiosk="K03")
        for key in keys:
            outbox.keep(key, kit.day, kit.composed(key), now_ms=NOW)
    outbox = open_outbox(path)
    whole = bytearray(path.read_bytes())
    at = whole.index(keys[20].encode() + b"K03") // 4096 * 4096
    lost = {key for key in keys if key.encode() + b"K03" in whole[at : at + 4096]}
    whole[at : at + 8] = b"\xff" * 8
    path.write_bytes(whole)
    outbox._connection.execute("PRAGMA shrink_memory")
    assert 1 <= len(lost) < 20
    found: list[str] = []
    while leased := outbox.lease(7, 10**9, NOW, NOW + 1000):
        found += [one.key for one in leased]
    assert found == [key for key in keys if key not in lost]
    assert outbox.unreadable == len(lost)
    assert outbox.next_due_ms() == NOW + 1000


def test_what_was_done_is_done_where_only_the_counting_after_it_meets_a_broken_page(
    tmp_path: Path, kit: Any, store_settings: StoreSettings, identity: Identity
) -> None:
    """Another program has written, so all is counted anew; an answer that was noted was taken for one that was not."""
    path = store_settings.database_file
    store = Store(store_settings, identity)
    for number in range(40):
        store.keep(key := kit.new_key(NOW + number), kit.day, kit.composed(key), lambda _: None)

    def break_a_page(tables: Tables) -> str:
        connection = tables.outbox._connection
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (key,) = connection.execute("SELECT key FROM outbox ORDER BY id LIMIT 1 OFFSET 20").fetchone()
        at = path.read_bytes().index(key.encode() + b"K03") // 4096 * 4096
        with path.open("r+b") as file:
            file.seek(at)
            file.write(b"\xff" * 8)
        with closing(dbapi2.connect(path, isolation_level=None)) as another:
            another.execute("INSERT INTO mark VALUES ('by another', '1')")
        return "done"

    try:
        assert store.call(break_a_page).result() == "done"
        assert (store.damaged, store.trouble) == (True, "store-damaged")
        assert store.tally().waiting == 40, "as they were"
    finally:
        store.stop()


def test_one_answer_that_cannot_be_noted_loses_no_other(open_outbox: Callable[[Path], Outbox], tmp_path: Path, kit: Any) -> None:
    path = tmp_path / "store.db"
    first, second, third = kept(path, kit, padding=3000)
    outbox = open_outbox(path)
    with closing(open_store(path)) as connection:
        box = connection.execute("SELECT box FROM outbox WHERE key = ?", (second,)).fetchone()[0]
    hashes = {row.key: row.content_hash for row in outbox.review().rows()}
    whole = bytearray(path.read_bytes())
    at = whole.index(box[4500:4600]) // 4096 * 4096
    whole[at : at + 4] = b"\xff\xff\xff\xf0"  # the next page of the second's content: there is none such
    path.write_bytes(whole)
    outbox._connection.execute("PRAGMA shrink_memory")  # what was read at the start is forgotten
    answers = [Settled(key, hashes[key], RecordState.ACKNOWLEDGED) for key in (first, second, third)]
    assert set(outbox.settle(answers, NOW)) == {first, third}
    assert second not in [one.key for one in outbox.lease(100, 10**9, NOW, NOW + 1000)]


def test_a_damaged_key_id_is_no_wrong_key_file(
    tmp_path: Path, kit: Any, store_settings: StoreSettings, identity: Identity
) -> None:
    keys = [kit.new_key(NOW + number) for number in range(3)]
    store = Store(store_settings, identity)
    for key in keys:
        store.keep(key, kit.day, kit.composed(key), lambda _: None)
    key_id = store.call(lambda tables: tables.vault.current).result()
    store.stop()
    change(store_settings.database_file, keys[1], key_id.encode(), b"0" * 12)
    store = Store(store_settings, identity)
    leased = store.call(lambda tables: tables.outbox.lease(100, 10**9, 2 * NOW, 2 * NOW)).result()
    opened = store.call(lambda tables: tables.outbox.contents(leased)).result()
    assert [opened[key].open().startswith(b"{") for key in (keys[0], keys[2])] == [True, True]
    with pytest.raises(KeyWrong):
        opened[keys[1]].open()
    store.stop()
