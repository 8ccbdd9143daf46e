"""The demo's world: it stands, obeys words from another terminal, refuses a second one, and leaves nothing behind."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

import psutil
import pytest

from kiosk.commands.emulate import control_socket
from kiosk.commands.root import main
from kiosk.demo.world import World
from kiosk.enrolment import enrol
from kiosk.errors import ActionRefused, KioskNotRunning
from kiosk.local_socket import ask
from kiosk.settings import load_settings
from offline_cache.centre import Centre
from offline_cache.hall_time import hall_now
from offline_cache.identity import Identity
from offline_cache.key import new_key
from offline_cache.records import CancelReason
from offline_cache.store import Store
from tests.offline_cache.conftest import composed


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder for temporary files of this test's own, so that no demo on this machine is met."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return control_socket().parent


def children() -> list[psutil.Process]:
    return [one for one in psutil.Process().children(recursive=True) if one.status() != psutil.STATUS_ZOMBIE]


def emulate(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["emulate", *words])
    return int(left.value.code or 0)


def test_the_demos_world_stands_obeys_and_leaves_nothing_behind(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, threads = children(), threading.active_count()
    with World(landscape=True) as world:
        settings = load_settings(place / "kiosk.toml")
        assert settings.kiosk.practice
        assert any("console" in line for line in world.told)
        identity = Identity.load(settings.store.directory)
        assert Centre(settings.centre, identity).knock()
        with pytest.raises(ActionRefused), World(landscape=False):
            pytest.fail("a second demo was let in")
        assert ask(control_socket(), {"words": ["status"]})["ok"]
        assert [emulate(*words) for words in (("card", "ceshi"), ("lift",), ("line", "down"), ("line", "up"))] == [0, 0, 0, 0]
        assert [emulate(*words) for words in (("card", "nobody-known"), ("dance",), ("line", "wet"))] == [2, 2, 2]
        assert emulate("code", "token") == 0
        with pytest.raises(ActionRefused):
            enrol(settings, "whatever")
        assert world.ledger_match() is None  # as long as the kiosk's program has made no store
        Store(settings.store, identity).stop()  # what the kiosk's program leaves behind
        match = world.ledger_match()
        assert match is not None
        assert match.complete
        assert match.sentence == "kept 0 = acknowledged 0 = in the centre 0"
        store, key = Store(settings.store, identity), new_key()
        store.keep(key, hall_now().date(), composed(key), lambda _: None)
        store.call(lambda tables: tables.review.cancel(key, CancelReason.TRIAL, 1 << 41)).result()
        store.stop()
        match = world.ledger_match()
        assert match is not None
        assert match.sentence == "kept 0 = acknowledged 0 = in the centre 0, cancelled by staff 1"
    assert not place.exists()
    assert children() == before
    assert threading.active_count() == threads
    with pytest.raises(KioskNotRunning):
        ask(control_socket(), {"words": ["status"]})
    capsys.readouterr()
    assert emulate("status") != 0
    assert capsys.readouterr().err.count("\n") < 6
