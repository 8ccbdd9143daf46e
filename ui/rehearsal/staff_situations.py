"""Every situation a member of staff can meet, by name: what is done at the door and behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from devices.reports import FaceHint
from kiosk.values import dataclass
from ui.rehearsal.staff_stage import MANAGER, PIN, TECHNICIAN, VISIT, StagedRoom
from ui.rehearsal.stage import NOON, facts_with
from ui.screens import Screens
from ui.viewmodels.staff import StaffModel
from ui.viewmodels.staff_devices import StaffDevicesModel
from ui.viewmodels.staff_log import StaffLogModel
from ui.viewmodels.staff_queue import StaffQueueModel
from ui.viewmodels.staff_timeline import StaffTimelineModel


@dataclass(frozen=True, slots=True)
class Hands:
    """The models behind the staff's screens, and the room."""

    room: StagedRoom
    staff: StaffModel
    devices: StaffDevicesModel
    queue: StaffQueueModel
    log: StaffLogModel
    timeline: StaffTimelineModel

    def type(self, digits: str) -> None:
        """On the PIN pad."""
        for digit in digits:
            self.staff.digit(digit)

    def sign_in(self, number: str, pin: str = PIN) -> None:
        """Hold the emblem, type number and PIN."""
        self.staff.knock()
        self.type(number)
        self.staff.enter()
        self.type(pin)
        self.staff.enter()


def hands(screens: Screens, room: StagedRoom) -> Hands:
    """What works these screens."""
    behind = screens.door.prepare()
    assert behind is not None
    return Hands(room, behind.staff, behind.devices, behind.queue, behind.log, behind.timeline)


@dataclass(frozen=True, slots=True)
class StaffSituation:
    """One scene; `settle` is done once its page is drawn."""

    name: str
    arrange: Callable[[Hands], None]
    settle: Callable[[Hands], None] = lambda _hands: None


def staff_situations() -> Iterator[StaffSituation]:
    """All of them."""
    yield StaffSituation("70-staff-door", _half_typed)
    yield StaffSituation("71-staff-wrong-pin", lambda h: h.sign_in(TECHNICIAN, "000001"))
    yield StaffSituation("72-staff-locked", _locked)
    yield StaffSituation("73-staff-devices", lambda h: h.sign_in(TECHNICIAN), _tested)
    yield StaffSituation("74-staff-devices-well", _well)
    yield StaffSituation("74-staff-devices-in-doubt", _in_doubt)
    yield StaffSituation("75-staff-camera", lambda h: h.sign_in(TECHNICIAN), lambda h: _camera(h, FaceHint.COME_CLOSER))
    yield StaffSituation("76-staff-camera-good", lambda h: h.sign_in(MANAGER), lambda h: _camera(h, FaceHint.GOOD))
    yield StaffSituation("77-staff-queue", lambda h: _page(h, "queue"), lambda h: h.queue.again(h.room.queue_rows[0].key))
    yield StaffSituation("78-staff-queue-empty", _empty_queue)
    yield StaffSituation("79-staff-queue-loading", _held_queue)
    yield StaffSituation("79-staff-queue-cancel", lambda h: _page(h, "queue"), _cancelling)
    yield StaffSituation("79-staff-queue-cancelled", lambda h: _page(h, "queue"), _cancelled)
    yield StaffSituation("79-staff-queue-exported", lambda h: _page(h, "queue"), lambda h: h.queue.export())
    yield StaffSituation("80-staff-log", lambda h: _page(h, "log"))
    yield StaffSituation("81-staff-log-exported", lambda h: _page(h, "log"), _exported)
    yield StaffSituation("81-staff-log-no-room", lambda h: _page(h, "log"), _no_room)
    yield StaffSituation("82-staff-log-empty", lambda h: _page(h, "log"), lambda h: h.log.onlyVisit("0" * 32))
    yield StaffSituation("83-staff-log-filter", lambda h: _page(h, "log"), lambda h: h.log.choose("event"))
    yield StaffSituation("83-staff-log-filter-device", lambda h: _page(h, "log"), _device_filtered)
    yield StaffSituation("84-staff-timeline", lambda h: _page(h, "log"), lambda h: h.timeline.open(VISIT))


def _half_typed(h: Hands) -> None:
    h.staff.knock()
    h.type("20")


def _exported(h: Hands) -> None:
    h.log.onlyTroubles(only=True)
    h.log.export()


def _no_room(h: Hands) -> None:
    h.room.disk_full = True
    h.log.export()


def _device_filtered(h: Hands) -> None:
    h.log.choose("device")
    h.log.put("receipt-printer")
    h.log.choose("device")


def _locked(h: Hands) -> None:
    h.staff.knock()
    h.type(TECHNICIAN)
    h.staff.openField("pin")
    for _ in range(3):
        h.type("000001")
        h.staff.enter()


def _tested(h: Hands) -> None:
    h.devices.test("card-reader")
    h.devices.test("code-scanner")
    h.room.finish_tests("code-scanner")
    h.devices.test("receipt-printer")


def _well(h: Hands) -> None:
    h.room.facts = facts_with()
    h.sign_in(TECHNICIAN)


def _in_doubt(h: Hands) -> None:
    h.room.refused = {"log": "chain-broken"}
    h.room.differing = (NOON.date() - timedelta(days=1), NOON.date() - timedelta(days=4))
    _well(h)


def _camera(h: Hands, hint: FaceHint) -> None:
    h.devices.test("face-camera")
    h.room.see(hint)


def _page(h: Hands, page: str) -> None:
    h.sign_in(MANAGER)
    h.staff.openPage(page)


def _cancelling(h: Hands) -> None:
    h.queue.askCancel(h.room.queue_rows[2].key)
    h.queue.choose("handed-in")


def _cancelled(h: Hands) -> None:
    _cancelling(h)
    h.queue.cancel()


def _empty_queue(h: Hands) -> None:
    h.room.queue_rows = ()
    _page(h, "queue")


def _held_queue(h: Hands) -> None:
    h.sign_in(MANAGER)
    h.room.held = []
    h.staff.openPage("queue")
