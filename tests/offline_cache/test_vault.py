from __future__ import annotations

import base64
import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_cache.ciphers import CipherName, cipher_of
from offline_cache.errors import KeyExposed, KeyFixed, KeyMissing, KeyStaysSealed, KeyWrong, RecordDamaged
from offline_cache.settings import NO_KEY_SEALED, StoreSettings
from offline_cache.vault import ROOM_BYTES, STAYS_SEALED, Sealed, Vault, VaultKey, bound_to, key_id_of, open_vault

KEY, OTHER = bytes(range(32)), bytes(range(32, 64))
VAULT = Vault({key_id_of(KEY): VaultKey(KEY)}, key_id_of(KEY))
NOTHING: dict[str, int] = {}


@given(st.binary(max_size=5000), st.binary(max_size=100))
def test_what_was_sealed_opens_again(plain: bytes, bound: bytes) -> None:
    assert VAULT.open(VAULT.seal(plain, bound), bound) == plain


@pytest.mark.parametrize("changed", [bound_to("K04", "key", 1), bound_to("K03", "other", 1), bound_to("K03", "key", 2)])
def test_a_record_opens_only_for_its_kiosk_key_and_schema(changed: bytes) -> None:
    sealed = VAULT.seal(b"content", bound_to("K03", "key", 1))
    with pytest.raises(RecordDamaged):
        VAULT.open(sealed, changed)


@given(st.integers(0, 34 * 8 - 1))
def test_one_changed_bit_is_noticed(bit: int) -> None:
    sealed = VAULT.seal(b"secret", b"")
    box = bytearray(sealed.box)
    box[bit // 8] ^= 1 << bit % 8
    with pytest.raises(RecordDamaged):
        VAULT.open(Sealed(sealed.key_id, bytes(box)), b"")


def test_the_same_content_never_looks_the_same() -> None:
    assert len({bytes(VAULT.seal(b"content", b"").box) for _ in range(100)}) == 100


def test_the_key_file_is_made_for_its_owner_only(tmp_path: Path) -> None:
    made = open_vault(tmp_path / "vault.key", lambda: NOTHING)
    assert (tmp_path / "vault.key").stat().st_mode & 0o777 == 0o600
    sealed = made.seal(b"content", b"")
    assert open_vault(tmp_path / "vault.key", lambda: {sealed.key_id: 1}).open(sealed, b"") == b"content"


def test_a_missing_key_is_never_replaced_while_records_need_it(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing):
        open_vault(tmp_path / "vault.key", lambda: {"some": 1})
    assert not (tmp_path / "vault.key").exists()


def test_a_change_of_the_key_that_was_broken_off_leaves_no_key_beside_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, draft = tmp_path / "vault.key", tmp_path / "vault.key.new"
    vault = open_vault(path, lambda: NOTHING)
    draft.write_text(path.read_text())  # as a kill leaves it
    open_vault(path, lambda: NOTHING)
    assert not draft.exists()

    def full(_: int) -> None:
        assert vault.current in draft.read_text()
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no room"):
        vault.rotate(path, CipherName.AES, vault.key_ids)
    assert not draft.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_an_exposed_key_is_refused(tmp_path: Path, mode: int) -> None:
    open_vault(tmp_path / "vault.key", lambda: NOTHING)
    (tmp_path / "vault.key").chmod(mode)
    with pytest.raises(KeyExposed):
        open_vault(tmp_path / "vault.key", lambda: NOTHING)


def test_a_key_that_does_not_open_the_records_is_called_wrong(tmp_path: Path) -> None:
    open_vault(tmp_path / "vault.key", lambda: NOTHING)
    with pytest.raises(KeyWrong):
        open_vault(tmp_path / "vault.key", lambda: {key_id_of(OTHER): 1})
    with pytest.raises(KeyWrong):
        VAULT.open(Sealed(key_id_of(OTHER), b"x" * 40), b"")


@pytest.mark.parametrize("handed_over", [False, True])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"current": "a", "keys": {}}',
        b'{"current": "a", "keys": {"a": {"key": "!", "cipher": "AES-256-GCM"}}}',
        b"[" * 100_000,
        bytes(range(128, 160)),
    ],
)
def test_a_key_file_that_makes_no_sense_is_called_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, handed_over: bool
) -> None:
    if handed_over:
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    path = tmp_path / "vault.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyStaysSealed if handed_over and not content else KeyWrong):
        open_vault(path, lambda: NOTHING)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_a_key_file_that_cannot_be_read_is_called_wrong(tmp_path: Path, make: Callable[..., None]) -> None:
    make(tmp_path / "vault.key", mode=0o600)
    with pytest.raises(KeyWrong, match="not a file"):
        open_vault(tmp_path / "vault.key", lambda: NOTHING)


def test_a_key_under_another_id_is_called_wrong(tmp_path: Path) -> None:
    open_vault(tmp_path / "vault.key", lambda: NOTHING)
    saved = json.loads((tmp_path / "vault.key").read_text())
    saved["keys"] = {"0" * 12: next(iter(saved["keys"].values()))}
    saved["current"] = "0" * 12
    handle = os.open(tmp_path / "vault.key", os.O_WRONLY | os.O_TRUNC)
    os.write(handle, json.dumps(saved).encode())
    os.close(handle)
    with pytest.raises(KeyWrong):
        open_vault(tmp_path / "vault.key", lambda: NOTHING)


@pytest.mark.parametrize("length", [0, ROOM_BYTES - 28, ROOM_BYTES - 27, 3 * ROOM_BYTES])
def test_every_length_opens_again_whatever_was_sealed_before_and_after(length: int) -> None:
    plain = bytes(range(256)) * (length // 256 + 1)
    boxes = []
    for content in (plain[:length], b"", plain[1 : length + 1]):
        sealed = VAULT.seal(content, b"")
        boxes.append(Sealed(sealed.key_id, bytes(sealed.box)))
    assert [VAULT.open(sealed, b"") for sealed in boxes] == [plain[:length], b"", plain[1 : length + 1]]


def test_no_key_stands_in_a_repr() -> None:
    shown = repr((VAULT, VaultKey(KEY)))
    for written in (repr(KEY), KEY.hex(), base64.b64encode(KEY).decode()):
        assert written not in shown


SM4 = VaultKey(bytes(range(16)), CipherName.SM4)


@given(st.binary(max_size=5000), st.binary(max_size=100))
def test_sm4_opens_what_it_sealed_and_notices_a_changed_bit(plain: bytes, bound: bytes) -> None:
    vault = Vault({key_id_of(SM4.key): SM4}, key_id_of(SM4.key))
    sealed = vault.seal(plain, bound)
    assert vault.open(sealed, bound) == plain
    box = bytearray(sealed.box)
    box[len(plain) // 2 + 12] ^= 1
    with pytest.raises(RecordDamaged):
        vault.open(Sealed(sealed.key_id, box), bound)
    with pytest.raises(RecordDamaged):
        vault.open(Sealed(sealed.key_id, sealed.box[:20]), bound)


def test_sm4_gcm_is_the_one_of_the_standard() -> None:
    """RFC 8998, appendix A.1."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    plain = b"".join(bytes([one]) * 8 for one in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    bound = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    box = bytearray(len(plain) + 16)
    cipher_of(CipherName.SM4, key).seal_into(bytes.fromhex("00001234567800000000abcd"), plain, bound, memoryview(box))
    assert box.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )


def test_another_cipher_in_the_settings_gets_a_fresh_key_and_old_records_still_open(tmp_path: Path) -> None:
    first = open_vault(tmp_path / "vault.key", lambda: NOTHING)
    old = first.seal(b"old", b"")
    second = open_vault(tmp_path / "vault.key", lambda: {old.key_id: 1}, CipherName.SM4)
    new = second.seal(b"new", b"")
    assert second.cipher is CipherName.SM4
    assert new.key_id != old.key_id
    again = open_vault(tmp_path / "vault.key", lambda: {old.key_id: 1, new.key_id: 1}, CipherName.SM4)
    assert (again.open(old, b""), again.open(new, b"")) == (b"old", b"new")


def test_a_rotated_vault_drops_the_keys_that_no_record_needs(tmp_path: Path) -> None:
    path = tmp_path / "vault.key"
    vault = open_vault(path, lambda: NOTHING)
    kept = vault.seal(b"kept", b"")
    vault.rotate(path, CipherName.AES, frozenset({kept.key_id}))
    between = vault.current
    vault.rotate(path, CipherName.AES, frozenset({kept.key_id}))
    assert vault.key_ids == {kept.key_id, vault.current}
    assert between not in path.read_text()
    assert vault.open(kept, b"") == b"kept"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_rotation_that_cannot_be_written_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "vault.key"
    vault = open_vault(path, lambda: NOTHING)
    before, text = vault.current, path.read_text()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("offline_cache.vault.write_private", full)
    with pytest.raises(OSError, match="No space"):
        vault.rotate(path, CipherName.AES, NOTHING)
    assert (vault.current, path.read_text()) == (before, text)


def test_a_key_given_by_the_service_manager_is_used_and_never_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_vault(tmp_path / "vault.key", lambda: NOTHING)
    (tmp_path / "vault.key").chmod(0o440)  # as systemd hands it over where it guards it by an ACL
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    settings = StoreSettings(directory=tmp_path / "state")
    assert settings.vault_file == tmp_path / "vault.key"
    text = settings.vault_file.read_text()
    vault = open_vault(settings.vault_file, lambda: NOTHING)
    with pytest.raises(KeyFixed):  # a hall that must use SM4 is not served with AES
        open_vault(settings.vault_file, lambda: NOTHING, CipherName.SM4)
    with pytest.raises(KeyFixed):
        vault.rotate(settings.vault_file, CipherName.AES, NOTHING)
    assert settings.vault_file.read_text() == text


@pytest.mark.parametrize("handed", [f"{STAYS_SEALED}\n", ""])
@pytest.mark.parametrize("needed", [NOTHING, {"some": 1}])
def test_a_sealed_key_that_does_not_open_is_told_by_name_and_no_other_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, needed: dict[str, int], handed: str
) -> None:
    (tmp_path / "vault.key").write_text(handed)  # by packaging/kiosk-vault-key@.service
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    settings = StoreSettings(directory=tmp_path / "state")
    with pytest.raises(KeyStaysSealed, match="journalctl"):
        open_vault(settings.vault_file, lambda: needed)
    assert not settings.directory.exists()


def test_where_no_key_is_sealed_the_plain_file_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vault.key").write_bytes(NO_KEY_SEALED + b"\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    settings = StoreSettings(directory=tmp_path / "state")
    open_vault(settings.vault_file, lambda: NOTHING)
    assert settings.plain_key_file.exists()


def test_a_credential_that_may_not_be_looked_at_is_the_wrong_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / ("x" * 300)))
    settings = StoreSettings(directory=tmp_path / "state")
    with pytest.raises(KeyWrong, match="cannot be read"):
        open_vault(settings.vault_file, lambda: NOTHING)
    assert not settings.directory.exists()
