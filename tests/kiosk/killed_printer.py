"""A kiosk's printer to be killed: prints one job on the printer at PORT, its notes in the store in DIRECTORY.

`python -m tests.kiosk.killed_printer DIRECTORY PORT JOB`; says `online` and waits for a line, prints, says how the job ended.
"""

from __future__ import annotations

import queue
import sys
from pathlib import Path

from devices.rack import Rack
from devices.receipt_printer import escpos
from devices.receipt_printer.slip import Line, Slip
from devices.reports import DeviceState, Report, SlipFailed, SlipPrinted, StatusChanged
from devices.settings import DeviceModel, DeviceSettings
from kiosk.print_notes import PrintNotes, settle_broken_off
from offline_cache.hall_time import hall_now
from offline_cache.settings import StoreSettings
from offline_cache.store import Store

SLIP = Slip((Line("受理回执"),))
PATIENCE_SECONDS = 60.0


def main() -> None:
    directory, port, job = sys.argv[1:]
    escpos.END_MARK_SECONDS = PATIENCE_SECONDS  # whoever kills it may come late
    store = Store(StoreSettings(directory=Path(directory)), None)
    for broken_off in store.call(settle_broken_off).result():
        print("broken off", *broken_off, flush=True)
    told: queue.SimpleQueue[Report] = queue.SimpleQueue()
    settings = DeviceSettings(name="receipt-printer", model=DeviceModel.ESCPOS, port=port, emulated=True)
    rack = Rack([settings], told.put, hall_now, notes=PrintNotes(store))
    rack.start()
    while True:
        match told.get(timeout=PATIENCE_SECONDS):
            case StatusChanged(status) if status.state is DeviceState.ONLINE and not sys.stdin.closed:
                print("online", flush=True)
                sys.stdin.readline()
                sys.stdin.close()
                rack.print_slip(job, SLIP)
            case SlipPrinted():
                print("printed", flush=True)
                break
            case SlipFailed(_, _, code):
                print(code, flush=True)
                break
            case _:
                pass
    rack.stop()
    store.stop()


if __name__ == "__main__":
    main()
