"""What CUPS 2.4.2's programs said, recorded, and whatever else they may say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.document_printer.cups_words import Queue, read_jobs, read_queue, read_request
from devices.errors import CoverOpen, PaperOut, PrinterError, PrinterOffline

IDLE = "printer Q is idle.  enabled since Fri Nov 27 05:13:03 2026\n"
DISABLED = "printer Q disabled since Fri Nov 27 05:13:04 2026 -\n\tPaused\n"
PRINTING = "printer Q now printing Q-14.  enabled since Fri Nov 27 05:14:25 2026\n"
JOBS = "Q-12                    root              7168   Fri Nov 27 05:14:21 2026\n\tStatus: \n\tqueued for Q\n"


def test_recorded_answers() -> None:
    assert read_request("request id is Q-10 (0 file(s))\n") == "Q-10"
    assert read_request("") is None
    assert read_queue(IDLE) == Queue(enabled=True)
    assert read_queue(DISABLED) == Queue(enabled=False)
    assert read_queue(PRINTING) == Queue(enabled=True)
    assert read_jobs(JOBS) == ("Q-12",)
    assert read_queue(PRINTING + "\tForm mounted:\n\tAlerts: media-empty-error cover-open-report\n").reasons == (
        "media-empty-error",
        "cover-open-report",
    )


@pytest.mark.parametrize(
    ("queue", "trouble"),
    [
        (Queue(enabled=True), None),
        (Queue(enabled=False), PrinterOffline),
        (Queue(enabled=True, reasons=("media-empty-error",)), PaperOut),
        (Queue(enabled=True, reasons=("media-empty",)), PaperOut),
        (Queue(enabled=True, reasons=("media-low-warning", "toner-low-report")), None),
        (Queue(enabled=True, reasons=("offline-report", "cover-open-error")), CoverOpen),
        (Queue(enabled=True, reasons=("offline-report",)), PrinterOffline),
        (Queue(enabled=False, reasons=("media-jam-error",)), PrinterOffline),
    ],
)
def test_reasons_become_troubles(queue: Queue, trouble: type[PrinterError] | None) -> None:
    found = queue.trouble()
    assert (type(found) if found else None) is trouble


@given(st.text())
def test_any_words_are_read_without_an_error(said: str) -> None:
    read_queue(said).trouble()
    assert isinstance(read_jobs(said), tuple)
    assert read_request(said) is None or "-" in said
