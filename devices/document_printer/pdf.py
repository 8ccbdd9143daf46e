"""A slip's blocks as an A4 document: PDF made by fpdf2, the characters it uses embedded from the system's Chinese font."""

from __future__ import annotations

import io
import logging
import os
import string
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
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
        from uharfbuzz import HarfBuzzError
    except ImportError as absent:
        raise LibraryMissing("fpdf2 and uharfbuzz are not installed") from absent
    logging.getLogger("fpdf").setLevel(logging.CRITICAL)  # it would name characters that the font lacks, as rare names hold
    pdf = FPDF(format="A4")
    pdf.set_margins(MARGIN_MM, MARGIN_MM)
    pdf.set_auto_page_break(auto=True, margin=MARGIN_MM)
    pdf.add_page()
    try:
        for style in _styles(slip):
            with _as_file(_part(*_face(STYLES[style]), _signs(slip))) as path:
                pdf.add_font("cjk", style, path)
    except (OSError, ValueError, RuntimeError, HarfBuzzError, TTLibError) as refused:
        raise FontMissing(f"the system's Chinese font cannot be embedded: {type(refused).__name__}") from refused
    for block in slip.blocks:
        _write(pdf, block)
    return bytes(pdf.output())


def _styles(slip: Slip) -> list[str]:
    """The regular weight, and the bold one where a line is bold."""
    bold = any(isinstance(block, Line) and block.bold for block in slip.blocks)
    return [style for style in STYLES if bold or not STYLES[style]]


def _signs(slip: Slip) -> frozenset[str]:
    """Every character that is printed, and the plain ones: a font of none would be no font."""
    texts = [string.digits, string.ascii_letters]
    for block in slip.blocks:
        match block:
            case Line(text):
                texts.append(text)
            case Pair(label, value):
                texts += (label, value)
            case Qr(_, caption):
                texts.append(caption)
            case Rule():
                pass
            case _:
                assert_never(block)
    return frozenset(printable(" ".join(texts)))


def _part(path: Path, face: int, signs: frozenset[str]) -> bytes:
    """A font file of these characters alone: fpdf2 by itself takes a second of Python for each face, and holds up the screen."""
    import uharfbuzz as hb

    wanted = hb.SubsetInput()
    wanted.unicode_set.update(map(ord, signs))
    return bytes(hb.subset(hb.Face(hb.Blob.from_file_path(str(path)), face), wanted).blob.data)


@contextmanager
def _as_file(content: bytes) -> Iterator[Path]:
    """A path that fpdf2 takes for a font's, while it opens it; what it holds, a resident's characters, is never on a disk."""
    memory = os.memfd_create("font")
    try:
        with os.fdopen(memory, "wb", closefd=False) as file:
            file.write(content)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "font.otf"
            path.symlink_to(f"/proc/self/fd/{memory}")
            yield path
    finally:
        os.close(memory)


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
