"""Starts the scripted walk beside the running kiosk, and ends the program with its result."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.assembly import Kiosk
from kiosk.errors import KioskError
from kiosk.values import dataclass
from ui.walk.hand import Hand, WalkFailed
from ui.walk.script import Walk

if TYPE_CHECKING:
    from PySide6.QtQuick import QQuickWindow


@dataclass(frozen=True, slots=True)
class WalkWanted:
    """Where the pictures go, and where the demo's world listens."""

    pictures: Path
    control: Path


def start_walk(
    wanted: WalkWanted,
    kiosk: Kiosk,
    window: QQuickWindow,
    call: Callable[[Callable[[], None]], None],
    leave: Callable[[int], None],
) -> None:
    """Begin on a thread of its own; `leave` is called on the GUI thread with 0, or 1 when something did not come."""

    def walk() -> None:
        status = 1
        try:
            hand = Hand(window, lambda: kiosk.session.visit, call, wanted.pictures)
            Walk(hand, kiosk, wanted.control, wanted.pictures, _say).walk()
            status = 0
        except TimeoutError:
            _say("the walk stopped: the screens did not answer in time")
        except (WalkFailed, KioskError) as failed:
            _say(f"the walk stopped: {failed}")
        finally:
            call(lambda: leave(status))

    threading.Thread(target=walk, name="walk", daemon=True).start()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
