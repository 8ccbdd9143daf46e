"""Twenty seeds of nine kiosks over thirty virtual days: whatever befalls them, the books of both sides agree in the end."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from offline_cache.centre import Centre, Outgoing
from offline_cache.errors import NotTheCentre
from offline_cache.wire import SubmissionAnswer, Verdict
from tests.central.simulation import Effort, run

SEEDS = range(1, 21)
"""`make torture-simulation` takes two thousand, and more of each."""
EFFORT = Effort(steps_a_day=0.15, matching=1, days_back=5)


@pytest.mark.parametrize("seed", SEEDS)
def test_told_is_kept_kept_arrives_once_and_the_chains_verify(seed: int) -> None:
    outcome = run(seed, EFFORT)
    assert outcome.wrong == (), EFFORT.again(seed)
    assert outcome.told > 30


def test_a_seed_is_replayed_step_by_step() -> None:
    assert run(3, EFFORT, days=4) == run(3, EFFORT, days=4)


def test_a_kiosk_that_takes_a_portals_page_for_an_answer_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Centre.submit

    def gullible(centre: Centre, batch: Sequence[Outgoing]) -> dict[str, SubmissionAnswer]:
        try:
            return right(centre, batch)
        except NotTheCentre:
            return {
                one.key: SubmissionAnswer(key=one.key, content_hash=one.content_hash, verdict=Verdict.ACCEPTED) for one in batch
            }

    monkeypatch.setattr(Centre, "submit", gullible)
    monkeypatch.setattr("tests.central.simulation.LINES", ("up", "portal"))
    monkeypatch.setattr("offline_cache.sender.Sender._try_line", lambda sender, asked: True)
    assert any("believes" in wrong for wrong in run(1, EFFORT).wrong)
