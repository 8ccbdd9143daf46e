"""Cards and codes at the step where they count, and at those where they do not."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date

import pytest

from devices.reports import (
    CardFailed,
    CardLifted,
    DeviceState,
    StatusChanged,
)
from kiosk.visit import events as ev
from kiosk.visit.visit import Factor
from offline_cache.errors import CacheError, CentreUnreachable, NothingFound
from tests.kiosk.visit.samples import (
    CARD,
    CREDENTIAL,
    NUMBER,
    OTHER_CARD,
    TWO_FACTORS,
    World,
    facts,
    status,
)
from tests.kiosk.visit.walks import READER, SCANNER, at_guide, at_zone, card, scan, send, to_identify


def test_reader_and_scanner_are_awake_only_while_somebody_identifies() -> None:
    world = World()
    to_identify(world)
    assert world.devices.active == {READER, SCANNER}
    send(world, ev.WentBack())
    assert world.devices.active == set()
    send(world, ev.WentOn())
    world.wait(75)
    assert world.devices.active == set()


def test_a_card_laid_down_at_another_step_signs_nobody_in() -> None:
    world = World()
    for go in (lambda: None, lambda: at_zone(world), lambda: at_guide(world)):
        go()
        card(world)
        assert world.session.visit.person is None
    assert "card-read" not in world.names()


def test_an_expired_card_is_refused_with_its_reason() -> None:
    world = World()
    to_identify(world)
    card(world, replace(CARD, valid_to=date(2026, 11, 22)))
    assert (world.session.visit.notice, world.session.visit.person) == ("card-expired", None)
    card(world)
    assert (world.session.visit.notice, world.session.visit.factors) == ("", {Factor.CARD})


@pytest.mark.parametrize("code", ["card-pulled", "card-unreadable", "card-contradictory", "card-type-unknown"])
def test_a_card_pulled_or_unreadable_is_told_and_can_be_laid_down_again(code: str) -> None:
    world = World()
    to_identify(world)
    world.session.hear(CardFailed("card-reader", code))
    assert world.session.visit.notice == code
    world.session.hear(CardLifted("card-reader"))
    card(world)
    assert world.session.visit.proved


def test_a_second_card_of_somebody_else_is_refused_until_the_first_is_disowned() -> None:
    world = World()
    to_identify(world)
    card(world)
    card(world, OTHER_CARD)
    assert world.session.visit.notice == "proofs-differ"
    assert world.session.visit.person is not None
    assert world.session.visit.person.number == NUMBER
    send(world, ev.PersonDisowned())
    card(world, OTHER_CARD)
    assert world.session.visit.person.number == OTHER_CARD.number


def test_two_proofs_that_differ_do_not_make_one() -> None:
    world = World()
    to_identify(world, TWO_FACTORS)
    card(world)
    scan(world)
    world.centre.tokens[0][1](CREDENTIAL.model_copy(update={"number": OTHER_CARD.number}))
    assert (world.session.visit.notice, world.session.visit.proved) == ("proofs-differ", False)
    refused = [dict(event.facts) for event in world.store.logged if event.name == "identity-refused"]
    assert refused == [{"factor": "code", "code": "proofs-differ"}]


def test_a_shown_code_signs_in_without_a_card_and_travels_byte_by_byte() -> None:
    world = World(facts=facts(READER))
    to_identify(world)
    assert world.session.visit.notice == "card-reader-lost"
    scan(world, b"\x00\xff token")
    request, resolved = world.centre.tokens[0]
    assert base64.b64decode(request.token) == b"\x00\xff token"
    resolved(CREDENTIAL)
    assert world.session.visit.factors == {Factor.CODE}


def test_a_code_is_sent_once_however_often_it_is_scanned() -> None:
    world = World()
    to_identify(world)
    for _ in range(3):
        scan(world)
    assert len(world.centre.tokens) == 1
    scan(world, b"134567890123456789")
    assert world.session.visit.resolving


def test_a_code_shown_while_the_line_is_down_stays_here() -> None:
    world = World(facts=facts(online=False))
    to_identify(world)
    scan(world)
    assert world.session.visit.notice == "credential-offline"
    assert world.centre.tokens == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NothingFound("410", "credential-used"), "code-used-or-expired"),
        (NothingFound("410", "credential-expired"), "code-used-or-expired"),
        (NothingFound("404", "credential-unknown"), "code-unknown"),
        (NothingFound("404"), "code-unknown"),
        (CentreUnreachable(), "centre-unreachable"),
    ],
)
def test_a_code_the_centre_does_not_take_is_told_by_name_and_another_may_be_shown(error: CacheError, code: str) -> None:
    world = World()
    to_identify(world)
    scan(world)
    world.centre.tokens[0][1](error)
    assert (world.session.visit.notice, world.session.visit.resolving) == (code, False)
    scan(world, b"GSF:another")
    assert len(world.centre.tokens) == 2


def test_a_payment_code_and_an_identity_number_as_text_prove_nothing() -> None:
    world = World()
    to_identify(world)
    for payload, code in ((b"134567890123456789", "code-is-payment"), (NUMBER.encode(), "code-is-id-number")):
        scan(world, payload)
        assert world.session.visit.notice == code
    assert world.centre.tokens == []


def test_a_resolved_code_of_an_earlier_visit_signs_nobody_in() -> None:
    world = World()
    to_identify(world)
    scan(world)
    send(world, ev.Left())
    to_identify(world)
    world.centre.tokens[0][1](CREDENTIAL)
    assert world.session.visit.person is None
    scan(world)
    world.centre.tokens[0][1](CREDENTIAL)
    assert (world.session.visit.person, world.session.visit.resolving) == (None, True)


def test_the_reader_unplugged_and_plugged_while_identifying() -> None:
    world = World()
    to_identify(world)
    world.session.hear(StatusChanged(status(READER, DeviceState.NO_DEVICE, trouble="port-missing")))
    assert world.session.visit.notice == "card-reader-lost"
    world.session.hear(StatusChanged(status(READER)))
    assert world.session.visit.notice == ""
    card(world)
    assert world.session.visit.proved
    states = [event.facts["state"] for event in world.store.logged if event.name == "device-state"]
    assert states == ["no-device", "online"]


def test_who_lays_nothing_down_is_shown_how_once_more() -> None:
    world = World()
    to_identify(world)
    world.wait(29)
    assert world.session.visit.notice == ""
    world.wait(1)
    assert world.session.visit.notice == "nothing-shown"
    world.wait(30)
    assert world.session.visit.idle_warning  # being shown how is no sign of life
