"""The real centre over a real socket, a line that fails on command, and kiosks enrolled for one story each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, update

from central.accounts import Entry, entries
from central.application import create_application
from central.centre import open_centre
from central.clock import system_clock
from central.database import embedded_url, migrate, open_engine
from central.enrolment import Place, new_code, revoke
from central.people import PEOPLE
from central.sandbox import Sandbox
from central.serving import listen, make_server
from central.tables import Kiosk as KioskRow
from devices.emulators.bench import Bench
from kiosk.catalogue.loading import load_catalogue
from kiosk.catalogue.model import Catalogue
from kiosk.enrolment import enrol
from kiosk.settings import load_settings
from offline_cache.emulated_line import EmulatedLine
from tests.stories.stand import USUAL, ZONE, Stand, settings_text

if TYPE_CHECKING:
    from fastapi import FastAPI


@dataclass
class CentreAtWork:
    """The reference centre, and what its staff can do there."""

    engine: Engine
    app: FastAPI
    port: int
    numbers: Iterator[int] = field(default_factory=lambda: count(100))

    def new_number(self) -> str:
        return f"K{next(self.numbers)}"

    def code(self, kiosk: str) -> str:
        """A one-time code for a kiosk's enrolment."""
        place = Place(kiosk, ZONE, "示例县政务服务中心", "Example County Service Hall", "369999")
        return new_code(self.engine, place, timedelta(hours=1), system_clock)

    def ledger(self, kiosk: str) -> list[Entry]:
        return [entry for entry in entries(self.engine) if entry.kiosk == kiosk]

    def token(self, person: str) -> str:
        """A fresh 亮码 token."""
        return Sandbox(self.engine).new_token(PEOPLE[person], system_clock())

    def order(self, kiosk: str, *, out_of_service: bool) -> None:
        with self.engine.begin() as connection:
            connection.execute(update(KioskRow).where(KioskRow.id == kiosk).values(out_of_service=out_of_service))

    def revoke(self, kiosk: str) -> None:
        assert revoke(self.engine, kiosk, system_clock)

    def publish(self, catalogue: Catalogue) -> None:
        self.app.state.centre = open_centre(self.engine, catalogue, system_clock, practice=True)


@pytest.fixture(scope="session")
def serving_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreAtWork]:
    engine = open_engine(embedded_url(tmp_path_factory.mktemp("centre")))
    migrate(engine)
    app = create_application(open_centre(engine, load_catalogue(), system_clock, practice=True))
    listening, ready = listen("127.0.0.1", 0), threading.Event()
    server = make_server(app, ready.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        assert ready.wait(60)
        yield CentreAtWork(engine, app, listening.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(60)
        listening.close()
        engine.dispose()
        assert not thread.is_alive(), "the centre's server does not end"


@pytest.fixture
def centre(serving_centre: CentreAtWork) -> Iterator[CentreAtWork]:
    """The centre, which serves its usual catalogue again after each story."""
    usual = serving_centre.app.state.centre
    yield serving_centre
    serving_centre.app.state.centre = usual


@pytest.fixture
def line(centre: CentreAtWork) -> Iterator[EmulatedLine]:
    """The line between this story's kiosk and the centre."""
    line = EmulatedLine("127.0.0.1", centre.port)
    yield line
    line.stop()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Every device, plugged in."""
    bench = Bench(tmp_path / "ports")
    yield bench
    bench.stop()


@dataclass
class Builder:
    """Puts an enrolled kiosk on the stand; all are stopped after the story."""

    directory: Path
    centre: CentreAtWork
    line: EmulatedLine
    bench: Bench
    built: list[Stand] = field(default_factory=list)

    def __call__(self, *, devices: tuple[str, ...] = USUAL, **centre_settings: object) -> Stand:
        self.enrol(devices, centre_settings)
        return self.again()

    @property
    def settings_file(self) -> Path:
        return self.directory / "kiosk.toml"

    def enrol(self, devices: tuple[str, ...] = USUAL, centre_settings: Mapping[str, object] = MappingProxyType({})) -> str:
        """A new kiosk's settings file and identity; its number."""
        number = self.centre.new_number()
        text = settings_text(self.directory, number, self.line.url, self.bench, devices, centre_settings)
        self.settings_file.write_text(text, encoding="utf-8")
        enrol(load_settings(self.settings_file), self.centre.code(number))
        return number

    def again(self) -> Stand:
        """The kiosk on this story's store, as after a restart."""
        stand = Stand(load_settings(self.settings_file), self.bench)
        self.built.append(stand)
        return stand


@pytest.fixture
def build(tmp_path: Path, centre: CentreAtWork, line: EmulatedLine, bench: Bench) -> Iterator[Builder]:
    builder = Builder(tmp_path, centre, line, bench)
    yield builder
    line.up()
    for stand in builder.built:
        stand.stop()


@pytest.fixture
def stand(build: Builder) -> Stand:
    """A kiosk with reader, scanner and printer, everything in order and online."""
    return build().start()


Ledger = Callable[[], list[Any]]


@pytest.fixture
def ledger(centre: CentreAtWork, stand: Stand) -> Ledger:
    """What the centre has of this story's kiosk."""
    return lambda: centre.ledger(stand.settings.kiosk.number)
