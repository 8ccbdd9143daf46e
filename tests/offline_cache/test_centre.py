from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import socket
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from http_message_signatures import HTTPMessageVerifier, InvalidSignature, MappingKeyResolver
from http_message_signatures.algorithms import ED25519

from offline_cache.answer_reading import Answer, error_of, read_answer, retry_after_seconds
from offline_cache.centre import Centre, Outgoing
from offline_cache.errors import (
    AnswerCut,
    CentreBusy,
    CentreError,
    CentreFailed,
    CentreHung,
    CentreUnreachable,
    ContentConflict,
    ContentRefused,
    ContentTooLarge,
    KioskUnknown,
    NotEnrolled,
    NothingFound,
    NotTheCentre,
)
from offline_cache.identity import Enrolled
from offline_cache.wire import (
    Applicant,
    Credential,
    CredentialRequest,
    EnquiryRequest,
    Enrolment,
    Heartbeat,
    HeartbeatAnswer,
    Rating,
    SubmissionAnswers,
    Verdict,
)

KEY = "0190d2c0-0000-7000-8000-000000000001"
CONTENT = b'{"a":"\xe5\xa5\xbd"}'
ONE = Outgoing(KEY, hashlib.sha256(CONTENT).hexdigest(), CONTENT)
HTML = {"Content-Type": "text/html"}


@pytest.fixture
def centre(ledger: Any, kit: Any) -> Centre:
    return Centre(kit.quick(ledger.url), kit.make_identity())


def test_no_text_of_an_answer_outlives_it() -> None:
    body = json.dumps({"name": "王测试", "number": "369999199001010015", "document": "resident"}).encode()
    answer = Answer(200, {"Content-Type": "application/json"}, body)
    first, second = (read_answer(answer, Credential, datetime.now(UTC)) for _ in range(2))
    # One that something remembers is the very same when it is read again.
    assert first.name is not second.name
    assert first.number is not second.number


def test_what_a_newer_centre_says_besides_is_passed_over() -> None:
    headers, now = {"Content-Type": "application/json"}, datetime.now(UTC)
    page = json.dumps({"clock": now.isoformat(), "catalogue_version": "7", "weather": {"rain": True}}).encode()
    assert read_answer(Answer(200, headers, page), HeartbeatAnswer, now).catalogue_version == "7"
    settled = {"key": KEY, "content_hash": "0" * 64, "verdict": "later", "counter": 3}
    assert read_answer(Answer(200, headers, json.dumps({"answers": [settled], "took_ms": 1}).encode()), SubmissionAnswers, now)
    refused = json.dumps({"code": "content-refused", "message": "", "see": "elsewhere"}).encode()
    assert isinstance(error_of(Answer(400, headers, refused), now), ContentRefused)


@dataclass
class Message:
    method: str
    url: str
    headers: dict[str, str]


def verified(ledger: Any, kit: Any, got: Any) -> Any:
    key = kit.make_identity().signing_key.public_key()
    verifier = HTTPMessageVerifier(
        signature_algorithm=ED25519, key_resolver=MappingKeyResolver(public_keys={"k03-1": key}, private_keys={})
    )
    components = ("@method", "@target-uri", "content-digest", "idempotency-key")
    (result,) = verifier.verify(
        Message(got.method, ledger.url + got.path, got.headers), require_components=components, body=got.body
    )
    return result


def test_a_submission_is_answered_with_its_key_and_hash(centre: Centre, ledger: Any) -> None:
    answers = centre.submit([ONE])
    assert answers[KEY].verdict is Verdict.ACCEPTED
    assert ledger.ledger == {KEY: {"a": "好"}}
    assert ledger.got.get(timeout=5).headers["idempotency-key"] == KEY


def test_a_batch_has_an_idempotency_key_of_its_own(centre: Centre, ledger: Any) -> None:
    other = Outgoing(KEY[:-1] + "2", ONE.content_hash, CONTENT)
    assert set(centre.submit([ONE, other])) == {KEY, other.key}
    assert ledger.got.get(timeout=5).headers["idempotency-key"] not in (KEY, other.key)


def test_requests_are_signed_and_the_signature_covers_what_was_sent(centre: Centre, ledger: Any, kit: Any) -> None:
    centre.submit([ONE])
    got = ledger.got.get(timeout=5)
    result = verified(ledger, kit, got)
    assert result.parameters["keyid"] == "k03-1"
    assert result.parameters["alg"] == "ed25519"
    assert "tag" not in result.parameters
    assert abs(int(result.parameters["created"]) - datetime.now(UTC).timestamp()) < 60
    assert result.nonce
    got.body += b" "
    with pytest.raises(InvalidSignature):
        verified(ledger, kit, got)


def test_no_two_signatures_share_a_nonce(centre: Centre, ledger: Any, kit: Any) -> None:
    for _ in range(3):
        centre.submit([ONE])
    assert len({verified(ledger, kit, ledger.got.get(timeout=5)).nonce for _ in range(3)}) == 3


def test_a_request_without_content_is_signed_as_well(centre: Centre, ledger: Any, kit: Any) -> None:
    with pytest.raises(NothingFound):
        centre.submission(KEY)
    assert verified(ledger, kit, ledger.got.get(timeout=5)).parameters["keyid"] == "k03-1"


LONG = {"key": KEY, "content_hash": ONE.content_hash, "verdict": "accepted", "acceptance_number": "A" * 41}
REDIRECT = b"HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
FAULTS: list[tuple[str, Any, type[CentreError]]] = [
    ("200 with HTML", {"body": b"<html>sign in</html>", "headers": HTML}, NotTheCentre),
    ("200 with JSON of something else", {"body": b'{"hello": 1}'}, NotTheCentre),
    ("200 with half a JSON", {"body": b'{"answers": ['}, NotTheCentre),
    ("200 without an echo", {"body": b'{"answers": []}'}, NotTheCentre),
    ("200 with a number that is longer than any", {"body": json.dumps({"answers": [LONG]}).encode()}, NotTheCentre),
    ("204 without anything", {"status": 204, "body": b"", "headers": {}}, NotTheCentre),
    ("302 to a sign-in page", {"status": 302, "headers": {"Location": "http://127.0.0.1:9/login"}}, NotTheCentre),
    ("302 to a place in GBK", {"raw": REDIRECT % "http://登录.example/认证".encode("gbk")}, NotTheCentre),
    ("302 to no place", {"raw": REDIRECT % b"http://[::1/login"}, NotTheCentre),
    ("304 nobody asked for", {"status": 304, "body": b"", "headers": {}}, NotTheCentre),
    ("403 of a proxy", {"status": 403, "body": b"<html>blocked</html>", "headers": HTML}, NotTheCentre),
    ("404 of a web server", {"status": 404, "body": b"<html>not found</html>", "headers": HTML}, NotTheCentre),
    ("413 of a gateway", {"status": 413, "body": b"<html>too large</html>", "headers": HTML}, ContentTooLarge),
    ("429", {"status": 429, "headers": {"Retry-After": "7"}}, CentreBusy),
    ("500", {"status": 500}, CentreFailed),
    ("511 of a portal", {"status": 511, "body": b"<html>sign in</html>", "headers": HTML}, NotTheCentre),
    ("502 with HTML", {"status": 502, "body": b"<html>bad gateway</html>", "headers": HTML}, CentreFailed),
    ("503", {"status": 503}, CentreBusy),
    ("hanging", {"hang": True}, CentreHung),
    ("dropped before a byte", {"drop": True}, AnswerCut),
    ("cut in its head", {"raw": b"HTTP/1.1 200 OK\r\nContent-Ty"}, NotTheCentre),
    (
        "cut in its content",
        {"raw": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"},
        AnswerCut,
    ),
    ("cut in a chunk", {"raw": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{"}, AnswerCut),
    ("a chunk of less than no bytes", {"raw": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n{"}, NotTheCentre),
    ("no HTTP at all", {"raw": b"SSH-2.0-OpenSSH_9.2\r\n"}, AnswerCut),
]
"""What happened → what the centre does → the name it gets."""


@pytest.mark.parametrize(("fault", "named"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_each_fault_has_its_name(centre: Centre, ledger: Any, kit: Any, fault: dict[str, Any], named: type[CentreError]) -> None:
    ledger.script["submissions"] = [kit.reply(**fault)]
    impatient = Centre(kit.quick(ledger.url, read_timeout_seconds=0.2), kit.make_identity())
    with pytest.raises(CentreError) as trouble:
        (impatient if named is CentreHung else centre).submit([ONE])
    assert type(trouble.value) is named
    assert kit.number not in str(trouble.value)
    assert centre.submit([ONE])[KEY].verdict is Verdict.ACCEPTED


REFUSALS = [
    (400, ContentRefused),
    (401, KioskUnknown),
    (403, KioskUnknown),
    (404, NothingFound),
    (409, ContentConflict),
    (410, NothingFound),
    (413, ContentTooLarge),
    (415, ContentRefused),
    (422, ContentConflict),
    (429, CentreBusy),
    (500, CentreFailed),
    (503, CentreBusy),
]


@pytest.mark.parametrize(("status", "named"), REFUSALS)
def test_each_refusal_has_its_name_and_keeps_the_centres_code(
    centre: Centre, ledger: Any, kit: Any, status: int, named: type[CentreError]
) -> None:
    ledger.script["submissions"] = [kit.refusal(status, "told-why")]
    with pytest.raises(CentreError) as trouble:
        centre.submit([ONE])
    assert type(trouble.value) is named
    assert trouble.value.refusal == "told-why"


def test_an_echo_with_another_hash_is_no_answer(centre: Centre, ledger: Any, kit: Any) -> None:
    said = {"answers": [{"key": KEY, "content_hash": "0" * 64, "verdict": "accepted"}]}
    ledger.script["submissions"] = [kit.reply(body=json.dumps(said).encode())]
    with pytest.raises(NotTheCentre):
        centre.submit([ONE])


@pytest.mark.parametrize("order", [1, -1])
def test_two_answers_for_one_submission_that_differ_are_none(centre: Centre, ledger: Any, kit: Any, order: int) -> None:
    other = Outgoing(KEY[:-1] + "2", ONE.content_hash, CONTENT)
    said = [{"key": KEY, "content_hash": ONE.content_hash, "verdict": verdict} for verdict in ("accepted", "rejected")]
    twice = [{"key": other.key, "content_hash": other.content_hash, "verdict": "accepted"}] * 2
    ledger.script["submissions"] = [kit.reply(body=json.dumps({"answers": [*said[::order], *twice]}).encode())]
    assert centre.submit([ONE, other]).keys() == {other.key}


@pytest.mark.parametrize("next_seq", [-5, 0, 10**30])
def test_a_next_event_that_cannot_be_is_no_answer(centre: Centre, ledger: Any, kit: Any, next_seq: int) -> None:
    ledger.script["events"] = [kit.reply(body=json.dumps({"next_seq": next_seq}).encode())]
    with pytest.raises(NotTheCentre):
        centre.report_events(())


def test_a_portals_page_has_taken_no_rating(centre: Centre, ledger: Any, kit: Any) -> None:
    rating = Rating(token="A" * 22, item="SB-01", level=4)
    ledger.script["ratings"] = [kit.reply(body=b"<html>sign in</html>", headers=HTML)]
    with pytest.raises(NotTheCentre):
        centre.rate(rating)
    centre.rate(rating)


def test_an_attachment_that_is_there_to_its_end_and_not_whole_is_not_sent_on(centre: Centre, ledger: Any, kit: Any) -> None:
    page = bytes(300_000)
    digest = hashlib.sha256(page).hexdigest()
    said = {"sha256": digest, "received": len(page), "whole": False}
    ledger.script["blobs"] = [kit.reply(body=json.dumps(said).encode())]
    with pytest.raises(NotTheCentre):
        centre.send_blob(digest, page)
    assert ledger.got.qsize() == 1


def test_a_closed_port_is_unreachable(kit: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    centre = Centre(kit.quick(f"http://127.0.0.1:{port}"), kit.make_identity())
    with pytest.raises(CentreUnreachable):
        centre.submit([ONE])
    assert not centre.knock()


def test_an_open_port_answers_a_knock_without_a_request(centre: Centre, ledger: Any) -> None:
    assert centre.knock()
    assert ledger.got.empty()


def test_an_answer_that_is_too_large_is_not_read_to_its_end(ledger: Any, kit: Any) -> None:
    ledger.script["submissions"] = [kit.reply(body=b" " * 50_000)]
    centre = Centre(kit.quick(ledger.url, max_answer_bytes=1000), kit.make_identity())
    with pytest.raises(NotTheCentre):
        centre.submit([ONE])


CHUNKED = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
DROPS = {
    "status line": (b"HTTP/1.1 200 ", b"x"),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "headers": (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
    "content": (CHUNKED % b"200 OK", b"1\r\n \r\n"),
    "content to the end": (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", b" "),
    "a redirect's content": (CHUNKED % b"302 Found\r\nLocation: /login", b"1\r\n \r\n"),
}


@pytest.mark.parametrize("which", DROPS)
def test_an_answer_in_drops_is_given_up_after_the_whole_time(kit: Any, which: str) -> None:
    begun, drop = DROPS[which]
    done = threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        connection.recv(65_536)
        with contextlib.suppress(OSError):
            connection.sendall(begun)
            for _ in range(150):
                connection.sendall(drop)
                if done.wait(0.02):
                    break
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        dripping = threading.Thread(target=drip, args=(server,))
        dripping.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        centre = Centre(kit.quick(url, total_timeout_seconds=0.3), kit.make_identity())
        with pytest.raises(CentreHung):
            centre.submit([ONE])
        done.set()
        dripping.join()
    assert not [one for one in threading.enumerate() if one.name == "time-limit"]


def test_a_kiosk_without_identity_asks_nothing(ledger: Any, kit: Any) -> None:
    with pytest.raises(NotEnrolled):
        Centre(kit.quick(ledger.url), None).submit([ONE])
    assert ledger.got.empty()


def test_enrolment_is_the_only_call_without_a_signature(ledger: Any, kit: Any) -> None:
    enrolled = kit.make_identity().enrolled
    ledger.script["enrolments"] = [kit.reply(201, json.dumps(asdict(enrolled)).encode())]
    request = Enrolment(code="ONE-TIME", public_key=base64.b64encode(bytes(32)).decode(), clock=datetime.now(UTC))
    assert Enrolled.of(Centre(kit.quick(ledger.url), None).enrol(request).model_dump()) == enrolled
    assert "signature" not in ledger.got.get(timeout=5).headers


def test_a_used_enrolment_code_is_told_by_the_centres_own_code(ledger: Any, kit: Any) -> None:
    ledger.script["enrolments"] = [kit.refusal(409, "enrolment-code-used")]
    request = Enrolment(code="ONE-TIME", public_key="", clock=datetime.now(UTC))
    with pytest.raises(ContentConflict) as trouble:
        Centre(kit.quick(ledger.url), None).enrol(request)
    assert trouble.value.refusal == "enrolment-code-used"


def test_a_catalogue_comes_with_its_etag_or_not_at_all(centre: Centre, ledger: Any, kit: Any) -> None:
    body = json.dumps({"version": "1", "catalogue": {}, "signature": ""}).encode()
    ledger.script["catalogue"] = [
        kit.reply(body=body, headers={"Content-Type": "application/json", "ETag": '"e1"'}),
        kit.reply(304, b"", {}),
    ]
    fetched = centre.catalogue()
    assert fetched is not None
    assert (fetched[0].version, fetched[1]) == ("1", '"e1"')
    assert centre.catalogue('"e1"') is None
    ledger.got.get(timeout=5)
    assert ledger.got.get(timeout=5).headers["if-none-match"] == '"e1"'


def test_an_enquiry_is_asked_by_its_item(centre: Centre, ledger: Any, kit: Any) -> None:
    record = {
        "item": "SB-02",
        "title_zh": "参保证明",
        "title_en": "Certificate",
        "rows": [],
        "issued_at": "2026-11-23T08:00:00+08:00",
    }
    ledger.script["enquiries"] = [kit.reply(body=json.dumps(record).encode())]
    applicant = Applicant(proof="card", name=kit.name, number=kit.number, document="resident")
    assert centre.enquire("SB-02", EnquiryRequest(applicant=applicant)).title_zh == "参保证明"
    assert ledger.got.get(timeout=5).path == "/api/v1/enquiries/SB-02"


def test_a_used_token_is_told_apart_from_an_unknown_kiosk(centre: Centre, ledger: Any, kit: Any) -> None:
    ledger.script["credentials"] = [kit.refusal(410, "credential-used")]
    with pytest.raises(NothingFound) as trouble:
        centre.resolve(CredentialRequest(token="AAAA"))
    assert trouble.value.refusal == "credential-used"


def test_a_heartbeat_teaches_the_centres_time(ledger: Any, kit: Any) -> None:
    slow = lambda: datetime.now(UTC) - timedelta(hours=1)  # noqa: E731 - a clock that is an hour late
    centre = Centre(kit.quick(ledger.url), kit.make_identity(), clock=slow)
    centre.beat(Heartbeat(version="1", clock=slow(), devices=(), queue_depth=0, disk_free_bytes=1))
    assert abs(centre.clock_offset_ms - 3_600_000) < 5000
    centre.submit([ONE])
    ledger.got.get(timeout=5)
    sent = json.loads(ledger.got.get(timeout=5).body)
    assert abs(sent["clock_offset_ms"] - 3_600_000) < 5000


@pytest.mark.parametrize("slow_by", [timedelta(0), timedelta(hours=1)])
def test_a_kiosk_that_stood_still_over_a_heartbeats_answer_knows_no_other_time_for_it(
    ledger: Any, kit: Any, slow_by: timedelta
) -> None:
    stood_still = [timedelta(0)]
    clock = lambda: datetime.now(UTC) - slow_by + stood_still[0]  # noqa: E731 - as the centre takes it
    centre = Centre(kit.quick(ledger.url), kit.make_identity(), clock=clock)
    beat = Heartbeat(version="1", clock=clock(), devices=(), queue_depth=0, disk_free_bytes=1)
    centre.beat(beat)
    before = centre.clock_offset

    def stops(_got: Any) -> None:
        stood_still[0] = timedelta(minutes=20)

    ledger.always = stops
    centre.beat(beat)
    assert abs(centre.clock_offset - before) < timedelta(minutes=1)  # half the stop is ten


def test_a_stale_signature_is_mended_by_the_refusals_own_date(ledger: Any, kit: Any) -> None:
    centre = Centre(kit.quick(ledger.url), kit.make_identity(), clock=lambda: datetime(1970, 1, 1, tzinfo=UTC))
    ledger.script["submissions"] = [kit.refusal(401, "request-stale")]
    with pytest.raises(KioskUnknown):
        centre.submit([ONE])
    centre.submit([ONE])
    ledger.got.get(timeout=5)
    assert verified(ledger, kit, ledger.got.get(timeout=5)).parameters["keyid"] == "k03-1"


@pytest.mark.parametrize("clock", ["9999-12-31T23:59:59.9Z", "0001-01-01T00:00:00+08:00"])
def test_a_heartbeats_answer_of_another_age_is_no_answer(centre: Centre, ledger: Any, clock: str) -> None:
    ledger.orders = {"clock": clock}
    with pytest.raises(NotTheCentre):
        centre.beat(Heartbeat(version="1", clock=datetime.now(UTC), devices=(), queue_depth=0, disk_free_bytes=1))
    assert centre.submit([ONE])[KEY].verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("told", ["Fri, 31 Dec 9999 23:59:59 -0100", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 32 Dec 2026", ""])
def test_a_refusals_date_of_another_age_teaches_no_time(centre: Centre, ledger: Any, kit: Any, told: str) -> None:
    ledger.script["submissions"] = [kit.reply(raw=STALE % (told.encode(), len(STALE_WORDS), STALE_WORDS))]
    with pytest.raises(KioskUnknown):
        centre.submit([ONE])
    assert centre.clock_offset_ms == 0
    assert centre.submit([ONE])[KEY].verdict is Verdict.ACCEPTED


STALE = b"HTTP/1.1 401 No\r\nConnection: close\r\nDate: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
STALE_WORDS = b'{"code": "request-stale", "message": "no"}'


def test_a_proxy_of_the_environment_is_not_used(ledger: Any, kit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    assert Centre(kit.quick(ledger.url), kit.make_identity()).submit([ONE])


def test_cookies_of_whoever_answers_are_not_kept(centre: Centre, ledger: Any, kit: Any) -> None:
    ledger.script["submissions"] = [kit.reply(500, headers={"Set-Cookie": "spy=1"})]
    with pytest.raises(CentreFailed):
        centre.submit([ONE])
    centre.submit([ONE])
    ledger.got.get(timeout=5)
    assert "cookie" not in ledger.got.get(timeout=5).headers


NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("9" * 40, 999_999_999.0),
        ("1-Jan-26 00:00:00 99999999999999999999", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value: str, seconds: float | None) -> None:
    assert retry_after_seconds(value, NOW) == seconds


def test_a_date_to_come_back_at_is_read_by_the_clock_of_whoever_tells_it() -> None:
    told = {"Date": format_datetime(NOW, usegmt=True), "Retry-After": format_datetime(NOW + timedelta(seconds=90), usegmt=True)}
    busy = error_of(Answer(503, told, b""), datetime(1970, 1, 1, tzinfo=UTC))
    assert isinstance(busy, CentreBusy)
    assert busy.retry_after_seconds == 90.0
