"""`kiosk devices list`: each device of the settings by itself, and what to do while the kiosk holds their ports."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from devices.emulators.bench import CARD_READER, Bench
from kiosk.commands.options import Exit

Run = Callable[..., Any]


@pytest.fixture
def reader(tmp_path: Path, settings_file: Path) -> Any:
    """The port of a card reader that the settings name."""
    bench = Bench(tmp_path / "bench")
    port = next(each.port for each in bench.settings() if each.name == CARD_READER)
    with settings_file.open("a", encoding="utf-8") as file:
        file.write(f'[[devices]]\nname = "{CARD_READER}"\nmodel = "sdt"\nport = "{port}"\n')
    yield port
    bench.stop()


def test_a_device_that_answers_is_fine(run: Run, settings_file: Path, reader: str) -> None:
    said = run("devices", "list", "--settings", settings_file)
    assert (said.status, "Working" in said.out, said.err) == (Exit.FINE, True, "")


def test_while_another_program_holds_the_port_it_is_told_what_to_do(run: Run, settings_file: Path, reader: str) -> None:
    held = os.open(reader, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        said = run("devices", "list", "--settings", settings_file)
        told = run("devices", "list", "--json", "--settings", settings_file)
    finally:
        os.close(held)
    assert (said.status, "port-busy" in said.out) == (Exit.TROUBLE, True)
    assert "`kiosk diagnose`" in said.err
    assert "`sudo systemctl stop kiosk`" in said.err
    assert told.json[0]["trouble"] == "port-busy"
