"""`kiosk devices probe`: what is plugged in, as a table, as settings lines, as JSON."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.emulators.bench import CARD_READER, RECEIPT_PRINTER, Bench
from kiosk.commands.options import Exit

Run = Callable[..., Any]


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[dict[str, str]]:
    bench = Bench(tmp_path / "bench")
    yield {each.name: each.port for each in bench.settings()}
    bench.stop()


def test_what_answers_is_told_with_the_lines_for_the_settings_file(run: Run, ports: dict[str, str]) -> None:
    said = run("devices", "probe", "--port", ports[RECEIPT_PRINTER], "--port", ports[CARD_READER])
    assert said.status == Exit.FINE
    lines = said.out[said.out.index("[[devices]]") :]
    assert [(each["name"], each["model"], each["port"]) for each in tomllib.loads(lines)["devices"]] == [
        ("receipt-printer", "escpos", ports[RECEIPT_PRINTER]),
        ("card-reader", "sdt", ports[CARD_READER]),
    ]
    assert f"2 of 2: {ports[CARD_READER]}" in said.err, "progress"


def test_machines_get_it_as_json_and_a_missing_port_is_named(run: Run, ports: dict[str, str], tmp_path: Path) -> None:
    said = run("devices", "probe", "--json", "--port", ports[RECEIPT_PRINTER], "--port", str(tmp_path / "nothing"))
    printer, nothing = said.json["found"]
    assert (printer["model"], nothing["model"], nothing["trouble"]) == ("escpos", None, "port-missing")
    assert tomllib.loads(said.json["settings"])["devices"][0]["model"] == "escpos"


def test_it_says_that_the_network_is_not_searched(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devices.probing.ports_seen", lambda: ())
    assert "--port HOST:9100" in run("devices", "probe").err


def test_nothing_there_is_said_and_is_an_exit_status(run: Run, tmp_path: Path) -> None:
    said = run("devices", "probe", "--port", str(tmp_path / "nothing"))
    assert said.status == Exit.TROUBLE
    assert "port-missing" in said.out
    assert "[[devices]]" not in said.out


@pytest.mark.parametrize(("port", "told"), [("usb:printer", "usb:serial=NUMBER"), ("\x01", "control characters")])
def test_a_port_that_can_be_none_is_told_and_no_traceback(run: Run, port: str, told: str) -> None:
    said = run("devices", "probe", "--port", port)
    assert said.status == Exit.USAGE
    assert told in said.err
