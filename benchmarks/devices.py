"""Card reads beside the least they can take, and what frames of faces cost: `python -m benchmarks.devices [--quick] [--json]`."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks import faces
from benchmarks.report import Row, main, median_of, row
from devices.card_reader.sdt import Command, request
from devices.card_reader.sdt_reader import SdtReader
from devices.emulators.people import PEOPLE, Person
from devices.emulators.sdt_reader import Delays, SdtReaderEmulator
from devices.reports import CardLifted, CardRead
from devices.settings import DeviceModel, DeviceSettings

BAUD: Final = 115200
SECONDS_A_BYTE = 10 / BAUD
DELAYS = Delays(find=0.010, select=0.010, read=0.120)
"""A reader's own thinking, of the order of what cards take over the air."""
ANSWER_BYTES = {Command.FIND_CARD: 15, Command.SELECT_CARD: 19, Command.READ_TEXT_PHOTO: 1295}


def measure(quick: bool) -> Iterator[Row]:
    """Card reads over a pseudo-terminal that takes a wire's time, with a reader that takes its own; then the face camera."""
    runs = 3 if quick else 15
    for person in (PEOPLE["ceshi"], PEOPLE["qianju"], PEOPLE["waiguo2023"]):
        yield card_read(person, DELAYS, runs)
    yield card_read(PEOPLE["ceshi"], Delays(), runs)
    yield from faces.stages(quick)
    yield from faces.while_all_goes_on(quick)


def card_read(person: Person, delays: Delays, runs: int) -> Row:
    """The median of several reads of one card."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "card-reader"
        emulator = SdtReaderEmulator(path, baud=BAUD, delays=delays)
        emulator.plug()
        reader = SdtReader(DeviceSettings(name="card-reader", model=DeviceModel.SDT, port=str(path), baud=BAUD))
        reader.open()
        try:
            seconds = median_of(partial(read_once, emulator, reader, person), runs)
        finally:
            reader.close()
            emulator.unplug()
    what = f"card read, {person.card.kind.value}{' with a new address' if person.new_address else ''}"
    against = "its bytes on the wire" + (" and the reader's own delay" if delays != Delays() else ", a reader without delay")
    return row(what, seconds * 1000, "ms", against, least_seconds(person, delays) * 1000, most=1.15)


def read_once(emulator: SdtReaderEmulator, reader: SdtReader, person: Person) -> float:
    """Seconds from the first look at a laid card to its report; the card is lifted again, unmeasured."""
    emulator.put(person)
    begun = time.monotonic()
    reports = list(reader.attend(active=True))
    seconds = time.monotonic() - begun
    assert [type(report) for report in reports] == [CardRead], reports
    emulator.lift()
    while not any(isinstance(report, CardLifted) for report in reader.attend(active=True)):
        pass
    return seconds


def least_seconds(person: Person, delays: Delays) -> float:
    """The wire time of every byte of the conversation, both ways, and the reader's own delays; nothing for our program.

    A resident's card is also asked for a newer address (30 03): its bytes are counted, for a read is not done without it.
    """
    count = sum(len(request(command)) + answered for command, answered in ANSWER_BYTES.items())
    if person.card.address:
        count += len(request(Command.READ_NEW_ADDRESS)) + (81 if person.new_address else 11)
    return count * SECONDS_A_BYTE + delays.find + delays.select + delays.read


if __name__ == "__main__":
    sys.exit(main(measure))
