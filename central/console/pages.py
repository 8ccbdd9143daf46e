"""The console's pages and its door; each page is made on the server and needs no script."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool

from central.alarm import end_alarm, is_over
from central.api.requests import TheCentre, read_body
from central.centre import Centre
from central.console.ledger_page import Sought, ledger_shown
from central.console.log_filter import LogFilter, choices, events_shown
from central.console.shown import alarms_shown, kiosks_shown, zones_shown
from central.console.texts import LANGUAGES, TEXTS, age, facts_raw, facts_told, in_words, text
from central.ledger_match import ALARM as LEDGER_DIFFERS
from central.ledger_match import know_of
from central.refusal import Refused
from central.staff import IDLE, LONGEST_NAME, LONGEST_PASSWORD, SignedIn
from offline_cache.hall_time import HALL_TIME

HERE = Path(__file__).parent
COOKIE = "console_session"
LANGUAGE_COOKIE = "console_language"
FORM_BYTES = 8 * 1024
COUNT = re.compile("[0-9]{1,9}")
STALE = "alarm-changed"
SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
router = APIRouter(prefix="/console", include_in_schema=False)
templates = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


@router.get("")
def overview(request: Request, centre: TheCentre) -> Response:
    """Zones, ledger and log on one page; the log's filter is in the URL."""
    staff = signed_in(request, centre)
    if staff is None:
        return RedirectResponse("/console/sign-in", status_code=303)
    chosen = LogFilter.from_query(request.query_params)
    sought = Sought.from_query(request.query_params)
    now = centre.clock()
    with centre.engine.connect().execution_options(reading=True, one_moment=True) as connection:
        kiosks = kiosks_shown(connection, now)
        ledger, more_in_ledger, in_ledger = ledger_shown(connection, centre.catalogue, sought)
        events, more_events = events_shown(connection, chosen)
        alarms, alarms_done, in_alarm = alarms_shown(connection)
        shown: dict[str, Any] = {
            "zones": zones_shown(centre.catalogue, kiosks),
            "kiosks": kiosks,
            "ledger": ledger,
            "in_ledger": in_ledger,
            "more_in_ledger": more_in_ledger,
            "alarms": alarms,
            "alarm_changed": STALE in request.query_params,
            "alarms_done": alarms_done,
            "in_alarm": in_alarm,
            "events": events,
            "more_events": more_events,
            "choices": choices(connection),
        }
    return page(request, centre, "overview.html", staff=staff, now=now, chosen=chosen, sought=sought, **shown)


@router.get("/sign-in")
def sign_in_page(request: Request, centre: TheCentre) -> Response:
    """Name and password."""
    return page(request, centre, "sign_in.html", staff=None, wrong=False)


@router.post("/sign-in")
async def sign_in(request: Request, centre: TheCentre) -> Response:
    """Open a session; a form posted from another site is turned away."""
    form = await read_form(request)
    token = None
    if comes_from_here(request):
        name, password = form.get("name", "")[:LONGEST_NAME], form.get("password", "")[:LONGEST_PASSWORD]
        token = await run_in_threadpool(centre.staff.sign_in, name, password)
    if token is None:
        return page(request, centre, "sign_in.html", status=403, staff=None, wrong=True)
    answer = RedirectResponse("/console", status_code=303)
    secure = request.url.scheme == "https" or centre.public_url.startswith("https:")
    answer.set_cookie(
        COOKIE, token, max_age=int(IDLE.total_seconds()) * 20, path="/console", httponly=True, samesite="lax", secure=secure
    )
    return answer


@router.post("/sign-out")
async def sign_out(request: Request, centre: TheCentre) -> Response:
    """End the session; the form's token must be the session's own."""
    form = await read_form(request)
    staff = await run_in_threadpool(signed_in, request, centre)
    if staff is not None and comes_from_here(request) and form.get("csrf") == staff.csrf:
        await run_in_threadpool(centre.staff.sign_out, request.cookies[COOKIE])
    answer = RedirectResponse("/console/sign-in", status_code=303)
    answer.delete_cookie(COOKIE, path="/console")
    return answer


@router.post("/alarms/done")
async def alarm_done(request: Request, centre: TheCentre) -> Response:
    """Somebody looked into an alarm. One that was raised again since their page was made stays, and they are told."""
    form = await read_form(request)
    staff = await run_in_threadpool(signed_in, request, centre)
    done = True
    if staff is not None and comes_from_here(request) and form.get("csrf") == staff.csrf:
        done = await run_in_threadpool(_done, centre, staff.name, form)
    return RedirectResponse("/console" if done else f"/console?{STALE}=1", status_code=303)


def _done(centre: Centre, by: str, form: dict[str, str]) -> bool:
    kiosk, code, subject, times = (form.get(name, "") for name in ("kiosk", "code", "subject", "times"))
    seen = int(times) if COUNT.fullmatch(times) else 0
    now = centre.clock()
    with centre.engine.begin() as connection:
        if code == LEDGER_DIFFERS:
            done = know_of(connection, kiosk, subject, now, by, seen=seen) > 0
        else:
            done = end_alarm(connection, kiosk, code, subject, now, by=by, times=seen)
        return done or is_over(connection, kiosk, code, subject, times=seen)  # somebody else was first, or they pressed twice


def signed_in(request: Request, centre: Centre) -> SignedIn | None:
    """Who this browser is."""
    token = request.cookies.get(COOKIE, "")
    return centre.staff.who(token) if token else None


def comes_from_here(request: Request) -> bool:
    """False when the browser says that another site posted this."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def read_form(request: Request) -> dict[str, str]:
    """A small form; the last of several values counts."""
    body = await read_body(request, FORM_BYTES)
    fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20)
    return {name: values[-1].replace("\0", "") for name, values in fields.items()}


def page(request: Request, centre: Centre, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
    """The page in the chosen language, with headers that let nothing in from elsewhere."""
    asked = request.query_params.get("lang", "")
    language = asked if asked in LANGUAGES else request.cookies.get(LANGUAGE_COOKIE, "zh")
    language = language if language in LANGUAGES else "zh"
    words = {
        "language": language,
        "t": lambda key: text(key, language),
        "said": lambda what, code: in_words(what, code, language),
        "told": lambda row: facts_told(row.facts, language, has_device=bool(row.device)),
        "raw": facts_raw,
        "age": lambda seconds: age(seconds, language),
        "practice": centre.practice,
        "other_language_url": str(
            request.url.include_query_params(lang="en" if language == "zh" else "zh").replace(scheme="", netloc="")
        ),
        "moment": moment,
    }
    answer = HTMLResponse(templates.get_template(template).render(**words, **shown), status_code=status, headers=SAFE_HEADERS)
    if asked == language:
        answer.set_cookie(LANGUAGE_COOKIE, language, max_age=365 * 24 * 3600, path="/console", samesite="lax", httponly=True)
    return answer


def trouble_page(request: Request, centre: Centre, refused: Refused, headers: dict[str, str]) -> HTMLResponse:
    """In words, for whoever opened the console while something is wrong."""
    code = refused.why.code
    said_of = f"trouble_{code}" if f"trouble_{code}" in TEXTS else "trouble_other"
    answer = page(request, centre, "trouble.html", status=refused.why.status, staff=None, said_of=said_of, code=code)
    answer.headers.update(headers)
    return answer


def moment(at: datetime | None, *, with_date: bool = True) -> str:
    """In the hall's time, to the second."""
    if at is None:
        return "—"
    return at.astimezone(HALL_TIME).strftime("%Y-%m-%d %H:%M:%S" if with_date else "%H:%M:%S")
