from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from offline_cache.errors import ReplicaRefused
from offline_cache.replica import Replica
from offline_cache.wire import SignedCatalogue, SignedSettings, canonical

if TYPE_CHECKING:
    from offline_cache.database import Connection

NOW = 1_795_000_000_000


def signed(kit: Any, version: str) -> SignedCatalogue:
    catalogue = {"version": version, "zones": [{"id": "社保"}]}
    signature = base64.b64encode(kit.server_key.sign(canonical(catalogue))).decode()
    return SignedCatalogue(version=version, catalogue=catalogue, signature=signature)


def signed_settings(kit: Any, seconds: int) -> SignedSettings:
    settings = {"kiosk": "K03", "visit": {"card_seconds": seconds}}
    unsigned = SignedSettings(version=str(seconds), settings=settings, signature="")
    signature = base64.b64encode(kit.server_key.sign(unsigned.signed_bytes())).decode()
    return unsigned.model_copy(update={"signature": signature})


def test_settings_have_three_places_of_their_own(connection: Connection, kit: Any) -> None:
    catalogue, settings = Replica(connection), Replica(connection, "settings")
    catalogue.stage(signed(kit, "1"), "e", server_key(kit), NOW)
    for seconds in (20, 30):
        settings.stage(signed_settings(kit, seconds), f"s{seconds}", server_key(kit), NOW)
        assert settings.activate() == str(seconds)
    assert (catalogue.newest(), settings.newest()) == (("1", "e"), ("30", "s30"))
    active = settings.copy("active")
    assert active is not None
    assert active.content == {"kiosk": "K03", "visit": {"card_seconds": 30}}
    assert settings.fall_back() == "20"
    assert catalogue.newest() == ("1", "e")


def test_what_was_changed_on_the_disk_since_is_not_taken_into_use(connection: Connection, kit: Any) -> None:
    settings = Replica(connection, "settings")
    settings.stage(signed_settings(kit, 20), "s", server_key(kit), NOW)
    connection.execute("UPDATE settings_replica SET signed = replace(signed, '20', '90')")
    with pytest.raises(ReplicaRefused, match="does not verify"):
        settings.activate(server_key(kit))
    assert settings.newest() == ("", ""), "it is fetched anew"
    settings.stage(signed_settings(kit, 20), "s", server_key(kit), NOW)
    assert settings.activate(server_key(kit)) == "20"
    connection.execute("UPDATE settings_replica SET signed = replace(signed, '20', '90')")
    with pytest.raises(ReplicaRefused, match="does not verify"):
        settings.copy("active", server_key(kit))


def test_what_was_signed_as_something_else_is_no_settings(connection: Connection, kit: Any) -> None:
    content = {"kiosk": "K03", "visit": {"card_seconds": 20}}
    signature = base64.b64encode(kit.server_key.sign(canonical(content))).decode()
    forged = SignedSettings(version="1", settings=content, signature=signature)
    with pytest.raises(ReplicaRefused):
        Replica(connection, "settings").stage(forged, "", server_key(kit), NOW)
    assert Replica(connection, "settings").newest() == ("", "")


def server_key(kit: Any) -> str:
    return str(kit.make_identity().enrolled.server_public_key)


def test_a_published_catalogue_is_staged_and_used_only_when_activated(connection: Connection, kit: Any) -> None:
    replica = Replica(connection)
    assert replica.activate() is None
    replica.stage(signed(kit, "1"), '"e1"', server_key(kit), NOW)
    assert replica.copy("active") is None
    assert replica.newest() == ("1", '"e1"')
    assert replica.activate() == "1"
    active = replica.copy("active")
    assert active is not None
    assert (active.version, active.content["zones"]) == ("1", [{"id": "社保"}])
    replica.stage(signed(kit, "2"), '"e2"', server_key(kit), NOW)
    assert replica.newest() == ("2", '"e2"'), "it is not fetched again while it waits for the end of a visit"


def test_the_previous_one_is_kept_and_can_come_back(connection: Connection, kit: Any) -> None:
    replica = Replica(connection)
    for version in ("1", "2", "3"):
        replica.stage(signed(kit, version), version, server_key(kit), NOW)
        replica.activate()
    previous = replica.copy("previous")
    assert previous is not None
    assert previous.version == "2"
    assert replica.fall_back() == "2"
    assert replica.newest() == ("2", "2")
    assert replica.fall_back() is None
    assert replica.newest() == ("", ""), "what cannot be used is fetched anew"


def test_what_is_in_use_published_again_leaves_the_previous_one_what_it_is(connection: Connection, kit: Any) -> None:
    replica = Replica(connection)
    for version in ("1", "2", "2"):
        replica.stage(signed(kit, version), version, server_key(kit), NOW)
        assert replica.activate() == version
    previous, active = replica.copy("previous"), replica.copy("active")
    assert previous is not None
    assert active is not None
    assert (previous.version, active.version) == ("1", "2")


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"version": 1}', "\x00"])
def test_a_copy_that_cannot_be_read_any_more_is_named(connection: Connection, kit: Any, damage: str) -> None:
    replica = Replica(connection)
    replica.stage(signed(kit, "1"), "1", server_key(kit), NOW)
    replica.activate()
    replica.stage(signed(kit, "2"), "2", server_key(kit), NOW)
    connection.execute("UPDATE replica SET signed = ?", (damage,))
    with pytest.raises(ReplicaRefused):
        replica.copy("active")
    with pytest.raises(ReplicaRefused):
        replica.activate()
    assert replica.newest() == ("1", "1"), "a staged one that cannot be read is fetched anew"


@pytest.mark.parametrize("column", ["version", "etag", "fetched_at"])
def test_what_stands_beside_a_copy_keeps_nobody_from_using_it(connection: Connection, kit: Any, column: str) -> None:
    replica = Replica(connection)
    replica.stage(signed(kit, "1"), "1", server_key(kit), NOW)
    replica.activate()
    connection.execute(f"UPDATE replica SET {column} = CAST(x'FF' AS TEXT)")
    copy = replica.copy("active", server_key(kit))
    assert copy is not None
    assert copy.version == "1"
    assert replica.newest() == (("1", "1") if column == "fetched_at" else ("", "")), "it is fetched anew"
    connection.execute("UPDATE replica SET slot = 'previous'")
    assert replica.fall_back() == ("\ufffd" if column == "version" else "1")


@pytest.mark.parametrize("damage", ["catalogue", "signature", "not base64", "other key"])
def test_a_catalogue_that_does_not_verify_is_refused_whole(connection: Connection, kit: Any, damage: str) -> None:
    replica, good = Replica(connection), signed(kit, "1")
    key = server_key(kit)
    match damage:
        case "catalogue":
            good = good.model_copy(update={"catalogue": {"version": "1", "zones": []}})
        case "signature":
            good = good.model_copy(update={"signature": base64.b64encode(bytes(64)).decode()})
        case "not base64":
            good = good.model_copy(update={"signature": "!"})
        case _:
            key = base64.b64encode(kit.make_identity().signing_key.public_key().public_bytes_raw()).decode()
    with pytest.raises(ReplicaRefused):
        replica.stage(good, "e", key, NOW)
    assert replica.newest() == ("", "")


def test_a_catalogue_that_cannot_be_used_is_refused_whole(connection: Connection, kit: Any) -> None:
    def check(_: dict[str, Any]) -> None:
        raise ValueError("no zone")

    replica = Replica(connection)
    with pytest.raises(ReplicaRefused):
        replica.stage(signed(kit, "1"), "e", server_key(kit), NOW, check)
    assert replica.copy("staged") is None


def test_a_content_with_a_number_that_is_none_is_refused(connection: Connection, kit: Any) -> None:
    strange = SignedCatalogue.model_validate_json('{"version": "1", "catalogue": {"zones": NaN}, "signature": "AAAA"}')
    with pytest.raises(ReplicaRefused):
        Replica(connection).stage(strange, "e", server_key(kit), NOW)


@pytest.mark.parametrize(
    "damage", [b"\xff{", b'{"version": "1", "catalogue": {"zones": NaN}, "signature": "AAAA"}', b"[" * 200_000]
)
def test_a_copy_whose_bytes_say_nothing_any_more_is_refused_and_breaks_off_no_start(
    connection: Connection, kit: Any, damage: bytes
) -> None:
    catalogue = Replica(connection)
    catalogue.stage(signed(kit, "1"), "e", server_key(kit), NOW)
    catalogue.activate()
    connection.execute("UPDATE replica SET signed = CAST(? AS TEXT)", (damage,))
    with pytest.raises(ReplicaRefused):
        catalogue.copy("active", server_key(kit))
