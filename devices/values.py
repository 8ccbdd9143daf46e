"""Frozen dataclasses that cost little to define: the standard decorator compiles six functions for each class.

The start defines well over a hundred before the first picture. `from devices.values import dataclass` is the standard
decorator to whoever checks the types; at run time all classes share the functions below. `fields`, `replace` and `match`
work as with the standard ones.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen, slots):
        """As the standard one with `frozen=True, slots=True`, and with nothing else."""
        if not (frozen and slots):
            raise TypeError("a class that changes, or has no slots, takes the standard decorator")
        return _frozen


NONE_GIVEN = (dataclasses.MISSING, dataclasses.MISSING)


def _frozen(cls: Any) -> Any:
    content = dict(cls.__dict__)
    hints = inspect.get_annotations(cls)
    if any("ClassVar" in str(hint) or "InitVar" in str(hint) for hint in hints.values()):
        raise TypeError(f"{cls.__name__}: a hint that declares no field takes the standard decorator")
    own = {name: content.pop(name) for name in hints if name in content}
    inherited: dict[str, None] = {}
    defaults: dict[str, Any] = {}
    for base in reversed(cls.__mro__[1:]):
        inherited |= dict.fromkeys(base.__dict__.get("__match_args__", ()))
        defaults |= base.__dict__.get("_defaults", {})
    for name, default in own.items():
        _check_default(f"{cls.__name__}.{name}", default)
        if not isinstance(default, dataclasses.Field) or (default.default, default.default_factory) != NONE_GIVEN:
            defaults[name] = default
    content.pop("__dict__", None)
    content.pop("__weakref__", None)
    declared = _Declared(own, hints)
    made = type(cls)(
        cls.__name__,
        cls.__bases__,
        {
            **SHARED,
            **content,
            "__qualname__": cls.__qualname__,
            "__slots__": tuple(name for name in hints if name not in inherited),
            "__match_args__": (*inherited, *(name for name in hints if name not in inherited)),
            "__dataclass_fields__": declared,
            "_defaults": defaults,
        },
    )
    declared.cls = made
    return made


def _check_default(name: str, default: Any) -> None:
    field = default if isinstance(default, dataclasses.Field) else None
    if field is not None and (not field.init or field.kw_only is True or not field.compare or field.hash is not None):
        raise TypeError(f"{name}: of a field's options, only default and repr are kept here")
    if (default if field is None else field.default).__class__.__hash__ is None:
        raise TypeError(f"{name}: all would share this default; it takes a default_factory")


def is_value(kind: Any) -> bool:
    """Whether it is a class that the decorator above made."""
    return isinstance(kind, type) and "_defaults" in kind.__dict__


def names_of(kind: Any) -> tuple[str, ...]:
    """The names of its fields, in order."""
    names: tuple[str, ...] = kind.__match_args__
    return names


def defaults_of(kind: Any) -> Mapping[str, Any]:
    """For each of its fields that has one, what `fresh` makes the value of."""
    defaults: Mapping[str, Any] = kind._defaults
    return defaults


def fresh(default: Any) -> Any:
    """The value of a field that was not given."""
    if not isinstance(default, dataclasses.Field):
        return default
    return default.default if default.default_factory is dataclasses.MISSING else default.default_factory()


class _Declared:
    """A class's fields as the standard decorator tells them, made when somebody first asks: most are never asked.

    Each thread that asks at once makes its own: what one has got, no other changes.
    """

    cls: Any

    def __init__(self, own: dict[str, Any], hints: dict[str, Any]) -> None:
        self._own = own
        self._hints = hints

    def __get__(self, _instance: object, _owner: type) -> Any:
        cls = self.cls
        own = {
            name: copy.copy(default) if isinstance(default, dataclasses.Field) else default for name, default in self._own.items()
        }
        # The standard decorator looks into every hint for what declares no field; there is none, and that takes the longest.
        like = type(cls.__name__, cls.__bases__, {**own, "__annotations__": dict.fromkeys(self._hints, object)})
        declared: Any = dataclasses.dataclass(init=False, repr=False, eq=False)(like)
        for name, hint in self._hints.items():
            declared.__dataclass_fields__[name].type = hint
        cls.__dataclass_params__ = declared.__dataclass_params__
        cls.__dataclass_fields__ = declared.__dataclass_fields__
        return declared.__dataclass_fields__


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
        if name not in named and name not in self._defaults:
            raise TypeError(f"{type(self).__name__}: {name!r} is missing")
        _put(self, name, named.pop(name) if name in named else fresh(self._defaults[name]))
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
