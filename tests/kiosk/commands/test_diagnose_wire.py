"""`kiosk diagnose --wire`: what lately went over one device's wire, without a kiosk running on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.emulators.bench import CARD_READER, Bench
from kiosk.commands.options import Exit

Run = Callable[..., Any]


@pytest.fixture
def fitted_file(settings_file: Path, tmp_path: Path) -> Iterator[Path]:
    """The settings of a kiosk with an emulated card reader."""
    bench = Bench(tmp_path / "bench")
    reader = next(each for each in bench.settings() if each.name == CARD_READER)
    lines = f'\n[[devices]]\nname = "{reader.name}"\nmodel = "{reader.model.value}"\nport = "{reader.port}"\nemulated = true\n'
    settings_file.write_text(settings_file.read_text() + lines)
    yield settings_file
    bench.stop()


def test_the_wire_of_a_device_is_a_table(run: Run, fitted_file: Path) -> None:
    said = run("diagnose", "--wire", CARD_READER, "--settings", fitted_file)
    assert said.status == Exit.NOT_RUNNING
    assert f"{CARD_READER}  sdt on " in said.out
    assert "AA AA AA 96 69 00 03 11 FF ED  SAM_STATUS" in said.out


def test_machines_always_get_it(run: Run, fitted_file: Path) -> None:
    (device,) = run("diagnose", "--json", "--settings", fitted_file).json["devices"]
    meanings = [one["meaning"] for one in device["wire"]]
    assert meanings[:3] == ["opened at 115200 baud", "SAM_STATUS", "SAM_ID"]
    assert set(device["wire"][1]) == {"at", "last_at", "times", "sent", "meaning", "received", "heard"}


def test_an_unknown_device_is_refused_with_those_there_are(run: Run, fitted_file: Path) -> None:
    said = run("diagnose", "--wire", "card-raeder", "--settings", fitted_file)
    assert said.status == Exit.USAGE
    assert CARD_READER in said.err
