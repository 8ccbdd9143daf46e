"""A slip laid out in the columns of the paper: pure, the same for the printer and for the picture.

A receipt printer in Chinese mode prints every ASCII character one column wide and every other character two: 12 and
24 dots. 80 mm paper has 576 dots, that is 48 columns; 58 mm has 384, that is 32.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import field
from typing import assert_never

from devices.receipt_printer.slip import Align, Line, Pair, Qr, Rule, Slip
from devices.values import dataclass

COLUMNS_OF_MM = {80: 48, 58: 32}
"""Columns of the standard font by paper width in mm."""

QR_MODULE_DOTS = {80: 6, 58: 5}
"""Size of one QR module in dots (8 dots are 1 mm) by paper width: a telephone reads it, and a text of 60 characters fits."""

PAIR_GAP = {48: 2, 32: 1}
"""Empty columns between labels and values, by the paper's columns: at 58 mm a date with its time still fits behind a label."""

MOST_LABEL_ROWS = 2
"""A label that would need more rows in its column is a sentence: it gets the whole width, and its value the next line."""

ORPHAN_COLUMNS = 2
"""One Chinese character alone on the last line of a paragraph."""

NEVER_FIRST = frozenset("，。、；：？！）》】」』”’…—·％%,.;:?!)]}")
"""Characters that do not begin a line (GB/T 15834, 标点符号用法)."""

NEVER_LAST = frozenset("（《【「『“‘([{￥¥$")
"""Characters that do not end a line."""

_PIECE = re.compile(r"[!-~]*?[-/,;](?=[!-~])|[!-~]+|[^!-~]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text that fits the paper."""

    text: str = field(repr=False)
    align: Align = Align.LEFT
    large: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Dashes:
    """A dashed line over the whole width."""


@dataclass(frozen=True, slots=True)
class QrMark:
    """A QR code, centred."""

    payload: str = field(repr=False)


Laid = TextLine | Dashes | QrMark


def columns(text: str) -> int:
    """How many columns a text takes in Chinese mode."""
    return sum(1 if char < "\x80" else 2 for char in text)


def printable(text: str) -> str:
    """The text without control and format characters, so that no value can carry a printer command."""
    spaced = (" " if char.isspace() else char for char in text.replace("\u3000", "  "))
    return "".join(char for char in spaced if unicodedata.category(char) not in ("Cc", "Cf", "Cs"))


def wrap(text: str, width: int) -> list[str]:
    """Break a paragraph into lines of at most `width` columns (≥ 2); words and numbers are kept whole where they fit."""
    paragraphs = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [line for paragraph in paragraphs for line in _wrap_evenly(printable(paragraph), width)]


def _wrap_evenly(paragraph: str, width: int) -> list[str]:
    """Wrap, and take a character down to an orphan where that costs no line."""
    lines = list(_wrap_paragraph(paragraph, width))
    if len(lines) == 1 or columns(lines[-1]) > ORPHAN_COLUMNS or width <= 2 * ORPHAN_COLUMNS:
        return lines
    narrower = list(_wrap_paragraph(paragraph, width - ORPHAN_COLUMNS))
    return narrower if len(narrower) == len(lines) else lines


def _wrap_paragraph(paragraph: str, width: int) -> Iterator[str]:
    line = ""
    for unit in _units(paragraph):
        if columns(line) + columns(unit.rstrip()) <= width:
            line += unit
            continue
        if line.strip():
            yield line.rstrip()
        *full, line = _chop(unit.lstrip(), width)
        yield from full
    yield line.rstrip()


def _units(paragraph: str) -> Iterator[str]:
    """What is not broken: a word, or a character with the punctuation that belongs to it and the space behind it."""
    unit = ""
    for match in _PIECE.finditer(paragraph):
        piece = match.group()
        glued = piece == " " or piece[0] in NEVER_FIRST or (unit and unit[-1] in NEVER_LAST)
        if unit and not glued:
            yield unit
            unit = ""
        unit += piece
    if unit:
        yield unit


def _chop(unit: str, width: int) -> list[str]:
    """Break a unit too long for any line, at the column; a space over the edge is the break itself."""
    pieces = [""]
    for char in unit:
        if columns(pieces[-1]) + columns(char) > width:
            if char == " ":
                continue
            pieces.append("")
        pieces[-1] += char
    return pieces


def lay_out(slip: Slip, width_mm: int) -> list[Laid]:
    """All lines of a slip from top to bottom."""
    width = COLUMNS_OF_MM[width_mm]
    label_width = _label_width(slip, width)
    return [laid for block in slip.blocks for laid in _lay_block(block, width, label_width)]


def _label_width(slip: Slip, width: int) -> int:
    """One width for all labels of a slip but sentences, so that the values stand under each other; at most 3/8 of the paper."""
    most = width * 3 // 8
    labels = [block.label for block in slip.blocks if isinstance(block, Pair)]
    widest = max((columns(printable(label)) for label in labels if len(wrap(label, most)) <= MOST_LABEL_ROWS), default=0)
    return min(max(widest, 2), most)


def _lay_block(block: Line | Pair | Rule | Qr, width: int, label_width: int) -> Iterator[Laid]:
    match block:
        case Line(text, align, large, bold):
            for line in wrap(text, width // 2 if large else width):
                yield TextLine(line, align, large, bold)
        case Pair(label, value):
            yield from _lay_pair(label, value, width, label_width)
        case Rule():
            yield Dashes()
        case Qr(payload, caption):
            yield TextLine("")  # a code needs four modules of empty paper on all sides (ISO/IEC 18004)
            yield QrMark(payload)
            yield TextLine("")
            if caption:
                for line in wrap(caption, width):
                    yield TextLine(line, Align.CENTRE)
        case _:
            assert_never(block)


def _lay_pair(label: str, value: str, width: int, label_width: int) -> Iterator[TextLine]:
    gap = PAIR_GAP[width]
    labels = wrap(label, label_width)
    values = wrap(value, width - label_width - gap)
    if len(labels) > MOST_LABEL_ROWS:
        yield from (TextLine(line) for line in wrap(label, width))
        labels = []
    for row in range(max(len(labels), len(values))):
        left = labels[row] if row < len(labels) else ""
        right = values[row] if row < len(values) else ""
        yield TextLine((left + " " * (label_width + gap - columns(left)) + right).rstrip())
