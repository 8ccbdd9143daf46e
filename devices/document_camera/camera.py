"""The document camera's driver: while a sheet is wanted, frames go to the slot and hints are told; on order the page is taken.

No frame and no page is ever written anywhere: a captured page leaves in its report, and whoever ordered it owns it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

from devices.document_camera.page import Measures, find_page, judge, lies_ill, measure, pack, straighten
from devices.driver import CapturePage, CompareFace, Health, Order, PrintJob, SelfTest
from devices.errors import CameraFrozen, CommandRefused
from devices.face_camera.capture import Capture
from devices.face_camera.live_picture import live_picture
from devices.frame_slot import Frame, FrameSlot, overwrite
from devices.hint_steadier import HintSteadier
from devices.reports import FrameReady, PageCaptured, PageHint, PageSeen, Report, TestFinished
from devices.settings import DeviceSettings

SIZE = (2592, 1944)
"""Five megapixels: A4 at about 180 dots an inch."""
ROUND_SECONDS = 0.25
JUDGE_SECONDS = 0.5
CAPTURE_SECONDS = 3.0
"""So long a good frame is waited for; then the best of those seen is taken, and told with what is wrong with it."""
TEST_SECONDS = 1.5


class DocumentCamera:
    """One camera over a mat; see `devices.driver.Driver`."""

    def __init__(self, settings: DeviceSettings, slot: FrameSlot, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = settings.name
        self._capture = Capture(settings.port, clock, size=SIZE)
        self._slot = slot
        self._clock = clock
        self._active = False
        self._size = ""
        self._pages = 0
        self._judge_at = 0.0
        self._hints = HintSteadier[PageHint]()

    def open(self) -> None:
        """Open the camera; see that its frames come; raises PortMissing, PortBusy, CameraFrozen."""
        self._capture.open()
        self._capture.prove(self._slot)

    def attend(self, active: bool) -> Iterable[Report]:
        """One frame while active, with a hint when it changes; raises CameraFrozen, DeviceUnplugged."""
        if active != self._active:
            self._turn(active)
        if not active:
            self._capture.pause(ROUND_SECONDS)
            return
        frame = self._capture.read(ROUND_SECONDS)
        if frame is not None:
            yield from self._see(frame)

    def perform(self, order: Order) -> Iterable[Report]:
        """Take the page, three seconds at most; or the technician's test: size, rate, and what is seen of a sheet."""
        match order:
            case CapturePage(job):
                return self._take(job)
            case SelfTest():
                return (self._test(),)
            case PrintJob() | CompareFace():
                raise CommandRefused("a document camera only looks at sheets")
            case _ as never:
                assert_never(never)

    def health(self) -> Health:
        """The frame's size, and how many pages were taken."""
        facts = {"pages": str(self._pages)}
        return Health(facts=facts | ({"frame": self._size} if self._size else {}))

    def close(self) -> None:
        """Let the camera go and wipe the slot."""
        self._capture.close()
        self._slot.wipe()

    def _turn(self, active: bool) -> None:
        self._active = active
        self._hints = HintSteadier[PageHint]()
        self._judge_at = 0.0
        if active:
            self._capture.start_again()
        else:
            self._slot.wipe()

    def _see(self, frame: Frame) -> Iterator[Report]:
        self._size = f"{frame.shape[1]}×{frame.shape[0]}"
        hint = self._hint(frame)
        self._slot.put(live_picture(frame, mirrored=False))
        yield FrameReady(self._name)
        if hint is not None:
            yield PageSeen(self._name, hint)

    def _hint(self, frame: Frame) -> PageHint | None:
        """The new hint, twice found; None when it is too early to look or the hint is the same."""
        if self._clock() < self._judge_at:
            return None
        self._judge_at = self._clock() + JUDGE_SECONDS
        return self._hints.settle(_hint_of(frame))

    def _take(self, job: str) -> Iterator[Report]:
        """The first good page within the time, else the sharpest that was seen; raises CameraFrozen, DeviceUnplugged.

        One frame is looked at however late it comes: on a busy machine all the time may be over before.
        """
        best: tuple[float, PageHint, bytes] | None = None
        seen, looked = PageHint.NO_PAGE, False
        end = self._clock() + CAPTURE_SECONDS
        self._capture.start_again()
        while (not looked or self._clock() < end) and seen is not PageHint.GOOD and self._slot.wanted:
            frame = self._capture.read(ROUND_SECONDS)
            if frame is None:
                continue
            looked = True
            hint, page, measures = look(frame)
            if page is not None and measures is not None:
                seen = hint
                if hint is PageHint.GOOD or best is None or measures.sharpness > best[0]:
                    best = (measures.sharpness, hint, pack(page))
                overwrite(page)
            self._slot.put(live_picture(frame, mirrored=False))
            yield FrameReady(self._name)
        if not self._active:
            self._slot.wipe()
        if best is None:
            yield PageCaptured(self._name, job, PageHint.NO_PAGE)
            return
        self._pages += 1
        yield PageCaptured(self._name, job, best[1], best[2])

    def _test(self) -> TestFinished:
        frames, last = self._capture.watch(TEST_SECONDS)
        if last is None:
            return TestFinished(self._name, CameraFrozen.code, f"no picture within {TEST_SECONDS:g} s")
        size = f"{last.shape[1]}×{last.shape[0]}, {frames / TEST_SECONDS:.0f} frames/s"
        hint = _hint_of(last)
        overwrite(last)
        return TestFinished(self._name, "", f"{size}, sheet: {hint.value}")


def _hint_of(frame: Frame) -> PageHint:
    """What is to be said of the sheet in a frame; its page is overwritten."""
    hint, page, _ = look(frame)
    overwrite(page)
    return hint


def look(frame: Frame) -> tuple[PageHint, Frame | None, Measures | None]:
    """What is to be said of the sheet in a frame, and the page and its measures where there is one; about 150 ms."""
    corners = find_page(frame)
    if corners is None:
        return PageHint.NO_PAGE, None, None
    page = straighten(frame, corners)
    measures = measure(page)
    return lies_ill(frame, corners) or judge(measures), page, measures
