"""The byte-exact vectors that lie beside the project, where they do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from _pytest.mark.structures import ParameterSet

FILE = Path(__file__).resolve().parents[2] / ".." / "shared" / "vectors" / "devices.json"


def vectors(*groups: str) -> list[ParameterSet]:
    """Each vector of the groups as (bytes, expectation); one skipped parameter where the file is absent."""
    if not FILE.exists():
        return [pytest.param(b"", {}, marks=pytest.mark.skip(reason=f"{FILE} is absent"), id="absent")]
    found: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["vectors"]
    return [pytest.param(bytes.fromhex(each["hex"]), each["expect"], id=each["id"]) for each in found if each["group"] in groups]
