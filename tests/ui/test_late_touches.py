"""A machine that crawls or stood still: what was touched meanwhile comes all at once, and is meant for what was seen then."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest

from kiosk.visit.visit import Outcome, OutcomeKind, Printing, Step
from ui.rehearsal.situations import PERSON, answers_of, at, ended, instant
from ui.rehearsal.stage import facts_with


@pytest.fixture(scope="module")
def finger(qapp):
    return QTest.createTouchDevice()


def touch_at_once(hall, finger, name, times):
    """As the windowing system hands over what has waited there: one after the other, and no picture between two."""
    window = hall.screens.window
    item = hall.item(name)
    place = item.mapToScene(item.boundingRect().center()).toPoint()
    for _ in range(times):
        QTest.touchEvent(window, finger, False).press(0, place, window).commit(False)
        QTest.touchEvent(window, finger, False).release(0, place, window).commit(False)
    hall.settle()


def test_nobody_submits_by_touching_next_again_and_again(hall, finger):
    item = instant()
    last = len(item.form) - 1
    hall.scene(at(Step.FORM, item, facts_with()), group=last, answers=answers_of(item, PERSON))
    touch_at_once(hall, finger, "main", 6)
    assert hall.stage.visit.step is Step.REVIEW
    touch_at_once(hall, finger, "main", 1)
    assert hall.stage.visit.step is not Step.REVIEW, "one that was seen takes the touch"


def test_touching_done_again_and_again_does_not_skip_the_rating(hall, finger):
    """完成 and 跳过 lie in one place."""
    visit = ended(instant(), Outcome(OutcomeKind.KEPT), facts_with())
    hall.scene(visit, step=Step.RECEIPT, printing=Printing.PRINTED, printed_state=OutcomeKind.KEPT.value)
    touch_at_once(hall, finger, "main", 4)
    assert hall.stage.visit.step is Step.RATING


def test_whoever_touches_on_and_on_is_still_at_the_page_before(hall, finger):
    hall.scene(at(Step.REVIEW, instant(), facts_with()))
    window = hall.screens.window
    window.setProperty("seenAfterMs", 3_600_000)
    try:
        touch_at_once(hall, finger, "back", 1)
        page = hall.stage.visit
        assert page.step is not Step.REVIEW
        seen = window.findChild(QObject, "seen")
        assert seen.property("running"), "the page is drawn"
        begun = []
        seen.runningChanged.connect(lambda: begun.append(seen.property("running")))
        touch_at_once(hall, finger, "main", 2)
        assert begun == [False, True] * 2, "each touch begins the wait anew"
        assert hall.stage.visit == page
    finally:
        window.setProperty("seenAfterMs", 0)
        hall.screens.visit.pageTurned.emit()
        hall.settle()
