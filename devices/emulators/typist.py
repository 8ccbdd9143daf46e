"""The keys of an emulated scanner that types: read from its pseudo-terminal, in the window's place."""

from __future__ import annotations

import codecs
import threading
from contextlib import suppress

from devices.code_scanner.keyboard_wedge import TypedKeys
from devices.errors import DeviceError
from devices.serial_port import SerialPort

BAUD = 115200
LOOK_SECONDS = 0.1


class Typist:
    """Puts into `keys` what comes on the pseudo-terminal at `path`, whenever there is one; on a thread of its own."""

    def __init__(self, path: str, keys: TypedKeys) -> None:
        self._port = SerialPort(path, BAUD)
        self._keys = keys
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="typist", daemon=True)

    def start(self) -> None:
        """Begin to type."""
        self._thread.start()

    def stop(self) -> None:
        """Type no more; may be called twice, and before the start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            with suppress(DeviceError):  # not plugged in, or pulled: its driver tells
                self._port.open()
                self._type()
            self._port.close()

    def _type(self) -> None:
        keys = codecs.getincrementaldecoder("utf-8")("replace")
        while not self._stopping.is_set():
            for key in keys.decode(self._port.receive(LOOK_SECONDS)):
                self._keys.put(key)
