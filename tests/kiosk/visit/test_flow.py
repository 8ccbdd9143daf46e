"""The whole product of steps and events, and random walks through it."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.reports import DeviceKind
from kiosk.visit import effects as do
from kiosk.visit import events as ev
from kiosk.visit.flow import PRINTABLE, advance, better_slip_waits, can_submit
from kiosk.visit.visit import (
    CorrectionAsked,
    Document,
    Factor,
    Language,
    Obstacle,
    Outcome,
    OutcomeKind,
    Person,
    Printing,
    Step,
    Visit,
)
from tests.kiosk.visit.samples import (
    APPLICATION,
    BANK_CARD,
    DEFERRABLE,
    ENQUIRY,
    ITEMS,
    KEY,
    NOON,
    NUMBER,
    OTHER_NUMBER,
    PERSON,
    PHONE,
    PRINT,
    SECRETS,
    TWO_FACTORS,
)

RECEIPT = "360830-K03-20261123-000001-7"
ANSWERS = MappingProxyType({"applicant": PERSON.name, "phone": PHONE, "purpose": "证明用途其一", "account": BANK_CARD})
OTHER = Person(Document.RESIDENT, "李样", OTHER_NUMBER)
CARD, CODE = frozenset({Factor.CARD}), frozenset({Factor.CODE})
BLOCKED = (Obstacle("offline-needs-centre", blocking=True),)
CORRECTIONS = (CorrectionAsked("phone", "号码有误", "Wrong number"), CorrectionAsked("elsewhere", "他处", "Elsewhere"))


def outcome(kind: OutcomeKind) -> Outcome:
    return Outcome(kind, corrections=CORRECTIONS if kind is OutcomeKind.REJECTED else ())


chosen = Visit(step=Step.GUIDE, zone="self-application", item=APPLICATION)
ready = replace(chosen, obstacles=())
identifying = replace(ready, step=Step.IDENTIFY, consented=True)
proved = replace(identifying, person=PERSON, factors=CARD, answers=MappingProxyType({"applicant": PERSON.name}))
filled = replace(proved, step=Step.REVIEW, answers=ANSWERS)
submitting = replace(filled, step=Step.SUBMIT, key=KEY, submitted_at=NOON)
kept = replace(submitting, receipt_number=RECEIPT)
asking = replace(proved, step=Step.SUBMIT, item=ENQUIRY, answers=MappingProxyType({}))
printing = replace(kept, step=Step.RECEIPT, outcome=outcome(OutcomeKind.KEPT), printing=Printing.PRINTING, printed_state="kept")
printed = replace(printing, printing=Printing.PRINTED)

VISITS: tuple[Visit, ...] = (
    Visit(),
    Visit(language=Language.ENGLISH, large_text=True),
    Visit(step=Step.ZONE),
    Visit(step=Step.ZONE, zone="tax", query="gjj"),
    replace(filled, step=Step.ZONE),
    chosen,
    ready,
    replace(chosen, obstacles=BLOCKED),
    replace(ready, step=Step.CONSENT),
    replace(ready, step=Step.CONSENT, consented=True),
    identifying,
    replace(identifying, notice="card-reader-lost"),
    replace(identifying, resolving=True),
    proved,
    replace(proved, item=TWO_FACTORS, factors=CODE),
    replace(proved, item=TWO_FACTORS, factors=CODE | CARD),
    replace(proved, item=ENQUIRY, answers=MappingProxyType({})),
    replace(proved, step=Step.FORM),
    replace(proved, step=Step.FORM, group=1),
    replace(filled, step=Step.FORM, group=1, editing=True),
    filled,
    replace(filled, item=DEFERRABLE),
    replace(filled, item=DEFERRABLE, promised=True),
    replace(filled, answers=MappingProxyType({})),
    submitting,
    replace(submitting, slow=True),
    kept,
    asking,
    *(replace(kept, step=Step.OUTCOME, outcome=outcome(kind)) for kind in OutcomeKind),
    replace(asking, step=Step.OUTCOME, outcome=outcome(OutcomeKind.UNANSWERED), slow=True),
    replace(asking, step=Step.OUTCOME, item=PRINT, outcome=outcome(OutcomeKind.RECORD)),
    printing,
    printed,
    replace(printed, printing=Printing.FAILED, print_trouble="paper-out"),
    replace(printed, outcome=outcome(OutcomeKind.ACCEPTED)),
    replace(printed, step=Step.RATING),
    replace(printed, step=Step.FAREWELL),
    replace(kept, step=Step.FAREWELL),
)
"""At least one visit of each kind that a resident can stand in."""

ALL_VISITS = tuple(
    variant
    for visit in VISITS
    for variant in (visit, replace(visit, idle_warning=visit.step is not Step.ATTRACT), replace(visit, ending_soon=True))
)

EVENTS: tuple[ev.Event, ...] = (
    ev.Touched(),
    ev.ZoneChosen("tax"),
    ev.QueryTyped("社保" * 30),
    *(ev.ItemChosen(item) for item in ITEMS),
    ev.WentOn(),
    ev.WentBack(),
    ev.ConsentTicked(ticked=True),
    ev.ConsentTicked(ticked=False),
    ev.PersonDisowned(),
    ev.Answered("applicant", "别人"),
    ev.Answered("phone", PHONE),
    ev.Answered("phone", "12"),
    ev.Answered("purpose", "证明用途其一"),
    ev.Answered("unknown", "x"),
    ev.GroupOpened(0),
    ev.GroupOpened(1),
    ev.GroupOpened(7),
    ev.GroupOpened(-1),
    ev.PromiseTicked(ticked=True),
    ev.Submitted(KEY, NOON),
    ev.Submitted("", NOON),
    ev.PrintAsked(),
    ev.Rated(0),
    ev.Rated(5),
    ev.RatingSkipped(),
    ev.Left(),
    ev.LanguageChosen(Language.ENGLISH),
    ev.LargeTextChosen(on=True),
    ev.HighContrastChosen(on=True),
    ev.PreflightDone(()),
    ev.PreflightDone(BLOCKED),
    ev.CardAccepted(PERSON),
    ev.CardAccepted(OTHER),
    ev.CardRefused("card-expired"),
    ev.CodeShown(b"token", "QR"),
    ev.CodeRefused("code-is-payment"),
    ev.CredentialResolved(PERSON),
    ev.CredentialResolved(OTHER),
    ev.NothingShown(),
    *(ev.DeviceLost(kind) for kind in DeviceKind),
    *(ev.DeviceReturned(kind) for kind in DeviceKind),
    ev.Kept(KEY, RECEIPT),
    ev.Kept("another", RECEIPT),
    ev.NotKept(KEY, "store-full"),
    ev.NotKept("another", "store-full"),
    *(ev.CentreAnswered(key, outcome(kind)) for key in ("", KEY, "another") for kind in OutcomeKind),
    ev.AnswerSlow(KEY),
    ev.AnswerSlow(""),
    ev.AnswerSlow("another"),
    ev.SlipCameOut(),
    ev.SlipStuck("paper-out"),
    ev.IdleTooLong(),
    ev.WarningRanOut(),
    ev.VisitEndingSoon(),
    ev.VisitTimeOver(),
    ev.StepTimeOver(),
)


def product() -> Iterator[tuple[Visit, ev.Event, Visit, tuple[do.Effect, ...]]]:
    for visit in ALL_VISITS:
        for event in EVENTS:
            yield visit, event, *advance(visit, event)


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
            assert isinstance(event, ev.CentreAnswered)
            assert event.key == visit.key


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


def test_the_way_back_loses_no_answer() -> None:
    visit: Visit = filled
    for _ in range(20):
        if visit.step is Step.ZONE:
            break
        visit, _ = advance(visit, ev.WentBack())
        assert visit.answers == ANSWERS
        assert visit.person == PERSON
    assert visit.step is Step.ZONE
    for event in (ev.ItemChosen(APPLICATION), ev.PreflightDone(()), *[ev.WentOn()] * 5):
        visit, _ = advance(visit, event)
    assert (visit.step, visit.answers) == (Step.REVIEW, ANSWERS)
    assert can_submit(visit)


def test_another_item_takes_nothing_of_the_person_along() -> None:
    after, effects = advance(replace(filled, step=Step.ZONE), ev.ItemChosen(TWO_FACTORS))
    assert (after.person, dict(after.answers), after.consented, after.factors) == (None, {}, False, frozenset())
    assert effects == (do.Wipe(), do.CheckPreflight(TWO_FACTORS))


def test_an_item_that_changed_meanwhile_is_begun_anew() -> None:
    newer = APPLICATION.model_copy(update={"working_days": 9})
    after, _ = advance(replace(filled, step=Step.ZONE), ev.ItemChosen(newer))
    assert after.item is newer
    assert after.person is None


def test_what_the_card_gave_cannot_be_typed_over() -> None:
    form = replace(proved, step=Step.FORM)
    assert advance(form, ev.Answered("applicant", "别人")) == (form, ())


def test_what_the_card_did_not_give_can_be_typed_to_the_end() -> None:
    form = replace(proved, step=Step.FORM, person=replace(PERSON, name=""), answers=MappingProxyType({}))
    for typed in ("别", "别人"):
        form, _ = advance(form, ev.Answered("applicant", typed))
    assert form.answers["applicant"] == "别人"


def test_an_incomplete_page_is_not_left_and_says_what_is_wrong_beside_the_field() -> None:
    form, _ = advance(replace(proved, step=Step.FORM), ev.WentOn())
    assert (form.group, dict(form.complaints)) == (0, {"phone": "answer-missing"})
    mended, _ = advance(form, ev.Answered("phone", PHONE))
    assert dict(mended.complaints) == {}
    assert advance(mended, ev.WentOn())[0].group == 1


def test_a_card_of_somebody_else_is_refused_and_never_mixed() -> None:
    for event in (ev.CardAccepted(OTHER), ev.CredentialResolved(OTHER)):
        after, _ = advance(replace(proved, item=TWO_FACTORS, resolving=True), event)
        assert (after.notice, after.person, after.factors) == ("proofs-differ", PERSON, CARD)


def test_two_factors_need_two_different_proofs() -> None:
    once = replace(proved, item=TWO_FACTORS)
    twice_the_same, _ = advance(once, ev.CardAccepted(PERSON))
    assert not twice_the_same.proved
    assert advance(twice_the_same, ev.WentOn())[0].step is Step.IDENTIFY
    both, _ = advance(replace(once, resolving=True), ev.CredentialResolved(PERSON))
    assert advance(both, ev.WentOn())[0].step is Step.FORM


def test_the_card_tells_more_than_the_code_that_came_first() -> None:
    richer = replace(PERSON, address="某地")
    after, _ = advance(replace(proved, item=TWO_FACTORS, factors=CODE), ev.CardAccepted(richer))
    assert after.person == richer


def test_a_credential_that_nobody_waits_for_any_more_signs_nobody_in() -> None:
    disowned, _ = advance(replace(proved, resolving=True), ev.PersonDisowned())
    assert advance(disowned, ev.CredentialResolved(PERSON)) == (disowned, ())


def test_disowning_a_card_forgets_everything_it_gave() -> None:
    after, effects = advance(replace(proved, answers=ANSWERS), ev.PersonDisowned())
    assert (after.person, dict(after.answers), after.factors) == (None, {}, frozenset())
    assert effects == (do.StartIdentifying(),)


def test_a_lost_device_is_told_while_identifying_and_its_return_takes_the_notice_away() -> None:
    lost, _ = advance(identifying, ev.DeviceLost(DeviceKind.CARD_READER))
    assert lost.notice == "card-reader-lost"
    assert advance(lost, ev.DeviceReturned(DeviceKind.CODE_SCANNER))[0] == lost
    assert advance(lost, ev.DeviceReturned(DeviceKind.CARD_READER))[0].notice == ""
    assert advance(identifying, ev.DeviceLost(DeviceKind.RECEIPT_PRINTER)) == (identifying, ())


def test_slow_answers_lead_to_the_kept_receipt_and_may_still_better_it() -> None:
    slow, _ = advance(kept, ev.AnswerSlow(KEY))
    assert slow.outcome == Outcome(OutcomeKind.KEPT)
    accepted, _ = advance(slow, ev.CentreAnswered(KEY, outcome(OutcomeKind.ACCEPTED)))
    assert accepted.outcome == outcome(OutcomeKind.ACCEPTED)
    assert advance(accepted, ev.CentreAnswered(KEY, outcome(OutcomeKind.REJECTED)))[0] == accepted


def test_a_better_answer_after_the_slip_offers_another_slip_and_a_refusal_is_shown() -> None:
    better, _ = advance(printed, ev.CentreAnswered(KEY, outcome(OutcomeKind.ACCEPTED)))
    assert better_slip_waits(better)
    again, effects = advance(better, ev.PrintAsked())
    assert effects == (do.PrintSlip(),)
    assert again.printed_state == "accepted"
    rejected, _ = advance(printed, ev.CentreAnswered(KEY, outcome(OutcomeKind.REJECTED)))
    assert rejected.step is Step.OUTCOME


def test_a_rejected_submission_is_corrected_under_a_new_key() -> None:
    rejected, _ = advance(kept, ev.CentreAnswered(KEY, outcome(OutcomeKind.REJECTED)))
    correcting, _ = advance(rejected, ev.WentOn())
    assert (correcting.step, correcting.key, correcting.receipt_number) == (Step.REVIEW, "", "")
    assert dict(correcting.complaints) == {"phone": "correction-asked"}
    assert correcting.answers == ANSWERS
    sent, effects = advance(correcting, ev.Submitted("another", NOON + timedelta(minutes=1)))
    assert sent.key == "another"
    assert len(effects) == 1


def test_a_jam_never_prints_a_second_slip_by_itself() -> None:
    failed, effects = advance(printing, ev.SlipStuck("paper-out"))
    assert (failed.printing, failed.print_trouble, effects) == (Printing.FAILED, "paper-out", ())
    assert advance(failed, ev.PrintAsked())[1] == (do.PrintSlip(),)
    assert advance(failed, ev.WentOn())[0].step is Step.RATING
    assert advance(printed, ev.PrintAsked()) == (printed, ())


def test_an_enquiry_answered_late_is_still_shown() -> None:
    slow, _ = advance(asking, ev.AnswerSlow(""))
    assert slow.outcome == Outcome(OutcomeKind.UNANSWERED, code="centre-hung")
    assert advance(slow, ev.CentreAnswered("", outcome(OutcomeKind.RECORD)))[0].outcome == outcome(OutcomeKind.RECORD)
    again, effects = advance(slow, ev.WentOn())
    assert again.step is Step.SUBMIT
    assert isinstance(effects[0], do.AskCentre)


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
    assert steps == [step for step in Step if step not in (Step.ATTRACT, Step.ZONE)] + [Step.ATTRACT]


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
