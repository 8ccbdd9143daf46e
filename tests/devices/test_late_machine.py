"""A machine too busy to look in time: what a device said meanwhile lies in the line's buffer, and the device is not silent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from devices.card_reader.sdt_reader import SdtReader
from devices.code_scanner.gm65_scanner import Gm65Scanner
from devices.code_scanner.newland_scanner import NewlandScanner
from devices.code_scanner.ssi_scanner import SsiScanner
from devices.emulators.escpos_printer import EscposPrinterEmulator
from devices.emulators.gm65_scanner import Gm65ScannerEmulator
from devices.emulators.newland_scanner import NewlandScannerEmulator
from devices.emulators.sdt_reader import SdtReaderEmulator
from devices.emulators.ssi_scanner import SsiScannerEmulator
from devices.receipt_printer.escpos import EscposPrinter
from devices.settings import DeviceModel
from tests.devices.conftest import settings
from tests.devices.line_time import LineTime

LATE_SECONDS = 60.0
"""Longer than any answer is waited for."""


@pytest.mark.parametrize(
    ("model", "emulator", "driver"),
    [
        (DeviceModel.SDT, SdtReaderEmulator, SdtReader),
        (DeviceModel.GM65, Gm65ScannerEmulator, Gm65Scanner),
        (DeviceModel.NEWLAND, NewlandScannerEmulator, NewlandScanner),
        (DeviceModel.SSI, SsiScannerEmulator, SsiScanner),
        (DeviceModel.ESCPOS, EscposPrinterEmulator, EscposPrinter),
    ],
    ids=lambda given: given.value if isinstance(given, DeviceModel) else "",
)
def test_an_answer_that_came_while_nobody_looked_is_heard(
    model: DeviceModel, emulator: Any, driver: Any, line_time: LineTime, tmp_path: Path
) -> None:
    line_time.late_seconds = LATE_SECONDS
    device = emulator(tmp_path / "device")
    device.plug()
    clock = {"clock": line_time.look} if model is DeviceModel.ESCPOS else {}
    kept = driver(settings("device", model, tmp_path), **clock)
    try:
        kept.open()
        health = kept.health()
        assert health.trouble == ""
        # Not its marks of an end: of looks so late each takes only what is there just then, which may be another answer.
        assert model is not DeviceModel.ESCPOS or health.facts["answers-status"] == "yes"
    finally:
        kept.close()
        device.unplug()
