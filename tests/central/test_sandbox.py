"""What the sandbox answers: plausible records of people who do not exist, and nothing of anyone else."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from central.centre import Centre
from central.clock import seconds_until_open, system_clock
from central.people import PEOPLE, with_check_digit
from central.refusal import Refused, Why
from central.sandbox import Sandbox
from central.sandbox_records import rows_for
from kiosk.catalogue.model import Catalogue, Kind
from offline_cache.wire import Applicant
from tests.central.conftest import at_the_same_moment

LIN = PEOPLE["ceshi"].credential


def applicant(number: str = LIN.number) -> Applicant:
    return Applicant(proof="card", name="测试员甲", number=number, document="resident")


def asked(number: str, answers: dict[str, str]) -> str:
    return json.dumps({"applicant": json.loads(applicant(number).model_dump_json()), "answers": answers})


def test_every_enquiry_and_print_item_has_a_record_of_four_to_eight_rows(catalogue: Catalogue) -> None:
    items = [item for zone in catalogue.zones for item in zone.items if item.kind in (Kind.ENQUIRY, Kind.PRINT)]
    assert len(items) > 10
    for item in items:
        rows = rows_for(item, applicant())
        assert 4 <= len(rows) <= 8, item.code
        assert all(row.zh and row.en and row.value for row in rows)
        assert LIN.number not in str([row.value for row in rows]), "the number is masked on paper too"


def test_a_record_is_the_same_each_time_and_another_for_another_person(catalogue: Catalogue) -> None:
    item = catalogue.item("SI-101")
    assert item is not None
    assert rows_for(item, applicant()) == rows_for(item, applicant())
    assert rows_for(item, applicant())[2:] != rows_for(item, applicant("369999194906120025"))[2:]


def test_an_enquiry_is_answered_now(signing_kiosk: Any) -> None:
    answers = signing_kiosk.submission(item="SI-101")["answers"]
    record = signing_kiosk.post("/api/v1/enquiries/SI-101", asked(LIN.number, answers)).json()
    assert record["item"] == "SI-101"
    assert record["rows"][0] == {"zh": "姓名", "en": "Name", "value": "测试员甲"}
    assert len(record["verification_code"]) == 19, "a printed document can be checked"


@pytest.mark.parametrize("number", [PEOPLE["nobody"].credential.number, with_check_digit("11010519900307001"), "X"])
def test_nobody_and_nobody_real_has_a_record(signing_kiosk: Any, number: str) -> None:
    answers = signing_kiosk.submission(item="SI-101")["answers"]
    answer = signing_kiosk.post("/api/v1/enquiries/SI-101", asked(number, answers))
    assert (answer.status_code, answer.json()["code"]) == (404, "nothing-found")


def test_enquiries_that_cannot_be_answered_are_refused_by_name(signing_kiosk: Any, catalogue: Catalogue) -> None:
    application = next(item.code for zone in catalogue.zones for item in zone.items if item.kind is Kind.APPLICATION)
    for code, name in (("ZZ-999", "item-unknown"), (application, "item-not-asked-here")):
        assert signing_kiosk.post(f"/api/v1/enquiries/{code}", asked(LIN.number, {})).json()["code"] == name
    wrong = signing_kiosk.post("/api/v1/enquiries/SI-101", asked(LIN.number, {"surprise": "x"}))
    assert (wrong.status_code, wrong.json()["code"]) == (400, "answers-wrong")


def test_a_closed_data_source_says_when_it_opens(signing_kiosk: Any, catalogue: Catalogue) -> None:
    item = catalogue.item("TX-029")
    assert item is not None
    assert item.hours == "06:00-23:00"
    signing_kiosk.clock.advance(hours=11, minutes=30)  # half past eleven at night
    answers = signing_kiosk.submission(item="TX-029")["answers"]
    answer = signing_kiosk.post("/api/v1/enquiries/TX-029", asked(LIN.number, answers))
    assert (answer.status_code, answer.json()["code"]) == (503, "department-closed")
    assert answer.json()["retry_after_seconds"] == 6.5 * 3600
    assert answer.headers["retry-after"] == str(int(6.5 * 3600))
    assert "06:00-23:00" in answer.json()["message"]


@pytest.mark.parametrize(
    ("hours", "at_hour", "wait_hours"),
    [
        ("00:00-24:00", 3, 0),
        ("06:00-23:00", 6, 0),
        ("06:00-23:00", 23, 7),
        ("06:00-23:00", 5, 1),
        ("22:00-02:00", 1, 0),
        ("22:00-02:00", 12, 10),
    ],
)
def test_hours_are_the_halls(clock: Any, hours: str, at_hour: int, wait_hours: int) -> None:
    midnight = clock() - timedelta(hours=12)
    assert seconds_until_open(hours, midnight + timedelta(hours=at_hour)) == wait_hours * 3600


def test_a_demo_token_stands_for_its_person_once(signing_kiosk: Any) -> None:
    token = signing_kiosk.http.post(signing_kiosk.url + "/api/v1/practice/tokens/ceshi").text
    assert token.startswith("GFT-DEMO-")
    body = json.dumps({"token": base64.b64encode(token.encode()).decode(), "symbology": "QRCode"})
    first = signing_kiosk.post("/api/v1/credentials/resolve", body)
    assert first.json()["number"] == LIN.number
    again = signing_kiosk.post("/api/v1/credentials/resolve", body)
    assert (again.status_code, again.json()["code"]) == (410, "credential-used")


def test_an_old_an_unknown_and_an_unreadable_token_are_refused_by_name(signing_kiosk: Any, centre: Centre) -> None:
    sandbox = centre.departments
    assert isinstance(sandbox, Sandbox)
    token = sandbox.new_token(PEOPLE["ceshi"], centre.clock(), timedelta(minutes=1))
    signing_kiosk.clock.advance(minutes=1)

    def resolve(text: str) -> tuple[int, str]:
        answer = signing_kiosk.post("/api/v1/credentials/resolve", json.dumps({"token": text}))
        return answer.status_code, answer.json()["code"]

    assert resolve(base64.b64encode(token.encode()).decode()) == (410, "credential-expired")
    assert resolve(base64.b64encode(b"https://example.invalid").decode()) == (404, "credential-unknown")
    assert resolve("not base64!") == (400, "content-refused")
    assert signing_kiosk.http.post(signing_kiosk.url + "/api/v1/practice/tokens/stranger").status_code == 404


def test_a_token_shown_at_two_kiosks_at_once_serves_one(centre: Centre) -> None:
    sandbox = centre.departments
    assert isinstance(sandbox, Sandbox)
    token = sandbox.new_token(PEOPLE["changqi"], centre.clock())

    def resolve() -> str:
        try:
            return sandbox.resolve_credential(token.encode(), "", centre.clock()).document
        except Refused as refused:
            return refused.why.code

    assert sorted(at_the_same_moment([resolve] * 4)) == [Why.CREDENTIAL_USED.code] * 3 + ["resident"]


def test_the_system_clock_has_an_offset() -> None:
    assert system_clock().tzinfo is not None
