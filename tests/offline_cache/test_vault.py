from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_cache.errors import KeyExposed, KeyMissing, KeyWrong, RecordDamaged
from offline_cache.vault import Sealed, Vault, bound_to, key_id_of, open_vault

KEY, OTHER = bytes(range(32)), bytes(range(32, 64))
VAULT = Vault({key_id_of(KEY): KEY}, key_id_of(KEY))
NOTHING: frozenset[str] = frozenset()


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
    assert VAULT.seal(b"content", b"").box != VAULT.seal(b"content", b"").box


def test_the_key_file_is_made_for_its_owner_only(tmp_path: Path) -> None:
    made = open_vault(tmp_path / "vault.key", lambda: NOTHING)
    assert (tmp_path / "vault.key").stat().st_mode & 0o777 == 0o600
    sealed = made.seal(b"content", b"")
    assert open_vault(tmp_path / "vault.key", lambda: frozenset({sealed.key_id})).open(sealed, b"") == b"content"


def test_a_missing_key_is_never_replaced_while_records_need_it(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing):
        open_vault(tmp_path / "vault.key", lambda: frozenset({"some"}))
    assert not (tmp_path / "vault.key").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_an_exposed_key_is_refused(tmp_path: Path, mode: int) -> None:
    open_vault(tmp_path / "vault.key", lambda: NOTHING)
    (tmp_path / "vault.key").chmod(mode)
    with pytest.raises(KeyExposed):
        open_vault(tmp_path / "vault.key", lambda: NOTHING)


def test_a_key_that_does_not_open_the_records_is_called_wrong(tmp_path: Path) -> None:
    open_vault(tmp_path / "vault.key", lambda: NOTHING)
    with pytest.raises(KeyWrong):
        open_vault(tmp_path / "vault.key", lambda: frozenset({key_id_of(OTHER)}))
    with pytest.raises(KeyWrong):
        VAULT.open(Sealed(key_id_of(OTHER), b"x" * 40), b"")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"current": "a", "keys": {}}', '{"current": "a", "keys": {"a": {"key": "!", "cipher": "AES-256-GCM"}}}'],
)
def test_a_key_file_that_makes_no_sense_is_called_wrong(tmp_path: Path, text: str) -> None:
    path = tmp_path / "vault.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeyWrong):
        open_vault(path, lambda: NOTHING)


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


def test_no_key_stands_in_a_repr() -> None:
    assert KEY.hex() not in repr(VAULT)
