"""The process in which a hall's own decoder of card photographs runs: `python -I photo_process.py LIBRARY`.

1024 bytes WLT come by standard input, a BMP of 102 × 126 leaves by standard output. Whatever the library does — crash, hang,
overwrite memory — ends with this process. It imports nothing of the kiosk, writes no file and leaves no core dump.

The library's function is `int unpack(unsigned char *wlt, unsigned char *bmp, int 708)`, which answers 1 when it is done, as
public programs call `libwlt2bmp.so` and `libwlt_wei.so`: no maker publishes it.
"""

from __future__ import annotations

import ctypes
import resource
import sys

WLT_BYTES, BMP_BYTES, FLAG, DONE = 1024, 38862, 708, 1
SPARE_BYTES = 65536
"""Behind the picture: some decoders write a little more."""
NO_LIBRARY, NO_FUNCTION, REFUSED = 10, 11, 12
"""Exit statuses."""


def main(path: str) -> int:
    """Decode one photograph; the exit status."""
    # 1, not 0: whatever the limit, the kernel gives a core to a program that collects them, but for a limit of 1.
    least = 0 if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0 else 1
    resource.setrlimit(resource.RLIMIT_CORE, (least, least))
    try:
        library = ctypes.CDLL(path)
    except OSError:
        return NO_LIBRARY
    try:
        unpack = library.unpack
    except AttributeError:
        return NO_FUNCTION
    unpack.restype = ctypes.c_int
    wlt = ctypes.create_string_buffer(sys.stdin.buffer.read(WLT_BYTES), WLT_BYTES)
    bmp = ctypes.create_string_buffer(BMP_BYTES + SPARE_BYTES)
    if unpack(wlt, bmp, FLAG) != DONE:
        return REFUSED
    sys.stdout.buffer.write(bmp.raw[:BMP_BYTES])
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
