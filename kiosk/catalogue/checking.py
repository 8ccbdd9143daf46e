"""Every mistake of a catalogue at once, each with its file and line.

pydantic goes by what `kiosk.catalogue.model` declares; nothing that the first picture needs imports this module.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, TypeAlias, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from kiosk.broken_toml import Left, read_what_is_left
from kiosk.catalogue.lines import Place, find_lines, line_of
from kiosk.catalogue.model import CardField, Catalogue, Disagreement, Item, Kind, Text, Zone
from kiosk.errors import CatalogueBroken, Mistake
from kiosk.settings_words import ENGLISH, NO_TOML, OTHERWISE, kind_in_chinese

CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")
DEEPEST = 20
Container: TypeAlias = dict[str, Any] | list[Any] | tuple[Any, ...]
CONTAINERS = (dict, list, tuple)
LONGEST_EXPONENT = 20
OF_ITSELF = frozenset({"sample"})
"""Top-level keys of a zone file that speak of the catalogue, not of the zone."""


@dataclass(frozen=True)
class Document:
    """One zone as written."""

    file: str
    raw: Mapping[str, Any]
    text: str | None = None
    """The TOML it was read from; None for what came over the wire."""
    prefix: Place = ()
    """Put before the paths of mistakes; names the zone where there is no file to name it."""
    left: Left | None = None
    """How the file was read when some of it is no TOML."""

    @cached_property
    def lines(self) -> Mapping[Place, int]:
        """Where its parts stand; found only when there is a mistake to place."""
        return {} if self.text is None else find_lines(self.text)

    @cached_property
    def zone(self) -> Zone:
        """The zone that it makes by itself; raises pydantic's ValidationError."""
        of_the_file = OF_ITSELF if self.text is not None else frozenset()
        return _zone_adapter().validate_python({key: value for key, value in self.raw.items() if key not in of_the_file})

    def mistake(self, path: Place, message: str, zh: str = OTHERWISE) -> Mistake:
        """A mistake at this path of the document."""
        return Mistake(self.file, line_of(self.lines, path), dotted((*self.prefix, *path)), message, zh)

    def broken(self) -> Iterator[Mistake]:
        """What of the file is no TOML."""
        for wrong in self.left.wrong if self.left is not None else ():
            yield Mistake(self.file, wrong.line, "", f"not TOML: {wrong.says}", NO_TOML)

    def items(self) -> list[tuple[int, Mapping[str, Any]]]:
        """The items that are tables at all, with their index."""
        items = self.raw.get("items")
        return [(i, item) for i, item in enumerate(items) if isinstance(item, Mapping)] if isinstance(items, Sequence) else []


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a folder; the zones are whole only when there are no mistakes."""

    documents: tuple[Document, ...]
    mistakes: tuple[Mistake, ...]

    @property
    def zone_count(self) -> int:
        """Zone files that could be read."""
        return len(self.documents)

    @property
    def item_count(self) -> int:
        """Items in them, with or without mistakes."""
        return sum(len(document.items()) for document in self.documents)


class _Told(BaseModel):
    """The centre's copy; its zones are checked one by one."""

    model_config = ConfigDict(extra="forbid")

    version: str
    sample: bool = True
    zones: tuple[dict[str, Any], ...] = Field(min_length=1)


def check_content(content: Mapping[str, Any]) -> Catalogue:
    """The centre's copy as it is told, whether its version be right or not; raises `CatalogueBroken` with all mistakes."""
    if nested_too_deeply(content):
        raise CatalogueBroken([Mistake("", 0, "", "nested too deeply", "嵌套太深")])
    zones = content.get("zones")
    zones = zones if isinstance(zones, Sequence) and not isinstance(zones, str) else ()
    documents = [Document("", zone, prefix=("zones", i)) for i, zone in enumerate(zones) if isinstance(zone, Mapping)]
    mistakes = check_documents(documents)
    if mistakes:
        raise CatalogueBroken(mistakes)
    try:
        told = _Told.model_validate(content)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise CatalogueBroken([_of_copy(detail["loc"], dict(detail)) for detail in details]) from None
    return Catalogue(told.version, tuple(document.zone for document in documents), told.sample)


def check_folder(folder: Path) -> Checked:
    """Reads and checks every `*.toml` of the folder."""
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix == ".toml")
    except OSError as error:
        return Checked((), (Mistake(str(folder), 0, "", f"the folder cannot be read: {error.strerror}", "文件夹无法读取"),))
    if not files:
        return Checked(
            (), (Mistake(str(folder), 0, "", "the folder holds no zone file (*.toml)", "文件夹里没有专区文件（*.toml）"),)
        )
    documents: list[Document] = []
    mistakes: list[Mistake] = []
    for file in files:
        try:
            content = file.read_bytes()
        except OSError as error:
            mistakes.append(Mistake(file.name, 0, "", f"the file cannot be read: {error.strerror}", "文件无法读取"))
            continue
        read = read_zone(file.name, content)
        if isinstance(read, Document):
            documents.append(read)
            mistakes += _check_file_name(read, file.stem)
        else:
            mistakes.append(read)
    return Checked(tuple(documents), tuple(sorted({*mistakes, *check_documents(documents)})))


def read_zone(file: str, content: bytes) -> Document | Mistake:
    """The zone file as a document, without the statements that are no TOML; or why nothing of it can be read."""
    try:
        # A byte order mark is what some editors leave; line ends as tomllib counts them.
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return Mistake(file, content[: error.start].count(b"\n") + 1, "", "not UTF-8 here", "不是 UTF-8 编码，请存为 UTF-8")
    left = read_what_is_left(text, parse_float=_exact)
    if left.raw is None:
        return Mistake(file, left.wrong[0].line, "", f"not TOML: {left.wrong[0].says}", NO_TOML)
    if nested_too_deeply(left.raw):
        return Mistake(file, 1, "", "nested too deeply", "嵌套太深")
    return Document(file, left.raw, left.text, left=left if left.wrong else None)


def check_documents(documents: Sequence[Document]) -> tuple[Mistake, ...]:
    """All mistakes inside the zones and between them, in the order of the files and lines."""
    found = [mistake for document in documents for mistake in _check_zone(document)]
    found += _twice(_item_values(documents, "code"), "code")
    found += _twice(_item_values(documents, "number"), "number")
    for key in ("id", "order"):
        found += _twice(((document, (key,), document.raw.get(key)) for document in documents), key)
    return tuple(sorted(set(found)))


def nested_too_deeply(content: Mapping[str, Any]) -> bool:
    """True when it is deeper than any catalogue can be; everything behind this check may walk it by recursion."""
    level: list[Container] = [dict(content)]
    for _ in range(DEEPEST):
        level = [inner for part in level for _, inner in _containers(part)]
        if not level:
            return False
    return True


def dotted(path: Place) -> str:
    """The path as people write it: `items[0].name.en`; keys that are no plain words are quoted."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{_plain(part)}" for part in path)
    return text.removeprefix(".")


def _containers(part: Container) -> list[tuple[str | int, Container]]:
    """What in it may hold something itself, with its key or index. JSON and TOML make nothing but dictionaries and lists."""
    inner = part.items() if isinstance(part, dict) else enumerate(part)
    return [(key, value) for key, value in inner if isinstance(value, CONTAINERS)]


def _plain(key: str) -> str:
    return key if PLAIN_KEY.fullmatch(key) else json.dumps(key)


def _exact(text: str) -> Decimal:
    """A decimal fraction as written, or NaN, which no field takes: 1e999999 would cost minutes as a whole number."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")
    return number if number.is_finite() and abs(number.adjusted()) <= LONGEST_EXPONENT else Decimal("NaN")


def _check_file_name(document: Document, stem: str) -> list[Mistake]:
    zone = document.raw.get("id")
    if not isinstance(zone, str) or zone == stem:
        return []
    return [document.mistake(("id",), f"unknown zone {zone!r}: this file is named for {stem!r}", f"与文件名 {stem} 不符")]


def _check_zone(document: Document) -> Iterator[Mistake]:
    yield from document.broken()
    if not isinstance(document.raw.get("sample", False), bool):
        yield document.mistake(("sample",), "must be true or false", "应为 true 或 false")
    try:
        zone = document.zone
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path: Place = detail["loc"]
            if detail["type"] == "too_short" and detail["input"]:
                continue  # only because its elements are broken, which is told of each
            if document.left is not None and detail["type"] in ("missing", "too_short") and document.left.may_have_had(path):
                continue  # it may stand in what is no TOML, which has been told
            yield document.mistake(path, _in_words(path, dict(detail)), _in_chinese(path, dict(detail)))
        yield from _check_items(document)
    else:
        for index, item in enumerate(zone.items):
            for found in item.disagreements():
                yield document.mistake(("items", index, *found.path), found.message, found.zh)
    for path in _english_in_chinese((), dict(document.raw)):
        yield document.mistake(path, "the English text holds Chinese characters", "英文里有汉字")


def _check_items(document: Document) -> Iterator[Mistake]:
    for index, raw in document.items():
        if document.left is not None and document.left.lost_of(("items", index)):
            continue  # what it disagrees with may be what was lost
        for found in _disagreements(raw):
            yield document.mistake(("items", index, *found.path), found.message, found.zh)


def _disagreements(raw: Mapping[str, Any]) -> Iterator[Disagreement]:
    """The item's disagreements among its sound fields: a broken field never hides another's mistake."""
    # Placeholders for the required fields, of which the checks look at two; they count as broken when the item lacks them.
    values: dict[str, Any] = {field.name: None for field in fields(Item) if field.default is MISSING}
    values |= {"kind": Kind.ENQUIRY, "card_fields": tuple(CardField)}
    broken = {name for name in values if name not in raw}
    for name, adapter in _field_adapters().items():
        if name in raw:
            try:
                values[name] = adapter.validate_python(raw[name])
            except ValidationError:
                broken.add(name)
    for disagreement in Item(**values).disagreements():
        if not disagreement.fields & broken:
            yield disagreement


@cache
def _field_adapters() -> Mapping[str, TypeAdapter[Any]]:
    hints = get_type_hints(Item)
    limited: dict[str, Any] = {field.name: Annotated[hints[field.name], Field(**field.metadata)] for field in fields(Item)}
    return {name: TypeAdapter(hint) for name, hint in limited.items()}


@cache
def _zone_adapter() -> TypeAdapter[Zone]:
    return TypeAdapter(Zone)


def _english_in_chinese(path: Place, part: Container) -> Iterator[Place]:
    if isinstance(part, dict) and "zh" in part:
        english = part.get("en")
        if isinstance(english, str) and CHINESE.search(english):
            yield (*path, "en")
    for key, inner in _containers(part):
        yield from _english_in_chinese((*path, key), inner)


def _item_values(documents: Sequence[Document], key: str) -> Iterator[tuple[Document, Place, object]]:
    for document in documents:
        for index, item in document.items():
            yield document, ("items", index, key), item.get(key)


def _twice(values: Iterator[tuple[Document, Place, object]], key: str) -> Iterator[Mistake]:
    first: dict[str | int, tuple[Document, Place]] = {}
    for document, path, value in values:
        if not isinstance(value, str) and not (isinstance(value, int) and 0 < value < 1000):
            continue
        if value in first:
            there = first[value][0].mistake(first[value][1], "")
            place = ":".join(part for part in (there.file, str(there.line or there.path)) if part)
            yield document.mistake(path, f"{key} {value!r} is already used at {place}", f"{value} 已用于 {place}")
        else:
            first[value] = document, path


def _of_copy(path: Place, detail: Mapping[str, Any]) -> Mistake:
    return Mistake("", 0, dotted(path), _in_words(path, detail), _in_chinese(path, detail))


def _in_words(path: Place, detail: Mapping[str, Any]) -> str:
    """What pydantic found, in a sentence for whoever edits the file."""
    name = path[-1] if path else ""
    match detail["type"]:
        case "missing" if name == "en":
            return "the English text is missing"
        case "missing" if path == ("items",):
            return "a zone needs items"
        case "missing":
            return f"the field {name!r} is missing"
        case "unexpected_keyword_argument" | "extra_forbidden":
            return f"unknown key {name!r}{_did_you_mean(name, _keys_at(path[:-1]))}"
        case "enum" | "literal_error":
            expected = re.findall(r"'([^']+)'", str(detail["ctx"]["expected"]))
            return f"must be one of {', '.join(expected)}{_did_you_mean(detail['input'], expected)}"
        case "too_short" if path == ("items",):
            return "a zone needs items"
        case "tuple_type":
            return "must be a list, written in [ ]"
        case "dataclass_type" if detail["ctx"]["class_name"] == Text.__name__:
            return 'must be written { zh = "中文", en = "English" }'
        case "dataclass_type" | "dict_type":
            return "must be keys, written { key = value }"
        case kind if kind in ENGLISH and kind != "finite_number":
            return ENGLISH[kind]
        case _:
            message = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Input ")
            return message.replace("String should", "should").replace("Decimal input should", "should")


def _in_chinese(path: Place, detail: Mapping[str, Any]) -> str:
    """The same for the kiosk's own screen."""
    match detail["type"]:
        case "missing" if path and path[-1] == "en":
            return "缺少英文"
        case "missing":
            return "缺少这一项"
        case "unexpected_keyword_argument" | "extra_forbidden":
            return "没有这个键"
        case "enum" | "literal_error":
            expected = str(detail["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
            return f"应为 {expected} 之一"
        case "tuple_type":
            return "应为几项，写在 [ ] 里"
        case "dataclass_type" if detail["ctx"]["class_name"] == Text.__name__:
            return '应写成 { zh = "中文", en = "English" }'
        case "dataclass_type" | "dict_type":
            return "应为几个键，写成 { 键 = 值 }"
        case kind:
            return kind_in_chinese(kind, str(detail["msg"]).removeprefix("Value error, "), detail.get("ctx", {}))


def _did_you_mean(word: object, known: Sequence[str]) -> str:
    close = get_close_matches(word[:64], known, n=1) if isinstance(word, str) else []
    return f"; did you mean {close[0]!r}?" if close else ""


def _keys_at(path: Place) -> list[str]:
    """The keys that the table at this path of a zone may have."""
    kind: type[Any] = Zone
    for part in path:
        if isinstance(part, str):
            inner = _part_in(get_type_hints(kind).get(part))
            if inner is None:
                return []
            kind = inner
    return [*(field.name for field in fields(kind)), *(OF_ITSELF if kind is Zone else ())]


def _part_in(annotation: object) -> type[Any] | None:
    if isinstance(annotation, type) and is_dataclass(annotation):
        return annotation
    return next((found for part in get_args(annotation) if (found := _part_in(part)) is not None), None)
