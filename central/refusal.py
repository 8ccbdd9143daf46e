"""Everything the centre refuses, by name: the codes never change, kiosks and people's notes rely on them."""

from __future__ import annotations

from enum import Enum

from offline_cache.wire import Refusal


class Why(Enum):
    """HTTP status, code, and the sentence for whoever reads the log."""

    SIGNATURE_MISSING = 401, "signature-missing", "The request is not signed."
    KIOSK_UNKNOWN = 401, "kiosk-unknown", "No kiosk is enrolled with this key."
    SIGNATURE_INVALID = 401, "signature-invalid", "The signature does not fit the request."
    REQUEST_STALE = 401, "request-stale", "The signature was made more than five minutes before or after now."
    REQUEST_REPLAYED = 401, "request-replayed", "This signed request was received before."
    DIGEST_WRONG = 401, "digest-wrong", "The content is not the one whose digest was signed."
    KIOSK_REVOKED = 403, "kiosk-revoked", "This kiosk was revoked: it must wipe its key and stop."
    ENROLMENT_CODE_UNKNOWN = 403, "enrolment-code-unknown", "No such enrolment code was given out."
    ENROLMENT_CODE_USED = 409, "enrolment-code-used", "This enrolment code was used by another machine."
    ENROLMENT_CODE_EXPIRED = 410, "enrolment-code-expired", "This enrolment code has expired."
    CONTENT_REFUSED = 400, "content-refused", "The content cannot be read as what this call takes."
    CONTENT_TOO_LARGE = 413, "content-too-large", "The content is larger than this call takes."
    ENCODING_UNSUPPORTED = 415, "encoding-unsupported", "The content must be sent as it is, without Content-Encoding."
    CONTENT_CONFLICT = 422, "content-conflict", "The same key came before with another content."
    ATTACHMENT_DIFFERS = 409, "attachment-differs", "The attachment is not what its name says: its sha256 is another."
    CHAIN_BROKEN = 409, "chain-broken", "An event does not follow the one before it; it was kept aside."
    NOTHING_FOUND = 404, "nothing-found", "There is no such record."
    ITEM_UNKNOWN = 404, "item-unknown", "The catalogue has no such item."
    ITEM_NOT_ASKED_HERE = 400, "item-not-asked-here", "This item is submitted, not enquired."
    ANSWERS_WRONG = 400, "answers-wrong", "The answers do not fit the item's form."
    DEPARTMENT_CLOSED = 503, "department-closed", "The department's data source is closed now."
    CREDENTIAL_UNKNOWN = 404, "credential-unknown", "The code stands for nobody."
    CREDENTIAL_USED = 410, "credential-used", "The code was used before; a fresh one must be shown."
    CREDENTIAL_EXPIRED = 410, "credential-expired", "The code has expired; a fresh one must be shown."
    PLACE_UNKNOWN = 404, "place-unknown", "There is nothing at this address."
    METHOD_NOT_ALLOWED = 405, "method-not-allowed", "This address does not take this method."
    STORE_UNAVAILABLE = 503, "store-unavailable", "The centre's database does not answer."
    CENTRE_FAILED = 500, "centre-failed", "The centre made a mistake; it is in its log."

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.value[0]

    @property
    def code(self) -> str:
        """The code that never changes."""
        return self.value[1]

    @property
    def sentence(self) -> str:
        """What it means."""
        return self.value[2]


class Refused(Exception):
    """A request that is refused; `detail` never holds anything personal."""

    def __init__(self, why: Why, detail: str = "", *, retry_after_seconds: float | None = None) -> None:
        super().__init__(f"{why.code}: {detail}" if detail else why.code)
        self.why = why
        self.detail = detail
        self.retry_after_seconds = retry_after_seconds

    def as_refusal(self) -> Refusal:
        """The body to answer with."""
        message = f"{self.why.sentence} ({self.detail})" if self.detail else self.why.sentence
        return Refusal(code=self.why.code, message=message, retry_after_seconds=self.retry_after_seconds)
