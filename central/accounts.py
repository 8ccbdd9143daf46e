"""The ledger as numbers and as keys: what `central ledger` prints, and what a demonstration counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from central.console.shown import kiosks_shown, written_day
from central.ledger_match import in_doubt
from central.tables import LedgerMatch, StoredSubmission


@dataclass(frozen=True, slots=True)
class KioskAccount:
    """One kiosk: what it says it kept and heard acknowledged, and what the centre has of it."""

    kiosk: str
    kept: int
    acknowledged: int
    waiting: int
    """For the centre or for a person, in the kiosk."""
    ended: int
    """Returned to correct, or taken out by the kiosk's staff: nothing of it is to be in the centre."""
    in_centre: int
    """Accepted or decided."""
    matches: bool
    """Nothing is outstanding, and nothing in doubt."""
    match: str
    """`agrees`, `known` where it does but for what staff know of, `outstanding` while something waits there, or `differs`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One submission of the ledger, without its person."""

    key: str
    content_hash: str
    kiosk: str
    receipt_number: str
    item: str
    verdict: str
    acceptance_number: str
    submitted_at: datetime
    arrived_at: datetime
    practice: bool


@dataclass(frozen=True, slots=True)
class DayInDoubt:
    """A day of a kiosk that did not agree when it was compared last, with every id in doubt: of these staff do not know."""

    kiosk: str
    day: str
    """YYYY-MM-DD, of the receipt numbers."""
    acknowledged: int
    in_centre: int
    ids: dict[str, list[str]]
    """`missing`, `unexpected`, `different`, `doubled`."""


def accounts(engine: Engine, now: datetime) -> list[KioskAccount]:
    """One account a kiosk."""
    with engine.connect().execution_options(reading=True, one_moment=True) as connection:
        shown = kiosks_shown(connection, now)
    return [
        KioskAccount(
            kiosk=one.id,
            kept=one.kept,
            acknowledged=one.acknowledged,
            waiting=one.queue_depth,
            ended=one.ended,
            in_centre=one.in_centre,
            matches=one.match in ("agrees", "known"),
            match=one.match,
        )
        for one in shown
    ]


def days_in_doubt(engine: Engine) -> list[DayInDoubt]:
    """Kiosk by kiosk, latest first; until they agree, or staff know."""
    query = select(LedgerMatch.__table__).where(~LedgerMatch.agrees)
    with engine.connect().execution_options(reading=True) as connection:
        rows = connection.execute(query.order_by(LedgerMatch.kiosk, LedgerMatch.day.desc())).all()
    return [
        DayInDoubt(row.kiosk, written_day(row.day), row.acknowledged, row.in_centre, ids)
        for row in rows
        if (ids := in_doubt(row.ids, row.known))
    ]


def entries(engine: Engine) -> list[Entry]:
    """Every submission, in the order of arrival."""
    columns = (
        StoredSubmission.key,
        StoredSubmission.content_hash,
        StoredSubmission.kiosk,
        StoredSubmission.receipt_number,
        StoredSubmission.item,
        StoredSubmission.verdict,
        StoredSubmission.acceptance_number,
        StoredSubmission.submitted_at,
        StoredSubmission.arrived_at,
        StoredSubmission.practice,
    )
    with engine.connect().execution_options(reading=True) as connection:
        rows = connection.execute(select(*columns).order_by(StoredSubmission.arrived_at, StoredSubmission.key)).mappings()
        return [Entry(**row) for row in rows]
