"""What all parts of sending go by, and what they share."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from offline_cache import sync
from offline_cache.centre import Centre
from offline_cache.elapsed import elapsed
from offline_cache.reports import Listener, Vitals
from offline_cache.settings import CentreSettings, StoreSettings
from offline_cache.store import Store

Check = Callable[[dict[str, Any]], None]
"""Raises ValueError for what was published and cannot be used."""
LEASE_MARGIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Setup:
    """What the sending thread goes by; the clock, the dice and the catalogue's check can be handed in."""

    store: StoreSettings
    centre: CentreSettings
    server_public_key: str
    vitals: Callable[[], Vitals]
    check_catalogue: Check | None = None
    check_settings: Check | None = None
    now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    monotonic: Callable[[], float] = elapsed
    jitter: Callable[[], float] = random.random

    @property
    def lease_ms(self) -> int:
        """A lease never ends while its request may still be answered."""
        return round(1000 * max(self.centre.lease_seconds, self.centre.total_timeout_seconds + LEASE_MARGIN_SECONDS))

    @property
    def pace(self) -> sync.Pace:
        """The settings as the policy takes them."""
        centre = self.centre
        return sync.Pace(centre.backoff_base_seconds, centre.backoff_cap_seconds, centre.line_cap_seconds, centre.probe_seconds)


@dataclass(frozen=True, slots=True)
class Means:
    """What each part works with."""

    store: Store
    centre: Centre
    setup: Setup
    listener: Listener
    line_worked: Callable[[], None]
    """The centre has answered, with its own words."""


class Part:
    """One part of sending; all of it on the sending thread."""

    def __init__(self, means: Means) -> None:
        self._store = means.store
        self._centre = means.centre
        self._setup = means.setup
        self._pace = means.setup.pace
        self._listener = means.listener
        self._line_worked = means.line_worked
