"""A card's photograph for the face camera, without the police's library that decodes one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import cv2

from tests.devices.face_camera.pictures import portrait

GCC = shutil.which("gcc")
DECODER = """
#include <stdio.h>
int unpack(unsigned char *wlt, unsigned char *bmp, int flag) {{
    FILE *photo = fopen("{photo}", "rb");
    return photo && fread(bmp, 1, 38862, photo) == 38862 && fclose(photo) == 0;
}}
"""


def photo_library(directory: Path) -> Path:
    """A library that finds the portrait in every card; made by gcc."""
    assert GCC is not None
    picture, source, library = directory / "photo.bmp", directory / "photo.c", directory / "libphoto.so"
    cv2.imwrite(str(picture), cv2.resize(portrait()[50:310, 170:380], (102, 126), interpolation=cv2.INTER_AREA))
    source.write_text(DECODER.format(photo=picture))
    subprocess.run([GCC, "-shared", "-fPIC", "-w", "-o", library, source], check=True)
    return library
