"""What the tests of the offline cache share: fictional submissions, and a small centre over real sockets that obeys a script."""

from __future__ import annotations

import base64
import hashlib
import json
import queue
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pysqlite3 import dbapi2

from offline_cache.database import open_store
from offline_cache.identity import Enrolled, Identity
from offline_cache.key import new_key
from offline_cache.receipt_number import ReceiptNumber
from offline_cache.schema import MIGRATION_SET, MIGRATIONS, MIGRATIONS_TABLE
from offline_cache.settings import CentreSettings, StoreSettings
from offline_cache.store import Store
from offline_cache.wire import SignedHead, canonical, countersigned_bytes

if TYPE_CHECKING:
    from offline_cache.database import Connection

NAME, NUMBER = "欧阳测试", "369999199001010015"
DAY = date(2026, 11, 23)
SERVER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def make_identity(key: Ed25519PrivateKey | None = None, clock_offset_ms: int = 0) -> Identity:
    enrolled = Enrolled(
        kiosk="K03",
        key_id="k03-1",
        hall="吉安县政务服务中心",
        hall_en="Ji'an County Service Hall",
        area="360821",
        zone="social-security",
        clock_offset_ms=clock_offset_ms,
        server_public_key=base64.b64encode(SERVER_KEY.public_key().public_bytes_raw()).decode(),
    )
    return Identity(enrolled, key or Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))


def keep_one(directory: Path) -> StoreSettings:
    """A kiosk's store with one submission in it, its key a plain file."""
    settings = StoreSettings(directory=directory)
    store = Store(settings, make_identity())
    key = new_key()
    store.keep(key, date(2026, 11, 23), composed(key), lambda _: None)
    store.stop()
    return settings


def keys_waiting(store: Store) -> set[str]:
    """The keys of what waits in it."""
    return {row.key for row in store.call(lambda tables: tables.review.rows(limit=1000)).result()}


def composed(key: str, padding: int = 0) -> Callable[[int], bytes]:
    """A submission of a fictional person, as canonical bytes."""

    def compose(serial: int) -> bytes:
        number = str(ReceiptNumber("360821", "K03", DAY, serial))
        return canonical({"key": key, "name": NAME, "number": NUMBER, "receipt_number": number, "x": "好" * padding})

    return compose


@dataclass
class Got:
    """One request as the centre got it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """What to answer: `raw` is written to the socket as it stands, then the connection is cut."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    raw: bytes | None = None
    hang: bool = False
    drop: bool = False
    after: bool = False
    """Do what was asked first (the effect stands), then misbehave."""


def countersigned(head: SignedHead) -> dict[str, Any]:
    """The centre's word for a head."""
    at = "2026-11-23T10:00:00.000+00:00"
    signature = base64.b64encode(SERVER_KEY.sign(countersigned_bytes("K03", head, at))).decode()
    return {"seq": head.seq, "hash": head.hash, "countersigned_at": at, "countersignature": signature}


def refusal(status: int, code: str, **headers: str) -> Reply:
    body = json.dumps({"code": code, "message": "no"}).encode()
    return Reply(status, body, {"Content-Type": "application/json", **headers})


class LedgerCentre:
    """Takes each submission once; misbehaves for the next requests as `script` says, request by request."""

    def __init__(self) -> None:
        self.ledger: dict[str, dict[str, Any]] = {}
        self.hashes: dict[str, str] = {}
        self.deliveries: list[str] = []
        self.conflicts: list[str] = []
        self.got: queue.Queue[Got] = queue.Queue()
        self.script: dict[str, list[Reply]] = {}
        self.verdicts: dict[str, dict[str, Any]] = {}
        self.always: Callable[[Got], Reply | None] = lambda _: None
        self.blobs: dict[str, bytearray] = {}
        self.events: list[dict[str, Any]] = []
        self.orders: dict[str, Any] = {}
        self.catalogue: Reply = Reply(404, b"")
        self.released = threading.Event()
        self.lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                pass

            def do_POST(self) -> None:
                owner.handle(self)

            do_GET = do_PUT = do_POST  # noqa: N815

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign] # connections cut on purpose are no news
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        got = Got(handler.command, handler.path, {k.lower(): v for k, v in handler.headers.items()}, body)
        name = handler.path.removeprefix("/api/v1/").split("/")[0]
        with self.lock:
            steps = self.script.get(name, [])
            reply = steps.pop(0) if steps else self.always(got)
        if reply is None or reply.after:
            right = self.answer(name, got)
            reply = reply or right
        self.got.put(got)
        self.write(handler, reply)

    def write(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        if reply.hang:
            self.released.wait(60)
        if reply.raw is not None or reply.drop or reply.hang:
            handler.wfile.write(reply.raw or b"")
            handler.close_connection = True
            return
        handler.send_response(reply.status)
        for header, value in reply.headers.items():
            handler.send_header(header, value)
        handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        handler.wfile.write(reply.body)

    def answer(self, name: str, got: Got) -> Reply:
        match name:
            case "submissions" if got.method == "POST":
                return self.take(got.body)
            case "blobs":
                return self.take_part(got)
            case "heartbeats":
                return Reply(body=json.dumps({"clock": datetime.now(UTC).isoformat(), **self.orders}).encode())
            case "events":
                sent = json.loads(got.body)
                with self.lock:
                    self.events += sent["events"]
                    told: dict[str, Any] = {"next_seq": self.events[-1]["seq"] + 1 if self.events else 1}
                if sent["head"] is not None:
                    told["countersigned"] = countersigned(SignedHead(**sent["head"]))
                return Reply(body=json.dumps(told).encode())
            case "catalogue":
                return self.catalogue
            case "ratings":
                return Reply(202)
        return refusal(404, "place-unknown")

    def take_part(self, got: Got) -> Reply:
        """As the contract has it; what lies in `blobs` is whole when its hash is right."""
        name = got.path.rpartition("/")[2]
        place, _, total = got.headers["content-range"].removeprefix("bytes ").partition("/")
        assert '"content-range"' in got.headers["signature-input"]
        with self.lock:
            blob = self.blobs.setdefault(name, bytearray())
            if place != "*" and int(place.partition("-")[0]) == len(blob):
                blob += got.body
            whole = len(blob) == int(total)
            if whole and hashlib.sha256(blob).hexdigest() != name:
                del self.blobs[name]
                return refusal(409, "attachment-differs")
        return Reply(body=json.dumps({"sha256": name, "received": len(blob), "whole": whole}).encode())

    def take(self, body: bytes) -> Reply:
        answers = []
        with self.lock:
            for line in body.splitlines():
                sent = json.loads(line)
                key, digest = sent["key"], sent["content_hash"]
                assert hashlib.sha256(canonical(sent["content"])).hexdigest() == digest
                self.deliveries.append(key)
                if self.hashes.setdefault(key, digest) != digest:
                    self.conflicts.append(key)
                named = [one["sha256"] for one in sent["content"].get("attachments", ())]
                whole = all(hashlib.sha256(self.blobs.get(name, b"")).hexdigest() == name for name in named)
                accepted = {"verdict": "accepted", "acceptance_number": f"A{key[:8]}"}
                missing = {"verdict": "later", "reason": "attachment-missing", "retry_after_seconds": 0.01}
                verdict = self.verdicts.get(key, accepted if whole else missing)
                if verdict["verdict"] != "later":
                    self.ledger[key] = sent["content"]
                answers.append({"key": key, "content_hash": digest, **verdict})
        return Reply(body=json.dumps({"answers": answers}).encode())

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def ledger() -> Iterator[LedgerCentre]:
    centre = LedgerCentre()
    yield centre
    centre.close()


def make_older_store(path: Path, version: int) -> None:
    """A store as the program made it that knew so many migrations."""
    connection = dbapi2.connect(path)
    for statement in (*MIGRATIONS_TABLE, *(one for _, statements in MIGRATIONS[:version] for one in statements)):
        connection.execute(statement)
    names = [(MIGRATION_SET, name) for name, _ in MIGRATIONS[:version]]
    connection.executemany("INSERT INTO _sqlite_migrations (migration_set, name) VALUES (?, ?)", names)
    connection.execute(f"PRAGMA user_version={version}")
    connection.commit()
    connection.close()


def make_newer(path: Path) -> None:
    """Let a newer program have worked on this store."""
    connection = dbapi2.connect(path)
    connection.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES (?, '0099 of another day')", (MIGRATION_SET,))
    connection.execute("PRAGMA user_version=99")
    connection.commit()
    connection.close()


@pytest.fixture
def identity() -> Identity:
    return make_identity()


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    opened = open_store(tmp_path / "store.db")
    yield opened
    opened.close()


@pytest.fixture
def on_disk() -> Iterator[Path]:
    """A folder on the machine's disk, wherever the other tests write."""
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="kiosk-on-disk-") as name:
        yield Path(name)


@pytest.fixture
def store_settings(tmp_path: Path) -> StoreSettings:
    return StoreSettings(directory=tmp_path / "state")


@pytest.fixture
def centre_settings(ledger: LedgerCentre) -> CentreSettings:
    return quick(ledger.url)


def quick(url: str, **more: Any) -> CentreSettings:
    """The settings of a test: the same policy, with short waits."""
    short = {
        "connect_timeout_seconds": 2.0,
        "read_timeout_seconds": 30.0,
        "heartbeat_seconds": 60.0,
        "events_seconds": 60.0,
        "probe_seconds": 0.1,
        "rejoin_spread_seconds": 0.0,
        "backoff_base_seconds": 0.05,
        "backoff_cap_seconds": 0.2,
        "line_cap_seconds": 0.1,
    }
    return CentreSettings(url=url, **{**short, **more})


@dataclass(frozen=True)
class Kit:
    """The helpers above, handed to tests as one fixture."""

    composed: Callable[..., Callable[[int], bytes]]
    make_identity: Callable[..., Identity]
    quick: Callable[..., CentreSettings]
    new_key: Callable[..., str]
    refusal: Callable[..., Reply]
    countersigned: Callable[[SignedHead], dict[str, Any]]
    reply: type[Reply]
    server_key: Ed25519PrivateKey
    name: str
    number: str
    day: date


@pytest.fixture(scope="session")
def kit() -> Kit:
    return Kit(composed, make_identity, quick, new_key, refusal, countersigned, Reply, SERVER_KEY, NAME, NUMBER, DAY)
