"""A camera that is a picture file: what the camera sees is written there, and its plug is the file's being there."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

import cv2
import numpy as np
import zxingcpp

from devices.emulators.misbehaviour import Fault, Misbehaviour, mangle
from devices.face_camera.capture import PACE, Pace
from devices.frame_slot import Frame

WIDTH, HEIGHT = 640, 480
CODE_PIXELS = 320


class Sheet(Enum):
    """What lies under a document camera."""

    LAID = "laid"
    BLURRED = "blurred"
    GONE = "gone"


class Spoilt(Enum):
    """What a camera gives in a picture's place."""

    GARBLED = "garbled"
    EMPTY = "empty"
    HALF = "half"
    TINY = "tiny"
    FROZEN = "frozen"
    SILENT = "silent"
    SLOW = "slow"


class CameraPicture:
    """What stands before an emulated camera at `path` (a `.png`): nothing, a drawn head, a sheet, or a code."""

    def __init__(self, path: Path, *, head: bool, sheet: bool = False) -> None:
        self.path = path
        self._pace = path.with_name(path.name + PACE)
        self._scene = _sheet() if sheet else _head() if head else _empty_hall()

    def plug(self) -> None:
        """Show the resting scene, at a camera's pace."""
        self._pace.unlink(missing_ok=True)
        self._write(self._scene)

    def unplug(self) -> None:
        """Take the camera away; may be called twice."""
        self.path.unlink(missing_ok=True)
        self._pace.unlink(missing_ok=True)

    def hold(self, code: bytes) -> None:
        """Hold a QR code of these bytes before the camera, until `plug` shows the resting scene again."""
        drawn = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode)
        symbol = np.asarray(zxingcpp.write_barcode_to_image(drawn, scale=4, add_quiet_zones=True))
        picture = _empty_hall()
        left, top = (WIDTH - CODE_PIXELS) // 2, (HEIGHT - CODE_PIXELS) // 2
        square = cv2.resize(symbol, (CODE_PIXELS, CODE_PIXELS), interpolation=cv2.INTER_NEAREST)
        picture[top : top + CODE_PIXELS, left : left + CODE_PIXELS] = square[:, :, None]
        self._write(picture)

    def lay(self, sheet: Sheet) -> None:
        """Lay a sheet under the camera, take it away, or hold it so that it blurs."""
        match sheet:
            case Sheet.LAID:
                self._write(_sheet())
            case Sheet.BLURRED:
                self._write(np.asarray(cv2.GaussianBlur(_sheet(), (0, 0), 5), np.uint8))
            case Sheet.GONE:
                self._write(_mat())

    def spoil(self, how: Spoilt) -> None:
        """Give no picture, another than the scene, or none at a camera's pace, until `plug` shows the resting scene again."""
        whole = _encoded(self._scene)
        match how:
            case Spoilt.GARBLED:
                self._put(bytes(reversed(whole)))
            case Spoilt.EMPTY:
                self._put(b"")
            case Spoilt.HALF:
                self._put(whole[: len(whole) // 2])
            case Spoilt.TINY:
                self._write(self._scene[:1, :1])
            case Spoilt.FROZEN | Spoilt.SILENT | Spoilt.SLOW:
                self._pace.write_text(Pace(how.value))

    def misbehave(self, how: Misbehaviour) -> None:
        """The fault of a line, of every picture until `behave`: cut or damaged at its byte, glued, none, late, or unplugged."""
        if how.fault is Fault.UNPLUGGED:
            self.unplug()
        elif how.fault in (Fault.SILENT, Fault.SLOW):
            self.spoil(Spoilt(how.fault.value))
        else:
            whole = _encoded(self._scene)
            self._put(mangle(whole, whole, how))

    def behave(self) -> None:
        """Show the resting scene again."""
        self.plug()

    def show(self, picture: Frame) -> None:
        """Put any other scene before the camera, until `plug` shows the resting scene again."""
        self._write(picture)

    def _write(self, picture: Frame) -> None:
        self._put(_encoded(picture))

    def _put(self, data: bytes) -> None:
        # Replaced in one step: a camera does not show half a picture.
        new = self.path.with_name(self.path.name + ".new")
        new.write_bytes(data)
        new.replace(self.path)


def _encoded(picture: Frame) -> bytes:
    good, data = cv2.imencode(".png", picture)
    assert good
    return bytes(data.tobytes())


def _empty_hall() -> Frame:
    """A soft wall."""
    down = np.linspace(225, 175, HEIGHT, dtype=np.float32)[:, None, None]
    return np.broadcast_to(down, (HEIGHT, WIDTH, 3)).astype(np.uint8)


def _mat() -> Frame:
    """Nothing on a dark mat."""
    return np.full((972, 1296, 3), 48, np.uint8)


def _sheet() -> Frame:
    """A written sheet on a dark mat, a little turned."""
    page = np.full((800, 566, 3), 232, np.uint8)
    for line in range(22):
        cv2.putText(
            page, f"{line:02} sample page", (50, 70 + 33 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (50, 45, 45), 2, cv2.LINE_AA
        )
    mat = _mat()
    turn = cv2.getRotationMatrix2D((283, 400), 4, 1.0)
    turn[:, 2] += (365, 86)
    laid = cv2.warpAffine(page, turn, (1296, 972), flags=cv2.INTER_AREA)
    inside = cv2.warpAffine(np.full(page.shape[:2], 255, np.uint8), turn, (1296, 972)) > 127
    mat[inside] = laid[inside]
    return mat


def _head() -> Frame:
    """A drawn head and shoulders: nobody's face."""
    picture = _empty_hall()
    ink, skin, coat = (60, 50, 50), (170, 195, 225), (140, 100, 70)
    cv2.ellipse(picture, (320, 500), (190, 130), 0, 180, 360, coat, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (320, 235), (95, 125), 0, 0, 360, skin, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (320, 180), (100, 85), 0, 180, 360, ink, -1, cv2.LINE_AA)
    for eye in (285, 355):
        cv2.circle(picture, (eye, 230), 8, ink, -1, cv2.LINE_AA)
    cv2.line(picture, (320, 245), (314, 275), ink, 3, cv2.LINE_AA)
    cv2.ellipse(picture, (320, 300), (32, 12), 0, 0, 180, ink, 3, cv2.LINE_AA)
    return picture
