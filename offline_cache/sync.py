"""What each answer of the centre means for a submission and for the line, and when to try again: pure policy.

A submission's own trouble makes only it wait; the line's trouble makes all wait, and costs no submission a try.
`jitter` is a random number from 0 to 1; line times are seconds of a clock that never jumps.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from offline_cache.canonical import Verdict
from offline_cache.errors import (
    AnswerCut,
    CentreBusy,
    CentreError,
    CentreFailed,
    CentreHung,
    CentreUnreachable,
    CertificateRefused,
    CertificateUntimely,
    ContentConflict,
    ContentRefused,
    ContentTooLarge,
    NothingFound,
    NotTheCentre,
)
from offline_cache.records import DAY_MS, Deferred, RecordState, Settled

if TYPE_CHECKING:
    from offline_cache.wire import SubmissionAnswer

LONGEST_WAIT_SECONDS = 3600.0
"""Of what the centre may ask for; more would outlive the shift of whoever watches."""

OF_THE_LINE = (CentreHung, AnswerCut, NotTheCentre, CertificateRefused, CertificateUntimely)
"""Trouble between here and the centre, which may end at any moment: asked again sooner than a centre in trouble."""
OF_THE_CENTRE = (CentreBusy, CentreFailed)
"""Its own trouble: a restarted kiosk must not forget how long to spare it. Kept by its place here."""

LONGEST_AWAY_MS = 366 * DAY_MS
"""Of the centre: after more the clock is doubted, until it answers."""

IS_CODE = re.compile(r"(?!.*\d{7})[A-Za-z][A-Za-z0-9_.-]{0,63}", re.ASCII)
"""So many digits in a row may be a document's or a telephone's number."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient to be, in seconds; the settings' defaults."""

    base: float = 2.0
    cap: float = 900.0
    line_cap: float = 20.0
    probe: float = 2.0


class BatchFate(Enum):
    """What becomes of a batch that got no answers."""

    LINE = "line"
    """The line or the centre is in trouble: all wait, none is to blame."""
    SPLIT = "split"
    """Something in it is refused: send smaller batches to find which."""
    HOLD = "hold"
    """The only submission in it is refused for good: a person must look."""
    SUSPECT = "suspect"
    """The centre failed over the only submission in it: it waits on its own, so that the others get through."""


@dataclass(frozen=True, slots=True)
class Line:
    """The circuit breaker: while not `up`, nothing is sent before `retry_at`."""

    up: bool = False
    failures: int = 0
    why: str = ""
    """Code of what is wrong; empty when nothing is known yet."""
    retry_at: float = 0.0
    knock: bool = False
    """A bare connection tells whether it is worth a request."""
    down_since: float | None = None


def backoff_seconds(tries: int, jitter: float, base: float, cap: float) -> float:
    """Full jitter: anything from nothing to `base` doubled with each try, never more than `cap`."""
    return jitter * min(cap, base * 2.0 ** min(tries, 32))


def after_answer(answer: SubmissionAnswer, tries: int, now_ms: int, jitter: float, pace: Pace) -> Settled | Deferred:
    """What the centre's word makes of a submission that was tried `tries` times before."""
    match answer.verdict:
        case Verdict.ACCEPTED | Verdict.DECIDED:
            accepted_at = answer.accepted_at.isoformat() if answer.accepted_at else ""
            return Settled(answer.key, answer.content_hash, RecordState.ACKNOWLEDGED, "", answer.acceptance_number, accepted_at)
        case Verdict.REJECTED:
            state = RecordState.REJECTED if answer.corrections else RecordState.NEEDS_PERSON
            return Settled(answer.key, answer.content_hash, state, code_of(answer.reason) or "rejected")
        case Verdict.LATER:
            asked = answer.retry_after_seconds
            return later(answer.key, code_of(answer.reason) or "later", tries, now_ms, jitter, pace, asked_seconds=asked)


def code_of(told: str) -> str:
    """What the centre told where it has the form of a code, else nothing: it stays here unencrypted, and names nobody."""
    return told if IS_CODE.fullmatch(told) else ""


def later(
    key: str, trouble: str, tries: int, now_ms: int, jitter: float, pace: Pace, asked_seconds: float | None = None
) -> Deferred:
    """Only this submission waits: as long as the centre asked, else with full jitter."""
    return Deferred(key, now_ms + round(1000 * _wait(asked_seconds, tries, jitter, pace, pace.cap)), trouble)


def after_batch_error(error: CentreError, count: int) -> BatchFate:
    """What a failed request with `count` submissions means for them."""
    if isinstance(error, ContentConflict | ContentRefused | ContentTooLarge):
        return BatchFate.HOLD if count == 1 else BatchFate.SPLIT
    if count == 1 and (isinstance(error, CentreFailed) or _of_a_proxy(error)):
        return BatchFate.SUSPECT  # heartbeats have passed: a proxy may take offence at this one only
    return BatchFate.LINE


def after_attachment_error(error: CentreError, *, progressed: bool) -> BatchFate:
    """What a failed request with a part of an attachment means for its submission.

    What a proxy may do to this one request only (too large a body, a method it does not know) must not stop the others.
    """
    if isinstance(error, ContentConflict | ContentRefused | ContentTooLarge):
        return BatchFate.HOLD
    own = (isinstance(error, CentreFailed | CentreHung | AnswerCut | NothingFound) or _of_a_proxy(error)) and not progressed
    return BatchFate.SUSPECT if own else BatchFate.LINE


def next_batch_size(size: int, error: CentreError | None, most: int) -> int:
    """Grow quickly while all is well; after a failure that the content may have caused, go down to find which."""
    if error is None:
        return min(most, size * 4)
    if isinstance(error, CentreFailed | ContentConflict | ContentRefused):
        return 1
    if isinstance(error, ContentTooLarge | AnswerCut | CentreHung) or _of_a_proxy(error):
        return max(1, size // 2)
    return size


def _of_a_proxy(error: CentreError) -> bool:
    """Without the centre's own words, which tell what the centre means by "busy"."""
    return isinstance(error, NotTheCentre) or (isinstance(error, CentreBusy) and not error.refusal)


def of_the_line(error: CentreError) -> CentreError:
    """What a request with contents met, as the line's: a proxy's long wait counts only when a heartbeat hears it too."""
    return CentreBusy(error.detail) if isinstance(error, CentreBusy) and _of_a_proxy(error) else error


def line_after_error(line: Line, error: CentreError, now: float, jitter: float, pace: Pace) -> Line:
    """The line after one more failure."""
    down_since = now if line.down_since is None else line.down_since
    down = Line(up=False, failures=line.failures + 1, why=error.code, down_since=down_since)
    if isinstance(error, CentreUnreachable):
        return replace(down, retry_at=now + pace.probe, knock=True)
    asked = error.retry_after_seconds if isinstance(error, CentreBusy) else None
    if asked is not None and not error.refusal:  # anyone may stand between: only the centre's own words rest the line for long
        asked = min(asked, pace.line_cap)
    cap = pace.line_cap if isinstance(error, OF_THE_LINE) else pace.cap
    return replace(down, retry_at=now + _wait(asked, line.failures, jitter, pace, cap))


def line_after_knock(line: Line, now: float, jitter: float, spread: float) -> Line:
    """The port takes connections again: come back after a random share of the spread, at most as long as it was away.

    How often nobody was there says nothing of how patient to be with whoever is now: a gateway whose centre still starts.
    """
    away = now - (now if line.down_since is None else line.down_since)
    return replace(line, failures=min(line.failures, 1), retry_at=now + jitter * min(spread, away), knock=False)


def line_at_start(failures: int, left_seconds: float, wait_seconds: float, now: float, trouble: int = 0) -> Line:
    """The line when the program starts: tried at once, unless the centre was to be spared for so much longer, and for what.

    More is left than the whole wait was: the clock has been set back since, and nobody knows how much is left.
    """
    if not failures or not 0.0 < left_seconds <= wait_seconds:
        return Line(up=False, failures=failures, why="starting", retry_at=now)
    why = OF_THE_CENTRE[trouble if trouble in range(len(OF_THE_CENTRE)) else 0].code
    return Line(up=False, failures=failures, why=why, retry_at=now + min(left_seconds, LONGEST_WAIT_SECONDS))


def outlives_restart(error: CentreError) -> int | None:
    """Which trouble of the centre's own this is, by its place; None for the line's."""
    return next((place for place, kind in enumerate(OF_THE_CENTRE) if isinstance(error, kind)), None)


def line_after_success() -> Line:
    """The centre has answered."""
    return Line(up=True)


def clock_astray(ahead_ms: int | None, last_success_at_ms: int | None, now_ms: int) -> bool:
    """The kiosk's clock shows another day than the centre's, `ahead_ms` of it where that was heard since the start.

    Where it was not: the clock stands before the centre's latest answer, or so far behind it as no line is away.
    """
    if ahead_ms is not None:
        return abs(ahead_ms) >= DAY_MS
    return last_success_at_ms is not None and not -DAY_MS <= now_ms - last_success_at_ms <= LONGEST_AWAY_MS


def _wait(asked_seconds: float | None, tries: int, jitter: float, pace: Pace, cap: float) -> float:
    """What was asked for, plus a little at random so that not all come back in the same moment; else full jitter."""
    if asked_seconds is None or math.isnan(asked_seconds):
        return backoff_seconds(tries, jitter, pace.base, cap)
    return min(max(asked_seconds, 0.0), LONGEST_WAIT_SECONDS) + jitter * pace.base
