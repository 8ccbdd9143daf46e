"""A whole kiosk on a stand: real store, real adapters on emulated devices, a real line; the test's thread is its own thread."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from devices.emulators.bench import CARD_READER, CODE_SCANNER, RECEIPT_PRINTER, Bench
from kiosk.assembly import Kiosk
from kiosk.catalogue.model import Item
from kiosk.settings import Settings
from kiosk.staff.sign_in import hash_pin
from kiosk.visit import events as ev
from kiosk.visit.facts import Facts
from kiosk.visit.visit import OutcomeKind, Printing, Step, Visit
from offline_cache.database import open_read_only
from offline_cache.journal import Filter, Journal
from offline_cache.records import RecordFacts
from offline_cache.review import Review

PATIENCE_SECONDS = 60.0
"""Longer than anything here takes, on the slowest machine."""
TICK_SECONDS = 0.05
USUAL = (CARD_READER, CODE_SCANNER, RECEIPT_PRINTER)
TECHNICIAN, TECHNICIAN_PIN = "08", "246802"
MANAGER, MANAGER_PIN = "01", "135791"
PIN_HASHES = {pin: hash_pin(pin, b"sixteen bytes ..") for pin in (TECHNICIAN_PIN, MANAGER_PIN)}
ZONE = "social-insurance"
APPLICATION, PRINT, BOTH_PROOFS = "SI-113", "SI-121", "SI-108"
"""Items whose data sources never close: one to apply for, one to print, one that wants card and code."""
ANSWERS = {
    APPLICATION: {"town": "chengguan", "group": "resident", "phone": "13800138000"},
    BOTH_PROOFS: {"service": "activate", "phone": "13800138000"},
}
QUICK: Mapping[str, object] = {
    "connect_timeout_seconds": 5.0,
    "read_timeout_seconds": 20.0,
    "heartbeat_seconds": 600.0,
    "events_seconds": 600.0,
    "probe_seconds": 0.1,
    "rejoin_spread_seconds": 0.0,
    "backoff_base_seconds": 0.05,
    "backoff_cap_seconds": 0.5,
    "line_cap_seconds": 0.2,
}
"""The same policy with short waits. Heartbeats are rare, so that a story's own requests are the ones that meet its faults."""


def settings_text(
    directory: Path, number: str, centre_url: str, bench: Bench | None, devices: Sequence[str], centre: Mapping[str, object]
) -> str:
    """The kiosk's settings file."""
    lines = ["[hall]", 'name = "示例大厅"', 'name_en = "Sample Hall"', 'area = "369999"', f'zone = "{ZONE}"']
    lines += ["[kiosk]", f'number = "{number}"', "practice = true", "[store]", f'directory = "{directory / "store"}"']
    lines += ["[centre]", f'url = "{centre_url}"', *(f"{name} = {value}" for name, value in {**QUICK, **centre}.items())]
    for device in bench.settings() if bench is not None else ():
        if device.name in devices:
            lines += ["[[devices]]", f'name = "{device.name}"', f'model = "{device.model.value}"']
            lines += [f'port = "{device.port}"', "emulated = true"]
    for staff, role, pin in ((TECHNICIAN, "technician", TECHNICIAN_PIN), (MANAGER, "manager", MANAGER_PIN)):
        lines += ["[[staff]]", f'number = "{staff}"', f'role = "{role}"', f'pin_hash = "{PIN_HASHES[pin]}"']
    return "\n".join(lines) + "\n"


class Time:
    """The monotonic clock, which a test may put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


class Stand:
    """A kiosk that lives on the test's thread: what others post is done, and the clock ticks, while the test waits."""

    def __init__(self, settings: Settings, bench: Bench | None) -> None:
        """Without a bench the devices are moved from elsewhere."""
        self.settings = settings
        self._bench = bench
        self.time = Time()
        self._posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._next_tick = 0.0
        self.wiped = 0
        self.kiosk = Kiosk(settings, self._posted.put, self._wipe, monotonic=self.time)

    def _wipe(self) -> None:
        self.wiped += 1

    @property
    def bench(self) -> Bench:
        assert self._bench is not None
        return self._bench

    @property
    def visit(self) -> Visit:
        return self.kiosk.session.visit

    @property
    def facts(self) -> Facts:
        return self.kiosk.session.facts

    def until(self, wanted: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
        """Live until it is so; fails with how things stand."""
        deadline = time.monotonic() + seconds
        while not wanted():
            now = time.monotonic()
            assert now < deadline, f"in vain; {self.visit}; {self.facts}; {self.log()[-12:]}"
            if now >= self._next_tick:
                self._next_tick = now + TICK_SECONDS
                self.kiosk.tick()
            try:
                self._posted.get(timeout=max(0.001, self._next_tick - time.monotonic()))()
            except queue.Empty:
                continue

    def start(self, *, ready: bool = True) -> Stand:
        """Start; ready: all devices usable, the line up, and quiet: a story's own request meets its faults."""
        self.kiosk.start()
        if ready:
            self.until(lambda: all(one.usable for one in self.facts.devices.values()) and self.facts.online)
            self.until(self._first_requests_are_over)
        return self

    def _first_requests_are_over(self) -> bool:
        """The log goes last of what a start asks of the centre."""
        sender = self.kiosk._sender
        return sender is not None and sender._events.due > 0.0

    def stop(self) -> None:
        self.kiosk.stop()

    def send(self, *events: ev.Event) -> None:
        for event in events:
            self.kiosk.session.send(event)

    def item(self, code: str) -> Item:
        item = self.kiosk.shelf.catalogue().item(code)
        assert item is not None
        return item

    # --- what a resident does ---------------------------------------------------------------------------------------

    def to_guide(self, code: str) -> None:
        self.send(ev.ZoneChosen(ZONE), ev.ItemChosen(self.item(code)))
        assert self.visit.step is Step.GUIDE

    def to_identify(self, code: str) -> None:
        self.to_guide(code)
        assert not self.visit.blocked, self.visit.obstacles
        self.send(ev.WentOn(), ev.ConsentTicked(ticked=True), ev.WentOn())
        assert self.visit.step is Step.IDENTIFY

    def lay_card(self, name: str = "ceshi") -> None:
        self.bench.card(name)
        self.until(lambda: self.visit.person)

    def answer(self) -> None:
        """From the accepted proofs through the form."""
        assert self.visit.item is not None
        self.send(ev.WentOn())
        for group in self.visit.item.form:
            given = ANSWERS[self.visit.item.code]
            self.send(*(ev.Answered(field.name, given[field.name]) for field in group.fields if field.name in given), ev.WentOn())

    def to_review(self, code: str = APPLICATION, name: str = "ceshi") -> None:
        self.to_identify(code)
        self.lay_card(name)
        self.answer()
        assert self.visit.step is Step.REVIEW, (self.visit, self.visit.complaints)

    def submit(self) -> str:
        """提交, until it is said how it went; the key."""
        self.send(ev.PromiseTicked(ticked=True))
        self.kiosk.session.submit()
        key = self.visit.key
        self.until(lambda: self.visit.step is Step.OUTCOME)
        return key

    def take_receipt(self) -> None:
        slips = len(self.bench.slips())
        self.send(ev.PrintAsked())
        self.until(lambda: self.visit.printing is Printing.PRINTED)
        assert len(self.bench.slips()) == slips + 1

    def leave(self) -> None:
        """From the receipt, or an outcome without one, to the first screen."""
        self.bench.lift_card()
        self.send(ev.WentOn(), ev.RatingSkipped(), ev.WentOn())
        assert self.visit == Visit()

    def give_the_receipt_only_to_who_was_cut_off(self, item: str, key: str) -> None:
        """Where the item cannot be begun: somebody else is not offered to go on, the one with this submission is told at once."""
        self.to_identify(item)
        self.lay_card("changqi")  # somebody else
        self.send(ev.WentOn())
        assert (self.visit.step, self.visit.notice) == (Step.IDENTIFY, "nothing-kept-before")
        self.bench.lift_card()
        self.send(ev.Left(), ev.WentOn())
        self.to_identify(item)
        self.lay_card()
        self.until(lambda: self.visit.step is Step.OUTCOME)
        assert (self.visit.key, self.outcome()) == (key, OutcomeKind.KEPT)
        self.take_receipt()

    def outcome(self) -> OutcomeKind:
        assert self.visit.outcome is not None
        return self.visit.outcome.kind

    def slip_says(self) -> str:
        """All words of the latest slip."""
        return "\n".join(self.bench.slips()[-1].texts)

    # --- what lies on the disk, read beside the running kiosk -------------------------------------------------------

    def log(self, *events: str) -> list[dict[str, Any]]:
        """What the journal holds, oldest first."""
        with closing(open_read_only(self.settings.store.database_file)) as connection:
            found = Journal(connection).find(Filter(events=events), 10_000)
        return [{"event": one.event, "visit": one.visit, **one.facts} for one in reversed(found)]

    def rows(self) -> tuple[RecordFacts, ...]:
        """The outbox, newest first."""
        with closing(open_read_only(self.settings.store.database_file)) as connection:
            return Review(connection).rows(limit=1000)

    def until_logged(self, event: str, **facts: object) -> dict[str, Any]:
        """The first such event, once it is written."""

        def found() -> list[dict[str, Any]]:
            return [one for one in self.log(event) if facts.items() <= one.items()]

        self.until(found)
        return found()[0]
