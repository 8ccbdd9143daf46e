"""The diagnosis: one value, every trouble found, with what to do."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from devices.card_reader.sdt import StatusWord, name_of
from devices.reports import Cover, DeviceKind, DeviceState, DeviceStatus, Paper
from kiosk.errors import CODES
from kiosk.log_events import EVENTS as DECLARED
from kiosk.staff.diagnostics import Disk, Surroundings, as_json, cover_in_words, diagnose, disk_of, paper_in_words
from kiosk.staff.wording import (
    COVERS,
    DEVICE_FACTS,
    EVENTS,
    KINDS,
    PAPERS,
    READER_WORDS,
    RECORD_STATES,
    STATES,
    STEPS,
    duration,
    event_in_words,
    fact_name_in_words,
)
from kiosk.visit.facts import Facts, QueueFacts
from kiosk.visit.visit import Step
from offline_cache.records import RecordState

ROOT = Path(__file__).resolve().parents[3]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HERE = Surroundings(kiosk="K03", version="0.1.0", disk=Disk(10 << 30, 20 << 30))
READER = DeviceStatus("card-reader", DeviceKind.CARD_READER, "sdt", "/dev/ttyUSB0", DeviceState.ONLINE, NOON - timedelta(hours=2))
PRINTER = DeviceStatus(
    "printer",
    DeviceKind.RECEIPT_PRINTER,
    "escpos",
    "/dev/ttyUSB1",
    DeviceState.ONLINE,
    NOON - timedelta(seconds=90),
    paper=Paper.ENOUGH,
    cover=Cover.CLOSED,
)


def facts(*devices: DeviceStatus, online: bool = True, can_keep: bool = True, queue: QueueFacts | None = None) -> Facts:
    return Facts(online, {one.device: one for one in devices}, queue or QueueFacts(), can_keep)


def test_a_kiosk_that_is_well_has_no_troubles() -> None:
    diagnosis = diagnose(facts(READER, PRINTER), HERE, NOON)
    assert diagnosis.troubles == ()
    assert [row.since_seconds for row in diagnosis.devices] == [7200, 90]
    fitted = {DeviceKind.CARD_READER, DeviceKind.RECEIPT_PRINTER}
    assert diagnosis.not_fitted == tuple(kind for kind in DeviceKind if kind not in fitted)


def test_every_trouble_is_found_what_stops_the_kiosk_first() -> None:
    reader = replace(READER, state=DeviceState.NO_DEVICE, trouble="port-missing")
    printer = replace(PRINTER, paper=Paper.NEAR_END)
    queue = QueueFacts(depth=3, oldest_at=NOON - timedelta(minutes=5), needs_person=1, full=True)
    around = replace(HERE, disk=Disk(1 << 20, 1 << 30, 1), clock_offset_ms=-400_000, out_of_service="settings-broken")
    around = replace(around, refused={"log": "chain-broken", "catalogue": "forged", "settings": "forged"})
    around = replace(around, key_copy_left=True)
    around = replace(around, differing=tuple(date(2026, 11, day) for day in (23, 22, 21, 20, 9)))
    diagnosis = diagnose(facts(reader, printer, online=False, can_keep=False, queue=queue), around, NOON)
    assert [(one.where, one.code) for one in diagnosis.troubles] == [
        ("kiosk", "settings-broken"),
        ("store", "cannot-keep"),
        ("queue", "queue-full"),
        ("card-reader", "port-missing"),
        ("printer", "paper-low"),
        ("line", "centre-unreachable"),
        ("queue", "needs-person"),
        ("ledger", "ledger-differs"),
        ("disk", "disk-nearly-full"),
        ("store", "store-set-aside"),
        ("store", "key-copy-left"),
        ("clock", "clock-wrong"),
        ("log", "log-refused"),
        ("catalogue", "catalogue-refused"),
        ("settings", "settings-refused"),
    ]
    whys = {one["where"]: one["why"] for one in as_json(diagnosis)["troubles"]}
    assert whys["ledger"] == "2026-11-23, 2026-11-22, 2026-11-21 and 2 more"
    assert [whys[one] for one in ("log", "catalogue", "settings")] == ["chain-broken", "forged", "forged"]
    assert diagnosis.queue_oldest_seconds == 300
    for one in diagnosis.troubles:
        assert one.code in CODES
        assert one.remedy.steps


def test_a_clock_that_has_lost_its_time_is_found_without_the_centre() -> None:
    for diagnosis in (
        diagnose(facts(), HERE, NOON.replace(year=1970)),
        diagnose(replace(facts(), clock_astray=True), HERE, NOON),
    ):
        assert [(one.where, one.code) for one in diagnosis.troubles] == [("clock", "clock-wrong")]


@pytest.mark.parametrize("code", ["key-missing", "store-foreign", "store-damaged"])
def test_why_the_store_takes_nothing_is_told_where_it_is_not_the_disk(code: str) -> None:
    def found(trouble: str) -> list[tuple[str, str]]:
        around = replace(HERE, store_trouble=trouble)
        return [(one.where, one.code) for one in diagnose(facts(can_keep=False), around, NOON).troubles]

    assert found(code) == [("store", "cannot-keep"), ("store", code)]
    assert found("store-full") == found("store-unwritable") == found("") == [("store", "cannot-keep")]


def test_the_lines_own_trouble_is_told_when_it_is_known() -> None:
    diagnosis = diagnose(facts(online=False), replace(HERE, line_trouble="not-the-centre"), NOON)
    assert [one.code for one in diagnosis.troubles] == ["not-the-centre"]


def test_what_puts_the_kiosk_out_of_service_is_not_told_of_the_line_again() -> None:
    around = replace(HERE, line_trouble="certificate-refused", out_of_service="certificate-refused")
    assert [one.where for one in diagnose(facts(online=False), around, NOON).troubles] == ["kiosk"]


def test_a_device_that_does_not_work_is_a_trouble_even_without_a_code() -> None:
    broken, starting = replace(READER, state=DeviceState.HARDWARE_ERROR), replace(PRINTER, state=DeviceState.STARTING)
    assert [one.where for one in diagnose(facts(broken, starting), HERE, NOON).troubles] == ["card-reader"]


def test_the_last_trouble_stays_with_its_steps_after_it_is_mended() -> None:
    (row,) = diagnose(facts(replace(READER, last_trouble="device-silent", last_trouble_at=NOON)), HERE, NOON).devices
    assert row.remedy is None
    assert row.last_remedy is not None
    assert "115200" in row.last_remedy.steps[0].en


def test_a_clock_set_back_makes_no_negative_ages() -> None:
    (row,) = diagnose(facts(replace(READER, since=NOON + timedelta(days=1))), HERE, NOON).devices
    assert row.since_seconds == 0


def test_the_json_holds_the_same_values_and_can_be_written() -> None:
    silent = replace(READER, state=DeviceState.OFFLINE, trouble="device-silent", facts=(("sam-id", "05.03"),))
    diagnosis = diagnose(facts(silent, PRINTER), HERE, NOON)
    written = json.loads(json.dumps(as_json(diagnosis), ensure_ascii=False))
    device = written["devices"][0]
    assert device["state"] == "offline"
    assert device["state_zh"] == "无应答"
    assert device["since_seconds"] == 7200
    assert device["facts"] == {"sam-id": "05.03"}
    assert device["what_to_do"]["steps_en"] == [step.en for step in diagnosis.troubles[0].remedy.steps]
    assert written["troubles"][0]["where"] == "card-reader"
    assert written["disk"] == {"free_bytes": 10 << 30, "total_bytes": 20 << 30, "damaged_stores": 0}


def test_the_disk_is_asked_and_an_absent_one_is_no_answer(tmp_path: Path) -> None:
    disk = disk_of(tmp_path)
    assert disk is not None
    assert 0 < disk.free_bytes <= disk.total_bytes
    assert disk_of(tmp_path / "absent") is None


@pytest.mark.parametrize("trouble", CODES)
def test_any_code_at_all_can_be_shown(trouble: str) -> None:
    (row,) = diagnose(facts(replace(READER, trouble=trouble)), HERE, NOON).devices
    assert row.remedy is not None
    assert row.remedy.steps


def test_everything_staff_can_meet_has_words() -> None:
    assert set(KINDS) == set(DeviceKind)
    assert set(STATES) == set(DeviceState)
    assert set(PAPERS) == set(Paper)
    assert set(COVERS) == set(Cover)
    assert set(RECORD_STATES) == set(RecordState)
    assert set(STEPS) == {step.value for step in Step}
    assert set(EVENTS) == set(DECLARED)
    assert event_in_words("of-a-newer-version").zh == "of-a-newer-version"


def test_every_fact_that_a_driver_tells_has_words() -> None:
    named = {key for path in (ROOT / "devices").rglob("*.py") for key in facts_named(path)}
    assert {"baud", "slips", "read-ms", "frame", "revision"} <= named
    assert [name for name in sorted(named) if name not in DEVICE_FACTS] == []
    assert fact_name_in_words("refused card-pulled").zh == "未成（读取时证件被拿开）"
    assert fact_name_in_words("refused NOT_PERMITTED").en == "Failed (NOT_PERMITTED)"


def test_every_status_word_of_a_card_reader_has_words() -> None:
    assert set(READER_WORDS) == {*(name_of(word) for word in StatusWord), "new-address-unanswered"}
    assert fact_name_in_words("refused sam-rejected-card").zh == "未成（安全模块不认可卡）"


def facts_named(path: Path) -> Iterator[str]:
    """The keys of every dictionary in a function that tells a driver's health, and of those in what it makes facts of."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and any(makes_facts(inner) for inner in ast.walk(node)):
            yield from keys_in(node)


def makes_facts(node: ast.AST) -> bool:
    named = isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == "facts" for to in node.targets)
    return named or (isinstance(node, ast.keyword) and node.arg == "facts")


def keys_in(function: ast.FunctionDef) -> Iterator[str]:
    """Also of what is put into a dictionary key by key, or is made by `dict(key=…)`."""
    for node in ast.walk(function):
        keys: list[ast.expr | None] = []
        match node:
            case ast.Dict():
                keys = node.keys
            case ast.Subscript(ctx=ast.Store()):
                keys = [node.slice]
            case ast.Call(func=ast.Name(id="dict")):
                yield from (word.arg for word in node.keywords if word.arg is not None)
        yield from (key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "0 秒", "0 s"),
        (0.9, "0 秒", "0 s"),
        (59, "59 秒", "59 s"),
        (60, "1 分钟", "1 min"),
        (65, "1 分钟 5 秒", "1 min 5 s"),
        (3600, "1 小时", "1 h"),
        (3605, "1 小时", "1 h"),
        (19_200, "5 小时 20 分钟", "5 h 20 min"),
        (90_000, "1 天 1 小时", "1 d 1 h"),
        (86_400 * 3 + 59, "3 天", "3 d"),
    ],
)
def test_a_duration_has_its_two_largest_units(seconds: float, zh: str, en: str) -> None:
    assert duration(seconds, "zh") == zh
    assert duration(seconds, "en") == duration(seconds) == en


def test_paper_and_cover_are_told_for_what_has_them() -> None:
    assert paper_in_words(READER) is None
    assert cover_in_words(READER) is None
    assert paper_in_words(PRINTER) == PAPERS[Paper.ENOUGH]
    assert cover_in_words(PRINTER) == COVERS[Cover.CLOSED]
