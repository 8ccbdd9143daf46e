"""A disk that does not give back some sectors any more, as disks die: damage when that stays, nothing when it passes."""

from __future__ import annotations

import queue
from pathlib import Path
from typing import Any

import pytest

from offline_cache import damage
from offline_cache.bad_sectors import MOST_UNREADABLE, SECTOR_BYTES, cannot_be_read, pieces
from offline_cache.identity import Identity
from offline_cache.records import KeptRecord
from offline_cache.settings import StoreSettings
from offline_cache.store import Store
from tests.offline_cache.bad_sector import bad_sectors
from tests.offline_cache.conftest import keys_waiting

NOW_MS = 1_795_000_000_000
HEAD, SCHEMA, LAST = 0, 3 * SECTOR_BYTES, -SECTOR_BYTES


def keep(store: Store, kit: Any, padding: int = 600) -> KeptRecord:
    heard: queue.Queue[Any] = queue.Queue()
    key = kit.new_key()
    store.keep(key, kit.day, kit.composed(key, padding), heard.put)
    record = heard.get(timeout=20)
    assert isinstance(record, KeptRecord)
    return record


def place_in(path: Path, at: int) -> int:
    return at % path.stat().st_size


@pytest.fixture
def told(store_settings: StoreSettings, identity: Identity, kit: Any) -> set[str]:
    store = Store(store_settings, identity)
    keys = {keep(store, kit).key for _ in range(30)}
    store.stop()
    return keys


@pytest.mark.parametrize(("at", "lost"), [(HEAD, 0), (SCHEMA, 0), (LAST, 1)], ids=["head", "schema", "a submission"])
def test_a_sector_that_cannot_be_read_any_more_costs_what_lay_in_it_and_no_start(
    store_settings: StoreSettings, identity: Identity, kit: Any, told: set[str], at: int, lost: int
) -> None:
    path = store_settings.database_file
    with bad_sectors(path, place_in(path, at)):
        store = Store(store_settings, identity)
        (folder,) = damage.folders(store_settings.directory)
        assert store.carried_over is not None
        assert not store.carrying_over
        waiting = keys_waiting(store)
        assert waiting <= told
        assert len(told - waiting) == lost
        assert (folder / damage.GAPS).exists() or not lost
        fresh = keep(store, kit)
        store.stop()
        store = Store(store_settings, identity)
        assert store.carried_over is None
        assert keys_waiting(store) == waiting | {fresh.key}
        store.stop()


@pytest.mark.parametrize("at", [0, 5 * SECTOR_BYTES, -SECTOR_BYTES], ids=["head", "middle", "end"])
def test_a_sector_of_the_log_that_cannot_be_read_any_more_costs_no_other_submission_and_no_start(
    store_settings: StoreSettings, identity: Identity, kit: Any, at: int
) -> None:
    path, log = store_settings.database_file, Path(f"{store_settings.database_file}-wal")
    store = Store(store_settings, identity)
    told = {keep(store, kit).key for _ in range(20)}
    store.call(lambda _: None).result()
    database, frames = path.read_bytes(), log.read_bytes()
    store.stop()
    path.write_bytes(database)  # as a power cut left them
    log.write_bytes(frames)
    with bad_sectors(log, place_in(log, at)):
        store = Store(store_settings, identity)
        (folder,) = damage.folders(store_settings.directory)
        assert (folder / damage.GAPS).exists()
        assert len(told - keys_waiting(store)) <= 1
        keep(store, kit)
        store.stop()


def lies_at(store: Store, path: Path, key: str, *, at: int) -> int:
    """Where this byte of its content lies in the file."""
    sealed = store.call(lambda tables: tables.review.sealed(key)).result()
    assert sealed is not None
    return path.read_bytes().index(bytes(sealed[0].box[at : at + 64]))


@pytest.mark.parametrize("broken", [(0,), (59,), (0, 59), (7, 30, 31, 44)], ids=str)
def test_sectors_that_cannot_be_read_any_more_while_the_kiosk_runs_keep_back_what_lay_in_them_alone(
    store_settings: StoreSettings, identity: Identity, kit: Any, broken: tuple[int, ...]
) -> None:
    """So many that SQLite's own memory of the file does not hold them all."""
    path = store_settings.database_file
    store = Store(store_settings, identity)
    told = [keep(store, kit, 20_000).key for _ in range(60)]
    store.stop()
    store = Store(store_settings, identity)
    gone = {told[place] for place in broken}
    with bad_sectors(path, *(lies_at(store, path, key, at=20_000) for key in gone)) as bad:
        leased = store.call(lambda tables: tables.outbox.lease(100, 10**9, NOW_MS, NOW_MS + 1)).result()
        opened = store.call(lambda tables: tables.outbox.contents(leased)).result()
        assert bad.refused
        assert opened.keys() == set(told) - gone
        fresh = keep(store, kit)
        store.stop()
        store = Store(store_settings, identity)
        assert len(damage.folders(store_settings.directory)) == 1
        assert keys_waiting(store) == {*told, fresh.key} - gone
        store.stop()


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("at", [HEAD, SCHEMA, LAST], ids=["head", "schema", "a submission"])
def test_a_read_that_fails_for_a_while_sets_nothing_aside(
    store_settings: StoreSettings, identity: Identity, told: set[str], at: int, times: int
) -> None:
    path = store_settings.database_file
    with bad_sectors(path, place_in(path, at), times=times) as bad:
        store = Store(store_settings, identity)
    assert bad.refused == times
    assert damage.folders(store_settings.directory) == ()
    assert keys_waiting(store) == told
    store.stop()


def test_a_file_is_read_but_for_its_bad_sectors_and_one_that_is_nothing_else_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "file"
    content = bytes(range(1, 256)) * 50_000
    path.write_bytes(content)
    sector = slice(70 * SECTOR_BYTES, 71 * SECTOR_BYTES)
    with bad_sectors(path, sector.start + 5):
        assert b"".join(pieces(path)) == content[: sector.start] + bytes(SECTOR_BYTES) + content[sector.stop :]
        assert cannot_be_read(path)
    assert b"".join(pieces(path)) == content
    assert not cannot_be_read(path)
    with bad_sectors(path, *range(0, len(content), SECTOR_BYTES)) as bad:
        with pytest.raises(OSError, match="Input/output error"):
            list(pieces(path))
        assert bad.refused < MOST_UNREADABLE * 1.1
    assert not cannot_be_read(tmp_path / "none")
