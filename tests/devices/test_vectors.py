"""Every byte-exact vector beside the project is somebody's test: one of a new group would else lie there untried."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.devices import vectors

HERE = Path(__file__).parent


def tried(path: Path) -> Iterator[str]:
    """The groups whose vectors a file's tests are given."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == vectors.vectors.__name__:
            yield from (each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str))


@pytest.mark.skipif(not vectors.FILE.exists(), reason=f"{vectors.FILE} is absent")
def test_every_vector_is_tried() -> None:
    groups = {group for path in HERE.rglob("test_*.py") for group in tried(path)}
    found = json.loads(vectors.FILE.read_text(encoding="utf-8"))["vectors"]
    assert [each["id"] for each in found if each["group"] not in groups] == []
    # Of these the tests of requests and those of replies take their own.
    assert [each["id"] for each in found if each["group"] == "gm65" and not {"op", "ok"} & each["expect"].keys()] == []
