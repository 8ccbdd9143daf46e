"""The printer by other cables than a serial line: network, device node and USB; what is pulled, hangs or is not installed."""

from __future__ import annotations

import importlib.util
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.driver import PrintJob
from devices.emulators.bridge import FifoCable, NetworkCable
from devices.emulators.escpos_printer import Condition, EscposPrinterEmulator
from devices.errors import DeviceSilent, DeviceUnplugged, LibraryMissing, PortBusy, PortMissing
from devices.receipt_printer import network_port
from devices.receipt_printer.escpos import EscposPrinter
from devices.receipt_printer.file_port import FilePort
from devices.receipt_printer.layout import lay_out
from devices.receipt_printer.network_port import NetworkPort
from devices.receipt_printer.slip import Line, Pair, Qr, Slip
from devices.receipt_printer.usb_port import UsbPort
from devices.reports import Cover, Paper, SlipFailed, SlipPrinted
from devices.settings import DeviceModel, DeviceSettings
from tests.devices.line_time import LeapingClock

SLIP = Slip(
    (
        Line("受理回执", large=True),
        Pair("事项", "城乡居民基本养老保险参保登记：鑫淼焱垚，《㐀》"),
        Qr("https://zwfw.example/p/7Qm2"),
    )
)
SECONDS = 10.0


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[EscposPrinterEmulator]:
    emulator = EscposPrinterEmulator(tmp_path / "line")
    yield emulator
    emulator.stop()


@pytest.fixture
def network(tmp_path: Path, emulator: EscposPrinterEmulator) -> Iterator[NetworkCable]:
    cable = NetworkCable(emulator, tmp_path / "line")
    cable.plug()
    yield cable
    cable.close()


@pytest.fixture
def node(tmp_path: Path, emulator: EscposPrinterEmulator) -> Iterator[Path]:
    cable = FifoCable(emulator, tmp_path / "line", tmp_path / "lp0")
    cable.plug()
    yield tmp_path / "lp0"
    cable.close()


def opened(model: DeviceModel, port: str, clock: LeapingClock | None = None) -> EscposPrinter:
    settings = DeviceSettings(name="receipt-printer", model=model, port=port)
    printer = EscposPrinter(settings, clock=clock or LeapingClock())
    printer.open()
    return printer


@pytest.fixture
def networked(network: NetworkCable) -> Iterator[EscposPrinter]:
    printer = opened(DeviceModel.ESCPOS_NETWORK, f"127.0.0.1:{network.port}")
    yield printer
    printer.close()


def test_a_network_printer_prints_and_tells_its_paper(networked: EscposPrinter, emulator: EscposPrinterEmulator) -> None:
    assert networked.perform(PrintJob("a", SLIP)) == (SlipPrinted("receipt-printer", "a"),)
    assert [list(slip.lines) for slip in emulator.slips] == [lay_out(SLIP, 80)]
    assert (networked.health().paper, networked.health().cover) == (Paper.ENOUGH, Cover.CLOSED)
    emulator.become(Condition(paper_out=True))
    (failed,) = networked.perform(PrintJob("b", SLIP))
    assert isinstance(failed, SlipFailed)
    assert failed.code == "paper-out"


def test_a_refused_connection_is_a_missing_device(network: NetworkCable) -> None:
    network.unplug()
    with pytest.raises(PortMissing, match="ECONNREFUSED"):
        opened(DeviceModel.ESCPOS_NETWORK, f"127.0.0.1:{network.port}")


def test_a_reset_connection_is_an_unplugged_device(networked: EscposPrinter, network: NetworkCable) -> None:
    network.unplug()
    with pytest.raises(DeviceUnplugged):
        networked.attend(active=False)


def test_a_hanging_printer_is_told_as_silent_and_gets_no_slip(
    network: NetworkCable, emulator: EscposPrinterEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = opened(DeviceModel.ESCPOS_NETWORK, f"127.0.0.1:{network.port}")
    network.hang()
    time.sleep(0.1)  # the cable looks 50 times a second whether it is to hang
    monkeypatch.setattr("devices.receipt_printer.status_line.ANSWER_SECONDS", 0.1)
    (failed,) = printer.perform(PrintJob("a", SLIP))
    assert isinstance(failed, SlipFailed)
    assert failed.code == "device-silent"
    assert printer.health().trouble == "device-silent"
    assert printer.health().paper is Paper.UNKNOWN
    printer.close()
    assert not emulator.slips


def test_a_connection_that_takes_no_bytes_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_port, "CONNECT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = NetworkPort(*listener.getsockname())
        port.open()
        with pytest.raises(DeviceSilent):
            port.send(bytes(50_000_000))
        port.close()
    with pytest.raises(DeviceUnplugged):
        port.send(b"x")


def test_a_name_that_is_none_is_told() -> None:
    with pytest.raises(PortMissing, match=r"no such name|not reachable|E[A-Z]+"):
        NetworkPort("no-such-printer.invalid", 9100).open()


def test_a_device_node_prints_and_knows_nothing(node: Path, emulator: EscposPrinterEmulator) -> None:
    printer = opened(DeviceModel.ESCPOS_FILE, str(node))
    assert printer.perform(PrintJob("a", SLIP)) == (SlipPrinted("receipt-printer", "a"),)
    assert emulator.wait_for_slips(1, SECONDS)
    assert [list(slip.lines) for slip in emulator.slips] == [lay_out(SLIP, 80)]
    health = printer.health()
    assert (health.paper, health.cover, health.trouble) == (Paper.UNKNOWN, Cover.UNKNOWN, "")
    printer.close()


def test_a_node_whose_reader_goes_is_unplugged(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lp0")
    with pytest.raises(PortMissing, match="ENXIO"):
        FilePort(str(tmp_path / "lp0")).open()
    reader = os.open(tmp_path / "lp0", os.O_RDONLY | os.O_NONBLOCK)
    port = FilePort(str(tmp_path / "lp0"))
    port.open()
    port.send(b"x")
    os.close(reader)
    with pytest.raises(DeviceUnplugged):
        port.receive(SECONDS)
    with pytest.raises(DeviceUnplugged):
        port.send(b"x")
    port.close()
    port.close()


def test_a_node_that_takes_no_bytes_is_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devices.receipt_printer.file_port.WRITE_SECONDS", 0.1)
    os.mkfifo(tmp_path / "lp0")
    reader = os.open(tmp_path / "lp0", os.O_RDONLY | os.O_NONBLOCK)
    port = FilePort(str(tmp_path / "lp0"))
    port.open()
    with pytest.raises(DeviceSilent):
        port.send(bytes(1_000_000))
    port.close()
    os.close(reader)


def test_a_file_gets_the_bytes_and_is_never_made(tmp_path: Path) -> None:
    with pytest.raises(PortMissing, match="ENOENT"):
        opened(DeviceModel.ESCPOS_FILE, str(tmp_path / "roll.bin"))
    (tmp_path / "roll.bin").touch()
    printer = opened(DeviceModel.ESCPOS_FILE, str(tmp_path / "roll.bin"))
    printer.perform(PrintJob("a", SLIP))
    printer.close()
    written = (tmp_path / "roll.bin").read_bytes()
    assert written.startswith(b"\x1b@\x1c&")
    assert "受理回执".encode("gb18030") in written
    assert b"\x10\x04" not in written


@pytest.mark.skipif(os.getuid() == 0, reason="root may open everything")
def test_a_node_of_somebody_else_is_busy(tmp_path: Path) -> None:
    (tmp_path / "lp0").touch(mode=0o000)
    with pytest.raises(PortBusy, match="EACCES"):
        FilePort(str(tmp_path / "lp0")).open()


@pytest.mark.parametrize(
    ("model", "port"),
    [
        (DeviceModel.ESCPOS_USB, "/dev/usb/lp0"),
        (DeviceModel.ESCPOS_USB, "04b8:202"),
        (DeviceModel.ESCPOS_NETWORK, "10.0.0.7:0"),
        (DeviceModel.ESCPOS_NETWORK, "10.0.0.7:65536"),
        (DeviceModel.ESCPOS_NETWORK, "10.0.0.7:"),
        (DeviceModel.ESCPOS_NETWORK, "/dev/ttyUSB0"),
    ],
)
def test_a_port_of_the_wrong_form_is_a_mistake_in_the_settings(model: DeviceModel, port: str) -> None:
    with pytest.raises(ValueError, match="port"):
        DeviceSettings(name="receipt-printer", model=model, port=port)


def test_the_raw_printing_port_is_9100_unless_told() -> None:
    settings = DeviceSettings(name="receipt-printer", model=DeviceModel.ESCPOS_NETWORK, port="10.0.0.7")
    assert settings.address == ("10.0.0.7", 9100)


@pytest.mark.skipif(importlib.util.find_spec("usb") is not None, reason="pyusb is installed")
def test_without_pyusb_the_usb_printer_is_refused_by_name() -> None:
    with pytest.raises(LibraryMissing, match="pyusb"):
        UsbPort("04b8:0202").open()
