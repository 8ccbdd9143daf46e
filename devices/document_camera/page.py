"""A sheet under the camera: found, straightened, judged and packed; pure, in every thread.

The limits were set on drawn sheets (tests/devices/document_camera) and are to be tuned on the hall's own camera and light.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from devices.frame_slot import Frame
from devices.reports import PageHint
from devices.values import dataclass

FINDING_WIDTH = 640
"""Edges are looked for at this width: finer ones are the page's own lines."""
LEAST_SIDE = 64
"""In a smaller frame nothing is a sheet."""
LEAST_SHARE = 0.15
"""Of the frame: a smaller quadrilateral is a card, a stamp or a shadow."""
MOST_SHARE = 0.97
"""All of the picture is no sheet in it."""
MOST_BYTES = 500_000
LONGEST_SIDE = 2339
"""A4 at 200 dots an inch: small print stays legible."""
QUALITIES = (90, 82, 75, 68, 60)
SMALLER = 0.85
JUDGED_WIDTH = 1000
DARKEST = 60.0
GLARE_SHARE = 0.008
"""Of the page burnt out to pure white in one spot; paper itself is a little grey."""
BURNT_OUT = 254
PAPER_BRIGHTEST = 250.0
"""Where the whole page is as bright as this, exposure is at fault, and a spot cannot be told from paper."""
INK_CONTRAST = 40
"""Between the darkest and the brightest grey close to a point: there something is written, sharply or not."""
LEAST_INK = 0.004
"""Share of the page on which something is written: less is an empty sheet, or its back."""
LEAST_SHARPNESS = 0.26
"""How steep the page's edges are, 0 to 1: the strongest step between neighbours beside the contrast around it."""
MARGIN = 0.03
"""Left out when judging: the page's own edge is not its content."""
BORDER = 0.005
"""Of the frame's width: a corner so close to the frame's edge is where the frame cuts the sheet off."""
BESIDE = 6.0
"""Pixels at FINDING_WIDTH, to both sides of the sheet's edge: what looks alike there lies across the edge."""
ALIKE, UNLIKE = 30, 40
"""Of 255, in the colour that differs most."""
CORNER_SHARE = 0.08
"""Of each edge, at both ends: a corner may be dog-eared or round."""
LOOKS_PER_EDGE = 100
LEAST_ACROSS = 0.04
"""Of the looks along all edges: four centimetres of an A4 sheet, more than a thumb that holds it."""

Corners = NDArray[np.float32]
"""Four points of the frame, from the upper left clockwise."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What a page is judged by."""

    brightness: float
    """Of the paper: the 80th of 100 grey values."""
    glare: float
    """Share of the page in its largest burnt-out spot."""
    ink: float
    sharpness: float


def find_page(frame: Frame) -> Corners | None:
    """The corners of the largest sheet in the frame; None when there is none."""
    if min(frame.shape[:2]) < LEAST_SIDE:
        return None
    scale = min(1.0, FINDING_WIDTH / frame.shape[1])
    small = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (5, 5), 0)
    found = [corners for mask in _masks(np.asarray(grey, np.uint8)) for corners in _sheets(mask)]
    if not found:
        return None
    return np.asarray(max(found, key=cv2.contourArea) / scale, np.float32)


def lies_ill(frame: Frame, corners: Corners) -> PageHint | None:
    """CUT_OFF or COVERED; None when the whole sheet can be seen as far as its edges tell. A thing in its midst is not noticed."""
    height, width = frame.shape[:2]
    inside = np.minimum(corners, np.array([width - 1, height - 1], np.float32) - corners)
    if inside.min() < BORDER * width:
        return PageHint.CUT_OFF
    return PageHint.COVERED if _across_the_edge(frame, corners) > LEAST_ACROSS else None


def straighten(frame: Frame, corners: Corners) -> Frame:
    """The sheet as if seen from right above, as large as it is in the frame."""
    upper_left, upper_right, lower_right, lower_left = corners
    width = max(np.linalg.norm(upper_right - upper_left), np.linalg.norm(lower_right - lower_left))
    height = max(np.linalg.norm(lower_left - upper_left), np.linalg.norm(lower_right - upper_right))
    size = max(16, round(float(width))), max(16, round(float(height)))
    to = np.array([(0, 0), (size[0] - 1, 0), (size[0] - 1, size[1] - 1), (0, size[1] - 1)], np.float32)
    return np.asarray(cv2.warpPerspective(frame, cv2.getPerspectiveTransform(corners, to), size, flags=cv2.INTER_CUBIC), np.uint8)


def measure(page: Frame) -> Measures:
    """What can be told of a straightened page."""
    scale = JUDGED_WIDTH / page.shape[1]
    grey = cv2.cvtColor(cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    down, across = round(grey.shape[0] * MARGIN), round(grey.shape[1] * MARGIN)
    inner = grey[down : grey.shape[0] - down, across : grey.shape[1] - across]
    around = cv2.morphologyEx(inner, cv2.MORPH_GRADIENT, np.ones((9, 9), np.uint8)).astype(np.float32)
    steps = cv2.morphologyEx(inner, cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)).astype(np.float32)
    written = around > INK_CONTRAST
    sharpness = float(np.percentile(steps[written] / around[written], 90)) if written.any() else 0.0
    return Measures(
        brightness=float(np.percentile(inner, 80)),
        glare=_largest_spot(np.asarray(inner, np.uint8)),
        ink=float(np.mean(written)),
        sharpness=sharpness,
    )


def judge(measures: Measures) -> PageHint:
    """The first thing to mend; GOOD when a clerk can read it."""
    if measures.brightness < DARKEST:
        return PageHint.TOO_DARK
    if measures.glare > GLARE_SHARE and measures.brightness < PAPER_BRIGHTEST:
        return PageHint.GLARE
    if measures.ink < LEAST_INK:
        return PageHint.EMPTY
    return PageHint.BLURRED if measures.sharpness < LEAST_SHARPNESS else PageHint.GOOD


def pack(page: Frame) -> bytes:
    """The page as JPEG of at most 500 KB, as large and as good as fits."""
    scale = min(1.0, LONGEST_SIDE / max(page.shape[:2]))
    while True:
        sized = page if scale == 1.0 else cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        for quality in QUALITIES:
            _, data = cv2.imencode(".jpg", sized, [cv2.IMWRITE_JPEG_QUALITY, quality])
            if data.size <= MOST_BYTES:
                return data.tobytes()
        scale *= SMALLER


def _across_the_edge(frame: Frame, corners: Corners) -> float:
    """Share of the sheet's edge where both sides look alike, and like neither the sheet's rim nor what it lies on."""
    scale = min(1.0, FINDING_WIDTH / frame.shape[1])
    resized = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = np.asarray(cv2.GaussianBlur(resized, (5, 5), 0), np.uint8)
    along = np.linspace(CORNER_SHARE, 1 - CORNER_SHARE, LOOKS_PER_EDGE)[:, None]
    rim, beside = [], []
    for begin, end in zip(corners * scale, np.roll(corners, -1, axis=0) * scale, strict=True):
        points = begin + (end - begin) * along
        inwards = np.array([begin[1] - end[1], end[0] - begin[0]]) / max(float(np.linalg.norm(end - begin)), 1.0)
        rim.append(_colours(small, points + BESIDE * inwards))
        beside.append(_colours(small, points - BESIDE * inwards))
    sheet, mat = np.concatenate(rim), np.concatenate(beside)
    across = _difference(sheet, mat) < ALIKE
    across &= _difference(sheet, np.median(sheet, axis=0)) > UNLIKE
    across &= _difference(mat, np.median(mat, axis=0)) > UNLIKE
    return float(across.mean())


def _colours(frame: Frame, points: NDArray[np.float64]) -> NDArray[np.int16]:
    last = np.array([frame.shape[1] - 1, frame.shape[0] - 1])
    across, down = np.clip(points.round(), 0, last).astype(np.intp).T
    return np.asarray(frame[down, across], np.int16)


def _difference(colours: NDArray[np.int16], others: NDArray[np.int16] | NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.abs(colours - others).max(axis=1), np.float64)


def _masks(grey: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Where a sheet may be: bright on a dark mat, and what edges close in on a bright one."""
    _, bright = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    edges = cv2.dilate(cv2.Canny(grey, 40, 120), np.ones((3, 3), np.uint8))
    return [np.asarray(bright, np.uint8), np.asarray(edges, np.uint8)]


def _sheets(mask: NDArray[np.uint8]) -> list[Corners]:
    """Convex quadrilaterals that are large enough."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour in contours:
        hull = cv2.convexHull(contour)
        if not LEAST_SHARE < cv2.contourArea(hull) / mask.size < MOST_SHARE:
            continue
        shape = cv2.approxPolyDP(hull, 0.02 * cv2.arcLength(hull, closed=True), closed=True)
        if len(shape) == 4:
            found.append(_in_order(shape.reshape(4, 2).astype(np.float32)))
    return found


def _in_order(points: NDArray[np.float32]) -> Corners:
    """From the upper left clockwise."""
    sums, differences = points.sum(axis=1), np.diff(points, axis=1).ravel()
    order = [np.argmin(sums), np.argmin(differences), np.argmax(sums), np.argmax(differences)]
    return np.asarray(points[order], np.float32)


def _largest_spot(grey: NDArray[np.uint8]) -> float:
    burnt = cv2.morphologyEx((grey >= BURNT_OUT).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(burnt)
    return float(stats[1:, cv2.CC_STAT_AREA].max() / grey.size) if count > 1 else 0.0
