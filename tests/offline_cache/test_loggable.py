"""The sealed type of what may be logged. mypy holds this file too: each ignore below is an error that it must report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from offline_cache.identity import Identity
from offline_cache.journal import Happening
from offline_cache.loggable import COUNT, Declaration, Event, EventUndeclared, Scalar, Word, YesNo, declare
from offline_cache.settings import StoreSettings
from offline_cache.store import Store

NAME = "欧阳测试"


@dataclass(frozen=True)
class Lookalike:
    """All that an event has, and whatever it likes in it."""

    name: str = "kiosk-stopped"
    visit: str = ""
    facts: Mapping[str, Scalar] = field(default_factory=lambda: {"who": NAME})


@pytest.fixture
def store(store_settings: StoreSettings, identity: Identity) -> Iterator[Store]:
    opened = Store(store_settings, identity)
    yield opened
    opened.stop()


def test_the_store_and_the_journal_take_no_lookalike(store: Store, store_settings: StoreSettings) -> None:
    with pytest.raises(TypeError):
        store.log(Lookalike())  # type: ignore[arg-type] # what this test is about
    with pytest.raises(TypeError):
        Happening(1, Lookalike())  # type: ignore[arg-type] # what this test is about
    loose: Any = SimpleNamespace(name="x", visit="", facts={"who": NAME})
    with pytest.raises(TypeError):
        store.log(loose)
    assert store.call(lambda tables: tables.journal.last_seq).result(20) == 0
    store.stop()
    assert not any(NAME.encode() in file.read_bytes() for file in store_settings.directory.iterdir() if file.is_file())


class PassesForTime(str):
    """A text that is equal to whatever it is held against."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str)

    def __hash__(self) -> int:
        return hash(EARLY)


class PassesForFew(int):
    """A number within all limits."""

    def __le__(self, other: int) -> bool:
        return True

    def __ge__(self, other: int) -> bool:
        return True


class ShowsAnother(dict[str, Scalar]):
    """A mapping that holds another value than it tells."""

    def __getitem__(self, name: str) -> Scalar:
        return EARLY


EARLY = "early"
declare({"loggable-test-words": Declaration("Of this test.", {"when": Word("a time of day", frozenset({EARLY}))})})
declare({"loggable-test-count": Declaration("Of this test.", {"n": COUNT})})


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("loggable-test-words", {"when": PassesForTime(NAME)}),
        ("loggable-test-words", ShowsAnother(when=NAME)),
        ("loggable-test-count", {"n": PassesForFew(13800138000)}),
    ],
    ids=["text", "mapping", "number"],
)
def test_nothing_passes_for_what_it_is_not(name: str, facts: Mapping[str, Scalar]) -> None:
    with pytest.raises(EventUndeclared):
        Event(name, facts)


def test_an_event_has_no_kin_and_does_not_change() -> None:
    with pytest.raises(TypeError):

        class Freer(Event):  # type: ignore[misc] # what this test is about
            pass

    event = Event("events-lost", {"count": 1, "from": "2026-11-23T01:00:00.000+00:00", "to": "2026-11-23T01:00:00.000+00:00"})
    with pytest.raises(AttributeError):
        event.facts = {"who": NAME}  # type: ignore[misc] # what this test is about
    with pytest.raises(TypeError):
        event.facts["who"] = NAME  # type: ignore[index] # what this test is about


def test_what_was_not_declared_is_no_event() -> None:
    with pytest.raises(EventUndeclared):
        Event("loggable-test-unknown")
    with pytest.raises(EventUndeclared):
        Event("events-lost", {"count": 1, "from": NAME, "to": NAME})


def test_a_declaration_is_made_once_and_uses_no_name_of_the_logs_own() -> None:
    declare({"loggable-test": Declaration("Of this test.", {"n": COUNT})})
    with pytest.raises(EventUndeclared):
        declare({"loggable-test": Declaration("Another.", {"n": YesNo()})})
    for own in ("at", "event", "visit"):
        with pytest.raises(EventUndeclared):
            declare({f"loggable-test-{own}": Declaration("Of this test.", {own: COUNT})})
