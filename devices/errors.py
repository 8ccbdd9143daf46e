"""What can go wrong with a device, by name; the codes never change.

DeviceError
├── PortMissing              port-missing             the path does not exist: nothing is plugged in
├── PortBusy                 port-busy                another program holds the port, or we may not open it
├── DeviceUnplugged          device-unplugged         the port vanished while it was open
├── DeviceSilent             device-silent            no answer within the time-out
├── FrameGarbled             frame-garbled            bytes that are no frame of this protocol
├── ChecksumWrong            checksum-wrong           a frame whose checksum disagrees
├── CommandRefused           command-refused          the device understood and said no
├── DeviceSwapped           device-swapped           another device than the settings name answers: perhaps somebody put it there
├── LibraryMissing           library-missing          a library that this model needs is not installed
├── FontMissing              font-missing             no font with Chinese characters is installed to draw with
├── CardError
│   ├── CardUnreadable       card-unreadable          find or select worked, reading did not
│   ├── CardPulled           card-pulled              the card was taken away while it was read
│   ├── CardUnproved         card-unproved            card and reader do not take each other for genuine: worn, foreign or forged
│   ├── CardMute             card-mute                a chip card answers nothing: most often it stands the wrong way round
│   ├── CardTypeUnknown      card-type-unknown        the reader does not know this card (firmware or another card)
│   ├── PhotoUndecoded       photo-undecoded          the card's photograph cannot be decoded: no decoder, or it failed
│   └── CardContradictory    card-contradictory       check digit, birth date or sex disagree with each other
├── CodeUnreadable           code-unreadable          a code was scanned whose bytes are no text
├── SamError
│   ├── SamFailed            sam-failed               the reader's security module failed its self-test
│   └── SamUnauthorised      sam-unauthorised         the reader's security module is not licensed
├── CameraError
│   ├── CameraFrozen         camera-frozen            no new picture for seconds
│   └── ModelMissing         model-missing            a face model's file is not installed, or not the right one
└── PrinterError
    ├── PaperOut             paper-out
    ├── CoverOpen            cover-open
    ├── CutterJammed         cutter-jammed
    ├── PrinterOffline       printer-offline
    ├── PrintDropped         print-dropped            the print system gave the document up before the printer had all of it
    └── PrintUnconfirmed     print-unconfirmed        the bytes left, and nothing tells whether the paper came out
"""

from __future__ import annotations

from typing import ClassVar


class DeviceError(Exception):
    """Known trouble with a device: `code` for programs, `detail` for the technician, never anything personal."""

    code: ClassVar[str] = "device-error"

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = detail


class PortMissing(DeviceError):
    """The path does not exist: nothing is plugged in."""

    code = "port-missing"


class PortBusy(DeviceError):
    """Another program holds the port, or this user may not open it."""

    code = "port-busy"


class DeviceUnplugged(DeviceError):
    """The port vanished while it was open."""

    code = "device-unplugged"


class DeviceSilent(DeviceError):
    """No answer within the time-out."""

    code = "device-silent"


class FrameGarbled(DeviceError):
    """Bytes that are no frame of this protocol."""

    code = "frame-garbled"


class ChecksumWrong(DeviceError):
    """A frame whose checksum disagrees with its bytes."""

    code = "checksum-wrong"


class CommandRefused(DeviceError):
    """The device understood the command and said no; `detail` names the status word."""

    code = "command-refused"


class DeviceSwapped(DeviceError):
    """The device names itself, and it is not the one that the settings say stands here."""

    code = "device-swapped"


class FontMissing(DeviceError):
    """No font with Chinese characters is installed: pictures of slips and scenes cannot be drawn."""

    code = "font-missing"


class LibraryMissing(DeviceError):
    """A library that this model needs is not installed; `detail` names it."""

    code = "library-missing"


class CardError(DeviceError):
    """Trouble with the card lying on the reader, not with the reader."""

    code = "card-error"


class CardUnreadable(CardError):
    """The card was found, but could not be read."""

    code = "card-unreadable"


class CardPulled(CardError):
    """The card was taken away while it was being read."""

    code = "card-pulled"


class CardUnproved(CardUnreadable):
    """Card and security module do not take each other, or what the card holds, for genuine."""

    code = "card-unproved"


class CardMute(CardError):
    """A card stands in the reader and answers nothing: most often the wrong way round."""

    code = "card-mute"


class CardTypeUnknown(CardError):
    """The reader does not know this kind of card."""

    code = "card-type-unknown"


class CardContradictory(CardError):
    """The number's check digit, birth date or sex disagree with the card's other fields."""

    code = "card-contradictory"


class PhotoUndecoded(CardError):
    """The card's photograph cannot be decoded: the hall has no decoder, or it failed on this one."""

    code = "photo-undecoded"


class CodeUnreadable(DeviceError):
    """A code was scanned, and its bytes are text in neither UTF-8 nor GB18030."""

    code = "code-unreadable"


class SamError(DeviceError):
    """Trouble with the reader's own security module: a technician's matter."""

    code = "sam-error"


class SamFailed(SamError):
    """The security module failed its self-test."""

    code = "sam-failed"


class SamUnauthorised(SamError):
    """The security module is not licensed."""

    code = "sam-unauthorised"


class CameraError(DeviceError):
    """Trouble with a camera."""

    code = "camera-error"


class CameraFrozen(CameraError):
    """The camera is open but gives no new picture."""

    code = "camera-frozen"


class ModelMissing(CameraError):
    """A face model's file is absent, or its sha256 is not the pinned one."""

    code = "model-missing"


class PrinterError(DeviceError):
    """Trouble with a printer."""

    code = "printer-error"


class PaperOut(PrinterError):
    """The roll is used up."""

    code = "paper-out"


class CoverOpen(PrinterError):
    """The printer's cover is open."""

    code = "cover-open"


class CutterJammed(PrinterError):
    """The cutter cannot move."""

    code = "cutter-jammed"


class PrinterOffline(PrinterError):
    """The printer answers, but says it is offline."""

    code = "printer-offline"


class PrintDropped(PrinterError):
    """The print system gave a document up, cancelled or failed, before the printer had all of it."""

    code = "print-dropped"


class PrintUnconfirmed(PrinterError):
    """The bytes of a slip left the kiosk, and nothing tells whether its paper came out: never printed again unasked."""

    code = "print-unconfirmed"
