"""Plugging in is told by the kernel and by udev, on a socket of the test's own and on the real one; and is done without."""

from __future__ import annotations

import os
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import arrivals
from devices.arrivals import UDEV_PREFIX, Arrivals, tells_arrival
from devices.emulators.plain_line_scanner import PlainLineScannerEmulator
from devices.rack import Rack
from devices.reports import DeviceState
from devices.settings import DeviceModel
from devices.worker import Patience
from tests.devices.conftest import PATIENCE_SECONDS, Reports, now, settings

KERNEL = (
    b"add@/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/ttyUSB0/tty/ttyUSB0\0ACTION=add\0"
    b"DEVPATH=/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/ttyUSB0/tty/ttyUSB0\0SUBSYSTEM=tty\0"
    b"MAJOR=188\0MINOR=0\0DEVNAME=ttyUSB0\0SEQNUM=3232\0"
)
FACTS = b"ACTION=add\0DEVPATH=/devices/x\0SUBSYSTEM=usbmisc\0DEVNAME=/dev/usb/lp0\0"
UDEV = (
    UDEV_PREFIX
    + bytes.fromhex("feedcafe")
    + b"".join(number.to_bytes(4, "little") for number in (40, 40, len(FACTS), 1, 2, 0, 0))
    + FACTS
)
REAL_UEVENT = Path("/sys/class/tty/ptmx/uevent")


@pytest.mark.parametrize("message", [KERNEL, UDEV], ids=["kernel", "udev"])
def test_what_comes_is_an_arrival(message: bytes) -> None:
    assert tells_arrival(message)


@pytest.mark.parametrize(
    "message",
    [
        KERNEL.replace(b"ACTION=add", b"ACTION=remove"),
        KERNEL.replace(b"SUBSYSTEM=tty", b"SUBSYSTEM=block"),
        UDEV.replace(b"=add", b"=change"),
        KERNEL.replace(b"ACTION=add", b"ACTION=bind").replace(b"SUBSYSTEM=tty", b"SUBSYSTEM=usb"),
        b"",
        UDEV_PREFIX,
    ],
)
def test_what_goes_or_is_no_device_of_ours_is_none(message: bytes) -> None:
    assert not tells_arrival(message)


@given(st.binary(max_size=120), st.booleans())
def test_any_bytes_are_read_without_harm(data: bytes, udev: bool) -> None:
    tells_arrival(UDEV_PREFIX + data if udev else data)


class Said:
    """Stands in for the netlink socket: what a test says arrives."""

    def __init__(self) -> None:
        self._here, self._there = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.bound: object = None
        self.fileno = self._here.fileno
        self.say = self._there.send
        self.fails = 0

    def bind(self, address: object) -> None:
        self.bound = address

    def recv(self, length: int) -> bytes:
        message = self._here.recv(length)
        if self.fails:
            self.fails -= 1
            raise OSError(105, "No buffer space available")
        return message

    def close(self) -> None:
        self._here.close()
        self._there.close()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[Said]:
    stand_in = Said()
    monkeypatch.setattr(arrivals.socket, "socket", lambda *_: stand_in)
    monkeypatch.setattr(arrivals, "SETTLE_SECONDS", 0.05)
    yield stand_in
    stand_in.close()


@pytest.fixture
def listen() -> Iterator[Callable[[], queue.SimpleQueue[str]]]:
    started: list[Arrivals] = []

    def start() -> queue.SimpleQueue[str]:
        told: queue.SimpleQueue[str] = queue.SimpleQueue()
        started.append(Arrivals(lambda: told.put(threading.current_thread().name)))
        assert started[-1].start()
        return told

    yield start
    for each in started:
        each.stop()
        each.stop()


def test_a_plug_is_told_when_it_has_settled(said: Said, listen: Callable[[], queue.SimpleQueue[str]]) -> None:
    told = listen()
    assert said.bound == (0, 3)
    for _ in range(2):
        for message in (KERNEL, UDEV, b"remove@/x\0ACTION=remove\0SUBSYSTEM=tty\0"):
            said.say(message)
        assert told.get(timeout=PATIENCE_SECONDS) == "arrivals"


def test_what_was_lost_may_have_been_an_arrival(said: Said, listen: Callable[[], queue.SimpleQueue[str]]) -> None:
    said.fails = 1
    told = listen()
    said.say(b"change@/x\0ACTION=change\0SUBSYSTEM=net\0")
    assert told.get(timeout=PATIENCE_SECONDS)


def test_a_device_that_is_plugged_in_is_tried_at_once(said: Said, tmp_path: Path, reports: Reports) -> None:
    scanner = PlainLineScannerEmulator(tmp_path / "scanner")
    rack = Rack([settings("scanner", DeviceModel.PLAIN_LINE, tmp_path)], reports, now, Patience(reopen_seconds=600))
    rack.start()
    reports.until_state(DeviceState.OFFLINE)
    scanner.plug()
    said.say(KERNEL)
    reports.until_state(DeviceState.ONLINE)
    rack.stop()
    scanner.unplug()


def test_without_the_socket_a_device_is_found_all_the_same(
    tmp_path: Path, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> socket.socket:
        raise PermissionError

    monkeypatch.setattr(arrivals.socket, "socket", refused)
    assert not Arrivals(lambda: None).start()
    Arrivals(lambda: None).stop()
    scanner = PlainLineScannerEmulator(tmp_path / "scanner")
    rack = Rack([settings("scanner", DeviceModel.PLAIN_LINE, tmp_path)], reports, now, Patience(reopen_seconds=0.05))
    rack.start()
    reports.until_state(DeviceState.OFFLINE)
    scanner.plug()
    reports.until_state(DeviceState.ONLINE)
    rack.stop()
    scanner.unplug()


def test_the_kernel_s_own_word_is_heard() -> None:
    came = threading.Event()
    listening = Arrivals(came.set)
    if not listening.start():
        pytest.skip("no netlink socket here")
    try:
        if not os.access(REAL_UEVENT, os.W_OK):
            pytest.skip("only root may have the kernel repeat a uevent")
        REAL_UEVENT.write_text("add")
        assert came.wait(PATIENCE_SECONDS)
    finally:
        listening.stop()
