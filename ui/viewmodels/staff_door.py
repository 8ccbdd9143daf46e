"""The emblem, held: what is behind it is built once the kiosk has settled, or at the first knock.

The staff's room and its view-models take a twentieth of a start, and the first picture needs none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.values import dataclass
from ui.parts import Parts

if TYPE_CHECKING:
    from PySide6.QtQuick import QQuickWindow

    from ui.viewmodels.staff import StaffModel
    from ui.viewmodels.staff_devices import StaffDevicesModel
    from ui.viewmodels.staff_log import StaffLogModel
    from ui.viewmodels.staff_queue import StaffQueueModel
    from ui.viewmodels.staff_timeline import StaffTimelineModel

QML_IMPORT_NAME = "KioskUi"
QML_IMPORT_MAJOR_VERSION = 1


@dataclass(frozen=True, slots=True)
class Behind:
    """The view-models behind the door, by the names the staff's screen has for them."""

    staff: StaffModel
    devices: StaffDevicesModel
    queue: StaffQueueModel
    log: StaffLogModel
    timeline: StaffTimelineModel


@QmlElement
class StaffDoor(QObject):
    """Whether there is a door at all, whether it stands open, and who is behind it."""

    openChanged = Signal()
    pageTurned = Signal()
    """Somebody was signed in or out, or another of the staff's pages was opened."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._window: QQuickWindow | None = None
        self._behind: Behind | None = None

    def drawIn(self, window: QQuickWindow) -> None:
        """Where the live picture of a camera's test is drawn."""
        self._window = window

    def prepare(self) -> Behind | None:
        """Build what is behind the door, unless it stands there already; None when there is no room."""
        if self._behind is None and self._parts.room is not None:
            from ui.viewmodels.staff import StaffModel
            from ui.viewmodels.staff_devices import StaffDevicesModel
            from ui.viewmodels.staff_log import StaffLogModel
            from ui.viewmodels.staff_queue import StaffQueueModel
            from ui.viewmodels.staff_timeline import StaffTimelineModel

            parts, room = self._parts, self._parts.room()
            behind = Behind(
                StaffModel(parts, room),
                StaffDevicesModel(parts, room),
                StaffQueueModel(parts, room),
                StaffLogModel(parts, room),
                StaffTimelineModel(parts, room),
            )
            if self._window is not None:
                behind.devices.drawIn(self._window)
            behind.staff.openChanged.connect(self.openChanged)
            for turned in (behind.staff.openChanged, behind.staff.signedInChanged, behind.staff.pageChanged):
                turned.connect(self.pageTurned)
            self._behind = behind
        return self._behind

    @Slot()
    def knock(self) -> None:
        """The emblem was held; only from the first screen, where nobody's visit can be looked at."""
        behind = self.prepare()
        if behind is not None:
            behind.staff.knock()

    @Slot()
    def touched(self) -> None:
        """Any touch at all."""
        if self._behind is not None:
            self._behind.staff.touched()

    @Slot(result="QVariantMap")
    def behind(self) -> dict[str, QObject]:
        """The view-models of the staff's screen, by name."""
        there = self.prepare()
        return {} if there is None else {name: getattr(there, name) for name in Behind.__match_args__}

    @Property(bool, constant=True)
    def there(self) -> bool:
        """There is a room behind it."""
        return self._parts.room is not None

    @Property(bool, notify=openChanged)
    def open(self) -> bool:
        """The staff's room covers the first screen."""
        return self._behind is not None and bool(self._behind.staff.property("open"))
