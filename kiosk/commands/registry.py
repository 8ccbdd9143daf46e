"""Which commands there are, where each lives and what it is for; nothing is imported before it is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.values import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: its `click.Command` as `module:name`, and the line `kiosk --help` shows."""

    target: str
    help: str


COMMANDS: Mapping[str, Entry] = {
    "run": Entry("kiosk.commands.run:run", "Start the kiosk on this machine's screen."),
    "demo": Entry("kiosk.commands.demo:demo", "The whole product on an embedded default: centre, emulated devices, kiosk."),
    "diagnose": Entry("kiosk.commands.diagnose:diagnose", "Every device's state, the queue, the line and the disk, in words."),
    "devices": Entry("kiosk.commands.devices:devices", "Find, list, watch and test the devices by themselves."),
    "queue": Entry("kiosk.commands.queue:queue", "What is kept here and not yet acknowledged by the centre."),
    "logs": Entry("kiosk.commands.logs:logs", "The event log: filters, one visit as a timeline, export."),
    "settings": Entry("kiosk.commands.settings:settings", "Check the settings file, print an example, write its manual."),
    "catalogue": Entry("kiosk.commands.catalogue:catalogue", "Check and search the catalogue of zones and items."),
    "models": Entry("kiosk.commands.models:models", "Install the models by which faces are found and compared."),
    "enrol": Entry("kiosk.commands.enrol:enrol", "Make this kiosk known to the centre, once."),
    "emulate": Entry("kiosk.commands.emulate:emulate", "Play the resident and the world: cards, codes, unplugging, the line."),
}
"""In the order of `kiosk --help`. A command's module is imported when the command is called."""
