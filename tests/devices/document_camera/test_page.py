"""Sheets found, straightened, judged and packed: drawn ones, under every trouble that a lamp and a hand can make."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.document_camera.page import MOST_BYTES, find_page, judge, measure, pack, straighten
from devices.frame_slot import Frame
from devices.reports import PageHint
from tests.devices.document_camera.sheets import (
    CODE,
    HIGH,
    TURNED,
    UPRIGHT,
    WIDE,
    blurred,
    codes_in,
    under_camera,
    with_glare,
    written,
)


def page_of(frame: Frame) -> Frame:
    corners = find_page(frame)
    assert corners is not None
    return straighten(frame, corners)


@pytest.mark.parametrize("mat", [20, 45, 120, 190])
@pytest.mark.parametrize("corners", [UPRIGHT, TURNED], ids=["upright", "turned"])
def test_a_sheet_is_found_straightened_and_its_small_print_stays_legible(corners: tuple[tuple[int, int], ...], mat: int) -> None:
    frame = under_camera(written(), corners, mat)
    found = find_page(frame)
    assert found is not None
    assert np.abs(found - np.array(corners)).max() < 12
    page = straighten(frame, found)
    assert page.shape[0] / page.shape[1] == pytest.approx(1754 / 1240, rel=0.08)
    assert judge(measure(page)) is PageHint.GOOD
    packed = pack(page)
    assert len(packed) <= MOST_BYTES
    assert codes_in(packed) == [CODE]


DRAWN: dict[str, tuple[Callable[[], Frame], PageHint]] = {
    "empty": (lambda: under_camera(written(0)), PageHint.EMPTY),
    "three lines": (lambda: under_camera(written(3)), PageHint.GOOD),
    "blurred": (lambda: blurred(under_camera(written()), 3.0), PageHint.BLURRED),
    "very blurred": (lambda: blurred(under_camera(written()), 6.0), PageHint.BLURRED),
    "three lines blurred": (lambda: blurred(under_camera(written(3)), 4.0), PageHint.BLURRED),
    "glare": (lambda: with_glare(under_camera(written())), PageHint.GLARE),
    "dark": (lambda: (under_camera(written()) * 0.2).astype(np.uint8), PageHint.TOO_DARK),
    "dim": (lambda: (under_camera(written()) * 0.6).astype(np.uint8), PageHint.GOOD),
}
"""Drawn when its test runs: every worker imports this file."""
NO_SHEET: dict[str, Callable[[], Frame]] = {
    "mat": lambda: np.full((HIGH, WIDE, 3), 45, np.uint8),
    "white": lambda: np.full((HIGH, WIDE, 3), 255, np.uint8),
    "half a sheet": lambda: under_camera(written())[:, :700],
    "nothing": lambda: np.full((4, 4, 3), 9, np.uint8),
}


@pytest.mark.parametrize("drawn", DRAWN)
def test_what_is_wrong_with_a_sheet_is_told(drawn: str) -> None:
    draw, hint = DRAWN[drawn]
    assert judge(measure(page_of(draw()))) is hint


@pytest.mark.parametrize("drawn", NO_SHEET)
def test_where_no_sheet_lies_none_is_found(drawn: str) -> None:
    assert find_page(NO_SHEET[drawn]()) is None


def test_even_a_page_of_noise_is_packed_small_enough() -> None:
    noise = np.random.default_rng(7).integers(0, 256, (2600, 1900, 3)).astype(np.uint8)
    assert len(pack(noise)) <= MOST_BYTES


@settings(max_examples=15, deadline=None)
@given(st.integers(8, 300), st.integers(8, 300), st.integers(0, 2**32 - 1))
def test_no_picture_makes_it_stumble(height: int, width: int, seed: int) -> None:
    made = np.random.default_rng(seed)
    frame = made.integers(0, 256, (height, width, 3)).astype(np.uint8)
    frame[made.integers(0, height) :, made.integers(0, width) :] = made.integers(0, 256)
    corners = find_page(frame)
    if corners is not None:
        page = straighten(frame, corners)
        judge(measure(page))
        assert len(pack(page)) <= MOST_BYTES
