"""The adapter of a PC/SC reader: social-security cards while a visit waits for one, contactless badges at rest."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress

from devices.card_reader.apdu import GET_UID, Reply, name_of, parse_reply, parse_uid
from devices.card_reader.card_slot import CardSlot, Slot
from devices.card_reader.social_security import read_card
from devices.driver import CapturePage, CompareFace, Health, Order, PrintJob, SelfTest
from devices.errors import (
    CardContradictory,
    CardError,
    CardMute,
    CardPulled,
    CardTypeUnknown,
    CardUnreadable,
    CommandRefused,
    FrameGarbled,
)
from devices.reports import BadgeShown, CardFailed, CardLifted, CardRead, Report, TestFinished
from devices.settings import DeviceSettings
from devices.wire_trace import WireTrace

WAIT_SECONDS = 0.3
AGAIN_SECONDS = 0.6
"""pcscd itself looks every 0.4 s whether a card is still there."""
READINGS_OF_A_CARD = 3
"""A worn card is tried so often before it is given up."""
MUTE_CONFIRMED_SECONDS = 0.6
"""A card that is pushed in slowly is mute at first: only one that stays so is told."""
MOST_FOLLOWING = 8
"""One command and what follows it is asked so many times at most: a broken card would say "more" for ever."""


class PcscReader:
    """Driver of one reader; see `devices.driver.Driver`."""

    def __init__(self, settings: DeviceSettings, trace: WireTrace | None = None) -> None:
        self._settings = settings
        self._trace = trace or WireTrace()
        self._slot = CardSlot(settings.port, self._trace)
        self._told = False
        """The card that stands there was read, or given up: it is left alone until it was taken out."""
        self._badge_asked = False
        self._mute_since: float | None = None
        self._readings = 0
        self._reads = 0
        self._refusals: Counter[str] = Counter()

    # --- the driver's five questions ----------------------------------------------------------------------------

    def open(self) -> None:
        """Find the reader at pcscd."""
        self._slot.open()

    def attend(self, active: bool) -> Iterable[Report]:
        """Read a card while active; at rest ask only contactless ones for their UID, and read nothing of anybody."""
        # Before a card is tried again pcscd gets the time to notice that it was pulled.
        slot = self._slot.wait(AGAIN_SECONDS if self._readings and not self._told else WAIT_SECONDS)
        if slot is Slot.EMPTY:
            yield from self._emptied()
        elif active and not self._told:
            yield from self._read() if slot is Slot.CARD else self._wait_for_an_answer()
        elif slot is Slot.CARD and not active and not self._badge_asked:
            self._badge_asked = True
            yield from self._ask_for_uid()

    def perform(self, order: Order) -> Iterable[Report]:
        """A test asks what stands in the reader; a reader does not print."""
        match order:
            case SelfTest():
                slot = self._slot.wait(0.0)
                yield TestFinished(self._settings.name, "", f"{self._slot.reader}, {slot.name.lower().replace('_', '-')}")
            case PrintJob() | CompareFace() | CapturePage():
                raise CommandRefused("a card reader only reads cards")

    def health(self) -> Health:
        """The reader's whole name, how many cards were read, and what was refused how often."""
        facts = {"reader": self._slot.reader, "reads": str(self._reads)}
        return Health(facts=facts | {f"refused {name}": str(count) for name, count in self._refusals.items()})

    def close(self) -> None:
        """Let go of the reader."""
        self._slot.close()

    # --- the card -----------------------------------------------------------------------------------------------

    def _emptied(self) -> Iterator[Report]:
        if self._readings and not self._told:
            yield CardFailed(self._settings.name, CardPulled.code)
            self._told = True
        if self._told:
            yield CardLifted(self._settings.name)
        self._told = self._badge_asked = False
        self._readings = 0
        self._mute_since = None

    def _wait_for_an_answer(self) -> Iterator[Report]:
        now = time.monotonic()
        if self._mute_since is None:
            self._mute_since = now
        elif now - self._mute_since >= MUTE_CONFIRMED_SECONDS:
            yield self._given_up(CardMute())

    def _read(self) -> Iterator[Report]:
        self._mute_since = None
        self._readings += 1
        try:
            self._slot.power()
            card = read_card(self._ask)
        except CardPulled:
            return  # the next look finds the reader empty, and tells
        except (CardTypeUnknown, CardContradictory) as trouble:
            yield self._given_up(trouble)
        except (CardMute, CardUnreadable, FrameGarbled) as trouble:
            if self._readings >= READINGS_OF_A_CARD:
                yield self._given_up(trouble)
        else:
            self._reads += 1
            self._told = True
            yield CardRead(self._settings.name, card)
        finally:
            self._slot.release()

    def _given_up(self, trouble: CardError | FrameGarbled) -> CardFailed:
        self._told = True
        self._refusals[trouble.code] += 1
        code = trouble.code if isinstance(trouble, CardError) else CardUnreadable.code
        return CardFailed(self._settings.name, code, trouble.detail)

    def _ask_for_uid(self) -> Iterator[Report]:
        """A reader answers this for a contactless card; one with contacts refuses, and nothing is told."""
        with suppress(CardError, FrameGarbled):
            try:
                self._slot.power()
                uid = parse_uid(self._ask(GET_UID, "get-uid"))
            finally:
                self._slot.release()
            yield BadgeShown(self._settings.name, uid)

    def _ask(self, command: bytes, meaning: str) -> Reply:
        """The card's whole answer: asked again with the length it wants, and followed while it says there is more."""
        data = b""
        for _ in range(MOST_FOLLOWING):
            reply = self._exchange(command, meaning)
            if (again := reply.asked_again(command)) is not None:
                command = again
                continue
            data += reply.data
            if reply.more is None:
                return Reply(data, reply.status)
            command, meaning = reply.more, "get-response"
        raise FrameGarbled("a card that never ends its answer")

    def _exchange(self, command: bytes, meaning: str) -> Reply:
        reply = parse_reply(self._slot.ask(command, meaning))
        status = reply.status.to_bytes(2, "big")
        named = "ok" if reply.good else name_of(reply.status)
        self._trace.understood(f"{named}, after {len(reply.data)} bytes" if reply.data else named, status)
        return reply
