"""The house of docs/ARCHITECTURE.md: three floors, arrows down only, no circles of files, libraries in their rooms."""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {
    "devices": (),
    "offline_cache": ("devices.values",),  # how frozen values are declared: the one module that both ground rooms share
    "kiosk": ("devices", "offline_cache"),
    "ui": (
        "kiosk",
        "devices.reports",
        "devices.receipt_printer.slip",
        "devices.receipt_printer.picture",
        "devices.frame_slot",
        "offline_cache.hall_time",
    ),
    "central": (
        "offline_cache.wire",
        "offline_cache.hall_time",
        "kiosk.catalogue",
        "kiosk.commands.output",
        "kiosk.errors",
        "kiosk.broken_toml",
        "kiosk.settings_checking",
        "kiosk.values",
        "kiosk.visit.settings",
        "kiosk.staff.wording",
        "kiosk.staff.fact_words",
    ),
}
"""Package → what of ours it may import besides itself."""
ROOMS = {
    "PySide6": ("ui/",),
    "shiboken6": ("ui/",),
    "serial": ("devices/serial_port.py",),
    "cv2": ("devices/document_camera/", "devices/face_camera/", "devices/code_scanner/", "devices/emulators/"),
    "zxingcpp": ("devices/code_scanner/", "devices/emulators/"),
    "pyzbar": ("devices/code_scanner/",),
    "escpos": ("devices/receipt_printer/",),
    "fontTools": ("devices/document_printer/pdf.py",),
    "uharfbuzz": ("devices/document_printer/pdf.py",),
    "fpdf": ("devices/document_printer/pdf.py",),
    "usb": ("devices/receipt_printer/usb_port.py", "devices/emulators/usb_bus.py"),
    "pysqlite3": (
        "offline_cache/database.py",
        "offline_cache/schema.py",
        "offline_cache/outbox.py",
        "offline_cache/journal.py",
        "offline_cache/replica.py",
        "central/",
    ),
    "sqlite_utils": ("offline_cache/",),
    "requests": ("offline_cache/centre.py", "offline_cache/connections.py", "kiosk/face_models.py"),
    "pypinyin": ("kiosk/catalogue/search.py",),
    "rich": ("kiosk/commands/", "central/"),
    "fastapi": ("central/",),
    "sqlalchemy": ("central/",),
    "alembic": ("central/",),
    "jinja2": ("central/",),
    "starlette": ("central/",),
    "uvicorn": ("central/serving.py",),
    "psycopg": ("central/",),
    "smartcard": ("devices/card_reader/card_slot.py",),
    "qrcode": ("devices/receipt_printer/picture.py", "devices/document_printer/pdf.py"),
    "cryptography": ("offline_cache/", "kiosk/enrolment.py", "central/"),
    "http_message_signatures": ("offline_cache/signing.py", "central/signature.py"),
    "click": ("kiosk/commands/", "central/__main__.py"),
    "pydantic": ("offline_cache/", "kiosk/", "central/"),
    "pydantic_core": (
        "devices/values.py",
        "kiosk/settings_checking.py",
        "offline_cache/settings.py",
        "central/submission_lines.py",
    ),
}
"""Third-party library → the rooms of the product that may import it."""


def source_files() -> list[Path]:
    return sorted(path for package in FLOORS for path in (ROOT / package).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """Every imported module's dotted name, with the name taken from it.

    All count alike: at the top, under `if TYPE_CHECKING`, in a function, in a `try`.
    """
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


FILES = source_files()
MODULES = {module_name(path): path for path in FILES}


def ours(name: str) -> str | None:
    """The module of ours that an imported name belongs to, if any."""
    for candidate in (name, name.rpartition(".")[0]):
        if candidate in MODULES:
            return candidate
    return None


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_point_down(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    for name in imports(path):
        if name.split(".")[0] in FLOORS and name.split(".")[0] != package:
            allowed = FLOORS[package]
            assert any(name == room or name.startswith(room + ".") for room in allowed), f"{path.name} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    here = path.relative_to(ROOT).as_posix()
    for name in imports(path):
        rooms = ROOMS.get(name.split(".")[0])
        if rooms is not None:
            assert any(here == room or (room.endswith("/") and here.startswith(room)) for room in rooms), f"{here} imports {name}"


def test_no_circle_of_files() -> None:
    """Imports in functions and for types count too: none of them is there only to hide a circle."""
    graph = {
        module: {target for name in imports(path) if (target := ours(name)) and target != module}
        for module, path in MODULES.items()
    }
    assert len(graph) > 20
    try:
        tuple(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as circle:
        pytest.fail(f"a circle of files: {' → '.join(circle.args[1])}")


CATCH_ALL = {"devices/worker.py", "offline_cache/carrying.py", "offline_cache/sender.py"}
"""Tops of threads that must not end, and what reads a file that may hold anything: docs/CONTRIBUTING.md names them."""


def caught(path: Path) -> Iterator[ast.ExceptHandler]:
    """Every `except` of the file that takes more than named errors."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            names = {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)} if node.type else {"BaseException"}
            if names & {"Exception", "BaseException"}:
                yield node


def test_everything_is_caught_in_three_places_only() -> None:
    """What cleans up and raises again, as its last act, catches nothing."""
    found = {
        path.relative_to(ROOT).as_posix()
        for path in FILES
        for handler in caught(path)
        if not (isinstance(last := handler.body[-1], ast.Raise) and last.exc is None)
    }
    assert found == CATCH_ALL
    told = (ROOT / "docs" / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("`except Exception`")[2]
    assert [place for place in CATCH_ALL if f"`{place}`" not in told] == []


def test_what_may_be_logged_is_declared_in_one_place() -> None:
    calls = {
        path.relative_to(ROOT).as_posix()
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("declare", "Declaration")
    }
    assert calls == {"kiosk/log_events.py", "offline_cache/loggable.py"}


def test_packaging_is_no_package() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists(), "it would shadow the library of that name"
