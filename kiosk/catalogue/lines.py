"""On which line of a TOML text each key and each array element stands; of what is no TOML only what stands before it."""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from contextlib import suppress

Place = tuple[str | int, ...]

BLANK = " \t"
BARE_ENDS = frozenset(",]}#\n")


def find_lines(text: str) -> dict[Place, int]:
    """The line, counted from 1, of every table, key and array element; the empty path is line 1."""
    return _Walk(text).lines


def find_statements(text: str) -> list[tuple[int, Place]]:
    """Line and table of each key and header, in their order; behind the first one that is broken they may be wrong."""
    walk = _Walk(text)
    return [(bisect_right(walk.starts, at), table) for at, table in walk.begun]


def line_of(lines: Mapping[Place, int], path: Place) -> int:
    """The line of the path, or of its nearest ancestor that stands in the text; 0 when nothing is known."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 0)


class _Walk:
    """One pass over the text, remembering where things began."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.starts = [0, *(i + 1 for i, letter in enumerate(text) if letter == "\n")]
        self.lines: dict[Place, int] = {(): 1}
        self.counts: dict[Place, int] = {}
        self.begun: list[tuple[int, Place]] = []
        with suppress(ValueError, IndexError, RecursionError):  # only where the text is no TOML
            self._document()

    def _document(self) -> None:
        table: Place = ()
        self._skip(newlines=True)
        while self.at < len(self.text):
            self.begun.append((self.at, table))
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(newlines=True)

    def _header(self) -> Place:
        """`[table]` or `[[array of tables]]`; the path gets the index of the element that is open."""
        start = self.at
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        keys = self._dotted()
        self.at += 2 if many else 1
        path: Place = ()
        for key in keys[:-1]:
            path = (*path, key)
            self._note(path, start)
            path = self._open(*path)
        path = (*path, keys[-1])
        if many:
            self._note(path, start)
            self.counts[path] = self.counts.get(path, -1) + 1
        path = self._open(*path)
        self._note(path, start)
        return path

    def _open(self, *path: str | int) -> Place:
        return (*path, self.counts[path]) if path in self.counts else path

    def _pair(self, table: Place) -> None:
        start = self.at
        keys = self._dotted()
        for depth in range(1, len(keys) + 1):
            self._note((*table, *keys[:depth]), start)
        self.at = self.text.index("=", self.at) + 1
        self._skip(newlines=False)
        self._value((*table, *keys))

    def _dotted(self) -> Place:
        keys: list[str] = []
        while True:
            self._skip(newlines=False)
            keys.append(self._key())
            self._skip(newlines=False)
            if self.at >= len(self.text) or self.text[self.at] != ".":
                return tuple(keys)
            self.at += 1

    def _key(self) -> str:
        start = self.at
        if self.text[self.at] in "\"'":
            self._string()
            return str(tomllib.loads(f"k = {self.text[start : self.at]}")["k"])
        while self.at < len(self.text) and (self.text[self.at].isalnum() or self.text[self.at] in "-_"):
            self.at += 1
        return self.text[start : self.at]

    def _value(self, path: Place) -> None:
        first = self.text[self.at]
        if first in "\"'":
            self._string()
        elif first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            while self.at < len(self.text) and self.text[self.at] not in BARE_ENDS:
                self.at += 1

    def _array(self, path: Place) -> None:
        self.at += 1
        index = 0
        while True:
            self._skip(newlines=True)
            if self.text[self.at] == "]":
                break
            self._note((*path, index), self.at)
            before = self.at
            self._value((*path, index))
            index += 1
            self._skip(newlines=True)
            if self.text[self.at] == ",":
                self.at += 1
            if self.at == before:
                raise ValueError("neither a value nor an end")
        self.at += 1

    def _inline_table(self, path: Place) -> None:
        self.at += 1
        while True:
            self._skip(newlines=True)
            if self.text[self.at] == "}":
                break
            self._pair(path)
            self._skip(newlines=True)
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1

    def _string(self) -> None:
        quote = self.text[self.at]
        if self.text.startswith(quote * 3, self.at):
            self.at += 3
            self._to_end_of_string(quote * 3)
            while self.text.startswith(quote, self.at):  # up to two quotes may stand before the closing three
                self.at += 1
        else:
            self.at += 1
            self._to_end_of_string(quote)

    def _to_end_of_string(self, closing: str) -> None:
        while not self.text.startswith(closing, self.at):
            if self.at >= len(self.text):
                raise ValueError("a string without an end")
            self.at += 2 if closing[0] == '"' and self.text[self.at] == "\\" else 1
        self.at += len(closing)

    def _skip(self, *, newlines: bool) -> None:
        blanks = BLANK + "\r\n" if newlines else BLANK
        while self.at < len(self.text):
            if self.text[self.at] in blanks:
                self.at += 1
            elif self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    def _note(self, path: Place, start: int) -> None:
        self.lines.setdefault(path, bisect_right(self.starts, start))
