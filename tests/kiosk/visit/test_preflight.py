from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from devices.reports import Cover, DeviceKind, Paper
from kiosk.catalogue.model import Item
from kiosk.errors import CODES
from kiosk.visit.facts import Facts, QueueFacts
from kiosk.visit.preflight import check, is_open, why_no_print
from tests.kiosk.visit.samples import APPLICATION, ENQUIRY, NOON, PAYMENT, PRINT, TWO_FACTORS, facts, item, status, text

CHIP_READER = DeviceKind.CHIP_CARD_READER
READER, SCANNER, PRINTER = DeviceKind.CARD_READER, DeviceKind.CODE_SCANNER, DeviceKind.RECEIPT_PRINTER
DEDICATED = {"needs_dedicated_machine": True, "dedicated_machine": text("出入境自助机")}
NIGHT_CLOSED = "08:30-17:30"


def printer(**other: object) -> Facts:
    well = facts()
    return replace(well, devices={**well.devices, "receipt-printer": status(PRINTER, **other)})


def told(chosen: Item, around: Facts, at: datetime = NOON) -> list[tuple[str, bool]]:
    return [(obstacle.code, obstacle.blocking) for obstacle in check(chosen, around, at)]


def with_chip_reader(*missing: DeviceKind) -> Facts:
    around = facts(*missing)
    return replace(around, devices={**around.devices, "chip-reader": status(CHIP_READER)})


TAKES_SOCIAL_SECURITY = item(accepts_social_security_card=True)
CAPTURED = item(materials=[{"name": text("合同"), "kind": "required"}])


@pytest.mark.parametrize("chosen", [APPLICATION, ENQUIRY, PRINT, TAKES_SOCIAL_SECURITY])
def test_by_a_clock_that_has_lost_its_time_nothing_is_begun(chosen: Item) -> None:
    assert told(chosen, facts(), NOON.replace(year=1970)) == [("clock-lost", True)]
    assert told(chosen, facts(clock_astray=True)) == [("clock-lost", True)]


@pytest.mark.parametrize(
    ("chosen", "around", "obstacles"),
    [
        (APPLICATION, facts(), []),
        (ENQUIRY, facts(), []),
        (PRINT, facts(), []),
        (TWO_FACTORS, facts(), []),
        (APPLICATION, facts(online=False), [("sent-later", False)]),
        (ENQUIRY, facts(online=False), [("offline-needs-centre", True)]),
        (PRINT, facts(online=False), [("offline-needs-centre", True)]),
        (PAYMENT, facts(), [("payment-not-here", True)]),
        (PAYMENT, Facts(), [("payment-not-here", True)]),
        (APPLICATION, facts(READER), [("card-reader-down", False)]),
        (APPLICATION, facts(SCANNER), [("scanner-down", False)]),
        (APPLICATION, facts(READER, SCANNER), [("no-way-to-identify", True)]),
        (APPLICATION, facts(READER, online=False), [("no-way-to-identify", True), ("sent-later", False)]),
        (APPLICATION, with_chip_reader(READER, SCANNER), [("no-way-to-identify", True)]),
        (TAKES_SOCIAL_SECURITY, with_chip_reader(READER, SCANNER), [("scanner-down", False)]),
        (TAKES_SOCIAL_SECURITY, with_chip_reader(READER), []),
        (TAKES_SOCIAL_SECURITY, facts(READER, SCANNER), [("no-way-to-identify", True)]),
        (TWO_FACTORS, facts(online=False), [("second-proof-needs-line", True), ("sent-later", False)]),
        (TWO_FACTORS, facts(SCANNER), [("second-proof-missing", True)]),
        (TWO_FACTORS, facts(READER), [("second-proof-missing", True)]),
        (APPLICATION, facts(PRINTER), [("printer-down", False)]),
        (PRINT, facts(PRINTER), [("printer-needed", True)]),
        (ENQUIRY, facts(PRINTER), [("printer-down", False)]),
        (APPLICATION, printer(paper=Paper.END), [("paper-out", False)]),
        (PRINT, printer(paper=Paper.END), [("paper-out", True)]),
        (PRINT, printer(cover=Cover.OPEN), [("printer-needed", True)]),
        (PRINT, printer(paper=Paper.NEAR_END), [("paper-low", False)]),
        (PRINT, printer(paper=Paper.UNKNOWN, cover=Cover.UNKNOWN), []),
        (APPLICATION, facts(can_keep=False), [("cannot-keep", True)]),
        (ENQUIRY, facts(can_keep=False), []),
        (APPLICATION, facts(queue=QueueFacts(full=True)), [("queue-full", True)]),
        (APPLICATION, facts(queue=QueueFacts(too_old=True)), [("queue-too-old", True)]),
        (APPLICATION, facts(queue=QueueFacts(full=True, untold=frozenset({"another"}))), [("queue-full", True)]),
        (
            APPLICATION,
            facts(queue=QueueFacts(full=True, untold=frozenset({APPLICATION.code})), online=False),
            [("only-kept-before", False)],
        ),
        (
            APPLICATION,
            facts(can_keep=False, queue=QueueFacts(untold=frozenset({APPLICATION.code}))),
            [("only-kept-before", False)],
        ),
        (APPLICATION, facts(queue=QueueFacts(untold=frozenset({APPLICATION.code}))), []),
        (ENQUIRY, facts(queue=QueueFacts(too_old=True)), []),
        (PRINT, facts(queue=QueueFacts(full=True)), []),
        (CAPTURED, facts(), [("needs-document-camera", True)]),
        (CAPTURED, facts(queue=QueueFacts(untold=frozenset({CAPTURED.code}))), [("only-kept-before", False)]),
        (CAPTURED, facts(queue=QueueFacts(full=True, untold=frozenset({CAPTURED.code}))), [("only-kept-before", False)]),
        (APPLICATION, facts(READER, closed="out-of-service"), [("out-of-service", True)]),
        (item(materials=[{"name": text("户口簿"), "kind": "e-certificate"}]), facts(), []),
        (item(**DEDICATED), facts(), [("needs-dedicated-machine", False)]),
        (item("PR-003", kind="print", pages=1, **DEDICATED), facts(), [("needs-dedicated-machine", True)]),
    ],
)
def test_each_obstacle_is_told_before_the_first_input(chosen: Item, around: Facts, obstacles: list[tuple[str, bool]]) -> None:
    assert told(chosen, around) == obstacles
    assert all(code in CODES for code, _ in obstacles)


def test_a_closed_data_source_blocks_an_enquiry_and_only_warns_an_application() -> None:
    night = NOON.replace(hour=3)
    assert told(item("PR-001", kind="enquiry", hours=NIGHT_CLOSED), facts(), night) == [("data-source-closed", True)]
    assert told(item(hours=NIGHT_CLOSED), facts(), night) == [("data-source-closed", False)]
    assert check(item(hours=NIGHT_CLOSED), facts(), night)[0].detail == NIGHT_CLOSED


def test_a_document_camera_takes_its_obstacle_away() -> None:
    chosen = item(materials=[{"name": text("合同"), "kind": "required"}])
    around = facts()
    camera = {DeviceKind.DOCUMENT_CAMERA.value: status(DeviceKind.DOCUMENT_CAMERA)}
    assert check(chosen, replace(around, devices={**around.devices, **camera}), NOON) == ()


@pytest.mark.parametrize(
    ("chosen", "around", "why"),
    [
        (PRINT, facts(), ""),
        (PRINT, printer(paper=Paper.NEAR_END), ""),
        (PRINT, printer(paper=Paper.END), "paper-out"),
        (PRINT, facts(PRINTER), "printer-down"),
        (ENQUIRY, facts(PRINTER), "printer-down"),
    ],
)
def test_why_no_paper_comes_out_is_told_where_none_does_and_only_there(chosen: Item, around: Facts, why: str) -> None:
    assert why_no_print(chosen, around) == why


def test_what_blocks_is_told_first() -> None:
    found = check(item(hours=NIGHT_CLOSED), facts(READER, SCANNER, online=False), NOON.replace(hour=3))
    assert [obstacle.blocking for obstacle in found] == sorted((o.blocking for o in found), reverse=True)


@pytest.mark.parametrize(
    ("hours", "at", "is_it"),
    [
        ("00:00-24:00", "00:00", True),
        ("00:00-24:00", "23:59", True),
        ("08:30-17:30", "08:29", False),
        ("08:30-17:30", "08:30", True),
        ("08:30-17:30", "17:30", False),
        ("22:00-06:00", "23:00", True),
        ("22:00-06:00", "05:59", True),
        ("22:00-06:00", "12:00", False),
        ("06:00-24:00", "05:59", False),
    ],
)
def test_opening_hours_hold_at_their_edges(hours: str, at: str, is_it: bool) -> None:
    hour, minute = map(int, at.split(":"))
    assert is_open(hours, NOON.replace(hour=hour, minute=minute, second=59)) is is_it
