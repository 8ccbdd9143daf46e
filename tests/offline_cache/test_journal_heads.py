"""Signed heads: what the centre has countersigned can be neither cut off nor written anew unnoticed."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import dbapi2

from offline_cache.database import open_store
from offline_cache.errors import JournalBroken
from offline_cache.identity import Identity
from offline_cache.journal import Happening, Journal
from offline_cache.journal_heads import EVENTS_A_HEAD, HEAD_MS, Heads, head_due
from offline_cache.wire import Countersigned, SignedHead, countersigned_bytes

NOW = 1_790_000_000_000
KIOSK = "K03"


@pytest.mark.parametrize(
    ("signed_seq", "signed_at", "seq", "now", "due"),
    [
        (0, 0, 0, NOW, False),
        (0, 0, 1, NOW, True),
        (10, NOW, 10, NOW + 10 * HEAD_MS, False),
        (10, NOW, 11, NOW + HEAD_MS - 1, False),
        (10, NOW, 11, NOW + HEAD_MS, True),
        (10, NOW, 10 + EVENTS_A_HEAD, NOW, True),
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


@pytest.fixture
def file(tmp_path: Path, identity: Identity, kit: Any) -> Path:
    """A journal of 30 events; the heads of events 10 and 20 are countersigned, that of 30 is only signed."""
    path = tmp_path / "store.db"
    connection = open_store(path)
    journal, heads = Journal(connection), Heads(connection)
    for turn in range(3):
        journal.append([Happening(NOW + turn, "device-state", "", {"device": "printer", "state": "online"})] * 10)
        assert heads.sign_when_due(KIOSK, identity.signing_key, NOW + turn * HEAD_MS)
        assert not heads.sign_when_due(KIOSK, identity.signing_key, NOW + turn * HEAD_MS)
        if turn < 2:
            head = heads.to_countersign(1000)
            assert head is not None
            server_key = identity.enrolled.server_public_key
            heads.countersigned(countersign(head, identity.signing_key), KIOSK, server_key)  # somebody else's word
            assert heads.to_countersign(1000) == head
            heads.countersigned(countersign(head, kit.server_key), KIOSK, server_key)
            assert heads.to_countersign(1000) is None
    connection.close()
    return path


def verify(path: Path, identity: Identity) -> tuple[int, int]:
    """Events and countersigned heads, as `kiosk logs verify` looks at them."""
    connection = open_store(path)
    try:
        count = Journal(connection).verify()
        return count, Heads(connection).verify(KIOSK, identity.enrolled.server_public_key)
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
    happenings = [Happening(NOW, "device-state", "", {"device": "printer", "state": "offline"})] * 30
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
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    connection = open_store(file)
    Journal(connection).append([Happening(NOW, "kiosk-started")])
    assert Heads(connection).sign_when_due(KIOSK, Ed25519PrivateKey.generate(), NOW + 9 * HEAD_MS)
    connection.close()
    assert verify(file, identity) == (31, 2)


def test_a_store_of_the_first_schema_gets_its_table_of_heads(tmp_path: Path, identity: Identity) -> None:
    connection = open_store(tmp_path / "store.db")
    connection.execute("DROP TABLE journal_head")
    connection.execute("DELETE FROM _sqlite_migrations WHERE name LIKE '0002%'")
    connection.execute("PRAGMA user_version=1")
    connection.close()
    connection = open_store(tmp_path / "store.db")
    Journal(connection).append([Happening(NOW, "kiosk-started")])
    assert Heads(connection).sign_when_due(KIOSK, identity.signing_key, NOW)
    connection.close()
