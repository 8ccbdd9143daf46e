"""What may happen to the disk and to the program between 提交 and the answer."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from devices.reports import DeviceKind
from kiosk.staff.wording import device_in_words
from kiosk.visit import events as ev
from kiosk.visit.visit import OutcomeKind, Printing, Step
from offline_cache.emulated_line import EmulatedLine, Faults
from offline_cache.errors import StoreFull
from offline_cache.key import new_key
from offline_cache.records import RecordState
from offline_cache.store import Store
from offline_cache.tables import Tables
from tests.stories.stand import APPLICATION, PATIENCE_SECONDS, Stand


def fill(tables: Tables) -> int:
    """Give the database no page more and use up what its pages have left, so that SQLite itself finds it full."""
    connection = tables.journal._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count={pages}")
    fillers = 0
    while True:
        key = new_key()
        try:
            tables.outbox.keep(key, date(2026, 1, 1), lambda _: b"x" * 100, now_ms=1, item="SI-113")
        except StoreFull:
            return fillers
        fillers += 1
        tables.review.cancel(key, "a filler", 1)


def test_a_full_disk_at_submitting_keeps_nothing_prints_nothing_and_with_room_again_all_is_well(
    stand: Stand, ledger: Any
) -> None:
    stand.to_review()
    fillers = stand.kiosk._store.call(fill).result(60)
    refused = stand.submit()
    assert stand.visit.outcome is not None
    assert (stand.outcome(), stand.visit.outcome.code) == (OutcomeKind.NOT_KEPT, "store-full")
    stand.send(ev.PrintAsked())
    assert (stand.visit.printing, stand.visit.receipt_number) == (Printing.NOT_STARTED, "")
    assert len(stand.rows()) == fillers
    stand.until(lambda: not stand.facts.can_keep)
    assert ("store", "cannot-keep") in {(one.where, one.code) for one in stand.kiosk.diagnosis().troubles}
    told = stand.kiosk._vitals().devices[-1]
    assert (told.device, told.trouble) == ("disk", "store-full"), "the manager hears of it too"
    assert device_in_words(told.device).zh == "本机磁盘"

    stand.kiosk._store.call(lambda tables: tables.journal._connection.execute("PRAGMA max_page_count=1000000")).result(60)
    stand.send(ev.WentOn())
    assert stand.visit.step is Step.REVIEW
    kept = stand.submit()
    stand.until(lambda: stand.outcome() is OutcomeKind.ACCEPTED)
    stand.take_receipt()
    assert kept == refused, "whatever is on the disk after all, it is one submission"
    assert [entry.key for entry in ledger()] == [kept]
    assert stand.until_logged("submission-not-kept", key=refused)["code"] == "store-full"
    assert [event["key"] for event in stand.log("submission-kept")] == [kept]
    assert len(stand.bench.slips()) == 1
    stand.until(lambda: stand.facts.can_keep)


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [(Faults(hanging=True), 0), (Faults(cut_after_bytes=40), 1)],
    ids=["never-sent", "sent-and-not-answered"],
)
def test_killed_after_keeping_and_before_the_answer_it_is_in_the_ledger_once(
    build: Any, centre: Any, line: EmulatedLine, fault: Faults, arrived: int
) -> None:
    number = build.enrol()
    build.bench.card("ceshi")
    root = Path(__file__).resolve().parents[2]
    program = [sys.executable, "-m", "tests.stories.killed_kiosk", str(build.settings_file)]
    with subprocess.Popen(program, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as killed:
        try:
            assert killed.stdout is not None
            assert killed.stdin is not None
            assert killed.stdout.readline() == "review\n"
            line.misbehave(fault)
            killed.stdin.write("\n")
            killed.stdin.flush()
            key = killed.stdout.readline().strip()
            if arrived:
                assert killed.stdout.readline() == "kept\n"
        finally:
            killed.kill()
    assert len(centre.ledger(number)) == arrived
    line.up()
    stand: Stand = build.again()
    assert stand.rows()[0].state in (RecordState.QUEUED, RecordState.LEASED)
    stand.start()
    stand.until(lambda: stand.facts.queue.acknowledged == 1)
    assert [entry.key for entry in centre.ledger(number)] == [key]
    assert stand.facts.queue.depth == 0
    stand.until_logged("stop-missed")
    assert stand.until_logged("submission-acknowledged", key=key)["outcome"] == "accepted"


@pytest.mark.parametrize("line_is_up", [True, False], ids=["answered-meanwhile", "line-still-down"])
def test_a_resident_whose_submission_was_kept_when_the_kiosk_died_is_told_so_and_enters_nothing_again(
    build: Any, centre: Any, line: EmulatedLine, line_is_up: bool
) -> None:
    number = build.enrol()
    build.bench.card("ceshi")
    root = Path(__file__).resolve().parents[2]
    program = [sys.executable, "-m", "tests.stories.killed_kiosk", str(build.settings_file), "untold"]
    with subprocess.Popen(program, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as killed:
        try:
            assert killed.stdout is not None
            assert killed.stdin is not None
            assert killed.stdout.readline() == "review\n"
            line.misbehave(Faults(hanging=True))
            killed.stdin.write("\n")
            killed.stdin.flush()
            key = killed.stdout.readline().strip()
        finally:
            killed.kill()
    line.down()
    stand: Stand = build.again()
    receipt_number = stand.rows()[0].receipt_number
    stand.start(ready=False)
    if line_is_up:
        line.up()
        stand.until(lambda: stand.facts.queue.acknowledged == 1)
        stand.kiosk._store.call(stand.kiosk._store.sweep).result(60)  # does not erase what nobody was told of
    build.bench.lift_card()
    stand.until(lambda: stand.facts.usable(DeviceKind.CARD_READER) and stand.facts.usable(DeviceKind.RECEIPT_PRINTER))
    stand.to_identify(APPLICATION)
    stand.lay_card("ceshi")
    stand.until(lambda: stand.visit.step is Step.OUTCOME)
    assert (stand.visit.key, stand.visit.receipt_number, stand.visit.recovered) == (key, receipt_number, True)
    assert stand.outcome() is (OutcomeKind.ACCEPTED if line_is_up else OutcomeKind.KEPT)
    stand.take_receipt()
    assert receipt_number in stand.slip_says()
    assert len(stand.bench.slips()) == 1
    line.up()
    stand.until(lambda: stand.facts.queue.acknowledged == 1)
    stand.leave()
    assert [entry.key for entry in centre.ledger(number)] == [key]
    assert len(stand.rows()) == 1
    assert stand.until_logged("submission-recovered", key=key)["item"] == APPLICATION
    stand.kiosk._store.call(stand.kiosk._store.sweep).result(60)
    assert stand.rows()[0].erased, "told and answered: nothing of it stays"

    stand.to_identify(APPLICATION)  # and the next application of the same person is a new one
    stand.lay_card("ceshi")
    stand.until(lambda: stand.visit.person)
    stand.answer()
    assert (stand.visit.step, stand.visit.key) == (Step.REVIEW, "")


def test_somebody_else_is_never_told_of_it(build: Any, centre: Any, line: EmulatedLine) -> None:
    build.enrol()
    line.down()
    stand: Stand = build.again().start(ready=False)
    stand.until(lambda: stand.facts.usable(DeviceKind.CARD_READER))
    stand.to_review()
    stand.submit()
    stand.bench.lift_card()
    stand.kiosk.session.end("stopped")
    stand.kiosk._store.call(lambda tables: tables.untold._connection.execute("DELETE FROM told")).result(
        60
    )  # as if the screen had gone dark
    stand.to_identify(APPLICATION)
    stand.lay_card("changqi")
    stand.until(lambda: stand.visit.person)
    stand.until_logged("identified")
    stand.kiosk._store.call(lambda _: None).result(60)
    stand.answer()
    assert (stand.visit.step, stand.visit.recovered) == (Step.REVIEW, False)


def cut_off(build: Any, line: EmulatedLine) -> str:
    """The key of what a resident handed in with the line down, before a restart of the machine in the middle of it."""
    line.down()
    stand: Stand = build.again().start(ready=False)
    stand.until(lambda: stand.facts.usable(DeviceKind.CARD_READER))
    stand.to_review()
    key = stand.submit()
    stand.bench.lift_card()
    stand.stop()
    return key


def test_whoever_filled_the_queue_and_was_cut_off_gets_the_receipt_and_nobody_else_begins(build: Any, line: EmulatedLine) -> None:
    build.enrol()
    text = build.settings_file.read_text(encoding="utf-8")
    build.settings_file.write_text(text.replace("[store]", "[store]\nmax_records = 1"), encoding="utf-8")
    key = cut_off(build, line)
    again: Stand = build.again().start(ready=False)
    again.until(lambda: again.facts.usable(DeviceKind.CARD_READER) and again.facts.usable(DeviceKind.RECEIPT_PRINTER))
    again.until(lambda: again.facts.queue.full and again.facts.queue.untold)
    again.give_the_receipt_only_to_who_was_cut_off(APPLICATION, key)
    again.leave()
    again.time.ahead += 31.0  # it is looked again
    again.until(lambda: not again.facts.queue.untold)
    again.to_guide(APPLICATION)
    assert again.visit.blocked
    assert len(again.rows()) == 1


def test_whoever_was_cut_off_gets_the_receipt_where_the_disk_takes_no_writing_any_more(
    build: Any, line: EmulatedLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.enrol()
    key = cut_off(build, line)
    monkeypatch.setattr(Store, "trouble", property(lambda _: "store-unwritable"))
    again: Stand = build.again().start(ready=False)
    again.until(lambda: again.facts.usable(DeviceKind.CARD_READER) and again.facts.queue.untold)
    assert not again.facts.can_keep
    again.to_identify(APPLICATION)
    again.lay_card()
    again.until(lambda: again.visit.step is Step.OUTCOME)
    assert (again.visit.key, again.outcome()) == (key, OutcomeKind.KEPT)


def test_a_queue_that_drained_is_told_once_however_many_went_together(build: Any, line: EmulatedLine) -> None:
    build.enrol()
    line.down()
    stand: Stand = build.again().start(ready=False)
    stand.until(lambda: stand.facts.usable(DeviceKind.CARD_READER) and stand.facts.usable(DeviceKind.RECEIPT_PRINTER))
    for _ in range(2):
        stand.to_review()
        stand.submit()
        stand.take_receipt()
        stand.leave()
    line.up()
    stand.until(lambda: len(stand.log("submission-acknowledged")) == 2)
    stand.stop()
    assert len(stand.log("queue-drained")) == 1


def test_an_answer_that_the_kiosk_had_not_heard_yet_when_it_was_stopped_is_in_the_log(build: Any, line: EmulatedLine) -> None:
    stand = build(heartbeat_seconds=1.0).start()
    line.down()
    stand.to_review()
    key = stand.submit()
    line.up()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while stand.rows()[0].state is not RecordState.ACKNOWLEDGED:  # the session's thread hears nothing meanwhile
        assert time.monotonic() < deadline
        time.sleep(0.02)
    stand.stop()
    told = stand.log("submission-acknowledged", "kiosk-stopped")
    assert [(one["event"], one.get("key")) for one in told] == [("submission-acknowledged", key), ("kiosk-stopped", None)]


def test_what_has_waited_too_long_stops_new_applications_before_they_begin_until_it_is_gone(
    build: Any, centre: Any, line: EmulatedLine
) -> None:
    number = build.enrol()
    line.down()
    stand: Stand = build.again().start(ready=False)
    stand.until(lambda: stand.facts.usable(DeviceKind.CARD_READER) and stand.facts.usable(DeviceKind.RECEIPT_PRINTER))
    stand.to_review()
    key = stand.submit()
    stand.take_receipt()
    stand.leave()

    def age(tables: Tables) -> None:
        tables.outbox._connection.execute("UPDATE outbox SET kept_at = kept_at - 31 * 86400000")
        tables.outbox._counter.recount()

    stand.kiosk._store.call(age).result(60)
    stand.until(lambda: stand.facts.queue.too_old)
    assert stand.until_logged("queue-full", code="queue-too-old")["depth"] == 1
    stand.to_guide(APPLICATION)
    assert stand.visit.blocked
    assert "queue-too-old" in {obstacle.code for obstacle in stand.visit.obstacles or ()}
    assert ("queue", "queue-too-old") in {(one.where, one.code) for one in stand.kiosk.diagnosis().troubles}
    line.up()
    stand.until(lambda: not stand.facts.queue.too_old and not stand.visit.blocked)  # it has been sent
    assert [entry.key for entry in centre.ledger(number)] == [key]


def test_another_cipher_in_the_settings_is_logged_at_the_start_that_takes_it(build: Any) -> None:
    build().stop()
    text = build.settings_file.read_text(encoding="utf-8")
    build.settings_file.write_text(text.replace("[store]", '[store]\ncipher = "SM4-GCM"'), encoding="utf-8")
    for _ in range(2):  # once
        again: Stand = build.again().start()
        assert again.until_logged("key-rotated")["cipher"] == "SM4-GCM"
        again.stop()
        assert len(again.log("key-rotated")) == 1


def test_a_disk_that_hangs_is_said_before_a_visit_and_only_while_it_hangs(stand: Stand) -> None:
    goes_on = threading.Event()
    hanging = stand.kiosk._store.call(lambda _: goes_on.wait())
    try:
        stand.until(lambda: stand.kiosk._store.under_way)
        stand.time.ahead += 3600  # the whole kiosk stood still: that is not the disk's doing
        stand.kiosk.tick()
        assert stand.facts.can_keep
        for _ in range(10):
            stand.time.ahead += 1
            stand.kiosk.tick()
        assert not stand.facts.can_keep
        stand.to_guide(APPLICATION)
        assert [one.code for one in stand.visit.obstacles] == ["cannot-keep"]
        assert stand.visit.blocked
    finally:
        goes_on.set()
    assert hanging.result(60)
    stand.until(lambda: stand.facts.can_keep)
    stand.until(lambda: not stand.visit.blocked)
    assert stand.until_logged("disk-hung")["seconds"] >= 10
