"""The settings of one device, declared beside what they set (section `[[devices]]` of the settings file)."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from devices.reports import DeviceKind


class DeviceModel(StrEnum):
    """Which adapter speaks with the device."""

    SDT = "sdt"
    GM65 = "gm65"
    PLAIN_LINE = "plain-line"
    CAMERA_CODES = "camera-codes"
    CAMERA_FACE = "camera-face"
    ESCPOS = "escpos"


KIND_OF_MODEL = {
    DeviceModel.SDT: DeviceKind.CARD_READER,
    DeviceModel.GM65: DeviceKind.CODE_SCANNER,
    DeviceModel.PLAIN_LINE: DeviceKind.CODE_SCANNER,
    DeviceModel.CAMERA_CODES: DeviceKind.CODE_SCANNER,
    DeviceModel.CAMERA_FACE: DeviceKind.FACE_CAMERA,
    DeviceModel.ESCPOS: DeviceKind.RECEIPT_PRINTER,
}


class DeviceSettings(BaseModel):
    """One device: what it is and where it is plugged in."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: str = Field(
        pattern=r"^[a-z][a-z0-9-]{0,31}$", description="Name in logs and on the technician's page, e.g. `card-reader`"
    )
    model: DeviceModel = Field(description="Which adapter speaks with it")
    port: str = Field(
        min_length=1,
        max_length=200,
        description="Serial port or camera by a stable name (`/dev/serial/by-id/…`, `/dev/v4l/by-id/…`), or a film or picture",
    )
    baud: Literal[9600, 19200, 38400, 57600, 115200] | None = Field(
        default=None, description="Line speed in baud; unset takes the model's own (SDT 115200, scanners 9600, printers 115200)"
    )
    emulated: bool = Field(
        default=False, description="An emulator's pseudo-terminal stands at `port`; only accepted with `practice = true`"
    )
    paper_width_mm: Literal[58, 80] = Field(default=80, description="Width of the receipt paper in mm (printers only)")
    detector_model: str = Field(
        default="", max_length=300, description="Path of the YuNet model file (face cameras only); empty: built-in detector"
    )

    @property
    def kind(self) -> DeviceKind:
        """What the device is for."""
        return KIND_OF_MODEL[self.model]
