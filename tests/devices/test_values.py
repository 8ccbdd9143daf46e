"""Our cheap frozen dataclasses behave as the standard ones."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, replace
from typing import ClassVar, get_type_hints

import pytest

from devices.values import dataclass


@dataclass(frozen=True, slots=True)
class Sheet:
    title: str
    secret: str = field(default="", repr=False)
    pages: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Copy(Sheet):
    number: int = 1

    def __post_init__(self) -> None:
        if self.number < 1:
            raise ValueError("a copy counts from 1")


@dataclasses.dataclass(frozen=True, slots=True)
class Standard:
    title: str
    secret: str = field(default="", repr=False)
    number: int = 1


@dataclass(frozen=True, slots=True)
class Ours:
    title: str
    secret: str = field(default="", repr=False)
    number: int = 1


def refused(kind, *values, **named):
    try:
        kind(*values, **named)
    except TypeError:
        return True
    return False


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((), {}),
        (("a",), {}),
        (("a", "b", 2), {}),
        (("a", "b", 2, 3), {}),
        (("a",), {"number": 2}),
        ((), {"number": 2, "title": "a"}),
        (("a",), {"title": "a"}),
        (("a",), {"colour": "red"}),
        (("a", "b", 2), {"number": 2}),
    ],
)
def test_is_built_from_what_the_standard_one_takes_and_nothing_else(values, named):
    assert refused(Ours, *values, **named) == refused(Standard, *values, **named)
    if not refused(Standard, *values, **named):
        assert dataclasses.astuple(Ours(*values, **named)) == dataclasses.astuple(Standard(*values, **named))
        assert repr(Ours(*values, **named)) == repr(Standard(*values, **named)).replace("Standard", "Ours")


def test_equal_are_those_of_one_class_and_the_same_values():
    assert Ours("a") == Ours("a")
    assert hash(Ours("a")) == hash(Ours("a"))
    assert Ours("a") != Ours("b")
    assert Ours("a") != Standard("a")
    assert Sheet("a") != Copy("a")


def test_nothing_can_be_changed_or_added():
    sheet = Sheet("a")
    with pytest.raises(FrozenInstanceError):
        sheet.title = "b"
    with pytest.raises(FrozenInstanceError):
        del sheet.title
    with pytest.raises(FrozenInstanceError):
        sheet.colour = "red"
    assert not hasattr(sheet, "__dict__")


def test_each_has_a_list_of_its_own_and_a_copy_is_checked_again():
    assert Sheet("a").pages is not Sheet("a").pages
    assert replace(Copy("a", number=2), title="b") == Copy("b", number=2)
    with pytest.raises(ValueError, match="counts from 1"):
        replace(Copy("a"), number=0)


def test_can_be_copied_pickled_and_matched():
    sheet = Sheet("a", "b", [1])
    assert copy.deepcopy(sheet) == pickle.loads(pickle.dumps(sheet)) == sheet
    match sheet:
        case Sheet("a", secret=secret, pages=[page]):
            assert (secret, page) == ("b", 1)


def test_a_field_whose_options_would_be_lost_is_refused():
    with pytest.raises(TypeError, match="number"):

        @dataclass(frozen=True, slots=True)
        class Wrong:
            number: int = field(compare=False)


def test_fields_have_the_hints_they_were_declared_with() -> None:
    assert [(one.name, one.type) for one in dataclasses.fields(Ours)] == [
        (one.name, one.type) for one in dataclasses.fields(Standard)
    ]
    assert get_type_hints(Ours) == get_type_hints(Standard)
    assert [one.type for one in dataclasses.fields(Copy)] == ["str", "str", "list[int]", "int"]


def test_fields_keep_their_hints_while_another_thread_asks_for_them_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True, slots=True)
    class Asked:
        number: int = field(default=1)

    not_yet_made = vars(Asked)["__dataclass_fields__"]
    first, standard = Asked.__dataclass_fields__, dataclasses.dataclass
    meanwhile = []

    def make(**options: bool) -> Callable[[type], type]:
        def made(cls: type) -> type:
            whole = standard(**options)(cls)
            meanwhile.append(first["number"].type)
            return whole

        return made

    monkeypatch.setattr("devices.values.dataclasses.dataclass", make)
    assert not_yet_made.__get__(None, Asked)["number"].type == "int"
    assert meanwhile == ["int"]


def test_a_hint_that_declares_no_field_is_refused() -> None:
    class Counted:
        count: ClassVar[int] = 0

    with pytest.raises(TypeError, match="Counted"):
        dataclass(frozen=True, slots=True)(Counted)
