"""The devices that speak bytes on a line: the card reader, the scanners, and receipt printers by every cable."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

from devices.driver import PrintJob
from devices.emulators.bridge import FifoCable, NetworkCable
from devices.emulators.escpos_printer import Condition, EscposPrinterEmulator
from devices.emulators.gm65_scanner import Gm65ScannerEmulator
from devices.emulators.honeywell_scanner import HoneywellScannerEmulator
from devices.emulators.misbehaviour import Fault, Misbehaviour
from devices.emulators.newland_scanner import NewlandScannerEmulator
from devices.emulators.people import find_person
from devices.emulators.plain_line_scanner import PlainLineScannerEmulator
from devices.emulators.sdt_reader import SdtReaderEmulator
from devices.emulators.ssi_scanner import SsiScannerEmulator
from devices.emulators.usb_bus import NAME, Bus
from devices.receipt_printer.escpos import EscposPrinter
from devices.receipt_printer.slip import Line, Slip
from devices.receipt_printer.usb_port import UsbPort
from devices.reports import CardLifted, CardRead, CodeScanned, Report, SlipPrinted
from devices.settings import CUT_INTO_CODES, DeviceModel
from devices.worker import DeviceWorker
from tests.devices.stands import Hardship, MakeStand, Stand, ToldUntruly, settings_of

CODE = b"KIOSK-HARDSHIP-0001"
PERSON = find_person("qianju")
READING = (11, 27, 15, 19, 1295, 81)
"""Status, SAM id, find, select, text and photo, newest address: bytes of the reader's answers when a card is read."""
PROBE_SECONDS = 2.0
"""A card that was read is asked again within this time whether it still lies there."""
SEVERAL_ANSWERS = (Fault.GARBAGE_BEFORE, Fault.SILENT)
WHOLE_ANSWERS = (Fault.WRONG_CHECKSUM, Fault.SLOW, Fault.GLUED)
CUT_ANSWERS = (Fault.TRUNCATED, Fault.UNPLUGGED)
AT_A_BYTE = (*CUT_ANSWERS, Fault.GARBAGE, Fault.UNPLUGGED_HEARING)


class Emulator(Protocol):
    """What every emulator on a line can."""

    def plug(self) -> None: ...

    def unplug(self) -> None: ...

    def misbehave(self, how: Misbehaviour) -> None: ...

    def behave(self) -> None: ...


class ScannerEmulator(Emulator, Protocol):
    """An emulator that reads codes."""

    def hold(self, code: bytes) -> None: ...


def on_its_line(emulator: Emulator, answers: Sequence[int], heard: int, step: int, first: int = 0) -> Iterator[Hardship]:
    """Every fault of every answer from the `first` on, and the cable pulled at every byte of the answers and of what is heard."""
    for after, length in enumerate(answers):
        if after < first:
            continue
        for fault in SEVERAL_ANSWERS:
            yield _fault(emulator, Misbehaviour(fault, answers=3, after=after))
        for fault in WHOLE_ANSWERS:
            yield _fault(emulator, Misbehaviour(fault, after=after))
        for fault in CUT_ANSWERS:
            for at_byte in range(0, length, step):
                yield _fault(emulator, Misbehaviour(fault, at_byte=at_byte, after=after))
        for at_byte in range(length // 2 if step > 1 else 1, length, step):
            yield _fault(emulator, Misbehaviour(Fault.GARBAGE, at_byte=at_byte, after=after))
    for at_byte in range(0, heard, step):
        yield _fault(emulator, Misbehaviour(Fault.UNPLUGGED_HEARING, at_byte=at_byte))


def _fault(emulator: Emulator, how: Misbehaviour) -> Hardship:
    def end() -> None:
        emulator.behave()
        if how.fault is Fault.SLOW:
            emulator.unplug()  # what dribbles is a cause too, and lasts until it has ended

    where = f"@{how.at_byte}" if how.fault in AT_A_BYTE else ""
    return Hardship(f"{how.fault}{where} after {how.after} answers", lambda: emulator.misbehave(how), end)


def sdt(path: Path) -> Stand:
    """A card is laid down and read."""
    reader = SdtReaderEmulator(path)
    return Stand(
        settings_of(DeviceModel.SDT, path),
        reader.plug,
        reader.unplug,
        lambda _: lay_anew(reader),
        read_as_it_is,
        lambda step: on_its_line(reader, READING, 60, step),
        reader.unplug,
    )


def sdt_lying(path: Path) -> Stand:
    """A card that was read is asked whether it still lies there, is lifted, and that is noticed."""
    reader = SdtReaderEmulator(path)
    return Stand(
        settings_of(DeviceModel.SDT, path),
        reader.plug,
        reader.unplug,
        lambda _: lay_anew(reader),
        lambda report: isinstance(report, CardLifted),
        lambda step: on_its_line(reader, (*READING, READING[-1]), 0, step, first=len(READING)),
        reader.unplug,
        again_seconds=PROBE_SECONDS,
        endured_seconds=PROBE_SECONDS,
    )


def read_as_it_is(report: Report) -> bool:
    """Whether a card was read; raises for one that is told otherwise than it is, which no recovery makes good."""
    if isinstance(report, CardRead):
        told = replace(report.card, photo=b"")
        assert told == replace(PERSON.card, address=PERSON.new_address, photo=b""), "a card is told otherwise than it is"
    return isinstance(report, CardRead)


def lay_anew(reader: SdtReaderEmulator) -> None:
    reader.lift()
    reader.put(PERSON)


def scanned_whole(report: Report) -> bool:
    """Whether the code was told; raises for a part of it, which is another code. Noise around it no plain engine can tell."""
    if isinstance(report, CodeScanned):
        assert report.payload == CODE or report.payload not in CODE, f"{len(report.payload)} bytes of the code are told as one"
    return isinstance(report, CodeScanned) and report.payload == CODE


def scanner(model: DeviceModel, make: Callable[[Path], ScannerEmulator], answers: Sequence[int], heard: int) -> MakeStand:
    """A code is held before the scanner and read."""

    def make_stand(path: Path) -> Stand:
        engine, settings = make(path), settings_of(model, path)
        return Stand(
            replace(settings, terminator="line-end") if model in CUT_INTO_CODES else settings,
            engine.plug,
            engine.unplug,
            lambda _: engine.hold(CODE),
            scanned_whole,
            lambda step: on_its_line(engine, answers, heard, step),
            engine.unplug,
        )

    return make_stand


STATUS_ANSWERS = (1,) * 11
SLIP_HEARD = 79
LINES = 2
ON_ITS_WAY_SECONDS = 1.0
PRINTING_SECONDS = 10.0
"""Longer than the emulator takes for what is in its buffer, on the slowest machine."""
STOPS = {
    "paper-out": Condition(paper_out=True),
    "cover-open": Condition(cover_open=True),
    "cutter-jammed": Condition(cutter_jammed=True),
    "offline": Condition(offline=True),
    "silent": Condition(silent=True),
    "no-end-marks": Condition(no_end_marks=True),
    "stands-still": Condition(stands_still=True),
}


class _Ordered:
    """Slips with ids of their own, each with its id on it; one that has left is never printed again, so a person orders another.

    Work is done when the paper is out: what the driver tells is held against what the emulator cut.
    """

    def __init__(self, printer: EscposPrinterEmulator, answers: bool = True) -> None:
        self._printer = printer
        self._answers = answers
        self._numbers = itertools.count()

    def act(self, worker: DeviceWorker) -> None:
        job = f"slip-{next(self._numbers):04}"
        worker.order(PrintJob(job, Slip((Line("示例"), Line(job)))))

    def done(self, report: Report) -> bool:
        if not isinstance(report, SlipPrinted):
            return False
        if self._printer.condition.prints:  # one that marks no ends is believed while it still prints
            self._printer.wait_until_idle(PRINTING_SECONDS)
        came_out = self._came_out(report.job)
        end = time.monotonic() + ON_ITS_WAY_SECONDS
        while not came_out and not self._answers and time.monotonic() < end:
            time.sleep(0.01)  # a node is told as done when it has taken the bytes, and the printer hears them a moment later
            came_out = self._came_out(report.job)
        if self._answers and not came_out:
            raise ToldUntruly(f"{report.job} was told as printed, and did not come out")
        return came_out

    def _came_out(self, job: str) -> bool:
        return any(job in slip.texts for slip in self._printer.slips)


def in_the_printer(printer: EscposPrinterEmulator) -> Iterator[Hardship]:
    """Everything that can be the matter with it, from the start and from each line on; and the cable pulled at each line."""

    def mend() -> None:
        printer.become(Condition())
        printer.behave()

    for name, condition in STOPS.items():
        yield Hardship(f"{name} from the start", partial(printer.become, condition), mend)
        for line in range(1, LINES + 1):
            yield Hardship(f"{name} from line {line} on", partial(printer.become_after, line, condition), mend)
    for line in range(1, LINES + 1):
        yield Hardship(f"unplugged at line {line}", partial(printer.unplug_after, line), mend)


def escpos(path: Path) -> Stand:
    """A slip is printed over a serial line."""
    printer = EscposPrinterEmulator(path)
    slips = _Ordered(printer)

    def hardships(step: int) -> Iterator[Hardship]:
        yield from on_its_line(printer, STATUS_ANSWERS, SLIP_HEARD, step)
        yield from in_the_printer(printer)

    return Stand(
        settings_of(DeviceModel.ESCPOS, path), printer.plug, printer.unplug, slips.act, slips.done, hardships, printer.stop
    )


def escpos_network(path: Path) -> Stand:
    """A slip is printed over the network."""
    printer = EscposPrinterEmulator(path)
    slips = _Ordered(printer)
    cable = NetworkCable(printer, path)

    def plug() -> None:
        cable.unplug()
        cable.plug()

    def hardships(step: int) -> Iterator[Hardship]:
        yield from on_its_line(printer, STATUS_ANSWERS, SLIP_HEARD, step)
        yield from in_the_printer(printer)
        yield Hardship("hangs from the start", cable.hang)
        yield Hardship("hangs at work", cable.hang, midway=True)
        yield Hardship("reset at work", cable.unplug, midway=True)

    def throw_away() -> None:
        cable.close()
        printer.stop()

    settings = settings_of(DeviceModel.ESCPOS_NETWORK, f"127.0.0.1:{cable.port}")
    return Stand(settings, plug, cable.unplug, slips.act, slips.done, hardships, throw_away)


def escpos_file(path: Path) -> Stand:
    """A slip is printed through a node that never answers: it is pulled at each byte of what it takes, or takes none."""
    printer = EscposPrinterEmulator(path)
    slips = _Ordered(printer, answers=False)
    node = path.with_name(path.name + "-lp0")
    cable = FifoCable(printer, path, node)

    def plug() -> None:
        cable.unplug()
        cable.plug()

    def hardships(step: int) -> Iterator[Hardship]:
        yield from on_its_line(printer, (), SLIP_HEARD, step)
        yield Hardship("hung up at work", cable.unplug, midway=True)

    def throw_away() -> None:
        cable.close()
        printer.stop()

    return Stand(settings_of(DeviceModel.ESCPOS_FILE, node), plug, cable.unplug, slips.act, slips.done, hardships, throw_away)


def escpos_usb(path: Path) -> Stand:
    """A slip is printed over a USB bus of our own."""
    printer = EscposPrinterEmulator(path)
    slips = _Ordered(printer)
    bus = Bus(path)
    settings = settings_of(DeviceModel.ESCPOS_USB, NAME)

    def plug() -> None:
        bus.takes_bytes, bus.refuses_claim = True, False
        printer.unplug()
        printer.plug()

    def hardships(step: int) -> Iterator[Hardship]:
        yield from on_its_line(printer, STATUS_ANSWERS, SLIP_HEARD, step)
        yield from in_the_printer(printer)
        yield Hardship("takes no bytes", lambda: setattr(bus, "takes_bytes", False), midway=True)
        yield Hardship("held by another program", lambda: setattr(bus, "refuses_claim", True))
        yield Hardship("off the bus at work", printer.unplug, midway=True)

    return Stand(
        settings,
        plug,
        printer.unplug,
        slips.act,
        slips.done,
        hardships,
        printer.stop,
        make=lambda: EscposPrinter(settings, port=UsbPort(NAME, backend=bus)),
    )


LINE_STANDS: dict[str, MakeStand] = {
    "sdt": sdt,
    "sdt-lying": sdt_lying,
    "gm65": scanner(DeviceModel.GM65, Gm65ScannerEmulator, (8, 7, 7, 27, 7), 45),
    "newland": scanner(DeviceModel.NEWLAND, NewlandScannerEmulator, (38, 17, 38), 47),
    "ssi": scanner(DeviceModel.SSI, SsiScannerEmulator, (22, 6, 6, 32), 28),
    "honeywell": scanner(DeviceModel.HONEYWELL, HoneywellScannerEmulator, (9, 54, 20), 27),
    "plain-line": scanner(DeviceModel.PLAIN_LINE, PlainLineScannerEmulator, (21, 21), 0),
    "escpos": escpos,
    "escpos-network": escpos_network,
    "escpos-file": escpos_file,
    "escpos-usb": escpos_usb,
}
