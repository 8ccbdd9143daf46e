"""From the centre's answers, and from its silence, to how a submission or an enquiry ended; pure, in every thread."""

from __future__ import annotations

from kiosk.visit.visit import CorrectionAsked, Outcome, OutcomeKind, Record, RecordLine, RuleResult
from offline_cache.errors import CacheError, NothingFound
from offline_cache.wire import EnquiryRecord, SubmissionAnswer, Verdict

KINDS = {
    Verdict.ACCEPTED: OutcomeKind.ACCEPTED,
    Verdict.DECIDED: OutcomeKind.DECIDED,
    Verdict.REJECTED: OutcomeKind.REJECTED,
}


def outcome_of_answer(answer: SubmissionAnswer | CacheError) -> Outcome | None:
    """What the centre's answer to a submission means; None while it only asks for patience.

    An error here is a permanent refusal that waits for a person: the submission stays in the queue.
    """
    if isinstance(answer, CacheError):
        return Outcome(OutcomeKind.HELD, code=answer.code)
    kind = KINDS.get(answer.verdict)
    if kind is None:
        return None
    if kind is not OutcomeKind.REJECTED and not answer.acceptance_number:
        return None  # 受理 is never said without the number that proves it
    return Outcome(
        kind,
        acceptance_number=answer.acceptance_number,
        accepted_at=answer.accepted_at,
        approved=answer.approved,
        rules=tuple(RuleResult(rule.zh, rule.en, rule.met) for rule in answer.rules),
        corrections=tuple(CorrectionAsked(asked.field, asked.zh, asked.en) for asked in answer.corrections),
        code=answer.reason,
    )


def outcome_of_enquiry(answer: EnquiryRecord | CacheError) -> Outcome:
    """The department's record, that it has none, or why there was no answer."""
    if isinstance(answer, NothingFound):
        return Outcome(OutcomeKind.NO_RECORD, code="no-record")
    if isinstance(answer, CacheError):
        return Outcome(OutcomeKind.UNANSWERED, code=answer.code)
    lines = tuple(RecordLine(row.zh, row.en, row.value) for row in answer.rows)
    record = Record(answer.title_zh, answer.title_en, lines, answer.issued_at, answer.verification_code)
    return Outcome(OutcomeKind.RECORD, record=record)
