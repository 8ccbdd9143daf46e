"""The question-and-answer line on this machine."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path
from threading import Event

import pytest

from kiosk.errors import KioskNotRunning, UserNotAllowed
from kiosk.local_socket import TIMEOUT_SECONDS, LocalServer, ask


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


def test_who_answers_late_is_there_all_the_same(tmp_path: Path) -> None:
    server = LocalServer(tmp_path / "kiosk.sock", lambda _: {"ok": not Event().wait(TIMEOUT_SECONDS + 0.5)})
    server.start()
    assert ask(tmp_path / "kiosk.sock", {})["ok"] is True
    server.stop()


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


def test_without_a_file_it_answers_all_the_same_and_under_its_own_folders_name_only(tmp_path: Path) -> None:
    folders = [tmp_path / "here", tmp_path / "there"]
    for folder in folders:
        folder.mkdir()
    server = LocalServer(folders[0] / "kiosk.sock", lambda question: {"ok": True, "heard": question})
    (folders[0] / "kiosk.sock").mkdir()
    with pytest.raises(OSError, match="directory"):
        server.start()
    (folders[0] / "kiosk.sock").rmdir()
    for _ in range(2):
        server.answer_in_memory()
    assert ask(folders[0] / "kiosk.sock", {"n": 1}) == {"ok": True, "heard": {"n": 1}}
    (folders[0] / "kiosk.sock").touch()  # as a power cut leaves one
    assert ask(folders[0] / "kiosk.sock", {"n": 2})["ok"] is True
    with pytest.raises(KioskNotRunning):
        ask(folders[1] / "kiosk.sock", {})
    server.start()  # the disk takes it now
    assert ask(folders[0] / "kiosk.sock", {"n": 3})["ok"] is True
    server.stop()
    with pytest.raises(KioskNotRunning):
        ask(folders[0] / "kiosk.sock", {})


@pytest.mark.parametrize(("what", "error"), [("server", KioskNotRunning), ("asking", UserNotAllowed)])
def test_a_name_in_memory_gives_no_other_user_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, error: type[Exception]
) -> None:
    server = LocalServer(tmp_path / "kiosk.sock", lambda _: {"ok": True})
    server.answer_in_memory()
    other = os.geteuid() + 1
    with monkeypatch.context() as changed:
        if what == "server":
            changed.setattr("kiosk.local_socket._peer", lambda _: other)
        else:
            changed.setattr("os.geteuid", lambda: other)
        with pytest.raises(error):
            ask(tmp_path / "kiosk.sock", {})
    assert ask(tmp_path / "kiosk.sock", {})["ok"] is True
    server.stop()


def test_a_stale_socket_file_is_replaced_and_stopping_twice_is_safe(tmp_path: Path) -> None:
    for _ in range(2):
        server = LocalServer(tmp_path / "kiosk.sock", lambda _: {"ok": True})
        server.start()
        assert ask(tmp_path / "kiosk.sock", {})["ok"] is True
        server.stop()
        server.stop()
    with pytest.raises(KioskNotRunning):
        ask(tmp_path / "kiosk.sock", {})
