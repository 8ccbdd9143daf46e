"""What is fetched ahead of the imports is what they will ask for."""

from __future__ import annotations

from pathlib import Path

import PySide6
import pytest

from ui.libraries import FONTS, LIBRARIES

FOLDER = Path(PySide6.__path__[0]) / "Qt" / "lib"


@pytest.mark.parametrize("name", LIBRARIES)
def test_the_libraries_stand_where_they_are_looked_for(name):
    assert (FOLDER / name).is_file()


def test_the_fonts_are_listed_by_the_library_that_qt_stands_on():
    assert FONTS.encode() in (FOLDER / "libQt6Gui.so.6").read_bytes()
