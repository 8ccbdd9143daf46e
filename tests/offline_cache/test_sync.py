from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_cache import errors, sync
from offline_cache.records import DAY_MS, Deferred, RecordState, Settled
from offline_cache.sync import BatchFate, Line, Pace
from offline_cache.wire import Correction, SubmissionAnswer, Verdict

KEY, HASH, NOW = "0190d2c0-0000-7000-8000-000000000001", "ab" * 32, 1_795_000_000_000
PACE = Pace()
BUSY, BUSY_PROXY = errors.CentreBusy("503 centre-busy", "centre-busy"), errors.CentreBusy("503")
LINE_TROUBLES = [
    errors.CentreUnreachable(),
    errors.CentreHung(),
    errors.AnswerCut(),
    errors.NotTheCentre(),
    BUSY,
    errors.KioskUnknown(),
    errors.NotEnrolled(),
    errors.NothingFound(),
]


def answer(verdict: Verdict, **more: object) -> SubmissionAnswer:
    return SubmissionAnswer.model_validate({"key": KEY, "content_hash": HASH, "verdict": verdict, **more})


@pytest.mark.parametrize("verdict", [Verdict.ACCEPTED, Verdict.DECIDED])
def test_an_accepted_or_decided_submission_is_acknowledged(verdict: Verdict) -> None:
    step = sync.after_answer(answer(verdict, acceptance_number="A-1"), 3, NOW, 0.5, PACE)
    assert step == Settled(KEY, HASH, RecordState.ACKNOWLEDGED, "", "A-1", "")


def test_a_rejection_with_corrections_is_final() -> None:
    said = answer(Verdict.REJECTED, corrections=(Correction(field="phone", zh="号码不对", en="wrong number"),))
    step = sync.after_answer(said, 0, NOW, 0.5, PACE)
    assert isinstance(step, Settled)
    assert step.state is RecordState.REJECTED


@pytest.mark.parametrize("reason", ["content-conflict", "item-unknown", "kiosk-differs"])
def test_a_rejection_that_the_resident_cannot_mend_needs_a_person(reason: str) -> None:
    step = sync.after_answer(answer(Verdict.REJECTED, reason=reason), 0, NOW, 0.5, PACE)
    assert step == Settled(KEY, HASH, RecordState.NEEDS_PERSON, reason)


@pytest.mark.parametrize(
    "reason",
    ["王测试 369999199001010015", "369999199001010015", "item-unknown.369999199001010015", "no such item", "x" * 65, ""],
)
def test_what_is_told_and_is_no_code_is_not_kept(reason: str) -> None:
    refused = sync.after_answer(answer(Verdict.REJECTED, reason=reason), 0, NOW, 0.5, PACE)
    waits = sync.after_answer(answer(Verdict.LATER, reason=reason), 0, NOW, 0.5, PACE)
    assert (refused.trouble, waits.trouble) == ("rejected", "later")


def test_a_wait_that_is_no_number_counts_as_none() -> None:
    asked = answer(Verdict.LATER, retry_after_seconds=math.nan)
    assert sync.after_answer(asked, 0, NOW, 1.0, PACE) == sync.after_answer(answer(Verdict.LATER), 0, NOW, 1.0, PACE)
    busy = errors.CentreBusy(retry_after_seconds=math.nan)
    assert sync.line_after_error(Line(), busy, 100.0, 1.0, PACE).retry_at == 102.0


def test_later_waits_as_long_as_the_centre_asked() -> None:
    step = sync.after_answer(answer(Verdict.LATER, retry_after_seconds=30, reason="department-closed"), 9, NOW, 0.5, PACE)
    assert step == Deferred(KEY, NOW + 31_000, "department-closed")


@given(tries=st.integers(0, 10_000), jitter=st.floats(0, 1))
def test_later_without_a_time_waits_at_most_a_quarter_of_an_hour(tries: int, jitter: float) -> None:
    step = sync.after_answer(answer(Verdict.LATER), tries, NOW, jitter, PACE)
    assert isinstance(step, Deferred)
    assert NOW <= step.ready_at_ms <= NOW + 900_000


@pytest.mark.parametrize(("tries", "longest"), [(0, 2), (1, 4), (2, 8), (8, 512), (9, 900), (500, 900)])
def test_waits_double_up_to_the_cap_and_are_spread_over_the_whole(tries: int, longest: float) -> None:
    assert sync.backoff_seconds(tries, 1.0, 2.0, 900.0) == longest
    assert sync.backoff_seconds(tries, 0.0, 2.0, 900.0) == 0.0
    assert sync.backoff_seconds(tries, 0.5, 2.0, 900.0) == longest / 2


@pytest.mark.parametrize("error", LINE_TROUBLES, ids=lambda error: error.code)
@pytest.mark.parametrize("count", [1, 100])
def test_trouble_of_the_line_blames_no_submission(error: errors.CentreError, count: int) -> None:
    if (error.code, count) == ("not-the-centre", 1):
        assert sync.after_batch_error(error, count) is BatchFate.SUSPECT, "a proxy may take offence at one only"
    else:
        assert sync.after_batch_error(error, count) is BatchFate.LINE


@pytest.mark.parametrize("error", [errors.NotTheCentre(), BUSY_PROXY], ids=lambda error: error.code)
def test_what_a_proxy_takes_offence_at_is_searched_for(error: errors.CentreError) -> None:
    size = 100
    while size > 1:
        assert sync.after_batch_error(error, size) is BatchFate.LINE
        smaller = sync.next_batch_size(size, error, 100)
        assert smaller < size
        size = smaller
    assert sync.after_batch_error(error, size) is BatchFate.SUSPECT
    assert sync.after_attachment_error(error, progressed=False) is BatchFate.SUSPECT


@pytest.mark.parametrize(
    "error", [errors.ContentConflict(), errors.ContentRefused(), errors.ContentTooLarge()], ids=lambda error: error.code
)
def test_refused_content_is_searched_for_and_then_held(error: errors.CentreError) -> None:
    assert sync.after_batch_error(error, 2) is BatchFate.SPLIT
    assert sync.after_batch_error(error, 1) is BatchFate.HOLD


def test_a_submission_the_centre_fails_over_waits_on_its_own() -> None:
    assert sync.after_batch_error(errors.CentreFailed(), 2) is BatchFate.LINE
    assert sync.after_batch_error(errors.CentreFailed(), 1) is BatchFate.SUSPECT


@pytest.mark.parametrize(
    ("error", "size"),
    [
        (None, 100),
        (errors.CentreFailed(), 1),
        (errors.ContentConflict(), 1),
        (errors.ContentTooLarge(), 20),
        (errors.AnswerCut(), 20),
        (errors.CentreHung(), 20),
        (errors.CentreUnreachable(), 40),
        (BUSY, 40),
    ],
)
def test_batches_shrink_where_the_content_may_be_the_cause(error: errors.CentreError | None, size: int) -> None:
    assert sync.next_batch_size(40, error, 100) == size


def test_an_unreachable_centre_is_knocked_at_every_two_seconds_however_long() -> None:
    line = Line(up=True)
    for moment in range(0, 2000, 2):
        line = sync.line_after_error(line, errors.CentreUnreachable(), float(moment), 0.9, PACE)
        assert line.knock
        assert line.retry_at == moment + 2
    assert (line.failures, line.down_since) == (1000, 0.0)


@pytest.mark.parametrize("error", [errors.CentreHung(), errors.AnswerCut(), errors.NotTheCentre()], ids=lambda error: error.code)
def test_a_bad_line_is_tried_again_within_its_own_cap(error: errors.CentreError) -> None:
    line = sync.line_after_error(Line(failures=50), error, 100.0, 1.0, PACE)
    assert (line.retry_at, line.knock, line.why) == (120.0, False, error.code)


def test_a_failing_centre_is_spared_for_up_to_a_quarter_of_an_hour() -> None:
    assert sync.line_after_error(Line(failures=50), errors.CentreFailed(), 100.0, 1.0, PACE).retry_at == 1000.0
    assert sync.outlives_restart(errors.CentreUnreachable()) is None


@pytest.mark.parametrize(("asked", "wait"), [(0.0, 1.0), (7.0, 8.0), (86_400.0, 3601.0), (-5.0, 1.0)])
def test_retry_after_is_honoured_within_reason(asked: float, wait: float) -> None:
    busy = errors.CentreBusy("503 busy", "busy", retry_after_seconds=asked)
    assert sync.line_after_error(Line(up=True), busy, 0.0, 0.5, PACE).retry_at == wait


@pytest.mark.parametrize(("asked", "wait"), [(0.0, 1.0), (7.0, 8.0), (3600.0, 21.0), (1e9, 21.0)])
def test_whoever_stands_between_is_not_believed_as_long_as_the_centre(asked: float, wait: float) -> None:
    busy = errors.CentreBusy("503", retry_after_seconds=asked)
    assert sync.line_after_error(Line(up=True), busy, 0.0, 0.5, PACE).retry_at == wait


def test_a_healed_line_is_used_after_a_share_of_the_spread_but_not_longer_than_it_was_away() -> None:
    down = sync.line_after_error(Line(up=True), errors.CentreUnreachable(), 100.0, 0.5, PACE)
    assert sync.line_after_knock(down, 110.0, 0.5, 900.0).retry_at == 115.0
    assert sync.line_after_knock(down, 5000.0, 0.5, 900.0).retry_at == 5450.0
    assert not sync.line_after_knock(down, 110.0, 0.5, 0.0).knock


@pytest.mark.parametrize("error", [errors.CentreFailed(), BUSY, errors.NotTheCentre(), errors.KioskUnknown()], ids=str)
def test_a_centre_that_is_back_and_not_ready_yet_is_tried_again_in_seconds_however_long_it_was_away(
    error: errors.CentreError,
) -> None:
    line = Line(up=True)
    for moment in range(0, 2000, 2):
        line = sync.line_after_error(line, errors.CentreUnreachable(), float(moment), 0.9, PACE)
    line = sync.line_after_knock(line, 2000.0, 0.0, 3.0)
    assert sync.line_after_error(line, error, 2000.0, 1.0, PACE).retry_at == 2004.0


def test_a_restart_tries_at_once_unless_the_centre_was_failing() -> None:
    assert sync.line_at_start(0, 16.0, 20.0, 50.0).retry_at == 50.0
    assert sync.line_at_start(3, 16.0, 20.0, 50.0).retry_at == 66.0
    assert sync.line_at_start(3, 20.0, 20.0, 50.0).retry_at == 70.0
    assert sync.line_at_start(3, -16.0, 20.0, 50.0).retry_at == 50.0
    assert sync.line_at_start(3, 1e9, 1e9, 50.0).retry_at == 50.0 + sync.LONGEST_WAIT_SECONDS


@pytest.mark.parametrize("error", [errors.CentreBusy(), errors.CentreFailed()])
def test_a_restart_knows_why_the_centre_is_to_be_spared(error: errors.CentreError) -> None:
    place = sync.outlives_restart(error)
    assert place is not None
    assert sync.line_at_start(3, 16.0, 20.0, 50.0, place).why == error.code
    assert sync.line_at_start(3, 16.0, 20.0, 50.0, 77).why == "centre-busy", "as a changed bit may leave it"
    assert sync.line_at_start(3, -16.0, 20.0, 50.0, place).why == "starting"


@pytest.mark.parametrize("left", [21.0, 86_400.0, 1.8e9])
def test_a_restart_with_a_clock_that_was_set_back_does_not_wait_for_it(left: float) -> None:
    assert sync.line_at_start(3, left, 20.0, 50.0).retry_at == 50.0


@given(st.lists(st.sampled_from([*LINE_TROUBLES, errors.CentreFailed(), None]), max_size=60), st.floats(0, 1))
def test_the_line_is_up_after_success_only_and_never_waits_for_ever(
    course: list[errors.CentreError | None], jitter: float
) -> None:
    line, now = Line(), 0.0
    for step in course:
        now = max(now, line.retry_at)
        line = sync.line_after_success() if step is None else sync.line_after_error(line, step, now, jitter, PACE)
        assert line.up == (step is None)
        assert line.retry_at <= now + sync.LONGEST_WAIT_SECONDS + PACE.base


YEAR_MS = 366 * DAY_MS


@pytest.mark.parametrize(
    ("ahead_ms", "last_success_at_ms", "astray"),
    [
        (None, None, False),
        (0, None, False),
        (DAY_MS - 1, NOW, False),
        (DAY_MS, NOW, True),
        (-10 * YEAR_MS, NOW, True),
        (0, NOW - 10 * YEAR_MS, False),
        (None, NOW - YEAR_MS, False),
        (None, NOW - YEAR_MS - 1, True),
        (None, NOW + DAY_MS, False),
        (None, NOW + DAY_MS + 1, True),
    ],
)
def test_a_clock_of_another_day_is_known_by_the_centre_or_by_its_latest_answer(
    ahead_ms: int | None, last_success_at_ms: int | None, astray: bool
) -> None:
    assert sync.clock_astray(ahead_ms, last_success_at_ms, NOW) is astray
