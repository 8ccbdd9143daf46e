"""The model files that faces are found and compared with: never part of the program, always exactly these bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from devices.errors import ModelMissing
from devices.values import dataclass


@dataclass(frozen=True, slots=True)
class FaceModel:
    """One file, pinned by its sha256: any other would be code from an unknown hand."""

    name: str
    file: str
    sha256: str
    size: int
    """Bytes."""
    purpose: str
    licence: str
    url: str
    """Where its maker publishes it."""


ZOO = "https://media.githubusercontent.com/media/opencv/opencv_zoo/main/models"
YUNET = FaceModel(
    "yunet",
    "face_detection_yunet_2023mar.onnx",
    "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    232_589,
    "finds faces, and where their eyes, nose and mouth are",
    "MIT",
    f"{ZOO}/face_detection_yunet/face_detection_yunet_2023mar.onnx",
)
SFACE = FaceModel(
    "sface",
    "face_recognition_sface_2021dec.onnx",
    "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
    38_696_353,
    "compares two faces",
    "Apache-2.0",
    f"{ZOO}/face_recognition_sface/face_recognition_sface_2021dec.onnx",
)
MODELS = (YUNET, SFACE)


def checked_bytes(path: Path, model: FaceModel) -> bytes:
    """The file's bytes; raises ModelMissing when it is absent or not the pinned one.

    Whoever loads the model loads these bytes, not the path again: the file may change between the two.
    """
    try:
        data = path.read_bytes()
    except OSError as failure:
        raise ModelMissing(f"{path}: {failure.strerror}") from failure
    if hashlib.sha256(data).hexdigest() != model.sha256:
        raise ModelMissing(f"{path}: its sha256 is not that of {model.file}")
    return data
