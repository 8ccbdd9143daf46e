"""The A4 printer with a real cupsd, whose programs `lp`, `lpstat` and `cancel` can misbehave, and the daemon with them."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from devices.driver import PrintJob
from devices.emulators.cups_daemon import LPADMIN, QUEUE, CupsDaemon
from devices.receipt_printer.slip import Line, Slip
from devices.reports import Report, SlipPrinted
from devices.settings import DeviceModel
from devices.worker import DeviceWorker
from tests.devices.stands import Hardship, Stand, ToldUntruly, settings_of

DRAWN = b"%PDF-1.7\n" + bytes(40_000)
"""As large as a page is: drawing one takes seconds, and what is tried is its way out."""
PROGRAM = """#!/bin/sh
# {real}, which does what the file of the question's name tells.
case "{name} $1" in
    "lpstat -r") question=running;;
    "lpstat -l") question=queue;;
    "lpstat -W") question=waiting;;
    "lpstat -H") question=server;;
    *) question={name};;
esac
file="{folder}/$question"
how=$(cat "$file" 2>/dev/null)
case "$how" in
    hang) while [ -e "$file" ]; do sleep 0.05; done;;
    refuse) echo "{name}: refused" >&2; exit 1;;
    crash) kill -SEGV $$;;
    garbage) printf '\\377\\000\\252\\nprinter request id is \\376'; exit 0;;
    cut*) {real} "$@" | head -c "${{how#cut}}"; exit 0;;
    glued) {real} "$@"; {real} "$@"; exit $?;;
esac
exec {real} "$@"
"""
QUESTIONS = {"running": 21, "queue": 260, "waiting": 65, "server": 25, "lp": 35, "cancel": 0}
"""And how many bytes each is answered by, about."""
WAYS = ("hang", "refuse", "crash", "garbage", "glued")
LONG_SECONDS = 11.0
"""Longer than a program of CUPS's is waited for."""
AGAIN_SECONDS = 1.0


def cups(_path: Path) -> Stand:
    """A document is printed."""
    hall = Hall()
    return Stand(
        settings_of(DeviceModel.CUPS, QUEUE),
        hall.plug,
        hall.daemon.stop,
        hall.act,
        hall.done,
        hall.hardships,
        hall.throw_away,
        rest=hall.mend,
        again_seconds=AGAIN_SECONDS,
    )


class Hall:
    """A cupsd of this stand's own, its programs before the system's on the PATH."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="cups-"))  # a socket's path must be short
        self._how = self._folder / "how"
        self._numbers = itertools.count()
        self.daemon = CupsDaemon(self._folder)
        programs = self._folder / "programs"
        programs.mkdir()
        self._how.mkdir()
        for name in ("lp", "lpstat", "cancel"):
            (programs / name).write_text(PROGRAM.format(name=name, real=shutil.which(name), folder=self._how))
            (programs / name).chmod(0o755)
        self._patch = pytest.MonkeyPatch()
        self._patch.setenv("PATH", str(programs), prepend=":")
        self._patch.setenv("CUPS_SERVER", str(self.daemon.socket))
        self._patch.setattr("devices.document_printer.cups_printer.document_pdf", lambda slip: DRAWN + _signed(slip))
        self.daemon.start()
        self.daemon.add_queue()

    def plug(self) -> None:
        if not self.daemon.runs:
            self.daemon.start()

    def act(self, worker: DeviceWorker) -> None:
        job = f"document-{next(self._numbers)}"
        worker.order(PrintJob(job, Slip((Line(job),))))

    def done(self, report: Report) -> bool:
        if not isinstance(report, SlipPrinted):
            return False
        signed = _signed(Slip((Line(report.job),)))
        if any(each.endswith(signed) for each in self.daemon.documents()):
            return True
        raise ToldUntruly(f"{report.job} was told as printed, and did not come out")

    def answer(self, question: str, way: str) -> None:
        (self._how / question).write_text(way)

    def queue(self, program: str) -> None:
        self.daemon.says(str(Path(str(LPADMIN)).with_name(program)), QUEUE)

    def mend(self) -> None:
        for file in self._how.iterdir():
            file.unlink()
        self.daemon.pause(False)
        self.daemon.become("")
        if self.daemon.runs:
            self.queue("cupsenable")

    def hardships(self, step: int) -> Iterator[Hardship]:
        for question, length in QUESTIONS.items():
            for way in WAYS:
                yield Hardship(f"{question}: {way}", partial(self.answer, question, way), self.mend)
            for at_byte in range(0, length, step):
                yield Hardship(f"{question}: cut@{at_byte}", partial(self.answer, question, f"cut{at_byte}"), self.mend)
            yield Hardship(f"{question}: hangs long", partial(self.answer, question, "hang"), self.mend, seconds=LONG_SECONDS)
        for name in ("stop", "hang", "media-empty", "cancel", "fail"):
            yield Hardship(f"the printer: {name}", partial(self.daemon.become, name), self.mend)
        yield Hardship("the queue is stopped", partial(self.queue, "cupsdisable"), self.mend)
        for midway in (False, True):
            at_work = " at work" if midway else ""
            yield Hardship(f"cupsd stopped{at_work}", self.daemon.stop, midway=midway)
            yield Hardship(f"cupsd killed{at_work}", self.daemon.kill, midway=midway)
        for seconds in (0.0, LONG_SECONDS):
            name = f"cupsd hangs for {seconds:g} s or more"
            yield Hardship(name, partial(self.daemon.pause, True), self.mend, midway=True, seconds=seconds)

    def throw_away(self) -> None:
        self.mend()
        self.daemon.stop()
        self._patch.undo()
        shutil.rmtree(self._folder, ignore_errors=True)


def _signed(slip: Slip) -> bytes:
    """Behind the document, which is always the same: whose it is."""
    (line,) = slip.blocks
    assert isinstance(line, Line)
    return f"% {line.text}\n".encode()
