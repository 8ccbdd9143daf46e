"""Every mistake of a settings file at once: each value by itself, and what does not fit together. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import Field, fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

from kiosk.catalogue.lines import Place, find_lines, line_of
from kiosk.errors import Mistake, SettingsBroken
from kiosk.settings_words import ENGLISH, NO_TOML, OTHERWISE, PATTERNS, kind_in_chinese
from kiosk.staff.remedies import Sentence

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from kiosk.broken_toml import Left

SHOWN_CHARACTERS = 60
NOTHING = Sentence("", "")
EMULATED = Sentence(
    "模拟设备只能在 [kiosk] 中 practice = true 时使用", "an emulated device is only accepted with `practice = true` in [kiosk]"
)
FIRST_LOCK = Sentence("比 longest_lock_seconds 还长", "longer than `longest_lock_seconds`")
LARGE_TEXT = Sentence(
    "比 signed_in_idle_seconds 短：大字用户需要更多时间",
    "shorter than `signed_in_idle_seconds`: 大字 readers need more time, not less",
)
NOTICE = Sentence(
    "不比 visit_minutes 短：提醒会早于办理开始", "not shorter than `visit_minutes`: the notice would come before the visit"
)
Found: TypeAlias = tuple[Place, Sentence]
Section = TypeVar("Section")


def checked(file: str, left: Left, settings: type[Section]) -> Section:
    """The settings in what could be read of this file; raises SettingsBroken with every mistake in it."""
    made, wrong_values = None, None
    if left.raw is not None:
        try:
            made = section_of(settings, left.raw)
        except ValidationError as wrong:
            wrong_values = wrong
    mistakes = _all_mistakes(file, left, wrong_values, settings)
    if made is None or mistakes:
        raise SettingsBroken(mistakes)
    return made


def section_of(kind: type[Section], raw: object) -> Section:
    """One section by itself; raises pydantic's ValidationError."""
    hashable: Any = kind  # mypy takes the type of a dataclass for one that has no hash
    made: Section = _adapter(hashable).validate_python(raw)
    return made


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _all_mistakes(file: str, left: Left, wrong_values: ValidationError | None, settings: type[Any]) -> list[Mistake]:
    """What is no TOML, wrong values and contradictions together, in the order of the file's lines.

    Of what stood in a broken statement nothing is told but that it is broken.
    """
    errors = wrong_values.errors(include_url=False) if wrong_values else []
    found = [_of_value(error, settings) for error in errors if error["type"] != "missing" or not left.may_have_had(error["loc"])]
    found += [(path, told) for path, told in contradictions(left.raw or {}) if not left.lost_of(_rests_on(path))]
    lines = find_lines(left.text) if found else {}
    told_of_values = (Mistake(file, _line(lines, path), dotted(path), told.en, told.zh) for path, told in found)
    broken = (Mistake(file, wrong.line, "", f"not TOML: {wrong.says.lower()}", NO_TOML) for wrong in left.wrong)
    return sorted((*broken, *told_of_values))


def _rests_on(contradiction: Place) -> Place:
    """The table whose values, given or by default, make it a contradiction."""
    return (
        ("kiosk",) if contradiction[-1] == "emulated" else contradiction[:1] if contradiction[0] != "devices" else contradiction
    )


def dotted(path: Place) -> str:
    """The path as sentences write it: `devices[0].port`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def contradictions(raw: Mapping[str, Any]) -> Iterator[Found]:
    """What is right by itself and wrong together; goes by the raw file, so that no other mistake hides it."""
    devices, staff, visit = _tables(raw.get("devices")), _tables(raw.get("staff")), _table(raw.get("visit"))
    practice = _table(raw.get("kiosk")).get("practice") is True
    for index, device in devices:
        if device.get("emulated") is True and not practice:
            yield ("devices", index, "emulated"), EMULATED
    yield from _twice("devices", "name", devices)
    yield from _twice("devices", "port", devices)
    yield from _twice("staff", "number", staff)
    yield from _times(visit)
    sign_in = _table(raw.get("sign_in"))
    if _number(sign_in, "first_lock_seconds", 30) > _number(sign_in, "longest_lock_seconds", 3600):
        yield ("sign_in", "first_lock_seconds"), FIRST_LOCK


def _times(visit: Mapping[str, Any]) -> Iterator[Found]:
    if _number(visit, "large_text_idle_seconds", 300) < _number(visit, "signed_in_idle_seconds", 180):
        yield ("visit", "large_text_idle_seconds"), LARGE_TEXT
    if _number(visit, "ending_notice_minutes", 2) >= _number(visit, "visit_minutes", 30):
        yield ("visit", "ending_notice_minutes"), NOTICE


def _twice(section: str, key: str, tables: list[tuple[int, Mapping[str, Any]]]) -> Iterator[Found]:
    first: dict[str, int] = {}
    for index, table in tables:
        value = table.get(key)
        if not isinstance(value, str):
            continue
        if value in first:
            taken = f"{section}[{first[value]}]"
            yield (section, index, key), Sentence(f"“{value}”已被 {taken} 占用", f"{value!r} is already taken by {taken}")
        first.setdefault(value, index)


def _of_value(error: ErrorDetails, settings: type[Any]) -> Found:
    """One of pydantic's findings as a path and a sentence."""
    path = tuple(part for part in error["loc"])
    around, field = _declared(path, settings)
    name = str(path[-1]) if path else ""
    context = error.get("ctx", {})
    match error["type"]:
        case "unexpected_keyword_argument":
            told = _and(Sentence("没有这个设置", "there is no setting of this name"), _meant(name, around, settings))
        case "missing":
            meaning = field.metadata.get("description") if field is not None else None
            described = f": {meaning}" if meaning else ""
            told = Sentence("缺少这一项", f"is missing{described}")
        case "enum" | "literal_error":
            expected = context["expected"]
            choices = Sentence(
                f"应为 {expected.replace(chr(39), '').replace(' or ', ', ')} 之一",
                f"must be {expected.replace(chr(39), chr(96))}",
            )
            told = _and(choices, _shown(error, field), _nearest_value(error, field))
        case "string_pattern_mismatch":
            told = _and(
                PATTERNS.get(context["pattern"], Sentence(OTHERWISE, f"must look like {context['pattern']}")),
                _shown(error, field),
            )
        case _:
            english = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
            chinese = kind_in_chinese(error["type"], english, context)
            plain = ENGLISH.get(error["type"], f"{english[:1].lower()}{english[1:]}")
            told = _and(Sentence(chinese, plain), _shown(error, field))
    return path, told


def _and(*parts: Sentence) -> Sentence:
    return Sentence("".join(part.zh for part in parts), "".join(part.en for part in parts))


def _declared(path: Place, settings: type[Any]) -> tuple[type[Any] | None, Field[Any] | None]:
    """The section a path lies in, and the declaration of its last name where there is one."""
    section: type[Any] | None = settings
    field: Field[Any] | None = None
    around: type[Any] | None = settings
    for part in path:
        if isinstance(part, int):
            continue
        around, field = section, _fields(section).get(part)
        section = _sections(section).get(part)
    return around, field


def _fields(section: type[Any] | None) -> Mapping[str, Field[Any]]:
    return {field.name: field for field in fields(section)} if section is not None else {}


def _sections(section: type[Any] | None) -> Mapping[str, type[Any]]:
    """The classes behind its fields: themselves, or what their tuple or option holds."""
    found = {}
    for name, hint in get_type_hints(section).items() if section is not None else ():
        for kind in (hint, *get_args(hint)):
            if isinstance(kind, type) and is_dataclass(kind):
                found[name] = kind
    return found


def _meant(name: str, around: type[Any] | None, settings: type[Any]) -> Sentence:
    """The nearest name of the same section, else the section that has a setting of exactly this name."""
    close = get_close_matches(name, _fields(around), n=1, cutoff=0.6)
    if close:
        return _did_you_mean(close[0])
    homes = [title for title, section in _sections(settings).items() if section is not around and name in _fields(section)]
    return Sentence(f"，应写在 [{homes[0]}] 段", f"; it belongs in [{homes[0]}]") if homes else NOTHING


def _nearest_value(error: ErrorDetails, field: Field[Any] | None) -> Sentence:
    expected = re.findall(r"'([^']+)'", error.get("ctx", {}).get("expected", ""))
    close = get_close_matches(str(error["input"]), expected, n=1, cutoff=0.5) if not _secret(field) else []
    return _did_you_mean(close[0]) if close else NOTHING


def _did_you_mean(name: str) -> Sentence:
    return Sentence(f"，是否应为 {name}？", f"; did you mean `{name}`?")


def _shown(error: ErrorDetails, field: Field[Any] | None) -> Sentence:
    value = error["input"]
    if _secret(field) or isinstance(value, dict | list):
        return NOTHING
    text = repr(value)
    shown = text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
    return Sentence(f"，现在写的是 {shown}", f", not {shown}")


def _secret(field: Field[Any] | None) -> bool:
    return field is not None and field.metadata.get("secret") is True


def _line(lines: Mapping[Place, int], path: Place) -> int:
    # A section that is missing altogether has no line; the root's line 1 would be a wrong one.
    return line_of(lines, path) if path[:1] in lines else 0


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _tables(value: object) -> list[tuple[int, Mapping[str, Any]]]:
    return [(index, table) for index, table in enumerate(value) if isinstance(table, dict)] if isinstance(value, list) else []


def _number(table: Mapping[str, Any], key: str, default: int) -> float:
    value = table.get(key, default)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else default
