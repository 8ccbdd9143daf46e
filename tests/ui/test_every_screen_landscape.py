"""Every situation in every look, lying: drawn without a warning, nothing cut or overlapping, every target large enough."""

from __future__ import annotations

import pytest

from tests.ui.looks import LANDSCAPE, LOOKS, complaints


# High contrast changes colours only, so one way up is enough. A file of its own: files run beside one another.
@pytest.mark.parametrize("look", [look for look in LOOKS if look != "chinese-high-contrast"])
def test_every_situation_is_drawn_whole(hall, look):
    assert complaints(hall, LANDSCAPE, look) == []
