"""Where frames come from: a camera, a video, a picture or a folder of pictures; read on the device's own thread.

Sources hold no thread and no queue: a reader that was busy gets the frame of now, not the ones it missed.
"""

from __future__ import annotations

import math
import os
import time
import zlib
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Protocol

# V4L2 would wait 10 s for a frame of a camera that hangs; OpenCV reads this when it first waits.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")

import cv2  # the line above must come first
import numpy as np

from devices.errors import CameraFrozen, DeviceUnplugged, PortBusy, PortMissing
from devices.frame_slot import Frame, FrameSlot, overwrite

SYNTHETIC = "synthetic"
"""The port of a camera that needs no file: a moving gradient."""

FRAME_SECONDS = 1 / 15
"""Pace of pictures and of the synthetic camera; a video has its own."""

FOLDER_SECONDS = 0.5
"""How long each picture of a folder is shown."""

FROZEN_SECONDS = 5.0
"""So long without a new frame, the camera counts as frozen."""

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp"})
"""Pictures by their names, even while what stands in the file is none: as a video it would be held open and never be right."""

PACE = ".pace"
"""Beside a picture a file of its name and this may say how a camera would give it: an emulated camera that stands still."""

SLOW_SECONDS = 2.0
"""Between two frames of a slow camera."""

PROVING_FRAMES = 2
"""So many are seen before a camera is called open: one that stands still shows its last once more."""
PROVING_SECONDS = 0.25

PNG = b"\x89PNG\r\n\x1a\n"
CHUNK_FRAME = 12
"""Bytes of a PNG's chunk beside its content: length, name and checksum."""

COLOURED = 3
"""Dimensions of a frame: height, width and colours."""

WIDTH, HEIGHT = 1280, 720
"""What a camera is asked for unless it is told another size."""


class Pace(StrEnum):
    """How a picture's camera gives its frames, when it does not give them as it should."""

    FROZEN = "frozen"
    """One frame, and the same for ever: that is no new one."""
    SILENT = "silent"
    """None at all."""
    SLOW = "slow"


class FrameSource(Protocol):
    """Something that shows frames; every method may raise DeviceUnplugged when it has vanished."""

    def newest(self) -> Frame | None:
        """The frame of now, owned by the caller; None when there is no other than before."""

    def check(self) -> None:
        """Raise DeviceUnplugged when the source has vanished."""

    def close(self) -> None:
        """Let go; may be called twice."""


class Capture:
    """A frame source at its pace, with the eye on whether it still gives new frames."""

    def __init__(
        self,
        port: str,
        clock: Callable[[], float] = time.monotonic,
        rest: Callable[[float], None] = time.sleep,
        size: tuple[int, int] = (WIDTH, HEIGHT),
    ) -> None:
        """`size` is what a camera is asked for, width and height; it gives the nearest it can."""
        self._port = port
        self._clock = clock
        self._rest = rest
        self._size = size
        self._source: FrameSource | None = None
        self._due_at = 0.0
        self._new_at = 0.0

    def open(self) -> None:
        """Find and open the source; raises PortMissing, PortBusy."""
        self._source = open_source(self._port, self._clock, self._size)
        self._due_at = self._new_at = self._clock()

    def prove(self, slot: FrameSlot) -> None:
        """See that frames do come, and keep none; raises CameraFrozen after FROZEN_SECONDS, DeviceUnplugged.

        Given up as soon as nobody wants frames for the slot: the kiosk is closing.
        """
        seen = 0
        while seen < PROVING_FRAMES and slot.wanted:
            frame = self.read(PROVING_SECONDS)
            seen += frame is not None
            overwrite(frame)

    def read(self, seconds: float) -> Frame | None:
        """The next new frame, or None within `seconds`; raises CameraFrozen, DeviceUnplugged."""
        source = self._opened()
        wait = self._due_at - self._clock()
        if wait > seconds:
            self.pause(seconds)
            return None
        self.pause(wait)
        self._due_at = self._clock() + FRAME_SECONDS
        frame = source.newest()
        if frame is not None:
            self._new_at = self._clock()
        elif self._clock() - self._new_at > FROZEN_SECONDS:
            raise CameraFrozen(f"{self._port}: no new picture for {FROZEN_SECONDS:.0f} s")
        return frame

    def watch(self, seconds: float) -> tuple[int, Frame | None]:
        """How many frames came in this time, and the last of them, the caller's to overwrite. Raises as `read` does."""
        frames, last, end = 0, None, self._clock() + seconds
        while (left := end - self._clock()) > 0:
            if (frame := self.read(left)) is not None:
                overwrite(last)
                frames, last = frames + 1, frame
        return frames, last

    def pause(self, seconds: float) -> None:
        """Let time pass and look whether the source is still there; raises DeviceUnplugged."""
        self._opened().check()
        if seconds > 0:
            self._rest(seconds)

    def start_again(self) -> None:
        """Frames are wanted again after a rest: what waited in the camera is overwritten, and it gets its time to answer."""
        overwrite(self._opened().newest())
        self._new_at = self._clock()

    def close(self) -> None:
        """Let the source go."""
        source, self._source = self._source, None
        if source is not None:
            source.close()

    def _opened(self) -> FrameSource:
        if self._source is None:
            raise DeviceUnplugged(f"{self._port}: not open")
        return self._source


def open_source(port: str, clock: Callable[[], float] = time.monotonic, size: tuple[int, int] = (WIDTH, HEIGHT)) -> FrameSource:
    """The source a port names; raises PortMissing, PortBusy."""
    if port == SYNTHETIC:
        return SyntheticSource(clock)
    path = Path(port)
    if not path.exists():
        raise PortMissing(port)
    if path.is_dir():
        return FolderSource(path, clock)
    if path.is_char_device():
        return V4l2Source(path, size)
    if not path.is_file():
        raise PortMissing(f"{port}: neither camera nor file")  # a FIFO would be waited at for ever
    if path.suffix.lower() in PICTURES or cv2.haveImageReader(port):
        return PictureSource(path, clock)
    return VideoSource(path, clock)


class SyntheticSource:
    """A gradient that moves."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock

    def newest(self) -> Frame | None:
        """A frame of 640 × 480."""
        return moving_gradient(640, 480, self._clock())

    def check(self) -> None:
        """It is always there."""

    def close(self) -> None:
        """Nothing is held."""


class PictureSource:
    """A picture file, read again when it changes."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path = path
        self._pace = path.with_name(path.name + PACE)
        self._clock = clock
        self._given_at = -math.inf
        self._stamp = (0, 0)
        self._picture: Frame | None = None

    def newest(self) -> Frame | None:
        """The picture; None while it is being written, or when its pace is not that of a camera."""
        try:
            status = self._path.stat()
        except FileNotFoundError as gone:
            raise DeviceUnplugged(str(self._path)) from gone
        if self._is_held_back():
            return None
        if (stamp := (status.st_ino, status.st_mtime_ns)) != self._stamp:
            self._picture, self._stamp = load_picture(self._path), stamp
        if self._picture is None:
            return None
        self._given_at = self._clock()
        return self._picture.copy()

    def check(self) -> None:
        """See whether the file is still there."""
        _check_exists(self._path)

    def close(self) -> None:
        """Forget the picture."""
        self._picture = None

    def _is_held_back(self) -> bool:
        try:
            pace = Pace(self._pace.read_text())
        except (FileNotFoundError, ValueError):
            return False
        since = self._clock() - self._given_at
        return pace is Pace.SILENT or (pace is Pace.FROZEN and math.isfinite(since)) or since < SLOW_SECONDS


class FolderSource:
    """All pictures of a folder one after the other, for ever."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock
        self._began = clock()

    def newest(self) -> Frame | None:
        """The picture whose turn it is; None for an empty folder or a file that is no picture."""
        self.check()
        files = sorted(each for each in self._path.iterdir() if each.is_file())
        if not files:
            return None
        return load_picture(files[int((self._clock() - self._began) / FOLDER_SECONDS) % len(files)])

    def check(self) -> None:
        """See whether the folder is still there."""
        _check_exists(self._path)

    def close(self) -> None:
        """Nothing is held."""


class VideoSource:
    """A video file at its own speed, from the beginning again at its end."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock
        self._video = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        if not self._video.isOpened():
            raise PortBusy(f"{path}: neither a picture nor a video")
        self._seconds = 1 / (self._video.get(cv2.CAP_PROP_FPS) or 25.0)
        self._shown_at = clock()

    def newest(self) -> Frame | None:
        """The frame of now; those whose time has passed are skipped."""
        self.check()
        passed = int((self._clock() - self._shown_at) / self._seconds)
        if not passed:
            return None
        self._shown_at += passed * self._seconds
        for _ in range(min(passed, 60) - 1):
            self._video.grab()
        good, frame = self._video.read()
        if not good:
            self._video.set(cv2.CAP_PROP_POS_FRAMES, 0)
            good, frame = self._video.read()
        return _as_frame(frame) if good else None

    def check(self) -> None:
        """See whether the file is still there."""
        _check_exists(self._path)

    def close(self) -> None:
        """Close the file."""
        self._video.release()


class V4l2Source:
    """A camera of the kernel's, with one frame of buffer and compressed frames: two cameras fit one USB 2 bus."""

    def __init__(self, path: Path, size: tuple[int, int]) -> None:
        self._path = path
        if not os.access(path, os.R_OK | os.W_OK):
            raise PortBusy(f"{path}: this user may not open it")
        self._camera = cv2.VideoCapture(str(path), cv2.CAP_V4L2)
        if not self._camera.isOpened():
            raise PortBusy(f"{path}: another program holds it, or it is no camera")
        self._camera.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        self._camera.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        self._camera.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
        self._camera.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._seen = 0

    def newest(self) -> Frame | None:
        """The next frame of the sensor; None when none comes or it repeats the last, noise and all: then it hangs."""
        self.check()
        good, frame = self._camera.read()
        if not good or not _is_frame(frame):
            return None
        seen = zlib.crc32(np.ascontiguousarray(frame[::8, ::8]).tobytes())
        if seen == self._seen:
            overwrite(_as_frame(frame))
            return None
        self._seen = seen
        return _as_frame(frame)

    def check(self) -> None:
        """See whether the device is still there."""
        _check_exists(self._path)

    def close(self) -> None:
        """Release the camera."""
        self._camera.release()


def load_picture(path: Path) -> Frame | None:
    """A picture file as BGR; None when it is no picture, or not yet whole."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    if not data or (data.startswith(PNG) and not _is_whole(data)):
        return None
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return None if picture is None else _as_frame(picture)


def moving_gradient(width: int, height: int, seconds: float) -> Frame:
    """A soft grey-blue field that drifts by 40 pixels a second."""
    across = np.arange(width, dtype=np.float32)[None, :] + 40 * (seconds % 1000)
    down = np.arange(height, dtype=np.float32)[:, None]
    wave = 128 + 50 * np.sin(across / 90 + down / 160)
    return np.stack([wave + 20, wave, wave - 10], axis=2).clip(0, 255).astype(np.uint8)


def _is_whole(png: bytes) -> bool:
    """Whether its chunks follow each other to the last: OpenCV 4.14's decoder never returns from one that promises too much."""
    place = len(PNG)
    while place + 8 <= len(png):
        if png[place + 4 : place + 8] == b"IEND":
            return True
        place += CHUNK_FRAME + int.from_bytes(png[place : place + 4], "big")
    return False


def _is_frame(read: object) -> bool:
    """Whether it is a picture in colours: a camera that is going away is said to have given others."""
    return isinstance(read, np.ndarray) and read.ndim == COLOURED and read.size > 0


def _as_frame(picture: object) -> Frame:
    return np.asarray(picture, np.uint8)


def _check_exists(path: Path) -> None:
    if not path.exists():
        raise DeviceUnplugged(str(path))
