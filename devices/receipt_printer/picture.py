"""A slip as a picture at the printer's own resolution, 8 dots a millimetre: for screens, the demo and the manual.

Drawn from the same layout that is printed, so a line breaks here where it breaks on paper. Free of threads.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import assert_never

import qrcode
from PIL import Image, ImageDraw, ImageOps
from qrcode.constants import ERROR_CORRECT_M

from devices.receipt_printer.font import load_font
from devices.receipt_printer.layout import COLUMNS_OF_MM, QR_MODULE_DOTS, Dashes, Laid, QrMark, TextLine, columns, lay_out
from devices.receipt_printer.slip import Align, Qr, Slip

DOTS_OF_MM = 8
CELL = 12
"""Width of one column in dots; a Chinese character takes two, and is 24 dots high."""

PITCH = 34
"""Dots from line to line."""

LARGE_PITCH = 66
RULE_PITCH = 30
EDGE = 36
"""Empty paper above and below, in dots."""

INK = 0x1C
PAPER = 0xFF
FADED_RULE = 0x70

Drawn = Laid | Image.Image


def render(slip: Slip, width_mm: int) -> Image.Image:
    """Draw a slip; grey levels, 640 or 464 pixels wide. Raises FontMissing."""
    return draw(lay_out(slip, width_mm), width_mm)


def render_png(slip: Slip, width_mm: int) -> bytes:
    """Draw a slip as the bytes of a PNG file; raises FontMissing."""
    return to_png(render(slip, width_mm))


def to_png(picture: Image.Image) -> bytes:
    """A picture as the bytes of a PNG file, its resolution noted as 203 dpi."""
    file = io.BytesIO()
    picture.save(file, "PNG", dpi=(203, 203))
    return file.getvalue()


def code_png(slip: Slip, module: int = 10) -> bytes:
    """A slip's QR code alone with its empty margin, `module` pixels a module, as a PNG; b"" when the slip has none."""
    payload = next((block.payload for block in slip.blocks if isinstance(block, Qr)), None)
    if payload is None:
        return b""
    return to_png(ImageOps.expand(_qr_tile(payload, module), 4 * module, PAPER))


def draw(lines: Sequence[Drawn], width_mm: int) -> Image.Image:
    """Draw laid out lines from top to bottom; pictures among them are centred."""
    tiles = [_tile(line, width_mm) for line in lines]
    width = width_mm * DOTS_OF_MM
    paper = Image.new("L", (width, 2 * EDGE + sum(tile.height for tile in tiles)), PAPER)
    top = EDGE
    for tile in tiles:
        paper.paste(tile, ((width - tile.width) // 2, top))
        top += tile.height
    return paper


def _tile(line: Drawn, width_mm: int) -> Image.Image:
    match line:
        case TextLine():
            return _text_tile(line, COLUMNS_OF_MM[width_mm] * CELL)
        case Dashes():
            return _dashes_tile(COLUMNS_OF_MM[width_mm] * CELL)
        case QrMark(payload):
            return _qr_tile(payload, QR_MODULE_DOTS[width_mm])
        case Image.Image():
            return line
        case _:
            assert_never(line)


def _text_tile(line: TextLine, width: int) -> Image.Image:
    scale = 2 if line.large else 1
    tile = Image.new("L", (width, LARGE_PITCH if line.large else PITCH), PAPER)
    pen = ImageDraw.Draw(tile)
    font = load_font(2 * CELL * scale, line.bold)
    left = (width - columns(line.text) * CELL * scale) // 2 if line.align is Align.CENTRE else 0
    baseline = (tile.height + 17 * scale) // 2
    for char in line.text:
        pen.text((left, baseline), char, font=font, fill=INK, anchor="ls")
        left += columns(char) * CELL * scale
    return tile


def _dashes_tile(width: int) -> Image.Image:
    tile = Image.new("L", (width, RULE_PITCH), PAPER)
    pen = ImageDraw.Draw(tile)
    middle = RULE_PITCH // 2
    for left in range(0, width, CELL):
        pen.line((left + 2, middle, left + CELL - 3, middle), fill=FADED_RULE, width=2)
    return tile


def _qr_tile(payload: str, module: int) -> Image.Image:
    code = qrcode.QRCode(box_size=module, border=0, error_correction=ERROR_CORRECT_M)
    code.add_data(payload)
    code.make(fit=True)
    picture: Image.Image = code.make_image().get_image()
    return picture.convert("L")
