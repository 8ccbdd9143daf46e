"""What a printer's four real-time status bytes mean (DLE EOT 1 to 4): pure, no port.

Bit positions follow Epson's ESC/POS reference for `DLE EOT n`. Many low-cost printers never answer: an unanswered or
senseless byte says nothing at all, so everything it would tell stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import IntEnum

from devices.errors import CoverOpen, CutterJammed, PaperOut, PrinterError, PrinterOffline
from devices.reports import Cover, Paper
from devices.values import dataclass


class Query(IntEnum):
    """The n of `DLE EOT n`."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    ERROR = 3
    PAPER = 4


@dataclass(frozen=True, slots=True)
class PrinterByte:
    """Answer to query 1."""

    online: bool
    drawer_pin3_high: bool
    waiting_for_recovery: bool
    feed_button: bool


@dataclass(frozen=True, slots=True)
class OfflineByte:
    """Answer to query 2."""

    cover_open: bool
    feed_button: bool
    paper_end_stop: bool
    error: bool


@dataclass(frozen=True, slots=True)
class ErrorByte:
    """Answer to query 3."""

    recoverable: bool
    cutter_error: bool
    unrecoverable: bool
    auto_recoverable: bool


def is_status(byte: int) -> bool:
    """True for a byte with the fixed bits of a DLE EOT answer (0xx1xx10)."""
    return byte & 0b1001_0011 == 0b0001_0010


def _bits(byte: int) -> tuple[bool, bool, bool, bool] | None:
    if not is_status(byte):
        return None
    return bool(byte & 0x04), bool(byte & 0x08), bool(byte & 0x20), bool(byte & 0x40)


def printer_byte(byte: int) -> PrinterByte | None:
    """Read the answer to query 1; None when it is no status byte."""
    if (bits := _bits(byte)) is None:
        return None
    pin, offline, waiting, button = bits
    return PrinterByte(online=not offline, drawer_pin3_high=pin, waiting_for_recovery=waiting, feed_button=button)


def offline_byte(byte: int) -> OfflineByte | None:
    """Read the answer to query 2; None when it is no status byte."""
    return OfflineByte(*bits) if (bits := _bits(byte)) is not None else None


def error_byte(byte: int) -> ErrorByte | None:
    """Read the answer to query 3; None when it is no status byte."""
    return ErrorByte(*bits) if (bits := _bits(byte)) is not None else None


def paper_byte(byte: int) -> Paper:
    """Read the answer to query 4; printers without a near-end sensor say 72 at the end, the others 7E."""
    if not is_status(byte):
        return Paper.UNKNOWN
    if byte & 0x60:
        return Paper.END
    return Paper.NEAR_END if byte & 0x0C else Paper.ENOUGH


def in_words(query: Query, byte: int) -> str:
    """What an answer says, for the wire trace, e.g. `OFFLINE_CAUSE: cover_open`."""
    match query:
        case Query.PAPER:
            return f"{query.name}: paper {paper_byte(byte).value}"
        case Query.PRINTER:
            told: PrinterByte | OfflineByte | ErrorByte | None = printer_byte(byte)
        case Query.OFFLINE_CAUSE:
            told = offline_byte(byte)
        case Query.ERROR:
            told = error_byte(byte)
    if told is None:
        return f"{query.name}: no status byte"
    said = [each.name for each in fields(told) if getattr(told, each.name)]
    if isinstance(told, PrinterByte) and not told.online:
        said.insert(0, "offline")
    return f"{query.name}: {', '.join(said) or 'nothing'}"


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """All that is known of the printer now; None means the printer did not say."""

    online: bool | None = None
    paper: Paper = Paper.UNKNOWN
    cover: Cover = Cover.UNKNOWN
    cutter_error: bool | None = None
    unrecoverable: bool | None = None

    @property
    def silent(self) -> bool:
        """True when no query was answered: the printer may still print well."""
        return self == PrinterStatus()

    def trouble(self) -> PrinterError | None:
        """What keeps the printer from printing, the most telling cause first; near end of paper does not."""
        if self.cover is Cover.OPEN:
            return CoverOpen()
        if self.paper is Paper.END:
            return PaperOut()
        if self.cutter_error:
            return CutterJammed()
        if self.unrecoverable:
            return PrinterOffline("the printer reports an unrecoverable error")
        if self.online is False:
            return PrinterOffline("the printer reports itself offline")
        return None


def read_status(answers: Mapping[Query, int]) -> PrinterStatus:
    """Put together whichever of the four answers came."""
    printer = printer_byte(answers.get(Query.PRINTER, 0))
    offline = offline_byte(answers.get(Query.OFFLINE_CAUSE, 0))
    error = error_byte(answers.get(Query.ERROR, 0))
    paper = paper_byte(answers.get(Query.PAPER, 0))
    if offline and offline.paper_end_stop and paper is Paper.UNKNOWN:
        paper = Paper.END
    return PrinterStatus(
        online=printer.online if printer else None,
        paper=paper,
        cover=(Cover.OPEN if offline.cover_open else Cover.CLOSED) if offline else Cover.UNKNOWN,
        cutter_error=error.cutter_error if error else None,
        unrecoverable=error.unrecoverable if error else None,
    )
