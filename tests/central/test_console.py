"""The managers' console: who gets in, what it shows and never shows, and how it looks in a real browser."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

from central.alarm import raise_alarm
from central.centre import Centre
from central.console.ledger_page import LAST_PAGE
from central.console.log_filter import LogFilter, log_of, values_of
from central.console.texts import TEXTS, age, text
from central.enrolment import revoke
from central.staff import IDLE, LONGEST, PasswordTooShort
from central.tables import Event
from kiosk.staff.wording import RECORD_STATES
from offline_cache.records import RecordState
from offline_cache.wire import GENESIS, event_hash, ledger_digest
from tests.central.conftest import new_key

if TYPE_CHECKING:
    from sqlalchemy import Select

PASSWORD = "correct horse 24"


@pytest.fixture
def browser(url: str, centre: Centre) -> Iterator[httpx.Client]:
    """Someone with the page open, not signed in."""
    centre.staff.add("manager", PASSWORD)
    with httpx.Client(base_url=url, trust_env=False, verify=False, timeout=30) as client:
        yield client


def sign_in(client: httpx.Client, password: str = PASSWORD, **headers: str) -> httpx.Response:
    return client.post("/console/sign-in", data={"name": "manager", "password": password}, headers=headers)


@pytest.fixture
def signed_in(browser: httpx.Client) -> httpx.Client:
    assert sign_in(browser).status_code == 303
    return browser


@pytest.fixture
def busy_hall(centre: Centre, url: str, clock: Any, new_kiosk: Any) -> Iterator[None]:
    """Nine zones with kiosks in every state, submissions, a log, and an alarm."""
    with ExitStack() as stack:
        kiosks = [
            stack.enter_context(new_kiosk(f"K{place:02d}", zone.id))
            for place, zone in enumerate(centre.catalogue.zones[:8], start=1)
        ]
        for place, kiosk in enumerate(kiosks):
            kept = [kiosk.submission() for _ in range(place % 3)]
            if kept:
                kiosk.submit(*kept)
            if place == 7:
                continue
            if place == 6:
                clock.advance(minutes=-200)
            kiosk.post("/api/v1/heartbeats", json.dumps(heartbeat(place, len(kept))))
            if place == 6:
                clock.advance(minutes=200)
        conflicting = kiosks[1].submission()
        kiosks[1].submit(conflicting)
        kiosks[1].post("/api/v1/ledger-matches", json.dumps({"day": "20261122", "acknowledged": 0, "digest": ledger_digest({})}))
        lost = {"key": new_key(), "content_hash": "0" * 64, "state": "acknowledged"}
        day = {"day": "20261121", "acknowledged": 1, "digest": "0" * 64, "entries": [lost]}
        kiosks[1].post("/api/v1/ledger-matches", json.dumps(day))
        kiosks[1].submit({**conflicting, "consent_version": "other"})
        kiosks[1].post("/api/v1/heartbeats", json.dumps({**heartbeat(1, 2)}))
        clock.advance(seconds=20)
        kiosks[2].post("/api/v1/events", json.dumps({"events": story()}))
        kiosks[0].post("/api/v1/events", json.dumps({"events": story()[:6]}))
        revoke(centre.engine, "K06", clock)
        yield


def heartbeat(place: int, kept: int) -> dict[str, Any]:
    printer = {"device": "receipt-printer", "kind": "receipt-printer", "state": "online"}
    if place == 3:
        printer = {**printer, "state": "user-error", "trouble": "paper-out"}
    devices = [{"device": name, "kind": name, "state": "online"} for name in ("card-reader", "code-scanner", "face-camera")]
    waiting = 2 if place == 4 else 0
    return {
        "version": "0.1.0",
        "clock": "2026-11-23T12:00:00+08:00",
        "devices": [*devices, printer],
        "queue_depth": waiting,
        "queue_oldest_seconds": 760 if waiting else 0,
        "kept": kept + waiting,
        "acknowledged": kept,
        "disk_free_bytes": 10**10,
        "practice": place == 2,
    }


def story() -> list[dict[str, Any]]:
    """One visit's events, with a number that never should have been logged."""
    told: list[dict[str, Any]] = [
        {"event": "visit-began"},
        {"event": "item-chosen", "item": "SI-101"},
        {"event": "device-troubled", "device": "card-reader", "code": "card-unreadable"},
        {"event": "card-read", "device": "card-reader", "document": "resident"},
        {"event": "submission-kept", "item": "SE-009", "queue_depth": 1},
        {"event": "receipt-printed", "device": "receipt-printer", "kind": "temporary"},
        {"event": "visit-ended", "how": "farewell", "leaked": "369999194906120025", "phone": 13800138000},
    ]
    lines, prev = [], GENESIS
    for seq, facts in enumerate(told * 8, start=1):
        minute = 10 + seq // 2
        body = {"at": f"2026-11-23T11:{minute % 60:02d}:{seq % 60:02d}+08:00", "visit": f"7c41e9a2-{(seq - 1) // 7:04d}", **facts}
        hashed = event_hash(prev, seq, body)
        lines.append({"seq": seq, "prev": prev, "hash": hashed, "body": body})
        prev = hashed
    return lines


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_needs_a_person_at_a_kiosk_is_not_said_to_wait_for_sending(language: str) -> None:
    state = RECORD_STATES[RecordState.QUEUED].in_language(language).lower()
    assert [name for name in ("queue", "empty_queue", "waiting_everywhere") if state in text(name, language).lower()] == []


def test_nobody_sees_the_console_without_signing_in(browser: httpx.Client) -> None:
    answer = browser.get("/console")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/sign-in")
    browser.cookies.set("console_session", "made-up")
    assert browser.get("/console").status_code == 303


def test_a_wrong_password_and_an_unknown_name_look_the_same(browser: httpx.Client) -> None:
    wrong = sign_in(browser, "wrong password")
    unknown = browser.post("/console/sign-in", data={"name": "stranger", "password": PASSWORD})
    assert (wrong.status_code, unknown.status_code) == (403, 403)
    assert wrong.text == unknown.text


def test_wrong_passwords_lock_out_for_a_growing_time(browser: httpx.Client, clock: Any) -> None:
    for _ in range(5):
        sign_in(browser, "wrong password")
    assert sign_in(browser).status_code == 403, "locked for half a minute, even for the right password"
    clock.advance(seconds=31)
    sign_in(browser, "wrong password")
    clock.advance(seconds=31)
    assert sign_in(browser).status_code == 403, "the next lock is twice as long"
    clock.advance(seconds=31)
    assert sign_in(browser).status_code == 303


def test_a_form_posted_from_another_site_opens_nothing(browser: httpx.Client) -> None:
    assert sign_in(browser, origin="https://elsewhere.invalid").status_code == 403
    assert sign_in(browser, **{"sec-fetch-site": "cross-site"}).status_code == 403


def test_signing_out_needs_the_forms_own_token_and_ends_the_session(signed_in: httpx.Client) -> None:
    page = signed_in.get("/console").text
    session = signed_in.cookies["console_session"]
    signed_in.post("/console/sign-out", data={"csrf": "guessed"})
    signed_in.cookies.set("console_session", session, path="/console")
    assert signed_in.get("/console").status_code == 200
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    signed_in.post("/console/sign-out", data={"csrf": found[1]})
    signed_in.cookies.clear()
    signed_in.cookies.set("console_session", session, path="/console")
    assert signed_in.get("/console").status_code == 303


@pytest.mark.parametrize("wait", [IDLE, LONGEST])
def test_a_session_ends_when_idle_and_at_the_latest_after_a_shift(signed_in: httpx.Client, clock: Any, wait: Any) -> None:
    clock.advance(seconds=wait.total_seconds() + 1)
    assert signed_in.get("/console").status_code == 303


def test_a_short_password_is_not_taken(centre: Centre) -> None:
    with pytest.raises(PasswordTooShort):
        centre.staff.add("manager", "short")


def test_an_empty_centre_says_what_to_do_next(signed_in: httpx.Client) -> None:
    page = signed_in.get("/console").text
    assert "central enrolment-code --kiosk K01" in page
    assert page.count('class="zone"') == 9
    assert TEXTS["no_submission"][0] in page
    assert TEXTS["no_event_at_all"][0] in page
    assert TEXTS["no_event"][0] not in page
    assert TEXTS["no_event"][0] in signed_in.get("/console?event=card-read").text


def test_nothing_personal_is_on_the_page(signed_in: httpx.Client, busy_hall: None) -> None:
    page = signed_in.get("/console").text
    assert "SL-369999-20261123-000001" in page
    for secret in ("虚构·买买提测试", "369999194906120025", "13800138000"):
        assert secret not in page
    assert page.count("leaked ******************") == page.count("leaked=******************") > 0


def test_a_day_held_against_the_ledger_is_shown_and_what_differs_is_named(signed_in: httpx.Client, busy_hall: None) -> None:
    shown = signed_in.get("/console?lang=en").text
    card = shown[shown.index('data-kiosk="K02"') : shown.index('data-kiosk="K03"')]
    assert [found.group(1, 2) for found in re.finditer(r'data-day="([\d-]+)".*?<b>([^<]*)</b>', card)] == [
        ("2026-11-22", "0 = 0"),
        ("2026-11-21", "1 ≠ 0"),
    ]
    assert re.search(r"<b>not in the ledger</b> [0-9a-f-]{36}", card)
    assert "A day differs from the kiosk" in shown  # the alarm


def alarm_forms(page: str) -> list[dict[str, str]]:
    """What the buttons of the alarms to look into would post."""
    forms = re.findall(r'<form method="post" action="/console/alarms/done">(.*?)</form>', page, re.DOTALL)
    return [dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)) for form in forms]


def test_an_alarm_is_there_until_somebody_looked_into_it_and_again_when_more_differs(
    signed_in: httpx.Client, signing_kiosk: Any
) -> None:
    keys = [new_key() for _ in range(3)]

    def lose(many: int) -> None:
        gone = [{"key": key, "content_hash": "0" * 64, "state": "acknowledged"} for key in keys[:many]]
        day = {"day": "20261123", "acknowledged": many, "digest": "0" * 64, "entries": gone}
        assert signing_kiosk.post("/api/v1/ledger-matches", json.dumps(day)).status_code == 200

    def shown() -> tuple[list[dict[str, str]], str, list[str]]:
        page = signed_in.get("/console?lang=en").text
        day = re.search(r'class="match day (\w+)" data-day="2026-11-23"', page)
        done = page[page.index("alarms-done") :] if "alarms-done" in page else ""
        assert day is not None
        return alarm_forms(page), day[1], re.findall(r"</code><span>([^<]*)</span><time>", done)

    lose(1)
    ((seen,), state, done) = shown()
    assert (seen["kiosk"], seen["code"], seen["subject"], seen["times"], state) == (
        "K03",
        "ledger-differs",
        "20261123",
        "1",
        "differs",
    )
    lose(1)
    assert shown()[0] == [seen], "compared again, and the same"
    lose(2)
    answer = signed_in.post("/console/alarms/done", data=seen)
    assert "It changed since your page was opened" in signed_in.get(answer.headers["Location"] + "&lang=en").text
    ((seen,), state, done) = shown()
    assert (seen["times"], state, done) == ("2", "differs", []), "it was raised again since that page was made"
    for wrong in ({"csrf": "guessed"}, {"times": "x"}, {"times": "9" * 30}, {"subject": ""}):
        assert signed_in.post("/console/alarms/done", data=seen | wrong).status_code == 303
    assert signed_in.post("/console/alarms/done", data=seen, headers={"sec-fetch-site": "cross-site"}).status_code == 303
    assert len(shown()[0]) == 1
    pressed_twice = [signed_in.post("/console/alarms/done", data=seen).headers["Location"] for _ in range(2)]
    assert pressed_twice == ["/console", "/console"], "nothing changed in between"
    assert shown() == ([], "known", ["manager"])
    lose(2)
    assert shown() == ([], "known", ["manager"])
    lose(3)
    ((seen,), state, done) = shown()
    assert (seen["times"], state, done) == ("3", "differs", [])
    lose(0)
    assert shown() == ([], "agrees", ["by itself"])


def test_more_alarms_than_there_is_room_for_are_counted(signed_in: httpx.Client, centre: Centre, clock: Any) -> None:
    with centre.engine.begin() as connection:
        for place in range(23):
            raise_alarm(connection, "K03", "chain-broken", str(place), clock())
    page = signed_in.get("/console?lang=en").text
    assert len(alarm_forms(page)) == 20
    assert "<b>23</b>" in page
    assert "Others 3" in page
    for _ in range(2):
        assert signed_in.post("/console/alarms/done", data=alarm_forms(page)[0]).headers["Location"] == "/console"
    assert "<b>22</b>" in signed_in.get("/console?lang=en").text


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "中心数据库暂时没有应答"), ("en", "The centre&#39;s database does not answer")]
)
def test_whoever_opens_the_console_while_the_database_does_not_answer_reads_it_in_words(
    signed_in: httpx.Client, centre: Centre, language: str, said: str
) -> None:
    with centre.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE alarms RENAME TO put_away")
    try:
        answer = signed_in.get(f"/console?lang={language}")
    finally:
        with centre.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE put_away RENAME TO alarms")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert said in answer.text
    assert 'href="/console"' in answer.text
    assert signed_in.get("/console").status_code == 200


def test_an_address_of_the_console_that_is_none_is_told_in_words(signed_in: httpx.Client) -> None:
    answer = signed_in.get("/console/zones")
    assert (answer.status_code, TEXTS["trouble_place-unknown"][0] in answer.text) == (404, True)
    assert signed_in.get("/api/v1/zones").json()["code"] == "place-unknown"


@pytest.mark.parametrize(
    ("method", "place", "sent", "status", "said"),
    [
        ("GET", "/console/alarms/done", "", 405, "There is no such page."),
        ("POST", "/console/sign-in", "x" * 9000, 413, "This could not be done."),
    ],
)
def test_of_what_is_refused_nobody_is_sent_to_a_log_that_does_not_have_it(
    signed_in: httpx.Client, method: str, place: str, sent: str, status: int, said: str
) -> None:
    answer = signed_in.request(method, f"{place}?lang=en", content=sent)
    assert (answer.status_code, f"<p>{said}</p>" in answer.text) == (status, True)


def test_of_very_many_that_differ_the_rest_is_counted(signed_in: httpx.Client, signing_kiosk: Any) -> None:
    lost = [{"key": new_key(), "content_hash": "0" * 64, "state": "acknowledged"} for _ in range(25)]
    day = {"day": "20261122", "acknowledged": 25, "digest": "0" * 64, "entries": lost}
    signing_kiosk.post("/api/v1/ledger-matches", json.dumps(day))
    shown = signed_in.get("/console?lang=en").text
    assert sum(one["key"] in shown for one in lost) == 20
    assert "<b>others in doubt</b> 5 (<code>central ledger</code>)" in shown


def test_what_a_kiosks_staff_took_out_is_told_and_no_difference(signed_in: httpx.Client, new_kiosk: Any) -> None:
    with new_kiosk("K02", "social-insurance") as kiosk:
        kiosk.submit(kiosk.submission())
        kiosk.post("/api/v1/heartbeats", json.dumps(heartbeat(1, 1) | {"kept": 2}))
    shown = signed_in.get("/console?lang=en").text
    card = shown[shown.index('data-kiosk="K02"') :]
    told = re.findall(r"<span>([a-z ]+) <b>(\d+)</b></span>", card)
    assert told == [("kept", "2"), ("returned or cancelled", "1"), ("acknowledged", "1"), ("centre", "1")]
    assert "<em>agrees</em>" in card


def test_the_page_lets_nothing_in_from_elsewhere(signed_in: httpx.Client) -> None:
    answer = signed_in.get("/console")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.text)


def test_a_kiosk_that_is_silent_stands_out_and_one_that_was_revoked_is_not_counted(
    signed_in: httpx.Client, busy_hall: None
) -> None:
    page = signed_in.get("/console").text
    assert '<div class="some-away"><b>5<small> / 7</small></b>' in page


def test_a_submission_is_found_by_its_receipt_number(signed_in: httpx.Client, busy_hall: None) -> None:
    rows = re.compile(r'data-label="回执号">([^<]+)<')
    every = rows.findall(signed_in.get("/console").text)
    assert len(every) == 8
    one = signed_in.get("/console", params={"number": f" {every[3].lower()} "}).text
    assert set(rows.findall(one)) == {every[3]}
    assert TEXTS["no_such_number"][0] in signed_in.get("/console?number=369999-K01-20200101-000001-1").text


def test_the_ledger_has_earlier_pages(signed_in: httpx.Client, busy_hall: None, new_kiosk: Any) -> None:
    with new_kiosk("K09", "tax") as kiosk:
        kiosk.submit(*(kiosk.submission() for _ in range(9)))
    accepted = re.compile(r"SL-[0-9]+-[0-9]+-[0-9]+")
    first, second = (set(accepted.findall(signed_in.get(f"/console?ledger_page={page}").text)) for page in (1, 2))
    assert (len(first), len(second), first & second) == (12, 5, set())
    assert "/console?ledger_page=2#ledger" in signed_in.get("/console").text
    assert "/console?ledger_page=1#ledger" in signed_in.get("/console?ledger_page=2").text
    assert signed_in.get("/console?ledger_page=many").status_code == 200


def test_the_logs_filters_are_in_the_address(signed_in: httpx.Client, busy_hall: None) -> None:
    rows_by_query = {
        "kiosk=K01": 6,
        "event=card-read": 9,
        "device=receipt-printer": 9,
        "visit=7c41e9a2-0003": 7,
        "kiosk=K03&event=visit-ended": 8,
        "since=2026-11-23T11:30&until=2026-11-23T11:31": 4,
        "kiosk=K99": 0,
        "kiosk=%ff": 0,
        "since=yesterday": 40,
        "page=2": 22,
        "page=-1&kiosk=%00": 40,
        "page=" + "9" * 400: 0,
    }
    for query, rows in rows_by_query.items():
        answer = signed_in.get(f"/console?{query}")
        assert answer.status_code == 200
        log = answer.text.partition('id="log"')[2]
        assert log.count('<td class="facts"') == rows, query


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00"])
def test_an_event_of_the_last_day_there_is_does_not_take_the_page_away(
    signing_kiosk: Any, signed_in: httpx.Client, at: str
) -> None:
    body = {"at": at, "event": "visit-began", "visit": "v1"}
    line = {"seq": 1, "prev": GENESIS, "hash": event_hash(GENESIS, 1, body), "body": body}
    assert signing_kiosk.post("/api/v1/events", json.dumps({"events": [line]})).json()["next_seq"] == 2
    for sought in ("", "?since=0001-01-01T00:00", "?until=9999-12-31T23:59"):
        page = signed_in.get(f"/console{sought}")
        assert (page.status_code, "v1" in page.text) == (200, True)


def test_a_visits_link_shows_the_whole_of_it_whatever_is_filtered(signed_in: httpx.Client, busy_hall: None) -> None:
    page = signed_in.get("/console?event=visit-ended&kiosk=K03&since=2026-11-23T11:00").text
    link = html.unescape(re.findall(r'<a href="([^"]*visit=[^"]*)"', page)[0])
    whole = signed_in.get(link).text.partition('id="log"')[2]
    assert whole.count('<td class="facts"') == 7


@pytest.mark.parametrize(
    "chosen",
    [
        LogFilter(),
        LogFilter(page=LAST_PAGE),
        LogFilter(kiosk="K03"),
        LogFilter(event="device-troubled"),
        LogFilter(device="card-reader"),
        LogFilter(kiosk="K03", event="device-troubled"),
        LogFilter(since="2026-11-23T00:00", until="2026-11-23T08:00"),
        LogFilter(kiosk="K03", since="2026-11-23T00:00"),
    ],
    ids=lambda chosen: chosen.url(),
)
def test_a_page_of_the_log_costs_the_same_however_much_of_it_there_is(centre: Centre, chosen: LogFilter) -> None:
    (step,) = plan(centre, log_of(chosen))
    assert "events USING INDEX ix_events_log" in step, "all of it would be read and sorted"


def test_what_can_be_chosen_is_found_without_reading_the_log(centre: Centre) -> None:
    for column in (Event.kiosk, Event.event, Event.device):
        steps = [step for step in plan(centre, values_of(column)) if "events" in step]
        assert len(steps) == 2
        assert all(step.startswith("SEARCH events USING COVERING INDEX ix_events_log_of_") for step in steps), steps


def plan(centre: Centre, query: Select[Any]) -> list[str]:
    """How the database would go about it."""
    if centre.engine.dialect.name != "sqlite":
        pytest.skip("the plan of the other database depends on how much there is")
    with centre.engine.connect() as connection:
        told = query.compile(centre.engine, compile_kwargs={"literal_binds": True})
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {told}")]


@pytest.mark.parametrize(
    ("language", "device", "event", "trouble", "facts"),
    [
        ("zh", "身份证读卡器", "读卡成功", "证件读取失败", "事项 SE-009 · queue_depth 1"),
        ("en", "Card reader", "Card read", "A card could not be read", "item SE-009 · queue_depth 1"),
    ],
)
def test_devices_events_troubles_and_facts_are_in_words_beside_their_codes(
    signed_in: httpx.Client, busy_hall: None, language: str, device: str, event: str, trouble: str, facts: str
) -> None:
    page = signed_in.get(f"/console?lang={language}").text
    table = re.sub(r"\s+", " ", page.partition('<table class="log">')[2])
    for told in (f"{device} <small>card-reader</small>", f"{event} <small>card-read</small>", "code=card-unreadable"):
        assert told in table
    assert f'title="code=card-unreadable">{trouble} <small>card-unreadable</small></td>' in table
    assert f'title="item=SE-009 queue_depth=1">{facts}</td>' in table
    assert f'<option value="card-reader">{device} card-reader</option>' in page
    assert ">item-chosen<" in re.sub(r">\s+|\s+<", lambda found: found.group().strip(), table)  # an event of another version


def test_the_console_speaks_english_and_remembers_it(signed_in: httpx.Client) -> None:
    assert TEXTS["zones"][1] in signed_in.get("/console?lang=en").text
    assert TEXTS["zones"][1] in signed_in.get("/console").text
    assert TEXTS["zones"][0] in signed_in.get("/console?lang=zh").text


def test_every_age_is_told_in_its_largest_unit() -> None:
    assert [age(seconds, "en") for seconds in (-1, 59, 61, 7200, 200000)] == ["0 s", "59 s", "1 min", "2 h", "2 d"]


def test_the_console_in_a_real_browser(
    busy_hall: None, url: str, centre: Centre, engine: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("one browser is enough: the page is the same on both databases")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    centre.staff.add("manager", PASSWORD)
    asked: list[str] = []
    with playwright.sync_playwright() as running:
        chrome = running.chromium.launch(executable_path=chromium, headless=True, args=["--no-sandbox"])
        page = chrome.new_page(viewport={"width": 1280, "height": 800})
        page.on("request", lambda seen: asked.append(seen.url))
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{url}/console")
        page.screenshot(path=tmp_path / "sign-in.png")
        page.fill("input[name=name]", "manager")
        page.fill("input[name=password]", PASSWORD)
        page.click("button.main")
        page.wait_for_selector("#zones")
        assert page.title() == TEXTS["title"][0]
        assert page.locator("article.zone").count() == 9
        assert page.locator("[data-kiosk=K04] .trouble").inner_text().split()[:2] == ["凭条打印机", "凭条纸用完"]
        assert page.locator("[data-kiosk=K04] .trouble span").get_attribute("title") == "paper-out"
        matches = {
            kiosk: page.locator(f"[data-kiosk={kiosk}] .match:not(.day) em").inner_text() for kiosk in ("K02", "K05", "K08")
        }
        assert matches == {"K02": TEXTS["agrees"][0], "K05": TEXTS["outstanding"][0], "K08": TEXTS["differs"][0]}
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, "nothing sticks out to the side"
        page.screenshot(path=tmp_path / "console.png", full_page=True)
        page.select_option("select[name=event]", "card-read")
        page.click("#log .filter button")
        page.wait_for_selector(".filter a.quiet")
        assert "event=card-read" in page.url
        assert set(page.locator("table.log tbody td:nth-child(3)").all_inner_texts()) == {"读卡成功 card-read"}
        assert page.locator("select[name=event] option:checked").inner_text() == "读卡成功 card-read"
        page.screenshot(path=tmp_path / "filtered.png")
        page.goto(f"{url}/console?lang=en")
        page.screenshot(path=tmp_path / "english.png", full_page=True)
        alarms = page.locator(".alarms li")
        before = alarms.count()
        alarms.filter(has_text="2026").get_by_role("button", name="Done").first.click()
        page.wait_for_selector(".alarms-done")
        assert alarms.count() == before - 1
        page.click(".alarms-done summary")
        assert "manager" in page.locator(".alarms-done li").inner_text()
        page.screenshot(path=tmp_path / "looked-into.png", full_page=True)
        page.set_viewport_size({"width": 390, "height": 844})
        for language in ("en", "zh"):
            page.goto(f"{url}/console?lang={language}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nor on a telephone"
            page.screenshot(path=tmp_path / f"telephone-{language}.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 800})
        page.emulate_media(media="print")
        assert not page.locator("#log .filter").is_visible()
        page.screenshot(path=tmp_path / "print.png", full_page=True)
        page.pdf(path=tmp_path / "console.pdf")
        chrome.close()
    assert {urlsplit(place).netloc for place in asked} == {urlsplit(url).netloc}, "no request leaves the host"
    assert said == []
    assert (tmp_path / "console.pdf").stat().st_size > 10_000
