"""The files that hold a secret: durable before they are relied on, for their owner only, overwritten before they go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from offline_cache.private_file import erase_private, read_private, write_private


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What reached the disk, and what was put in its place or taken away, in order; files by their names."""
    seen: list[str] = []
    fsync, replace, unlink = os.fsync, Path.replace, Path.unlink

    def synced(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        seen.append(f"sync {path.name}: {path.read_text(errors='replace')}" if path.is_file() else "sync the folder")
        fsync(handle)

    def replaced(path: Path, target: Path) -> Path:
        seen.append(f"{path.name} becomes {target.name}")
        return replace(path, target)

    def unlinked(path: Path, missing_ok: bool = False) -> None:
        if path.exists():
            seen.append(f"{path.name} goes")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr("os.fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    monkeypatch.setattr(Path, "unlink", unlinked)
    return seen


def test_a_key_that_records_are_sealed_with_outlives_a_power_cut(tmp_path: Path, done: list[str]) -> None:
    write_private(tmp_path / "vault.key", "new")
    assert done == ["sync vault.key.new: new", "vault.key.new becomes vault.key", "sync the folder"]
    assert read_private(tmp_path / "vault.key") == "new"


def test_a_key_that_is_taken_away_is_written_over_first(tmp_path: Path, done: list[str]) -> None:
    path = tmp_path / "vault.key"
    path.write_text("a secret key")
    erase_private(path)
    overwritten, *rest = done
    assert overwritten.startswith("sync vault.key: ")
    assert "secret" not in overwritten
    assert rest == ["vault.key goes", "sync the folder"]


def test_what_a_writing_that_was_broken_off_has_left_keeps_no_later_one_back(tmp_path: Path) -> None:
    (tmp_path / "vault.key.new").write_text("half")
    write_private(tmp_path / "vault.key", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["vault.key"]
    assert read_private(tmp_path / "vault.key") == "new"
