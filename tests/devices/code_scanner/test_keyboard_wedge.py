"""A scanner that types: keys become codes while one is awaited, and nothing of them is kept otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from devices.code_scanner import keyboard_wedge
from devices.code_scanner.keyboard_wedge import KeyboardWedgeScanner, TypedKeys
from devices.code_scanner.plain_line import MOST_BYTES, SILENCE_SECONDS
from devices.rack import Rack
from devices.reports import CodeScanned, DeviceKind, DeviceState
from devices.settings import DeviceModel
from devices.worker import Patience
from tests.devices.conftest import Reports, now, settings

PATIENCE_SECONDS = 60.0
CODE = "KIOSK1:369999-K03:示例"

pytestmark = pytest.mark.usefixtures("short_rounds")


@pytest.fixture
def rack(tmp_path: Path, reports: Reports, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rack]:
    """However late the next key is typed, only Enter ends a code."""
    monkeypatch.setattr(keyboard_wedge, "SILENCE_SECONDS", PATIENCE_SECONDS)
    (tmp_path / "wedge").touch()
    opened = Rack([settings("wedge", DeviceModel.KEYBOARD_WEDGE, tmp_path)], reports, now, Patience(reopen_seconds=0.05))
    opened.start()
    reports.until_state(DeviceState.ONLINE)
    yield opened
    opened.stop()


def type_all(rack: Rack, text: str) -> None:
    for key in text:
        assert rack.typed(key)


def test_keys_up_to_enter_are_a_code(rack: Rack, reports: Reports) -> None:
    rack.activate(DeviceKind.CODE_SCANNER, True)
    type_all(rack, f"{CODE}\r")
    assert reports.until_a(CodeScanned) == CodeScanned("wedge", CODE.encode())


def test_a_code_without_enter_ends_in_silence(rack: Rack, reports: Reports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyboard_wedge, "SILENCE_SECONDS", SILENCE_SECONDS)
    rack.activate(DeviceKind.CODE_SCANNER, True)
    assert rack.typed(CODE)
    assert reports.until_a(CodeScanned).payload == CODE.encode()


def test_a_window_that_hands_the_keys_over_late_cuts_no_code(tmp_path: Path) -> None:
    (tmp_path / "wedge").touch()
    keys = TypedKeys()
    keys.await_code(True)
    told = replace(settings("wedge", DeviceModel.KEYBOARD_WEDGE, tmp_path), terminator="line-end")
    scanner = KeyboardWedgeScanner(told, keys)
    for late in (CODE[:5], CODE[5:9]):
        keys.put(late)
        assert [list(scanner.attend(active=True)) for _ in range(2)] == [[], []]
    keys.put(CODE[9:] + "\r")
    assert list(scanner.attend(active=True)) == [CodeScanned("wedge", CODE.encode())]


def test_two_codes_in_one_breath_are_two(rack: Rack, reports: Reports) -> None:
    rack.activate(DeviceKind.CODE_SCANNER, True)
    type_all(rack, "one\rtwo\r")
    assert [reports.until_a(CodeScanned).payload for _ in range(2)] == [b"one", b"two"]


def test_keys_are_the_windows_own_while_no_code_is_awaited(rack: Rack, reports: Reports) -> None:
    assert not rack.typed("x")
    rack.activate(DeviceKind.CODE_SCANNER, True)
    type_all(rack, "first\r")
    assert reports.until_a(CodeScanned).payload == b"first"
    rack.activate(DeviceKind.CODE_SCANNER, False)
    assert not rack.typed("y")


def test_a_rack_without_one_takes_no_keys(tmp_path: Path, reports: Reports) -> None:
    other = Rack([settings("scanner", DeviceModel.PLAIN_LINE, tmp_path)], reports, now)
    assert not other.types
    assert not other.typed("x")


def test_it_is_missed_when_its_plug_is_pulled(rack: Rack, reports: Reports, tmp_path: Path) -> None:
    (tmp_path / "wedge").unlink()
    assert reports.until_state(DeviceState.NO_DEVICE).last_trouble in ("device-unplugged", "port-missing")


def test_what_is_too_long_for_a_code_is_dropped_whole(rack: Rack, reports: Reports) -> None:
    rack.activate(DeviceKind.CODE_SCANNER, True)
    type_all(rack, "9" * (MOST_BYTES + 1) + "\r" + "good\r")
    assert reports.until_a(CodeScanned).payload == b"good"


def test_a_lone_surrogate_is_no_crash(rack: Rack, reports: Reports) -> None:
    rack.activate(DeviceKind.CODE_SCANNER, True)
    type_all(rack, "\ud800ok\r")
    assert reports.until_a(CodeScanned).payload == b"?ok"


def test_keys_are_forgotten_as_soon_as_no_code_is_awaited() -> None:
    keys = TypedKeys()
    assert not keys.put("a")
    keys.await_code(True)
    assert keys.put("b")
    assert keys.put("c")
    keys.await_code(False)
    assert keys.take(0.0) == ""
