"""Nine kinds of faulty line, each met twenty times: nothing is lost or doubled, and all arrives once the line heals."""

from __future__ import annotations

from pathlib import Path

from tests.central.line_faults import KINDS, run

ROUNDS = 20


def test_nothing_is_lost_or_doubled_by_nine_faults_twenty_times_each(tmp_path: Path) -> None:
    assert len(KINDS) == 9
    assert run(tmp_path, ROUNDS, seed=1) == {}
