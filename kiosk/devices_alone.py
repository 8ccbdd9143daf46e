"""The devices by themselves, for a technician's shell while no kiosk runs on them; blocks its caller for some seconds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from devices.rack import Rack
from devices.reports import DeviceState, Listener, Report, StatusChanged
from devices.wire_trace import Exchange
from kiosk.settings import Settings
from kiosk.visit.facts import Facts
from offline_cache.hall_time import hall_now

Wires = dict[str, tuple[Exchange, ...]]

LOOK_SECONDS = 6.0
"""Long enough for a reader to be tried at every speed it may have."""


@contextmanager
def rack(settings: Settings, listener: Listener) -> Iterator[Rack]:
    """The devices, started; stopped at the end. The listener is called on their threads."""
    opened = Rack(settings.devices, listener, hall_now)
    opened.start()
    try:
        yield opened
    finally:
        opened.stop()


def look_at_devices(settings: Settings) -> tuple[Facts, Wires, datetime]:
    """What the devices say, and what went over their wires, once all have left `starting` or when the time is over."""
    changed = threading.Condition()

    def hear(report: Report) -> None:
        if isinstance(report, StatusChanged):
            with changed:
                changed.notify_all()

    with rack(settings, hear) as opened:
        with changed:
            changed.wait_for(lambda: all(one.state is not DeviceState.STARTING for one in opened.statuses()), LOOK_SECONDS)
        statuses = {one.device: one for one in opened.statuses()}
        wires = opened.wires()
    return Facts(devices=statuses, practice=settings.kiosk.practice), wires, hall_now()
