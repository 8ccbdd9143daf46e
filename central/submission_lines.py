"""The NDJSON body of a batch, line by line: what cannot be read is refused alone and spoils no other line; pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from central.refusal import Refused, Why
from offline_cache.wire import Envelope, Submission, SubmissionAnswer, Verdict, content_hash

MOST_LINES = 100
UNREADABLE_KEY = "00000000-0000-7000-8000-000000000000"
"""Stands for the key of a line in which none can be read; the hash beside it is that of the line's bytes."""
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""A kiosk whose battery died starts in 1970; nothing is submitted before or long after."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a batch: a sound submission, or the answer that refuses it."""

    key: str
    content_hash: str
    clock_offset_ms: int = 0
    content: dict[str, Any] = field(default_factory=dict, repr=False)
    submission: Submission | None = None
    refused: SubmissionAnswer | None = None

    def answer(self, verdict: Verdict, **more: Any) -> SubmissionAnswer:
        """An answer that echoes this line's key and hash."""
        return SubmissionAnswer(key=self.key, content_hash=self.content_hash, verdict=verdict, **more)


def read_lines(body: bytes, kiosk: str) -> list[Line]:
    """1 to 100 lines; raises Refused when there are none or too many, or when not one of them can be read."""
    texts = [text for text in body.split(b"\n") if text.strip()]
    if not texts:
        raise Refused(Why.CONTENT_REFUSED, "no line")
    if len(texts) > MOST_LINES:
        raise Refused(Why.CONTENT_TOO_LARGE, f"more than {MOST_LINES} lines")
    lines = [_read_line(text, kiosk) for text in texts]
    if all(line.key == UNREADABLE_KEY for line in lines):
        raise Refused(Why.CONTENT_REFUSED, "not one line is an envelope")
    return lines


def _read_line(text: bytes, kiosk: str) -> Line:
    try:
        envelope = Envelope.model_validate(from_json(text, allow_inf_nan=False))
        hashed = content_hash(envelope.content)
    except ValueError:  # a ValidationError too; and a number or character that has no canonical form
        return _refuse(_salvaged(text), Why.CONTENT_REFUSED.code)
    line = Line(envelope.key, envelope.content_hash, envelope.clock_offset_ms, envelope.content)
    if hashed != envelope.content_hash:
        return _refuse(line, "hash-wrong")
    try:
        submission = Submission.model_validate(envelope.content)
    except ValidationError:
        return _refuse(line, Why.CONTENT_REFUSED.code)
    if submission.key != envelope.key or not _storable(submission):
        return _refuse(line, Why.CONTENT_REFUSED.code)
    if submission.kiosk != kiosk:
        return _refuse(line, "kiosk-differs")
    return Line(envelope.key, envelope.content_hash, envelope.clock_offset_ms, envelope.content, submission)


def _storable(submission: Submission) -> bool:
    """A time with its offset, and no NUL, which PostgreSQL keeps in no text."""
    at = submission.submitted_at
    return at.tzinfo is not None and EARLIEST.year <= at.year < LATEST.year and "\0" not in submission.item


def _salvaged(text: bytes) -> Line:
    """The key and hash of a line that is otherwise wrong, so that its kiosk learns which one was refused."""
    unreadable = hashlib.sha256(text).hexdigest()
    try:
        told = from_json(text)
        answer = SubmissionAnswer(key=told["key"], content_hash=told["content_hash"], verdict=Verdict.REJECTED)
    except (ValueError, TypeError, KeyError, IndexError):
        return Line(UNREADABLE_KEY, unreadable)
    return Line(answer.key, answer.content_hash)


def _refuse(line: Line, reason: str) -> Line:
    return Line(line.key, line.content_hash, refused=line.answer(Verdict.REJECTED, reason=reason))
