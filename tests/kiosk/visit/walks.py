"""The ways to the steps of a visit that several tests begin with."""

from __future__ import annotations

from devices.reports import (
    Card,
    CardRead,
    CodeScanned,
    DeviceKind,
    SlipPrinted,
)
from kiosk.catalogue.model import Item
from kiosk.visit import events as ev
from kiosk.visit.visit import Step
from tests.kiosk.visit.samples import (
    APPLICATION,
    BANK_CARD,
    CARD,
    PHONE,
    World,
)

READER, SCANNER = DeviceKind.CARD_READER, DeviceKind.CODE_SCANNER


def card(world: World, content: Card = CARD) -> None:
    world.session.hear(CardRead("card-reader", content))


def scan(world: World, payload: bytes = b"GSF:9f2c") -> None:
    world.session.hear(CodeScanned("code-scanner", payload, "QR"))


def send(world: World, *events: ev.Event) -> None:
    for event in events:
        world.session.send(event)


def to_identify(world: World, item: Item = APPLICATION) -> None:
    send(world, ev.ZoneChosen("self-application"), ev.ItemChosen(item), ev.WentOn(), ev.ConsentTicked(ticked=True), ev.WentOn())
    assert world.session.visit.step is Step.IDENTIFY


def to_review(world: World, item: Item = APPLICATION) -> None:
    to_identify(world, item)
    card(world)
    send(world, ev.WentOn(), ev.Answered("phone", PHONE), ev.WentOn())
    send(world, ev.Answered("purpose", "证明用途其一"), ev.Answered("account", BANK_CARD), ev.WentOn())
    assert world.session.visit.step is Step.REVIEW


def to_outcome(world: World) -> str:
    """Submits, waits in vain for the centre, and gives the submission's key."""
    to_review(world)
    world.session.submit()
    world.wait(16)
    assert world.session.visit.step is Step.OUTCOME
    return world.session.visit.key


def printed(world: World) -> None:
    world.session.hear(SlipPrinted("receipt-printer", world.devices.slips[-1][0]))


def at_zone(world: World) -> None:
    send(world, ev.ZoneChosen("self-application"))


def at_guide(world: World) -> None:
    send(world, ev.ItemChosen(APPLICATION))


def at_consent(world: World) -> None:
    send(world, ev.ItemChosen(APPLICATION), ev.WentOn())


def at_form(world: World) -> None:
    to_identify(world)
    card(world)
    send(world, ev.WentOn(), ev.Answered("phone", PHONE))


def at_outcome(world: World) -> None:
    to_outcome(world)
    send(world, ev.Touched())


def at_receipt(world: World) -> None:
    to_outcome(world)
    send(world, ev.WentOn())
    printed(world)


PUBLIC = (at_zone, at_guide, at_consent, to_identify)
SIGNED_IN = (at_form, to_review, at_outcome, at_receipt)
