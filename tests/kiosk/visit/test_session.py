"""Whole visits through a session, with everything around it in memory and a clock that moves when told."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from devices.reports import (
    CardFailed,
    CardLifted,
    FrameReady,
    SlipFailed,
    SlipPrinted,
)
from kiosk.visit import events as ev
from kiosk.visit.visit import OutcomeKind, Printing, Step, Visit
from offline_cache.errors import CentreUnreachable
from offline_cache.wire import Correction, Submission, Verdict
from tests.kiosk.visit.samples import (
    APPLICATION,
    CREDENTIAL,
    DEFERRABLE,
    ENQUIRY,
    NUMBER,
    OTHER_CARD,
    PHONE,
    PRINT,
    SECRETS,
    TWO_FACTORS,
    World,
    accepted,
    facts,
    item,
    record,
)
from tests.kiosk.visit.walks import at_form, at_zone, card, printed, scan, send, to_identify, to_outcome, to_review


def test_a_whole_visit_online_ends_with_an_acceptance_a_slip_and_nothing_left() -> None:
    world = World()
    to_review(world)
    assert world.devices.active == set()
    world.session.submit()
    key = world.session.visit.key
    content = Submission.model_validate_json(world.store.contents[key])
    assert (content.catalogue_version, content.item, content.answers["phone"]) == ("a" * 64, "SA-009", PHONE)
    world.store.watched[key](accepted(world, key))
    assert world.session.visit.outcome is not None
    assert world.session.visit.outcome.kind is OutcomeKind.ACCEPTED
    send(world, ev.WentOn())
    assert "受理编号: 360830202611230001" in world.lines()
    assert f"QR {content.progress_token} 扫码查询办理进度" in world.lines()
    printed(world)
    send(world, ev.WentOn(), ev.Rated(5))
    assert world.store.ratings == [("SA-009", 5)]
    assert world.session.countdown_seconds == 10
    world.wait(10)
    assert world.session.visit == Visit()
    assert world.session.visit_id == ""
    assert world.wiped == 1
    assert world.session.slip() is None
    assert world.session.slip_png() == world.session.slip_code_png() == b""
    assert world.names()[0] == "visit-began"
    assert world.names()[-1] == "visit-ended"
    assert world.store.logged[-1].facts["how"] == "finished"


def test_the_log_holds_nothing_personal() -> None:
    world = World()
    to_review(world, DEFERRABLE)
    send(world, ev.PromiseTicked(ticked=True))
    world.session.submit()
    key = world.session.visit.key
    correction = Correction(field="phone", zh=f"{PHONE}有误", en="wrong")
    world.store.watched[key](accepted(world, key, Verdict.REJECTED, corrections=(correction,), acceptance_number=""))
    send(world, ev.WentOn())
    world.session.submit()
    world.wait(16)
    send(world, ev.WentOn())
    printed(world)
    send(world, ev.WentOn(), ev.RatingSkipped())
    world.wait(10)
    to_identify(world, TWO_FACTORS)
    scan(world, NUMBER.encode())
    scan(world)
    world.centre.tokens[-1][1](CREDENTIAL)
    card(world, OTHER_CARD)
    world.session.hear(CardFailed("card-reader", "card-pulled", NUMBER))
    world.wait(400)
    log = "\n".join(json.dumps([event.name, dict(event.facts), event.visit], ensure_ascii=False) for event in world.store.logged)
    assert len(world.store.logged) > 30
    assert not [secret for secret in (*SECRETS, OTHER_CARD.number, OTHER_CARD.name, "GSF") if secret in log]


def test_a_rating_is_logged_apart_from_the_visit() -> None:
    world = World()
    to_outcome(world)
    send(world, ev.WentOn())
    printed(world)
    send(world, ev.WentOn(), ev.Rated(3))
    given = [event for event in world.store.logged if event.name == "rating-given"]
    assert [(event.visit, dict(event.facts)) for event in given] == [("", {})], "beside it stands whose it is"


def test_each_visit_has_its_own_random_id_and_logs_each_step_under_it() -> None:
    world = World()
    ids = set()
    for _ in range(3):
        to_identify(world)
        ids.add(world.session.visit_id)
        world.wait(200)
    assert len(ids) == 3
    assert {event.visit for event in world.store.logged if event.name == "visit-step"} == ids


def test_an_enquiry_is_asked_answered_shown_and_printed() -> None:
    world = World()
    to_identify(world, ENQUIRY)
    card(world)
    send(world, ev.WentOn())
    item, request, done = world.centre.enquiries[0]
    assert (item, request.applicant.number, request.applicant.address) == ("PR-001", NUMBER, "")
    done(record())
    assert world.session.visit.outcome is not None
    assert world.session.visit.outcome.record is not None
    assert world.session.slip_png().startswith(b"\x89PNG")
    send(world, ev.WentOn())
    assert "缴存余额: 12345.67" in world.lines()


def test_an_enquiry_answer_for_another_item_or_visit_is_dropped() -> None:
    world = World()
    to_identify(world, ENQUIRY)
    card(world)
    send(world, ev.WentOn(), ev.Left(), ev.WentOn())
    to_identify(world, PRINT)
    card(world)
    send(world, ev.WentOn())
    world.centre.enquiries[0][2](record())
    assert world.session.visit.step is Step.SUBMIT
    world.centre.enquiries[1][2](CentreUnreachable())
    assert world.session.visit.outcome is not None
    assert world.session.visit.outcome.code == "centre-unreachable"
    assert world.names()[-2] == "enquiry-unanswered"


def test_an_enquiry_answered_after_its_visit_is_not_logged_under_the_next() -> None:
    world = World()
    to_identify(world, ENQUIRY)
    card(world)
    send(world, ev.WentOn(), ev.Left(), ev.WentOn())
    at_zone(world)
    world.centre.enquiries[0][2](record())
    assert "enquiry-answered" not in world.names()


def test_a_print_item_is_refused_at_its_guide_while_the_line_is_down_and_opens_when_it_heals() -> None:
    world = World(facts=facts(online=False))
    send(world, ev.ItemChosen(PRINT))
    assert world.session.visit.blocked
    send(world, ev.WentOn())
    assert world.session.visit.step is Step.GUIDE
    world.session.facts_changed(facts())
    assert not world.session.visit.blocked
    assert [obstacle.code for obstacle in world.session.obstacles(PRINT)] == []
    blocked = [event.facts["code"] for event in world.store.logged if event.name == "preflight-blocked"]
    assert blocked == ["offline-needs-centre"]


def test_a_data_source_that_closes_while_the_guide_is_read_is_told() -> None:
    world = World()
    chosen = item("PR-009", kind="enquiry", form=[], hours="08:30-12:01")
    send(world, ev.ItemChosen(chosen))
    assert not world.session.visit.blocked
    world.wait(60)
    assert world.session.visit.blocked


def test_a_slip_that_comes_after_the_printer_was_given_up_is_a_slip() -> None:
    world = World()
    to_outcome(world)
    send(world, ev.WentOn())
    world.wait(61)
    assert world.session.visit.printing is Printing.FAILED
    printed(world)
    assert (world.session.visit.printing, world.session.visit.print_trouble) == (Printing.PRINTED, "")


@pytest.mark.parametrize("leave", [lambda world: send(world, ev.Left(), ev.WentOn()), lambda world: world.wait(60 + 180 + 45)])
def test_a_slip_that_has_not_begun_when_its_person_is_gone_is_given_up(leave: Callable[[World], None]) -> None:
    world = World()
    to_outcome(world)
    send(world, ev.WentOn())
    (given_up,) = world.devices.prints_given_up
    assert not given_up.is_set()
    leave(world)
    assert world.session.visit.step is Step.ATTRACT
    assert given_up.is_set()


def test_a_slip_that_is_asked_for_again_is_not_printed_twice_once_the_printer_goes_on() -> None:
    world = World()
    to_outcome(world)
    send(world, ev.WentOn())
    world.wait(61)
    send(world, ev.PrintAsked())
    assert [one.is_set() for one in world.devices.prints_given_up] == [True, False]


def test_a_printer_out_of_paper_is_told_and_the_visit_ends_well_without_it() -> None:
    world = World()
    to_outcome(world)
    send(world, ev.WentOn())
    world.session.hear(SlipFailed("receipt-printer", world.devices.slips[-1][0], "paper-out"))
    assert (world.session.visit.printing, world.session.visit.print_trouble) == (Printing.FAILED, "paper-out")
    assert len(world.devices.slips) == 1
    assert world.session.slip() is not None
    send(world, ev.WentOn())
    assert world.session.visit.step is Step.RATING


def test_a_slip_of_an_earlier_visit_is_not_taken_for_ours() -> None:
    world = World()
    to_outcome(world)
    send(world, ev.WentOn())
    earlier = world.devices.slips[-1][0]
    send(world, ev.Left())
    world.wait(10)
    to_outcome(world)
    send(world, ev.WentOn())
    world.session.hear(SlipPrinted("receipt-printer", earlier))
    assert world.session.visit.printing is Printing.PRINTING


def test_without_any_printer_the_receipt_is_on_the_screen() -> None:
    world = World()
    world.devices.printer = False
    to_outcome(world)
    send(world, ev.WentOn())
    assert (world.session.visit.printing, world.session.visit.print_trouble) == (Printing.FAILED, "not-fitted")
    assert world.session.slip_png().startswith(b"\x89PNG")
    assert world.session.slip_code_png().startswith(b"\x89PNG")


def test_practice_marks_submission_and_slip() -> None:
    world = World(facts=facts(practice=True))
    to_outcome(world)
    send(world, ev.WentOn())
    assert world.lines()[0] == "练习 · 无效力"
    assert Submission.model_validate_json(world.store.contents[world.session.visit.key]).practice


def test_a_defect_ends_the_visit_and_wipes_it() -> None:
    world = World()
    at_form(world)
    world.session.end("defect")
    assert (world.session.visit, world.session.visit_id, world.devices.active) == (Visit(), "", set())
    assert world.wiped == 1
    assert world.store.logged[-1].facts["how"] == "defect"
    world.session.end("stopped")
    assert world.names().count("visit-ended") == 1


def test_listeners_hear_of_changes_and_of_each_second_that_counts_down_only() -> None:
    world = World()
    at_zone(world)
    world.told = 0
    world.wait(59)
    assert world.told == 0
    world.wait(1)
    assert world.told == 1
    world.wait(5)
    assert world.told == 6


def test_a_listener_that_answers_at_once_is_taken_in_order() -> None:
    world = World()

    def answer_at_once() -> None:
        if world.session.visit.step is Step.GUIDE and not world.session.visit.blocked:
            world.session.send(ev.WentOn())

    world.session.watch(answer_at_once)
    send(world, ev.ItemChosen(APPLICATION))
    assert world.session.visit.step is Step.CONSENT


def test_reports_that_are_not_the_visit_s_change_nothing() -> None:
    world = World()
    before = world.session.visit
    world.session.hear(FrameReady("face-camera"))
    world.session.hear(CardLifted("card-reader"))
    world.session.hear(SlipPrinted("receipt-printer", ""))
    assert world.session.visit == before
