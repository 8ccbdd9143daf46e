"""Submissions: each once for its key, whatever is sent again, at the same time, or together with something bad."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from central.centre import Centre, open_centre
from central.examination import Decision
from central.ledger import Ledger
from central.refusal import Refused, Why
from central.sandbox import Sandbox
from central.signature import Sender
from central.submission_lines import UNREADABLE_KEY, read_lines
from kiosk.catalogue.loading import catalogue_of
from kiosk.catalogue.model import Catalogue, Item, Kind
from kiosk.errors import CODES
from offline_cache.wire import EnquiryRecord, Submission, content_hash
from tests.central.conftest import at_the_same_moment, plain_application


def test_a_complete_application_is_accepted_with_a_number(signing_kiosk: Any) -> None:
    content = signing_kiosk.submission()
    answer = signing_kiosk.submit(content).json()["answers"][0]
    assert answer["verdict"] == "accepted"
    assert answer["acceptance_number"] == "SL-369999-20261123-000001"
    assert (answer["key"], answer["content_hash"]) == (content["key"], content_hash(content))


def test_the_same_submission_again_gets_the_same_answer_and_no_second_row(signing_kiosk: Any, count: Any) -> None:
    content = signing_kiosk.submission()
    first = signing_kiosk.submit(content).json()
    signing_kiosk.clock.advance(hours=1)
    assert signing_kiosk.submit(content).json() == first
    assert count("submissions") == 1


def test_the_same_key_with_another_content_is_a_conflict_and_an_alarm(signing_kiosk: Any, count: Any) -> None:
    content = signing_kiosk.submission()
    signing_kiosk.submit(content)
    answer = signing_kiosk.submit({**content, "consent_version": "other"})
    assert (answer.status_code, answer.json()["code"]) == (422, "content-conflict")
    signing_kiosk.submit({**content, "consent_version": "other"})
    assert (count("submissions"), count("alarms")) == (1, 1)


def test_a_conflict_among_others_spoils_only_its_own_line(signing_kiosk: Any) -> None:
    content = signing_kiosk.submission()
    signing_kiosk.submit(content)
    answers = signing_kiosk.submit({**content, "consent_version": "other"}, signing_kiosk.submission()).json()["answers"]
    assert [(answer["verdict"], answer["reason"]) for answer in answers] == [("rejected", "content-conflict"), ("accepted", "")]


def test_a_batch_with_bad_lines_answers_each_line_in_order(signing_kiosk: Any, count: Any) -> None:
    good, wrong_hash, alien, unknown = (signing_kiosk.submission() for _ in range(4))
    alien["kiosk"], unknown["item"] = "K99", "ZZ-999"
    broken = signing_kiosk.line(wrong_hash).replace(b"2026-1", b"2026-2")
    lines = [b"{not json", signing_kiosk.line(good), broken, signing_kiosk.line(alien), signing_kiosk.line(unknown)]
    answers = signing_kiosk.post("/api/v1/submissions", b"\r\n".join(lines)).json()["answers"]
    assert [answer["reason"] for answer in answers] == ["content-refused", "", "hash-wrong", "kiosk-differs", "item-unknown"]
    assert CODES.keys() >= {answer["reason"] for answer in answers if answer["reason"]}, "the kiosk says what each means"
    assert [answer["verdict"] for answer in answers] == ["rejected", "accepted", "rejected", "rejected", "rejected"]
    assert answers[0]["key"] == UNREADABLE_KEY
    assert [answer["key"] for answer in answers[1:]] == [content["key"] for content in (good, wrong_hash, alien, unknown)]
    assert count("submissions") == 1, "what was sound"


def test_the_same_line_twice_in_a_batch_is_one_submission(signing_kiosk: Any, count: Any) -> None:
    content = signing_kiosk.submission()
    answers = signing_kiosk.submit(content, content).json()["answers"]
    assert answers[0] == answers[1]
    assert count("submissions") == 1


def test_a_hundred_lines_are_taken_and_numbered_without_a_gap(signing_kiosk: Any) -> None:
    contents = [signing_kiosk.submission() for _ in range(100)]
    answers = signing_kiosk.submit(*contents).json()["answers"]
    assert [answer["key"] for answer in answers] == [content["key"] for content in contents]
    assert sorted(int(answer["acceptance_number"][-6:]) for answer in answers) == list(range(1, 101))


def test_a_hundred_and_one_lines_are_too_many(signing_kiosk: Any) -> None:
    answer = signing_kiosk.submit(*(signing_kiosk.submission() for _ in range(101)))
    assert (answer.status_code, answer.json()["code"]) == (413, "content-too-large")


@pytest.mark.parametrize("body", [b"", b"\n\n", b"<html></html>", b"[]\n[]", b"\xff\xfe\x00", b"null", b"{}" * 50, b"[" * 5000])
def test_a_body_in_which_nothing_can_be_read_is_refused(signing_kiosk: Any, body: bytes) -> None:
    answer = signing_kiosk.post("/api/v1/submissions", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "content-refused")


@pytest.mark.parametrize(
    "changed",
    [
        {"submitted_at": "2026-11-23T11:58:00"},
        {"submitted_at": "0001-01-01T00:00:00+14:00"},
        {"item": "\0"},
        {"receipt_number": "1"},
        {"receipt_number": "３６９９９９-K03-20261123-000001-7"},
        {"progress_token": "short"},
        {"surprise": 1},
        {"schema_version": 2},
    ],
)
def test_a_content_that_is_no_submission_is_rejected(signing_kiosk: Any, changed: dict[str, Any]) -> None:
    answer = signing_kiosk.submit({**signing_kiosk.submission(), **changed}).json()["answers"][0]
    assert (answer["verdict"], answer["reason"]) == ("rejected", "content-refused")


def test_a_submission_is_found_again_by_its_key(signing_kiosk: Any, another_kiosk: Any) -> None:
    content = signing_kiosk.submission()
    answer = signing_kiosk.submit(content).json()["answers"][0]
    assert another_kiosk.get(f"/api/v1/submissions/{content['key']}").json() == answer
    missing = signing_kiosk.get(f"/api/v1/submissions/{signing_kiosk.submission()['key']}")
    assert (missing.status_code, missing.json()["code"]) == (404, "nothing-found")


def test_progress_is_told_to_the_receipt_and_to_nobody_else(signing_kiosk: Any) -> None:
    content = signing_kiosk.submission()
    signing_kiosk.submit(content)
    place = f"{signing_kiosk.url}/api/v1/progress/{content['receipt_number']}"
    told = signing_kiosk.http.get(place, params={"token": content["progress_token"]})
    assert told.json()["acceptance_number"] == "SL-369999-20261123-000001"
    assert "虚构·买买提测试" not in told.text
    for token in ("A" * 32, "é" * 22):
        missing = signing_kiosk.http.get(place, params={"token": token})
        assert (missing.status_code, missing.json()["code"]) == (404, "nothing-found")
    refused = signing_kiosk.http.get(place, params={"token": "x"})
    assert (refused.status_code, refused.json()["code"]) == (400, "content-refused")


def test_missing_unknown_and_wrong_answers_are_told_all_at_once(signing_kiosk: Any, catalogue: Catalogue) -> None:
    content = signing_kiosk.submission()
    first = next(iter(content["answers"]))
    content["answers"] = {**dict.fromkeys(content["answers"], ""), "no_such_field": "x", first: "x" * 400}
    content["consent_version"] = ""
    answer = signing_kiosk.submit(content).json()["answers"][0]
    assert (answer["verdict"], answer["reason"], answer["acceptance_number"]) == ("rejected", "corrections-needed", "")
    fields = {correction["field"] for correction in answer["corrections"]}
    assert {"no_such_field", "consent"} <= fields
    assert signing_kiosk.submit(content).json()["answers"][0] == answer, "a refusal is final, and replayed too"


def test_an_instant_approval_is_decided_by_its_rules(signing_kiosk: Any, catalogue: Catalogue) -> None:
    items = [item for zone in catalogue.zones for item in zone.items if item.kind is Kind.APPLICATION and item.rules]
    decided = [signing_kiosk.submission(item=item.code) for item in items]
    answers = signing_kiosk.submit(*decided).json()["answers"]
    for item, answer in zip(items, answers, strict=True):
        assert answer["verdict"] == "decided", item.code
        assert len(answer["rules"]) == len(item.rules)
        assert answer["approved"] == all(rule["met"] for rule in answer["rules"])
        assert answer["acceptance_number"]


def test_numbers_start_anew_on_the_halls_next_day(signing_kiosk: Any) -> None:
    signing_kiosk.submit(signing_kiosk.submission())
    signing_kiosk.clock.advance(hours=12)  # midnight in the hall
    answer = signing_kiosk.submit(signing_kiosk.submission()).json()["answers"][0]
    assert answer["acceptance_number"] == "SL-369999-20261124-000001"


def test_a_closed_department_means_later_and_nothing_is_kept(
    signing_kiosk: Any, centre: Centre, count: Callable[[str], int]
) -> None:
    class Closed(Sandbox):
        def examine(self, item: Item, submission: Submission, at: datetime) -> Decision:
            raise Refused(Why.DEPARTMENT_CLOSED, retry_after_seconds=90)

        def enquire(self, item: Item, applicant: Any, answers: Mapping[str, str], at: datetime) -> EnquiryRecord:
            raise Refused(Why.DEPARTMENT_CLOSED)

    closed = open_centre(centre.engine, centre.catalogue, centre.clock, departments=Closed(centre.engine))
    line = signing_kiosk.line(signing_kiosk.submission())
    sender = Sender("K03", "key", 1, "369999", revoked=False)
    later = closed.ledger.take(sender, line)[0]
    assert (later.verdict.value, later.reason, later.retry_after_seconds) == ("later", "department-closed", 90)
    assert count("submissions") == 0
    assert centre.ledger.take(sender, line)[0].verdict.value == "accepted"


def test_an_item_that_the_centre_did_not_know_is_taken_once_it_does(
    signing_kiosk: Any, centre: Centre, count: Callable[[str], int]
) -> None:
    """A hall's own catalogue was not given at the centre's start, and the kiosk's staff try again when it is."""
    without = open_centre(centre.engine, replace(centre.catalogue, zones=()), centre.clock, practice=True)
    line = signing_kiosk.line(signing_kiosk.submission())
    sender = Sender("K03", "key", 1, "369999", revoked=False)
    refused = without.ledger.take(sender, line)[0]
    assert (refused.verdict.value, refused.reason) == ("rejected", "item-unknown")
    accepted = centre.ledger.take(sender, line)[0]
    assert accepted.verdict.value == "accepted"
    assert without.ledger.take(sender, line)[0] == accepted, "what was accepted stays so"
    assert count("submissions") == 1


def take_at_once(ledger: Ledger, bodies: list[bytes]) -> list[tuple[Any, ...]]:
    """Each body by a thread of its own, released together; the answers in the order of the bodies."""
    sender = Sender("K03", "key", 1, "369999", revoked=False)
    return at_the_same_moment([partial(ledger.take, sender, body) for body in bodies])


def test_what_an_item_asks_no_more_spoils_nothing_that_was_filled_in_before(
    signing_kiosk: Any, centre: Centre, catalogue: Catalogue
) -> None:
    """It waited at the kiosk while the form became shorter; what is unknown under today's catalogue is told as before."""
    code = plain_application(catalogue)
    zone = next(zone for zone in catalogue.zones if any(item.code == code for item in zone.items))
    item = next(item for item in zone.items if item.code == code)
    *others, last = item.form
    form = (*others, replace(last, fields=last.fields[:-1]))
    shorter = replace(zone, items=tuple(replace(one, form=form) if one is item else one for one in zone.items))
    changed = catalogue_of(tuple(shorter if one is zone else one for one in catalogue.zones), sample=catalogue.sample)
    ledger = open_centre(centre.engine, changed, centre.clock, practice=True).ledger
    page, named = b"a page", hashlib.sha256(b"a page").hexdigest()
    assert signing_kiosk.http.send(signing_kiosk.request("PUT", f"/api/v1/blobs/{named}", page)).status_code == 201
    pages = [{"material": "now an e-certificate", "page": 1, "sha256": named, "size": len(page)}]
    before, today = (signing_kiosk.submission(catalogue_version=one.version, attachments=pages) for one in (catalogue, changed))
    sender = Sender("K03", "key", 1, "369999", revoked=False)
    taken, returned = ledger.take(sender, signing_kiosk.line(before) + b"\n" + signing_kiosk.line(today))
    assert (taken.verdict.value, taken.corrections) == ("accepted", ())
    assert [one.field for one in returned.corrections] == [last.fields[-1].name, "materials"]
    with centre.engine.connect() as connection:
        kept = connection.execute(text("SELECT content FROM submissions WHERE key = :key"), {"key": before["key"]}).scalar_one()
    assert json.loads(kept) == before, "nothing of what was sent is changed"


def test_one_submission_by_many_at_once_takes_effect_once(signing_kiosk: Any, centre: Centre, count: Any) -> None:
    for _ in range(5):
        line = signing_kiosk.line(signing_kiosk.submission())
        answers = take_at_once(centre.ledger, [line] * 8)
        assert len(set(answers)) == 1
    assert count("submissions") == 5
    with centre.engine.connect() as connection:
        assert connection.execute(text("SELECT last FROM serials")).scalar_one() == 5, "no number is lost to a duplicate"


def test_the_same_batch_in_opposite_orders_at_once_neither_doubles_nor_deadlocks(
    signing_kiosk: Any, centre: Centre, count: Any
) -> None:
    lines = [signing_kiosk.line(signing_kiosk.submission()) for _ in range(30)]
    bodies = [b"\n".join(lines if place % 2 else reversed(lines)) for place in range(6)]
    answers = take_at_once(centre.ledger, bodies)
    assert {frozenset(batch) for batch in answers} == {frozenset(answers[0])}
    assert count("submissions") == 30


def test_two_batches_of_conflicts_in_opposite_orders_at_once_do_not_deadlock_over_their_alarms(
    signing_kiosk: Any, centre: Centre, count: Any
) -> None:
    contents = [signing_kiosk.submission() for _ in range(60)]
    signing_kiosk.submit(*contents)
    others = [signing_kiosk.line({**content, "consent_version": "other"}) for content in contents]
    answers = take_at_once(centre.ledger, [b"\n".join(others), b"\n".join(reversed(others))] * 4)
    assert {answer.reason for taken in answers for answer in taken} == {"content-conflict"}
    assert (count("submissions"), count("alarms")) == (60, 60)


def test_two_contents_under_one_key_at_once_keep_one(signing_kiosk: Any, centre: Centre, count: Any) -> None:
    content = signing_kiosk.submission()
    bodies = [signing_kiosk.line({**content, "consent_version": str(place)}) for place in range(6)]
    verdicts = sorted(batch[0].verdict.value for batch in take_at_once(centre.ledger, bodies))
    assert verdicts == ["accepted"] + ["rejected"] * 5
    assert count("submissions") == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["key", "content", "content_hash", "x"]), inner),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()), min_size=1, max_size=4))
def test_garbage_lines_are_refused_by_name_and_never_raise(lines: list[bytes]) -> None:
    try:
        read = read_lines(b"\n".join(lines), "K03")
    except Refused:
        return  # nothing in it could be read
    assert all(line.refused is not None for line in read)


PLACES = (
    "key",
    "receipt_number",
    "kiosk",
    "item",
    "submitted_at",
    "applicant",
    "answers",
    "promises",
    "consent_version",
    "practice",
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(PLACES),
    JSON | st.sampled_from(["\ud800", "\0", {"name": "\0"}, 10**400, "9999-12-31T23:59:59-14:00"]),
    st.booleans(),
)
def test_a_sound_line_with_anything_in_one_place_is_answered(
    signing_kiosk: Any, centre: Centre, place: str, value: Any, honest: bool
) -> None:
    content = {**signing_kiosk.submission(), place: value}
    try:
        hashed = content_hash(content) if honest else "0" * 64
    except (ValueError, OverflowError):
        hashed = "0" * 64
    key = content["key"] if isinstance(content["key"], str) else "x"
    line = json.dumps({"key": key, "content_hash": hashed, "content": content}).encode()
    good = signing_kiosk.submission()
    answers = centre.ledger.take(Sender("K03", "key", 1, "369999", revoked=False), line + b"\n" + signing_kiosk.line(good))
    assert len(answers) == 2
    assert answers[1].verdict.value == "accepted", "whatever stood in the other line"
