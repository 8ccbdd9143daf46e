"""200 kiosks killed -9 while they keep and send: nothing a resident was told is lost, nothing counts twice."""

from __future__ import annotations

import hashlib
import os
import queue
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from offline_cache.centre import Centre
from offline_cache.database import open_read_only
from offline_cache.identity import Identity
from offline_cache.journal import Journal
from offline_cache.reports import AnswerArrived, Report, Vitals
from offline_cache.sender import Sender
from offline_cache.sending import Setup
from offline_cache.settings import StoreSettings
from offline_cache.store import Store

CYCLES = 200
STORES = int(os.environ.get("KILL_STORES", "1"))
"""Each is killed so many times; more of them for a night, for every start reads its whole store."""


@pytest.mark.parametrize("seed", range(20261123, 20261123 + STORES))
def test_nothing_is_lost_or_doubled_by_200_kills(on_disk: Path, identity: Identity, ledger: Any, kit: Any, seed: int) -> None:
    losses = iter(range(10**9))
    ledger.always = lambda got: kit.reply(drop=True, after=True) if "/submissions" in got.path and next(losses) % 2 == 1 else None
    done = subprocess.run(
        [sys.executable, "-m", "tests.offline_cache.kill_cycles", str(on_disk / "state"), ledger.url, str(CYCLES), str(seed)],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    told = [tuple(line.split()) for line in done.stdout.splitlines() if line.count(" ") == 2]
    assert len(told) > CYCLES, done.stderr
    drain(on_disk / "state", identity, ledger, kit)

    reading = open_read_only(on_disk / "state" / "store.db")
    rows = reading.execute("SELECT key, receipt_number, content_hash, state FROM outbox ORDER BY id").fetchall()
    assert reading.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert Journal(reading).verify() > 0
    orphans = "SELECT count(*) FROM attachment LEFT JOIN outbox ON outbox.id = submission WHERE outbox.key_id IS NULL"
    assert reading.execute(orphans).fetchone()[0] == 0, "a page outlived its submission"
    reading.close()
    kept = {row[0]: (row[1], row[2]) for row in rows}
    assert all(kept[key] == (number, digest) for key, number, digest in told), "a receipt without its row"
    assert {row[3] for row in rows} == {"acknowledged"}
    assert ledger.ledger.keys() == kept.keys(), "lost or invented"
    assert ledger.conflicts == []
    numbers = [content["receipt_number"] for content in ledger.ledger.values()]
    assert sorted(numbers) == sorted(number for number, _ in kept.values())
    assert len(set(numbers)) == len(numbers), "one receipt number for two submissions"
    named = [one["sha256"] for content in ledger.ledger.values() for one in content["attachments"]]
    assert named
    assert all(hashlib.sha256(ledger.blobs[name]).hexdigest() == name for name in named)
    assert len(ledger.deliveries) > len(ledger.ledger), "no answer was ever lost: the test tested nothing"


def drain(directory: Path, identity: Identity, ledger: Any, kit: Any) -> None:
    ledger.always = lambda _: None
    reports: queue.Queue[Report] = queue.Queue()
    settings, centre_settings = StoreSettings(directory=directory), kit.quick(ledger.url, read_timeout_seconds=10)
    store = Store(settings, identity)
    setup = Setup(settings, centre_settings, "", lambda: Vitals("1"))
    sender = Sender(store, Centre(centre_settings, identity), setup, reports.put)
    sender.start()
    while store.tally().depth:
        report = reports.get(timeout=60)
        assert not isinstance(report, AnswerArrived) or report.answer.acceptance_number
    assert sender.stop(60)
    store.stop()
