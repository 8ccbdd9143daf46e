from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from devices.receipt_printer.slip import Qr
from kiosk.visit.effects import AskCentre, KeepSubmission
from kiosk.visit.outcomes import outcome_of_answer, outcome_of_enquiry
from kiosk.visit.receipt import Around, make_slip
from kiosk.visit.submission import CONSENT_VERSION, Particulars, content_bytes, enquiry, submission
from kiosk.visit.visit import Language, Outcome, OutcomeKind, RuleResult, Step, Visit
from kiosk.visit.working_days import HOLIDAYS, TABLE_YEARS, WORKED_WEEKENDS, after_working_days, is_working_day
from offline_cache.errors import CentreBusy, CentreUnreachable, NothingFound
from offline_cache.reports import SubmissionHeld
from offline_cache.wire import Submission, SubmissionAnswer, Verdict
from tests.kiosk.visit.samples import (
    APPLICATION,
    DEFERRABLE,
    ENQUIRY,
    KEY,
    NOON,
    NUMBER,
    PERSON,
    PHONE,
    PLACE,
    PRINT,
    record,
    slip_lines,
)

RECEIPT = "360830-K03-20261123-000127-7"
TOKEN = "T" * 22
AROUND = Around(PLACE, NOON + timedelta(minutes=1), practice=False, progress_token=TOKEN)
ANSWERS = MappingProxyType({"applicant": PERSON.name, "phone": f" {PHONE} ", "purpose": "用途", "account": "  ", "old": "x"})
KEEP = KeepSubmission(KEY, NOON, DEFERRABLE, PERSON, "card", ANSWERS, promised=True)
PARTICULARS = Particulars(PLACE, "a" * 64, TOKEN, practice=True)


def visit(outcome: Outcome | OutcomeKind, **other: Any) -> Visit:
    whole = Visit(
        step=Step.RECEIPT, item=APPLICATION, person=PERSON, key=KEY, submitted_at=NOON, receipt_number=RECEIPT,
        outcome=outcome if isinstance(outcome, Outcome) else Outcome(outcome),
    )  # fmt: skip
    return replace(whole, **other)


def lines(of: Visit, around: Around = AROUND) -> list[str]:
    slip = make_slip(of, around)
    assert slip is not None
    return slip_lines(slip)


def test_the_receipt_of_a_kept_application_says_all_and_never_that_it_is_accepted() -> None:
    assert lines(visit(OutcomeKind.KEPT)) == [
        "示例县政务服务中心",
        "暂存回执",
        "---",
        f"回执编号: {RECEIPT}",
        "事项: 示例事项",
        "事项编码: SA-009",
        "办理部门: 县示例局",
        "申请人: 欧**例",
        "证件号码: 369***********0015",
        "提交时间: 2026-11-23 12:00:00",
        "状态: 已暂存，尚未受理",
        "承诺时限: 5 个工作日",
        "预计办结: 2026-11-30",
        "结果送达: 短信通知",
        "---",
        "申请已安全保存在本机，会自动提交；办结时限自受理之日起算。受理后可在任意一台自助机用“办件进度查询”查看并打印。",
        f"QR {TOKEN} 扫码查询办理进度",
        "---",
        "打印时间: 2026-11-23 12:01:00",
        "自助机编号: K03",
        "咨询电话: 12345",
    ]


def test_the_receipt_of_an_acceptance_carries_its_number_its_time_and_the_promised_day() -> None:
    at = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
    shown = lines(visit(Outcome(OutcomeKind.ACCEPTED, acceptance_number="360830202611240001", accepted_at=at)))
    assert shown[1] == "受理回执"
    assert {"受理编号: 360830202611240001", "受理时间: 2026-11-24 09:30:00", "办结日期: 2026-12-01", "状态: 已受理"} <= set(shown)
    assert f"回执编号: {RECEIPT}" in shown


def test_promised_materials_stand_on_the_slip_with_their_deadline_and_what_follows() -> None:
    shown = lines(visit(OutcomeKind.KEPT, item=DEFERRABLE, promised=True))
    assert {"· 户口簿", "补交期限: 2026-11-26", "逾期未补交的，申请将被退回。"} <= set(shown)
    assert "· 户口簿" not in lines(visit(OutcomeKind.KEPT, item=DEFERRABLE, promised=False))


def test_an_instant_decision_shows_the_rules_that_decided() -> None:
    rules = (RuleResult("年满16周岁", "Aged 16 or over", met=True), RuleResult("本县户籍", "Registered here", met=False))
    decided = Outcome(OutcomeKind.DECIDED, acceptance_number="1", approved=False, rules=rules)
    shown = lines(visit(decided))
    assert shown[1] == "秒批结果单"
    assert {"结果: 不予批准", "年满16周岁: 符合", "本县户籍: 不符合"} <= set(shown)
    assert not [line for line in shown if line.startswith("承诺时限")]


def test_an_enquiry_prints_the_record_and_a_document_goes_by_its_own_title() -> None:
    found = outcome_of_enquiry(record())
    shown = lines(visit(found, item=ENQUIRY, key="", receipt_number="", submitted_at=None))
    assert shown[1] == "查询结果单"
    assert {"缴存余额: 12345.67", "核验码: VC-778899", "QR VC-778899 扫码核验", "申请人: 欧**例"} <= set(shown)
    assert lines(visit(found, item=PRINT))[1] == "住房公积金缴存证明"


def test_english_slips_are_english_but_for_the_masked_name() -> None:
    shown = lines(visit(OutcomeKind.KEPT, item=DEFERRABLE, promised=True, language=Language.ENGLISH))
    chinese = [line for line in shown if any("\u4e00" <= mark <= "\u9fff" for mark in line)]
    assert chinese == ["Applicant: 欧**例"]


def test_practice_is_marked_at_both_ends_of_the_slip() -> None:
    shown = lines(visit(OutcomeKind.KEPT), replace(AROUND, practice=True))
    assert (shown[0], shown[-1]) == ("练习 · 无效力", "练习 · 无效力")


@pytest.mark.parametrize("kind", [OutcomeKind.NOT_KEPT, OutcomeKind.REJECTED, OutcomeKind.NO_RECORD, OutcomeKind.UNANSWERED])
def test_there_is_no_slip_of_what_was_not_kept_refused_or_not_found(kind: OutcomeKind) -> None:
    assert make_slip(visit(kind), AROUND) is None
    assert make_slip(Visit(), AROUND) is None


def test_the_slip_of_what_staff_must_look_at_does_not_promise_that_it_is_sent() -> None:
    """It may be damaged here: then whoever has the slip applies anew."""
    shown = "".join(lines(visit(OutcomeKind.HELD), AROUND)).replace(" ", "")
    assert "如不能送达，请凭本回执重新申请" in shown
    assert "核对后提交" not in shown


@pytest.mark.parametrize("kind", [OutcomeKind.KEPT, OutcomeKind.HELD, OutcomeKind.ACCEPTED, OutcomeKind.DECIDED])
@pytest.mark.parametrize("language", list(Language))
def test_no_slip_names_the_person_in_full(kind: OutcomeKind, language: Language) -> None:
    slip = make_slip(visit(kind, language=language), AROUND)
    assert slip is not None
    shown = "\n".join(slip_lines(slip))
    assert NUMBER not in shown
    assert PERSON.name not in shown
    assert [block.payload for block in slip.blocks if isinstance(block, Qr)] == [TOKEN]
    assert PERSON.name not in repr(slip)


def test_the_submission_holds_what_was_asked_and_nothing_else() -> None:
    made = submission(KEEP, RECEIPT, PARTICULARS)
    assert made.answers == {"applicant": PERSON.name, "phone": PHONE, "purpose": "用途"}
    assert [(promise.material, promise.due) for promise in made.promises] == [("户口簿", "2026-11-26")]
    assert (made.applicant.proof, made.applicant.name, made.applicant.birth) == ("card", PERSON.name, "")
    assert (made.kiosk, made.item, made.practice, made.consent_version) == ("K03", "SA-010", True, CONSENT_VERSION)
    assert made.submitted_at == NOON


def test_the_same_submission_always_has_the_same_bytes_and_reads_back() -> None:
    content = content_bytes(KEEP, RECEIPT, PARTICULARS)
    assert content == content_bytes(KEEP, RECEIPT, PARTICULARS)
    assert Submission.model_validate_json(content) == submission(KEEP, RECEIPT, PARTICULARS)
    assert content_bytes(KEEP, RECEIPT, replace(PARTICULARS, practice=False)) != content


def test_without_the_tick_nothing_is_promised() -> None:
    assert submission(replace(KEEP, promised=False), RECEIPT, PARTICULARS).promises == ()


def test_an_enquiry_says_how_the_person_proved_to_be_there() -> None:
    asked = enquiry(AskCentre(ENQUIRY, replace(PERSON, birth=date(1990, 3, 7)), "code", MappingProxyType({})))
    assert (asked.applicant.proof, asked.applicant.birth, asked.answers) == ("code", "1990-03-07", {})


def answer(verdict: Verdict, **other: Any) -> SubmissionAnswer:
    return SubmissionAnswer(key=KEY, content_hash="0" * 64, verdict=verdict, **other)


def test_an_acceptance_without_its_number_is_none() -> None:
    assert outcome_of_answer(answer(Verdict.ACCEPTED)) is None
    accepted = outcome_of_answer(answer(Verdict.ACCEPTED, acceptance_number="1"))
    assert accepted is not None
    assert accepted.kind is OutcomeKind.ACCEPTED
    assert outcome_of_answer(answer(Verdict.LATER, retry_after_seconds=3)) is None


def test_a_permanent_refusal_is_held_for_a_person() -> None:
    assert outcome_of_answer(SubmissionHeld(KEY, "content-conflict")) == Outcome(OutcomeKind.HELD, code="content-conflict")


def test_no_record_and_no_answer_are_two_things() -> None:
    assert outcome_of_enquiry(NothingFound()).kind is OutcomeKind.NO_RECORD
    assert outcome_of_enquiry(NothingFound("404", "nothing-found")).kind is OutcomeKind.NO_RECORD
    assert outcome_of_enquiry(NothingFound("404", "item-unknown")) == Outcome(OutcomeKind.UNANSWERED, code="item-unknown")
    assert outcome_of_enquiry(CentreBusy("503", "department-closed")).code == "department-closed"
    assert outcome_of_enquiry(CentreUnreachable()) == Outcome(OutcomeKind.UNANSWERED, code="centre-unreachable")


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 23), 1, date(2026, 11, 24)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 5, date(2026, 12, 4)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2025, 9, 30), 2, date(2025, 10, 10)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
    ],
)
def test_promised_days_are_counted_by_the_working_calendar(start: date, count: int, end: date) -> None:
    assert after_working_days(start, count) == end


def test_the_table_of_holidays_contradicts_neither_itself_nor_the_week() -> None:
    assert not HOLIDAYS & WORKED_WEEKENDS
    assert all(day.weekday() >= 5 for day in WORKED_WEEKENDS)
    assert {day.year for day in HOLIDAYS | WORKED_WEEKENDS} == set(TABLE_YEARS)
    for year, working_days in ((2025, 248), (2026, 248)):
        first = date(year, 1, 1)
        assert sum(is_working_day(first + timedelta(days=number)) for number in range(365)) == working_days
