"""`kiosk models`: from a stick and over a real socket, whole, broken off, and another file."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from click.testing import CliRunner

from devices.face_camera import models
from kiosk.commands.models import models as command

CONTENT = bytes(range(256)) * 4096
STAND_IN = replace(models.YUNET, sha256=hashlib.sha256(CONTENT).hexdigest(), size=len(CONTENT))


@pytest.fixture(autouse=True)
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of a megabyte in the real models' place."""
    monkeypatch.setattr(models, "MODELS", (STAND_IN,))


class Mirror(BaseHTTPRequestHandler):
    """A file server that knows ranges, and breaks off when it is told to."""

    content: ClassVar[bytes] = CONTENT
    break_at: ClassVar[list[int]] = []
    ranges: ClassVar[bool] = True
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "")
        self.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.ranges else 0
        body = self.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.break_at.pop(0)] if self.break_at else body)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Mirror, "asked", [])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/model"
    server.shutdown()
    thread.join()
    server.server_close()


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, list(words), standalone_mode=False)
    return (done.return_value if done.exception is None else 1), done.stdout + repr(done.exception or "")


def test_from_a_stick(tmp_path: Path) -> None:
    stick, place = tmp_path / "stick", tmp_path / "models"
    stick.mkdir()
    (stick / STAND_IN.file).write_bytes(CONTENT)
    assert run("list", "--to", str(place))[0] == 1
    status, said = run("install", "--from", str(stick), "--to", str(place))
    assert (status, f'detector_model = "{place / STAND_IN.file}"' in said) == (0, True)
    assert (place / STAND_IN.file).read_bytes() == CONTENT
    status, said = run("list", "--to", str(place), "--json")
    assert (status, json.loads(said.removesuffix("''"))[0]["installed"]) == (0, True)


def test_from_the_network(mirror: str, tmp_path: Path) -> None:
    assert run("install", "yunet", "--url", mirror, "--to", str(tmp_path))[0] == 0
    assert (tmp_path / STAND_IN.file).read_bytes() == CONTENT
    assert run("install", "--url", mirror, "--to", str(tmp_path))[0] == 0
    assert Mirror.asked == [""], "what is installed is not fetched again"


def test_a_download_that_breaks_off_goes_on_where_it_was(mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Mirror, "break_at", [300_000, 300_000])
    assert run("install", "--url", mirror, "--to", str(tmp_path))[0] == 0
    assert (tmp_path / STAND_IN.file).read_bytes() == CONTENT
    assert Mirror.asked[0] == ""
    assert all(wanted.startswith("bytes=") and wanted != "bytes=0-" for wanted in Mirror.asked[1:])
    assert len(Mirror.asked) == 3


def test_a_later_call_goes_on_too(mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Mirror, "break_at", [200_000] * 3)
    status, said = run("install", "--url", mirror, "--to", str(tmp_path))
    assert (status, "model-not-installed" in said) == (1, True)
    assert not (tmp_path / STAND_IN.file).exists()
    assert run("install", "--url", mirror, "--to", str(tmp_path))[0] == 0
    assert (tmp_path / STAND_IN.file).read_bytes() == CONTENT


def test_a_server_without_ranges_begins_anew(mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Mirror, "ranges", False)
    monkeypatch.setattr(Mirror, "break_at", [300_000])
    assert run("install", "--url", mirror, "--to", str(tmp_path))[0] == 0
    assert (tmp_path / STAND_IN.file).read_bytes() == CONTENT


@pytest.mark.parametrize("content", [CONTENT[:-1] + b"\0", b"more" + CONTENT, b"<html>log in first</html>"])
def test_another_file_is_refused_and_nothing_is_left_of_it(
    content: bytes, mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Mirror, "content", content)
    status, said = run("install", "--url", mirror, "--to", str(tmp_path))
    assert (status, "model-not-installed" in said) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_nobody_there_is_said_by_name(tmp_path: Path) -> None:
    status, said = run("install", "--url", "http://127.0.0.1:9/model", "--to", str(tmp_path))
    assert (status, "the network: ConnectionError" in said) == (1, True)


def test_an_address_is_for_one_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "MODELS", (STAND_IN, replace(STAND_IN, name="sface")))
    assert "one model" in run("install", "--url", "http://127.0.0.1:9/", "--to", str(tmp_path))[1]
