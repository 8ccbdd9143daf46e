"""Frozen dataclasses that cost little to define: the standard decorator compiles six functions for each class.

The start defines well over a hundred before the first picture. `from devices.values import dataclass` is the standard
decorator to whoever checks the types; at run time all classes share the functions below. `fields`, `replace` and `match`
work as with the standard ones.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen, slots):
        """As the standard one with `frozen=True, slots=True`, and with nothing else."""
        if not (frozen and slots):
            raise TypeError("a class that changes, or has no slots, takes the standard decorator")
        return _frozen


def _frozen(cls: Any) -> Any:
    hints = inspect.get_annotations(cls)
    if any("ClassVar" in str(hint) or "InitVar" in str(hint) for hint in hints.values()):
        raise TypeError(f"{cls.__name__}: a hint that declares no field takes the standard decorator")
    # It would look into every hint for just that, which takes longer than all the rest.
    cls.__annotations__ = dict.fromkeys(hints, object)
    made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    made.__annotations__ = hints
    for field in made.__dataclass_fields__.values():
        field.type = hints.get(field.name, field.type)  # another class's field has its own already
        if not field.init or field.kw_only or not field.compare or field.hash is not None:
            raise TypeError(f"{cls.__name__}.{field.name}: of a field's options, only default and repr are kept here")
    for name, function in SHARED.items():
        if name not in cls.__dict__:
            setattr(made, name, function)
    return made


NOTHING_UNKNOWN = {"extra": "forbid"}
"""`__pydantic_config__` of a class that is filled from a file: a name it does not know is a mistake."""


def setting(
    *,
    default: object = dataclasses.MISSING,
    default_factory: Any = dataclasses.MISSING,
    repr: bool = True,  # noqa: A002 - as the standard `field` has it
    **declared: object,
) -> Any:
    """A field that people fill; `declared`: its limits and its meaning, as `pydantic.Field` takes them when a file is checked."""
    return dataclasses.field(default=default, default_factory=default_factory, repr=repr, metadata=declared)


class Checked:
    """In a hint, `Annotated[str, Checked(check)]`: what only a function can tell of a value; it raises ValueError."""

    def __init__(self, check: Callable[[Any], Any]) -> None:
        self.check = check

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:
        from pydantic_core import core_schema  # asks for this only when it is at work

        return core_schema.no_info_after_validator_function(self.check, handler(source))


_put = object.__setattr__


def _init(self: Any, *values: object, **named: object) -> None:
    names = self.__match_args__
    for name, value in zip(names, values, strict=False):
        _put(self, name, value)
    if len(values) != len(names) or named:
        _init_rest(self, names, len(values), named)
    if hasattr(self, "__post_init__"):
        self.__post_init__()


def _init_rest(self: Any, names: tuple[str, ...], given: int, named: dict[str, object]) -> None:
    """What was not given by its place: by its name, or else the default."""
    if given > len(names):
        raise TypeError(f"{type(self).__name__}: takes {len(names)} values, not {given}")
    for name in names[given:]:
        field = self.__dataclass_fields__[name]
        if name in named:
            value = named.pop(name)
        elif field.default is not dataclasses.MISSING:
            value = field.default
        elif field.default_factory is not dataclasses.MISSING:
            value = field.default_factory()
        else:
            raise TypeError(f"{type(self).__name__}: {name!r} is missing")
        _put(self, name, value)
    if named:
        raise TypeError(f"{type(self).__name__}: unknown, or given twice: {', '.join(named)}")


def _values(self: Any) -> tuple[object, ...]:
    return tuple(getattr(self, name) for name in self.__match_args__)


def _repr(self: Any) -> str:
    fields = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(fields)})"


def _eq(self: Any, other: object) -> bool:
    return _values(self) == _values(other) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self))


def _refuse(self: Any, name: str, _value: object = None) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"{type(self).__name__}.{name} cannot be changed")


def _rebuild(self: Any) -> tuple[type, tuple[object, ...]]:
    """For `copy` and `pickle`, which would assign."""
    return type(self), _values(self)


SHARED = {
    "__init__": _init,
    "__repr__": _repr,
    "__eq__": _eq,
    "__hash__": _hash,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__reduce__": _rebuild,
}
