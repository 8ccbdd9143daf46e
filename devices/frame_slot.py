"""Room for one picture between a camera's thread and the screen's: the latest frame wins, none queues up."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # numpy takes a tenth of the kiosk's start, and only frames need it
    import numpy as np
    from numpy.typing import NDArray

Frame: TypeAlias = "NDArray[np.uint8]"
"""Height × width × 3, BGR."""


class FrameSlot:
    """Holds the newest frame until it is taken; a frame overtaken or wiped is overwritten, so that no face stays in memory.

    Whoever puts a frame gives it away: the slot may overwrite its pixels. Whoever takes one owns it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frame: Frame | None = None

    def put(self, frame: Frame) -> None:
        """Replace what is held by this frame."""
        with self._lock:
            overtaken, self._frame = self._frame, frame
        if overtaken is not frame:
            _overwrite(overtaken)

    def take_newest(self) -> Frame | None:
        """The newest frame, once; None when there is no newer one than the last taken."""
        with self._lock:
            frame, self._frame = self._frame, None
        return frame

    def wipe(self) -> None:
        """Forget the frame and overwrite its pixels."""
        _overwrite(self.take_newest())


def _overwrite(frame: Frame | None) -> None:
    if frame is not None and frame.flags.writeable:
        frame.fill(0)
