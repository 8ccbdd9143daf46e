"""What the centre orders from afar, and what it publishes."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from central.clock import system_clock
from central.kiosk_settings import publish, withdraw
from kiosk.catalogue.loading import catalogue_of, content_of, load_catalogue
from kiosk.catalogue.model import Catalogue, Zone
from kiosk.plain_values import from_plain
from kiosk.visit import events as ev
from kiosk.visit.visit import Obstacle, OutcomeKind, Step
from offline_cache.database import open_read_only, open_store
from offline_cache.emulated_line import EmulatedLine
from offline_cache.errors import NotEnrolled
from offline_cache.records import DAY_MS
from offline_cache.replica import TABLES, Kind, Replica, Slot
from offline_cache.sender import LAST_SUCCESS
from offline_cache.small_tables import Marks
from tests.stories.stand import APPLICATION, Stand

if TYPE_CHECKING:
    from offline_cache.database import Connection


@pytest.fixture
def stand(build: Any) -> Stand:
    """A kiosk that asks for orders all the time."""
    return build(heartbeat_seconds=0.3).start()


def test_ordered_out_of_service_nobody_new_is_served_and_a_visit_under_way_ends_well(
    stand: Stand, centre: Any, ledger: Any
) -> None:
    number = stand.settings.kiosk.number
    stand.to_review()
    centre.order(number, out_of_service=True)
    stand.until(lambda: stand.facts.closed == "out-of-service")
    stand.submit()
    stand.until(lambda: stand.outcome() is OutcomeKind.ACCEPTED)
    assert len(ledger()) == 1
    stand.take_receipt()
    stand.leave()
    stand.to_guide(APPLICATION)
    assert stand.visit.obstacles == (Obstacle("out-of-service", blocking=True),)
    centre.order(number, out_of_service=False)
    stand.until(lambda: stand.facts.closed == "")
    assert stand.visit.obstacles == ()
    stand.until_logged("in-service")
    assert [one["event"] for one in stand.log("out-of-service", "in-service")] == ["out-of-service", "in-service"]


@pytest.mark.parametrize("years", [-4, 4], ids=["back", "ahead"])
def test_a_clock_that_went_wrong_by_years_while_the_kiosk_was_off_is_told_before_a_visit_without_the_line(
    build: Any, stand: Stand, line: EmulatedLine, years: int
) -> None:
    stand.until(lambda: stand.facts.online)
    stand.stop()
    line.down()
    with closing(open_store(stand.settings.store.database_file)) as connection:
        marks = Marks(connection)
        then_ms = marks.get(LAST_SUCCESS, 0) - years * 365 * DAY_MS
        assert then_ms > 0
        marks.set(LAST_SUCCESS, then_ms)
    again = build.again().start(ready=False)
    again.until(lambda: again.facts.clock_astray)
    again.to_guide(APPLICATION)
    assert again.visit.obstacles == (Obstacle("clock-lost", blocking=True),)
    assert ("clock", "clock-wrong") in {(one.where, one.code) for one in again.kiosk.diagnosis().troubles}
    line.up()
    again.until(lambda: again.visit.obstacles == ())  # the centre has the same time


def test_revoked_it_closes_and_its_key_is_gone(build: Any, stand: Stand, centre: Any) -> None:
    centre.revoke(stand.settings.kiosk.number)
    stand.until(lambda: stand.facts.closed == "kiosk-revoked")
    assert ("kiosk", "kiosk-revoked") in {(one.where, one.code) for one in stand.kiosk.diagnosis().troubles}
    assert not (stand.settings.store.directory / "identity.json").exists()
    stand.until_logged("revoked")
    stand.stop()
    with pytest.raises(NotEnrolled):
        build.again()


def renamed(name: str) -> Catalogue:
    """The sample catalogue with one item called otherwise."""
    content = content_of(load_catalogue())
    items = [item for zone in content["zones"] for item in zone["items"] if item["code"] == APPLICATION]
    items[0]["name"]["zh"] = name
    return catalogue_of([from_plain(Zone, zone) for zone in content["zones"]], sample=True)


def on_disk(stand: Stand, kind: Kind, slot: Slot) -> str:
    """The version in that place; empty for none."""
    with closing(open_read_only(stand.settings.store.database_file)) as connection:
        copy = Replica(connection, kind).copy(slot)
    return copy.version if copy is not None else ""


def test_a_catalogue_published_during_a_visit_is_used_after_it_and_after_a_restart_without_another_check(
    build: Any, stand: Stand, centre: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stand.kiosk.shelf.catalogue()
    stand.to_review()
    new = renamed("城乡居民参保登记(新)")
    centre.publish(new)
    stand.until(lambda: on_disk(stand, "catalogue", "staged") == new.version)
    stand.submit()
    stand.until(lambda: stand.outcome() is OutcomeKind.ACCEPTED)
    assert stand.kiosk.shelf.catalogue() is before
    stand.take_receipt()
    stand.leave()
    stand.until(lambda: stand.kiosk.shelf.catalogue().version == new.version)
    assert stand.item(APPLICATION).name.zh == "城乡居民参保登记(新)"
    assert [one.code for one in stand.kiosk.shelf.search("参保登记(新)")][:1] == [APPLICATION]
    assert stand.visit.step is Step.ATTRACT
    stand.stop()
    monkeypatch.delattr("kiosk.catalogue_from_centre.catalogue_from_wire")
    assert build.again().kiosk.shelf.catalogue() == new


@pytest.mark.parametrize("damage", ["not JSON", '{"version": "1", "catalogue": {"zones": []}, "signature": ""}'])
def test_a_damaged_copy_of_the_catalogue_falls_back_to_the_previous_and_is_fetched_anew(
    build: Any, stand: Stand, centre: Any, damage: str
) -> None:
    for name in ("参保登记甲", "参保登记乙"):
        new = renamed(name)
        centre.publish(new)
        stand.until(lambda new=new: stand.kiosk.shelf.catalogue().version == new.version)
    stand.stop()
    with closing(open_store(stand.settings.store.database_file)) as connection:
        connection.execute("UPDATE replica SET signed = ? WHERE slot = 'active'", (damage,))
    again = build.again()
    assert again.item(APPLICATION).name.zh == "参保登记甲"
    again.start()
    again.until_logged("catalogue-broken")
    again.until(lambda: again.item(APPLICATION).name.zh == "参保登记乙")


CHANGED = {"catalogue": ("参保登记乙", "参保登记丙"), "settings": ("25", "26")}


def stage_changed(connection: Connection, kind: str) -> None:
    """Stage what is in use, with bits that have changed on the disk since it was fetched."""
    table, (before, after) = TABLES[kind], CHANGED[kind]  # type: ignore[index] # either kind
    connection.execute(
        f"INSERT INTO {table} SELECT 'staged', version, etag, replace(signed, ?, ?), fetched_at FROM {table}"
        " WHERE slot = 'active'",
        (before, after),
    )


@pytest.mark.parametrize("at", ["work", "start"])
@pytest.mark.parametrize("kind", ["catalogue", "settings"])
def test_what_was_staged_and_has_changed_on_the_disk_is_refused_and_told(
    build: Any, stand: Stand, centre: Any, kind: str, at: str
) -> None:
    new = renamed("参保登记乙")
    centre.publish(new)
    publish(centre.engine, stand.settings.kiosk.number, {"public_idle_seconds": 25}, system_clock)
    stand.until(lambda: stand.kiosk.shelf.catalogue().version == new.version)
    stand.until(lambda: stand.kiosk.times.set_by_centre)
    if at == "work":
        stand.kiosk._store.call(lambda tables: stage_changed(tables.replica._connection, kind)).result(60)
        setattr(stand.kiosk._news, f"{kind}_staged", True)
    else:
        stand.stop()
        with closing(open_store(stand.settings.store.database_file)) as connection:
            stage_changed(connection, kind)
        stand = build.again().start(ready=False)
    stand.until_logged(f"{kind}-refused", code="replica-refused")
    assert stand.kiosk.shelf.catalogue().version == new.version
    assert stand.kiosk.times.set_by_centre == {"public_idle_seconds": 25}


def test_of_two_publications_within_a_visit_only_the_second_comes_into_use_and_previous_is_what_was(
    stand: Stand, centre: Any
) -> None:
    number = stand.settings.kiosk.number

    def publish_both(name: str, seconds: int) -> Catalogue:
        centre.publish(new := renamed(name))
        publish(centre.engine, number, {"public_idle_seconds": seconds}, system_clock)
        return new

    in_use = publish_both("参保登记甲", 20)
    stand.until(lambda: stand.kiosk.shelf.catalogue() == in_use and stand.kiosk.times.set_by_centre)
    times_in_use = on_disk(stand, "settings", "active")
    stand.to_review()
    for name, seconds in (("参保登记乙", 25), ("参保登记丙", 30)):
        new = publish_both(name, seconds)
        stand.until(lambda new=new: new.version in (on_disk(stand, "catalogue", slot) for slot in ("staged", "active")))
        stand.until(lambda seconds=seconds: settings_on_disk(stand, "staged", "active") == {"public_idle_seconds": seconds})
    stand.send(ev.Left(), ev.WentOn())
    stand.until(lambda: stand.kiosk.shelf.catalogue() == new)
    stand.until(lambda: stand.kiosk.times.set_by_centre == {"public_idle_seconds": 30})
    assert on_disk(stand, "catalogue", "previous") == in_use.version
    assert on_disk(stand, "settings", "previous") == times_in_use


def settings_on_disk(stand: Stand, *slots: Slot) -> dict[str, int]:
    """What is in the first of these places that holds anything; without any named, what is in use."""
    with closing(open_read_only(stand.settings.store.database_file)) as connection:
        found = (Replica(connection, "settings").copy(slot) for slot in slots or ("active",))
        copy = next((copy for copy in found if copy is not None), None)
    return {} if copy is None else dict(copy.content["visit"])


def idle_after(stand: Stand, seconds: float) -> bool:
    """Whether somebody on a page without a person is asked if they are there after so long."""
    stand.to_guide(APPLICATION)
    stand.time.ahead += seconds
    stand.kiosk.tick()
    warned = stand.visit.idle_warning
    stand.send(ev.Left())
    return warned


def test_times_set_during_a_visit_are_used_after_it_and_after_a_restart_until_they_are_withdrawn(
    build: Any, stand: Stand, centre: Any
) -> None:
    number = stand.settings.kiosk.number
    assert not idle_after(stand, 30)
    stand.to_review()
    publish(centre.engine, number, {"public_idle_seconds": 20, "signed_in_idle_seconds": 30}, system_clock)
    stand.until(lambda: settings_on_disk(stand, "staged") == {"public_idle_seconds": 20, "signed_in_idle_seconds": 30})
    stand.time.ahead += 40
    stand.kiosk.tick()
    assert not stand.visit.idle_warning, "a visit ends with the times it began with"
    stand.send(ev.Left(), ev.WentOn())
    stand.until_logged("settings-from-centre", values=2)
    assert idle_after(stand, 30)
    assert stand.kiosk.diagnosis().surroundings.set_by_centre == {"public_idle_seconds": 20, "signed_in_idle_seconds": 30}
    stand.stop()
    again = build.again().start()
    assert idle_after(again, 30)
    withdraw(centre.engine, number)
    again.until_logged("settings-from-centre", values=0)
    assert not idle_after(again, 30)


def test_times_beyond_the_limits_are_refused_whole_and_told(stand: Stand, centre: Any) -> None:
    publish(centre.engine, stand.settings.kiosk.number, {"public_idle_seconds": 20, "visit_minutes": 100_000}, system_clock)
    stand.until_logged("settings-refused", code="replica-refused")
    assert (settings_on_disk(stand), stand.kiosk.times.set_by_centre) == ({}, {})
    publish(centre.engine, stand.settings.kiosk.number, {"public_idle_seconds": 20}, system_clock)
    stand.until_logged("settings-from-centre", values=1)


def test_a_damaged_copy_of_the_settings_falls_back_to_the_previous_and_is_fetched_anew(
    build: Any, stand: Stand, centre: Any
) -> None:
    number = stand.settings.kiosk.number
    for seconds in (20, 25):
        publish(centre.engine, number, {"public_idle_seconds": seconds}, system_clock)
        stand.until(lambda seconds=seconds: stand.kiosk.times.set_by_centre == {"public_idle_seconds": seconds})
    stand.stop()
    with closing(open_store(stand.settings.store.database_file)) as connection:
        connection.execute("UPDATE settings_replica SET signed = 'not JSON' WHERE slot = 'active'")
    again = build.again()
    assert again.kiosk.times.set_by_centre == {"public_idle_seconds": 20}
    again.start()
    again.until_logged("settings-broken")
    again.until(lambda: again.kiosk.times.set_by_centre == {"public_idle_seconds": 25})


def test_settings_for_another_kiosk_are_not_taken(stand: Stand, centre: Any) -> None:
    with pytest.raises(ValueError, match="another kiosk"):
        stand.kiosk.times.check({"kiosk": "K999", "visit": {}})
    with pytest.raises(ValueError, match="store: unknown"):
        stand.kiosk.times.check({"kiosk": stand.settings.kiosk.number, "store": {"directory": "/elsewhere"}})
