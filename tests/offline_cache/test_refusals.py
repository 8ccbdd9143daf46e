"""What a resident was told is not kept, remembered beyond the program's end."""

from __future__ import annotations

import queue
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offline_cache import damage
from offline_cache.records import KeptRecord
from offline_cache.refusals import Refusals
from offline_cache.store import Store

if TYPE_CHECKING:
    import pytest

    from offline_cache.identity import Identity
    from offline_cache.settings import StoreSettings


def test_one_that_is_kept_after_all_is_not_taken_out_by_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    before = Refusals()
    before.note("first", 1)
    before.note("second", 2)
    before.forget("first")
    assert (tmp_path / "refused").read_text() == "second 2\n"
    before.forget("second")
    before.forget("never noted")
    assert not list(tmp_path.iterdir())


def test_without_a_folder_in_memory_nothing_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    monkeypatch.chdir(tmp_path)
    Refusals().note("first", 1)
    assert not list(tmp_path.iterdir())


def test_one_that_lies_in_a_damaged_store_is_not_carried_over(
    tmp_path: Path, store_settings: StoreSettings, identity: Identity, kit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "run"
    memory.mkdir()
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(memory))
    heard: queue.Queue[KeptRecord] = queue.Queue()
    store = Store(store_settings, identity)
    for key in (kit.new_key(), kit.new_key()):
        store.keep(key, kit.day, kit.composed(key), heard.put)
    kept, refused = heard.get(timeout=30), heard.get(timeout=30)
    store.stop()
    (memory / "refused").write_text(f"{refused.key} {refused.kept_at_ms}\n")
    with store_settings.database_file.open("r+b") as file:
        file.write(b"no SQLite")
    store = Store(store_settings, identity)
    rows = store.call(lambda tables: tables.review.rows()).result(30)
    store.stop()
    assert len(damage.folders(store_settings.directory)) == 1
    assert [row.key for row in rows] == [kept.key]
    assert not list(memory.iterdir())
