"""The world around a practising kiosk: emulated devices and an emulated line, moved by words from another terminal.

`answer` is called on the local line's thread only, so everything here has one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from devices.emulators.bench import CODE_SCANNER, IN_ORDER, RECEIPT_PRINTER, Bench
from devices.emulators.people import PEOPLE
from devices.probing import as_toml
from offline_cache.emulated_line import EmulatedLine, Faults
from offline_cache.errors import CacheError

LINE: Mapping[str, Faults] = {
    "up": Faults(),
    "down": Faults(down=True),
    "hang": Faults(hanging=True),
    "portal": Faults(portal=True),
    "cut": Faults(cut_after_bytes=40),
}
PAPER: Mapping[str, str] = {"enough": IN_ORDER, "low": "near-end", "out": "paper-out"}
COVER: Mapping[str, str] = {"closed": IN_ORDER, "open": "cover-open"}


class WordsWrong(Exception):
    """A sentence for whoever typed the words."""


class Emulation:
    """Emulated devices, the emulated line, and what words do to them."""

    def __init__(self, bench: Bench, line: EmulatedLine, new_token: Callable[[], str], place: str = "") -> None:
        """`new_token` asks the centre's sandbox for a fresh 亮码 token; `place` tells one demo from another."""
        self._place = place
        self._bench = bench
        self._line = line
        self._new_token = new_token
        self._words: Mapping[str, Callable[[Sequence[str]], str]] = {
            "card": self._card,
            "lift": lambda _: self._done(self._bench.lift_card, "the card is lifted"),
            "insert": self._insert,
            "take-out": lambda _: self._done(self._bench.take_card_out, "the chip card is taken out"),
            "code": self._code,
            "hold": self._hold,
            "unplug": lambda words: self._cable(words, self._bench.unplug, "unplugged"),
            "plug": lambda words: self._cable(words, self._bench.plug, "plugged in"),
            "sheet": self._sheet,
            "paper": lambda words: self._printer(words, PAPER),
            "cover": lambda words: self._printer(words, COVER),
            "line": self._line_state,
            "misbehave": self._misbehave,
            "slips": self._slips,
            "settings": lambda _: self._settings(),
            "status": lambda _: self._status(),
        }

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Do what the words say; the answer tells what was done, or what can be said (`usage`: the words were wrong)."""
        words = [str(word) for word in question.get("words", [])]
        try:
            act = self._words.get(words[0]) if words else None
            if act is None:
                raise WordsWrong(f"say one of: {', '.join(self._words)}")
            return {"ok": True, "said": act(words[1:])}
        except (WordsWrong, LookupError, ValueError) as wrong:
            return {"ok": False, "usage": True, "said": str(wrong)}
        except OSError as refused:
            return {"ok": False, "said": f"{refused.filename}: {refused.strerror}" if refused.filename else str(refused)}
        except CacheError as trouble:
            return {"ok": False, "said": str(trouble)}

    def _card(self, words: Sequence[str]) -> str:
        name = _only(words, "card NAME")
        try:
            self._bench.card(name)
        except LookupError as unknown:
            raise WordsWrong(f"there is no card {name!r}; one of {', '.join(PEOPLE)}") from unknown
        return f"{name}'s card lies on the reader"

    def _insert(self, words: Sequence[str]) -> str:
        name = _only(words, "insert NAME")
        return self._done(lambda: self._bench.insert_card(name), f"{name}'s chip card is in the reader")

    def _code(self, words: Sequence[str]) -> str:
        text = " ".join(words)
        if not text:
            raise WordsWrong("code TEXT, or `code token` for a fresh 亮码")
        shown = self._new_token() if text == "token" else text
        self._bench.code(shown, CODE_SCANNER)
        return "the code is held before the scanner"

    def _hold(self, words: Sequence[str]) -> str:
        if len(words) < 2:
            raise WordsWrong("hold DEVICE TEXT")
        return self._done(lambda: self._bench.code(" ".join(words[1:]), words[0]), f"the code is held before {words[0]}")

    def _sheet(self, words: Sequence[str]) -> str:
        how = _only(words, "sheet laid, blurred or gone")
        return self._done(lambda: self._bench.sheet(how), f"the sheet under the document camera: {how}")

    def _cable(self, words: Sequence[str], act: Callable[[str], None], done: str) -> str:
        device = _only(words, "unplug DEVICE or plug DEVICE")
        return self._done(lambda: act(device), f"{device} {done}")

    def _printer(self, words: Sequence[str], states: Mapping[str, str]) -> str:
        state = _one_of(words, states)
        return self._done(lambda: self._bench.misbehave(RECEIPT_PRINTER, states[state]), f"the printer: {state}")

    def _line_state(self, words: Sequence[str]) -> str:
        state = _one_of(words, LINE)
        return self._done(lambda: self._line.misbehave(LINE[state]), f"the line: {state}")

    def _misbehave(self, words: Sequence[str]) -> str:
        if len(words) != 2:
            raise WordsWrong("misbehave DEVICE FAULT")
        return self._done(lambda: self._bench.misbehave(words[0], words[1]), f"{words[0]}: {words[1]}")

    def _slips(self, words: Sequence[str]) -> str:
        """Write every slip that came out of the printer into this folder as PNG."""
        folder = Path(_only(words, "slips FOLDER"))
        slips, documents = self._bench.slips(), self._bench.documents()
        if not slips and not documents:
            return "no slip has come out of the printer yet: nothing was written"
        folder.mkdir(parents=True, exist_ok=True)
        for number, document in enumerate(documents, 1):
            (folder / f"document-{number:02}.pdf").write_bytes(document)
        for number, slip in enumerate(slips, 1):
            (folder / f"receipt-{number:02}.png").write_bytes(slip.png())
        papers = f" and {len(documents)} on A4" if documents else ""
        return f"{len(slips)} slip{'' if len(slips) == 1 else 's'}{papers} written into {folder}"

    def _settings(self) -> str:
        """The lines by which another kiosk that practises finds all devices."""
        lines = [as_toml(each) for each in (*self._bench.settings(), *self._bench.further_settings())]
        return "\n".join([*lines, f"# for the document printer, start the kiosk with CUPS_SERVER={self._bench.cups_server}"])

    def _status(self) -> str:
        told = f"line {self._line_name()}; {len(self._bench.slips())} slips printed"
        return f"{told}; {self._place}" if self._place else told

    def _line_name(self) -> str:
        return next((name for name, faults in LINE.items() if faults == self._line.faults), "out of order")

    @staticmethod
    def _done(act: Callable[[], None], said: str) -> str:
        act()
        return said


def _only(words: Sequence[str], usage: str) -> str:
    if len(words) != 1:
        raise WordsWrong(usage)
    return words[0]


def _one_of(words: Sequence[str], names: Mapping[str, object]) -> str:
    if len(words) != 1:
        raise WordsWrong(f"say one of: {', '.join(names)}")
    if words[0] not in names:
        raise WordsWrong(f"there is no state {words[0]!r}; one of {', '.join(names)}")
    return words[0]
