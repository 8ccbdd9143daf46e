"""Every fault of every answer's line, at every byte: each device is at work again soon after the cause has ended.

python -m tests.devices.hardships [--step 1] [--cycles 1000] [--model sdt …]

First the faults: each of a conversation's answers is cut off, unplugged at a byte, preceded by garbage, or not given;
a cut behind a short answer's end is a case in which nothing goes wrong. By far the longest is the card reader's: hours.
Then cycles of plugging and unplugging, after which neither a thread nor a descriptor may be left over.
"""

from __future__ import annotations

import argparse
import itertools
import queue
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from devices.driver import PrintJob
from devices.emulators.escpos_printer import EscposPrinterEmulator
from devices.emulators.gm65_scanner import Gm65ScannerEmulator
from devices.emulators.honeywell_scanner import HoneywellScannerEmulator
from devices.emulators.misbehaviour import Fault, Misbehaviour
from devices.emulators.newland_scanner import NewlandScannerEmulator
from devices.emulators.people import find_person
from devices.emulators.plain_line_scanner import PlainLineScannerEmulator
from devices.emulators.sdt_reader import SdtReaderEmulator
from devices.emulators.ssi_scanner import SsiScannerEmulator
from devices.frame_slot import FrameSlot
from devices.models import make_driver
from devices.receipt_printer.slip import Line, Slip
from devices.reports import CardRead, CodeScanned, DeviceState, Report, SlipPrinted, StatusChanged
from devices.settings import DeviceModel, DeviceSettings
from devices.worker import DeviceWorker, Patience

RECOVERY_SECONDS = 3.0
"""So soon after the cause has ended the device does its work again."""
ENDURED_SECONDS = 0.6
"""So long the fault may last when the device does not get over it by itself."""
GIVEN_UP_SECONDS = 20.0
TOLD_EVERY = 100
"""Cases or cycles between two lines that tell how far it is."""
AGAIN_SECONDS = 0.7
"""A person tries again so often: lays the card anew, holds the code once more."""
CODE = b"KIOSK-HARDSHIP-0001"
SLIP = Slip((Line("示例"),))
PERSON = find_person("qianju")
DESCRIPTORS = Path("/proc/self/fd")


class Emulator(Protocol):
    """What every emulator can."""

    def plug(self) -> None: ...

    def unplug(self) -> None: ...

    def misbehave(self, how: Misbehaviour) -> None: ...

    def behave(self) -> None: ...


@dataclass
class Trial:
    """A model with its emulator, and what a person does with it."""

    emulator: Emulator
    act: Callable[[DeviceWorker], None]
    done: Callable[[Report], bool]
    answers: int
    """So many answers of a conversation are spoilt in turn."""
    longest: int
    """Bytes of the longest of them."""
    end: Callable[[], None]


@dataclass
class Tally:
    """How it went."""

    cases: int = 0
    slowest: float = 0.0
    slow: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)

    @property
    def failures(self) -> list[str]:
        return [*self.never, *self.slow]


def try_sdt(path: Path) -> Trial:
    """A card is laid down and read."""
    reader = SdtReaderEmulator(path)

    def act(_: DeviceWorker) -> None:
        reader.lift()
        reader.put(PERSON)

    return Trial(reader, act, lambda report: isinstance(report, CardRead), 6, 1300, reader.unplug)


class ScannerEmulator(Emulator, Protocol):
    """An emulator that reads codes."""

    def hold(self, code: bytes) -> None: ...


def scanner(make: Callable[[Path], ScannerEmulator], answers: int) -> Callable[[Path], Trial]:
    """A code is held before the scanner and read."""

    def make_trial(path: Path) -> Trial:
        engine = make(path)
        return Trial(
            engine,
            lambda _: engine.hold(CODE),
            lambda report: isinstance(report, CodeScanned) and report.payload == CODE,
            answers,
            len(CODE) + 12,
            engine.unplug,
        )

    return make_trial


def try_printer(path: Path) -> Trial:
    """A slip is printed."""
    printer = EscposPrinterEmulator(path)
    numbers = itertools.count()

    def act(worker: DeviceWorker) -> None:
        worker.order(PrintJob(f"slip-{next(numbers)}", SLIP))

    return Trial(printer, act, lambda report: isinstance(report, SlipPrinted), 6, 1, printer.stop)


TRIALS: dict[DeviceModel, Callable[[Path], Trial]] = {
    DeviceModel.SDT: try_sdt,
    DeviceModel.GM65: scanner(Gm65ScannerEmulator, 5),
    DeviceModel.NEWLAND: scanner(NewlandScannerEmulator, 4),
    DeviceModel.SSI: scanner(SsiScannerEmulator, 6),
    DeviceModel.HONEYWELL: scanner(HoneywellScannerEmulator, 2),
    DeviceModel.PLAIN_LINE: scanner(PlainLineScannerEmulator, 1),
    DeviceModel.ESCPOS: try_printer,
}


def faults(trial: Trial, step: int) -> Iterator[Misbehaviour]:
    """Every fault of every answer; where it cuts, at every `step`th byte."""
    for after in range(trial.answers):
        yield Misbehaviour(Fault.GARBAGE_BEFORE, answers=3, after=after)
        yield Misbehaviour(Fault.SILENT, answers=3, after=after)
        for fault in (Fault.TRUNCATED, Fault.UNPLUGGED):
            for at_byte in range(0, trial.longest, step):
                yield Misbehaviour(fault, answers=1, at_byte=at_byte, after=after)


def recover(model: DeviceModel, trial: Trial, path: Path, how: Misbehaviour, reopen_seconds: float) -> float | None:
    """Seconds from the cause's end to work done; None when it is never done. 0 when the fault was got over before."""
    told: queue.SimpleQueue[Report] = queue.SimpleQueue()
    settings = DeviceSettings(name="device", model=model, port=str(path), emulated=True)
    slot = FrameSlot()
    trial.emulator.plug()
    trial.emulator.misbehave(how)
    worker = DeviceWorker(settings, lambda: make_driver(settings, slot), told.put, _now, Patience(reopen_seconds))
    worker.start()
    worker.activate(True)
    try:
        if _done(trial, worker, told, ENDURED_SECONDS):
            return 0.0
        trial.emulator.behave()
        trial.emulator.plug()  # puts an unplugged cable back; an engine on one that stayed has lost its power and its mode
        mended = time.monotonic()
        return time.monotonic() - mended if _done(trial, worker, told, GIVEN_UP_SECONDS) else None
    finally:
        worker.stop()
        trial.emulator.behave()
        trial.emulator.unplug()


def _done(trial: Trial, worker: DeviceWorker, told: queue.SimpleQueue[Report], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        trial.act(worker)
        again = time.monotonic() + min(left, AGAIN_SECONDS)
        while (left := again - time.monotonic()) > 0:
            try:
                if trial.done(told.get(timeout=left)):
                    return True
            except queue.Empty:
                break
    return False


def all_faults(model: DeviceModel, folder: Path, step: int, reopen_seconds: float = 1.0) -> Tally:
    """Every fault of one model."""
    path = folder / model.value
    trial = TRIALS[model](path)
    tally = Tally()
    every = tuple(faults(trial, step))
    for how in every:
        seconds = recover(model, trial, path, how, reopen_seconds)
        tally.cases += 1
        if tally.cases % TOLD_EVERY == 0:
            print(f"{model}: {tally.cases} of {len(every)} cases, {len(tally.failures)} went wrong", flush=True)
        if seconds is None:
            tally.never.append(f"{model}: {how.fault}@{how.at_byte} after {how.after} answers: never at work again")
        else:
            tally.slowest = max(tally.slowest, seconds)
            if seconds > RECOVERY_SECONDS:
                tally.slow.append(f"{model}: {how.fault}@{how.at_byte} after {how.after} answers: {seconds:.1f} s")
    trial.end()
    return tally


def leaks_after(model: DeviceModel, folder: Path, cycles: int) -> tuple[int, int]:
    """Threads and descriptors left over by so many cycles of plugging and unplugging under one worker a cycle."""
    path = folder / model.value
    trial = TRIALS[model](path)
    settings = DeviceSettings(name="device", model=model, port=str(path), emulated=True)

    def cycle() -> None:
        online, away = threading.Event(), threading.Event()

        def hear(report: Report) -> None:
            if isinstance(report, StatusChanged):
                gone = report.status.state in (DeviceState.OFFLINE, DeviceState.NO_DEVICE)
                (away if gone else online).set()

        slot = FrameSlot()
        trial.emulator.plug()
        worker = DeviceWorker(settings, lambda: make_driver(settings, slot), hear, _now, Patience(0.01))
        worker.start()
        if not online.wait(GIVEN_UP_SECONDS):
            raise RuntimeError(f"{model} does not come online")
        trial.emulator.unplug()
        if not away.wait(GIVEN_UP_SECONDS):
            raise RuntimeError(f"{model} is not missed")
        worker.stop()

    cycle()
    before = threading.active_count(), _descriptors()
    for number in range(1, cycles + 1):
        cycle()
        if number % TOLD_EVERY == 0:
            print(f"{model}: {number} of {cycles} cycles", flush=True)
    after = threading.active_count(), _descriptors()
    trial.end()
    return after[0] - before[0], after[1] - before[1]


def _now() -> datetime:
    return datetime.now(UTC)


def _descriptors() -> int:
    return len(list(DESCRIPTORS.iterdir()))


def main(arguments: list[str] | None = None) -> int:
    """Run all; 1 when a device stays down or something leaks."""
    parser = argparse.ArgumentParser(prog="python -m tests.devices.hardships", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--step", type=int, default=1, help="cut at every so many bytes (default 1: every byte)")
    parser.add_argument("--cycles", type=int, default=1000, help="of plugging and unplugging (default 1000)")
    parser.add_argument("--model", action="append", choices=[each.value for each in TRIALS], help="only this one; repeatable")
    wanted = parser.parse_args(arguments)
    models = [model for model in TRIALS if not wanted.model or model.value in wanted.model]
    failed = False
    for model in models:
        with tempfile.TemporaryDirectory(prefix="hardships-") as name:
            tally = all_faults(model, Path(name), wanted.step)
            threads, descriptors = leaks_after(model, Path(name), wanted.cycles) if wanted.cycles else (0, 0)
        print(
            f"{model}: {tally.cases} cases, slowest recovery {tally.slowest:.2f} s, {len(tally.failures)} too slow or never; "
            f"{wanted.cycles} cycles left {threads} threads and {descriptors} descriptors",
            *tally.failures,
            sep="\n  ",
            flush=True,
        )
        failed = failed or bool(tally.failures) or threads > 0 or descriptors > 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
