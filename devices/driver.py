"""What the worker asks of every model's adapter, and the orders it may pass on.

A driver is made, opened, used and closed on its worker's thread only, and holds no thread of its own. Known trouble is
raised as a `DeviceError`; the worker turns it into a status, closes the driver and opens a new one after a pause.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Protocol

from devices.receipt_printer.slip import Slip
from devices.reports import Cover, Paper, Report
from devices.values import dataclass


@dataclass(frozen=True, slots=True)
class PrintJob:
    """Print this slip once; a job id that was printed before is not printed again."""

    job: str
    slip: Slip = field(repr=False)
    given_up: threading.Event | None = None
    """Set from any thread when nobody waits for it any more: what has not begun is not printed: somebody else may be there."""

    @property
    def is_given_up(self) -> bool:
        """Nobody waits for it any more."""
        return self.given_up is not None and self.given_up.is_set()


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The technician's test button: TestFinished tells how it went."""


@dataclass(frozen=True, slots=True)
class CompareFace:
    """Compare the living face before the camera with a card's photograph: FaceCompared tells how it went."""

    job: str
    photo: bytes = field(repr=False)
    """1024 bytes WLT, as the card reader tells them."""
    given_up: threading.Event
    """Set from any thread when nobody waits for it any more."""


@dataclass(frozen=True, slots=True)
class CapturePage:
    """Take the sheet that lies under the document camera: PageCaptured tells how it went."""

    job: str


Order = PrintJob | SelfTest | CompareFace | CapturePage


@dataclass(frozen=True, slots=True)
class Health:
    """What a driver knows of its device beyond being open."""

    paper: Paper | None = None
    cover: Cover | None = None
    trouble: str = ""
    """Code of a trouble that does not close the device, e.g. `paper-out`."""
    detail: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


class Driver(Protocol):
    """One model's adapter."""

    def open(self) -> None:
        """Open the port and shake hands; raises DeviceError."""

    def attend(self, active: bool) -> Iterable[Report]:
        """One short round (at most about 0.3 s, may wait for bytes): what the device says, reported as it comes.

        `active` is True while the visit waits for this device (look for cards, trigger on, face watched).
        """

    def perform(self, order: Order) -> Iterable[Report]:
        """Carry out one order; trouble is told in the reports where the order has one for it, else raised."""

    def health(self) -> Health:
        """What is known now, without asking the device."""

    def close(self) -> None:
        """Close the port; never raises, may be called twice."""
