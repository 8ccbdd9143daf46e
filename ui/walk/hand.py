"""A finger and a pair of eyes: finds what a person would see on the window, touches it, and takes its picture.

Used on the walk's own thread; everything that touches Qt is handed to the GUI thread and waited for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtTest import QTest

from kiosk.visit.visit import Step, Visit

if TYPE_CHECKING:
    from PySide6.QtGui import QPointingDevice
    from PySide6.QtQuick import QQuickItem, QQuickWindow

T = TypeVar("T")
PATIENCE_SECONDS = 15.0
LOOK_AGAIN_SECONDS = 0.02
SETTLE_SECONDS = 0.1
"""Before a picture: the last change is drawn."""
PNG_QUALITY = 70
"""Qt's scale: quick to write, and still small for flat screens."""
SCROLLS_AT_MOST = 12
UNSEEN = "unseen"
"""What the window lies under as long as nobody can have seen its page: it takes no touch."""


class WalkFailed(Exception):
    """What the walk waited for did not come: a sentence for whoever reads the narration."""


class Hand:
    """Touches one window."""

    def __init__(
        self, window: QQuickWindow, visit: Callable[[], Visit], call: Callable[[Callable[[], None]], None], pictures: Path
    ) -> None:
        self._window = window
        self._visit = visit
        self._call = call
        self._pictures = pictures
        self._count = 0
        self._at = QPoint()
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")
        self._writing: list[Future[bool]] = []
        self._device: QPointingDevice = self.on_gui(QTest.createTouchDevice)
        self.on_gui(lambda: window.setProperty("seenAfterMs", 0))  # it touches nothing that it has not looked at

    def on_gui(self, work: Callable[[], T]) -> T:
        """Have it done on the GUI thread; its result. A defect there goes to the top hook, and here time runs out."""
        done: Future[T] = Future()
        self._call(lambda: done.set_result(work()))
        return done.result(PATIENCE_SECONDS)

    def until(self, what: str, true: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until it is true, looked at on the GUI thread."""
        deadline = time.monotonic() + seconds
        while not self.on_gui(true):
            if time.monotonic() > deadline:
                raise WalkFailed(f"waited {seconds:g} s in vain: {what} (step {self._visit().step.value})")
            time.sleep(LOOK_AGAIN_SECONDS)

    def step(self, step: Step) -> None:
        """Wait until the visit is at this step."""
        self.until(f"step {step.value}", lambda: self._visit().step is step)

    def sees_soon(self, name: str) -> None:
        """Wait until something of this name can be seen."""
        self.until(f"{name} to appear", lambda: self._find(name) is not None)

    def sees(self, name: str) -> bool:
        """Whether something of this name can be seen now."""
        return self.on_gui(lambda: self._find(name) is not None)

    def touch(self, name: str) -> None:
        """Touch what has this name, once it can be touched."""
        self._press(name)
        self.on_gui(self._release)

    def hold(self, name: str, seconds: float) -> None:
        """Touch and hold."""
        self._press(name)
        time.sleep(seconds)
        self.on_gui(self._release)

    def type(self, text: str) -> None:
        """Touch the keys of these characters one after the other."""
        for character in text:
            self.touch(f"key-{character}")

    def picture(self, title: str) -> None:
        """Write what is on the window now, numbered in the order of the walk."""
        time.sleep(SETTLE_SECONDS)
        self._count += 1
        path = self._pictures / f"{self._count:02}-{title}.png"
        picture = self.on_gui(self._window.grabWindow)
        self._writing.append(self._writer.submit(picture.save, str(path), None, PNG_QUALITY))

    def finish_pictures(self) -> None:
        """Wait until every picture is on the disk; WalkFailed when one could not be written."""
        self._writer.shutdown()
        if not all(done.result() for done in self._writing):
            raise WalkFailed(f"a picture could not be written into {self._pictures}")

    # --- on the GUI thread ------------------------------------------------------------------------------------------

    def _find(self, name: str) -> QQuickItem | None:
        return next(_named(self._window.contentItem(), name), None)

    def _place(self, name: str) -> QPoint | None:
        """The middle of it, where it is enabled, has been seen, and nothing cuts it off there."""
        item = self._find(name)
        if item is None or not item.isEnabled() or not self._seen():
            return None
        middle = item.mapToScene(QPointF(item.width() / 2, item.height() / 2))
        around: QQuickItem | None = item
        while around is not None:
            if around.clip() and not around.mapRectToScene(QRectF(0, 0, around.width(), around.height())).contains(middle):
                return None
            around = around.parentItem()
        inside = QRectF(0, 0, self._window.width(), self._window.height()).contains(middle)
        return middle.toPoint() if inside else None

    def _seen(self) -> bool:
        """The page has stood there for long enough to be seen: the window takes touches."""
        return not any(item.objectName() == UNSEEN and item.isVisible() for item in self._window.contentItem().childItems())

    def _press_at(self, name: str) -> bool:
        place = self._place(name)
        if place is None:
            return False
        QTest.touchEvent(self._window, self._device).press(0, place, self._window).commit()
        self._at = place
        return True

    def _release(self) -> None:
        QTest.touchEvent(self._window, self._device).release(0, self._at, self._window).commit()

    # --- on the walk's thread ---------------------------------------------------------------------------------------

    def _press(self, name: str) -> None:
        """Press it; what lies below the edge is brought into sight first. Each look waits for a frame: the fewest serve."""
        if self.on_gui(partial(self._press_at, name)):
            return
        self.until(f"{name} to appear", lambda: self._seen() and self._find(name) is not None)
        for turner in ("scroll-later", "scroll-earlier"):
            for _ in range(SCROLLS_AT_MOST):
                if self.on_gui(partial(self._press_at, name)):
                    return
                if not self.on_gui(partial(self._press_at, turner)):
                    break
                self.on_gui(self._release)
                time.sleep(SETTLE_SECONDS)
        self.until(f"{name} to be touchable", lambda: self._press_at(name))


def _named(item: QQuickItem, name: str) -> Iterator[QQuickItem]:
    """Visible items of this object name below `item`, what is drawn last first: a dialog hides what lies under it."""
    if not item.isVisible():
        return
    children = sorted(enumerate(item.childItems()), key=lambda placed: (-placed[1].z(), -placed[0]))
    for _, child in children:
        yield from _named(child, name)
    if item.objectName() == name:
        yield item
