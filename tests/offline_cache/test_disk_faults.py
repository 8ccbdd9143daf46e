"""The disk refuses, at one system call after another, and fills up: never a receipt without its row, never an unnamed error."""

from __future__ import annotations

import contextlib
import hashlib
import queue
import resource
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import dbapi2

from offline_cache.blob import Blob
from offline_cache.centre import Centre
from offline_cache.errors import CacheError, StoreFull, StoreUnwritable
from offline_cache.identity import Identity
from offline_cache.outbox import first_id
from offline_cache.records import DAY_MS, KeptRecord
from offline_cache.reports import AnswerArrived, Report, Vitals
from offline_cache.reserve import LEAST_BYTES
from offline_cache.sender import Sender
from offline_cache.sending import Setup
from offline_cache.settings import StoreSettings
from offline_cache.store import Store
from offline_cache.wire import canonical
from tests.offline_cache import kept_by_children
from tests.offline_cache.disk_faults import FAULTS, NAMED, Fault, judge, suffer, told_apart, why_not
from tests.offline_cache.plain_event import plain_event

MOMENTS = ((5, 7), (23, 11))
"""First failing call of the storage thread, and every how many-th after it."""
RARE_MOMENTS = ((1, 0),)
PATIENCE_SECONDS = 60.0
"""Longer than anything here takes, on the slowest machine."""
SEVERAL = 3
"""Looks for what is due, whole ones."""


@pytest.fixture(scope="module")
def strace() -> None:
    if reason := why_not():
        pytest.skip(reason)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte."""
    place = tmp_path / "small"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_no_failing_call_makes_a_receipt_without_a_row(tmp_path: Path, fault: Fault) -> None:
    refused: set[str] = set()
    told = 0
    for number, (first, step) in enumerate(RARE_MOMENTS if fault.rare else MOMENTS):
        said = suffer(tmp_path / str(number), fault, first, step)
        assert said.wrong == "", f"{fault} when={first}+{step}"
        told += said.told
        refused |= set(said.refused)
    assert refused <= NAMED
    assert refused or fault.harmless, "no fault was ever met"
    assert told > 0 or fault.rare


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize(
    ("call", "first"),
    [("fdatasync,fsync", 6), ("fdatasync,fsync", 9), ("fdatasync,fsync,ftruncate", 7)],
)
def test_what_a_resident_was_told_is_not_kept_is_not_there_after_a_kill(tmp_path: Path, call: str, first: int) -> None:
    said = suffer(tmp_path / "state", Fault(call, "error=EIO"), first, 1, killed=True)
    assert said.refused == ("store-unwritable",)
    assert said.wrong == ""


@pytest.mark.usefixtures("strace")
def test_what_a_resident_was_told_is_not_kept_is_taken_out_of_a_log_that_could_not_be_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk whose fsync fails and which is then mounted for reading only, as file systems do, under a kiosk that is killed."""
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path / "run"))
    left = 0
    for write in range(40, 60):  # until it falls just where the second submission's own writes end
        directory = tmp_path / str(write) / "state"
        told = told_apart(directory, Fault("fdatasync,fsync", "error=EIO"), Fault("pwrite64", "error=EROFS"), 9, write)
        assert set(told.refused) == {"store-unwritable"}
        (tmp_path / "run").mkdir(exist_ok=True)
        shutil.copytree(directory.with_name("run"), tmp_path / "run", dirs_exist_ok=True)
        left += told.wrong != ""
        store = Store(StoreSettings(directory=directory), kept_by_children.identity())
        assert store.tally().kept == told.told, write
        store.stop()
        assert not list((tmp_path / "run").iterdir())
        if left:
            break
    assert left, "no log was ever left with such a submission"


def test_what_a_resident_was_told_is_not_kept_is_not_sent_by_a_start_that_cannot_take_it_out(
    small_disk: Path, identity: Identity, kit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, settings = small_disk.with_name("run"), StoreSettings(directory=small_disk / "state")
    memory.mkdir()
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(memory))
    store = Store(settings, identity)
    kept, refused = keep(store, kit, 300), keep(store, kit, 300)
    store.stop()
    again = kept.kept_at_ms - 1  # refused at first, then kept when it was tried again, and not taken off the note
    (memory / "refused").write_text(f"{refused.key} {refused.kept_at_ms}\n{kept.key} {again}\n")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(StoreUnwritable):
        Store(settings, identity)
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    store = Store(settings, identity)
    assert [row.key for row in store.call(lambda tables: tables.review.rows()).result()] == [kept.key]
    store.stop()


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize("result", ["error=EIO", "error=ENOSPC"])
def test_a_store_that_cannot_be_made_is_refused_by_name(tmp_path: Path, result: str) -> None:
    said = suffer(tmp_path / "state", Fault("fdatasync,fsync", result), 6, 0, fresh=True)
    assert said.wrong == ""
    assert set(said.refused) <= NAMED


def test_a_file_that_may_not_grow_refuses_by_name_and_loses_nothing(tmp_path: Path) -> None:
    said = judge(tmp_path / "state", [], "--most-bytes", "150000")
    assert said.wrong == ""
    assert said.told > 0
    assert set(said.refused) <= NAMED
    assert said.refused


def test_a_full_disk_refuses_by_name_stops_no_start_and_gives_all_back_with_room(
    small_disk: Path, identity: Identity, ledger: Any, kit: Any
) -> None:
    settings = StoreSettings(directory=small_disk / "state")
    store = Store(settings, identity)
    told = fill(store, kit)
    assert store.trouble == "store-full"
    store.call(lambda tables: tables.outbox.lease(5, 10**9, 2 * 10**12, 2 * 10**12)).exception()
    store.stop()

    store = Store(settings, identity)  # a start on a full disk is a start
    assert store.tally().waiting == len(told)
    subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)
    answers: queue.Queue[Report] = queue.Queue()
    centre = kit.quick(ledger.url)
    sender = Sender(store, Centre(centre, identity), Setup(settings, centre, "AAAA", lambda: Vitals("1")), answers.put)
    sender.start()
    left = set(told)
    while left:
        report = answers.get(timeout=30)
        if isinstance(report, AnswerArrived):
            left.discard(report.answer.key)
    assert sender.stop(30)
    assert ledger.ledger.keys() == set(told)
    assert fill(store, kit)
    store.stop()


def test_an_answer_is_noted_on_a_disk_without_a_free_byte_and_makes_room(
    small_disk: Path, identity: Identity, ledger: Any, kit: Any
) -> None:
    subprocess.run(["mount", "-o", "remount,size=24m", small_disk], check=True)
    settings = StoreSettings(directory=small_disk / "state")
    store = Store(settings, identity)
    assert (settings.directory / "reserve").stat().st_size > LEAST_BYTES
    told = fill(store, kit)
    with (small_disk / "rest").open("wb", buffering=0) as rest, contextlib.suppress(OSError):
        while rest.write(bytes(4096)):
            pass  # not one is left
    for key in told:
        store.tell(key)
    with sending(store, settings, identity, ledger, kit):
        wait_until(lambda: store.tally().acknowledged == len(told))
    assert len(ledger.deliveries) == len(told), "answers were not noted, and submissions sent again"
    assert fill(store, kit), "erasing has made no room"
    (small_disk / "rest").unlink()
    store.stop()


def test_on_a_full_disk_sending_goes_on_and_the_kiosk_keeps_again_by_that(
    small_disk: Path, identity: Identity, ledger: Any, kit: Any
) -> None:
    settings = StoreSettings(directory=small_disk / "state")
    store = Store(settings, identity)
    told = fill(store, kit)
    assert store.trouble == "store-full"
    with sending(store, settings, identity, ledger, kit):
        wait_until(lambda: ledger.ledger.keys() == set(told) and store.tally().waiting == 0)
        assert len(ledger.deliveries) < 3 * len(told), "sent again and again, for it could not be noted"
    store.call(store.sweep).result()
    keep(store, kit, 300)
    assert store.trouble == ""
    store.stop()


@pytest.fixture
def looking_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a disk that takes no writing."""
    monkeypatch.setattr("offline_cache.sender.STORE_WAIT_SECONDS", 0.05)


@pytest.mark.parametrize("unclean", [False, True], ids=["stopped", "power cut"])
@pytest.mark.usefixtures("looking_often")
def test_a_start_on_a_disk_that_takes_no_writing_sends_what_waits_and_keeps_again_when_it_does(
    small_disk: Path, identity: Identity, ledger: Any, kit: Any, *, unclean: bool
) -> None:
    settings = StoreSettings(directory=small_disk / "state")
    store = Store(settings, identity)
    told = [keep(store, kit, 300).key for _ in range(5)]
    files = {path: path.read_bytes() for path in settings.directory.glob("store.db*")}
    store.stop()
    if unclean:
        for path, content in files.items():
            path.write_bytes(content)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    before = {path: path.read_bytes() for path in settings.directory.iterdir()}
    for _ in range(2):
        store = Store(settings, identity)
        assert (store.trouble, store.tally().waiting) == ("store-unwritable", len(told))
        with pytest.raises(StoreUnwritable):
            store.call(lambda tables: tables.marks.set("any", 1)).result()
        heard: queue.Queue[KeptRecord | CacheError] = queue.Queue()
        store.keep(kit.new_key(), kit.day, kit.composed("any"), heard.put)
        assert isinstance(heard.get(timeout=30), StoreUnwritable)
        with sending(store, settings, identity, ledger, kit) as look:
            wait_until(lambda: ledger.ledger.keys() == set(told))
            look()
        store.call(store.sweep).result()
        assert store.trouble == "store-unwritable"
        assert max(map(ledger.deliveries.count, told)) == 1, "sent again though nothing had changed"
        ledger.deliveries.clear()
        store.stop()
    assert {path: path.read_bytes() for path in settings.directory.iterdir()} == before
    store = Store(settings, identity)
    with sending(store, settings, identity, ledger, kit):
        wait_until(lambda: len(ledger.deliveries) == len(told))
        subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
        store.call(store.sweep).result()
        assert store.trouble == "", "a start was needed"
        fresh = keep(store, kit, 300)
        wait_until(lambda: fresh.key in ledger.ledger and store.tally().waiting == 0)
        assert len(ledger.deliveries) == len(told) + 1
    store.stop()
    store = Store(settings, identity)
    assert (store.carried_over, store.tally().acknowledged) == (None, len(told) + 1)
    store.stop()


def test_a_plain_key_beside_a_sealed_one_is_erased_once_the_disk_takes_writing(
    small_disk: Path, identity: Identity, kit: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = StoreSettings(directory=small_disk / "state")
    store = Store(settings, identity)
    keep(store, kit, 300)
    store.stop()
    (tmp_path / "vault.key").write_text(settings.plain_key_file.read_text())
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    store = Store(settings, identity)
    assert (store.trouble, store.key_copy_erased) == ("store-unwritable", False)
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    store.call(store.sweep).result()
    assert (store.trouble, store.key_copy_erased) == ("", True), "diagnose goes by it"
    assert not settings.plain_key_file.exists()
    keep(store, kit, 300)
    store.stop()


def test_a_start_on_a_disk_without_a_free_byte_uses_the_reserve_and_without_one_sends_by_looking(
    small_disk: Path, identity: Identity, ledger: Any, kit: Any
) -> None:
    settings = StoreSettings(directory=small_disk / "state")
    store = Store(settings, identity)
    told = [keep(store, kit, 300).key for _ in range(5)]
    store.stop()
    for reserved in (True, False):
        rest = small_disk / "rest"
        with rest.open("wb", buffering=0) as filling, contextlib.suppress(OSError):
            while filling.write(bytes(4096)):
                pass  # not one is left
        assert (settings.directory / "reserve").exists() is reserved
        store = Store(settings, identity)
        assert (store.trouble == "store-full") is not reserved
        assert store.tally().waiting == len(told)
        if not reserved:
            with sending(store, settings, identity, ledger, kit):
                wait_until(lambda: ledger.ledger.keys() == set(told))
            rest.unlink()
            store.call(store.sweep).result()
            assert store.trouble == ""
        store.stop()
        rest.unlink(missing_ok=True)
        (settings.directory / "reserve").unlink(missing_ok=True)


def test_a_damaged_store_on_a_disk_that_takes_no_writing_is_refused_and_told_of_when_it_can_be_set_aside(
    small_disk: Path, identity: Identity, kit: Any
) -> None:
    settings = StoreSettings(directory=small_disk / "state")
    store = Store(settings, identity)
    told = {keep(store, kit, 300).key for _ in range(5)}
    store.stop()
    sound = settings.database_file.read_bytes()
    settings.database_file.write_bytes(sound[:-4096])
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(StoreUnwritable):
        Store(settings, identity)
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    settings.database_file.write_bytes(sound)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    store = Store(settings, identity)
    heard: queue.Queue[object] = queue.Queue()
    store.when_carried_over(heard.put)
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    settings.database_file.write_bytes(sound[:-4096])  # meanwhile
    store.call(store.sweep).result()
    assert heard.get(timeout=30) == store.carried_over
    assert {row.key for row in store.call(lambda tables: tables.review.rows()).result()} <= told
    store.stop()


@pytest.mark.usefixtures("looking_often")
def test_a_store_that_cannot_be_opened_for_good_yet_is_looked_at_as_before_and_tried_again(
    small_disk: Path, identity: Identity, ledger: Any, kit: Any
) -> None:
    settings = StoreSettings(directory=small_disk / "state")
    store = Store(settings, identity)
    told = [keep(store, kit, 300).key for _ in range(5)]
    store.stop()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    store = Store(settings, identity)
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    aside = settings.vault_file.rename(small_disk / "vault.key")
    for _ in range(2):
        store.call(store.sweep).result()
        assert (store.trouble, store.tally().waiting, store.damaged) == ("key-missing", len(told), False)
    with sending(store, settings, identity, ledger, kit):
        wait_until(lambda: ledger.ledger.keys() == set(told))
        aside.rename(settings.vault_file)
        store.call(store.sweep).result()
        assert store.trouble == ""
        wait_until(lambda: store.tally().acknowledged == len(told))
    keep(store, kit, 300)
    store.stop()


def test_a_store_that_cannot_even_be_looked_at_any_more_refuses_by_name_until_it_can(
    small_disk: Path, identity: Identity, kit: Any
) -> None:
    settings = StoreSettings(directory=small_disk / "state")
    defects: list[BaseException] = []
    store = Store(settings, identity)
    told = keep(store, kit, 300).key
    store.stop()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    store = Store(settings, identity, on_defect=defects.append)
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    aside = settings.database_file.rename(small_disk / "aside.db")
    another = sqlite3.connect(settings.database_file)
    another.execute("CREATE TABLE other (x)")
    another.close()
    for _ in range(2):
        store.call(store.sweep).result()
        assert store.trouble == "store-foreign"
    store.log(plain_event("submission-asked", "", {"n": 1}))
    store.tell(told)
    heard: queue.Queue[KeptRecord | CacheError] = queue.Queue()
    store.keep(kit.new_key(), kit.day, kit.composed("any"), heard.put)
    assert isinstance(heard.get(timeout=30), StoreUnwritable)
    with pytest.raises(StoreUnwritable):
        store.call(lambda tables: tables.outbox.look(10, 10**9, 2 * 10**12, ())).result()
    aside.rename(settings.database_file)
    store.call(store.sweep).result()
    assert (store.trouble, store.tally().waiting, defects) == ("", 1, [])
    keep(store, kit, 300)
    store.stop()


@pytest.mark.usefixtures("strace")
def test_a_disk_that_becomes_read_only_under_a_running_kiosk_refuses_by_name_and_loses_nothing(tmp_path: Path) -> None:
    said = suffer(tmp_path / "state", Fault("pwrite64,ftruncate", "error=EROFS"), 40, 1)
    assert said.wrong == ""
    assert said.told > 0
    assert set(said.refused) == {"store-unwritable"}


@contextmanager
def nothing_written() -> Iterator[None]:
    """The kernel refuses every byte to every file of this process."""
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, most[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)


@pytest.mark.usefixtures("looking_often")
def test_what_is_kept_is_sent_once_though_the_disk_takes_no_writing_and_noted_when_it_does(
    tmp_path: Path, identity: Identity, ledger: Any, kit: Any
) -> None:
    settings = StoreSettings(directory=tmp_path / "state")
    store = Store(settings, identity)
    told = [keep(store, kit, 300).key for _ in range(120)]  # more than one request takes
    later = told[3]
    ledger.verdicts[later] = {"verdict": "later", "retry_after_seconds": 0.3}
    with nothing_written(), sending(store, settings, identity, ledger, kit) as look:
        wait_until(lambda: len(ledger.ledger) == len(told) - 1 and ledger.deliveries.count(later) > 1)
        del ledger.verdicts[later]
        wait_until(lambda: later in ledger.ledger)
        assert store.trouble == "store-unwritable"
        assert store.tally().waiting == len(told)
        delivered = len(ledger.deliveries)
        look()
        assert len(ledger.deliveries) == delivered
        assert max(map(ledger.deliveries.count, set(told) - {later})) == 1
        most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most[1], most[1]))
        for key in told:
            store.tell(key)
        wait_until(lambda: store.tally().acknowledged == len(told))
        assert len(ledger.deliveries) == delivered
    store.call(store.sweep).result()
    assert store.trouble == "", "nobody need keep or log anything first"
    keep(store, kit, 300)
    store.stop()


@pytest.mark.usefixtures("looking_often")
def test_pages_travel_though_the_disk_takes_no_writing_and_what_the_centre_misses_stops_no_other(
    tmp_path: Path, identity: Identity, ledger: Any, kit: Any
) -> None:
    settings = StoreSettings(directory=tmp_path / "state")
    store = Store(settings, identity)
    page = b"a page" * 100
    named = [{"sha256": hashlib.sha256(page).hexdigest()}]
    heavy, missed, plain = kit.new_key(), kit.new_key(), kit.new_key()
    heard: queue.Queue[KeptRecord | CacheError] = queue.Queue()
    for key, pages in ((heavy, [page]), (missed, [b"another"]), (plain, [])):
        content = canonical({"key": key, "attachments": named if key == heavy else []})
        store.keep(key, kit.day, lambda _, content=content: content, heard.put, attachments=[Blob.of(page) for page in pages])  # type: ignore[misc] # mypy cannot type a lambda's default
        assert isinstance(heard.get(timeout=30), KeptRecord)
    ledger.verdicts[missed] = {"verdict": "later", "reason": "attachment-missing", "retry_after_seconds": 0.05}
    with nothing_written(), sending(store, settings, identity, ledger, kit):
        wait_until(lambda: {heavy, plain} <= ledger.ledger.keys() and ledger.deliveries.count(missed) > 2)
        assert (ledger.deliveries.count(heavy), ledger.deliveries.count(plain)) == (1, 1)
    store.stop()


@pytest.mark.usefixtures("looking_often")
def test_pages_that_take_more_than_one_turn_arrive_though_the_disk_takes_no_writing(
    tmp_path: Path, identity: Identity, ledger: Any, kit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offline_cache.sending_submissions.ATTACHING_SECONDS", 0.0)  # as over a slow line: one a turn
    settings = StoreSettings(directory=tmp_path / "state")
    store = Store(settings, identity)
    pages = [bytes([number]) * 100 for number in range(3)]
    named = [{"sha256": hashlib.sha256(page).hexdigest()} for page in pages]
    key, content = kit.new_key(), canonical({"attachments": named})
    heard: queue.Queue[KeptRecord | CacheError] = queue.Queue()
    store.keep(key, kit.day, lambda _: content, heard.put, attachments=[Blob.of(page) for page in pages])
    assert isinstance(heard.get(timeout=30), KeptRecord)
    with nothing_written(), sending(store, settings, identity, ledger, kit):
        wait_until(lambda: key in ledger.ledger)
        sent = [got.path.rpartition("/")[2] for got in ledger.got.queue if "/blobs/" in got.path]
        assert sent == [one["sha256"] for one in named], "each once"
    store.stop()


@pytest.mark.parametrize("fault", ["drop", "failing"])
@pytest.mark.usefixtures("looking_often")
def test_on_a_disk_that_takes_no_writing_those_over_which_the_line_breaks_each_time_keep_back_no_others(
    small_disk: Path, identity: Identity, ledger: Any, kit: Any, fault: str
) -> None:
    settings = StoreSettings(directory=small_disk / "state")
    store = Store(settings, identity)
    told = [keep(store, kit, 30).key for _ in range(30)]
    store.stop()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    store = Store(settings, identity)
    bad = {told[0], told[1], told[17]}
    broken = kit.reply(drop=True) if fault == "drop" else kit.reply(500, b"")
    ledger.always = lambda got: broken if any(key.encode() in got.body for key in bad) else None
    with sending(store, settings, identity, ledger, kit):
        wait_until(lambda: ledger.ledger.keys() == set(told) - bad)
        ledger.always = lambda _: None
        wait_until(lambda: ledger.ledger.keys() == set(told))
    assert max(map(ledger.deliveries.count, told)) == 1
    store.stop()


@pytest.mark.usefixtures("looking_often")
def test_one_that_can_no_longer_be_read_keeps_back_no_others_on_a_disk_that_takes_no_writing(
    tmp_path: Path, identity: Identity, ledger: Any, kit: Any
) -> None:
    settings = StoreSettings(directory=tmp_path / "state")
    store = Store(settings, identity)
    told = [keep(store, kit, 30).key for _ in range(3)]
    failed: list[str] = []

    def failing(got: Any) -> Any:
        if not got.path.endswith("/submissions"):
            return None
        failed.extend(key for key in told if key.encode() in got.body)
        return kit.reply(500, b"")

    ledger.always = failing
    with nothing_written(), sending(store, settings, identity, ledger, kit):
        wait_until(lambda: len(failed) > 8 and set(failed[-3:]) == set(told))  # one by one, and each was tried
        broken = store.call(lambda tables: tables.outbox.kept(told[0])).result()
        row_id = first_id(kit.day) + broken.serial
        store.call(lambda tables: tables.outbox._due.unreadable.add(row_id)).result()
        ledger.always = lambda _: None
        wait_until(lambda: ledger.ledger.keys() == set(told[1:]))
    store.stop()


@pytest.mark.usefixtures("looking_often")
def test_what_fails_on_a_disk_that_takes_no_writing_is_counted_so_that_its_pauses_grow(
    tmp_path: Path, identity: Identity, ledger: Any, kit: Any
) -> None:
    store = Store(StoreSettings(directory=tmp_path / "state"), identity)
    told = keep(store, kit, 30).key
    failed: list[str] = []

    def failing(got: Any) -> Any:
        if not got.path.endswith("/submissions"):
            return None
        failed.append(told)
        return kit.reply(500, b"")

    ledger.always = failing
    heard: queue.Queue[Report] = queue.Queue()
    with nothing_written(), sending(store, StoreSettings(directory=tmp_path / "state"), identity, ledger, kit, heard.put):
        wait_until(lambda: len(failed) > 3)
        ledger.always = lambda _: None
        wait_until(lambda: told in ledger.ledger)
    (arrived,) = [one for one in heard.queue if isinstance(one, AnswerArrived)]
    assert arrived.tries == len(failed) + 1
    store.stop()


@pytest.mark.usefixtures("looking_often")
def test_an_answer_is_told_and_borne_in_mind_while_another_program_does_not_let_it_be_taken_down(
    tmp_path: Path, identity: Identity, ledger: Any, kit: Any
) -> None:
    settings = StoreSettings(directory=tmp_path / "state")
    store = Store(settings, identity)
    told = keep(store, kit, 30).key
    store.call(lambda tables: tables.outbox._connection.execute("PRAGMA busy_timeout=20")).result()
    another = dbapi2.connect(settings.database_file, check_same_thread=False, isolation_level=None)

    def writing(got: Any) -> None:
        if got.path.endswith("/submissions") and not another.in_transaction:
            another.execute("BEGIN IMMEDIATE")

    ledger.always = writing
    heard: queue.Queue[Report] = queue.Queue()
    with sending(store, settings, identity, ledger, kit, heard.put) as look:
        wait_until(lambda: any(isinstance(one, AnswerArrived) for one in heard.queue))
        look()
        ledger.always = lambda _: None
        another.execute("ROLLBACK")
        wait_until(lambda: store.tally().acknowledged == 1)
    assert ledger.deliveries == [told]
    another.close()
    store.stop()


@pytest.mark.usefixtures("looking_often")
def test_a_clock_set_back_keeps_nothing_back_on_a_disk_that_takes_no_writing(
    tmp_path: Path, identity: Identity, ledger: Any, kit: Any
) -> None:
    settings = StoreSettings(directory=tmp_path / "state")
    store = Store(settings, identity)
    told = keep(store, kit, 30).key
    ledger.verdicts[told] = {"verdict": "later", "retry_after_seconds": 60}
    now_ms = [time.time_ns() // 1_000_000]
    with nothing_written(), sending(store, settings, identity, ledger, kit, now_ms=lambda: now_ms[0]) as look:
        wait_until(lambda: told in ledger.deliveries)
        del ledger.verdicts[told]
        look()
        assert ledger.deliveries == [told], "it was to wait"
        now_ms[0] -= DAY_MS
        wait_until(lambda: told in ledger.ledger)
    store.stop()


@contextmanager
def sending(
    store: Store,
    settings: StoreSettings,
    identity: Identity,
    ledger: Any,
    kit: Any,
    heard: Callable[[Report], None] = lambda _: None,
    **clock: Callable[[], int],
) -> Iterator[Callable[[], None]]:
    """A sender at work; what is given waits until it has looked for what is due several times more."""
    centre = kit.quick(ledger.url)
    setup = replace(Setup(settings, centre, "AAAA", lambda: Vitals("1")), **clock)
    sender = Sender(store, Centre(centre, identity), setup, heard)
    send = sender._submissions.send
    looks: list[int] = []

    def counted() -> bool:
        looks.append(1)
        return send()

    def look() -> None:
        before = len(looks)
        wait_until(lambda: len(looks) > before + SEVERAL)

    sender._submissions.send = counted  # type: ignore[method-assign] # counted, and otherwise as it is
    sender.start()
    try:
        yield look
    finally:
        assert sender.stop(30)


def wait_until(wanted: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not wanted():
        assert time.monotonic() < deadline, "in vain"
        time.sleep(0.02)


def keep(store: Store, kit: Any, padding: int) -> KeptRecord:
    heard: queue.Queue[KeptRecord | CacheError] = queue.Queue()
    key = kit.new_key()
    store.keep(key, kit.day, kit.composed(key, padding), heard.put)
    record = heard.get(timeout=30)
    assert isinstance(record, KeptRecord), record
    return record


def fill(store: Store, kit: Any) -> list[str]:
    """Keep until the disk is full; what was kept."""
    told: list[str] = []
    while True:
        heard: queue.Queue[KeptRecord | CacheError] = queue.Queue()
        key = kit.new_key()
        store.keep(key, kit.day, kit.composed(key, 3000), heard.put)
        match heard.get(timeout=30):
            case KeptRecord():
                told.append(key)
            case trouble:
                assert isinstance(trouble, StoreFull)
                return told
