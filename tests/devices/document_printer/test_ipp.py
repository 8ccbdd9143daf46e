"""The one question over IPP: byte by byte, and whatever an answer may hold."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.document_printer.cups_server import look_up
from devices.document_printer.cups_words import number_of, read_server
from devices.document_printer.ipp import NO_JOB, Job, JobState, ask_job, read_job
from devices.errors import DeviceSilent, PortMissing
from tests.devices.document_printer.page_server import page_server

HEAD = b"\x01\x01\x00\x00\x00\x00\x00\x01\x01\x47\x00\x12attributes-charset\x00\x05utf-8"


def answer(state: int, status: int = 0, *, begun: bool = True) -> bytes:
    head = b"\x01\x01" + status.to_bytes(2) + b"\x00\x00\x00\x01" + HEAD[8:]
    time = b"\x21\x00\x12time-at-processing\x00\x04\x6b\x0b\x46\x19" if begun else b"\x13\x00\x12time-at-processing\x00\x00"
    return head + b"\x02" + time + b"\x23\x00\x09job-state\x00\x04" + state.to_bytes(4) + b"\x03"


def test_the_question_is_this() -> None:
    assert ask_job(17, "kiosk") == (
        b"\x01\x01\x00\x09\x00\x00\x00\x01\x01"
        b"\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x48\x00\x1battributes-natural-language\x00\x02en"
        b"\x45\x00\x07job-uri\x00\x17ipp://localhost/jobs/17"
        b"\x42\x00\x14requesting-user-name\x00\x05kiosk"
        b"\x44\x00\x14requested-attributes\x00\x09job-state"
        b"\x44\x00\x00\x00\x12time-at-processing"
        b"\x03"
    )


@pytest.mark.parametrize("state", JobState)
def test_every_state_is_read(state: JobState) -> None:
    assert read_job(answer(state)) == Job(state, begun=True)
    assert read_job(answer(state, begun=False)) == Job(state, begun=False)


def test_an_error_and_an_unknown_state_tell_nothing() -> None:
    assert read_job(answer(JobState.COMPLETED, status=0x0507)) is None
    assert read_job(answer(2)) is None


def test_a_job_that_is_not_found_is_none() -> None:
    assert read_job(answer(JobState.COMPLETED, status=0x0406)) == NO_JOB


@pytest.mark.parametrize("length", range(len(answer(9)) - 1))
def test_an_answer_that_is_cut_off_never_tells_that_it_was_printed(length: int) -> None:
    assert read_job(answer(JobState.COMPLETED)[:length]) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_harm(said: bytes) -> None:
    read_job(said)
    read_job(HEAD + said)


@pytest.mark.parametrize("answered", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf"])
def test_a_connection_that_is_dropped_tells_nothing(answered: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(look_up, f"127.0.0.1:{listener.getsockname()[1]}", 1, "kiosk", 30.0)
        client, _ = listener.accept()
        with client:
            while b"job-state" not in client.recv(4096):
                pass
            client.sendall(answered)
        assert asked.result() is None


@pytest.mark.parametrize("said", ["/run/cups/cups.sock\n", "localhost:631\n", "[::1]:631\n", "localhost:631\nlocalhost:631\n"])
def test_where_cupsd_listens_is_read(said: str) -> None:
    assert read_server(said) == said.splitlines()[0]


@pytest.mark.parametrize("said", ["", "\n", "no server here", "\ufffd\x00"])
def test_nonsense_names_no_server(said: str) -> None:
    with pytest.raises(PortMissing):
        read_server(said)


def test_a_job_s_number_is_the_last_part_of_its_name() -> None:
    assert number_of("hall-a4-17") == 17


def test_nobody_at_the_socket_is_a_missing_device(tmp_path: Path) -> None:
    with pytest.raises(PortMissing):
        look_up(str(tmp_path / "absent"), 1, "kiosk", 1.0)


@pytest.fixture
def silent() -> Iterator[str]:
    """A port that takes the question and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_a_daemon_that_says_nothing_is_silent(silent: str) -> None:
    with pytest.raises(DeviceSilent):
        look_up(silent, 1, "kiosk", 0.05)


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"<html>not IPP</html>"), (426, answer(JobState.COMPLETED)), (401, answer(JobState.COMPLETED, status=0x0406))],
)
def test_something_else_than_ipp_on_the_port_tells_nothing(status: int, body: bytes) -> None:
    with page_server(status, body) as server:
        assert look_up(server, 1, "kiosk", 5.0) is None
