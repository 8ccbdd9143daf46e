"""The scanner that types: half a code and silence, control characters, codes glued together, far too long ones, focus lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from devices.code_scanner.keyboard_wedge import KeyboardWedgeScanner, TypedKeys
from devices.reports import CodeScanned, Report
from devices.settings import DeviceModel
from devices.worker import DeviceWorker
from tests.devices.stands import Hardship, Stand, settings_of

CODE = "KIOSK-HARDSHIP-0001"
CONTROLS = "".join(chr(each) for each in (*range(32), 127) if chr(each) not in "\r\n")
OVERLONG = (4096, 4097, 20_000)
NO_TEXT = "\ud800\udfff\u0000\ufffe"


def keyboard_wedge(path: Path) -> Stand:
    """A code is typed, ended by Enter."""
    keys = TypedKeys()
    keys.await_code(True)

    def hear(text: str) -> None:
        for key in text:
            keys.put(key)

    def plug() -> None:
        path.touch()

    def unplug() -> None:
        path.unlink(missing_ok=True)

    def done(report: Report) -> bool:
        return isinstance(report, CodeScanned) and report.payload == CODE.encode()

    def typed(name: str, text: str) -> Hardship:
        return Hardship(name, lambda: hear(text), midway=True)

    def half_and_unplugged(cut: int) -> Hardship:
        def begin() -> None:
            hear(CODE[:cut])
            unplug()

        return Hardship(f"unplugged behind key {cut}", begin, midway=True)

    def focus_lost(cut: int) -> Hardship:
        def begin() -> None:
            hear(CODE[:cut])
            keys.await_code(False)
            hear(CODE[cut:] + "\r")

        return Hardship(f"the window loses the keys from key {cut} on", begin, lambda: keys.await_code(True), midway=True)

    def hardships(step: int) -> Iterator[Hardship]:
        for cut in range(0, len(CODE) + 1, step):
            yield typed(f"silence behind key {cut}", CODE[:cut])
            yield typed(f"control characters behind key {cut}", CODE[:cut] + CONTROLS + CODE[cut:] + "\r")
            yield typed(f"no text behind key {cut}", CODE[:cut] + NO_TEXT)
            yield half_and_unplugged(cut)
            yield focus_lost(cut)
        yield typed("two codes glued", CODE + CODE + "\r")
        yield typed("Enter a hundred times", "\r\n" * 100)
        for length in OVERLONG:
            yield typed(f"{length} keys without an end", "7" * length)
            yield typed(f"{length} keys", "7" * length + "\r")

    settings = settings_of(DeviceModel.KEYBOARD_WEDGE, path)

    def act(_worker: DeviceWorker) -> None:
        hear(CODE + "\r")

    return Stand(settings, plug, unplug, act, done, hardships, unplug, make=lambda: KeyboardWedgeScanner(settings, keys))
