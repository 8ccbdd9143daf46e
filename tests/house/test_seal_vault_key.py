"""`packaging/seal-vault-key` with the real systemd-creds: the sealed key opens what was kept, and the plain one is gone."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from offline_cache.ciphers import CipherName
from offline_cache.errors import KeyFixed, KeyMissing
from offline_cache.key import new_key
from offline_cache.settings import StoreSettings
from offline_cache.store import Store
from tests.offline_cache.conftest import composed, make_identity

SCRIPT = Path(__file__).parents[2] / "packaging" / "seal-vault-key"


def seal(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    elsewhere = {"STORE": place / "state", "CREDSTORE": place / "credentials", "UNITS": place / "units"}
    elsewhere["KIOSK_SETTINGS"] = place / "kiosk.toml"
    environment = {**os.environ, **{name: str(path) for name, path in elsewhere.items()}, "KIOSK_PYTHON": sys.executable}
    return subprocess.run([SCRIPT, *arguments], env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def sealing(tmp_path: Path) -> Path:
    if os.geteuid() != 0 or shutil.which("systemd-creds") is None:
        pytest.skip("only root, and with systemd-creds, can seal a key")
    probe = tmp_path / "probe"
    probe.write_text("x")
    command = ["systemd-creds", "encrypt", "--with-key=host", "--name=probe", str(probe), str(tmp_path / "probe.sealed")]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("systemd-creds cannot keep a host key here")
    return tmp_path


def test_a_sealed_key_opens_what_was_kept_and_the_plain_one_is_gone(sealing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = StoreSettings(directory=sealing / "state")
    store = Store(settings, make_identity())
    key = new_key()
    store.keep(key, date(2026, 11, 23), composed(key), lambda _: None)
    store.stop()
    plain = (settings.directory / "vault.key").read_text()
    left = settings.directory / "vault.key.new"
    left.write_text(plain)  # by a change of the key that a power cut broke off
    backup = sealing / "backup.key"
    done = seal(sealing, "--backup", str(backup), "--with-key", "host")
    assert done.returncode == 0, done.stderr
    assert not left.exists()
    assert backup.read_text() == plain
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert not (settings.directory / "vault.key").exists()
    with pytest.raises(KeyMissing):
        Store(settings, make_identity())

    drop_in = (sealing / "units" / "kiosk.service.d" / "vault-key.conf").read_text()
    sealed = sealing / "credentials" / "vault.key"
    assert drop_in == f"[Service]\nLoadCredentialEncrypted=vault.key:{sealed}\n"
    assert plain not in sealed.read_text()
    handed = sealing / "handed"
    handed.mkdir()
    subprocess.run(["systemd-creds", "decrypt", "--name=vault.key", sealed, handed / "vault.key"], check=True)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed))  # as systemd does it
    store = Store(settings, make_identity())
    ((key, _),) = store.call(lambda tables: [(row.key, row.state) for row in tables.review.rows()]).result()
    assert (store.call(lambda tables: tables.review.export(key)).result() or b"").startswith(b"{")
    store.stop()

    again = seal(sealing, "--backup", str(sealing / "other.key"), "--with-key", "host")
    assert again.returncode == 1
    assert "is there already; nothing was changed" in again.stderr


def test_a_kiosk_without_a_key_gets_one_and_nothing_is_done_without_a_backup(sealing: Path) -> None:
    (sealing / "state").mkdir(mode=0o700)
    refused = seal(sealing, "--with-key", "host")
    assert (refused.returncode, "--backup FILE" in refused.stderr) == (1, True)
    assert not (sealing / "credentials").exists()
    done = seal(sealing, "--backup", str(sealing / "backup.key"), "--with-key", "host")
    assert done.returncode == 0, done.stderr
    assert '"current"' in (sealing / "backup.key").read_text()
    assert not (sealing / "state" / "vault.key").exists()


def test_the_key_is_sealed_with_the_cipher_of_the_settings_and_opens_what_was_kept(
    sealing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(StoreSettings(directory=sealing / "state"), make_identity())
    key = new_key()
    store.keep(key, date(2026, 11, 23), composed(key), lambda _: None)
    store.stop()
    (sealing / "kiosk.toml").write_text('[store]\ncipher = "SM4-GCM"\n')
    done = seal(sealing, "--backup", str(sealing / "backup.key"), "--with-key", "host")
    assert done.returncode == 0, done.stderr
    handed = sealing / "handed"
    handed.mkdir()
    sealed = sealing / "credentials" / "vault.key"
    subprocess.run(["systemd-creds", "decrypt", "--name=vault.key", sealed, handed / "vault.key"], check=True)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed))
    with pytest.raises(KeyFixed):
        Store(StoreSettings(directory=sealing / "state"), make_identity())
    store = Store(StoreSettings(directory=sealing / "state", cipher=CipherName.SM4), make_identity())
    assert store.call(lambda tables: tables.vault.cipher).result() is CipherName.SM4
    assert store.call(lambda tables: tables.review.export(key)).result() is not None
    store.stop()


def test_a_key_file_of_the_settings_is_not_passed_over(sealing: Path) -> None:
    (sealing / "state").mkdir(mode=0o700)
    (sealing / "kiosk.toml").write_text(f'[store]\nkey_file = "{sealing / "elsewhere.key"}"\n')
    refused = seal(sealing, "--backup", str(sealing / "backup.key"), "--with-key", "host")
    assert (refused.returncode, "take key_file out of the settings" in refused.stderr) == (1, True)
    assert not (sealing / "credentials").exists()
    assert not (sealing / "state" / "vault.key").exists()


@pytest.mark.parametrize("settings", ["[store\n", '[store]\ncipher = "ROT13"\n', "[store]\nmax_bytes = 'many'\n", b"\xff"])
def test_settings_that_cannot_be_used_are_told_in_one_sentence(sealing: Path, settings: str | bytes) -> None:
    (sealing / "state").mkdir(mode=0o700)
    (sealing / "kiosk.toml").write_bytes(settings if isinstance(settings, bytes) else settings.encode())
    refused = seal(sealing, "--backup", str(sealing / "backup.key"), "--with-key", "host")
    assert refused.returncode == 1
    (sentence,) = refused.stderr.splitlines()
    assert "kiosk.toml cannot be used (kiosk settings check lists its mistakes); nothing was changed" in sentence
    assert not (sealing / "state" / "vault.key").exists()


@pytest.mark.parametrize("key", ["no key\n", "{}"])
def test_a_key_file_that_is_none_is_told_by_name_in_one_sentence(sealing: Path, key: str) -> None:
    (sealing / "state").mkdir(mode=0o700)
    (sealing / "state" / "vault.key").write_text(key)
    (sealing / "state" / "vault.key").chmod(0o600)
    refused = seal(sealing, "--backup", str(sealing / "backup.key"), "--with-key", "host")
    assert refused.returncode == 1
    (sentence,) = refused.stderr.splitlines()
    assert sentence.endswith("[key-wrong]; nothing was changed")
    assert (sealing / "state" / "vault.key").read_text() == key
    assert not (sealing / "backup.key").exists()


def test_help_tells_the_road() -> None:
    said = subprocess.run([SCRIPT, "--help"], capture_output=True, text=True, check=True).stdout
    assert "--backup FILE" in said
    assert said.splitlines()[-2].startswith("A kiosk that has no key yet")
