"""Items by what people type: Chinese, full pinyin, initials (also mixed), English words, or the item's code.

The index is immutable: build it once, search it from any thread.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

from pypinyin import Style, pinyin

from kiosk.catalogue.model import Catalogue, Item
from kiosk.values import dataclass

LONGEST_QUERY = 40
NOT_TYPED = re.compile(r"[\W_]+")
Letter = tuple[str, ...]
"""All ways to type one character: itself and, when it is Chinese, its readings without tones."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as it can be found."""

    item: Item
    phrases: tuple[tuple[Letter, ...], ...]
    """The name and the aliases, letter by letter."""
    words: tuple[str, ...]
    """The English name's words."""


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """Every item of a catalogue with its readings."""

    entries: tuple[Entry, ...]


def build_index(catalogue: Catalogue) -> SearchIndex:
    """The index over all zones; takes some milliseconds."""
    return SearchIndex(tuple(_entry(item) for zone in catalogue.zones for item in zone.items))


def search(index: SearchIndex, query: str, limit: int) -> tuple[Item, ...]:
    """The best `limit` items: those that begin with the query, then those that hold it, the most used first."""
    folded = _fold(query)[:LONGEST_QUERY]
    typed = NOT_TYPED.sub("", folded)
    if not typed:
        return ()
    words = NOT_TYPED.sub(" ", folded).split()
    ranked = [(rank, entry.item) for entry in index.entries if (rank := _rank(entry, typed, words)) is not None]
    ranked.sort(key=lambda found: (found[0], -found[1].popular, found[1].number))
    return tuple(item for _, item in ranked[:limit])


def _entry(item: Item) -> Entry:
    phrases = tuple(_letters(text) for text in (item.name.zh, *item.aliases))
    return Entry(item, phrases, tuple(NOT_TYPED.sub(" ", _fold(item.name.en)).split()))


def _fold(text: str) -> str:
    """One form for full-width and half-width, capital and small; pinyin's ü is typed v."""
    return unicodedata.normalize("NFKC", text).casefold().replace("ü", "v")


def _letters(text: str) -> tuple[Letter, ...]:
    return tuple((letter, *_readings(letter)) for letter in NOT_TYPED.sub("", _fold(text)))


@cache
def _readings(letter: str) -> tuple[str, ...]:
    """Every reading of the character alone: 行 is found by `xing` and by `hang`, whatever word it stands in."""
    if letter.isascii():
        return ()
    options = pinyin(letter, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(options[0]) if options else ()


def _rank(entry: Entry, typed: str, words: Sequence[str]) -> int | None:
    """0 when the query begins the item's name, an alias, its English name or is its code; 1 when they hold it."""
    code = entry.item.code.replace("-", "").casefold()
    if typed == code or _starts(entry.words, words):
        return 0
    if any(_matches(phrase, 0, typed) for phrase in entry.phrases):
        return 0
    if any(_starts(entry.words[start:], words) for start in range(1, len(entry.words))):
        return 1
    if any(_matches(phrase, start, typed) for phrase in entry.phrases for start in range(1, len(phrase))):
        return 1
    return None


def _starts(words: Sequence[str], asked: Sequence[str]) -> bool:
    """True when the words begin with those asked for, the last of which may be unfinished."""
    if not asked or len(asked) > len(words):
        return False
    return all(word == other for word, other in zip(words, asked[:-1], strict=False)) and words[len(asked) - 1].startswith(
        asked[-1]
    )


def _matches(phrase: Sequence[Letter], start: int, typed: str) -> bool:
    """True when the query can be read off the phrase from `start`, each character by itself, a reading or its initial."""
    reached = {0}
    for letter in phrase[start:]:
        reached = {there for here in reached for there in _after(letter, typed, here)}
        if len(typed) in reached:
            return True
        if not reached:
            return False
    return False


def _after(letter: Letter, typed: str, here: int) -> Iterable[int]:
    """How far the query is used up once this character has been read from `here`."""
    rest = typed[here:]
    for way in letter:
        if rest.startswith(way):
            yield here + len(way)
        if way != letter[0]:  # a reading: its first letter, zh ch sh, or an unfinished syllable at the query's end
            if rest.startswith(way[0]):
                yield here + 1
            if way[:2] in ("zh", "ch", "sh") and rest.startswith(way[:2]):
                yield here + 2
            if len(rest) < len(way) and way.startswith(rest):
                yield here + len(rest)
