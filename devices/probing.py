"""What is plugged in: the ports by their stable names, CUPS's queues, and what answers; proposes the settings that fit.

For a technician's shell, while no kiosk runs on the ports; blocks its caller. Asks only what no device takes for an order:
a printer's real-time status first (it prints nothing), then a scanner's speed, a card reader's state, what an engine is.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import cast

from devices.card_reader.card_slot import CardSlot
from devices.errors import DeviceError, PortBusy, PortMissing
from devices.frame_slot import FrameSlot, overwrite
from devices.models import make_driver
from devices.reports import DeviceKind
from devices.serial_port import BY_LOCATION, BY_SERIAL, USB, SerialLine, serial_lines
from devices.settings import PORT_FORMS, USB_LINE, Baud, DeviceModel, DeviceSettings
from devices.values import dataclass
from devices.wire_trace import WireTrace

SERIAL_NAMES = (Path("/dev/serial/by-id"), Path("/dev/serial/by-path"))
"""udev's names, best first: by what the device is, then by the socket it is plugged into."""
CAMERA_NAMES = (Path("/dev/v4l/by-id"), Path("/dev/v4l/by-path"))
LOOK_SECONDS = 1.0
FIRST_CAPTURE_NODE = "-video-index0"
"""A camera has further nodes for its metadata, which give no picture."""
USB_SOCKET = "-usb"
"""In a name by-path of what is plugged into USB; boards have further nodes for what is soldered on."""
PRINTER_NODES = Path("/dev/usb")
USB_DEVICES = Path("/sys/bus/usb/devices")
PRINTER_CLASS = "07"
BY_LIBUSB_OR_NODE = frozenset({DeviceModel.ESCPOS_USB, DeviceModel.ESCPOS_FILE})
"""Two ways to one printer: only the first that was found is proposed."""
CUPS_SECONDS = 10.0
QUEUE_LINE = re.compile(r"device for ([^\s:]+): (?:([a-z][a-z0-9+.-]*):|/)", re.IGNORECASE)
"""As `lpstat -v` tells a queue in the C locale: its name and the scheme of its device's URI, or a file's path."""
NETWORK_SCHEMES = frozenset({"dnssd", "http", "https", "implicitclass", "ipp", "ipps", "lpd", "mdns", "smb", "snmp", "socket"})
ON_THE_NETWORK = re.compile(r"[A-Za-z0-9_.-]+:([1-9][0-9]{0,4})")
MOST_TCP_PORT = 65535
KEYBOARD_NAMES = Path("/dev/input/by-id")
KEYS_NODE = "-event-kbd"
PRINTER_BAUDS = (115200, 38400, 19200, 9600)
HONEYWELL_BAUDS = (115200, 9600)
SCANNERS = (DeviceModel.GM65, DeviceModel.NEWLAND, DeviceModel.SSI)
SCANNER_BAUDS = (9600, 115200)
"""The makers' own, and the one that they are set to most."""
DEFAULT_BAUD = {
    DeviceModel.ESCPOS: 115200,
    DeviceModel.GM65: 9600,
    DeviceModel.NEWLAND: 9600,
    DeviceModel.SSI: 9600,
    DeviceModel.HONEYWELL: 115200,
    DeviceModel.SDT: 115200,
}
SAID = {
    DeviceModel.ESCPOS: "answers-status",
    DeviceModel.ESCPOS_NETWORK: "answers-status",
    DeviceModel.GM65: "baud",
    DeviceModel.NEWLAND: "baud",
    DeviceModel.SSI: "baud",
    DeviceModel.HONEYWELL: "revision",
    DeviceModel.SDT: "sam-id",
}
"""The fact that proves that the model answered."""


@dataclass(frozen=True, slots=True)
class PortSeen:
    """A place where a device may be."""

    port: str
    """By its stable name where udev gives one."""
    kind: DeviceKind | None = None
    """What it can only be; None for a serial line, which may be anything."""
    product: str = ""
    location: str = ""
    """The USB socket, e.g. `1-2.3`."""
    serial_number: str = ""
    """What the device on USB calls itself by."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found at a port."""

    seen: PortSeen
    model: DeviceModel | None = None
    """None: nothing known answered, or it could not be asked (`trouble`)."""
    baud: int | None = None
    """None: the model's own."""
    detail: str = ""
    trouble: str = ""


def ports_seen() -> tuple[PortSeen, ...]:
    """Serial lines (built-in ones too, for boards have them), PC/SC readers, cameras, printers, queues and what types."""
    return (*_serial_lines(), *_chip_card_readers(), *_cameras(), *_printers(), *_queues(), *_keyboards())


def ask(seen: PortSeen) -> Found:
    """Find out what is there; half a minute for a serial line at which nothing answers.

    A receipt printer on the network is asked at `host:port`; nobody searches for those, so `ports_seen` never tells one.
    """
    if seen.kind is None and _is_on_the_network(seen.port):
        return _network_printer(seen)
    if seen.kind is DeviceKind.CHIP_CARD_READER:
        return Found(seen, DeviceModel.PCSC, detail="known to pcscd")
    if seen.kind is DeviceKind.FACE_CAMERA:
        return _look_through(seen)
    if seen.kind is DeviceKind.RECEIPT_PRINTER:
        return _printer(seen)
    if seen.kind is DeviceKind.DOCUMENT_PRINTER:
        return Found(seen, DeviceModel.CUPS, detail="a queue of CUPS's")
    if seen.kind is DeviceKind.CODE_SCANNER:
        return Found(seen, detail=f"types: a scanner ({DeviceModel.KEYBOARD_WEDGE}) or a keyboard, which cannot be told apart")
    try:
        for model, baud in _tries():
            if (answer := _answer_of(seen.port, model, baud)) is not None:
                said, speed = answer
                return Found(seen, model, None if speed == DEFAULT_BAUD[model] else speed, said)
    except (PortBusy, PortMissing) as trouble:
        return Found(seen, trouble=trouble.code, detail=trouble.detail)
    return Found(seen)


def _network_printer(seen: PortSeen) -> Found:
    try:
        answer = _answer_of(seen.port, DeviceModel.ESCPOS_NETWORK, None)
    except PortMissing as trouble:
        return Found(seen, trouble=trouble.code, detail=trouble.detail)
    if answer is None:
        return Found(seen, detail="listens, and answers no receipt printer's question")
    return Found(seen, DeviceModel.ESCPOS_NETWORK, detail=answer[0])


def _is_on_the_network(port: str) -> bool:
    address = ON_THE_NETWORK.fullmatch(port)
    is_usb = PORT_FORMS[DeviceModel.ESCPOS_USB][0].fullmatch(port)
    return address is not None and is_usb is None and int(address[1]) <= MOST_TCP_PORT


def _printer(seen: PortSeen) -> Found:
    if PORT_FORMS[DeviceModel.ESCPOS_USB][0].fullmatch(seen.port):
        return Found(
            seen, DeviceModel.ESCPOS_USB, detail="not asked: another printer than one of receipts would print the question"
        )
    return Found(seen, DeviceModel.ESCPOS_FILE, detail="not asked: a node of this kind gives no answers")


def _look_through(seen: PortSeen) -> Found:
    """By its largest picture: a document camera gives five megapixels; whether another sees faces or codes, a person sees."""
    from devices.document_camera.camera import SIZE  # OpenCV is loaded for cameras only
    from devices.face_camera.capture import Capture

    camera = Capture(seen.port, size=SIZE)
    try:
        camera.open()
        _, frame = camera.watch(LOOK_SECONDS)
    except DeviceError as trouble:
        return Found(seen, DeviceModel.CAMERA_FACE, detail=f"not looked through: {trouble.code}")
    finally:
        camera.close()
    if frame is None:
        return Found(seen, DeviceModel.CAMERA_FACE, detail="not looked through: no picture")
    height, width = frame.shape[:2]
    overwrite(frame)
    if width >= SIZE[0] and height >= SIZE[1]:
        return Found(seen, DeviceModel.CAMERA_DOCUMENTS, detail=f"{width}×{height}: large enough for sheets")
    return Found(seen, DeviceModel.CAMERA_FACE, detail=f"{width}×{height}; `camera-codes` where it is to see codes")


def proposed(found: Iterable[Found]) -> tuple[DeviceSettings, ...]:
    """The settings of what was found, each under a name of its own."""
    times: Counter[str] = Counter()
    sockets: set[str] = set()
    settings = []
    for one in found:
        if one.model is None:
            continue
        if one.model in BY_LIBUSB_OR_NODE and one.seen.location:
            if one.seen.location in sockets:
                continue
            sockets.add(one.seen.location)
        name = one.model.kind.value
        times[name] += 1
        numbered = name if times[name] == 1 else f"{name}-{times[name]}"
        answers = one.model in (DeviceModel.ESCPOS, DeviceModel.ESCPOS_NETWORK)  # found by its answer
        settings.append(DeviceSettings(numbered, one.model, one.seen.port, cast("Baud", one.baud), answers_status=answers))
    return tuple(settings)


def as_toml(settings: DeviceSettings) -> str:
    """The lines to put into the settings file."""
    lines = ["[[devices]]", f'name = "{settings.name}"', f'model = "{settings.model.value}"', f'port = "{settings.port}"']
    if settings.answers_status:
        lines.append("answers_status = true")
    if settings.emulated:
        lines.append("emulated = true")
    if settings.baud is not None:
        lines.append(f"baud = {settings.baud}")
    return "\n".join(lines) + "\n"


def _tries() -> Iterator[tuple[DeviceModel, int]]:
    yield from ((DeviceModel.ESCPOS, baud) for baud in PRINTER_BAUDS)
    yield from ((model, baud) for baud in SCANNER_BAUDS for model in SCANNERS)
    yield DeviceModel.SDT, DEFAULT_BAUD[DeviceModel.SDT]
    # Last, for this one is set to its trigger by being asked.
    yield from ((DeviceModel.HONEYWELL, baud) for baud in HONEYWELL_BAUDS)


def _answer_of(port: str, model: DeviceModel, baud: int | None) -> tuple[str, int | None] | None:
    """What this model says there and at which speed; None when nobody of that kind answers. Raises PortBusy, PortMissing."""
    # The card reader's driver itself tries all its speeds when none is set.
    speed = None if model is DeviceModel.SDT else baud
    settings = DeviceSettings("probe", model, port, cast("Baud", speed))
    driver = make_driver(settings, FrameSlot())
    try:
        driver.open()
        facts = driver.health().facts
    except (PortBusy, PortMissing):
        raise
    except DeviceError:
        return None
    finally:
        driver.close()
    said = facts.get(SAID[model], "")
    return None if said in ("", "no") else (f"{SAID[model]} {said}", int(facts["baud"]) if "baud" in facts else baud)


def _serial_lines() -> Iterator[PortSeen]:
    lines = serial_lines()
    for line in lines:
        alike = {_socket(each) for each in lines if (each.product, each.serial_number) == (line.product, line.serial_number)}
        # Two that call themselves the same share one name by-id, and it leads to whichever came last.
        name = stable_name(Path(line.node), SERIAL_NAMES if len(alike) == 1 else SERIAL_NAMES[1:])
        port = name if name != line.node else _usb_name(line, lines)
        yield PortSeen(port, None, line.product, line.location, line.serial_number)


def _socket(line: SerialLine) -> str:
    return line.location.partition(":")[0]


def _usb_name(line: SerialLine, lines: Sequence[SerialLine]) -> str:
    """Where udev gives no name: by the number that only this device has, else by its socket; else, and not on USB, the node."""
    if not line.location or sum(_socket(each) == _socket(line) for each in lines) > 1:
        return line.node
    its_own = line.serial_number and sum(each.serial_number == line.serial_number for each in lines) == 1
    names = [f"{USB}{BY_LOCATION}={_socket(line)}"]
    if its_own:
        names.insert(0, f"{USB}{BY_SERIAL}={line.serial_number}")
    return next((name for name in names if USB_LINE.fullmatch(name)), line.node)


def _chip_card_readers() -> Iterator[PortSeen]:
    slot = CardSlot("", WireTrace())
    with closing(slot), suppress(DeviceError):  # no pcscd, no pyscard: no such readers
        for name in slot.names():
            yield PortSeen(name, DeviceKind.CHIP_CARD_READER, "PC/SC reader")


def _cameras() -> Iterator[PortSeen]:
    by_id, by_path = (_camera_links(folder) for folder in CAMERA_NAMES)
    # Two that call themselves the same share one name by-id, and it leads to whichever came last: then all go by the socket.
    by_socket = {node: link for node, link in by_path.items() if USB_SOCKET in link.name}
    links = (by_id if by_id.keys() >= by_socket.keys() else by_socket) if by_id else by_path
    for link in sorted(links.values()):
        yield PortSeen(str(link), DeviceKind.FACE_CAMERA, link.name.removesuffix(FIRST_CAPTURE_NODE))


def _camera_links(folder: Path) -> dict[Path, Path]:
    """Where each camera's first link leads to, and the link."""
    links = [link for link in sorted(folder.iterdir()) if link.name.endswith(FIRST_CAPTURE_NODE)] if folder.is_dir() else []
    return {link.resolve(): link for link in reversed(links)}


def _printers() -> Iterator[PortSeen]:
    """Printers on USB: by libusb where pyusb is installed, and by the kernel's node where it made one."""
    with_libusb = importlib.util.find_spec("usb") is not None
    interfaces = [each for each in sorted(USB_DEVICES.glob("*:*")) if _fact(each, "bInterfaceClass") == PRINTER_CLASS]
    told = set()
    for interface in interfaces:
        device = USB_DEVICES / interface.name.partition(":")[0]
        product = _fact(device, "product") or "USB printer"
        where = (DeviceKind.RECEIPT_PRINTER, product, device.name, _fact(device, "serial"))
        nodes = [PRINTER_NODES / each.name for each in sorted(interface.glob("usbmisc/lp*"))]
        if with_libusb or not nodes:
            yield PortSeen(f"{_fact(device, 'idVendor')}:{_fact(device, 'idProduct')}", *where)
        for node in nodes:
            told.add(node)
            yield PortSeen(str(node), *where)
    for node in sorted(PRINTER_NODES.glob("lp*")):
        if node not in told:
            yield PortSeen(str(node), DeviceKind.RECEIPT_PRINTER, "USB printer")


def _fact(folder: Path, name: str) -> str:
    """What /sys says there; empty when it says nothing."""
    with suppress(OSError, UnicodeDecodeError):
        return (folder / name).read_text().strip()
    return ""


def _queues() -> Iterator[PortSeen]:
    """CUPS's queues, where CUPS is installed and answers: those set up here, none that was only seen on the network."""
    try:
        listing = subprocess.run(
            ["lpstat", "-v"],  # noqa: S607 - CUPS's own program, wherever the system keeps it
            capture_output=True,
            check=False,
            timeout=CUPS_SECONDS,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return
    for line in listing.stdout.decode(errors="replace").splitlines():
        queue = QUEUE_LINE.match(line)
        if queue and PORT_FORMS[DeviceModel.CUPS][0].fullmatch(queue[1]):
            scheme = (queue[2] or "file").lower()
            where = ", on the network" if scheme in NETWORK_SCHEMES else ""
            yield PortSeen(queue[1], DeviceKind.DOCUMENT_PRINTER, f"CUPS queue to {scheme}:{where}")


def _keyboards() -> Iterator[PortSeen]:
    for link in sorted(KEYBOARD_NAMES.glob(f"*{KEYS_NODE}")):
        yield PortSeen(str(link), DeviceKind.CODE_SCANNER, link.name.removesuffix(KEYS_NODE))


def stable_name(node: Path, folders: Iterable[Path]) -> str:
    """Udev's link that leads to the node, from the first folder that has one; else the node itself."""
    for folder in folders:
        if folder.is_dir():
            for link in sorted(folder.iterdir()):
                if link.resolve() == node.resolve():
                    return str(link)
    return str(node)
