"""The settings file of a practising kiosk; quick where nobody should wait for a demonstration. Pure but for the PINs' salt."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from devices.settings import DeviceModel, DeviceSettings
from kiosk.staff.settings import Role
from kiosk.staff.sign_in import SALT_BYTES, hash_pin
from kiosk.values import dataclass

KIOSK, ZONE = "K03", "social-insurance"
PLUGGED_IN = frozenset({DeviceModel.SDT, DeviceModel.GM65, DeviceModel.CAMERA_FACE, DeviceModel.ESCPOS})
"""One device of each kind."""


@dataclass(frozen=True, slots=True)
class Practising:
    """A member of staff of the demo, whose PIN is no secret."""

    number: str
    role: Role
    pin: str


TECHNICIAN = Practising("08", Role.TECHNICIAN, "246802")
MANAGER = Practising("01", Role.MANAGER, "135791")


def settings_text(store: Path, centre_url: str, devices: Iterable[DeviceSettings]) -> str:
    """The file as TOML; a JSON string is a TOML string."""
    return "\n".join(_lines(store, centre_url, devices)) + "\n"


def _lines(store: Path, centre_url: str, devices: Iterable[DeviceSettings]) -> Iterator[str]:
    yield from ("[hall]", 'name = "示例县24小时自助服务厅"', 'name_en = "Sample County 24-hour Self-service Hall"')
    yield from ('area = "369999"', f'zone = "{ZONE}"')
    yield from (
        "[kiosk]",
        f'number = "{KIOSK}"',
        "practice = true",
    )
    yield from ("[store]", f"directory = {json.dumps(str(store))}")
    yield from ("[centre]", f"url = {json.dumps(centre_url)}", "connect_timeout_seconds = 1.0", "read_timeout_seconds = 4.0")
    yield from ("heartbeat_seconds = 2.0", "events_seconds = 2.0", "probe_seconds = 0.3", "rejoin_spread_seconds = 0.2")
    yield from ("backoff_base_seconds = 0.5", "line_cap_seconds = 2.0")
    for device in devices:
        if device.model in PLUGGED_IN:
            yield from ("[[devices]]", f"name = {json.dumps(device.name)}", f'model = "{device.model.value}"')
            yield from (f"port = {json.dumps(device.port)}", "emulated = true")
    for member in (TECHNICIAN, MANAGER):
        yield from ("[[staff]]", f'number = "{member.number}"', f'role = "{member.role.value}"')
        yield f'pin_hash = "{hash_pin(member.pin, os.urandom(SALT_BYTES))}"'
