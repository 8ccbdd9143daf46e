"""From 提交 to the outcome: line, disk and centre each failing at the worst moment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.visit import events as ev
from kiosk.visit.facts import QueueFacts
from kiosk.visit.visit import OutcomeKind, Step, Visit
from offline_cache.canonical import Verdict
from offline_cache.errors import CentreUnreachable, QueueFull, StoreFull, SubmissionTooLarge
from offline_cache.records import RecordState
from offline_cache.reports import SubmissionHeld
from offline_cache.untold import KeptBefore
from offline_cache.wire import Applicant, Submission
from tests.kiosk.visit.samples import (
    APPLICATION,
    CATALOGUE,
    KEY,
    NOON,
    NUMBER,
    OTHER_CARD,
    PHONE,
    World,
    accepted,
    facts,
)
from tests.kiosk.visit.walks import card, printed, send, to_identify, to_outcome, to_review


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


@pytest.mark.parametrize("trouble", [StoreFull(), QueueFull(), SubmissionTooLarge()])
def test_a_full_disk_at_the_touch_says_so_prints_nothing_and_keeps_nothing(
    trouble: StoreFull | QueueFull | SubmissionTooLarge,
) -> None:
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
    assert list(world.store.contents) == ["0193a000-0000-7000-8000-000000000001"], "the same submission, once"


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
    world.store.watched[world.session.visit.key](SubmissionHeld(world.session.visit.key, "content-conflict"))
    assert world.session.visit.outcome is not None
    assert world.session.visit.outcome.kind is OutcomeKind.HELD
    send(world, ev.WentOn())
    assert "状态: 已暂存，待工作人员核对" in world.lines()


def test_the_catalogue_changing_during_a_visit_changes_nothing_of_it() -> None:
    world = World()
    to_review(world)
    world.catalogue = replace(CATALOGUE, version="b" * 64)
    world.session.submit()
    content = Submission.model_validate_json(world.store.contents[world.session.visit.key])
    assert content.catalogue_version == "a" * 64


def kept_before(state: RecordState, item: str, number: str) -> KeptBefore:
    told = Submission(
        key=KEY,
        receipt_number="369999-K03-20261123-000009-3",
        kiosk="K03",
        item=item,
        catalogue_version="1",
        submitted_at=NOON,
        applicant=Applicant(proof="card", name="赵示例", number=number, document="resident"),
        answers={"phone": PHONE},
        consent_version="1",
        progress_token="t" * 22,
    )
    return KeptBefore(told, state, "SL-9" if state is RecordState.ACKNOWLEDGED else "", "", "")


def came_back(state: RecordState) -> World:
    """Somebody whose application was kept when the kiosk died lays the card again."""
    world = World()
    world.store.before[APPLICATION.code, NUMBER] = kept_before(state, APPLICATION.code, NUMBER)
    to_identify(world)
    card(world)
    return world


def test_what_was_kept_when_the_kiosk_died_is_told_as_soon_as_its_resident_is_proved() -> None:
    world = came_back(RecordState.QUEUED)
    visit = world.session.visit
    assert (visit.step, visit.recovered, visit.key) == (Step.OUTCOME, True, KEY)
    assert visit.outcome is not None
    assert visit.outcome.kind is OutcomeKind.KEPT
    assert world.store.told == [], "interrupted once more, they find it again"
    world.store.watched[KEY](accepted(world, KEY))  # the line has come back
    assert world.session.visit.outcome is not None
    assert world.session.visit.outcome.kind is OutcomeKind.ACCEPTED
    send(world, ev.WentOn())
    assert "369999-K03-20261123-000009-3" in "".join(world.lines())
    assert world.store.contents == {}, "nothing was kept a second time"


def test_an_answered_one_is_told_as_the_centre_answered_it() -> None:
    world = came_back(RecordState.ACKNOWLEDGED)
    assert world.session.visit.step is Step.IDENTIFY  # the centre is asked first
    ((key, heard),) = world.centre.recalled
    heard(accepted(world, key))
    assert world.session.visit.outcome is not None
    assert world.session.visit.outcome.kind is OutcomeKind.ACCEPTED


def test_without_the_centre_an_answered_one_is_told_by_its_number() -> None:
    world = came_back(RecordState.ACKNOWLEDGED)
    world.centre.recalled[0][1](CentreUnreachable("no connection"))
    outcome = world.session.visit.outcome
    assert outcome is not None
    assert (outcome.kind, outcome.acceptance_number) == (OutcomeKind.ACCEPTED, "SL-9")


def test_while_the_centre_is_slow_to_say_how_nothing_is_entered_a_second_time() -> None:
    world = came_back(RecordState.ACKNOWLEDGED)
    send(world, ev.WentOn())
    visit = world.session.visit
    assert (visit.step, visit.recovered, visit.key) == (Step.OUTCOME, True, KEY)
    assert visit.outcome is not None
    assert (visit.outcome.kind, visit.outcome.acceptance_number) == (OutcomeKind.ACCEPTED, "SL-9")
    world.centre.recalled[0][1](accepted(world, KEY, Verdict.DECIDED, approved=False))
    assert world.session.visit.outcome is not None
    assert world.session.visit.outcome.kind is OutcomeKind.DECIDED
    assert world.store.contents == {}


def test_a_slow_centre_that_fails_in_the_end_takes_nothing_back() -> None:
    world = came_back(RecordState.ACKNOWLEDGED)
    send(world, ev.WentOn())
    told = world.session.visit
    world.centre.recalled[0][1](CentreUnreachable("no connection"))
    assert world.session.visit == told


def test_a_kiosk_that_takes_nothing_new_still_tells_of_what_was_kept_and_lets_nobody_else_begin() -> None:
    for whose in (NUMBER, "369999198503150012"):
        world = World()
        queue = QueueFacts(full=True, untold=frozenset({APPLICATION.code}))
        world.session.facts_changed(replace(world.session.facts, queue=queue))
        world.store.before[APPLICATION.code, whose] = kept_before(RecordState.ACKNOWLEDGED, APPLICATION.code, whose)
        to_identify(world)
        card(world)
        send(world, ev.WentOn())  # the centre is slow to say how
        visit = world.session.visit
        if whose == NUMBER:
            assert (visit.step, visit.recovered, visit.notice) == (Step.OUTCOME, True, "")
        else:
            assert (visit.step, visit.recovered, visit.notice) == (Step.IDENTIFY, False, "nothing-kept-before")
        assert world.store.contents == {}


def test_a_held_one_is_told_as_held() -> None:
    outcome = came_back(RecordState.NEEDS_PERSON).session.visit.outcome
    assert outcome is not None
    assert outcome.kind is OutcomeKind.HELD


def test_an_answer_for_somebody_who_has_left_reaches_nobody() -> None:
    world = came_back(RecordState.ACKNOWLEDGED)
    send(world, ev.Left(), ev.WentOn())
    assert world.session.visit == Visit()
    world.centre.recalled[0][1](accepted(world, KEY))
    assert world.session.visit == Visit()


def test_what_the_centre_recalls_of_somebody_who_was_disowned_is_told_to_nobody_else() -> None:
    world = came_back(RecordState.ACKNOWLEDGED)
    send(world, ev.PersonDisowned())
    card(world, OTHER_CARD)
    before = world.session.visit
    assert before.person is not None
    assert before.person.number == OTHER_CARD.number
    world.centre.recalled[0][1](accepted(world, KEY))
    assert world.session.visit == before


def test_nobody_counts_as_told_before_the_slip_is_out_or_they_have_left() -> None:
    world = World()
    key = to_outcome(world)
    assert world.store.told == [], "killed now, they would find it again"
    send(world, ev.WentOn())
    assert world.store.told == []
    printed(world)
    assert world.store.told == [key]


def test_who_leaves_without_a_slip_counts_as_told() -> None:
    world = World()
    key = to_outcome(world)
    send(world, ev.Left())
    assert (world.session.visit.step, world.store.told) == (Step.FAREWELL, [key])
    away = World()
    key = to_outcome(away)
    away.wait(600)
    assert (away.session.visit.step, away.store.told) == (Step.ATTRACT, [key])


def test_somebody_elses_submission_never_gets_the_key_of_one_that_was_refused() -> None:
    world = World()
    world.store.trouble = StoreFull()
    to_review(world)
    world.session.submit()
    send(world, ev.WentOn())
    refused = world.session.visit.key
    assert refused
    while world.session.visit.step is not Step.IDENTIFY:
        send(world, ev.WentBack())
    send(world, ev.PersonDisowned())
    assert world.session.visit.key == ""
