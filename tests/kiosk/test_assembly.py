"""What the start does beside the first picture."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any, cast

import pytest

from kiosk.assembly import Kiosk
from kiosk.errors import UserNotAllowed
from kiosk.settings import load_settings
from kiosk.visit import events as ev
from kiosk.visit.visit import Step
from offline_cache.errors import CacheError, StoreDamaged
from offline_cache.records import Tally
from offline_cache.tables import Tables
from tests.offline_cache.conftest import make_identity
from tests.stories.stand import settings_text


def started(folder: Path, post: Callable[[Callable[[], None]], None]) -> Kiosk:
    """An enrolled kiosk without devices, whose centre cannot be reached."""
    make_identity().save(folder / "store")
    file = folder / "kiosk.toml"
    file.write_text(settings_text(folder, "K03", "http://127.0.0.1:1", None, (), {}), encoding="utf-8")
    return Kiosk(load_settings(file), post)


@pytest.mark.parametrize("refusal", [ImportError("no such library"), OSError("the disk"), ValueError("bad marshal data")])
def test_what_speaks_with_the_centre_and_cannot_be_loaded_is_told(refusal: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(MetaPathFinder):
        def find_spec(self, name: str, *_: Any) -> None:
            if name == "offline_cache.asker":
                raise refusal

    met: list[BaseException] = []
    posted: list[object] = []
    kiosk = SimpleNamespace(met_defect=met.append, _post=posted.append, _start_sending=None)
    monkeypatch.delitem(sys.modules, "offline_cache.asker", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Refusing(), *sys.meta_path])
    Kiosk._prepare_sending(cast("Kiosk", kiosk))
    assert (met, posted) == ([refusal], [])


def test_an_identity_that_the_kiosks_user_may_not_read_is_told_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root leaves it that puts it back from a stick: the screen must say so, not the program end again and again."""

    def refuse(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("offline_cache.identity.read_private", refuse)
    file = tmp_path / "kiosk.toml"
    file.write_text(settings_text(tmp_path, "K01", "http://127.0.0.1:1", None, (), {}), encoding="utf-8")
    with pytest.raises(UserNotAllowed, match=r"store/identity\.json"):
        Kiosk(load_settings(file), lambda _: None)


def test_a_defect_of_work_on_the_disk_is_told_to_whoever_waits_for_it(tmp_path: Path) -> None:
    """A page that says 正在读取 would say so until the next start."""
    posted: SimpleQueue[Callable[[], None]] = SimpleQueue()
    kiosk = started(tmp_path, posted.put)
    told: list[object] = []
    try:
        kiosk._on_storage(lambda tables: tables.journal.lines("no number"), told.append)  # type: ignore[arg-type] # the defect
        while not told:
            posted.get(timeout=60)()
        logged = kiosk._store.call(lambda tables: str(tables.journal.lines(1))).result()
    finally:
        kiosk.stop()
    assert [type(one) for one in told] == [CacheError]
    assert "defect-met" in logged


def test_work_on_the_disk_that_was_done_is_told_once_whatever_the_counting_after_it_meets(tmp_path: Path) -> None:
    """A page of the store is broken, and another program has written: the numbers stay as they are, and it is no defect."""
    posted: SimpleQueue[Callable[[], None]] = SimpleQueue()
    kiosk = started(tmp_path, posted.put)
    told: list[object] = []

    def counts_no_more(tables: Tables) -> str:
        tables.outbox.tally = damaged  # type: ignore[method-assign] # as it meets a page of its index
        return "done"

    def damaged() -> Tally:
        raise StoreDamaged("database disk image is malformed")

    def mended(tables: Tables) -> None:
        del tables.outbox.tally

    try:
        kiosk._on_storage(counts_no_more, told.append)
        kiosk._store.call(mended).result()
        logged = kiosk._store.call(lambda tables: str(tables.journal.lines(1))).result()
        while not posted.empty():
            posted.get()()
    finally:
        kiosk.stop()
    assert (told, "defect-met" in logged) == (["done"], False)


def test_an_hour_that_the_machine_sleeps_ends_the_visit_it_fell_asleep_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asleep = [0.0]
    clocks = {time.CLOCK_BOOTTIME: lambda: time.monotonic() + asleep[0]}
    monkeypatch.setattr(
        "offline_cache.elapsed.time", SimpleNamespace(CLOCK_BOOTTIME=time.CLOCK_BOOTTIME, clock_gettime=lambda of: clocks[of]())
    )
    kiosk = started(tmp_path, lambda _: None)
    try:
        kiosk.session.send(ev.ZoneChosen(kiosk.shelf.catalogue().zones[0].id))
        assert kiosk.session.visit.step is Step.ZONE
        asleep[0] = 3600
        kiosk.tick()
        assert kiosk.session.visit.step is Step.ATTRACT
    finally:
        kiosk.stop()
