"""The rack over real adapters and the bench of emulators."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.emulators.bench import CARD_READER, CODE_SCANNER, FACE_CAMERA, MODELS, PLAIN_SCANNER, RECEIPT_PRINTER, Bench
from devices.face_camera import capture
from devices.rack import Rack
from devices.receipt_printer.slip import Line, Slip
from devices.reports import (
    CardLifted,
    CardRead,
    CodeScanned,
    DeviceKind,
    DeviceState,
    FrameReady,
    SlipFailed,
    SlipPrinted,
    StatusChanged,
    TestFinished,
)
from devices.settings import DeviceSettings
from devices.worker import Patience
from tests.devices.conftest import Reports, now, within

pytestmark = pytest.mark.usefixtures("short_rounds")
SERIAL = (CARD_READER, CODE_SCANNER, PLAIN_SCANNER, RECEIPT_PRINTER)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    devices = Bench(tmp_path / "bench")
    yield devices
    devices.stop()


@pytest.fixture
def fitted_settings(bench: Bench) -> list[DeviceSettings]:
    return bench.settings()


@pytest.fixture
def rack(fitted_settings: list[DeviceSettings], reports: Reports) -> Iterator[Rack]:
    devices = Rack(fitted_settings, reports, now, Patience(reopen_seconds=0.05))
    devices.start()
    yield devices
    devices.stop()


def until_all_online(rack: Rack, reports: Reports) -> None:
    while any(status.state is not DeviceState.ONLINE for status in rack.statuses()):
        reports.next()


def test_all_devices_of_the_bench_come_online(rack: Rack, reports: Reports) -> None:
    until_all_online(rack, reports)
    assert [status.device for status in rack.statuses()] == list(MODELS)
    assert {status.kind for status in rack.statuses()} == set(DeviceKind) - {
        DeviceKind.DOCUMENT_PRINTER,
        DeviceKind.CHIP_CARD_READER,
    }


def test_a_card_a_code_and_a_slip_go_their_ways(rack: Rack, bench: Bench, reports: Reports) -> None:
    until_all_online(rack, reports)
    rack.activate(DeviceKind.CARD_READER, True)
    bench.card("测试员甲")
    assert reports.until_a(CardRead).card.number == "369999199003070015"
    bench.lift_card()
    reports.until_a(CardLifted)
    rack.activate(DeviceKind.CODE_SCANNER, True)
    for device in (CODE_SCANNER, PLAIN_SCANNER):
        bench.code(f"亮码 {device}", device)
        scanned = reports.until_a(CodeScanned)
        assert (scanned.device, scanned.payload.decode()) == (device, f"亮码 {device}")
    assert rack.print_slip("job-1", Slip((Line("受理通知"),)))
    assert reports.until_a(SlipPrinted).job == "job-1"
    assert "受理通知" in bench.slips()[0].texts


def test_a_camera_s_frame_is_fetched_once_and_wiped_at_rest(rack: Rack, reports: Reports) -> None:
    until_all_online(rack, reports)
    rack.activate(DeviceKind.FACE_CAMERA, True)
    camera = reports.until_a(FrameReady).device
    frame = rack.newest_frame(camera)
    assert frame is not None
    assert frame.ndim == 3
    rack.activate(DeviceKind.FACE_CAMERA, False)


@pytest.mark.parametrize("how", ["frozen", "silent"])
def test_a_camera_whose_frames_stop_coming_is_told_until_they_come_again(
    how: str, rack: Rack, bench: Bench, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture, "FROZEN_SECONDS", 0.3)
    until_all_online(rack, reports)
    rack.activate(DeviceKind.FACE_CAMERA, True)
    reports.until_a(FrameReady)
    bench.misbehave(FACE_CAMERA, how)
    fallen = reports.until_state(DeviceState.OFFLINE)
    assert (fallen.device, fallen.trouble) == (FACE_CAMERA, "camera-frozen")
    rack.activate(DeviceKind.FACE_CAMERA, False)
    assert reports.until_state(DeviceState.ONLINE, DeviceState.HARDWARE_ERROR).state is DeviceState.HARDWARE_ERROR
    bench.misbehave(FACE_CAMERA, "in-order")
    assert reports.until_state(DeviceState.ONLINE).device == FACE_CAMERA


def test_a_rack_that_stops_waits_for_no_camera(bench: Bench, reports: Reports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "FROZEN_SECONDS", 60.0)
    bench.misbehave(FACE_CAMERA, "silent")
    rack = Rack([each for each in bench.settings() if each.name == FACE_CAMERA], reports, now)
    rack.start()
    assert within(lambda: any(thread.name == f"device {FACE_CAMERA}" for thread in threading.enumerate()))
    rack.stop()
    assert not any(thread.name == f"device {FACE_CAMERA}" for thread in threading.enumerate())
    assert reports.nothing_left()


def test_a_test_is_ordered_by_name(rack: Rack, reports: Reports) -> None:
    until_all_online(rack, reports)
    assert rack.test(CARD_READER)
    finished = reports.until_a(TestFinished)
    assert (finished.device, finished.code) == (CARD_READER, "")
    assert not rack.test("toaster")


def test_an_empty_rack_has_nothing_to_offer(reports: Reports) -> None:
    rack = Rack([], reports, now)
    rack.start()
    assert rack.statuses() == ()
    assert not rack.print_slip("job", Slip(()))
    assert rack.newest_frame("face-camera") is None
    rack.activate(DeviceKind.CARD_READER, True)
    rack.stop()
    assert reports.nothing_left()


def test_a_slip_for_a_printer_that_is_away_fails_by_name(bench: Bench, reports: Reports) -> None:
    bench.unplug(RECEIPT_PRINTER)
    rack = Rack([each for each in bench.settings() if each.name == RECEIPT_PRINTER], reports, now)
    rack.start()
    reports.until_state(DeviceState.OFFLINE)
    assert rack.print_slip("job-1", Slip(()))
    assert reports.until_a(SlipFailed).code == "port-missing"
    rack.stop()


@pytest.mark.parametrize("device", SERIAL)
def test_one_device_s_cable_troubles_no_other(device: str, rack: Rack, bench: Bench, reports: Reports) -> None:
    until_all_online(rack, reports)
    bench.unplug(device)
    reports.until(
        lambda report: isinstance(report, StatusChanged) and report.status.device == device and not report.status.usable
    )
    others = [status for status in rack.statuses() if status.device != device]
    assert all(status.usable for status in others)
    bench.plug(device)
    until_all_online(rack, reports)
