"""One thread a device: open, attend and perform, and after trouble close, wait and open again.

A library may never return from a call (a reader's daemon that hangs, a camera's driver). No program can end such a call; it
holds up its own device only. `look` tells it from outside, and the orders for the device are refused until it returns.
"""

from __future__ import annotations

import math
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
    DeviceSilent,
    DeviceSwapped,
    DeviceUnplugged,
    ModelMissing,
    PaperOut,
    PortMissing,
    PrinterOffline,
    PrintUnconfirmed,
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

MOST_BETWEEN_LOOKS_SECONDS = 2.0
"""Whoever looks comes every second; a look that comes later than this says that the whole machine stood still."""

HANGS = "a call into its driver does not return"

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
    hanging_seconds: float = 40.0
    """No driver is silent for so long by its own time-outs: the longest are four of CUPS's programs, ten seconds each."""


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
        self._telling = threading.Lock()
        """Held while something is told: by the device's thread, or in its place by whoever looks whether it hangs."""
        self._lived_at = math.inf
        """When the driver last gave a sign of life; never late while no driver is called."""
        self._seen_at, self._looked_at, self._silent_seconds = math.inf, math.inf, 0.0
        """The sign of life that was seen last, when it was looked, and how much of the looking there has been no other."""
        self._hangs = False
        self._under_way: Order | None = None
        self._stopping = threading.Event()
        self._arrived = threading.Event()
        """Something was plugged in since the device was last tried."""
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

    def look_again(self) -> None:
        """Something was plugged in: a device that is away is tried now, and not only when its pause is over."""
        if not self._status.usable:
            self._arrived.set()
            self._inbox.put(None)

    def ask_to_stop(self) -> None:
        """From now on nothing is reported; the thread ends after its round."""
        self._stopping.set()
        self._inbox.put(None)

    def stop(self, seconds: float = JOIN_SECONDS) -> None:
        """Ask to stop and wait for the thread's end; may be called twice, before the start and from the listener."""
        self.ask_to_stop()
        if self._thread.is_alive() and self._thread is not threading.current_thread() and not self._hangs:
            self._thread.join(seconds)

    # --- on the thread that looks after all devices -----------------------------------------------------------------

    def look(self) -> None:
        """See whether a call into the driver does not return: tell it once, and refuse what is and was ordered meanwhile."""
        if not self._silent_too_long():
            return
        # Whoever holds it lives, and may be telling something to a listener that waits for the thread which looks.
        if not self._telling.acquire(blocking=False):
            return
        try:
            if self._lived_at != self._seen_at:
                return
            if not self._hangs:
                self._hangs = True
                self._trace.noted("a call does not return")
                self._fall(DeviceState.HARDWARE_ERROR, DeviceSilent.code, HANGS)
                if self._under_way is not None:
                    if isinstance(self._under_way, PrintJob) and self._under_way.given_up is not None:
                        self._under_way.given_up.set()
                    self._tell(self._refusal(self._under_way, _code_under_way(self._under_way), HANGS))
            while (order := self._next_order(0.0)) is not None:
                self._tell(self._refusal(order, DeviceSilent.code, HANGS))
        finally:
            self._telling.release()

    def _silent_too_long(self) -> bool:
        """Time in which the machine stood still, stopped or swapped out, is nobody's silence: the device's thread stood too."""
        now = time.monotonic()
        passed, self._looked_at = min(now - self._looked_at, MOST_BETWEEN_LOOKS_SECONDS), now
        if self._lived_at == self._seen_at != math.inf:
            self._silent_seconds += max(passed, 0.0)
        else:
            self._seen_at, self._silent_seconds = self._lived_at, 0.0
        return self._silent_seconds >= self._patience.hanging_seconds

    # --- on the worker's thread ---------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._live_once()
            self._pause()

    def _live_once(self) -> None:
        """One driver's life, from open to its first trouble."""
        driver: Driver | None = None
        self._arrived.clear()
        self._lived_at = time.monotonic()
        try:
            driver = self._make_driver()
            driver.open()
            self._lives()
            self._serve(driver)
        except DeviceError as trouble:
            self._misses += 1
            self._end_life(self._state_after(trouble), trouble.code, trouble.detail)
        except Exception as bug:  # noqa: BLE001 # a driver's bug must not end the thread: the device is out of order, and tried again
            self._misses += 1
            self._end_life(DeviceState.HARDWARE_ERROR, f"bug:{type(bug).__name__}", _place_of(bug))
        finally:
            if driver is not None:
                self._close(driver)
            with self._telling:
                self._lived_at, self._hangs = math.inf, False

    def _close(self, driver: Driver) -> None:
        try:
            driver.close()
        except Exception as bug:  # noqa: BLE001 # a library that cannot even let go must not end the thread either
            self._trace.noted(f"bug:{type(bug).__name__} at {_place_of(bug)}: not closed")

    def _end_life(self, state: DeviceState, code: str, detail: str) -> None:
        self._trace.noted(f"{code}: closed")
        with self._telling:
            self._lived_at, self._hangs = time.monotonic(), False
            self._fall(state, code, detail)

    def _lives(self) -> None:
        """The driver has given a sign of life; raises DeviceSilent when that comes after it was given up."""
        self._lived_at = time.monotonic()
        if self._hangs:
            raise DeviceSilent("it was given up, and came back")

    def _serve(self, driver: Driver) -> None:
        if not self._misses:
            self._tell_health(driver.health())
        while not self._stopping.is_set():
            self._tell_all(driver.attend(self._active))
            self._lives()
            self._perform_waiting_orders(driver)
            # Only now, not at open: a device that opens and then fails every round would flicker between the two.
            self._misses = 0
            self._tell_health(driver.health())

    def _perform_waiting_orders(self, driver: Driver) -> None:
        while not self._stopping.is_set() and (order := self._next_order(0.0)) is not None:
            if self._status.state is DeviceState.ONLINE:
                with self._telling:
                    self._tell_status(replace(self._status, state=DeviceState.BUSY))
            self._under_way = order
            try:
                self._tell_all(driver.perform(order))
                self._lives()
            except DeviceError as trouble:
                self._refuse_under_way(trouble.code, trouble.detail)
                raise
            except Exception as bug:
                self._refuse_under_way(f"bug:{type(bug).__name__}", _place_of(bug))
                raise
            finally:
                self._under_way = None

    def _refuse_under_way(self, code: str, detail: str) -> None:
        with self._telling:
            if self._under_way is not None and not self._hangs:  # given up, it was refused already
                self._tell(self._refusal(self._under_way, code, detail))

    def _pause(self) -> None:
        """Wait before the next opening, at most until something is plugged in, and meanwhile refuse what is ordered."""
        end = time.monotonic() + self._patience.reopen_seconds
        while not (self._stopping.is_set() or self._arrived.is_set()) and (left := end - time.monotonic()) > 0:
            order = self._next_order(left)
            if order is not None:
                with self._telling:
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
        with self._telling:
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
            with self._telling:
                self._lives()
                self._tell(report)

    def _tell(self, report: Report) -> None:
        if not self._stopping.is_set():
            self._listener(report)


def _code_under_way(order: Order) -> str:
    """Of a slip whose bytes may have left nobody knows whether it came out."""
    return PrintUnconfirmed.code if isinstance(order, PrintJob) else DeviceSilent.code


def _place_of(bug: Exception) -> str:
    """Where it happened; never its text, which may hold what a card said."""
    place = bug.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return f"{place.tb_frame.f_globals['__name__']}:{place.tb_lineno}" if place is not None else ""
