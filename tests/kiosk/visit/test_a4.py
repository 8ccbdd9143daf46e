"""Documents go to the A4 printer where one is ready; receipts and everything else to the receipt printer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from devices.reports import DeviceKind, DeviceState
from kiosk.visit import events as ev
from kiosk.visit.facts import Facts
from kiosk.visit.preflight import check
from kiosk.visit.visit import Step
from tests.kiosk.visit.samples import APPLICATION, NOON, PRINT, World, facts, record, status
from tests.kiosk.visit.walks import card, send, to_identify

A4 = DeviceKind.DOCUMENT_PRINTER


def with_a4(known: Facts, state: DeviceState = DeviceState.ONLINE) -> Facts:
    return replace(known, devices={**known.devices, A4.value: status(A4, state)})


def codes(known: Facts, item: object = PRINT) -> list[str]:
    return [each.code for each in check(item, known, NOON)]  # type: ignore[arg-type] # PRINT or APPLICATION


def test_a_document_needs_one_of_the_two_printers() -> None:
    down = facts(DeviceKind.RECEIPT_PRINTER)
    assert "printer-needed" in codes(down)
    assert "printer-needed" not in codes(with_a4(down))
    assert "printer-needed" in codes(with_a4(down, DeviceState.OFFLINE))


def test_an_application_still_misses_its_receipt_printer() -> None:
    assert "printer-down" in codes(with_a4(facts(DeviceKind.RECEIPT_PRINTER)), APPLICATION)


@pytest.mark.parametrize(
    ("state", "on_a4"),
    [(DeviceState.ONLINE, True), (DeviceState.OFFLINE, False), (None, False)],
    ids=["ready", "offline", "none"],
)
def test_a_document_is_ordered_from_the_a4_printer_where_it_is_ready(state: DeviceState | None, on_a4: bool) -> None:
    known = facts()
    world = World(facts=with_a4(known, state) if state is not None else known)
    to_identify(world, PRINT)
    card(world)
    send(world, ev.WentOn())
    world.centre.enquiries[0][2](record())
    send(world, ev.WentOn())
    assert world.session.visit.step is Step.RECEIPT
    assert (len(world.devices.documents), len(world.devices.slips)) == ((1, 0) if on_a4 else (0, 1))
