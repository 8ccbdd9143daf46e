"""What can be wrong with a catalogue: the shared shape of mistakes, and the error that carries all of them."""

from __future__ import annotations

from kiosk.errors import CatalogueBroken, Mistake

__all__ = ["CatalogueBroken", "Mistake"]
