"""The question-and-answer line on this machine."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from kiosk.errors import KioskNotRunning
from kiosk.local_socket import LocalServer, ask


@pytest.fixture
def server(tmp_path: Path):
    server = LocalServer(tmp_path / "kiosk.sock", lambda question: {"ok": True, "heard": question})
    server.start()
    yield server
    server.stop()


def test_a_question_gets_its_answer(server: LocalServer, tmp_path: Path) -> None:
    assert ask(tmp_path / "kiosk.sock", {"do": "诊断"}) == {"ok": True, "heard": {"do": "诊断"}}


def test_only_this_user_may_ask(server: LocalServer, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "kiosk.sock").stat().st_mode) == 0o600


def test_nobody_answers_where_nothing_runs(tmp_path: Path) -> None:
    with pytest.raises(KioskNotRunning):
        ask(tmp_path / "kiosk.sock", {})


@pytest.mark.parametrize("line", [b"\n", b"[1]\n", b"\xff\xfe\n", b"{\n", b""])
def test_a_broken_question_is_answered_and_the_next_one_too(server: LocalServer, tmp_path: Path, line: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(tmp_path / "kiosk.sock"))
        connection.sendall(line)
        connection.shutdown(socket.SHUT_WR)
        assert b'"ok": false' in connection.recv(1000)
    assert ask(tmp_path / "kiosk.sock", {"n": 1})["ok"] is True


def test_one_that_was_replaced_leaves_the_others_line_when_it_stops(server: LocalServer, tmp_path: Path) -> None:
    another = LocalServer(tmp_path / "kiosk.sock", lambda _: {"ok": True, "who": "another"})
    another.start()
    server.stop()
    server.stop()
    assert ask(tmp_path / "kiosk.sock", {})["who"] == "another"
    another.stop()
    assert not (tmp_path / "kiosk.sock").exists()


def test_a_stale_socket_file_is_replaced_and_stopping_twice_is_safe(tmp_path: Path) -> None:
    for _ in range(2):
        server = LocalServer(tmp_path / "kiosk.sock", lambda _: {"ok": True})
        server.start()
        assert ask(tmp_path / "kiosk.sock", {})["ok"] is True
        server.stop()
        server.stop()
    with pytest.raises(KioskNotRunning):
        ask(tmp_path / "kiosk.sock", {})
