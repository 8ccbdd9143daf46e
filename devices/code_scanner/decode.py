"""Codes in a frame: zxing-cpp first, then after light treatment, and pyzbar as the second opinion.

What counts are a code's exact bytes. zxing-cpp gives them; pyzbar re-codes Chinese text (GB18030 through Big5) and loses
them, so of pyzbar only ASCII is believed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import field

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from pyzbar import pyzbar

from devices.values import dataclass

Grey = NDArray[np.uint8]
"""Height × width."""

BUDGET_SECONDS = 0.06
"""Time for one frame: about 15 frames a second on a slow core."""

FORMATS = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.Aztec,
        zxingcpp.BarcodeFormat.PDF417,
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.Code39,
        zxingcpp.BarcodeFormat.EAN13,
    ]
)
"""What residents show; weaker symbologies are left out, they are found in noise."""

QR_ONLY = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
"""Nearly all of what residents show; looking for this alone takes a tenth of the time in a noisy frame."""

ZBAR_SYMBOLS = [pyzbar.ZBarSymbol.QRCODE, pyzbar.ZBarSymbol.CODE128, pyzbar.ZBarSymbol.CODE39, pyzbar.ZBarSymbol.EAN13]
ZBAR_NAMES = {"QRCODE": "qr-code", "CODE128": "code-128", "CODE39": "code-39", "EAN13": "ean-13"}

WIDEST_UPSCALED = 1400
"""Frames wider than half of this are treated at their own size: twice 1280 would cost the budget of five frames."""


EVERY_UNREAD = 8
"""Of frames in which nothing was read, every so manieth is searched whole for all symbologies: twice a second at 15 frames."""
HALF_BLOCK = 8
"""Blocks of 16 pixels, counted in a frame of half the size."""
LEAST_STEP, GRAIN_FACTOR, DENSE = 8.0, 3.0, 0.26
"""What counts as an edge: grey levels, and times the median step, which is the sensor's grain; the share of edges in a code."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A code's exact bytes and its symbology, e.g. `qr-code`."""

    payload: bytes = field(repr=False)
    symbology: str


Attempt = Callable[[Grey], Decoded | None]


def read_zxing(grey: Grey, formats: zxingcpp.BarcodeFormats = FORMATS) -> Decoded | None:
    """The first code zxing-cpp finds."""
    for found in zxingcpp.read_barcodes(grey, formats=formats):
        if found.valid and found.bytes:
            return Decoded(bytes(found.bytes), str(found.format).lower().replace(" ", "-"))
    return None


def read_zbar(grey: Grey) -> Decoded | None:
    """The first code of ASCII text pyzbar finds."""
    for found in pyzbar.decode(np.ascontiguousarray(grey), symbols=ZBAR_SYMBOLS):
        if found.data and found.data.isascii():
            return Decoded(bytes(found.data), ZBAR_NAMES[found.type])
    return None


def sharpened(grey: Grey, sigma: float, amount: float) -> Grey:
    """Sharpened by unsharp masking: for codes out of focus or moved."""
    return _grey(cv2.addWeighted(grey, 1 + amount, cv2.GaussianBlur(grey, (0, 0), sigma), -amount, 0))


def smoothed(grey: Grey) -> Grey:
    """Enlarged and smoothed: for noise in poor light, and the pixels of a telephone's screen."""
    return _grey(cv2.GaussianBlur(_enlarged(grey), (0, 0), 1.5))


def evened(grey: Grey) -> Grey:
    """Enlarged, with local contrast raised: for glare and faint print."""
    return _grey(cv2.createCLAHE(3.0, (8, 8)).apply(_enlarged(grey)))


def code_like(grey: Grey) -> Grey | None:
    """The part of a frame that is as dense with edges as a code is, and a margin; None when nothing is.

    A furniture's edge fills a quarter of a window of 48 pixels at most, the coarsest code a third, print a half
    (measured on `benchmarks.hard_codes`; 0.5 ms a frame of 1280 × 720).
    """
    if min(grey.shape) < 4 * HALF_BLOCK:
        return grey
    half = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    across, down = cv2.absdiff(half[:-1, 1:], half[:-1, :-1]), cv2.absdiff(half[1:, :-1], half[:-1, :-1])
    steps = cv2.add(across, down)
    _, edges = cv2.threshold(steps, max(LEAST_STEP, GRAIN_FACTOR * float(np.median(steps[::4, ::4]))), 255, cv2.THRESH_BINARY)
    rows, columns = edges.shape[0] // HALF_BLOCK, edges.shape[1] // HALF_BLOCK
    blocks = cv2.resize(edges[: rows * HALF_BLOCK, : columns * HALF_BLOCK], (columns, rows), interpolation=cv2.INTER_AREA)
    dense = np.argwhere(cv2.blur(blocks, (3, 3), borderType=cv2.BORDER_REPLICATE) > DENSE * 255)
    if not len(dense):
        return None
    block = 2 * HALF_BLOCK
    (top, left), (bottom, right) = dense.min(axis=0) - 2, dense.max(axis=0) + 3
    return np.ascontiguousarray(grey[max(top, 0) * block : bottom * block, max(left, 0) * block : right * block])


def _enlarged(grey: Grey) -> Grey:
    if grey.shape[1] * 2 > WIDEST_UPSCALED:
        return grey
    return _grey(cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))


def _grey(picture: object) -> Grey:
    return np.asarray(picture, np.uint8)


HARDER_ATTEMPTS: tuple[Attempt, ...] = (
    lambda grey: read_zxing(sharpened(grey, 2, 3), QR_ONLY),
    lambda grey: read_zxing(sharpened(_enlarged(grey), 4, 4), QR_ONLY),
    read_zxing,
    lambda grey: read_zxing(smoothed(grey), QR_ONLY),
    read_zbar,
    lambda grey: read_zxing(evened(grey), QR_ONLY),
    lambda grey: read_zxing(sharpened(_enlarged(grey), 2, 2), QR_ONLY),
)
"""Ordered by what each adds on hard frames for its time; the third looks for all symbologies."""


class CodeDecoder:
    """Looks for a QR code where a frame is as dense as one, then in all of it, then there in one harder way after the other.

    The harder ways go on while the frame's time lasts, and the next frame begins where this one ended, so that a slow machine
    tries every way too. A frame that is dense nowhere costs none of them. Now and then, beyond that time, a whole frame is
    searched for a bar code of wide bars, of which only a part, or none, is dense.
    """

    def __init__(self, budget_seconds: float = BUDGET_SECONDS, clock: Callable[[], float] = time.perf_counter) -> None:
        self._budget_seconds = budget_seconds
        self._clock = clock
        self._turn = 0
        self._unread = 0

    def decode(self, frame: NDArray[np.uint8]) -> Decoded | None:
        """A code in a grey or BGR frame; None when none is read in time."""
        grey = frame if frame.ndim == 2 else _grey(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))
        began = self._clock()
        part = code_like(grey)
        if part is not None and (decoded := read_zxing(part, QR_ONLY)) is not None:
            return decoded
        # A code so near that its modules are no crowd of edges, or one beside something denser.
        if (decoded := read_zxing(grey, QR_ONLY)) is not None:
            return decoded
        if part is not None and (decoded := self._look_harder(part, began)) is not None:
            return decoded
        self._unread += 1
        return read_zxing(grey) if self._unread % EVERY_UNREAD == 1 else None

    def _look_harder(self, part: Grey, began: float) -> Decoded | None:
        for _ in HARDER_ATTEMPTS:
            if self._clock() - began >= self._budget_seconds:
                break
            attempt = HARDER_ATTEMPTS[self._turn]
            if (decoded := attempt(part)) is not None:
                return decoded
            self._turn = (self._turn + 1) % len(HARDER_ATTEMPTS)
        return None
