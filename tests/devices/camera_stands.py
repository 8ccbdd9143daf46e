"""The cameras: pictures cut at their bytes, empty, of another size, gone; and a kernel's camera, played in OpenCV's place."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from devices.driver import CapturePage
from devices.emulators.camera_picture import CameraPicture
from devices.reports import CodeScanned, FrameReady, PageCaptured, Report
from devices.settings import DeviceModel
from devices.worker import DeviceWorker
from tests.devices.stands import Hardship, MakeStand, Stand, nothing, settings_of

HEAD_BYTES, PLACES = 64, 64
"""A picture is cut at each byte of its head, and at so many places of the rest."""
FROZEN_SECONDS = 7.0
"""Longer than a camera is waited for."""
SIZES = ((1, 1), (8, 8), (1, 4000), (480, 640), (2600, 2000))
CAPTURE_SECONDS = 3.5
"""Longer than a page is looked for."""


class Code:
    """A code is held before a camera, another at every try: one that stays in view is told once."""

    def __init__(self, picture: CameraPicture) -> None:
        self._picture = picture
        self._numbers = itertools.count()

    def act(self, _worker: DeviceWorker) -> None:
        self._picture.hold(b"KIOSK-HARDSHIP-%04d" % next(self._numbers))


class Page:
    """A page is taken."""

    def __init__(self, _picture: CameraPicture) -> None:
        self._numbers = itertools.count()

    def act(self, worker: DeviceWorker) -> None:
        worker.order(CapturePage(f"page-{next(self._numbers)}"))


class Watched:
    """A camera is looked through."""

    def __init__(self, _picture: CameraPicture) -> None:
        pass

    def act(self, _worker: DeviceWorker) -> None:
        """Standing there is enough."""


def shown(report: Report) -> bool:
    return isinstance(report, FrameReady)


def read(report: Report) -> bool:
    return isinstance(report, CodeScanned)


def taken(report: Report) -> bool:
    return isinstance(report, PageCaptured) and bool(report.jpeg)


def refused(report: Report) -> bool:
    """The camera was away: whoever reads that looks for it to come back, and does not wait as long as for a page."""
    return isinstance(report, PageCaptured) and report.code != ""


def camera(
    model: DeviceModel,
    person: type[Code | Page | Watched],
    done: Callable[[Report], bool],
    *,
    head: bool = False,
    sheet: bool = False,
    again_seconds: float = 1.0,
) -> MakeStand:
    """A camera that is a picture file."""

    def make_stand(path: Path) -> Stand:
        path = path.with_suffix(".png")
        picture = CameraPicture(path, head=head, sheet=sheet)
        someone = person(picture)
        picture.plug()
        whole = path.read_bytes()
        picture.unplug()
        spoilt = threading.Event()

        def act(worker: DeviceWorker) -> None:
            if not spoilt.is_set():
                someone.act(worker)

        def spoil(data: bytes | None) -> None:
            spoilt.set()
            if data is None:
                picture.unplug()
                return
            new = path.with_name(path.name + ".spoilt")
            new.write_bytes(data)
            new.replace(path)

        def hardships(step: int) -> Iterator[Hardship]:
            for name, data in spoilings(whole, step):
                for midway in (False, True):
                    begin = partial(spoil, data)
                    yield Hardship(f"{name}{' at work' if midway else ''}", begin, spoilt.clear, midway=midway)
            for name, data in (("gone", None), ("empty", b""), ("garbage", GARBAGE)):
                begin = partial(spoil, data)
                yield Hardship(f"{name} for long", begin, spoilt.clear, midway=True, seconds=FROZEN_SECONDS)

        return Stand(
            settings_of(model, path), picture.plug, picture.unplug, act, done, hardships, picture.unplug,
            again_seconds=again_seconds, refused=refused,
        )  # fmt: skip

    return make_stand


GARBAGE = bytes(range(256)) * 8


def spoilings(whole: bytes, step: int) -> Iterator[tuple[str, bytes | None]]:
    """All that may stand in the picture's place; None: nothing."""
    yield "gone", None
    yield "garbage", GARBAGE
    yield "two glued", whole + whole
    places = [*range(min(HEAD_BYTES, len(whole))), *range(HEAD_BYTES, len(whole), max((len(whole) - HEAD_BYTES) // PLACES, 1))]
    for place in places[::step]:
        yield f"cut at byte {place}", whole[:place]
        yield f"damaged at byte {place}", whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
    for width, height in SIZES:
        yield f"{width}×{height}", encoded(np.full((height, width, 3), 127, np.uint8))
    yield "grey", encoded(np.full((480, 640), 127, np.uint8))
    yield "see-through", encoded(np.full((480, 640, 4), 127, np.uint8))


def encoded(picture: Any) -> bytes:
    return bytes(cv2.imencode(".png", picture)[1].tobytes())


class PlayedCamera:
    """What OpenCV opens in a V4L2 camera's place; all of them do as `how` says."""

    how = ""
    blocked = threading.Event()

    def __init__(self, *_: object) -> None:
        self._noise = np.random.default_rng(7)

    def isOpened(self) -> bool:  # noqa: N802 # OpenCV's name
        return PlayedCamera.how != "held by another program"

    def set(self, *_: object) -> bool:
        return True

    def release(self) -> None:
        """Nothing is held."""

    def read(self) -> tuple[bool, Any]:
        frame = self._noise.integers(0, 255, (48, 64, 3), np.uint8)
        match PlayedCamera.how:
            case "no frames":
                return False, None
            case "a frame that is none":
                return True, None
            case "an empty frame":
                return True, np.zeros((0, 0, 3), np.uint8)
            case "a grey frame":
                return True, frame[:, :, 0]
            case "always the same frame":
                return True, np.full((48, 64, 3), 7, np.uint8)
            case "frames of one pixel":
                return True, frame[:1, :1]
            case "OpenCV's own error":
                raise cv2.error("played")
            case "a read that does not return":
                PlayedCamera.blocked.wait()
        return True, frame


FRAMES = ("no frames", "a frame that is none", "an empty frame", "a grey frame", "always the same frame", "frames of one pixel")
PLAYED = (*FRAMES, "OpenCV's own error", "a read that does not return", "held by another program")


def kernel_camera(model: DeviceModel) -> MakeStand:
    """A camera of the kernel's: its node is there, and OpenCV's capture is played."""

    def make_stand(path: Path) -> Stand:
        real = cv2.VideoCapture
        cv2.VideoCapture = PlayedCamera  # type: ignore[misc,assignment] # the seam to the kernel

        def plug() -> None:
            if not path.is_symlink():
                path.symlink_to("/dev/null")

        def unplug() -> None:
            path.unlink(missing_ok=True)

        def begin(how: str) -> None:
            PlayedCamera.blocked.clear()
            PlayedCamera.how = how

        def end() -> None:
            PlayedCamera.how = ""
            PlayedCamera.blocked.set()

        def hardships(_step: int) -> Iterator[Hardship]:
            yield Hardship("gone", unplug)
            yield Hardship("gone at work", unplug, midway=True)
            for how in PLAYED:
                yield Hardship(how, partial(begin, how), end)
                yield Hardship(f"{how} at work", partial(begin, how), end, midway=True)
                yield Hardship(f"{how} for long", partial(begin, how), end, midway=True, seconds=FROZEN_SECONDS)

        def throw_away() -> None:
            unplug()
            cv2.VideoCapture = real  # type: ignore[misc] # as above

        return Stand(settings_of(model, path), plug, unplug, lambda _: nothing(), shown, hardships, throw_away)

    return make_stand


CAMERA_STANDS: dict[str, MakeStand] = {
    "camera-face": camera(DeviceModel.CAMERA_FACE, Watched, shown, head=True),
    "camera-codes": camera(DeviceModel.CAMERA_CODES, Code, read),
    "camera-documents": camera(DeviceModel.CAMERA_DOCUMENTS, Page, taken, sheet=True, again_seconds=CAPTURE_SECONDS),
    "v4l2-face": kernel_camera(DeviceModel.CAMERA_FACE),
    "v4l2-codes": kernel_camera(DeviceModel.CAMERA_CODES),
    "v4l2-documents": kernel_camera(DeviceModel.CAMERA_DOCUMENTS),
}
