"""What single steps answer to what meets them there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from devices.reports import DeviceKind
from kiosk.visit import effects as do
from kiosk.visit import events as ev
from kiosk.visit.flow import advance, better_slip_waits, can_submit
from kiosk.visit.visit import (
    Outcome,
    OutcomeKind,
    Printing,
    Step,
    Visit,
)
from tests.kiosk.visit.samples import (
    APPLICATION,
    KEY,
    NOON,
    PERSON,
    PHONE,
    TWO_FACTORS,
)
from tests.kiosk.visit.visits import (
    ANSWERS,
    CARD,
    CODE,
    OTHER,
    asking,
    filled,
    identifying,
    kept,
    outcome,
    printed,
    printing,
    proved,
    submitting,
)


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
    newer = replace(APPLICATION, working_days=9)
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


def test_an_answer_for_what_is_not_known_to_be_kept_is_not_taken() -> None:
    assert advance(submitting, ev.CentreAnswered(KEY, outcome(OutcomeKind.ACCEPTED))) == (submitting, ())


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
