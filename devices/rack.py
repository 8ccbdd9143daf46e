"""The devices of this kiosk: started, watched and found again; its methods are for the thread that owns the visit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from devices.arrivals import Arrivals
from devices.code_scanner.honeywell import EngineAnswers
from devices.code_scanner.keyboard_wedge import TypedKeys
from devices.driver import CapturePage, CompareFace, PrintJob, SelfTest
from devices.frame_slot import FrameSlot, Picture
from devices.models import make_driver
from devices.receipt_printer.jobs import JobNotes, PrintedJobs
from devices.receipt_printer.slip import Slip
from devices.reports import DeviceKind, DeviceStatus, Listener
from devices.settings import DeviceModel, DeviceSettings
from devices.wire_trace import Exchange, WireTrace
from devices.worker import JOIN_SECONDS, DeviceWorker, Patience

if TYPE_CHECKING:
    from devices.emulators.typist import Typist

LOOK_SECONDS = 1.0
"""Between two looks whether a call into a driver does not return."""


class Rack:
    """Every fitted device with its worker; no method waits for a device but `stop`, which waits for a round to end."""

    def __init__(
        self,
        settings: Sequence[DeviceSettings],
        listener: Listener,
        clock: Callable[[], datetime],
        patience: Patience | None = None,
        notes: JobNotes | None = None,
    ) -> None:
        """`notes` keep the printers' job ids over a restart."""
        self._settings = tuple(settings)
        self._slots = {each.name: FrameSlot() for each in self._settings}
        self._keys = {each.name: TypedKeys() for each in self._settings if each.model is DeviceModel.KEYBOARD_WEDGE}
        self._typists = tuple(_typists(self._settings, self._keys))
        traces = {each.name: WireTrace(clock) for each in self._settings}
        self._workers = {
            each.name: DeviceWorker(
                each,
                partial(
                    make_driver,
                    each,
                    self._slots[each.name],
                    PrintedJobs(each.name, notes),
                    traces[each.name],
                    self._keys.get(each.name),
                    EngineAnswers(),
                ),
                listener,
                clock,
                patience or Patience(),
                traces[each.name],
            )
            for each in self._settings
        }
        self._stopping = threading.Event()
        self._arrivals = Arrivals(self._look_again)
        self._looking = threading.Thread(target=self._look_after_them, name="devices", daemon=True)

    def start(self) -> None:
        """Start all threads; the listener is called on them from now on."""
        for worker in self._workers.values():
            worker.start()
        for typist in self._typists:
            typist.start()
        self._looking.start()
        self._arrivals.start()

    def stop(self) -> None:
        """Stop all devices together; nothing is reported once this returned. May be called twice."""
        end = time.monotonic() + JOIN_SECONDS
        self._stopping.set()
        self._arrivals.stop()
        for worker in self._workers.values():
            worker.ask_to_stop()
        for slot in self._slots.values():
            slot.wanted = False
        for worker in self._workers.values():
            worker.stop(max(end - time.monotonic(), 0.0))
        if self._looking.is_alive() and self._looking is not threading.current_thread():
            self._looking.join(JOIN_SECONDS)
        for typist in self._typists:
            typist.stop()
        for slot in self._slots.values():
            slot.wipe()

    def statuses(self) -> tuple[DeviceStatus, ...]:
        """The latest status of every device, in the order of the settings."""
        return tuple(worker.status for worker in self._workers.values())

    def wires(self) -> dict[str, tuple[Exchange, ...]]:
        """What lately went over every device's wire, by its name; nothing personal is in it."""
        return {name: worker.wire for name, worker in self._workers.items()}

    def activate(self, kind: DeviceKind, active: bool) -> None:
        """Wake or rest all devices of a kind; at rest their frames and typed keys are wiped."""
        for each in self._of_kind(kind):
            self._workers[each.name].activate(active)
            if (keys := self._keys.get(each.name)) is not None:
                keys.await_code(active)
            if not active:
                self._slots[each.name].wipe()

    @property
    def types(self) -> bool:
        """True when a scanner is fitted that types like a keyboard: its keys come by `typed`."""
        return bool(self._keys)

    def typed(self, text: str) -> bool:
        """A key that the window heard; False when no typing scanner is awaited, and it is the window's own."""
        # Nobody can tell which of two typed it: the first takes it.
        return any(keys.put(text) for keys in self._keys.values())

    def compare_face(self, job: str, photo: bytes, given_up: threading.Event) -> bool:
        """Compare the living face with a card's photograph by the first face camera; False when none is fitted.

        FaceAsked and one FaceCompared with this job follow.
        """
        for each in self._of_kind(DeviceKind.FACE_CAMERA):
            self._workers[each.name].order(CompareFace(job, photo, given_up))
            return True
        return False

    def capture_page(self, job: str) -> bool:
        """Take the sheet under the first document camera; False when none is fitted. One PageCaptured follows."""
        for each in self._of_kind(DeviceKind.DOCUMENT_CAMERA):
            self._workers[each.name].order(CapturePage(job))
            return True
        return False

    def print_slip(self, job: str, slip: Slip, given_up: threading.Event | None = None) -> bool:
        """Order one slip from the first printer; False when none is fitted. SlipPrinted or SlipFailed follows."""
        for each in self._of_kind(DeviceKind.RECEIPT_PRINTER):
            self._workers[each.name].order(PrintJob(job, slip, given_up or threading.Event()))
            return True
        return False

    def print_document(self, job: str, slip: Slip, given_up: threading.Event | None = None) -> bool:
        """The same on A4 from the first document printer; False when none is fitted."""
        for each in self._of_kind(DeviceKind.DOCUMENT_PRINTER):
            self._workers[each.name].order(PrintJob(job, slip, given_up or threading.Event()))
            return True
        return False

    def test(self, name: str) -> bool:
        """Order a device's own test; False when no device has this name. TestFinished follows."""
        worker = self._workers.get(name)
        if worker is not None:
            worker.order(SelfTest())
        return worker is not None

    def newest_frame(self, name: str) -> Picture | None:
        """A camera's newest frame as it is shown, once; None when there is no newer one, or no such camera."""
        slot = self._slots.get(name)
        return slot.take_newest() if slot is not None else None

    def _look_after_them(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            for worker in self._workers.values():
                worker.look()

    def _look_again(self) -> None:
        for worker in self._workers.values():
            worker.look_again()

    def _of_kind(self, kind: DeviceKind) -> list[DeviceSettings]:
        return [each for each in self._settings if each.kind is kind]


def _typists(settings: Sequence[DeviceSettings], keys: Mapping[str, TypedKeys]) -> Iterator[Typist]:
    """Who types for the emulated scanners that type, in the window's place."""
    for each in settings:
        if each.emulated and each.name in keys:
            from devices.emulators.typist import Typist  # only a kiosk that practises has one

            yield Typist(each.port, keys[each.name])
