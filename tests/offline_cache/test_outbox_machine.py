"""The outbox as a state machine: keep, lease, send, lose answers, crash, in any order; the centre's ledger beside it."""

from __future__ import annotations

import os
import tempfile
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from offline_cache.database import open_store
from offline_cache.key import new_key
from offline_cache.outbox import Outbox
from offline_cache.records import Deferred, Leased, RecordState, Settled
from offline_cache.vault import Vault, VaultKey, key_id_of

KEY = bytes(range(32))
VAULT = Vault({key_id_of(KEY): VaultKey(KEY)}, key_id_of(KEY))
EXAMPLES = int(os.environ.get("OUTBOX_EXAMPLES", "200"))
TOLD_EVERY = 500
"""Lives between two lines that tell how far it is, seen with `pytest -s`."""
DAY = date(2026, 11, 23)
LEASE_MS = 1000


class OutboxMachine(RuleBasedStateMachine):
    """Acknowledged ⊆ rows ⊆ the centre's or waiting; nothing is lost, nothing has two numbers."""

    keys = Bundle("keys")
    batches = Bundle("batches")
    lives = 0

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        self.now = 1_795_000_000_000
        self.ledger: dict[str, str] = {}
        self.kept: dict[str, str] = {}
        self.settled: dict[str, RecordState] = {}
        self.open()

    def open(self) -> None:
        self.connection = open_store(Path(self.directory.name) / "store.db")
        self.outbox = Outbox(self.connection, VAULT, area="360821", kiosk="K03")
        self.outbox.release_all()

    def teardown(self) -> None:
        assert self.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        self.connection.close()
        self.directory.cleanup()
        OutboxMachine.lives += 1
        if OutboxMachine.lives % TOLD_EVERY == 0:
            print(f"{OutboxMachine.lives} of {EXAMPLES} lives")

    @rule(target=keys, days=st.sampled_from((0, 0, 0, -1, 1)))
    def keep(self, days: int) -> str:
        """Perhaps by a clock that is a day off."""
        key = new_key(self.now)
        record = self.outbox.keep(key, DAY + timedelta(days), lambda serial: f"{key} {serial}".encode(), now_ms=self.now)
        self.kept[key] = record.receipt_number
        return key

    @rule(key=keys)
    def keep_again(self, key: str) -> None:
        assert self.outbox.keep(key, DAY, lambda _: b"another", now_ms=self.now).receipt_number == self.kept[key]

    @rule(target=batches, count=st.integers(1, 4))
    def lease(self, count: int) -> tuple[Leased, ...]:
        leased = self.outbox.lease(count, 10**9, self.now, self.now + LEASE_MS)
        assert not {one.key for one in leased} & self.settled.keys()
        contents = self.outbox.contents(leased)
        assert all(contents[one.key].open().decode().split()[0] == one.key for one in leased)
        return leased

    @rule(target=batches)
    def lease_all(self) -> tuple[Leased, ...]:
        """Whatever is due is handed out; what was never put back is due whatever the clock says."""
        waiting = [
            row for row in self.outbox.review().rows(limit=10_000) if row.state in (RecordState.QUEUED, RecordState.LEASED)
        ]
        leased = self.lease(10_000)
        due = {row.key for row in waiting if row.next_try_at_ms <= self.now}
        assert due <= {one.key for one in leased} <= {row.key for row in waiting}
        assert len({one.key for one in leased}) == len(leased)
        return leased

    @rule(batch=batches, heard=st.booleans())
    def send(self, batch: tuple[Leased, ...], heard: bool) -> None:
        """The centre takes them, perhaps a second time; the answer may be lost."""
        for one in batch:
            assert self.ledger.setdefault(one.key, one.content_hash) == one.content_hash
        if heard:
            done = [Settled(one.key, one.content_hash, RecordState.ACKNOWLEDGED, "", f"A {one.key}") for one in batch]
            self.outbox.settle(done, self.now)
            overtaken = (None, RecordState.CANCELLED)  # what staff cancelled meanwhile is at the centre all the same
            fresh = [one.key for one in batch if self.settled.get(one.key) in overtaken]
            self.settled.update(dict.fromkeys(fresh, RecordState.ACKNOWLEDGED))

    @rule(batch=consumes(batches), wait=st.integers(0, 5000))
    def defer(self, batch: tuple[Leased, ...], wait: int) -> None:
        self.outbox.defer([Deferred(one.key, self.now + wait, "later") for one in batch])

    @rule(batch=batches)
    def reject(self, batch: tuple[Leased, ...]) -> None:
        self.outbox.settle([Settled(one.key, one.content_hash, RecordState.REJECTED, "no") for one in batch], self.now)
        self.settled.update({one.key: RecordState.REJECTED for one in batch if one.key not in self.settled})

    @rule(key=keys)
    def cancel(self, key: str) -> None:
        if self.outbox.review().cancel(key, "by staff", self.now):
            self.settled[key] = RecordState.CANCELLED

    @rule(wait=st.integers(-3000, 10_000))
    def time_passes(self, wait: int) -> None:
        self.now += wait

    @rule()
    def crash(self) -> None:
        self.connection.close()
        self.open()

    @invariant()
    def nothing_is_lost_and_the_numbers_agree(self) -> None:
        rows = {row.key: row for row in self.outbox.review().rows(limit=10_000)}
        assert rows.keys() == self.kept.keys()
        assert all(rows[key].receipt_number == number for key, number in self.kept.items())
        assert len({row.receipt_number for row in rows.values()}) == len(rows)
        for key, row in rows.items():
            assert row.state is self.settled.get(key, row.state)
            assert (key in self.settled) == (row.state not in (RecordState.QUEUED, RecordState.LEASED))
            assert row.erased == (row.state in (RecordState.ACKNOWLEDGED, RecordState.REJECTED))
            assert row.state is not RecordState.ACKNOWLEDGED or self.ledger[key] == row.content_hash
        tally = self.outbox.tally()
        assert (
            tally.kept == tally.waiting + tally.needs_person + tally.acknowledged + tally.rejected + tally.cancelled == len(rows)
        )
        assert tally.waiting == len(rows) - len(self.settled)
        waiting = [
            row.kept_at_ms for row in sorted(rows.values(), key=lambda row: row.receipt_number) if row.key not in self.settled
        ]
        assert tally.oldest_at_ms == (waiting[0] if waiting else None)


TestOutboxMachine = OutboxMachine.TestCase
TestOutboxMachine.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
