"""The kiosk's own client against the centre: both read the contract the same way."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.centre import Centre
from central.enrolment import Place, new_code, revoke
from central.people import PEOPLE
from central.sandbox import Sandbox
from offline_cache.centre import Centre as Client
from offline_cache.centre import Outgoing
from offline_cache.errors import ContentConflict, KioskUnknown, NothingFound
from offline_cache.identity import Enrolled, Identity, public_key_text
from offline_cache.settings import CentreSettings
from offline_cache.wire import (
    GENESIS,
    Applicant,
    CredentialRequest,
    EnquiryRequest,
    Enrolment,
    EventLine,
    Heartbeat,
    Rating,
    canonical,
    content_hash,
    event_hash,
)


@pytest.fixture
def client(centre: Centre, url: str, clock: Any) -> Client:
    """A kiosk enrolled through its own client."""
    settings = CentreSettings(url=url)
    key = Ed25519PrivateKey.generate()
    code = new_code(centre.engine, Place("K03", "tax", "厅", "Hall", "369999"), timedelta(hours=1), clock)
    enrolment = Enrolment(code=code, public_key=public_key_text(key), clock=clock() - timedelta(hours=3))
    enrolled = Client(settings, None, clock).enrol(enrolment)
    assert enrolled.clock_offset_ms == 3 * 3600 * 1000
    told = Enrolled.of(enrolled.model_dump() | {"clock_offset_ms": 0})
    return Client(settings, Identity(told, key), clock)


def outgoing(content: dict[str, Any]) -> Outgoing:
    return Outgoing(content["key"], content_hash(content), canonical(content))


def test_the_catalogue_comes_once_and_then_not_again(client: Client, catalogue: Any) -> None:
    first = client.catalogue()
    assert first is not None
    published, etag = first
    assert published.version == catalogue.version
    assert client.catalogue(etag) is None


def test_a_submission_that_never_came_is_not_found(client: Client) -> None:
    with pytest.raises(NothingFound):
        client.submission("01900000-0000-7000-8000-000000000000")


def test_a_batch_a_repeat_and_a_conflict(client: Client, new_kiosk: Any) -> None:
    with new_kiosk("K09", "tax") as shape:
        contents = [shape.submission(kiosk="K03") for _ in range(3)]
    batch = [outgoing(content) for content in contents]
    answers = client.submit(batch)
    assert {answer.verdict.value for answer in answers.values()} == {"accepted"}
    assert client.submit(batch[:1])[batch[0].key] == answers[batch[0].key] == client.submission(batch[0].key)
    with pytest.raises(ContentConflict):
        client.submit([outgoing({**contents[0], "consent_version": "other"})])


def test_an_enquiry_and_a_credential(client: Client, centre: Centre, new_kiosk: Any) -> None:
    sandbox = centre.departments
    assert isinstance(sandbox, Sandbox)
    token = sandbox.new_token(PEOPLE["ceshi"], centre.clock())
    person = client.resolve(CredentialRequest(token=base64.b64encode(token.encode()).decode(), symbology="QRCode"))
    with new_kiosk("K09", "tax") as shape:
        answers = shape.submission(item="SI-101")["answers"]
    applicant = Applicant(proof="code", name=person.name, number=person.number, document=person.document)
    record = client.enquire("SI-101", EnquiryRequest(applicant=applicant, answers=answers))
    assert record.rows[0].value == person.name
    nobody = Applicant(proof="card", name="周无录", number=PEOPLE["nobody"].credential.number, document="resident")
    with pytest.raises(NothingFound):
        client.enquire("SI-101", EnquiryRequest(applicant=nobody, answers=answers))


def test_events_heartbeats_and_ratings(client: Client) -> None:
    body: dict[str, str | int | bool | None] = {"at": "2026-11-23T12:00:00+08:00", "event": "visit-began", "visit": "v"}
    line = EventLine(seq=1, prev=GENESIS, hash=event_hash(GENESIS, 1, body), body=body)
    assert client.report_events([line]).next_seq == 2
    with pytest.raises(ContentConflict):
        client.report_events([line.model_copy(update={"seq": 7})])
    client.rate(Rating(token="A" * 24, item="SI-101", level=4))
    beat = Heartbeat(version="1", clock=client._clock(), devices=(), queue_depth=0, disk_free_bytes=1)
    assert client.beat(beat).revoked is False


def test_a_revoked_kiosk_learns_it(client: Client, centre: Centre) -> None:
    revoke(centre.engine, "K03", centre.clock)
    with pytest.raises(KioskUnknown):
        client.catalogue()
    beat = Heartbeat(version="1", clock=client._clock(), devices=(), queue_depth=0, disk_free_bytes=1)
    assert client.beat(beat).revoked is True
