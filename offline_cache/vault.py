"""Encryption of what is at rest: each record with the current key, the key's id beside it, so that keys can be changed.

The key file is JSON, mode 0600: `{"current": id, "keys": {id: {"cipher": "AES-256-GCM", "key": base64}}}`. An id is the
beginning of the key's own sha256, so a wrong file is noticed before any record is tried. Sealing and rotating belong to the
storage thread; opening is for any.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidTag

from devices.values import dataclass
from offline_cache.ciphers import NONCE_BYTES, TAG_BYTES, CipherName, cipher_of, new_key_bytes
from offline_cache.errors import KeyFixed, KeyMissing, KeyStaysSealed, KeyWrong, RecordDamaged
from offline_cache.private_file import erase_private, forget_draft, read_file, read_private, write_private

ROOM_BYTES = 256 << 10
"""Sealed in one place, again and again: with fresh memory for each, 200 KiB take a quarter longer."""
STAYS_SEALED = "sealed"
"""What `packaging/kiosk-vault-key@.service` hands over for a sealed key that does not open; nothing, where it broke off."""
KEY_ID = re.compile(r"[0-9a-f]{12}")


class Sealed(NamedTuple):
    """One encrypted record; `box` is nonce ‖ ciphertext ‖ tag."""

    key_id: str
    box: bytes | memoryview


@dataclass(frozen=True, slots=True)
class VaultKey:
    """One key of the file."""

    key: bytes = field(repr=False)
    cipher: CipherName = CipherName.AES


class Vault:
    """Seals with the current key, opens with any key of its file."""

    def __init__(self, keys: Mapping[str, VaultKey], current: str) -> None:
        self._room = memoryview(bytearray(ROOM_BYTES))
        self.rotated = False
        """It seals with another key than its file had when it was opened."""
        self._take(keys, current)

    def _take(self, keys: Mapping[str, VaultKey], current: str) -> None:
        """Each mapping is replaced whole, so that another thread opens with the old or with the new."""
        self._ciphers = {key_id: cipher_of(one.cipher, one.key) for key_id, one in keys.items()}
        self._keys = dict(keys)
        self.current = current

    def __repr__(self) -> str:
        return f"Vault({self.current})"

    @property
    def key_ids(self) -> frozenset[str]:
        """The ids of all keys it can open with."""
        return frozenset(self._ciphers)

    @property
    def cipher(self) -> CipherName:
        """What new records are sealed with."""
        return self._keys[self.current].cipher

    def seal(self, plain: bytes, bound_to: bytes) -> Sealed:
        """Encrypt; `bound_to` must be given again to open, and is not stored. The box is good until the next one is sealed."""
        nonce = os.urandom(NONCE_BYTES)
        length = NONCE_BYTES + len(plain) + TAG_BYTES
        box = self._room[:length] if length <= ROOM_BYTES else memoryview(bytearray(length))
        box[:NONCE_BYTES] = nonce
        self._ciphers[self.current].seal_into(nonce, plain, bound_to, box[NONCE_BYTES:])  # joining costs ten times the cipher
        return Sealed(self.current, box)

    def open(self, sealed: Sealed, bound_to: bytes) -> bytes:
        """Decrypt; raises KeyWrong when the key is not here, RecordDamaged when the bytes or what they are bound to changed."""
        cipher = self._ciphers.get(sealed.key_id)
        if cipher is None:
            raise KeyWrong(f"a record needs key {sealed.key_id}, which is not in the key file")
        try:
            return cipher.open(sealed.box[:NONCE_BYTES], memoryview(sealed.box)[NONCE_BYTES:], bound_to)
        except (InvalidTag, ValueError, TypeError) as refused:
            raise RecordDamaged("a record does not open with its own key") from refused

    def opens(self, box: bytes, bound_to: bytes) -> bool:
        """Whether any of its keys opens this."""
        for key_id in self.key_ids:
            with suppress(RecordDamaged):
                self.open(Sealed(key_id, box), bound_to)
                return True
        return False

    def rotate(self, path: Path, cipher: CipherName, needed: Collection[str]) -> None:
        """Seal with a fresh key from now on; of the old ones those stay that a record still needs.

        The file has both before either is used: cut off at any point, every record still opens. Raises KeyFixed.
        """
        if is_credential(path):
            raise KeyFixed("the key comes from the service manager: give it another there")
        keys, current = self._with_a_fresh_key(cipher, needed)
        write_private(path, _text(keys, current))
        self._take(keys, current)
        self.rotated = True

    def renewed(self, cipher: CipherName, needed: Collection[str]) -> str:
        """The text of a key file that seals with a fresh key; its old current one stays too: a kiosk may be sealing with it."""
        return _text(*self._with_a_fresh_key(cipher, {*needed, self.current}))

    def _with_a_fresh_key(self, cipher: CipherName, needed: Collection[str]) -> tuple[dict[str, VaultKey], str]:
        fresh = VaultKey(new_key_bytes(cipher), cipher)
        current = key_id_of(fresh.key)
        return {key_id: key for key_id, key in self._keys.items() if key_id in needed} | {current: fresh}, current


def open_vault(
    path: Path,
    needed: Callable[[], Collection[str]],
    cipher: CipherName = CipherName.AES,
    to_keep: Callable[[Vault], Collection[str]] | None = None,
    is_damaged: Callable[[Vault, str], bool] = lambda _, __: False,
) -> Vault:
    """The vault of this key file, which is made when no record needs a key yet.

    `needed` tells the key ids of the records at hand. One that is not in the file makes it the wrong file, unless it is no id,
    or a damaged one: that is so when what names it opens with a key of the file (`is_damaged`). A file whose current key is of
    another cipher gets a fresh key, and of the old ones those stay that `to_keep` tells (those needed, when it is not given).
    Raises KeyMissing, KeyWrong, KeyExposed, KeyStaysSealed, and KeyFixed for another cipher's that was handed over.
    """
    if not is_credential(path):
        forget_draft(path)
    try:
        vault = vault_of(_handed_over(path) if is_credential(path) else read_private(path))
    except FileNotFoundError as missing:
        if needed():
            raise KeyMissing(f"{path} is not there, but there are records that need it") from missing
        return _make(path, cipher)
    except (OSError, UnicodeDecodeError) as unreadable:
        why = unreadable.strerror if isinstance(unreadable, OSError) else "no text"
        raise KeyWrong(f"{path} cannot be read: {why}") from unreadable
    wanted = needed()
    lost = sorted(key_id for key_id in set(wanted) - vault.key_ids if KEY_ID.fullmatch(key_id) and not is_damaged(vault, key_id))
    if lost:
        raise KeyWrong(f"records need {', '.join(lost)}; {path} holds {', '.join(sorted(vault.key_ids))}")
    if vault.cipher is not cipher:
        vault.rotate(path, cipher, wanted if to_keep is None else to_keep(vault))
    return vault


def is_credential(path: Path) -> bool:
    """True for a file that systemd handed over (`LoadCredentialEncrypted=`): it guards it, and nobody may write it."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    return folder != "" and path.parent == Path(folder)


def take_away_copy(path: Path, vault: Vault, needed: Callable[[Vault], Collection[str]]) -> bool | None:
    """Erase the plain key file that was left here, or put back, beside a sealed key; None when there is none, False: it stays.

    So does one with a key that is not sealed and that `needed` tells of its keys.
    """
    try:
        forget_draft(path)
        copy = vault_of(read_file(path).decode())
        if (copy.key_ids - vault.key_ids) & set(needed(copy)):
            return False
        erase_private(path)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, KeyWrong):
        return False
    return True


def _handed_over(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if text.strip() in {STAYS_SEALED, ""}:
        raise KeyStaysSealed("why, tells journalctl -u 'kiosk-vault-key@*'")
    return text


def key_id_of(key: bytes) -> str:
    """The id a key has by its own bytes."""
    return hashlib.sha256(b"vault key " + key).hexdigest()[:12]


def bound_to(kiosk: str, key: str, schema: int) -> bytes:
    """What a content's encryption is bound to: it opens for this kiosk, key and schema only."""
    return f"{kiosk}\n{key}\n{schema}".encode()


def new_key_file(cipher: CipherName) -> str:
    """The text of a key file with one fresh key."""
    fresh = VaultKey(new_key_bytes(cipher), cipher)
    return _text({key_id_of(fresh.key): fresh}, key_id_of(fresh.key))


def _make(path: Path, cipher: CipherName) -> Vault:
    text = new_key_file(cipher)
    write_private(path, text)
    return vault_of(text)


def _text(keys: Mapping[str, VaultKey], current: str) -> str:
    entries = {key_id: {"cipher": one.cipher, "key": base64.b64encode(one.key).decode()} for key_id, one in keys.items()}
    return json.dumps({"current": current, "keys": entries}, indent=1)


def vault_of(text: str) -> Vault:
    """The vault of a key file with this text; raises KeyWrong."""
    try:
        saved = json.loads(text)
        keys = {
            key_id: VaultKey(base64.b64decode(entry["key"], validate=True), CipherName(entry["cipher"]))
            for key_id, entry in saved["keys"].items()
        }
        current = str(saved["current"])
        if current not in keys or any(key_id != key_id_of(one.key) for key_id, one in keys.items()):
            raise KeyWrong("the key file contradicts itself")
        return Vault(keys, current)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as broken:
        raise KeyWrong("the key file cannot be read") from broken
