"""One thread a device: open, attend and perform, and after trouble close, wait and open again."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from devices.driver import CapturePage, CompareFace, Driver, Health, Order, PrintJob, SelfTest
from devices.errors import (
    CoverOpen,
    DeviceError,
    DeviceSwapped,
    DeviceUnplugged,
    ModelMissing,
    PaperOut,
    PortMissing,
    PrinterOffline,
)
from devices.reports import (
    DeviceState,
    DeviceStatus,
    FaceCompared,
    Listener,
    PageCaptured,
    PageHint,
    Report,
    SlipFailed,
    StatusChanged,
    TestFinished,
)
from devices.settings import DeviceSettings
from devices.values import dataclass
from devices.wire_trace import Exchange, WireTrace

JOIN_SECONDS = 5.0
"""A round takes at most about 0.3 s and an order a few seconds; a thread that hangs longer must not hold up the exit."""

STATE_OF_HEALTH_TROUBLE = {
    "": DeviceState.ONLINE,
    PaperOut.code: DeviceState.USER_ERROR,
    CoverOpen.code: DeviceState.USER_ERROR,
    PrinterOffline.code: DeviceState.OFFLINE,
    ModelMissing.code: DeviceState.ONLINE,
}
"""What an open device's trouble makes of it; every other trouble is a HARDWARE_ERROR.

Without its model a face camera goes on with the built-in detector: a trouble to name, not to stop for.
"""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often a device is tried again."""

    reopen_seconds: float = 1.0
    misses: int = 3
    """So many failures in a row make a fault of what was a short disconnection."""


class DeviceWorker:
    """Keeps one device going and tells the listener what it says; the listener is called on the worker's thread."""

    def __init__(
        self,
        settings: DeviceSettings,
        make_driver: Callable[[], Driver],
        listener: Listener,
        clock: Callable[[], datetime],
        patience: Patience,
        trace: WireTrace | None = None,
    ) -> None:
        self._settings = settings
        self._make_driver = make_driver
        self._listener = listener
        self._clock = clock
        self._patience = patience
        self._trace = trace or WireTrace(clock)
        self._active = False
        self._misses = 0
        self._stopping = threading.Event()
        self._inbox: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"device {settings.name}", daemon=True)
        self._status = DeviceStatus(
            settings.name, settings.kind, settings.model.value, settings.port, DeviceState.STARTING, since=clock()
        )

    # --- from any thread ----------------------------------------------------------------------------------------

    @property
    def status(self) -> DeviceStatus:
        """The latest status told."""
        return self._status

    @property
    def wire(self) -> tuple[Exchange, ...]:
        """What lately went over its wire, the newest last; empty for what has none that a driver sees."""
        return self._trace.exchanges()

    def start(self) -> None:
        """Start the device's thread."""
        self._thread.start()

    def activate(self, active: bool) -> None:
        """Tell whether the visit waits for this device, from the next round on."""
        self._active = active

    def order(self, order: Order) -> None:
        """Queue an order; it is answered by a report even while the device is away."""
        self._inbox.put(order)

    def ask_to_stop(self) -> None:
        """From now on nothing is reported; the thread ends after its round."""
        self._stopping.set()
        self._inbox.put(None)

    def stop(self) -> None:
        """Ask to stop and wait for the thread's end; may be called twice, before the start and from the listener."""
        self.ask_to_stop()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(JOIN_SECONDS)

    # --- on the worker's thread ---------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._live_once()
            self._pause()

    def _live_once(self) -> None:
        """One driver's life, from open to its first trouble."""
        driver: Driver | None = None
        try:
            driver = self._make_driver()
            driver.open()
            self._serve(driver)
        except DeviceError as trouble:
            self._misses += 1
            self._trace.noted(f"{trouble.code}: closed")
            self._fall(self._state_after(trouble), trouble.code, trouble.detail)
        except Exception as bug:  # noqa: BLE001 # a driver's bug must not end the thread: the device is out of order, and tried again
            self._misses += 1
            self._trace.noted(f"bug:{type(bug).__name__}: closed")
            self._fall(DeviceState.HARDWARE_ERROR, f"bug:{type(bug).__name__}", _place_of(bug))
        finally:
            if driver is not None:
                driver.close()

    def _serve(self, driver: Driver) -> None:
        if not self._misses:
            self._tell_health(driver.health())
        while not self._stopping.is_set():
            self._tell_all(driver.attend(self._active))
            self._perform_waiting_orders(driver)
            # Only now, not at open: a device that opens and then fails every round would flicker between the two.
            self._misses = 0
            self._tell_health(driver.health())

    def _perform_waiting_orders(self, driver: Driver) -> None:
        while not self._stopping.is_set() and (order := self._next_order(0.0)) is not None:
            if self._status.state is DeviceState.ONLINE:
                self._tell_status(replace(self._status, state=DeviceState.BUSY))
            try:
                self._tell_all(driver.perform(order))
            except DeviceError as trouble:
                self._tell(self._refusal(order, trouble.code, trouble.detail))
                raise
            except Exception as bug:
                self._tell(self._refusal(order, f"bug:{type(bug).__name__}", _place_of(bug)))
                raise

    def _pause(self) -> None:
        """Wait before the next opening, and meanwhile refuse what is ordered."""
        end = time.monotonic() + self._patience.reopen_seconds
        while not self._stopping.is_set() and (left := end - time.monotonic()) > 0:
            order = self._next_order(left)
            if order is not None:
                self._tell(self._refusal(order, self._status.trouble, self._status.trouble_detail))

    def _next_order(self, seconds: float) -> Order | None:
        try:
            return self._inbox.get(timeout=seconds) if seconds > 0 else self._inbox.get_nowait()
        except queue.Empty:
            return None

    def _refusal(self, order: Order, code: str, detail: str) -> Report:
        match order:
            case PrintJob():
                return SlipFailed(self._settings.name, order.job, code, detail)
            case SelfTest():
                return TestFinished(self._settings.name, code, detail)
            case CompareFace():
                return FaceCompared(self._settings.name, order.job, code, detail)
            case CapturePage():
                return PageCaptured(self._settings.name, order.job, PageHint.NO_PAGE, code=code, detail=detail)
            case _ as never:
                assert_never(never)

    def _state_after(self, trouble: DeviceError) -> DeviceState:
        if isinstance(trouble, DeviceSwapped):
            return DeviceState.FRAUD_SUSPECTED
        if self._misses < self._patience.misses:
            return DeviceState.OFFLINE
        gone = isinstance(trouble, PortMissing | DeviceUnplugged)
        return DeviceState.NO_DEVICE if gone else DeviceState.HARDWARE_ERROR

    def _fall(self, state: DeviceState, code: str, detail: str) -> None:
        self._tell_status(replace(self._status, state=state, trouble=code, trouble_detail=detail, paper=None, cover=None))

    def _tell_health(self, health: Health) -> None:
        state = STATE_OF_HEALTH_TROUBLE.get(health.trouble, DeviceState.HARDWARE_ERROR)
        facts = tuple(sorted(health.facts.items()))
        found = replace(self._status, state=state, trouble=health.trouble, trouble_detail=health.detail)
        self._tell_status(replace(found, paper=health.paper, cover=health.cover, facts=facts))

    def _tell_status(self, found: DeviceStatus) -> None:
        before = self._status
        if found == before:
            return
        now = self._clock()
        if found.state is not before.state and not (found.usable and before.usable):
            found = replace(found, since=now)  # at work or waiting for work: it has been well since the same moment
        if found.trouble and found.trouble != before.trouble:
            found = replace(found, last_trouble=found.trouble, last_trouble_at=now)
        self._status = found
        self._tell(StatusChanged(found))

    def _tell_all(self, reports: Iterable[Report]) -> None:
        """In a frame of its own: after it no variable of this thread still holds a card that lay there."""
        for report in reports:
            self._tell(report)

    def _tell(self, report: Report) -> None:
        if not self._stopping.is_set():
            self._listener(report)


def _place_of(bug: Exception) -> str:
    """Where it happened; never its text, which may hold what a card said."""
    place = bug.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return f"{place.tb_frame.f_globals['__name__']}:{place.tb_lineno}" if place is not None else ""
