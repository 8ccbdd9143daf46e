"""A real pcscd of this test's own, with a virtual reader whose socket nobody outside can reach.

vpcd listens on every address, so it lives in a network namespace of its own; a connection made in there is handed out
over a Unix socket, and the card's program stays in the test. pcscd's own socket has one place on a machine: the tests of
several processes take turns.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from devices.emulators.chip_card import Answer, ChipCard, InsertedCard

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
PCSCD = shutil.which("pcscd", path=PATH)
UNSHARE = shutil.which("unshare", path=PATH)
VPCD = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
READER = "Virtual PCD"
PLACE = Path("/run/pcscd/pcscd.comm")
PATIENCE_SECONDS = 20.0
LOOK_SECONDS = 0.5
READER_CONFIG = 'FRIENDLYNAME "{name}"\nDEVICENAME /dev/null:0x{port:04X}\nLIBPATH {library}\nCHANNELID 0x{port:04X}\n'
PORT = 0x8C7B
INSIDE = """
import fcntl, socket, struct, subprocess, sys, time
# `ip link set lo up`, without needing the program.
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
    fcntl.ioctl(control, 0x8914, struct.pack("16sH14x", b"lo", 0x1 | 0x40))
hand_out = socket.socket(fileno=int(sys.argv[1]))
pcscd = subprocess.Popen(sys.argv[3:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
while hand_out.recv(1):
    deadline = time.monotonic() + 15
    while True:
        try:
            made = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
            break
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
    socket.send_fds(hand_out, [b"."], [made.fileno()])
    made.close()
pcscd.terminate()
pcscd.wait()
"""


def why_not() -> str:
    """Why no pcscd can be had here, in words for a skipped test; empty when one can."""
    if importlib.util.find_spec("smartcard") is None:
        return "pyscard (extra pcsc) is not installed"
    if PCSCD is None or not VPCD.exists():
        return "pcscd or vsmartcard-vpcd is not installed"
    if UNSHARE is None or os.geteuid() != 0:
        return "a network namespace and pcscd's folder need root and unshare"
    return ""


class PrivatePcscd:
    """Starting it plugs the reader in, stopping it pulls it; the turn is held from making it to `throw_away`."""

    def __init__(self) -> None:
        self._turn = (Path(tempfile.gettempdir()) / "kiosk-tests-pcscd.lock").open("w")
        fcntl.flock(self._turn, fcntl.LOCK_EX)
        if _answers():
            self._turn.close()
            pytest.skip("another pcscd runs on this machine: stop it for these tests")
        self._folder = tempfile.TemporaryDirectory(prefix="pcscd-")
        config = READER_CONFIG.format(name=READER, port=PORT, library=VPCD)
        (Path(self._folder.name) / "vpcd").write_text(config)
        self._process: subprocess.Popen[bytes] | None = None
        self._hand: socket.socket | None = None
        self._card: InsertedCard | None = None

    def start(self) -> None:
        assert PCSCD
        assert UNSHARE
        self._hand, inside = socket.socketpair()
        command = [PCSCD, "--foreground", "--config", self._folder.name]
        self._process = subprocess.Popen(
            [UNSHARE, "--net", sys.executable, "-c", INSIDE, str(inside.fileno()), str(PORT), *command],
            pass_fds=[inside.fileno()],
            start_new_session=True,
        )
        inside.close()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                pytest.fail("pcscd did not start")
            time.sleep(0.005)

    def stop(self) -> None:
        self.take_out()
        if self._process is None or self._hand is None:
            return
        self._hand.close()
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = self._hand = None

    def kill(self) -> None:
        """End it without a word; `start` starts another."""
        self._signal(signal.SIGKILL)
        self.stop()

    @property
    def runs(self) -> bool:
        return self._process is not None

    def pause(self, paused: bool) -> None:
        """Let it hang, or go on."""
        self._signal(signal.SIGSTOP if paused else signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process
        for child in Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split():
            os.kill(int(child), number)

    def insert(self, card: ChipCard, answer: Answer | None = None) -> InsertedCard:
        """Put a card into the reader."""
        self._card = InsertedCard(self.way_in(), card, answer)
        return self._card

    def way_in(self) -> socket.socket:
        """A connection to the virtual reader, in which a card can be put."""
        assert self._hand is not None
        self._hand.sendall(b".")
        _, (descriptor,), _, _ = socket.recv_fds(self._hand, 1, 1)
        return socket.socket(fileno=descriptor)

    def swap(self, card: ChipCard, answer: Answer | None = None) -> InsertedCard:
        """The next card, no sooner than a hand could: pcscd looks every 0.4 s, and takes a faster change for none."""
        self.take_out()
        time.sleep(LOOK_SECONDS)
        return self.insert(card, answer)

    def take_out(self) -> None:
        if self._card is not None:
            self._card.take_out()
            self._card = None

    def throw_away(self) -> None:
        self.stop()
        self._folder.cleanup()
        self._turn.close()


def _answers() -> bool:
    with socket.socket(socket.AF_UNIX) as knock:
        return knock.connect_ex(str(PLACE)) == 0
