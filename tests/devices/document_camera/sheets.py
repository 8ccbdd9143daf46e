"""Drawn sheets on a mat, as a document camera of 2592 × 1944 would see them."""

from __future__ import annotations

import cv2
import numpy as np
import zxingcpp

from devices.frame_slot import Frame

WIDE, HIGH = 2592, 1944
PAGE = (1240, 1754)
"""A4 at 150 dots an inch."""
CODE = b"360830-K03-20261123-000001-7 \xe6\xa0\xb7\xe4\xbe\x8b"
UPRIGHT = ((700, 90), (1890, 130), (1930, 1830), (660, 1800))
TURNED = ((640, 260), (1760, 60), (2080, 1680), (880, 1890))


def written(lines: int = 46) -> Frame:
    """A page of small print with a code, whose modules are as fine as the print's strokes."""
    page = np.full((PAGE[1], PAGE[0], 3), 236, np.uint8)
    for number in range(lines):
        text = f"{number:02} The applicant declares that items 1-{number + 3} are true and complete."
        cv2.putText(page, text, (90, 120 + 34 * number), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (45, 40, 40), 2, cv2.LINE_AA)
    if lines:
        drawn = zxingcpp.create_barcode(CODE, zxingcpp.BarcodeFormat.QRCode)
        symbol = np.asarray(zxingcpp.write_barcode_to_image(drawn, scale=4, add_quiet_zones=True))
        page[-40 - symbol.shape[0] : -40, -40 - symbol.shape[1] : -40] = symbol[:, :, None]
    return page


def under_camera(page: Frame, corners: tuple[tuple[int, int], ...] = UPRIGHT, mat: int = 45) -> Frame:
    """The sheet on a mat of this grey."""
    frame = np.full((HIGH, WIDE, 3), mat, np.uint8)
    frame += np.random.default_rng(1).integers(0, 9, frame.shape, np.uint8)
    height, width = page.shape[:2]
    of_page = np.float32([(0, 0), (width, 0), (width, height), (0, height)])  # type: ignore[arg-type]
    how = cv2.getPerspectiveTransform(of_page, np.float32(corners))  # type: ignore[arg-type]
    laid = cv2.warpPerspective(page, how, (WIDE, HIGH), flags=cv2.INTER_AREA)
    inside = cv2.warpPerspective(np.full((height, width), 255, np.uint8), how, (WIDE, HIGH)) > 127
    cv2.copyTo(laid, inside.astype(np.uint8), frame)
    return frame


def with_glare(frame: Frame) -> Frame:
    """A lamp's reflection on the sheet."""
    down, across = np.mgrid[0:HIGH, 0:WIDE]
    spot = np.exp(-(((across - 1300) / 170) ** 2) - ((down - 800) / 130) ** 2)
    return np.asarray(np.clip(frame + 400 * spot[..., None], 0, 255), np.uint8)


def blurred(frame: Frame, sigma: float = 5.0) -> Frame:
    return np.asarray(cv2.GaussianBlur(frame, (0, 0), sigma), np.uint8)


def codes_in(jpeg: bytes) -> list[bytes]:
    """What is read of the code on a packed page."""
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    return [bytes(found.bytes) for found in zxingcpp.read_barcodes(picture)]
