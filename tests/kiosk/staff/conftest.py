"""A journal in memory of the real schema, written through the declared events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from offline_cache.database import open_store
from offline_cache.journal import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal in a store of its own."""
    with closing(open_store(tmp_path / "store.db")) as connection:
        yield Journal(connection)
