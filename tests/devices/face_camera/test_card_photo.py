"""Decoding a card's photograph by a library that is not ours: one that works, and every way in which one does not."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from devices.errors import PhotoUndecoded
from devices.face_camera.card_photo import decode_photo

GCC = shutil.which("gcc")
pytestmark = pytest.mark.skipif(GCC is None, reason="gcc, which makes the libraries of this test, is not installed")
WLT = bytes(range(256)) * 4
SOURCE = """
#include <string.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/resource.h>
int {name}(unsigned char *wlt, unsigned char *bmp, int flag) {{
    static const unsigned char head[54] = {{'B', 'M', 0xCE, 0x97, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0,
        40, 0, 0, 0, 102, 0, 0, 0, 126, 0, 0, 0, 1, 0, 24, 0}};
    memcpy(bmp, head, 54);
    memset(bmp + 54, wlt[7], 308 * 126);
    {body}
}}
"""


@pytest.fixture
def library(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A decoder that paints the photograph in the colour of its eighth byte, and then does `body`."""
    name, body = request.param
    source = tmp_path / "decoder.c"
    source.write_text(SOURCE.format(name=name, body=body))
    made = tmp_path / "libdecoder.so"
    assert GCC is not None
    subprocess.run([GCC, "-shared", "-fPIC", "-w", "-o", made, source], check=True)
    return str(made)


@pytest.mark.parametrize("library", [("unpack", "return flag == 708 ? 1 : 0;")], indirect=True)
def test_a_photograph_is_decoded(library: str) -> None:
    photo = decode_photo(library, WLT)
    assert photo.shape == (126, 102, 3)
    assert np.all(photo == 7)


LIMIT = "struct rlimit core; getrlimit(RLIMIT_CORE, &core); memset(bmp + 54, core.rlim_cur, 308 * 126); return 1;"


@pytest.mark.parametrize("library", [("unpack", LIMIT)], indirect=True)
def test_a_decoder_that_crashes_leaves_no_core_to_a_file_or_to_a_program_that_collects_them(library: str) -> None:
    assert np.all(decode_photo(library, WLT) == 1)


@pytest.mark.parametrize(
    ("library", "why"),
    [
        (("unpack", "return -1;"), "refused"),
        (("unpack", "return *(volatile int *)0;"), "crashed .SIGSEGV."),
        (("unpack", "abort();"), "crashed .SIGABRT."),
        (("unpack", "exit(3);"), "ended with 3"),
        (("unpack", "exit(0);"), "no picture"),
        (("unpack", "bmp[0] = 0; return 1;"), "no picture"),
        (("decode", "return 1;"), "no function `unpack`"),
    ],
    indirect=["library"],
    ids=["refuses", "segfault", "abort", "exit-3", "exit-0", "no-bmp", "another-function"],
)
def test_what_a_decoder_did_wrong_is_told_and_costs_one_photograph(library: str, why: str) -> None:
    with pytest.raises(PhotoUndecoded, match=why):
        decode_photo(library, WLT)


@pytest.mark.parametrize("library", [("unpack", "for (;;) pause();")], indirect=True)
def test_a_decoder_that_hangs_is_given_up(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devices.face_camera.card_photo.DECODE_SECONDS", 0.3)
    with pytest.raises(PhotoUndecoded, match=r"within 0\.3 s"):
        decode_photo(library, WLT)


@pytest.mark.parametrize("library", [("unpack", 'return getenv("SECRET") ? 0 : 1;')], indirect=True)
def test_a_decoder_sees_nothing_of_the_kiosk_s_environment(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "1")
    assert decode_photo(library, WLT).shape == (126, 102, 3)  # it refuses where it sees the secret


def test_without_a_decoder_or_a_photograph_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(PhotoUndecoded, match="no decoder is set"):
        decode_photo("", WLT)
    with pytest.raises(PhotoUndecoded, match="cannot be loaded"):
        decode_photo(str(tmp_path / "absent.so"), WLT)
    with pytest.raises(PhotoUndecoded, match="no photograph"):
        decode_photo(str(tmp_path / "absent.so"), b"")
