"""Signed heads: what the centre has countersigned can be neither cut off nor written anew unnoticed."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pysqlite3 import dbapi2

from offline_cache.database import open_store
from offline_cache.errors import JournalBroken, ReplicaRefused
from offline_cache.identity import Identity, public_key_text
from offline_cache.journal import Journal
from offline_cache.journal_heads import HEAD_MS, REACHED_FILE, Heads, Reached, head_due
from offline_cache.wire import Countersigned, SignedHead, countersigned_bytes, head_bytes
from tests.offline_cache.conftest import make_older_store
from tests.offline_cache.plain_event import happening

NOW = 1_790_000_000_000
KIOSK = "K03"


@pytest.mark.parametrize(
    ("signed_seq", "signed_at", "seq", "now", "due"),
    [
        (0, 0, 0, NOW, False),
        (0, 0, 1, NOW, True),
        (10, NOW, 10, NOW + 3_000_000, False),
        (10, NOW, 11, NOW + 299_999, False),
        (10, NOW, 11, NOW + 300_000, True),
        (10, NOW, 109, NOW, False),
        (10, NOW, 110, NOW, True),
        (10, NOW, 11, NOW - 1, True),
    ],
)
def test_a_head_is_due_after_a_hundred_events_or_five_minutes(
    signed_seq: int, signed_at: int, seq: int, now: int, due: bool
) -> None:
    assert head_due(signed_seq, signed_at, seq, now) is due


def countersign(head: SignedHead, key: Any) -> Countersigned:
    at = "2026-11-23T10:00:00.000+00:00"
    signature = base64.b64encode(key.sign(countersigned_bytes(KIOSK, head, at))).decode()
    return Countersigned(seq=head.seq, hash=head.hash, countersigned_at=at, countersignature=signature)


@pytest.mark.parametrize("harm", ["hash = 'zz'", "at = CAST(x'31FF' AS TEXT)", "hash = 'zz', signed_at = CAST(x'FF' AS TEXT)"])
def test_a_head_that_is_none_any_more_holds_up_no_log(tmp_path: Path, identity: Identity, kit: Any, harm: str) -> None:
    connection = open_store(tmp_path / "store.db")
    journal, heads = Journal(connection), Heads(connection)
    journal.append([happening(NOW, "kiosk-started")])
    assert heads.sign_when_due(KIOSK, identity.signing_key, NOW)
    head = heads.to_countersign(1000)
    assert head is not None
    connection.execute(f"UPDATE journal_head SET {harm}")
    assert heads.to_countersign(1000) is None
    assert heads.countersigned(head, countersign(head, kit.server_key), KIOSK, identity.enrolled.server_public_key) is None
    with pytest.raises(JournalBroken, match="the signed head of event 1 is none"):
        heads.verify(identity.signers)
    journal.append([happening(NOW, "kiosk-started")])
    assert heads.sign_when_due(KIOSK, identity.signing_key, NOW + HEAD_MS)
    head = heads.to_countersign(1000)
    assert head is not None
    assert head.seq == 2
    connection.close()


@pytest.fixture
def file(tmp_path: Path, identity: Identity, kit: Any) -> Path:
    """A journal of 30 events; the heads of events 10 and 20 are countersigned, that of 30 is only signed."""
    path = tmp_path / "store.db"
    connection = open_store(path)
    journal, heads = Journal(connection), Heads(connection)
    for turn in range(3):
        journal.append([happening(NOW + turn, "device-state", "", {"device": "printer", "state": "online"})] * 10)
        assert heads.sign_when_due(KIOSK, identity.signing_key, NOW + turn * HEAD_MS)
        assert not heads.sign_when_due(KIOSK, identity.signing_key, NOW + turn * HEAD_MS)
        if turn < 2:
            head = heads.to_countersign(1000)
            assert head is not None
            server_key = identity.enrolled.server_public_key
            with pytest.raises(ReplicaRefused):
                heads.countersigned(head, countersign(head, identity.signing_key), KIOSK, server_key)  # somebody else's word
            assert heads.to_countersign(1000) == head
            heads.countersigned(head, countersign(head, kit.server_key), KIOSK, server_key)
            assert heads.to_countersign(1000) is None
    connection.close()
    return path


def verify(path: Path, identity: Identity) -> tuple[int, int]:
    """Events and countersigned heads, as `kiosk logs verify` looks at them."""
    connection = open_store(path)
    try:
        count = Journal(connection).verify()
        return count, Heads(connection).verify(identity.signers)
    finally:
        connection.close()


def test_a_whole_journal_verifies(file: Path, identity: Identity) -> None:
    assert verify(file, identity) == (30, 2)


def one_byte_of_a_body(connection: Any) -> None:
    connection.execute("UPDATE journal SET body = replace(body, 'online', 'onlime') WHERE seq = 7")


def a_row_taken_out(connection: Any) -> None:
    connection.execute("DELETE FROM journal WHERE seq = 7")


def the_end_cut_off(connection: Any) -> None:
    connection.execute("DELETE FROM journal WHERE seq > 15")


def the_end_cut_off_with_its_signed_heads(connection: Any) -> None:
    connection.execute("DELETE FROM journal WHERE seq > 15")
    connection.execute("DELETE FROM journal_head WHERE seq > 20")


def all_written_anew(connection: Any) -> None:
    """Whoever can write the file computes the chain anew, with a word less."""
    connection.execute("CREATE TABLE old AS SELECT * FROM journal ORDER BY seq")
    connection.execute("DELETE FROM journal")
    happenings = [happening(NOW, "device-state", "", {"device": "printer", "state": "offline"})] * 30
    connection.execute("DROP TABLE old")
    Journal(connection).append(happenings)
    Journal(connection).verify()


@pytest.mark.parametrize(
    ("harm", "seq"),
    [
        (one_byte_of_a_body, 7),
        (a_row_taken_out, 7),
        (the_end_cut_off, 16),
        (the_end_cut_off_with_its_signed_heads, 16),
        (all_written_anew, 10),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_every_way_to_tamper_is_named_by_the_first_event(
    file: Path, identity: Identity, harm: Callable[[Any], None], seq: int
) -> None:
    connection = dbapi2.connect(file, isolation_level=None)
    harm(connection)
    connection.close()
    with pytest.raises(JournalBroken) as broken:
        verify(file, identity)
    assert broken.value.seq == seq


def test_the_next_head_of_a_journal_that_was_cut_is_signed_in_time_and_sent(file: Path, identity: Identity) -> None:
    connection = open_store(file)
    the_end_cut_off(connection)
    journal, heads = Journal(connection), Heads(connection)
    journal.append([happening(NOW, "kiosk-started")])
    assert heads.sign_when_due(KIOSK, identity.signing_key, NOW + 4 * HEAD_MS)
    assert not heads.sign_when_due(KIOSK, identity.signing_key, NOW + 4 * HEAD_MS)
    head = heads.to_countersign(30)  # so far the centre has it
    assert head is not None
    assert head.seq == 16
    connection.close()


@pytest.mark.parametrize("column", ["signature", "countersignature", "at", "countersigned_at", "signer"])
def test_a_forged_head_is_found(file: Path, identity: Identity, column: str) -> None:
    forged = base64.b64encode(bytes(32 if column == "signer" else 64)).decode()
    connection = dbapi2.connect(file, isolation_level=None)
    connection.execute(f"UPDATE journal_head SET {column} = ? WHERE seq = 20", (forged,))
    connection.close()
    with pytest.raises(JournalBroken) as broken:
        verify(file, identity)
    assert broken.value.seq == 20


def test_after_another_enrolment_the_old_heads_still_verify(file: Path, identity: Identity, kit: Any) -> None:
    again = replace(kit.make_identity(Ed25519PrivateKey.generate()), retired=identity.signers)
    again.save(file.parent)
    signed_by(file, again.signing_key)
    assert verify(file, Identity.load(file.parent)) == (31, 2)


def test_after_another_enrolment_no_head_by_the_old_key_is_handed_over(tmp_path: Path, identity: Identity, kit: Any) -> None:
    """The centre would take it for a forged one, and refuse the log."""
    fresh = kit.make_identity(Ed25519PrivateKey.generate())
    with closing(open_store(tmp_path / "store.db")) as connection:
        Journal(connection).append([happening(NOW, "kiosk-started")])
        heads = Heads(connection, public_key_text(fresh.signing_key))
        assert heads.sign_when_due(KIOSK, identity.signing_key, NOW)
        assert heads.to_countersign(1) is None
        Journal(connection).append([happening(NOW, "kiosk-started")])
        assert heads.sign_when_due(KIOSK, fresh.signing_key, NOW + HEAD_MS)
        head = heads.to_countersign(2)
        assert head is not None
        assert head.seq == 2


def test_heads_of_a_lost_identity_verify_once_a_later_one_is_countersigned(file: Path, kit: Any) -> None:
    fresh = kit.make_identity(Ed25519PrivateKey.generate())
    with pytest.raises(JournalBroken, match="event 30 is not this kiosk's"):
        verify(file, fresh)
    signed_by(file, fresh.signing_key)
    connection = open_store(file)
    head = Heads(connection).to_countersign(1000)
    assert head is not None
    Heads(connection).countersigned(head, countersign(head, kit.server_key), KIOSK, fresh.enrolled.server_public_key)
    connection.close()
    assert verify(file, fresh) == (31, 3)


def signed_by(file: Path, key: Ed25519PrivateKey) -> None:
    """One event more, and its head signed."""
    connection = open_store(file)
    Journal(connection).append([happening(NOW, "kiosk-started")])
    assert Heads(connection).sign_when_due(KIOSK, key, NOW + 9 * HEAD_MS)
    connection.close()


def written_anew_and_signed_by_a_stranger(connection: Any) -> None:
    """Everything fits again: chain, columns, heads and their signatures, with a valid key that is not the kiosk's."""
    all_written_anew(connection)
    thief = Ed25519PrivateKey.generate()
    for seq, at in connection.execute("SELECT seq, at FROM journal_head").fetchall():
        (digest,) = connection.execute("SELECT hash FROM journal WHERE seq = ?", (seq,)).fetchone()
        signature = base64.b64encode(thief.sign(head_bytes(KIOSK, seq, digest, at))).decode()
        connection.execute(
            "UPDATE journal_head SET hash = ?, signature = ?, signer = ?, countersigned_at = '', countersignature = ''"
            " WHERE seq = ?",
            (digest, signature, public_key_text(thief), seq),
        )


def written_anew_without_heads(connection: Any) -> None:
    all_written_anew(connection)
    connection.execute("DELETE FROM journal_head")


def cut_off_without_heads(connection: Any) -> None:
    connection.execute("DELETE FROM journal WHERE seq > 15")
    connection.execute("DELETE FROM journal_head WHERE seq > 15")


def countersigned_heads_taken_out(connection: Any) -> None:
    connection.execute("DELETE FROM journal_head WHERE seq > 10")


def a_countersignature_blanked(connection: Any) -> None:
    connection.execute("UPDATE journal_head SET countersigned_at = '', countersignature = '' WHERE seq = 20")


def test_heads_signed_anew_with_a_key_that_is_not_the_kiosks_are_found(file: Path, identity: Identity) -> None:
    connection = dbapi2.connect(file, isolation_level=None)
    written_anew_and_signed_by_a_stranger(connection)
    connection.close()
    with pytest.raises(JournalBroken, match="not this kiosk's") as broken:
        verify(file, identity)
    assert broken.value.seq == 10


@pytest.mark.parametrize(
    ("harm", "seq"),
    [
        (written_anew_and_signed_by_a_stranger, 20),
        (written_anew_without_heads, 20),
        (cut_off_without_heads, 16),
        (countersigned_heads_taken_out, 20),
        (a_countersignature_blanked, 20),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_what_was_countersigned_is_known_outside_the_database(file: Path, harm: Callable[[Any], None], seq: int) -> None:
    connection = dbapi2.connect(file, isolation_level=None)
    (digest,) = connection.execute("SELECT hash FROM journal WHERE seq = 20").fetchone()
    reached = Reached(20, digest)
    Heads(connection).hold_against(reached)
    harm(connection)
    with pytest.raises(JournalBroken) as broken:
        Heads(connection).hold_against(reached)
    connection.close()
    assert broken.value.seq == seq


def test_only_the_furthest_head_is_kept_beside_the_database(tmp_path: Path) -> None:
    assert Reached.load(tmp_path) is None
    for seq in (20, 10, 30):
        Reached(seq, f"{seq:064}").save(tmp_path)
    assert Reached.load(tmp_path) == Reached(30, f"{30:064}")
    Reached(20, f"{20:064}").save(tmp_path)
    assert Reached.load(tmp_path) == Reached(30, f"{30:064}")
    for nonsense in ("[]", "[" * 100_000, '{"seq": 1e400, "hash": ""}'):
        (tmp_path / REACHED_FILE).write_text(nonsense)
        with pytest.raises(JournalBroken, match="cannot be read"):
            Reached.load(tmp_path)


def test_a_store_of_the_first_schema_gets_its_table_of_heads(tmp_path: Path, identity: Identity) -> None:
    make_older_store(tmp_path / "store.db", 1)
    connection = open_store(tmp_path / "store.db")
    Journal(connection).append([happening(NOW, "kiosk-started")])
    assert Heads(connection).sign_when_due(KIOSK, identity.signing_key, NOW)
    connection.close()
