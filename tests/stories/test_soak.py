"""A few visits at the real kiosk's program leave nothing behind in it; `make torture-soak` takes ten thousand of every kind."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from tests.stories.soak import Sample, amiss, enough, growths, run

KINDS = ("applies", "prints a record", "gives two proofs", "walks away", "shows a strange code", "turns back", "sets the screen")
VISITS = 14
WARM = Sample(100, 300_000_000, 28, 14, 800_000)


def test_a_few_visits_leave_nothing_behind_and_all_arrives() -> None:
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


def looks(*megabytes: int) -> list[Sample]:
    return [replace(WARM, visits=100 * place, rss_bytes=1_000_000 * each) for place, each in enumerate(megabytes, 1)]


def test_one_look_at_a_bad_moment_is_no_growth_and_a_rise_that_stays_is() -> None:
    assert amiss(looks(*[300] * 14, 330)) == []
    assert len(amiss(looks(*[300] * 11, 330, 300, 330, 330))) == 1
    assert amiss(looks(340, *[300] * 14)) == []


def test_what_a_visit_leaves_behind_is_told() -> None:
    rss, blocks, _ = growths(looks(300, 301, 302))
    assert (rss.part, rss.per_visit) == (pytest.approx(2 / 300), 10_000.0)
    assert (blocks.part, blocks.per_visit) == (0.0, 0.0)


VISITOR = """
import signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
print("first visit", flush=True)
signal.sigwait([signal.SIGINT])
print("last visit", flush=True)
for line in sys.stdin: break
"""


@pytest.mark.parametrize(("times", "returncode"), [(1, 0), (2, -signal.SIGKILL)])
def test_ctrl_c_lets_the_visit_under_way_be_the_last_and_again_ends_it_at_once(times: int, returncode: int) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", VISITOR], stdin=pipe, stdout=pipe, text=True) as kiosk, enough(kiosk) as stops:
        assert kiosk.stdin is not None
        assert kiosk.stdout is not None
        assert kiosk.stdout.readline() == "first visit\n"
        signal.raise_signal(signal.SIGINT)
        assert kiosk.stdout.readline() == "last visit\n"
        for _ in range(times - 1):
            signal.raise_signal(signal.SIGINT)
        if times == 1:
            kiosk.stdin.close()
        assert kiosk.wait() == returncode
    assert len(stops) == times
