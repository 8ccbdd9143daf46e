"""An event of the tests of the store itself, which know none of the kiosk's declarations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from offline_cache.journal import Fact


@dataclass(frozen=True, slots=True)
class PlainEvent:
    """What the store logs."""

    name: str
    visit: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
