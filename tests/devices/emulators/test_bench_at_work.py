"""The bench's further devices with a kiosk's own drivers: each does its work, misbehaves as told, and is well again."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from devices.emulators.bench import (
    CHIP_CARD_READER,
    DOCUMENT_PRINTER,
    FILE_PRINTER,
    NETWORK_PRINTER,
    TYPING_SCANNER,
    USB_PRINTER,
    Bench,
)
from devices.emulators.cups_daemon import CUPSD, LPADMIN
from devices.emulators.people import PEOPLE
from devices.rack import Rack
from devices.receipt_printer.slip import Line, Slip
from devices.reports import CardRead, CodeScanned, DeviceKind, DeviceState, SlipFailed, SlipPrinted
from devices.worker import Patience
from tests.devices.card_reader import private_pcscd
from tests.devices.card_reader.private_pcscd import PrivatePcscd
from tests.devices.conftest import Reports, within

pytestmark = pytest.mark.usefixtures("short_rounds")
SLIP = Slip((Line("示例"),))
DRAWN = b"%PDF-1.7 as if it were drawn"
GONE = (DeviceState.OFFLINE, DeviceState.NO_DEVICE)
Fit = Callable[[str], Rack]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    devices = Bench(tmp_path / "ports")
    yield devices
    devices.stop()


@pytest.fixture
def fit(bench: Bench, reports: Reports) -> Iterator[Fit]:
    """A kiosk with this one device, found by the settings that the bench tells."""
    racks: list[Rack] = []

    def started(device: str) -> Rack:
        settings = [each for each in bench.further_settings() if each.name == device]
        rack = Rack(settings, reports, lambda: datetime.now(UTC), Patience(reopen_seconds=0.05))
        racks.append(rack)
        rack.start()
        for kind in DeviceKind:
            rack.activate(kind, active=True)
        return rack

    yield started
    for rack in racks:
        rack.stop()


@pytest.mark.parametrize(
    ("device", "fault"),
    [(NETWORK_PRINTER, "unplugged@0"), (USB_PRINTER, "unplugged@0"), (FILE_PRINTER, "unplugged-hearing@5")],
)
def test_a_receipt_printer_on_another_cable_prints_and_loses_it_as_told(
    device: str, fault: str, bench: Bench, fit: Fit, reports: Reports
) -> None:
    bench.plug(device)
    rack = fit(device)
    reports.until_state(DeviceState.ONLINE)
    rack.print_slip("first", SLIP)
    reports.until_a(SlipPrinted)
    assert within(lambda: len(bench.slips()) == 1)  # a printer that says nothing prints after it was told as done
    bench.misbehave(device, fault)
    rack.print_slip("second", SLIP)
    reports.until_state(*GONE)
    bench.misbehave(device, "in-order")
    bench.plug(device)
    reports.until_state(DeviceState.ONLINE)
    rack.print_slip("third", SLIP)
    reports.until(lambda report: report == SlipPrinted(device, "third"))
    assert within(lambda: len(bench.slips()) >= 2)
    bench.unplug(device)
    reports.until_state(*GONE)


def typed_until_told(code: str, bench: Bench, reports: Reports) -> bytes:
    """Once more when nobody had the line open yet."""
    for _ in range(60):
        bench.code(code, TYPING_SCANNER)
        with suppress(queue.Empty):
            while not isinstance(report := reports.next(1.0), CodeScanned):
                pass
            return report.payload
    pytest.fail("nothing was told")


def test_a_scanner_types_codes_and_half_a_code_as_told(bench: Bench, fit: Fit, reports: Reports) -> None:
    bench.plug(TYPING_SCANNER)
    fit(TYPING_SCANNER)
    reports.until_state(DeviceState.ONLINE)
    assert typed_until_told("亮码-0001", bench, reports) == "亮码-0001".encode()
    bench.misbehave(TYPING_SCANNER, "truncated@4")
    bench.code("0123456789", TYPING_SCANNER)
    bench.unplug(TYPING_SCANNER)
    reports.until_state(*GONE)
    bench.plug(TYPING_SCANNER)
    reports.until_state(DeviceState.ONLINE)
    assert typed_until_told("NEXT", bench, reports) == b"NEXT"


def test_a_chip_card_is_read_though_an_answer_is_cut_as_told(bench: Bench, fit: Fit, reports: Reports) -> None:
    if why := private_pcscd.why_not():
        pytest.skip(why)
    pcscd = PrivatePcscd()
    try:
        pcscd.start()
        bench._chip_card_reader._connect = pcscd.way_in
        fit(CHIP_CARD_READER)
        reports.until_state(DeviceState.ONLINE)
        bench.misbehave(CHIP_CARD_READER, "truncated@1")
        bench.insert_card("ceshi")
        assert reports.until_a(CardRead).card.number == PEOPLE["ceshi"].card.number
    finally:
        bench.take_card_out()
        pcscd.throw_away()


@pytest.mark.skipif(not (CUPSD and LPADMIN), reason="CUPS is not installed")
def test_documents_come_out_of_a_cups_whose_answers_are_spoilt_as_told(
    bench: Bench, fit: Fit, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUPS_SERVER", str(bench.cups_server))
    monkeypatch.setattr("devices.document_printer.cups_printer.document_pdf", lambda _: DRAWN)  # drawing takes seconds
    monkeypatch.setattr("devices.document_printer.cups_printer.ANSWER_SECONDS", 1.0)  # a cut answer is waited for so long
    bench.plug(DOCUMENT_PRINTER)
    rack = fit(DOCUMENT_PRINTER)
    reports.until_state(DeviceState.ONLINE)
    rack.print_document("first", SLIP)
    reports.until_a(SlipPrinted)
    assert bench.documents() == (DRAWN,)
    bench.misbehave(DOCUMENT_PRINTER, "unplugged@20")
    reports.until_state(*GONE)
    bench.plug(DOCUMENT_PRINTER)
    reports.until_state(DeviceState.ONLINE)
    bench.misbehave(DOCUMENT_PRINTER, "cancel")
    rack.print_document("second", SLIP)
    assert reports.until_a(SlipFailed).job == "second"
    bench.misbehave(DOCUMENT_PRINTER, "in-order")
    rack.print_document("third", SLIP)
    reports.until(lambda report: report == SlipPrinted(DOCUMENT_PRINTER, "third"))
    assert len(bench.documents()) == 2
