"""The adapter of an SDT resident-card reader: finds a card, reads it once, and knows when it has been taken away."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from enum import Enum, auto

from devices.card_reader.sdt import Answer, Command, StatusWord, error_of, name_of, parse_contents, parse_sam_id
from devices.card_reader.sdt_line import SdtLine
from devices.card_reader.text_block import parse_new_address, parse_text
from devices.driver import CapturePage, CompareFace, Health, Order, PrintJob, SelfTest
from devices.errors import (
    CardContradictory,
    CardError,
    CardPulled,
    CardTypeUnknown,
    CardUnreadable,
    ChecksumWrong,
    CommandRefused,
    DeviceSilent,
    DeviceSwapped,
    FrameGarbled,
    SamFailed,
)
from devices.reports import Card, CardFailed, CardKind, CardLifted, CardRead, Report, TestFinished
from devices.serial_port import SerialPort
from devices.settings import DeviceSettings
from devices.wire_trace import WireTrace

SPEEDS = (115200, 57600, 38400, 19200, 9600)
"""The factory's speed first."""
POLL_SECONDS = 0.3
PROBE_SECONDS = 1.0
HEARTBEAT_SECONDS = 10.0
READINGS_OF_A_CARD = 3
"""A worn card is tried so often before it is given up."""
FAILURES_BEFORE_RESET = 3
HAS_ADDRESS = (CardKind.RESIDENT, CardKind.HK_MACAO_TAIWAN)


class Lying(Enum):
    """What is known of the card on the reader."""

    NOTHING = auto()
    READ = auto()
    """Read whole: find answers 80 from now on until it was lifted and laid down again."""
    FAILED = auto()
    """Given up and told; not tried again before it was lifted."""


class _AddressUnknown(Exception):
    """Everything of a card was read but the address that may have been appended to it."""


class SdtReader:
    """Driver of one reader; see `devices.driver.Driver`."""

    def __init__(self, settings: DeviceSettings, trace: WireTrace | None = None) -> None:
        self._settings = settings
        self._trace = trace or WireTrace()
        self._port = SerialPort(settings.port, settings.baud or SPEEDS[0], self._trace)
        self._line = SdtLine(self._port, self._trace)
        self._sam_id = ""
        self._lying = Lying.NOTHING
        self._broken_readings = 0
        self._failures = 0
        self._next_probe = 0.0
        self._reads = 0
        self._read_ms = 0
        self._refusals: Counter[str] = Counter()

    # --- the driver's five questions ----------------------------------------------------------------------------

    def open(self) -> None:
        """Open the line, at another speed where none is set and the first is met with silence; ask for status and SAM id."""
        speeds = (self._settings.baud,) if self._settings.baud else SPEEDS
        for speed in speeds:
            self._port.close()
            self._port = SerialPort(self._settings.port, speed, self._trace)
            self._port.open()
            self._trace.noted(f"opened at {speed} baud")
            self._line = SdtLine(self._port, self._trace)
            try:
                self._check_sam()
            except DeviceSilent:
                if speed == speeds[-1]:
                    raise
            else:
                return

    def attend(self, active: bool) -> Iterable[Report]:
        """Look for a card while active, and for its leaving for as long as one lies there."""
        try:
            if self._lying is Lying.READ:
                yield from self._probe()
            elif active:
                yield from self._look()
            else:
                self._rest()
        except (DeviceSilent, ChecksumWrong, FrameGarbled) as trouble:
            self._after_failure(trouble)
        else:
            self._failures = 0

    def perform(self, order: Order) -> Iterable[Report]:
        """A test asks for status and SAM id; a reader does not print."""
        match order:
            case SelfTest():
                self._check_sam()
                yield TestFinished(self._settings.name, "", f"sam-id {self._sam_id}")
            case PrintJob() | CompareFace() | CapturePage():
                raise CommandRefused("a card reader only reads cards")

    def health(self) -> Health:
        """Speed, asset number, how many cards were read and how long the last took, and what was refused how often."""
        facts = {"baud": str(self._port.baud), "sam-id": self._sam_id, "reads": str(self._reads)}
        if self._reads:
            facts["read-ms"] = str(self._read_ms)
        return Health(facts=facts | {f"refused {name}": str(count) for name, count in self._refusals.items()})

    def close(self) -> None:
        """Close the line."""
        self._port.close()

    # --- the card -----------------------------------------------------------------------------------------------

    def _look(self) -> Iterator[Report]:
        found = self._line.ask(Command.FIND_CARD)
        match found.sw3:
            case StatusWord.CARD_FOUND | StatusWord.OK if self._lying is Lying.NOTHING:
                yield from self._read()
                return
            case StatusWord.CARD_FOUND | StatusWord.OK:
                pass
            case StatusWord.CARD_NOT_FOUND:
                yield from self._told_gone()
            case _:
                yield from self._not_found_well(found)
        self._port.receive(POLL_SECONDS)

    def _not_found_well(self, found: Answer) -> Iterator[Report]:
        """A card can be bad already when it is looked for: that is a broken reading like any other, told once while it lies."""
        trouble = error_of(found)
        if not isinstance(trouble, CardError):
            raise trouble
        if self._lying is Lying.NOTHING:
            self._refusals[name_of(found.sw3)] += 1
            self._broken_readings += 1
            yield from self._broken_off(trouble)

    def _told_gone(self) -> Iterator[Report]:
        """What `find` means by none, by what lay there: a reading that broke off was broken off by the hand, or by the line."""
        pulled, failed = self._broken_readings > 0, self._lying is Lying.FAILED
        if (pulled or failed) and self._still_lies():
            self._lying = Lying.READ
            if pulled:
                yield self._given_up(CardUnreadable("the reading broke off"), found_again=False)
            return
        self._broken_readings, self._lying = 0, Lying.NOTHING
        if pulled:
            yield CardFailed(self._settings.name, CardPulled.code)
        if pulled or failed:
            yield CardLifted(self._settings.name)

    def _read(self) -> Iterator[Report]:
        begun = time.monotonic()
        self._broken_readings += 1
        try:
            card = self._read_card()
        except (CardError, FrameGarbled, ChecksumWrong) as trouble:
            yield from self._broken_off(trouble)
        except _AddressUnknown as unknown:
            yield self._given_up(CardUnreadable(str(unknown)), found_again=False)
        else:
            self._read_ms = round((time.monotonic() - begun) * 1000)
            self._reads += 1
            self._broken_readings = 0
            self._lying = Lying.READ
            self._next_probe = time.monotonic() + PROBE_SECONDS
            yield CardRead(self._settings.name, card)

    def _broken_off(self, trouble: CardError | FrameGarbled | ChecksumWrong) -> Iterator[Report]:
        """The next look tells whether the card is still there: then it is tried again where that may help, else it was pulled."""
        if not isinstance(trouble, CardError):
            self._refusals[trouble.code] += 1
        if isinstance(trouble, CardContradictory):
            yield self._given_up(trouble, found_again=False)
        elif isinstance(trouble, CardTypeUnknown) or self._broken_readings >= READINGS_OF_A_CARD:
            yield self._given_up(trouble)

    def _given_up(self, trouble: CardError | FrameGarbled | ChecksumWrong, *, found_again: bool = True) -> CardFailed:
        """Told, and left alone until it was lifted; a card of which everything was read answers `find` no more."""
        self._broken_readings = 0
        self._lying = Lying.FAILED if found_again else Lying.READ
        self._next_probe = time.monotonic() + PROBE_SECONDS
        code = trouble.code if isinstance(trouble, CardError) else CardUnreadable.code
        return CardFailed(self._settings.name, code, trouble.detail)

    def _read_card(self) -> Card:
        self._ask_for(Command.SELECT_CARD)
        contents = parse_contents(self._data_of(self._ask_twice(Command.READ_TEXT_PHOTO)))
        card = parse_text(contents.text, contents.photo)
        newer = self._newest_address() if card.kind in HAS_ADDRESS else ""
        return replace(card, address=newer) if newer else card

    def _newest_address(self) -> str:
        """The address appended to the card after it was made; empty when there is none or the reader cannot ask for it.

        Raises _AddressUnknown when nothing is said to it: the printed address may be one that is left since.
        """
        try:
            answer = self._ask_twice(Command.READ_NEW_ADDRESS)
        except DeviceSilent:
            self._refusals["new-address-unanswered"] += 1
            raise _AddressUnknown("new-address-unanswered") from None
        if answer.sw3 in (StatusWord.NO_SUCH_ITEM, StatusWord.HOST_COMMAND_WRONG, StatusWord.NOT_PERMITTED):
            return ""
        return parse_new_address(self._data_of(answer))

    def _still_lies(self) -> bool:
        """Whether the card that was read still lies there.

        `find` cannot tell: it answers 80 for a card that was read as for none. The new address is the smallest thing that is
        read from the card itself; should a reader answer it wrongly, the card is told lifted too early and nothing worse.
        """
        return self._line.ask(Command.READ_NEW_ADDRESS).sw3 in (StatusWord.OK, StatusWord.NO_SUCH_ITEM)

    def _probe(self) -> Iterator[Report]:
        """Ask now and then whether the card is still there."""
        wait = self._next_probe - time.monotonic()
        if wait > 0:
            self._port.receive(min(wait, POLL_SECONDS))
            return
        self._next_probe = time.monotonic() + PROBE_SECONDS
        if not self._still_lies():
            self._lying = Lying.NOTHING
            yield CardLifted(self._settings.name)

    # --- the reader ---------------------------------------------------------------------------------------------

    def _ask_for(self, command: Command) -> bytes:
        return self._data_of(self._line.ask(command))

    def _ask_twice(self, command: Command) -> Answer:
        """Ask again after a lost or damaged answer: the card stays selected, while `find` would not find it any more.

        A reading is waited for long; whether a silent reader lives at all, its status tells sooner than a second reading.
        """
        try:
            return self._line.ask(command)
        except (DeviceSilent, ChecksumWrong) as trouble:
            self._refusals[trouble.code] += 1
            if isinstance(trouble, DeviceSilent):
                self._line.ask(Command.SAM_STATUS)
            return self._line.ask(command)

    def _data_of(self, answer: Answer) -> bytes:
        """The data of a good answer; every other answer is raised by its meaning."""
        if answer.sw3 != StatusWord.OK:
            self._refusals[name_of(answer.sw3)] += 1
            raise error_of(answer)
        return answer.data

    def _ask_sam(self) -> None:
        """See that the security module is in order: whatever else it says, no card was asked for."""
        try:
            self._ask_for(Command.SAM_STATUS)
        except CardError as trouble:
            raise SamFailed(trouble.detail) from trouble

    def _check_sam(self) -> None:
        self._ask_sam()
        try:
            self._sam_id = parse_sam_id(self._ask_for(Command.SAM_ID))
        except CommandRefused:
            self._sam_id = "unknown"  # an asset number only: a reader without one reads cards as well
        except (CardError, FrameGarbled) as trouble:
            if self._settings.sam_id:  # a damaged answer names no other reader: it is asked again
                raise FrameGarbled(f"no SAM id: {trouble.detail}") from trouble
            self._sam_id = "unknown"
        if self._settings.sam_id not in ("", self._sam_id):
            raise DeviceSwapped(f"sam-id {self._sam_id}")
        self._next_probe = time.monotonic() + HEARTBEAT_SECONDS

    def _rest(self) -> None:
        """Wait, and now and then ask whether the reader lives: a serial cable does not tell that its power is off."""
        # The next visitor's card is another one: what went wrong with the last is forgotten.
        self._lying = Lying.NOTHING
        self._broken_readings = 0
        self._port.receive(POLL_SECONDS)
        if time.monotonic() >= self._next_probe:
            self._ask_sam()
            self._next_probe = time.monotonic() + HEARTBEAT_SECONDS

    def _after_failure(self, trouble: DeviceSilent | ChecksumWrong | FrameGarbled) -> None:
        """Flush and ask for the status once; the third time in a row reset the reader and have it opened anew."""
        self._failures += 1
        self._refusals[trouble.code] += 1
        # This one's own silence is not counted: it is the same failure.
        with suppress(DeviceSilent, ChecksumWrong, FrameGarbled):
            self._line.ask(Command.SAM_STATUS if self._failures < FAILURES_BEFORE_RESET else Command.RESET_SAM)
        if self._failures >= FAILURES_BEFORE_RESET:
            raise trouble
