"""The centre, put together: one database, one catalogue, one set of departments, one clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from central.attachments import Attachments
from central.clock import Clock
from central.database import answer_in_time
from central.departments import Departments
from central.heartbeat import Pulse
from central.journal import Journal
from central.ledger import Ledger
from central.ledger_match import LedgerMatches
from central.publication import SigningKey, load_signing_key
from central.sandbox import Sandbox
from central.staff import StaffDoor
from kiosk.catalogue.model import Catalogue

if TYPE_CHECKING:
    from sqlalchemy import Engine


@dataclass(frozen=True, slots=True)
class Centre:
    """Everything a request may need; shared by all threads of a worker."""

    engine: Engine
    catalogue: Catalogue
    departments: Departments
    clock: Clock
    key: SigningKey
    ledger: Ledger
    attachments: Attachments
    matches: LedgerMatches
    journal: Journal
    pulse: Pulse
    staff: StaffDoor
    practice: bool = False
    """True for training and demonstration: fictional people only, and the console says so."""
    public_url: str = ""
    """What kiosks call, when a gateway in front changes scheme or host: `https://centre.example`."""


def open_centre(
    engine: Engine,
    catalogue: Catalogue,
    clock: Clock,
    *,
    departments: Departments | None = None,
    practice: bool = False,
    public_url: str = "",
) -> Centre:
    """Join the parts on a database that is up to date; without departments of its own it answers by the sandbox."""
    answer_in_time(engine)
    departments = departments or Sandbox(engine)
    key = load_signing_key(engine)
    return Centre(
        engine=engine,
        catalogue=catalogue,
        departments=departments,
        clock=clock,
        key=key,
        ledger=Ledger(engine, catalogue, departments, clock),
        attachments=Attachments(engine, clock),
        matches=LedgerMatches(engine, clock),
        journal=Journal(engine, clock, key),
        pulse=Pulse(engine, catalogue, clock),
        staff=StaffDoor(engine, clock),
        practice=practice,
        public_url=public_url.rstrip("/"),
    )
