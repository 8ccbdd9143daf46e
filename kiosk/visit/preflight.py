"""What stands in the way of an item here and now, before the first input; pure, in every thread."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from devices.reports import Cover, DeviceKind, DeviceStatus, Paper
from kiosk.catalogue.model import Item, Kind, MaterialKind
from kiosk.visit.facts import Facts
from kiosk.visit.visit import ONLY_KEPT_BEFORE, Obstacle
from offline_cache.records import EARLIEST_MS

NO_CAMERA = "needs-document-camera"
NOTHING_NEW = frozenset({"queue-full", "queue-too-old", "cannot-keep", NO_CAMERA})
"""Why an application cannot be begun; of one that is kept already, what is missing is missing no more."""


def check(item: Item, facts: Facts, now: datetime) -> tuple[Obstacle, ...]:
    """Everything in the item's way, what blocks it first; empty when nothing is. `now` is local time."""
    if facts.closed:
        return (Obstacle(facts.closed, blocking=True),)
    if item.kind is Kind.PAYMENT:
        return (Obstacle("payment-not-here", blocking=True),)
    if facts.clock_astray or has_lost_its_time(now):
        return (Obstacle("clock-lost", blocking=True),)
    found = [
        *_place(item, facts),
        *_line(item, facts),
        *_hours(item, now),
        *_proofs(item, facts),
        *_store(item, facts),
        *_paper(item, facts),
    ]
    if item.code in facts.queue.untold and any(obstacle.code in NOTHING_NEW for obstacle in found):
        # Whoever was cut off where nothing can be begun since then must get their receipt, or they enter it again elsewhere.
        # That one can go on as usual, and it is sent later, is not said beside it.
        found = [obstacle for obstacle in found if obstacle.code not in (*NOTHING_NEW, "sent-later")]
        found.append(Obstacle(ONLY_KEPT_BEFORE, blocking=False))
    return tuple(sorted(found, key=lambda obstacle: not obstacle.blocking))


def has_lost_its_time(now: datetime) -> bool:
    """True by a clock whose battery was empty: every card would be refused as not valid yet, and every receipt dated wrong."""
    return now.timestamp() * 1000 < EARLIEST_MS


def needs_answer_now(item: Item) -> bool:
    """True for what cannot wait in the queue: enquiries, documents to print, payments."""
    return item.kind is not Kind.APPLICATION


def is_open(hours: str, now: datetime) -> bool:
    """True when the data source with these opening hours (`HH:MM-HH:MM`) answers at this local time of day."""
    opens, closes = hours.split("-")
    first, moment = time.fromisoformat(opens), now.time()
    if closes == "24:00":
        return moment >= first
    last = time.fromisoformat(closes)
    if first <= last:
        return first <= moment < last
    return moment >= first or moment < last  # over midnight


def why_no_print(item: Item, facts: Facts) -> str:
    """Code of why nothing of this item would come out of a printer now; "" when it would."""
    found = next((obstacle.code for obstacle in _paper(item, facts) if obstacle.code != "paper-low"), "")
    return "printer-down" if found == "printer-needed" else found


def _place(item: Item, facts: Facts) -> Iterator[Obstacle]:
    captured = any(material.kind is MaterialKind.REQUIRED for material in item.materials)
    if captured and not facts.usable(DeviceKind.DOCUMENT_CAMERA):
        yield Obstacle(NO_CAMERA, blocking=True)
    if item.needs_dedicated_machine:
        # An application is guided and accepted beforehand here; a certified document can only come out of its machine.
        yield Obstacle("needs-dedicated-machine", blocking=item.kind is Kind.PRINT)


def _line(item: Item, facts: Facts) -> Iterator[Obstacle]:
    if not facts.online:
        yield (
            Obstacle("offline-needs-centre", blocking=True) if needs_answer_now(item) else Obstacle("sent-later", blocking=False)
        )


def _hours(item: Item, now: datetime) -> Iterator[Obstacle]:
    if not is_open(item.hours, now):
        yield Obstacle("data-source-closed", blocking=needs_answer_now(item), detail=item.hours)


def _proofs(item: Item, facts: Facts) -> Iterator[Obstacle]:
    card = facts.usable(DeviceKind.CARD_READER) or (
        item.accepts_social_security_card and facts.usable(DeviceKind.CHIP_CARD_READER)
    )
    scanner = facts.usable(DeviceKind.CODE_SCANNER)
    code = scanner and facts.online
    # Of an identity card: a social-security card brings no photograph.
    face = facts.usable(DeviceKind.CARD_READER) and not facts.why_no_face
    if not card and not code:
        yield Obstacle("no-way-to-identify", blocking=True)
    elif item.identity_factors == 2 and not (card and (code or face)):
        yield Obstacle("second-proof-missing" if facts.online else "second-proof-needs-line", blocking=True)
    elif not card:
        yield Obstacle("card-reader-down", blocking=False)
    elif not scanner and facts.fitted(DeviceKind.CODE_SCANNER):
        yield Obstacle("scanner-down", blocking=False)


def _store(item: Item, facts: Facts) -> Iterator[Obstacle]:
    if item.kind is not Kind.APPLICATION:
        return
    if facts.why_nothing_new:
        yield Obstacle(facts.why_nothing_new, blocking=True)


def _paper(item: Item, facts: Facts) -> Iterator[Obstacle]:
    printers = [status for status in facts.devices.values() if status.kind is DeviceKind.RECEIPT_PRINTER]
    ready = [printer for printer in printers if _prints(printer)]
    if item.kind is Kind.PRINT and facts.usable(DeviceKind.DOCUMENT_PRINTER):
        return
    if ready:
        if all(printer.paper is Paper.NEAR_END for printer in ready):
            yield Obstacle("paper-low", blocking=False)
        return
    if any(printer.paper is Paper.END for printer in printers):
        yield Obstacle("paper-out", blocking=item.kind is Kind.PRINT)
    elif item.kind is Kind.PRINT:
        yield Obstacle("printer-needed", blocking=True)
    else:
        yield Obstacle("printer-down", blocking=False)


def _prints(printer: DeviceStatus) -> bool:
    return printer.usable and printer.paper is not Paper.END and printer.cover is not Cover.OPEN
