"""The departments as a sandbox: answers for fictional people only, and for nobody else."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Engine, select, update

from central.clock import seconds_until_open
from central.database import upsert
from central.examination import Decision, examine
from central.people import PEOPLE, FictionalPerson, has_records
from central.refusal import Refused, Why
from central.sandbox_records import rows_for
from central.tables import CredentialToken
from kiosk.catalogue.model import Item, Kind
from offline_cache.wire import Applicant, Credential, EnquiryRecord, Submission

TOKEN_PREFIX = "GFT-DEMO-"  # noqa: S105 - no secret: how demo tokens are told from real ones


class Sandbox:
    """`Departments` for people who do not exist; tokens live in the centre's database, so any worker resolves them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def enquire(self, item: Item, applicant: Applicant, answers: Mapping[str, str], at: datetime) -> EnquiryRecord:
        """A plausible record, the same each time; a printed one carries a code to check it by."""
        del answers
        wait_seconds = seconds_until_open(item.hours, at)
        if wait_seconds:
            raise Refused(Why.DEPARTMENT_CLOSED, f"open {item.hours}", retry_after_seconds=wait_seconds)
        if not has_records(applicant.number):
            raise Refused(Why.NOTHING_FOUND)
        return EnquiryRecord(
            item=item.code,
            title_zh=item.name.zh,
            title_en=item.name.en,
            rows=rows_for(item, applicant),
            issued_at=at,
            verification_code=_verification_code(item, applicant, at) if item.kind is Kind.PRINT else "",
        )

    def examine(self, item: Item, submission: Submission, at: datetime) -> Decision:
        """By the catalogue's own form and rules."""
        return examine(item, submission, at)

    def resolve_credential(self, token: bytes, symbology: str, at: datetime) -> Credential:
        """Once: the token is marked as used in the statement that finds it."""
        del symbology
        hashed = hashlib.sha256(token.strip()).hexdigest()
        fresh = (CredentialToken.token_hash == hashed, CredentialToken.used_at.is_(None), CredentialToken.expires_at > at)
        with self._engine.begin() as connection:
            use = update(CredentialToken).where(*fresh).values(used_at=at).returning(CredentialToken.person)
            person = connection.execute(use).scalar_one_or_none()
            if person is not None:
                return PEOPLE[person].credential
            known = select(CredentialToken.used_at).where(CredentialToken.token_hash == hashed)
            row = connection.execute(known).one_or_none()
        if row is None:
            raise Refused(Why.CREDENTIAL_UNKNOWN)
        raise Refused(Why.CREDENTIAL_USED if row[0] is not None else Why.CREDENTIAL_EXPIRED)

    def new_token(self, person: FictionalPerson, at: datetime, valid_for: timedelta = timedelta(hours=24)) -> str:
        """A 亮码 token for one use: what the phone's screen would show."""
        token = TOKEN_PREFIX + secrets.token_urlsafe(18)
        with self._engine.begin() as connection:
            hashed = hashlib.sha256(token.encode()).hexdigest()
            row = upsert(connection, CredentialToken).values(token_hash=hashed, person=person.key, expires_at=at + valid_for)
            connection.execute(row)
        return token


def _verification_code(item: Item, applicant: Applicant, at: datetime) -> str:
    """Sixteen letters of a digest, in fours: short enough to type, and telling nothing."""
    digest = hashlib.sha256(f"{item.code}|{applicant.number}|{at.isoformat()}".encode()).hexdigest()[:16].upper()
    return "-".join(digest[start : start + 4] for start in range(0, 16, 4))
