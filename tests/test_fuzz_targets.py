"""The fuzzers' targets on a few hundred inputs each, well-formed ones and what damage makes of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz_targets import SEEDS, TARGETS

DAMAGE = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6)


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_end_in_a_value_or_a_named_error(name: str) -> None:
    @given(st.binary(max_size=300))
    @settings(max_examples=100, deadline=None)
    def feed(data: bytes) -> None:
        TARGETS[name](data)

    feed()


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_bytes_end_in_a_value_or_a_named_error(name: str) -> None:
    @given(
        st.sampled_from(SEEDS[name]),
        st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6),
        st.integers(0, 40),
    )
    @settings(max_examples=150, deadline=None)
    def feed(seed: bytes, damage: list[tuple[int, int]], cut: int) -> None:
        data = bytearray(seed)
        for at, value in damage:
            data[at % len(data)] = value
        TARGETS[name](bytes(data[: len(data) - cut]))

    feed()


def test_every_seed_belongs_to_a_target() -> None:
    assert SEEDS.keys() <= TARGETS.keys()
