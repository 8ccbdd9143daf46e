"""Every finding about a file written by hand has plain Chinese: of pydantic's kinds, and of our own checks."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from devices.settings import PORT_FORMS
from kiosk.catalogue.model import Zone
from kiosk.errors import SettingsBroken
from kiosk.settings import Settings, parse_settings
from kiosk.settings_words import KINDS, OTHERWISE, OWN, PATTERNS
from tests.kiosk.test_settings import HEAD

MODULES = (
    "devices.settings",
    "kiosk.catalogue.model",
    "kiosk.settings",
    "kiosk.staff.settings",
    "kiosk.visit.settings",
    "offline_cache.settings",
)
KINDS_OF = {
    "str": {"string_type"},
    "int": {"int_type", "int_parsing", "int_from_float", "int_parsing_size"},
    "float": {"float_type", "float_parsing", "finite_number"},
    "decimal": {"decimal_type", "decimal_parsing", "finite_number"},
    "bool": {"bool_type", "bool_parsing"},
    "tuple": {"tuple_type"},
    "dataclass": {"dataclass_type"},
    "is-instance": {"path_type"},
}
TOLD_ELSEWHERE = {"enum", "literal"}
WITHOUT_FINDINGS = {
    "dataclass-args",
    "dataclass-field",
    "default",
    "definition-ref",
    "definitions",
    "function-after",
    "json-or-python",
    "lax-or-strict",
    "no-info",
    "nullable",
    "union",
}
KIND_OF_LIMIT = {
    "ge": "greater_than_equal",
    "gt": "greater_than",
    "le": "less_than_equal",
    "lt": "less_than",
    "max_digits": "decimal_max_digits",
    "decimal_places": "decimal_max_places",
}


def parts_of(schema: object) -> Iterator[dict[str, Any]]:
    """Every validator in a core schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            yield schema
        for key, inner in schema.items():
            if key not in ("metadata", "serialization"):
                yield from parts_of(inner)
    elif isinstance(schema, list | tuple):
        for inner in schema:
            yield from parts_of(inner)


def validators() -> list[dict[str, Any]]:
    schemas = (TypeAdapter(Settings).core_schema, TypeAdapter(Zone).core_schema)
    return [part for schema in schemas for part in parts_of(schema)]


def test_every_kind_of_finding_has_plain_words() -> None:
    needed: set[str] = set()
    for part in validators():
        kind = part["type"]
        assert kind in KINDS_OF or kind in TOLD_ELSEWHERE | WITHOUT_FINDINGS, kind
        needed |= KINDS_OF.get(kind, set())
        needed |= {name for limit, name in KIND_OF_LIMIT.items() if limit in part}
        needed |= {"decimal_whole_digits"} if "max_digits" in part else set()
        too = "string_too_" if kind == "str" else "too_"
        needed |= {too + end for limit, end in (("min_length", "short"), ("max_length", "long")) if limit in part}
    assert {"decimal_parsing", "too_short", "string_too_long", "tuple_type"} <= needed
    assert sorted(needed - set(KINDS)) == []


def test_every_pattern_has_plain_words() -> None:
    assert {part["pattern"] for part in validators() if "pattern" in part} == set(PATTERNS)


def test_every_sentence_of_a_check_of_our_own_is_told_in_chinese() -> None:
    said = {sentence for module in MODULES for sentence in sentences_of(module)}
    said |= {f"port: {form}" for _, form in PORT_FORMS.values()}
    assert len(said) > len(MODULES)
    assert said == set(OWN)


def sentences_of(module: str) -> Iterator[str]:
    """What its checks raise, word for word; made of parts is only that of a port's form."""
    source = importlib.import_module(module).__file__
    assert source is not None
    for node in ast.walk(ast.parse(Path(source).read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ValueError"):
            continue
        match node.args[0]:
            case ast.Constant(value=str(sentence)):
                yield sentence
            case made_of_parts:
                assert ast.unparse(made_of_parts) == "f'port: {form[1]}'"


@pytest.mark.parametrize(
    ("lines", "zh"),
    [
        ('model = "gm65"\nport = "/dev/ttyUSB0"\nanswers_status = true', "answers_status 只用于型号为 escpos、escpos-usb"),
        ('model = "sdt"\nport = "/dev/\\u0007"', "port 里有控制字符"),
        ('model = "escpos-usb"\nport = "lp0"', "port 应写成 厂商号:产品号"),
        ('model = "ssi"\nport = "/dev/ttyUSB0"\nterminator = "none"', "terminator 只用于型号为 gm65、"),
        ('model = "escpos"\nport = "/dev/ttyUSB0"\nterminator = "line-end"', "terminator 只用于型号为 gm65、"),
    ],
)
def test_a_setting_that_its_model_does_not_take_is_refused_with_the_reason(lines: str, zh: str) -> None:
    with pytest.raises(SettingsBroken) as broken:
        parse_settings(f'{HEAD}[[devices]]\nname = "one"\n{lines}\n')
    (mistake,) = broken.value.mistakes
    assert mistake.zh.startswith(zh)
    assert OTHERWISE not in mistake.zh


@pytest.mark.parametrize("model", ["gm65", "plain-line", "newland", "honeywell", "keyboard-wedge"])
def test_how_codes_end_is_taken_where_it_does_something(model: str) -> None:
    told = parse_settings(f'{HEAD}[[devices]]\nname = "one"\nmodel = "{model}"\nport = "/dev/one"\nterminator = "line-end"\n')
    assert told.devices[0].terminator == "line-end"


@pytest.mark.parametrize("space", ["\u00a0", "\u3000"])
def test_a_reader_s_name_may_hold_any_space(space: str) -> None:
    settings = parse_settings(f'{HEAD}[[devices]]\nname = "one"\nmodel = "pcsc"\nport = "Reader{space}00"\n')
    assert settings.devices[0].port == f"Reader{space}00"
