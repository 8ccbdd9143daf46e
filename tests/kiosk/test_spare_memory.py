"""What was freed between what is still held goes back to the system."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import pytest

from kiosk.spare_memory import give_back

LIBRARY = ctypes.CDLL(None)
PIECE_BYTES, PIECES = 65_536, 800


def held_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not hasattr(LIBRARY, "malloc_trim"), reason="the C library is not glibc")
def test_holes_between_what_is_held_go_back_to_the_system() -> None:
    LIBRARY.malloc.restype = ctypes.c_void_p
    LIBRARY.malloc.argtypes = [ctypes.c_size_t]
    LIBRARY.free.argtypes = [ctypes.c_void_p]
    pieces = [LIBRARY.malloc(PIECE_BYTES) for _ in range(PIECES)]
    for piece in pieces:
        ctypes.memset(piece, 1, PIECE_BYTES)
    still_held, freed = pieces[::20], [piece for place, piece in enumerate(pieces) if place % 20]
    for piece in freed:
        LIBRARY.free(piece)
    with_holes = held_bytes()
    give_back()
    assert with_holes - held_bytes() > len(freed) * PIECE_BYTES / 2
    for piece in still_held:
        LIBRARY.free(piece)
