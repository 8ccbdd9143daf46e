"""Carrying over what can be read of damaged stores: for some seconds at a start, then a little at a time beside the work.

On the storage thread; `carried_over` and `going_on` may be looked at from any.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING

from offline_cache import damage
from offline_cache.errors import StoreError, StoreFull, StoreUnwritable
from offline_cache.keys_to_come import KeysToCome
from offline_cache.mended_copy import NO_ROOM

if TYPE_CHECKING:
    from offline_cache.database import Connection
    from offline_cache.refusals import Refusals

CARRYING_SECONDS = 3.0
"""So long a start waits for a damaged store to be carried over; the rest follows while the kiosk works."""


class Carrying:
    """From the folders that were set aside into the store at hand."""

    def __init__(
        self,
        directory: Path,
        now_ms: Callable[[], int],
        on_defect: Callable[[BaseException], None] | None,
        refusals: Refusals,
    ) -> None:
        self._directory = directory
        self._now_ms = now_ms
        self._on_defect = on_defect
        self._refusals = refusals
        self._steps: Generator[None] | None = None
        self.paused = False
        """The disk did not take it: begun anew with `go_on`, once there may be room."""
        self.keys = KeysToCome()
        """What is not carried over yet needs them."""
        self.carried_over: damage.CarriedOver | None = None
        """What a damaged store gave so far, when one was set aside at this start."""

    @property
    def going_on(self) -> bool:
        """There is more in a damaged store that is not in this one yet."""
        return self._steps is not None

    def begin(self, connection: Connection) -> None:
        """The first seconds of it; a disk that does not take it pauses it, and the start goes on."""
        self.keys = KeysToCome()
        self._steps = self._carried(connection)
        try:
            self.go_on(CARRYING_SECONDS)
        except (StoreFull, StoreUnwritable, OSError):  # a start is a start; tried again with each sweep, until there is room
            damage.number_anew(self._directory, connection, self._now_ms(), self.keys)
            self.pause(connection)

    def go_on(self, seconds: float = 0.0) -> bool:
        """One step, and others while there is time; True when there is more. Raises StoreError, OSError."""
        until = time.monotonic() + seconds
        for _ in self._steps or ():
            if time.monotonic() >= until:
                return True
        self._steps = None
        return False

    def pause(self, connection: Connection) -> None:
        """From the beginning when it goes on: what is there stays as it is."""
        self._steps, self.paused = self._carried(connection), True

    def close(self) -> None:
        """Leave the rest to the next start."""
        if self._steps is not None:
            self._steps.close()

    def _carried(self, connection: Connection) -> Generator[None]:
        # The newest first: it knows what has become of what an older one still has, when that was carried into it.
        unreadable: OSError | None = None
        for folder in reversed(damage.to_carry_over(self._directory)):
            try:
                for carried in damage.carry_over(folder, connection, self._now_ms(), self._refusals.has, self.keys):
                    self.carried_over = carried
                    yield
            except StoreError:
                raise
            except OSError as refused:
                if refused.errno in NO_ROOM:
                    raise
                unreadable = refused  # this one again later, and the others now
            except Exception as defect:  # noqa: BLE001 - what was set aside may hold anything, and must not stop a start
                if self._on_defect is not None:
                    self._on_defect(defect)
        if unreadable is not None:
            raise unreadable
