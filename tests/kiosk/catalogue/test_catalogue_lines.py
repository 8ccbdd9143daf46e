"""The line finder against hand-counted lines and against tomllib."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.catalogue.lines import Place, find_lines, line_of
from kiosk.catalogue.loading import ZONES_FOLDER

TEXT = '''# a comment with [brackets] and = signs
id = "tax" # trailing
name = { zh = "税务", en = "Tax # not a comment" }
a.b.c = 1
"quoted \\u0041" = 'literal \\'

[[items]]
code = "TX-029"
conditions = [
    # between the elements
    { zh = "一", en = "one" },

    { zh = "二", en = "two" },
]
[[items.form]]
title = "first"
[[items.form]]
title = """
two quotes "" and an escape \\""" inside
"""
fields = [ { name = "x", choices = [
    { value = "a" }, { value = "b" },
] } ]

[[items]]
code = \'\'\'
raw ' text\'\'\'
[items.extra]
deep = [[1, 2],
  [3]]
'''


def test_every_key_and_element_is_on_its_line() -> None:
    lines = find_lines(TEXT)
    expected: dict[Place, int] = {
        ("id",): 2,
        ("name", "en"): 3,
        ("a", "b", "c"): 4,
        ("quoted A",): 5,
        ("items",): 7,
        ("items", 0): 7,
        ("items", 0, "code"): 8,
        ("items", 0, "conditions"): 9,
        ("items", 0, "conditions", 0, "zh"): 11,
        ("items", 0, "conditions", 1): 13,
        ("items", 0, "form", 0): 15,
        ("items", 0, "form", 1): 17,
        ("items", 0, "form", 1, "title"): 18,
        ("items", 0, "form", 1, "fields", 0, "choices", 1, "value"): 22,
        ("items", 1): 25,
        ("items", 1, "code"): 26,
        ("items", 1, "extra", "deep", 1, 0): 30,
    }
    assert {place: lines.get(place) for place in expected} == expected


def test_a_missing_key_is_shown_at_the_table_that_lacks_it() -> None:
    lines = find_lines(TEXT)
    assert line_of(lines, ("items", 1, "kind")) == 25
    assert line_of(lines, ("items", 0, "conditions", 1, "fr")) == 13
    assert line_of(lines, ("nowhere", 3)) == 1
    assert line_of({}, ("id",)) == 0


def test_the_sample_zones_have_a_line_for_everything_they_hold() -> None:
    for file in sorted(ZONES_FOLDER.glob("*.toml")):
        text = file.read_text(encoding="utf-8")
        written = text.split("\n")
        lines = find_lines(text)
        places = set(_places((), tomllib.loads(text)))
        assert places == set(lines) - {()}
        assert all(str(place[-1]) in written[lines[place] - 1] for place in places if isinstance(place[-1], str))


KEYS = st.one_of(st.sampled_from(["a", "b-c", "d_1", "7"]), st.text("é .\"'\\=#[中\n", min_size=1, max_size=3))
LEAVES = st.one_of(st.integers(0, 99), st.booleans(), st.text("ab#'\"\\]}[{=,\n 中", max_size=5), st.just(1.5))
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=4), st.lists(st.dictionaries(KEYS, VALUES, max_size=3), max_size=3), st.booleans())
def test_it_finds_exactly_what_tomllib_finds(top: dict[str, Any], tables: list[dict[str, Any]], spread: bool) -> None:
    text = _pairs(top, spread) + "".join(f"\n[[ many . 'x' ]] # {n}\n" + _pairs(table, spread) for n, table in enumerate(tables))
    assert set(find_lines(text)) == {(), *_places((), tomllib.loads(text))}


def _places(place: Place, part: object) -> Iterator[Place]:
    if place:
        yield place
    if isinstance(part, dict):
        for key, value in part.items():
            yield from _places((*place, key), value)
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from _places((*place, index), value)


def _pairs(table: dict[str, Any], spread: bool) -> str:
    return "".join(f"{_key(key)} = {_value(value, spread)}\n" for key, value in table.items())


def _key(key: str) -> str:
    return key if key.isascii() and key.replace("-", "").replace("_", "").isalnum() else json.dumps(key)


def _value(value: object, spread: bool) -> str:
    match value:
        case dict():
            return "{ " + ", ".join(f"{_key(key)} = {_value(inner, spread)}" for key, inner in value.items()) + " }"
        case list():
            between = " # ] , [\n " if spread else " "
            return "[" + between + "".join(f"{_value(inner, spread)}{between},{between}" for inner in value) + "]"
        case str() if spread and "\\" not in value and '"' not in value:
            return f'"""\n{value}"""'
        case _:
            return json.dumps(value)
