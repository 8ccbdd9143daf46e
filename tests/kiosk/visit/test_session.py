"""Whole visits through a session, with everything around it in memory and a clock that moves when told."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from devices.reports import (
    Card,
    CardFailed,
    CardLifted,
    CardRead,
    CodeScanned,
    DeviceKind,
    DeviceState,
    FrameReady,
    SlipFailed,
    SlipPrinted,
    StatusChanged,
)
from kiosk.visit import events as ev
from kiosk.visit.visit import Factor, Language, OutcomeKind, Printing, Step, Visit
from offline_cache.errors import CentreUnreachable, ContentConflict, QueueFull, StoreFull
from offline_cache.wire import Correction, Submission, Verdict
from tests.kiosk.visit.samples import (
    APPLICATION,
    BANK_CARD,
    CARD,
    CATALOGUE,
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
    record,
    status,
)

READER, SCANNER, PRINTER = DeviceKind.CARD_READER, DeviceKind.CODE_SCANNER, DeviceKind.RECEIPT_PRINTER


def card(world: World, content: Card = CARD) -> None:
    world.session.hear(CardRead("card-reader", content))


def scan(world: World, payload: bytes = b"GSF:9f2c") -> None:
    world.session.hear(CodeScanned("code-scanner", payload, "QR"))


def send(world: World, *events: ev.Event) -> None:
    for event in events:
        world.session.send(event)


def to_identify(world: World, item: object = APPLICATION) -> None:
    send(world, ev.ZoneChosen("self-application"), ev.ItemChosen(item), ev.WentOn(), ev.ConsentTicked(ticked=True), ev.WentOn())  # type: ignore[arg-type]  # any of the sample items
    assert world.session.visit.step is Step.IDENTIFY


def to_review(world: World, item: object = APPLICATION) -> None:
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
    assert world.session.slip_png() == b""
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
    assert [(event.visit, dict(event.facts)) for event in given] == [("", {"level": 3})]


def test_each_visit_has_its_own_random_id_and_logs_each_step_under_it() -> None:
    world = World()
    ids = set()
    for _ in range(3):
        to_identify(world)
        ids.add(world.session.visit_id)
        world.wait(200)
    assert len(ids) == 3
    assert {event.visit for event in world.store.logged if event.name == "visit-step"} == ids


# --- idling -----------------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("go", PUBLIC)
def test_public_pages_warn_after_a_minute_and_return_to_the_start(go: Callable[[World], None]) -> None:
    world = World()
    go(world)
    world.wait(59)
    assert not world.session.visit.idle_warning
    world.wait(1)
    assert world.session.visit.idle_warning
    assert world.session.countdown_seconds == 15
    world.wait(14)
    assert world.session.visit.step is not Step.ATTRACT
    world.wait(1)
    assert world.session.visit == Visit()


@pytest.mark.parametrize("go", SIGNED_IN)
def test_signed_in_pages_warn_after_three_minutes_and_nothing_survives_the_time_out(go: Callable[[World], None]) -> None:
    world = World()
    go(world)
    world.wait(179)
    assert not world.session.visit.idle_warning
    world.wait(1)
    assert world.session.visit.idle_warning
    assert world.session.countdown_seconds == 45
    world.wait(45)
    assert world.session.visit == Visit()
    assert world.wiped == 1
    assert world.session.slip() is None
    assert world.store.logged[-1].facts["how"] == "timed-out"
    held = {name: value for name, value in vars(world.session).items() if name != "_ports"}
    assert not [secret for secret in SECRETS if secret in repr(held)]


def test_any_touch_takes_the_warning_away_and_starts_the_clock_anew() -> None:
    world = World()
    at_form(world)
    world.wait(200)
    assert world.session.countdown_seconds == 25
    send(world, ev.Touched())
    assert (world.session.visit.idle_warning, world.session.countdown_seconds) == (False, 0)
    world.wait(179)
    assert not world.session.visit.idle_warning


def test_large_text_gives_five_minutes() -> None:
    world = World()
    at_form(world)
    send(world, ev.LargeTextChosen(on=True))
    world.wait(299)
    assert not world.session.visit.idle_warning
    world.wait(1)
    assert world.session.visit.idle_warning


def test_idling_is_not_counted_while_printing_and_a_dumb_printer_is_given_up() -> None:
    world = World()
    to_outcome(world)
    send(world, ev.WentOn())
    world.wait(59)
    assert world.session.visit.printing is Printing.PRINTING
    world.wait(1)
    assert (world.session.visit.printing, world.session.visit.print_trouble) == (Printing.FAILED, "device-silent")
    world.wait(179)
    assert not world.session.visit.idle_warning


def test_idling_is_not_counted_while_a_code_is_resolved() -> None:
    world = World()
    to_identify(world)
    scan(world)
    world.wait(120)
    assert not world.session.visit.idle_warning
    world.centre.tokens[0][1](CentreUnreachable())
    assert world.session.visit.notice == "centre-unreachable"


def test_the_longest_visit_is_announced_and_ends_however_busy_somebody_is() -> None:
    world = World()
    at_form(world)
    for _ in range(28):
        assert not world.session.visit.ending_soon
        world.wait(60)
        send(world, ev.Touched())
    assert world.session.visit.ending_soon
    assert world.session.visit_seconds_left == 120
    world.wait(60)
    send(world, ev.Touched())
    world.wait(60)
    assert world.session.visit == Visit()
    assert world.store.logged[-1].facts["how"] == "time-over"


def test_the_rating_counts_as_skipped_after_half_a_minute() -> None:
    world = World()
    at_receipt(world)
    send(world, ev.WentOn())
    assert world.session.countdown_seconds == 30
    world.wait(30)
    assert world.session.visit.step is Step.FAREWELL
    assert "rating-skipped" in world.names()
    assert world.store.ratings == []


def test_display_settings_left_on_the_first_screen_are_taken_back() -> None:
    world = World()
    send(world, ev.LanguageChosen(Language.ENGLISH))
    world.wait(59)
    assert world.session.visit.language is Language.ENGLISH
    world.wait(1)
    assert world.session.visit == Visit()
    assert world.names() == []


def test_a_visit_outlives_a_clock_that_jumps_a_day_either_way() -> None:
    world = World()
    at_form(world)
    for jump in (timedelta(days=1), timedelta(days=-2)):
        world.now += jump
        world.wait(30)
        assert world.session.visit.step is Step.FORM
        assert not world.session.visit.idle_warning
    send(world, ev.WentOn(), ev.Answered("purpose", "用途"), ev.WentOn())
    world.session.submit()
    assert world.session.visit.receipt_number


# --- identifying --------------------------------------------------------------------------------------------------------


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


# --- submitting ---------------------------------------------------------------------------------------------------------


def test_the_line_lost_before_the_touch_still_keeps_the_application() -> None:
    world = World()
    to_review(world)
    world.session.facts_changed(facts(online=False))
    world.session.submit()
    assert world.session.visit.outcome is not None
    assert world.session.visit.outcome.kind is OutcomeKind.KEPT
    assert len(world.store.contents) == 1


def test_the_line_lost_after_the_touch_and_before_the_answer_shows_the_kept_receipt_at_once() -> None:
    world = World()
    to_review(world)
    world.session.submit()
    assert world.session.visit.outcome is None
    world.session.facts_changed(facts(online=False))
    assert world.session.visit.outcome is not None
    assert world.session.visit.outcome.kind is OutcomeKind.KEPT
    send(world, ev.WentOn())
    assert world.lines()[1] == "暂存回执"


def test_a_late_answer_betters_the_outcome_while_the_resident_stands_here() -> None:
    world = World()
    key = to_outcome(world)
    send(world, ev.WentOn())
    printed(world)
    world.store.watched[key](accepted(world, key))
    send(world, ev.PrintAsked())
    assert world.lines()[1] == "受理回执"
    assert len({job for job, _ in world.devices.slips}) == 2


def test_patience_with_the_centre_ends_after_a_quarter_of_a_minute() -> None:
    world = World()
    to_review(world)
    world.session.submit()
    world.wait(14.5)
    assert world.session.visit.step is Step.SUBMIT
    world.wait(0.5)
    assert world.session.visit.step is Step.OUTCOME


def test_a_late_answer_of_an_earlier_visit_is_dropped() -> None:
    world = World()
    key = to_outcome(world)
    send(world, ev.Left())
    world.wait(10)
    to_outcome(world)
    before = world.session.visit
    world.store.watched[key](accepted(world, key))
    assert world.session.visit == before


@pytest.mark.parametrize("trouble", [StoreFull(), QueueFull()])
def test_a_full_disk_at_the_touch_says_so_prints_nothing_and_keeps_nothing(trouble: StoreFull | QueueFull) -> None:
    world = World()
    world.store.trouble = trouble
    to_review(world)
    world.session.submit()
    assert world.session.visit.outcome is not None
    assert (world.session.visit.outcome.kind, world.session.visit.outcome.code) == (OutcomeKind.NOT_KEPT, trouble.code)
    send(world, ev.PrintAsked())
    assert (world.devices.slips, world.store.contents) == ([], {})
    assert world.session.slip() is None
    world.store.trouble = None
    send(world, ev.WentOn())
    world.session.submit()
    assert list(world.store.contents) == ["0193a000-0000-7000-8000-000000000002"]


def test_nobody_leaves_before_the_disk_has_answered_and_a_dead_disk_holds_nobody_for_ever() -> None:
    world = World()
    world.store.held_back = True
    to_review(world)
    world.session.submit()
    send(world, ev.Left(), ev.WentBack())
    world.wait(1000)
    assert (world.session.visit.step, world.session.visit.slow) == (Step.SUBMIT, True)
    world.wait(1000)
    assert world.session.visit == Visit()
    world.store.go_on()
    assert world.session.visit == Visit()
    assert world.names()[-1] == "submission-kept"  # logged by its key all the same


def test_a_submission_that_needs_a_person_is_held_and_still_gives_a_slip() -> None:
    world = World()
    to_review(world)
    world.session.submit()
    world.store.watched[world.session.visit.key](ContentConflict())
    assert world.session.visit.outcome is not None
    assert world.session.visit.outcome.kind is OutcomeKind.HELD
    send(world, ev.WentOn())
    assert "状态: 已暂存,待工作人员核对" in world.lines()


def test_the_catalogue_changing_during_a_visit_changes_nothing_of_it() -> None:
    world = World()
    to_review(world)
    world.catalogue = CATALOGUE.model_copy(update={"version": "b" * 64})
    world.session.submit()
    content = Submission.model_validate_json(world.store.contents[world.session.visit.key])
    assert content.catalogue_version == "a" * 64


# --- enquiries ----------------------------------------------------------------------------------------------------------


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


# --- paper --------------------------------------------------------------------------------------------------------------


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


# --- the session itself -------------------------------------------------------------------------------------------------


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
