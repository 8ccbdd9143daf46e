"""A whole kiosk that was killed while it printed: the slip's outcome is unknown, logged, and nothing is printed by itself."""

from __future__ import annotations

from typing import Any

from devices.receipt_printer.jobs import PRINTING
from kiosk.settings import load_settings
from kiosk.visit import events as ev
from kiosk.visit.visit import OutcomeKind, Printing
from offline_cache.store import Store
from tests.stories.stand import Stand

VISIT = "0123456789abcdef" * 2


def test_a_slip_under_way_at_the_kill_is_logged_as_unconfirmed_and_the_next_one_comes_out(build: Any) -> None:
    build.enrol()
    build.bench.card("ceshi")
    left_behind = Store(load_settings(build.settings_file).store, None)
    left_behind.call(lambda tables: tables.print_jobs.note("receipt-printer", f"{VISIT}-1", PRINTING, 1)).result()
    left_behind.stop()
    stand: Stand = build.again()
    stand.start()
    assert stand.until_logged("slip-unconfirmed", device="receipt-printer")["device"] == "receipt-printer"
    assert stand.bench.slips() == ()
    stand.to_review()
    stand.submit()
    stand.until(lambda: stand.outcome() is OutcomeKind.ACCEPTED)
    stand.send(ev.PrintAsked())
    stand.until(lambda: stand.visit.printing is Printing.PRINTED)
    first, receipt = stand.bench.slips()
    assert first.texts == []  # what might have hung in the printer is cut off before the next person's slip
    assert receipt.texts
    assert stand.visit.receipt_number in stand.slip_says()
