"""What `packaging/seal-vault-key` does with a key file's inside, and what the kiosk does with a copy that is left in plain."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from offline_cache.ciphers import CipherName
from offline_cache.errors import KeyMissing, KeyWrong
from offline_cache.key_sealing import main
from offline_cache.records import CancelReason
from offline_cache.settings import StoreSettings
from offline_cache.store import Store
from offline_cache.vault import new_key_file, vault_of
from tests.offline_cache.conftest import keep_one, make_identity


@pytest.fixture
def settings(tmp_path: Path) -> StoreSettings:
    """Of a kiosk that keeps one submission."""
    return keep_one(tmp_path / "state")


class Done:
    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err


def errand(
    what: str, settings: StoreSettings, text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Done:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "surrogateescape"))))
    status = main([what, str(settings.directory), settings.cipher.value])
    said = capsys.readouterr()
    return Done(status, said.out, said.err)


def handed_over(text: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place.mkdir()
    (place / "vault.key").write_text(text)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(place))
    return place / "vault.key"


def test_another_key_stands_beside_those_that_are_needed_and_opens_what_was_kept(
    settings: StoreSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = settings.plain_key_file.read_text()
    done = errand("renew", settings, text, monkeypatch, capsys)
    assert done.status == 0, done.err
    before, after = vault_of(text), vault_of(done.out)
    assert after.current not in before.key_ids
    assert before.key_ids < after.key_ids
    settings.plain_key_file.unlink()
    handed_over(done.out, tmp_path / "handed", monkeypatch)
    store = Store(settings, make_identity())
    ((key, _),) = store.call(lambda tables: [(row.key, row.state) for row in tables.review.rows()]).result()
    assert (store.call(lambda tables: tables.review.export(key)).result() or b"").startswith(b"{")
    store.stop()


def test_what_a_running_kiosk_seals_with_stays_and_what_nothing_needs_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = StoreSettings(directory=tmp_path / "state", cipher=CipherName.SM4)
    Store(settings, make_identity()).stop()  # nothing kept
    first = settings.plain_key_file.read_text()
    second = errand("renew", settings, first, monkeypatch, capsys).out
    third = errand("renew", settings, second, monkeypatch, capsys).out
    assert vault_of(second).key_ids == {vault_of(first).current, vault_of(second).current}
    assert vault_of(third).key_ids == {vault_of(second).current, vault_of(third).current}
    assert vault_of(third).cipher is CipherName.SM4


@pytest.mark.parametrize("what", ["check", "renew", "put"])
@pytest.mark.parametrize("text", [new_key_file(CipherName.AES), "", "{", "\udcff"])
def test_a_key_that_does_not_open_what_is_kept_is_refused_by_name(
    settings: StoreSettings, what: str, text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = settings.plain_key_file.read_text()
    done = errand(what, settings, text, monkeypatch, capsys)
    assert (done.status, done.out) == (1, "")
    (sentence,) = done.err.splitlines()
    code = KeyWrong.code if text else KeyMissing.code
    assert sentence.endswith(f"[{code}]; nothing was changed")
    assert settings.plain_key_file.read_text() == plain


def test_what_staff_cancelled_keeps_nobody_from_giving_the_kiosk_another_key(
    settings: StoreSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(settings, make_identity())
    ((key, now_ms),) = store.call(lambda tables: [(row.key, row.kept_at_ms) for row in tables.review.rows()]).result()
    assert store.call(lambda tables: tables.review.cancel(key, CancelReason.OTHER, now_ms)).result()
    store.stop()
    another = new_key_file(CipherName.AES)
    assert errand("check", settings, another, monkeypatch, capsys).out == another


def test_a_backup_is_given_back_as_it_is_and_can_be_made_the_plain_file_again(
    settings: StoreSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = settings.plain_key_file.read_text()
    settings.plain_key_file.unlink()
    assert errand("check", settings, text, monkeypatch, capsys).out == text
    assert not settings.plain_key_file.exists()
    assert errand("put", settings, text, monkeypatch, capsys).status == 0
    assert settings.plain_key_file.read_text() == text
    assert settings.plain_key_file.stat().st_mode & 0o777 == 0o600


def test_over_a_damaged_store_every_key_stays_and_it_is_said(
    settings: StoreSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = settings.plain_key_file.read_text()
    settings.database_file.write_bytes(b"no database")
    done = errand("renew", settings, text, monkeypatch, capsys)
    assert done.status == 0
    assert vault_of(text).key_ids < vault_of(done.out).key_ids
    assert "all keys stay" in done.err


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_a_plain_key_beside_the_sealed_one_is_erased_and_told(
    settings: StoreSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    plain, text = settings.plain_key_file, settings.plain_key_file.read_text()
    plain.chmod(mode)
    draft = plain.with_name("vault.key.new")
    draft.write_text(text)
    credential = handed_over(vault_of(text).renewed(CipherName.AES, ()), tmp_path / "handed", monkeypatch)
    sealed = credential.read_text()
    store = Store(settings, make_identity())
    assert store.key_copy_erased is True
    store.stop()
    assert not plain.exists()
    assert not draft.exists()
    assert credential.read_text() == sealed
    store = Store(settings, make_identity())
    assert store.key_copy_erased is None
    store.stop()


def test_a_plain_key_that_something_needs_or_that_is_none_stays_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = StoreSettings(directory=tmp_path / "state")
    Store(settings, make_identity()).stop()
    handed_over(new_key_file(CipherName.AES), tmp_path / "handed", monkeypatch)
    (settings.directory / "damaged-20261123T000000Z").mkdir()  # may need any key
    plain = settings.plain_key_file.read_text()
    for text in (plain, json.dumps({"current": "x"})):
        settings.plain_key_file.write_text(text)
        store = Store(settings, make_identity())
        assert store.key_copy_erased is False
        store.stop()
        assert settings.plain_key_file.read_text() == text


def test_a_kiosk_whose_key_is_no_credential_keeps_its_key_file(settings: StoreSettings) -> None:
    store = Store(settings, make_identity())
    assert store.key_copy_erased is None
    store.stop()
    assert settings.plain_key_file.exists()
