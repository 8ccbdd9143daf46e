"""The technician's page: every device in words, what to do about its trouble, its test, and the camera's live picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot
from PySide6.QtQml import QmlElement

from devices.reports import DeviceKind, DeviceState
from kiosk.staff.diagnostics import DeviceRow, Diagnosis, cover_in_words, paper_in_words
from kiosk.staff.remedies import Remedy, remedy
from kiosk.staff.room import StaffRoom
from kiosk.staff.wording import KINDS, duration, finding_in_words, moment
from kiosk.values import dataclass
from ui.camera_feed import CameraFeed
from ui.parts import Parts
from ui.rows_model import RowsModel
from ui.staff_words import device_facts
from ui.texts import FACE_HINTS, word

if TYPE_CHECKING:
    from PySide6.QtQuick import QQuickWindow

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1

LOOK_MS = 1000
ICONS = {
    DeviceKind.CARD_READER: "contactless",
    DeviceKind.CHIP_CARD_READER: "credit_card",
    DeviceKind.CODE_SCANNER: "qr_code_scanner",
    DeviceKind.FACE_CAMERA: "photo_camera",
    DeviceKind.DOCUMENT_CAMERA: "photo_camera",
    DeviceKind.RECEIPT_PRINTER: "print",
    DeviceKind.DOCUMENT_PRINTER: "print",
}
MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device in words; `tone` is good, warn, bad or info, and so is `testTone`."""

    device: str
    kindText: str
    symbol: str
    about: str
    stateText: str
    tone: str
    forText: str
    trouble: str
    detail: str
    steps: str
    lastText: str
    lastAt: str
    paperText: str
    coverText: str
    factsText: str
    camera: bool
    testing: bool
    testText: str
    testTone: str


@dataclass(frozen=True, slots=True)
class TroubleLine:
    """One trouble that is not a device's: the line, the queue, the disk, the clock, what one side does not take of the other."""

    where: str
    text: str
    why: str
    """What lies behind it, for who mends it; mostly empty."""
    next: str


@QmlElement
class StaffDevicesModel(QObject):
    """Looks once a second while it is shown, and whenever the room or the kiosk changes."""

    changed = Signal()

    def __init__(self, parts: Parts, room: StaffRoom) -> None:
        super().__init__()
        self._parts = parts
        self._room = room
        self._devices = RowsModel(DeviceLine, self)
        self._troubles = RowsModel(TroubleLine, self)
        self._diagnosis: Diagnosis | None = None
        self._camera = ""
        self._feed = CameraFeed(room, self)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.refresh)
        room.watch(self._look_if_shown)
        parts.session.watch(self._look_if_shown)

    def drawIn(self, window: QQuickWindow) -> None:
        """The live picture is to be drawn in this window."""
        self._feed.window = window

    @Slot()
    def show(self) -> None:
        """The page is opened."""
        self.refresh()
        self._timer.start()

    @Slot()
    def hide(self) -> None:
        """The page is left: nothing is looked at any more."""
        self._timer.stop()
        self.closeCamera()

    def _look_if_shown(self) -> None:
        if self._room.signed_in is None:
            self.hide()
        elif self._timer.isActive():
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Look again."""
        self._diagnosis = diagnosis = self._room.diagnosis()
        self._devices.put([self._line(row) for row in diagnosis.devices])
        self._troubles.put(list(self._other_troubles(diagnosis)))
        self.changed.emit()

    def _line(self, row: DeviceRow) -> DeviceLine:
        language, now, status = self._language, self._parts.now(), row.status
        paper, cover = paper_in_words(status), cover_in_words(status)
        testing, result, result_tone = self._test(status.device, status.model)
        return DeviceLine(
            device=status.device,
            kindText=row.kind_in_words.in_language(language),
            symbol=ICONS[status.kind],
            about=" · ".join(part for part in (status.device, status.model, status.port) if part),
            stateText=row.state_in_words.in_language(language),
            tone=_tone(row),
            forText=duration(row.since_seconds, language),
            trouble=row.remedy.says.in_language(language) if row.remedy else "",
            detail=status.trouble_detail,
            steps=self._steps(row.remedy),
            lastText=row.last_remedy.says.in_language(language) if row.last_remedy else "",
            lastAt=moment(status.last_trouble_at, now) if status.last_trouble_at else "",
            paperText=paper.in_language(language) if paper else "",
            coverText=cover.in_language(language) if cover else "",
            factsText=device_facts(status.facts, language),
            camera=status.kind is DeviceKind.FACE_CAMERA,
            testing=testing,
            testText=result,
            testTone=result_tone,
        )

    def _test(self, device: str, model: str) -> tuple[bool, str, str]:
        result = self._room.tests.get(device)
        if result is None or result.running:
            return result is not None, "", "info"
        detail = finding_in_words(result.detail).in_language(self._language)
        if not result.code:
            return False, detail, "good"
        said = remedy(result.code, model).says.in_language(self._language)
        return False, f"{said} ({detail})" if detail else said, "bad"

    def _other_troubles(self, diagnosis: Diagnosis) -> Iterator[TroubleLine]:
        names = {row.status.device for row in diagnosis.devices}
        for found in diagnosis.troubles:
            if found.where not in names:
                told = found.remedy
                yield TroubleLine(found.where, told.says.in_language(self._language), found.why, self._steps(told))

    def _steps(self, told: Remedy | None) -> str:
        steps = told.steps if told is not None else ()
        return "\n".join(f"{number}. {step.in_language(self._language)}" for number, step in enumerate(steps, 1))

    @property
    def _language(self) -> str:
        return self._parts.session.visit.language.value

    # --- touches --------------------------------------------------------------------------------------------------

    @Slot(str)
    def test(self, device: str) -> None:
        """测试; the camera's test shows its picture too."""
        row = next((row for row in self._devices.rows if row.device == device), None)
        if row is None or self._room.signed_in is None:
            return
        if row.camera:
            self._camera = device
            self._room.watch_face(on=True)
            self._feed.start(device)
        self._room.test(device)
        self.refresh()

    @Slot()
    def testAll(self) -> None:
        """测试全部设备: every one whose test needs nobody before a camera."""
        for row in self._devices.rows:
            if not row.camera and not row.testing:
                self.test(row.device)

    @Slot()
    def closeCamera(self) -> None:
        """The live picture is closed; its last frame is dropped."""
        if self._camera:
            self._camera = ""
            self._feed.stop()
            self._room.watch_face(on=False)
            self.changed.emit()

    # --- what QML sees --------------------------------------------------------------------------------------------

    @Property(QObject, notify=changed)
    def devices(self) -> QObject:
        """Rows of DeviceLine."""
        return self._devices

    @Property(QObject, notify=changed)
    def troubles(self) -> QObject:
        """Rows of TroubleLine."""
        return self._troubles

    @Property(CameraFeed, notify=changed)
    def feed(self) -> CameraFeed:
        """Where the live picture comes from."""
        return self._feed

    @Property(str, notify=changed)
    def camera(self) -> str:
        """The camera whose picture is shown; empty when none is."""
        return self._camera

    @Property(str, notify=changed)
    def hint(self) -> str:
        """What who stands before the camera should do."""
        return "" if self._room.hint is None else word(FACE_HINTS[self._room.hint], self._language)

    @Property(bool, notify=changed)
    def hintGood(self) -> bool:
        """The face is as it should be."""
        return self._room.hint is not None and self._room.hint.value == "good"

    @Property(int, notify=changed)
    def troubleCount(self) -> int:
        """How many things somebody should look at."""
        return len(self._diagnosis.troubles) if self._diagnosis else 0

    @Property(str, notify=changed)
    def notFitted(self) -> str:
        """Kinds of device that the settings do not name, in words."""
        kinds = self._diagnosis.not_fitted if self._diagnosis else ()
        return ("、" if self._language == "zh" else ", ").join(KINDS[kind].in_language(self._language) for kind in kinds)

    @Property(str, notify=changed)
    def versionText(self) -> str:
        """The program's version."""
        return self._diagnosis.surroundings.version if self._diagnosis else ""

    @Property(str, notify=changed)
    def runningText(self) -> str:
        """For how long the program has run."""
        around = self._diagnosis.surroundings if self._diagnosis else None
        return (
            duration((self._parts.now() - around.started_at).total_seconds(), self._language)
            if around and around.started_at
            else ""
        )

    @Property(str, notify=changed)
    def catalogueText(self) -> str:
        """The beginning of the catalogue's version."""
        return self._diagnosis.surroundings.catalogue_version[:8] if self._diagnosis else ""

    @Property(int, notify=changed)
    def diskFreeMegabytes(self) -> int:
        """Room on the store's disk; -1 when it is not known."""
        disk = self._diagnosis.surroundings.disk if self._diagnosis else None
        return disk.free_bytes // MEGABYTE if disk else -1

    @Property(bool, notify=changed)
    def online(self) -> bool:
        """The centre answers."""
        return self._diagnosis.online if self._diagnosis else False

    @Property(str, notify=changed)
    def lineSince(self) -> str:
        """For how long the line has been as it is."""
        around = self._diagnosis.surroundings if self._diagnosis else None
        return (
            duration((self._parts.now() - around.line_since).total_seconds(), self._language)
            if around and around.line_since
            else ""
        )


def _tone(row: DeviceRow) -> str:
    if row.status.state is DeviceState.STARTING:
        return "info"
    if not row.status.usable:
        return "bad"
    return "warn" if row.trouble else "good"
