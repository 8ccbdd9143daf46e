"""The PC/SC reader with a real pcscd: a card that answers wrongly, never or is pulled, a daemon that hangs or is killed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from devices.card_reader.apdu import Reply, parse_reply
from devices.card_reader.social_security import read_card
from devices.emulators.chip_card import SocialSecurityCard, SpoiltAnswers
from devices.emulators.misbehaviour import Fault, Misbehaviour
from devices.emulators.people import PEOPLE
from devices.reports import CardRead
from devices.settings import DeviceModel
from devices.worker import DeviceWorker
from tests.devices.card_reader.private_pcscd import READER, PrivatePcscd
from tests.devices.stands import Hardship, Stand, settings_of

HOLDER = PEOPLE["ceshi"]
WHOLE_ANSWERS = (Fault.SILENT, Fault.UNPLUGGED, Fault.GARBAGE_BEFORE, Fault.GLUED, Fault.SLOW)
LONG_SECONDS = 5.0
AGAIN_SECONDS = 2.0
"""Taking a card out and putting it in takes longer than holding a code: pcscd looks every 0.4 s."""


def pcsc(_path: Path) -> Stand:
    """A card is put into the reader and read."""
    pcscd = PrivatePcscd()
    spoilt = SpoiltAnswers()

    def plug() -> None:
        if not pcscd.runs:
            pcscd.start()

    def act(_worker: DeviceWorker) -> None:
        if pcscd.runs:
            card = SocialSecurityCard(HOLDER)
            pcscd.swap(card, spoilt.of(card))

    def goes_on() -> None:
        if pcscd.runs:
            pcscd.pause(False)

    def hardships(step: int) -> Iterator[Hardship]:
        for after, length in enumerate(lengths()):
            for fault in WHOLE_ANSWERS:
                yield of_the_card(spoilt, Misbehaviour(fault, after=after))
            for at_byte in range(0, length, step):
                yield of_the_card(spoilt, Misbehaviour(Fault.TRUNCATED, at_byte=at_byte, after=after))
        yield Hardship("pcscd stopped", pcscd.stop)
        yield Hardship("pcscd stopped at work", pcscd.stop, midway=True)
        yield Hardship("pcscd killed at work", pcscd.kill, midway=True)
        for seconds in (0.0, LONG_SECONDS):
            yield Hardship(
                f"pcscd hangs for {seconds:g} s or more", partial(pcscd.pause, True), goes_on, midway=True, seconds=seconds
            )

    return Stand(
        settings_of(DeviceModel.PCSC, READER),
        plug,
        pcscd.stop,
        act,
        lambda report: isinstance(report, CardRead),
        hardships,
        pcscd.throw_away,
        rest=pcscd.take_out,
        again_seconds=AGAIN_SECONDS,
        endured_seconds=AGAIN_SECONDS,
    )


def of_the_card(spoilt: SpoiltAnswers, how: Misbehaviour) -> Hardship:
    where = f"@{how.at_byte}" if how.fault is Fault.TRUNCATED else ""
    return Hardship(f"{how.fault}{where} after {how.after} answers", partial(spoilt.misbehave, how), spoilt.behave)


def lengths() -> list[int]:
    """Of the answers of a card that is read."""
    card, found = SocialSecurityCard(HOLDER), []

    def ask(command: bytes, _meaning: str) -> Reply:
        answer = card.answer(command)
        found.append(len(answer))
        return parse_reply(answer)

    read_card(ask)
    return found
