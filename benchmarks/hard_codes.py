"""Frames with QR codes as residents hold them before a camera, each made hard in one named way; drawn from a seed.

Blur and motion are scaled by the size of a module, so that what is drawn can in principle be read: a person would hold the
code nearer otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
import qrcode
from numpy.random import Generator
from numpy.typing import NDArray
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.util import MODE_8BIT_BYTE, QRData

Grey = NDArray[np.uint8]
Real = NDArray[np.float32]
Effect = Callable[[Real, float, Generator], Real]
SIZES: Final = ((640, 480), (1280, 720))
VERSIONS: Final = range(2, 21)
LEVELS: Final = (ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q)
QUIET_MODULES = 4
SMALLEST_MODULE, LARGEST_MODULE = 2.2, 9.0
"""In pixels of the frame."""
CHINESE = "县政务服务大厅赣服通亮码自助申报不动产登记社会保险企业开办"


@dataclass(frozen=True, slots=True)
class HardFrame:
    """One frame and what its code says; the payload is empty where there is none."""

    way: str
    grey: Grey = field(repr=False)
    payload: bytes = b""


def hard_frames(seed: int, count: int) -> Iterator[HardFrame]:
    """`count` frames, every way of being hard in turn."""
    random = np.random.default_rng(seed)
    ways = tuple(EFFECTS)
    for number in range(count):
        way = ways[number % len(ways)]
        size = SIZES[int(random.integers(len(SIZES)))]
        while (made := _held(way, size, random)) is None:
            continue
        yield made


def idle_frames(seed: int, count: int) -> Iterator[HardFrame]:
    """What a camera sees while nobody holds anything: a hall, its grain, a printed page."""
    random = np.random.default_rng(seed + 1)
    for number in range(count):
        width, height = SIZES[number % len(SIZES)]
        room = _room(width, height, random)
        if number % 3 == 0:
            for line in range(40, height - 40, 26):
                left, words = int(random.integers(40, 90)), "".join(random.choice(list("abcdefghiklmnoprstu    "), 38))
                cv2.putText(room, words, (left, line), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 30.0, 1, cv2.LINE_AA)
        yield HardFrame("idle", _sensed(room, random))


def _held(way: str, size: tuple[int, int], random: Generator) -> HardFrame | None:
    """A code before the camera; None when this version is too large for this frame."""
    payload, modules = _code(random)
    width, height = size
    side = modules.shape[0] + 2 * QUIET_MODULES
    largest = min(LARGEST_MODULE, 0.68 * height / side)
    smallest = SMALLEST_MODULE if way != "small" else 1.9
    if largest < smallest:
        return None
    module = float(random.uniform(smallest, max(smallest, min(largest, 3.0) if way == "small" else largest)))
    ink = np.pad(modules, QUIET_MODULES).astype(np.float32)
    shown: Real = np.kron(235.0 - 205.0 * ink, np.ones((8, 8), np.float32)).astype(np.float32)
    if way == "inverted":
        shown = np.asarray(265.0 - shown, np.float32)
    corners = _corners(side * module, size, random, tilt=0.16 if way == "perspective" else 0.05)
    placed, mask = _warped(shown, corners, size)
    picture = _room(width, height, random) * (1 - mask) + placed * mask
    return HardFrame(way, _sensed(EFFECTS[way](picture, module, random), random), payload)


def _code(random: Generator) -> tuple[bytes, NDArray[np.bool_]]:
    """A payload of ASCII or Chinese, UTF-8 or GB18030, and its modules; the version follows from chance, not from the text."""
    version = int(random.choice(VERSIONS))
    level = LEVELS[int(random.integers(len(LEVELS)))]
    length = int(random.integers(8, 6 + 6 * version))
    kind = int(random.integers(4))
    if kind < 2:
        payload = ("GSF:" + "".join(random.choice(list("0123456789abcdef"), length))).encode()
    else:
        text = "".join(random.choice(list(CHINESE), max(3, length // 4)))
        payload = text.encode("utf-8" if kind == 2 else "gb18030")
    code = qrcode.QRCode(version=version, error_correction=level, border=0)
    code.add_data(QRData(payload, mode=MODE_8BIT_BYTE))
    code.make(fit=True)
    return payload, np.asarray(code.get_matrix(), np.bool_)


def _corners(extent: float, size: tuple[int, int], random: Generator, tilt: float) -> Real:
    """Where the code's corners lie: turned by any angle, tilted, and whole within the frame."""
    angle = random.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * extent / 2
    corners = square @ turn.T
    corners += random.uniform(-tilt, tilt, (4, 2)) * extent / 2
    reach = np.abs(corners).max(axis=0)
    limit = np.array(size) / 2 - 4
    corners *= min(1.0, float((limit / reach).min()))
    room = np.maximum(limit - np.abs(corners).max(axis=0), 0)
    return np.asarray(corners + np.array(size) / 2 + random.uniform(-1, 1, 2) * room, np.float32)


def _warped(shown: Real, corners: Real, size: tuple[int, int]) -> tuple[Real, Real]:
    """The code in the frame, drawn at twice the size and shrunk as a lens does, and where it lies."""
    edge = float(shown.shape[0])
    source = np.array([[0, 0], [edge, 0], [edge, edge], [0, edge]], np.float32)
    where = cv2.getPerspectiveTransform(source, np.asarray(corners * 2, np.float32))
    double = (size[0] * 2, size[1] * 2)
    near = [cv2.warpPerspective(one, where, double, flags=cv2.INTER_LINEAR) for one in (shown, np.ones_like(shown))]
    placed, mask = (np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_AREA), np.float32) for one in near)
    return np.asarray(placed / np.maximum(mask, 1e-3), np.float32), mask


def _room(width: int, height: int, random: Generator) -> Real:
    """A background out of focus, with a few hard edges."""
    coarse = random.uniform(50, 190, (7, 10)).astype(np.float32)
    room = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    for _ in range(6):
        left, top = int(random.integers(width)), int(random.integers(height))
        right, bottom = left + int(random.integers(20, width // 3)), top + int(random.integers(20, height // 3))
        cv2.rectangle(room, (left, top), (right, bottom), float(random.uniform(30, 220)), -1)
    return room


def _sensed(picture: Real, random: Generator) -> Grey:
    """With a sensor's grain."""
    return np.asarray(np.clip(picture + random.normal(0, 2.5, picture.shape), 0, 255), np.uint8)


def _plain(picture: Real, module: float, random: Generator) -> Real:
    del module, random
    return picture


def _blurred(picture: Real, module: float, random: Generator) -> Real:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), float(module * random.uniform(0.3, 0.6))), np.float32)


def _moved(picture: Real, module: float, random: Generator) -> Real:
    length = max(2, round(module * random.uniform(0.6, 1.2)))
    kernel = np.zeros((length, length), np.float32)
    if random.random() < 0.5:
        kernel[length // 2, :] = 1 / length
    else:
        np.fill_diagonal(kernel, 1 / length)
    return np.asarray(cv2.filter2D(picture, -1, kernel), np.float32)


def _in_low_light(picture: Real, module: float, random: Generator) -> Real:
    del module
    dark = picture * random.uniform(0.12, 0.3)
    return np.asarray(dark + random.normal(0, 4.0, picture.shape), np.float32)


def _faint(picture: Real, module: float, random: Generator) -> Real:
    del module
    return np.asarray(128 + (picture - 128) * random.uniform(0.15, 0.3) + random.uniform(-40, 60), np.float32)


def _with_glare(picture: Real, module: float, random: Generator) -> Real:
    del module
    height, width = picture.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    distance = ((x - random.uniform(0, width)) ** 2 + (y - random.uniform(0, height)) ** 2) / (
        height * random.uniform(0.3, 0.5)
    ) ** 2
    return np.asarray(picture + 150.0 * np.exp(-distance * 2), np.float32)


def _on_a_screen(picture: Real, module: float, random: Generator) -> Real:
    """The pixels of a telephone against the camera's: fine stripes in two directions."""
    del module
    height, width = picture.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    stripes = sum(np.sin(2 * np.pi * (x * np.cos(a) + y * np.sin(a)) / random.uniform(3, 9)) for a in random.uniform(0, np.pi, 2))
    return np.asarray(picture + 14.0 * stripes, np.float32)


EFFECTS: Final[dict[str, Effect]] = {
    "plain": _plain,
    "small": _plain,
    "perspective": _plain,
    "blur": _blurred,
    "motion": _moved,
    "low light": _in_low_light,
    "low contrast": _faint,
    "glare": _with_glare,
    "moiré": _on_a_screen,
    "inverted": _plain,
}
"""Every code is turned by any angle and a little tilted besides."""
