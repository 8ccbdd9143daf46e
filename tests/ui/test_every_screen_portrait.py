"""Every situation in every look, standing: drawn without a warning, nothing cut or overlapping, every target large enough."""

from __future__ import annotations

import pytest

from tests.ui.looks import LOOKS, PORTRAIT, complaints


@pytest.mark.parametrize("look", LOOKS)
def test_every_situation_is_drawn_whole(hall, look):
    assert complaints(hall, PORTRAIT, look) == []
