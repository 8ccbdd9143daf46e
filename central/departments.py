"""The one seam between the centre and the departments behind it; a hall replaces the sandbox with its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from central.examination import Decision
from kiosk.catalogue.model import Item
from offline_cache.wire import Applicant, Credential, EnquiryRecord, Submission


class Departments(Protocol):
    """What the departments answer; every call may raise `Refused` (closed, nothing found) and may be made twice."""

    def enquire(self, item: Item, applicant: Applicant, answers: Mapping[str, str], at: datetime) -> EnquiryRecord:
        """The applicant's record; raises NOTHING_FOUND, or DEPARTMENT_CLOSED with when to come back."""
        ...

    def examine(self, item: Item, submission: Submission, at: datetime) -> Decision:
        """What becomes of a submission; may be asked twice with the same key, and must not count it twice."""
        ...

    def resolve_credential(self, token: bytes, symbology: str, at: datetime) -> Credential:
        """Whom a 亮码 token stands for, once; raises CREDENTIAL_UNKNOWN, _USED or _EXPIRED."""
        ...
