"""What every device owes, whatever its model: run against each one's emulator."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from devices.driver import SelfTest
from devices.rack import Rack
from devices.reports import DeviceState, StatusChanged, TestFinished
from devices.settings import DeviceModel, DeviceSettings
from devices.worker import DeviceWorker, Patience
from tests.devices.conftest import FITTINGS, Fitted, Reports, now

pytestmark = pytest.mark.usefixtures("short_rounds")
OPEN_DESCRIPTORS = Path("/proc/self/fd")
Start = Callable[[DeviceSettings], DeviceWorker]
GONE = (DeviceState.OFFLINE, DeviceState.NO_DEVICE)


def open_descriptors() -> int:
    return len(list(OPEN_DESCRIPTORS.iterdir()))


def test_every_model_owes_it() -> None:
    assert set(FITTINGS) == set(DeviceModel)


def test_a_plugged_device_comes_online(fitted: Fitted, start_worker: Start, reports: Reports) -> None:
    fitted.plug()
    start_worker(fitted.settings)
    assert reports.until_state(DeviceState.ONLINE).trouble == ""
    assert all(isinstance(report, StatusChanged) for report in reports.seen)


def test_a_missing_device_is_told_by_name_and_found_once_it_is_plugged(
    fitted: Fitted, start_worker: Start, reports: Reports
) -> None:
    start_worker(fitted.settings)
    assert reports.until_state(DeviceState.NO_DEVICE).trouble == "port-missing"
    fitted.plug()
    status = reports.until_state(DeviceState.ONLINE)
    assert (status.trouble, status.last_trouble) == ("", "port-missing")


def test_unplug_and_plug_while_active(fitted: Fitted, start_worker: Start, reports: Reports) -> None:
    fitted.plug()
    worker = start_worker(fitted.settings)
    worker.activate(True)
    for _ in range(3):
        reports.until_state(DeviceState.ONLINE)
        fitted.unplug()
        assert reports.until_state(*GONE).trouble in ("device-unplugged", "port-missing")
        fitted.plug()
    assert reports.until_state(DeviceState.ONLINE).last_trouble_at is not None


def test_unplug_and_plug_while_at_rest(fitted: Fitted, start_worker: Start, reports: Reports) -> None:
    fitted.plug()
    start_worker(fitted.settings)
    reports.until_state(DeviceState.ONLINE)
    fitted.unplug()
    reports.until_state(*GONE)
    fitted.plug()
    reports.until_state(DeviceState.ONLINE)


def test_stop_twice_is_safe_and_nothing_is_told_after_it(fitted: Fitted, start_worker: Start, reports: Reports) -> None:
    fitted.plug()
    worker = start_worker(fitted.settings)
    worker.activate(True)
    reports.until_state(DeviceState.ONLINE)
    worker.stop()
    worker.stop()
    while not reports.nothing_left():
        reports.next()
    fitted.unplug()
    worker.order(SelfTest())
    assert reports.nothing_left()
    assert not any(thread.name == f"device {fitted.settings.name}" for thread in threading.enumerate())


def test_a_device_that_is_never_there_can_be_stopped(fitted: Fitted, start_worker: Start, reports: Reports) -> None:
    worker = start_worker(fitted.settings)
    reports.until_state(*GONE)
    worker.stop()
    assert not any(thread.name == f"device {fitted.settings.name}" for thread in threading.enumerate())


def test_its_own_test_passes(fitted: Fitted, start_worker: Start, reports: Reports) -> None:
    fitted.plug()
    worker = start_worker(fitted.settings)
    reports.until_state(DeviceState.ONLINE)
    worker.order(SelfTest())
    assert reports.until_a(TestFinished).code == ""


def test_a_test_of_a_missing_device_is_answered_by_its_trouble(fitted: Fitted, start_worker: Start, reports: Reports) -> None:
    worker = start_worker(fitted.settings)
    reports.until_state(DeviceState.NO_DEVICE)
    worker.order(SelfTest())
    assert reports.until_a(TestFinished).code == "port-missing"


def test_cycles_leak_neither_threads_nor_descriptors(fitted: Fitted, reports: Reports) -> None:
    def cycle() -> None:
        fitted.plug()
        rack = Rack([fitted.settings], reports, now, Patience(reopen_seconds=0.05))
        rack.start()
        reports.until_state(DeviceState.ONLINE)
        fitted.unplug()
        reports.until_state(*GONE)
        rack.stop()

    cycle()
    threads, descriptors = threading.active_count(), open_descriptors()
    for _ in range(4):
        cycle()
    assert threading.active_count() == threads
    assert open_descriptors() <= descriptors
