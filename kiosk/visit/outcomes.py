"""From the centre's answers, and from its silence, to how a submission or an enquiry ended; pure, in every thread."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kiosk.visit.visit import CorrectionAsked, Outcome, OutcomeKind, Record, RecordLine, RuleResult
from offline_cache.canonical import Verdict
from offline_cache.errors import CacheError, CentreError, NothingFound
from offline_cache.records import RecordState
from offline_cache.reports import SubmissionHeld
from offline_cache.untold import KeptBefore

if TYPE_CHECKING:
    from offline_cache.wire import EnquiryRecord, SubmissionAnswer

KINDS = {
    Verdict.ACCEPTED: OutcomeKind.ACCEPTED,
    Verdict.DECIDED: OutcomeKind.DECIDED,
    Verdict.REJECTED: OutcomeKind.REJECTED,
}


REFUSALS = {
    "credential-unknown": "code-unknown",
    "credential-used": "code-used-or-expired",
    "credential-expired": "code-used-or-expired",
    "department-closed": "department-closed",
    "item-unknown": "item-unknown",
}
"""The centre's own code → ours, where a resident is told more than that the centre refused."""


def code_of(error: CacheError) -> str:
    """The code the resident reads about."""
    refusal = error.refusal if isinstance(error, CentreError) else ""
    return REFUSALS.get(refusal, error.code)


def credential_code(error: CacheError) -> str:
    """The same for a scanned token that nobody was named for."""
    return "code-unknown" if code_of(error) == NothingFound.code else code_of(error)


def outcome_of_kept(kept: KeptBefore) -> Outcome:
    """What the disk alone knows of a submission: kept, held, or acknowledged under its number."""
    if kept.state is RecordState.NEEDS_PERSON:
        return Outcome(OutcomeKind.HELD, code=kept.trouble)
    if kept.state is RecordState.ACKNOWLEDGED and kept.acceptance_number:
        accepted_at = datetime.fromisoformat(kept.accepted_at) if kept.accepted_at else None
        return Outcome(OutcomeKind.ACCEPTED, acceptance_number=kept.acceptance_number, accepted_at=accepted_at)
    return Outcome(OutcomeKind.KEPT)


def outcome_of_answer(answer: SubmissionAnswer | SubmissionHeld) -> Outcome | None:
    """What the centre's answer to a submission means; None while it only asks for patience.

    A submission that is held waits for a person and stays in the queue.
    """
    if isinstance(answer, SubmissionHeld):
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
    if isinstance(answer, NothingFound) and code_of(answer) == answer.code:
        return Outcome(OutcomeKind.NO_RECORD, code="no-record")
    if isinstance(answer, CacheError):
        return Outcome(OutcomeKind.UNANSWERED, code=code_of(answer))
    lines = tuple(RecordLine(row.zh, row.en, row.value) for row in answer.rows)
    record = Record(answer.title_zh, answer.title_en, lines, answer.issued_at, answer.verification_code)
    return Outcome(OutcomeKind.RECORD, record=record)
