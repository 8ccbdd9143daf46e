"""What stands on an emulated printer's paper: commands in, lines and cut slips out; no thread, no port."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import zxingcpp
from PIL import Image

from devices.emulators.escpos_stream import Command
from devices.receipt_printer.layout import COLUMNS_OF_MM, Dashes, QrMark, TextLine
from devices.receipt_printer.picture import Drawn, draw, to_png
from devices.receipt_printer.slip import Align

STORE_QR = b"1P0"
PRINT_QR = b"1Q0"


@dataclass(frozen=True, slots=True)
class PrintedSlip:
    """One piece of paper as it fell out, cut."""

    lines: tuple[Drawn, ...] = field(repr=False)
    width_mm: int = 80

    @property
    def texts(self) -> list[str]:
        """The lines of text."""
        return [line.text for line in self.lines if isinstance(line, TextLine)]

    @property
    def qr_payloads(self) -> list[str]:
        """What the QR codes say, whether the printer drew them or was sent a picture."""
        return [line.payload for line in self.lines if isinstance(line, QrMark)]

    def png(self) -> bytes:
        """The paper as a PNG picture; raises FontMissing."""
        return to_png(draw(self.lines, self.width_mm))


@dataclass(slots=True)
class Paper:
    """The roll under the print head: `perform` one command after the other."""

    width_mm: int
    slips: list[PrintedSlip] = field(default_factory=list)
    lines: list[Drawn] = field(default_factory=list)
    """Printed and not yet cut."""
    _style: TextLine = field(default=TextLine(""))  # frozen: sharing it is safe
    _text: bytearray = field(default_factory=bytearray)
    _qr: bytes = b""

    def perform(self, command: Command) -> None:
        """Print, set a style or cut; unknown commands do nothing."""
        match command.name:
            case b"":
                self._text += command.data
            case b"\n":
                self._print_line()
            case b"\x1b@":
                self._text.clear()
                self._style = TextLine("")
            case b"\x1ba":
                self._style = replace(self._style, align=Align.CENTRE if command.data in (b"\x01", b"1") else Align.LEFT)
            case b"\x1bE":
                self._style = replace(self._style, bold=bool(command.data[0] & 1))
            case b"\x1d!":
                self._style = replace(self._style, large=command.data[0] >= 0x11)
            case b"\x1dV":
                self._cut()
            case b"\x1d(":
                self._draw_qr(command.data)
            case b"\x1dv":
                self._draw_raster(command.data)

    def _print_line(self) -> None:
        text = bytes(self._text).decode("gb18030", errors="replace")
        self._text.clear()
        dashed = text == "-" * COLUMNS_OF_MM[self.width_mm]
        self.lines.append(Dashes() if dashed else replace(self._style, text=text))

    def _draw_qr(self, data: bytes) -> None:
        """`k pL pH cn fn m data`: function 80 stores the code's text, 81 prints it."""
        what = data[3:6]
        if data[:1] == b"k" and what == STORE_QR:
            self._qr = data[6:]
        elif data[:1] == b"k" and what == PRINT_QR and self._qr:
            self.lines.append(QrMark(self._qr.decode("utf-8", errors="replace")))

    def _draw_raster(self, data: bytes) -> None:
        """`0 m xL xH yL yH` and the rows: a QR code is read again, any other picture is kept as it is."""
        row_bytes, rows = int.from_bytes(data[2:4], "little"), int.from_bytes(data[4:6], "little")
        bits = np.unpackbits(np.frombuffer(data[6:], np.uint8).reshape(rows, row_bytes), axis=1)
        picture = Image.fromarray(((1 - bits) * 255).astype(np.uint8), "L") if bits.size else Image.new("L", (1, 1), 255)
        found = zxingcpp.read_barcodes(picture)
        self.lines.append(QrMark(found[0].bytes.decode("utf-8", errors="replace")) if found else picture)

    def _cut(self) -> None:
        self.slips.append(PrintedSlip(tuple(self.lines), self.width_mm))
        self.lines.clear()
