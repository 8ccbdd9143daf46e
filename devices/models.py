"""From a device's settings to its adapter; each model's libraries are loaded only when a kiosk has that model."""

from __future__ import annotations

from typing import assert_never

from devices.code_scanner.honeywell import EngineAnswers
from devices.code_scanner.keyboard_wedge import TypedKeys
from devices.driver import Driver
from devices.frame_slot import FrameSlot
from devices.receipt_printer.jobs import PrintedJobs
from devices.settings import DeviceModel, DeviceSettings
from devices.wire_trace import WireTrace


def make_driver(
    settings: DeviceSettings,
    slot: FrameSlot,
    jobs: PrintedJobs | None = None,
    trace: WireTrace | None = None,
    keys: TypedKeys | None = None,
    answers: EngineAnswers | None = None,
) -> Driver:
    """A new, closed driver; `slot` (a camera's), `jobs` (a printer's), `keys` and `answers` (scanners'), `trace` outlive it."""
    # The imports stand inside their cases: a frozen build still sees them, and no kiosk loads OpenCV for a card reader.
    match settings.model:
        case DeviceModel.SDT:
            from devices.card_reader.sdt_reader import SdtReader

            return SdtReader(settings, trace)
        case DeviceModel.PCSC:
            from devices.card_reader.pcsc_reader import PcscReader

            return PcscReader(settings, trace)
        case DeviceModel.GM65:
            from devices.code_scanner.gm65_scanner import Gm65Scanner

            return Gm65Scanner(settings, trace)
        case DeviceModel.PLAIN_LINE:
            from devices.code_scanner.plain_line_scanner import PlainLineScanner

            return PlainLineScanner(settings, trace)
        case DeviceModel.NEWLAND:
            from devices.code_scanner.newland_scanner import NewlandScanner

            return NewlandScanner(settings, trace)
        case DeviceModel.SSI:
            from devices.code_scanner.ssi_scanner import SsiScanner

            return SsiScanner(settings, trace)
        case DeviceModel.HONEYWELL:
            from devices.code_scanner.honeywell_scanner import HoneywellScanner

            return HoneywellScanner(settings, trace, answers)
        case DeviceModel.KEYBOARD_WEDGE:
            from devices.code_scanner.keyboard_wedge import KeyboardWedgeScanner

            return KeyboardWedgeScanner(settings, keys, trace)
        case DeviceModel.CAMERA_CODES:
            from devices.code_scanner.camera import CameraScanner

            return CameraScanner(settings, slot)
        case DeviceModel.CAMERA_FACE:
            from devices.face_camera.camera import FaceCamera

            return FaceCamera(settings, slot)
        case DeviceModel.CAMERA_DOCUMENTS:
            from devices.document_camera.camera import DocumentCamera

            return DocumentCamera(settings, slot)
        case DeviceModel.ESCPOS | DeviceModel.ESCPOS_USB | DeviceModel.ESCPOS_NETWORK | DeviceModel.ESCPOS_FILE:
            from devices.receipt_printer.escpos import EscposPrinter

            return EscposPrinter(settings, jobs, trace=trace)
        case DeviceModel.CUPS:
            from devices.document_printer.cups_printer import CupsPrinter

            return CupsPrinter(settings, jobs)
        case _ as never:
            assert_never(never)
