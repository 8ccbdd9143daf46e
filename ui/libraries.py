"""Libraries at the start: Qt's, with the list of fonts, are fetched while what needs no Qt is imported; others are put off.

Mapping them asks nothing of Python, so the machine's other core does it; the imports of PySide6 then find them in place.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from importlib.util import LazyLoader, find_spec, module_from_spec
from pathlib import Path
from threading import Thread

LIBRARIES = ("libQt6Quick.so.6", "libQt6Svg.so.6", "libQt6QuickTemplates2.so.6")
"""With all that they stand on."""
FONTS = "libfontconfig.so.1"


def fetch_libraries() -> None:
    """Begin, and return at once."""
    Thread(target=_fetch, name="libraries", daemon=True).start()


def put_off(module: str) -> None:
    """Run a library's module not when it is imported, but when something of it is first asked for."""
    spec = find_spec(module)
    if spec is not None and spec.loader is not None and module not in sys.modules:
        spec.loader = LazyLoader(spec.loader)
        made = sys.modules[module] = module_from_spec(spec)
        spec.loader.exec_module(made)
        package, _, name = module.rpartition(".")
        if package:
            setattr(sys.modules[package], name, made)


def _fetch() -> None:
    # What is absent here is told by the import that needs it.
    with suppress(OSError):
        folder = find_spec("PySide6")
        for place in folder.submodule_search_locations or () if folder is not None else ():
            for name in LIBRARIES:
                ctypes.CDLL(str(Path(place) / "Qt" / "lib" / name))
        ctypes.CDLL(FONTS).FcInit()
