"""How long a visit stands still, waits and lasts, at every step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from devices.reports import CardRead
from kiosk.visit import events as ev
from kiosk.visit.visit import Language, Printing, Step, Visit
from offline_cache.errors import CentreUnreachable
from tests.kiosk.visit.samples import (
    CARD,
    SECRETS,
    World,
)
from tests.kiosk.visit.walks import PUBLIC, SIGNED_IN, at_form, at_receipt, scan, send, to_identify, to_outcome, to_review


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


def stand_still(world: World, seconds: float) -> None:
    """Stopped, swapped out or asleep: no tick comes meanwhile."""
    world.seconds += seconds
    world.now += timedelta(seconds=seconds)


@pytest.mark.parametrize("go", SIGNED_IN)
@pytest.mark.parametrize("first", [ev.Touched(), ev.WentOn(), ev.LargeTextChosen(on=True), None])
def test_after_a_kiosk_stood_still_the_next_person_meets_nobody(go: Callable[[World], None], first: ev.Event | None) -> None:
    world = World()
    go(world)
    stand_still(world, 180 + 45)
    if first is None:
        world.session.tick()
    else:
        send(world, first)
    assert world.session.visit.step is Step.ATTRACT
    assert world.session.visit.person is None
    assert world.wiped == 1
    assert world.store.logged[-1].facts["how"] == "timed-out"


def test_a_warning_that_ran_out_while_the_kiosk_stood_still_is_not_taken_away_by_the_next_touch() -> None:
    world = World()
    at_form(world)
    world.wait(181)
    assert world.session.visit.idle_warning
    stand_still(world, 45)
    send(world, ev.Touched())
    assert world.session.visit == Visit()


def test_whoever_waited_for_a_kiosk_that_stood_still_goes_on_with_all_they_entered() -> None:
    world = World()
    at_form(world)
    entered = world.session.visit
    stand_still(world, 180 + 44)
    send(world, ev.Touched())
    assert world.session.visit == entered
    stand_still(world, 200)
    world.session.tick()
    assert world.session.countdown_seconds == 45
    send(world, ev.Touched())
    assert world.session.visit == entered


def test_a_slip_under_way_keeps_nobody_on_the_screen_of_a_kiosk_that_stood_still() -> None:
    world = World()
    to_outcome(world)
    send(world, ev.WentOn())
    assert world.session.visit.printing is Printing.PRINTING
    stand_still(world, 180 + 45)
    world.session.tick()
    assert world.session.visit == Visit()


def test_a_printer_is_not_called_silent_for_the_time_in_which_the_kiosk_stood_still() -> None:
    world = World()
    to_outcome(world)
    send(world, ev.WentOn())
    world.wait(1)
    stand_still(world, 100)
    world.session.tick()
    assert world.session.visit.printing is Printing.PRINTING
    world.wait(60)
    assert world.session.visit.printing is Printing.FAILED


def test_a_dumb_printer_is_given_up_also_where_every_look_comes_late() -> None:
    world = World()
    to_outcome(world)
    send(world, ev.WentOn())
    for _ in range(40):
        stand_still(world, 5)
        world.session.tick()
    assert (world.session.visit.printing, world.session.visit.print_trouble) == (Printing.FAILED, "device-silent")


def test_a_code_that_is_resolved_keeps_nobody_on_the_screen_of_a_kiosk_that_stood_still() -> None:
    world = World()
    to_identify(world)
    scan(world)
    stand_still(world, 60 + 15)
    world.session.tick()
    assert world.session.visit == Visit()


def test_a_card_read_before_the_kiosk_stood_still_shows_nobody_after_it() -> None:
    world = World()
    to_identify(world)
    stand_still(world, 60 + 15)
    world.session.hear(CardRead("card-reader", CARD))
    assert world.session.visit == Visit()


def waiting_for_the_centre(world: World) -> None:
    to_review(world)
    world.session.submit()


def printing(world: World) -> None:
    to_outcome(world)
    send(world, ev.WentOn())


@pytest.mark.parametrize("go", [waiting_for_the_centre, to_outcome, printing])
@pytest.mark.parametrize("first", [ev.Touched(), None])
def test_whoever_a_kiosk_that_stood_still_has_cut_off_finds_what_they_submitted(
    go: Callable[[World], object], first: ev.Event | None
) -> None:
    world = World()
    go(world)
    assert world.session.visit.receipt_number
    stand_still(world, 180 + 45)
    if first is None:
        world.session.tick()
    else:
        send(world, first)
    assert world.session.visit == Visit()
    assert world.store.told == [], "they would not be told when they come back, and enter it a second time"
    assert "idle-warned" not in world.names(), "nobody was asked whether they are still there"


def test_whoever_had_what_they_submitted_before_them_until_their_time_was_over_is_told() -> None:
    world = World()
    key = to_outcome(world)
    world.wait(180 + 45)
    assert world.session.visit == Visit()
    assert world.store.told == [key]


def test_whoever_waited_long_for_the_disk_does_not_wait_for_the_centre_without_an_end() -> None:
    world = World()
    to_review(world)
    world.store.held_back = True
    world.session.submit()
    world.wait(16)
    assert world.session.visit.slow
    world.store.go_on()
    assert world.session.visit.receipt_number
    world.wait(16)
    assert world.session.visit.step is Step.OUTCOME


@pytest.mark.parametrize("first", [ev.Touched(), ev.Rated(1), ev.RatingSkipped(), None])
def test_nobody_rates_for_who_was_here_before_the_kiosk_stood_still_or_reads_their_number(first: ev.Event | None) -> None:
    world = World()
    at_receipt(world)
    send(world, ev.WentOn())
    assert world.session.visit.step is Step.RATING
    stand_still(world, 30 + 10)
    if first is None:
        world.session.tick()
    else:
        send(world, first)
    assert world.session.visit == Visit()
    assert world.store.ratings == []


@pytest.mark.parametrize("first", [ev.Rated(1), None])
def test_a_rating_that_ran_out_just_now_is_followed_by_the_farewell(first: ev.Event | None) -> None:
    world = World()
    at_receipt(world)
    send(world, ev.WentOn())
    stand_still(world, 30 + 9)
    if first is None:
        world.session.tick()
    else:
        send(world, first)
    assert world.session.visit.step is Step.FAREWELL
    assert world.store.ratings == []
    assert "rating-skipped" in world.names()


def waiting_for_the_disk(world: World) -> None:
    at_form(world)
    world.store.held_back = True
    send(world, ev.WentOn(), ev.Answered("purpose", "用途"), ev.WentOn())
    world.session.submit()


@pytest.mark.parametrize("first", ["tick", "touch", "disk"])
def test_nobody_is_told_what_the_disk_did_for_who_was_here_before_the_kiosk_stood_still(first: str) -> None:
    world = World()
    waiting_for_the_disk(world)
    world.wait(1)
    stand_still(world, 180 + 45)
    if first == "tick":
        world.session.tick()
    elif first == "touch":
        send(world, ev.Touched())
    assert world.session.visit.step is Step.SUBMIT
    world.store.go_on()
    world.session.tick()
    assert world.session.visit == Visit()
    assert world.store.told == [], "they are told when they come back"


def test_whoever_waits_for_a_disk_that_hangs_is_told_what_it_did() -> None:
    world = World()
    waiting_for_the_disk(world)
    world.wait(180 + 45)
    world.store.go_on()
    world.session.tick()
    assert world.session.visit.receipt_number
