"""Hints that a person can follow: a new one is told only when it was found several times in a row."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, TypeVar

HintT = TypeVar("HintT", bound=StrEnum)
HINT_AGREES = 2
"""A face lost for one frame, or a hand over the sheet, does not make the screen flicker."""


class HintSteadier(Generic[HintT]):
    """Tells a hint when it has been found `HINT_AGREES` times in a row and is not the one told last."""

    def __init__(self) -> None:
        self._told: HintT | None = None
        self._found: HintT | None = None
        self._times = 0

    def settle(self, hint: HintT) -> HintT | None:
        """The hint to tell now, or None."""
        self._times = self._times + 1 if hint is self._found else 1
        self._found = hint
        if self._times < HINT_AGREES or hint is self._told:
            return None
        self._told = hint
        return hint
