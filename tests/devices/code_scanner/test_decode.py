"""Codes in frames: exact bytes, hard frames, and a budget of time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import cv2
import numpy as np
import pytest
import qrcode
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from qrcode.util import MODE_8BIT_BYTE, QRData

from benchmarks import codes
from benchmarks.hard_codes import hard_frames, idle_frames
from devices.code_scanner import decode as module
from devices.code_scanner.decode import CodeDecoder, code_like, evened, read_zbar, read_zxing, sharpened, smoothed
from devices.code_scanner.text import decode
from tests.devices.vectors import vectors

Grey = NDArray[np.uint8]
TOKEN = b"https://zwfw.example/p/7Qm2kX9tB4"


def draw(payload: bytes, module_pixels: float = 6) -> Grey:
    """A code without ECI, as telephones show it, on a grey wall."""
    code = qrcode.QRCode(box_size=8, border=4)
    code.add_data(QRData(payload, mode=MODE_8BIT_BYTE), optimize=0)
    code.make(fit=True)
    symbol = np.asarray(code.make_image().get_image().convert("L"), np.uint8)
    size = round(symbol.shape[0] * module_pixels / 8)
    frame = np.full((480, 640), 150, np.uint8)
    top, left = (480 - size) // 2, (640 - size) // 2
    frame[top : top + size, left : left + size] = cv2.resize(symbol, (size, size), interpolation=cv2.INTER_AREA)
    return frame


def read(frame: Grey) -> bytes | None:
    """What is read within as many frames as the decoder has ways."""
    decoder = CodeDecoder(budget_seconds=10.0)
    decoded = decoder.decode(frame)
    return decoded.payload if decoded else None


@pytest.mark.parametrize(("data", "expect"), vectors("qr_text"))
def test_a_codes_exact_bytes_are_read_and_its_text_is_right(data: bytes, expect: dict[str, Any]) -> None:
    decoded = CodeDecoder().decode(draw(data))
    assert decoded is not None
    assert (decoded.payload, decoded.symbology) == (data, "qr-code")
    assert decode(decoded.payload) == expect["text"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_code_that_names_its_encoding_is_read_the_same(encoding: str) -> None:
    text = "赣服通测试-张三"
    drawn = zxingcpp.create_barcode(text if encoding == "utf-8" else text.encode(encoding), zxingcpp.BarcodeFormat.QRCode)
    symbol = np.asarray(zxingcpp.write_barcode_to_image(drawn, scale=6, add_quiet_zones=True))
    decoded = CodeDecoder().decode(np.ascontiguousarray(symbol))
    assert decoded is not None
    assert decode(decoded.payload) == text


@given(st.binary(min_size=1, max_size=60))
@settings(max_examples=25, deadline=None)
def test_whatever_the_bytes_they_are_read_exactly(payload: bytes) -> None:
    assert read(draw(payload, module_pixels=5)) == payload


def test_a_coloured_frame_is_read_too() -> None:
    decoded = CodeDecoder().decode(np.asarray(cv2.cvtColor(draw(TOKEN), cv2.COLOR_GRAY2BGR), np.uint8))
    assert decoded is not None
    assert decoded.payload == TOKEN


def noisy(frame: Grey) -> Grey:
    return np.clip(frame + np.random.default_rng(3).normal(0, 18, frame.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: 255 - draw(TOKEN),
        lambda: np.rot90(draw(TOKEN)),
        lambda: noisy(draw(TOKEN, 4)),
        lambda: cv2.GaussianBlur(draw(TOKEN, 4), (0, 0), 2.2),
        lambda: (draw(TOKEN) * 0.08 + 30).astype(np.uint8),
        lambda: draw(TOKEN, 1.8),
    ],
    ids=["inverted", "turned", "noisy", "out-of-focus", "faint", "small"],
)
def test_hard_frames_are_read(spoil: Callable[[], Grey]) -> None:
    assert read(np.ascontiguousarray(spoil())) == TOKEN


def test_a_code_out_of_focus_is_read_only_after_treatment() -> None:
    frame = cv2.GaussianBlur(draw(TOKEN, 4), (0, 0), 2.3).astype(np.uint8)
    assert read_zxing(frame) is None
    assert read(frame) == TOKEN


@pytest.mark.parametrize("treat", [partial(sharpened, sigma=2, amount=3), smoothed, evened])
def test_a_treatment_leaves_a_good_code_readable(treat: Callable[[Grey], Grey]) -> None:
    decoded = read_zxing(treat(draw(TOKEN)))
    assert decoded is not None
    assert decoded.payload == TOKEN


def test_a_wide_frame_is_treated_at_its_own_size() -> None:
    assert smoothed(np.zeros((720, 1280), np.uint8)).shape == (720, 1280)
    assert smoothed(np.zeros((480, 640), np.uint8)).shape == (960, 1280)


def test_the_second_reader_is_believed_only_for_ascii() -> None:
    ascii_read = read_zbar(draw(TOKEN))
    assert ascii_read is not None
    assert (ascii_read.payload, ascii_read.symbology) == (TOKEN, "qr-code")
    assert read_zbar(draw("赣服通测试-张三".encode("gb18030"))) is None


def test_an_empty_frame_holds_no_code() -> None:
    assert read(np.full((480, 640), 120, np.uint8)) is None
    assert read(np.random.default_rng(1).integers(0, 255, (120, 160), np.uint8)) is None


DENSE_WITHOUT_CODE = np.random.default_rng(2).integers(0, 2, (60, 80), np.uint8).repeat(4, 0).repeat(4, 1) * 255


def test_a_slow_machine_tries_one_harder_way_a_frame_and_all_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    now = [0.0]

    def attempt(number: int) -> Callable[[Grey], None]:
        def try_it(_: Grey) -> None:
            tried.append(number)
            now[0] += 1.0

        return try_it

    monkeypatch.setattr(module, "HARDER_ATTEMPTS", tuple(attempt(number) for number in range(4)))
    decoder = CodeDecoder(budget_seconds=0.5, clock=lambda: now[0])
    for _ in range(6):
        assert decoder.decode(DENSE_WITHOUT_CODE) is None
    assert tried == [0, 1, 2, 3, 0, 1]


@pytest.mark.parametrize("scale", [3, 5, 12])
def test_the_part_that_is_dense_holds_the_code_and_a_near_one_is_read_in_the_whole(scale: int) -> None:
    frame = np.full((720, 1280), 200, np.uint8)
    frame[200:680, 500:1140] = draw(TOKEN, scale)
    assert read(frame) == TOKEN
    part = code_like(frame)
    if scale < 12:
        assert part is not None
        assert part.size < frame.size
        assert read(part) == TOKEN


@pytest.mark.parametrize("scale", [6, 8])
@pytest.mark.parametrize("symbology", [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.EAN13])
def test_a_bar_code_so_near_that_its_bars_are_no_crowd_of_edges_is_read_too(
    symbology: zxingcpp.BarcodeFormat, scale: int
) -> None:
    drawn = zxingcpp.create_barcode("6901234567892", symbology)
    symbol = np.asarray(zxingcpp.write_barcode_to_image(drawn, scale=scale, add_quiet_zones=True))[:300]
    frame = np.full((720, 1280), 200, np.uint8)
    frame[100 : 100 + symbol.shape[0], : symbol.shape[1]] = symbol
    decoder = CodeDecoder()
    for _ in range(2):  # the turn of the whole frame is over
        decoder.decode(np.full((720, 1280), 200, np.uint8))
    found = {one.payload for _ in range(module.EVERY_UNREAD) if (one := decoder.decode(frame)) is not None}
    assert found == {b"6901234567892"}


def test_where_nothing_is_dense_no_harder_way_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: Grey) -> None:
        raise AssertionError("this costs a frame without a code")

    monkeypatch.setattr(module, "HARDER_ATTEMPTS", (never,))
    hall = np.full((480, 640), 120, np.uint8)
    hall[100:300, 50:400] = 30
    assert code_like(hall) is None
    assert CodeDecoder().decode(hall) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (15, 15), (17, 33)])
def test_a_frame_smaller_than_a_block_is_no_fault(shape: tuple[int, int]) -> None:
    assert CodeDecoder().decode(np.zeros(shape, np.uint8)) is None


def test_a_bank_terminals_bar_code_is_read() -> None:
    drawn = zxingcpp.create_barcode("369901000127", zxingcpp.BarcodeFormat.Code128)
    symbol = np.asarray(zxingcpp.write_barcode_to_image(drawn, scale=3, add_quiet_zones=True))
    decoded = CodeDecoder().decode(np.ascontiguousarray(symbol))
    assert decoded is not None
    assert decoded.payload == b"369901000127"
    assert decoded.symbology.startswith("code-128")


def test_of_hard_frames_nearly_all_are_read_and_none_is_read_wrong() -> None:
    decoder = CodeDecoder(budget_seconds=60.0)
    frames = list(hard_frames(seed=3, count=80))
    found = [decoder.decode(frame.grey) for frame in frames]
    assert all(one is None or one.payload == frame.payload for one, frame in zip(found, frames, strict=True))
    assert sum(one is not None for one in found) >= 0.95 * len(frames)


def test_in_a_hall_without_a_code_none_is_read() -> None:
    decoder = CodeDecoder(budget_seconds=60.0)
    assert all(decoder.decode(frame.grey) is None for frame in idle_frames(seed=3, count=9))


def test_the_table_shows_each_reader_on_frames_with_codes_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "FEW_FRAMES", 10)
    rows = list(codes.measure(quick=True, seed=3))
    for peer in ("zxing-cpp alone", "pyzbar alone", "cv2 alone"):
        beside = {row.what for row in rows if row.against.startswith(f"{peer}:")}
        assert {"right", "wrong", "a frame, median", "a frame, p95", "a frame without a code, median"} <= beside
