"""Finding what is plugged in: real adapters ask the emulators' real ports."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from devices.emulators.bench import (
    CARD_READER,
    CODE_SCANNER,
    HONEYWELL_SCANNER,
    NETWORK_PRINTER,
    PLAIN_SCANNER,
    RECEIPT_PRINTER,
    Bench,
)
from devices.emulators.gm65_scanner import Gm65ScannerEmulator
from devices.emulators.pty_line import PtyLine
from devices.emulators.sdt_reader import SdtReaderEmulator
from devices.probing import PRINTER_BAUDS, Found, PortSeen, _is_on_the_network, as_toml, ask, ports_seen, proposed, stable_name
from devices.reports import DeviceKind
from devices.serial_port import SerialLine, SerialPort
from devices.settings import DeviceModel, DeviceSettings


@pytest.fixture(autouse=True)
def one_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printers are asked at one speed only, for each that is silent costs seconds."""
    monkeypatch.setattr("devices.probing.PRINTER_BAUDS", PRINTER_BAUDS[:1])


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.stop()


def port(bench: Bench, device: str) -> PortSeen:
    return PortSeen(next(each.port for each in bench.settings() if each.name == device))


@pytest.mark.parametrize(
    ("device", "model", "detail"),
    [
        (RECEIPT_PRINTER, DeviceModel.ESCPOS, "answers-status yes"),
        (CODE_SCANNER, DeviceModel.GM65, "baud 9600"),
        (CARD_READER, DeviceModel.SDT, "sam-id 05.03-20230115-0001234567-0087654321"),
        (HONEYWELL_SCANNER, DeviceModel.HONEYWELL, "revision Product Name: EMULATED Software Revision: 1"),
    ],
)
def test_each_device_that_answers_is_known_and_its_settings_lead_to_it(
    bench: Bench, device: str, model: DeviceModel, detail: str
) -> None:
    found = ask(port(bench, device))
    assert (found.model, found.detail, found.trouble, found.baud) == (model, detail, "", None)
    (settings,) = proposed([found])
    (read,) = tomllib.loads(as_toml(settings))["devices"]
    assert DeviceSettings(read.pop("name"), DeviceModel(read.pop("model")), **read) == settings


def test_a_printer_on_the_network_is_asked_where_it_is_said_to_be(bench: Bench) -> None:
    where = next(PortSeen(each.port) for each in bench.further_settings() if each.name == NETWORK_PRINTER)
    assert ask(where).trouble == "port-missing"
    bench.plug(NETWORK_PRINTER)
    found = ask(where)
    assert (found.model, found.detail) == (DeviceModel.ESCPOS_NETWORK, "answers-status yes")
    (settings,) = proposed([found])
    assert (settings.port, settings.answers_status) == (where.port, True)
    bench.misbehave(NETWORK_PRINTER, "silent")
    assert ask(where).model is None
    assert bench.slips() == ()


@pytest.mark.parametrize("port", ["04b8:0202", "usb:location=1-2.3", "/dev/serial/by-id/x:9100", "host:65536", "host:0"])
def test_nothing_else_is_taken_for_a_place_on_the_network(port: str) -> None:
    assert not _is_on_the_network(port)


def test_asking_prints_nothing(bench: Bench) -> None:
    for device in (RECEIPT_PRINTER, CODE_SCANNER):
        ask(port(bench, device))
    assert bench.slips() == ()


def test_what_never_answers_is_nothing_known(bench: Bench) -> None:
    found = ask(port(bench, PLAIN_SCANNER))
    assert (found.model, found.trouble) == (None, "")
    assert proposed([found]) == ()


def test_a_port_that_is_missing_or_held_by_another_is_told_so(bench: Bench, tmp_path: Path) -> None:
    assert ask(PortSeen(str(tmp_path / "nothing"))).trouble == "port-missing"
    held = SerialPort(port(bench, CARD_READER).port, 115200)
    held.open()
    try:
        assert ask(port(bench, CARD_READER)).trouble == "port-busy"
    finally:
        held.close()


def test_two_of_a_kind_get_names_of_their_own() -> None:
    found = [Found(PortSeen(f"/dev/{number}"), DeviceModel.GM65) for number in (1, 2)]
    cameras = [ask(PortSeen("/dev/v4l/by-id/one-video-index0", DeviceKind.FACE_CAMERA))]
    names = [each.name for each in proposed([*found, *cameras])]
    assert names == ["code-scanner", "code-scanner-2", "face-camera"]


def test_another_speed_than_the_models_own_is_proposed() -> None:
    (settings,) = proposed([Found(PortSeen("/dev/ttyUSB0"), DeviceModel.ESCPOS, 19200)])
    assert "baud = 19200" in as_toml(settings)


def test_a_printer_that_answered_is_to_answer_from_then_on() -> None:
    node = PortSeen("/dev/usb/lp0", DeviceKind.RECEIPT_PRINTER)
    answered, unasked = proposed([Found(PortSeen("/dev/ttyUSB0"), DeviceModel.ESCPOS), ask(node)])
    assert answered.answers_status
    assert "answers_status = true" in as_toml(answered)
    assert not unasked.answers_status
    assert "answers_status" not in as_toml(unasked)


def test_a_port_is_called_by_the_name_that_survives_replugging(tmp_path: Path) -> None:
    node, other = tmp_path / "ttyUSB0", tmp_path / "ttyUSB1"
    node.touch()
    other.touch()
    by_id, by_path = tmp_path / "by-id", tmp_path / "by-path"
    for folder in (by_id, by_path):
        folder.mkdir()
    (by_path / "pci-0-usb-1").symlink_to(node)
    assert stable_name(node, (by_id, by_path)) == str(by_path / "pci-0-usb-1")
    (by_id / "usb-Reader_42").symlink_to(node)
    assert stable_name(node, (by_id, by_path)) == str(by_id / "usb-Reader_42")
    assert stable_name(other, (by_id, by_path, tmp_path / "absent")) == str(other)


def line(node: Path, socket: str, serial_number: str, product: str = "USB Serial") -> SerialLine:
    node.touch()
    return SerialLine(str(node), product, socket, serial_number)


def udev_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> tuple[Path, Path]:
    folders = tmp_path / "by-id", tmp_path / "by-path"
    for folder in folders:
        folder.mkdir()
    monkeypatch.setattr(f"devices.probing.{kind}", folders)
    return folders


def test_two_adapters_that_call_themselves_the_same_are_told_apart_by_their_sockets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, third = (tmp_path / f"ttyUSB{number}" for number in range(3))
    lines = (line(one, "1-2.1:1.0", ""), line(other, "1-2.2:1.0", ""), line(third, "1-2.3:1.0", "42", "Reader"))
    monkeypatch.setattr("devices.probing.serial_lines", lambda: lines)
    by_id, by_path = udev_names(tmp_path, monkeypatch, "SERIAL_NAMES")
    (by_id / "usb-1a86_USB_Serial-if00-port0").symlink_to(other)  # udev's one name for both: now it leads to this one
    (by_id / "usb-Reader_42-if00").symlink_to(third)
    for number, node in enumerate((one, other, third), start=1):
        (by_path / f"pci-0-usb-0:2.{number}:1.0-port0").symlink_to(node)
    ports = [Path(seen.port) for seen in ports_seen() if seen.port.startswith(str(tmp_path))]
    assert ports == [
        by_path / "pci-0-usb-0:2.1:1.0-port0",
        by_path / "pci-0-usb-0:2.2:1.0-port0",
        by_id / "usb-Reader_42-if00",
    ]


def test_where_udev_gives_no_names_a_line_is_called_by_its_number_or_its_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, third, built_in = (tmp_path / f"tty{number}" for number in range(4))
    lines = (
        line(one, "1-2.1", "0001"),
        line(other, "1-2.2", "0001", "Reader"),
        line(third, "1-2.3:1.0", "42"),
        line(built_in, "", "", ""),
    )
    monkeypatch.setattr("devices.probing.serial_lines", lambda: lines)
    udev_names(tmp_path, monkeypatch, "SERIAL_NAMES")
    ports = [seen.port for seen in ports_seen() if seen.port.startswith(("usb:", str(tmp_path)))]
    assert ports == ["usb:location=1-2.1", "usb:location=1-2.2", "usb:serial=42", str(built_in)]


def test_two_cameras_that_call_themselves_the_same_are_both_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_id, by_path = udev_names(tmp_path, monkeypatch, "CAMERA_NAMES")
    one, other, soldered_on = (tmp_path / f"video{number}" for number in (0, 2, 4))
    (by_id / "usb-Webcam-video-index0").symlink_to(one)
    for at in ("pci-0-usb-0:1:1.0", "pci-0-usbv2-0:1:1.0"):
        (by_path / f"{at}-video-index0").symlink_to(one)
    (by_path / "platform-codec-video-index0").symlink_to(soldered_on)

    def seen() -> list[Path]:
        return [Path(each.port) for each in ports_seen() if each.port.startswith(str(tmp_path))]

    assert seen() == [by_id / "usb-Webcam-video-index0"]
    (by_path / "pci-0-usb-0:2:1.0-video-index0").symlink_to(other)
    assert seen() == [
        by_path / "pci-0-usb-0:1:1.0-video-index0",
        by_path / "pci-0-usb-0:2:1.0-video-index0",
    ]


def test_what_types_is_shown_and_not_taken_for_a_scanner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "usb-Maker_Scanner-event-kbd").touch()
    (tmp_path / "usb-Maker_Mouse-event-mouse").touch()
    monkeypatch.setattr("devices.probing.KEYBOARD_NAMES", tmp_path)
    (seen,) = [one for one in ports_seen() if one.port.startswith(str(tmp_path))]
    assert seen.product == "usb-Maker_Scanner"
    found = ask(seen)
    assert found.model is None
    assert "keyboard-wedge" in found.detail
    assert proposed([found]) == ()


@pytest.mark.parametrize(
    ("width", "height", "model", "detail"),
    [
        (640, 480, DeviceModel.CAMERA_FACE, "640×480; `camera-codes` where it is to see codes"),
        (2592, 1944, DeviceModel.CAMERA_DOCUMENTS, "2592×1944: large enough for sheets"),
        (2592, 1458, DeviceModel.CAMERA_FACE, "2592×1458; `camera-codes` where it is to see codes"),
    ],
)
def test_a_camera_is_known_by_its_largest_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int, height: int, model: DeviceModel, detail: str
) -> None:
    monkeypatch.setattr("devices.probing.LOOK_SECONDS", 0.3)
    picture = tmp_path / "camera.png"
    cv2.imwrite(str(picture), np.zeros((height, width, 3), np.uint8))
    found = ask(PortSeen(str(picture), DeviceKind.FACE_CAMERA))
    assert (found.model, found.detail) == (model, detail)


def test_a_camera_that_is_not_there_is_proposed_all_the_same(tmp_path: Path) -> None:
    found = ask(PortSeen(str(tmp_path / "absent.png"), DeviceKind.FACE_CAMERA))
    assert (found.model, found.detail) == (DeviceModel.CAMERA_FACE, "not looked through: port-missing")


def usb_printer(folder: Path, socket: str, node: str = "") -> None:
    interface = folder / "sys" / f"{socket}:1.0"
    device = folder / "sys" / socket
    device.mkdir(parents=True)
    (interface / "usbmisc" / node).mkdir(parents=True)
    (interface / "bInterfaceClass").write_text("07\n")
    for name, fact in (("idVendor", "04b8"), ("idProduct", "0202"), ("product", "TM-T82"), ("serial", "J3X")):
        (device / name).write_text(f"{fact}\n")


@pytest.fixture
def usb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("devices.probing.USB_DEVICES", tmp_path / "sys")
    monkeypatch.setattr("devices.probing.PRINTER_NODES", tmp_path / "usb")
    return tmp_path


def printers(has_pyusb: bool, monkeypatch: pytest.MonkeyPatch) -> list[PortSeen]:
    monkeypatch.setattr("devices.probing.importlib.util.find_spec", lambda _: object() if has_pyusb else None)
    return [one for one in ports_seen() if one.kind is DeviceKind.RECEIPT_PRINTER]


@pytest.mark.parametrize(
    ("node", "has_pyusb", "model"),
    [
        ("", True, DeviceModel.ESCPOS_USB),
        ("", False, DeviceModel.ESCPOS_USB),
        ("lp0", True, DeviceModel.ESCPOS_USB),
        ("lp0", False, DeviceModel.ESCPOS_FILE),
    ],
)
def test_a_printer_on_usb_is_proposed_once(
    usb: Path, monkeypatch: pytest.MonkeyPatch, node: str, has_pyusb: bool, model: DeviceModel
) -> None:
    usb_printer(usb, "1-2.3", node)
    (usb / "usb").mkdir()
    if node:
        (usb / "usb" / node).touch()
    seen = printers(has_pyusb, monkeypatch)
    assert {(one.product, one.location, one.serial_number) for one in seen} == {("TM-T82", "1-2.3", "J3X")}
    (settings,) = proposed(map(ask, seen))
    assert settings.model is model
    assert settings.port == (str(usb / "usb" / "lp0") if model is DeviceModel.ESCPOS_FILE else "04b8:0202")


def test_two_printers_on_usb_are_two_and_a_stick_is_none(usb: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usb_printer(usb, "1-1")
    usb_printer(usb, "1-2")
    usb_printer(usb, "1-3")
    (usb / "sys" / "1-3:1.0" / "bInterfaceClass").write_text("08\n")
    assert [one.location for one in proposed_sockets(printers(True, monkeypatch))] == ["1-1", "1-2"]


def proposed_sockets(seen: list[PortSeen]) -> list[PortSeen]:
    assert len(proposed(map(ask, seen))) == len(seen)
    return seen


def test_queues_set_up_here_are_proposed_and_where_they_lead_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "lpstat"
    program.write_text(
        """#!/bin/sh
case "$1$LC_ALL" in
    -e*) printf 'hall-a4\\noffice\\nseen-on-the-network\\n';;
    -vC) printf 'device for hall-a4: usb://Maker/Laser?serial=J3X\\ndevice for office: ipp://10.0.0.9/ipp/print\\n'
         printf 'device for hall-a4/draft: usb://Maker/Laser\\n\\377\\ndevice for test: /dev/null\\n';;
    *) printf '用于 hall-a4 的设备：usb://Maker/Laser\\n';;
esac
"""
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    seen = [one for one in ports_seen() if one.kind is DeviceKind.DOCUMENT_PRINTER]
    assert {one.port: one.product for one in seen} == {
        "hall-a4": "CUPS queue to usb:",
        "office": "CUPS queue to ipp:, on the network",
        "test": "CUPS queue to file:",
    }
    settings, *_ = proposed(map(ask, seen))
    assert (settings.model, settings.port) == (DeviceModel.CUPS, "hall-a4")


def test_without_cups_there_are_no_queues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [one for one in ports_seen() if one.kind is DeviceKind.DOCUMENT_PRINTER] == []


def test_a_scanner_that_was_set_to_another_speed_is_found(tmp_path: Path) -> None:
    scanner = Gm65ScannerEmulator(tmp_path / "scanner")
    scanner._line = PtyLine(scanner._line.path, scanner._hear, only_speed=115200)
    scanner.plug()
    found = ask(PortSeen(str(tmp_path / "scanner")))
    assert (found.model, found.baud) == (DeviceModel.GM65, 115200)
    scanner.unplug()


def test_a_card_reader_that_was_set_to_another_speed_is_opened_at_it_from_then_on(tmp_path: Path) -> None:
    reader = SdtReaderEmulator(tmp_path / "line", only_speed=9600)
    reader.plug()
    try:
        found = ask(PortSeen(str(tmp_path / "line")))
    finally:
        reader.unplug()
    assert (found.model, found.baud) == (DeviceModel.SDT, 9600)
    assert "baud = 9600" in as_toml(proposed([found])[0])
