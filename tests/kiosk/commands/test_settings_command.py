"""`kiosk settings`: check, example, pin, page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kiosk.commands.options import Exit
from kiosk.manual_pages import PAGES
from kiosk.settings import parse_settings
from kiosk.staff.sign_in import pin_is

if TYPE_CHECKING:
    import pytest

Run = Callable[..., Any]


def test_a_good_file_is_told_as_good(run: Run, settings_file: Path) -> None:
    said = run("settings", "check", settings_file)
    assert said.status == Exit.FINE
    assert said.out == f"{settings_file}: no mistakes\n"


def test_all_mistakes_are_printed_as_compilers_print_them(run: Run, settings_file: Path) -> None:
    settings_file.write_text(settings_file.read_text() + 'directry = "x"\n[visit]\nvisit_minutes = 999\n')
    said = run("settings", "check", settings_file)
    assert said.status == Exit.SETTINGS
    first, second, last = said.out.splitlines()
    assert first.startswith(f"{settings_file}:11: store.directry: ")
    assert "did you mean `directory`?" in first
    assert second.startswith(f"{settings_file}:13: visit.visit_minutes: ")
    assert last == f"{settings_file}: 2 mistakes"


def test_machines_get_json(run: Run, settings_file: Path) -> None:
    assert run("settings", "check", settings_file, "--json").json == {"file": str(settings_file), "mistakes": []}
    settings_file.write_text("[hall\n")
    said = run("settings", "check", settings_file, "--json")
    assert said.status == Exit.SETTINGS
    assert (1, "") in [(one["line"], one["path"]) for one in said.json["mistakes"]]


def test_the_example_is_a_file_to_begin_with(run: Run) -> None:
    assert parse_settings(run("settings", "example").out).kiosk.number == "K03"


def test_a_pin_becomes_a_hash_and_is_never_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(click, "prompt", lambda *_, **options: "402917" if options["hide_input"] else "")
    said = run("settings", "pin")
    assert "402917" not in said.out + said.err
    assert pin_is("402917", said.out.split('"')[1])


def test_an_easy_pin_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(click, "prompt", lambda *_, **__: "123456")
    said = run("settings", "pin")
    assert said.status == Exit.TROUBLE
    assert "6 to 12 digits" in said.err


def test_the_manuals_pages_are_written(run: Run, tmp_path: Path) -> None:
    assert run("settings", "page", "--to", tmp_path / "docs").status == Exit.FINE
    assert {path.name for path in (tmp_path / "docs").iterdir()} == set(PAGES)
