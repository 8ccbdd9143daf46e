"""Twenty damaged stores, a flipped bit or a cut log each: noticed or harmless; `make torture-damage` takes two hundred."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.offline_cache.bit_flips import Filled, Harmed, fill, harm_block, harm_head, harm_pages, run

SEEDS = range(30, 50)
HEAD_SEEDS = range(1, 9)
BLOCK_SEEDS = range(1, 9)
PAGES_SEEDS = range(1, 13)
FRONT_OF_LOG = 86
"""A seed that flips a bit near the beginning of the log."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    return fill(tmp_path_factory.mktemp("damage") / "filled")


@pytest.mark.parametrize("seed", SEEDS)
def test_damage_is_noticed_or_harmless(filled: Filled, seed: int) -> None:
    came = run(filled, seed)
    again = f"python -m tests.offline_cache.bit_flips --images 1 --first {seed}"
    assert came.wrong == (), f"{came.harm}; {again}"


@pytest.mark.parametrize("seed", HEAD_SEEDS)
def test_a_changed_head_or_statement_loses_nothing(filled: Filled, seed: int) -> None:
    came = run(filled, seed, harm_head)
    assert came.wrong == (), f"{came.harm}; python -m tests.offline_cache.bit_flips --head --images 1 --first {seed}"


@pytest.mark.parametrize("seed", BLOCK_SEEDS)
def test_a_lost_block_is_noticed_or_harmless(filled: Filled, seed: int) -> None:
    came = run(filled, seed, harm_block)
    assert came.wrong == (), f"{came.harm}; python -m tests.offline_cache.bit_flips --block --images 1 --first {seed}"


@pytest.mark.parametrize("seed", PAGES_SEEDS)
def test_lost_pages_cost_what_lies_in_them_alone(filled: Filled, seed: int) -> None:
    came = run(filled, seed, harm_pages)
    assert came.wrong == (), f"{came.harm}; python -m tests.offline_cache.bit_flips --pages --images 1 --first {seed}"


def test_a_submission_with_papers_whose_key_has_changed_waits_for_a_person_and_holds_up_no_other(filled: Filled) -> None:
    """Its row has one key, and the index of the keys another: whatever is sought by its key is not found."""

    def harm_a_key(directory: Path, filled: Filled, dice: random.Random) -> Harmed:
        file = directory / "store.db"
        content = file.read_bytes()
        key = min(filled.waiting)  # the first, with a page
        at = content.rindex(key.encode() + b"K03") + key.index("-")
        file.write_bytes(content[:at] + b")" + content[at + 1 :])
        return Harmed("a key")

    assert run(filled, 1, harm_a_key).wrong == ()


def test_a_store_of_which_nothing_is_carried_over_is_found_out(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offline_cache.damage._all_of", lambda *_: iter(()))
    found = [wrong for seed in HEAD_SEEDS for wrong in run(filled, seed, harm_head).wrong]
    assert any("though nothing of theirs was harmed" in wrong for wrong in found)


def test_what_is_gone_from_the_store_and_not_told_is_found_out(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offline_cache.opening.passed_over", lambda log: False)
    assert any("lost, and nobody is told" in wrong for wrong in run(filled, FRONT_OF_LOG).wrong)
