"""`kiosk diagnose` in words: as much as --json and the technician's page, in the language asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from devices.reports import Cover, DeviceKind, DeviceState, DeviceStatus, Paper
from kiosk.commands.options import Exit
from kiosk.staff.diagnostics import Disk, Surroundings, as_json, diagnose
from kiosk.staff.wording import RECORD_STATES, REPORT
from kiosk.visit.facts import Facts, QueueFacts
from offline_cache.hall_time import HALL_TIME
from offline_cache.records import RecordState

Run = Callable[..., Any]
NOW = datetime(2026, 11, 23, 2, 28, tzinfo=UTC)
READER = DeviceStatus(
    "card-reader",
    DeviceKind.CARD_READER,
    "sdt",
    "/dev/kiosk-card-reader",
    DeviceState.ONLINE,
    NOW - timedelta(hours=5),
    last_trouble="device-unplugged",
    last_trouble_at=NOW - timedelta(hours=6),
    facts=(("baud", "115200"), ("reads", "187"), ("sam-id", "05.03-20260301-0001180021")),
)
PRINTER = replace(
    READER,
    device="receipt-printer",
    kind=DeviceKind.RECEIPT_PRINTER,
    model="escpos",
    port="/dev/usb/lp0",
    last_trouble="",
    last_trouble_at=None,
    paper=Paper.NEAR_END,
    cover=Cover.CLOSED,
    facts=(("answers-status", "yes"), ("slips", "41")),
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def local(moment: datetime) -> str:
    return f"{moment.astimezone(HALL_TIME):%Y-%m-%d %H:%M:%S}"


@pytest.fixture
def told(run: Run, settings_file: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """What the command prints of a running kiosk with these two devices."""
    around = Surroundings(
        "K03",
        "0.2.0",
        disk=Disk(18 << 30, 60 << 30),
        line_since=NOW - timedelta(minutes=42),
        sent_at=NOW - timedelta(seconds=18),
        next_try_at=NOW + timedelta(seconds=95),
        refused={"log": "chain-broken"},
    )
    facts = Facts(
        online=True,
        devices={status.device: status for status in (READER, PRINTER)},
        queue=QueueFacts(depth=3, oldest_at=NOW - timedelta(minutes=42), kept=58, acknowledged=54),
    )
    diagnosis = as_json(diagnose(facts, around, NOW))
    monkeypatch.setattr("kiosk.local_socket.ask", lambda *_: {"ok": True, "diagnosis": diagnosis})

    def say(language: str) -> str:
        said = run("diagnose", language, "--settings", settings_file)
        assert said.status == Exit.TROUBLE  # the paper is nearly used up
        return str(said.out)

    return say


def test_paper_cover_facts_and_the_time_of_the_last_trouble_are_told(told: Callable[[str], str]) -> None:
    said = told("--english")
    assert f"(device-unplugged {local(NOW - timedelta(hours=6))})" in said
    assert "Baud 115200 · Cards read 187 · SAM number 05.03-20260301-0001180021" in said
    assert "Paper Nearly used up · Cover Closed · Answers status yes · Slips printed 41" in said
    assert CHINESE.search(said) is None


def test_what_the_centre_does_not_take_is_told_with_what_lies_behind_it(told: Callable[[str], str]) -> None:
    assert (
        "log: The centre does not take this kiosk's event log, or signs it with another key [log-refused] (chain-broken)\n  → "
        in told("--english")
    )
    assert "log: 中心不接收本机的日志，或换了签名密钥 [log-refused] (chain-broken)\n  → " in told("--chinese")
    for language in ("--english", "--chinese"):
        assert "kiosk enrol --again" in told(language), "where events are gone here nothing else has the log taken again"


def test_a_line_that_is_tried_for_the_first_time_is_down_with_a_code_too(
    run: Run, settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    diagnosis = as_json(diagnose(Facts(), Surroundings("K03", "0.2.0"), NOW))
    monkeypatch.setattr("kiosk.local_socket.ask", lambda *_: {"ok": True, "diagnosis": diagnosis})
    assert "line  down: centre-unreachable\n" in run("diagnose", "--english", "--settings", settings_file).out


def test_times_are_the_halls(told: Callable[[str], str]) -> None:
    said = told("--english")
    assert f"line  up, since {local(NOW - timedelta(minutes=42))}" in said
    assert f"the centre last answered {local(NOW - timedelta(seconds=18))}, next try {local(NOW + timedelta(seconds=95))}" in said
    assert "T02:" not in said
    assert "+00:00" not in said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_needs_a_person_is_not_counted_among_what_is_said_to_wait_for_sending(language: str) -> None:
    words = REPORT["queue"].in_language(language).format(depth=3, oldest="1 h", kept=5, acknowledged=2, needs_person=1)
    assert RECORD_STATES[RecordState.QUEUED].in_language(language).lower() not in words
    assert ("未送达 3" if language == "zh" else "3 undelivered") in words


def test_in_chinese_the_headings_and_the_lines_are_chinese_too(told: Callable[[str], str]) -> None:
    said = told("--chinese")
    for words in (
        "终端 K03  版本 0.2.0",
        f"线路 正常，自 {local(NOW - timedelta(minutes=42))}",
        "中心上次应答",
        "队列  未送达 3（最久 42 分钟），已暂存 58，中心已确认 54，需人工处理 0",
        "磁盘  剩余 19.3 GB，共 64.4 GB",
        "故障（上次）",
        "5 小时",
        "纸 将用完 · 上盖 已合上 · 状态应答 是 · 已打印 41",
        "波特率 115200 · 已读卡 187 · 安全模块号",
    ):
        assert words in said
    for english in ("queue", "disk", "waiting", "since", "state", "port ", " min", "Cover"):
        assert english not in said
