"""What a cupsd of the bench's own leaves of the machine around it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from devices.emulators.cups_daemon import CUPSD, LPADMIN, CupsDaemon
from devices.emulators.cups_printer import CupsPrinterEmulator


@pytest.mark.skipif(os.getuid() != 0, reason="only root could open other folders")
def test_no_folder_above_its_own_is_opened_to_others(tmp_path: Path) -> None:
    above = tmp_path / "private"
    above.mkdir(mode=0o700)
    CupsDaemon(above / "cups")
    assert above.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not (CUPSD and LPADMIN), reason="CUPS is not installed")
def test_a_cupsd_that_takes_no_queue_is_told_and_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(tempfile.mkdtemp(prefix="cups-"))
    monkeypatch.setattr(tempfile, "mkdtemp", lambda **_: str(folder))
    monkeypatch.setattr("devices.emulators.cups_daemon.LPADMIN", "true")
    printer = CupsPrinterEmulator(tmp_path / "s")
    try:
        with pytest.raises(LookupError, match="takes no queue"):
            printer.plug()
        assert not folder.exists()
    finally:
        printer.stop()
