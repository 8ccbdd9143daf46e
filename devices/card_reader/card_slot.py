"""One PC/SC reader through pcscd: waiting for a card, powering it, exchanging bytes; the only room of pyscard (extra `pcsc`).

Everything lives on the reader's thread; the library gives up the interpreter's lock while it waits. A card that never
answers is given up by the reader's own driver, after the waiting time that the card itself named.
"""

from __future__ import annotations

from contextlib import suppress
from enum import Enum, auto
from typing import Any

from devices.errors import (
    CardMute,
    CardPulled,
    CardUnreadable,
    DeviceUnplugged,
    LibraryMissing,
    PortBusy,
    PortMissing,
)
from devices.wire_trace import WireTrace


class Slot(Enum):
    """What stands in the reader."""

    EMPTY = auto()
    CARD = auto()
    MUTE_CARD = auto()
    """Something is in it that does not answer power: the wrong way round, or no chip card."""


class CardSlot:
    """The reader whose name begins with `port`, as pcscd names it."""

    def __init__(self, port: str, trace: WireTrace) -> None:
        self._port = port
        self._trace = trace
        self._api: Any = None
        self._context: Any = None
        self._card: Any = None
        self._protocol = 0
        self._known = 0
        self.reader = ""
        """The whole name, known once open."""

    def open(self) -> None:
        """Find the reader; raises LibraryMissing, PortBusy, or PortMissing, whose detail names the readers there are."""
        readers = self.names()
        self.reader = next((name for name in readers if name.startswith(self._port)), "")
        if not self.reader:
            raise PortMissing(f"pcscd has: {', '.join(readers) or 'no reader'}")
        self._known = self._api.SCARD_STATE_UNAWARE
        self._trace.noted(f"found {self.reader}")

    def names(self) -> list[str]:
        """The readers that pcscd has now; raises as `open` does."""
        self._api = _library()
        outcome, self._context = self._api.SCardEstablishContext(self._api.SCARD_SCOPE_SYSTEM)
        if outcome in (self._api.SCARD_E_NO_SERVICE, self._api.SCARD_E_SERVICE_STOPPED):
            raise PortMissing("pcscd does not run: systemctl start pcscd.socket")
        self._check(outcome)
        outcome, readers = self._api.SCardListReaders(self._context, [])
        if outcome == self._api.SCARD_E_NO_READERS_AVAILABLE:
            return []
        self._check(outcome)
        return sorted(readers)

    def wait(self, seconds: float) -> Slot:
        """What stands in the reader: at once when that has changed since it was last asked for, else after `seconds`."""
        states = [(self.reader, self._known)]
        outcome, states = self._api.SCardGetStatusChange(self._context, round(seconds * 1000), states)
        if outcome != self._api.SCARD_E_TIMEOUT:
            self._check(outcome)
            self._known = states[0][1] & ~self._api.SCARD_STATE_CHANGED
        gone = self._api.SCARD_STATE_UNKNOWN | self._api.SCARD_STATE_UNAVAILABLE
        if self._known & gone:
            raise DeviceUnplugged(self.reader)
        if not self._known & self._api.SCARD_STATE_PRESENT:
            return Slot.EMPTY
        return Slot.MUTE_CARD if self._known & self._api.SCARD_STATE_MUTE else Slot.CARD

    def power(self) -> None:
        """Power the card and agree on its protocol; raises CardMute, CardPulled, CardUnreadable, PortBusy or DeviceUnplugged."""
        api = self._api
        both = api.SCARD_PROTOCOL_T0 | api.SCARD_PROTOCOL_T1
        outcome, card, self._protocol = api.SCardConnect(self._context, self.reader, api.SCARD_SHARE_SHARED, both)
        self._check(outcome, with_card=True)
        self._card = card
        self._trace.noted(f"powered, T={0 if self._protocol == api.SCARD_PROTOCOL_T0 else 1}")

    def ask(self, command: bytes, meaning: str) -> bytes:
        """The card's answer with its status word; the card must be powered. Raises as `power` does."""
        self._trace.sent(command, meaning)
        outcome, answer = self._api.SCardTransmit(self._card, self._protocol, list(command))
        self._check(outcome, with_card=True)
        self._trace.received(len(answer))
        return bytes(each & 0xFF for each in answer)

    def release(self) -> None:
        """Take the power off: the next reading begins with a fresh card."""
        if self._card is not None:
            with suppress(SystemError):  # as in `close`
                self._api.SCardDisconnect(self._card, self._api.SCARD_UNPOWER_CARD)
            self._card = None

    def close(self) -> None:
        """Let go of the reader; may be called twice."""
        self.release()
        if self._context is not None:
            with suppress(SystemError):  # pyscard's answer when pcscd was killed meanwhile
                self._api.SCardReleaseContext(self._context)
            self._context = None

    def _check(self, outcome: int, *, with_card: bool = False) -> None:
        """Raise what pcscd says by our names; `with_card` while one was being talked to."""
        api = self._api
        if outcome == api.SCARD_S_SUCCESS:
            return
        names = {
            api.SCARD_E_NO_SERVICE: DeviceUnplugged("pcscd stopped"),
            api.SCARD_E_SERVICE_STOPPED: DeviceUnplugged("pcscd stopped"),
            api.SCARD_E_NO_ACCESS: PortBusy("pcscd refuses this user"),
            api.SCARD_E_SHARING_VIOLATION: PortBusy("another program holds the card"),
            api.SCARD_E_READER_UNAVAILABLE: DeviceUnplugged(self.reader),
            api.SCARD_E_UNKNOWN_READER: DeviceUnplugged(self.reader),
            api.SCARD_E_NO_READERS_AVAILABLE: DeviceUnplugged(self.reader),
            api.SCARD_E_NO_SMARTCARD: CardPulled(),
            api.SCARD_W_REMOVED_CARD: CardPulled(),
            api.SCARD_W_UNRESPONSIVE_CARD: CardMute(),
            api.SCARD_W_UNPOWERED_CARD: CardMute(),
            api.SCARD_E_PROTO_MISMATCH: CardMute("its answer to power names no protocol"),
        }
        found = names.get(outcome)
        if isinstance(found, CardPulled | CardMute):
            self._trace.understood(found.code)
        if found is not None:
            raise found
        word = f"pcsc {outcome & 0xFFFFFFFF:08X}"
        # With a card it lies between card and reader (a reset, a broken exchange): the next reading begins anew.
        raise CardUnreadable(word) if with_card else DeviceUnplugged(word)


def _library() -> Any:
    try:
        from smartcard import scard
    except ImportError as missing:
        raise LibraryMissing("pyscard (extra `pcsc`), and libpcsclite1 and pcscd") from missing
    return scard
