"""What the centre orders from afar, and what it publishes."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from kiosk.catalogue.loading import load_catalogue
from kiosk.catalogue.model import Catalogue
from kiosk.visit.visit import Obstacle, OutcomeKind, Step
from offline_cache.database import open_read_only, open_store
from offline_cache.errors import NotEnrolled
from offline_cache.replica import Replica
from offline_cache.wire import content_hash
from tests.stories.stand import APPLICATION, Stand


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
    content = load_catalogue().model_dump(mode="json", exclude={"version"})
    items = [item for zone in content["zones"] for item in zone["items"] if item["code"] == APPLICATION]
    items[0]["name"]["zh"] = name
    return Catalogue.model_validate({**content, "version": content_hash(content)})


def test_a_catalogue_published_during_a_visit_is_used_after_it_and_after_a_restart(build: Any, stand: Stand, centre: Any) -> None:
    before = stand.kiosk.shelf.catalogue()
    stand.to_review()
    new = renamed("城乡居民参保登记(新)")
    centre.publish(new)

    def version_on_disk() -> str:
        with closing(open_read_only(stand.settings.store.database_file)) as connection:
            copy = Replica(connection).copy("active")
            return copy.version if copy is not None else ""

    stand.until(lambda: version_on_disk() == new.version)
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
    assert build.again().kiosk.shelf.catalogue().version == new.version


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
