"""A store really damaged on the disk: set aside whole, a new one begun, and what can be read carried over."""

from __future__ import annotations

import errno
import os
import queue
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pysqlite3 import dbapi2

from offline_cache import damage, mended_copy, number_floors
from offline_cache.blob import Blob
from offline_cache.carrying import Carrying
from offline_cache.centre import Centre
from offline_cache.database import Unreadable, open_damaged, open_read_only, open_store
from offline_cache.errors import KeyMissing, KeyWrong, StoreDamaged, StoreForeign, StoreFull, StoreTooNew
from offline_cache.hall_time import HALL_TIME, hall_now
from offline_cache.identity import Identity
from offline_cache.journal import Journal
from offline_cache.journal_heads import TAKEN_FILE, Heads, Reached
from offline_cache.outbox import GIVEN, first_id
from offline_cache.receipt_number import ReceiptNumber
from offline_cache.records import DAY_MS, KeptRecord, RecordState, Settled
from offline_cache.refusals import Refusals
from offline_cache.reports import Vitals
from offline_cache.sender import LINE_FAILURES, LINE_RETRY_AT, Sender
from offline_cache.sending import Setup
from offline_cache.sending_events import EVENTS_NEXT
from offline_cache.settings import StoreSettings
from offline_cache.small_tables import Marks
from offline_cache.store import ROTATION_ASKED, Store
from offline_cache.wire import Countersigned
from offline_cache.write_ahead_log import passed_over
from tests.offline_cache.conftest import keys_waiting, make_newer, make_older_store
from tests.offline_cache.plain_event import plain_event

KEPT = 40
NOBODY = 65534
PAGE = 4096


class DiskUsage(NamedTuple):
    total: int
    used: int
    free: int


def keep_in(store: Store, kit: Any, day: Any = None) -> KeptRecord:
    heard: queue.Queue[Any] = queue.Queue()
    key = kit.new_key()
    store.keep(key, day or kit.day, kit.composed(key, 600), heard.put)
    record = heard.get(timeout=20)
    assert isinstance(record, KeptRecord)
    return record


@pytest.fixture
def filled(store_settings: StoreSettings, identity: Identity, kit: Any) -> dict[str, KeptRecord]:
    """A stopped kiosk's store with submissions and events in it, by key."""
    store = Store(store_settings, identity)
    records = [keep_in(store, kit) for _ in range(KEPT)]
    for _ in range(KEPT):
        store.log(plain_event("device-state", facts={"device": "card-reader", "state": "online"}))
        store.call(lambda _: None).result()
    store.stop()
    return {record.key: record for record in records}


def root_page(path: Path, name: str) -> int:
    """Byte offset of the first page of a table or index."""
    connection = dbapi2.connect(path)
    number = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)).fetchone()[0]
    connection.close()
    return (int(number) - 1) * PAGE


def overwrite(path: Path, offset: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


def header_zeroed(path: Path) -> None:
    overwrite(path, 0, bytes(100))


def a_page_of_zeros(path: Path) -> None:
    overwrite(path, path.stat().st_size // PAGE // 2 * PAGE, bytes(PAGE))


def cut_short(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 3 * PAGE)


def index_root_gone(path: Path) -> None:
    overwrite(path, root_page(path, "outbox_put_back"), b"\xff" * 64)


def one_bit_of_a_page_head(path: Path) -> None:
    offset = root_page(path, "outbox")
    kind = path.read_bytes()[offset]
    overwrite(path, offset, bytes([kind ^ 0x04]))


DAMAGES = [header_zeroed, a_page_of_zeros, cut_short, index_root_gone, one_bit_of_a_page_head]


@pytest.mark.parametrize("harm", DAMAGES, ids=lambda harm: harm.__name__)
def test_a_damaged_store_is_set_aside_whole_and_the_kiosk_keeps_again(
    store_settings: StoreSettings, identity: Identity, kit: Any, filled: dict[str, KeptRecord], harm: Callable[[Path], None]
) -> None:
    harm(store_settings.database_file)
    harmed = store_settings.database_file.read_bytes()
    with pytest.raises(StoreDamaged):
        open_store(store_settings.database_file)
    store = Store(store_settings, identity)
    (folder,) = damage.folders(store_settings.directory)
    assert (folder / "store.db").read_bytes()[: len(harmed)] == harmed
    assert folder.stat().st_mode & 0o077 == 0
    carried = store.carried_over
    assert carried is not None
    assert keys_waiting(store) <= filled.keys()
    assert store.tally().waiting == carried.waiting == len(keys_waiting(store))
    fresh = keep_in(store, kit)
    assert fresh.key in keys_waiting(store)
    store.stop()
    store = Store(store_settings, identity)  # and the next start is an ordinary one
    assert store.carried_over is None
    assert fresh.key in keys_waiting(store)
    store.stop()


def test_what_a_technician_leaves_beside_the_store_stops_neither_a_start_nor_the_carrying_over(
    on_disk: Path, identity: Identity, kit: Any
) -> None:
    """A packed folder, and a copy that root has made of one, which the kiosk's own user may not look into."""
    if os.geteuid() != 0:
        pytest.skip("only root can be another user")
    on_disk.chmod(0o711)
    open_store(on_disk / "other.db").close()  # this and the sweep import what another user may not read here
    damage.take_away(on_disk, 0, 0)
    datetime.strptime("2026", "%Y").replace(tzinfo=UTC)
    settings = StoreSettings(directory=on_disk / "state")
    settings.directory.mkdir()
    os.chown(settings.directory, NOBODY, NOBODY)
    (settings.directory / "damaged-20261123.tar.gz").write_bytes(b"packed")
    copied = settings.directory / "damaged-20261124T100000000000-copy"
    copied.mkdir(mode=0o700)
    (copied / "store.db").write_bytes(b"copied")
    half = settings.directory / "damaged-20991125T100000000000-copy"
    half.mkdir()
    os.chown(half, NOBODY, NOBODY)
    (half / "store.db-wal").write_bytes(b"copied")
    (half / "store.db-wal").chmod(0o600)
    os.seteuid(NOBODY)
    try:
        store = Store(settings, identity)
        told = {keep_in(store, kit).key for _ in range(10)}
        store.stop()
        index_root_gone(settings.database_file)
        store = Store(settings, identity)
        assert keys_waiting(store) == told
        store.call(store.sweep).result()
        store.stop()
    finally:
        os.seteuid(0)


def test_a_lost_index_loses_no_submission_and_no_event(
    store_settings: StoreSettings, identity: Identity, filled: dict[str, KeptRecord]
) -> None:
    index_root_gone(store_settings.database_file)
    store = Store(store_settings, identity)
    assert keys_waiting(store) == filled.keys()
    assert store.carried_over == damage.CarriedOver(KEPT, KEPT, KEPT)
    assert store.call(lambda tables: tables.journal.verify()).result() == KEPT
    leased = store.call(lambda tables: tables.outbox.lease(100, 10**9, 10**15, 10**15)).result()
    assert {one.key for one in leased} == filled.keys()  # each opens with the vault's key
    store.stop()


@pytest.mark.parametrize(
    "place",
    [0, 17, 20, 22, 47, 63, b"outbox (", b"TABLE journal (", b"key TEXT NOT NULL UNIQUE", b"content_hash", b"'acknowledged'"],
    ids=str,
)
def test_a_changed_head_or_schema_loses_no_submission_and_no_event(
    store_settings: StoreSettings, identity: Identity, filled: dict[str, KeptRecord], place: int | bytes
) -> None:
    content = store_settings.database_file.read_bytes()
    offset = place if isinstance(place, int) else content.rindex(place)
    overwrite(store_settings.database_file, offset, bytes([content[offset] ^ 0x10]))
    harmed = store_settings.database_file.read_bytes()
    store = Store(store_settings, identity)
    assert keys_waiting(store) == filled.keys()
    assert store.carried_over == damage.CarriedOver(KEPT, KEPT, KEPT)
    (folder,) = damage.folders(store_settings.directory)
    assert {path.name for path in folder.iterdir()} <= {*damage.FILES, damage.DONE}
    assert (folder / "store.db").read_bytes() == harmed
    store.stop()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut_to_a_byte(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1])


def gone(path: Path) -> None:
    path.unlink()


def schema_gone(path: Path) -> None:
    """Every page of the schema: what a table's and an index's page is not."""
    with closing(dbapi2.connect(path)) as connection:
        roots = {row[0] for row in connection.execute("SELECT rootpage FROM sqlite_schema")}
    for number in range(1, 27):
        if number not in roots:
            overwrite(path, (number - 1) * PAGE, bytes(PAGE))


def first_page_gone(path: Path) -> None:
    overwrite(path, 0, bytes(PAGE))


def outbox_root_gone(path: Path) -> None:
    overwrite(path, root_page(path, "outbox"), bytes(PAGE))


@pytest.mark.parametrize("harm", [first_page_gone, schema_gone, outbox_root_gone], ids=lambda harm: harm.__name__)
def test_pages_above_the_rows_that_are_gone_cost_no_submission_and_no_event(
    store_settings: StoreSettings, identity: Identity, filled: dict[str, KeptRecord], harm: Callable[[Path], None]
) -> None:
    harm(store_settings.database_file)
    harmed = store_settings.database_file.read_bytes()
    store = Store(store_settings, identity)
    assert keys_waiting(store) == filled.keys()
    assert store.carried_over == damage.CarriedOver(KEPT, KEPT, KEPT)
    (folder,) = damage.folders(store_settings.directory)
    assert {path.name for path in folder.iterdir()} <= {*damage.FILES, damage.DONE, damage.GAPS}
    assert (folder / "store.db").read_bytes() == harmed
    leased = store.call(lambda tables: tables.outbox.lease(100, 10**9, 10**15, 10**15)).result()
    assert {one.key for one in leased} == filled.keys()
    store.stop()


def test_attachments_are_found_page_by_page_too(store_settings: StoreSettings, identity: Identity, kit: Any) -> None:
    store = Store(store_settings, identity)
    pages = [bytes([number]) * 9_000 for number in range(20)]
    heard: queue.Queue[Any] = queue.Queue()
    key = kit.new_key()
    store.keep(key, kit.day, kit.composed(key), heard.put, attachments=[Blob.of(page) for page in pages])
    heard.get(timeout=20)
    store.stop()
    overwrite(store_settings.database_file, root_page(store_settings.database_file, "attachment"), bytes(PAGE))
    store = Store(store_settings, identity)
    attached = store.call(lambda tables: [tables.attachments.open(key, one.number) for one in tables.attachments.of(key)])
    assert attached.result() == pages
    store.stop()


def test_a_schema_that_grew_is_replaced_by_one_that_overwrites_no_rows(
    store_settings: StoreSettings, identity: Identity, kit: Any
) -> None:
    store_settings.directory.mkdir()
    make_older_store(store_settings.database_file, 5)
    with closing(dbapi2.connect(store_settings.database_file)) as connection:  # rows of its own time, in the pages that came next
        connection.executemany(
            "INSERT INTO outbox (id, key, kiosk, receipt_number, item, content_hash, size, kept_at, state, ready_at, settled_at,"
            " schema) VALUES (?, ?, 'K03', 'n', 'i', 'h', 1, 1, 'acknowledged', 1, 1, 1)",
            [(20260101000000 + number, f"{number:036}") for number in range(400)],
        )
        connection.commit()
    store = Store(store_settings, identity)
    fresh = keep_in(store, kit)
    store.stop()
    first_page_gone(store_settings.database_file)
    store = Store(store_settings, identity)
    assert store.tally().kept == 401
    assert fresh.key in keys_waiting(store)
    store.stop()


def test_the_ratings_of_an_earlier_release_are_carried_over_and_sealed(store_settings: StoreSettings, identity: Identity) -> None:
    store_settings.directory.mkdir()
    make_older_store(store_settings.database_file, 10)
    with closing(dbapi2.connect(store_settings.database_file)) as connection, connection:
        connection.execute("INSERT INTO rating VALUES (?, 'SB-01', 5, 0)", ("a" * 22,))
    overwrite(store_settings.database_file, root_page(store_settings.database_file, "outbox"), bytes(PAGE))
    store = Store(store_settings, identity)
    assert store.carried_over is not None
    waiting = store.call(lambda tables: tables.ratings.waiting()).result(20)
    store.stop()
    assert [(one.token, one.item, one.level) for one in waiting] == [("a" * 22, "SB-01", 5)]
    assert b"SB-01" not in b"".join(file.read_bytes() for file in store_settings.directory.glob("store.db*"))


@pytest.mark.parametrize("harm", [emptied, cut_to_a_byte, gone], ids=lambda harm: harm.__name__)
def test_a_whole_log_beside_a_database_that_is_gone_is_read(
    store_settings: StoreSettings, identity: Identity, kit: Any, harm: Callable[[Path], None]
) -> None:
    store = Store(store_settings, identity)
    early = [keep_in(store, kit) for _ in range(5)]
    _, log = killed(store, store_settings)
    store.call(lambda tables: tables.outbox._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()).result()
    late = [keep_in(store, kit) for _ in range(5)]
    _, rest = killed(store, store_settings)
    store.stop()
    for beside, known in ((log, early), (rest, late)):  # all of it in the log, and then the newest only
        for path in (*damage.folders(store_settings.directory), store_settings.database_file):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        store_settings.database_file.write_bytes(b"xx")
        harm(store_settings.database_file)
        Path(f"{store_settings.database_file}-wal").write_bytes(beside)
        store = Store(store_settings, identity)
        (folder,) = damage.folders(store_settings.directory)
        assert (folder / "store.db-wal").read_bytes() == beside
        assert keys_waiting(store) >= {record.key for record in known}
        store.stop()


def test_an_empty_database_is_not_opened_for_its_log_would_be_deleted(tmp_path: Path) -> None:
    emptied(tmp_path / "store.db")
    log = tmp_path / "store.db-wal"
    log.write_bytes(b"log")
    with pytest.raises(Unreadable):
        open_damaged(tmp_path / "store.db")
    assert log.read_bytes() == b"log"


def test_a_log_cut_to_pieces_costs_at_most_what_lay_in_the_pieces(
    store_settings: StoreSettings, identity: Identity, kit: Any, tmp_path: Path
) -> None:
    store = Store(store_settings, identity)
    early = [keep_in(store, kit) for _ in range(5)]
    store.call(lambda tables: tables.outbox._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()).result()
    for _ in range(5):
        keep_in(store, kit)
    wal = Path(f"{store_settings.database_file}-wal").read_bytes()
    database = store_settings.database_file.read_bytes()
    store.stop()
    store_settings.database_file.write_bytes(database)  # as a power cut left them, and then the log's end is gone
    Path(f"{store_settings.database_file}-wal").write_bytes(wal[: len(wal) // 2])
    store = Store(store_settings, identity)
    assert {one.key for one in early} <= keys_waiting(store)
    store.stop()


def killed(store: Store, settings: StoreSettings) -> tuple[bytes, bytes]:
    """The files as they stand in this moment."""
    store.call(lambda _: None).result()
    return settings.database_file.read_bytes(), Path(f"{settings.database_file}-wal").read_bytes()


def flipped(log: bytes, at: float) -> bytes:
    place = int(len(log) * at)
    return log[:place] + bytes([log[place] ^ 1]) + log[place + 1 :]


@pytest.mark.parametrize(
    ("harm", "noticed"),
    [
        (lambda log: log, False),
        (lambda log: flipped(log, 0.3), True),
        (lambda log: flipped(log, 0.7), True),
        (lambda log: flipped(log, 0.999), False),
        (lambda log: log[: len(log) // 2], False),
        (lambda log: log[: 32 + (len(log) - 32) // 4120 // 2 * 4120], False),
        (lambda log: bytes(32) + log[32:], True),
        (lambda log: bytes(PAGE) + log[PAGE:], True),
    ],
    ids=[
        "whole",
        "flip at the front",
        "flip behind",
        "flip at the end",
        "cut",
        "cut between frames",
        "no head",
        "no first block",
    ],
)
def test_a_damaged_log_is_noticed_where_it_can_be_and_never_gives_a_number_twice(
    store_settings: StoreSettings, identity: Identity, kit: Any, harm: Callable[[bytes], bytes], noticed: bool
) -> None:
    today = hall_now().date()
    store = Store(store_settings, identity)
    store.call(lambda tables: tables.outbox._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()).result()
    told = [keep_in(store, kit, today) for _ in range(30)]
    database, log = killed(store, store_settings)
    store.stop()
    store_settings.database_file.write_bytes(database)
    Path(f"{store_settings.database_file}-wal").write_bytes(harm(log))
    for _ in range(2):  # the second time what the first start gave is lost as well
        again = Store(store_settings, identity)
        assert (again.carried_over is not None or bool(damage.folders(store_settings.directory))) is noticed
        given = {keep_in(again, kit, today).receipt_number for _ in range(3)}
        assert not given & {record.receipt_number for record in told}
        database, _ = killed(again, store_settings)
        again.stop()
        told += [KeptRecord("", 0, number, "", 0) for number in given]
        store_settings.database_file.write_bytes(database)
        Path(f"{store_settings.database_file}-wal").write_bytes(b"x")


@pytest.mark.parametrize("at", [0, 8, 16, 600], ids=["page number", "salt", "checksum", "content"])
@pytest.mark.parametrize("frame", [3, 20, 40])
def test_what_lies_in_the_log_behind_a_broken_frame_is_carried_over(
    store_settings: StoreSettings, identity: Identity, kit: Any, frame: int, at: int
) -> None:
    store = Store(store_settings, identity)
    store.call(lambda tables: tables.outbox._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()).result()
    told = [keep_in(store, kit) for _ in range(30)]
    database, log = killed(store, store_settings)
    store.stop()
    place = 32 + (PAGE + 24) * frame + at
    harmed = log[:place] + bytes([log[place] ^ 2]) + log[place + 1 :]
    store_settings.database_file.write_bytes(database)
    Path(f"{store_settings.database_file}-wal").write_bytes(harmed)
    store = Store(store_settings, identity)
    (folder,) = damage.folders(store_settings.directory)
    assert (folder / "store.db-wal").read_bytes() == harmed
    assert (folder / damage.GAPS).exists()
    kept = keys_waiting(store)
    assert kept <= {record.key for record in told}
    assert len(kept) >= len(told) - 1
    store.stop()


@pytest.mark.parametrize("block", [0, 1, 7, 20])
@pytest.mark.parametrize("lost", [bytes(PAGE), b"\xff" * PAGE], ids=["zeros", "ones"])
def test_a_block_of_the_log_that_the_disk_has_lost_is_noticed_and_costs_what_lay_in_it(
    store_settings: StoreSettings, identity: Identity, kit: Any, block: int, lost: bytes
) -> None:
    store = Store(store_settings, identity)
    store.call(lambda tables: tables.outbox._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()).result()
    told = [keep_in(store, kit) for _ in range(30)]
    database, log = killed(store, store_settings)
    store.stop()
    store_settings.database_file.write_bytes(database)
    Path(f"{store_settings.database_file}-wal").write_bytes(log[: block * PAGE] + lost + log[(block + 1) * PAGE :])
    store = Store(store_settings, identity)
    assert len(damage.folders(store_settings.directory)) == 1
    assert len(keys_waiting(store)) >= len(told) - 2
    store.stop()


def test_only_whole_transactions_behind_a_broken_frame_are_passed_over(
    store_settings: StoreSettings, identity: Identity, kit: Any, tmp_path: Path
) -> None:
    store = Store(store_settings, identity)
    for _ in range(12):
        keep_in(store, kit)
    _, log = killed(store, store_settings)
    store.stop()
    copy = tmp_path / "log"
    for length in range(0, len(log), 1373):  # wherever the power went
        copy.write_bytes(log[:length])
        assert not passed_over(copy), length
    assert not passed_over(tmp_path / "absent")
    copy.write_bytes(log)
    assert not passed_over(copy)
    places = range(32, len(log), 24 + PAGE)
    ends = [place for place in places if log[place + 4 : place + 8] != bytes(4)]  # of transactions: these tell a size
    for place, behind in ((places[0], True), (ends[-2], True), (ends[-1], False)):
        copy.write_bytes(log[: place + 600] + bytes([log[place + 600] ^ 2]) + log[place + 601 :])
        assert passed_over(copy) is behind, place


@pytest.mark.parametrize("harm", [emptied, cut_to_a_byte, gone], ids=lambda harm: harm.__name__)
@pytest.mark.parametrize("sign", damage.LEFT_BEHIND)
def test_a_store_that_is_gone_is_told_and_is_no_first_start(
    store_settings: StoreSettings, identity: Identity, filled: Any, harm: Callable[[Path], None], sign: str
) -> None:
    harm(store_settings.database_file)
    for name in damage.LEFT_BEHIND:
        if name != sign:
            (store_settings.directory / name).unlink()
    for _ in range(2):
        store = Store(store_settings, identity)
        told: queue.Queue[damage.CarriedOver] = queue.Queue()
        store.when_carried_over(told.put)
        assert told.get(timeout=20) == store.carried_over == damage.CarriedOver(0, 0, 0)
        store.stop()
        gone(store_settings.database_file)  # and the one after it
    assert len(damage.folders(store_settings.directory)) == 2


def test_a_first_start_after_the_enrolment_is_no_damage(store_settings: StoreSettings, identity: Identity) -> None:
    store_settings.directory.mkdir()
    identity.save(store_settings.directory)
    for _ in range(2):
        store = Store(store_settings, identity)
        assert store.carried_over is None
        store.stop()
    assert damage.folders(store_settings.directory) == ()


def test_a_first_start_that_was_cut_off_before_the_database_was_written_is_no_damage(
    store_settings: StoreSettings, identity: Identity
) -> None:
    store_settings.directory.mkdir()
    emptied(store_settings.database_file)
    store = Store(store_settings, identity)
    assert store.carried_over is None
    store.stop()


NUMBERS_LOST = [header_zeroed, index_root_gone, emptied, cut_to_a_byte, gone]


@pytest.mark.parametrize("harm", NUMBERS_LOST, ids=lambda harm: harm.__name__)
def test_no_receipt_number_is_given_twice(
    store_settings: StoreSettings, identity: Identity, kit: Any, harm: Callable[[Path], None]
) -> None:
    today = hall_now().date()
    store = Store(store_settings, identity)
    given = {keep_in(store, kit, today).receipt_number for _ in range(3)}
    for _ in range(2):
        store.stop()
        harm(store_settings.database_file)
        store = Store(store_settings, identity)
        record = keep_in(store, kit, today)
        assert record.receipt_number not in given
        given.add(record.receipt_number)
    store.stop()
    assert len(given) == 5


def test_no_receipt_number_is_given_twice_after_an_older_database_was_put_back(
    store_settings: StoreSettings, identity: Identity, kit: Any
) -> None:
    today, database = hall_now().date(), store_settings.database_file
    store = Store(store_settings, identity)
    given = {keep_in(store, kit, today).receipt_number}
    store.stop()
    backup = database.read_bytes()
    store = Store(store_settings, identity)
    given |= {keep_in(store, kit, today).receipt_number for _ in range(3)}
    store.log(plain_event("kiosk-stopped"))
    last = store.call(lambda tables: tables.journal.lines(1, 100)).result()[-1]
    Reached(last.seq, last.hash).save(store_settings.directory, TAKEN_FILE)
    store.stop()
    database.write_bytes(backup)
    serials = []
    for _ in range(2):  # another start raises them no further
        store = Store(store_settings, identity)
        record = keep_in(store, kit, today)
        assert record.receipt_number not in given
        given.add(record.receipt_number)
        serials.append(record.serial)
        store.stop()
    assert number_floors.SERIAL_STEP <= serials[0] == serials[1] - 1


def test_no_receipt_number_is_given_twice_after_one_older_database_was_put_back_twice_in_a_day(
    store_settings: StoreSettings, identity: Identity, kit: Any
) -> None:
    today, database = hall_now().date(), store_settings.database_file
    morning_ms = round(datetime(today.year, today.month, today.day, 9, tzinfo=HALL_TIME).timestamp() * 1000)
    store = Store(store_settings, identity, now_ms=lambda: morning_ms)
    keep_in(store, kit, today)
    store.stop()
    backup, given = database.read_bytes(), []
    Reached(7, "ab" * 32).save(store_settings.directory, TAKEN_FILE)  # the centre has more of the log
    for minute in (1, 2):
        database.write_bytes(backup)
        store = Store(store_settings, identity, now_ms=lambda minute=minute: morning_ms + minute * 60_000)
        given += [keep_in(store, kit, today).serial for _ in range(20)]
        store.stop()
    assert len(set(given)) == 40


def test_no_receipt_number_is_given_twice_over_a_database_whose_log_has_other_events_under_the_same_numbers(
    store_settings: StoreSettings, identity: Identity, kit: Any
) -> None:
    today = hall_now().date()
    store = Store(store_settings, identity)
    keep_in(store, kit, today)
    store.log(plain_event("kiosk-stopped"))
    last = store.call(lambda tables: tables.journal.lines(1, 100)).result()[-1]
    store.stop()
    Reached(last.seq, "ab" * 32).save(store_settings.directory, TAKEN_FILE)  # as of the database that was here before
    store = Store(store_settings, identity)
    assert keep_in(store, kit, today).serial >= number_floors.SERIAL_STEP
    store.stop()


def told_at_enrolment(identity: Identity, day: date, serial: int) -> Identity:
    last = str(ReceiptNumber("360821", "K03", day, serial))
    return replace(identity, enrolled=replace(identity.enrolled, last_receipt_number=last))


def test_on_a_fresh_disk_numbers_go_on_well_above_what_the_centre_told_at_the_enrolment(
    store_settings: StoreSettings, identity: Identity, kit: Any
) -> None:
    today = hall_now().date()
    told = told_at_enrolment(identity, today, number_floors.SERIAL_STEP + 7)
    for count in range(2):  # another start raises them no further
        store = Store(store_settings, told)
        assert keep_in(store, kit, today).serial == 2 * number_floors.SERIAL_STEP + count
        store.stop()


@pytest.mark.parametrize("days_off", [-3, 3])
def test_on_a_fresh_disk_they_do_also_when_the_clock_is_set_right_only_after_the_start(
    store_settings: StoreSettings, identity: Identity, kit: Any, days_off: int
) -> None:
    today = hall_now().date()
    clock_ms = [round(hall_now().timestamp() * 1000) + days_off * DAY_MS]
    store = Store(store_settings, told_at_enrolment(identity, today, 7), now_ms=lambda: clock_ms[0])
    assert keep_in(store, kit, today + timedelta(days_off)).serial == 1
    clock_ms[0] -= days_off * DAY_MS
    assert keep_in(store, kit, today).serial == number_floors.SERIAL_STEP
    store.stop()


@pytest.mark.parametrize("days_ago", [0, 1])
def test_numbers_go_on_as_they_were_where_the_store_has_what_the_centre_told_or_that_is_of_another_day(
    store_settings: StoreSettings, identity: Identity, kit: Any, days_ago: int
) -> None:
    today = hall_now().date()
    store = Store(store_settings, identity)
    given = [keep_in(store, kit, today).serial for _ in range(3)]
    store.stop()
    store = Store(store_settings, told_at_enrolment(identity, today - timedelta(days_ago), 3 if days_ago == 0 else 999))
    assert [*given, keep_in(store, kit, today).serial] == [1, 2, 3, 4]
    store.stop()


def test_setting_aside_that_was_interrupted_is_finished_by_the_next_start(
    store_settings: StoreSettings, identity: Identity, filled: dict[str, KeptRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    index_root_gone(store_settings.database_file)

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    for moment in ("clear", "carry_over"):  # after the links were made; after the new store was begun
        with monkeypatch.context() as patched:
            calls = iter([damage.clear] if moment == "clear" else [])
            patched.setattr(damage, moment, lambda *args: next(calls, power_cut)(*args))  # noqa: B023 - used in this round only
            with pytest.raises(KeyboardInterrupt):
                Store(store_settings, identity)
    store = Store(store_settings, identity)
    assert keys_waiting(store) == filled.keys()
    assert len(damage.folders(store_settings.directory)) == 1
    store.stop()


def test_many_contents_that_cannot_be_read_are_not_passed_over_by_a_walk_for_each(
    store_settings: StoreSettings, identity: Identity, kit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = store_settings.database_file
    heard: queue.Queue[Any] = queue.Queue()
    store = Store(store_settings, identity)
    keys = [kit.new_key() for _ in range(KEPT)]
    for key in keys:
        store.keep(key, kit.day, kit.composed(key, 3 * PAGE), heard.put)
        assert isinstance(heard.get(timeout=20), KeptRecord)
    store.stop()
    pages = path.read_bytes()
    for at in range(len(pages) // PAGE // 3 * PAGE, len(pages) * 2 // 3, PAGE):
        if pages[at] == 0:  # of a content that goes on: it begins with the next one's number
            overwrite(path, at, b"\xff" * 4)
    walks: list[str] = []

    def watched(file: Path) -> Any:
        connection = open_damaged(file)
        connection.set_trace_callback(lambda said: walks.append(said) if "FROM outbox NOT INDEXED ORDER BY id" in said else None)
        return connection

    monkeypatch.setattr("offline_cache.mended_copy.open_damaged", watched)
    store = Store(store_settings, identity)
    kept = keys_waiting(store)
    assert {keys[0], keys[-1]} <= kept < set(keys)
    assert KEPT // 2 < len(kept) < KEPT - 5
    assert 0 < len(walks) < 5
    store.stop()


def test_a_large_damaged_store_is_carried_over_while_the_kiosk_works(
    store_settings: StoreSettings, identity: Identity, kit: Any, filled: dict[str, KeptRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    index_root_gone(store_settings.database_file)
    monkeypatch.setattr("offline_cache.carrying.CARRYING_SECONDS", 0.0)
    monkeypatch.setattr(damage, "BATCH_BYTES", 1)  # one submission at a time
    steps, one_step = iter(range(KEPT // 2)), Carrying.go_on
    with monkeypatch.context() as held_up:  # however slowly this thread goes on
        held_up.setattr(Carrying, "go_on", lambda *given: one_step(*given) if next(steps, None) is not None else True)
        store = Store(store_settings, identity)
        carrying_at_start = store.carrying_over
        fresh = keep_in(store, kit, hall_now().date())
        store.stop()  # in the midst of it: the next start goes on
    store = Store(store_settings, identity)
    told: queue.Queue[damage.CarriedOver] = queue.Queue()
    store.when_carried_over(told.put)
    assert told.get(timeout=30) == damage.CarriedOver(KEPT, KEPT, 0)  # the events came first, at the first start
    assert carrying_at_start
    assert not store.carrying_over
    assert keys_waiting(store) == filled.keys() | {fresh.key}
    assert store.tally().waiting == KEPT + 1
    assert fresh.receipt_number not in {record.receipt_number for record in filled.values()}
    assert store.call(lambda tables: tables.journal.verify()).result() == KEPT
    store.stop()


def test_a_disk_that_hangs_while_a_damaged_store_is_carried_over_is_seen_to_hang(
    store_settings: StoreSettings, identity: Identity, filled: dict[str, KeptRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert filled
    index_root_gone(store_settings.database_file)
    monkeypatch.setattr("offline_cache.carrying.CARRYING_SECONDS", 0.0)
    one_step, hangs, goes_on = Carrying.go_on, threading.Event(), threading.Event()

    def go_on(carrying: Carrying, seconds: float = -1.0) -> bool:
        if seconds < 0:  # not the start's own
            hangs.set()
            goes_on.wait()
        return one_step(carrying, max(seconds, 0.0))

    monkeypatch.setattr(Carrying, "go_on", go_on)
    store = Store(store_settings, identity)
    told: queue.Queue[damage.CarriedOver] = queue.Queue()
    store.when_carried_over(told.put)
    try:
        assert hangs.wait(30)
        assert store.under_way is not None
    finally:
        goes_on.set()
    assert told.get(timeout=30).submissions == KEPT
    store.stop()
    assert store.under_way is None


def test_leaf_by_leaf_only_what_is_not_known_is_read_with_pauses_for_others(
    store_settings: StoreSettings, filled: dict[str, KeptRecord]
) -> None:
    file = store_settings.database_file
    with mended_copy.remains(file) as damaged:
        ids = [row_id for (row_id,) in damaged.execute("SELECT id FROM outbox ORDER BY id")]
        for known in (set[int](), set(ids[3:])):
            rows = list(mended_copy.rows_of_leaves(file, "outbox", known))
            assert {row[0] for row in rows if row and row[1] in filled} == set(ids) - known
            assert rows[0] is mended_copy.PAUSE


def test_a_damaged_store_stays_for_its_days_and_is_then_taken_away(
    store_settings: StoreSettings, identity: Identity, filled: dict[str, KeptRecord]
) -> None:
    index_root_gone(store_settings.database_file)
    store = Store(store_settings, identity)
    (folder,) = damage.folders(store_settings.directory)
    assert store.call(store.sweep).result() == damage.TakenAway(0, 0)
    assert folder.exists()
    long_ago = time.time() - (store_settings.damaged_days + 1) * 86_400
    os.utime(folder / damage.DONE, (long_ago, long_ago))
    (folder / damage.GAPS).touch()
    assert store.call(store.sweep).result() == damage.TakenAway(0, 0), "submissions may be in there that the store does not have"
    (folder / damage.GAPS).unlink()
    os.utime(folder / damage.DONE, (0, 0))
    assert store.call(store.sweep).result() == damage.TakenAway(0, 0), "a clock that stood at 1970"
    assert abs((folder / damage.DONE).stat().st_mtime - time.time()) < 86_400, "its days begin now"
    os.utime(folder / damage.DONE, (long_ago, long_ago))
    assert store.call(store.sweep).result() == damage.TakenAway(1, 0)
    assert damage.folders(store_settings.directory) == ()
    assert keys_waiting(store) == filled.keys()
    store.stop()


@pytest.mark.parametrize("done", [True, False], ids=["with gaps", "never carried over"])
def test_a_damaged_store_that_was_not_read_whole_stays_four_times_as_long_and_not_for_ever(tmp_path: Path, done: bool) -> None:
    day_ms, set_aside_ms = 86_400_000, 1_795_000_000_000
    folder = damage.set_aside(tmp_path, set_aside_ms)
    if done:
        for name in (damage.DONE, damage.GAPS):
            (folder / name).touch()
        os.utime(folder / damage.DONE, (set_aside_ms // 1000, set_aside_ms // 1000))
    assert damage.take_away(tmp_path, set_aside_ms + 39 * day_ms, 10) == damage.TakenAway(0, 0)
    assert damage.take_away(tmp_path, set_aside_ms + 41 * day_ms, 10) == damage.TakenAway(1, 1)
    assert damage.folders(tmp_path) == ()


@pytest.mark.parametrize("done", [True, False], ids=["carried over", "never carried over"])
@pytest.mark.parametrize("wrong_ms", [1_795_000_000_000 + 3000 * 86_400_000, 86_400_000], ids=["years ahead", "1970"])
def test_a_damaged_store_that_a_wrong_clock_dated_stays_for_its_days_from_when_it_is_right(
    tmp_path: Path, wrong_ms: int, done: bool
) -> None:
    day_ms, right_ms = 86_400_000, 1_795_000_000_000
    folder = damage.set_aside(tmp_path, wrong_ms)
    if done:
        (folder / damage.DONE).touch()
        os.utime(folder / damage.DONE, (wrong_ms // 1000, wrong_ms // 1000))
    days = 10 if done else 10 * damage.GAPS_STAY
    for at_ms in (wrong_ms, right_ms, right_ms + (days - 1) * day_ms):
        assert damage.take_away(tmp_path, at_ms, 10) == damage.TakenAway(0, 0)
    assert damage.take_away(tmp_path, right_ms + (days + 1) * day_ms, 10) == damage.TakenAway(1, not done)
    assert damage.folders(tmp_path) == ()


def test_a_folder_of_another_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "damaged-by-hand").mkdir()
    assert damage.take_away(tmp_path, 1_900_000_000_000, 1) == damage.TakenAway(0, 0)
    assert len(damage.folders(tmp_path)) == 1


def test_of_two_damaged_stores_the_newer_one_tells_what_became_of_a_submission(
    store_settings: StoreSettings, identity: Identity, filled: dict[str, KeptRecord]
) -> None:
    key = next(iter(filled))
    index_root_gone(store_settings.database_file)
    store = Store(store_settings, identity)
    assert store.call(lambda tables: tables.review.cancel(key, "handed in at the window", 10**13)).result()
    store.log(plain_event("tock"))
    store.stop()
    (folder,) = damage.folders(store_settings.directory)
    (folder / damage.DONE).unlink()  # as if it had not come to its end
    index_root_gone(store_settings.database_file)
    store = Store(store_settings, identity)
    facts = store.call(lambda tables: tables.review.facts(key)).result()
    assert facts is not None
    assert facts.state is RecordState.CANCELLED
    assert store.call(lambda tables: tables.journal.verify()).result() == KEPT + 1
    store.stop()


def test_what_was_sent_since_does_not_come_again_when_carrying_over_begins_anew(
    store_settings: StoreSettings, identity: Identity, filled: dict[str, KeptRecord]
) -> None:
    store = Store(store_settings, identity)
    store.call(lambda tables: tables.ratings.keep("SI-113", 5)).result()
    store.stop()
    header_zeroed(store_settings.database_file)
    store = Store(store_settings, identity)
    (rating,) = store.call(lambda tables: tables.ratings.waiting()).result()
    store.call(lambda tables: tables.ratings.drop(rating.token)).result()  # the centre has it
    store.stop()
    (folder,) = damage.folders(store_settings.directory)
    (folder / damage.DONE).unlink()  # as if the kiosk was cut off before all was carried over
    store = Store(store_settings, identity)
    assert store.carried_over is not None
    assert store.call(lambda tables: tables.ratings.waiting()).result() == ()
    assert store.tally().waiting == KEPT
    store.stop()


def test_a_content_that_is_none_stops_no_start_and_not_the_others(
    store_settings: StoreSettings, identity: Identity, filled: dict[str, KeptRecord]
) -> None:
    first, *others = filled
    connection = dbapi2.connect(store_settings.database_file)
    connection.execute("UPDATE outbox SET box = 5 WHERE key = ?", (first,))
    connection.execute("UPDATE outbox SET item = CAST(x'FF31' AS TEXT) WHERE key = ?", (others[2],))
    connection.commit()
    connection.close()
    index_root_gone(store_settings.database_file)
    store = Store(store_settings, identity)
    assert keys_waiting(store) == set(others)
    (folder,) = damage.folders(store_settings.directory)
    assert (folder / damage.GAPS).exists(), "one stayed behind"
    store.stop()


def test_no_key_is_dropped_while_a_damaged_store_may_need_it(
    store_settings: StoreSettings, identity: Identity, filled: dict[str, KeptRecord]
) -> None:
    index_root_gone(store_settings.database_file)
    store = Store(store_settings, identity)
    before = store.call(lambda tables: tables.vault.key_ids).result()
    for row in store.call(lambda tables: tables.review.rows(limit=1000)).result():  # nothing here needs the old key any more
        store.call(
            lambda tables, row=row: tables.outbox.settle([Settled(row.key, row.content_hash, RecordState.ACKNOWLEDGED)], 1)
        ).result()
    store.call(lambda tables: tables.marks.set(ROTATION_ASKED, 1)).result()
    store.call(store.rotate_when_asked).result()
    assert before < store.call(lambda tables: tables.vault.key_ids).result()
    store.stop()


@pytest.mark.parametrize("waits", ["others come first", "no room"])
@pytest.mark.parametrize("how", ["missing", "another"])
def test_a_key_that_only_what_is_not_carried_over_yet_needs_stops_the_start_and_brought_back_loses_nothing(
    store_settings: StoreSettings,
    identity: Identity,
    filled: dict[str, KeptRecord],
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    waits: str,
) -> None:
    index_root_gone(store_settings.database_file)
    right = store_settings.vault_file.rename(store_settings.directory.parent / "right.key")
    if how == "another":
        other = StoreSettings(directory=store_settings.directory.parent / "other")
        Store(other, identity).stop()
        other.vault_file.rename(store_settings.vault_file)
    with monkeypatch.context() as held_up:
        held_up.setattr("offline_cache.carrying.CARRYING_SECONDS", 0.0)
        if waits == "no room":

            def refuse(*_: object) -> None:
                raise OSError(errno.ENOSPC, "no room")

            held_up.setattr(damage, "_carry_small", refuse)
        with pytest.raises(KeyMissing if how == "missing" else KeyWrong):
            Store(store_settings, identity)
    right.rename(store_settings.vault_file)
    store = Store(store_settings, identity)
    assert keys_waiting(store) == filled.keys()
    store.stop()


def test_a_keys_name_that_has_changed_bits_stops_no_start_while_it_is_not_carried_over_yet(
    store_settings: StoreSettings, identity: Identity, filled: dict[str, KeptRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(dbapi2.connect(store_settings.database_file)) as connection:
        connection.execute("UPDATE outbox SET key_id = iif(key_id LIKE 'a%', 'b', 'a') || substr(key_id, 2) WHERE id % 3 = 0")
        connection.commit()
    index_root_gone(store_settings.database_file)
    monkeypatch.setattr("offline_cache.carrying.CARRYING_SECONDS", 0.0)
    store = Store(store_settings, identity)
    told: queue.Queue[damage.CarriedOver] = queue.Queue()
    store.when_carried_over(told.put)
    assert told.get(timeout=30).submissions == len(filled)
    store.stop()


def test_a_state_that_is_none_waits_for_a_person(
    store_settings: StoreSettings, identity: Identity, filled: dict[str, KeptRecord]
) -> None:
    key = next(iter(filled))
    connection = dbapi2.connect(store_settings.database_file)
    connection.execute("UPDATE outbox SET state = 'quguee' WHERE key = ?", (key,))
    connection.commit()
    connection.close()
    index_root_gone(store_settings.database_file)
    store = Store(store_settings, identity)
    assert store.tally().needs_person == 1
    (held,) = store.call(lambda tables: tables.review.rows(RecordState.NEEDS_PERSON)).result()
    assert (held.key, held.trouble) == (key, "record-damaged")
    store.stop()


NO_NUMBERS = ["'x1'", "CAST(x'31FF' AS TEXT)"]


def change_mark(path: Path, name: str, value: str) -> None:
    with closing(dbapi2.connect(path)) as connection:
        connection.execute(f"INSERT OR REPLACE INTO mark VALUES (?, {value})", (name,))
        connection.commit()


@pytest.mark.parametrize("value", NO_NUMBERS)
@pytest.mark.parametrize("harm", [lambda _: None, index_root_gone], ids=["whole", "set aside too"])
def test_a_mark_of_the_receipt_numbers_that_is_none_stops_no_start_and_gives_no_number_twice(
    store_settings: StoreSettings, identity: Identity, kit: Any, value: str, harm: Callable[[Path], None]
) -> None:
    today = hall_now().date()
    store = Store(store_settings, identity)
    store.stop()
    index_root_gone(store_settings.database_file)  # what was given before is known by the mark alone
    store = Store(store_settings, identity)
    floor = store.call(lambda tables: tables.marks.get(number_floors.SERIAL_FLOOR, 0)).result()
    store.stop()
    change_mark(store_settings.database_file, number_floors.SERIAL_FLOOR, value)
    harm(store_settings.database_file)
    store = Store(store_settings, identity)
    assert keep_in(store, kit, today).serial > floor % 1_000_000
    store.stop()


@pytest.mark.parametrize("value", NO_NUMBERS)
@pytest.mark.parametrize("harm", [lambda _: None, index_root_gone], ids=["whole", "set aside too"])
def test_a_mark_that_is_none_counts_as_never_set(
    store_settings: StoreSettings, identity: Identity, filled: Any, value: str, harm: Callable[[Path], None]
) -> None:
    for name in (LINE_FAILURES, LINE_RETRY_AT, ROTATION_ASKED):
        change_mark(store_settings.database_file, name, value)
    change_mark(store_settings.database_file, EVENTS_NEXT, "'7'")
    harm(store_settings.database_file)
    store = Store(store_settings, identity)
    for name in (LINE_FAILURES, LINE_RETRY_AT, ROTATION_ASKED):
        assert store.call(lambda tables, name=name: tables.marks.get(name, -5)).result() == -5
    assert store.call(lambda tables: tables.marks.get(EVENTS_NEXT, 1)).result() == 7
    store.stop()


def test_a_store_of_a_newer_program_is_left_alone(store_settings: StoreSettings, identity: Identity, filled: Any) -> None:
    make_newer(store_settings.database_file)
    with pytest.raises(StoreTooNew):
        Store(store_settings, identity)
    assert damage.folders(store_settings.directory) == ()


def test_a_store_of_a_newer_program_whose_log_is_broken_is_left_to_that_one(
    store_settings: StoreSettings, identity: Identity, filled: Any
) -> None:
    """What only the newer knows of it would not be carried over."""
    make_newer(store_settings.database_file)
    log = Path(f"{store_settings.database_file}-wal")
    with closing(dbapi2.connect(store_settings.database_file, isolation_level=None)) as newer:
        for number in range(6):
            newer.execute("INSERT INTO mark VALUES (?, '1')", (f"newer-{number}",))
        database, content = store_settings.database_file.read_bytes(), bytearray(log.read_bytes())
    content[32 + (PAGE + 24) + 600] ^= 2
    store_settings.database_file.write_bytes(database)
    log.write_bytes(content)
    assert passed_over(log)
    with pytest.raises(StoreTooNew):
        Store(store_settings, identity)
    assert damage.folders(store_settings.directory) == ()
    assert (store_settings.database_file.read_bytes(), log.read_bytes()) == (database, content)


def test_another_programs_database_is_not_set_aside(store_settings: StoreSettings, identity: Identity) -> None:
    store_settings.directory.mkdir()
    with closing(dbapi2.connect(store_settings.database_file)) as theirs:
        theirs.executescript("CREATE TABLE t (a)")
    with pytest.raises(StoreForeign):
        Store(store_settings, identity)
    assert damage.folders(store_settings.directory) == ()


def test_the_chain_is_carried_over_up_to_the_first_event_that_does_not_fit(
    store_settings: StoreSettings, identity: Identity, filled: Any
) -> None:
    connection = dbapi2.connect(store_settings.database_file)
    connection.execute("UPDATE journal SET body = replace(body, 'online', 'onlime') WHERE seq = 11")
    connection.commit()
    connection.close()
    index_root_gone(store_settings.database_file)
    store = Store(store_settings, identity)
    assert store.carried_over is not None
    assert store.carried_over.events == 10
    store.log(plain_event("kiosk-stopped"))
    store.stop()
    reading = open_read_only(store_settings.database_file)
    assert Journal(reading).verify() == 11
    reading.close()


SMALL = {
    "mark": ("name", "value"),
    "told": ("key", "at"),
    "sealed_rating": ("token", "key_id", "box"),
    "print_job": ("device", "job", "code", "at"),
    "ledger_match": ("ids", "day", "at", "acknowledged", "in_centre", "waiting"),
    "settings_replica": ("version", "slot", "etag", "signed", "fetched_at"),
    "replica": ("version", "slot", "etag", "signed", "fetched_at"),
}
"""Tables, and columns of them; the first gets a word to find the row by."""
SLOTS = ("staged", "active", "previous")


def unreadable(path: Path, row: bytes) -> None:
    """Nonsense for the length of the head of the row with these bytes (https://sqlite.org/fileformat2.html#record_format)."""
    content = path.read_bytes()
    at = content.index(row)
    length = next(length for length in range(2, 14) if content[at - length] == length)
    overwrite(path, at - length, b"\x7f")


@pytest.mark.parametrize("table", SMALL)
def test_a_row_of_a_small_table_that_cannot_be_read_takes_none_of_its_neighbours_with_it(
    store_settings: StoreSettings, identity: Identity, filled: dict[str, KeptRecord], table: str
) -> None:
    word, *others = SMALL[table]
    with closing(dbapi2.connect(store_settings.database_file)) as connection:
        for number in range(3 if "slot" in others else 5):
            facts = [SLOTS[number] if name == "slot" else number + 1 for name in others]
            columns, places = ", ".join((word, *others)), ", ".join("?" * (len(others) + 1))
            connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", (f"word-{number}", *facts))
        connection.commit()
        every = {row[0] for row in connection.execute(f"SELECT {word} FROM {table} WHERE {word} LIKE 'word-%'")}
    first = b"active" if "slot" in others else b"\x02" * 4 if table == "ledger_match" else b""
    unreadable(store_settings.database_file, first + b"word-1")
    store = Store(store_settings, identity)
    assert len(damage.folders(store_settings.directory)) == 1
    with closing(open_read_only(store_settings.database_file)) as reading:
        found = {row[0] for row in reading.execute(f"SELECT {word} FROM {table} WHERE {word} LIKE 'word-%'")}
    assert found == every - {"word-1"}
    assert keys_waiting(store) == filled.keys()
    store.stop()


def test_an_event_that_cannot_be_read_ends_the_chain_and_takes_none_before_it_along(
    store_settings: StoreSettings, identity: Identity, filled: Any
) -> None:
    with closing(dbapi2.connect(store_settings.database_file)) as connection:
        at, *texts = connection.execute("SELECT at, event, visit, device, body, hash FROM journal WHERE seq = 11").fetchone()
    unreadable(store_settings.database_file, at.to_bytes(6) + "".join(texts).encode())
    store = Store(store_settings, identity)
    assert store.carried_over == damage.CarriedOver(KEPT, KEPT, 10)
    store.stop()


def test_a_journal_that_was_broken_off_in_a_damaged_store_verifies(
    store_settings: StoreSettings, identity: Identity, kit: Any, filled: Any
) -> None:
    store = Store(store_settings, identity)

    def countersigned(tables: Any) -> None:
        store.sign_head(tables)
        head = tables.heads.all()[-1].head
        store.take_countersigned(tables, head, Countersigned.model_validate(kit.countersigned(head)))
        tables.marks.set(EVENTS_NEXT, head.seq + 1)

    store.call(countersigned).result()
    store.stop()
    assert Reached.load(store_settings.directory) is not None
    held_against_everything(store_settings, identity)
    connection = dbapi2.connect(store_settings.database_file)
    connection.execute("UPDATE journal SET body = replace(body, 'online', 'onlime') WHERE seq = 11")
    connection.commit()
    connection.close()
    index_root_gone(store_settings.database_file)
    store = Store(store_settings, identity)
    store.log(plain_event("kiosk-stopped"))
    store.stop()
    (folder,) = damage.folders(store_settings.directory)
    assert Reached.load(folder) is not None
    assert held_against_everything(store_settings, identity) == 11


def held_against_everything(settings: StoreSettings, identity: Identity) -> int:
    """As `kiosk logs verify` does it; the number of events."""
    with closing(open_read_only(settings.database_file)) as reading:
        count = Journal(reading).verify(known_seq=Marks(reading).get(EVENTS_NEXT, 1) - 1)
        Heads(reading).verify(identity.signers)
        reached = Reached.load(settings.directory)
        if reached is not None:
            Heads(reading).hold_against(reached)
    return count


def test_what_lay_in_the_log_only_is_carried_over_too(store_settings: StoreSettings, identity: Identity, kit: Any) -> None:
    database, log = store_settings.database_file, Path(f"{store_settings.database_file}-wal")
    store = Store(store_settings, identity)
    keep_in(store, kit)
    store.call(lambda tables: tables.outbox._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()).result()
    store.rate("SI-101", 5)  # goes into the log, and not into the page that is damaged
    store.call(lambda _: None).result()
    cut = database.read_bytes(), log.read_bytes()
    store.stop()
    database.write_bytes(cut[0])
    index_root_gone(database)
    log.write_bytes(cut[1])  # as a power cut leaves it: not written back yet
    store = Store(store_settings, identity)
    (folder,) = damage.folders(store_settings.directory)
    assert [path for path in folder.iterdir() if path.is_dir()] == []
    assert len(store.call(lambda tables: tables.ratings.waiting()).result()) == 1
    store.stop()


def test_what_finds_no_room_to_be_mended_is_carried_over_once_there_is_some(
    store_settings: StoreSettings, identity: Identity, kit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = hall_now().date()
    store = Store(store_settings, identity)
    first = [keep_in(store, kit, today) for _ in range(3)]
    store.stop()
    header_zeroed(store_settings.database_file)
    monkeypatch.setattr("shutil.disk_usage", lambda _: DiskUsage(0, 0, 0))
    for _ in range(2):
        store = Store(store_settings, identity)
        (folder,) = damage.folders(store_settings.directory)
        assert store.carrying_over
        assert store.carried_over is None
        fresh = keep_in(store, kit, today)
        assert fresh.receipt_number not in {record.receipt_number for record in first}
        first.append(fresh)
        for _ in range(5):
            store.call(store.sweep).result()
        assert not (folder / damage.DONE).exists()
        if len(first) == 4:
            store.stop()
    monkeypatch.undo()
    told: queue.Queue[damage.CarriedOver] = queue.Queue()
    store.when_carried_over(told.put)
    store.call(store.sweep).result()
    assert told.get(timeout=30).submissions == 3
    assert keys_waiting(store) == {record.key for record in first}
    assert not (folder / damage.GAPS).exists()
    store.stop()


def test_what_cannot_be_copied_for_its_disk_is_read_as_far_as_it_goes_and_not_again_and_again(
    store_settings: StoreSettings, identity: Identity, filled: dict[str, KeptRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(5, "Input/output error")

    one_bit_of_a_page_head(store_settings.database_file)
    monkeypatch.setattr("shutil.copyfile", refused)
    store = Store(store_settings, identity)
    assert not store.carrying_over
    assert store.carried_over is not None
    (folder,) = damage.folders(store_settings.directory)
    assert (folder / damage.GAPS).exists()
    assert {path.name for path in folder.iterdir()} <= {*damage.FILES, damage.DONE, damage.GAPS}
    store.stop()


def test_the_ledger_is_asked_of_today_also_when_the_carrying_over_has_to_wait(
    store_settings: StoreSettings, identity: Identity, kit: Any, filled: Any, ledger: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    header_zeroed(store_settings.database_file)
    monkeypatch.setattr("shutil.disk_usage", lambda _: DiskUsage(0, 0, 0))
    store = Store(store_settings, identity)
    centre_settings = kit.quick(ledger.url)
    setup = Setup(store_settings, centre_settings, identity.enrolled.server_public_key, lambda: Vitals("1"))
    sender = Sender(store, Centre(centre_settings, identity), setup, lambda _: None)
    monkeypatch.undo()
    store.call(store.sweep).result()
    sender.start()
    today = f"{hall_now():%Y%m%d}".encode()
    try:
        while not ((asked := ledger.got.get(timeout=20)).path.endswith("/ledger-matches") and today in asked.body):
            pass
    finally:
        assert sender.stop(20)
        store.stop()


def test_numbers_go_on_above_many_unclean_stops_too_while_there_is_no_room(
    store_settings: StoreSettings, identity: Identity, kit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_: Path) -> None:
        raise OSError(28, "No space left on device")

    today = hall_now().date()
    store = Store(store_settings, identity)
    store.call(lambda tables: tables.marks.set(number_floors.SERIAL_FLOOR, first_id(today) + number_floors.SERIAL_STEP)).result()
    store.stop()
    store = Store(store_settings, identity)
    before = [keep_in(store, kit, today) for _ in range(3)]
    store.stop()
    index_root_gone(store_settings.database_file)
    monkeypatch.setattr(damage, "remains", no_room)
    store = Store(store_settings, identity)
    fresh = keep_in(store, kit, today)
    assert fresh.receipt_number not in {record.receipt_number for record in before}
    monkeypatch.undo()
    store.call(store.sweep).result()
    while store.carrying_over:
        store.call(lambda _: None).result()
    assert keys_waiting(store) == {record.key for record in (*before, fresh)}
    store.stop()


def test_a_log_that_began_anew_before_the_old_one_found_room_is_a_gap(
    store_settings: StoreSettings, identity: Identity, filled: dict[str, KeptRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    header_zeroed(store_settings.database_file)
    monkeypatch.setattr("shutil.disk_usage", lambda _: DiskUsage(0, 0, 0))
    store = Store(store_settings, identity)
    store.log(plain_event("kiosk-started"))
    store.call(lambda _: None).result()
    monkeypatch.undo()
    store.call(store.sweep).result()
    while store.carrying_over:
        store.call(lambda _: None).result()
    assert keys_waiting(store) == filled.keys()
    assert store.call(lambda tables: tables.journal.verify()).result() == 1
    (folder,) = damage.folders(store_settings.directory)
    assert (folder / damage.GAPS).exists(), "the old log is in there only"
    store.stop()


def test_a_carrying_over_that_begins_again_and_again_uses_up_no_receipt_numbers(
    store_settings: StoreSettings, identity: Identity, kit: Any, filled: dict[str, KeptRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreFull("SQLITE_FULL")

    index_root_gone(store_settings.database_file)
    monkeypatch.setattr(damage, "_carry_pages", full)
    store = Store(store_settings, identity)
    for _ in range(5):
        store.call(store.sweep).result()
        store.call(lambda _: None).result()
    floor = store.call(lambda tables: tables.marks.get(number_floors.SERIAL_FLOOR, 0)).result()
    assert floor % 1_000_000 == number_floors.SERIAL_STEP
    monkeypatch.undo()
    store.call(store.sweep).result()
    while store.carrying_over:
        store.call(lambda _: None).result()
    assert keys_waiting(store) == filled.keys()
    store.stop()


def test_a_disk_that_lets_nothing_be_set_aside_is_named(
    store_settings: StoreSettings, identity: Identity, filled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_root_gone(store_settings.database_file)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("offline_cache.damage.os.fsync", full)
    with pytest.raises(StoreFull):
        Store(store_settings, identity)
    monkeypatch.undo()
    store = Store(store_settings, identity)  # room again
    assert keys_waiting(store) == filled.keys()
    store.stop()


def cut_off(store: Store, settings: StoreSettings, number: int) -> StoreSettings:
    """The files as a power cut leaves them."""
    left = replace(settings, directory=settings.directory.parent / f"cut off {number}")
    shutil.copytree(settings.directory, left.directory)
    (left.directory / "store.db-shm").unlink(missing_ok=True)
    store.stop()
    return left


def test_a_power_cut_that_takes_the_clocks_time_too_leaves_the_day_its_numbers(
    store_settings: StoreSettings, identity: Identity, kit: Any
) -> None:
    today, day_of_none = date(2026, 11, 23), date(1970, 1, 1)
    right, none = 1_795_435_200_000, 3_600_000
    settings, store = store_settings, Store(store_settings, identity, now_ms=lambda: right)
    keep_in(store, kit, today)
    given = []
    for number, (day, now_ms) in enumerate([(today, right), (day_of_none, none), (day_of_none, none), (today, right)]):
        settings = cut_off(store, settings, number)
        store = Store(settings, identity, now_ms=lambda now_ms=now_ms: now_ms)
        given.append([keep_in(store, kit, day).serial for _ in range(3)])
    store.stop()
    assert given == [[1000, 1001, 1002], [1000, 1001, 1002], [2000, 2001, 2002], [2000, 2001, 2002]]


def test_a_kiosk_that_breaks_off_at_every_start_uses_up_no_receipt_numbers(
    store_settings: StoreSettings, identity: Identity, kit: Any
) -> None:
    today = hall_now().date()
    settings, store = store_settings, Store(store_settings, identity)
    for number in range(4):
        store.log(plain_event("kiosk-started"))
        store.call(lambda _: None).result()
        settings = cut_off(store, settings, number)
        assert Path(f"{settings.database_file}-wal").stat().st_size > 0
        store = Store(settings, identity)
    given = [keep_in(store, kit, today).serial]
    settings = cut_off(store, settings, 4)
    Path(f"{settings.database_file}-wal").write_bytes(b"x")  # the log is lost, and with it that one was given
    store = Store(settings, identity)
    given.append(keep_in(store, kit, today).serial)
    store.stop()
    assert given == [number_floors.UNCLEAN_STEP, 2 * number_floors.UNCLEAN_STEP]


def test_that_a_number_was_given_outlives_the_log_though_somebody_read_when_it_was(
    store_settings: StoreSettings, identity: Identity, kit: Any
) -> None:
    today = hall_now().date()
    store = Store(store_settings, identity)
    keep_in(store, kit, today)
    settings = cut_off(store, store_settings, 0)
    store = Store(settings, identity)
    with closing(open_read_only(settings.database_file)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM mark").fetchone()
        given = {keep_in(store, kit, today).serial}
    given.add(keep_in(store, kit, today).serial)  # nobody reads any more
    settings = cut_off(store, settings, 1)
    Path(f"{settings.database_file}-wal").write_bytes(b"x")
    store = Store(settings, identity)
    assert keep_in(store, kit, today).serial not in given
    store.stop()


def test_that_a_damaged_store_gave_no_number_says_nothing_of_the_new_one(
    store_settings: StoreSettings, identity: Identity, filled: dict[str, KeptRecord]
) -> None:
    """What was given before all of the damaged one was carried over, for want of room say, was given in the new one."""
    assert filled
    with closing(open_store(store_settings.database_file)) as connection:
        Marks(connection).set(GIVEN, 0)
    header_zeroed(store_settings.database_file)
    store = Store(store_settings, identity)
    assert store.carried_over is not None
    assert store.call(lambda tables: tables.marks.get(GIVEN, 1)).result() == 1
    store.stop()


def test_a_floor_of_the_numbers_outlives_days_of_a_clock_without_its_time(
    store_settings: StoreSettings, identity: Identity, kit: Any
) -> None:
    today, right, none = date(2026, 11, 23), 1_795_435_200_000, 3_600_000
    store = Store(store_settings, identity, now_ms=lambda: right)
    store.call(lambda tables: tables.marks.set(number_floors.SERIAL_FLOOR, first_id(today) + number_floors.SERIAL_STEP)).result()
    settings = cut_off(store, store_settings, 1)  # in the store that was set aside were more of today's
    store = Store(settings, identity, now_ms=lambda: none)
    keep_in(store, kit, date(1970, 1, 1))
    store.stop()
    store = Store(settings, identity, now_ms=lambda: right)
    assert keep_in(store, kit, today).serial == number_floors.SERIAL_STEP
    store.stop()


def test_a_folder_the_disk_does_not_give_back_now_is_carried_over_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "damaged-20261123T080000000000-x"
    folder.mkdir()
    tries = iter([OSError(errno.EIO, "not now"), damage.CarriedOver(3, 2, 1)])

    def carry_over(*_: object) -> Iterator[damage.CarriedOver]:
        tried = next(tries)
        if isinstance(tried, OSError):
            raise tried
        yield tried

    monkeypatch.setattr(damage, "carry_over", carry_over)
    with closing(open_store(tmp_path / "store.db")) as connection:
        carrying = Carrying(tmp_path, lambda: 1_795_000_000_000, None, Refusals())
        carrying.begin(connection)
        assert (carrying.going_on, carrying.paused, carrying.carried_over) == (True, True, None)
        while carrying.go_on():
            pass
        assert (carrying.going_on, carrying.carried_over) == (False, damage.CarriedOver(3, 2, 1))
