"""HTTP with the centre, and nothing else: one keep-alive session a thread, every failure one of our errors by name.

Blocks; called from the sending thread and the asking thread, never from the GUI's. The HTTP libraries are loaded with the
first request, on the thread that makes it: they take as long to load as the kiosk's first screen takes to draw.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from offline_cache.answer_reading import Answer, AnyModel, error_of, read_answer
from offline_cache.errors import (
    AnswerCut,
    CentreError,
    CentreHung,
    CentreUnreachable,
    CertificateRefused,
    CertificateUntimely,
    ContentTooLarge,
    KioskUnknown,
    NotEnrolled,
    NotTheCentre,
)
from offline_cache.identity import Identity
from offline_cache.key import new_key
from offline_cache.settings import CentreSettings
from offline_cache.wire import (
    BlobTaken,
    Credential,
    CredentialRequest,
    EnquiryRecord,
    EnquiryRequest,
    Enrolled,
    Enrolment,
    EventLine,
    Events,
    EventsTaken,
    Heartbeat,
    HeartbeatAnswer,
    LedgerDay,
    LedgerMatched,
    Rating,
    SignedCatalogue,
    SignedHead,
    SignedSettings,
    SubmissionAnswer,
    SubmissionAnswers,
)

if TYPE_CHECKING:
    import requests
    from pydantic import BaseModel

    from offline_cache.connections import OneConnection
    from offline_cache.signing import RequestSigner

JSON = "application/json"
CLOCK_TOLERANCE = timedelta(seconds=60)
"""A refused request teaches us the centre's time only when the clocks differ by more."""
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""What can be a clock's time, however wrong: with a later one taken for the centre's, no request could be dated any more."""
CHUNK_BYTES = 65_536
BLOB_PART_BYTES, LEAST_PART_BYTES = 256 * 1024, 16 * 1024
"""Of an attachment in one request, over a good line and over a bad one: so much is sent again at most when the line breaks."""
NOT_YET_VALID, EXPIRED = 9, 10
"""`verify_code` of Python's ssl: X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL's x509_vfy.h."""
NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG")
"""`reason` of Python's ssl (OpenSSL's sslerr.h) where what came is no TLS, as a portal's page."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One submission as it travels: its key, its hash, its canonical content."""

    key: str
    content_hash: str
    content: bytes

    def line(self, clock_offset_ms: int) -> bytes:
        """A `wire.Envelope` in one line, with the content's very bytes."""
        head = f'{{"key":"{self.key}","content_hash":"{self.content_hash}","clock_offset_ms":{clock_offset_ms},"content":'
        return head.encode() + self.content + b"}\n"


class Centre:
    """The centre as this kiosk knows it; safe to share between threads."""

    def __init__(
        self, settings: CentreSettings, identity: Identity | None, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._identity = identity
        self._sessions = threading.local()
        self._part_bytes = self._most_part_bytes = BLOB_PART_BYTES
        self.clock_offset = timedelta(milliseconds=identity.enrolled.clock_offset_ms if identity else 0)
        """Centre's clock less the kiosk's, as last heard."""

    @property
    def clock_offset_ms(self) -> int:
        """`clock_offset` in ms, as it travels with submissions."""
        return self.clock_offset // timedelta(milliseconds=1)

    # --- calls ---------------------------------------------------------------------------------------------------

    def enrol(self, enrolment: Enrolment) -> Enrolled:
        """Make this kiosk known with a one-time code; the only call without a signature."""
        return self._ask("POST", "enrolments", Enrolled, enrolment, signed=False)

    def catalogue(self, etag: str = "") -> tuple[SignedCatalogue, str] | None:
        """The published catalogue, unverified, and its ETag; None when it is still the one with this ETag."""
        return self._published("catalogue", SignedCatalogue, etag)

    def settings(self, etag: str = "") -> tuple[SignedSettings, str] | None:
        """What the centre sets for this kiosk, unverified, and its ETag; None when it is still the one with this ETag."""
        return self._published("settings", SignedSettings, etag)

    def _published(self, path: str, model: type[AnyModel], etag: str) -> tuple[AnyModel, str] | None:
        answer = self._exchange("GET", path, headers={"If-None-Match": etag} if etag else {})
        if answer.status == 304 and etag:
            return None
        return read_answer(answer, model, self._clock()), answer.headers.get("ETag", "")

    def submit(self, batch: Sequence[Outgoing]) -> dict[str, SubmissionAnswer]:
        """Send submissions; the answers that echo a key *and* hash of the batch, by key; two that differ are none.

        Raises NotTheCentre when none does.
        """
        body = b"".join(one.line(self.clock_offset_ms) for one in batch)
        key = batch[0].key if len(batch) == 1 else new_key()
        answer = self._exchange("POST", "submissions", body, "application/x-ndjson", key)
        hashes = {one.key: one.content_hash for one in batch}
        told = read_answer(answer, SubmissionAnswers, self._clock()).answers
        ours = [one for one in told if hashes.get(one.key) == one.content_hash]
        echoed = {one.key: one for one in ours}
        for one in ours:
            if echoed.get(one.key, one) != one:
                del echoed[one.key]
        if not echoed:
            raise NotTheCentre("an answer that echoes nothing of what was sent")
        return echoed

    def send_blob(self, sha256: str, blob: bytes, go_on: Callable[[], bool] = lambda: True) -> bool:
        """Send an attachment under its hash, part by part, from where the centre has it; True when it has it whole.

        `go_on` is asked before each further part; what was taken is not sent again another time. Raises ContentConflict
        when the bytes are not what the hash says.
        """
        total = len(blob)
        taken = self._put_part(sha256, f"bytes */{total}", b"") if total > self._part_bytes else None
        at, sent = taken.received if taken is not None else 0, False
        while taken is None or not taken.whole:
            if sent and not go_on():
                return False
            if at >= total:
                raise NotTheCentre("all of an attachment, and not whole")
            part = blob[at : at + self._part_bytes]
            try:
                taken = self._put_part_in_time(sha256, f"bytes {at}-{at + len(part) - 1}/{total}", part)
            except ContentTooLarge as error:  # of the centre's, or of a gateway that takes only smaller requests
                if error.refusal or len(part) <= LEAST_PART_BYTES:
                    raise
                self._part_bytes = self._most_part_bytes = max(LEAST_PART_BYTES, len(part) // 4)
                continue
            if not taken.whole and not at < taken.received < total:
                raise NotTheCentre("an attachment's part that the centre did not take")
            at, sent = taken.received, True
        return True

    def _put_part_in_time(self, sha256: str, content_range: str, part: bytes) -> BlobTaken:
        """A line that does not carry a part in time is given smaller ones, until it is quick again."""
        began = time.monotonic()
        try:
            taken = self._put_part(sha256, content_range, part)
        except (CentreHung, AnswerCut):
            self._part_bytes = max(LEAST_PART_BYTES, self._part_bytes // 4)
            raise
        if time.monotonic() - began < self._settings.read_timeout_seconds / 4:
            self._part_bytes = min(self._most_part_bytes, self._part_bytes * 2)
        return taken

    def _put_part(self, sha256: str, content_range: str, part: bytes) -> BlobTaken:
        """`Content-Range` of RFC 9110 §14.4; `bytes */n` with nothing asks how much is there."""
        answer = self._exchange(
            "PUT", f"blobs/{sha256}", part, "application/octet-stream", headers={"Content-Range": content_range}
        )
        taken = read_answer(answer, BlobTaken, self._clock())
        if taken.sha256 != sha256:
            raise NotTheCentre("an answer for another attachment")
        return taken

    def submission(self, key: str) -> SubmissionAnswer:
        """Where a submission stands; raises NothingFound when the centre never got it."""
        answer = self._ask("GET", f"submissions/{quote(key, safe='')}", SubmissionAnswer)
        if answer.key != key:
            raise NotTheCentre("an answer for another submission")
        return answer

    def enquire(self, item: str, request: EnquiryRequest) -> EnquiryRecord:
        """Ask a department for a person's record, now."""
        return self._ask("POST", f"enquiries/{quote(item, safe='')}", EnquiryRecord, request)

    def resolve(self, request: CredentialRequest) -> Credential:
        """Ask whom a scanned token stands for; it can be asked once."""
        return self._ask("POST", "credentials/resolve", Credential, request)

    def report_events(self, lines: Sequence[EventLine], head: SignedHead | None = None) -> EventsTaken:
        """Send a run of events and a signed head; an empty run asks what comes next.

        Raises ContentConflict when the chain or the head does not fit what the centre has.
        """
        return self._ask("POST", "events", EventsTaken, Events(events=tuple(lines), head=head))

    def match_ledger(self, told: LedgerDay) -> LedgerMatched:
        """Hold a day of ours against the centre's ledger."""
        matched = self._ask("POST", "ledger-matches", LedgerMatched, told)
        if matched.day != told.day:
            raise NotTheCentre("an answer for another day")
        return matched

    def rate(self, rating: Rating) -> None:
        """Send one rating; its own token keeps it from counting twice."""
        answer = self._exchange("POST", "ratings", rating.model_dump_json().encode(), JSON)
        if answer.status != 202:  # what the centre answers, without any content: a portal's page with a 200 took nothing
            raise error_of(answer, self._clock())

    def beat(self, heartbeat: Heartbeat) -> HeartbeatAnswer:
        """Tell how this kiosk is, and hear its orders and the centre's time."""
        sent_at = self._clock()
        answer = self._ask("POST", "heartbeats", HeartbeatAnswer, heartbeat)
        if answer.clock.tzinfo is None or not EARLIEST <= answer.clock < LATEST:
            raise NotTheCentre("a heartbeat's answer without a time zone, or of another age")
        heard_at = self._clock()
        # The nearest that fits: a kiosk that stood still between the two has no other time than before.
        self.clock_offset = min(max(self.clock_offset, answer.clock - heard_at), answer.clock - sent_at)
        return answer

    def knock(self) -> bool:
        """True when the centre's port takes a connection; asks nothing, so even many kiosks may knock often."""
        parts = urlsplit(self._settings.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            socket.create_connection((parts.hostname or "", port), self._settings.connect_timeout_seconds).close()
        except OSError:
            return False
        return True

    # --- one exchange --------------------------------------------------------------------------------------------

    def _ask(
        self, method: str, path: str, model: type[AnyModel], message: BaseModel | None = None, *, signed: bool = True
    ) -> AnyModel:
        body = b"" if message is None else message.model_dump_json().encode()
        answer = self._exchange(method, path, body, JSON if message is not None else "", signed=signed)
        return read_answer(answer, model, self._clock())

    def _exchange(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        content_type: str = "",
        key: str = "",
        *,
        headers: dict[str, str] | None = None,
        signed: bool = True,
    ) -> Answer:
        url = f"{self._settings.url}/api/v1/{path}"
        sent = {"Accept": JSON, **(headers or {})}
        if content_type:
            sent["Content-Type"] = content_type
        if signed:
            moment = self._clock() + self.clock_offset
            sent.update(self._signer.headers(method, url, body, key or new_key(), moment, sent.get("Content-Range", "")))
        answer = self._send(method, url, body, sent)
        self._learn_time(answer)
        if 300 <= answer.status < 400 and answer.status != 304:
            raise NotTheCentre(f"{answer.status}: the centre never redirects")
        return answer

    @cached_property
    def _signer(self) -> RequestSigner:
        from offline_cache.signing import RequestSigner

        if self._identity is None:
            raise NotEnrolled("this kiosk has no identity: run `kiosk enrol`")
        return RequestSigner(self._identity.signing_key, self._identity.enrolled.key_id)

    def _send(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        import requests
        import urllib3.exceptions

        from offline_cache.connections import TimeLimit

        whole_seconds = self._settings.total_timeout_seconds
        timeouts = (self._settings.connect_timeout_seconds, self._settings.read_timeout_seconds)
        session, connection = self._session()
        with TimeLimit(whole_seconds, connection) as limit:
            try:
                with session.request(
                    method, url, data=body or None, headers=headers, timeout=timeouts, allow_redirects=False, stream=True
                ) as response:
                    answer = Answer(response.status_code, response.headers, self._whole(response))
            except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as failure:
                if not limit.over:  # a ValueError is what the library makes of a chunk of less than no bytes
                    raise named(failure) from failure
        if limit.over:  # what a cut connection leaves may look like a whole answer
            raise CentreHung(f"no end of the answer within {whole_seconds:g} s")
        return answer

    def _whole(self, response: requests.Response) -> bytes:
        whole = bytearray()
        for chunk in response.iter_content(CHUNK_BYTES):
            whole += chunk
            if len(whole) > self._settings.max_answer_bytes:
                raise NotTheCentre(f"an answer of more than {self._settings.max_answer_bytes} bytes")
        return bytes(whole)

    def _learn_time(self, answer: Answer) -> None:
        """A clock gone astray makes every signature stale: take the centre's time from the refusal's own Date."""
        if answer.status != 401 or not isinstance(error_of(answer, self._clock()), KioskUnknown):
            return
        try:
            told = parsedate_to_datetime(answer.headers.get("Date", "")).astimezone(UTC)
        except (ValueError, OverflowError):
            return
        offset = told - self._clock()
        if EARLIEST <= told < LATEST and abs(offset - self.clock_offset) > CLOCK_TOLERANCE:
            self.clock_offset = offset

    def _session(self) -> tuple[requests.Session, OneConnection]:
        known: tuple[requests.Session, OneConnection] | None = getattr(self._sessions, "known", None)
        if known is None:
            known = self._sessions.known = _new_session(self._settings)
        return known


def _new_session(settings: CentreSettings) -> tuple[requests.Session, OneConnection]:
    from http.cookiejar import DefaultCookiePolicy

    import requests.cookies

    from offline_cache.connections import OneConnection, adapter

    if settings.ca_file is not None and not settings.ca_file.exists():
        raise CertificateRefused("`ca_file` is not there")

    class Session(requests.Session):
        """Looks at no redirect: a portal's may name a place in GBK, or none at all, and have no end."""

        def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002 - named as the library names it
            return None

    session = Session()
    session.trust_env = False  # or REQUESTS_CA_BUNDLE and proxies of the environment would overrule the settings
    session.verify = str(settings.ca_file) if settings.ca_file else True
    session.headers.update({"User-Agent": "kiosk", "Accept-Encoding": "gzip"})
    session.cookies = requests.cookies.RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    connection = OneConnection()
    only = adapter(connection, settings.pinned_key)
    session.mount("http://", only)
    session.mount("https://", only)
    return session, connection


@cache
def _names() -> tuple[tuple[tuple[type[BaseException], ...], type[CentreError], str], ...]:
    """The first that occurs among a failure's causes names it."""
    import requests
    import urllib3.exceptions

    return (
        ((urllib3.exceptions.ConnectTimeoutError, urllib3.exceptions.NewConnectionError), CentreUnreachable, "no connection"),
        ((requests.Timeout, urllib3.exceptions.ReadTimeoutError, TimeoutError), CentreHung, "no answer in time"),
        (
            (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError),  # which of them, is a matter of the moment
            AnswerCut,
            "the connection ended before the answer did",
        ),
        ((requests.exceptions.SSLError, urllib3.exceptions.SSLError), CertificateRefused, "of another authority, name or key"),
        ((requests.exceptions.ContentDecodingError, urllib3.exceptions.DecodeError), NotTheCentre, "an encoding nobody can read"),
        (
            (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, urllib3.exceptions.ProtocolError),
            AnswerCut,
            "the connection ended before the answer did",
        ),
    )


def named(failure: Exception) -> CentreError:
    """The error that a failure of the HTTP library stands for; no text of the library goes on, for it holds the URL."""
    chain = _causes(failure)
    if any(getattr(one, "verify_code", 0) in (NOT_YET_VALID, EXPIRED) for one in chain):
        return CertificateUntimely("not valid at this kiosk's time")
    if any(isinstance(one, ssl.SSLError) and getattr(one, "reason", "") in NO_TLS for one in chain):
        return NotTheCentre("an answer without TLS")
    for kinds, error, detail in _names():
        if any(isinstance(one, kinds) for one in chain):
            return error(detail)
    return NotTheCentre(type(failure).__name__)


def _causes(failure: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    todo: list[object] = [failure]
    while todo:
        one = todo.pop()
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            todo += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found
