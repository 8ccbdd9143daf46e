"""A visit on a stage: the real flow and the real catalogue, with nobody behind it; time stands still."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import lru_cache

from devices.receipt_printer.picture import code_png, render_png
from devices.receipt_printer.slip import Slip
from devices.reports import DeviceKind, DeviceState, DeviceStatus, Paper
from kiosk.catalogue.loading import load_catalogue
from kiosk.catalogue.model import Catalogue, Item
from kiosk.catalogue.search import build_index, search
from kiosk.staff.room import StaffRoom
from kiosk.visit import effects as do
from kiosk.visit import events as ev
from kiosk.visit.facts import Facts
from kiosk.visit.flow import advance
from kiosk.visit.preflight import check
from kiosk.visit.receipt import Around, make_slip
from kiosk.visit.submission import Place
from kiosk.visit.visit import Obstacle, Visit
from ui.parts import Parts
from ui.rehearsal.painted_face import PaintedFrames

NOON = datetime(2026, 11, 23, 10, 28, tzinfo=timezone(timedelta(hours=8)))
PLACE = Place(hall="示例县便民服务大厅", hall_en="Sample County Service Hall", area="369999", kiosk="K03")
KEY = "01938f00-0000-7000-8000-000000000001"
RECEIPT_NUMBER = "369999-K03-20261123-000127-7"


class Stage:
    """Stands in for the session: events go through the real flow, what it asks for is left undone."""

    def __init__(self, visit: Visit, facts: Facts, countdown_seconds: int = 0) -> None:
        self.visit = visit
        self.facts = facts
        self.countdown_seconds = countdown_seconds
        self.heard: list[ev.Event] = []
        self._listeners: list[Callable[[], None]] = []

    def send(self, event: ev.Event) -> None:
        """Tell what happened; only the pre-flight is performed."""
        self.heard.append(event)
        self.visit, effects = advance(self.visit, event)
        for effect in effects:
            if isinstance(effect, do.CheckPreflight):
                self.visit, _ = advance(self.visit, ev.PreflightDone(self.obstacles(effect.item)))
        self._tell()

    def submit(self) -> None:
        """提交 with a fixed key, at a fixed time."""
        self.send(ev.Submitted(KEY, NOON))

    def watch(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each change."""
        self._listeners.append(listener)

    def slip_png(self) -> bytes:
        """The real slip of the staged visit."""
        slip = self._slip()
        return render_png(slip, 80) if slip is not None else b""

    def slip_code_png(self) -> bytes:
        """Its code."""
        slip = self._slip()
        return code_png(slip) if slip is not None else b""

    def _slip(self) -> Slip | None:
        return make_slip(self.visit, Around(PLACE, NOON, practice=self.facts.practice, progress_token="c2FtcGxlLXRva2VuLXg"))  # noqa: S106 - a sample, opens nothing

    def obstacles(self, item: Item) -> tuple[Obstacle, ...]:
        """The real pre-flight."""
        return check(item, self.facts, NOON)

    def put(self, visit: Visit | None = None, facts: Facts | None = None, countdown_seconds: int | None = None) -> None:
        """Change the scene."""
        self.visit = visit if visit is not None else self.visit
        self.facts = facts if facts is not None else self.facts
        self.countdown_seconds = countdown_seconds if countdown_seconds is not None else self.countdown_seconds
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


def parts_of(stage: Stage, room: StaffRoom | None = None) -> Parts:
    """The stage as the screens see it."""
    open_room = None if room is None else lambda: room
    return Parts(stage, PLACE, sample_catalogue, stage.obstacles, found, lambda: NOON, room=open_room, frames=PaintedFrames())


@lru_cache(maxsize=1)
def sample_catalogue() -> Catalogue:
    """The catalogue that comes with the kiosk."""
    return load_catalogue()


def found(query: str) -> Sequence[Item]:
    """The real search."""
    return search(build_index(sample_catalogue()), query, 24)


def facts_with(*missing: DeviceKind, online: bool = True, practice: bool = False) -> Facts:
    """All devices working but the missing ones."""
    names = {DeviceKind.CARD_READER: "sdt", DeviceKind.CODE_SCANNER: "gm65", DeviceKind.RECEIPT_PRINTER: "escpos"}
    devices = {kind.value: _status(kind, model, working=kind not in missing) for kind, model in names.items()}
    return Facts(online=online, devices=devices, practice=practice)


def with_face_camera(facts: Facts) -> Facts:
    """The same, with a camera that compares faces besides."""
    kind = DeviceKind.FACE_CAMERA
    camera = replace(_status(kind, "camera-face", working=True), facts=(("compares", "yes"),))
    return replace(facts, devices={**facts.devices, kind.value: camera})


def with_document_camera(facts: Facts, *, working: bool = True) -> Facts:
    """The same, with a document camera besides."""
    kind = DeviceKind.DOCUMENT_CAMERA
    return replace(facts, devices={**facts.devices, kind.value: _status(kind, "camera-documents", working=working)})


def with_chip_reader(facts: Facts) -> Facts:
    """The same, with a reader of social-security cards besides."""
    kind = DeviceKind.CHIP_CARD_READER
    return replace(facts, devices={**facts.devices, kind.value: _status(kind, "pcsc", working=True)})


def _status(kind: DeviceKind, model: str, *, working: bool) -> DeviceStatus:
    state = DeviceState.ONLINE if working else DeviceState.NO_DEVICE
    paper = Paper.ENOUGH if kind is DeviceKind.RECEIPT_PRINTER else None
    status = DeviceStatus(kind.value, kind, model, "/dev/null", state, NOON, paper=paper)
    return status if working else replace(status, trouble="port-missing")
