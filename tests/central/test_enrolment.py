"""How a machine becomes a kiosk, and how its catalogue reaches it."""

from __future__ import annotations

import base64
import queue
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from central.centre import Centre
from central.enrolment import Place, new_code
from kiosk.catalogue.loading import catalogue_from_wire
from offline_cache.hall_time import hall_date
from offline_cache.identity import Enrolled as KioskEnrolled
from offline_cache.identity import Identity
from offline_cache.settings import StoreSettings
from offline_cache.store import Store
from offline_cache.wire import Enrolled, canonical, check_digit
from tests.central.conftest import at_the_same_moment

PLACE_OF_K03 = Place("K03", "tax", "厅", "Hall", "369999")
PLACE = Place("K07", "real-estate", "示例县政务服务中心", "Example County Service Hall", "369999")


def fresh_key() -> str:
    public = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(public).decode()


def ask(url: str, **changed: Any) -> httpx.Response:
    body = {"code": "?", "public_key": fresh_key(), "hardware": "test", "clock": "2026-11-23T11:59:58+08:00"}
    return httpx.post(f"{url}/api/v1/enrolments", json={**body, **changed}, trust_env=False, verify=False, timeout=30)


def test_a_code_makes_a_machine_the_kiosk_it_names(url: str, centre: Centre) -> None:
    code = new_code(centre.engine, PLACE, timedelta(hours=1), centre.clock)
    answer = ask(url, code=code.lower().replace("-", " "))
    assert answer.status_code == 201
    enrolled = Enrolled.model_validate_json(answer.content)
    assert (enrolled.kiosk, enrolled.zone, enrolled.area, enrolled.clock_offset_ms) == ("K07", "real-estate", "369999", 2000)
    assert base64.b64decode(enrolled.server_public_key) == centre.key.public_bytes


def test_a_used_code_serves_the_same_machine_again_and_no_other(url: str, centre: Centre, count: Any) -> None:
    code, key = new_code(centre.engine, PLACE, timedelta(hours=1), centre.clock), fresh_key()
    first = ask(url, code=code, public_key=key)
    assert ask(url, code=code, public_key=key).json() == first.json()
    other = ask(url, code=code)
    assert (other.status_code, other.json()["code"]) == (409, "enrolment-code-used")
    assert count("kiosk_keys") == 1


def test_an_expired_code_is_refused(url: str, centre: Centre, clock: Any) -> None:
    code = new_code(centre.engine, PLACE, timedelta(hours=1), centre.clock)
    clock.advance(hours=1)
    answer = ask(url, code=code)
    assert (answer.status_code, answer.json()["code"]) == (410, "enrolment-code-expired")


@pytest.mark.parametrize("code", ["", "0000-0000-0000-0000", "\N{SNOWMAN}" * 64])
def test_a_code_that_was_never_made_is_refused(url: str, code: str) -> None:
    answer = ask(url, code=code)
    assert (answer.status_code, answer.json()["code"]) == (403, "enrolment-code-unknown")


@pytest.mark.parametrize(
    "changed", [{"public_key": "AAAA"}, {"public_key": "!"}, {"clock": "2026-11-23T12:00:00"}, {"more": 1}, {"hardware": "\0"}]
)
def test_an_enrolment_that_cannot_be_read_is_refused(url: str, centre: Centre, changed: dict[str, Any]) -> None:
    code = new_code(centre.engine, PLACE, timedelta(hours=1), centre.clock)
    answer = ask(url, code=code, **changed)
    assert (answer.status_code, answer.json()["code"]) == (400, "content-refused")


def test_one_code_and_two_machines_at_once_make_one_kiosk(url: str, centre: Centre, count: Any) -> None:
    code = new_code(centre.engine, PLACE, timedelta(hours=1), centre.clock)
    seen = at_the_same_moment([lambda: ask(url, code=code).status_code] * 4)
    assert sorted(seen) == [201, 409, 409, 409]
    assert count("kiosk_keys") == 1


def test_a_kiosk_enrolled_anew_speaks_by_its_new_key_only(signing_kiosk: Any, url: str, centre: Centre) -> None:
    signing_kiosk.submit(signing_kiosk.submission())
    code = new_code(centre.engine, Place("K03", "tax", "厅", "Hall", "369999"), timedelta(hours=1), centre.clock)
    assert ask(url, code=code).status_code == 201
    answer = signing_kiosk.get("/api/v1/catalogue")
    assert (answer.status_code, answer.json()["code"]) == (403, "kiosk-revoked")


def test_a_kiosk_enrolled_anew_hears_of_the_highest_receipt_number_of_today(
    signing_kiosk: Any, url: str, centre: Centre, clock: Any
) -> None:
    """Its disk may be a fresh one: the same numbers would be given to other residents."""

    def told(kiosk: str = "K03", area: str = "369999") -> str:
        place = Place(kiosk, "tax", "厅", "Hall", area)
        return str(ask(url, code=new_code(centre.engine, place, timedelta(hours=1), centre.clock)).json()["last_receipt_number"])

    contents = [signing_kiosk.submission() for _ in range(11)]
    for content in reversed(contents):
        signing_kiosk.submit(content)
    last = contents[-1]["receipt_number"]
    assert last.split("-")[3] == "000011"
    assert (told(), told("K07")) == (last, "")


@pytest.mark.parametrize("sent", ["nothing", "yesterday", "high"])
def test_a_replaced_kiosk_gives_no_receipt_number_of_today_that_the_old_disk_has_and_the_centre_has_not(
    url: str, centre: Centre, clock: Any, tmp_path: Path, sent: str, signing_kiosk: Any
) -> None:
    """The line was down since: the centre knows none of today's, or only one that had stepped on, and residents hold receipts."""
    if sent == "yesterday":
        signing_kiosk.submit(signing_kiosk.submission())
        clock.advance(hours=24)
    elif sent == "high":
        stem = "369999-K03-20261123-012000"
        signing_kiosk.submit(signing_kiosk.submission(receipt_number=f"{stem}-{check_digit(stem)}"))
    now_ms = round(clock().timestamp() * 1000)
    given: list[str] = []
    for disk in ("old", "new", "newest"):
        key = Ed25519PrivateKey.generate()
        public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
        told = ask(url, code=new_code(centre.engine, PLACE_OF_K03, timedelta(hours=1), clock), public_key=public).json()
        settings = StoreSettings(directory=tmp_path / disk)
        settings.directory.mkdir()
        store = Store(settings, Identity(KioskEnrolled.of(told), key), now_ms=lambda: now_ms)
        heard: queue.Queue[Any] = queue.Queue()
        for n in range(3):
            store.keep(f"{disk}-{n}", hall_date(now_ms), lambda serial: str(serial).encode(), heard.put)
            given.append(heard.get(timeout=60).receipt_number)
        store.stop()
    assert len(set(given)) == 9


def test_the_catalogue_is_signed_by_the_key_told_at_enrolment(signing_kiosk: Any, catalogue: Any) -> None:
    published = signing_kiosk.get("/api/v1/catalogue").json()
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(signing_kiosk.enrolled.server_public_key))
    signature = base64.b64decode(published["signature"])
    public.verify(signature, canonical(published["catalogue"]))
    assert catalogue_from_wire(published["catalogue"]) == catalogue
    with pytest.raises(InvalidSignature):
        public.verify(signature, canonical({**published["catalogue"], "sample": False}))


def test_an_unchanged_catalogue_is_not_sent_again(signing_kiosk: Any) -> None:
    first = signing_kiosk.get("/api/v1/catalogue")
    again = signing_kiosk.get("/api/v1/catalogue", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    other = signing_kiosk.get("/api/v1/catalogue", headers={"if-none-match": '"another"'})
    assert other.status_code == 200


def test_one_zone_of_the_catalogue_has_a_version_of_its_own(signing_kiosk: Any, catalogue: Any) -> None:
    published = signing_kiosk.get("/api/v1/catalogue?zone=tax").json()
    assert [zone["id"] for zone in published["catalogue"]["zones"]] == ["tax"]
    assert published["version"] != catalogue.version
    missing = signing_kiosk.get("/api/v1/catalogue?zone=nowhere")
    assert (missing.status_code, missing.json()["code"]) == (404, "nothing-found")
