"""What is fetched ahead of the imports is what they will ask for."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import PySide6
import pytest

from ui.libraries import FONTS, LIBRARIES

FOLDER = Path(PySide6.__path__[0]) / "Qt" / "lib"


@pytest.mark.parametrize("name", LIBRARIES)
def test_the_libraries_stand_where_they_are_looked_for(name):
    assert (FOLDER / name).is_file()


def test_what_is_put_off_runs_when_it_is_first_asked_for_and_not_before() -> None:
    asked = (
        "import os, sys; os.environ['PYDANTIC_DISABLE_PLUGINS'] = '__all__'\n"
        "from ui.libraries import put_off; put_off('importlib.metadata')\n"
        "import kiosk.assembly; assert 'email.message' not in sys.modules, 'something asks for it at the start'\n"
        "import importlib; print(importlib.metadata.version('pydantic'))"
    )
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert said.strip() == version("pydantic")


def test_what_checks_or_speaks_with_the_centre_or_is_for_staff_is_not_imported_before_the_first_picture() -> None:
    checking = (
        "pydantic",
        "pydantic_core",
        "offline_cache.wire",
        "kiosk.settings_checking",
        "kiosk.catalogue.checking",
        "requests",
    )
    later = (*checking, "kiosk.staff.room", "kiosk.staff.wording", "ui.viewmodels.staff")
    asked = (
        f"import sys; import kiosk.assembly, ui.application, ui.screens\nprint([name for name in {later} if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_fonts_are_listed_by_the_library_that_qt_stands_on():
    assert FONTS.encode() in (FOLDER / "libQt6Gui.so.6").read_bytes()
