"""What may be logged, and nothing else: an event that was declared, with just its named scalar facts.

A fact is a whole number, a yes or no, or a word of a closed kind (a listed code, a step, a random id …): there is no kind
for free text, so no name, number, image or answer can get into a log. `Event` is sealed: it has no other maker than its
check and no kin, and the store takes nothing else. Pure values, in every thread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import final

from devices.values import dataclass

Scalar = str | int | bool


class EventUndeclared(ValueError):
    """A fault of the program: an event or fact that is not declared, or a value its kind does not allow.

    Never holds the value itself, which might be what must not be logged.
    """


@final
@dataclass(frozen=True, slots=True)
class Word:
    """A text of a closed kind: one of `words`, or else all of it matching `pattern`."""

    name: str
    words: frozenset[str] = frozenset()
    pattern: str = ""

    def allows(self, value: object) -> bool:
        """True for a text of this kind."""
        if not isinstance(value, str):
            return False
        return value in self.words or bool(self.pattern and re.fullmatch(self.pattern, value, re.ASCII))


@final
@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two limits; the limits keep document and telephone numbers out."""

    name: str
    lowest: int
    highest: int

    def allows(self, value: object) -> bool:
        """True for an int, but no bool, within the limits."""
        return isinstance(value, int) and not isinstance(value, bool) and self.lowest <= value <= self.highest

    def nearest(self, value: int) -> int:
        """The value, or the limit beyond which it lies: what a clock that is years off measures."""
        return max(self.lowest, min(self.highest, value))


@final
@dataclass(frozen=True, slots=True)
class YesNo:
    """A yes or no."""

    name: str = "yes or no"

    def allows(self, value: object) -> bool:
        """True for True and False."""
        return isinstance(value, bool)


OWN_NAMES = frozenset({"at", "event", "visit"})
FactKind = Word | Whole | YesNo

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
VISIT = Word("a visit's random id, or nothing", pattern=rf"([0-9a-f]{{32}}|{UUID})?")
COUNT = Whole("a count", 0, 10_000_000)
MOMENT = Word("a moment, RFC 3339 in UTC", pattern=r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}\+00:00")


@final
@dataclass(frozen=True, slots=True)
class Declaration:
    """What an event means and which facts it must carry, all of them, and no other."""

    meaning: str
    facts: Mapping[str, FactKind] = field(default_factory=dict)
    trouble: bool = False
    """True when somebody should look at it; the log's `only trouble` filter goes by it."""
    apart: bool = False
    """True when it must not be joined to a visit."""


EVENTS_LOST = "events-lost"
OF_THE_STORE: Mapping[str, Declaration] = {
    EVENTS_LOST: Declaration(
        "The disk refused the log for so long that no more events could be held in memory: those of this time are missing.",
        {"count": COUNT, "from": MOMENT, "to": MOMENT},
        trouble=True,
    )
}
"""What the store itself logs."""
_declared: dict[str, Declaration] = dict(OF_THE_STORE)


def declare(events: Mapping[str, Declaration]) -> Mapping[str, Declaration]:
    """Let these be logged, in addition; the kiosk's stand in `kiosk.log_events`, the only place that calls this."""
    for name, declaration in events.items():
        if OWN_NAMES & declaration.facts.keys():
            raise EventUndeclared(f"{name}: a fact has a name of the log's own")
        if _declared.setdefault(name, declaration) is not declaration:
            raise EventUndeclared(f"{name} is declared already")
    return MappingProxyType(dict(events))


@final
@dataclass(frozen=True, slots=True)
class Event:
    """One event to be logged, checked when it is made; raises EventUndeclared for anything that is not declared."""

    name: str
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    visit: str = ""
    """The visit's random id; empty for what belongs to none."""

    def __init_subclass__(cls) -> None:
        raise TypeError("no other kind of event may be logged")

    def __post_init__(self) -> None:
        # What is judged is what is written: plain copies, which no class of its own can make look like something else.
        name, visit = str.__str__(self.name), str.__str__(self.visit)
        facts = {str.__str__(fact): _plain(value) for fact, value in self.facts.items()}
        declaration = _declared.get(name)
        if declaration is None:
            raise EventUndeclared("an event of this name is not declared")
        if not VISIT.allows(visit) or (declaration.apart and visit):
            raise EventUndeclared(f"{name}: the visit is no random id, or must not be named")
        if facts.keys() != declaration.facts.keys():
            missing, strange = declaration.facts.keys() - facts.keys(), len(facts.keys() - declaration.facts.keys())
            raise EventUndeclared(f"{name}: facts missing: {sorted(missing)}; not declared: {strange}")
        for fact, kind in declaration.facts.items():
            if not kind.allows(facts[fact]):
                raise EventUndeclared(f"{name}: {fact} is not {kind.name}")
        for own, plain in (("name", name), ("visit", visit), ("facts", MappingProxyType(facts))):
            object.__setattr__(self, own, plain)


def _plain(value: object) -> object:
    """The same text or number, of Python's own class."""
    if isinstance(value, str):
        return str.__str__(value)
    return int.__int__(value) if isinstance(value, int) and not isinstance(value, bool) else value
