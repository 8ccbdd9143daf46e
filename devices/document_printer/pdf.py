"""A slip's blocks as an A4 document: PDF made by fpdf2, the characters it uses embedded from the system's Chinese font."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

import qrcode
from PIL import ImageFont
from qrcode.constants import ERROR_CORRECT_M

from devices.errors import FontMissing, LibraryMissing
from devices.receipt_printer.font import find_font_file
from devices.receipt_printer.layout import printable
from devices.receipt_printer.slip import Align, Block, Line, Pair, Qr, Rule, Slip

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.enums import WrapMode

FAMILY = "Noto Sans CJK SC"
STYLES = {"": False, "B": True}
"""fpdf2's names of the two weights."""
MOST_FACES = 32
MARGIN_MM = 22
TEXT_POINTS, TITLE_POINTS = 12, 22
LINE_MM, TITLE_LINE_MM = 8.0, 13.0
LABEL_MM = 46.0
CODE_MM = 32.0
CODE_MODULE_DOTS = 8


def document_pdf(slip: Slip) -> bytes:
    """As many A4 pages as it takes; raises FontMissing or LibraryMissing."""
    try:
        from fontTools.ttLib import TTLibError
        from fpdf import FPDF
    except ImportError as absent:
        raise LibraryMissing("fpdf2 is not installed") from absent
    pdf = FPDF(format="A4")
    pdf.set_margins(MARGIN_MM, MARGIN_MM)
    pdf.set_auto_page_break(auto=True, margin=MARGIN_MM)
    pdf.add_page()
    try:
        for style in _styles(slip):  # each face that is embedded costs about a second on a small machine
            path, face = _face(STYLES[style])
            pdf.add_font("cjk", style, path, collection_font_number=face)
    except (OSError, ValueError, RuntimeError, TTLibError) as refused:
        raise FontMissing(f"the system's Chinese font cannot be embedded: {type(refused).__name__}") from refused
    for block in slip.blocks:
        _write(pdf, block)
    return bytes(pdf.output())


def _styles(slip: Slip) -> list[str]:
    """The regular weight, and the bold one where a line is bold."""
    bold = any(isinstance(block, Line) and block.bold for block in slip.blocks)
    return [style for style in STYLES if bold or not STYLES[style]]


def _write(pdf: FPDF, block: Block) -> None:
    match block:
        case Line(text, align, large, bold):
            _style(pdf, TITLE_POINTS if large else TEXT_POINTS, bold=bold)
            _paragraph(pdf, text, TITLE_LINE_MM if large else LINE_MM, "C" if align is Align.CENTRE else "L")
        case Pair(label, value):
            _style(pdf, TEXT_POINTS, bold=False)
            _pair(pdf, label, value)
        case Rule():
            middle = pdf.get_y() + LINE_MM / 2
            pdf.line(MARGIN_MM, middle, pdf.w - MARGIN_MM, middle)
            pdf.ln(LINE_MM)
        case Qr(payload, caption):
            _code(pdf, payload)
            _style(pdf, TEXT_POINTS, bold=False)
            _paragraph(pdf, caption, LINE_MM, "C")
        case _:
            assert_never(block)


def _style(pdf: FPDF, points: int, *, bold: bool) -> None:
    pdf.set_font("cjk", "B" if bold else "", points)


def _paragraph(pdf: FPDF, text: str, height_mm: float, align: str) -> None:
    for line in text.split("\n"):
        pdf.multi_cell(0, height_mm, printable(line), align=align, wrapmode=_breaks(line), new_x="LMARGIN", new_y="NEXT")


def _pair(pdf: FPDF, label: str, value: str) -> None:
    """Label and value from the same height on; the next block begins below the longer of the two."""
    room = LINE_MM * 2
    if pdf.get_y() + room > pdf.h - MARGIN_MM:
        pdf.add_page()
    page, top = pdf.page, pdf.get_y()
    pdf.multi_cell(LABEL_MM, LINE_MM, printable(label), align="L", wrapmode=_breaks(label), new_x="RIGHT", new_y="NEXT")
    below_label = (pdf.page, pdf.get_y())
    pdf.page = page
    pdf.set_xy(MARGIN_MM + LABEL_MM, top)
    pdf.multi_cell(0, LINE_MM, printable(value), align="L", wrapmode=_breaks(value), new_x="LMARGIN", new_y="NEXT")
    pdf.page, below = max(below_label, (pdf.page, pdf.get_y()))
    pdf.set_xy(MARGIN_MM, below)


def _breaks(text: str) -> WrapMode:
    """English breaks between words, Chinese between any two characters."""
    from fpdf.enums import WrapMode

    return WrapMode.WORD if text.isascii() else WrapMode.CHAR


def _code(pdf: FPDF, payload: str) -> None:
    code = qrcode.QRCode(box_size=CODE_MODULE_DOTS, border=4, error_correction=ERROR_CORRECT_M)
    code.add_data(payload)
    code.make(fit=True)
    file = io.BytesIO()
    code.make_image().get_image().save(file, "PNG")
    if pdf.get_y() + CODE_MM > pdf.h - MARGIN_MM:
        pdf.add_page()
    pdf.image(file, x=(pdf.w - CODE_MM) / 2, w=CODE_MM, h=CODE_MM)


@lru_cache(maxsize=2)
def _face(bold: bool) -> tuple[Path, int]:
    """The font's file and the number of its proportional face in it; raises FontMissing."""
    path = find_font_file(bold)
    for number in range(MOST_FACES):
        try:
            face = ImageFont.truetype(str(path), 12, number)
        except OSError:
            break
        if face.getname()[0] == FAMILY:
            return path, number
    return path, 0
