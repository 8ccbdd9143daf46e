"""Follows `docs/adding_a_device.md` word by word in a copy of the house, and tries what the page claims."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
PAGE = HOUSE / "docs" / "adding_a_device.md"
BLOCK = re.compile(r"^```python\n# (?P<where>.+)\n(?P<text>(?:.*\n)*?)```$", re.MULTILINE)
NEEDED = ("benchmarks", "devices", "kiosk", "offline_cache", "tests/devices", "tests/conftest.py", "pyproject.toml")
TOOL_SECONDS = 100
THE_CASE = "in devices/models.py"


def blocks() -> dict[str, str]:
    """What the page tells to write, by where."""
    return {found["where"]: found["text"] for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}


def put(house: Path, where: str, text: str) -> None:
    """Write one block where its first line says."""
    if file := re.fullmatch(r"new file: (.+)", where):
        (house / file[1]).write_text(text, encoding="utf-8")
    elif file := re.fullmatch(r"at the end of (.+)", where):
        with (house / file[1]).open("a", encoding="utf-8") as stream:
            stream.write(text)
    else:
        file = re.fullmatch(r"in (.+?), behind: (.+)", where)
        assert file, f"nobody can tell where this goes: {where}"
        before = (house / file[1]).read_text(encoding="utf-8").splitlines(keepends=True)
        places = [number for number, line in enumerate(before, start=1) if line.strip() == file[2]]
        assert len(places) == 1, f"{file[1]} has {len(places)} lines {file[2]!r}"
        before.insert(places[0], text)
        (house / file[1]).write_text("".join(before), encoding="utf-8")


def follow(house: Path, *, without: str = "") -> None:
    """A copy of what the page touches, with everything done but one thing."""
    for name in NEEDED:
        if (HOUSE / name).is_dir():
            shutil.copytree(HOUSE / name, house / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (house / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(HOUSE / name, house / name)
    done = 0
    for where, text in blocks().items():
        if not without or not where.startswith(without):
            put(house, where, text)
            done += 1
    assert done == 6 - bool(without)


def run(house: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=house, capture_output=True, text=True, timeout=TOOL_SECONDS, check=False
    )


def test_a_model_added_by_the_page_passes_its_own_test_and_the_contract(tmp_path: Path) -> None:
    follow(tmp_path)
    tried = run(tmp_path, "pytest", "-v", "-p", "no:cacheprovider", "tests/devices", "-k", "stx")
    assert tried.returncode == 0, tried.stdout[-3000:]
    for owed in (
        "test_a_recorded_frame",
        "test_it_may_be_named_by_what_stands_in_the_usb_socket",
        "test_cycles_leak_neither_threads_nor_descriptors[stx-etx]",
    ):
        assert f"{owed} PASSED" in tried.stdout


@pytest.mark.skipif(
    importlib.util.find_spec("mypy") is None or importlib.util.find_spec("ruff") is None,
    reason="the checkers stand in .venv only",
)
def test_what_the_page_writes_is_clean_and_a_forgotten_case_is_named(tmp_path: Path) -> None:
    whole, lacking = tmp_path / "whole", tmp_path / "lacking"
    follow(whole)
    follow(lacking, without=THE_CASE)
    files = ("devices/code_scanner/stx_etx_scanner.py", "devices/models.py", "devices/settings.py")
    assert run(whole, "ruff", "check", "--no-cache", *files).stdout.strip() == "All checks passed!"
    assert run(whole, "ruff", "format", "--check", "--no-cache", *files).returncode == 0
    if (HOUSE / ".mypy_cache").is_dir():  # what was checked already is not checked again; what differs is
        shutil.copytree(HOUSE / ".mypy_cache", lacking / ".mypy_cache")
    named = run(lacking, "mypy", *files[:2])
    assert "STX_ETX" in named.stdout
    assert named.stdout.count("error:") == 1, named.stdout
