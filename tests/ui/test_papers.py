"""The screen of papers: every touch says what it should, the page shown is the newest, and none stays behind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QSize
from PySide6.QtQuick import QQuickItem

from kiosk.visit import events as ev
from kiosk.visit.visit import Page, Step, Visit
from ui.memory_picture import MemoryPicture
from ui.rehearsal.painted_sheet import sample_page
from ui.rehearsal.situations import Situation, situations

if TYPE_CHECKING:
    from tests.ui.conftest import Hall


def scene(name: str) -> Situation:
    return next(situation for situation in situations() if situation.name == name)


def heard(hall: Hall, name: str, *touches: str) -> list[ev.Event]:
    situation = scene(name)
    hall.scene(situation.visit, situation.facts)
    for touch in touches:
        hall.touch(touch)
    return [event for event in hall.stage.heard if not isinstance(event, ev.Touched)]


@pytest.mark.parametrize(
    ("name", "touch", "said"),
    [
        ("32-papers-good", "main", ev.PageAsked()),
        ("32-papers-good", "paper-2", ev.PaperOpened(2)),
        ("32-papers-later", "paper-later", ev.PaperDeferred()),
        ("32-papers-taken", "page-another", ev.PageAdded()),
        ("32-papers-taken", "page-again", ev.PageDropped()),
        ("32-papers-taken", "main", ev.WentOn()),
    ],
)
def test_each_touch_says_what_it_should(hall: Hall, name: str, touch: str, said: ev.Event) -> None:
    assert heard(hall, name, touch) == [said]


def test_a_paper_can_be_changed_from_the_review(hall: Hall) -> None:
    situation = scene("33-review-with-papers")
    hall.scene(situation.visit, situation.facts)
    review: Any = hall.screens.models["review"]
    assert [row.place for row in review.papers.rows] == [1, 2]
    review.editPaper(1)
    assert hall.stage.heard == [ev.PaperOpened(1)]


def address(hall: Hall) -> str:
    """Of the picture shown."""
    picture = hall.item("page-taken")
    assert isinstance(picture, QQuickItem)
    return str(picture.property("source").toString())


@pytest.mark.parametrize("name", ["32-papers-capturing", "32-papers-camera-lost"])
def test_no_page_is_asked_for_while_none_can_be_taken(hall: Hall, name: str) -> None:
    assert heard(hall, name, "main") == []


def test_a_camera_that_comes_back_gives_its_button_back(hall: Hall) -> None:
    lost, good = scene("32-papers-camera-lost"), scene("32-papers-good")
    hall.scene(replace(lost.visit, notice=""), lost.facts)
    assert hall.item("main").isEnabled() is False
    hall.stage.put(facts=good.facts)
    hall.settle()
    assert hall.item("main").isEnabled() is True


def test_a_further_page_can_be_given_up_and_puts_off_nothing(hall: Hall) -> None:
    taken = scene("32-papers-taken")
    hall.scene(replace(taken.visit, framing=True), taken.facts)
    hall.touch("page-enough")
    assert [event for event in hall.stage.heard if not isinstance(event, ev.Touched)] == [ev.WentBack()]
    later = hall.item("paper-later")
    assert later is None or not later.isVisible()


def test_a_paper_that_is_lacking_is_named_on_the_review(hall: Hall) -> None:
    situation = scene("33-review-with-papers")
    hall.scene(replace(situation.visit, pages=()), situation.facts)
    review: Any = hall.screens.models["review"]
    assert review.lackingMaterials == ["场所平面布置图原件"]
    hall.scene(situation.visit, situation.facts)
    assert review.lackingMaterials == []


def test_a_required_paper_offers_no_later(hall: Hall) -> None:
    situation = scene("32-papers-waiting")
    hall.scene(situation.visit, situation.facts)
    later = hall.item("paper-later")
    assert later is None or not later.isVisible()


def test_the_page_that_is_shown_is_the_one_taken_last_and_goes_with_the_visit(hall: Hall) -> None:
    situation = scene("32-papers-taken")
    hall.scene(situation.visit, situation.facts)
    first = address(hall)
    model: Any = hall.screens.models["materials"]
    assert model.page_jpeg() == sample_page()
    other = replace(situation.visit, pages=(*situation.visit.pages, Page.of(situation.visit.material, b"other")))
    hall.scene(other, situation.facts)
    assert (address(hall) != first, model.page_jpeg()) == (True, b"other")
    hall.scene(Visit(), situation.facts)
    assert (situation.visit.step, model.page_jpeg()) == (Step.MATERIALS, b"")


def test_what_is_no_picture_is_drawn_as_nothing(qapp: object) -> None:
    size = QSize()
    for content in (b"", b"no picture"):
        image = MemoryPicture(lambda content=content: content).requestImage("1", size, QSize(300, 0))
        assert (image.width(), image.pixelColor(0, 0).alpha(), size.width()) == (1, 0, 1)
    drawn = MemoryPicture(sample_page).requestImage("2", size, QSize(300, 0))
    assert (drawn.width(), size.width()) == (300, 300)
