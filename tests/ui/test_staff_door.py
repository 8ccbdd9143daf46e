"""The staff's door in the running program: what is behind it is built once the kiosk has settled."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize

from devices.reports import BadgeShown
from kiosk.staff.sign_in import hash_pin
from tests.ui.test_defect import enrolled_settings
from ui.application import Application, Wanted

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from PySide6.QtGui import QGuiApplication

BADGE = "04A1B2C3"


def test_a_badge_opens_the_door_of_a_settled_kiosk_at_which_nobody_has_knocked(
    qapp: QGuiApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.application.SETTLED_MS", 0)
    file = enrolled_settings(tmp_path)
    staff = f'[[staff]]\nnumber = "07"\nrole = "technician"\npin_hash = "{hash_pin("480296", bytes(16))}"\nbadge = "{BADGE}"\n'
    file.write_text(file.read_text() + staff)
    application = Application(qapp, Wanted(file, QSize(1080, 1920)))
    settled, seen = application._settled, []

    def show_badge_once_settled() -> None:
        try:
            settled()
            application._kiosk._hear_device(BadgeShown("card-reader", BADGE))
            seen.append((application._screens.door.property("open"), application._screens.door.prepare().staff.number))
        finally:
            gc.unfreeze()
            qapp.exit(0)

    monkeypatch.setattr(application, "_settled", show_badge_once_settled)
    assert application.run() == 0
    assert seen == [(True, "07")]
