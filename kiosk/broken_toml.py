"""What is left of a TOML text with mistakes in its writing: each broken statement is told and cut out, the rest is read. Pure.

Cut lines become empty ones, so that every other keeps its number.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import Any

from kiosk.catalogue.lines import Place, find_statements
from kiosk.values import dataclass

PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
NAME = r"[A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*"
PAIR = re.compile(rf"\s*({NAME})\s*=")
QUOTED_PAIR = re.compile(r"""\s*(?:"[^"\n]*"|'[^'\n]*')\s*=""")
HEADER = re.compile(rf"\s*(\[{{1,2}})\s*({NAME})\s*(\]{{0,2}})\s*(.*)")
MOST_CUTS, MOST_CHARACTERS = 30, 200_000
"""A text with more is no file of ours: looking on would cost seconds."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Where the text stops being TOML, and how tomllib says it."""

    line: int
    says: str


@dataclass(frozen=True, slots=True)
class Cut:
    """A statement that was cut out."""

    table: Place
    key: Place = ()
    """Empty when it cannot be told which key it set."""


ANYTHING = Cut(())
"""A section whose name cannot be told: whatever is missing may have stood in it."""


@dataclass(frozen=True, slots=True)
class Left:
    """What could be read."""

    raw: dict[str, Any] | None
    """None when nothing could be."""
    text: str
    """Without what was cut; the same lines."""
    wrong: tuple[Wrong, ...] = ()
    cuts: tuple[Cut, ...] = ()

    def may_have_had(self, path: Place) -> bool:
        """True when what is missing at this path may stand in a broken statement."""
        return any(_about(cut, path) for cut in self.cuts)

    def lost_of(self, path: Place) -> bool:
        """True when something of the table at this path, or below it, was cut, or may have been."""
        return any(cut is ANYTHING or cut.table[: len(path)] == path for cut in self.cuts)


def read_what_is_left(text: str, parse_float: Callable[[str], Any] = float) -> Left:
    """Read the text, cutting out what is broken."""
    lines = text.split("\n")
    wrong: list[Wrong] = []
    cuts: list[Cut] = []
    while True:
        text = "\n".join(lines)
        try:
            return Left(tomllib.loads(text, parse_float=parse_float), text, tuple(wrong), tuple(cuts))
        except tomllib.TOMLDecodeError as error:
            place = PLACE.search(str(error))
            says = PLACE.sub("", str(error))
        except RecursionError:
            return Left(None, text, (Wrong(1, "nested too deeply"),))
        except ValueError as error:  # a number of thousands of digits
            return Left(None, text, (Wrong(1, str(error)),))
        stopped = int(place[1]) if place and place[1] else 0
        first, table = _statement(text, stopped or len(lines))
        line = stopped or first  # where something never ends, it began
        if all(told.line != line for told in wrong):
            wrong.append(Wrong(line, says))
        if not lines[first - 1].strip() or len(wrong) > MOST_CUTS or len(text) > MOST_CHARACTERS:
            return Left(None, text, tuple(wrong), tuple(cuts))
        cuts += _cut_header(lines, first - 1) if lines[first - 1].lstrip().startswith("[") else _cut_pair(lines, first - 1, table)


def _statement(text: str, line: int) -> tuple[int, Place]:
    """The first line of the statement that stands at this line, and the table it is in."""
    begun = [found for found in find_statements(text) if found[0] <= line]
    return begun[-1] if begun else (line, ())


def _cut_pair(lines: list[str], index: int, table: Place) -> list[Cut]:
    pair = PAIR.match(lines[index])
    _blank(lines, index, _next(lines, index + 1, header_only=False))
    return [Cut(table, _keys(pair[1]) if pair else ())]


def _cut_header(lines: list[str], index: int) -> list[Cut]:
    """Mend a header's brackets where its name can be read; otherwise its whole section goes."""
    header = HEADER.match(lines[index])
    if header is not None:
        opening, name, closing, rest = header.groups()
        mended = f"[[{name}]]" if "[[" in (opening, closing.replace("]", "[")) else f"[{name}]"
        plain = not rest or rest.startswith("#")
        if (plain or closing) and lines[index].partition("#")[0].strip() != mended:
            lines[index] = mended
            return [] if plain else [ANYTHING]
    _blank(lines, index, _next(lines, index + 1, header_only=True))
    return [ANYTHING]


def _next(lines: list[str], start: int, *, header_only: bool) -> int:
    """The line, by index, at which the next section (or statement) begins."""
    for index in range(start, len(lines)):
        line = lines[index]
        header = HEADER.match(line)
        if header is not None and header[3] and (not header[4] or header[4].startswith("#")):
            if not (header_only and "." in header[2]):
                return index
        elif not header_only and (PAIR.match(line) or QUOTED_PAIR.match(line)):
            return index
    return len(lines)


def _blank(lines: list[str], start: int, end: int) -> None:
    lines[start:end] = [""] * (end - start)


def _keys(dotted: str) -> Place:
    return tuple(part.strip() for part in dotted.split("."))


def _about(cut: Cut, path: Place) -> bool:
    if cut is ANYTHING:
        return True
    if not cut.key:
        return path[:-1] == cut.table
    whole = (*cut.table, *cut.key)
    return whole[: len(path)] == path or path[: len(whole)] == whole
