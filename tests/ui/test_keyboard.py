"""The Chinese keyboard, touched like a resident touches it, and what is left of it afterwards: nothing."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QJSEngine, qmlEngine

from kiosk.catalogue.model import AnswerKind
from kiosk.visit.events import Answered
from kiosk.visit.visit import Step, Visit
from ui.pinyin import PinyinTrouble
from ui.rehearsal.layout import complaints_about
from ui.rehearsal.situations import at, item_that
from ui.rehearsal.stage import Stage, facts_with, parts_of
from ui.viewmodels.form import FormModel
from ui.viewmodels.keyboard import KeyboardModel

CHINESE = (AnswerKind.NAME, AnswerKind.TEXT)
SMALLEST_KEY = 88
PATIENCE_SECONDS = 30.0


def fields_of(item, group=0):
    return [field.name for field in item.form[group].fields if field.kind in CHINESE and field.from_card is None]


def is_typed_here(item):
    """The first page has a Chinese field and another open question."""
    return bool(item.form) and bool(fields_of(item)) and sum(field.from_card is None for field in item.form[0].fields) > 1


ITEM = item_that(is_typed_here)
FIELD = fields_of(ITEM)[0]


@pytest.fixture
def form(hall):
    if hall.screens.keyboard.property("pinyinMissing"):
        pytest.skip("libgooglepinyin0 is not installed here")
    hall.resize(QSize(1080, 1920))
    hall.scene(at(Step.FORM, ITEM, facts_with()))
    hall.screens.models["form"].open(FIELD)
    hall.settle()
    return hall


def type_letters(hall, letters):
    for letter in letters:
        hall.touch(f"key-{letter.upper()}")


def answer(hall):
    return hall.stage.visit.answers.get(FIELD, "")


def test_a_name_is_typed_in_pinyin_and_its_characters_touched(form):
    type_letters(form, "zhangwei")
    assert form.item("composition").property("text") == "zhangwei"
    form.touch("candidate-0")
    assert answer(form) == "张伟"
    assert form.item("composition") is None


def test_it_writes_through_the_form_as_answers(form):
    type_letters(form, "zhang")
    form.touch("candidate-0")
    assert [event.text for event in form.stage.heard if isinstance(event, Answered)] == ["张"]


def test_a_character_at_a_time_leaves_the_other_syllables(form):
    type_letters(form, "zhangwei")
    form.touch("candidate-1")
    assert answer(form) == "张"
    assert form.item("composition").property("text") == "wei"


def test_the_space_key_takes_the_first_candidate_and_else_writes_a_space(form):
    type_letters(form, "chaoyangqu")
    form.touch("key-space")
    assert answer(form) == "朝阳区"


def test_backspace_takes_letters_first_and_then_characters(form):
    type_letters(form, "zhang")
    form.touch("candidate-0")
    type_letters(form, "we")
    form.touch("key-erase")
    assert form.item("composition").property("text") == "w"
    form.touch("key-erase")
    assert answer(form) == "张"
    form.touch("key-erase")
    assert answer(form) == ""


def test_candidates_are_turned_by_keys(form):
    type_letters(form, "shi")
    first = form.item("candidates")
    form.touch("candidates-later")
    assert first.property("contentX") > 0
    form.touch("candidates-earlier")
    assert first.property("contentX") == 0


def test_digits_and_marks_have_their_own_keys(form):
    form.touch("key-marks")
    form.touch("key-1")
    form.touch("key-2")
    form.touch("key-#")
    assert answer(form) == "12#"


def test_marks_are_chinese_while_chinese_is_typed(form):
    form.touch("key-marks")
    form.touch("key-,")
    form.touch("key-marks")
    form.touch("key-language")
    form.touch("key-marks")
    form.touch("key-,")
    assert answer(form) == "，,"


def test_letters_are_written_as_they_are_after_the_switch(form):
    form.touch("key-language")
    form.touch("key-shift")
    type_letters(form, "Ab")
    assert answer(form) == "Ab"


def test_going_on_finishes_what_is_being_composed(form):
    type_letters(form, "zhangwei")
    form.touch("main")
    assert answer(form) == "张伟"


def test_letters_that_are_no_pinyin_are_not_lost(form):
    type_letters(form, "vv")
    assert form.item("no-candidates") is not None
    form.touch("key-space")
    assert answer(form) == "vv"


def test_next_field_finishes_and_goes_on(form):
    type_letters(form, "li")
    form.touch("key-done")
    assert answer(form) != ""
    assert form.screens.models["form"].property("current") != FIELD


def test_another_question_begins_with_nothing_composed(form):
    keyboard = form.screens.models["keyboard"]
    type_letters(form, "zhangwei")
    form.screens.models["form"].open(next(field.name for field in ITEM.form[0].fields if field.name != FIELD))
    assert keyboard.property("letters") == ""
    assert keyboard.property("candidates").rowCount() == 0


def test_nothing_of_a_visit_survives_in_the_keyboard_or_the_clipboard(form):
    keyboard = form.screens.models["keyboard"]
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("before")
    type_letters(form, "zhangwei")
    form.touch("key-language")
    type_letters(form, "wang")
    form.touch("key-language")
    type_letters(form, "zhangwei")
    form.stage.put(Visit())
    form.settle()
    assert keyboard.property("letters") == ""
    assert keyboard.property("candidates").rowCount() == 0
    assert keyboard.property("chinese")
    assert clipboard.text() == "before"


def test_what_qml_alone_would_keep_goes_once_the_visit_is_over(form):
    gone = []
    kept = QObject()
    kept.destroyed.connect(lambda: gone.append(True))
    QJSEngine.setObjectOwnership(kept, QJSEngine.ObjectOwnership.JavaScriptOwnership)
    qmlEngine(form.screens.window).newQObject(kept)  # garbage at once, like a text that a binding has made
    form.settle()
    assert gone == []
    form.screens.forget()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not gone and time.monotonic() < deadline:
        form.settle()
    assert gone == [True]


@pytest.mark.parametrize("size", [QSize(1080, 1920), QSize(1920, 1080)], ids=["portrait", "landscape"])
@pytest.mark.parametrize("large", [False, True], ids=["standard", "large"])
def test_every_key_is_large_enough_and_none_lies_over_another(form, size, large):
    form.resize(size)
    form.scene(at(Step.FORM, ITEM, facts_with()), large_text=large)
    form.screens.models["form"].open(FIELD)
    form.settle()
    type_letters(form, "shi")
    for letter in "QWERTYUIOPASDFGHJKLZXCVBNM":
        key = form.item(f"key-{letter}")
        assert key.width() >= SMALLEST_KEY - 0.5, letter
        assert key.height() >= SMALLEST_KEY, letter
    assert complaints_about(form.screens.window) == []


def test_without_the_library_letters_stay_and_the_form_says_so():
    stage = Stage(at(Step.FORM, ITEM, facts_with()), facts_with())
    parts = parts_of(stage)
    form = FormModel(parts)
    keyboard = KeyboardModel(parts, form, PinyinTrouble.LIBRARY_MISSING)
    form.open(FIELD)
    keyboard.switchLanguage()
    for letter in "Li":
        keyboard.letter(letter)
    assert keyboard.property("pinyinMissing")
    assert not keyboard.property("chinese")
    assert stage.visit.answers[FIELD] == "li"
