"""The one import of python-escpos, and what its import leaves behind put away again.

WORKAROUND for python-escpos 3.1 (`escpos/capabilities.py`): importing it configures the root logger and leaves a temporary
directory with a pickle in it, one at every start of the program.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path

_handlers_before = list(logging.root.handlers)

from escpos import capabilities  # noqa: E402 - the handlers must be counted before
from escpos.constants import GS, QR_ECLEVEL_M, RT_STATUS  # noqa: E402 - see above
from escpos.exceptions import DeviceNotFoundError  # noqa: E402 - see above
from escpos.printer import Dummy, Usb  # noqa: E402 - see above

__all__ = ["GS", "QR_ECLEVEL_M", "RT_STATUS", "DeviceNotFoundError", "Dummy", "Usb"]

for _handler in [each for each in logging.root.handlers if each not in _handlers_before]:
    logging.root.removeHandler(_handler)

Path(capabilities.pickle_path).unlink(missing_ok=True)
with suppress(OSError):  # not empty: then it is a directory somebody chose, and theirs
    Path(capabilities.pickle_dir).rmdir()
