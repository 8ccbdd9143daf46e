"""Room for one picture between a camera's thread and the screen's: the latest frame wins, none queues up."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # numpy takes a tenth of the kiosk's start, and only frames need it
    import numpy as np
    from numpy.typing import NDArray

Frame: TypeAlias = "NDArray[np.uint8]"
"""Height × width × 3, BGR."""

Picture: TypeAlias = "NDArray[np.uint8]"
"""Height × width × 4: blue, green, red and 255, as Qt's RGB32 lies in memory. A frame as it is shown, `live_picture` makes it."""


class FrameSlot:
    """Holds the newest picture until it is taken; one overtaken or wiped is overwritten, so that no face stays in memory.

    Whoever puts a picture gives it away: the slot may overwrite its pixels. Whoever takes one owns it, and overwrites it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._picture: Picture | None = None
        self.wanted = True
        """False once nobody will take another: then a camera is not waited for any more."""

    def put(self, picture: Picture) -> None:
        """Replace what is held by this picture."""
        with self._lock:
            overtaken, self._picture = self._picture, picture
        if overtaken is not picture:
            overwrite(overtaken)

    def take_newest(self) -> Picture | None:
        """The newest picture, once; None when there is no newer one than the last taken."""
        with self._lock:
            picture, self._picture = self._picture, None
        return picture

    def wipe(self) -> None:
        """Forget the picture and overwrite its pixels."""
        overwrite(self.take_newest())


def overwrite(pixels: Frame | Picture | None) -> None:
    """Leave nothing of them in memory, where it may be written to."""
    if pixels is not None and pixels.flags.writeable:
        pixels.fill(0)
