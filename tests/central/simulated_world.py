"""What the simulated kiosks share: virtual time, the centre's whole application on its database, and the network to it."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from requests.structures import CaseInsensitiveDict

from central.application import create_application
from central.centre import Centre as CentreSide
from central.centre import open_centre
from central.database import embedded_url, migrate, open_engine
from central.kiosk_settings import EVERY_KIOSK, publish
from central.refusal import Why
from central.submission_lines import Line, read_lines
from kiosk.catalogue.loading import load_catalogue
from kiosk.catalogue.model import Catalogue, Item, Kind, MaterialKind
from offline_cache.answer_reading import Answer
from offline_cache.wire import Verdict

START = datetime(2026, 11, 1, tzinfo=UTC)
URL = "http://127.0.0.1:9"


def _takes_a_paper(item: Item) -> bool:
    """An application a clerk decides, with one material that is captured or promised."""
    papers = [one.kind for one in item.materials if one.kind is not MaterialKind.E_CERTIFICATE]
    return item.kind is Kind.APPLICATION and not item.rules and papers == [MaterialKind.DEFERRABLE]


def _small_catalogue() -> Catalogue:
    """With one item: it travels faster."""
    whole = load_catalogue()
    zone, item = next((zone, item) for zone in whole.zones for item in zone.items if _takes_a_paper(item))
    return replace(whole, zones=(replace(zone, items=(item,)),))


CATALOGUE = _small_catalogue()
ITEM = CATALOGUE.zones[0].items[0]
MATERIAL = next(one.name.zh for one in ITEM.materials if one.kind is MaterialKind.DEFERRABLE)


def _read_none(body: bytes, kiosk: str) -> list[Line]:
    return [
        replace(line, refused=line.answer(Verdict.REJECTED, reason=Why.CONTENT_REFUSED.code)) for line in read_lines(body, kiosk)
    ]


@dataclass(slots=True)
class Request:
    """As it went over the line."""

    method: str
    url: str
    body: bytes
    headers: dict[str, str]

    @property
    def submissions(self) -> frozenset[str]:
        """The keys of those that travel in it."""
        travel = self.method == "POST" and self.url.endswith("/submissions")
        return frozenset(json.loads(line)["key"] for line in self.body.splitlines()) if travel else frozenset()


class World:
    """Virtual time, the centre, and the network to it."""

    def __init__(self, directory: Path, dice: random.Random) -> None:
        self.directory, self.dice = directory, dice
        self.now = START
        self.loop = asyncio.Runner()
        self.sent: list[Request] = []
        """All that reached the centre whole."""
        self.engine = open_engine(embedded_url(directory))
        migrate(self.engine)
        self.catalogue = CATALOGUE
        self.papers: list[bytes] = []
        """Pages captured so far: the same may be brought again, to any kiosk."""
        self.patience: int | None = None
        """What is set for every kiosk, if anything is."""
        self.start_centre()

    def start_centre(self) -> None:
        """Also again: what the old process had in memory is gone. The engine keeps its compiled statements only."""
        self.engine.dispose()
        self.centre: CentreSide = open_centre(self.engine, self.catalogue, lambda: self.now, practice=True)
        self.application = create_application(self.centre)

    def publish(self) -> None:
        """Another catalogue, or other settings."""
        if self.dice.random() < 0.5:
            self.catalogue = replace(CATALOGUE, version=self.dice.randbytes(32).hex())
            self.start_centre()
        else:
            self.patience = self.dice.randrange(15, 60)
            publish(self.engine, EVERY_KIOSK, {"patience_seconds": self.patience}, lambda: self.now)

    def deliver(self, request: Request, arrives: int | None = None, *, misread: bool = False) -> Answer:
        """To the centre's application and back; of a body that is cut so many bytes arrive, and nobody hears the answer.

        `misread`: by one of another release, which refuses each submission as none that it can read.
        """
        with patch("central.ledger.read_lines", _read_none) if misread else nullcontext():
            return self.loop.run(self._deliver(request, arrives))

    async def _deliver(self, request: Request, arrives: int | None) -> Answer:
        """As the server does it (ASGI), with the whole body, or a part of it and then the line's end."""
        place = urlsplit(request.url)
        headers = {"Host": place.netloc, "Content-Length": str(len(request.body)), **request.headers}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": place.scheme,
            "path": place.path,
            "raw_path": place.path.encode(),
            "query_string": place.query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": (place.hostname, place.port),
        }
        arriving = [{"type": "http.request", "body": request.body[:arrives], "more_body": arrives is not None}]
        said: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return arriving.pop() if arriving else {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            said.append(message)

        await self.application(scope, receive, send)
        begun = said[0]
        told = {name.decode(): value.decode() for name, value in begun["headers"]}
        told["Date"] = self.now.strftime("%a, %d %b %Y %H:%M:%S GMT")  # the server's, as uvicorn sets it
        return Answer(begun["status"], CaseInsensitiveDict(told), b"".join(one.get("body", b"") for one in said[1:]))

    def close(self) -> None:
        self.engine.dispose()
        self.loop.close()
