"""What is true of the kiosk around the visit, as one frozen value: devices, line, queue, practice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from devices.reports import DeviceKind, DeviceStatus
from kiosk.values import dataclass


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """The outbox at a glance."""

    depth: int = 0
    """Submissions kept here and not yet acknowledged."""
    oldest_at: datetime | None = None
    kept: int = 0
    acknowledged: int = 0
    needs_person: int = 0
    full: bool = False
    too_old: bool = False
    """The oldest has waited longer than the settings let it: nothing new is taken until it is gone."""
    untold: frozenset[str] = frozenset()
    """While some cannot be begun: items of which somebody never heard that their application is kept here."""
    submission_bytes: int = 20_000_000
    """So large a submission may be, with its pages."""

    @property
    def closed(self) -> str:
        """Code of why no new application is taken; empty while they are."""
        return "queue-full" if self.full else "queue-too-old" if self.too_old else ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the visit's pre-flight and the screens' status line go by."""

    online: bool = False
    """The centre answered the latest request or heartbeat."""
    devices: Mapping[str, DeviceStatus] = field(default_factory=dict)
    """By the device's name in the settings."""
    queue: QueueFacts = QueueFacts()
    can_keep: bool = True
    """The store is open and took its last write, and its disk does not hang."""
    clock_astray: bool = False
    """The clock shows another day than the centre's."""
    practice: bool = False
    closed: str = ""
    """Code of why nobody new is served (暂停服务); a visit under way ends well. Empty while in service."""

    @property
    def why_nothing_new(self) -> str:
        """Code of why no new application is taken; empty while they are."""
        return self.queue.closed if self.can_keep else "cannot-keep"

    @property
    def turns_away(self) -> bool:
        """True while there are applications that nobody can begin here, though one of them may be kept and untold."""
        camera = DeviceKind.DOCUMENT_CAMERA
        return bool(self.why_nothing_new) or (self.fitted(camera) and not self.usable(camera))

    @property
    def kinds(self) -> Mapping[str, DeviceKind]:
        """What each device is, by its name in the settings."""
        return {name: status.kind for name, status in self.devices.items()}

    @property
    def why_no_face(self) -> str:
        """Code of why no face can be compared with a card's photograph here; empty when a camera has all it needs."""
        if not self.fitted(DeviceKind.FACE_CAMERA):
            return "model-missing"
        cameras = [status for status in self.devices.values() if status.kind is DeviceKind.FACE_CAMERA and status.usable]
        if not cameras:
            return "face-camera-lost"
        said = [dict(status.facts).get("compares", "model-missing") for status in cameras]
        return "" if "yes" in said else said[0]

    def usable(self, kind: DeviceKind) -> bool:
        """True when at least one device of this kind can be used now."""
        return any(status.kind is kind and status.usable for status in self.devices.values())

    def fitted(self, kind: DeviceKind) -> bool:
        """True when the settings name a device of this kind at all."""
        return any(status.kind is kind for status in self.devices.values())
