"""The settings of one device, declared beside what they set (section `[[devices]]` of the settings file)."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Literal, Self, TypeAlias

from devices.code_scanner.plain_line import Terminator
from devices.reports import DeviceKind
from devices.values import NOTHING_UNKNOWN, dataclass, setting

SERIAL_LINE = True


class DeviceModel(StrEnum):
    """Which adapter speaks with the device, and of which kind it is: `name in the settings, kind`, and SERIAL_LINE on one.

    A device on a serial line may also be named by what stands in the USB socket, or by the socket.
    """

    kind: DeviceKind
    is_on_serial_line: bool

    def __new__(cls, value: str, kind: DeviceKind, is_on_serial_line: bool = False) -> Self:
        """A member is its name in the settings file; the rest hangs on it."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.kind = kind
        member.is_on_serial_line = is_on_serial_line
        return member

    SDT = "sdt", DeviceKind.CARD_READER, SERIAL_LINE
    PCSC = "pcsc", DeviceKind.CHIP_CARD_READER
    GM65 = "gm65", DeviceKind.CODE_SCANNER, SERIAL_LINE
    PLAIN_LINE = "plain-line", DeviceKind.CODE_SCANNER, SERIAL_LINE
    NEWLAND = "newland", DeviceKind.CODE_SCANNER, SERIAL_LINE
    SSI = "ssi", DeviceKind.CODE_SCANNER, SERIAL_LINE
    HONEYWELL = "honeywell", DeviceKind.CODE_SCANNER, SERIAL_LINE
    KEYBOARD_WEDGE = "keyboard-wedge", DeviceKind.CODE_SCANNER
    CAMERA_CODES = "camera-codes", DeviceKind.CODE_SCANNER
    CAMERA_FACE = "camera-face", DeviceKind.FACE_CAMERA
    CAMERA_DOCUMENTS = "camera-documents", DeviceKind.DOCUMENT_CAMERA
    ESCPOS = "escpos", DeviceKind.RECEIPT_PRINTER, SERIAL_LINE
    ESCPOS_USB = "escpos-usb", DeviceKind.RECEIPT_PRINTER
    ESCPOS_NETWORK = "escpos-network", DeviceKind.RECEIPT_PRINTER
    ESCPOS_FILE = "escpos-file", DeviceKind.RECEIPT_PRINTER
    CUPS = "cups", DeviceKind.DOCUMENT_PRINTER


Baud: TypeAlias = Literal[9600, 19200, 38400, 57600, 115200] | None
"""None takes the model's own."""
RAW_PRINTING_PORT = 9100
CUT_INTO_CODES = frozenset(
    {DeviceModel.GM65, DeviceModel.PLAIN_LINE, DeviceModel.NEWLAND, DeviceModel.HONEYWELL, DeviceModel.KEYBOARD_WEDGE}
)
"""Scanners whose codes come with nothing around them but what ends them."""
USB_LINE = re.compile(r"usb:(serial=[ -~]{1,80}|location=\d+-\d+(\.\d+)*)")
TALKING_PRINTERS = frozenset({DeviceModel.ESCPOS, DeviceModel.ESCPOS_USB, DeviceModel.ESCPOS_NETWORK})
PORT_FORMS = {
    DeviceModel.ESCPOS_USB: (re.compile(r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}"), "`vendor:product`, each four hexadecimal digits"),
    DeviceModel.ESCPOS_NETWORK: (
        re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?(:[0-9]{1,5})?"),
        "a host name or IPv4 address, or `host:port`",
    ),
    DeviceModel.CUPS: (re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,126}"), "the name of a CUPS queue"),
}
"""What `port` must look like where it is no path, and how people are told."""


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """One device: what it is and where it is plugged in."""

    __pydantic_config__ = NOTHING_UNKNOWN

    name: str = setting(
        pattern=r"^[a-z][a-z0-9-]{0,31}$", description="Name in logs and on the technician's page, e.g. `card-reader`"
    )
    model: DeviceModel = setting(description="Which adapter speaks with it")
    port: str = setting(
        min_length=1,
        max_length=200,
        description="Serial port or camera by a stable name (`/dev/serial/by-id/…`, `/dev/v4l/by-id/…`), or a film or picture; "
        "a serial line on USB also by `usb:serial=NUMBER` (found again in any socket) or `usb:location=1-2.3`; "
        "`escpos-usb`: `vendor:product` in hexadecimal (`04b8:0202`); `escpos-network`: host or `host:port` (9100 unless told); "
        "`escpos-file`: a device node or FIFO (`/dev/usb/lp0`); "
        "`pcsc`: how pcscd names the reader, or how that name begins (`kiosk devices probe`); "
        "`keyboard-wedge`: the node of a scanner that types (`/dev/input/by-id/…-event-kbd`), only looked at; "
        "`cups`: the name of a CUPS queue for A4",
    )
    baud: Baud = setting(
        default=None,
        description="Line speed in baud; unset takes the model's own (SDT 115200, then the others in turn; `honeywell` and "
        "printers 115200; other scanners 9600)",
    )
    terminator: Terminator = setting(
        default="auto",
        description="How a scanner ends its codes: `line-end` (CR, LF or both; text without is half a code and is dropped), "
        "`none` (after 0.12 s of silence); `auto`: as it turns out. Only for `gm65`, `plain-line`, `newland`, `honeywell` "
        "and `keyboard-wedge`",
    )
    emulated: bool = setting(
        default=False,
        description="An emulator stands at `port`, for `escpos-usb` too a path; only accepted with `practice = true`",
    )
    sam_id: str = setting(
        default="",
        max_length=40,
        description="The SAM id of the reader that belongs here, as `kiosk devices test` tells it (SDT only): another one "
        "is not used, for somebody may have put it there; empty: whichever answers",
    )
    answers_status: bool = setting(
        default=False,
        description="The receipt printer answers status queries, as `kiosk devices probe` finds out: then its silence is a "
        "trouble from the start; unset, one that never answered may be a cheap printer that prints well",
    )
    paper_width_mm: Literal[58, 80] = setting(default=80, description="Width of the receipt paper in mm (printers only)")
    detector_model: str = setting(
        default="", max_length=300, description="Path of the YuNet model file (face cameras only); empty: built-in detector"
    )
    recogniser_model: str = setting(
        default="", max_length=300, description="Path of the SFace model file (face cameras only); empty: faces are not compared"
    )
    photo_library: str = setting(
        default="",
        max_length=300,
        description="Path of the hall's own decoder of card photographs (face cameras only), a shared library with "
        "`int unpack(unsigned char *wlt, unsigned char *bmp, int 708)`; empty: faces are not compared",
    )
    face_threshold: float = setting(
        default=0.363,
        ge=0.2,
        le=0.95,
        description="Likeness (cosine) from which a face is taken for the card's; the default is the model's makers', to be "
        "calibrated on the hall's own camera and card photographs",
    )

    def __post_init__(self) -> None:
        """Raises ValueError for what is right by itself and not for this model."""
        if any(unicodedata.category(sign) == "Cc" for sign in self.port):
            raise ValueError("port: no control characters, which no name of a port holds")
        if self.port.startswith("usb:") and not (self.model.is_on_serial_line and USB_LINE.fullmatch(self.port)):
            raise ValueError("port: `usb:serial=NUMBER` or `usb:location=1-2.3`, and only for a serial line")
        form = PORT_FORMS.get(self.model)
        if form is not None and not self.is_joined_to_a_line and form[0].fullmatch(self.port) is None:
            raise ValueError(f"port: {form[1]}")
        if self.sam_id and self.model is not DeviceModel.SDT:
            raise ValueError("sam_id: only readers of the model `sdt` have one")
        if self.answers_status and self.model not in TALKING_PRINTERS:
            raise ValueError("answers_status: only receipt printers with a cable that carries answers")
        if self.terminator != "auto" and self.model not in CUT_INTO_CODES:
            raise ValueError("terminator: only scanners whose codes come without a frame")
        if self.model is DeviceModel.ESCPOS_NETWORK and not 1 <= self.address[1] <= 65535:
            raise ValueError("port: the number behind the colon is from 1 to 65535")

    @property
    def is_joined_to_a_line(self) -> bool:
        """True for an emulated printer whose USB is played over the pseudo-terminal at `port`."""
        return self.emulated and self.model is DeviceModel.ESCPOS_USB and self.port.startswith("/")

    @property
    def address(self) -> tuple[str, int]:
        """Host and TCP port of a network printer."""
        host, _, number = self.port.partition(":")
        return host, int(number) if number else RAW_PRINTING_PORT

    @property
    def kind(self) -> DeviceKind:
        """What the device is for."""
        return self.model.kind
