"""What is tried in the hardships: a device with its emulator, what a person does with it, and all that can befall it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from devices.driver import Driver
from devices.frame_slot import FrameSlot
from devices.models import make_driver
from devices.reports import Report
from devices.settings import DeviceModel, DeviceSettings
from devices.worker import DeviceWorker

ENDURED_SECONDS = 0.6
"""So long a hardship lasts when the device does not get over it by itself."""
AGAIN_SECONDS = 0.7
"""A person tries again so often: lays the card anew, holds the code once more."""


class ToldUntruly(Exception):
    """A driver told that its work is done, and it is not."""


def nothing() -> None:
    """Where nothing is to be done."""


@dataclass(frozen=True)
class Hardship:
    """Something that befalls a device, and its end."""

    name: str
    begin: Callable[[], None]
    end: Callable[[], None] = nothing
    midway: bool = False
    """It begins when the device is at work already, not before it is opened."""
    seconds: float = 0.0
    """So long it lasts at least."""


@dataclass
class Stand:
    """A device in its socket. `plug` puts it back in order too: it is called after each hardship."""

    settings: DeviceSettings
    plug: Callable[[], None]
    unplug: Callable[[], None]
    act: Callable[[DeviceWorker], None]
    """What a person does: lays the card, holds the code, orders the slip."""
    done: Callable[[Report], bool]
    """Whether this report says that the device did its work, and it did; raises ToldUntruly."""
    hardships: Callable[[int], Iterator[Hardship]]
    """Everything that can befall it; where that is at a byte, at every so-manieth."""
    throw_away: Callable[[], None]
    rest: Callable[[], None] | None = None
    """Between two hardships; else it is unplugged."""
    make: Callable[[], Driver] | None = None
    """The driver, where it is not made by its settings alone."""
    again_seconds: float = AGAIN_SECONDS
    refused: Callable[[Report], bool] = lambda _: False
    """Whether this report says that the work was refused: then a person tries again after AGAIN_SECONDS at the latest."""
    endured_seconds: float = 0.0
    """So long each hardship lasts at least; ENDURED_SECONDS unless it must be longer."""

    def lasting(self, hardship: Hardship) -> float:
        """So long this one lasts."""
        return max(ENDURED_SECONDS, self.endured_seconds, hardship.seconds)

    def driver(self) -> Driver:
        """A new driver, as its worker wants one."""
        return self.make() if self.make is not None else make_driver(self.settings, FrameSlot())


MakeStand = Callable[[Path], Stand]


def settings_of(model: DeviceModel, port: Path | str) -> DeviceSettings:
    return DeviceSettings(name="device", model=model, port=str(port), emulated=True)
