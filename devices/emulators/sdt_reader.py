"""An SDT card reader on a pseudo-terminal, with cards of fictional people to lay on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from devices.card_reader.sdt import Command, FrameStream, StatusWord, frame
from devices.emulators.card_block import new_address_data, read_data, read_data_with_finger
from devices.emulators.people import Person
from devices.emulators.pty_line import OnALine, PtyLine
from devices.errors import ChecksumWrong
from devices.reports import CardKind
from devices.values import dataclass

SAM_ID = bytes.fromhex("05000300E3AF340187D61200B17F3905")
NO_SERIAL = bytes(8)


@dataclass(frozen=True, slots=True)
class Delays:
    """How long the reader itself thinks, in seconds, apart from the wire."""

    find: float = 0.0
    select: float = 0.0
    read: float = 0.0


class SdtReaderEmulator(OnALine):
    """Answers as a reader does: a card that was read is found again only after it was lifted and laid down.

    `knows` is what its firmware knows: an old one answers 40 to the foreigners' and the permit holders' cards.
    With `only_speed` it was set to one speed by `60 xx` and is mute at the four others.
    """

    def __init__(
        self,
        path: Path,
        *,
        baud: int | None = None,
        only_speed: int | None = None,
        delays: Delays | None = None,
        knows: frozenset[CardKind] = frozenset(CardKind),
    ) -> None:
        self._line = PtyLine(path, self._hear, baud, only_speed)
        self._delays = delays or Delays()
        self._knows = knows
        self._stream = FrameStream()
        self._lock = threading.Lock()
        self._person: Person | None = None
        self._found = self._selected = self._read = False
        self._sam_status = int(StatusWord.OK)
        self._sam_id = SAM_ID
        self._read_refusals: list[int] = []
        self._before_read: Callable[[], None] | None = None

    def plug(self) -> None:
        """Connect the cable, and with it the power: a card that still lies there is a new one to the reader."""
        self._stream.clear()
        with self._lock:
            self._found = self._selected = self._read = False
        self._line.plug()

    def behave(self) -> None:
        """Drop queued faults, and what was to happen before a reading."""
        super().behave()
        self._before_read = None

    def put(self, person: Person) -> None:
        """Lay a card on the reader."""
        with self._lock:
            self._person = person
            self._found = self._selected = self._read = False

    def lift(self) -> None:
        """Take the card away, also in the middle of its reading."""
        with self._lock:
            self._person = None
            self._found = self._selected = self._read = False

    def refuse_reading(self, *status_words: int) -> None:
        """Answer the next readings with these status words."""
        self._read_refusals.extend(status_words)

    def break_sam(self, status_word: int) -> None:
        """Answer SAM status with this word from now on."""
        self._sam_status = status_word

    def forget_sam_id(self) -> None:
        """Refuse to tell the SAM id from now on."""
        self._sam_id = b""

    def before_reading(self, act: Callable[[], None] | None) -> None:
        """Run this between the reading's command and its answer, e.g. `lift`."""
        self._before_read = act

    def _hear(self, data: bytes) -> Iterator[bytes]:
        self._stream.feed(data)
        while True:
            try:
                body = self._stream.take()
            except ChecksumWrong:
                yield _answer(StatusWord.HOST_CHECKSUM_WRONG)
                continue
            if body is None:
                return
            yield self._obey(body)

    def _obey(self, body: bytes) -> bytes:
        try:
            command = Command(body)
        except ValueError:
            return _answer(StatusWord.HOST_COMMAND_WRONG)
        match command:
            case Command.SAM_STATUS | Command.RESET_SAM:
                return _answer(self._sam_status)
            case Command.SAM_ID:
                return _answer(StatusWord.OK if self._sam_id else StatusWord.HOST_COMMAND_WRONG, self._sam_id)
            case Command.FIND_CARD:
                return self._find()
            case Command.SELECT_CARD:
                return self._select()
            case Command.READ_TEXT_PHOTO | Command.READ_TEXT_PHOTO_FINGER:
                return self._read_out(command)
            case Command.READ_NEW_ADDRESS:
                return self._new_address()

    def _find(self) -> bytes:
        self._line.rest(self._delays.find)
        with self._lock:
            if self._person is None or self._read:
                return _answer(StatusWord.CARD_NOT_FOUND)
            self._found = True
            return _answer(StatusWord.CARD_FOUND, bytes(4))

    def _select(self) -> bytes:
        self._line.rest(self._delays.select)
        with self._lock:
            if not self._found or self._person is None:
                return _answer(StatusWord.SELECT_FAILED)
            self._selected = True
            return _answer(StatusWord.OK, NO_SERIAL)

    def _read_out(self, command: Command) -> bytes:
        if self._before_read is not None:
            self._before_read()
        self._line.rest(self._delays.read)
        with self._lock:
            if not self._selected or self._person is None:
                return _answer(StatusWord.READ_FAILED)
            if self._read_refusals:
                return _answer(self._read_refusals.pop(0))
            if self._person.card.kind not in self._knows:
                return _answer(StatusWord.CARD_TYPE_UNKNOWN)
            self._read = True
            data = read_data if command is Command.READ_TEXT_PHOTO else read_data_with_finger
            return _answer(StatusWord.OK, data(self._person.card))

    def _new_address(self) -> bytes:
        with self._lock:
            if not self._selected or self._person is None:
                return _answer(StatusWord.READ_FAILED)
            if not self._person.new_address:
                return _answer(StatusWord.NO_SUCH_ITEM)
            return _answer(StatusWord.OK, new_address_data(self._person.new_address))


def _answer(sw3: int, data: bytes = b"") -> bytes:
    return frame(bytes([0, 0, sw3]) + data)
