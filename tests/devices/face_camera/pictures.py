"""The photograph and the nets that the tests of the face camera look with.

`astronaut.jpg` is NASA's portrait of Eileen Collins, in the public domain, as scikit-image ships it (512 × 512).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from devices.face_camera.detection import FaceDetector, HaarDetector, YunetDetector
from devices.face_camera.guidance import guide
from devices.face_camera.models import FaceModel
from devices.face_camera.quality import measure
from devices.frame_slot import Frame
from devices.reports import FaceHint

HERE = Path(__file__).parent
YUNET_FILE = HERE.parents[2] / ".." / "shared" / "models" / "face_detection_yunet_2023mar.onnx"
needs_yunet = pytest.mark.skipif(not YUNET_FILE.exists(), reason="the YuNet model file is not installed beside the project")
DETECTORS = [
    pytest.param(HaarDetector, id="haar"),
    pytest.param(lambda: YunetDetector(YUNET_FILE), id="yunet", marks=needs_yunet),
]
LEFT, TOP, WIDE, HIGH = 60, 10, 384, 288
"""The part of the photograph that a camera at arm's length would see."""
FACE_X, FACE_Y, FACE_RADIUS = 271, 190, 95
NOSE = (270, 194, 20)
"""Of that part at 640 × 480: where the nose is, and how far it stands out."""


def hint(detector: FaceDetector, frame: Frame) -> FaceHint:
    """What a person is told of this frame."""
    faces = detector.find(frame)
    return guide(faces, measure(frame, faces[0] if faces else None))


def portrait() -> Frame:
    """What a camera of 640 × 480 sees of one person who looks into it."""
    whole = cv2.imread(str(HERE / "astronaut.jpg"))
    assert whole is not None
    part = whole[TOP : TOP + HIGH, LEFT : LEFT + WIDE]
    return np.asarray(cv2.resize(part, (640, 480), interpolation=cv2.INTER_CUBIC), np.uint8)


def turned(frame: Frame, degrees: float) -> Frame:
    """The portrait with its head turned: moved as the surface of an ellipsoid with a nose would move; positive is rightwards.

    No photograph of a turned head is free to be used here. To the detector this is one: its landmarks move as they should.
    """
    height, width = frame.shape[:2]
    down, across = np.mgrid[0:height, 0:width].astype(np.float64)
    inside = np.clip(1 - ((across - FACE_X) / FACE_RADIUS) ** 2 - ((down - FACE_Y) / (1.5 * FACE_RADIUS)) ** 2, 0, None)
    nose = NOSE[2] * np.exp(-(((across - NOSE[0]) / 16) ** 2) - ((down - NOSE[1]) / 30) ** 2)
    depth = 0.9 * FACE_RADIUS * np.sqrt(inside) + nose
    angle = np.radians(degrees)
    moved = np.where(depth > 1, FACE_X + (across - FACE_X) * np.cos(angle) + depth * np.sin(angle), across)
    order = np.arange(width)
    # Row by row, where each point of the turned head was before; what is hidden behind it is drawn out.
    rows = [np.interp(order, np.maximum.accumulate(row) + order * 1e-6, order) for row in moved]
    return np.asarray(cv2.remap(frame, np.float32(rows), down.astype(np.float32), cv2.INTER_LINEAR), np.uint8)  # type: ignore[arg-type, call-overload]


def stand_in_net(path: Path) -> FaceModel:
    """A net of SFace's shape, written to `path`: 3 × 112 × 112 in, one vector out. It compares pictures, not faces.

    SFace itself is 38 MB and not ours to give away. With this the real `cv2.FaceRecognizerSF` aligns, runs and compares; what
    SFace makes of two people is not shown by it.
    """
    pool = _node("AveragePool", ["grey"], "small", [_ints("kernel_shape", [8, 8]), _ints("strides", [8, 8])])
    nodes = [_node("Sub", ["data", "middle"], "grey", []), pool, _node("Flatten", ["small"], "vector", [])]
    middle = _field(1, 1) + _field(2, 1) + _field(8, b"middle") + _field(9, np.float32([110.0]).tobytes())  # type: ignore[arg-type]
    graph = b"".join(_field(1, node) for node in nodes) + _field(2, b"stand-in") + _field(5, middle)
    graph += _field(11, _value("data", [1, 3, 112, 112])) + _field(12, _value("vector", [1, 588]))
    data = _field(1, 8) + _field(7, graph) + _field(8, _field(1, b"") + _field(2, 13))
    path.write_bytes(data)
    return FaceModel("stand-in", path.name, hashlib.sha256(data).hexdigest(), len(data), "tests", "Apache-2.0", "")


def _field(number: int, value: int | bytes) -> bytes:
    """A field of a protocol buffer: a number, or bytes."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def _node(operator: str, inputs: list[str], output: str, attributes: list[bytes]) -> bytes:
    named = b"".join(_field(1, each.encode()) for each in inputs) + _field(2, output.encode())
    return named + _field(3, output.encode()) + _field(4, operator.encode()) + b"".join(_field(5, each) for each in attributes)


def _ints(name: str, values: list[int]) -> bytes:
    return _field(1, name.encode()) + b"".join(_field(8, each) for each in values) + _field(20, 7)


def _value(name: str, shape: list[int]) -> bytes:
    dimensions = b"".join(_field(1, _field(1, each)) for each in shape)
    return _field(1, name.encode()) + _field(2, _field(1, _field(1, 1) + _field(2, dimensions)))
