"""What can be wrong with a catalogue: mistakes with their place, and the error that carries all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake in a catalogue; a catalogue that came over the wire has no file and no lines."""

    file: str
    line: int
    """Counted from 1; 0 where there is no line to show."""
    path: str
    """Dotted, e.g. `items[2].form[0].fields[1].kind`; empty means the file as a whole."""
    message: str

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, str(self.line) if self.line else "") if part)
        return ": ".join(part for part in (place, self.path, self.message) if part)


class CatalogueBroken(Exception):
    """The catalogue cannot be used; `mistakes` holds every one that was found."""

    code = "catalogue-broken"

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        count = len(self.mistakes)
        super().__init__(f"{count} mistake{'s' if count != 1 else ''} in the catalogue")
