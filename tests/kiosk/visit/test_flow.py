"""What holds over the whole product of steps and events, and on random walks through it."""

from __future__ import annotations

import typing
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.visit import effects as do
from kiosk.visit import events as ev
from kiosk.visit.flow import PRINTABLE, advance, can_submit
from kiosk.visit.visit import (
    Language,
    Outcome,
    OutcomeKind,
    Step,
    Visit,
)
from tests.kiosk.visit.samples import (
    APPLICATION,
    KEY,
    NOON,
    NUMBER,
    PERSON,
    PHONE,
    SECRETS,
)
from tests.kiosk.visit.visits import (
    ALL_VISITS,
    ANSWERS,
    EVENTS,
    RECEIPT,
    VISITS,
    asking,
    filled,
    outcome,
    product,
    submitting,
)


def test_the_samples_cover_every_step_every_event_and_every_outcome() -> None:
    assert {visit.step for visit in VISITS} == set(Step)
    assert {type(event) for event in EVENTS} == set(typing.get_args(ev.Event))
    assert {visit.outcome.kind for visit in VISITS if visit.outcome is not None} == set(OutcomeKind)


def test_every_event_is_answered_in_every_step() -> None:
    answered = 0
    for _, _, after, effects in product():
        assert isinstance(after, Visit)
        assert all(isinstance(effect, do.Effect) for effect in effects)
        answered += 1
    assert answered == len(ALL_VISITS) * len(EVENTS)


def test_the_same_event_in_the_same_visit_always_gives_the_same() -> None:
    assert all(advance(visit, event) == (after, effects) for visit, event, after, effects in product())


def test_every_step_can_be_reached_and_left_again() -> None:
    arrows = {(visit.step, after.step) for visit, _, after, _ in product() if visit.step is not after.step}
    assert {arrow[0] for arrow in arrows} == set(Step)
    assert {arrow[1] for arrow in arrows} == set(Step)
    reached = {Step.ATTRACT}
    while more := {to for start, to in arrows if start in reached} - reached:
        reached |= more
    assert reached == set(Step)


def test_nothing_of_a_person_is_left_after_a_return_to_the_start() -> None:
    for visit, _, after, effects in product():
        if after.step is Step.ATTRACT and visit.step is not Step.ATTRACT:
            assert after == Visit(language=after.language, large_text=after.large_text, high_contrast=after.high_contrast)
            assert do.Wipe() in effects
            if visit.signed_in:
                assert after == Visit()


def test_identifying_is_switched_off_whenever_it_is_left() -> None:
    for visit, _, after, effects in product():
        if visit.step is Step.IDENTIFY and after.step is not Step.IDENTIFY:
            assert do.StopIdentifying() in effects
            assert not after.resolving
        if visit.step is not Step.IDENTIFY and after.step is Step.IDENTIFY:
            assert do.StartIdentifying() in effects


def test_an_acceptance_is_never_shown_without_the_answer_of_the_centre() -> None:
    said_by_the_centre = {OutcomeKind.ACCEPTED, OutcomeKind.DECIDED, OutcomeKind.REJECTED, OutcomeKind.HELD, OutcomeKind.RECORD}
    for visit, event, after, _ in product():
        if after.outcome is not None and after.outcome != visit.outcome and after.outcome.kind in said_by_the_centre:
            assert isinstance(event, ev.CentreAnswered | ev.KeptBefore)
            assert event.key == (visit.key if isinstance(event, ev.CentreAnswered) else after.key)


def test_what_was_kept_before_is_told_and_never_entered_again() -> None:
    told = 0
    for visit, event, after, effects in product():
        if not isinstance(event, ev.KeptBefore):
            continue
        if visit.step not in (Step.IDENTIFY, Step.FORM, Step.MATERIALS, Step.REVIEW) or visit.person is None:
            assert (after, effects) == (visit, ())
            continue
        told += 1
        assert (after.step, after.key, after.recovered, after.outcome) == (Step.OUTCOME, event.key, True, event.outcome)
        assert not any(isinstance(effect, do.KeepSubmission) for effect in effects)
        assert (do.AwaitAnswer(event.key) in effects) is (event.outcome.kind is OutcomeKind.KEPT)
    assert told


def test_what_was_not_kept_is_never_printed() -> None:
    for visit, _, after, effects in product():
        if do.PrintSlip() in effects:
            assert visit.outcome is not None
            assert visit.outcome.kind in PRINTABLE
            assert after.step is Step.RECEIPT
    lost, _ = advance(submitting, ev.NotKept(KEY, "store-full"))
    assert lost.outcome == Outcome(OutcomeKind.NOT_KEPT, code="store-full")
    again, effects = advance(lost, ev.PrintAsked())
    assert (again, effects) == (lost, ())


def test_a_submission_is_kept_once_and_only_when_everything_is_proved_and_complete() -> None:
    for visit, event, after, effects in product():
        if any(isinstance(effect, do.KeepSubmission) for effect in effects):
            assert can_submit(visit)
            assert isinstance(event, ev.Submitted)
            assert after.key == event.key != ""
            assert after.step is Step.SUBMIT


def test_key_and_time_of_a_submission_never_change_while_it_is_waited_for() -> None:
    for visit, _, after, _ in product():
        if visit.step is Step.SUBMIT and after.step is Step.SUBMIT:
            assert (after.key, after.submitted_at) == (visit.key, visit.submitted_at)


def test_nobody_is_sent_away_between_the_touch_and_the_disk() -> None:
    for event in (ev.Left(), ev.WentBack(), ev.WarningRanOut(), ev.StepTimeOver(), ev.WentOn()):
        assert advance(submitting, event) == (submitting, ())
    assert advance(asking, ev.Left())[0].step is Step.FAREWELL


@pytest.mark.parametrize("visit", [visit for visit in VISITS if visit.step is not Step.ATTRACT])
def test_idling_warns_first_in_every_step_and_then_wipes(visit: Visit) -> None:
    warned, effects = advance(visit, ev.IdleTooLong())
    assert (warned, effects) == (replace(visit, idle_warning=True), ())
    assert advance(warned, ev.Touched()) == (visit, ())
    over, effects = advance(warned, ev.WarningRanOut())
    if visit.step is Step.SUBMIT and visit.key and not visit.receipt_number:
        assert over == warned
    else:
        assert over == Visit()
        assert do.Wipe() in effects


@pytest.mark.parametrize("visit", [visit for visit in VISITS if visit.step is not Step.ATTRACT])
def test_the_longest_visit_is_announced_and_ended_in_every_step(visit: Visit) -> None:
    assert advance(visit, ev.VisitEndingSoon()) == (replace(visit, ending_soon=True), ())
    over, effects = advance(visit, ev.VisitTimeOver())
    assert over == Visit()
    assert do.Wipe() in effects


def test_display_settings_left_behind_are_taken_back_by_idling() -> None:
    assert advance(Visit(language=Language.ENGLISH, large_text=True), ev.IdleTooLong()) == (Visit(), ())


@pytest.mark.parametrize("visit", VISITS)
def test_language_and_size_can_be_changed_at_any_moment_and_change_nothing_else(visit: Visit) -> None:
    for event, changed in (
        (ev.LanguageChosen(Language.ENGLISH), replace(visit, language=Language.ENGLISH)),
        (ev.LargeTextChosen(on=True), replace(visit, large_text=True)),
        (ev.HighContrastChosen(on=True), replace(visit, high_contrast=True)),
    ):
        assert advance(visit, event) == (changed, ())


def test_a_device_never_starts_or_signs_in_a_visit_outside_its_step() -> None:
    reports = (ev.CardAccepted, ev.CredentialResolved, ev.CodeShown, ev.CardRefused, ev.CodeRefused)
    for visit, event, after, effects in product():
        if visit.step is not Step.IDENTIFY and isinstance(event, reports):
            assert replace(after, idle_warning=False) == replace(visit, idle_warning=False)
            assert effects == ()


def test_personal_values_are_never_in_a_repr() -> None:
    events = (ev.Answered("phone", PHONE), ev.CardAccepted(PERSON), ev.CodeShown(NUMBER.encode()), ev.QueryTyped(PERSON.name))
    keep = do.KeepSubmission(KEY, NOON, APPLICATION, PERSON, "card", ANSWERS, promised=False)
    for shown in (*ALL_VISITS, *events, keep, PERSON):
        assert not [secret for secret in SECRETS if secret in repr(shown)]


USUAL = (
    ev.ItemChosen(APPLICATION),
    ev.PreflightDone(()),
    ev.WentOn(),
    ev.ConsentTicked(ticked=True),
    ev.CardAccepted(PERSON),
    ev.Answered("phone", PHONE),
    ev.Answered("purpose", "证明用途其一"),
    ev.Submitted(KEY, NOON),
    ev.Kept(KEY, RECEIPT),
    ev.CentreAnswered(KEY, outcome(OutcomeKind.ACCEPTED)),
    ev.SlipCameOut(),
)
"""What leads on: mixed into the random walks, so that they get far."""


@given(st.lists(st.one_of(st.sampled_from(USUAL), st.sampled_from(EVENTS)), max_size=60))
@settings(max_examples=200, deadline=None)
def test_no_walk_whatever_breaks_the_visit(walk: list[ev.Event]) -> None:
    visit = Visit()
    for event in walk:
        visit, effects = advance(visit, event)
        assert visit.step is not Step.SUBMIT or visit.person is not None
        assert visit.step in (Step.ATTRACT, Step.ZONE) or visit.item is not None
        assert visit.outcome is not None or visit.step not in (Step.OUTCOME, Step.RECEIPT, Step.RATING)
        if do.PrintSlip() in effects:
            assert visit.outcome is not None
            assert visit.outcome.kind in PRINTABLE
        if visit.step is Step.ATTRACT:
            assert not visit.signed_in
            assert visit.key == ""


def test_the_usual_way_leads_from_the_first_touch_to_the_farewell() -> None:
    visit, steps = Visit(), []
    way = (USUAL[0], USUAL[1], USUAL[2], USUAL[3], USUAL[2], USUAL[4], USUAL[2], USUAL[5], USUAL[2], USUAL[6], USUAL[2])
    for event in (*way, *USUAL[7:10], ev.WentOn(), ev.SlipCameOut(), ev.WentOn(), ev.RatingSkipped(), ev.StepTimeOver()):
        visit, _ = advance(visit, event)
        if visit.step not in steps[-1:]:
            steps.append(visit.step)
    passed_over = (Step.ATTRACT, Step.ZONE, Step.MATERIALS)  # the item asks for no papers
    assert steps == [step for step in Step if step not in passed_over] + [Step.ATTRACT]


FORM_TOUCHES = (
    ev.WentOn(),
    ev.WentBack(),
    ev.GroupOpened(0),
    ev.GroupOpened(1),
    ev.PreflightDone(()),
    ev.ConsentTicked(ticked=True),
    ev.ItemChosen(APPLICATION),
    ev.CardAccepted(PERSON),
    ev.LanguageChosen(Language.ENGLISH),
    ev.IdleTooLong(),
    ev.Touched(),
)


@given(st.lists(st.sampled_from(FORM_TOUCHES), max_size=40))
@settings(max_examples=150, deadline=None)
def test_going_back_and_forth_as_one_likes_loses_nothing(walk: list[ev.Event]) -> None:
    visit: Visit = filled
    for event in walk:
        visit, _ = advance(visit, event)
        if visit.step in (Step.ATTRACT, Step.FAREWELL):
            return
        assert visit.answers == ANSWERS
        assert visit.person == PERSON
