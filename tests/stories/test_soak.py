"""A dozen visits at the real kiosk's program leave nothing behind in it; `make torture-soak` takes ten thousand of every kind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.stories.soak import Sample, amiss, run

KINDS = ("applies", "prints a record", "gives two proofs", "walks away", "shows a strange code")
VISITS = 12
WARM = Sample(100, 300_000_000, 28, 14, 800_000)


def test_a_dozen_visits_leave_nothing_behind_and_all_arrives() -> None:
    soaking = run(VISITS, seed=1, kinds=KINDS)
    assert soaking.wrong == ()
    assert sum(soaking.kinds.values()) == VISITS
    assert soaking.kinds.keys() == set(KINDS)


@pytest.mark.parametrize(
    ("grown", "wrong"),
    [
        ({}, 0),
        ({"rss_bytes": 314_000_000, "blocks": 839_000}, 0),
        ({"rss_bytes": 316_000_000}, 1),
        ({"blocks": 841_000}, 1),
        ({"descriptors": 29}, 1),
        ({"threads": 15}, 1),
        ({"descriptors": 27, "threads": 13}, 0),
    ],
    ids=str,
)
def test_what_grew_is_told(grown: dict[str, int], wrong: int) -> None:
    assert len(amiss([WARM, replace(WARM, visits=1000, **grown)])) == wrong
