"""A bench full of emulated devices: what `kiosk demo` and training plug a kiosk into.

Most are plugged in from the start; those that need something of the machine, or are a second way to the same, when told.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Protocol, TypeVar

from devices.emulators.bridge import LOOPBACK, FifoCable, NetworkCable
from devices.emulators.camera_picture import CameraPicture, Sheet, Spoilt
from devices.emulators.chip_card import VPCD_READER, ChipCardReaderEmulator, SocialSecurityCard
from devices.emulators.cups_daemon import HOWS, QUEUE
from devices.emulators.cups_printer import CupsPrinterEmulator
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
NETWORK_PRINTER, FILE_PRINTER, USB_PRINTER = "network-printer", "file-printer", "usb-printer"
TYPING_SCANNER, CHIP_CARD_READER, DOCUMENT_PRINTER = "typing-scanner", "chip-card-reader", "document-printer"
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
"""A model for each kind of device that a visit meets, by the name of its device; plugged in from the start."""
FURTHER_MODELS = {
    NETWORK_PRINTER: DeviceModel.ESCPOS_NETWORK,
    FILE_PRINTER: DeviceModel.ESCPOS_FILE,
    USB_PRINTER: DeviceModel.ESCPOS_USB,
    TYPING_SCANNER: DeviceModel.KEYBOARD_WEDGE,
    CHIP_CARD_READER: DeviceModel.PCSC,
    DOCUMENT_PRINTER: DeviceModel.CUPS,
}
"""The other models; plugged in when told. The chip card reader is pcscd's own: only its cards are emulated."""
CARD_DELAYS = Delays(find=0.01, select=0.01, read=0.12)
IN_ORDER = "in-order"
CARD_PULLED, RUNS_OUT = "card-pulled", "runs-out"
LINES_LEFT = 8
"""On the roll, when the paper runs out in the middle of the next slip."""
CONDITIONS = {name.replace("_", "-"): replace(Condition(), **{name: True}) for name in (each.name for each in fields(Condition))}
_ANSWERING = frozenset({*CONDITIONS, RUNS_OUT}) - {"plug-pulled"}
STATES = {
    RECEIPT_PRINTER: frozenset({*CONDITIONS, RUNS_OUT}),
    NETWORK_PRINTER: _ANSWERING,
    USB_PRINTER: _ANSWERING,
    FILE_PRINTER: frozenset({RUNS_OUT, *(name for name, condition in CONDITIONS.items() if not condition.prints)}),
    DOCUMENT_PRINTER: frozenset(HOWS),
    CARD_READER: frozenset({CARD_PULLED}),
    FACE_CAMERA: frozenset(each.value for each in Spoilt),
    CODE_CAMERA: frozenset(each.value for each in Spoilt),
    DOCUMENT_CAMERA: frozenset(each.value for each in Spoilt),
}
"""What can be the matter with each besides; only a serial plug leaves its adapter behind, and a node tells nothing."""
_EVERY_STATE = frozenset(itertools.chain.from_iterable(STATES.values()))
Emulator = TypeVar("Emulator")


class Plugged(Protocol):
    """What every emulator can do."""

    def plug(self) -> None:
        """Connect the cable."""

    def unplug(self) -> None:
        """Pull it; may be called twice."""


class Misbehaving(Protocol):
    """What most can do besides, on a line or not."""

    def misbehave(self, how: Misbehaviour) -> None:
        """Queue a fault."""

    def behave(self) -> None:
        """Drop the queued faults."""


_ALL = frozenset(Fault)
_UNCHECKED = _ALL - {Fault.WRONG_CHECKSUM}
_TOLD_NOTHING = _UNCHECKED - {Fault.UNPLUGGED_HEARING}
FAULTS = {
    CARD_READER: _ALL,
    CODE_SCANNER: _ALL,
    SSI_SCANNER: _ALL,
    NEWLAND_SCANNER: _UNCHECKED,
    HONEYWELL_SCANNER: _UNCHECKED,
    RECEIPT_PRINTER: _UNCHECKED,
    NETWORK_PRINTER: _UNCHECKED,
    USB_PRINTER: _UNCHECKED,
    DOCUMENT_PRINTER: _UNCHECKED,
    PLAIN_SCANNER: _TOLD_NOTHING,
    TYPING_SCANNER: _TOLD_NOTHING,
    CHIP_CARD_READER: _TOLD_NOTHING,
    FILE_PRINTER: frozenset({Fault.UNPLUGGED_HEARING}),
    FACE_CAMERA: _TOLD_NOTHING,
    CODE_CAMERA: _TOLD_NOTHING,
    DOCUMENT_CAMERA: _TOLD_NOTHING,
}
"""What can befall each on its line. Without a checksum a damaged byte is only other data; a scanner or camera that is told
nothing, and a chip card, which hears a command whole or not at all, lose no cable while they listen; a printer behind a node
says nothing.
"""


class Holder(Protocol):
    """A scanner of any kind."""

    def hold(self, code: bytes) -> None:
        """Have a code held before it."""


FurtherScanner = NewlandScannerEmulator | SsiScannerEmulator | HoneywellScannerEmulator


class CabledPrinter:
    """A receipt printer on another cable than a serial one."""

    def __init__(self, printer: EscposPrinterEmulator, cable: NetworkCable | FifoCable) -> None:
        self.misbehave, self.behave = printer.misbehave, printer.behave
        self.unplug, self.stop = cable.unplug, cable.close
        self._cable = cable

    def plug(self) -> None:
        """Connect the cable, which a fault may have pulled at the printer's end."""
        self._cable.unplug()
        self._cable.plug()


class Bench:
    """All models' emulators, plugged in under `directory` at paths that do not change from start to start.

    Its methods are for one thread; every wrong name is a LookupError that tells the right ones. `card_delays`: how long the
    reader is at work with a card.
    """

    def __init__(self, directory: Path, card_delays: Delays = CARD_DELAYS) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._ports = {name: directory / name for name in MODELS}
        for camera in (FACE_CAMERA, CODE_CAMERA, DOCUMENT_CAMERA):
            self._ports[camera] = directory / f"{camera}.png"
        self._reader = SdtReaderEmulator(self._ports[CARD_READER], baud=115200, delays=card_delays)
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
        self._cameras = {
            FACE_CAMERA: self._face_camera,
            CODE_CAMERA: self._code_camera,
            DOCUMENT_CAMERA: self._document_camera,
        }
        self._printer = EscposPrinterEmulator(self._ports[RECEIPT_PRINTER])
        lines = {name: directory / f"{name}.line" for name in (NETWORK_PRINTER, FILE_PRINTER)}
        self._further_ports: dict[str, Path | str] = {name: directory / name for name in FURTHER_MODELS}
        self._printers = {
            RECEIPT_PRINTER: self._printer,
            NETWORK_PRINTER: EscposPrinterEmulator(lines[NETWORK_PRINTER]),
            FILE_PRINTER: EscposPrinterEmulator(lines[FILE_PRINTER]),
            USB_PRINTER: EscposPrinterEmulator(directory / USB_PRINTER),
        }
        network = NetworkCable(self._printers[NETWORK_PRINTER], lines[NETWORK_PRINTER])
        node = FifoCable(self._printers[FILE_PRINTER], lines[FILE_PRINTER], directory / FILE_PRINTER)
        self._cabled = {
            NETWORK_PRINTER: CabledPrinter(self._printers[NETWORK_PRINTER], network),
            FILE_PRINTER: CabledPrinter(self._printers[FILE_PRINTER], node),
        }
        self._further_ports |= {
            NETWORK_PRINTER: f"{LOOPBACK}:{network.port}",
            CHIP_CARD_READER: VPCD_READER,
            DOCUMENT_PRINTER: QUEUE,
        }
        self._typing_scanner = PlainLineScannerEmulator(directory / TYPING_SCANNER, terminator=b"\r")
        self._chip_card_reader = ChipCardReaderEmulator()
        self._document_printer = CupsPrinterEmulator(directory / DOCUMENT_PRINTER)
        self._devices: dict[str, Plugged] = {
            CARD_READER: self._reader,
            CODE_SCANNER: self._scanner,
            PLAIN_SCANNER: self._plain_scanner,
            RECEIPT_PRINTER: self._printer,
            **self._cameras,
            **self._further_scanners,
            **self._cabled,
            USB_PRINTER: self._printers[USB_PRINTER],
            TYPING_SCANNER: self._typing_scanner,
            DOCUMENT_PRINTER: self._document_printer,
        }
        for name in MODELS:
            self._devices[name].plug()

    def settings(self) -> list[DeviceSettings]:
        """The settings by which a kiosk finds these devices; they are accepted only with `practice = true`."""
        return [
            DeviceSettings(name=name, model=model, port=str(self._ports[name]), emulated=True) for name, model in MODELS.items()
        ]

    def further_settings(self) -> list[DeviceSettings]:
        """The same of those that are plugged in when told."""
        return [
            DeviceSettings(name=name, model=model, port=str(self._further_ports[name]), emulated=True)
            for name, model in FURTHER_MODELS.items()
        ]

    @property
    def cups_server(self) -> Path:
        """What CUPS_SERVER must name for a kiosk that is to find the document printer."""
        return self._document_printer.path

    def card(self, name: str) -> None:
        """Lay a fictional person's card on the reader, by key or by name."""
        self._reader.put(find_person(name))

    def lift_card(self) -> None:
        """Take the card away."""
        self._reader.lift()

    def insert_card(self, name: str) -> None:
        """Put a fictional person's social-security card into the chip card reader; raises ConnectionError without vpcd."""
        self._chip_card_reader.insert(SocialSecurityCard(find_person(name)))

    def take_card_out(self) -> None:
        """Take the card out of the chip card reader."""
        self._chip_card_reader.take_out()

    def code(self, code: str | bytes, device: str = CODE_SCANNER) -> None:
        """Hold a code before a scanner (the GM65 unless told) until it is read; text is shown as UTF-8."""
        holders: dict[str, Holder] = {
            CODE_SCANNER: self._scanner,
            PLAIN_SCANNER: self._plain_scanner,
            CODE_CAMERA: self._code_camera,
            TYPING_SCANNER: self._typing_scanner,
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
        self._with_a_plug(device).unplug()

    def plug(self, device: str) -> None:
        """Connect a device's cable."""
        self._with_a_plug(device).plug()

    def _with_a_plug(self, device: str) -> Plugged:
        if device == CHIP_CARD_READER:
            raise LookupError(f"{device}: its plug is pcscd's; start and stop that")
        return _among(self._devices, device)

    def misbehave(self, device: str, how: str) -> None:
        """Queue a fault (`silent`, `truncated@40`, `garbage-before*3`…); a printer may also be `paper-out` and the like.

        A camera may be `garbled`, `empty`, `half`, `tiny`, `frozen`, `silent` or `slow`, and its faults last until `in-order`; a
        document printer may be one of HOWS.
        The next card may be `card-pulled` while it is read, and the paper `runs-out` in the middle of the next slip.
        `in-order` ends all of it. What has no meaning for a device is refused, with what has.
        """
        misbehaving: dict[str, Misbehaving] = {
            CARD_READER: self._reader,
            CODE_SCANNER: self._scanner,
            PLAIN_SCANNER: self._plain_scanner,
            TYPING_SCANNER: self._typing_scanner,
            CHIP_CARD_READER: self._chip_card_reader,
            DOCUMENT_PRINTER: self._document_printer,
            **self._printers,
            **self._further_scanners,
            **self._cameras,
        }
        emulator, printer = _among(misbehaving, device), self._printers.get(device)
        if how == IN_ORDER:
            emulator.behave()
            if printer is not None:
                printer.become(Condition())
        elif how in STATES.get(device, ()):
            self._become(device, how)
        else:
            name = how if how in _EVERY_STATE else parse_misbehaviour(how).fault
            if name not in FAULTS[device]:
                had = dict.fromkeys([*(each for each in Fault if each in FAULTS[device]), *sorted(STATES.get(device, ()))])
                raise LookupError(f"{device}: {name} has no meaning for it; it has {', '.join(had)}")
            emulator.misbehave(parse_misbehaviour(how))

    def _become(self, device: str, state: str) -> None:
        if device == CARD_READER:
            self._reader.before_reading(self._pull_once)
        elif device in self._cameras:
            self._cameras[device].spoil(Spoilt(state))
        elif device == DOCUMENT_PRINTER:
            self._document_printer.become(state)
        elif state == RUNS_OUT:
            self._printers[device].run_out_after(LINES_LEFT)
        else:
            self._printers[device].become(CONDITIONS[state])

    def _pull_once(self) -> None:
        self._reader.before_reading(None)
        self._reader.lift()

    def slips(self) -> tuple[PrintedSlip, ...]:
        """What came out of the receipt printers; a slip tells its texts and codes, and draws itself as PNG."""
        return tuple(itertools.chain.from_iterable(each.slips for each in self._printers.values()))

    def documents(self) -> tuple[bytes, ...]:
        """What came out of the document printer, as PDF."""
        return tuple(self._document_printer.documents())

    def stop(self) -> None:
        """Unplug everything and end the emulators' threads; may be called twice."""
        for device in self._devices.values():
            device.unplug()
        for cabled in self._cabled.values():
            cabled.stop()
        for printer in self._printers.values():
            printer.stop()
        self._document_printer.stop()
        self._chip_card_reader.take_out()


def _among(emulators: Mapping[str, Emulator], device: str) -> Emulator:
    if device not in emulators:
        raise LookupError(f"there is no {device!r} here; one of {', '.join(emulators)}")
    return emulators[device]
