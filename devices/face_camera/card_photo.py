"""A card's photograph, 1024 bytes of a proprietary coding, through a decoder that the hall owns, in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

from devices.errors import PhotoUndecoded
from devices.face_camera import photo_process
from devices.frame_slot import Frame

DECODE_SECONDS = 3.0
"""A decoder takes some ten milliseconds, and its process's start fifty."""
WHY = {
    photo_process.NO_LIBRARY: "the library cannot be loaded",
    photo_process.NO_FUNCTION: "the library has no function `unpack`",
    photo_process.REFUSED: "the library refused the photograph",
}


def decode_photo(library: str, wlt: bytes) -> Frame:
    """The photograph, 126 × 102; raises PhotoUndecoded, whose detail says what the decoder did. Blocks up to 3 s."""
    if not library:
        raise PhotoUndecoded("no decoder is set (photo_library)")
    if len(wlt) != photo_process.WLT_BYTES:
        raise PhotoUndecoded("the card holds no photograph")
    command = [sys.executable, "-I", photo_process.__file__, str(Path(library).absolute())]
    try:
        # No shell, nothing of our environment: the library sees its input and no more.
        done = subprocess.run(command, input=wlt, capture_output=True, timeout=DECODE_SECONDS, env={}, check=False)  # noqa: S603 - our own interpreter
    except subprocess.TimeoutExpired as slow:
        raise PhotoUndecoded(f"the decoder did not answer within {DECODE_SECONDS:g} s") from slow
    if done.returncode < 0:
        raise PhotoUndecoded(f"the decoder crashed ({signal.Signals(-done.returncode).name})")
    if done.returncode:
        raise PhotoUndecoded(WHY.get(done.returncode, f"the decoder ended with {done.returncode}"))
    picture = cv2.imdecode(np.frombuffer(done.stdout, np.uint8), cv2.IMREAD_COLOR) if done.stdout else None
    if picture is None:
        raise PhotoUndecoded("the decoder gave no picture")
    return np.asarray(picture, np.uint8)
