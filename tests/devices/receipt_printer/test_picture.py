"""A slip as a picture: its size, and that its code can be read."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from devices.errors import FontMissing
from devices.receipt_printer.font import find_font_file, load_font
from devices.receipt_printer.picture import code_png, render, render_png
from devices.receipt_printer.slip import Align, Line, Pair, Qr, Rule, Slip

TOKEN = "https://zwfw.example/p/7Qm2kX9tB4"
RECEIPT = Slip(
    (
        Line("暂存回执", Align.CENTRE, large=True, bold=True),
        Rule(),
        Pair("申请人", "张*三"),
        Pair("事项", "城乡居民基本养老保险参保登记"),
        Rule(),
        Qr(TOKEN, "扫码查询办理进度"),
    )
)


@pytest.mark.parametrize(("width_mm", "pixels"), [(80, 640), (58, 464)])
def test_a_picture_has_the_printers_resolution_and_a_readable_code(width_mm: int, pixels: int) -> None:
    picture = Image.open(io.BytesIO(render_png(RECEIPT, width_mm)))
    assert (picture.format, picture.width) == ("PNG", pixels)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [TOKEN]


def test_a_slips_code_stands_alone_for_a_phone_where_there_is_one() -> None:
    picture = Image.open(io.BytesIO(code_png(RECEIPT)))
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [TOKEN]
    assert picture.width == picture.height > 300
    assert code_png(Slip((Line("没有二维码"),))) == b""


def test_text_stays_inside_the_printable_width() -> None:
    picture = np.asarray(render(Slip((Line("国" * 24), Line("W" * 48))), 80))
    inked = np.flatnonzero((picture < 128).any(axis=0))
    assert inked.min() >= 32
    assert inked.max() < 32 + 576


def test_a_longer_slip_is_a_longer_picture() -> None:
    assert render(Slip(RECEIPT.blocks * 2), 80).height > 1.7 * render(RECEIPT, 80).height


def test_latin_letters_are_half_as_wide_as_chinese_ones() -> None:
    font = load_font(24, bold=False)
    assert font.getlength("国") == 2 * font.getlength("W") == 24


def test_without_a_chinese_font_the_trouble_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FontMissing, match="fonts-noto-cjk"):
        find_font_file(bold=False, folder=tmp_path)


def test_a_font_that_lacks_chinese_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "fc-match"
    program.write_text('#!/bin/sh\nprintf "/dev/null\\nen|fr"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(FontMissing, match="knows no font"):
        find_font_file(bold=False, folder=tmp_path)


def test_another_font_is_found_through_fontconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    font = tmp_path / "another.ttc"
    font.touch()
    program = tmp_path / "fc-match"
    program.write_text(f'#!/bin/sh\nprintf "{font}\\nen|zh-cn|zh-tw"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert find_font_file(bold=True, folder=tmp_path) == font
