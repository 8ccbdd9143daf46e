"""Sessions that anything happens to, in any order, with answers that come late, twice or never."""

from __future__ import annotations

import json
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from devices.reports import CardFailed, DeviceKind, SlipFailed
from kiosk.catalogue.model import Item
from kiosk.visit import events as ev
from kiosk.visit.visit import Language, Step, Visit
from offline_cache.errors import CentreUnreachable, StoreFull
from offline_cache.reports import SubmissionHeld
from offline_cache.wire import Submission, Verdict
from tests.kiosk.visit.samples import (
    APPLICATION,
    CREDENTIAL,
    DEFERRABLE,
    ENQUIRY,
    OTHER_CARD,
    PHONE,
    SECRETS,
    TWO_FACTORS,
    World,
    accepted,
    facts,
    record,
)
from tests.kiosk.visit.walks import card, printed, scan, send

Happening = Callable[[World], None]


def choose(item: Item) -> Happening:
    return lambda world: send(world, ev.ItemChosen(item))


def answer_all(verdict: Verdict) -> Happening:
    def happen(world: World) -> None:
        for key, heard in list(world.store.watched.items()):
            heard(accepted(world, key, verdict))

    return happen


def hold_all(world: World) -> None:
    for key, heard in list(world.store.watched.items()):
        heard(SubmissionHeld(key, "content-conflict"))


def answer_enquiries(world: World) -> None:
    for _, _, done in world.centre.enquiries:
        done(record())


def fail_enquiries(world: World) -> None:
    for _, _, done in world.centre.enquiries:
        done(CentreUnreachable())


def resolve_all(world: World) -> None:
    for _, done in world.centre.tokens:
        done(CREDENTIAL)


def print_last(world: World) -> None:
    if world.devices.slips:
        printed(world)


def jam_all(world: World) -> None:
    for job, _ in world.devices.slips:
        world.session.hear(SlipFailed("receipt-printer", job, "cutter-jammed"))


def fill_the_disk(world: World) -> None:
    world.store.trouble = StoreFull()


def clear_the_disk(world: World) -> None:
    world.store.trouble = None


def hold_the_disk(world: World) -> None:
    world.store.held_back = True


def free_the_disk(world: World) -> None:
    world.store.held_back = False
    world.store.go_on()


LEADING_ON: tuple[Happening, ...] = (
    choose(APPLICATION),
    lambda world: send(world, ev.WentOn()),
    lambda world: send(world, ev.ConsentTicked(ticked=True), ev.WentOn()),
    card,
    lambda world: send(world, ev.WentOn(), ev.Answered("phone", PHONE), ev.WentOn()),
    lambda world: send(world, ev.Answered("purpose", "证明用途其一"), ev.WentOn()),
    lambda world: send(world, ev.PromiseTicked(ticked=True)),
    lambda world: world.session.submit(),
    answer_all(Verdict.ACCEPTED),
    print_last,
)
ANYTHING: tuple[Happening, ...] = (
    *LEADING_ON,
    choose(DEFERRABLE),
    choose(TWO_FACTORS),
    choose(ENQUIRY),
    lambda world: send(world, ev.ZoneChosen("self-application")),
    lambda world: send(world, ev.WentBack()),
    lambda world: send(world, ev.Left()),
    lambda world: send(world, ev.PersonDisowned()),
    lambda world: send(world, ev.PrintAsked()),
    lambda world: send(world, ev.Rated(4)),
    lambda world: send(world, ev.LanguageChosen(Language.ENGLISH)),
    lambda world: card(world, OTHER_CARD),
    lambda world: world.session.hear(CardFailed("card-reader", "card-pulled")),
    scan,
    resolve_all,
    answer_enquiries,
    fail_enquiries,
    answer_all(Verdict.REJECTED),
    answer_all(Verdict.LATER),
    hold_all,
    jam_all,
    fill_the_disk,
    clear_the_disk,
    hold_the_disk,
    free_the_disk,
    lambda world: world.session.facts_changed(facts(online=False)),
    lambda world: world.session.facts_changed(facts()),
    lambda world: world.session.facts_changed(facts(DeviceKind.CARD_READER, DeviceKind.RECEIPT_PRINTER)),
    lambda world: world.wait(5),
    lambda world: world.wait(70),
    lambda world: world.session.end("defect"),
)


def check(world: World) -> None:
    visit = world.session.visit
    if visit.step is Step.ATTRACT:
        assert not visit.signed_in
        assert world.session.slip() is None
        assert world.session.visit_id == ""
        assert world.devices.active == set()
    assert (world.devices.active != set()) == (visit.step is Step.IDENTIFY)
    for key, content in world.store.contents.items():
        assert Submission.model_validate_json(content).key == key
    if visit.receipt_number:
        assert visit.key in world.store.contents


@given(st.lists(st.one_of(st.sampled_from(LEADING_ON), st.sampled_from(ANYTHING)), max_size=50))
@settings(max_examples=80, deadline=None)
def test_whatever_happens_a_receipt_stands_for_a_kept_submission_and_the_log_holds_nobody(happenings: list[Happening]) -> None:
    world = World()
    for happen in happenings:
        happen(world)
        check(world)
    log = json.dumps([[event.name, dict(event.facts), event.visit] for event in world.store.logged], ensure_ascii=False)
    assert not [secret for secret in (*SECRETS, OTHER_CARD.number) if secret in log]
    began, ended = world.names().count("visit-began"), world.names().count("visit-ended")
    assert began - ended == (world.session.visit.step is not Step.ATTRACT)


@given(st.lists(st.sampled_from(ANYTHING), max_size=30))
@settings(max_examples=30, deadline=None)
def test_left_alone_every_visit_finds_its_way_back_to_the_start(happenings: list[Happening]) -> None:
    world = World()
    for happen in happenings:
        happen(world)
    for _ in range(40):
        world.wait(1)
        world.seconds += 60
    assert world.session.visit == Visit()
