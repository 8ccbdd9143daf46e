"""The power goes 2,000 times in the middle of a kiosk's work: what the resident was told is there when it comes back."""

from __future__ import annotations

import dataclasses
import multiprocessing
from pathlib import Path

import pytest

from tests.offline_cache import power_cut
from tests.offline_cache.power_cut import STOPPED, Promised, Step, lost_by_control, main, record_life, troubles, what_is_wrong
from tests.offline_cache.recording_vfs import Wrote

LIVES, ACTIONS, CUTS_A_LIFE = 8, 120, 250


@pytest.mark.parametrize("seed", range(1, LIVES + 1))
def test_no_power_cut_loses_or_damages_anything(seed: int) -> None:
    assert list(troubles(record_life(seed, ACTIONS), CUTS_A_LIFE, seed)) == []


def test_with_less_than_full_syncing_the_same_cuts_do_lose() -> None:
    assert lost_by_control(1) > 10


def test_an_acknowledgement_undone_is_no_receipt_lost(tmp_path: Path) -> None:
    """Or the control would lose something where every receipt is there."""
    assert what_is_wrong(tmp_path, Promised(settled={"one"})) == "1 acknowledgements undone"


def test_a_seed_gives_the_same_life_again() -> None:
    def shape(step: Step) -> object:
        return (step.file, step.offset, len(step.data)) if isinstance(step, Wrote) else dataclasses.astuple(step)

    assert [shape(step) for step in record_life(3, 40)] == [shape(step) for step in record_life(3, 40)]


def test_as_many_are_cut_as_were_asked_for_however_few(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["power_cut", "--images", "2"])
    assert main() == 0
    assert "\n2 power cuts over 2 lives: 0" in capsys.readouterr().out


def loses_nothing(_seed: int) -> int:
    return 0


def test_no_night_is_spent_on_cuts_that_would_find_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["power_cut", "--images", "2"])
    monkeypatch.setattr(power_cut, "lost_by_control", loses_nothing)
    assert main() == 1
    assert "power cuts over" not in capsys.readouterr().out
    monkeypatch.setattr(power_cut, "record_life", lambda seed, actions, **_: record_life(seed, actions))
    assert lost_by_control(1) == 0, "synced as the others"


def presses_ctrl_c(_seed: int) -> int:
    assert multiprocessing.parent_process() is not None, "here it would interrupt the recording itself"
    raise KeyboardInterrupt


def test_a_night_that_is_stopped_at_the_control_tells_how_far_it_came(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["power_cut", "--images", "2"])
    monkeypatch.setattr(power_cut, "lost_by_control", presses_ctrl_c)
    assert main() == STOPPED
    assert capsys.readouterr().out == "0 power cuts over 0 lives, then stopped: 0 lost or damaged something\n"
