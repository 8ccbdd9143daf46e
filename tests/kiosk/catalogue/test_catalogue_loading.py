"""A catalogue is loaded whole or refused with every mistake; the centre's copy is the same catalogue."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.catalogue import loading
from kiosk.catalogue.loading import ZONES_FOLDER, catalogue_from_wire, content_of, load_catalogue
from kiosk.catalogue.model import Catalogue
from kiosk.errors import CatalogueBroken
from kiosk.settings_words import OTHERWISE
from offline_cache.wire import canonical, content_hash


@pytest.fixture(scope="module")
def sample() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ZONES_FOLDER, tmp_path / "zones"))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_catalogue_that_ships_is_the_same_checked_or_only_read(sample: Catalogue) -> None:
    checked = load_catalogue(ZONES_FOLDER)
    assert (sample, repr(sample)) == (checked, repr(checked))
    assert sample.version == content_hash({key: value for key, value in content_of(sample).items() if key != "version"})


@pytest.mark.parametrize(
    ("old", "new"),
    [('kind = "', 'kin = "'), ('kind = "', 'kind = "x'), ("[[items]]", "[[items"), ("order = ", 'order = "x" # ')],
)
def test_a_catalogue_that_is_not_as_it_shipped_is_refused_with_its_mistakes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    edit(folder / "tax.toml", old, new)
    monkeypatch.setattr(loading, "ZONES_FOLDER", folder)
    with pytest.raises(CatalogueBroken) as broken:
        load_catalogue()
    assert {mistake.file for mistake in broken.value.mistakes} == {"tax.toml"}


def test_without_its_zone_files_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        monkeypatch.setattr(loading, "ZONES_FOLDER", folder)
        with pytest.raises(CatalogueBroken):
            load_catalogue()


def test_the_version_is_the_hash_of_the_content_alone(folder: Path, sample: Catalogue) -> None:
    edit(folder / "tax.toml", "\n[[items]]", "\n# a remark\n\n[[items]]")
    (folder / "notes.txt").write_text("not a zone", encoding="utf-8")
    assert load_catalogue(folder) == sample
    edit(folder / "tax.toml", "working_days = 0", "working_days = 1")
    assert load_catalogue(folder).version != sample.version


def test_a_broken_folder_is_refused_with_all_mistakes_of_all_files(folder: Path) -> None:
    edit(folder / "tax.toml", 'colour = "#', 'colour = "')
    edit(folder / "credit.toml", "working_days = 0", "working_dais = 0")
    (folder / "ganfutong.toml").write_bytes(b"\xff")
    with pytest.raises(CatalogueBroken) as broken:
        load_catalogue(folder)
    assert [(mistake.file, mistake.path) for mistake in broken.value.mistakes] == [
        ("credit.toml", "items[0].working_days"),
        ("credit.toml", "items[0].working_dais"),
        ("ganfutong.toml", ""),
        ("tax.toml", "colour"),
    ]
    assert broken.value.code == "catalogue-broken"


def test_a_hall_s_own_catalogue_is_no_sample(folder: Path) -> None:
    for file in folder.glob("*.toml"):
        edit(file, "sample = true\n", "")
    assert not load_catalogue(folder).sample


def test_the_centre_s_copy_is_the_same_catalogue(sample: Catalogue) -> None:
    travelled = json.loads(canonical(content_of(sample)))
    assert catalogue_from_wire(travelled) == sample


def test_a_copy_that_was_changed_on_the_way_is_refused(sample: Catalogue) -> None:
    changed = content_of(sample)
    changed["zones"][0]["items"][0]["fee_yuan"] = "100"
    with pytest.raises(CatalogueBroken, match="1 mistake"):
        catalogue_from_wire(changed)


def test_a_copy_with_mistakes_is_refused_with_their_paths(sample: Catalogue) -> None:
    changed = content_of(sample)
    changed["zones"][1]["items"][2]["kind"] = "sale"
    changed["zones"][4]["order"] = 1
    with pytest.raises(CatalogueBroken) as broken:
        catalogue_from_wire(changed)
    assert {mistake.path for mistake in broken.value.mistakes} == {"zones[1].items[2].kind", "zones[4].order"}
    assert all(mistake.line == 0 and mistake.file == "" for mistake in broken.value.mistakes)


@pytest.mark.parametrize("zones", [None, 5, "tax", {}, [5]])
def test_a_copy_whose_zones_are_no_list_of_tables_is_refused(sample: Catalogue, zones: object) -> None:
    with pytest.raises(CatalogueBroken):
        catalogue_from_wire({**content_of(sample), "zones": zones})


def test_every_mistake_of_a_copy_has_its_reason_in_chinese(sample: Catalogue) -> None:
    content = content_of(sample)
    deep: dict[str, object] = {}
    for _ in range(50):
        deep = {"zones": deep}
    wrong = [{**content, "zones": zones} for zones in (None, 5, "tax", {}, [5], [{"id": "x"}])]
    wrong += [
        {**content, "version": "0" * 64},
        {**content, "version": 5},
        {**content, "sample": "x"},
        {**content, "more": 1},
        deep,
    ]
    for copy in wrong:
        with pytest.raises(CatalogueBroken) as broken:
            catalogue_from_wire(copy)
        assert broken.value.mistakes
        for mistake in broken.value.mistakes:
            assert mistake.zh not in ("", OTHERWISE), mistake
            assert "valid tuple" not in mistake.message
            assert "dictionary" not in mistake.message


def test_a_zone_of_a_copy_may_not_say_what_only_a_file_says(sample: Catalogue) -> None:
    changed = content_of(sample)
    changed["zones"][0]["sample"] = True
    with pytest.raises(CatalogueBroken):
        catalogue_from_wire(changed)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "items", "zh", "en", "x"]), inner, max_size=3)
    ),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["zones", "version", "sample", "x"]), JSON))
def test_no_answer_of_a_centre_brings_the_loading_down(content: dict[str, Any]) -> None:
    with pytest.raises(CatalogueBroken) as broken:
        catalogue_from_wire(content)
    assert broken.value.mistakes


def test_a_bottomless_copy_is_refused() -> None:
    bottomless: dict[str, Any] = {}
    for _ in range(3000):
        bottomless = {"zones": [bottomless]}
    with pytest.raises(CatalogueBroken):
        catalogue_from_wire(bottomless)
