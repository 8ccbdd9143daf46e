"""Durations, moments and facts of events in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from devices.reports import DeviceKind
from kiosk.log_events import CIPHER, EVENTS, HOW_ENDED, Word
from kiosk.staff.fact_words import EVENT_FACTS, WAYS_ENDED
from kiosk.staff.log_review import LogRow
from kiosk.staff.wording import moment
from ui.rehearsal.stage import NOON
from ui.staff_words import device_facts, row_facts


def test_a_moment_is_in_the_halls_own_time_with_its_date_only_when_it_is_not_today():
    assert moment(datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC), NOON) == "09:02:03"
    assert moment(NOON - timedelta(days=2), NOON) == "2026-11-21 10:28"
    assert moment(datetime(2026, 11, 22, 16, 30, tzinfo=UTC), NOON) == "00:30:00"


def test_every_way_a_visit_ends_has_words():
    assert set(WAYS_ENDED) == HOW_ENDED.words


def test_every_fact_of_every_event_has_a_name_and_its_words_too():
    declared = {(name, kind) for event in EVENTS.values() for name, kind in event.facts.items()}
    assert {name for name, _ in declared} == {*EVENT_FACTS, "device", "code"}
    spoken = {(name, value) for name, kind in declared if isinstance(kind, Word) for value in kind.words if value}
    for name, value in spoken - {("cipher", one) for one in CIPHER.words}:
        told = row_facts(row("unheard-of", {"x": 1, name: value}), "zh")
        assert name in ("device", "code", "from", "to") or told.split()[-1] != value, (name, value)


def row(event, facts, device="", code=""):
    return LogRow(1, NOON, event, "", device, code, facts, bool(code))


def test_a_step_is_told_from_where_to_where():
    told = row_facts(row("visit-step", {"from": "guide", "to": "consent", "item": "SI-101"}), "zh")
    assert told == "办事指南 → 告知与同意 · 事项 SI-101"


def test_a_trouble_is_told_in_words_behind_its_device():
    facts = {"device": "code-scanner", "kind": "code-scanner", "state": "no-device", "code": "port-missing"}
    told = row_facts(row("device-state", facts, "code-scanner", "port-missing"), "en")
    assert told.startswith("Code scanner · Nothing is plugged in")
    assert "state Not plugged in" in told
    assert told.count("scanner") == 1


def test_a_device_with_a_name_of_its_own_is_told_by_kind_and_name_and_an_unknown_one_by_name():
    read = row("card-read", {"device": "left"}, "left")
    assert row_facts(read, "zh", {"left": DeviceKind.CARD_READER}) == "身份证读卡器 left"
    assert row_facts(read, "zh") == "left"


def test_a_fact_of_another_version_keeps_its_name_and_value():
    assert (
        row_facts(row("unheard-of", {"colour": "blue", "step": "dance", "state": "odd"}), "zh")
        == "colour blue · 步骤 dance · 状态 odd"
    )


def test_empty_facts_are_left_out_and_long_keys_are_cut():
    told = row_facts(row("submission-kept", {"key": "01938f00-0000-7000-8000-000000000001", "item": ""}), "zh")
    assert told == "办件 01938f00…"


def test_facts_of_a_device_are_one_line():
    assert (
        device_facts((("baud", "115200"), ("sam-id", ""), ("odd", "1"), ("answers-status", "yes")), "zh")
        == "波特率 115200 · odd 1 · 状态应答 是"
    )
