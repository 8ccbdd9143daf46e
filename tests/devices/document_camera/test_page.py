"""Sheets found, straightened, judged and packed: drawn ones, under every trouble that a lamp and a hand can make."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.document_camera.camera import look
from devices.document_camera.page import MOST_BYTES, find_page, judge, lies_ill, measure, pack, straighten
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
    assert lies_ill(frame, found) is None
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


def moved(across: int, down: int) -> tuple[tuple[int, int], ...]:
    return tuple((x + across, y + down) for x, y in UPRIGHT)


@pytest.mark.parametrize("mat", [45, 190])
@pytest.mark.parametrize(
    "place", [(1300, 0), (-1200, 0), (0, 700), (0, -700), (680, 60)], ids=["right", "left", "below", "above", "a little"]
)
def test_a_sheet_of_which_the_frame_cuts_something_off_is_not_good(place: tuple[int, int], mat: int) -> None:
    assert look(under_camera(written(), moved(*place), mat))[0] in (PageHint.CUT_OFF, PageHint.NO_PAGE)


def test_half_a_sheet_at_the_edge_is_named_cut_off() -> None:
    assert look(under_camera(written(), moved(1300, 0)))[0] is PageHint.CUT_OFF
    assert look(under_camera(written(), moved(0, 700)))[0] is PageHint.CUT_OFF


HAND, SLEEVE = (140, 170, 205), (90, 60, 50)


@pytest.mark.parametrize("colour", [HAND, SLEEVE], ids=["hand", "sleeve"])
@pytest.mark.parametrize(
    "box", [(500, 1000, 800, 600), (1300, 1500, 400, 500), (1500, 700, 700, 300)], ids=["left", "below", "right"]
)
def test_a_sheet_over_which_something_lies_is_not_good(box: tuple[int, int, int, int], colour: tuple[int, int, int]) -> None:
    frame = under_camera(written())
    x, y, width, height = box
    frame[y : y + height, x : x + width] = colour
    assert look(frame)[0] in (PageHint.COVERED, PageHint.NO_PAGE, PageHint.CUT_OFF)


def test_a_sleeve_over_the_edge_is_named() -> None:
    frame = under_camera(written())
    frame[1000:1600, 500:1300] = SLEEVE
    assert look(frame)[0] is PageHint.COVERED


def test_what_is_printed_up_to_the_edge_and_a_dog_ear_cover_nothing() -> None:
    page = written()
    page[400:700] = (150, 90, 40)
    assert look(under_camera(page))[0] is PageHint.GOOD
    page = written()
    cv2.fillPoly(page, [np.array([(0, 0), (110, 0), (0, 110)], np.int32)], (45, 45, 45))
    assert look(under_camera(page))[0] is PageHint.GOOD


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
