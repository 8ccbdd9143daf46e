"""Draining a night's submissions into the reference centre, over a socket, by the kiosk's own sender.

The centre runs as a program of its own; the store is on the disk. One-by-one is the same sender with batches of one.
"""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.processes import end
from offline_cache.centre import Centre
from offline_cache.identity import Enrolled, Identity
from offline_cache.key import new_key
from offline_cache.receipt_number import ReceiptNumber
from offline_cache.reports import AnswerArrived, Report, Vitals
from offline_cache.sender import Sender
from offline_cache.sending import Setup
from offline_cache.settings import CentreSettings, StoreSettings
from offline_cache.store import Store
from offline_cache.tables import Tables
from offline_cache.wire import Enrolment, Verdict, canonical

CENTRAL = (sys.executable, "-m", "central")
LONGEST_SECONDS = 600.0
ITEM = "SA-001"
ANSWERS = {
    "child_name": "虚构·买买提测试",
    "child_sex": "male",
    "born_on": "2026-11-30",
    "hospital": "示例",
    "applicant_name": "虚构·买买提测试",
    "other_parent": "虚构·买买提测试",
    "other_parent_id": "369999194906120025",
    "phone": "13800138000",
    "follow": "father",
    "insure": "yes",
    "card": "yes",
}
PROMISED = "结婚证或生育情况声明"
"""What the item lets follow later."""


@dataclass(frozen=True, slots=True)
class Drained:
    """How it went."""

    microseconds: float
    """For each submission."""
    memory_early_mb: float
    """Resident, when a tenth was sent."""
    memory_late_mb: float


@contextmanager
def reference_centre(directory: Path, kiosk: str) -> Iterator[tuple[str, Identity]]:
    """Its address, and a kiosk enrolled at it."""
    data = ("--data", str(directory / "centre"))
    code = subprocess.run(
        [*CENTRAL, "enrolment-code", *data, "--kiosk", kiosk, "--zone", "social-insurance", "--json"],
        stdout=subprocess.PIPE,
        check=True,
    )
    centre = subprocess.Popen(
        [*CENTRAL, "serve", *data, "--port", "0", "--practice", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert centre.stdout is not None
        url = next(json.loads(line)["url"] for line in centre.stdout if line.startswith(b"{"))
        key = Ed25519PrivateKey.generate()
        public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
        request = Enrolment(code=json.loads(code.stdout)["code"], public_key=public, clock=datetime.now(UTC))
        yield url, Identity(Enrolled.of(Centre(CentreSettings(url=url), None).enrol(request).model_dump()), key)
    finally:
        end(centre)


def drain(directory: Path, url: str, identity: Identity, count: int, batch: int) -> Drained:
    """Keep so many first, then send them in batches of this size until the last is answered."""
    stored, centre = StoreSettings(directory=directory, max_records=1_000_000), CentreSettings(url=url, batch_records=batch)
    store = Store(stored, identity)
    store.call(lambda tables: _keep_many(tables, identity, count)).result()
    done = threading.Event()
    heard = 0
    early = 0.0

    def hear(report: Report) -> None:
        nonlocal heard, early
        if isinstance(report, AnswerArrived):
            assert report.answer.verdict is Verdict.ACCEPTED, report.answer.corrections
            heard += 1
            if heard == max(count // 10, 1):
                early = resident_mb()
            if heard == count:
                done.set()

    setup = Setup(stored, centre, identity.enrolled.server_public_key, lambda: Vitals("1", practice=True))
    sender = Sender(store, Centre(centre, identity), setup, hear)
    began = time.perf_counter()
    sender.start()
    arrived = done.wait(LONGEST_SECONDS)
    seconds, late = time.perf_counter() - began, resident_mb()
    sender.stop(60)
    store.stop()
    if not arrived:
        raise RuntimeError(f"only {heard} of {count} were answered within {LONGEST_SECONDS:g} s")
    return Drained(seconds * 1_000_000 / count, early, late)


def drain_apart(directory: Path, url: str, identity: Identity, count: int, batch: int) -> Drained:
    """The same in a fresh process, so that its memory is that of keeping and sending alone."""
    directory.mkdir()
    identity.save(directory)
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process:
        return process.submit(_drain_saved, directory, url, count, batch).result()


def _drain_saved(directory: Path, url: str, count: int, batch: int) -> Drained:
    return drain(directory, url, Identity.load(directory), count, batch)


class SendingKiosk:
    """A kiosk that keeps one after the other and sends each at once; its threads are its own."""

    def __init__(self, directory: Path, url: str, identity: Identity) -> None:
        self.kept = self.accepted = 0
        self._identity = identity
        stored, centre = StoreSettings(directory=directory), CentreSettings(url=url)
        self._store = Store(stored, identity)
        setup = Setup(stored, centre, identity.enrolled.server_public_key, lambda: Vitals("1", practice=True))
        self._sender = Sender(self._store, Centre(centre, identity), setup, self._hear)
        self._sender.start()

    def keep(self) -> None:
        """One more; returns at once."""
        key, now = new_key(), datetime.now(UTC)
        self.kept += 1
        self._store.keep(key, now.date(), _composed(self._identity, key, now), lambda _: None)

    def stop(self) -> None:
        """After the request under way."""
        self._sender.stop(60)
        self._store.stop()

    def _hear(self, report: Report) -> None:
        self.accepted += isinstance(report, AnswerArrived) and report.answer.verdict is Verdict.ACCEPTED


def _keep_many(tables: Tables, identity: Identity, count: int) -> None:
    now = datetime.now(UTC)
    for _ in range(count):
        key = new_key()
        tables.outbox.keep(key, now.date(), _composed(identity, key, now), now_ms=1)


def _composed(identity: Identity, key: str, at: datetime) -> Callable[[int], bytes]:
    """A complete application of a fictional person."""
    enrolled = identity.enrolled
    content = {
        "schema_version": 1,
        "key": key,
        "kiosk": enrolled.kiosk,
        "item": ITEM,
        "catalogue_version": "1",
        "submitted_at": at.isoformat(),
        "applicant": {"proof": "card", "name": "虚构·买买提测试", "number": "369999194906120025", "document": "resident"},
        "answers": ANSWERS,
        "promises": [{"material": PROMISED, "due": at.date().isoformat()}],
        "consent_version": "2026-1",
        "progress_token": secrets.token_urlsafe(24),
        "practice": True,
    }
    return lambda serial: canonical(
        {**content, "receipt_number": str(ReceiptNumber(enrolled.area, enrolled.kiosk, at.date(), serial))}
    )


def resident_mb() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1_000_000
