"""The session's port to the disk while a damaged store is still being carried over."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from kiosk.doors import StoreDoor
from offline_cache import damage
from offline_cache.hall_time import hall_now
from offline_cache.key import new_key
from offline_cache.records import KeptRecord
from offline_cache.settings import StoreSettings
from offline_cache.store import Store
from offline_cache.untold import KeptBefore
from offline_cache.wire import canonical
from tests.offline_cache.conftest import make_identity

NUMBER, ITEM = "369999194906120025", "GJ-001"
OTHERS = 5
WAIT = 20


def keep(store: Store, number: str) -> str:
    key, heard = new_key(), queue.SimpleQueue[object]()
    content = {
        "schema_version": 1, "key": key, "receipt_number": "369999-K03-20261123-000001-5", "kiosk": "K03", "item": ITEM,
        "catalogue_version": "1", "submitted_at": "2026-11-23T12:00:00+08:00",
        "applicant": {"proof": "card", "name": "赵示例", "number": number, "document": "resident"},
        "answers": {"phone": "13800138000"}, "consent_version": "1", "progress_token": "t" * 22,
    }  # fmt: skip
    store.keep(key, hall_now().date(), lambda _: canonical(content), heard.put, item=ITEM)
    assert isinstance(heard.get(timeout=WAIT), KeptRecord)
    return key


class Carrying:
    """A kiosk that carries a damaged store over, one submission a step, and the session's thread."""

    def __init__(self, directory: Path) -> None:
        self.settings = StoreSettings(directory=directory)
        store = Store(self.settings, make_identity())
        self.key = keep(store, NUMBER)
        self.others = [keep(store, "369999198503150012") for _ in range(OTHERS)]
        store.stop()
        with closing(dbapi2.connect(self.settings.database_file)) as connection:
            root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'outbox_put_back'").fetchone()[0]
        with self.settings.database_file.open("r+b") as raw:
            raw.seek((root - 1) * 4096)
            raw.write(b"\xff" * 64)
        self.posted = queue.SimpleQueue[Callable[[], None]]()
        self.found: list[KeptBefore | None] = []
        self.store = Store(self.settings, make_identity())
        self.door = StoreDoor(self.store, "369999", "K03", hall_now, self.posted.put, practice=True)

    def look(self) -> None:
        self.door.kept_before(ITEM, NUMBER, self.found.append)

    def step(self) -> None:
        """One piece of the carrying over."""
        self.store._thread.submit(self.store._carry_in_background).result(WAIT)

    def pass_on(self) -> None:
        """What was posted until now."""
        for _ in range(3):
            self.store.call(lambda _: None).result(WAIT)
            while not self.posted.empty():
                self.posted.get()()


@pytest.fixture
def carrying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Carrying]:
    monkeypatch.setattr("offline_cache.carrying.CARRYING_SECONDS", 0.0)
    monkeypatch.setattr(damage, "BATCH_BYTES", 1)
    monkeypatch.setattr(Store, "_go_on_carrying", lambda _: None)
    carrying = Carrying(tmp_path)
    yield carrying
    carrying.store.stop()


def test_what_is_not_carried_over_yet_is_found_once_it_is(carrying: Carrying) -> None:
    assert carrying.store.carrying_over
    carrying.look()
    carrying.pass_on()
    assert carrying.found == [], "nobody is told that there is nothing"
    while carrying.store.carrying_over:
        carrying.step()
    carrying.pass_on()
    assert [kept and kept.submission.key for kept in carrying.found] == [carrying.key]


def test_nothing_that_a_visit_looked_for_outlives_it(carrying: Carrying) -> None:
    carrying.look()
    carrying.pass_on()
    carrying.door.forget()
    while carrying.store.carrying_over:
        carrying.step()
    carrying.pass_on()
    assert carrying.found == []


def test_a_visit_that_ends_before_it_hears_leaves_no_number_behind(carrying: Carrying) -> None:
    carrying.look()
    carrying.door.forget()
    carrying.pass_on()
    assert carrying.door._look_again is None


def test_what_an_earlier_visit_looked_for_takes_no_other_ones_place(carrying: Carrying) -> None:
    carrying.door.kept_before(ITEM, "369999198503150012", lambda _: None)
    carrying.store.call(lambda _: None).result(WAIT)
    earlier = carrying.posted.get(timeout=WAIT)
    carrying.door.forget()
    carrying.look()
    carrying.pass_on()
    earlier()
    while carrying.store.carrying_over:
        carrying.step()
    carrying.pass_on()
    assert [kept and kept.submission.key for kept in carrying.found] == [carrying.key]


def test_the_newest_are_carried_over_first(carrying: Carrying) -> None:
    while carrying.store.tally().kept == 0:
        carrying.step()
    (row,) = carrying.store.call(lambda tables: tables.review.rows()).result(WAIT)
    assert row.key == carrying.others[-1]
