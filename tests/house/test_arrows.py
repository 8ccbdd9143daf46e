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
    "offline_cache": (),
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
        "kiosk.errors",
        "kiosk.visit.settings",
        "kiosk.staff.wording",
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
    "fpdf": ("devices/document_printer/pdf.py",),
    "usb": ("devices/receipt_printer/usb_port.py",),
    "pysqlite3": (
        "offline_cache/database.py",
        "offline_cache/outbox.py",
        "offline_cache/journal.py",
        "offline_cache/replica.py",
        "central/",
    ),
    "sqlite_utils": ("offline_cache/",),
    "requests": ("offline_cache/centre.py", "offline_cache/pinned_key.py", "kiosk/face_models.py"),
    "pypinyin": ("kiosk/catalogue/search.py",),
    "rich": ("kiosk/commands/", "central/"),
    "fastapi": ("central/",),
    "sqlalchemy": ("central/",),
    "alembic": ("central/",),
    "jinja2": ("central/",),
}
"""Third-party library → the rooms of the product that may import it."""


def source_files() -> list[Path]:
    return sorted(path for package in FLOORS for path in (ROOT / package).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every imported module's dotted name (with the name taken from it), and whether the import stands at the top level."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tops = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) in tops
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            for alias in node.names:
                yield f"{node.module}.{alias.name}", id(node) in tops


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
    for name, _ in imports(path):
        if name.split(".")[0] in FLOORS and name.split(".")[0] != package:
            allowed = FLOORS[package]
            assert any(name == room or name.startswith(room + ".") for room in allowed), f"{path.name} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    here = path.relative_to(ROOT).as_posix()
    for name, _ in imports(path):
        rooms = ROOMS.get(name.split(".")[0])
        if rooms is not None:
            assert any(here == room or (room.endswith("/") and here.startswith(room)) for room in rooms), f"{here} imports {name}"


def test_no_circle_of_files() -> None:
    graph = {
        module: {target for name, top in imports(path) if top and (target := ours(name)) and target != module}
        for module, path in MODULES.items()
    }
    assert len(graph) > 20
    try:
        tuple(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as circle:
        pytest.fail(f"a circle of files: {' → '.join(circle.args[1])}")


def test_packaging_is_no_package() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists(), "it would shadow the library of that name"
