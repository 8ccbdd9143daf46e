from __future__ import annotations

import hashlib
import itertools
import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest

from offline_cache import damage, number_floors, sender, sending_submissions
from offline_cache.asker import Asker
from offline_cache.blob import Blob
from offline_cache.centre import Centre
from offline_cache.database import open_beside
from offline_cache.emulated_line import EmulatedLine, Faults
from offline_cache.errors import CentreError, NothingFound, StoreUnwritable
from offline_cache.hall_time import hall_now
from offline_cache.identity import Identity, public_key_text
from offline_cache.journal import Filter
from offline_cache.journal_heads import TAKEN_FILE, Reached
from offline_cache.records import DAY_MS, EARLIEST_MS, CancelReason, Deferred, KeptRecord, RecordFacts, RecordState
from offline_cache.reports import (
    AnswerArrived,
    CancelOvertaken,
    CatalogueRefused,
    CatalogueStaged,
    ClockCompared,
    Defect,
    JournalRefused,
    KeyRotated,
    LineChanged,
    OrdersGiven,
    Report,
    SettingsRefused,
    SubmissionHeld,
    Vitals,
)
from offline_cache.review import Review
from offline_cache.sender import LAST_SUCCESS, LINE_FAILURES, LINE_RETRY_AT, LINE_WAIT, Sender
from offline_cache.sending import Setup
from offline_cache.settings import StoreSettings
from offline_cache.store import ROTATION_ASKED, Store
from offline_cache.tables import Tables
from offline_cache.wire import BlobTaken, DeviceBeat, Verdict, canonical
from tests.offline_cache.plain_event import plain_event

R = TypeVar("R")
WAIT = 30.0


class Kiosk:
    """Store and sender as a kiosk runs them, towards a centre of the test."""

    def __init__(self, store_settings: StoreSettings, identity: Identity, kit: Any, url: str, **settings: Any) -> None:
        self.kit = kit
        self.store_settings = store_settings
        self.reports: queue.Queue[Report] = queue.Queue()
        self.store = Store(store_settings, identity)
        centre_settings = kit.quick(url, **settings)
        self.centre = Centre(centre_settings, identity)
        vitals = Vitals("1.0", (DeviceBeat(device="card-reader", kind="card-reader", state="online"),), practice=True)
        setup = Setup(store_settings, centre_settings, identity.enrolled.server_public_key, lambda: vitals)
        self.sender = Sender(self.store, self.centre, setup, self.reports.put)

    def keep_with(self, *pages: bytes) -> str:
        """One submission that names these."""
        done: queue.Queue[object] = queue.Queue()
        key: str = self.kit.new_key()
        named = [{"sha256": hashlib.sha256(page).hexdigest()} for page in pages]
        self.store.keep(
            key,
            self.kit.day,
            lambda _: canonical({"key": key, "attachments": named}),
            done.put,
            attachments=[Blob.of(page) for page in pages],
        )
        assert isinstance(done.get(timeout=WAIT), KeptRecord)
        self.store.tell(key)
        return key

    def keep(self, count: int = 1) -> list[str]:
        done: queue.Queue[object] = queue.Queue()
        keys = [self.kit.new_key() for _ in range(count)]
        for key in keys:
            self.store.keep(key, self.kit.day, self.kit.composed(key), done.put)
        heard = [done.get(timeout=WAIT) for _ in keys]
        assert all(isinstance(one, KeptRecord) for one in heard)
        for key in keys:
            self.store.tell(key)  # its resident saw on the screen that it is kept
        return keys

    def hear(self, kind: type[R], fits: Callable[[R], bool] = lambda _: True) -> R:
        """The next report of this kind that fits; others are passed over."""
        until = time.monotonic() + WAIT
        while True:  # heartbeats may report on and on
            report = self.reports.get(timeout=max(0.0, until - time.monotonic()))
            assert not isinstance(report, Defect) or kind is Defect, report
            if isinstance(report, kind) and fits(report):
                return report

    def answered(self, keys: list[str]) -> dict[str, Verdict]:
        left, verdicts = set(keys), {}
        while left:
            answer = self.hear(AnswerArrived).answer
            left.discard(answer.key)
            verdicts[answer.key] = answer.verdict
        return verdicts

    def facts(self, key: str) -> RecordFacts:
        facts = self.store.call(lambda tables: tables.review.facts(key)).result(WAIT)
        assert facts is not None
        return facts

    def state(self, key: str) -> RecordState:
        return self.facts(key).state

    def stop(self) -> None:
        assert self.sender.stop(WAIT)
        self.store.stop()


@pytest.fixture
def open_kiosk(store_settings: StoreSettings, identity: Identity, kit: Any, ledger: Any) -> Iterator[Callable[..., Kiosk]]:
    opened: list[Kiosk] = []

    def opening(url: str = "", **settings: Any) -> Kiosk:
        kiosk = Kiosk(store_settings, identity, kit, url or ledger.url, **settings)
        opened.append(kiosk)
        return kiosk

    yield opening
    ledger.released.set()
    for kiosk in opened:
        kiosk.stop()


@pytest.fixture
def line(ledger: Any) -> Iterator[EmulatedLine]:
    relay = EmulatedLine("127.0.0.1", ledger.port)
    yield relay
    relay.stop()


def test_what_was_kept_before_the_start_is_sent_and_erased(open_kiosk: Callable[..., Kiosk], ledger: Any) -> None:
    kiosk = open_kiosk()
    keys = kiosk.keep(3)
    kiosk.sender.start()
    assert set(kiosk.answered(keys).values()) == {Verdict.ACCEPTED}
    assert ledger.ledger.keys() == set(keys)
    tally = kiosk.store.tally()
    assert (tally.kept, tally.acknowledged, tally.depth) == (3, 3, 0)
    assert kiosk.store.call(lambda tables: tables.review.export(keys[0])).result(WAIT) is None


def test_when_the_centre_last_answered_is_known_after_a_restart_without_an_fsync_of_its_own(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any
) -> None:
    kiosk = open_kiosk()
    said: list[str] = []
    kiosk.store.call(lambda tables: tables.marks._connection.set_trace_callback(said.append)).result(WAIT)
    kiosk.sender.start()
    kiosk.hear(LineChanged, lambda change: change.up)
    kiosk.stop()
    answered_at = kiosk.sender.progress().last_success_at_ms
    assert answered_at
    place = next(place for place, one in enumerate(said) if "INTO mark VALUES ('last-success'" in one)
    assert said[place - 2 : place] == ["PRAGMA synchronous=NORMAL", "BEGIN IMMEDIATE"]
    ledger.always = lambda _: kit.reply(drop=True)
    again = open_kiosk()
    again.sender.start()
    again.hear(LineChanged, lambda change: not change.up)
    assert again.sender.progress().last_success_at_ms == answered_at
    assert not again.sender.progress().online


def test_what_is_kept_now_is_sent_at_once(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(heartbeat_seconds=3600, events_seconds=3600)
    kiosk.sender.start()
    kiosk.hear(LineChanged, lambda change: change.up)
    assert kiosk.answered(kiosk.keep())
    progress = kiosk.sender.progress()
    assert (progress.online, progress.why, progress.tally.depth) == (True, "", 0)
    assert progress.last_success_at_ms


FAULTS: dict[str, dict[str, Any]] = {
    "200 with HTML": {"body": b"<html>", "headers": {"Content-Type": "text/html"}},
    "200 without echo": {"body": b'{"answers": []}'},
    "redirect": {"status": 302, "headers": {"Location": "http://127.0.0.1:9/"}},
    "429 with Retry-After": {"status": 429, "headers": {"Retry-After": "0"}},
    "500": {"status": 500},
    "502 with HTML": {"status": 502, "body": b"<html>", "headers": {"Content-Type": "text/html"}},
    "503": {"status": 503},
    "hanging": {"hang": True},
    "dropped before the effect": {"drop": True},
    "dropped after the effect": {"drop": True, "after": True},
    "cut after the effect": {
        "raw": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{",
        "after": True,
    },
}


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_is_lost_or_doubled_by(open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any, fault: str) -> None:
    kiosk = open_kiosk(read_timeout_seconds=0.2)
    ledger.script["submissions"] = [kit.reply(**FAULTS[fault]) for _ in range(2)]
    keys = kiosk.keep(3)
    kiosk.sender.start()
    assert set(kiosk.answered(keys).values()) == {Verdict.ACCEPTED}
    assert ledger.ledger.keys() == set(keys)
    assert ledger.conflicts == []
    assert kiosk.store.tally().acknowledged == 3


@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_one_refused_submission_needs_a_person_and_the_others_get_through(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any, status: int
) -> None:
    kiosk = open_kiosk()
    keys = kiosk.keep(5)
    bad = keys[2]
    ledger.always = lambda got: kit.refusal(status, "told-why") if bad.encode() in got.body else None
    kiosk.sender.start()
    assert kiosk.hear(SubmissionHeld) == SubmissionHeld(bad, "told-why")
    good = [key for key in keys if key != bad]
    drained(kiosk, 4)
    assert ledger.ledger.keys() == set(good)
    assert kiosk.state(bad) is RecordState.NEEDS_PERSON
    assert kiosk.store.call(lambda tables: tables.review.export(bad)).result(WAIT) is not None
    assert kiosk.sender.progress().online
    ledger.always = lambda _: None
    assert kiosk.store.call(lambda tables: tables.review.retry(bad, 0)).result(WAIT)
    kiosk.sender.wake()
    assert kiosk.answered([bad])


@pytest.mark.parametrize("path", ["submissions", "blobs"])
def test_a_refusal_that_is_no_code_is_not_kept(open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any, path: str) -> None:
    kiosk = open_kiosk()
    key = kiosk.keep_with(SMALL)
    ledger.always = lambda got: kit.refusal(409, f"{kit.name} {kit.number}") if path in got.path else None
    kiosk.sender.start()
    assert kiosk.hear(SubmissionHeld) == SubmissionHeld(key, "content-conflict")
    assert kiosk.facts(key).trouble == "content-conflict"


def drained(kiosk: Kiosk, acknowledged: int) -> None:
    while kiosk.store.tally().acknowledged < acknowledged:
        kiosk.hear(AnswerArrived)


def test_a_submission_the_centre_always_fails_over_does_not_stop_the_others(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any
) -> None:
    kiosk = open_kiosk()
    keys = kiosk.keep(4)
    bad = keys[0]
    ledger.always = lambda got: kit.reply(500) if bad.encode() in got.body else None
    kiosk.sender.start()
    drained(kiosk, 3)
    assert kiosk.state(bad) in (RecordState.QUEUED, RecordState.LEASED)
    ledger.always = lambda _: None
    kiosk.answered([bad])


def test_each_verdict_finds_its_state(open_kiosk: Callable[..., Kiosk], ledger: Any) -> None:
    kiosk = open_kiosk()
    decided, rejected, held, later = keys = kiosk.keep(4)
    correction = {"field": "phone", "zh": "号码不对", "en": "wrong number"}
    ledger.verdicts = {
        decided: {"verdict": "decided", "acceptance_number": "A-9", "approved": True},
        rejected: {"verdict": "rejected", "reason": "corrections", "corrections": [correction]},
        held: {"verdict": "rejected", "reason": "item-unknown"},
        later: {"verdict": "later", "reason": "department-closed", "retry_after_seconds": 3000},
    }
    kiosk.sender.start()
    assert kiosk.answered([decided, rejected, later]) == {
        decided: Verdict.DECIDED,
        rejected: Verdict.REJECTED,
        later: Verdict.LATER,
    }
    assert [kiosk.state(key) for key in keys] == [
        RecordState.ACKNOWLEDGED,
        RecordState.REJECTED,
        RecordState.NEEDS_PERSON,
        RecordState.QUEUED,
    ]


@pytest.mark.parametrize(("status", "code"), [(401, "kiosk-unknown"), (403, "kiosk-revoked")])
def test_a_kiosk_the_centre_does_not_know_waits_and_keeps_everything(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any, status: int, code: str
) -> None:
    kiosk = open_kiosk()
    keys = kiosk.keep(2)
    ledger.always = lambda _: kit.refusal(status, code)
    kiosk.sender.start()
    change = kiosk.hear(LineChanged)
    assert (change.up, change.why, change.refusal) == (False, "kiosk-unknown", code)
    assert kiosk.store.tally().waiting == 2
    ledger.always = lambda _: None
    assert kiosk.answered(keys)


def test_another_reason_of_the_centres_for_the_same_refusal_is_told(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any
) -> None:
    """As when the clock that was wrong is set, and the centre does not know the kiosk either."""
    kiosk = open_kiosk()
    ledger.always = lambda _: kit.refusal(401, "request-stale")
    kiosk.sender.start()
    assert kiosk.hear(LineChanged).refusal == "request-stale"
    ledger.always = lambda _: kit.refusal(401, "kiosk-unknown")
    assert kiosk.hear(LineChanged).refusal == "kiosk-unknown"


@pytest.mark.parametrize(
    "faults",
    [
        Faults(down=True),
        Faults(hanging=True),
        Faults(deaf=True),
        Faults(portal=True),
        Faults(reset=True),
        Faults(cut_after_bytes=0),
        Faults(cut_after_bytes=60),
        Faults(cut_upload_after_bytes=60),
    ],
    ids=lambda faults: str(faults).removeprefix("Faults"),
)
def test_a_line_that_fails_and_heals_loses_nothing(
    open_kiosk: Callable[..., Kiosk], ledger: Any, line: EmulatedLine, faults: Faults
) -> None:
    kiosk = open_kiosk(line.url, read_timeout_seconds=0.2)
    kiosk.sender.start()
    kiosk.hear(LineChanged, lambda change: change.up)
    line.misbehave(faults)
    keys = kiosk.keep(3)
    why = kiosk.hear(LineChanged, lambda change: not change.up).why
    progress = kiosk.sender.progress()
    assert (progress.online, progress.tally.depth) == (False, 3)
    assert why in ("centre-unreachable", "centre-hung", "not-the-centre", "answer-cut")
    line.up()
    kiosk.hear(LineChanged, lambda change: change.up)
    assert kiosk.answered(keys)
    assert ledger.ledger.keys() == set(keys)


def test_a_slow_line_is_slow_and_nothing_else(open_kiosk: Callable[..., Kiosk], ledger: Any, line: EmulatedLine) -> None:
    line.misbehave(Faults(latency_seconds=0.02))
    kiosk = open_kiosk(line.url)
    keys = kiosk.keep(2)
    kiosk.sender.start()
    assert kiosk.answered(keys)
    assert sorted(ledger.deliveries) == sorted(keys)


def test_a_kiosk_that_starts_offline_sends_when_the_line_comes(
    open_kiosk: Callable[..., Kiosk], ledger: Any, line: EmulatedLine
) -> None:
    line.down()
    kiosk = open_kiosk(line.url)
    keys = kiosk.keep(2)
    kiosk.sender.start()
    assert kiosk.hear(LineChanged) == LineChanged(up=False, why="centre-unreachable")
    line.up()
    assert kiosk.answered(keys)
    assert ledger.conflicts == []


def test_a_line_that_may_be_back_is_tried_without_waiting(open_kiosk: Callable[..., Kiosk], line: EmulatedLine) -> None:
    line.down()
    kiosk = open_kiosk(line.url, probe_seconds=60)
    kiosk.sender.start()
    kiosk.hear(LineChanged)
    line.up()
    kiosk.sender.line_may_be_back()
    kiosk.hear(LineChanged, lambda change: change.up)


def test_staff_who_ask_see_the_try_at_once_however_long_the_line_was_away(
    open_kiosk: Callable[..., Kiosk], line: EmulatedLine
) -> None:
    line.down()
    kiosk = open_kiosk(line.url, probe_seconds=60, rejoin_spread_seconds=900)
    later = [0.0]
    kiosk.sender._setup = replace(kiosk.sender._setup, monotonic=lambda: time.monotonic() + later[0], jitter=lambda: 1.0)
    kiosk.sender.start()
    kiosk.hear(LineChanged, lambda change: not change.up)
    later[0] = 3600.0
    line.up()
    kiosk.sender.line_may_be_back()
    kiosk.hear(LineChanged, lambda change: change.up)


def test_a_machine_that_slept_over_a_weekend_has_no_wrong_clock(
    open_kiosk: Callable[..., Kiosk], monkeypatch: pytest.MonkeyPatch
) -> None:
    asleep = [0.0]
    clocks = {time.CLOCK_BOOTTIME: lambda: time.monotonic() + asleep[0]}
    monkeypatch.setattr(
        "offline_cache.elapsed.time", SimpleNamespace(CLOCK_BOOTTIME=time.CLOCK_BOOTTIME, clock_gettime=lambda of: clocks[of]())
    )
    kiosk = open_kiosk(heartbeat_seconds=3600)
    kiosk.sender._setup = replace(kiosk.sender._setup, now_ms=lambda: round((time.time() + asleep[0]) * 1000))
    kiosk.sender.start()
    kiosk.hear(ClockCompared)
    assert not kiosk.sender.progress().clock_astray
    asleep[0] = 2 * DAY_MS / 1000
    assert not kiosk.sender.progress().clock_astray


LONG_AGO = datetime(2016, 2, 29, 8, tzinfo=UTC)


def test_a_clock_that_comes_to_be_years_ahead_at_work_is_told(open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any) -> None:
    kiosk = open_kiosk(heartbeat_seconds=0.2)
    kiosk.sender.start()
    assert abs(kiosk.hear(ClockCompared).offset_ms) < DAY_MS
    assert not kiosk.sender.progress().clock_astray
    stale = b'{"code": "request-stale", "message": "no"}'
    head = f"HTTP/1.1 401 X\r\nDate: {format_datetime(LONG_AGO, usegmt=True)}\r\nContent-Type: application/json\r\n"
    with ledger.lock:
        ledger.orders["clock"] = LONG_AGO.isoformat()
        ledger.script["heartbeats"] = [kit.reply(raw=f"{head}Content-Length: {len(stale)}\r\n\r\n".encode() + stale)]
    reports = (kiosk.reports.get(timeout=WAIT) for _ in range(100))
    before = list(itertools.takewhile(lambda report: not isinstance(report, ClockCompared), reports))
    assert not any(isinstance(report, LineChanged) for report in before), "it is asked again at once, by the time it taught"
    assert kiosk.sender.progress().clock_offset_ms < -9 * 365 * DAY_MS
    assert kiosk.sender.progress().clock_astray
    ledger.orders.clear()
    assert abs(kiosk.hear(ClockCompared).offset_ms) < DAY_MS
    assert not kiosk.sender.progress().clock_astray


@pytest.mark.parametrize("years", [-10, 10])
def test_a_clock_that_went_wrong_while_the_kiosk_was_off_is_known_with_the_line_down_too(
    open_kiosk: Callable[..., Kiosk], ledger: Any, line: EmulatedLine, years: int
) -> None:
    kiosk = open_kiosk(line.url)
    kiosk.sender.start()
    kiosk.hear(LineChanged, lambda change: change.up)
    then_ms = time.time_ns() // 1_000_000 - years * 365 * DAY_MS
    kiosk.store.call(lambda tables: tables.marks.set(LAST_SUCCESS, then_ms)).result(WAIT)
    kiosk.stop()
    line.down()
    again = open_kiosk(line.url)
    again.sender.start()
    again.hear(LineChanged, lambda change: not change.up)
    assert again.sender.progress().clock_astray
    line.up()
    again.sender.line_may_be_back()
    again.hear(LineChanged, lambda change: change.up)
    assert not again.sender.progress().clock_astray


def test_by_a_clock_that_is_years_ahead_nothing_has_stayed_long_enough(
    open_kiosk: Callable[..., Kiosk], ledger: Any, line: EmulatedLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = open_kiosk(line.url, heartbeat_seconds=0.2)
    key = kiosk.keep()[0]
    now_ms = time.time_ns() // 1_000_000
    kiosk.store.call(lambda tables: tables.review.cancel(key, CancelReason.TRIAL, EARLIEST_MS)).result(WAIT)
    kiosk.store.call(lambda tables: tables.marks.set(LAST_SUCCESS, now_ms - 3000 * DAY_MS)).result(WAIT)
    line.down()
    swept: queue.Queue[Any] = queue.Queue()
    sweep = kiosk.store.sweep
    monkeypatch.setattr(kiosk.store, "sweep", lambda tables, **how: (sweep(tables, **how), swept.put(how))[0])
    kiosk.sender.start()
    assert kiosk.hear(LineChanged) == LineChanged(up=False, why="centre-unreachable")
    for _ in range(2):
        assert swept.get(timeout=WAIT) == {"by_clock": False}
    assert not kiosk.facts(key).erased
    line.up()
    kiosk.sender.line_may_be_back()
    kiosk.hear(LineChanged, lambda change: change.up)  # and the clock was right after all
    deadline = time.monotonic() + WAIT
    while not kiosk.facts(key).erased:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_before_it_is_known_when_the_centre_answered_last_nothing_has_stayed_long_enough(
    open_kiosk: Callable[..., Kiosk], ledger: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = open_kiosk(heartbeat_seconds=0.2)
    key = kiosk.keep()[0]
    kiosk.store.call(lambda tables: tables.review.cancel(key, CancelReason.TRIAL, EARLIEST_MS)).result(WAIT)
    looked: queue.Queue[None] = queue.Queue()

    def refused() -> None:
        looked.put(None)
        raise StoreUnwritable("the disk does not answer")

    with monkeypatch.context() as broken:
        broken.setattr(kiosk.sender, "_remember", refused)
        kiosk.sender.start()
        for _ in range(2):  # before the sweep, and after it
            looked.get(timeout=WAIT)
        assert not kiosk.facts(key).erased
    deadline = time.monotonic() + WAIT
    while not kiosk.facts(key).erased:
        assert time.monotonic() < deadline
        kiosk.sender.wake()
        time.sleep(0.02)


def test_when_a_clock_of_another_day_last_heard_the_centre_is_nothing_to_go_by_after_a_restart(
    open_kiosk: Callable[..., Kiosk], ledger: Any
) -> None:
    ledger.orders["clock"] = LONG_AGO.isoformat()
    kiosk = open_kiosk()
    kiosk.sender.start()
    kiosk.answered(kiosk.keep())
    assert kiosk.sender.progress().last_success_at_ms is not None
    assert kiosk.store.call(lambda tables: tables.marks.get(LAST_SUCCESS, 0)).result(WAIT) == 0


def test_a_kiosk_that_starts_with_a_clock_set_back_does_not_wait_for_the_time_it_had(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk()

    def busy_tomorrow(tables: Tables) -> None:
        tables.marks.set(LINE_FAILURES, 3)
        tables.marks.set(LINE_RETRY_AT, time.time_ns() // 1_000_000 + DAY_MS)
        tables.marks.set(LINE_WAIT, 900_000)

    kiosk.store.call(busy_tomorrow).result(WAIT)
    kiosk.sender.start()
    kiosk.hear(LineChanged, lambda change: change.up)


def test_an_overloaded_centre_is_spared_by_a_restarted_kiosk_as_well(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any
) -> None:
    ledger.always = lambda _: kit.refusal(503, "store-unavailable", **{"Retry-After": "3000"})
    kiosk = open_kiosk()
    kiosk.sender.start()
    assert kiosk.hear(LineChanged).why == "centre-busy"
    kiosk.stop()
    asked = ledger.got.qsize()
    again = open_kiosk()
    again.sender.start()
    assert again.hear(LineChanged) == LineChanged(up=False, why="centre-busy"), "why it waits is known as well"
    while (next_try_at_ms := again.sender.progress().next_try_at_ms) is None:
        time.sleep(0.02)
    assert next_try_at_ms > time.time_ns() // 1_000_000 + 2_900_000
    assert ledger.got.qsize() == asked


def test_a_large_backlog_goes_in_batches(open_kiosk: Callable[..., Kiosk], ledger: Any) -> None:
    kiosk = open_kiosk()
    keys = kiosk.keep(250)
    kiosk.sender.start()
    kiosk.answered(keys)
    sent = [got for got in requests(ledger) if got.path.endswith("/submissions")]
    assert len(sent) == 3
    assert sorted(ledger.deliveries) == sorted(keys)


def requests(ledger: Any) -> list[Any]:
    found = []
    while not ledger.got.empty():
        found.append(ledger.got.get_nowait())
    return found


def test_a_heartbeat_tells_how_the_kiosk_is_and_brings_orders(open_kiosk: Callable[..., Kiosk], ledger: Any) -> None:
    ledger.orders = {"out_of_service": True}
    kiosk = open_kiosk()
    kiosk.keep(2)
    kiosk.sender.start()
    assert kiosk.hear(OrdersGiven).orders.out_of_service
    beat = next(json.loads(got.body) for got in requests(ledger) if got.path.endswith("/heartbeats"))
    assert (beat["queue_depth"], beat["kept"], beat["practice"]) == (2, 2, True)
    assert beat["devices"][0]["device"] == "card-reader"
    assert beat["disk_free_bytes"] > 0


def test_events_reach_the_centre_in_order_and_once(open_kiosk: Callable[..., Kiosk], ledger: Any) -> None:
    kiosk = open_kiosk(heartbeat_seconds=0.2, events_seconds=0.2)
    for number in range(1500):
        kiosk.store.log(plain_event("tick", "", {"number": number}))
    kiosk.store.call(lambda _: None).result(WAIT)
    kiosk.sender.start()
    while len(ledger.events) < 1500:
        kiosk.hear(OrdersGiven)
    kiosk.hear(OrdersGiven)
    assert [event["seq"] for event in ledger.events] == list(range(1, 1501))
    assert len(kiosk.store.call(lambda tables: tables.journal.find(Filter(), 2000)).result(WAIT)) == 1500


def send_events(kiosk: Kiosk, ledger: Any, count: int) -> None:
    """Until so many have arrived, or time is up."""
    for n in range(count):
        kiosk.store.log(plain_event("page-shown", "", {"n": n}))
    kiosk.sender.start()
    deadline = time.monotonic() + WAIT
    while (not ledger.events or ledger.events[-1]["seq"] < count) and time.monotonic() < deadline:
        time.sleep(0.02)


def test_events_travel_over_a_line_that_carries_only_some_in_time(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any
) -> None:
    kiosk = open_kiosk(read_timeout_seconds=0.2, events_seconds=0.2)
    ledger.always = lambda got: kit.reply(hang=True) if got.path.endswith("/events") and len(got.body) > 40_000 else None
    send_events(kiosk, ledger, 600)
    arrived = [event["seq"] for event in ledger.events]  # some twice, where an answer of this machine's came too late
    assert list(dict.fromkeys(arrived)) == list(range(1, 601))


def gateway(kit: Any, most_bytes: int) -> Callable[[Any], Any]:
    """One that takes no larger requests."""
    page = kit.reply(status=413, body=b"<html>too large</html>", headers={"Content-Type": "text/html"})
    return lambda got: page if len(got.body) > most_bytes else None


def test_events_travel_through_a_gateway_that_takes_only_some_at_once(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any
) -> None:
    kiosk = open_kiosk(events_seconds=0.2)
    ledger.always = gateway(kit, 40_000)
    send_events(kiosk, ledger, 600)
    assert [event["seq"] for event in ledger.events] == list(range(1, 601))
    assert kiosk.sender.progress().refused == {}


def test_a_gateway_that_takes_no_events_at_all_is_told_and_stops_nothing_else(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any
) -> None:
    kiosk = open_kiosk()
    page = kit.reply(status=413, body=b"<html>too large</html>", headers={"Content-Type": "text/html"})
    ledger.always = lambda got: page if got.path.endswith("/events") else None
    kiosk.store.log(plain_event("tick"))
    kiosk.store.call(lambda _: None).result(WAIT)
    kiosk.sender.start()
    assert kiosk.hear(JournalRefused) == JournalRefused("content-too-large")
    assert kiosk.answered(kiosk.keep())


@pytest.mark.parametrize("tells_where_it_stands", [True, False])
def test_a_journal_the_centre_refuses_is_told_and_stops_nothing_else(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any, tells_where_it_stands: bool
) -> None:
    ledger.script["events"] = [kit.refusal(409, "chain-broken")] * (1 if tells_where_it_stands else 2)
    kiosk = open_kiosk()
    kiosk.store.log(plain_event("tick"))
    kiosk.store.call(lambda _: None).result(WAIT)
    kiosk.sender.start()
    assert kiosk.hear(JournalRefused) == JournalRefused("chain-broken")
    assert kiosk.sender.progress().refused == {"log": "chain-broken"}
    assert kiosk.answered(kiosk.keep())


def test_numbers_go_on_well_above_those_known_where_the_centre_has_more_of_the_journal(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any
) -> None:
    """As a whole folder leaves it that was put back from a backup: nothing beside the database tells that it is old."""
    ledger.script["events"] = [kit.refusal(409, "chain-broken")]
    ledger.events = [{"seq": seq, "hash": f"{seq:064}"} for seq in range(1, 8)]
    kiosk = open_kiosk()
    done: queue.Queue[Any] = queue.Queue()

    def keep() -> int:
        key, today = kit.new_key(), hall_now().date()
        kiosk.store.keep(key, today, kit.composed(key), done.put)
        return int(done.get(timeout=WAIT).serial)

    before = keep()
    kiosk.store.log(plain_event("tick"))
    kiosk.sender.start()
    assert kiosk.hear(JournalRefused) == JournalRefused("chain-broken")
    after = keep()
    assert (before, keep()) == (1, after + 1)
    assert after >= number_floors.SERIAL_STEP


def test_a_journal_is_refused_no_more_once_it_is_taken(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offline_cache.sending_events.REFUSED_JOURNAL_WAIT_SECONDS", 0.2)
    ledger.script["events"] = [kit.refusal(409, "chain-broken")]
    kiosk = open_kiosk()
    kiosk.store.log(plain_event("tick"))
    kiosk.store.call(lambda _: None).result(WAIT)
    kiosk.sender.start()
    kiosk.hear(JournalRefused)
    deadline = time.monotonic() + WAIT
    while kiosk.sender.progress().refused:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert [event["seq"] for event in ledger.events] == [1]


def test_the_head_of_what_was_sent_is_countersigned_and_kept(
    open_kiosk: Callable[..., Kiosk], ledger: Any, identity: Identity, store_settings: StoreSettings
) -> None:
    kiosk = open_kiosk()
    for _ in range(3):
        kiosk.store.log(plain_event("tick"))
    kiosk.store.call(lambda _: None).result(WAIT)
    kiosk.sender.start()

    def verified() -> int:
        return kiosk.store.call(lambda tables: tables.heads.verify(identity.signers)).result(WAIT)

    deadline = time.monotonic() + WAIT
    while verified() == 0:
        assert time.monotonic() < deadline
    (kept,) = kiosk.store.call(lambda tables: tables.heads.all()).result(WAIT)
    assert kept.head.seq == 3
    taken = Reached(3, ledger.events[-1]["hash"])
    assert Reached.load(store_settings.directory, TAKEN_FILE) == Reached.load(store_settings.directory) == taken


def test_a_centre_with_another_key_is_told_once_though_it_takes_the_journal(
    store_settings: StoreSettings, identity: Identity, kit: Any, ledger: Any
) -> None:
    """Nothing would be countersigned any more, and nobody would know."""
    enrolled = replace(identity.enrolled, server_public_key=public_key_text(identity.signing_key))
    kiosk = Kiosk(store_settings, replace(identity, enrolled=enrolled), kit, ledger.url, events_seconds=0.2)
    try:
        kiosk.store.log(plain_event("tick"))
        kiosk.store.call(lambda _: None).result(WAIT)
        kiosk.sender.start()
        assert kiosk.hear(JournalRefused) == JournalRefused("replica-refused")
        while len([got for got in ledger.got.queue if got.path.endswith("/events")]) < 3:
            time.sleep(0.02)
        assert kiosk.sender.progress().refused == {"log": "replica-refused"}
        assert not [one for one in kiosk.reports.queue if isinstance(one, JournalRefused)]
    finally:
        kiosk.stop()


@pytest.mark.parametrize("harm", ["DELETE FROM journal_head", "UPDATE journal_head SET at = CAST(x'31FF' AS TEXT)"])
def test_a_head_that_is_damaged_here_while_it_is_sent_is_no_other_key_of_the_centre(
    open_kiosk: Callable[..., Kiosk], ledger: Any, store_settings: StoreSettings, harm: str
) -> None:
    def harmed(got: Any) -> None:
        if got.path.endswith("/events") and json.loads(got.body)["head"] is not None:
            with closing(open_beside(store_settings.database_file)) as beside:
                beside.execute(harm)

    ledger.always = harmed
    kiosk = open_kiosk()
    kiosk.store.log(plain_event("tick"))
    kiosk.store.call(lambda _: None).result(WAIT)
    kiosk.sender.start()
    deadline = time.monotonic() + WAIT
    while Reached.load(store_settings.directory, TAKEN_FILE) is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    kiosk.store.call(lambda _: None).result(WAIT)
    assert kiosk.sender.stop()
    assert kiosk.sender.progress().refused == {}
    assert not [one for one in kiosk.reports.queue if isinstance(one, JournalRefused)]
    assert Reached.load(store_settings.directory) is None


def test_after_a_new_enrolment_the_journal_is_sent_from_where_the_centre_stands(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any
) -> None:
    ledger.script["events"] = [kit.refusal(409, "chain-broken")]
    kiosk = open_kiosk()
    for _ in range(5):
        kiosk.store.log(plain_event("tick"))
    kiosk.store.call(lambda tables: tables.marks.set("events-next", 4)).result(WAIT)
    kiosk.sender.start()
    while len(ledger.events) < 5:
        ledger.got.get(timeout=WAIT)
    assert [event["seq"] for event in ledger.events] == [1, 2, 3, 4, 5]


def test_a_new_catalogue_is_fetched_checked_and_staged(open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any) -> None:
    import base64

    from offline_cache.wire import canonical

    catalogue = {"version": "7"}
    signature = base64.b64encode(kit.server_key.sign(canonical(catalogue))).decode()
    body = json.dumps({"version": "7", "catalogue": catalogue, "signature": signature}).encode()
    ledger.catalogue = kit.reply(body=body, headers={"Content-Type": "application/json", "ETag": '"7"'})
    ledger.orders = {"catalogue_version": "7"}
    kiosk = open_kiosk(heartbeat_seconds=0.2)
    kiosk.sender.start()
    assert kiosk.hear(CatalogueStaged) == CatalogueStaged("7")
    kiosk.hear(OrdersGiven)
    kiosk.hear(OrdersGiven)
    assert len([got for got in requests(ledger) if got.path.endswith("/catalogue")]) == 1
    assert kiosk.store.call(lambda tables: tables.replica.activate()).result(WAIT) == "7"


def test_a_forged_catalogue_is_refused_and_told(open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any) -> None:
    body = json.dumps({"version": "7", "catalogue": {"version": "7"}, "signature": "AAAA"}).encode()
    ledger.catalogue = kit.reply(body=body)
    ledger.orders = {"catalogue_version": "7"}
    kiosk = open_kiosk()
    kiosk.sender.start()
    assert kiosk.hear(CatalogueRefused).code == "replica-refused"


def test_ratings_are_sent_with_nothing_but_a_token(open_kiosk: Callable[..., Kiosk], ledger: Any) -> None:
    kiosk = open_kiosk(heartbeat_seconds=0.2)
    kiosk.store.rate("SB-01", 4)
    kiosk.sender.start()
    kiosk.hear(OrdersGiven)
    kiosk.hear(OrdersGiven)
    (sent,) = [json.loads(got.body) for got in requests(ledger) if got.path.endswith("/ratings")]
    assert sent.keys() == {"token", "item", "level", "practice"}
    assert kiosk.store.call(lambda tables: tables.ratings.waiting()).result(WAIT) == ()


def test_ratings_that_are_refused_stop_no_other(open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any) -> None:
    ledger.always = lambda got: kit.refusal(404, "item-unknown") if b"GONE" in got.body else None
    kiosk = open_kiosk(heartbeat_seconds=0.2)
    for item in ["GONE"] * 25 + ["SB-01"]:
        kiosk.store.rate(item, 4)
    kiosk.sender.start()
    deadline = time.monotonic() + WAIT
    while len(kiosk.store.call(lambda tables: tables.ratings.waiting(100)).result(WAIT)) > 25:
        assert time.monotonic() < deadline
        kiosk.hear(OrdersGiven)
    assert any(b"SB-01" in got.body for got in requests(ledger))


def test_a_fault_of_ours_is_told_and_sending_goes_on(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk()
    beats = iter([RuntimeError("a defect")])
    right = kiosk.sender._heartbeat

    def once_broken() -> Any:
        for error in beats:
            raise error
        return right()

    kiosk.sender._heartbeat = once_broken  # type: ignore[method-assign] # a fault in our own program
    kiosk.sender.start()
    assert isinstance(kiosk.hear(Defect).error, RuntimeError)
    kiosk.sender.line_may_be_back()
    kiosk.hear(LineChanged, lambda change: change.up)


def test_a_fault_in_what_is_done_beside_sending_is_told_once_and_keeps_nothing_back(
    open_kiosk: Callable[..., Kiosk], monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = open_kiosk()
    turns = itertools.count()
    monkeypatch.setattr(kiosk.store, "sign_head", lambda _: [][next(turns)])
    kiosk.sender.start()
    assert isinstance(kiosk.hear(Defect).error, IndexError)
    for _ in range(3):
        kiosk.answered(kiosk.keep())  # which hears of no other defect
    assert next(turns) > 1, "it is tried again"


def test_a_defect_with_submissions_in_hand_gives_them_back_when_it_is_told(
    open_kiosk: Callable[..., Kiosk], monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = open_kiosk()
    keys, right = kiosk.keep(3), kiosk.centre.submit
    monkeypatch.setattr(kiosk.centre, "submit", lambda _: [][1])
    kiosk.sender.start()
    assert isinstance(kiosk.hear(Defect).error, IndexError)
    assert {(kiosk.facts(key).state, kiosk.facts(key).tries) for key in keys} == {(RecordState.QUEUED, 1)}
    monkeypatch.setattr(kiosk.centre, "submit", right)
    kiosk.sender.wake()
    kiosk.answered(keys)


def test_a_submission_that_is_met_with_a_defect_each_time_stops_no_other(
    open_kiosk: Callable[..., Kiosk], ledger: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "DEFECT_WAIT_SECONDS", 0.02)
    kiosk = open_kiosk()
    keys, right = kiosk.keep(5), kiosk.centre.submit

    def submit(batch: Any) -> Any:
        assert keys[0] not in [one.key for one in batch]
        return right(batch)

    monkeypatch.setattr(kiosk.centre, "submit", submit)
    kiosk.sender.start()
    while kiosk.store.tally().acknowledged < 4:
        kiosk.reports.get(timeout=WAIT)
    assert ledger.ledger.keys() == set(keys[1:])
    assert kiosk.store.tally().waiting == 1


def test_a_listener_with_a_defect_does_not_end_the_sending(
    open_kiosk: Callable[..., Kiosk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "DEFECT_WAIT_SECONDS", 0.02)
    kiosk = open_kiosk(heartbeat_seconds=0.2)
    right, told = kiosk.sender._listener, iter(range(2))

    def broken(report: Report) -> None:
        for _ in told:
            raise RuntimeError("a defect")
        right(report)

    kiosk.sender._listener = broken
    kiosk.sender.start()
    kiosk.hear(OrdersGiven)


def test_questions_of_a_visit_do_not_wait_for_a_batch(open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any) -> None:
    kiosk = open_kiosk(read_timeout_seconds=20)
    ledger.always = lambda got: kit.reply(hang=True) if got.method == "POST" and "/submissions" in got.path else None
    keys = kiosk.keep()
    kiosk.sender.start()
    while not ledger.got.get(timeout=WAIT).path.endswith("/submissions"):
        pass
    heard: queue.Queue[tuple[object, str]] = queue.Queue()
    asker = Asker(kiosk.centre)
    asker.ask(lambda centre: centre.submission(keys[0]), lambda answer: heard.put((answer, threading.current_thread().name)))
    answer, thread = heard.get(timeout=WAIT)
    assert isinstance(answer, NothingFound)
    assert thread.startswith("asker")
    asker.stop()
    asker.ask(lambda centre: centre.submission(keys[0]), lambda answer: heard.put((answer, "")))
    assert isinstance(heard.get(timeout=WAIT)[0], CentreError)
    ledger.always = lambda _: None
    ledger.released.set()
    assert kiosk.answered(keys)


def test_a_defect_in_a_question_is_told_and_the_visit_still_hears(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk()
    defects: queue.Queue[BaseException] = queue.Queue()
    heard: queue.Queue[object] = queue.Queue()
    asker = Asker(kiosk.centre, defects.put)
    asker.ask(lambda _: [][1], heard.put)
    assert isinstance(defects.get(timeout=WAIT), IndexError)
    assert isinstance(heard.get(timeout=WAIT), CentreError)
    asker.stop()


def test_asked_to_the_key_is_changed_while_the_kiosk_works_and_what_is_kept_still_goes(
    open_kiosk: Callable[..., Kiosk], ledger: Any, line: EmulatedLine
) -> None:
    kiosk = open_kiosk(line.url)
    old = kiosk.keep(2)
    before = kiosk.store.call(lambda tables: tables.vault.current).result(WAIT)
    kiosk.store.call(lambda tables: tables.marks.set(ROTATION_ASKED, 1)).result(WAIT)
    asked = kiosk.store.call(kiosk.store.rotate_when_asked).result(WAIT)
    assert asked == "AES-256-GCM"
    new = kiosk.keep(2)
    after, ids = kiosk.store.call(lambda tables: (tables.vault.current, tables.vault.key_ids)).result(WAIT)
    assert after != before
    assert ids == {before, after}
    kiosk.sender.start()
    assert set(kiosk.answered(old + new).values()) == {Verdict.ACCEPTED}
    kiosk.store.call(lambda tables: tables.marks.set(ROTATION_ASKED, 1)).result(WAIT)
    kiosk.sender._due.sweep = 0.0  # its minute is over
    kiosk.sender.wake()
    assert kiosk.hear(KeyRotated) == KeyRotated(cipher="AES-256-GCM")
    assert before not in kiosk.store.call(lambda tables: tables.vault.key_ids).result(WAIT)
    assert kiosk.store.call(kiosk.store.rotate_when_asked).result(WAIT) is None


def test_the_key_is_changed_with_the_line_down_too(open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any) -> None:
    ledger.always = lambda _: kit.reply(drop=True)
    kiosk = open_kiosk(heartbeat_seconds=0.2)
    kiosk.sender.start()
    kiosk.hear(LineChanged, lambda change: not change.up)
    kiosk.store.call(lambda tables: tables.marks.set(ROTATION_ASKED, 1)).result(WAIT)
    assert kiosk.hear(KeyRotated) == KeyRotated(cipher="AES-256-GCM")


def test_what_is_due_on_the_disk_does_not_wait_for_a_centre_that_asked_for_an_hour(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any
) -> None:
    ledger.always = lambda _: kit.refusal(503, "busy", **{"Retry-After": "3600"})
    kiosk = open_kiosk(heartbeat_seconds=0.2)
    key = kiosk.keep()[0]
    kiosk.sender.start()
    kiosk.hear(LineChanged, lambda change: not change.up)
    kiosk.store.call(lambda tables: tables.review.cancel(key, CancelReason.TRIAL, EARLIEST_MS)).result(WAIT)  # over long ago
    kiosk.store.call(lambda tables: tables.marks.set(ROTATION_ASKED, 1)).result(WAIT)
    assert kiosk.hear(KeyRotated) == KeyRotated(cipher="AES-256-GCM")
    assert kiosk.facts(key).erased
    next_try_at_ms = kiosk.sender.progress().next_try_at_ms
    assert next_try_at_ms is not None
    assert next_try_at_ms > time.time() * 1000 + 3_000_000, "the centre is spared all the same"


# --- attachments -------------------------------------------------------------------------------------------------

SMALL = b"\xff\xd8" + bytes(2000)
LARGE = b"\xff\xd8" + bytes(range(256)) * 3600


def parts_of(ledger: Any, page: bytes) -> list[str]:
    """The ranges in which it came, so far."""
    digest, got = hashlib.sha256(page).hexdigest(), []
    while not ledger.got.empty():
        one = ledger.got.get()
        if one.path.endswith(digest):
            got.append(one.headers["content-range"])
    return got


def left_in(kiosk: Kiosk, key: str) -> int:
    return len(kiosk.store.call(lambda tables: tables.attachments.of(key)).result(WAIT))


def test_attachments_travel_before_their_submission_and_are_erased_with_it(open_kiosk: Callable[..., Kiosk], ledger: Any) -> None:
    kiosk = open_kiosk()
    key, plain = kiosk.keep_with(SMALL, LARGE), kiosk.keep()[0]
    kiosk.sender.start()
    assert set(kiosk.answered([key, plain]).values()) == {Verdict.ACCEPTED}
    assert [bytes(blob) for blob in ledger.blobs.values()] == [SMALL, LARGE]
    assert ledger.deliveries.count(key) == 1, "the submission did not come before its attachments"
    assert left_in(kiosk, key) == 0


def test_an_attachment_goes_on_where_the_line_broke(open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any) -> None:
    kiosk = open_kiosk()
    key = kiosk.keep_with(LARGE)
    right = [None, None]  # the question, and the first part
    ledger.script["blobs"] = [*right, kit.reply(drop=True), kit.reply(drop=True, after=True)]
    kiosk.sender.start()
    kiosk.answered([key])
    total, part = len(LARGE), 256 * 1024
    ranges = parts_of(ledger, LARGE)
    assert ranges[:3] == [f"bytes */{total}", f"bytes 0-{part - 1}/{total}", f"bytes {part}-{2 * part - 1}/{total}"]
    assert ranges.count(f"bytes 0-{part - 1}/{total}") == 1, "what was taken is not sent again"
    assert bytes(ledger.blobs[hashlib.sha256(LARGE).hexdigest()]) == LARGE


def test_an_attachment_travels_over_a_line_that_carries_no_whole_part_in_time(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = open_kiosk()
    put, patient = kiosk.centre._put_part, kiosk.centre._settings

    def put_part(sha256: str, content_range: str, part: bytes) -> BlobTaken:
        """Whatever hangs is given up soon, and nothing else."""
        with monkeypatch.context() as given:
            given.setattr(
                kiosk.centre, "_settings", replace(patient, read_timeout_seconds=0.2) if len(part) > 70_000 else patient
            )
            return put(sha256, content_range, part)

    monkeypatch.setattr(kiosk.centre, "_put_part", put_part)
    ledger.always = lambda got: kit.reply(hang=True) if len(got.body) > 70_000 else None
    page = LARGE[:200_000]
    key = kiosk.keep_with(page)
    kiosk.sender.start()
    kiosk.answered([key])
    assert ledger.blobs[hashlib.sha256(page).hexdigest()] == page


@pytest.mark.parametrize("size", [200_000, len(LARGE)])
def test_an_attachment_travels_through_a_gateway_that_takes_no_whole_part(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any, size: int
) -> None:
    kiosk = open_kiosk()
    ledger.always = gateway(kit, 70_000)
    page = LARGE[:size]
    key = kiosk.keep_with(page)
    kiosk.sender.start()
    assert kiosk.answered([key]) == {key: Verdict.ACCEPTED}
    assert ledger.blobs[hashlib.sha256(page).hexdigest()] == page
    too_large = [one for one in iter(lambda: None if ledger.got.empty() else ledger.got.get(), None) if len(one.body) > 70_000]
    assert len(too_large) == 1, "it is borne in mind"


def test_an_attachment_too_large_for_any_gateway_is_held_by_name(open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any) -> None:
    kiosk = open_kiosk()
    ledger.always = gateway(kit, 9000)
    key = kiosk.keep_with(LARGE)
    kiosk.sender.start()
    assert kiosk.hear(SubmissionHeld) == SubmissionHeld(key, "content-too-large")


def test_an_attachment_that_is_refused_holds_only_its_own_submission(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any
) -> None:
    kiosk = open_kiosk()
    bad, good, plain = kiosk.keep_with(SMALL), kiosk.keep_with(LARGE), kiosk.keep()[0]
    ledger.script["blobs"] = [kit.refusal(409, "attachment-differs")]
    kiosk.sender.start()
    kiosk.answered([plain])  # it had nothing to wait for
    assert kiosk.hear(SubmissionHeld) == SubmissionHeld(bad, "attachment-differs")
    kiosk.answered([good])
    assert kiosk.state(bad) is RecordState.NEEDS_PERSON
    kiosk.store.call(lambda tables: tables.review.retry(bad, time.time_ns() // 1_000_000)).result(WAIT)
    kiosk.sender.wake()
    assert kiosk.answered([bad]) == {bad: Verdict.ACCEPTED}


def test_a_failing_centre_makes_only_the_submission_wait_over_which_it_failed(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any
) -> None:
    kiosk = open_kiosk()
    plain, bad, good = kiosk.keep()[0], kiosk.keep_with(SMALL), kiosk.keep_with(LARGE)
    ledger.script["blobs"] = [kit.refusal(500, "centre-failed")]
    kiosk.sender.start()
    kiosk.answered([plain, bad, good])
    assert [kiosk.facts(key).tries for key in (plain, bad, good)] == [1, 2, 1]


def test_what_a_proxy_does_to_attachments_only_stops_no_other_submission(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any
) -> None:
    kiosk = open_kiosk()
    refused = threading.Event()

    def proxy(got: Any) -> Any:
        if "/blobs/" not in got.path:
            return None
        refused.set()
        return kit.reply(status=403, body=b"<html>no PUT here</html>", headers={"Content-Type": "text/html"})

    ledger.always = proxy
    heavy = kiosk.keep_with(SMALL)
    kiosk.sender.start()
    assert refused.wait(WAIT)
    for _ in range(3):
        key = kiosk.keep()[0]
        kiosk.answered([key])
    assert kiosk.facts(heavy).trouble == "not-the-centre"
    assert heavy not in ledger.ledger
    ledger.always = lambda _: None
    kiosk.answered([heavy])


@pytest.mark.parametrize("how", [{"status": 403, "body": b"<html>no</html>"}, {"drop": True}, {"status": 502}], ids=str)
def test_pages_that_a_proxy_takes_offence_at_keep_back_no_others(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any, how: dict[str, Any]
) -> None:
    kiosk = open_kiosk()
    bad = hashlib.sha256(LARGE).hexdigest()
    ledger.always = lambda got: kit.reply(**how) if bad in got.path and got.body else None
    first, others = kiosk.keep_with(LARGE), [kiosk.keep_with(LARGE[n:]) for n in (1, 2)]
    kiosk.sender.start()
    kiosk.answered(others)
    assert kiosk.state(first) is not RecordState.NEEDS_PERSON
    assert kiosk.facts(first).tries > 0


def test_nobody_waits_for_somebody_elses_pages(
    open_kiosk: Callable[..., Kiosk], ledger: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending_submissions, "ATTACHING_SECONDS", 0.2)
    kiosk = open_kiosk()
    asked, kept = threading.Event(), threading.Event()

    def slowly(got: Any) -> None:
        if "/blobs/" in got.path:
            asked.set()
            assert kept.wait(WAIT)
            time.sleep(0.1)

    ledger.always = slowly
    heavy = [kiosk.keep_with(*(SMALL + bytes([number, page]) for page in range(10))) for number in range(5)]
    kiosk.sender.start()
    assert asked.wait(WAIT)  # kept before anything is leased, it would go first in any case
    light = kiosk.keep()[0]
    kept.set()
    assert kiosk.hear(AnswerArrived).answer.key == light, "it came after the pages of others"
    assert len(ledger.blobs) < 50
    kiosk.answered(heavy)
    assert len(ledger.blobs) == 50
    assert [kiosk.facts(key).tries for key in heavy] == [1] * 5, "being put back is no try"


def test_what_staff_cancel_while_its_pages_travel_never_arrives(open_kiosk: Callable[..., Kiosk], ledger: Any) -> None:
    kiosk = open_kiosk()
    cancelled, other = kiosk.keep_with(SMALL), kiosk.keep_with(LARGE)

    def cancel(got: Any) -> None:
        if got.path.endswith(hashlib.sha256(SMALL).hexdigest()):  # as if the lease had run out meanwhile
            with closing(open_beside(kiosk.store_settings.database_file)) as beside:
                beside.execute("UPDATE lease SET until = 0")
                assert Review(beside).cancel(cancelled, "brought to the window", time.time_ns() // 1_000_000)

    ledger.always = cancel
    kiosk.sender.start()
    kiosk.answered([other])
    assert ledger.deliveries.count(cancelled) == 0
    assert kiosk.state(cancelled) is RecordState.CANCELLED


def test_what_staff_cancel_while_its_answer_is_on_the_way_counts_as_the_centres(
    open_kiosk: Callable[..., Kiosk], ledger: Any
) -> None:
    kiosk = open_kiosk()
    cancelled, other = kiosk.keep(2)

    def cancel(got: Any) -> None:
        if got.path.endswith("/submissions"):  # as if the lease had run out meanwhile
            with closing(open_beside(kiosk.store_settings.database_file)) as beside:
                beside.execute("UPDATE lease SET until = 0")
                assert Review(beside).cancel(cancelled, CancelReason.HANDED_IN, time.time_ns() // 1_000_000)
                facts = Review(beside).facts(cancelled)
                assert facts is not None
                assert (facts.state, facts.was_sent) == (RecordState.CANCELLED, True)

    ledger.always = cancel
    kiosk.sender.start()
    assert kiosk.hear(CancelOvertaken).key == cancelled
    kiosk.answered([other])
    facts = kiosk.facts(cancelled)
    assert (facts.state, facts.acceptance_number) == (RecordState.ACKNOWLEDGED, f"A{cancelled[:8]}")
    assert (facts.reason, facts.erased) == (CancelReason.HANDED_IN, True)
    tally = kiosk.store.tally()
    assert (tally.kept, tally.acknowledged, tally.cancelled) == (2, 2, 0)


def test_what_is_being_sent_is_told_as_being_tried_now(open_kiosk: Callable[..., Kiosk], ledger: Any) -> None:
    kiosk = open_kiosk()
    key = kiosk.keep_with(LARGE)
    told: list[int | None] = []

    def look(got: Any) -> None:
        if "/blobs/" in got.path or got.path.endswith("/submissions"):
            told.append(kiosk.sender.progress().next_try_at_ms)

    ledger.always = look
    kiosk.sender.start()
    kiosk.answered([key])
    now_ms = time.time_ns() // 1_000_000
    assert len(told) >= 2
    assert all(at_ms is not None and at_ms <= now_ms for at_ms in told), told
    kept_waiting = time.monotonic() + WAIT
    while kiosk.sender.progress().next_try_at_ms is not None:
        assert time.monotonic() < kept_waiting, "nothing waits any more"
        time.sleep(0.01)


def test_stopping_waits_for_one_part_only(open_kiosk: Callable[..., Kiosk], ledger: Any) -> None:
    kiosk = open_kiosk()
    kiosk.keep_with(*(LARGE + bytes([page]) for page in range(5)))
    parts: list[str] = []

    def stop_now(got: Any) -> None:
        if "/blobs/" in got.path:
            parts.append(got.path)
            kiosk.sender.stop(0.0)

    ledger.always = stop_now
    kiosk.sender.start()
    kiosk.sender._thread.join(WAIT)
    assert kiosk.sender.stop(WAIT)
    assert len(parts) == 2, "the question and one part"


def test_what_the_centre_has_lost_is_sent_again(open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any) -> None:
    kiosk = open_kiosk()
    key = kiosk.keep_with(SMALL, LARGE)
    ledger.script["submissions"] = [kit.refusal(503, "store-unavailable")]
    lost = threading.Event()

    def lose(got: Any) -> None:
        if got.path.endswith("submissions") and not lost.is_set():
            ledger.blobs.clear()  # a database that was set back to yesterday
            lost.set()

    ledger.always = lose
    kiosk.sender.start()
    kiosk.hear(AnswerArrived, lambda arrived: arrived.answer.verdict is Verdict.ACCEPTED)
    assert lost.is_set()
    assert sorted(map(len, ledger.blobs.values())) == [len(SMALL), len(LARGE)]
    assert kiosk.state(key) is RecordState.ACKNOWLEDGED


@pytest.mark.parametrize("lost", ["row", "bytes"])
def test_an_attachment_that_is_gone_needs_a_person(
    open_kiosk: Callable[..., Kiosk], store_settings: StoreSettings, ledger: Any, lost: str
) -> None:
    kiosk = open_kiosk()
    gone, good = kiosk.keep_with(SMALL), kiosk.keep_with(LARGE)
    harm = "DELETE FROM attachment WHERE id = 1" if lost == "row" else "UPDATE attachment SET box = x'00' WHERE id = 1"
    with closing(open_beside(store_settings.database_file)) as beside:
        beside.execute(harm)
    kiosk.sender.start()
    code = "attachment-lost" if lost == "row" else "record-damaged"
    assert kiosk.hear(SubmissionHeld, lambda held: held.key == gone) == SubmissionHeld(gone, code)
    assert kiosk.answered([good]) == {good: Verdict.ACCEPTED}
    assert kiosk.state(gone) is RecordState.NEEDS_PERSON


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>sign in</html>",
        b'{"sha256": "%s", "received": 5, "whole": true}' % (b"0" * 64),
        b'{"sha256": "DIGEST", "received": 0, "whole": false}',
        b'{"sha256": "DIGEST", "received": 2002, "whole": false}',
    ],
)
def test_what_does_not_echo_an_attachment_has_not_taken_it(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any, body: bytes
) -> None:
    kiosk = open_kiosk()
    key = kiosk.keep_with(SMALL)
    digest = hashlib.sha256(SMALL).hexdigest().encode()
    ledger.script["blobs"] = [kit.reply(body=body.replace(b"DIGEST", digest))]
    kiosk.sender.start()
    assert kiosk.hear(LineChanged, lambda change: not change.up).why == "not-the-centre"
    assert kiosk.answered([key]) == {key: Verdict.ACCEPTED}


def test_a_sender_told_to_stop_does_not_send_all_attachments_first(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any
) -> None:
    kiosk = open_kiosk()
    keys = [kiosk.keep_with(SMALL + bytes([number])) for number in range(20)]

    def stop_now(got: Any) -> None:
        if "/blobs/" in got.path:
            kiosk.sender.stop(0.0)

    ledger.always = stop_now
    kiosk.sender.start()
    kiosk.sender._thread.join(WAIT)
    assert kiosk.sender.stop(WAIT)
    assert len(ledger.blobs) == 1
    assert all(kiosk.state(key) is RecordState.QUEUED for key in keys[1:])


# --- what stands in one way only must not stand in all ---------------------------------------------------------------


@pytest.mark.parametrize(("status", "trouble"), [(403, "not-the-centre"), (503, "centre-busy"), (429, "centre-busy")])
def test_a_submission_that_a_proxy_takes_offence_at_stops_no_other(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any, status: int, trouble: str
) -> None:
    kiosk = open_kiosk()
    keys = kiosk.keep(5)
    page = kit.reply(status=status, body=b"<html>blocked</html>", headers={"Content-Type": "text/html", "Retry-After": "3600"})
    ledger.always = lambda got: page if keys[2].encode() in got.body else None
    kiosk.sender.start()
    kiosk.answered([key for key in keys if key != keys[2]])
    assert kiosk.facts(keys[2]).trouble == trouble
    ledger.always = lambda _: None
    kiosk.answered([keys[2]])


@pytest.mark.parametrize("fault", ["drop", "hang"])
def test_a_submission_over_which_the_line_breaks_each_time_keeps_back_none_that_is_kept_later(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any, fault: str
) -> None:
    kiosk = open_kiosk(read_timeout_seconds=0.3)
    (first,) = kiosk.keep()
    broken = kit.reply(**{fault: True})
    ledger.always = lambda got: broken if first.encode() in got.body else None
    kiosk.sender.start()
    kiosk.hear(LineChanged, lambda change: not change.up)
    kiosk.keep(3)
    drained(kiosk, 3)
    assert kiosk.state(first) is not RecordState.NEEDS_PERSON
    ledger.always = lambda _: None
    kiosk.answered([first])


def test_submissions_that_fail_though_heartbeats_pass_are_tried_less_and_less_often_but_at_once_for_staff(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any
) -> None:
    kiosk = open_kiosk(backoff_base_seconds=60, backoff_cap_seconds=60, line_cap_seconds=3600, heartbeat_seconds=3600)
    later = [0.0]
    kiosk.sender._setup = replace(kiosk.sender._setup, monotonic=lambda: time.monotonic() + later[0], jitter=lambda: 1.0)
    kiosk.sender._submissions._setup = kiosk.sender._setup
    ledger.always = lambda got: kit.refusal(404, "place-unknown") if got.path.endswith("/submissions") else None
    kiosk.keep(2)
    kiosk.sender.start()
    kiosk.hear(LineChanged, lambda change: not change.up)
    later[0] += 61.0  # the first wait is over
    kiosk.sender.wake()
    kiosk.hear(LineChanged, lambda change: not change.up)
    later[0] += 61.0  # the line's wait is over, the submissions' is twice as long
    kiosk.sender.wake()
    kiosk.hear(LineChanged, lambda change: change.up)
    kiosk.sender.line_may_be_back()
    kiosk.hear(LineChanged, lambda change: not change.up)
    later[0] += 61.0
    kiosk.sender.wake()
    kiosk.hear(LineChanged, lambda change: change.up)
    assert kiosk.sender.stop(WAIT)
    assert sum(got.path.endswith("/submissions") for got in requests(ledger)) == 3


def test_attachments_that_an_older_centre_knows_no_place_for_wait_on_their_own(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any
) -> None:
    kiosk = open_kiosk(backoff_base_seconds=0.05)
    ledger.always = lambda got: kit.refusal(404, "place-unknown") if "/blobs/" in got.path else None
    heavy = kiosk.keep_with(SMALL)
    kiosk.sender.start()
    kiosk.hear(LineChanged, lambda change: not change.up)
    assert kiosk.facts(heavy).tries > 0
    kiosk.answered(kiosk.keep(2))


@pytest.mark.parametrize("path", ["catalogue", "settings"])
@pytest.mark.parametrize("how", ["failing", "html", "strange"])
def test_what_is_published_and_cannot_be_had_stops_no_submission(
    open_kiosk: Callable[..., Kiosk], ledger: Any, kit: Any, path: str, how: str
) -> None:
    replies = {
        "failing": kit.refusal(500, "centre-failed"),
        "html": kit.reply(body=b"<html>", headers={"Content-Type": "text/html"}),
        "strange": kit.reply(body=b'{"version": "7", "surprise": 1}'),
    }
    kiosk = open_kiosk()
    ledger.orders = {f"{path}_version": "7"}
    ledger.always = lambda got: replies[how] if got.path.endswith(path) else None
    keys = kiosk.keep(3)
    kiosk.sender.start()
    assert kiosk.hear(CatalogueRefused if path == "catalogue" else SettingsRefused).code in ("centre-failed", "not-the-centre")
    kiosk.answered(keys)


def test_what_has_stayed_long_enough_is_erased_with_the_line_down_too(
    open_kiosk: Callable[..., Kiosk], store_settings: StoreSettings, ledger: Any, kit: Any
) -> None:
    kiosk = open_kiosk(heartbeat_seconds=0.2)
    key = kiosk.keep()[0]
    kiosk.store.call(lambda tables: tables.review.cancel(key, "brought to the window", EARLIEST_MS)).result(WAIT)
    ledger.always = lambda _: kit.reply(drop=True)
    kiosk.sender.start()
    kiosk.hear(LineChanged, lambda change: not change.up)
    deadline = time.monotonic() + WAIT
    while not kiosk.facts(key).erased:
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("harm", ["body = '{not json'", "body = CAST(x'7BFF' AS TEXT)", "hash = CAST(x'7BFF' AS TEXT)"])
def test_a_broken_event_stops_neither_submissions_nor_ratings(
    open_kiosk: Callable[..., Kiosk], store_settings: StoreSettings, ledger: Any, harm: str
) -> None:
    kiosk = open_kiosk()
    kiosk.store.log(plain_event("page-shown", facts={"n": 1}))
    kiosk.store.rate("SI-113", 5)
    kiosk.store.call(lambda _: None).result(WAIT)
    with closing(open_beside(store_settings.database_file)) as beside:
        beside.execute(f"UPDATE journal SET {harm}")
    kiosk.sender.start()
    assert kiosk.hear(JournalRefused).code == "journal-broken"
    assert kiosk.answered(kiosk.keep())
    while not any(got.path.endswith("/ratings") for got in requests(ledger)):
        time.sleep(0.02)


@pytest.mark.parametrize("damaged", ["key", "kiosk", "key_id", "content_hash"])
def test_what_is_damaged_here_is_set_apart_and_the_others_get_through(
    open_kiosk: Callable[..., Kiosk], ledger: Any, damaged: str
) -> None:
    kiosk = open_kiosk()
    keys = kiosk.keep(3)
    row_id = kiosk.store.call(lambda tables: damage_row(tables, keys[1], damaged)).result(WAIT)
    kiosk.sender.start()
    assert kiosk.hear(SubmissionHeld).code == ("key-wrong" if damaged == "key_id" else "record-damaged")
    kiosk.answered([keys[0], keys[2]])
    drained(kiosk, 2)
    (facts,) = kiosk.store.call(lambda tables: tables.review.rows(RecordState.NEEDS_PERSON)).result(WAIT)
    assert facts.receipt_number.endswith(f"-{row_id % 1_000_000:06}-{facts.receipt_number[-1]}")
    assert ledger.ledger.keys() == {keys[0], keys[2]}


@pytest.mark.parametrize(
    "harm", ["size = 'zz'", "size = CAST(x'31FF' AS TEXT)", "kept_at = 'zz'", "kept_at = CAST(x'31FF' AS TEXT)"]
)
def test_a_number_that_is_none_any_more_keeps_back_only_its_own_submission(
    open_kiosk: Callable[..., Kiosk], ledger: Any, harm: str
) -> None:
    kiosk = open_kiosk()
    keys = kiosk.keep(3)

    def damage(tables: Tables) -> None:
        tables.outbox._connection.execute(f"UPDATE outbox SET {harm} WHERE key = ?", (keys[1],))
        tables.outbox.recount()

    kiosk.store.call(damage).result(WAIT)
    kiosk.sender.start()
    kiosk.answered([keys[0], keys[2]])
    drained(kiosk, 2)
    (facts,) = kiosk.store.call(lambda tables: tables.review.rows(RecordState.NEEDS_PERSON)).result(WAIT)
    assert facts.key == keys[1]


SIX_LETTERS, ZERO, REAL, SIX_BYTES, EMPTY_BLOB = 25, 8, 7, 5, 12
"""Types in a row's head (https://sqlite.org/fileformat2.html#record_format): of `state`, of `ready_at`, and of `tries`."""


def test_a_changed_bit_in_the_time_of_a_first_try_stops_neither_heartbeats_nor_the_submission(
    open_kiosk: Callable[..., Kiosk], store_settings: StoreSettings
) -> None:
    before = open_kiosk()
    keys = before.keep(2)
    before.store.stop()
    change_ready_at(store_settings.database_file, keys[0], ZERO, EMPTY_BLOB)
    kiosk = open_kiosk()
    assert kiosk.store.indexes_made_anew == ("outbox",)
    assert isinstance(kiosk.store.call(lambda tables: tables.outbox.next_due_ms()).result(WAIT), int)
    kiosk.sender.start()
    kiosk.answered(keys)


def test_a_row_that_cannot_be_read_takes_none_of_its_neighbours_with_it_from_a_store_set_aside(
    open_kiosk: Callable[..., Kiosk], store_settings: StoreSettings
) -> None:
    before = open_kiosk()
    keys = before.keep(5)
    waiting = [Deferred(keys[2], time.time_ns() // 1_000_000, "", tries=0)]
    before.store.call(lambda tables: tables.outbox.defer(waiting)).result(WAIT)
    before.store.stop()
    change_ready_at(store_settings.database_file, keys[2], SIX_BYTES, REAL)  # what stands behind it is not where it was
    kiosk = open_kiosk()
    assert len(damage.folders(store_settings.directory)) == 1
    kiosk.sender.start()
    kiosk.answered([key for key in keys if key != keys[2]])


def change_ready_at(file: Path, key: str, was: int, becomes: int) -> None:
    whole = bytearray(file.read_bytes())
    row = whole.index(key.encode() + b"K03")
    whole[whole.rindex(bytes([SIX_LETTERS, was, ZERO]), row - 40, row) + 1] = becomes
    file.write_bytes(whole)


@pytest.mark.parametrize("harm", ["box = 5", "box = 'zz'", "sha256 = x'00ff'"])
def test_a_damaged_attachment_keeps_back_only_its_own_submission(
    open_kiosk: Callable[..., Kiosk], ledger: Any, harm: str
) -> None:
    kiosk = open_kiosk()
    damaged, sound = kiosk.keep_with(b"one page"), kiosk.keep_with(b"another")

    def damage(tables: Tables) -> None:
        tables.outbox._connection.execute(f"UPDATE attachment SET {harm} WHERE id = (SELECT min(id) FROM attachment)")

    kiosk.store.call(damage).result(WAIT)
    kiosk.sender.start()
    kiosk.answered([sound])
    drained(kiosk, 1)
    (facts,) = kiosk.store.call(lambda tables: tables.review.rows(RecordState.NEEDS_PERSON)).result(WAIT)
    assert facts.key == damaged


def damage_row(tables: Tables, key: str, column: str) -> int:
    """Bits change in one column of the row, not in what is indexed of it."""
    connection = tables.outbox._connection
    row_id: int = connection.execute("SELECT id FROM outbox WHERE key = ?", (key,)).fetchone()[0]
    value = {"key": key[:-1] + "!", "kiosk": "J03", "key_id": "0" * 12, "content_hash": "0" * 64}[column]
    connection.execute(f"UPDATE outbox SET {column} = ? WHERE id = ?", (value, row_id))
    return row_id
