"""A camera that reads codes: while the visit wants one, every frame is decoded; lives on its worker's thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

from devices.code_scanner.decode import CodeDecoder
from devices.driver import CapturePage, CompareFace, Health, Order, PrintJob, SelfTest
from devices.errors import CameraFrozen, CommandRefused
from devices.face_camera.capture import Capture
from devices.face_camera.live_picture import live_picture
from devices.frame_slot import Frame, FrameSlot, overwrite
from devices.reports import CodeScanned, FrameReady, Report, TestFinished
from devices.settings import DeviceSettings

ROUND_SECONDS = 0.25
TEST_SECONDS = 1.0
OUT_OF_VIEW_SECONDS = 1.0
"""A code that was not seen for so long is told again when it comes back."""


class CameraScanner:
    """One camera; its frames go to the slot too, so that the screen can show where the code must go."""

    def __init__(self, settings: DeviceSettings, slot: FrameSlot, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = settings.name
        self._capture = Capture(settings.port, clock)
        self._slot = slot
        self._clock = clock
        self._decoder = CodeDecoder()
        self._view = CodesInView()
        self._active = False
        self._codes = 0

    def open(self) -> None:
        """Open the camera; see that its frames come; raises PortMissing, PortBusy, CameraFrozen."""
        self._capture.open()
        self._capture.prove(self._slot)

    def attend(self, active: bool) -> Iterable[Report]:
        """One frame while active, and the code in it when it is new; raises CameraFrozen, DeviceUnplugged."""
        if active != self._active:
            self._turn(active)
        if not active:
            self._capture.pause(ROUND_SECONDS)
            return
        frame = self._capture.read(ROUND_SECONDS)
        if frame is not None:
            yield from self._see(frame)

    def perform(self, order: Order) -> Iterable[Report]:
        """The technician's test: frames for a second, and whether a code was read in them."""
        match order:
            case SelfTest():
                return (self._test(),)
            case PrintJob() | CompareFace() | CapturePage():
                raise CommandRefused("a scanner only scans")
            case _ as never:
                assert_never(never)

    def health(self) -> Health:
        """How many codes were read since it was opened."""
        return Health(facts={"codes": str(self._codes)})

    def close(self) -> None:
        """Let the camera go and wipe the slot."""
        self._capture.close()
        self._slot.wipe()

    def _turn(self, active: bool) -> None:
        self._active = active
        self._view = CodesInView()
        if active:
            self._capture.start_again()
        else:
            self._slot.wipe()

    def _see(self, frame: Frame) -> Iterator[Report]:
        decoded = self._decoder.decode(frame)
        self._slot.put(live_picture(frame, mirrored=False))
        yield FrameReady(self._name)
        if decoded is not None and self._view.is_new(decoded.payload, self._clock()):
            self._codes += 1
            yield CodeScanned(self._name, decoded.payload, decoded.symbology)

    def _test(self) -> TestFinished:
        frames, symbology, end = 0, "no code", self._clock() + TEST_SECONDS
        while self._clock() < end:
            if (frame := self._capture.read(ROUND_SECONDS)) is not None:
                frames += 1
                decoded = self._decoder.decode(frame)
                symbology = decoded.symbology if decoded else symbology
                overwrite(frame)
        if not frames:
            return TestFinished(self._name, CameraFrozen.code, f"no picture within {TEST_SECONDS:.0f} s")
        return TestFinished(self._name, "", f"{frames / TEST_SECONDS:.0f} frames/s, {symbology} in view")


class CodesInView:
    """Which codes were seen just now: each is told once, until it was out of view for OUT_OF_VIEW_SECONDS."""

    def __init__(self) -> None:
        self._seen_at: dict[bytes, float] = {}

    def is_new(self, payload: bytes, now: float) -> bool:
        """True when this code was not in view before; `now` in seconds of a monotonic clock."""
        self._seen_at = {code: at for code, at in self._seen_at.items() if now - at < OUT_OF_VIEW_SECONDS}
        new = payload not in self._seen_at
        self._seen_at[payload] = now
        return new
