"""A kiosk's settings file and store on disk, and the command line run in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kiosk.commands.root import main
from offline_cache.database import open_store
from offline_cache.outbox import Outbox, key_ids_needed
from offline_cache.vault import open_vault

DAY = date(2026, 11, 23)
KEPT_AT_MS = 1_795_435_200_000


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `kiosk …` and catch what it says; nothing but SystemExit may come out."""
    monkeypatch.delenv("KIOSK_SETTINGS", raising=False)

    def command(*words: object) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return Said(int(left.value.code or 0), told.out, told.err)

    return command


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    """The settings of a kiosk whose store is in the test's own folder."""
    file = tmp_path / "kiosk.toml"
    file.write_text(
        '[hall]\nname = "示例大厅"\nname_en = "Sample Hall"\narea = "369999"\n'
        f'[kiosk]\nnumber = "K03"\npractice = true\n[store]\ndirectory = "{tmp_path / "store"}"\nmax_age_days = 3650\n',
        encoding="utf-8",
    )
    return file


@pytest.fixture
def outbox(tmp_path: Path, settings_file: Path) -> Iterator[Outbox]:
    """The running kiosk's side of the store: three submissions are kept."""
    (tmp_path / "store").mkdir(mode=0o700)
    with closing(open_store(tmp_path / "store" / "store.db")) as connection:
        vault = open_vault(tmp_path / "store" / "vault.key", lambda: key_ids_needed(connection))
        box = Outbox(connection, vault, area="369999", kiosk="K03")
        for serial in range(1, 4):
            content = json.dumps({"name": "赵示例", "serial": serial}, ensure_ascii=False).encode()
            box.keep(key(serial), DAY, lambda _, content=content: content, now_ms=KEPT_AT_MS + serial, item="GJ-001")
        yield box


def key(serial: int) -> str:
    """The key of the fixture's nth submission."""
    return f"01934b5c-7d2e-7abc-8def-00000000000{serial}"
