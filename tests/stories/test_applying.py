"""Applying, with the line as it may be: what a resident submits is in the ledger once, and what they hold says so."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.visit import events as ev
from kiosk.visit.flow import better_slip_waits
from kiosk.visit.visit import Obstacle, OutcomeKind, Step
from offline_cache.emulated_line import EmulatedLine, Faults
from offline_cache.records import RecordState
from tests.stories.stand import PRINT, Stand


def test_a_card_on_the_reader_becomes_an_application_in_the_centres_ledger(stand: Stand, ledger: Any) -> None:
    stand.to_review()
    key = stand.submit()
    stand.until(lambda: stand.outcome() is OutcomeKind.ACCEPTED)
    (entry,) = ledger()
    assert stand.visit.outcome is not None
    assert (entry.key, entry.practice) == (key, True)
    assert entry.acceptance_number == stand.visit.outcome.acceptance_number != ""
    stand.take_receipt()
    says = stand.slip_says()
    assert entry.receipt_number == stand.visit.receipt_number
    assert entry.receipt_number in says
    assert entry.acceptance_number in says
    stand.leave()
    stand.until(lambda: stand.rows()[0].erased)
    row = stand.rows()[0]
    assert (row.key, row.state) == (key, RecordState.ACKNOWLEDGED)
    stand.until(lambda: stand.rows()[0].printed_at_ms)


def test_cut_before_submitting_it_is_kept_and_when_healed_accepted_once_and_reprinted(
    stand: Stand, ledger: Any, line: EmulatedLine
) -> None:
    stand.to_review()
    line.down()
    key = stand.submit()
    assert stand.outcome() is OutcomeKind.KEPT
    assert ledger() == []
    stand.until(lambda: stand.facts.queue.depth == 1 and not stand.facts.online)
    stand.take_receipt()
    assert "暂存" in stand.slip_says()
    line.up()
    stand.until(lambda: stand.outcome() is OutcomeKind.ACCEPTED)
    assert [entry.key for entry in ledger()] == [key]
    assert better_slip_waits(stand.visit)
    stand.take_receipt()
    assert ledger()[0].acceptance_number in stand.slip_says()
    assert not better_slip_waits(stand.visit)
    stand.until(lambda: stand.facts.queue.depth == 0)
    assert stand.until_logged("queue-drained", kept=1, acknowledged=1)


def test_lost_after_submitting_and_before_the_answer_it_is_in_the_ledger_once(
    stand: Stand, ledger: Any, line: EmulatedLine
) -> None:
    stand.to_review()
    line.misbehave(Faults(cut_after_bytes=40))
    key = stand.submit()
    assert stand.outcome() is OutcomeKind.KEPT
    assert [entry.key for entry in ledger()] == [key]
    assert stand.facts.queue.depth == 1
    line.up()
    stand.until(lambda: stand.outcome() is OutcomeKind.ACCEPTED)
    assert [entry.key for entry in ledger()] == [key]
    assert stand.visit.outcome is not None
    assert stand.visit.outcome.acceptance_number == ledger()[0].acceptance_number


@pytest.mark.parametrize("fault", [Faults(portal=True), Faults(hanging=True)], ids=["a-portals-page", "a-hanging-centre"])
def test_an_answer_that_is_not_the_centres_counts_for_nothing(build: Any, centre: Any, line: EmulatedLine, fault: Faults) -> None:
    stand = build(read_timeout_seconds=1.0).start()
    stand.to_review()
    line.misbehave(fault)
    key = stand.submit()
    assert stand.outcome() is OutcomeKind.KEPT
    stand.until(lambda: not stand.facts.online)
    assert centre.ledger(stand.settings.kiosk.number) == []
    assert stand.rows()[0].state is not RecordState.ACKNOWLEDGED
    line.up()
    stand.until(lambda: stand.outcome() is OutcomeKind.ACCEPTED)
    assert [entry.key for entry in centre.ledger(stand.settings.kiosk.number)] == [key]


def test_a_document_is_printed_online_and_refused_at_its_guide_while_offline(build: Any, line: EmulatedLine) -> None:
    stand = build(heartbeat_seconds=0.3).start()
    stand.to_identify(PRINT)
    stand.lay_card()
    stand.send(ev.WentOn())
    stand.until(lambda: stand.visit.step is Step.OUTCOME)
    assert stand.outcome() is OutcomeKind.RECORD
    stand.take_receipt()
    stand.leave()
    line.down()
    stand.until(lambda: not stand.facts.online)
    stand.to_guide(PRINT)
    assert stand.visit.obstacles == (Obstacle("offline-needs-centre", blocking=True),)
    stand.send(ev.WentOn())
    assert stand.visit.step is Step.GUIDE
    line.up()
    stand.until(lambda: stand.visit.obstacles == ())
    assert stand.rows() == ()


def test_the_diagnosis_tells_when_the_centre_last_answered_and_when_it_is_tried_next(stand: Stand, line: EmulatedLine) -> None:
    around = stand.kiosk.diagnosis().surroundings
    assert around.sent_at is not None
    line.down()
    stand.to_review()
    stand.submit()
    stand.until(lambda: stand.kiosk.diagnosis().surroundings.line_trouble == "centre-unreachable")
    told = stand.kiosk.diagnosis().surroundings
    assert told.sent_at is not None
    assert told.next_try_at is not None
    assert told.next_try_at > told.sent_at
    line.up()
