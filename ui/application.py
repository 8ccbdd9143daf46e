"""The kiosk's program: settings, parts, window, clock and exit; or 暂停服务 when it cannot serve.

Lives on the GUI thread. What is not needed for the first picture is imported or started after it.
"""

from __future__ import annotations

import gc
import signal
import sys
import threading
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer

from kiosk.values import dataclass
from ui.bridge import Bridge
from ui.parts import Parts

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtQuick import QQuickWindow

    from kiosk.assembly import Kiosk
    from kiosk.errors import Mistake
    from kiosk.settings import Settings
    from ui.out_of_service import OutOfService
    from ui.screens import Screens

TICK_MS = 250
SETTLED_MS = 2000
STOPPED, AGAIN, FROM_OUTSIDE = 0, 75, 69
"""Exit statuses: as asked; to be started again, for only that mends what is the matter (EX_TEMPFAIL); to be started again by the
service manager, which hands the key over (EX_UNAVAILABLE)."""
LOOK_AGAIN_TICKS = 8
"""Out of service, the settings and the identity are looked at every two seconds."""
LAST_FAULT = ("last_exc", "last_type", "last_value", "last_traceback")
"""Of `sys`."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for."""

    settings: Path
    size: QSize | None
    """None fills the screen; a size opens a window of it."""
    walk: tuple[Path, Path] | None = None
    """The demo's scripted walk: folder of its pictures, socket of its world."""
    tell_when_ready: bool = False
    """Print a line once the first screen can be used."""


class Application:
    """One run of the program."""

    def __init__(self, app: QGuiApplication, wanted: Wanted) -> None:
        self._app = app
        self._wanted = wanted
        self._bridge = Bridge()
        self._kiosk: Kiosk | None = None
        self._screens: Screens | None = None
        self._closed: OutOfService | None = None
        self._ticks = 0
        self._clock = QTimer(interval=TICK_MS)
        self._clock.timeout.connect(self._tick)
        self._hooks_before = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self._met

    def run(self) -> int:
        """Serve until told to stop; the exit status."""
        self._open()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop_asked)
        QTimer.singleShot(SETTLED_MS, self._settled)
        self._clock.start()
        try:
            return self._app.exec()
        finally:
            self._close()

    # --- opening and closing ----------------------------------------------------------------------------------------

    def _open(self) -> None:
        from kiosk.errors import SettingsBroken
        from kiosk.settings import settings_at_start

        settings = settings_at_start(self._wanted.settings)
        if isinstance(settings, SettingsBroken):
            self._out_of_service("settings-broken", settings.mistakes)
        else:
            self._serve(settings)

    def _serve(self, settings: Settings) -> None:
        from kiosk.assembly import Kiosk
        from kiosk.errors import KNOWN, FilesBroken
        from ui.screens import Screens, begin_reading

        engine = begin_reading()
        try:
            self._kiosk = Kiosk(settings, self._bridge.call, self._wipe)
        except FilesBroken as broken:
            self._out_of_service(broken.code, broken.mistakes)
            return
        except KNOWN as trouble:
            self._out_of_service(trouble.code, (str(trouble),))
            return
        threading.excepthook = sys.unraisablehook = self._met_elsewhere
        self._screens = Screens(parts_of(self._kiosk, settings), self._wanted.size, engine)
        self._screens.show(self._wanted.size)
        if self._kiosk.typed is not None:
            from ui.wedge_keys import WedgeKeys

            WedgeKeys(self._screens.window, self._kiosk.typed)  # the window owns it
        self._await_first_picture(self._screens.window, len(self._kiosk.shelf.catalogue().zones))
        if self._wanted.walk is not None:
            from ui.walk.walker import WalkWanted, start_walk

            start_walk(WalkWanted(*self._wanted.walk), self._kiosk, self._screens.window, self._bridge.call, self._app.exit)

    def _await_first_picture(self, window: QQuickWindow, zones: int) -> None:
        from ui.first_picture import FirstPicture, zones_drawn

        FirstPicture(window, lambda: zones_drawn(window, zones), self._first_picture_drawn)

    def _first_picture_drawn(self) -> None:
        if self._wanted.tell_when_ready:
            from ui.first_picture import tell_ready

            tell_ready()
        self._hide_pointer()
        if self._kiosk is not None:
            self._kiosk.start()

    def _out_of_service(self, code: str, mistakes: tuple[Mistake | str, ...]) -> None:
        from ui.out_of_service import OutOfService

        print(f"out of service: {code}", *mistakes, sep="\n  ", file=sys.stderr)  # noqa: T201 - the service manager's journal; holds nothing of a person
        self._closed = OutOfService(self._wanted.settings, code, mistakes, self._bridge.call)
        self._closed.show(self._wanted.size)
        self._hide_pointer()

    def _hide_pointer(self) -> None:
        if self._wanted.size is None:
            from PySide6.QtCore import Qt  # builds 130 enumerations, none of which the first picture needs

            self._app.setOverrideCursor(Qt.CursorShape.BlankCursor)

    def _close(self) -> None:
        self._clock.stop()
        self._bridge.close()
        kiosk, self._kiosk = self._kiosk, None  # a first picture that comes only now starts nothing any more
        if kiosk is not None:
            kiosk.stop()  # wipes the screens too, so they must still be there
        if self._screens is not None:
            self._screens.close()
        if self._closed is not None:
            self._closed.close()
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks_before

    # --- while it runs ----------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        self._ticks += 1
        if self._closed is not None and self._ticks % LOOK_AGAIN_TICKS == 0 and self._closed.mended():
            self._app.exit(AGAIN)
        elif self._closed is not None and self._closed.may_have_passed():
            self._app.exit(FROM_OUTSIDE)
        if self._kiosk is not None and self._screens is not None:
            self._kiosk.tick()
            self._screens.tick()
            if self._kiosk.restart_wanted:
                self._app.exit(AGAIN)

    def _wipe(self) -> None:
        """Forget what of a visit may lie in the screens besides the view-models, which follow the visit themselves."""
        self._app.clipboard().clear()
        if self._screens is not None:
            self._screens.forget()

    def _settled(self) -> None:
        """What the start built stays: the collector need never look at it again."""
        if self._screens is not None:
            self._screens.door.prepare()
        gc.freeze()
        gc.enable()

    def _stop_asked(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._app.exit(STOPPED)

    def _met(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """The top hook: a defect ends the visit and is logged; the resident sees a calm sentence, nobody a traceback."""
        if (
            issubclass(kind, KeyboardInterrupt)
            or not isinstance(error, Exception)
            or self._kiosk is None
            or self._screens is None
        ):
            sys.__excepthook__(kind, error, trace)
            self._app.exit(STOPPED if issubclass(kind, KeyboardInterrupt) else 1)
            return
        self._kiosk.met_defect(error)
        self._kiosk.session.end("defect")
        self._screens.tell_mishap()
        # Python keeps the last fault for a debugger, and with it every variable on its way: whoever stood here.
        for name in LAST_FAULT:
            sys.__dict__.pop(name, None)

    def _met_elsewhere(self, met: threading.ExceptHookArgs | sys.UnraisableHookArgs) -> None:
        """The hook of the other threads, and of what Python cannot raise: it too would write the fault's words down."""
        kiosk = self._kiosk
        if kiosk is not None and isinstance(met.exc_value, Exception):
            kiosk.met_defect(met.exc_value)


def parts_of(kiosk: Kiosk, settings: Settings) -> Parts:
    """The running kiosk as the screens see it."""
    from offline_cache.hall_time import hall_now

    shelf = kiosk.shelf
    return Parts(
        session=kiosk.session,
        place=kiosk.place,
        catalogue=shelf.catalogue,
        obstacles=kiosk.session.obstacles,
        search=shelf.search,
        now=hall_now,
        first_zone=settings.hall.zone,
        room=lambda: kiosk.staff,
        frames=kiosk.frames,
    )
