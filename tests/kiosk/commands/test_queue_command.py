"""`kiosk queue` beside a running kiosk: shown without opening, retried, cancelled with a reason, exported sealed."""

from __future__ import annotations

import base64
import errno
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.commands import queue
from kiosk.commands.options import Exit
from kiosk.commands.queue import REASONS, STATES
from kiosk.local_socket import LocalServer
from kiosk.settings import load_settings
from kiosk.staff.queue_export import SealedExport
from kiosk.staff.wording import CANCEL_REASONS
from offline_cache.attachments import Attachments
from offline_cache.blob import Blob
from offline_cache.errors import StoreFull
from offline_cache.hall_time import hall_now
from offline_cache.journal import Journal
from offline_cache.ledger_match import DayMatch, Matches
from offline_cache.outbox import Outbox, Settled
from offline_cache.records import CancelReason, Deferred, RecordFacts, RecordState
from offline_cache.small_tables import Marks
from offline_cache.store import ROTATION_ASKED
from offline_cache.vault import Sealed, bound_to, open_vault
from tests.kiosk.commands.conftest import DAY, key
from tests.offline_cache.conftest import make_older_store

Run = Callable[..., Any]
FIRST = "01934b5c-7d2e-7abc-8def-000000000001"
KEPT_AT_MS = 1_795_435_200_000
SECOND = "01934b5c-7d2e-7abc-8def-000000000002"


def settle(outbox: Outbox, key: str, state: RecordState, trouble: str = "") -> None:
    record = outbox.kept(key)
    assert record is not None
    assert outbox.settle([Settled(key, record.content_hash, state, trouble)], 1) == (key,)


def events(outbox: Outbox) -> list[str]:
    return [line.body["event"] for line in Journal(outbox._connection).lines(1)]


def test_the_queue_is_shown_with_its_numbers(run: Run, settings_file: Path, outbox: Outbox) -> None:
    settle(outbox, FIRST, RecordState.ACKNOWLEDGED)
    said = run("queue", "--settings", settings_file)
    assert said.status == Exit.FINE
    assert "In the queue: 2, the oldest for " in said.out
    assert "Kept 3 = acknowledged 1 + waiting 2" in said.out
    assert "369999-K03-20261123-000002-" in said.out
    assert "369999-K03-20261123-000001-" not in said.out
    assert "No kiosk serves on this store: nothing is being sent." in said.out
    assert run("queue", "list", "--settings", settings_file).out == said.out
    assert "000001" in run("queue", "list", "--all", "--settings", settings_file).out


def test_a_next_try_lies_ahead_and_what_is_due_is_said_to_be(run: Run, settings_file: Path, outbox: Outbox) -> None:
    """However long the line is down: a time in the past is no next try."""
    later_ms = int(hall_now().timestamp() * 1000) + 3_600_000
    outbox.defer([Deferred(FIRST, later_ms, "department-closed")])
    waiting = run("queue", "--settings", settings_file).out.splitlines()[2:5]
    assert ["due" in line.split() for line in waiting] == [True, True, False]
    said = [run("queue", "show", one, "--settings", settings_file).out for one in (FIRST, SECOND)]
    assert ["due" in one for one in said] == [False, True]


NO_NUMBERS = ["x'ff'", "CAST(x'ff' AS TEXT)"]
NO_TIMES = [*NO_NUMBERS, "-(1 << 46)", "1 << 62"]


@pytest.mark.parametrize(
    ("column", "value"),
    [("tries", each) for each in NO_NUMBERS]
    + [(moment, each) for moment in ("kept_at", "ready_at", "settled_at") for each in NO_TIMES],
)
def test_a_row_with_a_number_that_is_none_hides_no_other(
    run: Run, settings_file: Path, outbox: Outbox, column: str, value: str
) -> None:
    outbox._connection.execute(f"UPDATE outbox SET {column} = {value} WHERE key = ?", (FIRST,))
    rows = run("queue", "--json", "--settings", settings_file).json["rows"]
    assert [row["receipt_number"][20:26] for row in rows] == ["000003", "000002", "000001"]
    said = run("queue", "--settings", settings_file)
    assert "000001" in said.out
    assert run("queue", "show", FIRST, "--settings", settings_file).status == Exit.FINE


def test_attachments_that_cannot_be_read_hide_no_row(run: Run, settings_file: Path, outbox: Outbox) -> None:
    fourth = f"{FIRST[:-1]}4"
    outbox.keep(fourth, date(2026, 11, 23), lambda _: b"{}", now_ms=KEPT_AT_MS, attachments=[Blob.of(b"page")])
    outbox._connection.execute("UPDATE attachment SET sha256 = CAST(x'ff' AS TEXT)")
    rows = run("queue", "--json", "--settings", settings_file).json["rows"]
    assert [row["receipt_number"][20:26] for row in rows] == ["000004", "000003", "000002", "000001"]
    assert run("queue", "show", fourth, "--json", "--settings", settings_file).json["attachments"] == 0


def test_a_queue_that_is_too_old_says_that_nothing_more_is_taken(run: Run, settings_file: Path, outbox: Outbox) -> None:
    settings_file.write_text(settings_file.read_text(encoding="utf-8").replace("3650", "1"), encoding="utf-8")
    said = run("queue", "--settings", settings_file)
    assert (said.status, "waited too long (`max_age_days`): nothing more is taken" in said.out) == (Exit.TROUBLE, True)
    assert run("queue", "--json", "--settings", settings_file).json["too_old"] is True


@pytest.mark.parametrize("closed", [False, True])
def test_a_running_kiosk_tells_itself_whether_it_takes_more(
    run: Run, settings_file: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch, closed: bool
) -> None:
    if not closed:  # the file has other limits than those the kiosk started with
        text = settings_file.read_text(encoding="utf-8").replace("3650", "1").replace("[store]", "[store]\nmax_records = 1")
        settings_file.write_text(text, encoding="utf-8")
    line = {"online": True, "trouble": "", "last_success_at": None, "next_try_at": None}
    diagnosis = {"line": line, "queue": {"full": closed, "too_old": closed, "can_keep": True}}
    monkeypatch.setattr("kiosk.local_socket.ask", lambda *_: {"ok": True, "diagnosis": diagnosis})
    said = run("queue", "--json", "--settings", settings_file)
    assert (said.json["full"], said.json["too_old"], said.json["sending"]) == (closed, closed, line)
    assert said.status == (Exit.TROUBLE if closed else Exit.FINE)
    assert ("The queue is full" in run("queue", "--settings", settings_file).out) is closed


def test_the_queue_of_a_running_kiosk_whose_disk_takes_nothing_says_so(
    run: Run, settings_file: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = {"online": True, "trouble": "", "last_success_at": None, "next_try_at": None}
    diagnosis = {"line": line, "queue": {"full": False, "too_old": False, "can_keep": False}}
    monkeypatch.setattr("kiosk.local_socket.ask", lambda *_: {"ok": True, "diagnosis": diagnosis})
    said = run("queue", "--settings", settings_file)
    assert said.status == Exit.TROUBLE
    assert "This kiosk's disk takes no submissions: nothing more can be kept.\n  → See the free space" in said.out
    said = run("queue", "--json", "--settings", settings_file)
    assert (said.status, said.json["can_keep"]) == (Exit.TROUBLE, False)


def test_what_needs_a_person_and_the_oldest_are_shown_however_many_wait_since(
    run: Run, settings_file: Path, outbox: Outbox
) -> None:
    for serial in range(4, 160):
        outbox.keep(f"01934b5c-7d2e-7abc-8def-{serial:012}", DAY, lambda _: b"{}", now_ms=KEPT_AT_MS, item="GJ-001")
    settle(outbox, SECOND, RecordState.NEEDS_PERSON, "content-conflict")
    serials = [row["receipt_number"][20:26] for row in run("queue", "--json", "--settings", settings_file).json["rows"]]
    assert serials == ["000002", *(f"{serial:06}" for serial in range(159, 61, -1)), "000001"]
    assert "59 more are not shown: `kiosk queue list --limit 159` shows all." in run("queue", "--settings", settings_file).out
    said = run("queue", "list", "--limit", 159, "--settings", settings_file)
    assert ("not shown" in said.out, said.out.count("369999-K03-")) == (False, 159)
    assert len(run("queue", "list", "--limit", 1, "--json", "--settings", settings_file).json["rows"]) == 1


def test_machines_get_the_queue_as_json(run: Run, settings_file: Path, outbox: Outbox) -> None:
    settle(outbox, FIRST, RecordState.NEEDS_PERSON, "content-conflict")
    said = run("--settings", settings_file, "queue", "--json")
    assert said.status == Exit.TROUBLE, "something needs a person"
    told = said.json
    assert (told["depth"], told["kept"], told["needs_person"]) == (3, 3, 1)
    assert [row["key"] for row in told["rows"]] == [FIRST, key(3), SECOND], "what needs a person, then the newest"
    (held,) = run("--settings", settings_file, "queue", "list", "--state", "needs-person", "--json").json["rows"]
    assert (held["key"], held["trouble"]) == (FIRST, "content-conflict")


def test_an_empty_queue_is_a_sentence(run: Run, settings_file: Path, outbox: Outbox) -> None:
    for serial in (1, 2, 3):
        settle(outbox, f"01934b5c-7d2e-7abc-8def-00000000000{serial}", RecordState.ACKNOWLEDGED)
    assert run("queue", "--settings", settings_file).out.startswith("In the queue: 0. Kept 3 = acknowledged 3")


def test_one_submission_is_shown_by_key_or_receipt_number(run: Run, settings_file: Path, outbox: Outbox) -> None:
    settle(outbox, FIRST, RecordState.NEEDS_PERSON, "content-conflict")
    told = run("queue", "show", FIRST, "--json", "--settings", settings_file).json
    assert told["state"] == "needs-person"
    said = run("queue", "show", told["receipt_number"], "--settings", settings_file)
    assert "Needs a person" in said.out
    assert "→" in said.out
    assert "seconds" not in said.out  # its age stands in its two largest units


def test_an_unknown_submission_is_told_in_a_sentence(run: Run, settings_file: Path, outbox: Outbox) -> None:
    said = run("queue", "show", "nothing", "--settings", settings_file)
    assert said.status == Exit.TROUBLE
    assert "record-unknown" in said.err
    said = run("queue", "retry", FIRST, SECOND, "nothing", "--settings", settings_file)
    assert (said.status, "number 3 of the 3 named" in said.err) == (Exit.TROUBLE, True)


def test_of_a_damaged_store_it_is_said_that_the_next_start_mends_it(run: Run, settings_file: Path, outbox: Outbox) -> None:
    outbox._connection.close()
    with load_settings(settings_file).store.database_file.open("r+b") as raw:
        raw.write(bytes(4096))
    said = run("queue", "--settings", settings_file)
    assert (said.status, "[store-damaged]" in said.err) == (Exit.TROUBLE, True)
    assert "Start the kiosk again" in said.err


def test_a_full_queue_says_what_to_do_with_the_line_up_too(run: Run, settings_file: Path, outbox: Outbox) -> None:
    settings_file.write_text(settings_file.read_text().replace("[store]", "[store]\nmax_records = 3"))
    said = run("queue", "--settings", settings_file)
    assert (said.status, "The queue is full" in said.out) == (Exit.TROUBLE, True)
    for step in ("kiosk queue retry", "max_records", "cancelled_days"):
        assert step in said.out


def test_what_needs_a_person_can_be_tried_again_and_the_log_tells(run: Run, settings_file: Path, outbox: Outbox) -> None:
    settle(outbox, FIRST, RecordState.NEEDS_PERSON, "content-conflict")
    assert run("queue", "retry", "--held", "--settings", settings_file).status == Exit.FINE
    facts = outbox.review().facts(FIRST)
    assert facts is not None
    assert facts.state is RecordState.QUEUED
    assert outbox.tally().waiting == 3
    assert events(outbox) == ["queue-retried"]
    assert "Nothing needs a person" in run("queue", "retry", "--held", "--settings", settings_file).out


def test_a_submission_tried_again_is_told_to_wait_for_a_kiosk_that_does_not_run(
    run: Run, settings_file: Path, outbox: Outbox
) -> None:
    settle(outbox, FIRST, RecordState.NEEDS_PERSON, "content-conflict")
    assert "will be tried when the kiosk runs" in run("queue", "retry", FIRST, "--settings", settings_file).out


def test_what_is_done_is_told_where_the_disk_has_no_room_for_its_log_entry(
    run: Run, settings_file: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(journal: Journal, happenings: object) -> None:
        raise StoreFull("SQLITE_FULL")

    for one in (FIRST, SECOND):
        settle(outbox, one, RecordState.NEEDS_PERSON, "content-conflict")
    monkeypatch.setattr(Journal, "append", full)
    unlogged = "The log takes no entry of it [store-full].\n"
    said = run("queue", "retry", "--held", "--settings", settings_file)
    assert (said.status, said.out.count("will be tried"), said.err) == (Exit.FINE, 2, unlogged)
    said = run("queue", "retry", FIRST, "--json", "--settings", settings_file)
    assert (said.status, said.json["submissions"][0]["retried"], said.json["logged"]) == (Exit.FINE, True, False)
    said = run("queue", "cancel", FIRST, "--reason", "other", "--yes", "--settings", settings_file)
    assert (said.status, "cancelled" in said.out, said.err) == (Exit.FINE, True, unlogged)
    said = run("queue", "cancel", SECOND, "--reason", "other", "--yes", "--json", "--settings", settings_file)
    assert (said.json["state"], said.json["logged"]) == ("cancelled", False)
    said = run("queue", "rotate-key", "--settings", settings_file)
    assert (said.status, "Asked" in said.out, said.err) == (Exit.FINE, True, unlogged)
    assert run("queue", "rotate-key", "--json", "--settings", settings_file).json == {"asked": True, "logged": False}


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[list[dict[str, Any]]]:
    """What the running kiosk is asked."""
    questions: list[dict[str, Any]] = []

    def answer(question: dict[str, Any]) -> dict[str, Any]:
        questions.append(question)
        return {"ok": True}

    kiosk = LocalServer(tmp_path / "store" / "kiosk.sock", answer)
    kiosk.start()
    yield questions
    kiosk.stop()


def test_a_running_kiosk_is_asked_once_however_many_are_tried_again(
    run: Run, settings_file: Path, outbox: Outbox, asked: list[dict[str, Any]]
) -> None:
    for one in (FIRST, SECOND):
        settle(outbox, one, RecordState.NEEDS_PERSON, "content-conflict")
    said = run("queue", "retry", "--held", "--settings", settings_file)
    assert (said.status, said.out.count("will be tried now")) == (Exit.FINE, 2)
    assert asked == [{"do": "send"}]


@pytest.mark.usefixtures("outbox")
def test_a_running_kiosk_hears_at_once_that_one_was_cancelled(run: Run, settings_file: Path, asked: list[dict[str, Any]]) -> None:
    """What closed the queue may be gone with it: else `kiosk diagnose` and the screens told it for half a minute more."""
    said = run("queue", "cancel", FIRST, "--reason", "trial", "--yes", "--settings", settings_file)
    assert (said.status, asked) == (Exit.FINE, [{"do": "send"}])


def test_a_residents_submission_is_kept_between_those_that_are_tried_again(
    run: Run, settings_file: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kiosk that waits to write looks every tenth of a second whether it may: else it would find none of the moments."""
    for one in (FIRST, SECOND):
        settle(outbox, one, RecordState.NEEDS_PERSON, "content-conflict")
    now, waiting = [0.0], []

    def slow() -> float:
        now[0] += queue.WRITING_SECONDS
        return now[0]

    def pause(seconds: float) -> None:
        outbox._connection.execute("PRAGMA busy_timeout=0")
        outbox.keep(f"{FIRST[:-1]}4", date(2026, 11, 23), lambda _: b"{}", now_ms=KEPT_AT_MS)
        waiting.append((seconds > 0.1, outbox.tally().needs_person))

    monkeypatch.setattr(queue, "time", SimpleNamespace(monotonic=slow, sleep=pause))
    assert run("queue", "retry", "--held", "--settings", settings_file).status == Exit.FINE
    assert waiting == [(True, 2), (True, 1)]


def test_those_that_are_tried_again_are_not_each_held_against_all_others(
    run: Run, settings_file: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four thousand took a minute."""

    def compared(one: RecordFacts, other: object) -> bool:
        raise AssertionError(f"{one.receipt_number} was compared with {other}")

    for one in (FIRST, SECOND):
        settle(outbox, one, RecordState.NEEDS_PERSON, "content-conflict")
    monkeypatch.setattr(RecordFacts, "__eq__", compared)
    said = run("queue", "retry", "--held", "--json", "--settings", settings_file)
    assert said.status == Exit.FINE
    assert [one["retried"] for one in json.loads(said.out)["submissions"]] == [True, True]


def test_what_is_settled_cannot_be_tried_again(run: Run, settings_file: Path, outbox: Outbox) -> None:
    settle(outbox, FIRST, RecordState.ACKNOWLEDGED)
    said = run("queue", "retry", FIRST, "--settings", settings_file)
    assert said.status == Exit.TROUBLE
    assert "acknowledged" in said.err
    assert events(outbox) == []


def test_retry_needs_to_know_what(run: Run, settings_file: Path, outbox: Outbox) -> None:
    assert run("queue", "retry", "--settings", settings_file).status == Exit.USAGE
    assert run("queue", "retry", FIRST, "--held", "--settings", settings_file).status == Exit.USAGE


def test_a_cancelled_submission_keeps_its_reason(run: Run, settings_file: Path, outbox: Outbox) -> None:
    said = run("queue", "cancel", FIRST, "--reason", "handed-in", "--yes", "--settings", settings_file)
    assert said.status == Exit.FINE
    told = run("queue", "show", FIRST, "--json", "--settings", settings_file).json
    assert (told["state"], told["reason"]) == ("cancelled", "handed-in")
    assert "Handed in at the window" in run("queue", "show", FIRST, "--settings", settings_file).out
    assert events(outbox) == ["queue-cancelled"]
    assert run("queue", "cancel", FIRST, "--reason", "other", "--yes", "--settings", settings_file).status == Exit.TROUBLE


def test_cancelling_what_was_sent_says_that_the_centre_may_have_it(run: Run, settings_file: Path, outbox: Outbox) -> None:
    said = run("queue", "cancel", FIRST, "--reason", "handed-in", "--yes", "--settings", settings_file)
    assert "It was not sent, as far as this kiosk knows" in said.out
    (leased,) = outbox.lease(1, 1 << 20, KEPT_AT_MS * 2, KEPT_AT_MS * 2 + 1)
    assert leased.key == SECOND
    outbox.release_all()  # the kiosk was killed, perhaps when the request was out
    said = run("queue", "cancel", SECOND, "--reason", "handed-in", "--yes", "--settings", settings_file)
    assert "It was sent before, so the centre may have it" in said.out
    assert "Cancelled after it was sent" in run("queue", "show", SECOND, "--settings", settings_file).out
    settle(outbox, SECOND, RecordState.ACKNOWLEDGED)
    shown = run("queue", "show", SECOND, "--settings", settings_file).out
    assert "Acknowledged: cancelled here too late" in shown
    assert "Handed in at the window" in shown


def test_cancelling_asks_first(run: Run, settings_file: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", __import__("io").StringIO("n\n"))
    said = run("queue", "cancel", FIRST, "--reason", "other", "--settings", settings_file)
    assert said.status == 130
    assert outbox.tally().waiting == 3


def test_what_was_answered_while_the_question_stood_is_told_as_it_is_then(
    run: Run, settings_file: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.confirm", lambda *_, **__: settle(outbox, FIRST, RecordState.ACKNOWLEDGED))
    said = run("queue", "cancel", FIRST, "--reason", "other", "--settings", settings_file)
    assert said.status == Exit.TROUBLE
    assert " is acknowledged: it is settled already" in said.err


@pytest.mark.parametrize("reason", ["", "x", "the one of 369999199001011234", "赵示例 asked; passport E00000000"])
def test_a_reason_is_chosen_and_can_name_nobody(run: Run, settings_file: Path, outbox: Outbox, reason: str) -> None:
    said = run("queue", "cancel", FIRST, "--reason", reason, "--yes", "--settings", settings_file)
    assert said.status == Exit.USAGE
    assert outbox.tally().waiting == 3


def test_an_export_stays_encrypted_and_opens_with_the_kiosks_key(
    run: Run, settings_file: Path, outbox: Outbox, tmp_path: Path
) -> None:
    settle(outbox, SECOND, RecordState.ACKNOWLEDGED)
    target = tmp_path / "undelivered.ndjson"
    assert run("queue", "export", "--to", target, "--settings", settings_file).status == Exit.FINE
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert "赵示例" not in target.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert sorted(line["key"][-1] for line in lines) == ["1", "3"]
    vault = open_vault(tmp_path / "store" / "vault.key", lambda: {lines[0]["key_id"]: 1})
    for line in lines:
        sealed = Sealed(line["key_id"], base64.b64decode(line["box"]))
        assert "赵示例" in vault.open(sealed, bound_to(line["kiosk"], line["key"], line["schema"])).decode()
    assert events(outbox) == ["queue-exported"]
    again = run("queue", "export", "--to", target, "--settings", settings_file)
    assert again.status == Exit.TROUBLE
    assert "cannot be written" in again.err


def test_one_that_cannot_be_read_keeps_back_no_other_from_an_export(
    run: Run, settings_file: Path, outbox: Outbox, tmp_path: Path
) -> None:
    outbox._connection.execute("UPDATE outbox SET key_id = CAST(x'FF' AS TEXT) WHERE key = ?", (SECOND,))
    target = tmp_path / "undelivered.ndjson"
    said = run("queue", "export", "--to", target, "--settings", settings_file)
    assert (said.status, said.err) == (Exit.TROUBLE, "1 cannot be read any more.\n")
    assert [json.loads(line)["key"][-1] for line in target.read_text(encoding="utf-8").splitlines()] == ["3", "1"]


def test_an_export_that_breaks_off_leaves_no_file(
    run: Run, settings_file: Path, outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "undelivered.ndjson"

    def fails(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("os.fsync", fails)  # the stick
        said = run("queue", "export", "--to", target, "--settings", settings_file)
    assert (said.status, "cannot be written: No space left" in said.err) == (Exit.TROUBLE, True)
    assert not target.exists()
    assert events(outbox) == []


def test_an_export_has_its_name_only_when_it_is_whole_and_begins_anew_after_one_that_was_killed(
    run: Run, settings_file: Path, outbox: Outbox, tmp_path: Path
) -> None:
    target, part = tmp_path / "undelivered.ndjson", tmp_path / "undelivered.ndjson.part"
    writing = SealedExport(target).write(outbox.review().rows(), outbox.review(), Attachments(outbox._connection))
    next(writing)
    assert part.exists()
    assert not target.exists()
    at_once = run("queue", "export", "--to", target, "--settings", settings_file)
    assert (at_once.status, "cannot be written: it is being written just now" in at_once.err) == (Exit.TROUBLE, True)
    del writing
    part.write_text("{}\n" * 5, encoding="utf-8")  # of one that was killed
    assert run("queue", "export", "--to", target, "--settings", settings_file).status == Exit.FINE
    assert len(target.read_text(encoding="utf-8").splitlines()) == 3
    assert [file for file in tmp_path.iterdir() if file.name.startswith(target.name)] == [target]


def test_what_is_unsent_can_be_exported_from_a_store_that_takes_no_writing(
    run: Run, settings_file: Path, outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise StoreFull("SQLITE_FULL")

    monkeypatch.setattr("kiosk.commands.store_access.open_beside", refuse)
    target = tmp_path / "undelivered.ndjson"
    said = run("queue", "export", "--to", target, "--settings", settings_file)
    assert (said.status, said.err) == (Exit.FINE, "The log takes no entry of it [store-full].\n")
    assert len(target.read_text(encoding="utf-8").splitlines()) == 3


def test_whoever_may_only_read_the_store_is_told_of_an_export_that_was_written(
    run: Run, settings_file: Path, outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda _, wanted: not wanted & os.W_OK)
    target = tmp_path / "undelivered.ndjson"
    said = run("queue", "export", "--to", target, "--json", "--settings", settings_file)
    assert (said.status, said.err) == (Exit.FINE, "The log takes no entry of it [user-not-allowed].\n")
    assert said.json == {"file": str(target), "submissions": 3, "unreadable": 0, "logged": False}
    assert len(target.read_text(encoding="utf-8").splitlines()) == 3


@pytest.fixture
def read_only_folder(outbox: Outbox, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Make the store's folder one of a disk that takes no writing."""
    folder, mounted = tmp_path / "store", False

    def mount() -> None:
        nonlocal mounted
        mounted = subprocess.run(["mount", "--bind", folder, folder], capture_output=True, check=False).returncode == 0
        if not mounted:
            pytest.skip("this user may not mount")
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)

    yield mount
    if mounted:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.parametrize("stopped", [False, True])
def test_what_is_unsent_can_be_exported_from_a_disk_that_was_mounted_for_reading_only(
    run: Run, settings_file: Path, outbox: Outbox, tmp_path: Path, read_only_folder: Callable[[], None], stopped: bool
) -> None:
    if stopped:
        outbox._connection.close()
    read_only_folder()
    target = tmp_path / "undelivered.ndjson"
    said = run("queue", "export", "--to", target, "--settings", settings_file)
    assert (said.status, said.err) == (Exit.FINE, "The log takes no entry of it [store-unwritable].\n")
    assert "In the queue: 3" in run("queue", "--settings", settings_file).out
    assert run("logs", "--settings", settings_file).status == Exit.FINE
    assert "[store-unwritable]" in run("queue", "cancel", FIRST, "--reason", "other", "--yes", "--settings", settings_file).err
    assert len(target.read_text(encoding="utf-8").splitlines()) == 3


def test_one_submission_is_exported_alone_and_an_erased_one_is_refused(
    run: Run, settings_file: Path, outbox: Outbox, tmp_path: Path
) -> None:
    settle(outbox, SECOND, RecordState.ACKNOWLEDGED)
    target = tmp_path / "one.ndjson"
    assert run("queue", "export", FIRST, "--to", target, "--settings", settings_file).status == Exit.FINE
    assert [json.loads(line)["key"] for line in target.read_text(encoding="utf-8").splitlines()] == [FIRST]
    said = run("queue", "export", SECOND, "--to", tmp_path / "two.ndjson", "--settings", settings_file)
    assert said.status == Exit.TROUBLE
    assert "its content is erased" in said.err
    assert not (tmp_path / "two.ndjson").exists()


def test_machines_are_told_in_json_what_was_retried_cancelled_and_exported(
    run: Run, settings_file: Path, outbox: Outbox, tmp_path: Path
) -> None:
    settle(outbox, FIRST, RecordState.ACKNOWLEDGED)
    said = run("queue", "retry", FIRST, SECOND, "--json", "--settings", settings_file)
    assert (said.status, said.json["at_once"]) == (Exit.TROUBLE, False)
    assert [(one["key"], one["retried"]) for one in said.json["submissions"]] == [(FIRST, False), (SECOND, True)]
    assert events(outbox) == ["queue-retried"]
    nothing = run("queue", "retry", "--held", "--json", "--settings", settings_file)
    assert (nothing.status, nothing.json) == (Exit.FINE, {"submissions": [], "at_once": False, "logged": True})

    target = tmp_path / "undelivered.ndjson"
    said = run("queue", "export", "--to", target, "--json", "--settings", settings_file)
    assert (said.status, said.json) == (
        Exit.FINE,
        {"file": str(target), "submissions": 2, "unreadable": 0, "logged": True},
    )
    said = run("queue", "export", "--to", target, "--json", "--settings", settings_file)
    assert (said.status, said.json["error"]) == (Exit.TROUBLE, "action-refused")
    assert "cannot be written: it is there already" in said.json["detail"]

    cancel = ("queue", "cancel", SECOND, "--reason", "trial", "--json", "--settings", settings_file)
    assert run(*cancel).status == Exit.USAGE, "nobody is there to be asked"
    said = run(*cancel, "--yes")
    assert (said.status, said.err) == (Exit.FINE, "")
    told = said.json
    assert (told["key"], told["state"], told["reason"], told["was_sent"]) == (SECOND, "cancelled", "trial", False)
    again = run(*cancel, "--yes")
    assert (again.status, again.json["error"]) == (Exit.TROUBLE, "action-refused")


def test_of_several_to_be_tried_again_one_that_is_settled_keeps_back_no_other(
    run: Run, settings_file: Path, outbox: Outbox
) -> None:
    settle(outbox, FIRST, RecordState.ACKNOWLEDGED)
    settle(outbox, SECOND, RecordState.NEEDS_PERSON, "content-conflict")
    said = run("queue", "retry", FIRST, SECOND, "--settings", settings_file)
    assert (said.status, "-000001-" in said.err, "-000002-" in said.out) == (Exit.TROUBLE, True, True)
    assert outbox.tally().waiting == 2


def test_attachments_are_counted_and_exported_sealed(run: Run, settings_file: Path, outbox: Outbox, tmp_path: Path) -> None:
    page, fourth = b"\xff\xd8 a page", f"{FIRST[:-1]}4"
    outbox.keep(fourth, date(2026, 11, 23), lambda _: b"{}", now_ms=1_795_000_000_000, attachments=[Blob.of(page)])
    shown = run("queue", "show", fourth, "--json", "--settings", settings_file).json
    assert (shown["attachments"], shown["attachments_sent"]) == (1, 0)
    target = tmp_path / "undelivered.ndjson"
    assert run("queue", "export", "--to", target, "--settings", settings_file).status == Exit.FINE
    (line,) = (line for line in map(json.loads, target.read_text(encoding="utf-8").splitlines()) if line["key"] == fourth)
    (told,) = line["attachments"]
    vault = open_vault(tmp_path / "store" / "vault.key", lambda: {told["key_id"]: 1})
    binding = bound_to(line["kiosk"], f"{fourth}/{told['number']}", told["schema"])
    assert vault.open(Sealed(told["key_id"], base64.b64decode(told["box"])), binding) == page


def test_without_a_store_the_exit_status_says_so(run: Run, settings_file: Path) -> None:
    for command in (["queue"], ["queue", "retry", "--held"], ["logs"], ["logs", "verify"]):
        said = run(*command, "--settings", settings_file)
        assert said.status == Exit.NOT_RUNNING
        assert "store-absent" in said.err


def test_a_broken_settings_file_is_told_with_its_mistakes(run: Run, settings_file: Path) -> None:
    settings_file.write_text("[hall\n")
    said = run("queue", "--settings", settings_file)
    assert said.status == Exit.SETTINGS
    assert f"{settings_file}:1: " in said.err


def test_nothing_personal_is_ever_printed(run: Run, settings_file: Path, outbox: Outbox) -> None:
    for command in (["list", "--all"], ["list", "--json"], ["show", FIRST], ["show", FIRST, "--json"]):
        assert "示例" not in run("queue", *command, "--settings", settings_file).out


def test_days_held_against_the_ledger_are_told_as_numbers_or_as_the_ids_in_doubt(
    run: Run, settings_file: Path, outbox: Outbox
) -> None:
    nothing = run("queue", "match", "--settings", settings_file)
    assert (nothing.status, nothing.out.startswith("No day was compared yet")) == (Exit.FINE, True)
    matches, today = Matches(outbox._connection), hall_now().date()
    at_ms = int(time.time() * 1000)
    matches.note(DayMatch(today - timedelta(days=1), at_ms, 214, 214, 0))
    said = run("queue", "match", "--settings", settings_file)
    assert (said.status, said.out) == (Exit.FINE, f"{today - timedelta(days=1)}  214 = 214\n")
    matches.note(DayMatch(today - timedelta(days=2), at_ms, 7, 8, 1, missing=(FIRST,), unexpected=(SECOND, "other")))
    said = run("queue", "match", "--settings", settings_file)
    assert said.status == Exit.TROUBLE
    assert f"{today - timedelta(days=2)}  7 ≠ 8, 1 still waiting" in said.out
    assert f"{FIRST}  acknowledged here, not in the ledger" in said.out
    assert "kiosk queue retry ID" in said.out
    told = run("queue", "match", "--days", "2", "--json", "--settings", settings_file).json
    assert [(day["agrees"], day["unexpected"]) for day in told] == [(True, []), (False, [SECOND, "other"])]
    assert run("queue", "match", "--days", "0", "--settings", settings_file).status == Exit.USAGE


@pytest.mark.parametrize("words", [("queue", "list"), ("logs", "verify"), ("queue", "match"), ("queue", "show", "R-1")])
def test_another_programs_file_is_told_by_name(run: Run, settings_file: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "store.db").touch()
    said = run(*words, "--json", "--settings", settings_file)
    assert (said.status, said.json["error"]) == (Exit.TROUBLE, "store-foreign")
    said = run("queue", "rotate-key", "--settings", settings_file)
    assert said.status == Exit.TROUBLE
    assert "[store-foreign]" in said.err
    assert (tmp_path / "store" / "store.db").stat().st_size == 0


def test_a_folder_in_the_databases_place_is_told_by_name(run: Run, settings_file: Path, tmp_path: Path) -> None:
    (tmp_path / "store" / "store.db").mkdir(parents=True)
    for words in (("queue", "list"), ("queue", "rotate-key")):
        said = run(*words, "--settings", settings_file)
        assert said.status == Exit.TROUBLE
        assert "store.db is a folder, not a file" in said.err
        assert "[store-foreign]" in said.err


@pytest.mark.parametrize("words", [("queue",), ("logs", "verify"), ("queue", "match"), ("queue", "retry", "R-1")])
def test_a_store_that_an_older_program_made_is_told_by_name(
    run: Run, settings_file: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "store").mkdir()
    make_older_store(tmp_path / "store" / "store.db", 7)
    said = run(*words, "--settings", settings_file)
    assert said.status == Exit.TROUBLE
    assert "[store-too-old]" in said.err
    assert "Start the kiosk once" in said.err


def test_json_and_settings_before_the_command_mean_the_command(run: Run, settings_file: Path, outbox: Outbox) -> None:
    assert run("queue", "--settings", settings_file, "--json", "list").json["depth"] == 3
    assert run("queue", "--json", "match", "--settings", settings_file).json == []


def test_bytes_that_are_no_text_name_no_submission(run: Run, settings_file: Path, outbox: Outbox) -> None:
    said = run("queue", "show", "\udcff", "--json", "--settings", settings_file)
    assert (said.status, said.json["error"]) == (Exit.TROUBLE, "record-unknown")
    for option in ("--device", "--visit"):
        assert run("logs", option, "\udcff", "--settings", settings_file).status == Exit.USAGE


def test_what_is_named_twice_is_done_once(run: Run, settings_file: Path, outbox: Outbox, tmp_path: Path) -> None:
    number = outbox.review().rows(limit=1)[0].receipt_number
    key = outbox.review().rows(limit=1)[0].key
    target = tmp_path / "one.ndjson"
    run("queue", "export", key, number, key, "--to", target, "--settings", settings_file)
    assert len(target.read_text(encoding="utf-8").splitlines()) == 1
    run("queue", "retry", key, number, "--settings", settings_file)
    assert events(outbox) == ["queue-exported", "queue-retried"]


def test_an_export_opens_whatever_number_the_settings_give_the_kiosk_now(
    run: Run, settings_file: Path, outbox: Outbox, tmp_path: Path
) -> None:
    settings_file.write_text(settings_file.read_text(encoding="utf-8").replace("K03", "K99"), encoding="utf-8")
    target = tmp_path / "one.ndjson"
    run("queue", "export", FIRST, "--to", target, "--settings", settings_file)
    line = json.loads(target.read_text(encoding="utf-8"))
    vault = open_vault(tmp_path / "store" / "vault.key", lambda: {line["key_id"]: 1})
    sealed = Sealed(line["key_id"], base64.b64decode(line["box"]))
    assert b"serial" in vault.open(sealed, bound_to(line["kiosk"], line["key"], line["schema"]))


def test_every_reason_has_words_in_both_languages_and_can_be_chosen() -> None:
    assert set(REASONS) == set(CancelReason) == set(CANCEL_REASONS)
    assert set(STATES) == set(RecordState)
    assert all(words.zh and words.en for words in CANCEL_REASONS.values())


def test_another_key_is_asked_for_and_machines_are_answered(run: Run, settings_file: Path, outbox: Outbox) -> None:
    assert run("queue", "rotate-key", "--json", "--settings", settings_file).json == {"asked": True, "logged": True}
    assert Marks(outbox._connection).get(ROTATION_ASKED, 0) == 1


def test_a_sealed_key_is_not_asked_for_where_only_the_script_can_change_it(
    run: Run, settings_file: Path, outbox: Outbox, tmp_path: Path
) -> None:
    (key,) = tmp_path.rglob("vault.key")
    key.unlink()
    said = run("queue", "rotate-key", "--settings", settings_file)
    assert (said.status, "[key-fixed]" in said.err, "seal-vault-key --rotate" in said.err) == (Exit.TROUBLE, True, True)
    assert Marks(outbox._connection).get(ROTATION_ASKED, 0) == 0


def test_the_log_says_who_asked_for_another_key(run: Run, settings_file: Path, outbox: Outbox) -> None:
    run("queue", "rotate-key", "--settings", settings_file)
    (line,) = Journal(outbox._connection).lines(1)
    assert (line.body["event"], line.body["staff"]) == ("key-change-asked", "shell")
    assert "Key change asked by staff" in run("logs", "--settings", settings_file).out


def test_what_cannot_be_done_names_a_way_on_and_one_is_no_plural(
    run: Run, settings_file: Path, outbox: Outbox, tmp_path: Path
) -> None:
    said = run("queue", "export", FIRST, "--to", tmp_path / "one", "--settings", settings_file)
    assert said.out.endswith(": 1 submission, encrypted\n")
    again = run("queue", "export", FIRST, "--to", tmp_path / "one", "--settings", settings_file)
    assert "it is there already" in again.err
    assert "name another file" in again.err
    assert "maintenance company" not in again.err


def test_a_store_that_the_kiosk_is_writing_just_then_is_to_be_tried_again(
    run: Run, settings_file: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offline_cache.database.BUSY_MS", 10)
    outbox._connection.execute("BEGIN IMMEDIATE")
    said = run("queue", "retry", FIRST, "--json", "--settings", settings_file)
    outbox._connection.execute("ROLLBACK")
    assert (said.status, said.json["error"]) == (Exit.TROUBLE, "store-in-use")
    assert "try again in a moment" in said.err
    assert run("queue", "retry", FIRST, "--settings", settings_file).status == Exit.FINE


BROKEN_OFF = """
import os
import signal

# As at a terminal: whoever runs the tests may have them ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
for number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)
from kiosk.__main__ import main
from kiosk.staff import queue_export
from offline_cache.review import Review

def broken_off_at_the_second(work):
    calls = []
    def called(*given):
        calls.append(1)
        if len(calls) == 2:
            os.kill(os.getpid(), {number})
        return work(*given)
    return called

Review.retry = broken_off_at_the_second(Review.retry)
queue_export._line = broken_off_at_the_second(queue_export._line)
main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_of_a_command_that_is_broken_off_what_was_done_is_logged_and_no_half_file_stays(
    settings_file: Path, outbox: Outbox, tmp_path: Path, number: signal.Signals
) -> None:
    def broken_off(*words: object) -> tuple[int, str]:
        command = [
            sys.executable,
            "-c",
            BROKEN_OFF.format(number=int(number)),
            *map(str, words),
            "--settings",
            str(settings_file),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stderr.strip()

    assert broken_off("queue", "retry", FIRST, SECOND) == (130, "Stopped.")
    assert events(outbox) == ["queue-retried"]
    assert broken_off("queue", "export", "--to", tmp_path / "undelivered.ndjson") == (130, "Stopped.")
    assert list(tmp_path.glob("undelivered*")) == []


TOLD_TWICE = """
from kiosk.commands import store_access

def told_again(work):
    def called(*given):
        os.kill(os.getpid(), {number})
        return work(*given)
    return called

store_access.note = told_again(store_access.note)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_was_done_is_logged_though_the_terminal_that_closes_tells_it_twice(
    settings_file: Path, outbox: Outbox, number: signal.Signals
) -> None:
    """Its shell does first, and the kernel once the shell has ended."""
    program = BROKEN_OFF.replace("main()\n", TOLD_TWICE + "main()\n").format(number=int(number))
    command = [sys.executable, "-c", program, "queue", "retry", FIRST, SECOND, "--settings", str(settings_file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (130, "Stopped.")
    assert events(outbox) == ["queue-retried"]
