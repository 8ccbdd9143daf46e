"""What all tests share: settings known by name where pytest-qt is not installed, and what is begun first by several workers."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from xdist.scheduler import LoadFileScheduling

# A busy machine is no failure: an example may take as long as it takes.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

LONG = (
    "tests/offline_cache/test_kill.py",
    "tests/devices/test_hardships.py",
    "tests/offline_cache/test_outbox_machine.py",
    "tests/devices/document_printer/test_pdf.py",
    "tests/offline_cache/test_disk_faults.py",
    "tests/offline_cache/test_power_cut.py",
    "tests/devices/code_scanner/test_decode.py",
    "tests/devices/test_probing.py",
    "tests/devices/document_printer/test_cups_printer.py",
    "tests/devices/emulators/test_bench_at_work.py",
    "tests/devices/code_scanner/test_ssi_scanner.py",
    "tests/kiosk/test_print_notes.py",
    "tests/devices/document_camera/test_document_camera.py",
    "tests/central/test_simulation.py",
    "tests/stories/test_demo_command.py",
    "tests/stories/test_face.py",
    "tests/stories/test_keeping.py",
    "tests/stories/test_orders.py",
    "tests/stories/test_proving.py",
)
"""Files whose single tests take long, and share nothing that is dear to make."""
LONG_AND_WHOLE = ("tests/ui/test_every_screen_portrait.py", "tests/ui/test_every_screen_landscape.py")
"""Long files of few tests that stay together for the one window they share."""


def pytest_addoption(parser: pytest.Parser) -> None:
    if importlib.util.find_spec("pytestqt") is None:
        parser.addini("qt_api", "pytest-qt's setting; unused where Qt is not installed")
        parser.addini("qt_log_level_fail", "pytest-qt's setting; unused where Qt is not installed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is long first, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: _turn(_file_of(item.nodeid)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadFileScheduling | None:
    """For `--dist loadfile`: a file's tests stay together, but each test of a long file goes wherever there is room."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class LongOnesApart(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return nodeid if _file_of(nodeid) in LONG else _file_of(nodeid)

    return LongOnesApart(config, log)


def _file_of(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def _turn(file: str) -> int:
    order = LONG_AND_WHOLE + LONG
    return order.index(file) if file in order else len(order)
