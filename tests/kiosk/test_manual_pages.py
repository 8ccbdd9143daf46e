"""The generated pages of the manual are those in docs/."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.manual_pages import PAGES

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_the_page_in_docs_is_not_stale(name: str) -> None:
    written = (DOCS / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), "run `kiosk settings page`"


@pytest.mark.parametrize("name", PAGES)
def test_every_table_row_has_the_cells_of_its_header(name: str) -> None:
    width = 0
    for line in PAGES[name]().splitlines():
        if line.startswith("|"):
            cells = line.replace("\\|", "").count("|")
            width = width or cells
            assert cells == width, line
        else:
            width = 0
