"""Enrolling again: what was signed under the identity before still verifies."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.enrolment import enrol
from kiosk.errors import EnrolledAlready
from kiosk.settings import load_settings
from offline_cache.centre import Centre
from offline_cache.identity import Identity, public_key_text
from offline_cache.wire import Enrolled, Enrolment


def test_the_public_keys_of_earlier_identities_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def answer(_: Centre, request: Enrolment) -> Enrolled:
        sent.append(request.public_key)
        return Enrolled(
            kiosk=f"K0{len(sent)}",
            key_id="k",
            hall="示例大厅",
            hall_en="Sample Hall",
            area="369999",
            zone="",
            clock_offset_ms=0,
            server_public_key=request.public_key,
        )

    monkeypatch.setattr(Centre, "enrol", answer)
    file = tmp_path / "kiosk.toml"
    file.write_text(
        '[hall]\nname = "示例大厅"\nname_en = "Sample Hall"\narea = "369999"\n[kiosk]\nnumber = "K01"\n'
        f'[store]\ndirectory = "{tmp_path / "store"}"\n',
        encoding="utf-8",
    )
    settings = load_settings(file)
    enrol(settings, "code")
    with pytest.raises(EnrolledAlready):
        enrol(settings, "code")
    enrol(settings, "code", again=True)
    enrol(settings, "code", again=True)
    kept = Identity.load(settings.store.directory)
    assert [(one.kiosk, one.public_key) for one in kept.signers] == [("K01", sent[0]), ("K02", sent[1]), ("K03", sent[2])]
    assert public_key_text(kept.signing_key) == sent[2]
