"""The staff's room over a store: the order of the queue's rows, and an export that takes more than one turn."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from kiosk.errors import DiskNearlyFull
from kiosk.log_events import Event
from kiosk.staff.diagnostics import LOW_DISK_BYTES, Disk, Surroundings, diagnose
from kiosk.staff.log_review import LogFilter, LogPage
from kiosk.staff.room import ROWS_SHOWN, Bench, Exported, Means, QueueView, StaffRoom
from kiosk.staff.settings import Role, SignInSettings
from kiosk.staff.sign_in import SignedIn, SignIn
from kiosk.visit.facts import Facts
from offline_cache.attachments import Attachments
from offline_cache.database import open_store
from offline_cache.errors import CacheError, StoreUnwritable
from offline_cache.journal import Happening, Journal
from offline_cache.key import new_key
from offline_cache.ledger_match import Matches
from offline_cache.outbox import Outbox
from offline_cache.records import RecordState, Settled
from offline_cache.vault import Vault, VaultKey, key_id_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MS = int(NOON.timestamp() * 1000)
KEY = bytes(range(32))
VAULT = Vault({key_id_of(KEY): VaultKey(KEY)}, key_id_of(KEY))


class Stand:
    """A room whose work on the store is done at once, and counted."""

    def __init__(self, outbox: Outbox, tables: Any, exports: Path) -> None:
        self.outbox = outbox
        self.exports = exports
        self.turns = 0
        self.hears = True
        """The session's thread goes on."""
        self.meanwhile: dict[int, Callable[[], None]] = {}
        """What happens at which turn of the store."""
        self.journal: Journal = tables.journal
        self.sent_now = 0
        self.now = NOON
        self.logged: list[Event] = []
        self._tables = tables
        unused: Any = None
        self.room = StaffRoom(
            Means(
                bench=cast("Bench", unused),
                badges={},
                sign_in=cast("SignIn", unused),
                sign_in_settings=SignInSettings(),
                diagnosis=lambda: diagnose(Facts(), Surroundings("K03", "1"), NOON),
                on_storage=self._at_once,
                send_now=self._send_now,
                log=self.logged.append,
                clock=lambda: self.now,
                exports=exports,
            )
        )
        self.room.signed_in = SignedIn("2001", Role.TECHNICIAN, NOON)

    def _at_once(self, work: Callable[[Any], object], then: Callable[[object], None]) -> None:
        self.turns += 1
        try:
            if self.turns in self.meanwhile:
                self.meanwhile[self.turns]()
            result = work(self._tables)
        except CacheError as refused:
            result = refused
        if self.hears:
            then(result)

    def _send_now(self) -> None:
        self.sent_now += 1

    def keep(self, count: int) -> list[str]:
        """So many submissions, by their receipt numbers."""
        keys = [new_key(MS + number) for number in range(count)]
        return [self.outbox.keep(key, date(2026, 11, 23), lambda _: b"{}", now_ms=MS).receipt_number for key in keys]


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with closing(open_store(tmp_path / "store.db")) as connection:
        outbox = Outbox(connection, VAULT, area="360821", kiosk="K03")
        attachments, matches = Attachments(connection, VAULT), Matches(connection, "K03")
        tables = SimpleNamespace(
            outbox=outbox, review=outbox.review(), attachments=attachments, matches=matches, journal=Journal(connection)
        )
        yield Stand(outbox, tables, tmp_path / "exports")


def test_an_export_in_many_turns_has_each_submission_once(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.staff.room.HELD_SECONDS", 0)
    numbers = stand.keep(4)
    told: list[object] = []
    stand.room.export_queue(told.append)
    (exported,) = told
    assert isinstance(exported, Exported)
    lines = [json.loads(line) for line in exported.path.read_text(encoding="utf-8").splitlines()]
    assert sorted(line["receipt_number"] for line in lines) == numbers
    assert (exported.rows, exported.unread, stand.turns) == (len(numbers), 0, 5)
    assert [event.name for event in stand.logged] == ["queue-exported"]


def test_what_waits_is_shown_before_whatever_was_answered_since(stand: Stand) -> None:
    waiting = stand.keep(1)
    answered = stand.keep(ROWS_SHOWN)
    for row in stand.outbox.review().rows(limit=ROWS_SHOWN):
        settled = Settled(row.key, row.content_hash, RecordState.ACKNOWLEDGED)
        assert stand.outbox.settle([settled], MS) == (row.key,)
    told: list[object] = []
    stand.room.queue(told.append)
    (view,) = told
    assert isinstance(view, QueueView)
    assert [row.receipt_number for row in view.rows] == [*waiting, *reversed(answered)][:ROWS_SHOWN]


def test_what_needs_a_person_and_the_oldest_are_shown_however_many_wait_since(stand: Stand) -> None:
    oldest, held, *_, newest = stand.keep(ROWS_SHOWN + 2)
    row = stand.outbox.review().by_receipt_number(held)
    assert row is not None
    stand.outbox.settle([Settled(row.key, row.content_hash, RecordState.NEEDS_PERSON, "content-conflict")], MS)
    told: list[object] = []
    stand.room.queue(told.append)
    (view,) = told
    assert isinstance(view, QueueView)
    assert [view.rows[place].receipt_number for place in (0, 1, -1)] == [held, newest, oldest]
    assert len(view.rows) == ROWS_SHOWN


@pytest.mark.parametrize("do", ["retry", "cancel"])
def test_what_staff_try_again_or_take_out_has_the_line_and_the_days_looked_at_now(stand: Stand, do: str) -> None:
    """As `kiosk queue retry` and `cancel` do: at the centre all the same, its day would differ for an hour."""
    stand.keep(1)
    (row,) = stand.outbox.review().rows()
    told: list[str] = []
    if do == "retry":
        stand.room.retry(row.key, told.append)
        stand.room.retry(new_key(MS - 1), told.append)
    else:
        stand.room.cancel(row.key, "trial", told.append)
        stand.room.cancel(row.key, "trial", told.append)
    assert told == ["", "action-refused"]
    assert stand.sent_now == 1


@pytest.mark.parametrize("do", ["retry", "cancel"])
def test_what_staff_did_as_the_kiosk_was_stopped_is_logged_though_nobody_hears_of_it_any_more(stand: Stand, do: str) -> None:
    stand.keep(1)
    (row,) = stand.outbox.review().rows()
    stand.hears = False
    if do == "retry":
        stand.room.retry(row.key, [].append)
    else:
        stand.room.cancel(row.key, "trial", [].append)
    name = "queue-retried" if do == "retry" else "queue-cancelled"
    assert stand.logged == [Event(name, {"key": row.key, "staff": "2001"})]


def test_a_log_that_the_disk_has_no_room_for_leaves_no_file(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_journal: object, _wanted: object, stream: Any) -> Iterator[None]:
        yield
        stream.write("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("kiosk.staff.room.csv_in_steps", fails)
    stand.room.signed_in = SignedIn("3001", Role.MANAGER, NOON)
    told: list[object] = []
    stand.room.export_log(LogFilter(), told.append)
    assert [getattr(one, "code", "") for one in told] == ["store-unwritable"]
    assert list(stand.exports.iterdir()) == []
    assert stand.logged == []


def test_a_long_log_is_searched_and_written_a_little_at_a_time(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever submits meanwhile does not wait for all of it."""
    monkeypatch.setattr("kiosk.staff.room.HELD_SECONDS", 0)
    monkeypatch.setattr("kiosk.staff.log_review.READ_AT_ONCE", 10)
    stand.room.signed_in = SignedIn("3001", Role.MANAGER, NOON)
    trouble = Event("card-failed", {"device": "card-reader", "code": "card-pulled"})
    stand.journal.append([Happening(MS, trouble), *(Happening(MS, Event("line-up", {"seconds": 5})) for _ in range(94))])
    told: list[object] = []
    stand.room.log_page(LogFilter(only_trouble=True), None, told.append)
    (page,) = told
    assert isinstance(page, LogPage)
    assert ([row.seq for row in page.rows], page.next_before_seq, stand.turns) == ([1], None, 11)
    stand.room.export_log(LogFilter(), told.append)
    exported = told[-1]
    assert isinstance(exported, Exported)
    assert (exported.rows, stand.turns) == (95, 22)
    lines = exported.path.read_text(encoding="utf-8-sig").splitlines()
    assert [line.partition(",")[0] for line in lines] == ["seq", *map(str, range(95, 0, -1))]


def test_the_export_of_a_long_log_leaves_the_room_that_submissions_need(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays until somebody takes it away: the kiosk would take no more applications."""
    free = iter([LOW_DISK_BYTES + 1, LOW_DISK_BYTES, LOW_DISK_BYTES - 1])
    monkeypatch.setattr("kiosk.staff.room.disk_of", lambda _: Disk(next(free), 1 << 40, 0))
    monkeypatch.setattr("kiosk.staff.log_review.READ_AT_ONCE", 1)
    stand.journal.append([Happening(MS, Event("line-up", {"seconds": 5})) for _ in range(4)])
    stand.room.signed_in = SignedIn("3001", Role.MANAGER, NOON)
    told: list[object] = []
    stand.room.export_log(LogFilter(), told.append)
    assert [type(refused) for refused in told] == [DiskNearlyFull]
    assert list(stand.exports.iterdir()) == []
    assert stand.logged == []


@pytest.mark.parametrize("which", ["log", "queue"])
def test_of_an_export_that_the_store_gives_no_turn_any_more_nothing_stays(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    def closed() -> None:
        assert len(list(stand.exports.iterdir())) == 1
        raise StoreUnwritable("the store is closed")

    monkeypatch.setattr("kiosk.staff.room.HELD_SECONDS", 0)
    monkeypatch.setattr("kiosk.staff.log_review.READ_AT_ONCE", 1)
    stand.keep(4)
    stand.journal.append([Happening(MS, Event("line-up", {"seconds": 5})) for _ in range(4)])
    stand.room.signed_in = SignedIn("3001", Role.MANAGER, NOON)
    stand.meanwhile = {3: closed}
    told: list[Any] = []
    if which == "log":
        stand.room.export_log(LogFilter(), told.append)
    else:
        stand.room.export_queue(told.append)
    assert [refused.code for refused in told] == [StoreUnwritable.code]
    assert list(stand.exports.iterdir()) == []


@pytest.mark.parametrize("ended", ["by another", "by leaving"])
def test_a_search_that_nobody_waits_for_any_more_ends(stand: Stand, monkeypatch: pytest.MonkeyPatch, ended: str) -> None:
    monkeypatch.setattr("kiosk.staff.room.HELD_SECONDS", 0)
    monkeypatch.setattr("kiosk.staff.log_review.READ_AT_ONCE", 1)
    stand.room.signed_in = SignedIn("3001", Role.MANAGER, NOON)
    stand.journal.append([Happening(MS, Event("line-up", {"seconds": 5})) for _ in range(50)])
    told: list[object] = []

    def look_for_another() -> None:
        stand.room.log_page(LogFilter(device="printer"), 1, told.append)

    stand.meanwhile = {3: look_for_another if ended == "by another" else stand.room.sign_out}
    stand.room.log_page(LogFilter(only_trouble=True), None, lambda _: told.append("too late"))
    assert told == ([LogPage((), None)] if ended == "by another" else [])
    assert stand.turns < 6


def test_the_touch_of_whoever_comes_after_the_kiosk_stood_still_does_not_go_on_with_the_staffs_pages(stand: Stand) -> None:
    idle = timedelta(seconds=SignInSettings().idle_seconds)
    stand.now += idle - timedelta(seconds=1)
    stand.room.touched()
    assert stand.room.signed_in is not None
    stand.now += idle
    stand.room.touched()
    assert stand.room.signed_in is None
    assert [(event.name, event.facts["idle"]) for event in stand.logged] == [("staff-signed-out", True)]


@pytest.mark.parametrize(("seconds_over", "open_to_whoever_is_there"), [(-1, True), (0, False)])
def test_a_pin_that_is_looked_at_only_when_its_typist_may_be_gone_opens_nothing(
    stand: Stand, seconds_over: int, open_to_whoever_is_there: bool
) -> None:
    stand.room.signed_in = None

    def hangs(number: str, _pin: str) -> SignedIn:
        stand.now += timedelta(seconds=SignInSettings().idle_seconds + seconds_over)
        return SignedIn(number, Role.TECHNICIAN, stand.now)

    stand.room._means = replace(stand.room._means, sign_in=cast("SignIn", SimpleNamespace(sign_in=hangs)))
    stand.room.sign_in("2001", "135790", lambda _: None)
    assert (stand.room.signed_in is not None) is open_to_whoever_is_there
