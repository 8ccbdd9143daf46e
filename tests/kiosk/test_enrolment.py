"""Enrolling again: what was signed under the identity before still verifies."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from kiosk.enrolment import enrol
from kiosk.errors import EnrolledAlready
from kiosk.settings import Settings, load_settings
from offline_cache.centre import Centre
from offline_cache.database import open_store
from offline_cache.errors import CentreHung, StoreDamaged
from offline_cache.identity import Identity, public_key_text
from offline_cache.review import Review
from offline_cache.wire import Enrolled, Enrolment


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "kiosk.toml"
    file.write_text(
        '[hall]\nname = "示例大厅"\nname_en = "Sample Hall"\narea = "369999"\n[kiosk]\nnumber = "K01"\n'
        f'[store]\ndirectory = "{tmp_path / "store"}"\n',
        encoding="utf-8",
    )
    return load_settings(file)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The public keys that a centre heard of, which gives out K01, K02 and so on."""
    keys: list[str] = []

    def answer(_: Centre, request: Enrolment) -> Enrolled:
        keys.append(request.public_key)
        return Enrolled(
            kiosk=f"K0{len(keys)}",
            key_id="k",
            hall="示例大厅",
            hall_en="Sample Hall",
            area="369999",
            zone="",
            clock_offset_ms=0,
            server_public_key=request.public_key,
        )

    monkeypatch.setattr(Centre, "enrol", answer)
    return keys


def test_the_public_keys_of_earlier_identities_are_kept(settings: Settings, sent: list[str]) -> None:
    enrol(settings, "code")
    with pytest.raises(EnrolledAlready):
        enrol(settings, "code")
    enrol(settings, "code", again=True)
    enrol(settings, "code", again=True)
    kept = Identity.load(settings.store.directory)
    assert [(one.kiosk, one.public_key) for one in kept.signers] == [("K01", sent[0]), ("K02", sent[1]), ("K03", sent[2])]
    assert public_key_text(kept.signing_key) == sent[2]


@pytest.mark.parametrize(
    ("at", "broken_off"), [(Centre, KeyboardInterrupt()), (Centre, CentreHung("30 s")), (Review, StoreDamaged("a page"))]
)
def test_the_new_identity_is_there_whatever_becomes_of_the_old_ones_last_heartbeat(
    settings: Settings, sent: list[str], monkeypatch: pytest.MonkeyPatch, at: type, broken_off: BaseException
) -> None:
    enrol(settings, "code")
    open_store(settings.store.database_file).close()
    told: list[str] = []

    def breaks_off(*_: object) -> None:
        told.append(settings.kiosk.number)
        raise broken_off

    monkeypatch.setattr(at, "beat" if at is Centre else "kept_under", breaks_off)
    with suppress(KeyboardInterrupt):
        assert enrol(settings, "code", again=True).kiosk == "K02"
    assert told == ["K01"]
    kept = Identity.load(settings.store.directory)
    assert (kept.enrolled.kiosk, public_key_text(kept.signing_key)) == ("K02", sent[1]), "the code is used up"
