"""Every kind of slip at both widths and in both languages: nothing is clipped, times stand on one line, codes can be read."""

from __future__ import annotations

import re

import numpy as np
import pytest
import zxingcpp

from devices.receipt_printer.escpos import trial_slip
from devices.receipt_printer.layout import COLUMNS_OF_MM, TextLine, columns, lay_out
from devices.receipt_printer.picture import CELL, DOTS_OF_MM, render
from devices.receipt_printer.slip import Pair, Qr, Slip
from kiosk.visit.visit import Language
from tests.kiosk.visit.slips import WIDTHS_MM, every_slip

DATE_AND_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
SLIPS = {f"{name}-{language.value}": slip for language in Language for name, slip in every_slip(language)}


def texts(slip: Slip, width_mm: int) -> list[str]:
    return [line.text for line in lay_out(slip, width_mm) if isinstance(line, TextLine)]


@pytest.mark.parametrize("width_mm", WIDTHS_MM)
@pytest.mark.parametrize("name", [*SLIPS, "test"])
def test_every_slip_is_legible(name: str, width_mm: int) -> None:
    slip = SLIPS[name] if name in SLIPS else trial_slip(width_mm)
    picture = np.asarray(render(slip, width_mm))
    inked = np.flatnonzero((picture < 128).any(axis=0))
    margin = (width_mm * DOTS_OF_MM - COLUMNS_OF_MM[width_mm] * CELL) // 2
    assert margin <= inked.min()
    assert inked.max() < width_mm * DOTS_OF_MM - margin
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [
        each.payload for each in slip.blocks if isinstance(each, Qr)
    ]


@pytest.mark.parametrize("width_mm", WIDTHS_MM)
@pytest.mark.parametrize("name", SLIPS)
def test_a_date_and_its_time_stand_on_one_line(name: str, width_mm: int) -> None:
    wanted = [each.value for each in SLIPS[name].blocks if isinstance(each, Pair) and DATE_AND_TIME.fullmatch(each.value)]
    found = DATE_AND_TIME.findall("\n".join(texts(SLIPS[name], width_mm)))
    assert wanted
    assert found == wanted


@pytest.mark.parametrize("width_mm", WIDTHS_MM)
@pytest.mark.parametrize("name", [name for name in SLIPS if name.endswith("-zh")])
def test_no_line_is_a_single_chinese_character(name: str, width_mm: int) -> None:
    assert not [line for line in texts(SLIPS[name], width_mm) if line and columns(line.strip()) == 2 and line.strip() > "\u2fff"]
