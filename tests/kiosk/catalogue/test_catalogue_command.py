"""`kiosk catalogue` for people and for machines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kiosk.commands.catalogue import catalogue


def run(*arguments: str) -> Result:
    return CliRunner().invoke(catalogue, list(arguments))


def test_check_finds_nothing_wrong_with_the_sample() -> None:
    told = run("check", "--json")
    assert told.exit_code == 0
    assert json.loads(told.output) == {"zones": 9, "items": 122, "mistakes": []}
    assert "9 zones, 122 items: no mistakes" in run("check").output


def test_check_tells_all_mistakes_with_file_and_line_and_fails(tmp_path: Path) -> None:
    (tmp_path / "tax.toml").write_text('id = "tax"\nordre = 3\n', encoding="utf-8")
    (tmp_path / "credit.toml").write_text("id = [bold]\n", encoding="utf-8")
    told = run("check", "--json", str(tmp_path))
    assert told.exit_code == 1
    answer = json.loads(told.output)
    assert (answer["zones"], answer["items"]) == (2, 0)
    assert answer["mistakes"][0] == {"file": "credit.toml", "line": 1, "path": "", "message": "not TOML: Invalid value"}
    assert {"file": "tax.toml", "line": 2, "path": "ordre", "message": "unknown key 'ordre'; did you mean 'order'?"} in answer[
        "mistakes"
    ]
    words = run("check", str(tmp_path))
    assert words.exit_code == 1
    assert "tax.toml:2: ordre: unknown key 'ordre'; did you mean 'order'?" in words.output
    assert f"{len(answer['mistakes'])} mistakes" in words.output


def test_list_shows_one_zone_or_all() -> None:
    everything = json.loads(run("list", "--json").output)
    taxes = json.loads(run("list", "--zone", "tax", "--json").output)
    assert len(everything) == 122
    assert taxes == [row for row in everything if row["zone"] == "tax"]
    assert "TX-029" in run("list", "--zone", "tax").output
    assert "SI-101" not in run("list", "--zone", "tax").output


def test_an_unknown_zone_or_item_is_told_in_a_sentence() -> None:
    zone, item = run("list", "--zone", "taxes"), run("show", "TX-999")
    assert zone.exit_code == 1
    assert "no zone 'taxes'; there are self-application" in zone.output
    assert item.exit_code == 1
    assert "no item 'TX-999'; `kiosk catalogue list` shows them all" in item.output


def test_a_search_that_finds_nothing_says_so() -> None:
    assert "No item fits 'xyzzyx'" in run("search", "xyzzyx").output
    assert json.loads(run("search", "xyzzyx", "--json").output) == []


@pytest.mark.parametrize("code", ["SI-119", "si-119"])
def test_show_tells_everything_of_an_item(code: str) -> None:
    words = run("show", code).output
    assert "退休提取公积金" in words
    assert "proofs of identity" in words
    assert "age at-least 50" in words
    assert json.loads(run("show", code, "--json").output)["identity_factors"] == 2


def test_search_finds_by_initials() -> None:
    assert run("search", "wfzm").output.startswith("RE-086")
    assert [row["code"] for row in json.loads(run("search", "wfzm", "--json").output)] == ["RE-086"]
