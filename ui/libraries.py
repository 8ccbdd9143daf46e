"""Qt's libraries and the list of fonts, fetched on a thread of its own while the start imports what needs no Qt.

Mapping them asks nothing of Python, so the machine's other core does it; the imports of PySide6 then find them in place.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

LIBRARIES = ("libQt6Quick.so.6", "libQt6Svg.so.6", "libQt6QuickTemplates2.so.6")
"""With all that they stand on."""
FONTS = "libfontconfig.so.1"


def fetch_libraries() -> None:
    """Begin, and return at once."""
    Thread(target=_fetch, name="libraries", daemon=True).start()


def _fetch() -> None:
    # What is absent here is told by the import that needs it.
    with suppress(OSError):
        folder = find_spec("PySide6")
        for place in folder.submodule_search_locations or () if folder is not None else ():
            for name in LIBRARIES:
                ctypes.CDLL(str(Path(place) / "Qt" / "lib" / name))
        ctypes.CDLL(FONTS).FcInit()
