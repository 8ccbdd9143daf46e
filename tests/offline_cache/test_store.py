from __future__ import annotations

import contextlib
import errno
import itertools
import os
import queue
import stat
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pysqlite3 import dbapi2

from kiosk.log_events import Event
from offline_cache.blob import Blob
from offline_cache.database import open_read_only
from offline_cache.errors import (
    CacheError,
    KeyExposed,
    KeyMissing,
    KeyWrong,
    NotEnrolled,
    StoreDamaged,
    StoreForeign,
    StoreFull,
    StoreInUse,
    StoreUnwritable,
)
from offline_cache.file_kind import BESIDE
from offline_cache.identity import FILE_NAME, Identity
from offline_cache.journal import Filter, Journal, rfc3339
from offline_cache.journal_heads import REACHED_FILE, TAKEN_FILE
from offline_cache.records import CancelReason, KeptRecord, RecordState, Settled
from offline_cache.reserve import LEAST_BYTES, Reserve
from offline_cache.settings import StoreSettings
from offline_cache.store import ROTATION_ASKED, Store
from offline_cache.tables import Tables
from tests.offline_cache.conftest import make_older_store
from tests.offline_cache.plain_event import plain_event

Keep = Callable[..., KeptRecord | CacheError]


@pytest.fixture
def store(store_settings: StoreSettings, identity: Identity) -> Iterator[Store]:
    opened = Store(store_settings, identity)
    yield opened
    opened.stop()


def keep_in(store: Store, kit: Any, padding: int = 0, key: str = "") -> KeptRecord | CacheError:
    heard: queue.Queue[KeptRecord | CacheError] = queue.Queue()
    key = key or kit.new_key()
    store.keep(key, kit.day, kit.composed(key, padding), heard.put)
    return heard.get(timeout=20)


def test_a_submission_is_kept_on_the_storage_thread_and_watchers_hear_of_it(store: Store, kit: Any) -> None:
    heard: queue.Queue[tuple[str, object]] = queue.Queue()
    store.watch(lambda: heard.put(("woken", threading.current_thread().name)))
    key = kit.new_key()
    store.keep(key, kit.day, kit.composed(key), lambda record: heard.put((threading.current_thread().name, record)))
    name, record = heard.get(timeout=20)
    assert name.startswith("store")
    assert isinstance(record, KeptRecord)
    assert heard.get(timeout=20) == ("woken", name)
    assert store.tally().kept == 1


def test_a_kiosk_without_identity_keeps_nothing(store_settings: StoreSettings, kit: Any) -> None:
    store = Store(store_settings, None)
    assert isinstance(keep_in(store, kit), NotEnrolled)
    store.stop()


def test_a_start_takes_back_what_a_dead_sender_held(store_settings: StoreSettings, identity: Identity, kit: Any) -> None:
    """However long its lease was still to run, and by whatever clock."""
    now_ms, hour_ms = 1_795_000_000_000, 3_600_000
    store = Store(store_settings, identity, now_ms=lambda: now_ms)
    keep_in(store, kit)
    (leased,) = store.call(lambda tables: tables.outbox.lease(1, 10**9, now_ms, now_ms + hour_ms)).result(20)
    store.stop()
    store = Store(store_settings, identity, now_ms=lambda: now_ms)
    row = store.call(lambda tables: tables.review.facts(leased.key)).result(20)
    assert row is not None
    assert (row.state, row.tries) == (RecordState.QUEUED, 1), "its request may have been sent"
    (again,) = store.call(lambda tables: tables.outbox.lease(1, 10**9, now_ms, now_ms + hour_ms)).result(20)
    assert again.key == leased.key
    store.stop()


@pytest.mark.parametrize(("end", "days"), [(RecordState.ACKNOWLEDGED, 2), (RecordState.REJECTED, 2), (RecordState.CANCELLED, 5)])
def test_a_content_is_erased_once_its_days_are_over_and_not_before(
    store_settings: StoreSettings, identity: Identity, kit: Any, end: RecordState, days: int
) -> None:
    """In the files too, at the next sweep."""
    now_ms, day_ms, minute_ms = 1_795_000_000_000, 86_400_000, 60_000
    settings = replace(store_settings, acknowledged_days=2, cancelled_days=5)
    store = Store(settings, identity, now_ms=lambda: now_ms)
    kept = keep_in(store, kit)
    assert isinstance(kept, KeptRecord)
    key, settled_ms = kept.key, now_ms

    def settle(tables: Tables) -> None:
        tables.review.mark_printed(key, now_ms)
        if end is RecordState.CANCELLED:
            assert tables.review.cancel(key, CancelReason.HANDED_IN, now_ms)
        else:
            assert tables.outbox.settle([Settled(key, kept.content_hash, end)], now_ms, keep_days=2)

    def box(tables: Tables) -> bytes | None:
        return bytes(sealed[0].box) if (sealed := tables.review.sealed(key)) is not None else None

    store.call(settle).result(20)
    now_ms = settled_ms + days * day_ms - minute_ms
    store.call(store.sweep).result(20)
    before = store.call(box).result(20)
    assert before is not None, "its days are not over"
    assert any(before in file.read_bytes() for file in settings.directory.iterdir() if file.is_file())
    now_ms = settled_ms + days * day_ms + minute_ms
    store.call(store.sweep).result(20)
    assert store.call(box).result(20) is None
    assert not any(before[:40] in file.read_bytes() for file in settings.directory.iterdir() if file.is_file())
    store.stop()


def test_events_are_written_in_order_and_stopping_writes_the_last(store_settings: StoreSettings, identity: Identity) -> None:
    store = Store(store_settings, identity)
    for number in range(500):
        store.log(plain_event("tick", "v1", {"number": number}))
    store.stop()
    store.stop()
    reading = open_read_only(store_settings.database_file)
    journal = Journal(reading)
    assert journal.verify() == 500
    assert [event.facts["number"] for event in journal.find(Filter(), 1000)] == list(range(499, -1, -1))
    reading.close()


def test_many_events_share_a_transaction(store: Store) -> None:
    gate, opened = threading.Event(), threading.Event()
    store.call(lambda _: (opened.set(), gate.wait(20)))
    opened.wait(20)
    for _ in range(300):
        store.log(plain_event("tick"))
    said: list[str] = []
    watching = store.call(lambda tables: tables.journal._connection.set_trace_callback(said.append))
    gate.set()
    watching.result(20)
    store.call(lambda tables: tables.journal._connection.set_trace_callback(None)).result(20)
    assert store.call(lambda tables: tables.journal.verify()).result(20) == 300
    assert said.count("COMMIT") <= 1


def test_ratings_stand_alone(store: Store) -> None:
    store.rate("SB-01", 5, practice=True)
    (rating,) = store.call(lambda tables: tables.ratings.waiting()).result(20)
    assert (rating.item, rating.level, rating.practice) == ("SB-01", 5, True)
    columns = store.call(
        lambda tables: [row[1] for row in tables.ratings._connection.execute("PRAGMA table_info(sealed_rating)")]
    ).result(20)
    assert columns == ["token", "key_id", "box"]


def test_nothing_on_the_disk_tells_which_rating_was_given_though_its_pages_tell_their_order(
    store: Store, store_settings: StoreSettings
) -> None:
    def told() -> list[tuple[Any, ...]]:
        columns = "length(token), key_id, length(box)"
        return store.call(
            lambda tables: tables.ratings._connection.execute(f"SELECT DISTINCT {columns} FROM sealed_rating").fetchall()
        ).result(20)

    for level in range(1, 6):
        store.rate("SB-01", level)
    store.call(lambda _: None).result(20)
    assert len(told()) == 1
    written = b"".join(file.read_bytes() for file in store_settings.directory.glob("store.db*"))
    assert b"SB-01" not in written
    waiting = store.call(lambda tables: tables.ratings.waiting()).result(20)
    assert sorted(one.level for one in waiting) == [1, 2, 3, 4, 5]


def test_the_ratings_of_an_earlier_release_are_sealed_when_it_is_upgraded(
    store_settings: StoreSettings, identity: Identity
) -> None:
    store_settings.directory.mkdir(exist_ok=True)
    make_older_store(store_settings.database_file, 10)
    with closing(dbapi2.connect(store_settings.database_file)) as connection, connection:
        rows = [("a" * 22, "SB-01", 5, 0), ("b" * 22, "SB-01", 2, 1), ("c" * 22, "SB-01", 77, 0), (b"b" * 22, "SB-01", 2, 1)]
        connection.executemany("INSERT INTO rating VALUES (?, ?, ?, ?)", rows)
    for _ in range(2):
        store = Store(store_settings, identity)
        waiting = store.call(lambda tables: tables.ratings.waiting()).result(20)
        store.stop()
        told = sorted((one.token[:1], one.item, one.level, one.practice) for one in waiting)
        assert told == [("a", "SB-01", 5, False), ("b", "SB-01", 2, True)]
    assert b"SB-01" not in b"".join(file.read_bytes() for file in store_settings.directory.glob("store.db*"))


def test_a_rating_opens_after_another_key_was_asked_for(store: Store) -> None:
    store.rate("SB-01", 4)
    before = store.call(lambda tables: tables.vault.current).result(20)
    store.call(lambda tables: tables.marks.set(ROTATION_ASKED, 1)).result(20)
    assert store.call(store.rotate_when_asked).result(20) is not None
    assert store.call(lambda tables: tables.vault.current).result(20) != before
    (rating,) = store.call(lambda tables: tables.ratings.waiting()).result(20)
    assert rating.level == 4


@pytest.mark.parametrize(
    "harm",
    [
        "token = CAST(x'31FF' AS TEXT)",
        "token = 'another'",
        "key_id = CAST(x'31FF' AS TEXT)",
        "key_id = 'another'",
        "box = 'SB-01'",
        "box = 77",
        "box = substr(box, 1, 40) || iif(substr(box, 41, 1) = x'00', x'01', x'00') || substr(box, 42)",
    ],
)
def test_a_damaged_rating_goes_and_keeps_back_no_other(store: Store, harm: str) -> None:
    for level in (1, 2):
        store.rate("SB-01", level)

    def damage(tables: Any) -> None:
        (token,) = (one.token for one in tables.ratings.waiting() if one.level == 1)
        tables.ratings._connection.execute(f"UPDATE sealed_rating SET {harm} WHERE token = ?", (token,))

    store.call(damage).result(20)
    for _ in range(2):
        (rating,) = store.call(lambda tables: tables.ratings.waiting()).result(20)
        assert rating.level == 2
    count = "SELECT count(*) FROM sealed_rating"
    left = store.call(lambda tables: tables.ratings._connection.execute(count).fetchone()).result(20)
    assert left == (1,)


def test_a_rating_outside_the_levels_is_a_defect_and_is_told(store_settings: StoreSettings, identity: Identity) -> None:
    heard: queue.Queue[BaseException] = queue.Queue()
    store = Store(store_settings, identity, on_defect=heard.put)
    store.rate("SB-01", 6)
    assert isinstance(heard.get(timeout=20), ValueError)
    store.stop()


def test_a_second_program_is_refused_by_name(store: Store, store_settings: StoreSettings, identity: Identity) -> None:
    with pytest.raises(StoreInUse):
        Store(store_settings, identity)
    for file in store_settings.directory.iterdir():
        if not file.name.startswith("store.db"):
            file.unlink()  # what somebody takes for a stale lock
    with pytest.raises(StoreInUse):
        Store(store_settings, identity)


@pytest.mark.parametrize("link", [os.symlink, os.link])
@pytest.mark.parametrize("started_before", [False, True])
def test_a_second_program_is_refused_by_whichever_path_it_comes(
    store_settings: StoreSettings, identity: Identity, tmp_path: Path, link: Callable[[Path, Path], None], started_before: bool
) -> None:
    if started_before:
        Store(store_settings, identity).stop()
    store, elsewhere = Store(store_settings, identity), tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    for file in ("store.db", "vault.key"):
        link(store_settings.directory / file, elsewhere / file)
    with pytest.raises(StoreInUse):
        Store(StoreSettings(directory=elsewhere), identity)
    store.stop()
    Store(StoreSettings(directory=elsewhere), identity).stop()


def test_a_second_program_is_refused_also_after_a_damaged_store_was_set_aside(
    store_settings: StoreSettings, identity: Identity, tmp_path: Path
) -> None:
    Store(store_settings, identity).stop()
    store_settings.database_file.write_bytes(b"no database")
    store, elsewhere = Store(store_settings, identity), tmp_path / "elsewhere"
    assert list(store_settings.directory.glob("damaged-*"))
    elsewhere.mkdir(mode=0o700)
    for file in ("store.db", "vault.key"):
        (elsewhere / file).symlink_to(store_settings.directory / file)
    with pytest.raises(StoreInUse):
        Store(StoreSettings(directory=elsewhere), identity)
    store.stop()


def test_a_folder_that_takes_no_locks_is_told_as_that(
    store_settings: StoreSettings, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", none_left)
    with pytest.raises(StoreUnwritable, match="cannot be locked"):
        Store(store_settings, identity)


def test_a_stopped_store_refuses_by_name(store_settings: StoreSettings, identity: Identity, kit: Any) -> None:
    store = Store(store_settings, identity)
    store.stop()
    assert isinstance(keep_in(store, kit), StoreUnwritable)
    with pytest.raises(StoreUnwritable):
        store.call(lambda tables: tables)
    store.log(plain_event("too-late"))


def test_a_full_disk_keeps_nothing_half_and_the_store_goes_on(store: Store, kit: Any) -> None:
    assert isinstance(keep_in(store, kit), KeptRecord)
    limit = store.call(_limit_pages).result(20)
    key = kit.new_key()
    assert isinstance(keep_in(store, kit, 200_000, key), StoreFull)
    assert store.trouble == "store-full"
    assert store.call(lambda tables: tables.outbox.kept(key)).result(20) is None
    assert store.tally().kept == 1
    store.call(lambda tables: _lift_limit(tables, limit)).result(20)
    assert isinstance(keep_in(store, kit, 200_000, key), KeptRecord)
    assert store.trouble == ""


def test_an_event_that_still_fits_on_a_full_disk_does_not_say_that_submissions_would(store: Store, kit: Any) -> None:
    limit = store.call(_limit_pages).result(20)
    assert isinstance(keep_in(store, kit, 200_000), StoreFull)
    store.log(plain_event("tick"))
    assert store.call(lambda tables: tables.journal.verify()).result(20) == 1
    assert store.trouble == "store-full"
    store.call(lambda tables: _lift_limit(tables, limit)).result(20)
    store.log(plain_event("tock"))
    store.call(lambda _: None).result(20)
    assert store.trouble == ""


def test_events_that_a_full_disk_refused_are_written_later(store: Store, kit: Any) -> None:
    limit = store.call(_limit_pages).result(20)
    for number in range(2000):
        store.log(plain_event("tick", facts={"number": number, "filler": "x" * 200}))
    store.call(lambda _: None).result(20)
    assert store.trouble == "store-full"
    store.call(lambda tables: _lift_limit(tables, limit)).result(20)
    store.log(plain_event("tock"))
    assert store.call(lambda tables: tables.journal.verify()).result(20) == 2001
    events = store.call(lambda tables: tables.journal.find(Filter(events=("tick",)), 5000)).result(20)
    assert [event.facts["number"] for event in reversed(events)] == list(range(2000))


def _limit_pages(tables: Any) -> int:
    connection = tables.journal._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages + 4}")
    return int(pages)


def _lift_limit(tables: Any, _: int) -> None:
    tables.journal._connection.execute("PRAGMA max_page_count=1000000")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "small"
    place.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk can only be mounted by root; the page limit above provokes the same error")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_really_full_disk_keeps_nothing_half_and_the_store_goes_on(small_disk: Path, identity: Identity, kit: Any) -> None:
    store = Store(StoreSettings(directory=small_disk / "state"), identity)
    assert isinstance(keep_in(store, kit), KeptRecord)
    ballast = small_disk / "ballast"
    free = os.statvfs(small_disk)
    ballast.write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - 20_000)))
    kept, refused = 1, None
    for _ in range(100):
        heard = keep_in(store, kit, 2000)
        if isinstance(heard, CacheError):
            refused = heard
            break
        kept += 1
    assert isinstance(refused, StoreFull)
    assert store.tally().kept == kept
    ballast.unlink()
    assert isinstance(keep_in(store, kit, 2000), KeptRecord)
    store.stop()
    reading = open_read_only(small_disk / "state" / "store.db")
    assert reading.execute("SELECT count(*) FROM outbox").fetchone() == (kept + 1,)
    assert reading.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    reading.close()


@pytest.mark.parametrize("trouble", [StoreFull, StoreUnwritable], ids=["full disk", "end of a quota"])
def test_what_makes_room_is_given_the_reserve(store: Store, store_settings: StoreSettings, trouble: type[CacheError]) -> None:
    reserve = store_settings.directory / "reserve"

    def erase(_: Any) -> str:
        if reserve.exists():
            raise trouble("SQLITE_FULL, or SQLITE_IOERR where the error was EDQUOT")
        return "erased"

    with pytest.raises(trouble):
        store.call(erase).result()
    assert store.call(erase, makes_room=True).result() == "erased"


def test_a_full_disk_is_found_out_before_a_submission_is_refused(small_disk: Path, identity: Identity, kit: Any) -> None:
    store = Store(StoreSettings(directory=small_disk / "state"), identity)
    store.call(store.sweep).result()
    for _ in range(20):
        assert isinstance(keep_in(store, kit), KeptRecord)
    # From here on the log begins anew in what it has: whatever is small finds room without any of the disk's.
    store.call(lambda tables: tables.journal._connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()).result()
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass
    store.log(plain_event("tick"))
    store.call(store.sweep).result()
    assert store.trouble == "store-full"
    ballast.unlink()
    store.call(store.sweep).result()
    assert store.trouble == ""
    store.stop()


def test_events_that_no_memory_could_hold_are_told_in_their_place(
    store_settings: StoreSettings, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offline_cache.store.MOST_UNWRITTEN_EVENTS", 10)
    clock = itertools.count(1_795_000_000_000, 1000)
    store = Store(store_settings, identity, now_ms=lambda: next(clock))

    def let_write(*, allowed: bool) -> None:
        pragma = f"PRAGMA query_only={'OFF' if allowed else 'ON'}"
        store.call(lambda tables: tables.journal._connection.execute(pragma)).result(20)

    let_write(allowed=False)
    began = next(clock)
    for number in range(25):
        store.log(plain_event("tick", "v1", {"number": number}))
        store.call(lambda _: None).result(20)  # each is tried at once
    let_write(allowed=True)
    store.log(plain_event("tick", "v1", {"number": 25}))
    store.call(lambda _: None).result(20)
    store.log(plain_event("tick", "v1", {"number": 26}))
    store.stop()
    reading = open_read_only(store_settings.database_file)
    assert Journal(reading).verify() == 12
    told = list(reversed(Journal(reading).find(Filter(), 100)))
    assert [one.facts.get("number", one.event) for one in told] == [*range(10), "events-lost", 26]
    lost = told[10]
    assert lost.facts == {"count": 16, "from": rfc3339(began + 11_000), "to": rfc3339(began + 26_000)}
    assert lost.at_ms == began + 26_000
    assert Event("events-lost", lost.facts)
    reading.close()


def test_a_missing_or_wrong_key_stops_the_store_also_when_only_what_needs_a_person_is_sealed_with_it(
    store_settings: StoreSettings, identity: Identity, kit: Any
) -> None:
    store = Store(store_settings, identity)
    record = keep_in(store, kit)
    assert isinstance(record, KeptRecord)
    held = Settled(record.key, record.content_hash, RecordState.NEEDS_PERSON, "content-refused")
    store.call(lambda tables: tables.outbox.settle([held], 1)).result(20)
    store.stop()
    key_file = store_settings.vault_file
    right = key_file.read_text()
    key_file.unlink()
    with pytest.raises(KeyMissing):
        Store(store_settings, identity)
    assert not key_file.exists()
    other = StoreSettings(directory=store_settings.directory.parent / "other")
    Store(other, identity).stop()
    key_file.write_text(other.vault_file.read_text())
    key_file.chmod(0o600)
    with pytest.raises(KeyWrong):
        Store(store_settings, identity)
    key_file.write_text(right)
    again = Store(store_settings, identity)
    assert again.call(lambda tables: tables.review.export(record.key)).result(20) is not None
    again.call(lambda tables: tables.review.cancel(record.key, CancelReason.OTHER, 1)).result(20)
    again.stop()
    key_file.unlink()
    Store(store_settings, identity).stop()  # what staff gave up keeps no kiosk out of service


@pytest.mark.parametrize("pages", [0, 1])
def test_an_older_key_put_back_is_wrong_even_for_a_single_record(
    store_settings: StoreSettings, identity: Identity, kit: Any, pages: int
) -> None:
    store = Store(store_settings, identity)
    assert isinstance(keep_in(store, kit), KeptRecord)
    older = store_settings.vault_file.read_text()
    store.call(lambda tables: tables.marks.set(ROTATION_ASKED, 1)).result(20)
    assert store.call(store.rotate_when_asked).result(20) is not None
    heard: queue.Queue[KeptRecord | CacheError] = queue.Queue()
    key = kit.new_key()
    store.keep(key, kit.day, kit.composed(key), heard.put, attachments=[Blob.of(b"page")] * pages)
    assert isinstance(heard.get(timeout=20), KeptRecord)
    store.stop()
    newer = store_settings.vault_file.read_text()
    store_settings.vault_file.write_text(older)
    with pytest.raises(KeyWrong):
        Store(store_settings, identity)
    store_settings.vault_file.write_text(newer)
    again = Store(store_settings, identity)
    assert again.tally().waiting == 2
    again.stop()


def test_a_missing_wrong_or_exposed_key_stops_the_store_by_name(
    store_settings: StoreSettings, identity: Identity, kit: Any
) -> None:
    store = Store(store_settings, identity)
    assert isinstance(keep_in(store, kit), KeptRecord)
    store.stop()
    key_file = store_settings.vault_file
    right = key_file.read_text()
    key_file.unlink()
    with pytest.raises(KeyMissing):
        Store(store_settings, identity)
    other = StoreSettings(directory=store_settings.directory.parent / "other")
    Store(other, identity).stop()
    key_file.write_text(other.vault_file.read_text())
    key_file.chmod(0o600)
    with pytest.raises(KeyWrong):
        Store(store_settings, identity)
    key_file.write_text(right)
    key_file.chmod(0o644)
    with pytest.raises(KeyExposed):
        Store(store_settings, identity)
    key_file.chmod(0o600)
    again = Store(store_settings, identity)
    assert again.tally().waiting == 1
    again.stop()


def test_what_was_no_database_is_set_aside_as_it_is(store_settings: StoreSettings, identity: Identity) -> None:
    store_settings.directory.mkdir()
    store_settings.database_file.write_bytes(b"not a database" * 1000)
    Store(store_settings, identity).stop()
    (folder,) = store_settings.directory.glob("damaged-*")
    assert (folder / "store.db").read_bytes() == b"not a database" * 1000


NO_FILES: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a named pipe": os.mkfifo,
    "a socket": lambda path: os.mknod(path, stat.S_IFSOCK | 0o600),
    "a device": lambda path: path.symlink_to("/dev/null"),
    "a link to nothing": lambda path: path.symlink_to("nowhere/at-all"),
}


@pytest.mark.parametrize("at_work_before", [False, True], ids=["first start", "later"])
@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_in_the_databases_place_is_told_by_name_and_left_there(
    store_settings: StoreSettings, identity: Identity, kind: str, *, at_work_before: bool
) -> None:
    store_settings.directory.mkdir()
    if at_work_before:
        Store(store_settings, identity).stop()
        store_settings.database_file.unlink()
    NO_FILES[kind](store_settings.database_file)
    before = set(store_settings.directory.iterdir())
    with pytest.raises(StoreForeign, match=f"{store_settings.database_file} is {kind}, not a file"):
        Store(store_settings, identity)
    with pytest.raises(StoreForeign, match=kind):
        open_read_only(store_settings.database_file)
    assert set(store_settings.directory.iterdir()) == before


@pytest.mark.parametrize("end", BESIDE)
@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_beside_the_database_is_told_by_name_and_left_there(
    store_settings: StoreSettings, identity: Identity, kind: str, end: str
) -> None:
    Store(store_settings, identity).stop()
    place = Path(f"{store_settings.database_file}{end}")
    place.unlink(missing_ok=True)
    NO_FILES[kind](place)
    before = set(store_settings.directory.iterdir())
    for opened in (lambda: Store(store_settings, identity), lambda: open_read_only(store_settings.database_file)):
        with pytest.raises(StoreForeign, match=f"{place} is {kind}, not a file"):
            opened()
    assert set(store_settings.directory.iterdir()) == before


@pytest.mark.parametrize(
    ("free_blocks", "flags", "wanted"), [(15, 0, True), (16, 0, False), (15, os.ST_RDONLY, False), (1 << 20, 0, False)]
)
def test_the_room_held_back_is_wanted_on_a_disk_that_is_full_and_on_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_blocks: int, flags: int, wanted: bool
) -> None:
    monkeypatch.setattr("os.statvfs", lambda _: SimpleNamespace(f_bavail=free_blocks, f_frsize=4096, f_flag=flags))
    assert Reserve(tmp_path).is_wanted is wanted


def test_a_pipe_where_room_is_held_back_does_not_hang_the_start(store_settings: StoreSettings, identity: Identity) -> None:
    store_settings.directory.mkdir()
    place = store_settings.directory / "reserve"
    os.mkfifo(place)
    store = Store(store_settings, identity)
    store.call(store.sweep).result(20)
    store.stop()
    assert place.stat().st_size >= LEAST_BYTES


@pytest.mark.parametrize("name", ["vault.key", FILE_NAME, REACHED_FILE, TAKEN_FILE, "reserve"])
def test_a_named_pipe_in_a_small_files_place_is_not_waited_for(
    store_settings: StoreSettings, identity: Identity, name: str
) -> None:
    identity.save(store_settings.directory)
    Store(store_settings, identity).stop()
    place = store_settings.directory / name
    place.unlink(missing_ok=True)
    os.mkfifo(place, 0o600)
    told: list[str] = []

    def start() -> None:
        try:
            Store(store_settings, Identity.load(store_settings.directory)).stop()
        except CacheError as refused:
            told.append(refused.code)

    starting = threading.Thread(target=start, daemon=True)
    starting.start()
    starting.join(20)
    if starting.is_alive():  # or this program would not end either
        os.close(os.open(place, os.O_RDWR))
        pytest.fail("the start waits for the pipe")
    assert told == {"vault.key": ["key-wrong"], FILE_NAME: ["store-unwritable"]}.get(name, [])


@pytest.mark.parametrize("below", ["", "a/b"], ids=["itself", "above"])
@pytest.mark.parametrize("kind", [*list(NO_FILES)[1:], "a file"])
def test_what_is_no_folder_in_the_stores_place_or_above_it_is_told_by_name(
    tmp_path: Path, identity: Identity, kind: str, below: str
) -> None:
    NO_FILES.get(kind, Path.touch)(tmp_path / "state")
    with pytest.raises(StoreForeign, match=f"{tmp_path / 'state'} is {kind}, not a folder"):
        Store(StoreSettings(directory=tmp_path / "state" / below), identity)


def test_folders_above_the_stores_are_made_and_one_that_cannot_be_is_told_by_name(tmp_path: Path, identity: Identity) -> None:
    Store(StoreSettings(directory=tmp_path / "a" / "b" / "state"), identity).stop()
    with pytest.raises(StoreUnwritable, match="/proc/a: "):
        Store(StoreSettings(directory=Path("/proc/a/state")), identity)


def test_no_name_or_number_stands_in_any_file_of_the_store(store: Store, store_settings: StoreSettings, kit: Any) -> None:
    for _ in range(20):
        assert isinstance(keep_in(store, kit, 500), KeptRecord)
    store.log(plain_event("submission-kept", "visit", {"item": "SB-01"}))
    store.call(lambda _: None).result(20)
    assert (store_settings.directory / "store.db-wal").stat().st_size > 50_000
    whole = b"".join(path.read_bytes() for path in store_settings.directory.iterdir())
    assert b"submission-kept" in whole
    for secret in (kit.name, kit.number, kit.number[6:14]):
        for coding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
            assert secret.encode(coding) not in whole


def test_a_fault_of_ours_while_composing_keeps_nothing_and_nobody_waits_for_ever(
    store_settings: StoreSettings, identity: Identity, kit: Any
) -> None:
    met: list[BaseException] = []
    store = Store(store_settings, identity, on_defect=met.append)
    heard: queue.Queue[Any] = queue.Queue()

    def broken(_: int) -> bytes:
        raise ZeroDivisionError

    try:
        store.keep(kit.new_key(), kit.day, broken, heard.put)
        assert heard.get(timeout=20).code == "store-error"
        store.keep(kit.new_key(), kit.day, kit.composed(kit.new_key()), heard.put)
        assert isinstance(heard.get(timeout=20), KeptRecord)
        assert ([type(one) for one in met], store.tally().kept) == ([ZeroDivisionError], 1)
    finally:
        store.stop()


def test_what_is_kept_is_said_whatever_befalls_the_counting(store: Store, kit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: queue.Queue[Any] = queue.Queue()
    with monkeypatch.context() as counting:
        counting.setattr("offline_cache.outbox.Outbox.tally", lambda _: 1 / 0)
        store.keep(kit.new_key(), kit.day, kit.composed(kit.new_key()), heard.put)
        assert isinstance(heard.get(timeout=20), KeptRecord)


def test_a_log_that_somebody_reads_is_cut_with_a_later_sweep(store_settings: StoreSettings, identity: Identity, kit: Any) -> None:
    store = Store(store_settings, identity)
    heard: queue.Queue[Any] = queue.Queue()
    try:
        key = kit.new_key()
        store.keep(key, kit.day, kit.composed(key), heard.put)
        record = heard.get(timeout=20)
        done = Settled(key, record.content_hash, RecordState.ACKNOWLEDGED)
        log = store_settings.directory / "store.db-wal"
        store.call(lambda _: store._connection.execute("PRAGMA busy_timeout=50")).result(20)  # for that long it waits for readers
        with closing(open_read_only(store_settings.database_file)) as reading:
            reading.execute("BEGIN")
            reading.execute("SELECT count(*) FROM outbox").fetchone()
            store.call(lambda tables: tables.outbox.settle([done], 1)).result(20)
            store.call(store.sweep).result(20)
            assert log.stat().st_size > 0
        store.call(store.sweep).result(20)
        assert log.stat().st_size == 0
    finally:
        store.stop()


def test_a_fault_of_ours_after_the_disk_has_it_does_not_deny_it(store: Store, kit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: queue.Queue[Any] = queue.Queue()
    key = kit.new_key()
    with monkeypatch.context() as counting:
        counting.setattr("offline_cache.tally.Counter.kept", lambda *_: 1 / 0)
        store.keep(key, kit.day, kit.composed(key), heard.put)
        record = heard.get(timeout=20)
    assert isinstance(record, KeptRecord)
    assert store.call(lambda tables: tables.outbox.kept(key)).result(20) == record


def test_a_store_that_broke_while_at_work_takes_nothing_until_the_restart_though_its_log_can_be_written(
    store: Store, store_settings: StoreSettings, kit: Any
) -> None:
    def break_a_page(tables: Tables) -> None:
        connection = tables.outbox._connection
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'outbox_apart'").fetchone()[0]
        with store_settings.database_file.open("r+b") as raw:
            raw.seek((root - 1) * 4096)
            raw.write(b"\xff" * 64)
        connection.execute("PRAGMA shrink_memory")

    keep_in(store, kit)
    store.call(break_a_page).result()
    with pytest.raises(StoreDamaged):
        store.call(lambda tables: tables.outbox.recount()).result()
    assert store.trouble == "store-damaged"
    store.log(plain_event("kiosk-started"))
    store.call(lambda _: None).result()
    assert store.trouble == "store-damaged"
    assert isinstance(keep_in(store, kit), KeptRecord), "a visit under way ends well"
    assert store.trouble == "store-damaged"


def test_a_size_that_is_no_number_any_more_hinders_no_answer_of_the_same_request(store: Store, kit: Any) -> None:
    kept = [record for _ in range(2) if isinstance(record := keep_in(store, kit), KeptRecord)]

    def answered(tables: Tables) -> tuple[str, ...]:
        tables.outbox._connection.execute("UPDATE outbox SET size = 'x' WHERE key = ?", (kept[0].key,))
        return tables.outbox.settle([Settled(one.key, one.content_hash, RecordState.ACKNOWLEDGED) for one in kept], 0)

    assert store.call(answered).result() == tuple(one.key for one in kept)
    assert store.tally().acknowledged == 2
