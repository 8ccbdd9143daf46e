"""Chip cards of fictional people, for a reader that speaks vpcd's protocol over a socket.

The protocol: frankmorgner/vsmartcard, virtualsmartcard/doc/api.txt and src/vpcd/vpcd.h.

The kiosk's own pcscd and libpcsclite stand between: a card here is a program at the far end of the virtual reader.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from devices.card_reader.apdu import GET_UID
from devices.card_reader.social_security import EF05, EF06, SELECT_SSSE, SHORT_ID_OF, TAGS
from devices.emulators.misbehaviour import Fault, Faults, Misbehaviour, mangle
from devices.emulators.people import Person

VPCD = ("127.0.0.1", 0x8C7B)
"""Where the virtual reader of vsmartcard-vpcd waits for a card, as its package sets it up."""
VPCD_READER = "Virtual PCD"
"""And how pcscd names it, or how that name begins."""
CONNECT_SECONDS = 2.0
ATR_T0 = bytes.fromhex("3B00")
ATR_CONTACTLESS = bytes.fromhex("3B8180018080")
POWER_OFF, POWER_ON, RESET, GET_ATR = 0, 1, 2, 4
CARD_ID_CODE = bytes.fromhex("369999D15600000599990145FFFFFFFF")
SPEC_VERSION = b"3.00"
CARD_NUMBER = b"A99999999"
OK = bytes.fromhex("9000")
FILE_NOT_FOUND, RECORD_NOT_FOUND = bytes.fromhex("6A82"), bytes.fromhex("6A83")
WRONG_PARAMETERS, INSTRUCTION_UNKNOWN = bytes.fromhex("6A86"), bytes.fromhex("6D00")
SELECT, READ_RECORD, GET_RESPONSE, VERIFY = 0xA4, 0xB2, 0xC0, 0x20
MORE_AT_MOST = 0xFF
Answer = Callable[[bytes], bytes | None]
"""What a card says to a command; None: nothing, ever."""
SLOW_SECONDS = 1.5
"""What a slow answer takes."""


@dataclass
class SocialSecurityCard:
    """One person's card: what its file system answers, in the forms it takes.

    `takes` are the ways to a record it knows: `short-id`, `select-02`, `select-00`, `tag`. With `keeps_ready` it answers as
    a T=0 card does: the data stays in the card until GET RESPONSE fetches it.
    """

    person: Person
    takes: frozenset[str] = frozenset({"short-id", "select-02"})
    keeps_ready: bool = False
    has_dates: bool = True
    name_padding: bytes = b"\0"
    atr: bytes = ATR_T0
    heard: list[bytes] = field(default_factory=list)
    """Every command, for a test to look at."""
    _selected: int = 0
    _inside: bool = False
    _ready: bytes = b""

    def powered(self) -> None:
        """A card that gets power has nothing selected."""
        self._selected, self._inside, self._ready = 0, False, b""

    def answer(self, command: bytes) -> bytes:
        """The bytes the card answers, with its status word."""
        self.heard.append(command)
        instruction = command[1] if len(command) >= 4 else 0
        if instruction == GET_RESPONSE:
            ready, self._ready = self._ready, b""
            return ready + OK
        if instruction == SELECT:
            return self._select(command)
        if instruction == READ_RECORD and self._inside:
            return self._told(self._read(command))
        return INSTRUCTION_UNKNOWN

    def _told(self, answer: bytes) -> bytes:
        if not self.keeps_ready or len(answer) == 2:
            return answer
        self._ready = answer[:-2]
        return bytes([0x61, len(self._ready) & MORE_AT_MOST])

    def _select(self, command: bytes) -> bytes:
        if command == SELECT_SSSE:
            self._inside = True
            return self._told(b"\x6f\x00" + OK)
        wanted = int.from_bytes(command[5:7], "big")
        if not self._inside or f"select-{command[2]:02X}" not in self.takes or wanted not in SHORT_ID_OF:
            return FILE_NOT_FOUND if self._inside else WRONG_PARAMETERS
        self._selected = wanted
        return self._told(b"\x6f\x00" + OK)

    def _read(self, command: bytes) -> bytes:
        number, p2 = command[2], command[3]
        if p2 == 0x00:
            return self._by_tag(number) if "tag" in self.takes else WRONG_PARAMETERS
        if p2 == 0x04:
            return self._record(self._selected, number) if self._selected else FILE_NOT_FOUND
        wanted = {short: file_id for file_id, short in SHORT_ID_OF.items()}.get(p2 >> 3, 0)
        return self._record(wanted, number) if "short-id" in self.takes else WRONG_PARAMETERS

    def _by_tag(self, tag: int) -> bytes:
        file_id = EF06 if tag > TAGS[EF06] else EF05
        return self._record(file_id, tag - TAGS[file_id])

    def _record(self, file_id: int, number: int) -> bytes:
        value = self._records(file_id).get(number)
        if value is None:
            return RECORD_NOT_FOUND
        return bytes([number + TAGS[file_id], len(value)]) + value + OK

    def _records(self, file_id: int) -> dict[int, bytes]:
        card = self.person.card
        if file_id == EF06:
            return {1: card.number.encode("ascii"), 2: card.name.encode("gbk").ljust(30, self.name_padding)}
        dates = {}
        if self.has_dates and card.valid_from is not None:
            ends = f"{card.valid_to:%Y%m%d}" if card.valid_to is not None else "00000000"
            dates = {5: bytes.fromhex(f"{card.valid_from:%Y%m%d}"), 6: bytes.fromhex(ends)}
        return {1: CARD_ID_CODE, 3: SPEC_VERSION, 7: CARD_NUMBER} | dates


@dataclass
class Badge:
    """A contactless card of which a reader tells the UID."""

    uid: bytes
    atr: bytes = ATR_CONTACTLESS

    def powered(self) -> None:
        """Nothing to forget."""

    def answer(self, command: bytes) -> bytes:
        """The UID, and a refusal for all else."""
        return self.uid + OK if command == GET_UID else INSTRUCTION_UNKNOWN


ChipCard = SocialSecurityCard | Badge


class SpoiltAnswers:
    """A card's answers with faults on command; an answer is whole to the reader, so a cut one is a short one."""

    def __init__(self) -> None:
        self._faults = Faults()
        self._last = b""

    def misbehave(self, how: Misbehaviour) -> None:
        """Queue a fault for coming answers."""
        self._faults.add(how)

    def behave(self) -> None:
        """Drop queued faults."""
        self._faults.clear()

    def of(self, card: ChipCard) -> Answer:
        """What this card answers from now on; UNPLUGGED is the card being pulled."""

        def answer(command: bytes) -> bytes | None:
            good = card.answer(command)
            how = self._faults.of_answer()
            before, self._last = self._last, good
            if how is None:
                return good
            if how.fault is Fault.SILENT:
                return None
            if how.fault in (Fault.UNPLUGGED, Fault.UNPLUGGED_HEARING):
                raise ConnectionAbortedError
            if how.fault is Fault.SLOW:
                time.sleep(SLOW_SECONDS)
            return mangle(good, before, how)

        return answer


class InsertedCard:
    """A card in vpcd's virtual reader: the connection is the slot, closing it takes the card out. One thread of its own."""

    def __init__(self, connection: socket.socket, card: ChipCard, answer: Answer | None = None) -> None:
        """`answer` stands in for the card's own, to misbehave; an OSError in it takes the card out on the spot."""
        self._connection = connection
        self._card = card
        self._answer: Answer = answer or card.answer
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._thread = threading.Thread(target=self._serve, name="chip card", daemon=True)
        self._thread.start()

    def take_out(self) -> None:
        """Take the card out; may be called twice."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _serve(self) -> None:
        with self._connection, suppress(OSError):
            while (message := self._message()) is not None:
                self._obey(message)

    def _obey(self, message: bytes) -> None:
        if len(message) > 1:
            if (answer := self._answer(message)) is not None:
                self._say(answer)
        elif message[0] == GET_ATR:
            self._say(self._card.atr)
        elif message[0] in (POWER_ON, RESET):
            self._card.powered()

    def _say(self, data: bytes) -> None:
        self._connection.sendall(struct.pack(">H", len(data)) + data)

    def _message(self) -> bytes | None:
        head = self._exactly(2)
        return None if head is None else self._exactly(struct.unpack(">H", head)[0])

    def _exactly(self, count: int) -> bytes | None:
        data = b""
        while len(data) < count:
            # Each time anew: without it the kernel holds back its acknowledgement, and every exchange takes 40 ms longer.
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            more = self._connection.recv(count - len(data))
            if not more:
                return None
            data += more
        return data


def connect_to_vpcd() -> socket.socket:
    """A way into the virtual reader of this machine's pcscd; raises ConnectionError, which says what is to be done."""
    try:
        return socket.create_connection(VPCD, CONNECT_SECONDS)
    except OSError as absent:
        raise ConnectionError("no virtual card reader waits: install vsmartcard-vpcd and start pcscd") from absent


class ChipCardReaderEmulator:
    """The slot of vpcd's virtual reader: cards go in and out, and answer wrongly on command. The reader itself is pcscd's."""

    def __init__(self, connect: Callable[[], socket.socket] = connect_to_vpcd) -> None:
        self._connect = connect
        self._inserted: InsertedCard | None = None
        self._spoilt = SpoiltAnswers()

    def insert(self, card: ChipCard) -> None:
        """Put a card in, in place of the one that is there; raises ConnectionError where there is no virtual reader."""
        self.take_out()
        connection = self._connect()
        connection.settimeout(None)
        self._inserted = InsertedCard(connection, card, self._spoilt.of(card))

    def take_out(self) -> None:
        """Take the card out; may be called twice."""
        if self._inserted is not None:
            self._inserted.take_out()
            self._inserted = None

    def misbehave(self, how: Misbehaviour) -> None:
        """Queue a fault for the card's coming answers."""
        self._spoilt.misbehave(how)

    def behave(self) -> None:
        """Drop queued faults."""
        self._spoilt.behave()
