"""Frame sources: pictures, folders, videos and what is none of these; the clock is the test's own."""

from __future__ import annotations

import os
import queue
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from devices.errors import CameraFrozen, DeviceUnplugged, PortBusy, PortMissing
from devices.face_camera.capture import (
    FROZEN_SECONDS,
    PACE,
    SLOW_SECONDS,
    SYNTHETIC,
    Capture,
    Pace,
    PictureSource,
    load_picture,
    open_source,
)
from devices.frame_slot import Frame, FrameSlot

PATIENCE_SECONDS = 10.0


class Clock:
    """Stands still but for the rests taken."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def rest(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def paint(path: Path, grey: int) -> None:
    path.write_bytes(cv2.imencode(".png", np.full((48, 64, 3), grey, np.uint8))[1].tobytes())


def level(frame: Frame | None) -> int:
    assert frame is not None
    return int(frame.mean())


def started(port: Path | str, clock: Clock) -> Capture:
    capture = Capture(str(port), clock, clock.rest)
    capture.open()
    return capture


def test_a_picture_is_shown_again_and_again_and_anew_when_it_changes(tmp_path: Path, clock: Clock) -> None:
    paint(tmp_path / "scene", 10)
    capture = started(tmp_path / "scene", clock)
    assert [level(capture.read(0.25)) for _ in range(3)] == [10, 10, 10]
    paint(tmp_path / "next", 200)
    (tmp_path / "next").replace(tmp_path / "scene")
    assert level(capture.read(0.25)) == 200
    assert clock.now == pytest.approx(100 + 3 / 15)


def test_a_frame_belongs_to_who_took_it(tmp_path: Path, clock: Clock) -> None:
    paint(tmp_path / "scene.png", 90)
    capture = started(tmp_path / "scene.png", clock)
    first = capture.read(0.25)
    assert first is not None
    first.fill(0)
    assert level(capture.read(0.25)) == 90


def test_no_frame_before_its_time(tmp_path: Path, clock: Clock) -> None:
    paint(tmp_path / "scene.png", 90)
    capture = started(tmp_path / "scene.png", clock)
    assert capture.read(0.01) is not None
    assert capture.read(0.01) is None


def test_a_folder_is_shown_picture_by_picture_for_ever(tmp_path: Path, clock: Clock) -> None:
    for number, grey in enumerate((10, 100, 200)):
        paint(tmp_path / f"{number}.png", grey)
    source = open_source(str(tmp_path), clock)
    shown = []
    for _ in range(7):
        shown.append(level(source.newest()))
        clock.now += 0.5
    assert shown == [10, 100, 200, 10, 100, 200, 10]


def test_a_video_runs_at_its_own_speed_skips_and_begins_again(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "scene.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (64, 48))
    for grey in (10, 60, 110, 160, 210):
        writer.write(np.full((48, 64, 3), grey, np.uint8))
    writer.release()
    source = open_source(str(path), clock)
    assert source.newest() is None
    shown = []
    for seconds in (0.1001, 0.1001, 0.2001, 0.1001, 0.1001):
        clock.now += seconds
        shown.append(round(level(source.newest()), -1))
    assert shown == [10, 60, 160, 210, 10]
    source.close()
    path.unlink()
    with pytest.raises(DeviceUnplugged):
        source.newest()


def test_the_synthetic_camera_moves(clock: Clock) -> None:
    capture = started(SYNTHETIC, clock)
    first, second = capture.read(0.25), capture.read(0.25)
    assert first is not None
    assert second is not None
    assert first.shape == (480, 640, 3)
    assert (first != second).any()


def test_nothing_plugged_in_is_named(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(PortMissing):
        started(tmp_path / "absent", clock)


@pytest.mark.parametrize("port", ["/dev/null", "text"])
def test_what_is_no_camera_is_named(tmp_path: Path, clock: Clock, port: str) -> None:
    (tmp_path / "text").write_text("neither a picture nor a video")
    with pytest.raises(PortBusy):
        started(tmp_path / port, clock)


def test_a_vanished_picture_is_unplugged_at_work_and_at_rest(tmp_path: Path, clock: Clock) -> None:
    paint(tmp_path / "scene.png", 90)
    capture = started(tmp_path / "scene.png", clock)
    (tmp_path / "scene.png").unlink()
    with pytest.raises(DeviceUnplugged):
        capture.read(0.25)
    with pytest.raises(DeviceUnplugged):
        capture.pause(0.25)


def test_a_camera_without_new_pictures_is_frozen(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "folder").mkdir()
    capture = started(tmp_path / "folder", clock)
    for _ in range(int(FROZEN_SECONDS * 15) - 1):
        assert capture.read(0.25) is None
    clock.now += 0.5
    with pytest.raises(CameraFrozen):
        capture.read(0.25)


def test_a_rest_is_not_taken_for_a_frozen_camera(tmp_path: Path, clock: Clock) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    capture = started(folder, clock)
    for _ in range(100):
        capture.pause(0.25)
    capture.start_again()
    assert capture.read(0.25) is None


def test_frames_that_nobody_sees_are_overwritten(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    paint(tmp_path / "scene.png", 90)
    given: list[Frame] = []
    newest = PictureSource.newest

    def keeping(source: PictureSource) -> Frame | None:
        if (frame := newest(source)) is not None:
            given.append(frame)
        return frame

    monkeypatch.setattr(PictureSource, "newest", keeping)
    capture = started(tmp_path / "scene.png", clock)
    capture.start_again()
    count, last = capture.watch(0.3)
    assert count >= 3
    assert [level(frame) for frame in given] == [0] * count + [90]
    assert last is given[-1]


@pytest.mark.parametrize(("pace", "frames"), [(Pace.FROZEN, 1), (Pace.SILENT, 0)])
def test_a_picture_may_stand_for_a_camera_that_stands_still(pace: Pace, frames: int, tmp_path: Path, clock: Clock) -> None:
    paint(tmp_path / "scene.png", 90)
    (tmp_path / f"scene.png{PACE}").write_text(pace)
    capture = started(tmp_path / "scene.png", clock)
    assert sum(capture.read(0.25) is not None for _ in range(int(FROZEN_SECONDS * 15) - 1)) == frames
    clock.now += 0.5
    with pytest.raises(CameraFrozen):
        capture.read(0.25)
    with pytest.raises(CameraFrozen):
        capture.prove(FrameSlot())
    (tmp_path / f"scene.png{PACE}").unlink()
    capture.start_again()
    assert level(capture.read(0.25)) == 90


def test_a_picture_may_stand_for_a_slow_camera(tmp_path: Path, clock: Clock) -> None:
    paint(tmp_path / "scene.png", 90)
    (tmp_path / f"scene.png{PACE}").write_text(Pace.SLOW)
    capture = started(tmp_path / "scene.png", clock)
    capture.prove(FrameSlot())
    begun, frames = clock.now, 0
    while clock.now < begun + 3.5 * SLOW_SECONDS:
        frames += capture.read(0.25) is not None
    assert frames == 3


def test_a_camera_is_waited_for_only_while_somebody_wants_its_frames(tmp_path: Path, clock: Clock) -> None:
    paint(tmp_path / "scene.png", 90)
    (tmp_path / f"scene.png{PACE}").write_text(Pace.SILENT)
    slot = FrameSlot()

    def rest_and_close(seconds: float) -> None:
        clock.rest(seconds)
        slot.wanted = False

    capture = Capture(str(tmp_path / "scene.png"), clock, rest_and_close)
    capture.open()
    begun = clock.now
    capture.prove(slot)
    assert clock.now - begun < FROZEN_SECONDS / 5


def test_half_a_picture_is_no_frame(tmp_path: Path) -> None:
    paint(tmp_path / "whole.png", 90)
    (tmp_path / "half.png").write_bytes((tmp_path / "whole.png").read_bytes()[:40])
    (tmp_path / "empty.png").touch()
    assert load_picture(tmp_path / "half.png") is None
    assert load_picture(tmp_path / "empty.png") is None
    assert load_picture(tmp_path / "absent.png") is None


def test_a_closed_capture_says_so(tmp_path: Path, clock: Clock) -> None:
    paint(tmp_path / "scene.png", 90)
    capture = started(tmp_path / "scene.png", clock)
    capture.close()
    capture.close()
    with pytest.raises(DeviceUnplugged, match="not open"):
        capture.read(0.25)


def test_a_picture_that_promises_more_than_it_holds_is_no_frame(tmp_path: Path) -> None:
    """OpenCV's decoder does not return from it."""
    paint(tmp_path / "whole.png", 50)
    whole = (tmp_path / "whole.png").read_bytes()
    assert whole[37:41] == b"IDAT"
    (tmp_path / "promising.png").write_bytes(whole[:33] + b"\xff" + whole[34:])
    assert load_picture(tmp_path / "promising.png") is None


def test_a_picture_is_waited_for_while_its_file_holds_none(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "scene.png").write_bytes(b"not yet")
    capture = started(tmp_path / "scene.png", clock)
    assert capture.read(0.25) is None
    paint(tmp_path / "next", 200)
    (tmp_path / "next").replace(tmp_path / "scene.png")
    assert level(capture.read(0.25)) == 200


def test_what_is_neither_camera_nor_file_is_missing_and_not_waited_at(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    why: queue.SimpleQueue[str] = queue.SimpleQueue()

    def open_it() -> None:
        try:
            Capture(str(fifo)).open()
        except PortMissing as missing:
            why.put(missing.detail)

    opening = threading.Thread(target=open_it)
    opening.start()
    opening.join(PATIENCE_SECONDS)
    while opening.is_alive():  # whoever waits at it waits no longer, however often
        os.close(os.open(fifo, os.O_RDWR))
        opening.join(0.1)
    assert why.get_nowait() == f"{fifo}: neither camera nor file"
