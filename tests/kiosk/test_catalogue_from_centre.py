"""The centre's catalogue is checked once by each version of the program; whatever the mark says, nothing else is taken."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk import catalogue_from_centre as module
from kiosk.catalogue.loading import catalogue_from_wire, catalogue_of, content_of, load_catalogue
from kiosk.catalogue.model import Catalogue
from kiosk.catalogue_from_centre import CHECKED, made_of
from kiosk.errors import CatalogueBroken
from offline_cache.database import open_store
from offline_cache.errors import StoreFull
from offline_cache.small_tables import Marks

CATALOGUE = catalogue_of(load_catalogue().zones[:1], sample=True)


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[Any]:
    """What of the store's tables is asked for here."""
    connection = open_store(tmp_path / "store.db")
    yield SimpleNamespace(marks=Marks(connection), connection=connection)
    connection.close()


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The versions that were checked, in their order."""
    checked: list[str] = []

    def check(content: dict[str, Any]) -> Catalogue:
        checked.append(content["version"])
        return catalogue_from_wire(content)

    monkeypatch.setattr(module, "catalogue_from_wire", check)
    return checked


def travelled(catalogue: Catalogue = CATALOGUE) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(content_of(catalogue)))
    return content


def test_what_this_installation_has_checked_is_only_read(tables: Any, checks: list[str]) -> None:
    assert [made_of(travelled(), tables) for _ in range(3)] == [CATALOGUE] * 3
    assert checks == [CATALOGUE.version]


def test_what_another_installation_has_checked_is_checked_again(
    tables: Any, checks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made_of(travelled(), tables)
    monkeypatch.setattr(module, "INSTALLATION", "another")
    assert [made_of(travelled(), tables) for _ in range(2)] == [CATALOGUE] * 2
    assert len(checks) == 2


def test_another_catalogue_is_checked(tables: Any, checks: list[str]) -> None:
    other = catalogue_of(load_catalogue().zones[1:2], sample=True)
    made_of(travelled(), tables)
    assert made_of(travelled(other), tables) == other
    assert checks == [CATALOGUE.version, other.version]


@pytest.mark.parametrize("mark", ["", "no number", "0", "9" * 5000])
def test_a_mark_that_says_nothing_costs_a_check(tables: Any, checks: list[str], mark: str) -> None:
    tables.connection.execute("INSERT INTO mark VALUES (?, ?)", (CHECKED, mark))
    assert made_of(travelled(), tables) == CATALOGUE
    assert checks == [CATALOGUE.version]


@pytest.mark.parametrize(
    "wrong",
    [
        {"zones": 5},
        {"zones": "tax"},
        {"zones": [5]},
        {"zones": [{"zh": "税务"}]},
        {"zones": [{**travelled()["zones"][0], "order": "1", "items": [{"kind": []}]}]},
        {"zones": [{**travelled()["zones"][0], "items": [{**travelled()["zones"][0]["items"][0], "fee_yuan": "some"}]}]},
        {"more": 1},
    ],
)
def test_under_a_forged_mark_a_broken_copy_is_refused_all_the_same(tables: Any, wrong: dict[str, Any]) -> None:
    made_of(travelled(), tables)
    with pytest.raises(CatalogueBroken):
        made_of({**travelled(), **wrong}, tables)


def test_what_is_written_in_another_way_is_read_the_way_a_check_does_each_time(tables: Any, checks: list[str]) -> None:
    """The centre may leave out what has a default, and write a number for what this program writes as text."""
    content = travelled()
    item = content["zones"][0]["items"][0]
    del item["fee_note"]
    item["fee_yuan"] = int(item["fee_yuan"])
    item["working_days"] = float(item["working_days"])
    made = [made_of(content, tables) for _ in range(2)]
    assert made == [CATALOGUE] * 2
    assert type(made[1].zones[0].items[0].working_days) is int
    assert len(checks) == 2


def test_on_a_disk_without_room_it_is_checked_at_each_start(checks: list[str]) -> None:
    def refuse(name: str, value: int) -> None:
        raise StoreFull

    tables: Any = SimpleNamespace(marks=SimpleNamespace(get=lambda name, default: default, set=refuse))
    assert [made_of(travelled(), tables) for _ in range(2)] == [CATALOGUE] * 2
    assert len(checks) == 2


START = """
import json, sys
from types import SimpleNamespace
from kiosk.catalogue.loading import load_catalogue
from kiosk.catalogue_from_centre import made_of
tables = SimpleNamespace(marks=SimpleNamespace(get=lambda name, default: int(sys.argv[2])))
print(made_of(json.loads(open(sys.argv[1], encoding="utf-8").read()), tables).version, load_catalogue().version)
sys.exit(", ".join({"pydantic", "kiosk.catalogue.checking"} & set(sys.modules)) or 0)
"""


def test_neither_a_checked_copy_nor_the_catalogue_that_ships_needs_pydantic(tables: Any, tmp_path: Path) -> None:
    made_of(travelled(), tables)
    (tmp_path / "content.json").write_text(json.dumps(travelled()), encoding="utf-8")
    mark = str(tables.marks.get(CHECKED, 0))
    asked = [sys.executable, "-c", START, str(tmp_path / "content.json"), mark]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [CATALOGUE.version, load_catalogue().version]
