"""What an HTTP answer of the centre means: a model, or the error it stands for; pure.

Captive portals and proxies answer too: whatever does not speak the centre's words is not the centre.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from offline_cache.errors import (
    CentreBusy,
    CentreError,
    CentreFailed,
    ContentConflict,
    ContentRefused,
    ContentTooLarge,
    KioskUnknown,
    NothingFound,
    NotTheCentre,
)
from offline_cache.wire import Refusal

AnyModel = TypeVar("AnyModel", bound=BaseModel)

ERROR_OF_STATUS: Mapping[int, type[CentreError]] = {
    400: ContentRefused,
    401: KioskUnknown,
    403: KioskUnknown,
    404: NothingFound,
    405: ContentRefused,
    409: ContentConflict,
    410: NothingFound,
    415: ContentRefused,
    422: ContentConflict,
}
"""Taken only with the centre's own words (a Refusal) in the body: a proxy's 403 page says nothing about the kiosk."""
SIGN_IN = 511
"""Said by captive portals alone (RFC 6585 §6)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, whole."""

    status: int
    headers: Mapping[str, str]
    """Looked up without regard to case."""
    body: bytes = field(repr=False)


def read_answer(answer: Answer, model: type[AnyModel], now: datetime) -> AnyModel:
    """The model in a 2xx answer; raises the CentreError that any other answer stands for.

    What is not known in it is passed over: a centre is renewed before its kiosks, and may say more than they understand.
    """
    if not 200 <= answer.status < 300:
        raise error_of(answer, now)
    if not _is_json(answer):
        raise NotTheCentre(f"{answer.status} with {_content_type(answer) or 'no content type'}")
    try:
        return model.model_validate_json(answer.body, extra="ignore")
    except ValidationError as strange:
        raise NotTheCentre(f"{answer.status} with something else than {model.__name__}") from strange


def error_of(answer: Answer, now: datetime) -> CentreError:
    """The error that an answer without success stands for."""
    refusal = _refusal(answer)
    code = refusal.code if refusal else ""
    told = f"{answer.status} {code}".strip()
    if answer.status in (429, 503):
        told_at = _moment(answer.headers.get("Date", "")) or now  # by the clock that says when to come back, where it tells
        wait = retry_after_seconds(answer.headers.get("Retry-After", ""), told_at)
        if wait is None and refusal is not None:
            wait = refusal.retry_after_seconds
        return CentreBusy(told, code, retry_after_seconds=wait)
    if answer.status == 413:  # said by the gateway in front of the centre as well
        return ContentTooLarge(told, code)
    if answer.status >= 500 and answer.status != SIGN_IN:
        return CentreFailed(told, code)
    kind = ERROR_OF_STATUS.get(answer.status)
    if kind is None or refusal is None:
        return NotTheCentre(f"{answer.status} with {_content_type(answer) or 'no content type'}")
    return kind(told, code)


def retry_after_seconds(value: str, now: datetime) -> float | None:
    """RFC 9110 `Retry-After`, as seconds or as a date; None when there is none or it makes no sense."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    moment = _moment(text)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def _moment(text: str) -> datetime | None:
    """An HTTP date; None for what is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _refusal(answer: Answer) -> Refusal | None:
    if not _is_json(answer):
        return None
    try:
        return Refusal.model_validate_json(answer.body, extra="ignore")
    except ValidationError:
        return None


def _is_json(answer: Answer) -> bool:
    return _content_type(answer) in ("application/json", "application/problem+json")


def _content_type(answer: Answer) -> str:
    return answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
