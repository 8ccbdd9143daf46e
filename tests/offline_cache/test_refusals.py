"""What a resident was told is not kept, remembered beyond the program's end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from offline_cache.refusals import Refusals

if TYPE_CHECKING:
    import pytest


def test_one_that_is_kept_after_all_is_not_taken_out_by_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    before = Refusals()
    before.note("first", 1)
    before.note("second", 2)
    before.forget("first")
    assert (tmp_path / "refused").read_text() == "second 2\n"
    before.forget("second")
    before.forget("never noted")
    assert not list(tmp_path.iterdir())


def test_without_a_folder_in_memory_nothing_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    monkeypatch.chdir(tmp_path)
    Refusals().note("first", 1)
    assert not list(tmp_path.iterdir())
