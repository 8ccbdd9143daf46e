"""What the start does beside the first picture."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from types import SimpleNamespace
from typing import Any, cast

import pytest

from kiosk.assembly import Kiosk


@pytest.mark.parametrize("refusal", [ImportError("no such library"), OSError("the disk"), ValueError("bad marshal data")])
def test_what_speaks_with_the_centre_and_cannot_be_loaded_is_told(refusal: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(MetaPathFinder):
        def find_spec(self, name: str, *_: Any) -> None:
            if name == "offline_cache.asker":
                raise refusal

    met: list[BaseException] = []
    posted: list[object] = []
    kiosk = SimpleNamespace(met_defect=met.append, _post=posted.append, _start_sending=None)
    monkeypatch.delitem(sys.modules, "offline_cache.asker", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Refusing(), *sys.meta_path])
    Kiosk._prepare_sending(cast("Kiosk", kiosk))
    assert (met, posted) == ([refusal], [])
