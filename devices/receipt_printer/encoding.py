"""A slip as the bytes a printer wants: python-escpos makes every command, we only say Chinese text in GB18030.

python-escpos chooses a code page for text by itself and misses Chinese punctuation and rare characters, so the printer
is put into Chinese mode (FS &) and the text is sent as it is encoded here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from devices.receipt_printer.layout import COLUMNS_OF_MM, QR_MODULE_DOTS, Dashes, Laid, QrMark, TextLine, lay_out
from devices.receipt_printer.library import QR_ECLEVEL_M, Dummy
from devices.receipt_printer.slip import Align, Slip

CHINESE_MODE_ON = b"\x1c&"
"""FS &: two-byte characters are Chinese; python-escpos has no name for it."""

PIECE_BYTES = 128
"""11 ms on the wire at 115200 baud: a roll's end is noticed within a few lines."""

_PLAIN = TextLine("")


@dataclass(slots=True)
class _Writer:
    """Sends a style only when it changes."""

    escpos: Dummy = field(default_factory=Dummy)
    style: TextLine = _PLAIN

    def write(self, line: TextLine) -> None:
        self._change_style(line)
        self.escpos._raw(line.text.encode("gb18030") + b"\n")

    def draw_qr(self, payload: str, module_dots: int) -> None:
        self._change_style(TextLine("", Align.CENTRE))
        self.escpos.qr(payload, ec=QR_ECLEVEL_M, size=module_dots, native=True)

    def _change_style(self, wanted: TextLine) -> None:
        if wanted.large != self.style.large:
            size = 2 if wanted.large else 1
            self.escpos.set(custom_size=True, width=size, height=size)
        if wanted.bold != self.style.bold:
            self.escpos.set(bold=wanted.bold)
        if wanted.align is not self.style.align:
            self.escpos.set(align="center" if wanted.align is Align.CENTRE else "left")
        self.style = wanted


def encode_slip(slip: Slip, width_mm: int) -> tuple[bytes, ...]:
    """Everything from the reset to the cut, in pieces of whole commands, at least PIECE_BYTES each but the last."""
    writer = _Writer()
    writer.escpos.hw("INIT")
    writer.escpos._raw(CHINESE_MODE_ON)
    pieces = []
    for laid in lay_out(slip, width_mm):
        _write_laid(writer, laid, width_mm)
        if len(writer.escpos.output) >= PIECE_BYTES:
            pieces.append(writer.escpos.output)
            writer.escpos.clear()
    writer.escpos.cut()
    return (*pieces, writer.escpos.output)


def encode_cut() -> bytes:
    """Reset and cut, so that what hangs in the printer comes out as a piece of its own."""
    escpos = Dummy()
    escpos.hw("INIT")
    escpos.cut()
    return bytes(escpos.output)


def _write_laid(writer: _Writer, laid: Laid, width_mm: int) -> None:
    match laid:
        case TextLine():
            writer.write(laid)
        case Dashes():
            writer.write(TextLine("-" * COLUMNS_OF_MM[width_mm]))
        case QrMark(payload):
            writer.draw_qr(payload, QR_MODULE_DOTS[width_mm])
        case _:
            assert_never(laid)
