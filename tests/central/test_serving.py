"""The centre's server: an answer leaves at once, a cut line is no mistake, and no words of a bug are written down."""

from __future__ import annotations

import logging
import socket
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from click.testing import CliRunner

from central.__main__ import main
from central.application import create_application
from central.centre import open_centre
from central.clock import system_clock
from central.database import migrate, open_engine
from central.enrolment import Place, new_code
from central.serving import listen
from tests.central.conftest import PATIENCE_SECONDS, serving
from tests.central.hall import open_hall

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from kiosk.catalogue.model import Catalogue

SENT = "王测试 369999199001010015"


def test_asyncio_is_told_the_protocol_so_that_no_answer_waits_for_an_acknowledgement() -> None:
    with listen("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP  # else asyncio leaves Nagle's algorithm on, and each answer takes 40 ms more


def test_a_request_cut_in_the_middle_is_noted_as_that_and_as_no_mistake(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with open_hall(tmp_path) as hall:
        place = urlsplit(hall.url)
        with socket.create_connection((str(place.hostname), place.port or 0)) as kiosk:
            kiosk.sendall(b"POST /api/v1/heartbeats HTTP/1.1\r\nHost: centre\r\nContent-Length: 100\r\n\r\n{")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (told := [one for one in caplog.records if one.name == "central"]) and time.monotonic() < deadline:
            time.sleep(0.01)
    assert [one.getMessage() for one in told] == ["cut short POST /api/v1/heartbeats"]
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


def test_a_bug_is_written_down_by_its_name_and_place_never_by_its_words(capfd: pytest.CaptureFixture[str]) -> None:
    app = create_application(None)

    async def met() -> None:
        raise ValueError(SENT)

    app.add_api_route("/met", met)
    with serving(app) as url:
        assert requests.get(f"{url}/met", timeout=PATIENCE_SECONDS).status_code == 500
    written = capfd.readouterr().err
    assert "Exception in ASGI application" in written
    assert SENT not in written


def test_a_replica_in_the_databases_place_is_no_bug_and_is_told_by_its_name(
    postgres_url: str, catalogue: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    """It takes no writing: kiosks come back in seconds, and whoever looks reads why."""
    writable = open_engine(postgres_url)
    migrate(writable)
    place = Place("K03", "tax", "厅", "Hall", "369999")
    code = new_code(writable, place, timedelta(hours=1), system_clock)
    url = f"{postgres_url}&options=-c%20default_transaction_read_only%3Don"
    centre = replace(open_centre(writable, catalogue, system_clock), engine=open_engine(url))
    wanted = {"code": code, "public_key": "A" * 43 + "=", "hardware": "test", "clock": "2026-11-23T12:00:00+08:00"}
    with serving(create_application(centre)) as served:
        answer = requests.post(f"{served}/api/v1/enrolments", json=wanted, timeout=PATIENCE_SECONDS)
    centre.engine.dispose()
    writable.dispose()
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "store-unavailable", "5")
    assert [one.getMessage() for one in caplog.records] == [
        "the database does not answer for /api/v1/enrolments: ReadOnlySqlTransaction"
    ]
    told = CliRunner().invoke(main, ["serve", "--port", "0", "--database", url])
    assert (told.exit_code, "read-only" in told.output) == (3, True)
