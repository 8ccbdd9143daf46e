"""The camera as a scanner: a code in view is told once, and only while somebody waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.code_scanner.camera import OUT_OF_VIEW_SECONDS, CameraScanner, CodesInView
from devices.driver import PrintJob, SelfTest
from devices.emulators.camera_picture import CameraPicture
from devices.errors import CommandRefused, DeviceUnplugged, PortMissing
from devices.frame_slot import FrameSlot
from devices.receipt_printer.slip import Slip
from devices.reports import CodeScanned, FrameReady, Report, TestFinished
from devices.settings import DeviceModel, DeviceSettings

GB_CODE = "赣服通测试-张三".encode("gb18030")


@pytest.fixture
def picture(tmp_path: Path) -> CameraPicture:
    picture = CameraPicture(tmp_path / "code-camera.png", head=False)
    picture.plug()
    return picture


@pytest.fixture
def slot() -> FrameSlot:
    return FrameSlot()


@pytest.fixture
def scanner(picture: CameraPicture, slot: FrameSlot) -> Iterator[CameraScanner]:
    scanner = CameraScanner(_settings(picture.path), slot)
    scanner.open()
    yield scanner
    scanner.close()


def _settings(path: Path) -> DeviceSettings:
    return DeviceSettings(name="code-camera", model=DeviceModel.CAMERA_CODES, port=str(path), emulated=True)


def _rounds(scanner: CameraScanner, count: int) -> list[Report]:
    return [report for _ in range(count) for report in scanner.attend(active=True)]


def _codes(reports: list[Report]) -> list[bytes]:
    return [report.payload for report in reports if isinstance(report, CodeScanned)]


def test_a_code_in_view_is_told_once_with_its_exact_bytes(scanner: CameraScanner, picture: CameraPicture) -> None:
    picture.hold(GB_CODE)
    reports = _rounds(scanner, 6)
    assert _codes(reports) == [GB_CODE]
    assert sum(isinstance(report, FrameReady) for report in reports) == 6


def test_another_code_is_told_at_once(scanner: CameraScanner, picture: CameraPicture) -> None:
    picture.hold(GB_CODE)
    first = _codes(_rounds(scanner, 2))
    picture.hold(b"another")
    assert first + _codes(_rounds(scanner, 2)) == [GB_CODE, b"another"]


def test_at_rest_nothing_is_decoded_and_no_frame_is_kept(scanner: CameraScanner, picture: CameraPicture, slot: FrameSlot) -> None:
    picture.hold(GB_CODE)
    _rounds(scanner, 1)
    assert list(scanner.attend(active=False)) == []
    assert slot.take_newest() is None


def test_the_screen_gets_the_frame_that_was_decoded(scanner: CameraScanner, slot: FrameSlot) -> None:
    _rounds(scanner, 1)
    frame = slot.take_newest()
    assert frame is not None
    assert frame.shape == (480, 640, 4)


def test_a_code_that_left_and_came_back_is_told_again() -> None:
    view = CodesInView()
    told = [view.is_new(b"a", at) for at in (0.0, 0.5, 1.4, 2.3)]
    assert told == [True, False, False, False]
    assert view.is_new(b"b", 2.4)
    assert view.is_new(b"a", 2.3 + OUT_OF_VIEW_SECONDS)


def test_no_camera_at_start_is_named(tmp_path: Path, slot: FrameSlot) -> None:
    with pytest.raises(PortMissing):
        CameraScanner(_settings(tmp_path / "absent.png"), slot).open()


@pytest.mark.parametrize("active", [True, False])
def test_a_vanished_camera_is_named(scanner: CameraScanner, picture: CameraPicture, active: bool) -> None:
    _rounds(scanner, 1)
    picture.unplug()
    with pytest.raises(DeviceUnplugged):
        list(scanner.attend(active))


def test_its_own_test_tells_rate_and_what_is_in_view(scanner: CameraScanner, picture: CameraPicture) -> None:
    picture.hold(GB_CODE)
    (finished,) = scanner.perform(SelfTest())
    assert isinstance(finished, TestFinished)
    assert (finished.code, "qr-code in view" in finished.detail) == ("", True)


def test_it_prints_nothing(scanner: CameraScanner) -> None:
    with pytest.raises(CommandRefused):
        list(scanner.perform(PrintJob("a", Slip(()))))


def test_a_report_shows_nothing_of_the_code(scanner: CameraScanner, picture: CameraPicture) -> None:
    picture.hold(b"369901199001011234")
    reports = _rounds(scanner, 1)
    assert _codes(reports)
    assert "369901" not in repr(reports)
