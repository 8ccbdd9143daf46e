"""Attachments in the outbox: one transaction with their submission, sealed, and gone when its content goes."""

from __future__ import annotations

import hashlib
import queue
import secrets
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pysqlite3 import dbapi2

from offline_cache import damage
from offline_cache.attachments import MOST, Attachments
from offline_cache.blob import Blob
from offline_cache.database import shrink_log
from offline_cache.errors import AttachmentLost, RecordDamaged, StoreFull, SubmissionTooLarge
from offline_cache.identity import Identity
from offline_cache.ledger_match import DayMatch, Matches
from offline_cache.outbox import Outbox, key_ids_needed
from offline_cache.padding import padded
from offline_cache.records import Attached, KeptRecord, RecordState, Settled
from offline_cache.settings import StoreSettings
from offline_cache.store import Store
from offline_cache.tally import Limits
from offline_cache.untold import Untold
from offline_cache.vault import Vault, VaultKey, key_id_of
from offline_cache.wire import canonical

if TYPE_CHECKING:
    from offline_cache.database import Connection

KEYS = [bytes(range(32)), bytes(range(32, 64))]
IDS = [key_id_of(key) for key in KEYS]
RING = {key_id: VaultKey(key) for key_id, key in zip(IDS, KEYS, strict=True)}
NOW = 1_795_000_000_000
PAGES = (b"\xff\xd8first page, a lease" + bytes(5000), b"\xff\xd8second page" + bytes(300_000))
FACTS = tuple(Attached(number, hashlib.sha256(page).hexdigest(), len(page), sent=False) for number, page in enumerate(PAGES))


@pytest.fixture
def outbox(connection: Connection) -> Outbox:
    return new_outbox(connection)


@pytest.fixture
def attachments(connection: Connection) -> Attachments:
    return Attachments(connection, Vault(RING, IDS[0]))


def new_outbox(connection: Connection, current: str = IDS[0], **limits: int) -> Outbox:
    return Outbox(connection, Vault(RING, current), area="360821", kiosk="K03", limits=Limits(**limits))


def naming(key: str, pages: Sequence[bytes]) -> Callable[[int], bytes]:
    named = [{"sha256": hashlib.sha256(page).hexdigest()} for page in pages]
    return lambda serial: canonical({"key": key, "serial": serial, "attachments": named})


def keep(outbox: Outbox, kit: Any, pages: Sequence[bytes] = PAGES) -> str:
    key: str = kit.new_key(NOW)
    outbox.keep(key, kit.day, naming(key, pages), now_ms=NOW, item="SA-013", attachments=[Blob.of(page) for page in pages])
    return key


def acknowledge(outbox: Outbox, key: str, keep_days: int = 0) -> None:
    facts = outbox.review().facts(key)
    assert facts is not None
    outbox.settle([Settled(key, facts.content_hash, RecordState.ACKNOWLEDGED)], NOW, keep_days=keep_days)


def pieces(box: bytes) -> list[bytes]:
    """Short ones from all over: SQLite spreads a long value over pages."""
    return [box[at : at + 24] for at in range(0, len(box) - 24, 300)]


def rows(connection: Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM attachment").fetchone()[0])


def test_they_are_kept_with_their_submission_and_open_as_they_were(outbox: Outbox, attachments: Attachments, kit: Any) -> None:
    key = keep(outbox, kit)
    assert attachments.of(key) == FACTS
    assert [attachments.open(key, one.number) for one in FACTS] == list(PAGES)
    facts = outbox.review().facts(key)
    assert facts is not None
    assert facts.size_bytes == len(padded(outbox.review().export(key) or b"")) + sum(map(len, PAGES))
    assert outbox.tally().content_bytes == facts.size_bytes


def test_the_same_key_again_adds_nothing(outbox: Outbox, connection: Connection, kit: Any) -> None:
    key = keep(outbox, kit)
    again = outbox.keep(key, kit.day, naming(key, PAGES), now_ms=NOW + 1, attachments=[Blob.of(page) for page in PAGES])
    assert again == outbox.kept(key)
    assert rows(connection) == len(PAGES)


def test_nothing_of_them_is_readable_in_the_files(outbox: Outbox, connection: Connection, kit: Any, tmp_path: Path) -> None:
    marker = secrets.token_bytes(40)
    keep(outbox, kit, [marker * 100])
    (box,) = connection.execute("SELECT box FROM attachment").fetchone()
    assert [path for path in tmp_path.iterdir() if box[:40] in path.read_bytes()], "they are in none of the files looked at"
    assert not [path for path in tmp_path.iterdir() if marker in path.read_bytes()]


def test_a_full_disk_keeps_neither_submission_nor_page(outbox: Outbox, connection: Connection, kit: Any) -> None:
    keep(outbox, kit, [b"x"])
    count = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={count + 20}")
    with pytest.raises(StoreFull):
        keep(outbox, kit)
    assert (outbox.tally().kept, rows(connection)) == (1, 1)
    assert connection.execute("SELECT count(*) FROM outbox").fetchone()[0] == 1
    connection.execute("PRAGMA max_page_count=1000000")
    keep(outbox, kit)
    assert (outbox.tally().kept, rows(connection)) == (2, 3)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_is_too_much_is_refused_whole(connection: Connection, kit: Any) -> None:
    with pytest.raises(SubmissionTooLarge):
        keep(new_outbox(connection, record_bytes=300_000), kit)
    with pytest.raises(SubmissionTooLarge):
        keep(new_outbox(connection), kit, [b"x"] * (MOST + 1))
    assert rows(connection) == 0
    keep(new_outbox(connection), kit, [b"x"] * MOST)
    assert rows(connection) == MOST


@pytest.mark.parametrize("end", ["acknowledged", "cancelled", "told", "swept"])
def test_they_go_with_the_content_and_leave_nothing_in_the_files(
    outbox: Outbox, connection: Connection, kit: Any, tmp_path: Path, end: str
) -> None:
    key, other = keep(outbox, kit), keep(outbox, kit)
    sealed = connection.execute("SELECT box FROM attachment ORDER BY id").fetchall()
    match end:
        case "acknowledged":
            acknowledge(outbox, key)
        case "cancelled":
            assert outbox.review().cancel(key, "brought to the window", NOW)
            assert rows(connection) == 4, "the content of a cancelled one stays for its days"
            outbox.review().erase(NOW + 1, RecordState.CANCELLED)
        case "told":
            acknowledge(outbox, key, keep_days=1)
            Untold(connection, Vault(RING, IDS[0])).tell(key, NOW, erase=True)
        case "swept":
            acknowledge(outbox, key, keep_days=1)
            outbox.review().erase(NOW + 1, RecordState.ACKNOWLEDGED)
    shrink_log(connection)
    assert (Attachments(connection).of(key), len(Attachments(connection).of(other))) == ((), 2)
    files = [path.read_bytes() for path in tmp_path.iterdir()]
    assert not any(piece in content for (box,) in sealed[:2] for piece in pieces(box) for content in files)
    for (box,) in sealed[2:]:
        assert any(piece in content for piece in pieces(box) for content in files), "the other's are still there to be found"


def test_a_lease_tells_what_the_centre_does_not_have(outbox: Outbox, attachments: Attachments, kit: Any) -> None:
    key, plain = keep(outbox, kit), keep(outbox, kit, [])
    leased = {one.key: one for one in outbox.lease(10, 10**9, NOW, NOW + 1000)}
    assert (leased[key].unsent, leased[plain].unsent) == (FACTS, ())
    attachments.mark_sent(key, 0)
    outbox.release_all()
    (again,) = (one for one in outbox.lease(10, 10**9, NOW, NOW + 1000) if one.key == key)
    assert again.unsent == FACTS[1:]
    attachments.send_again(key, outbox.contents([again])[key].open())
    assert attachments.of(key) == FACTS


def test_they_go_again_with_what_the_ledger_misses(
    outbox: Outbox, attachments: Attachments, connection: Connection, kit: Any
) -> None:
    key = keep(outbox, kit)
    attachments.mark_sent(key, 0)
    facts = outbox.review().facts(key)
    assert facts is not None
    outbox.settle([Settled(key, facts.content_hash, RecordState.ACKNOWLEDGED)], NOW, keep_days=1)
    Matches(connection).note(DayMatch(kit.day, NOW, 1, 0, 0, missing=(key,)))
    assert outbox.review().retry(key, NOW)
    assert attachments.of(key) == FACTS


def test_one_that_is_named_and_gone_is_told(outbox: Outbox, attachments: Attachments, connection: Connection, kit: Any) -> None:
    key = keep(outbox, kit)
    (leased,) = outbox.lease(10, 10**9, NOW, NOW + 1000)
    connection.execute("DELETE FROM attachment WHERE number = 1")
    with pytest.raises(AttachmentLost):
        attachments.open(key, 1)
    with pytest.raises(AttachmentLost):
        attachments.send_again(key, outbox.contents([leased])[key].open())


def test_each_opens_only_in_its_own_place(outbox: Outbox, attachments: Attachments, connection: Connection, kit: Any) -> None:
    key = keep(outbox, kit)
    connection.execute("UPDATE attachment SET box = (SELECT box FROM attachment WHERE number = 1) WHERE number = 0")
    with pytest.raises(RecordDamaged):
        attachments.open(key, 0)
    assert attachments.open(key, 1) == PAGES[1]


def test_a_key_stays_as_long_as_an_attachment_needs_it(connection: Connection, kit: Any) -> None:
    keep(new_outbox(connection), kit)
    connection.execute("UPDATE outbox SET key_id = ?", (IDS[1],))
    assert key_ids_needed(connection).keys() == set(IDS)


def test_what_a_damaged_store_still_holds_is_carried_over(store_settings: StoreSettings, identity: Identity, kit: Any) -> None:
    heard: queue.Queue[Any] = queue.Queue()
    store = Store(store_settings, identity)
    key, cancelled = kit.new_key(), kit.new_key()
    for each in (key, cancelled):
        store.keep(each, kit.day, naming(each, PAGES), heard.put, attachments=[Blob.of(page) for page in PAGES])
        assert isinstance(heard.get(timeout=20), KeptRecord)
    store.call(lambda tables: tables.review.cancel(cancelled, "no longer wanted", NOW)).result(20)
    store.call(lambda tables: tables.review.erase(2 * NOW, RecordState.CANCELLED)).result(20)
    store.stop()
    path = store_settings.directory / "store.db"
    with closing(dbapi2.connect(path)) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'outbox_put_back'").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(bytes(4096))
    again = Store(store_settings, identity)
    try:
        assert again.carried_over == damage.CarriedOver(2, 1, 0)
        assert again.call(lambda tables: tables.attachments.of(key)).result(20) == FACTS
        assert again.call(lambda tables: tables.attachments.open(key, 1)).result(20) == PAGES[1]
        assert again.call(lambda tables: tables.attachments.of(cancelled)).result(20) == ()
    finally:
        again.stop()
