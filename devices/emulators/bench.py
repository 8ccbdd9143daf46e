"""A bench full of emulated devices: what `kiosk demo` and training plug a kiosk into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Protocol, TypeVar

from devices.emulators.camera_picture import CameraPicture, Sheet, Spoilt
from devices.emulators.escpos_paper import PrintedSlip
from devices.emulators.escpos_printer import Condition, EscposPrinterEmulator
from devices.emulators.gm65_scanner import Gm65ScannerEmulator
from devices.emulators.honeywell_scanner import HoneywellScannerEmulator
from devices.emulators.misbehaviour import Fault, Misbehaviour, parse_misbehaviour
from devices.emulators.newland_scanner import NewlandScannerEmulator
from devices.emulators.people import find_person
from devices.emulators.plain_line_scanner import PlainLineScannerEmulator
from devices.emulators.sdt_reader import Delays, SdtReaderEmulator
from devices.emulators.ssi_scanner import SsiScannerEmulator
from devices.frame_slot import Frame
from devices.settings import DeviceModel, DeviceSettings

CARD_READER, CODE_SCANNER, PLAIN_SCANNER = "card-reader", "code-scanner", "plain-scanner"
FACE_CAMERA, CODE_CAMERA, RECEIPT_PRINTER = "face-camera", "code-camera", "receipt-printer"
DOCUMENT_CAMERA = "document-camera"
NEWLAND_SCANNER, SSI_SCANNER, HONEYWELL_SCANNER = "newland-scanner", "ssi-scanner", "honeywell-scanner"
MODELS = {
    CARD_READER: DeviceModel.SDT,
    CODE_SCANNER: DeviceModel.GM65,
    PLAIN_SCANNER: DeviceModel.PLAIN_LINE,
    FACE_CAMERA: DeviceModel.CAMERA_FACE,
    CODE_CAMERA: DeviceModel.CAMERA_CODES,
    RECEIPT_PRINTER: DeviceModel.ESCPOS,
    DOCUMENT_CAMERA: DeviceModel.CAMERA_DOCUMENTS,
    NEWLAND_SCANNER: DeviceModel.NEWLAND,
    SSI_SCANNER: DeviceModel.SSI,
    HONEYWELL_SCANNER: DeviceModel.HONEYWELL,
}
"""A model for each kind of device that a visit meets, by the name of its device."""
CARD_DELAYS = Delays(find=0.01, select=0.01, read=0.12)
IN_ORDER = "in-order"
CARD_PULLED, RUNS_OUT = "card-pulled", "runs-out"
LINES_LEFT = 8
"""On the roll, when the paper runs out in the middle of the next slip."""
CONDITIONS = {name.replace("_", "-"): replace(Condition(), **{name: True}) for name in (each.name for each in fields(Condition))}
Emulator = TypeVar("Emulator")


class Plugged(Protocol):
    """What every emulator can do."""

    def plug(self) -> None:
        """Connect the cable."""

    def unplug(self) -> None:
        """Pull it; may be called twice."""


class OnALine(Protocol):
    """What every emulator on a serial line can do besides."""

    def misbehave(self, how: Misbehaviour) -> None:
        """Queue a fault."""

    def behave(self) -> None:
        """Drop the queued faults."""


HAS_CHECKSUM = frozenset({CARD_READER, CODE_SCANNER, SSI_SCANNER})
"""Where a damaged byte is noticed by the protocol itself; elsewhere it would only be other data."""


class Holder(Protocol):
    """A scanner of any kind."""

    def hold(self, code: bytes) -> None:
        """Have a code held before it."""


FurtherScanner = NewlandScannerEmulator | SsiScannerEmulator | HoneywellScannerEmulator


class Bench:
    """All models' emulators, plugged in under `directory` at paths that do not change from start to start.

    Its methods are for one thread; every wrong name is a LookupError that tells the right ones.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._ports = {name: directory / name for name in MODELS}
        for camera in (FACE_CAMERA, CODE_CAMERA, DOCUMENT_CAMERA):
            self._ports[camera] = directory / f"{camera}.png"
        self._reader = SdtReaderEmulator(self._ports[CARD_READER], baud=115200, delays=CARD_DELAYS)
        self._scanner = Gm65ScannerEmulator(self._ports[CODE_SCANNER], baud=9600)
        self._plain_scanner = PlainLineScannerEmulator(self._ports[PLAIN_SCANNER])
        self._further_scanners: dict[str, FurtherScanner] = {
            NEWLAND_SCANNER: NewlandScannerEmulator(self._ports[NEWLAND_SCANNER]),
            SSI_SCANNER: SsiScannerEmulator(self._ports[SSI_SCANNER]),
            HONEYWELL_SCANNER: HoneywellScannerEmulator(self._ports[HONEYWELL_SCANNER]),
        }
        self._face_camera = CameraPicture(self._ports[FACE_CAMERA], head=True)
        self._code_camera = CameraPicture(self._ports[CODE_CAMERA], head=False)
        self._document_camera = CameraPicture(self._ports[DOCUMENT_CAMERA], head=False, sheet=True)
        self._printer = EscposPrinterEmulator(self._ports[RECEIPT_PRINTER])
        self._devices: dict[str, Plugged] = {
            CARD_READER: self._reader,
            CODE_SCANNER: self._scanner,
            PLAIN_SCANNER: self._plain_scanner,
            FACE_CAMERA: self._face_camera,
            CODE_CAMERA: self._code_camera,
            RECEIPT_PRINTER: self._printer,
            DOCUMENT_CAMERA: self._document_camera,
            **self._further_scanners,
        }
        for device in self._devices.values():
            device.plug()

    def settings(self) -> list[DeviceSettings]:
        """The settings by which a kiosk finds these devices; they are accepted only with `practice = true`."""
        return [
            DeviceSettings(name=name, model=model, port=str(self._ports[name]), emulated=True) for name, model in MODELS.items()
        ]

    def card(self, name: str) -> None:
        """Lay a fictional person's card on the reader, by key or by name."""
        self._reader.put(find_person(name))

    def lift_card(self) -> None:
        """Take the card away."""
        self._reader.lift()

    def code(self, code: str | bytes, device: str = CODE_SCANNER) -> None:
        """Hold a code before a scanner (the GM65 unless told) until it is read; text is shown as UTF-8."""
        holders: dict[str, Holder] = {
            CODE_SCANNER: self._scanner,
            PLAIN_SCANNER: self._plain_scanner,
            CODE_CAMERA: self._code_camera,
            **self._further_scanners,
        }
        _among(holders, device).hold(code.encode() if isinstance(code, str) else code)

    def sheet(self, how: str) -> None:
        """What lies under the document camera: `laid`, `blurred` or `gone`."""
        self._document_camera.lay(_among({each.value: each for each in Sheet}, how))

    def show_face(self, picture: Frame | None) -> None:
        """Put a picture before the face camera; None shows the resting scene again."""
        if picture is None:
            self._face_camera.plug()
        else:
            self._face_camera.show(picture)

    def unplug(self, device: str) -> None:
        """Pull a device's cable."""
        _among(self._devices, device).unplug()

    def plug(self, device: str) -> None:
        """Connect a device's cable."""
        _among(self._devices, device).plug()

    def misbehave(self, device: str, how: str) -> None:
        """Queue a fault (`silent`, `truncated@40`, `garbage-before*3`…); a printer may also be `paper-out` and the like.

        A camera is `garbled`, `empty`, `half`, `tiny`, `frozen`, `silent` or `slow`.
        The next card may be `card-pulled` while it is read, and the paper `runs-out` in the middle of the next slip.
        `in-order` ends all of it.
        """
        serial: dict[str, OnALine] = {
            CARD_READER: self._reader,
            CODE_SCANNER: self._scanner,
            PLAIN_SCANNER: self._plain_scanner,
            RECEIPT_PRINTER: self._printer,
            **self._further_scanners,
        }
        cameras = {FACE_CAMERA: self._face_camera, CODE_CAMERA: self._code_camera, DOCUMENT_CAMERA: self._document_camera}
        if device in cameras:
            if how == IN_ORDER:
                cameras[device].plug()
            else:
                cameras[device].spoil(_among({each.value: each for each in Spoilt}, how))
            return
        emulator = _among(serial, device)
        if how == IN_ORDER:
            emulator.behave()
            if device == RECEIPT_PRINTER:
                self._printer.become(Condition())
        elif device == RECEIPT_PRINTER and how in CONDITIONS:
            self._printer.become(CONDITIONS[how])
        elif (device, how) == (RECEIPT_PRINTER, RUNS_OUT):
            self._printer.run_out_after(LINES_LEFT)
        elif (device, how) == (CARD_READER, CARD_PULLED):
            self._reader.before_reading(self._pull_once)
        else:
            fault = parse_misbehaviour(how)
            if fault.fault is Fault.WRONG_CHECKSUM and device not in HAS_CHECKSUM:
                raise LookupError(f"{device}: its protocol has no checksum; {', '.join(sorted(HAS_CHECKSUM))} have one")
            emulator.misbehave(fault)

    def _pull_once(self) -> None:
        self._reader.before_reading(None)
        self._reader.lift()

    def slips(self) -> tuple[PrintedSlip, ...]:
        """What came out of the printer; a slip tells its texts and codes, and draws itself as PNG."""
        return self._printer.slips

    def stop(self) -> None:
        """Unplug everything and end the emulators' threads; may be called twice."""
        for device in self._devices.values():
            device.unplug()
        self._printer.stop()


def _among(emulators: Mapping[str, Emulator], device: str) -> Emulator:
    if device not in emulators:
        raise LookupError(f"there is no {device!r} here; one of {', '.join(emulators)}")
    return emulators[device]
