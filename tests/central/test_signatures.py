"""Who may speak: every way in which a signature can be wrong is refused by its own name."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.centre import Centre
from central.enrolment import revoke
from tests.central.conftest import PATIENCE_SECONDS, at_the_same_moment

BEAT = {"version": "1", "clock": "2026-11-23T12:00:00+08:00", "devices": [], "queue_depth": 0, "disk_free_bytes": 1}


def test_a_signed_request_is_let_in(signing_kiosk: Any) -> None:
    seen = signing_kiosk.get("/api/v1/catalogue")
    assert seen.status_code == 200, seen.text[:200]
    assert signing_kiosk.post("/api/v1/heartbeats", json.dumps(BEAT)).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unsigned_request_is_refused(signing_kiosk: Any, method: str) -> None:
    path = "/api/v1/catalogue" if method == "GET" else "/api/v1/submissions"
    answer = signing_kiosk.http.request(method, signing_kiosk.url + path)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature-missing")


def test_a_key_that_was_never_enrolled_is_unknown(signing_kiosk: Any) -> None:
    answer = signing_kiosk.get("/api/v1/catalogue", key_id="key-00000000000000000000000000000000")
    assert (answer.status_code, answer.json()["code"]) == (401, "kiosk-unknown")


def test_another_private_key_under_a_known_id_is_refused(signing_kiosk: Any) -> None:
    signing_kiosk.key = Ed25519PrivateKey.generate()
    answer = signing_kiosk.get("/api/v1/catalogue")
    assert (answer.status_code, answer.json()["code"]) == (401, "signature-invalid")


def test_the_same_signed_request_a_second_time_is_a_replay(signing_kiosk: Any) -> None:
    request = signing_kiosk.request("POST", "/api/v1/heartbeats", json.dumps(BEAT).encode())
    assert signing_kiosk.http.send(request).status_code == 200
    answer = signing_kiosk.http.send(request)
    assert (answer.status_code, answer.json()["code"]) == (401, "request-replayed")


def test_of_many_replays_at_the_same_moment_one_is_let_in(signing_kiosk: Any) -> None:
    request = signing_kiosk.request("GET", "/api/v1/catalogue")
    with httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False, verify=False) as http:
        codes = at_the_same_moment([lambda: http.get(request.url, headers=request.headers).status_code] * 8)
    assert sorted(codes) == [200] + [401] * 7


@pytest.mark.parametrize("minutes", [-5.1, 5.1, -60 * 24, 60 * 24 * 365 * 40])
def test_a_signature_made_too_early_or_too_late_is_stale(signing_kiosk: Any, minutes: float) -> None:
    answer = signing_kiosk.get("/api/v1/catalogue", created=signing_kiosk.clock() + timedelta(minutes=minutes))
    assert (answer.status_code, answer.json()["code"]) == (401, "request-stale")


@pytest.mark.parametrize("minutes", [-4.9, 4.9])
def test_a_kiosk_whose_clock_is_a_little_off_is_let_in(signing_kiosk: Any, minutes: float) -> None:
    answer = signing_kiosk.get("/api/v1/catalogue", created=signing_kiosk.clock() + timedelta(minutes=minutes))
    assert answer.status_code == 200


def test_a_body_other_than_the_signed_one_is_refused(signing_kiosk: Any) -> None:
    request = signing_kiosk.request("POST", "/api/v1/heartbeats", json.dumps(BEAT).encode())
    tampered = json.dumps({**BEAT, "queue_depth": 9}).encode()
    headers = [(name, value) for name, value in request.headers.items() if name != "content-length"]
    answer = signing_kiosk.http.post(request.url, headers=headers, content=tampered)
    assert (answer.status_code, answer.json()["code"]) == (401, "digest-wrong")


@pytest.mark.parametrize("header", ["idempotency-key", "content-digest"])
def test_a_signed_header_that_was_changed_is_refused(signing_kiosk: Any, header: str) -> None:
    request = signing_kiosk.request("POST", "/api/v1/heartbeats", json.dumps(BEAT).encode())
    request.headers[header] = "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"
    answer = signing_kiosk.http.send(request)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature-invalid")


def test_a_signature_for_another_address_is_refused(signing_kiosk: Any) -> None:
    request = signing_kiosk.request("GET", "/api/v1/catalogue")
    answer = signing_kiosk.http.get(str(request.url) + "?zone=tax", headers=request.headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature-invalid")


@pytest.mark.parametrize(
    "covered",
    [
        ("@method", "@target-uri"),
        ("@method", "@target-uri", "content-digest"),
        ("@method", "content-digest", "idempotency-key"),
        ("@target-uri", "content-digest", "idempotency-key"),
    ],
)
def test_a_signature_that_leaves_a_part_uncovered_is_refused(signing_kiosk: Any, covered: tuple[str, ...]) -> None:
    answer = signing_kiosk.post("/api/v1/heartbeats", json.dumps(BEAT), covered=covered)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature-invalid")


@pytest.mark.parametrize("nonce", ["", "short", "x" * 65])
def test_a_signature_without_a_proper_nonce_is_refused(signing_kiosk: Any, nonce: str) -> None:
    answer = signing_kiosk.get("/api/v1/catalogue", nonce=nonce)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature-invalid")


GARBAGE = (
    ("", ""),
    ("sig", "sig"),
    ("sig=()", "sig=::"),
    ('sig=("@method");created=1', "sig=:AAAA:"),
    ('sig=("@method");created="now";keyid="k"', "sig=:AAAA:"),
    ('sig=("@nothing" "@method" "@target-uri");created=1795406400;keyid="k";nonce="12345678"', "sig=:AAAA:"),
    ("\xff\xfe", "\xff"),
    ("a=();b=" * 400, "x"),
)


def test_garbage_for_a_signature_is_refused_by_name(signing_kiosk: Any) -> None:
    for told, signature in GARBAGE:
        headers = {"signature-input": told.encode("latin-1"), "signature": signature.encode("latin-1")}
        answer = signing_kiosk.http.get(signing_kiosk.url + "/api/v1/catalogue", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["code"] in ("signature-invalid", "request-stale", "kiosk-unknown")


def test_a_revoked_kiosk_is_refused_and_its_heartbeat_told_to_wipe(signing_kiosk: Any, centre: Centre) -> None:
    assert revoke(centre.engine, "K03", centre.clock)
    answer = signing_kiosk.get("/api/v1/catalogue")
    assert (answer.status_code, answer.json()["code"]) == (403, "kiosk-revoked")
    order = signing_kiosk.post("/api/v1/heartbeats", json.dumps(BEAT))
    assert order.status_code == 200
    assert order.json()["revoked"] is True


def test_old_nonces_are_forgotten_only_when_they_could_no_longer_be_fresh(signing_kiosk: Any, count: Any) -> None:
    signing_kiosk.get("/api/v1/catalogue", created=signing_kiosk.clock() + timedelta(minutes=4.9))
    signing_kiosk.clock.advance(minutes=9)
    signing_kiosk.post("/api/v1/heartbeats", json.dumps(BEAT))
    assert count("nonces") == 2
    signing_kiosk.clock.advance(minutes=3)
    signing_kiosk.post("/api/v1/heartbeats", json.dumps(BEAT))
    assert count("nonces") == 2, "the first is forgotten, two heartbeats remain"


def test_too_large_a_body_is_refused_before_it_is_read(signing_kiosk: Any) -> None:
    answer = signing_kiosk.post("/api/v1/heartbeats", b"x" * (256 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "content-too-large")


def test_a_body_without_a_length_is_given_up_when_it_grows_too_large(signing_kiosk: Any) -> None:
    answer = signing_kiosk.http.post(signing_kiosk.url + "/api/v1/heartbeats", content=(b"x" * 65536 for _ in range(8)))
    assert (answer.status_code, answer.json()["code"]) == (413, "content-too-large")


def test_compressed_content_is_refused_by_name(signing_kiosk: Any) -> None:
    answer = signing_kiosk.post("/api/v1/heartbeats", b"x", headers={"content-encoding": "gzip"})
    assert (answer.status_code, answer.json()["code"]) == (415, "encoding-unsupported")
