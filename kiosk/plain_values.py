"""Frozen values from what JSON or TOML holds, for content that has been checked before: checks nothing, and needs no pydantic.

What has not been checked goes through `pydantic.TypeAdapter`, which reads the same declarations and finds every mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

Value = TypeVar("Value")
Make = Callable[[Any], Any]


def from_plain(kind: type[Value], content: Mapping[str, Any]) -> Value:
    """The value that pydantic would make of the same content; raises TypeError, ValueError or KeyError for other content."""
    hashable: Any = kind  # mypy takes the type of a dataclass for one that has no hash
    made: Value = _maker(hashable)(content)
    return made


@cache
def _maker(kind: type[Any]) -> Make:
    hints = get_type_hints(kind, include_extras=True)
    made = {field.name: _made_from(hints[field.name]) for field in fields(kind)}
    makers = {name: make for name, make in made.items() if make is not None}

    def value(content: Mapping[str, Any]) -> Any:
        values = dict(content)
        for name in makers.keys() & values.keys():
            values[name] = makers[name](values[name])
        return kind(**values)

    return value


def _made_from(hint: Any) -> Make | None:
    """How a field's value is made of a plain one; None when it is the plain one."""
    arguments = get_args(hint)
    if get_origin(hint) is Annotated:
        return next((each.check for each in arguments[1:] if hasattr(each, "check")), None) or _made_from(arguments[0])
    if NoneType in arguments:
        make = _made_from(next(other for other in arguments if other is not NoneType))
        return None if make is None else lambda plain: None if plain is None else make(plain)
    if get_origin(hint) is tuple:
        each = _made_from(arguments[0])
        return tuple if each is None else lambda plain: tuple(map(each, plain))
    if not isinstance(hint, type):
        return None
    if is_dataclass(hint):
        return _maker(hint)
    if hint is Decimal:
        return lambda plain: Decimal(str(plain))
    return hint if hint is float or issubclass(hint, Enum | Path) else None
