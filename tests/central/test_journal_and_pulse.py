"""The kiosks' journals, heartbeats and ratings."""

from __future__ import annotations

import base64
import json
from functools import partial
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import text, update

from central.centre import Centre
from central.tables import Kiosk
from offline_cache.wire import GENESIS, SignedHead, countersigned_bytes, event_hash, head_bytes
from tests.central.conftest import at_the_same_moment


def chain(length: int, *, first: int = 1, prev: str = GENESIS, event: str = "visit-began") -> list[dict[str, Any]]:
    lines = []
    for seq in range(first, first + length):
        body: dict[str, Any] = {"at": f"2026-11-23T11:{seq % 60:02d}:00+08:00", "event": event, "visit": "v1", "step": seq}
        hashed = event_hash(prev, seq, body)
        lines.append({"seq": seq, "prev": prev, "hash": hashed, "body": body})
        prev = hashed
    return lines


def send(kiosk: Any, lines: list[dict[str, Any]]) -> Any:
    return kiosk.post("/api/v1/events", json.dumps({"events": lines}))


def head_of(kiosk: Any, line: dict[str, Any], **forged: Any) -> dict[str, Any]:
    """The signed head of an event."""
    at = "2026-11-23T11:30:00.000+08:00"
    signature = kiosk.key.sign(head_bytes(kiosk.enrolled.kiosk, line["seq"], line["hash"], at))
    told = {"seq": line["seq"], "hash": line["hash"], "at": at, "signature": base64.b64encode(signature).decode()}
    return {**told, **forged}


def send_head(kiosk: Any, lines: list[dict[str, Any]], head: dict[str, Any]) -> Any:
    return kiosk.post("/api/v1/events", json.dumps({"events": lines, "head": head}))


def test_a_head_that_our_copy_holds_is_countersigned_and_our_first_word_stands(signing_kiosk: Any, clock: Any) -> None:
    lines = chain(5)
    head = head_of(signing_kiosk, lines[3])
    told = send_head(signing_kiosk, lines, head).json()["countersigned"]
    assert (told["seq"], told["hash"]) == (4, lines[3]["hash"])
    server = Ed25519PublicKey.from_public_bytes(base64.b64decode(signing_kiosk.enrolled.server_public_key))
    message = countersigned_bytes(signing_kiosk.enrolled.kiosk, SignedHead(**head), told["countersigned_at"])
    server.verify(base64.b64decode(told["countersignature"]), message)
    clock.advance(seconds=60)
    assert send_head(signing_kiosk, [], head).json()["countersigned"] == told


def test_a_head_of_what_we_have_not_got_yet_is_not_countersigned(signing_kiosk: Any) -> None:
    lines = chain(5)
    assert send_head(signing_kiosk, lines[:3], head_of(signing_kiosk, lines[4])).json() == {"next_seq": 4, "countersigned": None}


@pytest.mark.parametrize("forged", [{"hash": "1" * 64}, {"signature": base64.b64encode(bytes(64)).decode()}, {"signature": "?"}])
def test_a_head_of_a_rewritten_chain_or_a_forged_one_is_refused_and_raises_an_alarm(
    signing_kiosk: Any, count: Any, forged: dict[str, Any]
) -> None:
    lines = chain(5)
    refused = send_head(signing_kiosk, lines, head_of(signing_kiosk, lines[3], **forged))
    assert (refused.status_code, refused.json()["code"]) == (409, "chain-broken")
    assert count("alarms") == 1
    assert count("events") == 5  # what came is kept all the same
    assert count("journal_heads") == 0


def beat(**changed: Any) -> str:
    told = {"version": "0.1.0", "clock": "2026-11-23T11:59:59+08:00", "devices": [], "queue_depth": 2, "queue_oldest_seconds": 61}
    return json.dumps({**told, "kept": 5, "acknowledged": 3, "disk_free_bytes": 10**9, **changed})


def test_events_are_taken_in_order_and_the_next_one_is_told(signing_kiosk: Any, count: Any) -> None:
    lines = chain(5)
    assert send(signing_kiosk, lines[:3]).json()["next_seq"] == 4
    assert send(signing_kiosk, lines[3:]).json()["next_seq"] == 6
    assert send(signing_kiosk, []).json()["next_seq"] == 6
    assert count("events") == 5


def test_events_sent_again_change_nothing(signing_kiosk: Any, count: Any) -> None:
    lines = chain(4)
    send(signing_kiosk, lines)
    assert send(signing_kiosk, lines).json()["next_seq"] == 5
    assert send(signing_kiosk, lines + chain(1, first=5, prev=lines[-1]["hash"])).json()["next_seq"] == 6
    assert (count("events"), count("alarms")) == (5, 0)


@pytest.mark.parametrize("breakage", ["gap", "rewritten", "hash", "prev", "no-time", "other-past", "written-anew"])
def test_a_broken_chain_is_refused_kept_aside_and_raises_one_alarm(signing_kiosk: Any, count: Any, breakage: str) -> None:
    lines = chain(6)
    send(signing_kiosk, lines[:2])
    rest = [dict(line) for line in lines[2:]]
    match breakage:
        case "gap":
            rest = rest[1:]
        case "rewritten":
            rest[1]["body"] = {**rest[1]["body"], "step": 99}
        case "hash":
            rest[1]["hash"] = "0" * 64
        case "prev":
            rest[0]["prev"] = "f" * 64
        case "no-time":
            body = {"event": "x"}
            rest = [{"seq": 3, "prev": lines[1]["hash"], "hash": event_hash(lines[1]["hash"], 3, body), "body": body}]
        case "written-anew":  # as after a folder put back: every hash is right, and continues another past than ours
            rest = chain(2, first=3, prev=chain(2, event="another-story")[-1]["hash"])
        case _:
            rest = chain(2, event="another-story")
    taken_before_the_break = {"rewritten": 1, "hash": 1}.get(breakage, 0)
    for _ in range(2):
        answer = send(signing_kiosk, rest)
        assert (answer.status_code, answer.json()["code"]) == (409, "chain-broken")
    assert count("events") == 2 + taken_before_the_break
    assert count("events_aside") == len(rest) - taken_before_the_break
    assert count("alarms") == 1


def test_after_a_break_the_true_chain_goes_on(signing_kiosk: Any) -> None:
    lines = chain(3)
    send(signing_kiosk, [{**lines[0], "hash": "0" * 64}])
    assert send(signing_kiosk, lines).json()["next_seq"] == 4


def test_the_same_run_by_many_at_once_is_taken_once(signing_kiosk: Any, another_kiosk: Any, count: Any) -> None:
    lines = chain(20)
    requests = [signing_kiosk.request("POST", "/api/v1/events", json.dumps({"events": lines}).encode()) for _ in range(6)]
    seen = at_the_same_moment([partial(signing_kiosk.http.send, request) for request in requests])
    assert [answer.json()["next_seq"] for answer in seen] == [21] * 6
    send(another_kiosk, chain(2))
    assert (count("events"), count("alarms")) == (22, 0)


GARBAGE = (
    b"",
    b"{}",
    b"[]",
    b'{"events": 1}',
    b'{"events":[{"seq":0}]}',
    b"\xff",
    b'{"events":[{"seq":1e99}]}',
    b'{"x":"\\u0000"}',
)


@pytest.mark.parametrize("call", ["events", "heartbeats", "ratings", "credentials/resolve", "enquiries/SI-101"])
def test_garbage_is_refused_by_name_in_every_call(signing_kiosk: Any, call: str) -> None:
    for body in GARBAGE:
        answer = signing_kiosk.post(f"/api/v1/{call}", body)
        assert (answer.status_code, answer.json()["code"]) == (400, "content-refused"), body


def test_a_heartbeat_is_remembered_and_answered_with_orders(signing_kiosk: Any, centre: Centre, catalogue: Any) -> None:
    order = signing_kiosk.post("/api/v1/heartbeats", beat()).json()
    assert order["catalogue_version"] == catalogue.version
    assert (order["out_of_service"], order["revoked"]) == (False, False)
    with centre.engine.begin() as connection:
        connection.execute(update(Kiosk).values(out_of_service=True))
        row = connection.execute(text("SELECT queue_depth, kept, acknowledged, clock_offset_ms FROM kiosks")).one()
    assert tuple(row) == (2, 5, 3, 1000)
    assert signing_kiosk.post("/api/v1/heartbeats", beat()).json()["out_of_service"] is True


def test_a_devices_state_keeps_its_since_until_it_changes(signing_kiosk: Any, centre: Centre) -> None:
    def since() -> list[tuple[str, str]]:
        with centre.engine.connect().execution_options(reading=True) as connection:
            rows = connection.execute(text("SELECT device, state, since FROM device_states ORDER BY device")).all()
        return [(row[0], row[1], str(row[2])[:19]) for row in rows]

    reader = {"device": "card-reader", "kind": "card-reader", "state": "online"}
    printer = {"device": "printer", "kind": "receipt-printer", "state": "online"}
    signing_kiosk.post("/api/v1/heartbeats", beat(devices=[reader, printer]))
    first = since()
    signing_kiosk.clock.advance(minutes=1)
    signing_kiosk.post("/api/v1/heartbeats", beat(devices=[reader, {**printer, "state": "no-device", "trouble": "device-gone"}]))
    second = since()
    assert second[0] == first[0]
    assert second[1][1:] != first[1][1:]
    signing_kiosk.post("/api/v1/heartbeats", beat(devices=[reader]))
    assert since() == [first[0]]


@pytest.mark.parametrize(
    "changed", [{"clock": "2026-11-23T12:00:00"}, {"queue_depth": -1}, {"kept": 2**60}, {"version": "x" * 65}]
)
def test_a_heartbeat_beyond_its_bounds_is_refused(signing_kiosk: Any, changed: dict[str, Any]) -> None:
    answer = signing_kiosk.post("/api/v1/heartbeats", beat(**changed))
    assert (answer.status_code, answer.json()["code"]) == (400, "content-refused")


def test_a_rating_is_kept_once_and_leads_to_nobody(signing_kiosk: Any, centre: Centre) -> None:
    rating = json.dumps({"token": "A" * 24, "item": "SI-101", "level": 5})
    assert [signing_kiosk.post("/api/v1/ratings", rating).status_code for _ in range(2)] == [202, 202]
    with centre.engine.connect().execution_options(reading=True) as connection:
        rows = connection.execute(text("SELECT * FROM ratings")).mappings().all()
    assert [set(row) for row in rows] == [{"token", "item", "level", "day", "practice"}]
    unknown = signing_kiosk.post("/api/v1/ratings", rating.replace("SI-101", "ZZ-999"))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "item-unknown")
