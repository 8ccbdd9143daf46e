from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pysqlite3 import dbapi2

from offline_cache.canonical import canonical
from offline_cache.database import open_beside, open_read_only
from offline_cache.due import FARTHEST_TRY_MS
from offline_cache.errors import QueueFull, RecordDamaged, StoreFull, SubmissionTooLarge
from offline_cache.ledger_match import DayMatch, Matches
from offline_cache.outbox import Outbox, key_ids_needed
from offline_cache.padding import PIECE_BYTES, padded, unpadded
from offline_cache.records import CancelReason, Deferred, RecordState, Settled
from offline_cache.review import Review
from offline_cache.tally import Limits
from offline_cache.untold import Untold
from offline_cache.vault import Vault, VaultKey, key_id_of

if TYPE_CHECKING:
    from offline_cache.database import Connection

KEY = bytes(range(32))
VAULT = Vault({key_id_of(KEY): VaultKey(KEY)}, key_id_of(KEY))
NOW = 1_795_000_000_000


@pytest.fixture
def outbox(connection: Connection) -> Outbox:
    return new_outbox(connection)


def new_outbox(connection: Connection, **limits: int) -> Outbox:
    return Outbox(connection, VAULT, area="360821", kiosk="K03", limits=Limits(**limits))


def keep(outbox: Outbox, kit: Any, count: int = 1, at: int = NOW) -> list[str]:
    keys = [kit.new_key(at + number) for number in range(count)]
    for key in keys:
        outbox.keep(key, kit.day, kit.composed(key), now_ms=at, item="SB-01")
    return keys


def lease_all(outbox: Outbox, now: int = NOW) -> list[str]:
    return [one.key for one in outbox.lease(100, 10**9, now, now + 1000)]


def accepted(outbox: Outbox, key: str) -> Settled:
    facts = outbox.review().facts(key)
    assert facts is not None
    return Settled(key, facts.content_hash, RecordState.ACKNOWLEDGED, "", "A-1", "2026-11-23T08:00:00+00:00")


@pytest.mark.parametrize("erased", [False, True], ids=["kept", "erased"])
def test_no_length_on_the_disk_tells_what_was_answered(outbox: Outbox, connection: Connection, kit: Any, *, erased: bool) -> None:
    told = [("张三", "lost", "yes"), ("张三丰", "lost", "no"), ("欧阳娜娜", "stolen", "yes"), ("张三", "stolen", "no")]
    contents = {}
    for name, why, sure in told:
        key = kit.new_key(NOW)
        contents[key] = canonical({"key": key, "name": name, "answers": {"why": why, "sure": sure}})
        outbox.keep(key, kit.day, lambda _, content=contents[key]: content, now_ms=NOW, item="SI-107")  # type: ignore[misc]
        facts = outbox.review().facts(key)
        assert facts is not None
        assert facts.content_hash == hashlib.sha256(contents[key]).hexdigest()
    leased = outbox.lease(100, 10**9, NOW, NOW + 1000)
    assert {key: content.open() for key, content in outbox.contents(leased).items()} == contents
    assert {key: outbox.review().export(key) for key in contents} == contents
    if erased:
        outbox.settle([accepted(outbox, key) for key in contents], NOW + 1)
    assert len(set(map(len, contents.values()))) > 1
    lengths = connection.execute("SELECT DISTINCT size, length(box) FROM outbox").fetchall()
    assert len(lengths) == 1
    assert (lengths[0][1] is None) == erased


@pytest.mark.parametrize("length", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 100_000])
def test_a_content_of_any_length_is_padded_to_whole_pieces_and_found_again(length: int) -> None:
    content = b"x" * length
    assert 0 <= len(padded(content)) - length < PIECE_BYTES
    assert len(padded(content)) % PIECE_BYTES == 0
    assert unpadded(padded(content)) == content


def test_a_kept_submission_has_its_number_and_hash_from_then_on(outbox: Outbox, kit: Any) -> None:
    key = kit.new_key(NOW)
    record = outbox.keep(key, kit.day, kit.composed(key), now_ms=NOW)
    content = outbox.review().export(key)
    assert content is not None
    assert json.loads(content)["receipt_number"] == record.receipt_number
    assert (record.serial, record.key, record.kept_at_ms) == (1, key, NOW)


def test_the_same_key_twice_is_one_record(outbox: Outbox, kit: Any) -> None:
    key = kit.new_key(NOW)
    first = outbox.keep(key, kit.day, kit.composed(key), now_ms=NOW)
    assert outbox.keep(key, kit.day, kit.composed(key), now_ms=NOW + 5) == first
    assert outbox.tally().kept == 1


def test_serials_go_on_after_a_restart_and_begin_anew_each_day(outbox: Outbox, connection: Connection, kit: Any) -> None:
    keep(outbox, kit, 3)
    again, key, other = new_outbox(connection), kit.new_key(NOW + 9), kit.new_key(NOW + 10)
    assert again.keep(key, kit.day, kit.composed(key), now_ms=NOW).serial == 4
    assert again.keep(other, kit.day.replace(day=24), kit.composed(other), now_ms=NOW).serial == 1


def test_keeping_costs_one_write_transaction(outbox: Outbox, connection: Connection, kit: Any) -> None:
    said: list[str] = []
    keep(outbox, kit)
    connection.set_trace_callback(said.append)
    keep(outbox, kit)
    connection.set_trace_callback(None)
    assert [line.split()[0] for line in said if not line.startswith(("SELECT", "PRAGMA"))] == ["INSERT"]


def test_nothing_is_compiled_at_each_use_whatever_was_asked_before(outbox: Outbox, connection: Connection, kit: Any) -> None:
    """A start asks many things once, and so does staff; with as many kept compiled, what is asked every time had no place."""
    for number in range(200):
        connection.execute(f"SELECT {number}").fetchone()

    def live() -> None:
        (key,) = keep(outbox, kit)
        assert lease_all(outbox) == [key]
        assert outbox.settle([accepted(outbox, key)], NOW) == (key,)

    compiled: list[object] = []

    def is_compiled(action: int, *of: str | None) -> int:
        if action != dbapi2.SQLITE_PRAGMA:  # which SQLite compiles anew by itself
            compiled.append((action, *of))
        return dbapi2.SQLITE_OK

    connection.set_authorizer(is_compiled)
    live()
    live()
    by_then = len(compiled)
    live()
    assert by_then > 0
    assert compiled[by_then:] == []


def test_what_is_leased_is_not_leased_again_until_the_lease_runs_out(outbox: Outbox, kit: Any) -> None:
    keys = keep(outbox, kit, 3)
    assert lease_all(outbox) == keys
    assert lease_all(outbox, NOW + 999) == []
    assert lease_all(outbox, NOW + 1000) == keys


def test_a_renewed_lease_lasts_longer(outbox: Outbox, kit: Any) -> None:
    keys = keep(outbox, kit, 2)
    lease_all(outbox)
    assert outbox.renew([*keys[:1], "another"], NOW + 5000) == {keys[0]}
    assert lease_all(outbox, NOW + 1000) == keys[1:]


def test_a_batch_is_no_larger_than_asked_but_never_empty(outbox: Outbox, kit: Any) -> None:
    keep(outbox, kit, 3)
    assert len(outbox.lease(2, 10**9, NOW, NOW + 1)) == 2
    assert len(outbox.lease(9, 1, NOW + 1, NOW + 2)) == 1


def test_a_deferred_submission_waits_its_time_and_counts_its_tries(outbox: Outbox, connection: Connection, kit: Any) -> None:
    (key,) = keep(outbox, kit)
    lease_all(outbox)
    outbox.defer([Deferred(key, NOW + 60_000, "later")])
    again = new_outbox(connection)
    assert lease_all(again, NOW + 59_999) == []
    (leased,) = again.lease(1, 10**9, NOW + 60_000, NOW + 70_000)
    assert (leased.key, leased.tries) == (key, 1)


def test_a_clock_set_back_a_day_does_not_strand_what_waits(outbox: Outbox, kit: Any) -> None:
    keys = keep(outbox, kit, 2)
    assert lease_all(outbox, NOW - 24 * 3600 * 1000) == keys
    assert FARTHEST_TRY_MS < 24 * 3600 * 1000


def test_what_staff_put_back_is_tried_at_once_also_where_the_clock_is_set_back_then(outbox: Outbox, kit: Any) -> None:
    """Some minutes ahead, it would have waited as many, though 立即重发 says at once."""
    (key,) = keep(outbox, kit)
    assert lease_all(outbox) == [key]
    outbox.defer([Deferred(key, NOW + 900_000, "centre-busy")])
    assert outbox.review().retry(key, NOW + 300_000)
    assert lease_all(outbox, NOW) == [key]


def test_what_a_clock_a_day_behind_keeps_is_handed_out_like_any_other(outbox: Outbox, kit: Any) -> None:
    keys = keep(outbox, kit, 2)
    assert lease_all(outbox) == keys
    late, early = kit.new_key(NOW), kit.new_key(NOW)
    outbox.keep(late, kit.day, kit.composed(late), now_ms=NOW)
    outbox.keep(early, kit.day - timedelta(1), kit.composed(early), now_ms=NOW - 24 * 3600 * 1000)
    assert lease_all(outbox) == [early, late]
    assert lease_all(outbox) == []


def test_one_that_a_wrong_clock_stranded_is_not_called_due_before_it_is_handed_out(outbox: Outbox, kit: Any) -> None:
    (key,) = keep(outbox, kit)
    lease_all(outbox)
    outbox.defer([Deferred(key, NOW + FARTHEST_TRY_MS + 500, "later")])
    assert lease_all(outbox) == [key]
    now = NOW + 1001  # its lease is over, and it is too near now to be the wrong clock's
    assert lease_all(outbox, now) == []
    due = outbox.next_due_ms()
    assert due is not None
    assert due > now
    assert lease_all(outbox, due) == [key]


def test_looking_passes_over_what_was_sent_without_asking_for_each(outbox: Outbox, connection: Connection, kit: Any) -> None:
    *sent, last = keep(outbox, kit, 20)
    said: list[str] = []
    connection.set_trace_callback(said.append)
    assert [one.key for one in outbox.look(100, 10**9, NOW, sent)] == [last]
    connection.set_trace_callback(None)
    assert len(said) < 10


def test_looking_passes_over_what_was_sent_also_where_it_was_put_back_before(outbox: Outbox, kit: Any) -> None:
    sent, last, stuck, fresh = keep(outbox, kit, 4)
    outbox.defer([Deferred(key, NOW, "centre-hung") for key in (sent, last)])
    outbox.defer([Deferred(stuck, NOW + FARTHEST_TRY_MS + 1, "centre-hung")])
    assert [one.key for one in outbox.look(100, 10**9, NOW, [sent, stuck])] == [last, fresh]


@pytest.mark.parametrize("put_back", [True, False])
def test_what_waits_goes_on_together_as_much_as_just_fits(outbox: Outbox, kit: Any, put_back: bool) -> None:
    keys = keep(outbox, kit, 5)
    size = outbox.tally().content_bytes // 5
    if put_back:
        lease_all(outbox)
        outbox.defer([Deferred(key, NOW, "centre-hung") for key in keys])
    claims = [[one.key for one in outbox.lease(100, 2 * size, NOW, NOW + 1000)] for _ in range(4)]
    assert claims == [keys[:2], keys[2:4], keys[4:], []]


def test_one_alone_is_a_fresh_one_so_that_what_fails_each_time_keeps_it_back_neither_leased_nor_looked_at(
    outbox: Outbox, kit: Any
) -> None:
    failing, *others = keep(outbox, kit, 3)
    outbox.defer([Deferred(failing, NOW, "centre-hung", tries=0)])
    assert [one.key for one in outbox.look(1, 10**9, NOW, ())] == others[:1]
    assert [outbox.lease(1, 10**9, NOW, NOW + 1000)[0].key for _ in range(3)] == [*others, failing]


def test_a_claim_that_the_disk_refuses_is_none(outbox: Outbox, connection: Connection, kit: Any) -> None:
    keys = keep(outbox, kit, 2)
    connection.execute("CREATE TRIGGER full BEFORE INSERT ON lease BEGIN SELECT RAISE(ABORT, 'no room'); END")
    with pytest.raises(dbapi2.IntegrityError):
        outbox.lease(100, 10**9, NOW, NOW + 1000)
    connection.execute("DROP TRIGGER full")
    assert outbox.next_due_ms() == NOW
    assert lease_all(outbox) == keys


def test_a_claim_takes_what_fits_and_the_next_goes_on_there(outbox: Outbox, kit: Any) -> None:
    keys = keep(outbox, kit, 5)
    size = outbox.tally().content_bytes // 5
    outbox.defer([Deferred(keys[3], NOW, "later")])
    first, second, third = (
        [one.key for one in outbox.lease(count, room, NOW, NOW + 1000)]
        for count, room in ((100, 2 * size + size // 2), (2, 10**9), (100, 1))
    )
    assert (first, second, third) == ([keys[3], keys[0]], keys[1:3], keys[4:])


def test_leases_of_a_program_that_died_are_taken_back_and_count_as_sent(outbox: Outbox, kit: Any) -> None:
    *keys, other = keep(outbox, kit, 3)
    outbox.lease(2, 10**9, NOW, NOW + 1000)
    outbox.release_all()
    seen = [outbox.review().facts(key) for key in (*keys, other)]
    assert [facts is not None and facts.was_sent for facts in seen] == [True, True, False], "a request may be at the centre"
    assert lease_all(outbox) == [*keys, other]


def test_only_an_answer_with_the_same_hash_acknowledges(outbox: Outbox, kit: Any) -> None:
    (key,) = keep(outbox, kit)
    assert outbox.settle([Settled(key, "0" * 64, RecordState.ACKNOWLEDGED)], NOW) == ()
    assert outbox.settle([Settled(kit.new_key(NOW), "0" * 64, RecordState.ACKNOWLEDGED)], NOW) == ()
    assert outbox.tally().waiting == 1


def test_an_acknowledged_submission_is_erased_and_its_facts_stay(outbox: Outbox, kit: Any) -> None:
    (key,) = keep(outbox, kit)
    assert outbox.settle([accepted(outbox, key)], NOW + 7) == (key,)
    facts = outbox.review().facts(key)
    assert facts is not None
    assert (facts.state, facts.erased, facts.acceptance_number, facts.settled_at_ms) == (
        RecordState.ACKNOWLEDGED,
        True,
        "A-1",
        NOW + 7,
    )
    assert facts.receipt_number.startswith("360821-K03-20261123-000001-")
    assert outbox.review().export(key) is None
    assert outbox.settle([accepted(outbox, key)], NOW + 8) == ()


def test_an_acknowledgement_after_the_lease_ran_out_still_counts(outbox: Outbox, kit: Any) -> None:
    (key,) = keep(outbox, kit)
    lease_all(outbox)
    assert outbox.settle([accepted(outbox, key)], NOW + 10_000) == (key,)


def test_contents_stay_as_long_as_the_settings_say(outbox: Outbox, kit: Any) -> None:
    (key,) = keep(outbox, kit)
    outbox.settle([accepted(outbox, key)], NOW, keep_days=3)
    assert outbox.review().erase(NOW, RecordState.ACKNOWLEDGED) == 0
    assert outbox.review().export(key) is not None
    assert outbox.review().erase(NOW + 1, RecordState.ACKNOWLEDGED) == 1
    assert outbox.review().export(key) is None


def test_an_erased_content_is_gone_from_the_files(outbox: Outbox, connection: Connection, kit: Any, tmp_path: Path) -> None:
    (key,) = keep(outbox, kit)
    box = connection.execute("SELECT box FROM outbox").fetchone()[0]
    outbox.settle([accepted(outbox, key)], NOW, keep_days=1)
    assert box[:60] in everything(tmp_path)
    outbox.review().erase(NOW + 1, RecordState.ACKNOWLEDGED)
    assert box[:60] not in everything(tmp_path)


def test_no_name_or_number_stands_in_any_file(outbox: Outbox, kit: Any, tmp_path: Path) -> None:
    keep(outbox, kit, 20)
    lease_all(outbox)
    whole = everything(tmp_path)
    assert b"outbox" in whole
    for secret in (kit.name.encode(), kit.number.encode(), kit.name.encode("gb18030"), kit.name.encode("utf-16-le")):
        assert secret not in whole


def everything(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.iterdir())


def test_one_that_is_damaged_here_counts_as_sent_only_where_a_request_may_have_had_it(outbox: Outbox, kit: Any) -> None:
    fresh, tried = keep(outbox, kit, 2)
    outbox.lease(1, 10**9, NOW, NOW + 1000)
    outbox.defer([Deferred(fresh, NOW, "", tries=0)])
    outbox.defer([Deferred(tried, NOW, "answer-cut", tries=0)])
    for row in outbox.lease(2, 10**9, NOW, NOW + 1000):
        outbox.set_apart(row.row_id, "record-damaged")
    review = outbox.review()
    told = [(facts.state, facts.tries, facts.was_sent) for facts in map(review.facts, (fresh, tried)) if facts is not None]
    assert told == [(RecordState.NEEDS_PERSON, 0, False), (RecordState.NEEDS_PERSON, 1, True)]
    assert review.retry(fresh, NOW)
    for row in outbox.lease(1, 10**9, NOW, NOW + 1000):
        outbox.set_apart(row.row_id, "record-damaged")
    assert review.cancel(fresh, CancelReason.OTHER, NOW)
    facts = review.facts(fresh)
    assert facts is not None
    assert not facts.was_sent, "no resident is told that the centre may have it"


def test_the_oldest_that_waits_is_shown_however_many_need_a_person(outbox: Outbox, kit: Any) -> None:
    keys = keep(outbox, kit, 5)
    review = outbox.review()

    def shown(limit: int) -> list[int]:
        return [keys.index(facts.key) for facts in review.undelivered(limit)]

    for row in outbox.lease(5, 10**9, NOW, NOW + 1000)[2:]:
        outbox.set_apart(row.row_id, "record-damaged")
    assert [shown(limit) for limit in (1, 3, 4, 5, 6)] == [[4], [4, 3, 0], [4, 3, 2, 0], [4, 3, 2, 1, 0], [4, 3, 2, 1, 0]]
    outbox.release_all()
    for row in outbox.lease(5, 10**9, NOW, NOW + 1000):
        outbox.set_apart(row.row_id, "record-damaged")
    assert [shown(limit) for limit in (3, 5)] == [[4, 3, 0], [4, 3, 2, 1, 0]]


def test_one_damaged_record_needs_a_person_and_blocks_nobody(outbox: Outbox, connection: Connection, kit: Any) -> None:
    keys = keep(outbox, kit, 3)
    connection.execute("UPDATE outbox SET box = zeroblob(60) WHERE key = ?", (keys[1],))
    leased = outbox.lease(100, 10**9, NOW, NOW + 1000)
    contents = outbox.contents(leased)
    assert [json.loads(contents[key].open())["key"] for key in (keys[0], keys[2])] == [keys[0], keys[2]]
    with pytest.raises(RecordDamaged):
        contents[keys[1]].open()
    outbox.set_apart(leased[1].row_id, "record-damaged")
    facts = outbox.review().facts(keys[1])
    assert facts is not None
    assert (facts.state, facts.trouble) == (RecordState.NEEDS_PERSON, "record-damaged")
    outbox.release_all()
    assert lease_all(outbox) == [keys[0], keys[2]]


def test_the_queue_is_full_at_its_number_of_records(connection: Connection, kit: Any) -> None:
    outbox = new_outbox(connection, records=2)
    keys = keep(outbox, kit, 2)
    assert outbox.tally().full
    outbox.settle([accepted(outbox, keys[0])], NOW)
    assert not outbox.tally().full
    keep(outbox, kit)
    assert outbox.tally().full


def test_what_was_begun_before_the_queue_was_full_is_kept(connection: Connection, kit: Any) -> None:
    """Somebody at the shell hands in again what the centre has lost, while a resident who was let in fills in their form."""
    outbox = new_outbox(connection, records=2)
    lost, _ = keep(outbox, kit, 2)
    outbox.settle([accepted(outbox, lost)], NOW, keep_days=7)
    assert not outbox.tally().full, "a visit is begun"
    Matches(connection, "K03").note(DayMatch(kit.day, NOW, 1, 0, 1, missing=(lost,)))
    assert outbox.review().retry(lost, NOW)
    assert outbox.tally().full
    keep(outbox, kit)
    assert outbox.tally().waiting == 3


def test_what_needs_a_person_is_as_old_as_any_other(outbox: Outbox, kit: Any) -> None:
    (held,) = keep(outbox, kit, at=NOW)
    (waiting,) = keep(outbox, kit, at=NOW + 5)
    outbox.settle([accepted(outbox, held)._replace(state=RecordState.NEEDS_PERSON)], NOW + 9)
    assert outbox.tally().oldest_at_ms == NOW
    outbox.settle([accepted(outbox, waiting)], NOW + 9)
    for _ in range(2):
        assert (outbox.tally().waiting, outbox.tally().oldest_at_ms) == (0, NOW)
        outbox.recount()
    outbox.review().cancel(held, CancelReason.OTHER, NOW + 10)
    assert outbox.tally().oldest_at_ms is None


def test_the_limit_of_bytes_is_of_the_contents_that_are_here(outbox: Outbox, kit: Any) -> None:
    def counted() -> int:
        told = outbox.tally().content_bytes
        outbox.recount()
        assert outbox.tally().content_bytes == told
        return told

    first, second, third, fourth = keep(outbox, kit, 4)
    one = counted() // 4
    assert one > 0
    outbox.settle([accepted(outbox, first)], NOW)
    assert counted() == 3 * one, "erased with its answer"
    outbox.settle([accepted(outbox, second)], NOW, keep_days=7)
    outbox.review().cancel(third, CancelReason.OTHER, NOW)
    outbox.settle([accepted(outbox, fourth)._replace(state=RecordState.NEEDS_PERSON)], NOW)
    assert counted() == 3 * one, "all these are here still"
    assert outbox.review().erase(NOW + 1, RecordState.CANCELLED) == 1
    assert counted() == 2 * one
    outbox.erased(Untold(outbox._connection, VAULT).tell(second, NOW, erase=True))
    assert counted() == one


def test_the_queue_is_full_at_its_number_of_bytes(connection: Connection, kit: Any) -> None:
    outbox = new_outbox(connection, bytes=1)
    keep(outbox, kit)
    with pytest.raises(QueueFull):
        keep(outbox, kit)


def test_one_submission_may_only_be_so_large(connection: Connection, kit: Any) -> None:
    outbox = new_outbox(connection, record_bytes=10)
    with pytest.raises(SubmissionTooLarge):
        keep(outbox, kit)
    assert outbox.tally().kept == 0


def test_a_disk_that_is_full_keeps_nothing_and_goes_on_later(outbox: Outbox, connection: Connection, kit: Any) -> None:
    keep(outbox, kit)
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages + 2}")
    key = kit.new_key(NOW)
    with pytest.raises(StoreFull):
        outbox.keep(key, kit.day, kit.composed(key, 10_000), now_ms=NOW)
    assert outbox.kept(key) is None
    assert outbox.tally().kept == 1
    connection.execute("PRAGMA max_page_count=1000000")
    record = outbox.keep(key, kit.day, kit.composed(key, 10_000), now_ms=NOW)
    assert record.serial == 2
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_staff_see_rows_without_opening_them(outbox: Outbox, kit: Any, tmp_path: Path) -> None:
    keys = keep(outbox, kit, 3)
    looking = open_read_only(tmp_path / "store.db")
    rows = Review(looking).rows(RecordState.QUEUED, limit=2)
    assert [row.key for row in rows] == [keys[2], keys[1]]
    assert rows[0].item == "SB-01"
    assert kit.name not in repr(rows)
    found = Review(looking).by_receipt_number(rows[0].receipt_number)
    assert found == rows[0]
    assert Review(looking).export(keys[0]) is None
    looking.close()


def test_staff_may_retry_what_needs_a_person(outbox: Outbox, kit: Any) -> None:
    (key,) = keep(outbox, kit)
    facts = outbox.review().facts(key)
    assert facts is not None
    outbox.settle([Settled(key, facts.content_hash, RecordState.NEEDS_PERSON, "content-refused")], NOW)
    assert lease_all(outbox) == []
    assert outbox.review().retry(key, NOW)
    assert outbox.tally().needs_person == 0
    assert lease_all(outbox) == [key]


def test_staff_cancel_with_a_reason_and_the_content_stays_for_a_while(outbox: Outbox, kit: Any) -> None:
    (key,) = keep(outbox, kit)
    assert outbox.review().cancel(key, "entered twice", NOW)
    facts = outbox.review().facts(key)
    assert facts is not None
    assert (facts.state, facts.reason, facts.erased) == (RecordState.CANCELLED, "entered twice", False)
    assert not outbox.review().cancel(key, "again", NOW)
    assert not outbox.review().retry(key, NOW)
    assert lease_all(outbox) == []
    assert outbox.review().erase(NOW + 1, RecordState.CANCELLED) == 1


def test_what_is_being_sent_can_not_be_cancelled(outbox: Outbox, kit: Any) -> None:
    (key,) = keep(outbox, kit)
    lease_all(outbox)
    assert not outbox.review().cancel(key, "too late", NOW)


def test_what_another_number_of_this_kiosk_has_settled_is_counted_apart(outbox: Outbox, connection: Connection, kit: Any) -> None:
    taken, cancelled, _ = keep(outbox, kit, 3)
    outbox.settle([accepted(outbox, taken)], NOW)
    assert outbox.review().cancel(cancelled, "by staff", NOW)
    before = outbox.tally()
    assert (before.kept_under_this, before.acknowledged_under_this) == (3, 1)
    renumbered = Outbox(connection, VAULT, area="360821", kiosk="K77")
    keep(renumbered, kit)
    after = renumbered.tally()
    assert (after.kept, after.acknowledged, after.cancelled, after.depth) == (4, 1, 1, 2)
    assert (after.kept_under_this, after.acknowledged_under_this) == (2, 0), "what waits is still to come"
    assert renumbered.review().kept_under("K03") == (3, 1)
    assert renumbered.review().kept_under("K77") == (1, 0)


def test_what_another_program_did_is_counted(outbox: Outbox, kit: Any, tmp_path: Path) -> None:
    keys = keep(outbox, kit, 2)
    beside = open_beside(tmp_path / "store.db")
    Review(beside, VAULT).cancel(keys[0], "by staff", NOW)
    beside.close()
    assert (outbox.tally().waiting, outbox.tally().cancelled) == (1, 1)


def test_a_receipt_that_never_came_out_is_known_after_a_crash(outbox: Outbox, kit: Any) -> None:
    keys = keep(outbox, kit, 2)
    outbox.review().mark_printed(keys[0], NOW)
    assert [row.key for row in outbox.review().rows() if row.printed_at_ms is None] == [keys[1]]


def test_the_keys_that_are_needed_are_those_of_contents_at_hand(outbox: Outbox, connection: Connection, kit: Any) -> None:
    assert key_ids_needed(connection) == {}
    (key,) = keep(outbox, kit)
    assert key_ids_needed(connection) == {VAULT.current: 1}
    outbox.settle([accepted(outbox, key)], NOW)
    assert key_ids_needed(connection) == {}


def test_a_claim_walks_the_small_index_and_what_is_new_only(connection: Connection, kit: Any) -> None:
    outbox = new_outbox(connection)
    keys = keep(outbox, kit, 5)
    assert [one.key for one in outbox.lease(2, 10**9, NOW, NOW + 1000)] == keys[:2]
    said: list[str] = []
    connection.set_trace_callback(said.append)
    assert [one.key for one in outbox.lease(2, 10**9, NOW, NOW + 1000)] == keys[2:4]
    assert outbox.next_due_ms() == NOW
    assert [one.key for one in outbox.lease(2, 10**9, NOW, NOW + 1000)] == keys[4:]
    assert outbox.lease(2, 10**9, NOW, NOW + 1000) == ()
    connection.set_trace_callback(None)
    claims = [statement for statement in said if statement.startswith("SELECT") and "FROM outbox" in statement]
    assert len(claims) == 8, "due and fresh; the first of each; due and fresh; due, and stuck"
    for statement in claims:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        walked = [step for step in plan if "outbox" in step]
        assert len(walked) == 1
        assert "USING COVERING INDEX outbox_put_back" in walked[0] or "USING INTEGER PRIMARY KEY (rowid>?)" in walked[0]
        assert not any(step.startswith("SCAN") and step != "SCAN CONSTANT ROW" for step in plan if step not in walked)
    third = connection.execute("SELECT id FROM outbox WHERE key = ?", (keys[2],)).fetchone()[0]
    fresh = [statement for statement in claims if "NOT INDEXED" in statement]
    assert [f"id >= {third + passed} " in statement for passed, statement in zip((0, 2, 2), fresh, strict=True)] == [True] * 3


def test_the_database_itself_refuses_a_second_of_a_day_and_serial(outbox: Outbox, connection: Connection, kit: Any) -> None:
    keep(outbox, kit)
    with pytest.raises(dbapi2.IntegrityError):
        connection.execute(
            "INSERT INTO outbox SELECT id, 'other', kiosk, receipt_number, item, content_hash, size, kept_at,"
            " state, ready_at, tries, trouble, settled_at, acceptance_number, accepted_at, printed_at, reason, schema, key_id,"
            " box FROM outbox"
        )


def test_what_a_clock_without_its_time_kept_hides_no_older_one(outbox: Outbox, kit: Any) -> None:
    keep(outbox, kit, at=1000)
    assert (outbox.tally().waiting, outbox.tally().oldest_at_ms) == (1, None)
    keep(outbox, kit)
    assert outbox.tally().oldest_at_ms == NOW
    outbox.recount()
    assert outbox.tally().oldest_at_ms == NOW


def test_the_oldest_is_told_after_a_restart_also_where_it_waits_for_a_person(
    outbox: Outbox, connection: Connection, kit: Any
) -> None:
    (held,) = keep(outbox, kit)
    outbox.settle([accepted(outbox, held)._replace(state=RecordState.NEEDS_PERSON)], NOW)
    keep(outbox, kit, at=NOW + 60_000)
    assert new_outbox(connection).tally().oldest_at_ms == NOW


@pytest.mark.parametrize("moved", ["cancel", "retry"])
def test_what_staff_move_after_its_lease_ended_counts_as_sent(outbox: Outbox, kit: Any, moved: str) -> None:
    key, other = keep(outbox, kit, 2)
    lease_all(outbox)
    review, later = outbox.review(), NOW + 5000
    assert review.cancel(key, CancelReason.OTHER, later) if moved == "cancel" else review.retry(key, later)
    facts = review.facts(key)
    assert facts is not None
    assert (facts.tries, facts.was_sent) == (1, True), "its request may be at the centre"
    assert other in lease_all(outbox, later)
