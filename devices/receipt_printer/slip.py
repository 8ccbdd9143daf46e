"""What is printed, free of any printer: a slip is a sequence of blocks, laid out at 80 or 58 mm."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from devices.values import dataclass


class Align(StrEnum):
    """Where a line stands."""

    LEFT = "left"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, wrapped to the paper; `large` doubles width and height."""

    text: str = field(repr=False)
    align: Align = Align.LEFT
    large: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and its value on one line, the value wrapped under itself when it is long."""

    label: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """A dashed line across the paper."""


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code, centred, with a caption below."""

    payload: str = field(repr=False)
    caption: str = ""


Block = Line | Pair | Rule | Qr


@dataclass(frozen=True, slots=True)
class Slip:
    """One piece of paper, cut at the end."""

    blocks: tuple[Block, ...] = field(repr=False)
