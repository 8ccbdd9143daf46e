"""A value made of content that has been checked is the one that checking makes."""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from kiosk.plain_values import from_plain, to_plain
from kiosk.values import dataclass


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Inner:
    colour: Colour
    share: float = 1.0
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Outer:
    name: str
    first: Inner
    others: tuple[Inner, ...] = ()
    colours: tuple[Colour, ...] = ()
    words: tuple[str, ...] = ()
    price: Decimal | None = None
    limit: int = field(default=3, metadata={"ge": 1})


CONTENTS = [
    {"name": "a", "first": {"colour": "red"}},
    {"name": "a", "first": {"colour": "red", "share": 1, "file": "/b"}, "price": "12.50", "limit": 5},
    {"name": "a", "first": {"colour": "red"}, "others": [{"colour": "red"}], "colours": ["red"], "words": ["b"], "price": None},
    {"name": "a", "first": {"colour": "red"}, "price": Decimal("0.1")},
]


@pytest.mark.parametrize("content", CONTENTS)
def test_it_is_the_value_that_checking_makes(content: dict[str, object]) -> None:
    made = from_plain(Outer, content)
    assert made == TypeAdapter(Outer).validate_python(content)
    assert type(made.first.colour) is Colour
    assert type(made.first.share) is float
    assert type(made.words) is tuple


@pytest.mark.parametrize("content", CONTENTS)
def test_what_it_holds_in_json_is_what_pydantic_tells_of_it(content: dict[str, object]) -> None:
    made = from_plain(Outer, content)
    assert repr(to_plain(made)) == repr(TypeAdapter(Outer).dump_python(made, mode="json"))
    assert from_plain(Outer, to_plain(made)) == made


@pytest.mark.parametrize("content", [{}, {"name": "a"}, {"name": "a", "first": 3}, {**CONTENTS[0], "unknown": 1}])
def test_content_of_another_shape_is_refused(content: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError, KeyError)):
        from_plain(Outer, content)
