"""The ledger on the console's page: the latest submissions, earlier pages, and the one of a receipt number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy import Connection, func, select

from central.tables import StoredSubmission
from kiosk.catalogue.model import Catalogue, Text
from offline_cache.wire import SubmissionAnswer

LEDGER_ROWS = 12
LAST_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Sought:
    """Which submissions to show."""

    number: str = ""
    """A receipt number; empty for all."""
    page: int = 1

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Sought:
        """From the URL; nothing in it can be wrong enough to fail."""
        number = query.get("number", "").replace("\0", "").strip().upper()[:64]
        return cls(number, page_number(query.get("ledger_page", "")))

    def url(self, page: int) -> str:
        """The address of another page."""
        query = urlencode({name: value for name, value in (("number", self.number), ("ledger_page", page)) if value})
        return f"/console?{query}#ledger"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One submission, without its person."""

    receipt_number: str
    acceptance_number: str
    kiosk: str
    item: Text
    code: str
    state: str
    submitted_at: datetime
    arrived_at: datetime
    practice: bool


def ledger_shown(connection: Connection, catalogue: Catalogue, sought: Sought) -> tuple[list[LedgerRow], bool, int]:
    """One page of the submissions sought, latest first; whether an earlier page follows; and how many there are in all."""
    columns = (
        StoredSubmission.receipt_number,
        StoredSubmission.acceptance_number,
        StoredSubmission.kiosk,
        StoredSubmission.item,
        StoredSubmission.answer,
        StoredSubmission.submitted_at,
        StoredSubmission.arrived_at,
        StoredSubmission.practice,
    )
    query = select(*columns).order_by(StoredSubmission.arrived_at.desc(), StoredSubmission.key.desc())
    if sought.number:
        query = query.where(StoredSubmission.receipt_number == sought.number)
    found = connection.execute(query.limit(LEDGER_ROWS + 1).offset((sought.page - 1) * LEDGER_ROWS)).all()
    rows = [
        LedgerRow(receipt, acceptance, kiosk, _item_name(catalogue, code), code, _verdict(answer), submitted, arrived, practice)
        for receipt, acceptance, kiosk, code, answer, submitted, arrived, practice in found[:LEDGER_ROWS]
    ]
    return rows, len(found) > LEDGER_ROWS, connection.execute(select(func.count()).select_from(StoredSubmission)).scalar_one()


def page_number(text: str) -> int:
    """From 1 to LAST_PAGE; 1 for whatever is no number."""
    digits = text[:9]
    return max(1, min(int(digits), LAST_PAGE)) if digits.isascii() and digits.isdigit() else 1


def _item_name(catalogue: Catalogue, code: str) -> Text:
    item = catalogue.item(code)
    return item.name if item else Text(zh=code or "-", en=code or "-")


def _verdict(answer: str) -> str:
    """A key of the texts."""
    told = SubmissionAnswer.model_validate_json(answer)
    if told.approved is None:
        return told.verdict.value
    return "approved" if told.approved else "not_approved"
