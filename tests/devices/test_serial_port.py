"""Serial ports by path, on pseudo-terminals: every failure has a name."""

from __future__ import annotations

import os
import queue
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.emulators.pty_line import PtyLine
from devices.errors import DeviceSilent, DeviceUnplugged, PortBusy, PortMissing
from devices.serial_port import SerialPort
from devices.settings import DeviceModel, DeviceSettings


@pytest.fixture
def heard() -> queue.SimpleQueue[bytes]:
    return queue.SimpleQueue()


@pytest.fixture
def line(tmp_path: Path, heard: queue.SimpleQueue[bytes]) -> Iterator[PtyLine]:
    def hear(data: bytes) -> list[bytes]:
        heard.put(data)
        return [b"<" + data + b">"]

    cable = PtyLine(tmp_path / "port", hear)
    cable.plug()
    yield cable
    cable.unplug()


@pytest.fixture
def port(line: PtyLine) -> Iterator[SerialPort]:
    opened = SerialPort(str(line.path), 115200)
    opened.open()
    yield opened
    opened.close()


def test_bytes_go_out_and_come_back(port: SerialPort) -> None:
    port.send(b"hello\r\n\x11\x13\x03\xff")
    received = b""
    while not received.endswith(b">"):
        received += port.receive(5)
    assert received == b"<hello\r\n\x11\x13\x03\xff>"


def test_nothing_is_received_when_nothing_comes(port: SerialPort) -> None:
    assert port.receive(0) == b""


def test_what_has_arrived_can_be_thrown_away(port: SerialPort, heard: queue.SimpleQueue[bytes]) -> None:
    port.send(b"a")
    first = port.receive(5)
    port.discard_input()
    assert first.startswith(b"<")
    assert port.receive(0) == b""


def test_a_path_that_does_not_exist_is_a_missing_port(tmp_path: Path) -> None:
    with pytest.raises(PortMissing, match="ENOENT"):
        SerialPort(str(tmp_path / "nothing"), 9600).open()


def test_a_link_that_leads_nowhere_is_a_missing_port(tmp_path: Path) -> None:
    (tmp_path / "port").symlink_to("/dev/pts/99999")
    with pytest.raises(PortMissing):
        SerialPort(str(tmp_path / "port"), 9600).open()


def test_a_file_that_is_no_line_is_a_missing_port(tmp_path: Path) -> None:
    (tmp_path / "port").write_text("no line")
    with pytest.raises(PortMissing, match="not a serial line"):
        SerialPort(str(tmp_path / "port"), 9600).open()


def test_a_port_that_is_held_is_busy_and_later_free(port: SerialPort, line: PtyLine) -> None:
    second = SerialPort(str(line.path), 9600)
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with pytest.raises(PortBusy):
            second.open()
    assert len(list(Path("/proc/self/fd").iterdir())) == descriptors
    port.close()
    second.open()
    second.close()


def test_every_use_of_an_unplugged_port_says_so(port: SerialPort, line: PtyLine) -> None:
    line.unplug()
    with pytest.raises(DeviceUnplugged):
        port.receive(5)
    with pytest.raises(DeviceUnplugged):
        port.send(b"x")
    with pytest.raises(DeviceUnplugged):
        port.discard_input()
    port.close()
    port.close()


def test_a_port_never_opened_is_unplugged() -> None:
    with pytest.raises(DeviceUnplugged, match="not open"):
        SerialPort("/dev/nowhere", 9600).receive(0)


def receive_for_ever(port: SerialPort) -> None:
    while True:
        port.receive(5)


def test_the_same_path_is_found_again_after_the_cable_was_pulled(line: PtyLine) -> None:
    for _ in range(5):
        line.plug()
        port = SerialPort(str(line.path), 9600)
        port.open()
        port.send(b"x")
        assert port.receive(5)
        line.unplug()
        with pytest.raises(DeviceUnplugged):
            receive_for_ever(port)
        port.close()
        assert not line.path.is_symlink()


def test_last_words_are_heard_and_never_waited_for(port: SerialPort, heard: queue.SimpleQueue[bytes]) -> None:
    port.close(b"good night")
    assert heard.get(timeout=5) == b"good night"
    device_end, kiosk_end = os.openpty()
    tty.setraw(kiosk_end)
    full = SerialPort(os.ttyname(kiosk_end), 115200)
    full.open()
    with pytest.raises(DeviceSilent):
        full.send(bytes(1_000_000))  # nobody reads
    full.close(b"good night")
    os.close(kiosk_end)
    os.close(device_end)


class Plugged:
    """What the system tells of a USB serial line."""

    def __init__(self, device: Path, serial_number: str, location: str) -> None:
        self.device, self.serial_number, self.location, self.product = str(device), serial_number, location, "USB Serial"


@pytest.fixture
def sockets(monkeypatch: pytest.MonkeyPatch) -> list[Plugged]:
    """The lines that are plugged in: /sys, which cannot be played on, says so."""
    plugged: list[Plugged] = []
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: plugged)
    return plugged


def test_a_line_is_found_again_by_its_serial_number_in_another_socket(
    tmp_path: Path, heard: queue.SimpleQueue[bytes], sockets: list[Plugged]
) -> None:
    port = SerialPort("usb:serial=A50285BI", 115200)
    with pytest.raises(PortMissing, match="usb:serial=A50285BI: not plugged in"):
        port.open()
    for node, socket in (("ttyUSB0", "1-2"), ("ttyUSB3", "1-4.1:1.0")):
        cable = PtyLine(tmp_path / node, lambda data: [b"<" + data + b">"])
        cable.plug()
        sockets[:] = [Plugged(tmp_path / "another", "FT000000", "1-1"), Plugged(cable.path, "A50285BI", socket)]
        port.open()
        port.send(b"hello")
        assert port.receive(5.0) == b"<hello>"
        cable.unplug()
        port.close()


def test_a_line_is_found_by_the_socket_it_stands_in(line: PtyLine, sockets: list[Plugged]) -> None:
    sockets[:] = [Plugged(line.path.with_name("other"), "B", "1-2"), Plugged(line.path, "", "1-2.3:1.0")]
    port = SerialPort("usb:location=1-2.3", 9600)
    port.open()
    port.send(b"x")
    assert port.receive(5.0) == b"<x>"
    port.close()


@pytest.mark.parametrize(
    ("model", "port", "good"),
    [
        ("sdt", "usb:serial=A50285BI", True),
        ("gm65", "usb:location=1-2.3", True),
        ("gm65", "usb:location=left", False),
        ("gm65", "usb:product=GM65", False),
        ("camera-face", "usb:serial=A50285BI", False),
        ("keyboard-wedge", "usb:serial=A50285BI", False),
    ],
)
def test_the_settings_take_only_what_can_be_looked_up(model: str, port: str, good: bool) -> None:
    if good:
        assert DeviceSettings("device", DeviceModel(model), port).port == port
    else:
        with pytest.raises(ValueError, match="usb:serial=NUMBER"):
            DeviceSettings("device", DeviceModel(model), port)


def test_a_path_that_can_be_none_is_missing_by_name() -> None:
    with pytest.raises(PortMissing):
        SerialPort("/dev/tty\0USB0", 9600).open()


@pytest.mark.parametrize(
    ("model", "port"),
    [
        ("gm65", "/dev/tty\0USB0"),
        ("camera-face", "/dev/video\n0"),
        ("escpos-network", "printer..hall"),
        ("escpos-network", f"{'x' * 64}.hall:9100"),
    ],
    ids=["NUL", "line feed", "empty label", "long label"],
)
def test_a_port_that_no_system_could_open_is_refused_by_the_settings(model: str, port: str) -> None:
    with pytest.raises(ValueError, match="port: "):
        DeviceSettings("device", DeviceModel(model), port)


@pytest.mark.parametrize("port", ["printer.hall.example.", "10.0.0.7:9100", "receipt-printer_2"])
def test_a_printers_name_on_the_network_may_be_any_name(port: str) -> None:
    assert DeviceSettings("device", DeviceModel.ESCPOS_NETWORK, port).port == port
