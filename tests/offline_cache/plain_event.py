"""Events of the tests of the store itself, which know none of the kiosk's declarations; and such as no program could make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from offline_cache.journal import Happening
from offline_cache.loggable import Event


def plain_event(name: str, visit: str = "", facts: Mapping[str, Any] | None = None) -> Event:
    """An event past its own check."""
    event = object.__new__(Event)
    for field, value in (("name", name), ("visit", visit), ("facts", dict(facts or {}))):
        object.__setattr__(event, field, value)
    return event


def happening(at_ms: int, name: str, visit: str = "", facts: Mapping[str, Any] | None = None) -> Happening:
    """The same at a moment."""
    return Happening(at_ms, plain_event(name, visit, facts))
