"""Pinyin into characters by libgooglepinyin (Debian `libgooglepinyin0`), through ctypes; lives on the GUI thread.

The library keeps one decoder a process. Its user dictionary is /dev/null: nothing that is typed or chosen is learned or kept.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from dataclasses import field
from enum import StrEnum
from pathlib import Path

from kiosk.values import dataclass

LIBRARY = "libgooglepinyin.so.0"
DICTIONARIES = (Path("/usr/lib"), "*/googlepinyin/data/dict_pinyin.dat")
"""Where Debian and Ubuntu put it, below the machine's own folder."""
USER_DICTIONARY = b"/dev/null"
MOST_LETTERS, MOST_CHARACTERS = 39, 16
"""The library's `kMaxRowNum` is 40: longer input would not be decoded."""
MOST_CANDIDATES = 120
BUFFER_UNITS = 64
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz'")

_Units = ctypes.POINTER(ctypes.c_uint16)


class PinyinTrouble(StrEnum):
    """Why there is no pinyin here; the form says so, and letters stay."""

    LIBRARY_MISSING = "library-missing"
    DICTIONARY_MISSING = "dictionary-missing"
    DICTIONARY_REFUSED = "dictionary-refused"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate that was taken, and the letters it leaves to be turned."""

    text: str = field(repr=False)
    rest: str = field(repr=False)


class Pinyin:
    """An open decoder; made by `open_pinyin`, closed once."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library: ctypes.CDLL | None = library
        self._letters = ""
        self._found = 0
        self._buffer = (ctypes.c_uint16 * BUFFER_UNITS)()

    def search(self, letters: str) -> tuple[str, ...]:
        """Candidates for pinyin in full or initials, best first; `'` parts syllables, `v` is ü; empty for what is no pinyin."""
        self._letters = "".join(mark for mark in letters.lower() if mark in LETTERS)[:MOST_LETTERS]
        library = self._open
        library.im_reset_search()
        self._found = library.im_search(self._letters.encode("ascii"), len(self._letters)) if self._letters else 0
        return tuple(text for place in range(min(self._found, MOST_CANDIDATES)) if (text := self._candidate(place)))

    def choose(self, place: int) -> Chosen:
        """Take a candidate of the last search: each of its characters uses up one syllable."""
        text = self._candidate(place)
        starts = _Units()
        syllables = self._open.im_get_spl_start_pos(ctypes.byref(starts))
        used = starts[min(len(text), syllables)] if text else 0
        return Chosen(text, self._letters[used:].lstrip("'"))

    def reset(self) -> None:
        """Forget what was searched for, in the library and here."""
        self._letters, self._found = "", 0
        ctypes.memset(self._buffer, 0, ctypes.sizeof(self._buffer))
        self._open.im_reset_search()

    def close(self) -> None:
        """Give the decoder back; a second time does nothing."""
        if self._library is not None:
            self.reset()
            self._library.im_close_decoder()
            self._library = None

    @property
    def _open(self) -> ctypes.CDLL:
        if self._library is None:
            raise ValueError("the pinyin decoder is closed")
        return self._library

    def _candidate(self, place: int) -> str:
        if not 0 <= place < self._found:  # the library looks beyond its own arrays for what it has not got
            return ""
        found = self._open.im_get_candidate(place, self._buffer, BUFFER_UNITS - 1)
        return bytes(self._buffer).decode("utf-16-le", "ignore").partition("\0")[0] if found else ""


def open_pinyin(library_name: str = LIBRARY, dictionaries: Iterable[Path] | None = None) -> Pinyin | PinyinTrouble:
    """The decoder with its Debian dictionary, or by name why there is none."""
    try:
        library = ctypes.CDLL(library_name)
    except OSError:
        return PinyinTrouble.LIBRARY_MISSING
    folder, pattern = DICTIONARIES
    dictionary = next(iter(sorted(folder.glob(pattern)) if dictionaries is None else dictionaries), None)
    if dictionary is None or not dictionary.is_file():
        return PinyinTrouble.DICTIONARY_MISSING
    _declare(library)
    if not library.im_open_decoder(str(dictionary).encode(), USER_DICTIONARY):
        return PinyinTrouble.DICTIONARY_REFUSED
    library.im_set_max_lens(MOST_LETTERS, MOST_CHARACTERS)
    return Pinyin(library)


def _declare(library: ctypes.CDLL) -> None:
    """The signatures of `pinyinime.h`; a C++ reference to a pointer is a pointer to it."""
    size = ctypes.c_size_t
    library.im_open_decoder.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    library.im_open_decoder.restype = ctypes.c_bool
    library.im_close_decoder.argtypes, library.im_close_decoder.restype = [], None
    library.im_set_max_lens.argtypes, library.im_set_max_lens.restype = [size, size], None
    library.im_reset_search.argtypes, library.im_reset_search.restype = [], None
    library.im_search.argtypes, library.im_search.restype = [ctypes.c_char_p, size], size
    library.im_get_candidate.argtypes, library.im_get_candidate.restype = [size, _Units, size], _Units
    library.im_get_spl_start_pos.argtypes, library.im_get_spl_start_pos.restype = [ctypes.POINTER(_Units)], size
