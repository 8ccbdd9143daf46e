"""The published description of the contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from central.__main__ import main
from central.refusal import Why

PUBLISHED = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"


def test_the_published_description_is_current() -> None:
    told = CliRunner().invoke(main, ["openapi"])
    assert told.exit_code == 0
    assert told.output == PUBLISHED.read_text(encoding="utf-8"), "run `central openapi --output docs/openapi.json`"


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(references(value) for value in node.values()))
    return set().union(*(references(value) for value in node)) if isinstance(node, list) else set()


def test_every_call_is_described_and_every_reference_leads_somewhere() -> None:
    document = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    calls = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert len(calls) == 13
    for methods in document["paths"].values():
        for call in methods.values():
            assert call["description"]
            assert any(status.startswith("2") for status in call["responses"])
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document) <= known
    assert "422" not in document["paths"]["/api/v1/catalogue"]["get"]["responses"], "what FastAPI would answer, we answer by name"


def test_codes_of_refusals_are_unique() -> None:
    codes = [why.code for why in Why]
    assert len(codes) == len(set(codes))
