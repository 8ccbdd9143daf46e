"""A hall for tests: the reference centre on a real socket with this machine's clock, and kiosks enrolled at it, each behind
a line of its own that can fail."""

from __future__ import annotations

import queue
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, select

from central.application import create_application
from central.centre import Centre as CentreSide
from central.centre import open_centre
from central.clock import system_clock
from central.database import embedded_url, migrate, open_engine
from central.enrolment import Place, enrol, new_code
from central.tables import Serial, StoredSubmission
from kiosk.catalogue.loading import load_catalogue
from kiosk.catalogue.model import Catalogue
from offline_cache.centre import Centre
from offline_cache.emulated_line import EmulatedLine
from offline_cache.hall_time import hall_now
from offline_cache.identity import Enrolled, Identity
from offline_cache.key import new_key
from offline_cache.receipt_number import ReceiptNumber
from offline_cache.records import KeptRecord
from offline_cache.reports import AnswerArrived, Defect, Report, SubmissionHeld, Vitals
from offline_cache.sender import Sender
from offline_cache.sending import Setup
from offline_cache.settings import CentreSettings, StoreSettings
from offline_cache.store import Store
from offline_cache.wire import Enrolment, canonical
from tests.central.conftest import complete_answers, plain_application, public_key_text, serving

AREA, APPLICANT = "369999", "369999194906120025"
WAIT_SECONDS = 60.0
"""For what must come: row 5 of the plan gives a healed line this long."""
HANGING_SECONDS = 0.4
"""After which a line that hangs on purpose is given up."""


@dataclass(frozen=True, slots=True)
class Hall:
    """The centre's side."""

    centre: CentreSide
    url: str

    @property
    def engine(self) -> Engine:
        return self.centre.engine

    def identity(self, kiosk: str, key: Ed25519PrivateKey | None = None) -> Identity:
        """Enrolled as staff and machine do it."""
        key = key or Ed25519PrivateKey.generate()
        place = Place(kiosk, "social-insurance", "示例县政务服务中心", "Example County Service Hall", AREA)
        code = new_code(self.engine, place, timedelta(hours=1), self.centre.clock)
        request = Enrolment(code=code, public_key=public_key_text(key), hardware="test", clock=self.centre.clock())
        return Identity(
            Enrolled.of(enrol(self.engine, request, self.centre.key.public_bytes, self.centre.clock).model_dump()), key
        )

    def ledger(self) -> dict[str, tuple[str, str]]:
        """Key → (receipt number, acceptance number)."""
        columns = select(StoredSubmission.key, StoredSubmission.receipt_number, StoredSubmission.acceptance_number)
        with self.engine.connect().execution_options(reading=True) as connection:
            return {key: (receipt, acceptance) for key, receipt, acceptance in connection.execute(columns)}

    def effects(self) -> int:
        """How many acceptance numbers were ever given out: the effect that must not happen twice."""
        with self.engine.connect().execution_options(reading=True) as connection:
            return sum(connection.execute(select(Serial.last)).scalars())


@contextmanager
def open_hall(directory: Path) -> Iterator[Hall]:
    """A reference centre with its own database in the directory."""
    engine = open_engine(embedded_url(directory))
    migrate(engine)
    centre = open_centre(engine, load_catalogue(), system_clock, practice=True)
    try:
        with serving(create_application(centre)) as url:
            yield Hall(centre, url)
    finally:
        engine.dispose()


def composed(
    catalogue: Catalogue, kiosk: str, key: str, day: date, at: datetime, item: str = "", **changed: Any
) -> Callable[[int], bytes]:
    """A complete application of a fictional person, which the centre accepts; without an item, for one that asks for no paper."""
    item = item or plain_application(catalogue)
    content: dict[str, Any] = {
        "schema_version": 1,
        "key": key,
        "kiosk": kiosk,
        "item": item,
        "catalogue_version": "1",
        "submitted_at": at.isoformat(),
        "applicant": {"proof": "card", "name": "虚构·买买提测试", "number": APPLICANT, "document": "resident"},
        "answers": complete_answers(catalogue, item),
        "promises": [],
        "consent_version": "2026-1",
        "progress_token": secrets.token_urlsafe(24),
        "practice": True,
        **changed,
    }
    return lambda serial: canonical({**content, "receipt_number": str(ReceiptNumber(AREA, kiosk, day, serial))})


class HallKiosk:
    """Store, line and sender of one kiosk."""

    def __init__(
        self, hall: Hall, name: str, directory: Path, *, start: bool = True, acknowledged_days: int = 0, **chosen: Any
    ) -> None:
        self.name, self.hall = name, hall
        self.reports: queue.Queue[Report] = queue.Queue()
        self.told: dict[str, KeptRecord] = {}
        self.answered: set[str] = set()
        identity = hall.identity(name)
        self.line = EmulatedLine("127.0.0.1", int(hall.url.rpartition(":")[2]))
        stored = StoreSettings(directory=directory, acknowledged_days=acknowledged_days)
        centre = CentreSettings(url=self.line.url, **chosen)
        self.store = Store(stored, identity)
        setup = Setup(stored, centre, identity.enrolled.server_public_key, lambda: Vitals("1", practice=True))
        self.centre, self._asking = Centre(centre, identity), threading.Lock()
        send = self.centre._send

        def one_by_one(*asked: Any) -> Any:
            with self._asking:
                return send(*asked)

        self.centre._send = one_by_one  # type: ignore[method-assign] # told apart, and otherwise as it is
        self.give_up_soon(soon=False)
        self.sender = Sender(self.store, self.centre, setup, self.reports.put)
        if start:
            self.sender.start()

    def keep(self, count: int, at: datetime | None = None) -> list[str]:
        """Keep so many, as if at that moment; they are durable when this returns."""
        now = at or hall_now()
        done: queue.Queue[object] = queue.Queue()
        keys = [new_key() for _ in range(count)]
        for key in keys:
            self.store.keep(key, now.date(), composed(self.hall.centre.catalogue, self.name, key, now.date(), now), done.put)
        for _ in keys:
            heard = done.get(timeout=WAIT_SECONDS)
            assert isinstance(heard, KeptRecord), heard
            self.told[heard.key] = heard
        return keys

    def hear(self, fits: Callable[[Report], bool]) -> Report:
        """The next report that fits; answers that pass by are noted."""
        while True:
            report = self.reports.get(timeout=WAIT_SECONDS)
            assert not isinstance(report, Defect | SubmissionHeld), report
            if isinstance(report, AnswerArrived):
                self.answered.add(report.answer.key)
            if fits(report):
                return report

    def give_up_soon(self, *, soon: bool) -> None:
        """From the next request on: while the line hangs on purpose; else an answer is waited for as long as it takes."""
        seconds = HANGING_SECONDS if soon else WAIT_SECONDS
        with self._asking if soon else nullcontext():  # or one that is to be waited for would meet the line that hangs
            self.centre._settings = replace(
                self.centre._settings, read_timeout_seconds=seconds, total_timeout_seconds=2 * seconds
            )

    def drained(self) -> None:
        """Wait until the centre has answered all that was kept."""
        while self.told.keys() - self.answered:
            self.hear(lambda report: isinstance(report, AnswerArrived))

    def stop(self) -> None:
        self.line.up()
        assert self.sender.stop(WAIT_SECONDS)
        self.store.stop()
        self.line.stop()


def together(works: dict[str, Callable[[], None]]) -> dict[str, BaseException]:
    """Do them all at once, each on a thread of its own; what went wrong, by name."""
    with ThreadPoolExecutor(len(works)) as threads:
        doing = {name: threads.submit(work) for name, work in works.items()}
    return {name: trouble for name, done in doing.items() if (trouble := done.exception()) is not None}
