"""Devices that are not there, or stop in the middle: the kiosk serves what it can and says what it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from devices.emulators.bench import CARD_READER, CODE_SCANNER, FACE_CAMERA, IN_ORDER, RECEIPT_PRINTER, Bench
from devices.reports import DeviceKind, DeviceState
from kiosk.visit import events as ev
from kiosk.visit.visit import Obstacle, OutcomeKind, Printing, Step
from tests.stories.stand import APPLICATION, PRINT, USUAL, Stand

EVERY = (*USUAL, FACE_CAMERA)


def test_with_nothing_plugged_in_at_the_start_it_says_so_and_each_device_works_once_plugged(build: Any, bench: Bench) -> None:
    for device in EVERY:
        bench.unplug(device)
    stand: Stand = build(devices=EVERY).start(ready=False)
    stand.until(lambda: all(one.state is DeviceState.NO_DEVICE for one in stand.facts.devices.values()))
    stand.until(lambda: stand.facts.online)
    stand.to_guide(APPLICATION)
    assert stand.visit.obstacles is not None
    assert stand.visit.obstacles[0] == Obstacle("no-way-to-identify", blocking=True)
    assert Obstacle("printer-down", blocking=False) in stand.visit.obstacles
    told = {found.where: found.code for found in stand.kiosk.diagnosis().troubles}
    assert told == dict.fromkeys(EVERY, "port-missing")
    for device in EVERY:
        bench.plug(device)
    stand.until(lambda: all(one.usable for one in stand.facts.devices.values()))
    assert stand.visit.obstacles == ()
    assert {found.where for found in stand.kiosk.diagnosis().troubles} <= {FACE_CAMERA}  # its model may not be installed


def test_a_kiosk_without_any_device_still_tells_what_one_needs(build: Any) -> None:
    stand: Stand = build(devices=()).start()
    stand.to_guide(PRINT)
    assert stand.visit.obstacles is not None
    assert {one.code for one in stand.visit.obstacles} == {"no-way-to-identify", "printer-needed"}
    assert stand.kiosk.diagnosis().not_fitted == tuple(DeviceKind)
    assert stand.kiosk.diagnosis().troubles == ()


@pytest.mark.parametrize("missing", [CARD_READER, CODE_SCANNER, RECEIPT_PRINTER])
def test_missing_one_device_at_the_start_an_application_still_reaches_the_centre(
    build: Any, bench: Bench, centre: Any, missing: str
) -> None:
    bench.unplug(missing)
    stand: Stand = build().start(ready=False)
    stand.until(lambda: all(one.usable for one in stand.facts.devices.values() if one.device != missing) and stand.facts.online)
    stand.until(lambda: stand.facts.devices[missing].state is not DeviceState.STARTING)
    stand.to_identify(APPLICATION)
    if missing == CARD_READER:
        bench.code(centre.token("ceshi"))
        stand.until(lambda: stand.visit.person)
    else:
        stand.lay_card()
    stand.answer()
    stand.submit()
    stand.until(lambda: stand.outcome() is OutcomeKind.ACCEPTED)
    assert len(centre.ledger(stand.settings.kiosk.number)) == 1


def test_out_of_paper_in_the_middle_of_a_slip_the_receipt_is_on_the_screen_and_the_visit_ends_well(stand: Stand) -> None:
    stand.to_review()
    stand.submit()
    stand.until(lambda: stand.outcome() is OutcomeKind.ACCEPTED)
    stand.bench.misbehave(RECEIPT_PRINTER, "runs-out")
    stand.send(ev.PrintAsked())
    stand.until(lambda: stand.visit.printing is Printing.FAILED)
    assert stand.visit.print_trouble == "paper-out"
    assert stand.kiosk.session.slip_png().startswith(b"\x89PNG")
    assert stand.bench.slips() == ()
    stand.bench.misbehave(RECEIPT_PRINTER, IN_ORDER)
    stand.until(lambda: stand.facts.devices[RECEIPT_PRINTER].usable)
    stand.send(ev.PrintAsked())
    stand.until(lambda: stand.visit.printing is Printing.PRINTED)
    assert stand.visit.receipt_number in stand.slip_says()
    stand.leave()
    stand.until(lambda: stand.rows()[0].printed_at_ms)
    stand.until_logged("visit-ended", how="finished", step=Step.FAREWELL.value)
