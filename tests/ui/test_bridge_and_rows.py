"""The crossing of threads, the list model, what keys do to an answer, and the guard against a Qt that eats `None`."""

from __future__ import annotations

import gc
import sys
import threading
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication

from devices.reports import CardLifted
from kiosk.visit.forms import Keypad
from ui.bridge import Bridge
from ui.rehearsal.stage import Stage, facts_with, parts_of
from ui.rows_model import FIRST_ROLE, RowsModel
from ui.typed_answer import with_erased, with_typed
from ui.viewmodels.visit import VisitModel


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    level: int = 0


def test_what_another_thread_hands_over_runs_on_the_gui_thread_in_order(qtbot):
    bridge, heard = Bridge(), []
    gui = threading.get_ident()
    listen = bridge.listener(lambda report: heard.append((report.device, threading.get_ident())))
    thread = threading.Thread(target=lambda: [listen(CardLifted(str(number))) for number in range(50)])
    thread.start()
    thread.join()
    assert heard == []
    qtbot.waitUntil(lambda: len(heard) == 50)
    assert heard == [(str(number), gui) for number in range(50)]


def test_nothing_comes_through_a_closed_bridge(qapp):
    bridge, heard = Bridge(), []
    bridge.call(lambda: heard.append("before"))
    bridge.close()
    bridge.call(lambda: heard.append("after"))
    QCoreApplication.sendPostedEvents(bridge)
    assert heard == []


@settings(max_examples=60)
@given(st.lists(st.lists(st.integers(0, 5), max_size=6), min_size=1, max_size=6))
def test_rows_are_always_what_was_put(lists):
    model = RowsModel(Row)
    for numbers in lists:
        rows = [Row(str(number), number) for number in numbers]
        model.put(rows)
        assert [model.data(model.index(place), FIRST_ROLE) for place in range(model.rowCount())] == [row.name for row in rows]


def test_only_the_row_that_differs_is_told(qtbot):
    model = RowsModel(Row)
    model.put([Row("a"), Row("b"), Row("c")])
    changed, inserted, removed = [], [], []
    model.dataChanged.connect(lambda first, last, _roles: changed.append((first.row(), last.row())))
    model.rowsInserted.connect(lambda *_: inserted.append(1))
    model.rowsRemoved.connect(lambda *_: removed.append(1))
    model.put([Row("a"), Row("b", 1), Row("c")])
    assert (changed, inserted, removed) == ([(1, 1)], [], [])


@pytest.mark.parametrize(
    ("keypad", "keys", "answer"),
    [
        (Keypad.DATE, "20260308", "2026-03-08"),
        (Keypad.DATE, "202603081", "2026-03-08"),
        (Keypad.DATE, "2026", "2026"),
        (Keypad.DECIMAL, ".5", "0.5"),
        (Keypad.DECIMAL, "1.2.3", "1.23"),
        (Keypad.ID_NUMBER, "3699991990030740243", "369999199003074024"),
        (Keypad.ID_NUMBER, "1x", "1X"),
        (Keypad.DIGITS, "138", "138"),
    ],
)
def test_keys_write_what_the_answer_can_hold(keypad, keys, answer):
    text = ""
    for key in keys:
        text = with_typed(keypad, text, key)
    assert text == answer


def test_erasing_a_date_takes_a_digit_and_its_hyphen():
    assert with_erased(Keypad.DATE, "2026-03") == "2026-0"
    assert with_erased(Keypad.DATE, "2026-0") == "2026"
    assert with_erased(Keypad.DIGITS, "12") == "1"


def test_no_reference_to_none_is_lost_by_calls_that_return_nothing(qapp):
    """PySide6 6.12 on Python 3.10 and 3.11 loses one with every such call, and the process dies within minutes."""
    model = RowsModel(Row)
    visit = VisitModel(parts_of(Stage(visit=__import__("kiosk.visit.visit", fromlist=["Visit"]).Visit(), facts=facts_with())))
    index = model.index(0)
    gc.collect()
    gc.disable()  # what earlier tests left would give its references back in the middle
    try:
        before = sys.getrefcount(None)
        for _ in range(2000):
            model.parent()
            visit.parent()
            model.data(index, FIRST_ROLE)
            visit.touched()
            visit.property("no-such-property")
        after = sys.getrefcount(None)
    finally:
        gc.enable()
    assert after > before - 1000
