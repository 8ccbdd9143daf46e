from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from offline_cache.centre import Centre
from offline_cache.errors import StoreFull
from offline_cache.identity import Identity
from offline_cache.replica import Replica
from offline_cache.reports import CatalogueRefused, CatalogueStaged, Report, SettingsRefused, SettingsStaged, Vitals
from offline_cache.sending import Means, Setup
from offline_cache.sending_published import VERSIONS, Published
from offline_cache.settings import StoreSettings
from offline_cache.store import Store
from offline_cache.wire import HeartbeatAnswer, SignedCatalogue, SignedSettings

MINUTE, DAY = 60.0, 24 * 60 * 60.0


@dataclass
class Kiosk:
    """What is published, fetched from the centre of the test into a store of its own; the time passes when told."""

    store: Store
    ledger: Any
    kit: Any
    reports: list[Report] = field(default_factory=list)
    now: float = 0.0

    def open(self, store_settings: StoreSettings, identity: Identity) -> None:
        centre = self.kit.quick(self.ledger.url)
        key, vitals = identity.enrolled.server_public_key, Vitals("1.0", (), practice=True)
        setup = Setup(store_settings, centre, key, lambda: vitals, monotonic=lambda: self.now, jitter=lambda: 1.0)
        self.centre = Centre(centre, identity)
        self.published = Published(Means(self.store, self.centre, setup, self.reports.append, lambda: None))

    def beat(self, path: str, version: str) -> list[Report]:
        """One heartbeat a minute after the last; what it made the kiosk say."""
        self.now += MINUTE
        self.reports.clear()
        self.published.fetch_newer(HeartbeatAnswer(clock=datetime.now(UTC), **{f"{path}_version": version}))
        return list(self.reports)

    def fetched(self) -> int:
        """How often the centre was asked for it so far."""
        return self.ledger.got.qsize()


@pytest.fixture
def kiosk(store_settings: StoreSettings, identity: Identity, kit: Any, ledger: Any) -> Iterator[Kiosk]:
    opened = Kiosk(Store(store_settings, identity), ledger, kit)
    opened.open(store_settings, identity)
    yield opened
    opened.store.stop()


def published(kit: Any, path: str, version: str) -> Any:
    """As the centre sends it, rightly signed."""
    unsigned = (
        SignedCatalogue(version=version, catalogue={"version": version, "zones": []}, signature="")
        if path == "catalogue"
        else SignedSettings(version=version, settings={"kiosk": "K03", "visit": {}}, signature="")
    )
    signature = base64.b64encode(kit.server_key.sign(unsigned.signed_bytes())).decode()
    body = unsigned.model_copy(update={"signature": signature}).model_dump_json().encode()
    return kit.reply(body=body, headers={"Content-Type": "application/json", "ETag": f'"{version}"'})


def forged(kit: Any, path: str, version: str) -> Any:
    """The same version with a signature of nobody's."""
    reply = published(kit, path, version)
    reply.body = reply.body.replace(b'"signature":"', b'"signature":"AAAA')
    return reply


def garbled(kit: Any, path: str, version: str) -> Any:
    """The same version, cut short on the way by something that tells no length."""
    reply = published(kit, path, version)
    reply.body = reply.body[:-9]
    return reply


@pytest.mark.parametrize("broken", [forged, garbled])
@pytest.mark.parametrize(
    ("path", "refused", "staged"),
    [("catalogue", CatalogueRefused, CatalogueStaged), ("settings", SettingsRefused, SettingsStaged)],
)
def test_a_version_that_comes_right_is_taken_without_a_restart(
    kiosk: Kiosk, kit: Any, path: str, refused: type, staged: type, broken: Any
) -> None:
    kiosk.ledger.script[path] = [broken(kit, path, "7")]
    kiosk.ledger.always = lambda _: published(kit, path, "7")
    (told,) = kiosk.beat(path, "7")
    assert isinstance(told, refused)
    assert kiosk.published.refused == ({path: told.detail} if broken is forged else {})
    assert kiosk.beat(path, "7") == [staged("7")]
    assert kiosk.published.refused == {}
    assert kiosk.beat(path, "7") == []
    assert kiosk.fetched() == 2


@pytest.mark.parametrize("broken", [forged, garbled])
def test_a_version_that_stays_broken_is_asked_for_ever_more_seldom_and_told_once(kiosk: Kiosk, kit: Any, broken: Any) -> None:
    kiosk.ledger.always = lambda _: broken(kit, "catalogue", "7")
    assert len(kiosk.beat("catalogue", "7")) == 1
    at = [kiosk.now]
    assert kiosk.beat("catalogue", "7") == []
    assert kiosk.published.refused.keys() == {"catalogue"}
    at.append(kiosk.now)
    while kiosk.now < DAY:
        before = kiosk.fetched()
        assert kiosk.beat("catalogue", "7") == []
        if kiosk.fetched() > before:
            at.append(kiosk.now)
    pauses = [later - earlier for earlier, later in itertools.pairwise(at)]
    assert pauses[:6] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 16 * MINUTE, 32 * MINUTE]
    assert set(pauses[6:]) == {60 * MINUTE}


@pytest.mark.parametrize("path", ["catalogue", "settings"])
def test_the_centre_is_told_which_version_is_here_already(kiosk: Kiosk, kit: Any, path: str) -> None:
    kiosk.ledger.script[path] = [published(kit, path, "8"), published(kit, path, "9")]
    kiosk.beat(path, "8")
    kiosk.beat(path, "9")
    first, second = kiosk.ledger.got.get_nowait(), kiosk.ledger.got.get_nowait()
    assert (first.headers.get("if-none-match"), second.headers.get("if-none-match")) == (None, '"8"')


@pytest.mark.parametrize("path", ["catalogue", "settings"])
@pytest.mark.parametrize("unchanged", [False, True])
def test_what_keeps_older_answers_takes_nothing_back_and_is_told(kiosk: Kiosk, kit: Any, path: str, unchanged: bool) -> None:
    kiosk.ledger.always = lambda _: published(kit, path, "8")
    kiosk.beat(path, "8")
    kiosk.ledger.always = lambda _: kit.reply(304, b"", {}) if unchanged else published(kit, path, "7")
    (told,) = kiosk.beat(path, "9")
    assert isinstance(told, CatalogueRefused | SettingsRefused)
    assert told.code == "not-the-centre"
    assert kiosk.beat(path, "9") == []
    assert kiosk.published.refused.keys() == {path}
    asked = kiosk.fetched()
    assert kiosk.beat(path, "9") == []
    assert kiosk.fetched() == asked, "ever more seldom"
    kiosk.ledger.always = lambda _: published(kit, path, "9")
    kiosk.now += MINUTE
    assert [type(one) for one in kiosk.beat(path, "9")] in ([CatalogueStaged], [SettingsStaged])


def test_a_catalogue_under_another_version_than_its_own_is_refused(kiosk: Kiosk, kit: Any) -> None:
    older = published(kit, "catalogue", "7")
    older.body = older.body.replace(b'{"version":"7"', b'{"version":"9"', 1)
    kiosk.ledger.always = lambda _: older
    (told,) = kiosk.beat("catalogue", "9")
    assert isinstance(told, CatalogueRefused)
    assert told.code == "replica-refused"


def test_a_newer_version_does_not_wait_for_one_that_was_refused(kiosk: Kiosk, kit: Any) -> None:
    kiosk.ledger.always = lambda _: forged(kit, "catalogue", "7")
    for _ in range(10):
        kiosk.beat("catalogue", "7")
    kiosk.ledger.always = lambda _: published(kit, "catalogue", "8")
    assert kiosk.beat("catalogue", "8") == [CatalogueStaged("8")]


def test_of_two_refused_versions_that_take_turns_each_waits_for_its_own_time(kiosk: Kiosk, kit: Any) -> None:
    turns = itertools.cycle(("7", "8"))
    version = ""
    kiosk.ledger.always = lambda _: forged(kit, "catalogue", version)
    told = 0
    while kiosk.now < DAY:
        version = next(turns)
        told += len(kiosk.beat("catalogue", version))
    assert told == 2
    assert kiosk.fetched() < 2 * 40


def test_only_the_latest_versions_are_borne_in_mind(kiosk: Kiosk, kit: Any) -> None:
    version = ""
    kiosk.ledger.always = lambda _: forged(kit, "catalogue", version)
    told = []
    for version in (*map(str, range(VERSIONS)), "0", "another", "1"):
        told += [version] * len(kiosk.beat("catalogue", version))
    assert told == [*map(str, range(VERSIONS)), "another", "1"]


def test_a_refused_version_that_the_centre_takes_back_is_no_trouble_any_more(kiosk: Kiosk, kit: Any) -> None:
    kiosk.ledger.always = lambda _: published(kit, "catalogue", "6")
    assert kiosk.beat("catalogue", "6") == [CatalogueStaged("6")]
    kiosk.ledger.always = lambda _: forged(kit, "catalogue", "7")
    kiosk.beat("catalogue", "7")
    assert "signature" in kiosk.published.refused["catalogue"]
    assert kiosk.beat("catalogue", "6") == []
    assert kiosk.published.refused == {}


def test_another_refusal_of_the_same_version_is_told_too(kiosk: Kiosk, kit: Any) -> None:
    kiosk.ledger.script["catalogue"] = [garbled(kit, "catalogue", "7")]
    kiosk.ledger.always = lambda _: forged(kit, "catalogue", "7")
    told = [*kiosk.beat("catalogue", "7"), *kiosk.beat("catalogue", "7")]
    assert [one.code for one in told if isinstance(one, CatalogueRefused)] == ["not-the-centre", "replica-refused"]


def test_what_the_disk_does_not_take_is_not_fetched_every_minute_and_keeps_nothing_else_back(
    kiosk: Kiosk, kit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreFull("SQLITE_FULL")

    kiosk.ledger.always = lambda got: published(kit, got.path.rpartition("/")[2], "7")
    with monkeypatch.context() as disk:
        disk.setattr(Replica, "stage", full)
        while kiosk.now < DAY:
            assert kiosk.beat("catalogue", "7") == []
    assert kiosk.fetched() < 40
    kiosk.now += DAY
    assert kiosk.beat("catalogue", "7") == [CatalogueStaged("7")]
