"""Frozen values from what JSON or TOML holds, for content that has been checked before: checks nothing, and needs no pydantic.

What has not been checked goes through `pydantic.TypeAdapter`, which reads the same declarations and finds every mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from kiosk.values import Checked, defaults_of, fresh, is_value, names_of

Value = TypeVar("Value")
Make = Callable[[Any], Any]
put = object.__setattr__
AS_IT_IS = frozenset({str, int, bool, float, NoneType})
OTHER_SHAPE = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, RecursionError)
"""What making values of content raises that nobody has checked."""


def from_plain(kind: type[Value], content: Mapping[str, Any]) -> Value:
    """The value that pydantic would make of the same content.

    Raises one of OTHER_SHAPE for content of another shape.
    """
    hashable: Any = kind  # mypy takes the type of a dataclass for one that has no hash
    made: Value = _maker(hashable)(content)
    return made


def to_plain(value: Any) -> Any:
    """What JSON holds of the value, as pydantic's `dump_python(mode="json")` tells it: `from_plain` makes the same of it."""
    if type(value) in AS_IT_IS:
        return value
    if isinstance(value, tuple):
        return [to_plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal | Path):
        return str(value)
    kind: Any = type(value)
    return {name: to_plain(getattr(value, name)) for name in names_of(kind)}


@cache
def _maker(kind: type[Any]) -> Make:
    hints = get_type_hints(kind, include_extras=True)
    defaults = defaults_of(kind)
    makes = {name: _made_from(hints[name]) for name in names_of(kind)}
    needed = [(name, make) for name, make in makes.items() if name not in defaults]
    others = [(name, make, defaults[name]) for name, make in makes.items() if name in defaults]
    known = frozenset(makes)
    checks = hasattr(kind, "__post_init__")

    def value(content: Mapping[str, Any]) -> Any:
        # What `__init__` does, in half the time: a catalogue has four thousand of these.
        if not known.issuperset(content):
            raise TypeError(f"{kind.__name__}: an unknown name")
        made = object.__new__(kind)
        for name, make in needed:
            put(made, name, content[name] if make is None else make(content[name]))
        for name, make, default in others:
            if name in content:
                put(made, name, content[name] if make is None else make(content[name]))
            else:
                put(made, name, fresh(default))
        if checks:
            made.__post_init__()
        return made

    return value


def _made_from(hint: Any) -> Make | None:
    """How a field's value is made of a plain one; None when it is the plain one."""
    arguments = get_args(hint)
    if get_origin(hint) is Annotated:
        return next((each.check for each in arguments[1:] if isinstance(each, Checked)), None) or _made_from(arguments[0])
    if NoneType in arguments:
        make = _made_from(next(other for other in arguments if other is not NoneType))
        return None if make is None else lambda plain: None if plain is None else make(plain)
    if get_origin(hint) is tuple:
        each = _made_from(arguments[0])
        return tuple if each is None else lambda plain: tuple(map(each, plain))
    if not isinstance(hint, type):
        return None
    if is_value(hint):
        return _maker(hint)
    if hint is Decimal:
        return lambda plain: Decimal(str(plain))
    return hint if hint is float or issubclass(hint, Enum | Path) else None
