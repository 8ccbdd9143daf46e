"""From a declared event to the journal's row: the only way into the log. Pure."""

from __future__ import annotations

from kiosk.log_events import Event
from offline_cache.journal import Happening


def entry(event: Event, at_ms: int) -> Happening:
    """The event as the journal takes it, at this Unix time in ms by the kiosk's clock."""
    return Happening(at_ms, event.name, event.visit, dict(event.facts))
