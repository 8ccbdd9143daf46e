"""The queue for staff: ages and words, nothing opened."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.errors import CENTRE_CODES, error_tree
from kiosk.staff.queue_review import match_row, match_to_show, queue_row, queue_rows, queue_summary, row_as_json, summary_as_json
from offline_cache.attachments import Attachments
from offline_cache.database import open_store
from offline_cache.errors import AttachmentLost, CentreError, KeyWrong, RecordDamaged, StoreDamaged
from offline_cache.ledger_match import DayMatch
from offline_cache.records import Attached, CancelReason, RecordFacts, RecordState, Tally

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MS = int(NOON.timestamp() * 1000)
FACTS = RecordFacts(
    key="01934b5c-7d2e-7abc-8def-0123456789ab",
    receipt_number="369999-K03-20261123-000001-7",
    item="GJ-001",
    state=RecordState.QUEUED,
    content_hash="0" * 64,
    size_bytes=900,
    kept_at_ms=MS - 65_000,
    next_try_at_ms=MS + 4_000,
    tries=2,
    trouble="centre-unreachable",
    settled_at_ms=None,
    acceptance_number="",
    accepted_at="",
    printed_at_ms=None,
    reason="",
    erased=False,
)


def test_a_row_tells_its_age_its_next_try_and_what_to_do() -> None:
    row = queue_row(FACTS, NOON)
    assert row.age_seconds == 65
    assert row.next_try_at == NOON + timedelta(seconds=4)
    assert row.state_in_words.zh == "待发送"
    assert row.remedy is not None
    assert not row.printed


def test_what_is_over_needs_nothing_done() -> None:
    over = queue_row(replace(FACTS, state=RecordState.ACKNOWLEDGED, settled_at_ms=MS, erased=True), NOON)
    assert over.remedy is None
    assert over.next_try_at is None
    assert over.settled_at == NOON


def test_a_trouble_of_a_newer_program_cannot_bring_words_with_it() -> None:
    assert queue_row(replace(FACTS, trouble="张三 was here"), NOON).trouble == "unlisted-code"


@pytest.mark.parametrize(
    "code",
    [
        *(code for code in CENTRE_CODES if not re.match("enrolment-code|credential|chain|item-not-asked|answers-wrong", code)),
        *(kind.code for kind in error_tree(CentreError) if kind is not CentreError),
        *("department-closed", "item-unknown", "unlisted-code"),
        *(StoreDamaged.code, RecordDamaged.code, AttachmentLost.code, KeyWrong.code),
    ],
)
def test_whatever_keeps_a_submission_is_told_in_words_in_both_languages(code: str) -> None:
    row = queue_row(replace(FACTS, trouble=code), NOON)
    assert row.trouble == code
    assert row.remedy is not None
    assert code not in row.remedy.says.zh


def test_rows_keep_their_order_and_never_have_a_negative_age(tmp_path: Path) -> None:
    later = replace(FACTS, key="b", kept_at_ms=MS + 5_000)
    with closing(open_store(tmp_path / "store.db")) as connection:
        rows = queue_rows((later, FACTS), NOON, Attachments(connection))
    assert [(row.key, row.age_seconds) for row in rows] == [("b", 0), (FACTS.key, 65)]


def test_one_line_tells_all_else_that_staff_may_know() -> None:
    attached = (Attached(0, "a" * 64, 10, sent=True), Attached(1, "b" * 64, 10, sent=False))
    row = queue_row(FACTS, NOON, attached)
    assert row.waits
    assert row.about.zh == "回执未打印，附件 2 份，已送 1 份，900 字节"
    over = replace(FACTS, state=RecordState.ACKNOWLEDGED, acceptance_number="A-1", printed_at_ms=MS, erased=True)
    assert queue_row(over, NOON).about.en == "acceptance number A-1, receipt printed, content erased"
    cancelled = replace(FACTS, state=RecordState.CANCELLED, reason=CancelReason.HANDED_IN)
    assert queue_row(cancelled, NOON).about.zh.startswith("撤出原因：已到窗口办理，")
    assert not queue_row(cancelled, NOON).waits


def test_the_summary_tells_depth_and_oldest_age() -> None:
    summary = queue_summary(Tally(kept=5, waiting=2, needs_person=1, acknowledged=2, oldest_at_ms=MS - 3_600_000), NOON)
    assert summary.depth == 3
    assert summary.oldest_seconds == 3600
    assert summary_as_json(summary)["depth"] == 3
    assert queue_summary(Tally(), NOON).oldest_seconds == 0


def test_the_json_of_a_row_has_every_fact() -> None:
    written = row_as_json(queue_row(FACTS, NOON))
    assert written["state"] == "queued"
    assert written["kept_at"] == "2026-11-23T11:58:55+00:00"
    assert written["next_try_at"] == "2026-11-23T12:00:04+00:00"
    assert written["settled_at"] is None


def test_a_day_that_differs_is_shown_before_later_ones_that_agree() -> None:
    today = DayMatch(date(2026, 11, 23), MS, 2, 2, 0)
    before = DayMatch(date(2026, 11, 22), MS, 3, 2, 0, missing=("k",))
    oldest = DayMatch(date(2026, 11, 21), MS, 3, 3, 0, doubled=("k",))
    assert match_to_show((today, before, oldest)) == match_row(before)
    assert match_to_show((today,)) == match_row(today)
    assert match_to_show(()) is None
