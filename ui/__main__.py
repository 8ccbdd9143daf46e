"""`python -m ui --settings FILE`: the kiosk's window."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path

from ui.libraries import fetch_libraries, put_off


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and run; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ui", description="The kiosk's window.")
    parser.add_argument("--settings", type=Path, required=True, metavar="FILE", help="the settings file")
    parser.add_argument("--windowed", action="store_true", help="a window with a frame instead of the whole screen")
    parser.add_argument(
        "--size", type=_size, metavar="WIDTHxHEIGHT", help="the window's size in pixels, e.g. 540x960; implies --windowed"
    )
    parser.add_argument(
        "--walk", type=Path, metavar="FOLDER", help="let the demo's scripted people walk, and write pictures here"
    )
    parser.add_argument("--control", type=Path, metavar="SOCKET", help="where the demo's world listens (with --walk)")
    parser.add_argument(
        "--tell-when-ready",
        action="store_true",
        help="print the line `ready` once the first screen, with all its zones, has been drawn",
    )
    wanted = parser.parse_args(arguments)
    if (wanted.walk is None) != (wanted.control is None):
        parser.error("--walk and --control go together")
    gc.disable()  # nothing that the start builds is garbage: `Application` turns it on after the first picture
    fetch_libraries()
    # pydantic would look for plug-ins in the list of every installed package; we have none, so it is not even to be opened.
    put_off("importlib.metadata")
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Without a GPU every frame of llvmpipe costs 5 to 70 times as much.
    os.environ.setdefault("QT_QUICK_BACKEND", "software")

    # Before Qt, because PySide6 reads the source of every module that is imported after it: a tenth of the whole start.
    import kiosk.assembly  # noqa: F401 - see above

    # isort: split
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QGuiApplication

    from ui.application import AGAIN, Application, Wanted
    from ui.screens import set_font

    app = QGuiApplication(sys.argv[:1])
    app.setApplicationName("kiosk")
    set_font(app)
    size = QSize(*wanted.size) if wanted.size else QSize(540, 960) if wanted.windowed else None
    walk = (wanted.walk, wanted.control) if wanted.walk else None
    status = Application(app, Wanted(wanted.settings, size, walk, wanted.tell_when_ready)).run()
    if status == AGAIN:  # what kept the kiosk out of service was changed: begin anew, whoever started us
        os.execv(sys.executable, [sys.executable, "-m", "ui", *(sys.argv[1:] if arguments is None else arguments)])  # noqa: S606 - our own interpreter, no shell
    return status


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    try:
        size = int(width), int(height)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError("write it like 1080x1920") from wrong
    if not (320 <= size[0] <= 8000 and 320 <= size[1] <= 8000):
        raise argparse.ArgumentTypeError("each side must be 320 to 8000 pixels")
    return size


if __name__ == "__main__":
    raise SystemExit(main())
