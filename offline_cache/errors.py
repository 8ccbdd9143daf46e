"""What can go wrong with what is kept or sent, by name; the codes never change.

CacheError
├── StoreError
│   ├── SqliteTooOld         sqlite-too-old           this SQLite may corrupt a WAL database (3.7.0–3.51.2)
│   ├── PragmaRefused        pragma-refused           WAL or synchronous=FULL did not take
│   ├── StoreDamaged         store-damaged            quick_check found damage
│   ├── StoreTooNew          store-too-new            made by a newer program than this
│   ├── StoreTooOld          store-too-old            made by an older program, and not brought up to date yet
│   ├── StoreForeign         store-foreign            another program's file, an empty one, or no file at all
│   ├── StoreFull            store-full               no room on the disk: nothing was kept
│   ├── StoreUnwritable      store-unwritable         the disk refused a write or is read-only: nothing was kept
│   ├── StoreInUse           store-in-use             another program already works on this store
│   ├── QueueFull            queue-full               the queue is at its limit of records or bytes
│   └── SubmissionTooLarge   submission-too-large     larger than one may be here: nothing was kept
├── VaultError
│   ├── KeyMissing           key-missing              the key file is not there while records need it
│   ├── KeyWrong             key-wrong                the key does not open the records
│   ├── KeyFixed             key-fixed                the key comes from the service manager and is changed there
│   ├── KeyStaysSealed       key-stays-sealed         the sealed key does not open on this machine
│   ├── KeyExposed           key-exposed              the key file can be read by others
│   ├── RecordDamaged        record-damaged           one record does not open, though its key is the right one
│   └── AttachmentLost       attachment-lost          what a submission names is not in the store any more
├── JournalBroken            journal-broken           the hash chain does not verify
├── ReplicaRefused           replica-refused          what the centre published does not verify or cannot be used
└── CentreError
    ├── CentreUnreachable    centre-unreachable       no connection, or none in time
    ├── CentreHung           centre-hung              connected, no answer in time
    ├── AnswerCut            answer-cut               the answer ended before its length
    ├── NotTheCentre         not-the-centre           an answer that is no answer: a portal's or proxy's page
    ├── CertificateRefused   certificate-refused      the server's certificate or key is not the centre's
    ├── CertificateUntimely  certificate-untimely     not valid at this kiosk's time: the clock or the certificate is wrong
    ├── CentreBusy           centre-busy              429 or 503, with or without Retry-After
    ├── CentreFailed         centre-failed            5xx
    ├── KioskUnknown         kiosk-unknown            401 or 403: not enrolled, revoked, or a signature refused
    ├── ContentConflict      content-conflict         409 or 422: the same key with another content
    ├── ContentTooLarge      content-too-large        413
    ├── ContentRefused       content-refused          400 and other 4xx: the centre cannot read or take what we sent
    ├── NothingFound         nothing-found            404 or 410: the centre has no such record (any more)
    └── NotEnrolled          not-enrolled             this kiosk has no identity yet
"""

from __future__ import annotations

from typing import ClassVar


class CacheError(Exception):
    """Known trouble: `code` for programs, `detail` for the technician, never anything personal."""

    code: ClassVar[str] = "cache-error"

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = detail


class StoreError(CacheError):
    """Trouble with the database on this kiosk's disk."""

    code = "store-error"


class SqliteTooOld(StoreError):
    """The SQLite at hand may corrupt a WAL database."""

    code = "sqlite-too-old"


class PragmaRefused(StoreError):
    """WAL or synchronous=FULL did not take."""

    code = "pragma-refused"


class StoreDamaged(StoreError):
    """The database's own check found damage."""

    code = "store-damaged"


class StoreTooNew(StoreError):
    """The store was made by a newer program than this."""

    code = "store-too-new"


class StoreTooOld(StoreError):
    """The store was made by an older program; the kiosk's next start brings it up to date."""

    code = "store-too-old"


class StoreForeign(StoreError):
    """What lies in the store's place is another program's, empty, or no file (a folder, a device): nothing was written."""

    code = "store-foreign"


class StoreFull(StoreError):
    """No room on the disk: nothing was kept."""

    code = "store-full"


class StoreUnwritable(StoreError):
    """The disk refused a write or is read-only: nothing was kept."""

    code = "store-unwritable"


class StoreInUse(StoreError):
    """Another program already works on this store."""

    code = "store-in-use"


class QueueFull(StoreError):
    """The queue is at its limit: nothing was kept."""

    code = "queue-full"


class SubmissionTooLarge(StoreError):
    """The submission with its pages is larger than the settings let one be: nothing was kept."""

    code = "submission-too-large"


class VaultError(CacheError):
    """Trouble with the key that opens what is at rest."""

    code = "vault-error"


class KeyMissing(VaultError):
    """The key file is not there while records need it."""

    code = "key-missing"


class KeyWrong(VaultError):
    """The key does not open the records."""

    code = "key-wrong"


class KeyFixed(VaultError):
    """The key comes from the service manager's credentials and can be changed only there."""

    code = "key-fixed"


class KeyStaysSealed(VaultError):
    """The key is sealed to a machine, and does not open on this one, as it is now."""

    code = "key-stays-sealed"


class KeyExposed(VaultError):
    """The key file can be read by others than its owner."""

    code = "key-exposed"


class RecordDamaged(VaultError):
    """One record does not open, though its key is the right one: its bytes were changed."""

    code = "record-damaged"


class AttachmentLost(VaultError):
    """Something attached to a submission is not in the store any more, though the submission names it."""

    code = "attachment-lost"


class JournalBroken(CacheError):
    """The hash chain does not verify; `seq` is the first event that is wrong or missing."""

    code = "journal-broken"

    def __init__(self, detail: str = "", seq: int = 0) -> None:
        super().__init__(detail)
        self.seq = seq


class ReplicaRefused(CacheError):
    """What the centre published does not verify or cannot be used: the copy in use stays."""

    code = "replica-refused"


class CentreError(CacheError):
    """Trouble between here and the centre; `refusal` is the centre's own code for it, where it gave one."""

    code = "centre-error"

    def __init__(self, detail: str = "", refusal: str = "") -> None:
        super().__init__(detail)
        self.refusal = refusal


class CentreUnreachable(CentreError):
    """No connection, or none in time."""

    code = "centre-unreachable"


class CentreHung(CentreError):
    """Connected, but no answer in time."""

    code = "centre-hung"


class AnswerCut(CentreError):
    """The answer ended before its length."""

    code = "answer-cut"


class NotTheCentre(CentreError):
    """An answer that is no answer: a captive portal's or a proxy's page."""

    code = "not-the-centre"


class CertificateRefused(CentreError):
    """The server's certificate is of another authority or for another name, or its key is not the pinned one."""

    code = "certificate-refused"


class CertificateUntimely(CentreError):
    """The centre's certificate is not valid at this kiosk's time: the clock or the certificate is wrong."""

    code = "certificate-untimely"


class CentreBusy(CentreError):
    """429 or 503; `retry_after_seconds` where the centre said when to come back."""

    code = "centre-busy"

    def __init__(self, detail: str = "", refusal: str = "", *, retry_after_seconds: float | None = None) -> None:
        super().__init__(detail, refusal)
        self.retry_after_seconds = retry_after_seconds


class CentreFailed(CentreError):
    """5xx: the centre's own fault."""

    code = "centre-failed"


class KioskUnknown(CentreError):
    """401 or 403: not enrolled, revoked, or the signature was refused; `refusal` tells which."""

    code = "kiosk-unknown"


class ContentConflict(CentreError):
    """409 or 422: the same key with another content."""

    code = "content-conflict"


class ContentTooLarge(CentreError):
    """413."""

    code = "content-too-large"


class ContentRefused(CentreError):
    """400 and other 4xx: the centre cannot read or take what we sent."""

    code = "content-refused"


class NothingFound(CentreError):
    """404 or 410: the centre has no such record (any more)."""

    code = "nothing-found"


class NotEnrolled(CentreError):
    """The kiosk has no identity yet: `kiosk enrol` makes one."""

    code = "not-enrolled"
