"""What all tests share: on a Python without pytest-qt its two settings are still known by name."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    if importlib.util.find_spec("pytestqt") is None:
        parser.addini("qt_api", "pytest-qt's setting; unused where Qt is not installed")
        parser.addini("qt_log_level_fail", "pytest-qt's setting; unused where Qt is not installed")
