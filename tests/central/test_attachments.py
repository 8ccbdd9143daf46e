"""Attachments: part by part under their hash, once, for their own kiosk; and no submission before what it names."""

from __future__ import annotations

import hashlib
import json
import queue
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.attachments import Range, forget_unwanted, read_range
from central.centre import open_centre
from central.examination import Decision
from central.refusal import Refused, Why
from central.sandbox import Sandbox
from kiosk.catalogue.model import Catalogue, Item, MaterialKind
from offline_cache.blob import Blob
from offline_cache.emulated_line import Faults
from offline_cache.key import new_key
from offline_cache.records import KeptRecord
from offline_cache.wire import MOST_BLOB_BYTES, Submission, canonical
from tests.central.conftest import complete_answers
from tests.central.hall import WAIT_SECONDS, HallKiosk, composed, open_hall

PAGE = b"\xff\xd8" + secrets.token_bytes(10_000)
NAME = hashlib.sha256(PAGE).hexdigest()


def put(kiosk: Any, part: bytes, content_range: str = "", name: str = NAME) -> Any:
    headers = {"content-range": content_range} if content_range else {}
    covered = ("@method", "@target-uri", "content-digest", "idempotency-key", *headers)
    return kiosk.http.send(kiosk.request("PUT", f"/api/v1/blobs/{name}", part, headers=headers, covered=covered))


def told(answer: Any) -> tuple[int, int, bool]:
    body = answer.json()
    assert body["sha256"] == NAME
    return answer.status_code, body["received"], body["whole"]


def item_with(catalogue: Catalogue, kind: MaterialKind) -> Item:
    items = (item for zone in catalogue.zones for item in zone.items if not item.rules)
    return next(item for item in items if any(material.kind is kind for material in item.materials))


def of_materials(item: Item, page: bytes = PAGE) -> list[dict[str, Any]]:
    name = hashlib.sha256(page).hexdigest()
    return [
        {"material": material.name.zh, "page": 1, "sha256": name, "size": len(page), "media_type": "image/jpeg"}
        for material in item.materials
        if material.kind is not MaterialKind.E_CERTIFICATE
    ]


def answered(kiosk: Any, content: dict[str, Any]) -> tuple[str, str]:
    (answer,) = kiosk.submit(content).json()["answers"]
    return answer["verdict"], answer["reason"]


def test_a_whole_attachment_is_taken_and_again_changes_nothing(signing_kiosk: Any, count: Any) -> None:
    assert told(put(signing_kiosk, PAGE)) == (201, len(PAGE), True)
    assert told(put(signing_kiosk, PAGE))[1:] == (len(PAGE), True)
    assert told(put(signing_kiosk, b"", f"bytes */{len(PAGE)}")) == (200, len(PAGE), True)
    assert (count("attachments"), count("attachment_parts")) == (1, 1)


def test_parts_go_on_where_the_last_one_ended(signing_kiosk: Any, centre: Any) -> None:
    total = len(PAGE)
    assert told(put(signing_kiosk, b"", f"bytes */{total}")) == (200, 0, False)
    assert told(put(signing_kiosk, PAGE[:4000], f"bytes 0-3999/{total}")) == (200, 4000, False)
    assert told(put(signing_kiosk, PAGE[6000:], f"bytes 6000-{total - 1}/{total}")) == (200, 4000, False), "a gap is not taken"
    assert told(put(signing_kiosk, PAGE[3000:5000], f"bytes 3000-4999/{total}")) == (200, 5000, False), "an overlap is cut"
    assert told(put(signing_kiosk, PAGE[:1000], f"bytes 0-999/{total}")) == (200, 5000, False)
    assert told(put(signing_kiosk, PAGE[5000:], f"bytes 5000-{total - 1}/{total}")) == (201, total, True)
    assert centre.attachments.read("K03", NAME) == PAGE


def test_an_attachment_that_is_not_what_its_name_says_leaves_nothing(signing_kiosk: Any, count: Any) -> None:
    answer = put(signing_kiosk, PAGE[:-1] + bytes([PAGE[-1] ^ 1]))
    assert (answer.status_code, answer.json()["code"]) == (409, "attachment-differs")
    assert (count("attachments"), count("attachment_parts")) == (0, 0)
    assert told(put(signing_kiosk, PAGE)) == (201, len(PAGE), True)


def test_one_begun_with_another_length_begins_anew(signing_kiosk: Any, centre: Any) -> None:
    put(signing_kiosk, PAGE[:4000], "bytes 0-3999/9999")
    assert told(put(signing_kiosk, b"", f"bytes */{len(PAGE)}")) == (200, 0, False)
    put(signing_kiosk, PAGE)
    assert centre.attachments.read("K03", NAME) == PAGE


def test_each_kiosk_knows_its_own_only(signing_kiosk: Any, another_kiosk: Any, centre: Any) -> None:
    put(signing_kiosk, PAGE)
    assert told(put(another_kiosk, b"", f"bytes */{len(PAGE)}")) == (200, 0, False)
    with pytest.raises(Refused, match="nothing-found"):
        centre.attachments.read(another_kiosk.enrolled.kiosk, NAME)


def test_a_range_must_be_signed(signing_kiosk: Any) -> None:
    covered = ("@method", "@target-uri", "content-digest", "idempotency-key")
    headers = {"content-range": f"bytes 0-{len(PAGE) - 1}/{len(PAGE)}"}
    answer = signing_kiosk.http.send(
        signing_kiosk.request("PUT", f"/api/v1/blobs/{NAME}", PAGE, headers=headers, covered=covered)
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "signature-invalid")


@pytest.mark.parametrize(
    ("header", "length"),
    [
        ("", 0),
        ("bytes", 5),
        ("bytes 0-4/4", 5),
        ("bytes 0-3/10", 5),
        ("bytes 5-4/10", 0),
        ("bytes 0-4/*", 5),
        ("bytes */10", 1),
        ("bytes */0", 0),
        ("bytes -1-4/10", 5),
        ("bytes 0-4/10, 5-9/10", 5),
        ("items 0-4/10", 5),
        ("bytes ٠-٤/١٠", 5),
    ],
)
def test_a_range_that_does_not_fit_is_refused(header: str, length: int) -> None:
    with pytest.raises(Refused) as refused:
        read_range(header, length)
    assert refused.value.why is Why.CONTENT_REFUSED


def test_a_large_one_is_refused_before_it_is_sent(signing_kiosk: Any) -> None:
    answer = put(signing_kiosk, b"", f"bytes */{MOST_BLOB_BYTES + 1}")
    assert (answer.status_code, answer.json()["code"]) == (413, "content-too-large")


@given(
    header=st.text(max_size=40) | st.from_regex(r"bytes \d{1,12}-\d{1,12}/\d{1,12}", fullmatch=True), length=st.integers(0, 100)
)
def test_any_range_fits_or_is_refused(header: str, length: int) -> None:
    try:
        place = read_range(header, length)
    except Refused:
        return
    assert 0 <= place.start < place.total <= MOST_BLOB_BYTES
    assert place.asks or place.start + length <= place.total


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.tuples(st.integers(0, 999), st.integers(1, 999)), max_size=12))
def test_parts_in_any_order_never_make_another_attachment(centre: Any, signing_kiosk: Any, cuts: list[tuple[int, int]]) -> None:
    page = secrets.token_bytes(1000)
    name = hashlib.sha256(page).hexdigest()
    sender = type("Sender", (), {"kiosk": signing_kiosk.enrolled.kiosk})()
    reached = 0
    for start, length in cuts:
        part = page[start : start + length]
        taken = centre.attachments.take(sender, name, Range(start, 1000), part)
        reached = max(reached, start + len(part)) if start <= reached else reached
        assert (taken.received, taken.whole) == (reached, reached == 1000)
    assert centre.attachments.take(sender, name, Range(0, 1000), page).whole
    assert centre.attachments.read(sender.kiosk, name) == page


def test_a_submission_waits_for_what_it_names(signing_kiosk: Any, catalogue: Catalogue, count: Any) -> None:
    item = item_with(catalogue, MaterialKind.REQUIRED)
    content = signing_kiosk.submission(item=item.code, attachments=of_materials(item))
    assert answered(signing_kiosk, content) == ("later", "attachment-missing")
    put(signing_kiosk, PAGE[:4000], f"bytes 0-3999/{len(PAGE)}")
    assert answered(signing_kiosk, content) == ("later", "attachment-missing")
    assert count("submissions") == 0
    put(signing_kiosk, PAGE)
    assert answered(signing_kiosk, content) == ("accepted", "")
    assert answered(signing_kiosk, content) == ("accepted", "")


def test_another_line_of_the_batch_does_not_wait(signing_kiosk: Any, catalogue: Catalogue) -> None:
    item = item_with(catalogue, MaterialKind.REQUIRED)
    waits = signing_kiosk.submission(item=item.code, attachments=of_materials(item))
    answers = signing_kiosk.submit(waits, signing_kiosk.submission()).json()["answers"]
    assert [answer["verdict"] for answer in answers] == ["later", "accepted"]


@pytest.mark.parametrize("kind", [MaterialKind.REQUIRED, MaterialKind.DEFERRABLE])
def test_a_missing_material_is_named(signing_kiosk: Any, catalogue: Catalogue, kind: MaterialKind) -> None:
    item = item_with(catalogue, kind)
    (answer,) = signing_kiosk.submit(signing_kiosk.submission(item=item.code)).json()["answers"]
    assert answer["verdict"] == "rejected"
    names = [material.name.zh for material in item.materials if material.kind is not MaterialKind.E_CERTIFICATE]
    assert [one["zh"] for one in answer["corrections"]] == [f"缺少材料：{name}。" for name in names]


def test_a_deferrable_material_may_be_promised_or_attached_and_a_required_one_not(
    signing_kiosk: Any, catalogue: Catalogue
) -> None:
    put(signing_kiosk, PAGE)
    item = item_with(catalogue, MaterialKind.REQUIRED)
    promises = [{"material": material.name.zh, "due": "2026-12-01"} for material in item.materials]
    assert answered(signing_kiosk, signing_kiosk.submission(item=item.code, promises=promises)) == (
        "rejected",
        "corrections-needed",
    )
    required = [one for one in of_materials(item) if one["material"] in required_of(item)]
    content = signing_kiosk.submission(item=item.code, promises=promises, attachments=required)
    assert answered(signing_kiosk, content) == ("accepted", "")
    strange = [*required, {**required[0], "material": "别的"}]
    content = signing_kiosk.submission(item=item.code, promises=promises, attachments=strange)
    assert answered(signing_kiosk, content) == ("rejected", "corrections-needed")


def required_of(item: Item) -> set[str]:
    return {material.name.zh for material in item.materials if material.kind is MaterialKind.REQUIRED}


def test_what_no_submission_came_for_is_forgotten_and_the_rest_stays(
    signing_kiosk: Any, catalogue: Catalogue, count: Any, clock: Any
) -> None:
    item = item_with(catalogue, MaterialKind.REQUIRED)
    put(signing_kiosk, PAGE)
    assert answered(signing_kiosk, signing_kiosk.submission(item=item.code, attachments=of_materials(item)))[0] == "accepted"
    other = secrets.token_bytes(500)
    put(signing_kiosk, other, name=hashlib.sha256(other).hexdigest())
    clock.advance(days=29)
    beat(signing_kiosk)
    assert count("attachments") == 2
    clock.advance(days=2)
    beat(signing_kiosk)
    assert (count("attachments"), count("attachment_parts")) == (1, 1)
    content = signing_kiosk.submission(item=item.code, attachments=of_materials(item))
    assert answered(signing_kiosk, content)[0] == "accepted", "the one that is wanted is there for another submission too"


class ForgetfulDepartment(Sandbox):
    """While it is asked, a heartbeat of another kiosk lets old attachments be forgotten."""

    def examine(self, item: Item, submission: Submission, at: datetime) -> Decision:
        forget_unwanted(self._engine, at + timedelta(days=31))
        return super().examine(item, submission, at)


def test_nothing_is_accepted_whose_pages_were_forgotten_in_that_moment(
    signing_kiosk: Any, catalogue: Catalogue, centre: Any, served: Any, count: Any, clock: Any
) -> None:
    item = item_with(catalogue, MaterialKind.REQUIRED)
    usual = served.app.state.centre
    put(signing_kiosk, PAGE)
    content = signing_kiosk.submission(item=item.code, attachments=of_materials(item))
    served.app.state.centre = open_centre(
        centre.engine, catalogue, clock, departments=ForgetfulDepartment(centre.engine), practice=True
    )
    assert answered(signing_kiosk, content) == ("later", "attachment-missing")
    assert (count("submissions"), count("attachments")) == (0, 0)
    served.app.state.centre = usual
    put(signing_kiosk, PAGE)
    assert answered(signing_kiosk, content) == ("accepted", "")


def test_two_workers_take_one_attachment_at_once(signing_kiosk: Any, centre: Any, count: Any) -> None:
    sender = type("Sender", (), {"kiosk": signing_kiosk.enrolled.kiosk})()
    pages = [secrets.token_bytes(20_000) for _ in range(4)]
    parts = [(hashlib.sha256(page).hexdigest(), page, at) for page in pages for at in range(0, 20_000, 5000)] * 2
    with ThreadPoolExecutor(8) as workers:
        taking = [
            workers.submit(centre.attachments.take, sender, name, Range(at, 20_000), page[at : at + 5000])
            for name, page, at in parts
        ]
    assert all(done.result().received % 5000 == 0 for done in taking)
    for page in pages:
        name = hashlib.sha256(page).hexdigest()
        taken = centre.attachments.take(sender, name, Range(0, 20_000), page)
        assert taken.whole
        assert centre.attachments.read(sender.kiosk, name) == page
    assert count("attachments") == 4


def beat(kiosk: Any) -> None:
    heartbeat = {"version": "1", "clock": kiosk.clock().isoformat(), "devices": [], "queue_depth": 0, "disk_free_bytes": 1}
    assert kiosk.post("/api/v1/heartbeats", json.dumps(heartbeat)).status_code == 200


# --- the whole way, over a line that fails -------------------------------------------------------------------------


def keep_with_pages(kiosk: HallKiosk, item: Item, page: bytes) -> str:
    now, key = datetime.now(UTC), new_key()
    catalogue = kiosk.hall.centre.catalogue
    plain: Callable[[int], bytes] = composed(catalogue, kiosk.name, key, now.date(), now)

    def compose(serial: int) -> bytes:
        content = json.loads(plain(serial))
        answers = complete_answers(catalogue, item.code)
        return canonical({**content, "item": item.code, "answers": answers, "attachments": of_materials(item, page)})

    done: queue.Queue[object] = queue.Queue()
    kiosk.store.keep(key, now.date(), compose, done.put, attachments=[Blob.of(page)])
    heard = done.get(timeout=WAIT_SECONDS)
    assert isinstance(heard, KeptRecord), heard
    kiosk.told[key] = heard
    return key


@pytest.mark.parametrize(
    "faults",
    [
        Faults(),
        Faults(cut_upload_after_bytes=400_000),
        Faults(cut_after_bytes=700),
        Faults(deaf=True),
        Faults(reset=True),
        Faults(portal=True),
        Faults(bytes_per_second=400_000),
    ],
    ids=["none", "upload-cut", "answer-cut", "deaf", "reset", "portal", "slow"],
)
def test_pages_arrive_whole_and_once_whatever_the_line_does(tmp_path: Path, faults: Faults) -> None:
    page = b"\xff\xd8" + secrets.token_bytes(900_000)
    quick = {"backoff_base_seconds": 0.05, "line_cap_seconds": 0.1, "rejoin_spread_seconds": 0.0}
    with open_hall(tmp_path) as hall:
        item = item_with(hall.centre.catalogue, MaterialKind.REQUIRED)
        kiosk = HallKiosk(hall, "K03", tmp_path / "kiosk", start=False, **quick)
        try:
            kiosk.give_up_soon(soon=faults.deaf)
            kiosk.line.misbehave(faults)
            key = keep_with_pages(kiosk, item, page)
            kiosk.sender.start()
            if faults not in (Faults(), Faults(bytes_per_second=400_000)):
                kiosk.hear(lambda report: type(report).__name__ == "LineChanged" and not report.up)
                kiosk.give_up_soon(soon=False)
                kiosk.line.up()
                kiosk.sender.line_may_be_back()
            kiosk.drained()
            assert hall.ledger().keys() == {key}
            assert hall.centre.attachments.read("K03", hashlib.sha256(page).hexdigest()) == page
            assert kiosk.store.call(lambda tables: tables.attachments.of(key)).result(20) != (), "until its resident was told"
            kiosk.store.tell(key)
            assert kiosk.store.call(lambda tables: tables.attachments.of(key)).result(20) == ()
        finally:
            kiosk.stop()
