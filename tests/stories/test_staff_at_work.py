"""Technician and manager, at the kiosk and over ssh: they find what happened and see the same values."""

from __future__ import annotations

import base64
import csv
import json
import os
import queue
import shutil
import stat
import time
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest

from devices.emulators.bench import CARD_READER, RECEIPT_PRINTER
from devices.reports import DeviceState
from kiosk.assembly import LOOK_SECONDS
from kiosk.commands.root import main
from kiosk.errors import RoleTooLow, SignInRefused, StaffError
from kiosk.staff.diagnostics import LOW_DISK_BYTES, as_json
from kiosk.staff.log_review import LogFilter
from kiosk.staff.room import StaffRoom
from kiosk.staff.settings import Role
from kiosk.visit import events as ev
from kiosk.visit.visit import OutcomeKind
from offline_cache import sync
from offline_cache.emulated_line import EmulatedLine, Faults
from offline_cache.records import CancelReason, RecordState
from offline_cache.vault import Sealed, bound_to
from tests.stories.stand import APPLICATION, MANAGER, MANAGER_PIN, TECHNICIAN, TECHNICIAN_PIN, Stand

T = TypeVar("T")


def told(stand: Stand, ask: Any, *words: Any) -> Any:
    """What the staff's room answers to a question that takes the disk."""
    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
    ask(*words, answers.put)
    stand.until(lambda: not answers.empty())
    return answers.get()


def reader_unplugged_while_identifying(stand: Stand) -> str:
    """The incident; its visit's id."""
    stand.to_identify(APPLICATION)
    visit = stand.kiosk.session.visit_id
    stand.bench.unplug(CARD_READER)
    stand.until(lambda: stand.facts.devices[CARD_READER].state is DeviceState.NO_DEVICE)
    stand.send(ev.Left())
    return visit


def test_a_technician_sees_the_incident_and_tests_the_reader(stand: Stand) -> None:
    reader_unplugged_while_identifying(stand)
    room = stand.kiosk.staff
    assert isinstance(told(stand, room.sign_in, TECHNICIAN, "000111"), SignInRefused)
    assert room.signed_in is None
    signed_in = told(stand, room.sign_in, TECHNICIAN, TECHNICIAN_PIN)
    assert (signed_in.number, signed_in.role) == (TECHNICIAN, Role.TECHNICIAN)
    found = {one.where: one for one in room.diagnosis().troubles}
    assert found[CARD_READER].code in ("device-unplugged", "port-missing")
    assert found[CARD_READER].remedy.steps
    assert room.test(CARD_READER)
    stand.until(lambda: not room.tests[CARD_READER].running)
    assert room.tests[CARD_READER].code in ("device-unplugged", "port-missing")

    stand.bench.plug(CARD_READER)
    stand.until(lambda: stand.facts.devices[CARD_READER].usable)
    assert room.diagnosis().troubles == ()
    (row,) = (row for row in room.diagnosis().devices if row.status.device == CARD_READER)
    assert row.last_remedy is not None
    assert room.test(CARD_READER)
    stand.until(lambda: not room.tests[CARD_READER].running)
    assert room.tests[CARD_READER].code == ""
    assert not room.test("no-such-device")
    with pytest.raises(RoleTooLow):
        room.log_page(LogFilter(), None, lambda _: None)
    room.sign_out()
    assert room.tests == {}
    stand.until_logged("device-tested", device=CARD_READER, code="")
    stand.until_logged("staff-signed-out", staff=TECHNICIAN, idle=False)
    stand.until_logged("staff-failed")


def test_a_manager_finds_the_incident_in_the_log_and_exports_it(stand: Stand) -> None:
    visit = reader_unplugged_while_identifying(stand)
    stand.until_logged("visit-ended")
    room = stand.kiosk.staff
    assert told(stand, room.sign_in, MANAGER, MANAGER_PIN).role is Role.MANAGER
    page = told(stand, room.log_page, LogFilter(device=CARD_READER, events=("device-state",)), None)
    assert page.rows[0].facts["state"] == "no-device"
    line = told(stand, room.timeline, visit)
    assert line.ended == "left"
    assert [step for step, _ in line.steps][-1] == "identify"
    exported = told(stand, room.export_log, LogFilter())
    assert exported.path.parent == stand.settings.store.directory / "exports"
    assert stat.S_IMODE(exported.path.parent.stat().st_mode) == 0o700
    with exported.path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == exported.rows
    assert any(row["event"] == "device-state" and row["device"] == CARD_READER for row in rows)
    stand.until_logged("log-exported", staff=MANAGER, rows=exported.rows)


def kept_with_a_technician_at_the_kiosk(stand: Stand) -> tuple[str, StaffRoom]:
    """A resident has submitted and gone; the technician is signed in."""
    stand.to_review()
    key = stand.submit()
    stand.send(ev.Left(), ev.WentOn())
    room = stand.kiosk.staff
    told(stand, room.sign_in, TECHNICIAN, TECHNICIAN_PIN)
    return key, room


def test_staff_see_the_queue_and_try_again_what_needs_a_person(stand: Stand, line: EmulatedLine) -> None:
    line.down()
    key, room = kept_with_a_technician_at_the_kiosk(stand)
    view = told(stand, room.queue)
    assert [row.key for row in view.rows] == [key]
    assert told(stand, room.retry, key) == ""
    assert told(stand, room.retry, "01934b5c-7d2e-7abc-8def-000000000001") == "action-refused"
    line.up()
    stand.until(lambda: stand.facts.queue.depth == 0)
    assert told(stand, room.retry, key) == "action-refused"
    assert [one["staff"] for one in stand.log("queue-retried")] == [TECHNICIAN]


def test_staff_take_a_submission_out_with_a_reason_and_the_centre_never_gets_it(
    stand: Stand, line: EmulatedLine, ledger: Any
) -> None:
    line.down()
    stand.to_review()
    key = stand.submit()
    stand.until(lambda: not stand.facts.online)  # the request is over
    stand.send(ev.Left(), ev.WentOn())
    room = stand.kiosk.staff
    with pytest.raises(StaffError):
        room.cancel(key, CancelReason.TRIAL, lambda _: None)
    told(stand, room.sign_in, TECHNICIAN, TECHNICIAN_PIN)
    assert told(stand, room.cancel, key, CancelReason.HANDED_IN) == ""
    assert told(stand, room.cancel, key, CancelReason.HANDED_IN) == "action-refused"
    (row,) = told(stand, room.queue).rows
    assert (row.key, row.state, row.reason) == (key, RecordState.CANCELLED, "handed-in")
    stand.until(lambda: stand.facts.queue.depth == 0)
    line.up()
    stand.until(lambda: stand.facts.online)
    assert ledger() == []
    stand.until_logged("queue-cancelled", key=key, staff=TECHNICIAN)


def test_staff_export_what_is_unsent_still_encrypted(stand: Stand, line: EmulatedLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.staff.room.HELD_SECONDS", 0)
    monkeypatch.setattr("kiosk.staff.queue_export.NAME", "queue-now.jsonl")
    line.down()
    keys = []
    for _ in range(2):
        stand.to_review()
        keys.append(stand.submit())
        stand.send(ev.Left(), ev.WentOn())
    room = stand.kiosk.staff
    with pytest.raises(StaffError):
        room.export_queue(lambda _: None)
    told(stand, room.sign_in, TECHNICIAN, TECHNICIAN_PIN)
    told(stand, room.export_queue)
    exported = told(stand, room.export_queue)  # touched again within its second
    assert (exported.path.parent, exported.rows, exported.unread) == (stand.settings.store.directory / "exports", 2, 0)
    assert stat.S_IMODE(exported.path.stat().st_mode) == 0o600
    lines = [json.loads(text) for text in exported.path.read_text(encoding="utf-8").splitlines()]
    assert {one["key"] for one in lines} == set(keys)
    opened = stand.kiosk._store.call(
        lambda tables: [
            tables.vault.open(
                Sealed(one["key_id"], base64.b64decode(one["box"])), bound_to(one["kiosk"], one["key"], one["schema"])
            )
            for one in lines
        ]
    ).result(60)
    people = {json.loads(content)["applicant"]["name"] for content in opened}
    assert not any(name in exported.path.read_text(encoding="utf-8") for name in people)
    stand.until_logged("queue-exported", staff=TECHNICIAN, rows=2)
    told(stand, room.sign_in, MANAGER, MANAGER_PIN)
    log = told(stand, room.export_log, LogFilter()).path
    for file in (exported.path, log):
        os.utime(file, (time.time() - 8 * 24 * 3600,) * 2)
    stand.time.ahead += LOOK_SECONDS
    stand.until(lambda: not exported.path.exists())
    assert log.exists()


def test_staff_export_nothing_that_would_leave_too_little_room_on_the_disk(
    stand: Stand, line: EmulatedLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.down()
    _, room = kept_with_a_technician_at_the_kiosk(stand)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=LOW_DISK_BYTES + 100, total=1 << 40))
    assert told(stand, room.export_queue).code == "disk-nearly-full"
    assert not (stand.settings.store.directory / "exports").exists()


@pytest.mark.parametrize("where", ["kiosk", "shell"])
def test_what_staff_send_again_does_not_wait_for_the_lines_next_try(
    build: Any, line: EmulatedLine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr(sync, "backoff_seconds", lambda *_: 3000.0)
    stand = build()
    line.misbehave(Faults(portal=True))
    stand.start(ready=False)
    stand.until(lambda: stand.kiosk.diagnosis().surroundings.line_trouble)
    stand.until(lambda: all(one.usable for one in stand.facts.devices.values()))
    line.up()
    key, room = kept_with_a_technician_at_the_kiosk(stand)
    assert [row.key for row in told(stand, room.queue).rows if row.waits] == [key]
    if where == "kiosk":
        assert told(stand, room.retry, key) == ""
    else:
        with pytest.raises(SystemExit):
            main(["queue", "retry", key, "--settings", str(build.settings_file)])
        assert "will be tried now" in capsys.readouterr().out
    stand.until(lambda: stand.facts.queue.depth == 0)


def test_an_untouched_staff_page_closes_itself(stand: Stand) -> None:
    room = stand.kiosk.staff
    signed_in = told(stand, room.sign_in, TECHNICIAN, TECHNICIAN_PIN)
    room.signed_in = type(signed_in)(signed_in.number, signed_in.role, signed_in.touched_at.replace(year=2025))
    stand.until(lambda: room.signed_in is None)
    stand.until_logged("staff-signed-out", idle=True)


AS_TIME_PASSES = {"at", "since_seconds", "oldest_seconds", "wire"}


def still(told: Any) -> Any:
    """Without what is another a second later."""
    if isinstance(told, dict):
        return {name: still(value) for name, value in told.items() if name not in AS_TIME_PASSES}
    return [still(one) for one in told] if isinstance(told, list) else told


def test_kiosk_diagnose_prints_over_the_socket_what_the_room_shows(
    stand: Stand, build: Any, line: EmulatedLine, capsys: pytest.CaptureFixture[str]
) -> None:
    stand.to_review()
    stand.submit()
    stand.until(lambda: stand.outcome() is OutcomeKind.ACCEPTED)
    stand.bench.unplug(RECEIPT_PRINTER)
    stand.until(lambda: stand.facts.devices[RECEIPT_PRINTER].state is DeviceState.NO_DEVICE)
    stand.until(lambda: stand.facts.queue.acknowledged == 1)
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        main(["diagnose", "--json", "--settings", str(build.settings_file)])
    printed = json.loads(capsys.readouterr().out)
    assert printed.pop("running") is True
    assert still(printed) == still(json.loads(json.dumps(as_json(stand.kiosk.staff.diagnosis()))))
    assert printed["queue"]["acknowledged"] == 1
    assert [one["where"] for one in printed["troubles"]] == [RECEIPT_PRINTER]
    assert left.value.code == 1
    with pytest.raises(SystemExit):
        main(["diagnose", "--settings", str(build.settings_file)])
    words = capsys.readouterr().out
    assert RECEIPT_PRINTER in words
    assert "queue 0 undelivered" in words
