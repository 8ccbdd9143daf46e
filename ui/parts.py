"""What the screens need of the kiosk, in one frozen value; the application gets it from `kiosk.assembly`.

Everything here is called on the GUI thread, and nothing here blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from kiosk.catalogue.model import Catalogue, Item
from kiosk.values import dataclass
from kiosk.visit.events import Event
from kiosk.visit.facts import Facts
from kiosk.visit.submission import Place
from kiosk.visit.visit import Obstacle, Visit

if TYPE_CHECKING:  # numpy comes with frames
    from devices.frame_slot import Picture
    from kiosk.staff.room import StaffRoom


class RunningVisit(Protocol):
    """The part of `kiosk.visit.session.Session` that the screens touch."""

    @property
    def visit(self) -> Visit:
        """The visit as it now is."""

    @property
    def facts(self) -> Facts:
        """The kiosk around it as it now is."""

    @property
    def countdown_seconds(self) -> int:
        """Seconds left of what is counting down: the idle warning, the rating, the farewell; 0 when nothing is."""

    def send(self, event: Event) -> None:
        """Tell what happened."""

    def submit(self) -> None:
        """提交 was touched: fixes key and time."""

    def watch(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each change of visit, facts or countdown."""

    def slip_png(self) -> bytes:
        """The slip of this visit as a picture, or b"" when there is none yet."""

    def slip_code_png(self) -> bytes:
        """The slip's code alone, large, or b"" when there is none."""


class Frames(Protocol):
    """Who has the cameras' newest frames."""

    def newest_frame(self, name: str) -> Picture | None:
        """A camera's newest frame, once for each; the caller's own."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a view-model may ask."""

    session: RunningVisit
    place: Place
    catalogue: Callable[[], Catalogue]
    obstacles: Callable[[Item], Sequence[Obstacle]]
    """What stands in the item's way now, by the facts."""
    search: Callable[[str], Sequence[Item]]
    """Items for Chinese, full pinyin or initials, best first."""
    now: Callable[[], datetime]
    first_zone: str = ""
    """Id of the zone the kiosk stands in."""
    room: Callable[[], StaffRoom] | None = None
    """The staff's, built when it is first asked for; without one the emblem opens nothing."""
    frames: Frames | None = None
    """The cameras, while a face is compared."""
