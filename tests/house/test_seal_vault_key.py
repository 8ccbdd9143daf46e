"""`packaging/seal-vault-key` and what hands its key over, with the real systemd-creds, and a software TPM where there is one."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import pytest

from offline_cache.ciphers import CipherName
from offline_cache.errors import KeyFixed, KeyMissing, KeyStaysSealed
from offline_cache.key import new_key
from offline_cache.settings import NO_KEY_SEALED, StoreSettings
from offline_cache.store import Store
from offline_cache.vault import STAYS_SEALED, new_key_file, vault_of
from tests.offline_cache.conftest import composed, keep_one, make_identity

PACKAGING = Path(__file__).parents[2] / "packaging"
SCRIPT = PACKAGING / "seal-vault-key"
HANDS_OVER = PACKAGING / "kiosk-vault-key@.service"


def seal(place: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    elsewhere = {"STORE": place / "state", "CREDSTORE": place / "credentials", "KIOSK_SETTINGS": place / "kiosk.toml"}
    environment = {**os.environ, **{name: str(path) for name, path in elsewhere.items()}, "KIOSK_PYTHON": sys.executable}
    environment |= {"SAME_DISK": "yes"} | more
    return subprocess.run([SCRIPT, *arguments], env=environment, capture_output=True, text=True, check=False)


def hand_over(place: Path) -> str:
    """What the kiosk's unit is answered, by the unit's own command."""
    (command,) = re.findall(r"^ExecStart=/bin/sh -c '(.*)'$", HANDS_OVER.read_text(), re.MULTILINE)
    command = command.replace("/etc/credstore.encrypted", str(place / "credentials"))
    return subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False).stdout


def start(place: Path, monkeypatch: pytest.MonkeyPatch, settings: StoreSettings) -> Store:
    """The store as the kiosk opens it with what its unit is answered."""
    handed = place / "handed"
    handed.mkdir(exist_ok=True)
    (handed / "vault.key").write_text(hand_over(place))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed))
    return Store(settings, make_identity())


def opens_what_was_kept(store: Store) -> bool:
    rows = store.call(lambda tables: tables.review.rows()).result()
    contents = [store.call(lambda tables, key=row.key: tables.review.export(key)).result() or b"" for row in rows]
    return bool(contents) and all(content.startswith(b"{") for content in contents)


@pytest.fixture
def kept(sealing: Path) -> StoreSettings:
    """A kiosk that keeps one submission, its key still a plain file."""
    return keep_one(sealing / "state")


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
    settings = keep_one(sealing / "state")
    plain = (settings.directory / "vault.key").read_text()
    left = settings.directory / "vault.key.new"
    left.write_text(plain)  # by a change of the key that a power cut broke off
    backup = sealing / "backup.key"
    done = seal(sealing, "--backup", str(backup), "--with-key", "host")
    assert done.returncode == 0, done.stderr
    assert not left.exists()
    assert vault_of(plain).key_ids < vault_of(backup.read_text()).key_ids
    assert vault_of(plain).current != vault_of(backup.read_text()).current, "what lay on the disk seals nothing any more"
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert not (settings.directory / "vault.key").exists()
    with pytest.raises(KeyMissing):
        Store(settings, make_identity())

    assert sorted(path.name for path in (sealing / "credentials").iterdir()) == ["vault.key"]
    assert hand_over(sealing) == backup.read_text()
    store = start(sealing, monkeypatch, settings)
    assert opens_what_was_kept(store)
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
    assert hand_over(sealing) == (sealing / "backup.key").read_text() != ""
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
    with pytest.raises(KeyFixed):
        start(sealing, monkeypatch, StoreSettings(directory=sealing / "state"))
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
    assert said.splitlines()[-1].startswith("A kiosk that has no key yet")
    assert all(word in said for word in ("--rotate", "--from BACKUP", "--unseal"))


def test_where_no_key_is_sealed_the_kiosk_is_told_so(sealing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hand_over(sealing).encode().strip() == NO_KEY_SEALED
    settings = StoreSettings(directory=sealing / "state")
    start(sealing, monkeypatch, settings).stop()
    assert settings.plain_key_file.exists()


@pytest.mark.parametrize("damage", [lambda text: "", lambda text: text[:300], lambda text: text[:-40] + "AAAA" + text[-36:]])
def test_a_sealed_key_that_is_damaged_is_told_by_name_and_sealed_again_from_its_backup(
    sealing: Path, kept: StoreSettings, monkeypatch: pytest.MonkeyPatch, damage: Callable[[str], str]
) -> None:
    backup, sealed = sealing / "backup.key", sealing / "credentials" / "vault.key"
    assert seal(sealing, "--backup", str(backup), "--with-key", "host").returncode == 0
    sealed.write_text(damage(sealed.read_text()))
    assert hand_over(sealing) == "sealed\n"
    with pytest.raises(KeyStaysSealed):
        start(sealing, monkeypatch, kept)
    assert not kept.plain_key_file.exists()
    for words in (("--rotate", "--backup", str(sealing / "other.key")), ("--unseal",)):
        refused = seal(sealing, *words)
        assert (refused.returncode, "--from BACKUP does without; nothing was changed" in refused.stderr) == (1, True)
    done = seal(sealing, "--from", str(backup), "--with-key", "host")
    assert done.returncode == 0, done.stderr
    assert hand_over(sealing) == backup.read_text()
    store = start(sealing, monkeypatch, kept)
    assert opens_what_was_kept(store)
    store.stop()


def test_a_backup_that_does_not_open_what_is_kept_is_not_sealed(sealing: Path, kept: StoreSettings) -> None:
    backup, other = sealing / "backup.key", sealing / "other.key"
    assert seal(sealing, "--backup", str(backup), "--with-key", "host").returncode == 0
    other.write_text(new_key_file(CipherName.AES))
    refused = seal(sealing, "--from", str(other), "--with-key", "host")
    assert (refused.returncode, "[key-wrong]; nothing was changed" in refused.stderr) == (1, True)
    assert hand_over(sealing) == backup.read_text()


def test_a_backup_without_the_key_in_use_does_not_take_the_place_of_a_sealed_key_that_opens(sealing: Path) -> None:
    (sealing / "state").mkdir(mode=0o700)  # nothing kept that could tell which key is the right one
    backup, other, sealed = sealing / "backup.key", sealing / "other.key", sealing / "credentials" / "vault.key"
    assert seal(sealing, "--backup", str(backup), "--with-key", "host").returncode == 0
    other.write_text(new_key_file(CipherName.SM4))
    for words in (("--from", str(other), "--with-key", "host"), ("--unseal", "--from", str(other))):
        refused = seal(sealing, *words)
        assert (refused.returncode, "an older backup, or another kiosk's; nothing was changed" in refused.stderr) == (1, True)
    assert hand_over(sealing) == backup.read_text()
    assert seal(sealing, "--from", str(backup), "--with-key", "host").returncode == 0
    sealed.rename(sealing / "aside")
    done = seal(sealing, "--from", str(other), "--with-key", "host")
    assert done.returncode == 0, done.stderr
    assert "the key is for SM4-GCM, the settings want AES-256-GCM: --rotate" in done.stderr
    assert hand_over(sealing) == other.read_text()


def test_another_key_is_sealed_while_the_kiosk_runs_and_taken_at_its_next_start(
    sealing: Path, kept: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seal(sealing, "--backup", str(sealing / "first.key"), "--with-key", "host").returncode == 0
    running = start(sealing, monkeypatch, kept)
    done = seal(sealing, "--rotate", "--backup", str(sealing / "second.key"), "--with-key", "host")
    assert done.returncode == 0, done.stderr
    key = new_key()
    running.keep(key, date(2026, 11, 23), composed(key), lambda _: None)  # with the key it was handed
    first = running.call(lambda tables: tables.vault.current).result()
    running.stop()
    store = start(sealing, monkeypatch, kept)
    assert store.call(lambda tables: tables.vault.current).result() != first
    assert opens_what_was_kept(store)
    store.stop()
    assert hand_over(sealing) == (sealing / "second.key").read_text()


def test_a_power_cut_while_sealing_leaves_a_key_that_opens_and_in_the_end_no_plain_one(
    sealing: Path, kept: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, last in enumerate(("sync", "mv", "shred")):
        cut = sealing / f"cut-at-{last}"
        cut.mkdir()
        (cut / last).write_text("#!/bin/sh\nkill -9 $PPID\n")
        (cut / last).chmod(0o755)
        words = ("--backup", str(sealing / f"backup-{number}.key"), "--with-key", "host")
        done = seal(sealing, *words, PATH=f"{cut}:{os.environ['PATH']}")
        assert done.returncode == -signal.SIGKILL
        assert kept.plain_key_file.exists()
        monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
        store = start(sealing, monkeypatch, kept)
        assert opens_what_was_kept(store), last
        store.stop()
        assert kept.plain_key_file.exists() == (last != "shred"), "sealed, a plain one is erased"
    assert sorted(path.name for path in (sealing / "credentials").iterdir()) == ["vault.key"]


def test_a_key_that_a_running_kiosk_may_still_seal_with_is_never_dropped(sealing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = StoreSettings(directory=sealing / "state")
    Store(settings, make_identity()).stop()  # nothing kept, so no key is needed
    assert seal(sealing, "--backup", str(sealing / "backup.key"), "--with-key", "host").returncode == 0
    running = start(sealing, monkeypatch, settings)
    for number in range(2):
        done = seal(sealing, "--rotate", "--backup", str(sealing / f"{number}.key"), "--with-key", "host", KIOSK_RUNS="yes")
        assert done.returncode == 0, done.stderr
    key = new_key()
    running.keep(key, date(2026, 11, 23), composed(key), lambda _: None)
    running.stop()
    store = start(sealing, monkeypatch, settings)
    assert opens_what_was_kept(store)
    store.stop()
    many = vault_of(hand_over(sealing)).key_ids
    assert seal(sealing, "--rotate", "--backup", str(sealing / "2.key"), "--with-key", "host").returncode == 0
    assert vault_of(hand_over(sealing)).key_ids & many < many, "stopped, those that nothing needs go"


def test_a_sealed_key_is_made_a_plain_file_again(sealing: Path, kept: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert seal(sealing, "--backup", str(sealing / "backup.key"), "--with-key", "host").returncode == 0
    done = seal(sealing, "--unseal")
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(kept.plain_key_file.stat().st_mode) == 0o600
    assert list((sealing / "credentials").iterdir()) == []
    store = start(sealing, monkeypatch, kept)
    assert opens_what_was_kept(store)
    assert store.key_copy_erased is None
    store.stop()


def test_a_backup_beside_the_store_is_refused(sealing: Path) -> None:
    (sealing / "state").mkdir(mode=0o700)
    refused = seal(sealing, "--backup", str(sealing / "backup.key"), "--with-key", "host", SAME_DISK="")
    assert (refused.returncode, "where a thief finds it" in refused.stderr) == (1, True)
    assert not (sealing / "backup.key").exists()


def test_a_machine_that_cannot_seal_keeps_its_plain_key_and_no_backup_is_written(sealing: Path, kept: StoreSettings) -> None:
    plain = kept.plain_key_file.read_text()
    refused = seal(sealing, "--backup", str(sealing / "backup.key"), SYSTEMD_TPM2_DEVICE="swtpm:host=127.0.0.1,port=1")
    assert (refused.returncode, "cannot seal with tpm2 here" in refused.stderr) == (1, True)
    assert kept.plain_key_file.read_text() == plain
    assert not (sealing / "backup.key").exists()
    assert list((sealing / "credentials").iterdir()) == []


@pytest.fixture
def tpm(sealing: Path) -> str:
    """A software TPM, as systemd-creds names it."""
    if shutil.which("swtpm") is None or not list(Path("/usr/lib").glob("*/libtss2-tcti-swtpm.so.0")):
        pytest.skip("a software TPM needs swtpm and libtss2-tcti-swtpm0")
    with socket.socket() as one, socket.socket() as other:  # the library takes the next port for control
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
        try:
            other.bind(("127.0.0.1", port + 1))
        except OSError:
            pytest.skip("no two free ports side by side")
    return f"swtpm:host=127.0.0.1,port={port}"


@contextmanager
def board(device: str, state: Path) -> Iterator[None]:
    """A board with its own TPM, as long as it lasts."""
    state.mkdir(exist_ok=True)
    port = int(device.rpartition("=")[2])
    at = "type=tcp,bindaddr=127.0.0.1,port="
    words = ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={state}", "--server", f"{at}{port}", "--ctrl", f"{at}{port + 1}"]
    with subprocess.Popen([*words, "--flags", "not-need-init,startup-clear"], stderr=subprocess.DEVNULL) as tpm:
        try:
            while tpm.poll() is None:  # until it listens
                with suppress(OSError), socket.create_connection(("127.0.0.1", port + 1)):
                    break
                time.sleep(0.05)
            yield
        finally:
            tpm.terminate()


def test_a_key_sealed_to_one_board_does_not_open_on_another_until_it_is_sealed_from_its_backup(
    sealing: Path, tpm: str, kept: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYSTEMD_TPM2_DEVICE", tpm)
    backup = sealing / "backup.key"
    with board(tpm, sealing / "old"):
        done = seal(sealing, "--backup", str(backup))
        assert done.returncode == 0, done.stderr
    with board(tpm, sealing / "old"):  # started again
        assert hand_over(sealing) == backup.read_text()
    with board(tpm, sealing / "new"):
        with pytest.raises(KeyStaysSealed):
            start(sealing, monkeypatch, kept)
        done = seal(sealing, "--from", str(backup))
        assert done.returncode == 0, done.stderr
    with board(tpm, sealing / "new"):
        store = start(sealing, monkeypatch, kept)
        assert opens_what_was_kept(store)
        store.stop()


def test_the_kiosks_unit_asks_for_the_key_where_it_is_handed_over_and_begins_without_it_too() -> None:
    unit, line = (PACKAGING / "kiosk.service").read_text(), (PACKAGING / "kiosk-vault-key.socket").read_text()
    (path,) = re.findall(r"^ListenStream=(.*)$", line, re.MULTILINE)
    assert f"\nLoadCredential=vault.key:{path}\n" in unit
    assert f"\nSetCredential=vault.key:{STAYS_SEALED}\n" in unit, "no answer must not keep the kiosk from saying so"
    assert "LoadCredentialEncrypted" not in unit
    assert f"|| echo {STAYS_SEALED}; fi'" in HANDS_OVER.read_text()
